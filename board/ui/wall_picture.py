# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""How a tile looks on the wall: tinted by its device, name large, short words; all sizes follow the tile's.

The tint carries the device; text on it stays near white (or black), so that it can be read from afar.
"""

from collections.abc import Iterator

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPixmap

from board.roster.words import brief_names
from board.states import DeviceState
from board.ui.face import Face, asked_icon, asked_role, person_icon, until
from board.ui.fonts import Text
from board.ui.icons import Icon
from board.ui.lettering import Lettering
from board.ui.look import Look
from board.ui.theme import Role
from board.ui.tile_picture import Frame, Mood, Stamp

_NAMES = (Text.NAME, Text.NAME_SMALL)
_WORDS = (Text.BODY_STRONG, Text.CAPTION_MEDIUM, Text.SMALL)
_COUNTER = Text.BODY_STRONG
_WIDEST = {False: "0 h 00", True: "≥0 h 00"}  # by whether it is "at least"
_NAME_MIDDLES = {1: (0.3,), 2: (0.19, 0.42)}  # of a tile's height, by the number of lines
_UNIT = 60  # the height of a tile at which its fonts have their own size


def name_lines(letters: Lettering, name: str, room: int) -> tuple[tuple[str, ...], Text]:
    """Return how `name` stands in `room` pixels: whole, shortened, or broken into two lines of a smaller type."""
    briefs = brief_names(name)
    for forms in ((name,), briefs):
        found = letters.largest_that_fits(forms, _NAMES, room)
        if found is not None:
            return (found[0],), found[1]
    broken = [letters.broken(form, Text.CAPTION_STRONG, room) for form in (name, *briefs)]
    lines = next((pair for pair in broken if letters.fits(pair[1], Text.CAPTION_STRONG, room)), broken[0])
    return lines, Text.CAPTION_STRONG


def _told(shown: Face) -> tuple[str, ...]:
    """Return what the person says from the longest form to the shortest; until when is worth more than the subtype."""
    times = until(shown)
    led = len(times) > 1  # a time that no word leads to could be since when, too
    end = f", {times[0]}" if led else ""
    with_subtype = [f"{word} · {shown.subtype}" for word in shown.words] if shown.subtype else []
    forms = [f"{form}{end}" for form in (*with_subtype, *shown.words)]
    return tuple(dict.fromkeys((*forms, *with_subtype, *shown.words)))


def _with_asked(shown: Face) -> tuple[str, ...]:
    """Return what the PBX says and what was asked, from the longest form to the shortest; () where nothing is."""
    return tuple(f"{word} · {asked}" for asked in shown.asked for word in shown.words) if shown.device else ()


class WallPictures:
    """Composes wall tiles in the current theme."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._letters: dict[int, Lettering] = {}
        self._cards: dict[tuple[DeviceState | None, bool, Frame], QPixmap] = {}

    def forget(self) -> None:
        """Drop what was composed: the theme changed."""
        self._cards.clear()

    def stamps(self, shown: Face, mood: Mood, frame: Frame) -> list[Stamp]:
        """Return the pixmaps of a tile with their places from its top left corner, in painting order."""
        pad, height = frame.height // 8, frame.height
        icon = round(height * 0.32)
        left, right = pad + icon + pad, frame.width - pad
        glyph = self._look.pixmap(shown.block_icon, self._mark(shown), icon, frame.ratio)
        return [
            (0, 0, self._card(shown, mood, frame)),
            (pad, round(height * 0.3) - icon // 2, glyph),
            *self._name(shown, left, right, frame),
            *self._line(shown, left, right, frame),
        ]

    def counter(self, shown: Face, now: float, frame: Frame) -> Stamp:
        """Return the running time, at the right of the second line."""
        letters = self._at(frame)
        line = letters.line(shown.counter(now), _COUNTER, self._mark(shown), frame.width, frame.ratio)
        return frame.width - frame.height // 8 - line.width, round(frame.height * 0.7) - line.height // 2, line.pixmap

    def _name(self, shown: Face, left: int, right: int, frame: Frame) -> Iterator[Stamp]:
        letters, room = self._at(frame), right - left
        ink = self._look.color(Role.SOFT if shown.device is None else Role.INK)
        lines, kind = name_lines(letters, shown.name, room)
        for text, middle in zip(lines, _NAME_MIDDLES[len(lines)], strict=True):
            line = letters.line(text, kind, ink, room, frame.ratio)
            yield left, round(frame.height * middle) - line.height // 2, line.pixmap

    def _line(self, shown: Face, left: int, right: int, frame: Frame) -> Iterator[Stamp]:
        """Place what the person says, or why the tile says nothing, in the second line."""
        letters, middle = self._at(frame), round(frame.height * 0.7)
        icon, text, color = self._reading(shown)
        if shown.asked:
            icon, color = asked_icon(shown), self._look.color(asked_role(shown))
        size = round(frame.height * 0.25)
        if icon is not None:
            pixmap = self._look.pixmap(icon, color, size, frame.ratio)
            yield (left - size) // 2, middle - size // 2, pixmap
        room = right - left
        if shown.counting is not None:
            room -= round(letters.advance(_WIDEST[shown.counting.at_least], _COUNTER)) + frame.height // 10
        ink = self._look.color(Role.SOFT if shown.device is None else Role.INK)
        found = letters.largest_that_fits(_with_asked(shown), _WORDS, room)
        said, kind = found or letters.largest_that_fits(text, _WORDS, room) or (text[-1], _WORDS[-1])
        line = letters.line(said, kind, ink, room, frame.ratio)
        yield left, middle - line.height // 2, line.pixmap

    def _reading(self, shown: Face) -> tuple[Icon | None, tuple[str, ...], QColor]:
        """Return the glyph of what the PBX says, the text in its forms, the glyph's colour."""
        if shown.device is None:
            text = shown.note if shown.alarming else (shown.block_word,)
            return (Icon.CLOCK_ALERT, (*text, shown.block_word), self._look.color(Role.WARNING))
        if shown.person is None:
            return None, (*shown.words, shown.block_word), self._mark(shown)
        color = self._look.theme.person[shown.person]
        return person_icon(shown), _told(shown), color

    def _mark(self, shown: Face) -> QColor:
        if shown.device is None:
            return self._look.color(Role.SOFT)
        return self._look.theme.device[shown.device].text

    def _card(self, shown: Face, mood: Mood, frame: Frame) -> QPixmap:
        key = (shown.device, mood.selected and mood.focused, frame)
        found = self._cards.get(key)
        if found is None:
            found = self._cards[key] = self._draw_card(*key)
        return found

    def _draw_card(self, device: DeviceState | None, marked: bool, frame: Frame) -> QPixmap:
        pixmap = QPixmap(QSize(round(frame.width * frame.ratio), round(frame.height * frame.ratio)))
        pixmap.setDevicePixelRatio(frame.ratio)
        pixmap.fill(self._look.color(Role.SURFACE))
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        path = QPainterPath()
        path.addRoundedRect(QRectF(0.5, 0.5, frame.width - 1, frame.height - 1), frame.height / 9, frame.height / 9)
        tint = self._look.color(Role.CARD_STALE) if device is None else self._look.theme.device[device].tint
        painter.fillPath(path, tint)
        painter.setPen(self._look.color(Role.ACCENT if marked else Role.LINE if device is None else Role.SURFACE))
        painter.drawPath(path)
        painter.end()
        return pixmap

    def _at(self, frame: Frame) -> Lettering:
        found = self._letters.get(frame.height)
        if found is None:
            found = self._letters[frame.height] = self._look.letters_at(frame.height / _UNIT)
        return found
