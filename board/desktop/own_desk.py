# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Between the status setters of all windows and the session that carries a status: what is chosen goes one way, how
it stands the other. It decides nothing and paints nothing.
"""

from PySide6.QtCore import QObject, Signal

from board.carrying import CarryingSession
from board.links.own import OwnStatus
from board.links.store import OutboxError
from board.loop import Tasks
from board.preset_file import PresetError, PresetKeeper
from board.status.choice import Choice
from board.status.preset import OFFICE, Presets
from board.ui.setter import StatusSetter

RECENTS = 12
NOT_YET = "The PBX is still being connected"


class OwnDesk(QObject):
    """Serves every setter alike, before and after there is a session. `recents_changed`, `presets_changed` tell what
    there is to choose from, `session_changed` that `session` is another one, or none.
    """

    recents_changed = Signal(object)
    presets_changed = Signal(object)
    session_changed = Signal()
    _own_changed = Signal(object)
    _barred_by = Signal(str)
    _failed = Signal(str)

    def __init__(self, tasks: Tasks, keeper: PresetKeeper) -> None:
        super().__init__()
        self._tasks = tasks
        self._keeper = keeper
        self.session: CarryingSession | None = None
        self._barred = NOT_YET
        self._own: tuple[OwnStatus, ...] = ()
        self._newest = -1
        self.recents: tuple[Choice, ...] = ()
        self.presets: Presets = OFFICE

    def serve(self, setter: StatusSetter) -> None:
        """Keep a setter up to date, and set what is chosen there."""
        setter.show_presets(self.presets)
        setter.show_recents(self.recents)
        setter.show_own(self._own)
        setter.cannot_set(self._barred)
        self._own_changed.connect(setter.show_own)
        self._barred_by.connect(setter.cannot_set)
        self._failed.connect(setter.choice_failed)
        self.recents_changed.connect(setter.show_recents)
        self.presets_changed.connect(setter.show_presets)
        setter.chosen.connect(self.choose)
        setter.presets_edited.connect(self.keep_presets)

    def open(self, session: CarryingSession) -> None:
        """Carry what is chosen to `session` from now on."""
        self.session = session
        self._bar("" if session.own else self._barred)
        self._show_own()
        self.session_changed.emit()

    def bar(self, reason: str) -> None:
        """Let nothing be chosen, and say why."""
        self.session = None
        self._bar(reason)
        self.session_changed.emit()

    def changed(self, _status: OwnStatus) -> None:
        """Take note that the own status stands otherwise at a PBX."""
        self._show_own()

    def choose(self, choice: Choice) -> None:
        """Have a choice set; each setter shows how it goes on."""
        if self.session is not None:
            self._tasks.start(self._choose(self.session, choice), "setting the own status")

    async def load_presets(self) -> None:
        """Offer the presets that are kept."""
        try:
            presets = await self._keeper.load()
        except PresetError as error:
            self._failed.emit(str(error))
        else:
            if presets is not None:
                self._offer(presets)

    def keep_presets(self, presets: Presets) -> None:
        """Offer other presets from now on, and keep them."""
        self._offer(presets)
        self._tasks.start(self._save(presets), "keeping the presets")

    def _offer(self, presets: Presets) -> None:
        self.presets = presets
        self.presets_changed.emit(presets)

    async def _save(self, presets: Presets) -> None:
        try:
            await self._keeper.save(presets)
        except PresetError as error:
            self._failed.emit(str(error))

    async def _choose(self, session: CarryingSession, choice: Choice) -> None:
        try:
            await session.choose(choice)
        except OutboxError as error:
            self._failed.emit(str(error))

    async def _look_up(self, session: CarryingSession) -> None:
        try:
            self.recents = await session.recents(RECENTS)
        except OutboxError:
            return  # whoever sets something is told
        self.recents_changed.emit(self.recents)

    def _bar(self, reason: str) -> None:
        self._barred = reason
        self._barred_by.emit(reason)

    def _show_own(self) -> None:
        if self.session is None:
            return
        self._own = self.session.own
        self._own_changed.emit(self._own)
        newest = max((own.wish.number for own in self._own if own.wish is not None), default=0)
        if newest > self._newest:
            self._newest = newest
            self._tasks.start(self._look_up(self.session), "looking up what was chosen lately")
