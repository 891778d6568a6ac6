# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A desktop's two buses, for the sources that listen there."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes.desktop_bus import bus_daemon


@dataclass(frozen=True, slots=True)
class Buses:
    """Their addresses."""

    session: str
    system: str


@pytest.fixture
def buses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Buses]:
    """Two buses of the test's own, found as a desktop's are."""
    with bus_daemon(tmp_path / "session") as session, bus_daemon(tmp_path / "system") as system:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", session)
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", system)
        yield Buses(session, system)
