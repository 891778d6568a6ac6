# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the program's own files lie: beside the package in a checkout, inside it once installed."""

from pathlib import Path


def resources() -> Path:
    """Return the folder of icons, themes, fonts and the demo office."""
    package = Path(__file__).resolve().parent
    installed = package / "_resources"
    return installed if installed.is_dir() else package.parent / "resources"
