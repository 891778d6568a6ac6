# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The dialplan's extensions: hints made, changed, read again, and kept up with devices and people (pbx.c)."""

from collections.abc import Callable, Iterable, Iterator

from board.presence.devices import DeviceStates
from board.presence.devstate import EXTENSION_STATES, ExtensionState, aggregate
from board.presence.events import (
    DeviceStateChange,
    Event,
    ExtensionStatus,
    HintKey,
    HintNotice,
    PresenceStateChange,
    PresenceStatus,
)
from board.presence.hints import Hint, HintLine, HintTable, HintText, told_by_change
from board.presence.pattern import closest, is_pattern
from board.presence.registry import PresenceStates
from board.presence.value import NOT_SET, Presence


class Extensions:
    """The hints of all contexts. A line with a pattern makes a hint when somebody asks for an extension of it."""

    def __init__(
        self,
        presence: PresenceStates,
        devices: DeviceStates,
        tell: Callable[[Event], None],
        lines: Iterable[HintLine],
    ) -> None:
        self._presence = presence
        self._devices = devices
        self._tell = tell
        self._lines = {line.key: line for line in lines}
        self._hints = HintTable()
        for line in self._lines.values():
            self._hints.add(self._made(line))

    def __len__(self) -> int:
        """Count all hints, patterns too."""
        return len(self._hints)

    def __iter__(self) -> Iterator[Hint]:
        """Go through all hints, patterns too, in the order they were made."""
        return iter(self._hints)

    def get(self, key: HintKey) -> Hint | None:
        """Return the hint of an extension; a pattern that stands for it makes it, which is told."""
        if (hint := self._hints.get(key)) is not None:
            return hint
        pattern = _pattern_for(key, self._lines.values())
        return self._add(pattern.made_for(key)) if pattern else None

    def add(self, line: HintLine, *, replace: bool = False) -> None:
        """Make a hint, or give one another text; raise ValueError if it is there and `replace` is not set.

        One that gets another text keeps its presence; it is told as when a device changes.
        """
        hint = self._hints.get(line.key)
        if hint is not None and not replace:
            raise ValueError("That extension and priority already exist at that context")
        self._lines[line.key] = line
        if hint is None:
            self._add(line)
            return
        self._hints.reword(hint, line)
        self._add_up(hint)

    def remove(self, key: HintKey) -> bool:
        """Remove a hint, telling its watchers the presence it last had; tell whether there was one."""
        self._lines.pop(key, None)
        return self._drop(key) is not None

    def reload(self, lines: Iterable[HintLine]) -> None:
        """Read the dialplan again: hints without a line go, the others keep what was last told of them.

        Nobody is sent a NOTIFY but the watchers of a hint that is gone; they hear not_set.
        """
        fresh = {line.key: line for line in lines}
        for hint in self._hints:
            if hint.key not in fresh and _pattern_for(hint.key, fresh.values()) is None:
                hint.presence = NOT_SET
                self._drop(hint.key)
        self._lines = fresh
        for hint in self._hints:
            if hint.key not in fresh and (pattern := _pattern_for(hint.key, fresh.values())):
                self._reread(pattern.made_for(hint.key))
        for line in fresh.values():
            self._reread(line)

    def device_state(self, hint: Hint) -> ExtensionState:
        """Return what a hint's devices come to now."""
        return EXTENSION_STATES[aggregate(self._devices.query(device) for device in hint.parts.devices)]

    def state(self, key: HintKey) -> ExtensionState:
        """Return what an extension's devices come to now, UNKNOWN without a hint."""
        hint = self.get(key)
        return ExtensionState.UNKNOWN if hint is None else self.device_state(hint)

    def current(self, key: HintKey) -> HintNotice | None:
        """Return what a new watcher is told: everything asked anew; None without a hint.

        A group's presence is its winner's here, while its events carry the member that was written.
        """
        hint = self.get(key)
        return HintNotice(key, self.device_state(hint), self._asked(hint.parts)) if hint else None

    def presence_changed(self, event: PresenceStateChange) -> None:
        """Take in a presentity's change: its hints take it over and are told where it differs."""
        told = told_by_change(event.presence)
        for hint in self._hints.of_presentity(event.presentity):
            if hint.told != told:
                hint.told, hint.presence = told, event.presence
                self._tell(PresenceStatus(hint.key, hint.parts.text, event.presence))
                self._notice(hint)

    def device_changed(self, event: DeviceStateChange) -> None:
        """Take in a device's change: its hints are added up anew. One that rings is noticed at every change."""
        for hint in self._hints.of_device(event.device):
            self._add_up(hint)

    def _add_up(self, hint: Hint) -> None:
        before, hint.state = hint.state, self.device_state(hint)
        if hint.state is not before:
            self._tell(ExtensionStatus(hint.key, hint.parts.text, hint.state))
        if hint.state is not before or hint.state.rings:
            self._notice(hint)

    def _notice(self, hint: Hint, *, removed: bool = False) -> None:
        self._tell(HintNotice(hint.key, hint.state, hint.presence, removed))

    def _asked(self, parts: HintText) -> Presence | None:
        return self._presence.query(parts.provider) if parts.provider else NOT_SET

    def _made(self, line: HintLine) -> Hint:
        parts = HintText.read(line.text)
        if line.is_open:
            return Hint(line.key, parts, ExtensionState.UNAVAILABLE, None, line.name)
        hint = Hint(line.key, parts, ExtensionState.UNAVAILABLE, self._asked(parts), line.name)
        hint.state = self.device_state(hint)
        return hint

    def _add(self, line: HintLine) -> Hint:
        hint = self._made(line)
        self._hints.add(hint)
        if not line.is_open:
            self._tell(ExtensionStatus(hint.key, hint.parts.text, hint.state))
        return hint

    def _drop(self, key: HintKey) -> Hint | None:
        hint = self._hints.remove(key)
        if hint is not None:
            hint.state = ExtensionState.UNKNOWN
            self._notice(hint, removed=True)
        return hint

    def _reread(self, line: HintLine) -> None:
        hint = self._hints.get(line.key)
        text_before = hint.parts.text if hint else ""
        if hint is None:
            hint = self._made(line)
            self._hints.add(hint)
        else:
            self._hints.reword(hint, line)
        if not line.is_open:
            self._tell(ExtensionStatus(line.key, text_before, self.device_state(hint)))


def _pattern_for(key: HintKey, lines: Iterable[HintLine]) -> HintLine | None:
    if is_pattern(key.exten):
        return None
    patterns = {
        line.key.exten: line for line in lines if line.key.context == key.context and is_pattern(line.key.exten)
    }
    pattern = closest(patterns, key.exten)
    return patterns[pattern] if pattern else None
