# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a PBX can carry, and the body of a MESSAGE."""

import pytest

from board.links.delivery import Fate
from board.links.message import BODY_LIMIT, body_of, outcome_of
from board.links.wish import complaint
from board.presence.value import Presence
from board.states import PresenceState


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a, b",
        "\"quoted\" 'so'",
        "🏖 👩\u200d👩\u200d👧",
        "שלום",
        "ends  ",
        "x" * 255,
        "é" * 127,
        "<" * 255,
        "&" * 204,
        "a|b\\;${X}",
    ],
)
def test_what_a_pbx_carries_fits_into_a_message(text: str) -> None:
    presence = Presence(PresenceState.UNAVAILABLE, text, text)
    assert complaint(presence) == ""
    assert len(body_of(presence)) <= BODY_LIMIT


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x" * 256, "256 bytes"),
        ("🏖" * 64, "256 bytes"),
        ("&" * 205, "1025 bytes"),
        ("a\nb", "line break"),
        ("a\rb", "line break"),
        ("a\tb", "U+0009"),
        ("\x7f", "U+007F"),
        (" x", "blank"),
        ("\udcff", "UTF-8"),
    ],
)
def test_what_it_does_not_is_told_beforehand(text: str, words: str) -> None:
    assert words in complaint(Presence(PresenceState.AWAY, text))
    assert words in complaint(Presence(PresenceState.AWAY, "", text))
    assert complaint(Presence(PresenceState.AWAY, "", text)).startswith("the message ")


def test_the_body() -> None:
    assert body_of(Presence(PresenceState.AWAY, "lunch", "ä")) == b"away|bHVuY2g=|w6Q="


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        (200, Fate.ACCEPTED),
        (202, Fate.ACCEPTED),
        (0, Fate.LOST),
        (503, Fate.LOST),
        (401, Fate.REFUSED),
        (404, Fate.REFUSED),
    ],
)
def test_answers(status: int, fate: Fate) -> None:
    outcome = outcome_of(status, "Phrase")
    assert outcome.fate is fate
    assert bool(outcome.reason) == (fate is not Fate.ACCEPTED)
