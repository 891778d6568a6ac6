# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What stands on a tile's card once it is laid out: nothing that matters is cut off, and what was asked is seen."""

from dataclasses import replace

import pytest
from PySide6.QtGui import QColor

from board.presence.value import Presence
from board.roster.tile import Asked, Outcome, Tile
from board.states import PresenceState
from board.ui.density import COMFORTABLE, COMPACT, Density
from board.ui.face import face
from board.ui.fonts import Text
from board.ui.lettering import Lettering, Line
from board.ui.look import Look
from board.ui.tile_picture import PLAIN, Frame, Pictures, TilePictures
from board.ui.wall_picture import WallPictures
from tests.gui.conftest import NOW
from tests.unit.roster.tiles import a_tile

LUNCH = Asked(1, Presence(PresenceState.AWAY, "lunch", "back 14:30"), NOW)
FAILED = replace(LUNCH, outcome=Outcome.FAILED, reason="the PBX refused our manager user")


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts of the lines that were drawn."""
    texts: list[str] = []
    line = Lettering.line

    def spy(letters: Lettering, text: str, kind: Text, color: QColor, width: int, ratio: float) -> Line:
        made = line(letters, text, kind, color, width, ratio)
        texts.append(f"{text} (cut)" if made.elided else text)
        return made

    monkeypatch.setattr(Lettering, "line", spy)
    return texts


def draw(pictures: Pictures, tile: Tile, frame: Frame) -> None:
    pictures.stamps(face(tile, NOW), PLAIN, frame)


def frame(density: Density, width: int = 0) -> Frame:
    return Frame(width or density.least_width, density.height, 1.0)


@pytest.mark.parametrize("density", [COMFORTABLE, COMPACT])
@pytest.mark.parametrize(
    ("state", "subtype", "message", "time"),
    [
        (PresenceState.AWAY, "lunch", "Back at 14:30", "14:30"),
        (
            PresenceState.XA,
            "vacation",
            "Skiing, back on 7 December, ask Grace for anything urgent please",
            "7 December",
        ),
        (PresenceState.AWAY, "at home", "Sick with the flu. Out until the 18th", "18th"),
        (PresenceState.AWAY, "פגישה", "אני בפגישה ארוכה מאוד עם כל הלקוחות עד 15:00", "15:00"),
        (
            PresenceState.AWAY,
            "",
            "👩🏽‍💻👩🏽‍💻👩🏽‍💻👩🏽‍💻👩🏽‍💻👩🏽‍💻👩🏽‍💻👩🏽‍💻👩🏽‍💻 back tomorrow 9:00",
            "tomorrow 9:00",
        ),
        (PresenceState.DND, "quarter close", "Closing the books, back 16:15", "16:15"),
    ],
)
def test_the_time_that_a_message_tells_is_never_cut_off(
    look: Look, drawn: list[str], density: Density, state: PresenceState, subtype: str, message: str, time: str
) -> None:
    draw(TilePictures(look, density), a_tile(presence=state, subtype=subtype, message=message), frame(density))
    (note,) = (text for text in drawn if time in text)
    assert not note.endswith("(cut)")
    assert "\ufffd" not in note
    assert not any("\ud800" <= sign <= "\udfff" for sign in note)


@pytest.mark.parametrize("density", [COMFORTABLE, COMPACT])
@pytest.mark.parametrize("stale", [False, True])
@pytest.mark.parametrize(("asked", "word"), [(LUNCH, "Pending"), (FAILED, "Failed")])
def test_what_was_asked_stands_beside_what_the_pbx_says(
    look: Look, drawn: list[str], density: Density, stale: bool, asked: Asked, word: str
) -> None:
    tile = a_tile(
        presence=PresenceState.DND, subtype="quarter close", stale=stale, reason="PBX silent for 14 s" * stale
    )
    draw(TilePictures(look, density), replace(tile, asked=asked), frame(density))
    (said,) = (text for text in drawn if text.startswith(word))
    assert not said.endswith("(cut)")
    assert any("Do not disturb" in text or "DND" in text for text in drawn) != stale
    assert any("PBX silent" in text for text in drawn) == (stale and density is COMFORTABLE)


def test_what_was_asked_is_seen_before_the_first_word_of_the_pbx(look: Look, drawn: list[str]) -> None:
    tile = replace(a_tile(stale=True, known=False), asked=LUNCH)
    for density in (COMFORTABLE, COMPACT):
        draw(TilePictures(look, density), tile, frame(density))
    assert drawn.count("Pending: Away · lunch") == 2


@pytest.mark.parametrize("density", [COMFORTABLE, COMPACT])
def test_nothing_else_moves_when_something_is_asked(look: Look, density: Density) -> None:
    pictures, tile = TilePictures(look, density), a_tile(presence=PresenceState.AVAILABLE)
    before = pictures.stamps(face(tile, NOW), PLAIN, frame(density))
    after = pictures.stamps(face(replace(tile, asked=LUNCH), NOW), PLAIN, frame(density))
    assert len(after) > len(before)
    kept = 5  # card, name, number, the person's glyph and word
    assert [stamp[:2] for stamp in after[:kept]] == [stamp[:2] for stamp in before[:kept]]


def test_the_wall_says_what_was_asked_behind_what_the_pbx_says(look: Look, drawn: list[str]) -> None:
    tile = a_tile(presence=PresenceState.DND)
    for asked in (LUNCH, FAILED):
        draw(WallPictures(look), replace(tile, asked=asked), Frame(390, 120, 1.0))
    assert [text for text in drawn if "·" in text] == ["DND · Pending: Away", "DND · Failed: Away"]


def test_the_wall_says_until_when_before_it_says_the_subtype(look: Look, drawn: list[str]) -> None:
    tile = a_tile(presence=PresenceState.AWAY, subtype="lunch", message="Noodles, back 14:30")
    for width in (480, 330, 230):
        draw(WallPictures(look), tile, Frame(width, 110, 1.0))
    assert [text for text in drawn if "Away" in text] == [
        "Away · lunch, back 14:30",
        "Away, back 14:30",
        "Away · lunch",
    ]
