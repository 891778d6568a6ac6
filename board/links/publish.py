# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A status as a SIP PUBLISH (RFC 3903) to a presence server such as Kamailio or OpenSIPS: the adapter of `publication`.

A publication is soft state: the server forgets it when its lease runs out. So it is refreshed while the program runs,
and published again where the server lost it. At a clean end it is left to run out, neither removed nor prolonged: a
status such as "away until Monday" is meant for the hours after work too, as at an Asterisk, and a program that was only
started anew modifies what it finds; but an hour after nobody is there any more to stand for it, nobody shall read it.
What was published is on the disk, so the next process, also after kill -9, goes on with the same publication, and
publishes it again if it ran out meanwhile and nobody else has set anything.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from types import MappingProxyType
from typing import Self

from board.events import Address
from board.links.delivery import Fate, Outcome
from board.links.link import Reach
from board.links.publication import Answer, Ask, Held, Publication, Result
from board.links.setter import Setter
from board.links.store import OutboxError, OutboxStore
from board.links.wish import Target
from board.loop import Tasks
from board.pidf.publication import CONTENT_TYPE, build_publication
from board.presence.value import Presence
from board.sip.clock import sleepless
from board.sip.messages import Fields, RequestAnswered

log = logging.getLogger(__name__)

EVENT = "presence"
LOOK_SECONDS = 0.5
"""How often it is asked whether this process has become the sender."""
Publish = Callable[[str, Fields, bytes], Awaitable[RequestAnswered]]
"""Sends a PUBLISH: user, header fields, body."""

_SETUP = "see resources/kamailio/presence-board.cfg"
_NO_PUBLISH = (
    "the server takes no PUBLISH of presence ({status}): load presence and presence_xml in its kamailio.cfg, "
    f"{_SETUP}; an Asterisk takes none, there write message or ami as presence_link"
)
_REFUSALS: Mapping[int, str] = MappingProxyType(
    {
        401: "the server does not accept our account: check user and password",
        403: f"the server forbids us to publish this status (403): is own_extension ours? {_SETUP}",
        404: _NO_PUBLISH,
        405: _NO_PUBLISH,
        407: "the server does not accept our account: check user and password",
        489: _NO_PUBLISH,
        501: _NO_PUBLISH,
    }
)


def fields_of(ask: Ask) -> Fields:
    """Write the header fields of a PUBLISH."""
    fields = [("Event", EVENT), ("Expires", str(ask.expires))]
    if ask.etag:
        fields.append(("SIP-If-Match", ask.etag))
    if ask.presence is not None:
        fields.append(("Content-Type", CONTENT_TYPE))
    return tuple(fields)


def answer_of(answered: RequestAnswered) -> Answer:
    """Read what matters of an answer."""
    found = {name.lower(): value.strip() for name, value in answered.fields}
    return Answer(
        answered.status,
        answered.phrase,
        found.get("sip-etag", ""),
        _seconds(found.get("expires")),
        _seconds(found.get("min-expires")),
        _seconds(found.get("retry-after")),
    )


def outcome_of(result: Result, answer: Answer) -> Outcome:
    """Tell what the end of an attempt means."""
    status, phrase = answer.status, answer.phrase
    if result in (Result.DONE, Result.AGAIN):
        return Outcome(Fate.ACCEPTED)
    if result is Result.LATER:
        return Outcome(Fate.LOST, f"the server did not take the PUBLISH: {status or ''} {phrase}".strip())
    said = _REFUSALS.get(status, "the server refused the PUBLISH: {status} {phrase}")
    return Outcome(Fate.REFUSED, said.format(status=status, phrase=phrase))


async def carry_out(
    publication: Publication,
    publish: Callable[[Fields, bytes], Awaitable[RequestAnswered]],
    entity: str,
    keep: Callable[[Held | None], None] = lambda _: None,
    clock: Callable[[], float] = sleepless,
) -> Outcome:
    """Send all that is due; return what came of the last. `entity` is the person's URI, `keep` puts on the disk."""
    outcome = Outcome(Fate.ACCEPTED)
    while (ask := publication.due(clock())) is not None:
        if ask.held is not None:
            keep(ask.held)
        answer = answer_of(await publish(fields_of(ask), _body(entity, ask.presence)))
        outcome = outcome_of(publication.answered(ask, answer, clock()), answer)
        keep(publication.held)
    return outcome


def entity_of(user: str, host: str) -> str:
    """Write the URI of a person at a server."""
    return f"sip:{user}@{f'[{host}]' if ':' in host else host}"


class PublishLink:
    """Publishes the status of `user`, our own account's extension, at `host`.

    `store` keeps the publication of `target` between processes; `may_send` tells whether this one looks after it.
    """

    read = None

    def __init__(
        self,
        publish: Publish,
        user: str,
        host: str,
        target: Target,
        store: OutboxStore,
        may_send: Callable[[], bool] = lambda: True,
        clock: Callable[[], float] = sleepless,
    ) -> None:
        self._publish = partial(publish, user)
        self._user = user
        self._entity = entity_of(user, host)
        self._target = target
        self._store = store
        self._may_send = may_send
        self._clock = clock
        self._begun: Publication | None = None
        self._asking = asyncio.Lock()
        self._changed = asyncio.Event()
        self._tasks = Tasks()

    @classmethod
    def of(cls, setter: Setter, reach: Reach) -> Self:
        """Make the link of a setter, which must have the server's host."""
        publish, target = partial(reach.publish, setter.pbx), Target(setter.pbx, setter.own)
        return cls(publish, setter.extension, setter.host, target, reach.store, reach.may_send)

    def start(self) -> None:
        """Begin to look after the publication; must be called on the running loop."""
        self._tasks.start(self._look_after(), f"publication of {self._user}")

    async def stop(self) -> None:
        """Leave the publication to itself."""
        await self._tasks.close()

    def heard(self, address: Address, presence: Presence | None) -> Presence | None:
        """Take what the subscription says; None: nothing is published, by nobody."""
        publication = self._publication()
        if publication is not None:
            publication.saw(presence, self._clock())
            self._changed.set()
        return presence

    def unread(self, entity: str) -> str:
        """Say what to look at where a status was taken but is not shown."""
        return f"check force_active of presence_xml in its kamailio.cfg, {_SETUP}"

    async def send(self, entity: str, presence: Presence) -> Outcome:
        """Publish a status; `entity` is whose account publishes, whatever is asked."""
        publication = self._publication()
        if publication is None:
            return Outcome(Fate.AWAY, "what another process has published is not known yet")
        async with self._asking:
            publication.publish(presence)
            outcome = await self._ask(publication)
        self._changed.set()
        return outcome

    # -- within -------------------------------------------------------------------------------------------------------

    def _publication(self) -> Publication | None:
        """Return the publication, None while another process looks after it, or what it left cannot be read."""
        try:
            if self._begun is None and self._may_send():
                self._begun = Publication(self._store.publication(self._target))
        except OutboxError as error:
            log.error("%s", error)
        return self._begun

    async def _look_after(self) -> None:
        while (publication := self._publication()) is None:  # noqa: ASYNC110 (nobody tells when the sender ends)
            await asyncio.sleep(LOOK_SECONDS)
        while True:
            self._changed.clear()
            async with self._asking:
                outcome = await self._ask(publication)
            if outcome.fate is not Fate.ACCEPTED:
                log.info("publication of %s: %s", self._user, outcome.reason)
            deadline = publication.deadline()
            wait = None if deadline is None else max(0.0, deadline - self._clock())
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._changed.wait()

    async def _ask(self, publication: Publication) -> Outcome:
        return await carry_out(publication, self._publish, self._entity, self._keep, self._clock)

    def _keep(self, held: Held | None) -> None:
        """Keep what the server holds; without it the next process publishes beside this one, no more."""
        try:
            self._store.keep_publication(self._target, held)
        except OutboxError as error:
            log.error("%s", error)


def _body(entity: str, presence: Presence | None) -> bytes:
    return build_publication(entity, presence.state, presence.subtype, presence.message) if presence else b""


def _seconds(text: str | None) -> float | None:
    return float(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 11 else None
