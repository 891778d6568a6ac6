# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A session manager that ends the program lets it end in order."""

import os
import subprocess
import sys

PROGRAM = """
import asyncio
from PySide6.QtCore import QCoreApplication, QEvent
from board.loop import run_qt
from board.ui.application import Application

app = Application(["board"])

async def program(stop):
    app.quit_asked.connect(stop.set)
    QCoreApplication.postEvent(app, QEvent(QEvent.Type.Quit))
    await asyncio.wait_for(stop.wait(), 10)
    await asyncio.sleep(0)  # the loop goes on
    return "in order"

print(run_qt(app, program))
"""


def test_a_session_manager_does_not_end_the_loop_under_the_program() -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, env=environment)
    assert (done.stdout, done.stderr, done.returncode) == ("in order\n", "", 0)
