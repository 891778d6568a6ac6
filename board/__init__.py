# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The presence board: a SIP user agent that shows who of an Asterisk office can be reached.

`__version__` and `USER_AGENT` are worked out when first asked for: looking up the version takes longer than a SIP
worker needs for everything else that it imports.
"""

__all__ = ["USER_AGENT", "__version__"]

__version__: str
USER_AGENT: str
"""Asterisk adds its digium_presence tuple only for agents that hold "Digium" (chan_sip: in this case only)."""


def __getattr__(name: str) -> str:
    if name == "USER_AGENT":
        return f"PresenceBoard/{_version()} (Digium-compatible)"
    if name == "__version__":
        return _version()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("presence-board")
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "0+unknown"
