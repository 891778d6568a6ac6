# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes `python -m board` and `presence-board` the same program."""

import sys

from board.cli import main

if __name__ == "__main__":
    sys.exit(main())
