# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""How a tile's face is laid out on its card: which small pixmaps stand where. Measures and places, draws nothing.

Every pixmap comes from a cache, so that composing a changed tile makes few new ones and an unchanged tile none.
"""

from collections.abc import Generator, Hashable, Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple, Protocol

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap

from board.roster.brevity import ELLIPSIS
from board.states import DeviceState
from board.ui.density import COMFORTABLE, Density
from board.ui.face import Face, asked_icon, asked_role, person_icon, until
from board.ui.fonts import Text
from board.ui.icons import Icon
from board.ui.look import Look
from board.ui.theme import Role

BLOCK = 56
RADIUS = 9
INSET = 11
ICON, SPACE = 15, 5
NOTE_LEAST = 30  # the room below which no message is begun on the second line
_KEPT = 8000
_MARKED = Text.CAPTION_MEDIUM  # what is said beside a glyph of its own
_NAMES = (Text.NAME, Text.NAME_SMALL, Text.CAPTION_STRONG)  # each a pixel lower than the one before

Stamp = tuple[int, int, QPixmap]


class Mood(NamedTuple):
    """What the user does with a tile at the moment."""

    selected: bool = False
    focused: bool = False
    hovered: bool = False


PLAIN = Mood()


class Frame(NamedTuple):
    """The size of a tile in logical pixels and the screen's pixel ratio."""

    width: int
    height: int
    ratio: float


class Pictures(Protocol):
    """What composes tiles."""

    def forget(self) -> None:
        """Drop what was composed: the theme changed."""

    def stamps(self, shown: Face, mood: Mood, frame: Frame) -> list[Stamp]:
        """Return the pixmaps of a tile with their places from its top left corner, in painting order."""

    def counter(self, shown: Face, now: float, frame: Frame) -> Stamp:
        """Return the running time; the face must have one."""


class _Parts:
    """Composed parts of tiles by what they were made of; all are dropped once there are too many."""

    def __init__(self) -> None:
        self._kept: dict[tuple[Hashable, ...], tuple[Stamp, ...]] = {}
        self.get = self._kept.get
        self.clear = self._kept.clear

    def keep(self, key: tuple[Hashable, ...], stamps: Iterable[Stamp]) -> tuple[Stamp, ...]:
        """Keep `stamps` under `key` and return them."""
        if len(self._kept) >= _KEPT:
            self._kept.clear()
        made = self._kept[key] = tuple(stamps)
        return made


class TilePictures:
    """Composes tiles in the current theme, with the measures of `density`."""

    def __init__(self, look: Look, density: Density = COMFORTABLE) -> None:
        self._look = look
        self._at = density
        self._letters = look.letters
        self._names = _Parts()
        self._bodies = _Parts()
        self._cards: dict[tuple[DeviceState | None, Icon, str, Mood, Frame], QPixmap] = {}

    @property
    def density(self) -> Density:
        """The measures that tiles are composed with."""
        return self._at

    def pack(self, density: Density) -> None:
        """Compose with the measures of `density` from now on."""
        self._at = density
        self.forget()

    def forget(self) -> None:
        """Drop what was composed: the theme changed."""
        self._cards.clear()
        self._names.clear()
        self._bodies.clear()

    def stamps(self, shown: Face, mood: Mood, frame: Frame) -> list[Stamp]:
        """Return the pixmaps of a tile with their places from its top left corner, in painting order."""
        return [(0, 0, self._card(shown, mood, frame)), *self._name(shown, frame), *self._body(shown, frame)]

    def counter(self, shown: Face, now: float, frame: Frame) -> Stamp:
        """Return the running time under the device's glyph; the face must have one."""
        assert shown.device is not None
        color = self._look.theme.device[shown.device].text
        line = self._letters.line(shown.counter(now), Text.COUNTER, color, BLOCK, frame.ratio)
        return ((BLOCK - line.width) // 2, self._at.counter, line.pixmap)

    # -- text beside the block

    def _name(self, shown: Face, frame: Frame) -> tuple[Stamp, ...]:
        key = (shown.name, shown.number, shown.device is None, frame)
        return self._names.get(key) or self._names.keep(key, self._place_name(shown, frame))

    def _body(self, shown: Face, frame: Frame) -> tuple[Stamp, ...]:
        known = shown.device is not None
        said = (shown.person, shown.words, shown.subtype, shown.since, shown.note, shown.asked)
        key = (*said, shown.alarming, known, frame)
        return self._bodies.get(key) or self._bodies.keep(key, self._place_body(shown, frame))

    def _place_name(self, shown: Face, frame: Frame) -> Iterator[Stamp]:
        left, right, ratio = BLOCK + INSET, frame.width - INSET, frame.ratio
        soft = self._look.color(Role.SOFT)
        number = self._letters.line(shown.number, Text.NUMBER, soft, (right - left) // 2, ratio)
        room = right - left - number.width - 7
        found = self._letters.largest_that_fits((shown.name,), _NAMES, room)
        kind = found[1] if found is not None else Text.NAME_SMALL
        ink = self._look.color(Role.INK) if shown.device is not None else soft
        name = self._letters.line(shown.name, kind, ink, room, ratio)
        yield left, self._at.name + _NAMES.index(kind), name.pixmap
        yield right - number.width, self._at.name + 1, number.pixmap

    def _place_body(self, shown: Face, frame: Frame) -> Iterator[Stamp]:
        left, right, ratio = BLOCK + INSET, frame.width - INSET, frame.ratio
        if shown.asked:
            yield from self._asked(shown, left, right, ratio)
            return
        if shown.alarming:
            yield from self._alarm(shown, left, right, ratio)
            return
        shown = self._trimmed(shown, right - left - ICON - SPACE)
        rest, end = yield from self._line(shown, left, right, ratio)
        note = " · ".join((*rest, *shown.note))
        top = self._at.note
        if top is None:
            top, left = self._at.line, end
        if note and right - left >= NOTE_LEAST:
            color = self._look.color(Role.SOFT)
            yield left, top, self._letters.message(note, Text.CAPTION, color, right - left, ratio).pixmap

    def _trimmed(self, shown: Face, room: int) -> Face:
        """Return the face without its "since" where a compact tile's only line has more to say."""
        if self._at.note is not None or not shown.words:
            return shown
        left = room - round(self._letters.advance(shown.since, Text.CAPTION)) - 8
        _, rest = self._wording(shown, left)
        return replace(shown, since="") if rest or shown.note else shown

    def _room_for_time(self, shown: Face) -> int:
        """Return what a compact tile's words must leave of the line so that the time of its message is seen."""
        times = until(shown) if self._at.note is None else ()
        return 2 * SPACE + round(self._letters.advance(ELLIPSIS + times[-1], Text.CAPTION)) if times else 0

    def _line(
        self, shown: Face, left: int, right: int, ratio: float
    ) -> Generator[Stamp, None, tuple[tuple[str, ...], int]]:
        """Place the second line; return what of it must go to the note, so that nothing of a state is cut off.

        Beside it, where on the line the next text may begin.
        """
        letters, soft = self._letters, self._look.color(Role.SOFT)
        since = letters.line(shown.since, Text.CAPTION, soft, right - left, ratio)
        color = soft
        if shown.person is not None and shown.device is not None:
            color = self._look.theme.person[shown.person]
        icon = person_icon(shown)
        if icon is not None:
            yield left, self._at.line, self._look.pixmap(icon, color, ICON, ratio)
            left += ICON + SPACE
        rest: tuple[str, ...] = ()
        if shown.words:
            room = right - left - since.width - 8
            text, rest = self._wording(shown, room - self._room_for_time(shown))
            line = letters.line(text, Text.BODY_STRONG, color, room, ratio)
            yield left, self._at.line - 1, line.pixmap
            left += line.width + 2 * SPACE
        if shown.since:
            yield right - since.width, self._at.line, since.pixmap
        return rest, left

    def _wording(self, shown: Face, room: int) -> tuple[str, tuple[str, ...]]:
        """Return word and subtype in the longest form that fits, else the word alone and the subtype for below."""
        if shown.subtype:
            for word in shown.words:
                text = f"{word} · {shown.subtype}"
                if self._letters.fits(text, Text.BODY_STRONG, room):
                    return text, ()
        word = self._letters.first_that_fits(shown.words, Text.BODY_STRONG, room)
        return word, (shown.subtype,) if shown.subtype else ()

    def _alarm(self, shown: Face, left: int, right: int, ratio: float) -> Iterator[Stamp]:
        """Place why the tile may be old: below the person, or on both lines where one is too short for it."""
        letters, color, kind = self._letters, self._look.color(Role.WARNING), _MARKED
        room = right - left - ICON - SPACE
        text = letters.first_that_fits(shown.note, kind, room)
        rest, top, below = "", self._at.line, self._at.note
        if below is not None and letters.fits(text, kind, room):
            top = below
            yield from self._line(shown, left, right, ratio)
        elif below is not None:
            text, rest = letters.broken(text, kind, room)
        yield from self._marked(Icon.CLOCK_ALERT, (text,), color, (left, top, right), ratio)
        if rest and below is not None:
            yield left + ICON + SPACE, below - 4, letters.line(rest, kind, color, room, ratio).pixmap

    def _asked(self, shown: Face, left: int, right: int, ratio: float) -> Iterator[Stamp]:
        """Place what was asked below what the PBX says, or behind it on a compact tile's only line.

        On a tile that may be old it stands in the last known person's place, above or instead of the reason.
        """
        icon, color, below = asked_icon(shown), self._look.color(asked_role(shown)), self._at.note
        top, end = self._at.line, left
        if shown.alarming and below is not None:
            warning = self._look.color(Role.WARNING)
            yield from self._marked(Icon.CLOCK_ALERT, shown.note, warning, (left, below, right), ratio)
        elif below is not None:
            yield from self._line(shown, left, right, ratio)
            top = below
        elif not shown.alarming:
            least = ICON + SPACE + round(self._letters.advance(shown.asked[-1], _MARKED)) + SPACE
            _, end = yield from self._line(replace(shown, since=""), left, right - least, ratio)
        yield from self._marked(icon, shown.asked, color, (end, top, right), ratio)

    def _marked(
        self, icon: Icon, forms: tuple[str, ...], color: QColor, place: tuple[int, int, int], ratio: float
    ) -> Iterator[Stamp]:
        """Place a glyph and the first of `forms` that fits, in its colour, at (left, top, right)."""
        left, top, right = place
        room = right - left - ICON - SPACE
        text = self._letters.first_that_fits(forms, _MARKED, room)
        yield left, top, self._look.pixmap(icon, color, ICON, ratio)
        yield left + ICON + SPACE, top, self._letters.line(text, _MARKED, color, room, ratio).pixmap

    # -- the card

    def _card(self, shown: Face, mood: Mood, frame: Frame) -> QPixmap:
        key = (shown.device, shown.block_icon, shown.block_word, mood, frame)
        found = self._cards.get(key)
        if found is None:
            found = self._cards[key] = self._draw_card(shown, mood, frame)
        return found

    def _draw_card(self, shown: Face, mood: Mood, frame: Frame) -> QPixmap:
        pixmap = QPixmap(QSize(round(frame.width * frame.ratio), round(frame.height * frame.ratio)))
        pixmap.setDevicePixelRatio(frame.ratio)
        pixmap.fill(self._look.color(Role.SURFACE))
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = _outline(frame, 0.5)
        back = self._look.color(Role.CARD if shown.device is not None else Role.CARD_STALE)
        painter.fillPath(outline, back)
        painter.setClipPath(outline)
        self._draw_block(painter, shown, frame, back)
        painter.setClipping(False)
        painter.strokePath(_outline(frame, 1) if mood.selected else outline, self._border(mood))
        painter.end()
        return pixmap

    def _draw_block(self, painter: QPainter, shown: Face, frame: Frame, back: QColor) -> None:
        tone = self._look.theme.device[shown.device] if shown.device is not None else None
        ink = tone.text if tone is not None else self._look.color(Role.SOFT)
        painter.fillRect(QRectF(0, 0, BLOCK, frame.height), tone.tint if tone is not None else back)
        at, counted = self._at, shown.counting is not None
        glyph_top, word_top = (at.counted_icon, at.counted_word) if counted else (at.icon, at.word)
        glyph = self._look.pixmap(shown.block_icon, ink, at.icon_size, frame.ratio)
        painter.drawPixmap((BLOCK - at.icon_size) // 2, glyph_top, glyph)
        word = self._letters.line(shown.block_word, Text.SMALL, ink, BLOCK, frame.ratio)
        painter.drawPixmap((BLOCK - word.width) // 2, word_top, word.pixmap)

    def _border(self, mood: Mood) -> QPen:
        if mood.selected:
            return QPen(self._look.color(Role.ACCENT if mood.focused else Role.LINE_STRONG), 2)
        return QPen(self._look.color(Role.LINE_STRONG if mood.hovered else Role.LINE), 1)


def _outline(frame: Frame, inset: float) -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(
        QRectF(inset, inset, frame.width - 2 * inset, frame.height - 2 * inset), RADIUS - inset, RADIUS - inset
    )
    return path
