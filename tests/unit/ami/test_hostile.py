# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Actions with any values: each gets one answer, nothing that is written is more than one line a field."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from board.ami.codec import CLIENT_LIMITS, Reader
from board.ami.messages import Action, Event, Response
from board.ami.session import PRIVILEGES, Access, Session
from board.ami.telling import told
from board.presence.events import Event as CoreEvent
from tests.fakes.ami_office import SECRET, USER, new_core, new_desk

ACTIONS = [
    *("Ping", "Events", "Getvar", "Setvar", "PresenceState", "PresenceStateList", "ExtensionState", "Login"),
    *("ExtensionStateList", "DeviceStateList", "DialplanExtensionAdd", "DialplanExtensionRemove", "Command"),
    *("CoreStatus", "CoreSettings", "ListCommands", "Challenge", "Nonsense", ""),
]
FIELDS = [
    *("ActionID", "Variable", "Value", "Provider", "Exten", "Context", "Extension", "Priority", "Application"),
    *("ApplicationData", "Replace", "Command", "EventMask", "Username", "Secret", "AuthType", "Key", "Channel"),
]
WORDS = [
    *(
        "PRESENCE_STATE(CustomPresence:2000)",
        "PRESENCE_STATE(CustomPresence:2000,message)",
        "DEVICE_STATE(Custom:2000)",
    ),
    *("HINT(2000@hints)", "EXTENSION_STATE(2000@hints)", "away,a,b", "dnd,YQpFdmVudDogWA0KDQo=,YQ0KCg==,e", "INUSE"),
    *("hint", "hints", "2000", "_2X[", "_.", "_[z-a]", "Custom:2000&,&CustomPresence:2000", "${EXTEN}", "yes", "MD5"),
    *("presencestate list", "presencestate change CustomPresence:2000 away", 'devstate change "Custom:2000" BUSY'),
    *("database show", "database put CustomPresence k ", "database del CustomPresence k", "core show hint 2"),
    *(
        "core show hints",
        "dialplan reload",
        "call",
        "on",
        "off",
        "99999999999999999999",
        "\\",
        '"',
        "((((",
        "))))",
        ",,,,,",
    ),
]
values = st.one_of(
    st.sampled_from(WORDS),
    st.text(max_size=30),
    st.binary(max_size=30).map(lambda data: data.decode("utf-8", "surrogateescape")),
    st.lists(st.sampled_from(WORDS), max_size=4).map("".join),
)
actions = st.tuples(st.sampled_from(ACTIONS), st.lists(st.tuples(st.sampled_from(FIELDS), values), max_size=6))


def one_line(text: str) -> str:
    return "".join(sign for sign in text if sign not in "\r\n")


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(actions, min_size=1, max_size=8))
def test_each_action_gets_one_answer(asked: list[tuple[str, list[tuple[str, str]]]]) -> None:
    core = new_core()
    session = Session(new_desk(core, []), Access({USER: SECRET}, lambda: "1"), "test", 0.0)

    def hear(core_event: CoreEvent) -> None:
        if (event := told(core_event)) is not None:
            session.tell(event, PRIVILEGES["call"])

    core.listen(hear)
    session.receive(f"Action: Login\r\nUsername: {USER}\r\nSecret: {SECRET}\r\n\r\n".encode())
    session.work(0.0, 1)
    session.take()
    for name, fields in asked:
        lines = [f"{field}: {one_line(value)}" for field, value in (("Action", name), *fields)]
        session.receive(("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape"))
        while session.work(0.0, 10):
            pass
        reader, answers = Reader(CLIENT_LIMITS), 0
        written = session.take()
        assert b"\0" not in written
        assert written.count(b"\r") == written.count(b"\n") == written.count(b"\r\n")
        reader.feed(written)
        while (message := reader.pull()) is not None:
            assert isinstance(message, Response | Event)
            assert not isinstance(message, Action)
            assert message.name in KNOWN
            answers += isinstance(message, Response)
        assert answers == 1


KNOWN = {"Success", "Error", "PresenceStateChange", "PresenceStatus", "ExtensionStatus", "DeviceStateChange"}
KNOWN |= {"PresenceStateListComplete", "ExtensionStateListComplete", "DeviceStateListComplete"}
