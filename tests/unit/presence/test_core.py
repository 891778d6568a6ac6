# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the recorded cases leave open, as asked from a real Asterisk 22.10.1; and the registry's own rules."""

import pytest

from board.presence.core import PresenceCore
from board.presence.database import Origin
from board.presence.devstate import RANKS, Devstate, aggregate
from board.presence.events import (
    DeviceStateChange,
    Event,
    ExtensionStatus,
    HintKey,
    HintNotice,
    PresenceStateChange,
    PresenceStatus,
)
from board.presence.functions import Functions, separate
from board.presence.hints import HintLine, HintText
from board.presence.value import NOT_SET, Presence, Refused, cut, decode, encode
from board.states import PresenceState

ORIGIN = Origin(0.0, "test")
KEY = HintKey("3000", "hints")


class Watched:
    """A core and what it told."""

    def __init__(self) -> None:
        self.warnings = list[str]()
        self.core = PresenceCore(warn=self.warnings.append)
        self.events = list[Event]()
        self.core.listen(self.events.append)

    def write(self, name: str, value: str) -> list[Event]:
        self.events.clear()
        self.core.set_presence(f"CustomPresence:{name}", value, ORIGIN)
        return self.events

    def hint(self, text: str, exten: str = "3000", *, replace: bool = False) -> list[Event]:
        self.events.clear()
        self.core.extensions.add(HintLine(HintKey(exten, "hints"), text), replace=replace)
        return self.events


@pytest.fixture
def watched() -> Watched:
    return Watched()


def kinds(events: list[Event]) -> list[type[Event]]:
    return [type(event) for event in events]


# -- what Asterisk was asked ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "told_again"), [("away", True), ("away,s", True), ("away,,m", True), ("away,s,m", False)]
)
def test_a_hint_made_after_a_write_holds_an_empty_text_for_none(watched: Watched, value: str, told_again: bool) -> None:
    watched.write("a", value)
    watched.hint("Custom:a,CustomPresence:a")
    assert (PresenceStatus in kinds(watched.write("a", value))) is told_again
    assert kinds(watched.write("a", value)) == [PresenceStateChange]


def test_a_not_set_is_told_as_the_provider_reads_it_back(watched: Watched) -> None:
    long = "q" * 300
    not_set = Presence(PresenceState.NOT_SET, "", long)
    assert watched.write("b", f"not_set,,{encode(long)},e") == [PresenceStateChange("CustomPresence:b", not_set)]
    assert watched.write("b/c", "not_set") == []
    assert kinds(watched.write("b/c", "away")) == [PresenceStateChange]
    assert watched.write("x&y", "not_set,s,m") == [PresenceStateChange("CustomPresence:x&y", NOT_SET)]
    watched.events.clear()
    watched.core.custom.change("CustomPresence:e", "not_set,bHVuY2g=,QmFjaw==,e", ORIGIN)
    read_back = Presence(PresenceState.NOT_SET, "lunch", "Back")
    assert watched.events == [PresenceStateChange("CustomPresence:e", read_back)]


def test_a_hint_that_gets_another_text_is_told_only_if_it_comes_to_another_state(watched: Watched) -> None:
    assert kinds(watched.hint("Custom:c1,CustomPresence:c")) == [ExtensionStatus]
    assert watched.hint("Custom:c2,CustomPresence:c", replace=True) == []
    watched.core.set_device("Custom:c3", "INUSE", ORIGIN)
    assert kinds(watched.hint("Custom:c3,CustomPresence:c", replace=True)) == [ExtensionStatus, HintNotice]


def test_a_hint_in_lower_case_hears_its_device(watched: Watched) -> None:
    watched.hint("custom:f")
    watched.events.clear()
    watched.core.set_device("Custom:f", "INUSE", ORIGIN)
    assert kinds(watched.events) == [DeviceStateChange, ExtensionStatus, HintNotice]
    assert watched.core.devices.query("CUSTOM:f") is Devstate.INUSE


def test_a_pattern_is_told_of_unless_it_has_a_variable(watched: Watched) -> None:
    watched.core.extensions.reload(
        [HintLine(HintKey("_8XXX", "hints"), "Custom:${EXTEN}"), HintLine(HintKey("_9XXX", "hints"), "Custom:nine")]
    )
    told = [event.key.exten for event in watched.events if isinstance(event, ExtensionStatus)]
    assert told == ["_9XXX"]


def test_long_names_are_names(watched: Watched) -> None:
    name = "n" * 2000
    watched.write(name, "away")
    assert watched.core.presence.query(f"CustomPresence:{name}") == Presence(PresenceState.AWAY)


# -- hints ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "devices", "provider"),
    [
        ("Custom:1,CustomPresence:1", ("Custom:1",), "CustomPresence:1"),
        ("Custom:1&PJSIP/2,A:1&B:2", ("Custom:1", "PJSIP/2"), "A:1&B:2"),
        ("Custom:1", ("Custom:1",), ""),
        ("Custom:1,", ("Custom:1",), ""),
        (",CustomPresence:1", (), "CustomPresence:1"),
        ("a,b,c", ("a,b",), "c"),
        ("a, b", ("a",), " b"),
        ("", (), ""),
    ],
)
def test_a_hints_text(text: str, devices: tuple[str, ...], provider: str) -> None:
    parts = HintText.read(text)
    assert (parts.devices, parts.provider) == (devices, provider)


def test_a_patterns_extension_lives_until_no_pattern_stands_for_it(watched: Watched) -> None:
    extensions, made = watched.core.extensions, HintKey("8123", "hints")
    pattern = HintLine(HintKey("_8XXX", "hints"), "Custom:${EXTEN},CustomPresence:${EXTEN}")
    extensions.reload([pattern])
    assert extensions.current(HintKey("7123", "hints")) is None
    assert extensions.current(HintKey("8123", "other")) is None
    assert extensions.current(made) is not None
    watched.write("8123", "dnd")
    extensions.reload([pattern])
    hint = extensions.get(made)
    assert hint is not None
    assert hint.presence == Presence(PresenceState.DND)
    watched.events.clear()
    extensions.reload([])
    assert [event.key for event in watched.events if isinstance(event, HintNotice) and event.removed] == [
        pattern.key,
        made,
    ]
    assert extensions.get(made) is None


def test_a_hint_forgets_the_members_it_lost(watched: Watched) -> None:
    watched.hint("Custom:a&Custom:b,CustomPresence:a&CustomPresence:b")
    watched.hint("Custom:b,CustomPresence:b", replace=True)
    assert kinds(watched.write("a", "dnd")) == [PresenceStateChange]
    assert kinds(watched.write("b", "dnd")) == [PresenceStateChange, PresenceStatus, HintNotice]
    assert watched.core.extensions.remove(KEY)
    assert not watched.core.extensions.remove(KEY)
    assert kinds(watched.write("b", "away")) == [PresenceStateChange]


def test_a_device_is_no_presentity_of_the_same_name(watched: Watched) -> None:
    watched.hint("CustomPresence:a")
    assert kinds(watched.write("a", "dnd")) == [PresenceStateChange]


# -- the registry ---------------------------------------------------------------------------------------------------


def test_a_provider_of_ones_own(watched: Watched) -> None:
    states = watched.core.presence
    people = {"anna": Presence(PresenceState.CHAT, "", "Hello")}
    states.register("Calendar", people.get)
    assert states.labels == ("CustomPresence", "Calendar")
    assert states.query("calendar:anna") == people["anna"]
    assert states.query("Calendar:nobody") is None
    watched.hint("Custom:1,Calendar:anna")
    watched.events.clear()
    states.changed("Calendar:anna", Presence(PresenceState.DND))
    assert kinds(watched.events) == [PresenceStateChange, PresenceStatus, HintNotice]
    states.unregister("CALENDAR")
    assert states.query_provider("Calendar:anna") is None
    assert states.query("Calendar:anna") == Presence(PresenceState.DND)
    assert watched.warnings == ["No provider found for label: Calendar"]


@pytest.mark.parametrize("label", ["CustomPresence", "custompresence", "", "a:b", "a&b", "a/b"])
def test_labels_that_cannot_be_had(watched: Watched, label: str) -> None:
    with pytest.raises(ValueError, match="presence provider"):
        watched.core.presence.register(label, lambda _: NOT_SET)


def test_what_is_not_registered_cannot_go(watched: Watched) -> None:
    with pytest.raises(ValueError, match="no presence provider 'X'"):
        watched.core.presence.unregister("X")
    with pytest.raises(ValueError, match="registered already"):
        watched.core.devices.register("custom", lambda _: Devstate.BUSY)


def test_a_listener_can_stop(watched: Watched) -> None:
    heard = list[Event]()
    stop = watched.core.listen(heard.append)
    watched.write("a", "dnd")
    stop()
    watched.write("a", "away")
    assert len(heard) == 1


# -- texts, functions, aggregation ----------------------------------------------------------------------------------


def test_texts_are_cut_in_whole_characters() -> None:
    assert cut("ää", 3) == "ä"
    assert cut("a☕b", 3) == "a"
    assert cut("a☕b", 4) == "a☕"
    assert cut("short", 100) == "short"


@pytest.mark.parametrize("text", ["", "a", "ab", "abc", "Grüße, 会議 ☕", "\udcff raw"])
def test_base64_comes_back(text: str) -> None:
    assert decode(encode(text)) == text


def test_separating_arguments() -> None:
    assert separate("a,b,c,d", 3) == ["a", "b", "c,d"]
    assert separate("a", 3) == ["a", "", ""]
    assert separate(r"a\,b,c", 2) == ["a,b", "c"]
    assert separate('"a,b",c', 2) == ["a,b", "c"]
    assert separate("f(a,b),[c,d]", 2) == ["f(a,b)", "[c,d]"]
    assert separate("a\\", 1) == ["a"]


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        ("PRESENCE_STATE", "not a function's call"),
        ("PRESENCE_STATE(x", "not a function's call"),
        ("presence_state(CustomPresence:x)", "presence_state not registered"),
        ("NOSUCH(x)", "NOSUCH not registered"),
        ("HINT(x)", "HINT cannot be written to"),
    ],
)
def test_functions_that_cannot_be_written(watched: Watched, call: str, complaint: str) -> None:
    with pytest.raises(Refused, match=complaint):
        Functions(watched.core).write(call, "away", ORIGIN)


def test_functions_that_can(watched: Watched) -> None:
    functions = Functions(watched.core, context="hints")
    functions.write("PRESENCE_STATE(CustomPresence:x)", "away,s,m", ORIGIN)
    functions.write("DEVICE_STATE(Custom:x)", "busy", ORIGIN)
    watched.hint("Custom:x,CustomPresence:x")
    assert functions.read("PRESENCE_STATE(CustomPresence:x,message)") == "m"
    assert functions.read("EXTENSION_STATE(3000)") == "BUSY"
    assert functions.read("HINT(3000)") == "Custom:x,CustomPresence:x"
    with pytest.raises(Refused, match="not registered"):
        functions.read("NOSUCH(x)")


def test_no_devices_come_to_invalid_and_the_order_of_two_means_nothing() -> None:
    assert aggregate([]) is Devstate.INVALID
    for one in RANKS:
        for other in RANKS:
            assert aggregate([one, other]) is aggregate([other, one])
