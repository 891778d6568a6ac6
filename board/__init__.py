# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The presence board: a SIP user agent that shows who of an Asterisk office can be reached."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("presence-board")
except PackageNotFoundError:  # run from a source tree that was never installed
    __version__ = "0+unknown"

USER_AGENT = f"PresenceBoard/{__version__} (Digium-compatible)"
"""Asterisk adds its digium_presence tuple only for agents that hold "Digium" (chan_sip: in this case only)."""
