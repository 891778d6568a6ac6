# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a child process of this program needs to find the program's own modules. Pure."""

import os
from collections.abc import Mapping
from pathlib import Path

import board


def child_environment(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Let a child find this very package, and nothing that lies in the current folder."""
    root = str(Path(board.__file__).parents[1])
    paths = [root, *filter(None, [environ.get("PYTHONPATH")])]
    return {**environ, "PYTHONSAFEPATH": "1", "PYTHONPATH": os.pathsep.join(paths)}
