# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The tray's icon: a disc in the status's colour with its sign, and a corner that tells what is not so yet.

A panel may be light or dark, whatever our theme is, and nobody tells us which: a disc with a bright rim and a white
sign shows on both. So its colours are its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from board.states import PresenceState
from board.ui.icons import PERSON_ICONS
from board.ui.look import Look
from board.ui.setter_words import Tone

SIZES = (16, 22, 24, 32, 48, 64)
_WHITE = QColor("#FFFFFF")
_INK = QColor("#17212B")
_GREY = QColor("#6B7785")
_AMBER = QColor("#FFC53D")


@dataclass(frozen=True, slots=True)
class _Sign:
    """How a state's glyph is drawn on the disc: so much larger that the circle around it lies outside, or smaller."""

    scale: float
    color: QColor


_SIGNS: Mapping[PresenceState, _Sign] = MappingProxyType(
    {
        PresenceState.AVAILABLE: _Sign(1.3, QColor("#0E8A63")),
        PresenceState.CHAT: _Sign(0.66, QColor("#1D6FA5")),
        PresenceState.AWAY: _Sign(1.3, QColor("#A87000")),
        PresenceState.XA: _Sign(0.7, QColor("#8A4B9E")),
        PresenceState.DND: _Sign(1.3, QColor("#C22A1C")),
        PresenceState.UNAVAILABLE: _Sign(1.3, _GREY),
        PresenceState.NOT_SET: _Sign(0.74, _GREY),
    }
)


def tray_icon(look: Look, state: PresenceState, tone: Tone) -> QIcon:
    """Return the icon in every size that panels ask for."""
    icon = QIcon()
    for size in SIZES:
        icon.addPixmap(_draw(look, state, tone, size))
    return icon


def _draw(look: Look, state: PresenceState, tone: Tone, size: int) -> QPixmap:
    pixmap = QPixmap(QSize(size, size))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    rim = max(1.0, size / 22)
    disc = QRectF(0, 0, size, size).adjusted(rim / 2, rim / 2, -rim / 2, -rim / 2)
    painter.setPen(QPen(_WHITE, rim))
    painter.setBrush(_GREY if tone in _UNSURE else _SIGNS[state].color)
    painter.drawEllipse(disc)
    _draw_sign(painter, look, state, disc.adjusted(rim / 2, rim / 2, -rim / 2, -rim / 2), size)
    _CORNERS[tone](painter, float(size))
    painter.end()
    return pixmap


def _draw_sign(painter: QPainter, look: Look, state: PresenceState, disc: QRectF, size: int) -> None:
    drawn = round(size * _SIGNS[state].scale)
    clip = QPainterPath()
    clip.addEllipse(disc)
    painter.save()
    painter.setClipPath(clip)
    at = (size - drawn) / 2
    painter.drawPixmap(QPointF(at, at), look.pixmap(PERSON_ICONS[state], _WHITE, drawn, 1.0))
    painter.restore()


def _plain(_painter: QPainter, _size: float) -> None:
    pass


def _pending(painter: QPainter, size: float) -> None:
    """Draw three dots: it is under way."""
    badge = QRectF(size * 0.44, size * 0.6, size * 0.56, size * 0.4)
    painter.setPen(QPen(_GREY, max(1.0, size / 32)))
    painter.setBrush(_WHITE)
    painter.drawRoundedRect(badge, badge.height() / 2, badge.height() / 2)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_INK)
    for number in (-1, 0, 1):
        painter.drawEllipse(badge.center() + QPointF(number * size * 0.14, 0), size * 0.052, size * 0.052)


def _failed(painter: QPainter, size: float) -> None:
    """Draw a triangle with its exclamation mark."""
    side = size * 0.6
    left, top = size - side, size - side * 0.94
    corners = (QPointF(left + side / 2, top), QPointF(size - 0.5, size - 0.5), QPointF(left, size - 0.5))
    painter.setPen(QPen(_INK, max(1.0, size / 32), j=Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(_AMBER)
    painter.drawPolygon(QPolygonF(corners))
    middle = left + side / 2
    painter.setPen(QPen(_INK, max(1.2, size * 0.08), c=Qt.PenCapStyle.RoundCap))
    painter.drawLine(QPointF(middle, top + side * 0.36), QPointF(middle, top + side * 0.58))
    painter.drawPoint(QPointF(middle, top + side * 0.78))


_CORNERS = MappingProxyType(
    {
        Tone.SEEN: _plain,
        Tone.UNKNOWN: _plain,
        Tone.OLD: _plain,
        Tone.PENDING: _pending,
        Tone.QUEUED: _pending,
        Tone.REFUSED: _failed,
        Tone.BARRED: _plain,
    }
)
_UNSURE = frozenset({Tone.UNKNOWN, Tone.OLD, Tone.BARRED})
