# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The demo office: made-up people whose states reach the board as a PBX's would, over SIP on this machine."""

from board.demo.office import DemoOffice

__all__ = ["DemoOffice"]
