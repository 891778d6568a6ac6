# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The bar on top: search, filter chips with counts, group, order, theme, the own status. It asks; others do."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup, QColor, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QWidget

from board.roster.categories import Category, Counts
from board.roster.ordering import Order
from board.ui.density import Packing
from board.ui.icons import Icon
from board.ui.kinds import KINDS, Kind
from board.ui.look import Look, Scheme
from board.ui.own_pill import OwnPill
from board.ui.pill import MenuPill, Pill
from board.ui.search_field import SearchField
from board.ui.setter_words import Glance

_T = TypeVar("_T")
_LONGEST = 24


ORDER_WORDS: Mapping[Order, str] = MappingProxyType(
    {Order.NAME: "Name", Order.NUMBER: "Number", Order.FREE_FIRST: "Free first"}
)
PACKING_KEY = "Ctrl+D"
PACKING_WORDS: Mapping[Packing, str] = MappingProxyType(
    {
        Packing.AUTOMATIC: "Automatic",
        Packing.COMFORTABLE: "Comfortable",
        Packing.COMPACT: "Compact",
    }
)
SCHEME_WORDS: Mapping[Scheme, str] = MappingProxyType(
    {Scheme.SYSTEM: "Like the system", Scheme.LIGHT: "Light", Scheme.DARK: "Dark"}
)


class Chip(Pill):
    """A filter chip."""

    def __init__(self, look: Look, kind: Kind, parent: QWidget) -> None:
        super().__init__(look, kind.word, kind.icon, parent)
        self.kind = kind
        self.setCheckable(True)

    def glyph_color(self) -> QColor:
        """Return the colour of the state that the chip stands for."""
        return self.kind.color(self._look.theme)


class TopBar(QWidget):
    """`category_asked`, `group_asked` (None: all), `order_asked`, `packing_asked` say what the user wants to see."""

    category_asked = Signal(object)
    group_asked = Signal(object)
    order_asked = Signal(object)
    packing_asked = Signal(object)

    def __init__(self, look: Look, groups: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = SearchField(look, self)
        self._chips = [Chip(look, kind, self) for kind in KINDS]
        self._exclusive = QButtonGroup(self)
        for number, chip in enumerate(self._chips, start=1):
            self._exclusive.addButton(chip)
            QShortcut(QKeySequence(f"Ctrl+{number}"), self, chip.click)
            chip.setToolTip(f"Ctrl+{number}")
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self._find)
        self._chips[0].setChecked(True)
        self._exclusive.buttonToggled.connect(self._toggled)
        self._chip_row = _row(self._chips, self)
        self.group = MenuPill(look, "All groups", Icon.USERS, self)
        self.order = MenuPill(look, f"Sort: {ORDER_WORDS[Order.NAME]}", None, self)
        self.scheme = MenuPill(look, "", Icon.SCHEME, self)
        self.scheme.setAccessibleName("View: theme, tiles")
        self.scheme.setToolTip(f"Theme, tiles comfortable or compact ({PACKING_KEY})")
        self._fill_menus(look, groups)
        self.own = OwnPill(look, self)
        self._menu_row = _row([self.group, self.order, self.scheme, self.own], self)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(20, 10, 20, 10)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        self._grid.addWidget(self.search, 0, 0)
        self._grid.addWidget(self._menu_row, 0, 2)
        self._wide: bool | None = None
        self._spread()

    def set_counts(self, counts: Counts) -> None:
        """Show how many there are of each kind."""
        for chip in self._chips:
            number = counts.of(chip.kind.category)
            chip.set_second(str(number))
            chip.setVisible(not chip.kind.rare or number > 0 or chip.isChecked())

    def show_own(self, glance: Glance) -> None:
        """Show how the user's own status stands, from now on."""
        self.own.show_glance(glance)
        self.own.show()
        self._spread()

    def _find(self) -> None:
        self.search.edit.setFocus()
        self.search.edit.selectAll()

    def check(self, category: Category | None) -> None:
        """Check the chip of `category`."""
        for chip in self._chips:
            if chip.kind.category is category:
                chip.setChecked(True)

    def show_all_groups(self) -> None:
        """Choose all groups again."""
        self.group.menu.actions()[0].trigger()

    def order_by(self, order: Order) -> None:
        """Choose `order`, as its menu entry would."""
        self.order.menu.actions()[list(ORDER_WORDS).index(order)].trigger()

    def pack(self, packing: Packing) -> None:
        """Choose how close tiles stand, as its menu entry would."""
        self._packings[packing].trigger()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Move the chips to a line of their own where one line is too short for all."""
        super().resizeEvent(event)
        self._spread()

    def _spread(self) -> None:
        room = self.width() - 40 - 32
        needed = 260 + self._chip_row.sizeHint().width() + self._menu_row.sizeHint().width()
        wide = room >= needed
        if wide == self._wide:
            return
        self._wide = wide
        self._grid.removeWidget(self._chip_row)
        if wide:
            self._grid.addWidget(self._chip_row, 0, 1)
        else:
            self._grid.addWidget(self._chip_row, 1, 0, 1, 3)
        self._grid.setColumnStretch(0, 0 if wide else 1)
        self._grid.setColumnStretch(1, 1 if wide else 0)
        self.search.setMaximumWidth(380 if wide else 16777215)

    def _toggled(self, chip: Chip, checked: bool) -> None:
        if checked:
            self.category_asked.emit(chip.kind.category)

    def _fill_menus(self, look: Look, groups: Sequence[str]) -> None:
        choices: list[tuple[str, str | None]] = [("All groups", None), *((group, group) for group in groups)]
        _choices(self.group, choices, None, "{}", self.group_asked.emit)
        self.group.setVisible(bool(groups))
        _choices(
            self.order,
            [(word, order) for order, word in ORDER_WORDS.items()],
            Order.NAME,
            "Sort: {}",
            self.order_asked.emit,
        )
        self.scheme.menu.addSection("Theme")
        _choices(self.scheme, [(word, kind) for kind, word in SCHEME_WORDS.items()], look.scheme, "", look.choose)
        self.scheme.menu.addSection("Tiles")
        packings = [(word, packing) for packing, word in PACKING_WORDS.items()]
        self._packings = _choices(self.scheme, packings, Packing.COMFORTABLE, "", self.packing_asked.emit)


def _short(word: str) -> str:
    """Return a group's name in at most 24 characters: a pill is as wide as its text."""
    return word if len(word) <= _LONGEST else word[: _LONGEST - 1].rstrip() + "…"


def _row(widgets: Iterable[QWidget], parent: QWidget) -> QWidget:
    row = QWidget(parent)
    box = QHBoxLayout(row)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(7)
    for widget in widgets:
        box.addWidget(widget)
    box.addStretch(1)
    return row


def _choices(
    pill: MenuPill, choices: Iterable[tuple[str, _T]], chosen: _T, title: str, ask: Callable[[_T], object]
) -> Mapping[_T, QAction]:
    """Add `choices` to the menu of `pill`, one checked; choosing asks for it and writes it into the `title`.

    Returns the entries.
    """
    group = QActionGroup(pill)
    actions: dict[_T, QAction] = {}
    for word, value in choices:
        action = QAction(word.replace("&", "&&"), pill)
        action.setCheckable(True)
        action.setChecked(value == chosen)
        group.addAction(action)
        pill.menu.addAction(action)
        actions[value] = action

        def choose(_checked: bool, word: str = word, value: _T = value) -> None:
            if title:
                pill.setText(title.format(_short(word)))
                pill.updateGeometry()
            ask(value)

        action.triggered.connect(choose)
    return actions
