# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A connection's states: who gets in, who is thrown out and when, what is heard and in which order."""

import hashlib

import pytest

from board.ami.codec import Limits, Reader
from board.ami.messages import Action, Event, Message, Response
from board.ami.session import LOGIN_SECONDS, PRIVILEGES, REFUSAL_SECONDS, Access, Phase, Session, mask_of
from board.ami.telling import told
from tests.fakes.ami_office import ORIGIN, SECRET, USER, new_core, new_desk

CHALLENGE = "170149335"


class Client:
    """A session on a desk, with the clock in the test's hand."""

    def __init__(self) -> None:
        self.now = 100.0
        self.core = new_core()
        self.warnings = list[str]()
        self.session = Session(
            new_desk(self.core, self.warnings), Access({USER: SECRET}, lambda: CHALLENGE), "test", self.now
        )
        self.core.listen(self._hear)
        assert self.session.take() == b"Asterisk Call Manager/11.0.0\r\n"

    def _hear(self, core_event: object) -> None:
        if (event := told(core_event)) is not None:  # type: ignore[arg-type]
            self.session.tell(event, PRIVILEGES["call"])

    def send(self, *lines: str) -> list[Message]:
        self.session.receive("".join(f"{line}\r\n" for line in (*lines, "")).encode("utf-8", "surrogateescape"))
        while self.session.work(self.now, 10):
            pass
        return self.sent()

    def sent(self) -> list[Message]:
        reader, found = Reader(Limits(10_000, 10_000, 10_000_000)), list[Message]()
        reader.feed(self.session.take())
        while (message := reader.pull()) is not None:
            assert isinstance(message, Action | Response | Event)
            found.append(message)
        return found

    def log_in(self, events: str = "on") -> None:
        accepted = self.send("Action: Login", f"Username: {USER}", f"Secret: {SECRET}", f"Events: {events}")[0]
        assert accepted == Response("Success", (("Message", "Authentication accepted"),))


@pytest.fixture
def client() -> Client:
    return Client()


def refusal(text: str) -> list[Message]:
    return [Response("Error", (("Message", text),))]


@pytest.mark.parametrize("name", ["Ping", "Nonsense", "Setvar", "Events", "ListCommands"])
def test_strangers_may_do_nothing(client: Client, name: str) -> None:
    assert client.send(f"Action: {name}") == refusal("Permission denied")


def test_a_plain_login(client: Client) -> None:
    answers = client.send("Action: login", "Username: ADMIN", f"Secret: {SECRET}", "ActionID: 9")
    assert answers[0] == Response("Success", (("ActionID", "9"), ("Message", "Authentication accepted")))
    assert answers[1].name == "FullyBooted"
    assert client.session.next is None
    again = client.send("Action: Login", "Username: nobody")
    assert again == [Response("Success", (("Message", "Already authenticated"),))]


def test_a_login_by_challenge(client: Client) -> None:
    assert client.send("Action: Challenge") == refusal("Must specify AuthType")
    assert client.send("Action: Challenge", "AuthType: md5") == [Response("Success", (("Challenge", CHALLENGE),))]
    key = hashlib.md5((CHALLENGE + SECRET).encode()).hexdigest()
    answers = client.send("Action: Login", "AuthType: MD5", f"Username: {USER}", f"Key: {key}", "Events: off")
    assert answers == [Response("Success", (("Message", "Authentication accepted"),))]


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("Username: admin",),
        ("Username: admin", "Secret: wrong"),
        ("Username: nobody", f"Secret: {CHALLENGE}"),
        ("Username: admin", "AuthType: MD5", f"Secret: {SECRET}"),
        ("Username: admin", "AuthType: MD5", f"Key: {hashlib.md5(SECRET.encode()).hexdigest()}"),
        ("Username: \udcff", "Secret: \udcff"),
    ],
)
def test_a_wrong_login_is_answered_late_and_ends_it(client: Client, lines: tuple[str, ...]) -> None:
    assert client.send("Action: Login", *lines) == []
    assert client.session.next == client.now + REFUSAL_SECONDS
    # Nothing more is heard meanwhile, be it right.
    assert client.send("Action: Login", f"Username: {USER}", f"Secret: {SECRET}") == []
    client.session.handle(client.now + REFUSAL_SECONDS)
    assert client.sent() == refusal("Authentication failed")
    assert client.session.phase is Phase.ENDED


def test_who_does_not_log_in_is_thrown_out(client: Client) -> None:
    assert client.session.next == client.now + LOGIN_SECONDS
    phases = []
    for wait in (LOGIN_SECONDS - 0.1, LOGIN_SECONDS):
        client.session.handle(client.now + wait)
        phases.append(client.session.phase)
    assert phases == [Phase.OPEN, Phase.ENDED]


def test_logoff(client: Client) -> None:
    assert client.send("Action: Logoff", "ActionID: 3") == [
        Response("Goodbye", (("ActionID", "3"), ("Message", "Thanks for all the fish.")))
    ]
    assert client.session.phase is Phase.ENDED
    assert client.send("Action: Ping") == []


def test_the_answer_comes_before_what_it_caused(client: Client) -> None:
    client.log_in()
    answers = client.send("Action: Setvar", "Variable: PRESENCE_STATE(CustomPresence:2000)", "Value: away,s,m")
    assert [answer.name for answer in answers] == ["Success", "PresenceStateChange", "PresenceStatus"]


def test_a_value_with_line_breaks_forges_nothing(client: Client) -> None:
    client.log_in()
    # "a\nEvent: Forged\r\nX: y"
    value = "away,YQpFdmVudDogRm9yZ2VkDQpYOiB5,YQpFdmVudDogRm9yZ2VkDQpYOiB5,e"
    answers = client.send("Action: Setvar", "Variable: PRESENCE_STATE(CustomPresence:2000)", f"Value: {value}")
    assert [answer.name for answer in answers] == ["Success", "PresenceStateChange", "PresenceStatus"]
    assert answers[1].get("Message") == "a\\nEvent: Forged\\r\\nX: y"
    assert answers[2].get("Message") == "a"
    [state] = client.send("Action: PresenceState", "Provider: CustomPresence:2000")
    assert [name for name, _ in state.fields] == ["Message", "State", "Subtype", "Message", "PresenceMessage"]
    [variable] = client.send("Action: Getvar", "Variable: PRESENCE_STATE(CustomPresence:2000,message)")
    assert variable.get("Value") == "a"
    assert all("Forged" not in answer.name for answer in client.send("Action: PresenceStateList"))


@pytest.mark.parametrize(
    ("mask", "hears"),
    [("on", True), ("off", False), ("call", True), ("system,user", False), ("2", True), ("1", False), ("-1", False)],
)
def test_only_what_was_asked_for_is_heard(client: Client, mask: str, hears: bool) -> None:
    client.log_in("off")
    [answer] = client.send("Action: Events", f"EventMask: {mask}")
    assert answer.get("Events") == ("On" if mask_of(mask) else "Off")
    client.core.set_device("Custom:2000", "INUSE", ORIGIN)
    assert [message.name for message in client.sent()] == ["DeviceStateChange", "ExtensionStatus"] * hears


def test_a_turn_is_bounded(client: Client) -> None:
    client.log_in()
    client.session.receive(b"Action: Ping\r\n\r\n" * 25)
    assert client.session.work(client.now, 10)
    assert len(client.sent()) == 10
    assert client.session.work(client.now, 10)
    assert not client.session.work(client.now, 10)
    assert len(client.sent()) == 15


def test_what_the_core_refuses_is_refused_and_logged(client: Client) -> None:
    client.log_in()
    assert client.send("Action: Setvar", "Variable: PRESENCE_STATE(CustomPresence:2000)", "Value: busy") == refusal(
        "Variable not set"
    )
    assert client.warnings == ["Unknown presence state value busy"]


def test_a_change_is_signed_by_its_user(client: Client) -> None:
    origins = []
    client.core.database.put = (  # type: ignore[method-assign]
        lambda family, key, value, origin: origins.append(origin)
    )
    client.log_in()
    client.send("Action: Setvar", "Variable: PRESENCE_STATE(CustomPresence:2000)", "Value: away")
    assert [(origin.who, origin.source) for origin in origins] == [(USER, "ami test")]


def test_hints_are_bounded(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("board.ami.desk.MOST_HINTS", len(client.core.extensions) + 1)
    client.log_in()
    place = ("Context: hints", "Priority: hint", "Application: Custom:1")
    [added, _] = client.send("Action: DialplanExtensionAdd", "Extension: 1", *place)
    assert added == Response("Success", (("Message", "Added requested extension"),))
    assert client.send("Action: DialplanExtensionAdd", "Extension: 2", *place) == refusal("There are 4 hints already")
