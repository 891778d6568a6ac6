# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The status setter: what is set, and everything to set it with; one click or key sets, nothing asks "OK?".

Passive: fed by slots, speaks by signals; knows no network and no disk. A state that is clicked begins a new status;
what was typed and not yet set goes with it. A note or an until belongs to the status that is set.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QStackedLayout, QWidget

from board.links.own import OwnStatus
from board.links.wish import complaint
from board.states import PresenceState
from board.status.choice import Choice
from board.status.draft import again, as_sent, with_preset, with_state, with_until
from board.status.preset import NAME_LIMIT, Preset, Presets
from board.status.until import UntilError, shown, until_text
from board.ui.keys import is_typing
from board.ui.look import Look
from board.ui.preset_page import PresetPage
from board.ui.setter_page import SetterPage
from board.ui.setter_words import Glance, Line, Sight, Tone, most_pressing, sight, title

_TICK_MS = 5000
_WIDTH = 380
_CHOOSE_FIRST = "Choose a state first: a key from 1 to 6"


class StatusSetter(QWidget):
    """The whole setter. `chosen` carries a Choice, `presets_edited` all presets, `escaped` that Esc had nothing to
    do; `glanced` carries a Glance when another status is shown, or it stands otherwise; `grown` tells that it wants
    another height.

    `clock` gives seconds since the epoch. A choice shows as on its way at once, until `show_own` knows of it or
    `choice_failed` says that it could not be kept.
    """

    chosen = Signal(object)
    glanced = Signal(object)
    presets_edited = Signal(object)
    escaped = Signal()
    grown = Signal()

    def __init__(self, look: Look, clock: Callable[[], float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._own: Sequence[OwnStatus] = ()
        self._sight = Sight()
        self._current: Choice | None = None
        self._asked: Choice | None = None
        self._asked_after = -1
        self._glance: Glance | None = None
        self._recents: Sequence[Choice] = ()
        self._barred = ""
        self._failed = ""
        self._said: tuple[float | None, str] = (None, "")
        self.page = SetterPage(look, clock)
        self.editor = PresetPage(look, clock, self._as_preset)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.page)
        self._pages.addWidget(self.editor)
        self._ticker = QTimer(self)
        self._ticker.setInterval(_TICK_MS)
        self._ticker.timeout.connect(self.tick)
        self._wire()
        self.setAccessibleName("My status")
        self._refresh()

    def _wire(self) -> None:
        page = self.page
        page.card.retry_asked.connect(self.try_again)
        page.choices.asked.connect(self.choose_state)
        page.note.typed.connect(self._measure)
        page.note.entered.connect(self._set_note)
        page.until.asked.connect(self._set_until)
        page.until.typed.connect(self._measure)
        page.draft.asked.connect(self._set_note)
        page.presets.asked.connect(self.choose_preset)
        page.recents.asked.connect(self.choose_recent)
        page.grown.connect(self.grown)
        page.presets.edit_asked.connect(self.edit_presets)
        self.editor.edited.connect(self._presets_edited)
        self.editor.done.connect(self.enter)
        for field in (page.note.subtype, page.note.message, page.until.field):
            field.edit.escaped.connect(self._escape)

    # -- fed from outside

    def show_own(self, own: Sequence[OwnStatus]) -> None:
        """Show how the user's own status stands at each PBX."""
        self._own = tuple(own)
        if self._asked is not None and self._newest() > self._asked_after:
            self._asked = None
        self._refresh()

    def show_recents(self, recents: Sequence[Choice]) -> None:
        """Offer the last choices, newest first, but for the one that is set."""
        self._recents = tuple(recents)
        self._show_set()

    def show_presets(self, presets: Presets) -> None:
        """Offer `presets`."""
        self._offer(presets)
        self.editor.show_presets(presets)

    def cannot_set(self, reason: str) -> None:
        """Say why nothing can be set, "" as soon as something can."""
        self._barred = reason
        focus = QApplication.focusWidget()
        inside = focus is not None and self.page.isAncestorOf(focus)
        self.page.set_usable(not reason)
        self._refresh()
        if reason and inside:
            self.setFocus()  # the keys stay here
        elif not reason and self.hasFocus():
            self.enter()

    def choice_failed(self, reason: str) -> None:
        """Say why the last choice could not be kept: it is not on its way."""
        self._asked, self._failed = None, reason
        self._refresh()

    def tick(self) -> None:
        """Show what depends on the time anew; by itself every few seconds while it is to be seen."""
        self._show_card()
        self.page.until.tick()

    # -- what the user does

    def choose_state(self, state: PresenceState) -> None:
        """Set `state`, with what was typed; a state that is set already keeps its texts and its end."""
        try:
            self._choose(with_state(state, self._current, self.page.typed, self._clock()))
        except UntilError as error:
            self._until_is_wrong(str(error))

    def choose_preset(self, preset: Preset) -> None:
        """Set what `preset` says; one without texts takes those that were typed."""
        try:
            choice = with_preset(preset.presence, preset.until, self.page.typed, self._clock())
        except UntilError as error:
            self.page.until.show_problem(f"{preset.name}: {error}")
            return
        self._said = (choice.until, preset.until)
        self._choose(choice)

    def choose_recent(self, choice: Choice) -> None:
        """Set `choice` again, without an end that is over."""
        self._choose(again(choice, self._clock()))

    def try_again(self) -> None:
        """Ask again for what was refused."""
        if self._sight.retry is not None:
            self.choose_recent(self._sight.retry)

    def enter(self) -> None:
        """Take the focus where it is of most use: at the state that is set."""
        self._pages.setCurrentWidget(self.page)
        if not self.page.choices.rove.enter(0):
            self.setFocus()  # until something can be set

    def edit_presets(self) -> None:
        """Show the presets to edit."""
        self.editor.show_presets(self.page.presets.presets)
        self._pages.setCurrentWidget(self.editor)
        self.editor.enter()

    def _presets_edited(self, presets: Presets) -> None:
        self._offer(presets)
        self.presets_edited.emit(presets)

    def _offer(self, presets: Presets) -> None:
        self.page.presets.show_presets(presets)
        self.page.presets.set_usable(not self._barred)
        self._show_set()

    def _as_preset(self) -> Preset | None:
        """Return what is set as a preset, None while nothing is known; its end as it was said, where it was here."""
        current = self._current
        if current is None:
            return None
        until = ""
        if current.until is not None:
            until = self._said[1] if self._said[0] == current.until else until_text(current.until, self._clock())
        return Preset(title(current.presence)[:NAME_LIMIT], current.presence, until)

    def _set_note(self) -> None:
        if self._is_set():
            assert self._current is not None
            self.choose_state(self._current.presence.state)
        else:
            self._ask_for_state()

    def _set_until(self, words: str) -> None:
        if self._current is None or not self._is_set():
            self._ask_for_state()
            return
        try:
            choice = with_until(words, self._current, self.page.typed, self._clock())
        except UntilError as error:
            self._until_is_wrong(str(error))
            return
        self._said = (choice.until, words)
        self._choose(choice)

    def _choose(self, choice: Choice) -> None:
        """Let `choice` be set, where a PBX can carry it."""
        found = complaint(shown(choice, self._clock()))
        if found and not self._barred:
            self.page.note.show_texts(choice.presence.subtype, choice.presence.message)
            self.page.note.touched = True
            self._complain(found, focus=True)
        if found or self._barred:
            return
        self._asked, self._asked_after, self._failed = choice, self._newest(), ""
        self.page.note.touched = self.page.until.touched = False
        self._refresh()
        self.chosen.emit(choice)

    # -- keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Set at a digit, write the message at a letter, go back at Esc."""
        key, page = event.key(), self.page
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        alt = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.AltModifier
        if self._pages.currentWidget() is not page:
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Escape:
            self._escape()
        elif key == Qt.Key.Key_F2:
            self.edit_presets()
        elif alt and not event.isAutoRepeat() and page.press_preset(event.key() - Qt.Key.Key_1):
            pass
        elif plain and event.text() in page.keys:
            if not event.isAutoRepeat():
                page.press(event.text())
        elif plain and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.enter()
        elif is_typing(event):
            page.note.message.edit.setFocus()
            page.note.message.edit.selectAll()
            if key != Qt.Key.Key_Backspace:
                page.note.message.edit.keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def _escape(self) -> None:
        """Go back one step: what was typed, then out of the field, then out of the setter."""
        page = self.page
        if page.typed.is_any:
            page.note.touched = page.until.touched = False
            self._refresh()
        elif page.is_writing():
            self.enter()
        else:
            self.escaped.emit()

    # -- what follows

    def _newest(self) -> int:
        return max((own.wish.number for own in self._own if own.wish is not None), default=-1)

    def _is_set(self) -> bool:
        return self._current is not None and self._current.presence.state is not PresenceState.NOT_SET

    def _refresh(self) -> None:
        """Show all anew, but for what is being typed."""
        self._sight = sight(self._own)
        self._current = self._asked or self._sight.choice
        current, page = self._current, self.page
        self._show_set()
        if not page.note.touched:
            page.note.show_texts(*_texts(current))
        if not page.until.touched:
            until = current.until if current is not None else None
            page.until.show_until(until, "" if until is None else until_text(until, self._clock()))
        self._measure()
        self._show_card()

    def _show_set(self) -> None:
        """Mark what is set among all that can be."""
        page, presence = self.page, self._current.presence if self._current is not None else None
        page.choices.show_state(presence.state if presence is not None else None)
        page.presets.show_set(presence)
        page.show_recents([choice for choice in self._recents if choice.presence != presence])

    def _show_card(self) -> None:
        seen, now = self._sight, self._clock()
        presence, choice, lines, back = seen.presence, seen.choice, seen.lines, seen.back
        if self._asked is not None:
            presence, choice, back = shown(self._asked, now), self._asked, None
            lines = (Line(Tone.PENDING, "Waiting for the PBX"),)
        until = choice.until if choice is not None else None
        extra = [Line(Tone.REFUSED, self._failed)] if self._failed else []
        if self._barred:
            extra.append(Line(Tone.BARRED, self._barred))
            lines = tuple(line for line in lines if line.tone is not Tone.UNKNOWN)
        words = "" if until is None else f"Until {until_text(until, now)}"
        words += f", then {title(back)}" if words and back is not None else ""
        retry = seen.retry is not None and self._asked is None and not self._barred
        card = self.page.card
        card.show_status(presence, words, (*extra, *lines), retry=retry)
        glance = Glance(presence, most_pressing((*extra, *lines)), card.said)
        if glance != self._glance:
            self._glance = glance
            self.glanced.emit(glance)
            self._announce(card.said)

    def _measure(self) -> None:
        """Show how long the texts are as they will be sent, and what is wrong with them."""
        page, typed = self.page, self.page.typed
        presence = as_sent(self._current, page.note.texts, typed, self._clock())
        page.note.show_sizes(_size(presence.subtype), _size(presence.message))
        self._complain(complaint(presence) if typed.texts is not None else "")
        page.draft.setVisible(typed.is_any)

    def _complain(self, found: str, *, focus: bool = False) -> None:
        """Say what is wrong with a text, at its field."""
        note = self.page.note
        field = None if not found else note.subtype if found.startswith("the subtype") else note.message
        note.show_problem(found, field)
        if focus and field is not None:
            field.edit.setFocus()
            self._announce(found)

    def _until_is_wrong(self, reason: str) -> None:
        self.page.until.show_problem(reason)
        self.page.until.field.edit.setFocus()
        self._announce(reason)

    def _ask_for_state(self) -> None:
        self.page.note.show_problem(_CHOOSE_FIRST)
        self._announce(_CHOOSE_FIRST)
        self.page.choices.rove.enter(1)

    def _announce(self, text: str) -> None:
        """Let a screen reader say it, while the setter is to be seen."""
        if self.isVisible() and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    # -- Qt's own

    def sizeHint(self) -> QSize:
        """Return a size that shows most of it."""
        return QSize(_WIDTH, min(700, max(400, self.heightForWidth(_WIDTH))))

    def heightForWidth(self, width: int) -> int:
        """Return the height that shows all of it."""
        return self.page.height_for(width)

    def showEvent(self, event: QShowEvent) -> None:
        """Let time run."""
        super().showEvent(event)
        self.tick()
        self._ticker.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let time stand still while nobody sees it."""
        super().hideEvent(event)
        self._ticker.stop()


def _texts(choice: Choice | None) -> tuple[str, str]:
    return (choice.presence.subtype, choice.presence.message) if choice is not None else ("", "")


def _size(text: str) -> int:
    return len(text.encode(errors="replace"))
