# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The tray's icon and menu: what they show, what they ask for."""

from collections.abc import Iterator
from itertools import combinations

import pytest
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QSystemTrayIcon

from board.presence.value import Presence
from board.states import PresenceState
from board.status.choice import Choice
from board.status.preset import Preset
from board.ui.look import Look
from board.ui.setter_words import Glance, Tone
from board.ui.tray import Tray
from board.ui.tray_icon import SIZES, tray_icon

LUNCH = Presence(PresenceState.AWAY, "lunch", "Back at 2")


@pytest.fixture
def tray(look: Look) -> Iterator[Tray]:
    made = Tray(look)
    yield made
    made.menu.deleteLater()
    made.deleteLater()


def entry(tray: Tray, text: str) -> QAction:
    [found] = [action for action in tray.menu.actions() if action.text() == text]
    return found


def texts(tray: Tray) -> list[str]:
    return [action.text() for action in tray.menu.actions() if not action.isSeparator()]


def picture(look: Look, state: PresenceState, tone: Tone, size: int = 22) -> QImage:
    return tray_icon(look, state, tone).pixmap(size, size).toImage()


def test_every_state_and_standing_looks_different(look: Look) -> None:
    shown = [Tone.SEEN, Tone.OLD, Tone.PENDING, Tone.REFUSED]
    pictures = [picture(look, state, tone) for state in PresenceState for tone in shown]
    alike = sum(one == other for one, other in combinations(pictures, 2))
    greys = 2  # of what is grey anyway, old and current are the same: its words tell
    assert alike == greys


def test_there_is_a_picture_for_each_size_of_a_panel(look: Look) -> None:
    icon = tray_icon(look, PresenceState.AWAY, Tone.SEEN)
    assert [size.width() for size in icon.availableSizes()] == list(SIZES)


@pytest.mark.parametrize("ground", ["#ffffff", "#000000"])
def test_the_icon_stands_out_from_a_light_and_a_dark_panel(look: Look, ground: str) -> None:
    image = picture(look, PresenceState.DND, Tone.SEEN, 22)
    lightest = max(image.pixelColor(11, y).lightness() for y in range(22))
    darkest = min(image.pixelColor(11, y).lightness() for y in range(2, 20))
    assert lightest > 240 if ground == "#000000" else darkest < 130


def test_the_menu_sets_a_state(tray: Tray) -> None:
    asked: list[Choice] = []
    tray.chosen.connect(asked.append)
    entry(tray, "Do not disturb").trigger()
    entry(tray, "Clear").trigger()
    assert asked == [Choice(Presence(PresenceState.DND)), Choice(Presence(PresenceState.NOT_SET))]
    assert not entry(tray, "Do not disturb").isChecked()


def test_what_is_set_is_checked_and_told(tray: Tray) -> None:
    tray.show_glance(Glance(Presence(PresenceState.AWAY), Tone.SEEN, "Away, seen by everyone"))
    assert [action.text() for action in tray.menu.actions() if action.isChecked()] == ["Away"]
    tray.show_glance(Glance(LUNCH, Tone.PENDING, "Away · lunch, Waiting for the PBX"))
    assert not [action for action in tray.menu.actions() if action.isChecked()]
    [icon] = tray.findChildren(QSystemTrayIcon)
    assert icon.toolTip() == "Away · lunch, Waiting for the PBX"
    assert texts(tray)[0] == "Away, lunch, Back at 2"


def test_presets_and_recents_are_one_click_away(tray: Tray) -> None:
    presets, choices = [Preset(f"R&D {number}", LUNCH, "1 h") for number in range(20)], list[Choice]()
    asked: list[Preset] = []
    tray.preset_chosen.connect(asked.append)
    tray.chosen.connect(choices.append)
    tray.offer(presets, [Choice(LUNCH, until=7.0)])
    tray.offer(presets[1:], [Choice(LUNCH, until=7.0)])
    assert "R&&D 0" not in texts(tray)
    entry(tray, "R&&D 1").trigger()
    entry(tray, "lunch · Back at 2").trigger()
    assert asked == [presets[1]]
    assert choices == [Choice(LUNCH)]  # its end is long past
    assert len(texts(tray)) < 25


def test_a_refusal_is_told_once(tray: Tray, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(Tray, "tell", lambda _tray, _heading, text, *_: told.append(text))
    refused = Glance(LUNCH, Tone.REFUSED, "Away was not set: 403")
    tray.show_glance(refused)
    tray.show_glance(refused)
    assert told == ["Away was not set: 403"]


def test_a_strangers_text_stays_in_one_short_line(tray: Tray) -> None:
    tray.show_glance(Glance(Presence(PresenceState.AWAY, "a\nb", "x" * 300), Tone.SEEN, ""))
    assert "\n" not in texts(tray)[0]
    assert len(texts(tray)[0]) < 60


def test_nothing_is_offered_that_cannot_be_set(tray: Tray) -> None:
    tray.show_glance(Glance(None, Tone.BARRED, "The PBX lets nobody set a status"))
    tray.offer([Preset("Lunch", LUNCH)], [])
    usable = [action.text() for action in tray.menu.actions() if action.isEnabled() and not action.isSeparator()]
    assert usable == ["More…", "Show board", "Quit"]
