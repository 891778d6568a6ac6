# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a NOTIFY's body is made from, and how it is written: a table of content types."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from board.notifier.packages import CPIM_PIDF, DIALOG_INFO, PIDF, XPIDF
from board.pidf.build import build_dialog_info, build_pidf, build_xpidf
from board.presence.value import Presence
from board.states import DeviceState


@dataclass(frozen=True, slots=True)
class Presentity:
    """What one watcher is told of one extension.

    `entity` is the extension's own URI, `watcher` the URI of who watches. `presence` is None where the watcher does
    not get the digium tuple. `serial` differs from body to body, `version` counts a subscription's from 0.
    """

    exten: str
    entity: str
    watcher: str
    device: DeviceState
    presence: Presence | None
    serial: str
    version: int


def _pidf(presentity: Presentity) -> bytes:
    presence = presentity.presence
    return build_pidf(
        extension=presentity.exten,
        entity=presentity.entity,
        contact=presentity.watcher,
        device=presentity.device,
        presence=presence.state if presence else None,
        subtype=presence.subtype if presence else "",
        message=presence.message if presence else "",
    )


def _xpidf(presentity: Presentity) -> bytes:
    return build_xpidf(
        extension=presentity.exten,
        entity=presentity.entity,
        contact=presentity.watcher,
        device=presentity.device,
        atom_id=presentity.serial,
    )


def _dialog_info(presentity: Presentity) -> bytes:
    return build_dialog_info(
        extension=presentity.exten,
        entity=presentity.entity,
        device=presentity.device,
        version=presentity.version,
    )


_WRITERS: Mapping[str, Callable[[Presentity], bytes]] = MappingProxyType(
    {PIDF: _pidf, XPIDF: _xpidf, CPIM_PIDF: _xpidf, DIALOG_INFO: _dialog_info}
)


def write_body(content_type: str, presentity: Presentity) -> bytes:
    """Write the body of one of the content types that `packages` knows."""
    return _WRITERS[content_type](presentity)
