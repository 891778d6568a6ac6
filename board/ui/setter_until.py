# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Until when a status holds: one click for the usual ends, a field for any other. It hands on words, not moments."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from board.roster.moments import clock_text
from board.status.until import UntilError, read_until
from board.ui.field import Field
from board.ui.flow import Flow
from board.ui.fonts import Text
from board.ui.labels import TextLabel
from board.ui.look import Look
from board.ui.pill import Pill
from board.ui.rove import Rove
from board.ui.theme import Role

_NEVER = ""
# What a chip says -> what it means.
_SPANS: Mapping[str, str] = MappingProxyType(
    {"30 min": "30 min", "1 h": "1 h", "today": "today", "I change it": _NEVER}
)
_HALF_HOURS = 3
_HALF_HOUR = 1800
_SOON = 600


class Chip(Pill):
    """A pill that is checked by the setter, not by its click."""

    def __init__(self, look: Look, text: str) -> None:
        super().__init__(look, text)
        self.setCheckable(True)

    def nextCheckState(self) -> None:
        """Stay as it is."""


class UntilRow(QWidget):
    """Chips and a field; `asked` carries the words of an end ("1 h", "14:30", ""), `left` up (-1) or down (1)."""

    asked = Signal(str)
    left = Signal(int)
    typed = Signal()

    def __init__(self, look: Look, clock: Callable[[], float]) -> None:
        super().__init__()
        self._clock = clock
        self.touched = False
        self._until: float | None = None
        self._words = ""
        self._fixed = {word: Chip(look, word) for word in _SPANS}
        self._times = [Chip(look, "0:00") for _ in range(_HALF_HOURS)]
        self.field = Field(look, "Until a time", "e.g. 16:15")
        self._problem = TextLabel(look, Text.CAPTION, Role.FAULT)
        self._problem.hide()
        self.rove = Rove(self)
        self.rove.hold([*self._fixed.values(), *self._times])
        self.rove.left.connect(self._chips_left)
        self._lay_out()
        for word, chip in self._fixed.items():
            chip.setAccessibleName(f"until {word}")
            chip.clicked.connect(lambda _=False, words=_SPANS[word]: self.asked.emit(words))
        for chip in self._times:
            chip.clicked.connect(lambda _=False, chip=chip: self.asked.emit(chip.text()))
        self.field.edit.textEdited.connect(self._edited)
        self.field.edit.entered.connect(lambda: self.asked.emit(self.words))
        self.field.edit.left.connect(lambda step: self.rove.enter(-1) if step < 0 else self.left.emit(step))
        self.tick()

    def _lay_out(self) -> None:
        chips = QWidget()
        flow = Flow(chips)
        for chip in self._fixed.values():
            flow.addWidget(chip)
        line = QHBoxLayout()
        line.setSpacing(6)
        for chip in self._times:
            line.addWidget(chip)
        line.addWidget(self.field, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addWidget(chips)
        box.addLayout(line)
        box.addWidget(self._problem)

    @property
    def words(self) -> str:
        """What stands in the field."""
        return self.field.edit.text().strip()

    def show_until(self, until: float | None, words: str) -> None:
        """Show the end of what is set, in `words` where no chip stands for it; what was typed is gone."""
        self._until, self._words, self.touched = until, words, False
        self.show_problem("")
        self.tick()

    def show_problem(self, text: str) -> None:
        """Say what is wrong with the field; "" for nothing."""
        self._problem.setText(text[:1].upper() + text[1:])
        self._problem.setVisible(bool(text))
        self.field.set_wrong(bool(text))
        self.field.edit.setAccessibleDescription(text)

    def tick(self) -> None:
        """Offer the next half hours; check the chip that is what is set."""
        now = self._clock()
        first = now + _SOON
        for number, chip in enumerate(self._times):
            at = _half_hour(first, number)
            chip.setText(clock_text(at))
            chip.setAccessibleName(f"until {chip.text()}")
            chip.setChecked(self._until is not None and self._until == at)
        self._fixed["I change it"].setChecked(self._until is None and not self.touched)
        self._fixed["today"].setChecked(self._until is not None and self._until == _end_of_day(now))
        checked = any(chip.isChecked() for chip in (*self._fixed.values(), *self._times))
        if not self.touched:
            self.field.show_text("" if checked else self._words)
        self.field.set_marked(self._until is not None and not checked and not self.touched)

    def enter(self, step: int) -> None:
        """Take the focus from above (1) or below (-1)."""
        if step > 0:
            self.rove.enter(1)
        else:
            self.field.edit.setFocus(Qt.FocusReason.TabFocusReason)

    def _chips_left(self, step: int) -> None:
        if step > 0:
            self.field.edit.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.left.emit(step)

    def _edited(self) -> None:
        self.touched = True
        self.show_problem("")
        self.tick()
        self.typed.emit()


def _half_hour(first: float, number: int) -> float:
    """Return the half hour of the clock that is `number` after the next one from `first` on."""
    # Every zone in use is off UTC by quarters of an hour; where by one, its clock's half hours are shifted so, too.
    offset = datetime.fromtimestamp(first).astimezone().utcoffset()
    shift = offset.total_seconds() if offset is not None else 0.0
    return (-(-(first + shift) // _HALF_HOUR) + number) * _HALF_HOUR - shift


def _end_of_day(now: float) -> float | None:
    try:
        return read_until("today", now)
    except UntilError:
        return None
