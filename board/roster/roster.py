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
from board.roster.tile import Since, Tile, TileChanged
from board.states import DeviceState, PresenceState, Subscription


@dataclass(slots=True)
class _Entry:
    """One contact's tile; `gap` while a change may have gone unseen; `announced` once a change was given out."""

    tile: Tile
    gap: bool = True
    announced: bool = False


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
    )


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
