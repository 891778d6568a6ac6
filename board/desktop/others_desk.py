# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Between the switchboards and the session that carries a status: what is chosen for somebody else goes one way, whose
may be set the other. It decides nothing and paints nothing.
"""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QObject, Signal

from board.carrying import CarryingSession
from board.desktop.own_desk import OwnDesk
from board.events import Address
from board.links.asked import asked_of
from board.links.store import OutboxError
from board.links.wish import address_of
from board.loop import Tasks
from board.roster.history import Past
from board.status.choice import Choice
from board.ui.window import MainWindow

_RECALLED = 200


class OthersDesk(QObject):
    """Serves every switchboard alike, before and after `own` has a session; `see` is told whose failure was seen."""

    _allowed = Signal(object)
    _recalled = Signal(object)
    _failed = Signal(object, str)

    def __init__(self, tasks: Tasks, own: OwnDesk, see: Callable[[Address], None]) -> None:
        super().__init__()
        self._tasks = tasks
        self._own = own
        self._see = see
        self._past: Mapping[Address, Sequence[Past]] = {}
        own.session_changed.connect(self._tell)

    def serve(self, window: MainWindow) -> None:
        """Keep a switchboard up to date, and set what is chosen there."""
        window.allow_setting(self.can_set)
        window.recall(self._past)
        self._allowed.connect(window.allow_setting)
        self._recalled.connect(window.recall)
        self._failed.connect(window.choice_failed_for)
        window.status_chosen_for.connect(self.choose)
        window.failure_seen.connect(self._see)
        window.others.show_presets(self._own.presets)
        window.others.presets_edited.connect(self._own.keep_presets)
        self._own.presets_changed.connect(window.others.show_presets)

    def can_set(self, address: Address) -> bool:
        """Tell whether the status of an extension may be set now."""
        return self._own.session is not None and self._own.session.can_set(address)

    def choose(self, address: Address, choice: Choice) -> None:
        """Have a choice set for somebody; the tile shows how it goes on."""
        session = self._own.session
        if session is not None:
            self._tasks.start(self._choose(session, address, choice), f"setting the status of {address}")

    async def _choose(self, session: CarryingSession, address: Address, choice: Choice) -> None:
        target = session.target_of(address)
        if target is None:
            self._failed.emit(address, f"the link to {address.pbx} does not let this board set the status of others")
            return
        try:
            await session.choose(choice, target)
        except OutboxError as error:
            self._failed.emit(address, str(error))

    async def _recall(self, session: CarryingSession) -> None:
        try:
            records = await session.history(_RECALLED)
        except OutboxError:
            return  # whoever sets something is told
        past: dict[Address, list[Past]] = {}
        for record in records:
            past.setdefault(address_of(record.wish.target), []).append(Past(asked_of(record.wish), record.who))
        self._past = past
        self._recalled.emit(past)

    def _tell(self) -> None:
        self._allowed.emit(self.can_set)
        if self._own.session is not None:
            self._tasks.start(self._recall(self._own.session), "looking up what was set before")
