# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a test may not leave behind: asyncio tasks, child processes, log records of warnings that nobody looked at.

A test that takes `caplog` looks at the records itself. Fixtures must end what they started before the test's end.
"""

import asyncio
import functools
import inspect
import logging
import os
import select
from collections.abc import Awaitable, Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

_TURNS = 3  # of the loop, in which what was cancelled or finished may end
_SECONDS = 5.0  # in which a child that was told to end may do so


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Run a test, then fail it for warnings in the log and tasks that it left running."""
    if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj):
        item.obj = _without_tasks_left(item.obj)
    if isinstance(item, pytest.Function) and "caplog" in inspect.signature(item.function).parameters:
        return (yield)
    records = _Records()
    logging.getLogger().addHandler(records)
    try:
        result = yield
    finally:
        logging.getLogger().removeHandler(records)
    if records.lines:
        pytest.fail("unexpected log records:\n" + "\n".join(records.lines), pytrace=False)
    return result


@pytest.fixture(autouse=True)
def _no_children_left() -> Iterator[None]:
    """Fail a test that leaves a process behind; those that a shared fixture started before it stay."""
    before = _children()
    yield
    left = [pid for pid in _children() - before if not _ends(pid)]
    assert not left, "processes were left running: " + ", ".join(map(_command_line, left))


class _Records(logging.Handler):
    """Keeps warnings and worse as lines."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")


def _without_tasks_left(test: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    @functools.wraps(test)
    async def checked(*arguments: Any, **named: Any) -> None:
        before = asyncio.all_tasks()
        await test(*arguments, **named)
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        left = [task.get_name() for task in asyncio.all_tasks() - before]
        assert not left, f"tasks were left running: {', '.join(left)}"

    return checked


def _children() -> set[int]:
    """Return our child processes, without those that the multiprocessing library keeps for itself."""
    found = {int(pid) for path in Path("/proc/self/task").glob("*/children") for pid in _text(path).split()}
    return {pid for pid in found if "multiprocessing.resource_tracker" not in _command_line(pid)}


def _ends(pid: int) -> bool:
    """Wait until a child has ended; it may be a zombie that its Popen has not asked for yet."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], _SECONDS)[0])
    finally:
        os.close(handle)


def _command_line(pid: int) -> str:
    return _text(Path(f"/proc/{pid}/cmdline")).replace("\0", " ").strip()


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):  # it ended meanwhile
        return ""
