# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A made-up office: any number of contacts in varied states, the same ones every time. No Qt, no network."""

from collections.abc import Iterator
from itertools import count

from board.events import Address, StateNotified, SubscriptionChanged
from board.pidf.document import Document
from board.roster.contact import Contact
from board.roster.roster import Roster
from board.roster.tile import TileChanged
from board.states import DeviceState, PresenceState, Subscription

NAMES = (
    *("Amelia Novak", "Bob Brown", "Chiara Rossi", "David Okafor", "Elena Petrova", "Farid Haddad"),
    *("Grace Kim", "Hugo Lindqvist", "Ines Moreau", "Jonas Weber", "Keiko Tanaka", "Liam O'Connor"),
    *("Maya Singh", "Nils Andersen", "Olga Ivanova", "Pedro Álvarez", "Quentin Dubois", "Rosa Jiménez"),
    *("Samuel Adeyemi", "Tereza Dvořák", "Uwe Schmidt", "Vera Kovács", "Wei Zhang", "Xenia Pappas"),
    *("Yusuf Demir", "Zoë van Dijk", "Ana Silva", "Ben Carter", "Clara Hoffmann", "Dmitri Orlov"),
)
AWKWARD_NAMES = (
    "Maximiliane Freifrau von Hohenstein-Rosenberg",
    "محمد عبد الرحمن الهاشمي",
    "יעל כהן־לוי",
    "山田 太郎",
    "👩🏽‍💻 Dev on duty",
    "<b>Bold & Sons</b>",
)
PERSONS: tuple[tuple[PresenceState | None, str, str], ...] = (
    (PresenceState.AVAILABLE, "home office", ""),
    (PresenceState.AWAY, "at home", "Sick with the flu. Out until the 18th"),
    (PresenceState.AVAILABLE, "", ""),
    (None, "", ""),
    (PresenceState.CHAT, "", "On a train, chat works"),
    (PresenceState.AVAILABLE, "", "Direct line 8–16"),
    (PresenceState.DND, "", "Quarter close, please e-mail"),
    (PresenceState.AWAY, "meeting", "Board room until 15:00"),
    (PresenceState.NOT_SET, "", ""),
    (PresenceState.XA, "vacation", "Back on 7 December, ask Grace for anything urgent before then, thank you"),
    (PresenceState.AVAILABLE, "", ""),
    (PresenceState.UNAVAILABLE, "", ""),
    (PresenceState.AWAY, "lunch", "Back 14:30 🍜"),
    (PresenceState.AWAY, "פגישה", "אני בפגישה עד 15:00"),
)
DEVICES = (
    *(DeviceState.IDLE, DeviceState.IN_USE, DeviceState.RINGING, DeviceState.IDLE, DeviceState.UNAVAILABLE),
    *(DeviceState.IDLE, DeviceState.IDLE, DeviceState.ON_HOLD, DeviceState.IDLE, DeviceState.IN_USE_RINGING),
    *(DeviceState.IDLE, DeviceState.BUSY, DeviceState.IDLE),
)
GROUPS = ("Support", "Sales", "Floor 2", "Warehouse")


def contacts(number: int, *, awkward: bool = False) -> list[Contact]:
    """Return `number` contacts from extension 2000 on, in four groups, a few without one, five favourites."""
    names = AWKWARD_NAMES + NAMES if awkward else NAMES
    made = []
    for index in range(number):
        turn, at = divmod(index, len(names))
        name = names[at] if turn == 0 else f"{names[at]} {turn + 1}"
        group = "" if index % 19 == 18 else GROUPS[index * len(GROUPS) // number]
        made.append(Contact(Address("office", str(2000 + index)), name, group, favourite=index < 5))
    return made


def document(index: int) -> Document:
    """Return what the extension at `index` is doing."""
    presence, subtype, message = PERSONS[index % len(PERSONS)]
    device = DEVICES[index % len(DEVICES)]
    if presence is None:
        return Document("application/pidf+xml", device=device)
    return Document("application/pidf+xml", device=device, presence=presence, subtype=subtype, message=message)


def settled(board: Roster, now: float) -> list[TileChanged]:
    """Bring `board` to a lived-in state at `now`: all known, some for days, some old, one without a hint."""
    changes: list[TileChanged] = []
    for index, tile in enumerate(board.tiles):
        for event in _past(index, tile.contact.address, now):
            changes += board.apply(event, event.at)
    return sorted(changes, key=lambda change: change.at)


def _past(index: int, address: Address, now: float) -> Iterator[StateNotified | SubscriptionChanged]:
    ago = 37.0 * (index * index % 97) + 7
    start = now - (3 * 86400 if index % 11 == 9 else 4 * 3600)
    if index % 41 == 17:
        reason = f"no hint for {address.extension}: add exten => {address.extension},hint,... to extensions.conf"
        yield SubscriptionChanged(address, Subscription.TERMINATED, True, reason, start)
        return
    changed = index % 5 != 3
    if changed:
        first = Document("application/pidf+xml", device=DeviceState.UNAVAILABLE, presence=PresenceState.NOT_SET)
        yield StateNotified(address, first, start - 60)
    yield StateNotified(address, document(index), now - ago if changed and index % 11 != 9 else start)
    if index % 23 == 7:
        yield SubscriptionChanged(address, Subscription.ACTIVE, True, "PBX silent for 14 s", now - 14)


def moves(board: Roster, now: float) -> Iterator[StateNotified]:
    """Give an endless row of events, each of which changes the next tile of `board`."""
    tiles = board.tiles
    for turn in count(1):
        for index, tile in enumerate(tiles):
            yield StateNotified(tile.contact.address, document(index + turn), now + turn)
