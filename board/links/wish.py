# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a user asked a PBX to show, how far it has come, and what a PBX can carry at all. Frozen values; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from unicodedata import category
from xml.sax.saxutils import escape

from board.events import Address
from board.presence.value import EVENT_TEXT_LIMIT, Presence
from board.status.choice import Choice, Manner

NOTIFY_LIMIT = 1020
"""Bytes of a text in a NOTIFY of Asterisk 22, as XML writes it: what is longer is cut (measured)."""
_QUOTES: Mapping[str, str] = MappingProxyType({'"': "&quot;", "'": "&apos;"})
PREFIX = "CustomPresence:"


class Standing(StrEnum):
    """How far a wish has come."""

    QUEUED = "queued"  # on our disk
    SENT = "sent"  # on its way, or there; the PBX has not read it back
    CONFIRMED = "confirmed"  # the PBX itself says so
    REFUSED = "refused"  # it will not be tried again
    DROPPED = "dropped"  # it will not be tried either, and nobody need hear of it: something newer stands


OPEN = (Standing.QUEUED, Standing.SENT)


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """Whose status at which PBX; `entity` as Asterisk writes it, such as CustomPresence:2000."""

    pbx: str
    entity: str


def address_of(target: Target) -> Address:
    """Return the extension whose person a target is, by the name that its hint gives it."""
    return Address(target.pbx, target.entity.removeprefix(PREFIX))


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for. `number` grows with every wish; moments are in seconds since the epoch.

    `plain` is what its person chose where `presence` says more ("back 14:30"). `until`: then `back` returns, which is
    what was there before; it is known from the first send on, at the latest. `over_at`: since then it no longer
    stands, for its time ran out or somebody else set the entity.

    `waited`: the PBX was away. What it shows when it is back must then be one of `expected` (where that is not
    empty): anything else was set elsewhere meanwhile, and is newer. `reason` says why a wish was refused.
    """

    number: int
    target: Target
    presence: Presence
    asked_at: float
    standing: Standing = Standing.QUEUED
    reason: str = ""
    waited: bool = False
    expected: tuple[Presence, ...] = ()
    plain: Presence | None = None
    until: float | None = None
    back: Presence | None = None
    manner: Manner = Manner.MANUAL
    over_at: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether something is still to come of it."""
        return self.standing in OPEN

    @property
    def passes(self) -> bool:
        """Whether what was there before it returns in the end."""
        return self.until is not None or self.manner is Manner.AUTOMATIC

    @property
    def stands(self) -> bool:
        """Whether it is on its way or there, as far as we know."""
        return self.over_at is None and (self.is_open or self.standing is Standing.CONFIRMED)

    @property
    def choice(self) -> Choice:
        """What its person chose."""
        return Choice(self.plain or self.presence, self.until)


def returning(wish: Wish, at: float) -> Wish | None:
    """Return the wish, still without a number, that ends one: what was before returns, unless somebody else set the
    entity meanwhile. None where nothing is to return."""
    if wish.back is None:
        return None
    shown = tuple(dict.fromkeys((*wish.expected, wish.presence)))
    return Wish(0, wish.target, wish.back, at, waited=True, expected=shown, manner=Manner.RETURN)


def following(wish: Wish, old: Wish | None) -> Wish:
    """Return a new wish, told what the one that it replaces leaves: what the PBX may show, and what is to return."""
    if old is None:
        return wish
    expected = tuple(dict.fromkeys((*wish.expected, *_left_by(old))))
    return replace(wish, expected=expected, back=_inherited(old) if wish.passes else None)


def _left_by(old: Wish) -> tuple[Presence, ...]:
    """Return what the PBX may show through a wish that is replaced before anybody read it back."""
    sent = (old.presence,) if old.standing is Standing.SENT else ()
    return (*old.expected, *sent) if old.is_open else ()


def _inherited(old: Wish) -> Presence | None:
    """Return what is to return after a wish in place of another, None for what the PBX shows when it is sent."""
    if not old.stands:
        return None
    if old.passes:
        return old.back
    return old.presence if old.is_open else None


def complaint(presence: Presence) -> str:
    """Say in one line why a PBX could not carry a status as it is, "" where it can."""
    for name, text in (("subtype", presence.subtype), ("message", presence.message)):
        if found := _complaint(text):
            return f"the {name} {found}"
    return ""


def _complaint(text: str) -> str:
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        return "is not Unicode text; write it in UTF-8"
    if bad := next((sign for sign in text if category(sign) == "Cc" or sign in "\ufffe\uffff"), ""):
        kind = "a line break" if bad in "\r\n" else f"the control character U+{ord(bad):04X}"
        return f"holds {kind}, which a PBX cannot carry; take it out"
    if text.startswith(" "):
        return "begins with a blank, which AMI drops when it reads it back; take it out"
    if size > EVENT_TEXT_LIMIT:
        return f"is {size} bytes long, and a PBX carries {EVENT_TEXT_LIMIT}; shorten it"
    escaped = len(escape(text, dict(_QUOTES)).encode())
    if escaped > NOTIFY_LIMIT:
        return f"is {escaped} bytes long once XML has escaped its < > & and quotes, and a PBX carries {NOTIFY_LIMIT}"
    return ""
