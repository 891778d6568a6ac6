# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""One preset in fields: name, state, subtype, message, until. What is wrong is said here and goes no further."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from board.links.wish import complaint
from board.presence.value import Presence
from board.states import PresenceState
from board.status.preset import Preset, name_complaint
from board.status.until import UntilError, read_until
from board.ui.field import Field
from board.ui.fonts import Text
from board.ui.icons import PERSON_ICONS
from board.ui.labels import TextLabel
from board.ui.look import Look
from board.ui.pill import MenuPill
from board.ui.setter_note import Note
from board.ui.setter_words import CHOICE_WORDS
from board.ui.theme import Role


class StatePill(MenuPill):
    """A button with a menu of all states; `picked` carries the one that was chosen."""

    picked = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__(look, CHOICE_WORDS[PresenceState.AVAILABLE], PERSON_ICONS[PresenceState.AVAILABLE])
        self.state = PresenceState.AVAILABLE
        for state, word in CHOICE_WORDS.items():
            action = QAction(word, self)
            action.triggered.connect(lambda _=False, state=state: self._pick(state))
            self.menu.addAction(action)

    def glyph_color(self) -> QColor:
        """Return the colour of the state."""
        return self._look.theme.person[self.state]

    def show_state(self, state: PresenceState) -> None:
        """Show `state`."""
        self.state = state
        self._icon = PERSON_ICONS[state]
        self.setText(CHOICE_WORDS[state])
        self.setAccessibleName(f"State: {CHOICE_WORDS[state]}")
        self.updateGeometry()
        self.update()

    def _pick(self, state: PresenceState) -> None:
        self.show_state(state)
        self.picked.emit(state)


class PresetForm(QWidget):
    """`changed` carries the preset whenever one of its fields was left with another, good value; `escaped` is Esc."""

    changed = Signal(object)
    escaped = Signal()

    def __init__(self, look: Look, clock: Callable[[], float]) -> None:
        super().__init__()
        self._clock = clock
        self._shown: Preset | None = None
        self.name = Field(look, "Name", "e.g. Lunch")
        self.state = StatePill(look)
        self.note = Note(look)
        self.until = Field(look, "Until", "e.g. 1 h, today, 14:30; empty: I change it")
        self._problem = TextLabel(look, Text.CAPTION, Role.FAULT)
        self._lay_out(look)
        self.state.picked.connect(lambda _: self.save())
        for field in self._fields():
            field.edit.editingFinished.connect(self.save)
            field.edit.entered.connect(self.save)
            field.edit.escaped.connect(self._escape)
            field.edit.textEdited.connect(lambda _: self._judge())
        self._problem.hide()

    def _lay_out(self, look: Look) -> None:
        top = QGridLayout()
        top.setHorizontalSpacing(8)
        top.setVerticalSpacing(4)
        top.setColumnStretch(0, 1)
        top.addWidget(_caption(look, "Name"), 0, 0)
        top.addWidget(_caption(look, "State"), 0, 1)
        top.addWidget(self.name, 1, 0)
        top.addWidget(self.state, 1, 1)
        end = QHBoxLayout()
        end.addWidget(_caption(look, "Until"), 0, Qt.AlignmentFlag.AlignVCenter)
        end.addWidget(self.until, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addLayout(top)
        box.addWidget(self.note)
        box.addLayout(end)
        box.addWidget(self._problem)

    def show_preset(self, preset: Preset | None) -> None:
        """Show `preset`; None empties the fields."""
        self._shown = preset
        self.setEnabled(preset is not None)
        self.name.show_text(preset.name if preset is not None else "")
        self.state.show_state(preset.presence.state if preset is not None else PresenceState.AVAILABLE)
        self.note.show_texts(*((preset.presence.subtype, preset.presence.message) if preset is not None else ("", "")))
        self.until.show_text(preset.until if preset is not None else "")
        self._judge()

    def save(self) -> None:
        """Hand on what stands there, if it is another preset than before, and a good one."""
        made = self._judge()
        if made is not None and self._shown is not None and made != self._shown:
            self._shown = made
            self.changed.emit(made)

    def _judge(self) -> Preset | None:
        """Return what stands there, None where something is wrong, which is said."""
        presence = Presence(self.state.state, *self.note.texts)
        preset = Preset(self.name.edit.text().strip(), presence, self.until.edit.text().strip())
        self.note.show_sizes(*(len(text.encode(errors="replace")) for text in self.note.texts))
        named = name_complaint(preset.name) if self._shown is not None else ""
        texts = complaint(presence)
        until = self._until_complaint(preset.until)
        self.name.set_wrong(bool(named))
        self.until.set_wrong(bool(until))
        wrong = next((found for found in (named, texts, until) if found), "")
        self._problem.setText(wrong[:1].upper() + wrong[1:])
        self._problem.setVisible(bool(wrong))
        return None if wrong else preset

    def _until_complaint(self, words: str) -> str:
        """Say what is wrong with an end; a time of day that is over today is a good one."""
        midnight = datetime.fromtimestamp(self._clock()).replace(hour=0, minute=0, second=0, microsecond=0)
        try:
            read_until(words, midnight.timestamp())
        except UntilError as error:
            return str(error)
        return ""

    def _escape(self) -> None:
        self.show_preset(self._shown)
        self.escaped.emit()

    def _fields(self) -> tuple[Field, ...]:
        return (self.name, self.note.subtype, self.note.message, self.until)


def _caption(look: Look, text: str) -> TextLabel:
    label = TextLabel(look, Text.CAPTION_STRONG, Role.SOFT)
    label.setWordWrap(False)
    label.setText(text)
    return label
