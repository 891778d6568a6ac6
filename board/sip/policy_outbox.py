# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the policy wants to say: commands to workers, events to the roster, and the alarm clock behind both.

Nothing is decided here; batching and the rule "no deadline in the past" are all it adds.
"""

from collections.abc import Iterator
from enum import Enum, auto

from board.events import PbxChanged, SubscriptionChanged
from board.sip.messages import Command, Subscribe
from board.sip.policy_deadlines import Deadlines
from board.sip.timing import Moment

_SOON = 0.001


class Alarm(Enum):
    """What a deadline is for."""

    STEP = auto()  # an extension: its request was not answered, its rest is over, its lease ran out
    DOUBT = auto()  # an extension: a quiet repair takes too long
    PROBE = auto()  # a shard: send the next probe, or the one under way was missed
    REPAIR = auto()  # a shard: the next attempt at a broken path
    PUMP = auto()  # the PBX: the bucket has tokens again
    AUDIT = auto()  # the PBX: audit the next extension
    HOLD = auto()  # the PBX: the time it asked for is over
    RETRY = auto()  # the PBX: try refused credentials again
    ANNOUNCE = auto()  # the PBX: tell the counts


AlarmKey = tuple[Alarm, int, str]


class Outbox:
    """Commands and events in the order they were decided, and the deadlines of one PBX."""

    def __init__(self) -> None:
        self.deadlines: Deadlines[AlarmKey] = Deadlines()
        self._commands: list[tuple[int, Command | list[str]]] = []
        self._batches: dict[int, list[str]] = {}
        self._events: list[SubscriptionChanged | PbxChanged] = []

    def arm(self, alarm: Alarm, moment: Moment, delay: float, shard: int = -1, extension: str = "") -> None:
        """Set an alarm `delay` seconds from now, a millisecond at least: a deadline in the past would spin."""
        self.deadlines.set((alarm, shard, extension), moment.now + max(_SOON, delay))

    def disarm(self, alarm: Alarm, shard: int = -1, extension: str = "") -> None:
        """Clear an alarm, if it is set."""
        self.deadlines.clear((alarm, shard, extension))

    def subscribe(self, shard: int, extension: str) -> None:
        """Add one extension to the shard's Subscribe command."""
        batch = self._batches.get(shard)
        if batch is None:
            batch = self._batches[shard] = []
            self._commands.append((shard, batch))
        batch.append(extension)

    def command(self, shard: int, command: Command) -> None:
        """Add a command; what is subscribed after it goes into a new batch."""
        self._batches.pop(shard, None)
        self._commands.append((shard, command))

    def forget_commands(self, shard: int) -> None:
        """Drop what was meant for a worker that is gone."""
        self._batches.pop(shard, None)
        self._commands = [entry for entry in self._commands if entry[0] != shard]

    def event(self, event: SubscriptionChanged | PbxChanged) -> None:
        """Add an event."""
        self._events.append(event)

    def take_commands(self) -> list[tuple[int, Command]]:
        """Return and clear the commands, each with its shard's number."""
        taken = list(_commands(self._commands))
        self._commands.clear()
        self._batches.clear()
        return taken

    def take_events(self) -> list[SubscriptionChanged | PbxChanged]:
        """Return and clear the events."""
        events, self._events = self._events, []
        return events


def _commands(entries: list[tuple[int, Command | list[str]]]) -> Iterator[tuple[int, Command]]:
    for shard, entry in entries:
        yield shard, Subscribe(tuple(entry)) if isinstance(entry, list) else entry
