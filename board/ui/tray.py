# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The tray icon: the user's own status at a glance, and a menu that sets it in one click. It asks; others do.

A desktop may have no tray, or get one later: under X11 Qt then puts the icon there by itself.
"""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from board.presence.value import Presence
from board.roster.words import one_line
from board.states import PresenceState
from board.status.choice import Choice
from board.status.preset import Preset
from board.ui.look import Look
from board.ui.setter_choices import KEYS
from board.ui.setter_words import CHOICE_WORDS, Glance, Tone, in_words, summary, title
from board.ui.tray_icon import tray_icon

_MOST_PRESETS = 8
MOST_RECENTS = 4
_LONGEST = 44
_CAN_WAIT = "xcb"


class Tray(QObject):
    """`chosen` asks for a Choice, `preset_chosen` for a Preset; `opened` for the setter, near the place it gives.

    `board_asked` and `quit_asked` are the menu's last two entries.
    """

    chosen = Signal(object)
    preset_chosen = Signal(object)
    opened = Signal(QRect)
    board_asked = Signal()
    quit_asked = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._glance = Glance(None, Tone.UNKNOWN, title(None))
        self._icon = QSystemTrayIcon(self)
        self.menu = QMenu()
        self._now = self._entry("", None, lambda: None)
        self._now.setEnabled(False)
        self._states = {state: self._state(state) for state in KEYS}
        self._presets: list[QAction] = []
        self._recents: list[QAction] = []
        self._more = self._entry("More…", None, self._open)
        self._board = self._entry("Show board", None, self.board_asked.emit)
        self._quit = self._entry("Quit", None, self.quit_asked.emit)
        self._fill()
        self._icon.setContextMenu(self.menu)
        self._icon.activated.connect(self._activated)
        self._icon.messageClicked.connect(self._open)
        self.show_glance(self._glance)

    @property
    def is_there(self) -> bool:
        """Whether the desktop shows the icon now."""
        return self._icon.isVisible() and QSystemTrayIcon.isSystemTrayAvailable()

    def show(self) -> None:
        """Put the icon into the tray, as soon as there is one; only X11 can tell of one that comes later."""
        if QGuiApplication.platformName() == _CAN_WAIT or QSystemTrayIcon.isSystemTrayAvailable():
            self._icon.show()

    def hide(self) -> None:
        """Take the icon away."""
        self._icon.hide()

    def show_glance(self, glance: Glance) -> None:
        """Show how the user's own status stands; a refusal is told in a message, too."""
        refused = glance.tone is Tone.REFUSED and glance != self._glance
        self._glance = glance
        presence = glance.presence
        state = presence.state if presence is not None else PresenceState.NOT_SET
        self._icon.setIcon(tray_icon(self._look, state, glance.tone))
        self._icon.setToolTip(glance.said)
        self._now.setText(_short(in_words(presence) if presence is not None else title(None)))
        self._set_usable(glance.tone is not Tone.BARRED)
        self._check()
        if refused:
            self.tell("Your status", glance.said, QSystemTrayIcon.MessageIcon.Warning)

    def offer(self, presets: Iterable[Preset], recents: Iterable[Choice]) -> None:
        """Offer these in the menu, the first of them."""
        self._presets = [self._preset(preset) for preset in [*presets][:_MOST_PRESETS]]
        self._recents = [self._recent(choice) for choice in [*recents][:MOST_RECENTS]]
        self._fill()

    def tell(
        self, heading: str, text: str, kind: QSystemTrayIcon.MessageIcon = QSystemTrayIcon.MessageIcon.Information
    ) -> None:
        """Show a message beside the icon."""
        self._icon.showMessage(heading, text, kind)

    def _check(self) -> None:
        for state, action in self._states.items():
            action.setChecked(self._glance.presence == Presence(state))

    def _set_usable(self, usable: bool) -> None:
        for action in (*self._states.values(), *self._presets, *self._recents):
            action.setEnabled(usable)

    def _fill(self) -> None:
        kept = {self._now, *self._states.values(), self._more, self._board, self._quit, *self._presets, *self._recents}
        for action in self.menu.actions():
            self.menu.removeAction(action)
            if action not in kept:
                action.deleteLater()
        groups = ([self._now], [*self._states.values()], self._presets, self._recents, [self._more])
        for group in (*groups, [self._board, self._quit]):
            if group:
                self.menu.addActions(group)
                self.menu.addSeparator()
        self._set_usable(self._glance.tone is not Tone.BARRED)

    def _state(self, state: PresenceState) -> QAction:
        action = self._entry(CHOICE_WORDS[state], state, lambda: self._choose(state))
        action.setCheckable(True)
        return action

    def _choose(self, state: PresenceState) -> None:
        self._check()  # what is set shows when it is
        self.chosen.emit(Choice(Presence(state)))

    def _preset(self, preset: Preset) -> QAction:
        return self._entry(preset.name, preset.presence.state, lambda: self.preset_chosen.emit(preset))

    def _recent(self, choice: Choice) -> QAction:
        fresh = Choice(choice.presence)
        return self._entry(summary(choice.presence), choice.presence.state, lambda: self.chosen.emit(fresh))

    def _entry(self, text: str, state: PresenceState | None, act: Callable[[], object]) -> QAction:
        action = QAction(_short(text), self.menu)
        if state is not None:
            action.setIcon(tray_icon(self._look, state, Tone.SEEN))
        action.triggered.connect(lambda _checked: act())
        return action

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason == QSystemTrayIcon.ActivationReason.Trigger:
            self._open()

    def _open(self) -> None:
        self.opened.emit(self._icon.geometry())


def _short(text: str) -> str:
    """Return a menu's text: one line, not too long, with every & meant."""
    line = one_line(text)
    return (line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…").replace("&", "&&")
