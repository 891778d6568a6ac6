# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tries the way by which a status is set: a scratch value out, its read-back, the former value again."""

import asyncio
import secrets
from functools import partial

from board.doctor.facts import Trial
from board.doctor.patient import Patient
from board.links.delivery import Fate
from board.links.link import AwayError, BarredError, Sending
from board.links.manager import ManagerLink
from board.links.message import BODY_LIMIT, MessageLink, body_of
from board.links.publication import Publication
from board.links.publish import carry_out, entity_of
from board.links.setter import LinkKind, Setter
from board.pidf.document import Document
from board.presence.value import Presence
from board.states import PresenceState

READ_BACK_SECONDS = 5.0
STATE_SECONDS = 2.0
LOGIN_SECONDS = 5.0


async def try_setting(patient: Patient, setter: Setter) -> Trial | None:
    """Set the own status to one that nobody else writes, and back; the own extension must be subscribed.

    None where the status of now is too long to be restored: then nothing is tried.
    """
    former = _presence(patient.latest[setter.extension])
    if setter.kind is LinkKind.PUBLISH:
        return await _try_publishing(patient, setter)
    if len(body_of(former)) > BODY_LIMIT:
        return None
    if setter.kind is LinkKind.MESSAGE:
        if patient.user != setter.extension:  # the PBX may take that to be ours
            await patient.subscribe((patient.user,), READ_BACK_SECONDS, STATE_SECONDS)
        return await _try(patient, setter, former, MessageLink(patient.message).send)
    if setter.credentials is None:
        return Trial("there is no manager user")
    changed = asyncio.Event()
    link = ManagerLink(setter.host, setter.port, setter.credentials, changed.set)
    link.start()
    try:
        async with asyncio.timeout(LOGIN_SECONDS):
            while (stored := await link.read(setter.own)) is None:
                changed.clear()
                await changed.wait()
        return await _try(patient, setter, stored, link.send)
    except (AwayError, BarredError, TimeoutError) as error:
        return Trial(str(error) or f"no answer within {LOGIN_SECONDS:g} s")
    finally:
        await link.stop()


async def _try_publishing(patient: Patient, setter: Setter) -> Trial:
    """Publish a scratch value, then what was there before, or remove it where nothing was.

    A value that is put back is left to run out: Kamailio tells watchers of a removal what was removed, not what lies
    beneath. A program that runs steps back before the scratch value, and takes up its own again as it sees it.
    """
    own = setter.extension
    before = patient.latest[own]
    former, entity, publication = _presence(before), entity_of(own, setter.host), Publication()
    publish = partial(patient.publish, own)
    scratch = _scratch(former)
    try:
        publication.publish(scratch)
        outcome = await carry_out(publication, publish, entity)
        if outcome.fate is not Fate.ACCEPTED:
            return Trial(outcome.reason)
        found = await patient.first_to_show((own,), lambda seen: _presence(seen) == scratch, READ_BACK_SECONDS)
    finally:
        if before.presence is None:
            publication.withdraw()
        else:
            publication.publish(former)
        await carry_out(publication, publish, entity)
    restored = await patient.first_to_show((own,), lambda seen: _presence(seen) == former, READ_BACK_SECONDS)
    return Trial(shown_at=found, restored=bool(restored))


async def _try(patient: Patient, setter: Setter, former: Presence, send: Sending) -> Trial:
    own = setter.extension
    before = {each: _presence(patient.latest[each]) for each in (own, patient.user) if each in patient.latest}
    before[own] = former  # AMI knows it better: the hint may name another's
    scratch = _scratch(former)
    hit = own
    try:
        outcome = await send(setter.own, scratch)
        if outcome.fate is not Fate.ACCEPTED:
            return Trial(outcome.reason or "it was not sent")
        found = await patient.first_to_show(before, lambda seen: _presence(seen) == scratch, READ_BACK_SECONDS)
        hit = found or own
    finally:
        await send(setter.own, before[hit])  # what was refused may have arrived all the same
    restored = await patient.first_to_show((hit,), lambda seen: _presence(seen) == before[hit], READ_BACK_SECONDS)
    return Trial(shown_at=found, restored=bool(restored))


def _scratch(former: Presence) -> Presence:
    return Presence(former.state, former.subtype, f"presence-board doctor {secrets.token_hex(4)}")


def _presence(document: Document) -> Presence:
    state = document.presence or PresenceState.NOT_SET
    return Presence(state, document.subtype or "", document.message or "")
