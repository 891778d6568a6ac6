# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A meeting is told to the second, from a file and a web address that change, break and come back."""

import asyncio
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from board.automatic import calendar
from board.automatic.calendar import CalendarSettings, CalendarSource
from board.automatic.calendar_job import NOTHING_KNOWN, Answer, CalendarError, Place, Question, Validators
from board.automatic.calendar_reader import CalendarReader
from board.presence.value import Presence
from board.states import PresenceState
from board.status.causes import Cause
from board.status.meetings import Meeting
from board.status.rules import MeetingRules
from tests.fakes.calendar_server import CalendarServer
from tests.unit.automatic.heard import WAIT, Heard
from tests.unit.automatic.test_ics import ics

RULES = MeetingRules(PresenceState.AWAY, titles=True, addresses=("bob@example.org",))


def _event(start: float, end: float, title: str = "Plan") -> str:
    first, last = (datetime.fromtimestamp(at, UTC).strftime("%Y%m%dT%H%M%SZ") for at in (start, end))
    return f"DTSTART:{first}\nDTEND:{last}\nSUMMARY:{title}"


def _settings(location: Path | str, every: float = 0.05) -> CalendarSettings:
    return CalendarSettings(lambda: Place(str(location)), RULES, every)


class FakeReader(CalendarReader):
    """Answers by a function of the test's."""

    def __init__(self, answer: Callable[[Question], Answer]) -> None:
        super().__init__()
        self._answer = answer
        self.asked = list[Question]()

    def read(self, question: Question) -> Answer:
        self.asked.append(question)
        return self._answer(question)


async def _until(wanted: Callable[[], bool]) -> None:
    async with asyncio.timeout(WAIT):
        while not wanted():
            await _turn()


def test_a_question_and_its_answer_go_through_a_pipe() -> None:
    question = Question(Place("https://x/y", "bob", "geheim"), RULES, 1.5, 2.5, Validators('"e"', "Mon"))
    assert Question.from_json(question.to_json()) == question
    for answer in (Answer((Meeting(1.5, 2.5, "Grüße"),), Validators('"e"')), Answer(), Answer((), error="x")):
        assert Answer.from_json(answer.to_json()) == answer
    assert "geheim" not in repr(question)
    assert "https" not in repr(question)


@pytest.mark.parametrize(
    ("location", "name", "url"),
    [
        ("/home/bob/work.ics", "the calendar /home/bob/work.ics", None),
        ("https://bob:pw@example.org/token.ics", "the calendar at example.org", "https://bob:pw@example.org/token.ics"),
        ("webcal://example.org:8443/t", "the calendar at example.org", "https://example.org:8443/t"),
        ("https:///token", "the calendar at an address without a host", "https:///token"),
        ("https://[::1/token", "the calendar at an address without a host", "https://[::1/token"),
    ],
)
def test_a_place_is_named_without_its_secret(location: str, name: str, url: str | None) -> None:
    place = Place(location)
    assert (place.name, place.is_web) == (name, url is not None)
    assert url is None or place.url == url


async def test_a_meeting_begins_and_ends_by_itself() -> None:
    began = time.time() + 0.2
    meetings = (Meeting(began, began + 0.4, "One"), Meeting(began + 0.4, began + 0.8, "Two"))
    heard, told_at = Heard(), list[float]()

    def hear(cause: Cause | None) -> None:
        told_at.append(time.time())
        heard(cause)

    source = CalendarSource(_settings("x.ics"), FakeReader(lambda _: Answer(meetings)))
    source.start(hear)
    causes = await heard.count(4)
    await source.stop()
    assert [cause and cause.presence.message.partition(",")[0] for cause in causes] == [None, "One", "Two", None]
    assert [cause and cause.since for cause in causes[1:3]] == [began, began + 0.4]
    for at, wanted in zip(told_at[1:], (began, began + 0.4, began + 0.8), strict=True):
        assert wanted <= at < wanted + 0.4  # never before


async def test_a_set_clock_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "CLOCK_SECONDS", 0.01)
    now, heard = [1000.0], Heard()
    source = CalendarSource(
        _settings("x.ics"), FakeReader(lambda _: Answer((Meeting(5000.0, 6000.0),))), lambda: now[0]
    )
    source.start(heard)
    await heard.count(1)
    now[0] = 5500.0
    await heard.count(2)
    now[0] = 4000.0
    told = await heard.count(3)
    await source.stop()
    assert [cause is not None for cause in told] == [False, True, False]


async def test_a_file_is_read_when_it_changes_and_kept_when_it_breaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(calendar, "FILE_SECONDS", 0.02)
    path, now = tmp_path / "work.ics", time.time()
    path.write_bytes(ics(_event(now - 600, now + 600, "First")))
    heard = Heard()
    source = CalendarSource(_settings(path))
    source.start(heard)
    assert [cause and cause.presence.message.partition(",")[0] for cause in await heard.count(1)] == ["First"]
    path.write_bytes(path.read_bytes()[:-40])
    await _until(lambda: len(caplog.records) == 1)
    path.unlink()
    await _until(lambda: len(caplog.records) == 2)
    assert [record.getMessage() for record in caplog.records] == [
        f"the calendar {path} is empty, or only half of a calendar; perhaps it is being written; "
        "the meetings read before are kept",
        f"the calendar {path} cannot be read: No such file or directory; check the path and its permissions; "
        "the meetings read before are kept",
    ]
    assert len(heard.all) == 1
    path.write_bytes(ics(_event(now - 600, now + 600, "Second")))
    told = (await heard.count(2))[1]
    await source.stop()
    assert told is not None
    assert told.presence.message.startswith("Second, until ")
    assert told.presence == Presence(PresenceState.AWAY, "in a meeting", told.presence.message)


async def test_a_file_that_stays_is_read_once_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "FILE_SECONDS", 0.001)
    path, now = tmp_path / "work.ics", [1000.0]
    path.touch()
    reader, looks = FakeReader(lambda _: Answer(())), list[float]()

    def look() -> float:
        looks.append(now[0])
        return now[0]

    source = CalendarSource(_settings(path), reader, look)
    source.start(Heard())
    await _until(lambda: len(looks) > 10)
    assert len(reader.asked) == 1
    now[0] += calendar.READ_AGAIN
    await _until(lambda: len(reader.asked) == 2)
    assert reader.asked[1].end == now[0] + calendar.AHEAD
    looks.clear()
    await _until(lambda: len(looks) > 10)
    assert len(reader.asked) == 2
    os.utime(path, (5, 5))
    await _until(lambda: len(reader.asked) == 3)
    await source.stop()


async def test_a_web_address_is_asked_for_what_is_newer(caplog: pytest.LogCaptureFixture) -> None:
    now = time.time()
    with CalendarServer(ics(_event(now - 600, now + 600, "First")), etag='"1"') as server:
        heard = Heard()
        source = CalendarSource(_settings(server.url))
        source.start(heard)
        await heard.count(1)
        await _until(lambda: len(server.asked) >= 2)
        assert server.asked[1]["If-None-Match"] == '"1"'
        server.status, server.etag = 500, ""
        await _until(lambda: bool(caplog.records))
        server.status, server.data = 200, ics(_event(now - 600, now + 600, "Second"))
        told = await heard.count(2)
        await source.stop()
    assert [cause and cause.presence.message.partition(",")[0] for cause in told] == ["First", "Second"]
    assert {record.getMessage() for record in caplog.records} == {
        "the calendar at 127.0.0.1 the server answers 500; the meetings read before are kept"
    }


async def test_a_day_old_answer_is_asked_for_anew() -> None:
    now = [1000.0]
    reader = FakeReader(lambda question: Answer(None if question.known.etag else (), Validators('"1"')))
    source = CalendarSource(_settings("https://x/y", every=0.001), reader, lambda: now[0])
    source.start(Heard())
    await _until(lambda: len(reader.asked) > 3)
    assert reader.asked[0].known == NOTHING_KNOWN
    assert {question.known.etag for question in reader.asked[1:]} == {'"1"'}
    now[0] += calendar.READ_AGAIN
    await _until(lambda: any(question.known == NOTHING_KNOWN for question in reader.asked[1:]))
    await source.stop()


@pytest.mark.parametrize(("lasting", "tried"), [(True, 1), (False, 4)])
async def test_a_refused_account_is_not_tried_again_soon(
    lasting: bool, tried: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(calendar, "FIRST_RETRY_SECONDS", 0.01)
    pauses = list[float]()

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if seconds >= 60 or len(pauses) == tried:
            await asyncio.Event().wait()

    heard, reader = Heard(), FakeReader(lambda _: Answer(error="no", lasting=lasting))
    source = CalendarSource(_settings("https://x/y", every=60), reader)
    monkeypatch.setattr("board.automatic.calendar.asyncio.sleep", sleep)
    source.start(heard)
    assert await heard.count(1) == [None]
    async with asyncio.timeout(WAIT):
        while len(pauses) < tried:
            await _turn()
    await source.stop()
    assert pauses == ([60] if lasting else [0.01, 0.02, 0.04, 0.08])
    assert len(caplog.records) == 1


async def test_a_calendar_whose_address_cannot_be_had_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    def find() -> Place:
        raise CalendarError("has no address: the environment variable X is not set", lasting=True)

    heard = Heard()
    source = CalendarSource(CalendarSettings(find, RULES, 0.001))
    source.start(heard)
    assert await heard.count(1) == [None]
    await source.stop()
    assert [record.getMessage() for record in caplog.records] == [
        "a calendar has no address: the environment variable X is not set"
    ]


# -- the worker -------------------------------------------------------------------------------------------------------


def test_a_worker_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "endless.ics"
    path.write_bytes(ics("DTSTART:20251123T140000Z\nDTEND:20251123T140001Z\nRRULE:FREQ=SECONDLY"))
    reader = CalendarReader(seconds=1.0)
    began = time.monotonic()
    answer = reader.read(Question(Place(str(path)), RULES, 1_795_000_000.0, 1_796_000_000.0))
    assert answer.error == "could not be read within 1 s; it is too large or too far away"
    assert time.monotonic() - began < 10


def test_a_worker_that_dies_is_an_answer() -> None:
    reader = CalendarReader((sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"))
    answer = reader.read(Question(Place("/x"), RULES, 0.0, 1.0))
    assert answer.error == "could not be read: it takes too much of this machine (status -9)"


def test_what_cannot_be_started_is_an_answer(tmp_path: Path) -> None:
    answer = CalendarReader((str(tmp_path / "none"),)).read(Question(Place("/x"), RULES, 0.0, 1.0))
    assert answer.error == "cannot be read: no process can be started: No such file or directory"


async def test_the_end_does_not_wait_for_a_worker() -> None:
    with CalendarServer(b"x") as server:
        server.hold.clear()
        source = CalendarSource(_settings(server.url))
        source.start(Heard())
        await _until(lambda: bool(server.asked))
        began = time.monotonic()
        await source.stop()
        assert time.monotonic() - began < 2


async def _turn() -> None:
    loop = asyncio.get_running_loop()
    turned = loop.create_future()
    loop.call_later(0.001, turned.set_result, None)
    await turned
