# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The presence core: providers, devices and hints joined as Asterisk's pbx.c joins them.

Synchronous and pure: no I/O but the database's, no clock (an `Origin` carries the moment). Who wants to know of
changes listens; a listener is called within the write that it hears of, and must not write itself.
"""

from collections.abc import Callable, Iterable

from board.presence.custom import CustomPresence
from board.presence.database import DEVSTATE_FAMILY, PRESENCE_FAMILY, Database, MemoryDatabase, Origin
from board.presence.devices import DeviceStates
from board.presence.events import DeviceStateChange, Event, Listener, PresenceStateChange, Warn
from board.presence.extensions import Extensions
from board.presence.hints import HintLine
from board.presence.registry import PresenceStates


class PresenceCore:
    """Asterisk's presence-state API, over one database.

    Attributes: `presence` (the providers and their cache), `custom` (the CustomPresence provider), `devices`,
    `extensions` (the hints), `database`. `warn` gets the lines that Asterisk would log.
    """

    def __init__(
        self, database: Database | None = None, hints: Iterable[HintLine] = (), warn: Warn = lambda _: None
    ) -> None:
        self.database = MemoryDatabase() if database is None else database
        self._listeners = list[Listener]()
        self.presence = PresenceStates(self._published, warn)
        self.custom = CustomPresence(self.presence, self.database, warn)
        self.devices = DeviceStates(self.database, self._published)
        self.extensions = Extensions(self.presence, self.devices, self._tell, hints)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Have every event told to `listener`, in order, until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def set_presence(self, entity: str, value: str, origin: Origin) -> None:
        """PRESENCE_STATE(entity)=value; raise Refused where Asterisk refuses. Kept and told on return."""
        self.custom.write(entity, value, origin)

    def set_device(self, device: str, word: str, origin: Origin) -> None:
        """DEVICE_STATE(device)=word; raise Refused where Asterisk refuses. Kept and told on return."""
        self.devices.write(device, word, origin)

    def catch_up(self) -> None:
        """Tell what other processes wrote into the same database, as if it were written here now."""
        for entry in self.database.news():
            if entry.family == PRESENCE_FAMILY:
                self.custom.rewritten(entry.key)
            elif entry.family == DEVSTATE_FAMILY:
                self.devices.rewritten(entry.key)

    def _tell(self, event: Event) -> None:
        for listener in tuple(self._listeners):
            listener(event)

    def _published(self, event: Event) -> None:
        self._tell(event)
        if isinstance(event, PresenceStateChange):
            self.extensions.presence_changed(event)
        elif isinstance(event, DeviceStateChange):
            self.extensions.device_changed(event)
