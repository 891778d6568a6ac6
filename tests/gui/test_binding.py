# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Guards against faults of the Qt binding itself."""

import sys

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot


def test_a_void_call_gives_no_reference_to_none_away(qtbot: QtBot) -> None:
    """PySide6 6.12.0 under Python 3.10 and 3.11 drops one a call, and the interpreter aborts once none is left."""
    widget = QWidget()
    qtbot.addWidget(widget)
    before = sys.getrefcount(None)
    for _ in range(1000):
        widget.update()
        widget.setObjectName("x")
        widget.resize(10, 10)
    assert sys.getrefcount(None) > before - 500
