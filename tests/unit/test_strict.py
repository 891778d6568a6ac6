# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The watch for what tests leave behind catches it, and lets others be."""

import pytest

pytest_plugins = ["pytester"]

LEAVING = """
import asyncio, logging, subprocess, sys

async def test_task():
    test_task.kept = asyncio.create_task(asyncio.sleep(60))

def test_warning():
    logging.getLogger("x").warning("oh")

def test_exception():
    try:
        1 / 0
    except ZeroDivisionError:
        logging.getLogger("x").exception("oh")

def test_process():
    test_process.kept = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
"""

TIDY = """
import asyncio, logging, subprocess, sys

async def test_cancelled():
    task = asyncio.create_task(asyncio.sleep(60))
    await asyncio.sleep(0)
    task.cancel()

def test_info():
    logging.getLogger("x").info("oh")

def test_looks_itself(caplog):
    logging.getLogger("x").warning("oh")

def test_ended():
    subprocess.run([sys.executable, "-c", ""])

def test_zombie():
    test_zombie.kept = subprocess.Popen([sys.executable, "-c", ""])
"""


def _run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tests: str) -> pytest.RunResult:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeini("[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n")
    pytester.makepyfile(tests)
    return pytester.runpytest_subprocess(
        "-rA", "-p", "pytest_asyncio.plugin", "-p", "tests.strict", "-p", "no:cacheprovider"
    )


def test_fails_tests_that_leave_something(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    result = _run(pytester, monkeypatch, LEAVING)
    # A process is looked for when its test's fixtures have ended, so that is an error behind a pass.
    assert result.parseoutcomes() == {"failed": 3, "passed": 1, "errors": 1}
    result.stdout.fnmatch_lines_random(["FAILED *::test_task*", "FAILED *::test_warning*", "ERROR *::test_process*"])


def test_lets_tidy_tests_be(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _run(pytester, monkeypatch, TIDY).parseoutcomes() == {"passed": 5}
