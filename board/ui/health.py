# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The bar at the foot: how each PBX is doing, in full where something is wrong."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from board.events import PbxChanged
from board.roster.moments import span_text
from board.roster.tile import TileChanged
from board.roster.words import PBX_WORDS, one_line
from board.states import PbxState
from board.ui.fonts import Text
from board.ui.icons import Icon
from board.ui.labels import TextLabel, paint
from board.ui.look import Look
from board.ui.theme import Role

_ROLES: Mapping[PbxState, Role] = MappingProxyType(
    {
        PbxState.CONNECTING: Role.SOFT,
        PbxState.LIVE: Role.LIVE,
        PbxState.SILENT: Role.FAULT,
        PbxState.REFUSED: Role.FAULT,
    }
)


def health_text(health: PbxChanged, last_change: float | None, now: float) -> str:
    """Return the line that says how a PBX is doing: "office: 36 of 36 live, 4 ms · last change 3 s ago"."""
    name = one_line(health.pbx)
    if health.state is PbxState.LIVE:
        rtt = "" if health.rtt is None else f", {_milliseconds(health.rtt)}"
        parts = [f"{name}: {health.active} of {health.total} live{rtt}"]
    else:
        parts = [
            f"{name}: {PBX_WORDS[health.state]}",
            f"{health.active} of {health.total} live" if health.active else "",
        ]
    parts.append(reason_text(health))
    if last_change is not None and health.state is not PbxState.REFUSED:
        ago = now - last_change
        parts.append("last change just now" if ago < 1 else f"last change {span_text(ago)} ago")
    return " · ".join(part for part in parts if part)


def reason_text(health: PbxChanged) -> str:
    """Return why a PBX is not well, without its name before it."""
    return one_line(health.reason).removeprefix(f"{one_line(health.pbx)}: ")


def _milliseconds(seconds: float) -> str:
    milliseconds = seconds * 1000
    return f"{milliseconds:.0f} ms" if milliseconds >= 1 else "under 1 ms"


class HealthBar(QWidget):
    """One line a PBX; a line with a fault or a warning has a glyph and its colour."""

    def __init__(self, look: Look, clock: Callable[[], float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._clock = clock
        self._lines: dict[str, _PbxLine] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(20, 7, 20, 8)
        self._grid.setVerticalSpacing(4)
        self._idle = TextLabel(look, Text.CAPTION, Role.SOFT)
        self._idle.setText("No PBX is configured")
        self._grid.addWidget(self._idle, 0, 0)
        self.setAccessibleName("Health of each PBX")
        look.changed.connect(self.tick)

    def expect(self, pbx: str) -> None:
        """Make room for `pbx`, of which nothing is known yet."""
        if pbx not in self._lines:
            self._idle.hide()
            line = self._lines[pbx] = _PbxLine(self._look, pbx)
            self._grid.addWidget(line, len(self._lines), 0)

    def pbx_changed(self, health: PbxChanged) -> None:
        """Show a PBX's new health."""
        self.expect(health.pbx)
        self._lines[health.pbx].health = health
        self._lines[health.pbx].show_now(self._clock())

    def tiles_changed(self, changes: Iterable[TileChanged]) -> None:
        """Remember when a tile of each PBX last changed; `changes` are in order."""
        latest = {change.tile.contact.address.pbx: change.at for change in changes}
        for pbx, at in latest.items():
            if pbx in self._lines:
                self._lines[pbx].last_change = at

    def tick(self) -> None:
        """Show what depends on the time anew."""
        for line in self._lines.values():
            line.show_now(self._clock())


class _PbxLine(QWidget):
    """Dot or glyph, text, warning."""

    def __init__(self, look: Look, pbx: str) -> None:
        super().__init__()
        self._look = look
        self.health = PbxChanged(pbx, PbxState.CONNECTING, "", "", 0, 0, None, 0.0)
        self.last_change: float | None = None
        self._glyph = QLabel()
        self._text = TextLabel(look, Text.CAPTION, Role.SOFT)
        self._warning_glyph = QLabel()
        self._warning = TextLabel(look, Text.CAPTION, Role.WARNING)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(self._glyph, 0, 0, top)
        grid.addWidget(self._text, 0, 1)
        grid.addWidget(self._warning_glyph, 1, 0, top)
        grid.addWidget(self._warning, 1, 1)
        self.show_now(0.0)

    def show_now(self, now: float) -> None:
        """Show the health as it is `now`."""
        health = self.health
        fault = health.state in (PbxState.SILENT, PbxState.REFUSED)
        partly = health.state is PbxState.LIVE and health.active < health.total
        color = self._look.color(Role.WARNING if partly else _ROLES[health.state])
        ratio = self.devicePixelRatioF()
        dot = _dot(color, health.state is PbxState.LIVE, ratio)
        self._glyph.setPixmap(self._look.pixmap(Icon.WARNING, color, 14, ratio) if fault else dot)
        self._text.setFont(self._look.font(Text.CAPTION_MEDIUM if fault else Text.CAPTION))
        paint(self._text, color if fault else self._look.color(Role.SOFT))
        self._text.setText(health_text(health, self.last_change, now))
        warning = f"{one_line(health.pbx)}: {one_line(health.warning)}" if health.warning else ""
        self._warning.setText(warning)
        self._warning.setVisible(bool(warning))
        self._warning_glyph.setVisible(bool(warning))
        self._warning_glyph.setPixmap(self._look.pixmap(Icon.WARNING, self._look.color(Role.WARNING), 14, ratio))


def _dot(color: QColor, live: bool, ratio: float) -> QPixmap:
    """Return the dot of a PBX in order: filled while live, a ring while connecting."""
    pixmap = QPixmap(round(14 * ratio), round(15 * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(color)
    painter.setBrush(color if live else Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QRectF(3.5, 4.5, 7, 7))
    painter.end()
    return pixmap
