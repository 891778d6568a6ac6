# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a click makes of what is set and what was typed."""

import pytest

from board.presence.value import NOT_SET, Presence
from board.states import PresenceState
from board.status.choice import Choice
from board.status.draft import Typed, again, as_sent, with_preset, with_state, with_until
from board.status.until import UntilError

NOW = 1_795_435_200.0
AWAY, DND = PresenceState.AWAY, PresenceState.DND
LUNCH = Choice(Presence(AWAY, "lunch", "Noodles"), NOW + 60)
NOTHING, NOTE = Typed(), Typed(("", "Call Rosa"))


@pytest.mark.parametrize(
    ("state", "current", "typed", "choice"),
    [
        (DND, LUNCH, NOTHING, Choice(Presence(DND))),
        (DND, None, NOTHING, Choice(Presence(DND))),
        (AWAY, LUNCH, NOTHING, LUNCH),
        (DND, LUNCH, NOTE, Choice(Presence(DND, "", "Call Rosa"))),
        (AWAY, LUNCH, NOTE, Choice(Presence(AWAY, "", "Call Rosa"), NOW + 60)),
        (DND, LUNCH, Typed(until="1 h"), Choice(Presence(DND), NOW + 3600)),
        (AWAY, LUNCH, Typed(until=""), Choice(LUNCH.presence)),
        (AWAY, LUNCH, Typed(("", ""), "1 h"), Choice(Presence(AWAY), NOW + 3600)),
        (PresenceState.NOT_SET, LUNCH, Typed(("a", "b"), "1 h"), Choice(NOT_SET)),
    ],
)
def test_a_state(state: PresenceState, current: Choice | None, typed: Typed, choice: Choice) -> None:
    assert with_state(state, current, typed, NOW) == choice


def test_an_end_that_nobody_understands_is_an_error() -> None:
    with pytest.raises(UntilError):
        with_state(DND, LUNCH, Typed(until="soonish"), NOW)
    with pytest.raises(UntilError):
        with_until("soonish", LUNCH, NOTHING, NOW)
    with pytest.raises(UntilError):
        with_preset(Presence(DND), "soonish", NOTHING, NOW)


def test_an_end_takes_what_was_typed_along_but_for_another_end() -> None:
    assert with_until("1 h", LUNCH, NOTHING, NOW) == Choice(LUNCH.presence, NOW + 3600)
    assert with_until("", LUNCH, Typed(("", "Call Rosa"), "2 h"), NOW) == Choice(Presence(AWAY, "", "Call Rosa"))


def test_a_preset_takes_typed_texts_only_where_it_has_none() -> None:
    assert with_preset(Presence(DND), "", NOTE, NOW) == Choice(Presence(DND, "", "Call Rosa"))
    assert with_preset(LUNCH.presence, "1 h", NOTE, NOW) == Choice(LUNCH.presence, NOW + 3600)


def test_what_was_before_comes_without_an_end_that_is_over() -> None:
    assert again(LUNCH, NOW) == LUNCH
    assert again(LUNCH, NOW + 60) == Choice(LUNCH.presence)


def test_what_is_sent_tells_the_end_as_far_as_it_is_understood() -> None:
    texts = ("", "Noodles")
    assert as_sent(None, texts, NOTHING, NOW) == Presence(PresenceState.AVAILABLE, "", "Noodles")
    assert as_sent(LUNCH, texts, NOTHING, NOW).message.startswith("Noodles, back ")
    assert as_sent(LUNCH, texts, Typed(texts, "soonish"), NOW).message == "Noodles"
