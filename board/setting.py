# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""`presence-board set`: a status into the outbox, carried to the PBX, and what came of it. No Qt.

Where another process of this user is the sender already, it carries the wish; this one then only waits.
"""

import asyncio
import re
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TextIO

from board.carrying import CarryingSession, read_back
from board.config import BoardConfig
from board.config.offices import core_setters, open_office, stored_core
from board.errors import CallError
from board.links.setter import LinkKind, Setter
from board.links.store import OutboxError
from board.links.wish import PREFIX, Standing, Target, Wish, complaint
from board.office import Office
from board.presence.value import STATE_WORDS, Presence
from board.roster.roster import Roster
from board.session import Session
from board.status.choice import Choice
from board.status.until import UntilError, read_until, shown

DONE, BAD_NEWS = 0, 1
PATIENCE = 12.0
"""Seconds after which a wish that nothing was heard of counts as queued: longer than any deadline of a delivery that
the PBX answers."""
LOOK_SECONDS = 0.02
_ENTITY = re.compile(r"[^\s,()/&\x00-\x1f\x7f]{1,80}")


@dataclass(frozen=True, slots=True)
class SetOptions:
    """What the command line asks of `set`: `entity` "" is the user's own, `until` in seconds since the epoch."""

    presence: Presence
    entity: str = ""
    until: float | None = None


def read_options(state: str, subtype: str, message: str, entity: str, until: str, now: float) -> SetOptions:
    """Check the words of the command line; raise CallError with one line for a wrong one."""
    known = STATE_WORDS.get(state.lower())
    if known is None:
        raise CallError(f"{state!r} is no state; write one of {', '.join(STATE_WORDS)}")
    try:
        end = read_until(until, now)
    except UntilError as error:
        raise CallError(f"--until: {error}") from None
    if not entity:
        return SetOptions(Presence(known, subtype, message), until=end)
    prefix, name = entity[: len(PREFIX)], entity[len(PREFIX) :]
    if prefix.lower() != PREFIX.lower() or not _ENTITY.fullmatch(name):
        raise CallError(f"{entity!r} is no entity that can be set; write it such as {PREFIX}2000")
    return SetOptions(Presence(known, subtype, message), PREFIX + name, end)


def refusal(options: SetOptions, now: float, out: TextIO) -> int | None:
    """Tell why no PBX could carry a status and return 1, None where it can."""
    reason = complaint(shown(Choice(options.presence, options.until), now))
    return _tell(out, f"refused: {reason}", BAD_NEWS) if reason else None


async def set_status(office: Office, options: SetOptions, folder: Path, stop: asyncio.Event, out: TextIO) -> int:
    """Set a status at every PBX that lets us; print what came of it; return 0, or 1 where it was refused."""
    chosen = _choose(office, options.entity)
    if not chosen:
        return _tell(out, f"refused: {_why_not(office, options.entity)}", BAD_NEWS)
    try:
        session = await _session(office, chosen, folder)
        try:
            targets = [Target(setter.pbx, options.entity or setter.own) for setter in chosen]
            choice = Choice(options.presence, options.until)
            wishes = [wish for target in targets for wish in await session.choose(choice, target)]
            ends = await _outcomes(session, wishes, stop)
        finally:
            await session.stop()
    except OutboxError as error:
        return _tell(out, f"refused: {error}", BAD_NEWS)
    return _report(ends, out)


async def _session(office: Office, setters: tuple[Setter, ...], folder: Path) -> CarryingSession:
    """Return a session that watches nothing but what reads the statuses back."""
    needed = {address.pbx for address in read_back(setters)}
    accounts = tuple(account for account in office.accounts if account.pbx in needed)
    only = replace(office, contacts=(), accounts=accounts, unusable={}, setters=setters)
    return await CarryingSession.open(only, folder, partial(Session, only, Roster(()), _ignore, _ignore))


async def _outcomes(session: CarryingSession, wishes: list[Wish], stop: asyncio.Event) -> list[Wish | None]:
    """Wait until every wish has ended, or its PBX is known to be away, or patience is at its end.

    The session starts as soon as no other process is the sender.
    """
    loop = asyncio.get_running_loop()
    until, started = loop.time() + PATIENCE, False
    while True:
        if not started and await session.may_send():
            started = True
            session.start()
        found = [await session.find(wish.number) for wish in wishes]
        if all(wish is None or wish.waited or not wish.is_open for wish in found):
            return found
        if stop.is_set() or loop.time() >= until:
            return found
        await asyncio.sleep(LOOK_SECONDS)


def _report(ends: list[Wish | None], out: TextIO) -> int:
    for wish in ends:
        if wish is None:
            return _tell(out, "refused: a newer status was set meanwhile", BAD_NEWS)
        if wish.standing is Standing.REFUSED:
            return _tell(out, f"refused: {wish.reason}", BAD_NEWS)
    confirmed = all(wish is not None and wish.standing is Standing.CONFIRMED for wish in ends)
    return _tell(out, "confirmed" if confirmed else "queued", DONE)


def _choose(office: Office, entity: str) -> tuple[Setter, ...]:
    """Return the ways that set an entity, or "" for the user's own; a person with phones at two PBXs has two."""
    return tuple(
        setter
        for setter in office.setters
        if (setter.own if not entity else setter.sets_others or setter.own == entity)
    )


def _why_not(office: Office, entity: str) -> str:
    if office.unsettable:
        return next(iter(office.unsettable.values()))
    if not entity:
        return "nobody says whose status it is: name own_extension in the configuration, or --entity"
    own = ", ".join(setter.own for setter in office.setters)
    return f'the status of {entity} is not yours ({own}) to set this way: only presence_link = "ami" sets others'


async def office_of(config: BoardConfig | None, options: SetOptions) -> Office:
    """Return the office at which a status is set: the embedded core's alone where no PBX has a link.

    Raises CallError where nobody says whose status it is.
    """
    if config is not None and any(pbx.presence_link != "none" for pbx in config.pbx):
        return await open_office(config)
    setters = core_setters(config) if config is not None else ()
    if options.entity:
        setters = setters[:1] or (Setter("", LinkKind.CORE, "", core=stored_core(config)),)
    if not setters:
        raise CallError("nobody says whose status it is: name own_extension in the configuration, or --entity")
    return Office((), (), {}, setters)


def _ignore(_: object) -> None:
    pass


def _tell(out: TextIO, text: str, status: int) -> int:
    print(text.encode("utf-8", "replace").decode(), file=out, flush=True)
    return status
