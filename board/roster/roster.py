# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The join of contacts, device, person and freshness into tiles.

Pure: events and the moment come in, changes go out. It keeps one frozen tile a contact and what it must
remember beside it; it knows no views, no Qt and no clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from board.events import Address, StateNotified, SubscriptionChanged
from board.roster.contact import Contact
from board.roster.tile import Asked, Since, Tile, TileChanged
from board.states import DeviceState, PresenceState, Subscription

_ECHO = 2.0  # seconds after a failure in which a change of the person is what it failed for, and not yet the next one


@dataclass(slots=True)
class _Entry:
    """One contact's tile; `gap` while a change may have gone unseen; `announced` once a change was given out.

    `asked_at` is when what is asked last changed.
    """

    tile: Tile
    gap: bool = True
    announced: bool = False
    asked_at: float = 0.0


class Roster:
    """The tiles of a board, in the order of its contacts.

    A contact listed twice counts once, the first time. A tile is stale until its first document.
    """

    def __init__(self, contacts: Iterable[Contact]) -> None:
        self._entries: dict[Address, _Entry] = {}
        for contact in contacts:
            self._entries.setdefault(contact.address, _Entry(Tile(contact)))

    @property
    def tiles(self) -> tuple[Tile, ...]:
        """All tiles, in the order of the contacts."""
        return tuple(entry.tile for entry in self._entries.values())

    def tile(self, address: Address) -> Tile | None:
        """Return the tile of `address`, None where no contact has it."""
        entry = self._entries.get(address)
        return entry.tile if entry else None

    def apply(self, event: StateNotified | SubscriptionChanged, now: float) -> tuple[TileChanged, ...]:
        """Take in one event at `now` (seconds since the epoch); return the changes it makes visible, oldest first.

        Nothing comes back for an address without a contact, nor when all that is shown stays as it was
        (a refresh, a repeated NOTIFY), nor before there is a first state or a first reason to show.
        """
        entry = self._entries.get(event.address)
        if entry is None:
            return ()
        before = entry.tile
        if isinstance(event, StateNotified):
            entry.tile = _notified(entry, event)
            entry.gap = entry.gap and entry.tile.stale
        else:
            entry.tile = _subscribed(before, event)
            entry.gap = entry.gap or entry.tile.stale
        return _changes(entry, before, now)

    def ask(self, address: Address, asked: Asked, now: float) -> tuple[TileChanged, ...]:
        """Take in what was asked to be shown for `address`, or what came of it; return what changed.

        A wish older than the one that is known does not count any more.
        """
        entry = self._entries.get(address)
        if entry is None:
            return ()
        known = entry.tile.asked
        if known is not None and known.number > asked.number:
            return ()
        return _asked(entry, asked, now)

    def seen(self, address: Address, now: float) -> tuple[TileChanged, ...]:
        """Take note that the user has seen why the last wish failed; return what changed."""
        entry = self._entries.get(address)
        return _asked(entry, None, now) if entry is not None and entry.tile.failed else ()


def _asked(entry: _Entry, asked: Asked | None, now: float) -> tuple[TileChanged, ...]:
    before, entry.tile = entry.tile, replace(entry.tile, asked=asked)
    if before == entry.tile:
        return ()
    entry.asked_at = now
    return (TileChanged(before, entry.tile, now),)


def _changes(entry: _Entry, before: Tile, now: float) -> tuple[TileChanged, ...]:
    tile = entry.tile
    if not entry.announced:
        if tile.device_since is None and not tile.reason:
            return ()
        entry.announced = True
        return (TileChanged(None, tile, now),)
    return (TileChanged(before, tile, now),) if tile != before else ()


def _notified(entry: _Entry, event: StateNotified) -> Tile:
    """Return the tile after a document.

    The document is current, unless the subscription already ended: then it is the last word of an old one.
    """
    tile, document = entry.tile, event.document
    ended = tile.subscription is Subscription.TERMINATED
    subtype = (document.subtype or "") if document.presence is not None else ""
    message = (document.message or "") if document.presence is not None else ""
    return replace(
        tile,
        device=document.device,
        device_since=_device_since(entry, document.device, event.at),
        presence=document.presence,
        presence_since=_presence_since(entry, document.presence, subtype, event.at),
        subtype=subtype,
        message=message,
        subscription=tile.subscription if ended else Subscription.ACTIVE,
        stale=ended,
        reason=tile.reason if ended else "",
        asked=_still_asked(entry, (document.presence, subtype, message), event.at),
    )


def _still_asked(entry: _Entry, person: tuple[PresenceState | None, str, str], at: float) -> Asked | None:
    """Return what is asked, after a document that shows `person`: a failure is over when the person changes."""
    tile = entry.tile
    if not tile.failed or at < entry.asked_at + _ECHO:
        return tile.asked
    return tile.asked if person == (tile.presence, tile.subtype, tile.message) else None


def _device_since(entry: _Entry, device: DeviceState, at: float) -> Since:
    tile = entry.tile
    if tile.device_since is not None and tile.device is device:
        return tile.device_since
    return Since(at, at_least=entry.gap or tile.device is DeviceState.UNKNOWN)


def _presence_since(entry: _Entry, presence: PresenceState | None, subtype: str, at: float) -> Since | None:
    """Return since when the person is so; a new subtype is a new state, a new message is not."""
    tile = entry.tile
    if presence is None:
        return None
    if tile.presence_since is not None and (tile.presence, tile.subtype) == (presence, subtype):
        return tile.presence_since
    return Since(at, at_least=entry.gap or tile.presence is None)


def _subscribed(tile: Tile, event: SubscriptionChanged) -> Tile:
    """Return the tile after a change of its subscription: values stay; without a document, or ended, it is stale."""
    ended = event.subscription is Subscription.TERMINATED
    stale = event.stale or ended or tile.device_since is None
    return replace(tile, subscription=event.subscription, stale=stale, reason=event.reason)
