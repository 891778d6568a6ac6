# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Device states: the providers, what they last said, and the `Custom` devices that are set by hand.

Follows devicestate.c and func_devstate.c. A device is `Label:address` or `Technology/resource`.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from board.presence.database import DEVSTATE_FAMILY, Database, Origin
from board.presence.devstate import Devstate, read_devstate
from board.presence.events import DeviceStateChange, Event
from board.presence.value import Refused

DeviceProvider = Callable[[str], Devstate]
"""Answers what the device at an address or resource does."""

LABEL = "Custom"
PREFIX = f"{LABEL}:"
_SEPARATOR = re.compile("[:/]")


class DeviceStates:
    """The devices. What is told of one is kept under its exact name, and asking looks there first."""

    def __init__(self, database: Database, publish: Callable[[Event], None]) -> None:
        self._database = database
        self._publish = publish
        self._providers = dict[str, DeviceProvider]()
        self._cache = {PREFIX + name: self._stored(name) for name in database.family(DEVSTATE_FAMILY)}
        self.register(LABEL, self._stored)

    @property
    def cached(self) -> Mapping[str, Devstate]:
        """What was told last, by the exact name."""
        return MappingProxyType(self._cache)

    def register(self, label: str, provider: DeviceProvider) -> None:
        """Take on the provider of a label or technology; raise ValueError if it is taken."""
        if label.lower() in self._providers:
            raise ValueError(f"the device state provider {label!r} is registered already")
        self._providers[label.lower()] = provider

    def query(self, device: str) -> Devstate:
        """Return a device's state; INVALID for one that nobody provides."""
        if (known := self._cache.get(device)) is not None:
            return known
        label, *address = _SEPARATOR.split(device, maxsplit=1)
        provider = self._providers.get(label.lower())
        return provider(address[0]) if provider and address else Devstate.INVALID

    def changed(self, device: str, state: Devstate) -> None:
        """Tell a device's state; nobody hears of one that is as it was."""
        if self._cache.get(device) is not state:
            self._cache[device] = state
            self._publish(DeviceStateChange(device, state))

    def write(self, device: str, word: str, origin: Origin) -> None:
        """Set `Custom:NAME` as DEVICE_STATE does: raise Refused for other devices, no name, no state, UNKNOWN."""
        if device[: len(PREFIX)].lower() != PREFIX.lower():
            raise Refused("The DEVICE_STATE function can only be used to set 'Custom:' device state!")
        name = device[len(PREFIX) :]
        if not name:
            raise Refused("DEVICE_STATE function called with no custom device name!")
        state = read_devstate(word)
        if state is None or state is Devstate.UNKNOWN:
            raise Refused(f"DEVICE_STATE function given invalid state value '{word}'")
        self._database.put(DEVSTATE_FAMILY, name, state.value, origin)
        self.changed(PREFIX + name, state)

    def rewritten(self, name: str) -> None:
        """Tell the state of a `Custom` device that another process wrote."""
        self.changed(PREFIX + name, self._stored(name))

    def _stored(self, name: str) -> Devstate:
        return read_devstate(self._database.get(DEVSTATE_FAMILY, name) or "") or Devstate.UNKNOWN
