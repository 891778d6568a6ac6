# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The publish link over a server that a test plays: what goes out, what is kept, what the user is told."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from board.events import Address
from board.links.delivery import Fate
from board.links.publication import Answer, Ask, Held, Result
from board.links.publish import PublishLink, answer_of, fields_of, outcome_of
from board.links.store import OutboxStore
from board.links.wish import Target
from board.pidf import parse
from board.pidf.document import Document
from board.presence.value import Presence
from board.sip.messages import Fields, RequestAnswered
from board.states import PresenceState

AWAY = Presence(PresenceState.AWAY, "lunch", "Back at 2")
DND = Presence(PresenceState.DND)
TARGET, ADDRESS = Target("office", "CustomPresence:2000"), Address("office", "2000")
ACCEPTED = (200, (("SIP-ETag", "a1"), ("Expires", "1800")))


class Server:
    """A presence server that answers what the test says, 200 where that is nothing."""

    def __init__(self) -> None:
        self.taken = list[tuple[str, dict[str, str], bytes]]()
        self.answers = list[tuple[int, Fields]]()
        self.asked = asyncio.Event()

    async def publish(self, user: str, fields: Fields, body: bytes) -> RequestAnswered:
        self.taken.append((user, dict(fields), body))
        self.asked.set()
        status, answered = self.answers.pop(0) if self.answers else ACCEPTED
        return RequestAnswered(1, status, "Phrase", 0.0, answered)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OutboxStore]:
    with OutboxStore(tmp_path) as opened:
        yield opened


@pytest.fixture
def server() -> Server:
    return Server()


@asynccontextmanager
async def linked(server: Server, store: OutboxStore, host: str = "pbx.example.org") -> AsyncIterator[PublishLink]:
    link = PublishLink(server.publish, "2000", host, TARGET, store)
    link.start()
    try:
        yield link
    finally:
        await link.stop()


def said(body: bytes) -> Presence:
    document = parse(body, "application/pidf+xml")
    assert isinstance(document, Document)
    assert document.presence is not None
    return Presence(document.presence, document.subtype or "", document.message or "")


async def test_a_status_goes_out_whole_and_is_on_the_disk(server: Server, store: OutboxStore) -> None:
    async with linked(server, store, "2001:db8::1") as link:
        assert link.heard(ADDRESS, None) is None
        assert (await link.send(TARGET.entity, AWAY)).fate is Fate.ACCEPTED
    [(user, fields, body)] = server.taken
    assert user == "2000"
    assert fields == {"Event": "presence", "Expires": "3600", "Content-Type": "application/pidf+xml"}
    assert said(body) == AWAY
    assert b'entity="sip:2000@[2001:db8::1]"' in body
    assert store.publication(TARGET) == Held(AWAY, "a1")


async def test_the_next_process_modifies_it(server: Server, store: OutboxStore) -> None:
    store.keep_publication(TARGET, Held(AWAY, "a7"))
    async with linked(server, store) as link:
        assert (await link.send(TARGET.entity, DND)).fate is Fate.ACCEPTED
    [(_, fields, _)] = server.taken
    assert fields["SIP-If-Match"] == "a7"


async def test_what_the_server_lost_is_published_again(server: Server, store: OutboxStore) -> None:
    store.keep_publication(TARGET, Held(AWAY, "a7"))
    server.answers = [(412, ()), ACCEPTED]
    async with linked(server, store) as link:
        assert link.heard(ADDRESS, None) is None
        async with asyncio.timeout(5):
            while len(server.taken) < 2:
                server.asked.clear()
                await server.asked.wait()
        assert link.heard(ADDRESS, AWAY) == AWAY
    assert [fields.get("SIP-If-Match") for _, fields, _ in server.taken] == ["a7", None]
    assert said(server.taken[1][2]) == AWAY


async def test_what_was_set_elsewhere_stands_and_ours_is_removed(server: Server, store: OutboxStore) -> None:
    store.keep_publication(TARGET, Held(AWAY, "a7"))
    async with linked(server, store) as link:
        assert link.heard(ADDRESS, DND) == DND
        async with asyncio.timeout(5):
            await server.asked.wait()
        await asyncio.sleep(0)
    [(_, fields, body)] = server.taken
    assert (fields["Expires"], fields["SIP-If-Match"], body) == ("0", "a7", b"")
    assert store.publication(TARGET) is None


async def test_a_process_that_is_not_the_sender_publishes_nothing(server: Server, store: OutboxStore) -> None:
    store.keep_publication(TARGET, Held(AWAY, "a7"))
    link = PublishLink(server.publish, "2000", "pbx", TARGET, store, may_send=lambda: False)
    assert link.heard(ADDRESS, None) is None
    assert (await link.send(TARGET.entity, AWAY)).fate is Fate.AWAY
    assert server.taken == []


async def test_a_refused_publication_is_not_tried_again_until_something_is_set(
    server: Server, store: OutboxStore
) -> None:
    store.keep_publication(TARGET, Held(AWAY, "a7"))
    server.answers = [(403, ())]
    async with linked(server, store) as link:
        for _ in range(3):
            link.heard(ADDRESS, None)
            async with asyncio.timeout(5):
                await server.asked.wait()
            await asyncio.sleep(0)
        assert len(server.taken) == 1
        assert (await link.send(TARGET.entity, DND)).fate is Fate.ACCEPTED


def test_what_an_answer_says() -> None:
    fields = (("sip-etag", " a1 "), ("EXPIRES", "60"), ("Min-Expires", "nonsense"), ("Retry-After", "5"))
    assert answer_of(RequestAnswered(1, 200, "OK", 0.0, fields)) == Answer(200, "OK", "a1", 60.0, None, 5.0)
    assert fields_of(Ask(None, "a1", 0)) == (("Event", "presence"), ("Expires", "0"), ("SIP-If-Match", "a1"))


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (401, "check user and password"),
        (403, "forbids us to publish this status (403)"),
        (404, "takes no PUBLISH of presence (404)"),
        (405, "takes no PUBLISH of presence (405)"),
        (489, "takes no PUBLISH of presence (489)"),
        (501, "takes no PUBLISH of presence (501)"),
        (606, "refused the PUBLISH: 606 {odd}"),
    ],
)
def test_each_refusal_is_one_plain_line(status: int, says: str) -> None:
    outcome = outcome_of(Result.REFUSED, Answer(status, "{odd}"))
    assert outcome.fate is Fate.REFUSED
    assert says in outcome.reason
    assert len(outcome.reason.splitlines()) == 1


def test_no_answer_may_have_arrived() -> None:
    assert outcome_of(Result.LATER, Answer(0, "no answer")).fate is Fate.LOST
