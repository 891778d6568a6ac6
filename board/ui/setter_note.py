# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The two texts of a status: fields for subtype and message, with their length against what a PBX can carry.

Nothing is judged here: the setter says how long the texts will be and what is wrong with them.
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from board.presence.value import EVENT_TEXT_LIMIT
from board.ui.field import Field
from board.ui.fonts import Text
from board.ui.labels import TextLabel, paint
from board.ui.look import Look
from board.ui.pill import Pill
from board.ui.theme import Role

_LONG = 200


class Note(QWidget):
    """`subtype` and `message`; `typed` tells of every edit, `entered` of Enter, `left` of up (-1) and down (1).

    A text is touched from the first edit until `show_texts`: touched texts are kept when a status arrives.
    """

    typed = Signal()
    entered = Signal()
    left = Signal(int)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.touched = False
        self.subtype = Field(look, "Subtype", "e.g. lunch")
        self.message = Field(look, "Message", "e.g. Back soon, call Rosa")
        self._counts = {field: _small(look, "") for field in (self.subtype, self.message)}
        self._sizes = dict.fromkeys(self._counts, 0)
        self._problem = TextLabel(look, Text.CAPTION, Role.FAULT)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        for column, (field, share) in enumerate(((self.subtype, 5), (self.message, 11))):
            grid.setColumnStretch(column, share)
            heading = QGridLayout()
            heading.setColumnStretch(0, 1)
            heading.addWidget(_small(look, field.edit.accessibleName()), 0, 0)
            heading.addWidget(self._counts[field], 0, 1, Qt.AlignmentFlag.AlignRight)
            grid.addLayout(heading, 0, column)
            grid.addWidget(field, 1, column)
            field.edit.textEdited.connect(self._edited)
            field.edit.entered.connect(self.entered)
            field.edit.left.connect(self.left)
            field.edit.focus_changed.connect(self._count)
        grid.addWidget(self._problem, 2, 0, 1, 2)
        self.show_problem("")

    @property
    def texts(self) -> tuple[str, str]:
        """Subtype and message as typed, without blanks at their ends."""
        return self.subtype.edit.text().strip(), self.message.edit.text().strip()

    def show_texts(self, subtype: str, message: str) -> None:
        """Show other texts; what was typed is gone."""
        self.touched = False
        self.subtype.show_text(subtype)
        self.message.show_text(message)

    def enter(self, _step: int) -> None:
        """Take the focus."""
        self.message.edit.setFocus(Qt.FocusReason.TabFocusReason)

    def show_sizes(self, subtype: int, message: int) -> None:
        """Show how many bytes will be sent, of a text that is being written or long."""
        self._sizes = {self.subtype: subtype, self.message: message}
        self._count()

    def _count(self) -> None:
        for field, size in self._sizes.items():
            told = size > 0 and (field.edit.hasFocus() or size > _LONG)
            unit = " bytes" if field is self.message else ""
            count = self._counts[field]
            count.setText(f"{size} of {EVENT_TEXT_LIMIT}{unit}" if told else "")
            count.setToolTip(f"A PBX carries {EVENT_TEXT_LIMIT} bytes; some letters take several")
            paint(count, self._look.color(Role.FAULT if size > EVENT_TEXT_LIMIT else Role.SOFT))

    def show_problem(self, text: str, field: Field | None = None) -> None:
        """Say what is wrong, and with which field; "" for nothing."""
        self._problem.setText(text[:1].upper() + text[1:])
        self._problem.setVisible(bool(text))
        for one in (self.subtype, self.message):
            one.set_wrong(one is field)
            one.edit.setAccessibleDescription(text if one is field else "")

    def _edited(self) -> None:
        self.touched = True
        self.typed.emit()


class DraftBar(QWidget):
    """Says that something typed is not set yet, with a button that sets it; `asked` tells of its click."""

    asked = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        label = TextLabel(look, Text.CAPTION, Role.SOFT)
        label.setText("Typed, not set yet")
        self.button = Pill(look, "Set")
        self.button.set_second("Enter")
        self.button.setAccessibleName("Set what was typed")
        self.button.clicked.connect(self.asked)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 8, 0, 0)
        box.addWidget(label, 1)
        box.addWidget(self.button)
        self.hide()


def _small(look: Look, text: str) -> QLabel:
    label = TextLabel(look, Text.CAPTION_STRONG if text else Text.CAPTION, Role.SOFT)
    label.setWordWrap(False)
    label.setText(text)
    return label
