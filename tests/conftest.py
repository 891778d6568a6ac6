# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What every test gets: the fixtures of the real Asterisk, and a watch for what it leaves behind."""

from importlib.util import find_spec

import pytest

pytest_plugins = ["tests.pbx.fixtures", "tests.strict"]

_QT_SETTINGS = ("qt_api", "qt_log_level_fail", "xvfb_colordepth")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Know the GUI plugins' settings of pyproject.toml where they are not installed, as where Qt is not."""
    if find_spec("pytestqt") is None:
        for name in _QT_SETTINGS:
            parser.addini(name, "used by pytest-qt and pytest-xvfb")
