# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""For how long nobody has touched mouse or keyboard, as the desktop tells it. The only importer of dbus_idle.

Everything here may block, and belongs to one thread: an X11 connection is not shared.
"""

import os
import sys
from collections.abc import Mapping
from typing import Protocol

_X11 = ("X11IdleMonitor", "XprintidleIdleMonitor", "DBusIdleMonitor")
_GNOME = ("DBusIdleMonitor",)
_WAYLAND = ("SwayIdleMonitor", "DBusIdleMonitor")
_ELSEWHERE = {"win32": ("WindowsIdleMonitor",), "darwin": ("IORegIdleMonitor",)}


class NoIdleMonitorError(Exception):
    """Nothing here tells for how long nobody was there; the message is one line that says what would help."""


class IdleMonitor(Protocol):
    """A way that works."""

    def idle(self) -> float:
        """Return the seconds since the last touch; raise NoIdleMonitorError where that is not told any more."""

    def close(self) -> None:
        """Let go of it."""


def ways(environ: Mapping[str, str], platform: str) -> tuple[str, ...]:
    """Return the library's monitors in the order to try here.

    Its own order takes what an X11 server says under Wayland too, where that one hears of X11 windows only.
    """
    if platform in _ELSEWHERE:
        return _ELSEWHERE[platform]
    if not environ.get("WAYLAND_DISPLAY"):
        return _X11
    return _GNOME if "GNOME" in environ.get("XDG_CURRENT_DESKTOP", "").upper() else _WAYLAND


def open_monitor(environ: Mapping[str, str] = os.environ) -> IdleMonitor:
    """Return the first way that works; raise NoIdleMonitorError without any."""
    try:
        import dbus_idle
    except ImportError:
        raise NoIdleMonitorError("the Python package dbus-idle is not installed") from None
    for name in ways(environ, sys.platform):
        monitor = None
        try:
            monitor = _Monitor(getattr(dbus_idle, name)())
            monitor.idle()
        except Exception:  # of whatever the library stands on: the next may work
            if monitor is not None:
                monitor.close()
        else:
            return monitor
    raise NoIdleMonitorError("this desktop tells it neither by D-Bus nor by X11 (which needs libxss1) nor by swayidle")


class _Monitor:
    def __init__(self, monitor: object) -> None:
        self._monitor = monitor

    def idle(self) -> float:
        try:
            return float(self._monitor.get_dbus_idle()) / 1000  # type: ignore[attr-defined]
        except Exception as error:
            raise NoIdleMonitorError(" ".join(str(error).split()) or type(error).__name__) from None

    def close(self) -> None:
        if close := getattr(self._monitor, "close", None):
            close()
