# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether there is a display for a window. Qt aborts the process without one; the user shall get a line instead."""

import ctypes
import os
import re
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from board.errors import CallError

_NEEDY = ("", "xcb", "wayland", "wayland-egl")
_X11 = re.compile(r"(?:unix)?(?P<host>[^/]*?):(?P<number>\d+)(?:\.\d+)?\Z")
_HOW = "start it on a desktop, or set DISPLAY (over ssh: ssh -X); presence-board watch does without a window"
_PATIENCE = 3.0


@contextmanager
def needed_display(environ: Mapping[str, str]) -> Iterator[None]:
    """Raise CallError, with one line, where a window has no display to open on (Linux and its like).

    An X server that nobody else uses begins anew when its last client leaves, and turns away whoever comes meanwhile:
    the connection that tried it is kept until left, so that Qt's is not the only one.
    """
    platform = environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if sys.platform in ("win32", "darwin") or platform not in _NEEDY:
        yield
        return
    x11, wayland = environ.get("DISPLAY", ""), environ.get("WAYLAND_DISPLAY", "")
    if not x11 and not wayland:
        raise CallError(f"there is no display to open a window on; {_HOW}")
    if wayland and _answers_wayland(wayland, environ):
        yield
        return
    if not x11:
        raise CallError(f"the display {wayland} does not answer; {_HOW}")
    with _x11_client(x11):
        yield


def _answers_wayland(name: str, environ: Mapping[str, str]) -> bool:
    return _connects(socket.AF_UNIX, os.path.join(environ.get("XDG_RUNTIME_DIR", ""), name))


@contextmanager
def _x11_client(name: str) -> Iterator[None]:
    """Be a client of an X server; raise CallError where it does not answer, or lets in only who knows its cookie."""
    found = _X11.match(name)
    distant = found is not None and found["host"]
    if distant and not _answers_x11(name):  # libxcb would wait for minutes
        raise CallError(f"the display {name} does not answer; {_HOW}")
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        yield  # Qt will tell which library is missing
        return
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(name.encode(), None))
    try:
        if xcb.xcb_connection_has_error(connection):
            if not _answers_x11(name):
                raise CallError(f"the display {name} does not answer; {_HOW}")
            why = "it is another user's, or XAUTHORITY is wrong"
            raise CallError(f"the display {name} does not let us in: {why}; {_HOW}")
        yield
    finally:
        xcb.xcb_disconnect(connection)


def _answers_x11(name: str) -> bool:
    found = _X11.match(name)
    if found is None:
        return False
    if found["host"]:
        return _connects(socket.AF_INET, (found["host"], 6000 + int(found["number"])))
    path = f"/tmp/.X11-unix/X{found['number']}"
    return _connects(socket.AF_UNIX, path) or _connects(socket.AF_UNIX, f"\0{path}")


def _connects(family: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    with suppress(OSError), socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(_PATIENCE)
        probe.connect(address)
        return True
    return False
