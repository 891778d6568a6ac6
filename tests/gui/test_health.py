# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The bar at the foot."""

import pytest
from pytestqt.qtbot import QtBot

from board.events import PbxChanged
from board.roster.tile import TileChanged
from board.states import PbxState
from board.ui.health import HealthBar, health_text
from board.ui.look import Look
from tests.gui.conftest import NOW, Clock
from tests.unit.roster.tiles import a_tile


def health(state: PbxState = PbxState.LIVE, reason: str = "", warning: str = "", active: int = 36) -> PbxChanged:
    return PbxChanged("office", state, reason, warning, active, 36, 0.0042, NOW)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (health(), "office: 36 of 36 live, 4 ms · last change 3 s ago"),
        (
            health(PbxState.SILENT, "no answer for 14 s, tried again every 5 s", active=0),
            "office: silent · no answer for 14 s, tried again every 5 s · last change 3 s ago",
        ),
        (
            health(PbxState.REFUSED, "wrong password for 2000", active=0),
            "office: refused · wrong password for 2000",
        ),
        (health(PbxState.SILENT, "office: no answer", active=0), "office: silent · no answer · last change 3 s ago"),
        (health(PbxState.CONNECTING, active=2), "office: connecting · 2 of 36 live · last change 3 s ago"),
    ],
)
def test_a_line_says_how_a_pbx_is_doing_and_what_is_wrong_in_full(change: PbxChanged, text: str) -> None:
    assert health_text(change, NOW - 3, NOW) == text


def test_a_quick_answer_and_no_change_yet() -> None:
    quick = PbxChanged("office", PbxState.LIVE, "", "", 1, 1, 0.0004, NOW)
    assert health_text(quick, None, NOW) == "office: 1 of 1 live, under 1 ms"


def texts(bar: HealthBar) -> list[str]:
    from PySide6.QtWidgets import QLabel

    return [label.text() for label in bar.findChildren(QLabel) if label.text() and not label.isHidden()]


def test_each_pbx_has_a_line_and_a_warning_stays(qtbot: QtBot, look: Look, clock: Clock) -> None:
    bar = HealthBar(look, clock)
    qtbot.addWidget(bar)
    assert texts(bar) == ["No PBX is configured"]
    bar.expect("office")
    bar.expect("branch")
    bar.pbx_changed(health(warning="TLS certificates are not verified"))
    assert texts(bar) == [
        "office: 36 of 36 live, 4 ms",
        "office: TLS certificates are not verified",
        "branch: connecting",
    ]


def test_the_last_change_ages(qtbot: QtBot, look: Look, clock: Clock) -> None:
    bar = HealthBar(look, clock)
    qtbot.addWidget(bar)
    bar.pbx_changed(health())
    tile = a_tile()
    bar.tiles_changed([TileChanged(None, tile, NOW - 9), TileChanged(tile, tile, NOW)])
    bar.tick()
    assert texts(bar)[0].endswith("last change just now")
    clock.now = NOW + 65
    bar.tick()
    assert texts(bar)[0].endswith("last change 1 min ago")
