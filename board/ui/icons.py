# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Icons: SVG files tinted to a colour and kept as pixmaps, one for each name, colour, size and pixel ratio."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from board.states import DeviceState, PresenceState


class Icon(StrEnum):
    """The icons there are: file names without ".svg"."""

    PHONE = "phone"
    PHONE_INCOMING = "phone-incoming"
    PHONE_CALL = "phone-call"
    PHONE_OFF = "phone-off"
    PAUSE = "circle-pause"
    BELL_RING = "bell-ring"
    HEADSET = "headset"
    QUESTION = "circle-question-mark"
    CHECK = "circle-check"
    MESSAGE = "message-circle"
    CLOCK = "clock"
    MOON = "moon"
    MINUS = "circle-minus"
    CROSS = "circle-x"
    DASHED = "circle-dashed"
    CLOCK_ALERT = "clock-alert"
    HOURGLASS = "hourglass"
    SEARCH = "search"
    CLEAR = "x"
    CHEVRON = "chevron-down"
    WARNING = "triangle-alert"
    USERS = "users"
    USER_SEARCH = "user-search"
    SCHEME = "sun-moon"
    SEEN = "eye"
    CHEVRON_UP = "chevron-up"
    TRASH = "trash-2"


DEVICE_ICONS: Mapping[DeviceState, Icon] = MappingProxyType(
    {
        DeviceState.IDLE: Icon.PHONE,
        DeviceState.RINGING: Icon.PHONE_INCOMING,
        DeviceState.IN_USE: Icon.PHONE_CALL,
        DeviceState.IN_USE_RINGING: Icon.BELL_RING,
        DeviceState.ON_HOLD: Icon.PAUSE,
        DeviceState.BUSY: Icon.HEADSET,
        DeviceState.UNAVAILABLE: Icon.PHONE_OFF,
        DeviceState.UNKNOWN: Icon.QUESTION,
    }
)

PERSON_ICONS: Mapping[PresenceState, Icon] = MappingProxyType(
    {
        PresenceState.NOT_SET: Icon.DASHED,
        PresenceState.UNAVAILABLE: Icon.CROSS,
        PresenceState.AVAILABLE: Icon.CHECK,
        PresenceState.AWAY: Icon.CLOCK,
        PresenceState.XA: Icon.MOON,
        PresenceState.CHAT: Icon.MESSAGE,
        PresenceState.DND: Icon.MINUS,
    }
)


class Icons:
    """Tinted pixmaps of the SVG files in a folder, which are read once, here."""

    def __init__(self, folder: Path) -> None:
        self._sources = {icon: (folder / f"{icon.value}.svg").read_bytes() for icon in Icon}
        self._pixmaps: dict[tuple[Icon, int, int, float], QPixmap] = {}

    def pixmap(self, icon: Icon, color: QColor, size: int, ratio: float) -> QPixmap:
        """Return `icon` in `color`, `size` x `size` logical pixels, drawn for a screen of `ratio` pixels each."""
        key = (icon, color.rgba(), size, ratio)
        found = self._pixmaps.get(key)
        if found is None:
            found = self._pixmaps[key] = self._render(icon, color, size, ratio)
        return found

    def _render(self, icon: Icon, color: QColor, size: int, ratio: float) -> QPixmap:
        source = self._sources[icon].replace(b"currentColor", color.name().encode())
        pixmap = QPixmap(QSize(round(size * ratio), round(size * ratio)))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        QSvgRenderer(QByteArray(source)).render(painter, QRectF(0, 0, size, size))
        painter.end()
        return pixmap
