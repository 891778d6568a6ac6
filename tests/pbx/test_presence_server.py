# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The shipped presence part of kamailio.cfg: whose PUBLISH it takes, and that it takes each once."""

from collections.abc import AsyncIterator

import pytest

from board.links.publication import Ask
from board.links.publish import fields_of
from board.pidf.publication import build_publication
from board.presence.value import Presence
from board.states import PresenceState
from board.wire import Request, Response
from board.wire.headers import Headers
from tests.end2end.published import NOBODY, look, watcher_at
from tests.fakes.watcher import Tags, Watcher
from tests.pbx.kamailio import Kamailio

AWAY = Presence(PresenceState.AWAY, "lunch", "Back at 2")


@pytest.fixture
async def alice(kamailio: Kamailio) -> AsyncIterator[Watcher]:
    async with await watcher_at(kamailio, tcp=False, user="alice") as watcher:
        yield watcher


async def publish(watcher: Watcher, user: str, times: int = 1) -> Response:
    """PUBLISH a user's status, the same request so often; return the answer."""
    fields = [*fields_of(Ask(AWAY, "", 60))]
    body = build_publication(f"sip:{user}@127.0.0.1", AWAY.state, AWAY.subtype, AWAY.message)
    tags = Tags()

    def request(cseq: int) -> Request:
        made = watcher.request("PUBLISH", user, fields, tags, cseq)
        headers = Headers((name, value) for name, value in made.headers if name != "Content-Length")
        return Request(headers, body, made.method, made.uri)

    challenged = await watcher.ask(request(1))
    assert challenged.status == 407
    answer = watcher.proven(request(2), challenged)
    for _ in range(times - 1):
        watcher.send(answer.encode())
    return await watcher.ask(answer)


async def test_a_user_publishes_their_own_status(kamailio: Kamailio, alice: Watcher) -> None:
    response = await publish(alice, "alice")
    assert response.status == 200
    assert response.headers.get("SIP-ETag")
    assert await look(kamailio, "alice") == ("away", "lunch", "Back at 2")


async def test_nobody_publishes_anothers(kamailio: Kamailio, alice: Watcher) -> None:
    assert (await publish(alice, "bob")).status == 403
    assert await look(kamailio, "bob") == NOBODY


async def test_what_udp_brings_several_times_is_published_once(kamailio: Kamailio, alice: Watcher) -> None:
    before = kamailio.publications("alice")
    assert (await publish(alice, "alice", times=4)).status == 200
    assert await look(kamailio, "alice") == ("away", "lunch", "Back at 2")
    assert kamailio.publications("alice") == before + 1
