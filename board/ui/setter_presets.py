# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Presets and recent choices, a button each: one click sets them. They are shown here and edited elsewhere."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from board.presence.value import Presence
from board.states import PresenceState
from board.status.choice import Choice
from board.status.preset import Preset, Presets
from board.ui.flow import Flow
from board.ui.fonts import Text
from board.ui.icons import PERSON_ICONS
from board.ui.labels import TextLabel
from board.ui.look import Look
from board.ui.pill import Pill
from board.ui.rove import Rove
from board.ui.setter_choices import ChoiceRow
from board.ui.setter_words import end_in_words, in_words, summary
from board.ui.theme import Role

RECENT_KEYS = ("7", "8", "9")
KEYED = 9


class PresetPill(Pill):
    """A preset's name with its state's glyph."""

    def __init__(self, look: Look, preset: Preset, number: int, parent: QWidget) -> None:
        super().__init__(look, preset.name, PERSON_ICONS[preset.presence.state], parent)
        self._state = preset.presence.state
        self.setCheckable(True)
        whole = in_words(preset.presence, end_in_words(preset.until))
        key = f"Alt+{number}" if number <= KEYED else ""
        self.setAccessibleName(preset.name)
        self.setAccessibleDescription(", ".join(part for part in (whole, key) if part))
        self.setToolTip("  ".join(part for part in (whole, f"({key})" if key else "") if part))

    def nextCheckState(self) -> None:
        """Stay as it is: a preset is checked while it is what is set."""

    def glyph_color(self) -> QColor:
        """Return the colour of the preset's state."""
        return self._look.theme.person[self._state]


class PresetRow(QWidget):
    """The presets; `asked` carries the one that was chosen, `edit_asked` asks to edit them, `left` up or down."""

    asked = Signal(object)
    edit_asked = Signal()
    left = Signal(int)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._pills: list[PresetPill] = []
        self.presets: Presets = ()
        self.edit = Pill(look, "Edit…")
        self.edit.setAccessibleName("Edit presets")
        self.edit.setToolTip("Add, change, order presets (F2)")
        self.edit.clicked.connect(self.edit_asked)
        self.rove = Rove(self)
        self.rove.left.connect(self.left)
        self._flow = Flow(self)
        self.show_presets(())

    def show_presets(self, presets: Presets) -> None:
        """Show `presets`."""
        self.presets = presets
        for pill in self._pills:
            pill.hide()
            self._flow.removeWidget(pill)
            pill.deleteLater()
        self._flow.removeWidget(self.edit)
        self._pills = [PresetPill(self._look, preset, number, self) for number, preset in enumerate(presets, start=1)]
        for pill, preset in zip(self._pills, presets, strict=True):
            pill.clicked.connect(lambda _=False, preset=preset: self.asked.emit(preset))
            self._flow.addWidget(pill)
            QWidget.setTabOrder(self.edit, pill)  # Tab comes here after what stands above, not at the end
            pill.show()
        self._flow.addWidget(self.edit)
        self.rove.hold([*self._pills, self.edit])
        self.updateGeometry()

    def show_set(self, presence: Presence | None) -> None:
        """Check the presets that are what is set."""
        for pill, preset in zip(self._pills, self.presets, strict=True):
            pill.setChecked(preset.presence == presence)

    def press(self, number: int) -> bool:
        """Click the preset `number` from 0; tell whether it has a key."""
        if not 0 <= number < min(KEYED, len(self._pills)):
            return False
        self._pills[number].click()
        return True

    def set_usable(self, usable: bool) -> None:
        """Let the presets be chosen, or not."""
        for pill in self._pills:
            pill.setEnabled(usable)


class RecentRows(QWidget):
    """The last choices, a row each; `asked` carries the one that was chosen, `left` up or down."""

    asked = Signal(object)
    left = Signal(int)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._choices: Sequence[Choice] = ()
        self.rows = [ChoiceRow(look, PresenceState.NOT_SET, "", key, Text.BODY) for key in RECENT_KEYS]
        self.rove = Rove(self)
        self.rove.hold(self.rows)
        self.rove.left.connect(self.left)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        for number, row in enumerate(self.rows):
            row.clicked.connect(lambda _=False, number=number: self.choose(number))
            box.addWidget(row)

    def show_choices(self, choices: Sequence[Choice]) -> None:
        """Show as many of `choices` as there are rows."""
        if len(choices) != len(self._choices):
            self.rove.hold(self.rows[: len(choices)])
        self._choices = choices[: len(self.rows)]
        for number, row in enumerate(self.rows):
            row.setVisible(number < len(self._choices))
            if number < len(self._choices):
                presence = self._choices[number].presence
                row.show_choice(presence.state, summary(presence), in_words(presence))

    def choose(self, number: int) -> None:
        """Choose one by its number from 0, where it is there."""
        if number < len(self._choices):
            self.asked.emit(self._choices[number])


class Heading(QWidget):
    """A small heading."""

    def __init__(self, look: Look, text: str) -> None:
        super().__init__()
        label = TextLabel(look, Text.CAPTION_STRONG, Role.SOFT)
        label.setText(text)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 10, 0, 4)
        box.addWidget(label, 1, Qt.AlignmentFlag.AlignBottom)
