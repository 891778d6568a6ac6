# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A window comes back where it stood."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QSplitter

from board.ui.placement import Placement
from tests.gui.conftest import Desk


def test_size_and_division_come_back(open_desk: Callable[..., Desk], tmp_path: Path) -> None:
    first, path = open_desk(3).window, tmp_path / "not" / "there" / "window.ini"
    first.setMinimumSize(10, 10)
    first.resize(707, 505)
    first.show()
    splitter = first.findChild(QSplitter)
    assert isinstance(splitter, QSplitter)
    splitter.setSizes([430, 276])
    Placement(path, "switchboard").keep(first)
    second = open_desk(3).window
    second.setMinimumSize(10, 10)
    Placement(path, "switchboard").restore(second)
    second.show()
    assert second.size() == first.size()
    again = second.findChild(QSplitter)
    assert isinstance(again, QSplitter)
    assert again.sizes() == splitter.sizes()


def test_windows_of_different_names_do_not_meet(open_desk: Callable[..., Desk], tmp_path: Path) -> None:
    window = open_desk(3).window
    window.resize(1010, 707)
    Placement(tmp_path / "window.ini", "wall").keep(window)
    other = open_desk(3).window
    Placement(tmp_path / "window.ini", "switchboard").restore(other)
    assert other.size() != window.size()


def test_a_spoilt_file_costs_nothing(open_desk: Callable[..., Desk], tmp_path: Path) -> None:
    path = tmp_path / "window.ini"
    path.write_bytes(b"[switchboard]\ngeometry=@ByteArray(\\x0\\x1rubbish)\ndetails=7\n\xff\xfe")
    window = open_desk(3).window
    Placement(path, "switchboard").restore(window)
    assert window.width() >= 900


def test_a_new_window_is_no_larger_than_the_screen(open_desk: Callable[..., Desk], tmp_path: Path) -> None:
    window = open_desk(3).window
    window.setMinimumSize(10, 10)
    window.resize(9000, 9000)
    Placement(tmp_path / "window.ini", "switchboard").restore(window)
    room = window.screen().availableSize()
    assert window.width() < room.width()
    assert window.height() < room.height()
