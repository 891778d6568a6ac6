# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The status setter's parts on one page that scrolls, and how the keys lead through them. It decides nothing."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from board.status.choice import Choice
from board.status.draft import Typed
from board.ui.look import Look
from board.ui.setter_card import StatusCard
from board.ui.setter_choices import KEYS, Choices
from board.ui.setter_note import DraftBar, Note
from board.ui.setter_presets import RECENT_KEYS, Heading, PresetRow, RecentRows
from board.ui.setter_until import UntilRow
from board.ui.setter_words import distinct
from board.ui.trim import Pane

_MARGIN = 14


class SetterPage(Pane):
    """`card`, `choices`, `note`, `until`, `draft`, `presets`, `recents`, from top to bottom.

    `grown` tells that they want another height.
    """

    grown = Signal()

    def __init__(self, look: Look, clock: Callable[[], float]) -> None:
        super().__init__(look)
        self.card = StatusCard(look)
        self.choices = Choices(look)
        self.note = Note(look)
        self.until = UntilRow(look, clock)
        self.draft = DraftBar(look)
        self.presets = PresetRow(look)
        self.recents = RecentRows(look)
        self._recents_heading = Heading(look, "Recent")
        self._stops: list[Callable[[int], object]] = []
        self._lay_out(look)
        self._lead()
        self.show_recents(())

    def _lay_out(self, look: Look) -> None:
        inner = self._inner = QWidget()
        inner.setAutoFillBackground(True)
        box = QVBoxLayout(inner)
        box.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        box.setSpacing(0)
        parts: tuple[QWidget, ...] = (
            *(self.card, _Gap(10), self.choices, _Gap(12), self.note, Heading(look, "Until"), self.until, self.draft),
            *(Heading(look, "Presets"), self.presets, self._recents_heading, self.recents),
        )
        for part in parts:
            box.addWidget(part)
        box.addStretch(1)
        self.setWidget(inner)
        inner.installEventFilter(self)

    def _lead(self) -> None:
        """Let up and down lead from part to part."""
        self._stops = [
            self.choices.rove.enter,
            self.note.enter,
            self.until.enter,
            self.presets.rove.enter,
            self.recents.rove.enter,
        ]
        parts = (self.choices.rove.left, self.note.left, self.until.left, self.presets.left, self.recents.left)
        for number, left in enumerate(parts):
            left.connect(lambda step, number=number: self._go(number, step))
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow)

    def _go(self, number: int, step: int) -> None:
        """Go on from the part `number` up (-1) or down (1), over what cannot be entered."""
        number += step
        while 0 <= number < len(self._stops) and self._stops[number](step) is False:
            number += step

    def _follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        """Keep in sight where the keyboard is."""
        if new is not None and self._inner.isAncestorOf(new):
            self.ensureWidgetVisible(new, 0, 40)

    def height_for(self, width: int) -> int:
        """Return the height that shows all of it."""
        return self._inner.heightForWidth(width)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice that the parts need another height."""
        if event.type() == QEvent.Type.LayoutRequest and watched is self._inner:
            self.grown.emit()
        return super().eventFilter(watched, event)

    def show_recents(self, recents: Sequence[Choice]) -> None:
        """Offer the first few of these choices; nothing where there is none."""
        offered = distinct(recents, len(RECENT_KEYS))
        self.recents.show_choices(offered)
        for widget in (self.recents, self._recents_heading):
            widget.setVisible(bool(offered))

    def set_usable(self, usable: bool) -> None:
        """Let something be set, or not."""
        for part in (self.choices, self.note, self.until, self.recents):
            part.setEnabled(usable)
        self.presets.set_usable(usable)

    @property
    def typed(self) -> Typed:
        """What was typed and not yet set."""
        return Typed(self.note.texts if self.note.touched else None, self.until.words if self.until.touched else None)

    def is_writing(self) -> bool:
        """Tell whether the keyboard is in one of the fields."""
        fields = (self.note.subtype, self.note.message, self.until.field)
        return any(field.edit.hasFocus() for field in fields)

    @property
    def keys(self) -> frozenset[str]:
        """The keys that set something."""
        return frozenset((*KEYS.values(), *RECENT_KEYS))

    def press(self, key: str) -> None:
        """Click what `key` stands for, where it can be clicked; the focus goes along within the choices."""
        for state, its in KEYS.items():
            if its == key:
                if self.choices.has_focus():
                    self.choices.rows[state].setFocus()
                self.choices.rows[state].click()
        if key in RECENT_KEYS and self.recents.isEnabled():
            self.recents.choose(RECENT_KEYS.index(key))

    def press_preset(self, number: int) -> bool:
        """Click the preset `number` from 0; tell whether there is one."""
        return self.presets.press(number)


class _Gap(QWidget):
    """Room between two parts."""

    def __init__(self, height: int) -> None:
        super().__init__()
        self.setFixedHeight(height)
