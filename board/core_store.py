# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The embedded core as the configuration and the data folder describe it: its hints, its store, its version."""

import os
from collections.abc import Iterator, Mapping

from board.ami.identity import ASTERISK_VERSION
from board.config import BoardConfig
from board.config.extensions import expand
from board.config.schema import HintSection, ServeSection
from board.places import CORE_STORE, data_folder
from board.presence.events import HintKey
from board.presence.hints import HintLine
from board.presence.store import DAY, Store
from board.version import VERSION

VERSION_LINE = f"Asterisk {ASTERISK_VERSION} compatible presence core, presence-board {VERSION}"


def hints_of(config: BoardConfig | None) -> tuple[HintLine, ...]:
    """Return the hints that a configuration describes."""
    if config is None:
        return ()
    return tuple(line for section in config.hint for line in _lines(section, config.serve.context))


def open_store(config: BoardConfig | None, environ: Mapping[str, str] = os.environ) -> Store:
    """Open the store in the data folder; raise StoreError where that cannot be."""
    days = (config.serve if config else ServeSection()).history_days
    return Store(data_folder(environ) / CORE_STORE, days * DAY if days else None)


def _lines(section: HintSection, context: str) -> Iterator[HintLine]:
    for exten in [section.extensions] if section.extensions.startswith("_") else expand(section.extensions):
        text = f"{section.devices},{section.presence}" if section.presence else section.devices
        line = HintLine(HintKey(exten, section.context or context), text, section.name)
        yield line if line.is_open else line.made_for(line.key)
