# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the program keeps what it keeps. Nothing is read or made here."""

import os
from collections.abc import Mapping
from pathlib import Path

from platformdirs import user_data_path

CORE_STORE = "presence.sqlite3"
"""The embedded core's file in the data folder."""


def data_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of the program's data; PRESENCE_BOARD_HOME names another."""
    home = environ.get("PRESENCE_BOARD_HOME")
    return Path(home) if home else user_data_path("presence-board", appauthor=False)
