# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the setter says of the own status: above all, that everybody sees it only where the PBX itself says so."""

from dataclasses import replace
from itertools import product

import pytest

from board.links.own import OwnStatus
from board.links.wish import Standing, Target, Wish
from board.presence.value import NOT_SET, Presence
from board.states import PresenceState
from board.status.choice import Choice, Manner
from board.ui.setter_words import Sight, Tone, distinct, end_in_words, in_words, most_pressing, sight, summary, title

HOME, BRANCH, ATTIC = (Target(name, "CustomPresence:2000") for name in ("home", "branch", "attic"))
FREE, AWAY = Presence(PresenceState.AVAILABLE), Presence(PresenceState.AWAY, "lunch", "Back 14:30")
LUNCH = Choice(Presence(PresenceState.AWAY, "lunch"), 5000.0)


def wish(standing: Standing, target: Target = HOME, *, waited: bool = False, reason: str = "") -> Wish:
    made = Wish(3, target, AWAY, 1000.0, standing, reason, waited)
    return replace(made, plain=LUNCH.presence, until=LUNCH.until, back=FREE)


def said(*own: OwnStatus) -> list[str]:
    return [line.text for line in sight(own).lines]


def tone(*own: OwnStatus) -> Tone:
    return most_pressing(sight(own).lines)


def test_what_the_pbx_reads_back_is_seen_by_everyone() -> None:
    shown = sight((OwnStatus(HOME, AWAY, True, wish(Standing.CONFIRMED)),))
    assert (shown.presence, shown.choice, shown.back) == (AWAY, LUNCH, FREE)
    assert [line.text for line in shown.lines] == ["Seen by everyone"]
    assert shown.retry is None


@pytest.mark.parametrize(
    ("reading", "live", "standing"), list(product((None, FREE, AWAY), (False, True), (None, *Standing)))
)
def test_seen_by_everyone_is_never_said_but_of_the_pbxs_own_current_word(
    reading: Presence | None, live: bool, standing: Standing | None
) -> None:
    own = OwnStatus(HOME, reading, live, wish(standing, reason="no") if standing is not None else None)
    shown = sight((own,))
    if "Seen by everyone" in said(own):
        assert live
        assert reading == shown.presence
    if standing is Standing.REFUSED and reading != AWAY:
        assert shown.presence == reading


def test_what_is_on_its_way_is_pending_and_shows_as_asked() -> None:
    own = OwnStatus(HOME, FREE, True, wish(Standing.SENT))
    assert sight((own,)).presence == AWAY
    assert said(own) == ["Waiting for the PBX"]
    assert said(OwnStatus(HOME, FREE, True, wish(Standing.QUEUED))) == ["Waiting for the PBX"]


def test_what_waits_for_an_absent_pbx_says_so_and_what_others_see_meanwhile() -> None:
    own = OwnStatus(HOME, FREE, False, wish(Standing.QUEUED, waited=True))
    assert said(own) == ["Will be sent when home is back. Others still see: Available"]
    assert tone(own) is Tone.QUEUED
    assert said(OwnStatus(HOME, None, False, wish(Standing.QUEUED))) == ["Will be sent when home is back"]


def test_a_refusal_shows_what_stands_why_and_what_to_ask_again() -> None:
    shown = sight((OwnStatus(HOME, FREE, True, wish(Standing.REFUSED, reason="2000 may not\nset it")),))
    assert (shown.presence, shown.choice) == (FREE, Choice(FREE))
    assert [line.text for line in shown.lines] == ["Away, lunch, Back 14:30 was not set: 2000 may not set it"]
    assert shown.retry == LUNCH


@pytest.mark.parametrize("standing", [Standing.DROPPED, Standing.CONFIRMED])
def test_what_somebody_else_set_since_is_shown_as_it_is(standing: Standing) -> None:
    shown = sight((OwnStatus(HOME, FREE, True, wish(standing)),))
    assert (shown.presence, shown.choice, shown.back) == (FREE, Choice(FREE), None)
    assert [line.text for line in shown.lines] == ["Seen by everyone"]


def test_what_was_refused_and_is_there_all_the_same_has_no_end_of_ours() -> None:
    shown = sight((OwnStatus(HOME, AWAY, True, wish(Standing.REFUSED, reason="not read back")),))
    assert (shown.choice, shown.back, shown.retry) == (Choice(AWAY), None, None)
    assert [line.text for line in shown.lines] == ["Seen by everyone"]


def test_a_wish_that_is_over_tells_no_end() -> None:
    over = replace(wish(Standing.CONFIRMED), over_at=6000.0)
    assert sight((OwnStatus(HOME, AWAY, True, over),)).choice == Choice(AWAY)


def test_a_rules_status_says_that_it_came_by_itself() -> None:
    ruled = replace(wish(Standing.CONFIRMED), manner=Manner.AUTOMATIC)
    assert said(OwnStatus(HOME, AWAY, True, ruled)) == ["Seen by everyone, set automatically"]


def test_a_cleared_status_is_not_called_seen() -> None:
    assert said(OwnStatus(HOME, NOT_SET, True)) == ["Others see no status"]


def test_nothing_known_and_silence() -> None:
    assert sight(()) == Sight()
    assert said(OwnStatus(HOME)) == ["Waiting for home"]
    assert said(OwnStatus(HOME, FREE)) == ["home is silent: this may be old"]
    assert said(OwnStatus(HOME, FREE), OwnStatus(BRANCH, FREE)) == ["home and branch are silent: this may be old"]


def test_pbxs_that_agree_are_one_line() -> None:
    own = (OwnStatus(HOME, AWAY, True, wish(Standing.CONFIRMED)), OwnStatus(BRANCH, AWAY, True))
    assert said(*own) == ["Seen by everyone"]


def test_pbxs_that_differ_are_told_apart() -> None:
    own = (
        OwnStatus(HOME, AWAY, True, wish(Standing.CONFIRMED)),
        OwnStatus(BRANCH, FREE, True, wish(Standing.REFUSED, BRANCH, reason="403")),
        OwnStatus(ATTIC, FREE, False, wish(Standing.QUEUED, ATTIC, waited=True)),
    )
    assert said(*own) == [
        "home: seen by everyone",
        "branch: Available · Away, lunch, Back 14:30 was not set: 403",
        "attic: will be sent when attic is back. Others still see: Available",
    ]
    assert sight(own).retry == LUNCH
    assert tone(*own) is Tone.REFUSED


def test_words() -> None:
    assert title(Presence(PresenceState.AWAY, " lunch\u202e")) == "Away · lunch"
    assert title(None) == "Not known yet"
    assert summary(AWAY) == "lunch · Back 14:30"
    assert summary(FREE) == "Available"
    assert in_words(AWAY, "until 14:30") == "Away, lunch, Back 14:30, until 14:30"


@pytest.mark.parametrize(
    ("words", "end"),
    [("", ""), ("1 h", "for 1 h"), ("30 min", "for 30 min"), ("14:30", "until 14:30"), ("3 Mar", "until 3 Mar")],
)
def test_an_end_has_its_preposition(words: str, end: str) -> None:
    assert end_in_words(words) == end


def test_recents_are_distinct_and_more_than_a_bare_state() -> None:
    choices = [Choice(AWAY, 5.0), Choice(FREE), Choice(AWAY), LUNCH, Choice(Presence(PresenceState.DND, "", "x"))]
    assert distinct(choices, 2) == (Choice(AWAY, 5.0), LUNCH)
