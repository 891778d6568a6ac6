# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Where presets are edited: their list, what can be done with it, and the chosen one in fields.

Every edit is taken at once and can be undone; nothing is kept here but the way back.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from board.states import PresenceState
from board.status.preset import MOST, READY_MADE, Preset, Presets, added, moved, removed, replaced
from board.ui.flow import Flow
from board.ui.fonts import Text
from board.ui.icons import Icon
from board.ui.keys import is_typing
from board.ui.labels import TextLabel
from board.ui.look import Look
from board.ui.pill import MenuPill, Pill
from board.ui.preset_form import PresetForm
from board.ui.rove import Rove
from board.ui.setter_choices import ChoiceRow
from board.ui.setter_words import end_in_words, in_words
from board.ui.theme import Role
from board.ui.trim import Pane

_CHORD = Qt.KeyboardModifier.ControlModifier


class PresetPage(QWidget):
    """`edited` carries all presets after each edit; `done` asks to go back; `offered` gives what Add would add."""

    edited = Signal(object)
    done = Signal()

    def __init__(self, look: Look, clock: Callable[[], float], offered: Callable[[], Preset | None]) -> None:
        super().__init__()
        self._look = look
        self._offered = offered
        self._presets: Presets = ()
        self._past: list[Presets] = []
        self._at = 0
        self._rows: list[ChoiceRow] = []
        self.rove = Rove(self)
        self.form = PresetForm(look, clock)
        self.form.changed.connect(self._changed)
        self.form.escaped.connect(self.enter)
        self.add = self._button("Add current", None, "Add the current status", "Insert", self.add_current)
        self.up = self._button("", Icon.CHEVRON_UP, "Move up", "Ctrl+Up", lambda: self.move_preset(-1))
        self.down = self._button("", Icon.CHEVRON, "Move down", "Ctrl+Down", lambda: self.move_preset(1))
        self.delete = self._button("", Icon.TRASH, "Delete", "Del", self.remove)
        self.undo = self._button("Undo", None, "Undo the last edit", "Ctrl+Z", self.take_back)
        self.back = self._button("Done", None, "Back to the status", "Esc", self.done.emit)
        self.ready = MenuPill(look, "Ready-made")
        for name, presets in READY_MADE.items():
            action = QAction(name, self)
            action.triggered.connect(lambda _=False, more=presets: self._edit(added(self._presets, *more)))
            self.ready.menu.addAction(action)
        self._lay_out()
        self.rove.left.connect(lambda step: self.form.name.edit.setFocus() if step > 0 else None)

    def _button(self, text: str, icon: Icon | None, what: str, key: str, act: Callable[[], object]) -> Pill:
        pill = Pill(self._look, text, icon)
        pill.setToolTip(f"{what} ({key})")
        pill.setAccessibleName(what)
        pill.setAccessibleDescription(key)
        pill.clicked.connect(lambda _=False: act())
        return pill

    def _lay_out(self) -> None:
        title = TextLabel(self._look, Text.TITLE, Role.INK)
        title.setText("Presets")
        top = QHBoxLayout()
        top.addWidget(title, 1)
        top.addWidget(self.ready)
        top.addWidget(self.back)
        self._hint = TextLabel(self._look, Text.BODY, Role.SOFT)
        self._hint.setText("No preset yet. Add the current status, or ready-made ones.")
        inner = QWidget()
        inner.setAutoFillBackground(True)
        self._list = QVBoxLayout(inner)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(1)
        self._list.addStretch(1)
        self._scroll = Pane(self._look)
        self._scroll.setWidget(inner)
        buttons = QWidget()
        flow = Flow(buttons)
        for pill in (self.add, self.up, self.down, self.delete, self.undo):
            flow.addWidget(pill)
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 14, 14, 14)
        box.setSpacing(10)
        box.addLayout(top)
        box.addWidget(self._hint)
        box.addWidget(self._scroll, 1)
        box.addWidget(buttons)
        box.addWidget(self.form)

    # -- fed from outside

    def show_presets(self, presets: Presets) -> None:
        """Show `presets`; the chosen one stays chosen."""
        self._presets = presets
        self._at = max(0, min(self._at, len(presets) - 1))
        self._fill()

    def enter(self) -> None:
        """Take the focus: the chosen preset, else the way to the first one."""
        if self._rows:
            self._rows[self._at].setFocus()
            self._scroll.ensureWidgetVisible(self._rows[self._at])
        else:
            self.add.setFocus()

    # -- what the user does

    def add_current(self) -> None:
        """Add the current status, and let it be named."""
        offered = self._offered()
        if offered is None or len(self._presets) >= MOST:
            return
        self._at = len(self._presets)
        self._edit((*self._presets, offered))
        self.form.name.edit.setFocus()
        self.form.name.edit.selectAll()

    def move_preset(self, by: int) -> None:
        """Move the chosen preset up (-1) or down (1)."""
        if self._presets:
            at, self._at = self._at, max(0, min(len(self._presets) - 1, self._at + by))
            self._edit(moved(self._presets, at, by))
            self._hold(self.up if by < 0 else self.down)

    def remove(self) -> None:
        """Delete the chosen preset."""
        if self._presets:
            self._edit(removed(self._presets, self._at))
            self._hold(self.delete)

    def take_back(self) -> None:
        """Undo the last edit."""
        if self._past:
            presets = self._past.pop()
            self.show_presets(presets)
            self.edited.emit(presets)
            self._hold(self.undo)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Edit the list by keys."""
        chord = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() == Qt.Key.Key_Escape:
            self.done.emit()
        elif event.matches(QKeySequence.StandardKey.Undo):
            self.take_back()
        elif chord == _CHORD and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.move_preset(-1 if event.key() == Qt.Key.Key_Up else 1)
        elif event.key() == Qt.Key.Key_Delete:
            self.remove()
        elif event.key() == Qt.Key.Key_Insert:
            self.add_current()
        elif event.key() == Qt.Key.Key_F2:
            self._rename()
        elif not is_typing(event):
            super().keyPressEvent(event)

    def _rename(self) -> None:
        if self._presets:
            self.form.name.edit.setFocus()
            self.form.name.edit.selectAll()

    def _changed(self, preset: Preset) -> None:
        self._edit(replaced(self._presets, self._at, preset))

    # -- what follows

    def _edit(self, presets: Presets) -> None:
        if presets != self._presets:
            self._past.append(self._presets)
            self.show_presets(presets)
            self.edited.emit(presets)

    def _hold(self, button: Pill) -> None:
        """Keep the focus on a button that was pressed, else on the list."""
        if not (button.hasFocus() and button.isEnabled()):
            self.enter()

    def _fill(self) -> None:
        """Show the list: rows are kept and filled anew."""
        while len(self._rows) < len(self._presets):
            self._add_row()
        while len(self._rows) > len(self._presets):
            row = self._rows.pop()
            row.hide()
            row.deleteLater()
        for number, (row, preset) in enumerate(zip(self._rows, self._presets, strict=True)):
            whole = in_words(preset.presence, end_in_words(preset.until))
            row.show_choice(preset.presence.state, preset.name, whole, second=whole)
            row.setAccessibleName(f"{preset.name}: {whole}")
            row.setChecked(number == self._at)
        self.rove.hold(self._rows)
        self._hint.setVisible(not self._presets)
        self._show_chosen()

    def _add_row(self) -> None:
        row = ChoiceRow(self._look, PresenceState.NOT_SET, "", "", Text.BODY_STRONG)
        number = len(self._rows)
        row.clicked.connect(lambda _=False: self._choose(number, rename=True))
        row.focused.connect(lambda: self._choose(number))
        self._list.insertWidget(number, row)
        self._rows.append(row)

    def _choose(self, number: int, *, rename: bool = False) -> None:
        self._at = number
        for at, row in enumerate(self._rows):
            row.setChecked(at == number)
        self._show_chosen()
        if rename:
            self._rename()

    def _show_chosen(self) -> None:
        self.form.show_preset(self._presets[self._at] if self._presets else None)
        self.add.setEnabled(self._offered() is not None and len(self._presets) < MOST)
        self.up.setEnabled(self._at > 0)
        self.down.setEnabled(self._at < len(self._presets) - 1)
        self.delete.setEnabled(bool(self._presets))
        self.undo.setEnabled(bool(self._past))
