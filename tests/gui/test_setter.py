# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The status setter as its user meets it: one key or click sets, and what is shown is never more than what is known."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QMainWindow
from pytestqt.qtbot import QtBot

from board.links.own import OwnStatus
from board.links.wish import Standing, Target, Wish
from board.presence.value import NOT_SET, Presence
from board.roster.moments import clock_text
from board.states import PresenceState
from board.status.choice import Choice
from board.status.preset import FREEPBX, OFFICE, Preset, Presets
from board.status.until import shown
from board.ui.look import Look, Scheme
from board.ui.setter import StatusSetter
from board.ui.setter_choices import KEYS
from board.ui.setter_words import Line, Tone
from board.ui.theme import Role
from tests.gui.conftest import NOW, Clock
from tests.gui.hands import click, focus, press, texts, write
from tests.gui.test_theme import AA, contrast

Key = Qt.Key
HOME = Target("home", "CustomPresence:2000")
FREE = Presence(PresenceState.AVAILABLE)
LUNCH = Presence(PresenceState.AWAY, "lunch", "Back soon")
ALT, CONTROL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


class Hall:
    """A setter, what it asked for, and the PBX's side of it."""

    def __init__(self, setter: StatusSetter, clock: Clock) -> None:
        self.setter = setter
        self.page = setter.page
        self.clock = clock
        self.chosen: list[Choice] = []
        self.edited: list[Presets] = []
        self.escapes = 0
        self._number = 0
        setter.chosen.connect(self.chosen.append)
        setter.presets_edited.connect(self.edited.append)
        setter.escaped.connect(self._escaped)

    def _escaped(self) -> None:
        self.escapes += 1

    def stands(self, presence: Presence, until: float | None = None) -> None:
        """Let the PBX say that a choice of the user's is set."""
        self._number += 1
        what = shown(Choice(presence, until), self.clock.now)
        wish = Wish(self._number, HOME, what, self.clock.now, Standing.CONFIRMED, plain=presence, until=until)
        self.setter.show_own((OwnStatus(HOME, what, True, wish),))

    def wished(self, standing: Standing, *, live: bool = True, reason: str = "") -> None:
        """Let a wish for lunch stand so, while the PBX says available."""
        self._number += 1
        wish = Wish(self._number, HOME, LUNCH, self.clock.now, standing, reason, not live, plain=LUNCH)
        self.setter.show_own((OwnStatus(HOME, FREE, live, wish),))


@pytest.fixture
def hall(look: Look, clock: Clock, qtbot: QtBot) -> Iterator[Hall]:
    setter = StatusSetter(look, clock)
    made = Hall(setter, clock)
    made.stands(FREE)
    setter.show_presets(OFFICE)
    setter.show_recents((Choice(LUNCH), Choice(Presence(PresenceState.DND, "", "Quarter close"), NOW - 60)))
    window = QMainWindow()
    window.setCentralWidget(setter)
    window.setMinimumSize(300, 300)
    window.resize(380, 640)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    setter.enter()
    yield made
    window.close()
    window.deleteLater()


# -- one key or click


@pytest.mark.parametrize(("state", "key"), KEYS.items())
def test_a_key_sets_a_state_and_so_does_a_click(hall: Hall, state: PresenceState, key: str) -> None:
    write(key)
    assert hall.chosen == [Choice(Presence(state))]
    click(hall.page.choices.rows[state])
    assert hall.chosen == [Choice(Presence(state))] * 2


def test_arrows_move_without_setting_and_enter_sets(hall: Hall) -> None:
    assert focus() is hall.page.choices.rows[PresenceState.AVAILABLE]
    press(Key.Key_Down, Key.Key_Down)
    assert hall.chosen == []
    press(Key.Key_Return)
    press(Key.Key_Up, Key.Key_Space)
    assert [choice.presence.state.value for choice in hall.chosen] == ["away", "chat"]


def test_a_choice_shows_at_once_as_on_its_way_and_then_as_the_pbx_says(hall: Hall) -> None:
    write("3")
    assert hall.page.choices.rows[PresenceState.AWAY].isChecked()
    assert texts(hall.page.card) == ["Away", "Waiting for the PBX"]
    hall.stands(Presence(PresenceState.AWAY))
    assert texts(hall.page.card) == ["Away", "Seen by everyone"]


def test_news_of_before_the_choice_does_not_take_it_from_sight(hall: Hall) -> None:
    write("5")
    hall.setter.show_own((OwnStatus(HOME, FREE, False),))
    assert texts(hall.page.card) == ["Do not disturb", "Waiting for the PBX"]


def test_a_choice_that_could_not_be_kept_is_taken_back_with_the_reason(hall: Hall) -> None:
    write("5")
    hall.setter.choice_failed("the disk is full")
    assert texts(hall.page.card) == ["Available", "the disk is full", "Seen by everyone"]
    assert hall.page.choices.rows[PresenceState.AVAILABLE].isChecked()


def test_a_double_click_and_a_held_key_set_once(hall: Hall) -> None:
    row = hall.page.recents.rows[0]
    click(row)
    QTest.mouseDClick(row, Qt.MouseButton.LeftButton)
    assert hall.chosen == [Choice(LUNCH)]
    hall.chosen.clear()
    for key, text in ((Key.Key_3, "3"), (Key.Key_Return, "\r")):
        held = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, text, True)
        QApplication.sendEvent(focus(), held)
    assert hall.chosen == []


def test_what_is_clicked_does_not_move_when_it_is_set(hall: Hall) -> None:
    places = []
    for presence, until in ((FREE, None), (LUNCH, NOW + 3600), (NOT_SET, None)):
        hall.stands(presence, until)
        QApplication.processEvents()
        places.append(hall.page.choices.mapTo(hall.page, QPoint(0, 0)))
    assert len(set(map(str, places))) == 1


# -- the note


def test_typing_writes_the_message_and_enter_sets_it(hall: Hall) -> None:
    write("Direct line 8-16")
    assert hall.chosen == []
    press(Key.Key_Return)
    assert hall.chosen == [Choice(replace(FREE, message="Direct line 8-16"))]


def test_what_was_typed_goes_with_the_next_state_and_what_was_set_does_not(hall: Hall) -> None:
    write("Back soon")
    press(Key.Key_Tab, chord=SHIFT)
    write("lunch")
    press(Key.Key_Up)
    write("3")
    assert hall.chosen == [Choice(LUNCH)]
    hall.stands(LUNCH)
    assert hall.page.note.texts == ("lunch", "Back soon")
    write("1")
    assert hall.chosen[-1] == Choice(FREE)
    hall.stands(FREE)
    assert hall.page.note.texts == ("", "")


def test_the_same_state_again_keeps_its_texts_and_its_end(hall: Hall) -> None:
    hall.stands(LUNCH, NOW + 3600)
    write("3")
    assert hall.chosen == [Choice(LUNCH, NOW + 3600)]


def test_digits_are_typed_within_a_field(hall: Hall) -> None:
    hall.page.note.message.edit.setFocus()
    write("1 2 3")
    assert hall.chosen == []
    assert hall.page.note.texts == ("", "1 2 3")


def test_a_note_without_a_state_asks_for_one(hall: Hall) -> None:
    hall.stands(NOT_SET)
    write("Hello")
    press(Key.Key_Return)
    assert hall.chosen == []
    assert "Choose a state first: a key from 1 to 6" in texts(hall.page.note)
    write("1")
    assert hall.chosen == [Choice(replace(FREE, message="Hello"))]


def test_what_is_being_typed_stays_when_a_status_arrives(hall: Hall) -> None:
    write("Half a sen")
    hall.stands(LUNCH)
    assert hall.page.note.texts == ("", "Half a sen")


def test_lengths_are_counted_in_bytes_with_what_is_appended(hall: Hall) -> None:
    hall.stands(Presence(PresenceState.AWAY), NOW + 3600)
    QApplication.clipboard().setText("Łódź")
    hall.page.note.message.edit.setFocus()
    press(Key.Key_V, chord=CONTROL)
    (told,) = (text for text in texts(hall.page.note) if text.endswith("bytes"))
    whole = shown(Choice(Presence(PresenceState.AWAY, "", "Łódź"), NOW + 3600), NOW)
    assert told == f"{len(whole.message.encode())} of 255 bytes"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("é" * 130, "The message is 260 bytes long, and a PBX carries 255; shorten it"),
        ('"' * 200, "The message is 1200 bytes long once XML has escaped"),
        ("bell\x07", "The message holds the control character U+0007, which a PBX cannot carry"),
    ],
)
def test_a_text_that_no_pbx_carries_is_refused_with_the_reason_and_kept(hall: Hall, text: str, says: str) -> None:
    QApplication.clipboard().setText(text)
    hall.page.note.message.edit.setFocus()
    press(Key.Key_V, chord=CONTROL)
    assert any(line.startswith(says) for line in texts(hall.page.note))
    press(Key.Key_Return)
    press(Key.Key_Up)
    write("3")
    assert hall.chosen == []
    assert hall.page.note.message.edit.text() == text
    assert focus() is hall.page.note.message.edit


def test_a_long_subtype_is_told_at_its_field(hall: Hall) -> None:
    hall.page.note.subtype.edit.setFocus()
    QApplication.clipboard().setText("x" * 256)
    press(Key.Key_V, chord=CONTROL)
    press(Key.Key_Return)
    assert hall.chosen == []
    assert focus() is hall.page.note.subtype.edit


@pytest.mark.parametrize("text", ["אני בפגישה עד 15:00", "🍜👩🏽‍💻", "a,b;c=\"d\" \\ 'e' <f> & ${EXTEN}", "山田 太郎"])
def test_awkward_texts_are_handed_on_as_they_are(hall: Hall, text: str) -> None:
    QApplication.clipboard().setText(f"  {text}\n")
    hall.page.note.message.edit.setFocus()
    press(Key.Key_V, chord=CONTROL)
    press(Key.Key_Return)
    assert hall.chosen == [Choice(replace(FREE, message=text))]


def test_a_pasted_line_break_becomes_a_blank(hall: Hall) -> None:
    QApplication.clipboard().setText("one\r\ntwo\tthree")
    hall.page.note.message.edit.setFocus()
    press(Key.Key_V, chord=CONTROL)
    assert hall.page.note.texts == ("", "one  two three")


# -- until


def test_a_chip_sets_until_when_at_once(hall: Hall) -> None:
    hall.stands(LUNCH)
    chips = hall.page.until._fixed
    click(chips["30 min"])
    click(chips["1 h"])
    click(chips["I change it"])
    assert hall.chosen == [Choice(LUNCH, NOW + 1800), Choice(LUNCH, NOW + 3600), Choice(LUNCH)]
    click(chips["today"])
    end = hall.chosen[-1].until
    midnight = (datetime.fromtimestamp(NOW) + timedelta(days=1)).replace(hour=0, minute=0, second=0)
    assert end == midnight.timestamp()


def test_the_next_half_hours_of_the_clock_are_offered_and_follow_it(hall: Hall) -> None:
    hall.stands(LUNCH)
    chips = hall.page.until._times
    offered = [chip.text() for chip in chips]
    assert all(text.endswith((":00", ":30")) for text in offered)
    click(chips[1])
    until = hall.chosen[-1].until
    assert hall.chosen == [Choice(LUNCH, until)]
    assert until is not None
    assert [clock_text(until + 1800 * step) for step in (-1, 0, 1)] == offered
    assert 600 <= until - 1800 - NOW < 2400
    hall.stands(LUNCH, until)
    assert chips[1].isChecked()
    hall.clock.now = until - 1800
    hall.setter.tick()
    assert [chip.text() for chip in chips] == [clock_text(until + 1800 * step) for step in (0, 1, 2)]
    assert chips[0].isChecked()


def test_a_typed_time_is_set_and_shown_with_what_returns(hall: Hall) -> None:
    hall.stands(LUNCH)
    hall.page.until.field.edit.setFocus()
    at = clock_text(NOW + 4200)
    write(at)
    press(Key.Key_Return)
    assert hall.chosen == [Choice(LUNCH, NOW + 4200)]
    what = shown(hall.chosen[0], NOW)
    wish = Wish(9, HOME, what, NOW, Standing.CONFIRMED, plain=LUNCH, until=NOW + 4200, back=FREE)
    hall.setter.show_own((OwnStatus(HOME, what, True, wish),))
    assert f"Until {at}, then Available" in texts(hall.page.card)
    assert hall.page.until.words == at
    assert not any(chip.isChecked() for chip in hall.page.until.findChildren(QAbstractButton))


def test_a_typed_time_goes_with_the_next_state(hall: Hall) -> None:
    hall.page.until.field.edit.setFocus()
    write("2 h")
    hall.setter.page.choices.rove.enter(0)
    write("4")
    assert hall.chosen == [Choice(Presence(PresenceState.XA), NOW + 7200)]


def test_what_is_no_time_is_told_at_the_field_and_sets_nothing(hall: Hall) -> None:
    hall.page.until.field.edit.setFocus()
    write("after lunch")
    press(Key.Key_Return)
    assert any("no time to end at" in line for line in texts(hall.page.until))
    hall.page.choices.rove.enter(0)
    write("3")
    assert hall.chosen == []
    assert focus() is hall.page.until.field.edit
    press(Key.Key_Escape)
    assert not any("no time" in line for line in texts(hall.page.until))


def test_a_note_that_was_typed_goes_with_the_chip(hall: Hall) -> None:
    write("Direct line")
    click(hall.page.until._fixed["1 h"])
    assert hall.chosen == [Choice(replace(FREE, message="Direct line"), NOW + 3600)]


# -- presets and recents


def test_a_preset_is_set_by_its_key_even_while_typing_and_by_a_click(hall: Hall) -> None:
    wanted = Choice(Presence(PresenceState.AWAY, "lunch"), NOW + 3600)
    press(Key.Key_1, chord=ALT)
    hall.page.note.message.edit.setFocus()
    press(Key.Key_1, chord=ALT)
    click(hall.page.presets._pills[0])
    assert hall.chosen == [wanted] * 3
    assert hall.page.note.texts == ("lunch", "")


def test_a_preset_without_texts_takes_those_that_were_typed(hall: Hall) -> None:
    hall.setter.show_presets(FREEPBX)
    write("Out of paper")
    press(Key.Key_4, chord=ALT)
    assert hall.chosen == [Choice(Presence(PresenceState.DND, "", "Out of paper"))]


def test_a_preset_with_an_end_that_nobody_understands_says_so(hall: Hall) -> None:
    hall.setter.show_presets((Preset("Odd", FREE, "soonish"),))
    press(Key.Key_1, chord=ALT)
    assert hall.chosen == []
    assert any(line.startswith("Odd: ") for line in texts(hall.page.until))


def test_a_recent_choice_is_set_by_its_key_without_an_end_that_is_over(hall: Hall) -> None:
    quarter = Choice(Presence(PresenceState.DND, "", "Quarter close"))
    write("8")
    write("9")
    assert hall.chosen == [quarter]
    click(hall.page.recents.rows[0])
    assert hall.chosen == [quarter, Choice(LUNCH)]


def test_what_is_set_is_marked_among_presets_and_not_offered_as_recent(hall: Hall) -> None:
    lunch = Presence(PresenceState.AWAY, "lunch")
    hall.setter.show_recents((Choice(lunch), Choice(LUNCH)))
    assert [row.accessibleName() for row in hall.page.recents.rows if row.isVisible()] == [
        "Away, lunch",
        "Away, lunch, Back soon",
    ]
    hall.stands(lunch)
    assert [pill.text() for pill in hall.page.presets._pills if pill.isChecked()] == ["Lunch"]
    assert [row.accessibleName() for row in hall.page.recents.rows if row.isVisible()] == ["Away, lunch, Back soon"]


def test_what_is_typed_and_not_set_says_so_and_is_set_by_a_click(hall: Hall) -> None:
    assert not hall.page.draft.isVisible()
    write("Back soon")
    assert hall.page.draft.isVisible()
    click(hall.page.draft.button)
    assert hall.chosen == [Choice(replace(FREE, message="Back soon"))]
    assert not hall.page.draft.isVisible()


# -- how it stands


@pytest.mark.parametrize(
    ("standing", "live", "says"),
    [
        (Standing.SENT, True, "Waiting for the PBX"),
        (Standing.QUEUED, False, "Will be sent when home is back. Others still see: Available"),
    ],
)
def test_what_is_not_read_back_is_untinted_and_not_called_seen(
    hall: Hall, look: Look, standing: Standing, live: bool, says: str
) -> None:
    tinted = hall.page.card.tint()
    assert tinted != look.color(Role.SURFACE)
    hall.wished(standing, live=live)
    assert says in texts(hall.page.card)
    assert "Seen by everyone" not in texts(hall.page.card)
    assert hall.page.card.tint() == look.color(Role.SURFACE)


def test_a_refusal_says_why_and_is_tried_again_by_a_click(hall: Hall) -> None:
    hall.wished(Standing.REFUSED, reason="the PBX says 403")
    assert "Away, lunch, Back soon was not set: the PBX says 403" in texts(hall.page.card)
    assert texts(hall.page.card)[0] == "Available"
    click(hall.page.card.retry)
    assert hall.chosen == [Choice(LUNCH)]
    assert not hall.page.card.retry.isVisible()


def test_where_nothing_can_be_set_every_way_is_closed_and_the_reason_stands(hall: Hall) -> None:
    hall.setter.cannot_set("No extension of yours is configured")
    assert "No extension of yours is configured" in texts(hall.page.card)
    hall.setter.setFocus()
    for key in "1234567890":
        write(key)
    press(Key.Key_1, chord=ALT)
    for button in hall.page.findChildren(QAbstractButton):
        if button is not hall.page.presets.edit and button.isVisible():
            click(button)
    assert hall.chosen == []
    hall.setter.cannot_set("")
    write("1")
    assert len(hall.chosen) == 1


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_every_text_on_the_card_can_be_read(hall: Hall, look: Look, scheme: Scheme) -> None:
    look.choose(scheme)
    for state in PresenceState:
        for tone in Tone:
            hall.page.card.show_status(Presence(state), "", (Line(tone, "x"),), retry=False)
            for role in (Role.INK, Role.FAULT):
                assert contrast(look.color(role), hall.page.card.tint()) >= AA, (state, tone, role)
            assert contrast(look.theme.person[state], hall.page.card.tint()) >= 3, (state, tone)


def test_long_and_right_to_left_texts_stand_in_full_on_the_card(hall: Hall) -> None:
    long = Presence(PresenceState.XA, "פגישה", "Out until the 18th, call Rosa for anything urgent. " * 4)
    hall.setter.show_own((OwnStatus(HOME, long, True),))
    QApplication.processEvents()
    card = hall.page.card
    assert card.height() >= card.heightForWidth(card.width())
    assert hall.page.verticalScrollBar().maximum() > 0


# -- keys throughout


def test_esc_goes_back_step_by_step(hall: Hall) -> None:
    write("Half a sen")
    press(Key.Key_Escape)
    assert hall.page.note.texts == ("", "")
    assert isinstance(focus(), QLineEdit)
    press(Key.Key_Escape)
    assert focus() is hall.page.choices.rows[PresenceState.AVAILABLE]
    assert hall.escapes == 0
    press(Key.Key_Escape)
    assert hall.escapes == 1


def test_tab_stops_once_at_each_part_and_all_parts_are_reached(hall: Hall) -> None:
    stops = [focus()]
    while len(stops) < 20:
        press(Key.Key_Tab)
        if focus() is stops[0]:
            break
        stops.append(focus())
    names = [stop.accessibleName() or getattr(stop, "text", str)() for stop in stops]
    until = hall.page.until._fixed["30 min"].accessibleName()
    assert names == ["Available", "Subtype", "Message", until, "Until a time", "Lunch", "Away, lunch, Back soon"]
    assert all(one is not other for one, other in pairwise(stops))


def test_arrows_lead_through_all_parts_and_back(hall: Hall) -> None:
    seen = [focus()]
    for _ in range(40):
        press(Key.Key_Down)
        if focus() is seen[-1]:
            break
        seen.append(focus())
    parts = (hall.page.choices, hall.page.note, hall.page.until, hall.page.presets, hall.page.recents)
    assert all(any(part.isAncestorOf(widget) for widget in seen) for part in parts)
    assert seen[-1] is hall.page.recents.rows[1]
    for _ in range(len(seen)):
        press(Key.Key_Up)
    assert focus() is hall.page.choices.rows[PresenceState.AVAILABLE]
    assert hall.chosen == []


def test_where_the_keyboard_is_is_in_sight(hall: Hall) -> None:
    hall.setter.window().resize(340, 360)
    QApplication.processEvents()
    press(Key.Key_Up)
    for _ in range(30):
        press(Key.Key_Down)
        shown_part = hall.page.viewport().rect()
        at = focus().mapTo(hall.page.viewport(), focus().rect().center())
        assert shown_part.contains(at), focus()


@pytest.mark.parametrize("width", [320, 380, 700])
def test_nothing_is_cut_at_the_side(hall: Hall, width: int) -> None:
    hall.setter.window().resize(width, 640)
    QApplication.processEvents()
    for widget in hall.page._inner.findChildren(QAbstractButton):
        if widget.isVisible():
            right = widget.mapTo(hall.page._inner, widget.rect().topRight()).x()
            assert right < hall.page.viewport().width(), widget.text()
            if widget in hall.page.presets._pills or widget in hall.page.until.findChildren(QAbstractButton):
                assert widget.width() >= widget.sizeHint().width(), widget.text()


def test_a_screen_reader_has_a_name_for_everything_and_is_told_what_changes(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in (QAbstractButton, QLineEdit):
        for widget in hall.setter.findChildren(kind):
            interface = QAccessible.queryAccessibleInterface(widget)
            assert interface is not None
            if widget.isVisible():
                assert interface.text(QAccessible.Text.Name), widget
    told: list[str] = []
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: told.append(event.message()))
    write("3")
    hall.stands(Presence(PresenceState.AWAY))
    assert told == ["Away, Waiting for the PBX", "Away, Seen by everyone"]


# -- editing presets, by keyboard alone


def names(presets: Presets) -> list[str]:
    return [preset.name for preset in presets]


def test_the_current_status_becomes_a_preset_with_a_name(hall: Hall) -> None:
    press(Key.Key_Down)
    hall.stands(LUNCH)
    click(hall.page.until._fixed["1 h"])
    hall.stands(LUNCH, NOW + 3600)
    press(Key.Key_F2)
    press(Key.Key_Insert)
    write("Noodles")
    press(Key.Key_Return)
    assert hall.edited[-1] == (*OFFICE, Preset("Noodles", LUNCH, "1 h"))
    press(Key.Key_Escape, Key.Key_Escape)
    press(Key.Key_6, chord=ALT)
    assert hall.chosen[-1] == Choice(LUNCH, NOW + 3600)


def test_presets_are_ordered_deleted_and_brought_back_by_keys(hall: Hall) -> None:
    press(Key.Key_F2)
    press(Key.Key_Down)
    press(Key.Key_Up, chord=CONTROL)
    assert names(hall.edited[-1])[:2] == ["Meeting", "Lunch"]
    press(Key.Key_Down, chord=CONTROL)
    press(Key.Key_Down, chord=CONTROL)
    assert names(hall.edited[-1])[:3] == ["Lunch", "Short break", "Meeting"]
    press(Key.Key_Delete)
    assert names(hall.edited[-1]) == ["Lunch", "Short break", "Home office", "Gone for today"]
    press(Key.Key_Z, chord=CONTROL)
    assert names(hall.edited[-1])[:3] == ["Lunch", "Short break", "Meeting"]
    for _ in range(3):
        press(Key.Key_Z, chord=CONTROL)
    assert hall.edited[-1] == OFFICE
    press(Key.Key_Escape)
    assert focus() is hall.page.choices.rows[PresenceState.AVAILABLE]


def test_all_of_a_preset_can_be_changed_and_nothing_bad_is_taken(hall: Hall) -> None:
    press(Key.Key_F2, Key.Key_F2)
    form = hall.setter.editor.form
    write("Nap")
    press(Key.Key_Tab)
    assert focus() is form.state
    form.state.menu.actions()[list(form_states(form)).index("Do not disturb")].trigger()
    press(Key.Key_Tab)
    write("sleep")
    press(Key.Key_Tab)
    write("x" * 300)
    press(Key.Key_Return)
    assert any(text.startswith("The message is 300 bytes") for text in texts(form))
    assert hall.edited[-1][0].presence.message == ""
    form.note.message.edit.selectAll()
    write("Quiet")
    press(Key.Key_Tab)
    form.until.edit.selectAll()
    write("whenever")
    press(Key.Key_Return)
    assert any("no time to end at" in text for text in texts(form))
    form.until.edit.selectAll()
    write("1:30")
    press(Key.Key_Return)
    assert hall.edited[-1][0] == Preset("Nap", Presence(PresenceState.DND, "sleep", "Quiet"), "1:30")
    form.name.edit.setFocus()
    form.name.edit.selectAll()
    press(Key.Key_Backspace, Key.Key_Return)
    assert "A preset needs a name" in texts(form)
    press(Key.Key_Escape)
    assert form.name.edit.text() == "Nap"


def form_states(form: object) -> list[str]:
    return [action.text() for action in form.state.menu.actions()]  # type: ignore[attr-defined]


def test_ready_made_presets_are_added_once_and_an_empty_list_says_what_to_do(hall: Hall) -> None:
    hall.setter.show_presets(())
    press(Key.Key_F2)
    assert "No preset yet. Add the current status, or ready-made ones." in texts(hall.setter.editor)
    freepbx = hall.setter.editor.ready.menu.actions()[1]
    freepbx.trigger()
    freepbx.trigger()
    assert hall.edited == [FREEPBX]


def test_clicks_edit_presets_too(hall: Hall) -> None:
    click(hall.page.presets.edit)
    editor = hall.setter.editor
    click(editor._rows[2])
    click(editor.up)
    assert names(hall.edited[-1])[:3] == ["Lunch", "Short break", "Meeting"]
    click(editor.delete)
    click(editor.undo)
    click(editor.undo)
    assert hall.edited[-1] == OFFICE
    click(editor.back)
    assert hall.page.isVisible()
