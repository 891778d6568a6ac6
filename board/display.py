# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether there is a display for a window. Qt aborts the process without one; the user shall get a line instead."""

import ctypes
import os
import re
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress

from board.errors import CallError

_NEEDY = ("", "xcb", "wayland", "wayland-egl")
_X11 = re.compile(r"(?:unix)?(?P<host>[^/]*?):(?P<number>\d+)(?:\.\d+)?\Z")
_HOW = "start it on a desktop, or set DISPLAY (over ssh: ssh -X); presence-board watch does without a window"
_PATIENCE = 3.0


def need_display(environ: Mapping[str, str]) -> None:
    """Raise CallError, with one line, where a window has no display to open on (Linux and its like)."""
    platform = environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if sys.platform in ("win32", "darwin") or platform not in _NEEDY:
        return
    x11, wayland = environ.get("DISPLAY", ""), environ.get("WAYLAND_DISPLAY", "")
    if not x11 and not wayland:
        raise CallError(f"there is no display to open a window on; {_HOW}")
    if not (wayland and _answers_wayland(wayland, environ)) and not (x11 and _answers_x11(x11)):
        raise CallError(f"the display {wayland or x11} does not answer; {_HOW}")
    if not wayland and not _lets_us_in(x11):
        raise CallError(f"the display {x11} does not let us in: it is another user's, or XAUTHORITY is wrong; {_HOW}")


def _answers_wayland(name: str, environ: Mapping[str, str]) -> bool:
    return _connects(socket.AF_UNIX, os.path.join(environ.get("XDG_RUNTIME_DIR", ""), name))


def _answers_x11(name: str) -> bool:
    found = _X11.match(name)
    if found is None:
        return True  # a form we do not know: let Qt try
    if found["host"]:
        return _connects(socket.AF_INET, (found["host"], 6000 + int(found["number"])))
    path = f"/tmp/.X11-unix/X{found['number']}"
    return _connects(socket.AF_UNIX, path) or _connects(socket.AF_UNIX, f"\0{path}")


def _lets_us_in(name: str) -> bool:
    """Ask as Qt will: whether we may use a display is a matter of cookies and hosts that only libxcb knows about."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # Qt will tell which library is missing
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(name.encode(), None))
    try:
        return not xcb.xcb_connection_has_error(connection)
    finally:
        xcb.xcb_disconnect(connection)


def _connects(family: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    with suppress(OSError), socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(_PATIENCE)
        probe.connect(address)
        return True
    return False
