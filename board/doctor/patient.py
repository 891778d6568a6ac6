# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A SIP worker of the doctor's own, with ways to wait for what it sees. It judges nothing."""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Self

from board.pidf.document import Document
from board.sip.account import Account
from board.sip.messages import (
    Answered,
    Fields,
    Notified,
    Observation,
    PathChanged,
    Probe,
    ProbeAnswered,
    RequestAnswered,
    SendRequest,
    Start,
    Stop,
    Subscribe,
    Unsubscribe,
)
from board.sip.pipe import PipeError, read_frame
from board.sip.process import Departure, WorkerProcess, worker_command
from board.version import USER_AGENT

PATH_SECONDS = 12.0
FAREWELL_SECONDS = 1.0
END_SECONDS = 3.0
REQUEST_SECONDS = 10.0


class Patient:
    """One PBX as its worker sees it, within `async with`.

    Attributes: `probed`, the last answer to an OPTIONS; `answers` and `notices`, the first of each extension; `latest`,
    the last document of each; `lost`, why there is no way to the PBX any more, "" while there is one; `user`,
    the account's. `command` is the command line of a worker, its usual one by default.
    """

    def __init__(self, account: Account, command: Sequence[str] | None = None) -> None:
        self._account = account
        self._command = tuple(command or worker_command())
        self.user = account.user
        self._worker: WorkerProcess | None = None
        self._ended = False
        self._happened = asyncio.Event()
        self._up = False
        self.lost = ""
        self.probed: ProbeAnswered | None = None
        self.answers: dict[str, Answered] = {}
        self.notices: dict[str, Notified] = {}
        self.latest: dict[str, Document] = {}
        self._sent = 0
        self._answers: dict[int, RequestAnswered] = {}

    async def __aenter__(self) -> Self:
        try:
            self._worker = WorkerProcess(self._command, self._take, self._gone)
        except OSError as error:
            self.lost = f"cannot start a SIP worker ({self._command[0]}): {error.strerror or error}"
            return self
        self._worker.send(Start(self._account, USER_AGENT))
        return self

    async def __aexit__(self, *_: object) -> None:
        worker = self._worker
        if worker is None or self._ended:
            return
        refused = tuple(extension for extension, answer in self.answers.items() if answer.status in (401, 407))
        if refused:
            worker.send(Unsubscribe(refused, quietly=True))
        worker.send(Stop(FAREWELL_SECONDS))
        if not await self._until(lambda: self._ended, END_SECONDS):
            worker.kill()
            await self._until(lambda: self._ended, END_SECONDS)

    async def reached(self) -> bool:
        """Wait for the way to open; tell whether it did."""
        return await self._until(lambda: self._up or bool(self.lost), PATH_SECONDS) and self._up

    async def probe(self, serial: int, seconds: float) -> bool:
        """Send an OPTIONS; tell whether an answer came in time."""
        self._send(Probe(serial))
        return await self._until(lambda: self.probed is not None or bool(self.lost), seconds)

    async def subscribe(self, extensions: Sequence[str], patience: float, for_state: float) -> None:
        """Subscribe to all; return when each was answered and told its state, or nothing comes any more.

        `patience` is the longest silence between two answers, `for_state` how long a NOTIFY may be late, in seconds.
        """
        self._send(Subscribe(tuple(extensions)))
        while not self.lost and (before := self._unanswered(extensions)):
            if not await self._until(lambda: bool(self.lost) or self._unanswered(extensions) < before, patience):
                break
        accepted = {extension for extension in extensions if self.status(extension) // 100 == 2}
        await self._until(lambda: bool(self.lost) or accepted <= self.notices.keys(), for_state)

    async def message(self, user: str, content_type: str, body: bytes) -> tuple[int, str]:
        """Send a SIP MESSAGE to `user` at the PBX; return its final status, 0 for none, and phrase."""
        answer = await self._request("MESSAGE", user, (("Content-Type", content_type),), body)
        return answer.status, answer.phrase

    async def publish(self, user: str, fields: Fields, body: bytes) -> RequestAnswered:
        """Send a SIP PUBLISH of `user`'s state; return its answer, status 0 for none."""
        return await self._request("PUBLISH", user, fields, body)

    async def _request(self, method: str, user: str, fields: Fields, body: bytes) -> RequestAnswered:
        self._sent = serial = self._sent + 1
        self._send(SendRequest(serial, method, user, fields, body))
        await self._until(lambda: bool(self.lost) or serial in self._answers, REQUEST_SECONDS)
        return self._answers.get(serial) or RequestAnswered(serial, 0, self.lost or "no answer", time.time())

    async def first_to_show(self, extensions: Iterable[str], wanted: Callable[[Document], bool], seconds: float) -> str:
        """Wait until the last document of one is as wanted; return that extension, "" if none is in time."""
        among = tuple(extensions)

        def shown() -> str:
            return next((each for each in among if each in self.latest and wanted(self.latest[each])), "")

        await self._until(lambda: bool(shown()), seconds)
        return shown()

    def unsubscribe(self, extensions: Sequence[str]) -> None:
        """Let go of these extensions."""
        self._send(Unsubscribe(tuple(extensions)))

    def _unanswered(self, extensions: Sequence[str]) -> int:
        return sum(extension not in self.answers for extension in extensions)

    def status(self, extension: str) -> int:
        """Return the status that the extension's SUBSCRIBE got, 0 for none."""
        answer = self.answers.get(extension)
        return answer.status if answer is not None else 0

    # -- what the worker sends ------------------------------------------------------------------------------------

    def _send(self, command: Probe | Subscribe | Unsubscribe | SendRequest) -> None:
        if self._worker is not None and not self._ended:
            self._worker.send(command)

    def _take(self, frames: list[bytes]) -> None:
        for content in frames:
            try:
                observations = read_frame(content, Observation.__args__)
            except PipeError as error:
                self.lost = str(error)
                observations = ()
            for observation in observations:
                self._note(observation)
        self._happened.set()

    def _note(self, observation: Observation) -> None:
        match observation:
            case PathChanged(up=True):
                self._up = True
            case PathChanged():
                self.lost = observation.reason
            case ProbeAnswered():
                self.probed = observation
            case Answered(ending=False):
                self.answers.setdefault(observation.extension, observation)
            case RequestAnswered():
                self._answers[observation.serial] = observation
            case Notified():
                self._note_state(observation)
            case _:
                pass  # remarks for a log

    def _note_state(self, notified: Notified) -> None:
        """Keep the first NOTIFY that says something: the last one of a subscription may have no body."""
        if notified.document is not None:
            self.latest[notified.extension] = notified.document
        known = self.notices.get(notified.extension)
        if known is None or (known.document is None and not known.error):
            self.notices[notified.extension] = notified

    def _gone(self, departure: Departure) -> None:
        self._ended = True
        if departure.status != 0 and not self.lost:
            at = f" at {departure.extension}" if departure.extension else ""
            self.lost = f"the SIP worker ended with status {departure.status}{at} {departure.words}".strip()
        self._happened.set()

    async def _until(self, holds: Callable[[], bool], seconds: float) -> bool:
        """Wait until it holds; tell whether it does in time."""
        try:
            async with asyncio.timeout(seconds):
                while not holds():
                    self._happened.clear()
                    await self._happened.wait()
        except TimeoutError:
            return False
        return True
