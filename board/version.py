# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What this program calls itself. Not for the SIP workers: to read the metadata takes a third of their start."""

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("presence-board")
except PackageNotFoundError:  # run from a source tree that was never installed
    VERSION = "0+unknown"

USER_AGENT = f"PresenceBoard/{VERSION} (Digium-compatible)"
"""Asterisk adds its digium_presence tuple only for agents that hold "Digium" (chan_sip: in this case only)."""
