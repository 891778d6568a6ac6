# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""`presence-board watch`: the board without a window, one line a change. No Qt."""

import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, TextIO
from unicodedata import category

from board.carrying import carry_on
from board.events import PbxChanged
from board.lines import Lines
from board.opening import Source
from board.places import data_folder
from board.roster.roster import Roster
from board.roster.tile import Tile, TileChanged
from board.roster.words import PBX_WORDS, device_text, person_text, stale_text
from board.session import Session
from board.states import PbxState

DONE, BAD_NEWS = 0, 1
READING_SECONDS = 2.0
"""How long the end waits for a reader to take what was printed."""
_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})  # Unicode's controls, surrogates, line and paragraph separators


@dataclass(frozen=True, slots=True)
class WatchOptions:
    """What the command line asks of `watch`: JSON lines, an end after seconds or after a number of lines."""

    as_json: bool = False
    seconds: float | None = None
    count: int | None = None


def change_as_json(change: TileChanged) -> dict[str, Any]:
    """Return a change as `watch --json` prints it (the keys of the command-line contract)."""
    tile = change.tile
    person = tile.presence is not None
    return {
        "time": _rfc3339(change.at),
        "extension": tile.contact.address.extension,
        "name": tile.contact.name,
        "device": tile.device.value,
        "presence": tile.presence.value if tile.presence is not None else None,
        "subtype": tile.subtype if person else None,
        "message": tile.message if person else None,
        "subscription": tile.subscription.value,
        "stale": tile.stale,
        "reason": tile.reason,
    }


def change_as_text(change: TileChanged) -> str:
    """Return a change as one line for people; what came over the network cannot break out of its line."""
    tile = change.tile
    known = tile.device_since is not None
    says = (device_text(tile) if known else "", person_text(tile), tile.message, stale_text(tile) or tile.reason)
    when = datetime.fromtimestamp(change.at).strftime("%H:%M:%S")
    line = f"{when}  {tile.contact.address.extension:<8} {tile.contact.name:<22} {' | '.join(filter(None, says))}"
    return "".join("\N{REPLACEMENT CHARACTER}" if category(sign) in _UNPRINTABLE else sign for sign in line)


def _rfc3339(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _comparable(tile: Tile) -> tuple[object, ...]:
    """Return what a line shows: the values whose change makes a new one."""
    return (
        tile.device,
        tile.presence,
        tile.subtype,
        tile.message,
        tile.subscription,
        tile.stale,
        tile.reason,
    )


@dataclass
class Printer:
    """Prints changes until enough were printed; remembers whether any extension was ever seen live.

    With `several` PBXs an extension alone says too little, so each JSON line then names its PBX too.
    """

    options: WatchOptions
    several: bool
    write: Callable[[str], None]
    enough: Callable[[], None]
    printed: int = field(default=0, init=False)
    live: bool = field(default=False, init=False)

    def tiles(self, changes: Sequence[TileChanged]) -> None:
        """Print the changes that show, each on a line of its own."""
        for change in changes:
            if self.options.count is not None and self.printed >= self.options.count:
                return
            if change.before is not None and _comparable(change.before) == _comparable(change.tile):
                continue
            self._print(change)

    def _print(self, change: TileChanged) -> None:
        self.live = self.live or not change.tile.stale
        self.write(self._line(change))
        self.printed += 1
        if self.printed == self.options.count:
            self.enough()

    def _line(self, change: TileChanged) -> str:
        if not self.options.as_json:
            return change_as_text(change)
        found = change_as_json(change)
        if self.several:
            found["pbx"] = change.tile.contact.address.pbx
        return json.dumps(found, ensure_ascii=False)


class PbxReporter:
    """Tells on stderr when a PBX's state changes, and each lasting warning once."""

    def __init__(self, err: TextIO) -> None:
        self._err = err
        self._told = dict[str, tuple[PbxState, str]]()
        self._warned = set[tuple[str, str]]()

    def pbx(self, change: PbxChanged) -> None:
        """Take a change of a PBX's health."""
        if change.warning and (change.pbx, change.warning) not in self._warned:
            self._warned.add((change.pbx, change.warning))
            print(f"{change.pbx}: warning: {change.warning}", file=self._err, flush=True)
        told = (change.state, change.reason)
        if self._told.get(change.pbx) != told and (change.reason or change.state is not PbxState.CONNECTING):
            self._told[change.pbx] = told
            print(f"{change.pbx}: {change.reason or PBX_WORDS[change.state]}", file=self._err, flush=True)


async def watch(source: Source, extensions: Sequence[str], options: WatchOptions, stop: asyncio.Event) -> int:
    """Watch a source's office, or only some extensions of it, until `stop`, the time or the count ends it.

    Return 0, or 1 if no extension was ever live. Raises CallError for a PBX that the office does not have, and, once
    all has ended in order, BrokenPipeError if nobody reads what it prints.
    """
    loop, unread = asyncio.get_running_loop(), asyncio.Event()

    def nobody_reads() -> None:
        unread.set()
        stop.set()

    def on_gone() -> None:
        with suppress(RuntimeError):  # the loop is closed, all is over
            loop.call_soon_threadsafe(nobody_reads)

    async with source.open() as opened:
        office = opened.only(extensions) if extensions else opened
        lines = Lines(sys.stdout.fileno(), on_gone)
        printer = Printer(options, len(office.pbxs) > 1, lines.write, stop.set)
        make = partial(Session, office, Roster(office.contacts), printer.tiles, PbxReporter(sys.stderr).pbx)
        session = await carry_on(office, data_folder(), make)
        session.start()
        try:
            async with asyncio.timeout(options.seconds):
                await stop.wait()
        except TimeoutError:
            pass
        finally:
            await session.stop()
            await asyncio.to_thread(lines.close, READING_SECONDS)
    if unread.is_set():
        raise BrokenPipeError
    return DONE if printer.live else BAD_NEWS
