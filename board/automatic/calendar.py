# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The source that knows the user's meetings: it reads a calendar when it has changed, and tells a meeting to the
second."""

import asyncio
import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass

from board.automatic.calendar_job import NOTHING_KNOWN, Answer, CalendarError, Place, Question
from board.automatic.calendar_reader import CalendarReader
from board.automatic.source import Tell
from board.status.causes import Cause
from board.status.meetings import Meeting, meeting_cause, next_change
from board.status.rules import MeetingRules
from board.threads import off_the_loop

log = logging.getLogger(__name__)

FILE_SECONDS = 15.0
"""How often a file is looked at, whether it has changed."""
DAY = 86_400.0
BEFORE, AHEAD = DAY, 8 * DAY
"""How far around now a calendar is read: with its server away, its meetings are known for a week."""
READ_AGAIN = DAY
FIRST_RETRY_SECONDS = 30.0
"""After this a web address is tried again, then after twice as long, up to its own pace."""
CLOCK_SECONDS = 30.0
"""No wait is longer: the clock on the wall may be set, and a laptop may have slept meanwhile."""
LEAST_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class CalendarSettings:
    """One calendar. `find` returns where it is, or raises CalendarError; it may block. `every`: seconds between looks
    at a web address."""

    find: Callable[[], Place]
    rules: MeetingRules
    every: float = 900.0


class CalendarSource:
    """Tells the meeting that goes on.

    What was read last stands while a calendar cannot be read; each reason for that is logged once, until it is read
    again.
    """

    def __init__(
        self,
        settings: CalendarSettings,
        reader: CalendarReader | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._reader = reader or CalendarReader()
        self._clock = clock
        self._place: Place | None = None
        self._known = NOTHING_KNOWN
        self._seen: tuple[int, ...] = ()
        self._tried_at: float | None = None
        self._read_at: float | None = None
        self._complaint = ""
        self._patience = FIRST_RETRY_SECONDS
        self._meetings: tuple[Meeting, ...] = ()
        self._changed = asyncio.Event()
        self._told = False
        self._cause: Cause | None = None
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, tell: Tell) -> None:
        """Begin to read and to tell."""
        self._tasks = [
            asyncio.create_task(self._keep_reading(), name="reading a calendar"),
            asyncio.create_task(self._keep_telling(tell), name="telling meetings"),
        ]

    async def stop(self) -> None:
        """Read and tell no more."""
        for task in self._tasks:
            task.cancel()
        self._reader.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -- telling ----------------------------------------------------------------------------------------------------

    async def _keep_telling(self, tell: Tell) -> None:
        await self._changed.wait()
        while True:
            self._changed.clear()
            now = self._clock()
            cause = meeting_cause(self._meetings, self._settings.rules, now)
            if not self._told or cause != self._cause:
                self._told, self._cause = True, cause
                tell(cause)
            change = next_change(self._meetings, now)
            pause = CLOCK_SECONDS if change is None else min(change - now, CLOCK_SECONDS)
            try:
                async with asyncio.timeout(max(pause, LEAST_SECONDS)):
                    await self._changed.wait()
            except TimeoutError:
                pass

    # -- reading ----------------------------------------------------------------------------------------------------

    async def _keep_reading(self) -> None:
        while True:
            pause = self._settings.every if self._place is None or self._place.is_web else FILE_SECONDS
            try:
                await self._look()
                self._patience = FIRST_RETRY_SECONDS
            except CalendarError as error:
                self._complain(str(error))
                if not error.lasting:
                    pause, self._patience = min(pause, self._patience), self._patience * 2
            self._changed.set()
            await asyncio.sleep(pause)

    async def _look(self) -> None:
        """Read the calendar if it may have changed, or if what is known of it comes to its end."""
        if self._place is None:
            self._place = await off_the_loop(self._settings.find, "calendar address")
        place, now = self._place, self._clock()
        seen = () if place.is_web else await off_the_loop(lambda: _signature(place.location), "calendar file")
        if not place.is_web and seen == self._seen and not _is_old(self._tried_at, now):
            return
        self._seen, self._tried_at = seen, now
        known = NOTHING_KNOWN if _is_old(self._read_at, now) else self._known
        question = Question(place, self._settings.rules, now - BEFORE, now + AHEAD, known)
        self._take(await off_the_loop(lambda: self._reader.read(question), "calendar"), now)

    def _take(self, answer: Answer, now: float) -> None:
        if answer.error:
            raise CalendarError(answer.error, answer.lasting)
        self._complaint = ""
        self._known = answer.known
        if answer.meetings is not None:
            self._read_at = now
            self._meetings = answer.meetings

    def _complain(self, text: str) -> None:
        if text == self._complaint:
            return
        self._complaint = text
        name = self._place.name if self._place is not None else "a calendar"
        kept = "; the meetings read before are kept" if self._read_at is not None else ""
        log.warning("%s %s%s", name, text, kept)


def _is_old(at: float | None, now: float) -> bool:
    return at is None or not 0 <= now - at < READ_AGAIN


def _signature(location: str) -> tuple[int, ...]:
    """Return what changes when a file is written or its permissions are; () where there is none."""
    try:
        found = os.stat(os.path.expanduser(location))
    except OSError:
        return ()
    return (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)
