# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""`presence-board store` as a subprocess: the history, and a real Asterisk's astdb in and out."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.end2end.served import Serve
from tests.pbx.fixtures import NewAsterisk


def board(home: Path, *arguments: str) -> tuple[int, list[str], list[str]]:
    """Run the program; return its exit status and the lines of stdout and stderr."""
    done = subprocess.run(
        [sys.executable, "-m", "board", *arguments],
        env={**os.environ, "PRESENCE_BOARD_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout.splitlines(), done.stderr.splitlines()


def test_the_history_says_who_what_when_and_from_where(tmp_path: Path) -> None:
    board(tmp_path, "presencestate", "change", "CustomPresence:bob", "away,lunch,Back at 2")
    board(tmp_path, "presencestate", "change", "CustomPresence:ann", "dnd")
    status, lines, _ = board(tmp_path, "store", "history", "CustomPresence:bob", "--json")
    [change] = map(json.loads, lines)
    assert status == 0
    assert (change["entity"], change["value"]) == ("CustomPresence:bob", "away,lunch,Back at 2")
    assert change["source"] == "cli"
    assert change["who"]
    assert len(board(tmp_path, "store", "history")[1]) == 2
    assert len(board(tmp_path, "store", "history", "--limit", "1")[1]) == 1


def test_a_wrong_call_is_told_in_one_line(tmp_path: Path) -> None:
    for arguments in (["history"], ["import", str(tmp_path / "none")], ["export", str(tmp_path)]):
        status, lines, errors = board(tmp_path, "store", *arguments)
        assert (status, lines, len(errors)) == (2, [], 1)
    board(tmp_path, "presencestate", "change", "CustomPresence:bob", "away")
    assert board(tmp_path, "store", "history", "bob")[0] == 2
    status, _, errors = board(tmp_path, "store", "export", str(tmp_path))
    assert (status, len(errors)) == (2, 1)


def test_states_move_from_an_asterisk_to_a_running_serve_and_back(new_asterisk: NewAsterisk, tmp_path: Path) -> None:
    asterisk = new_asterisk(["2000", "2001"])
    asterisk.set_presence("2000", "away", "lunch", "Zurück um 2, ähem")
    asterisk.set_presence("2001", "dnd")
    asterisk.stop()
    astdb = asterisk.place.var / "db" / "astdb.sqlite3"
    serve = Serve(tmp_path)
    serve.start()
    try:
        assert board(tmp_path, "store", "import", str(astdb))[:2] == (
            0,
            [f"2 of 2 presence states imported from {astdb}"],
        )
        call = "PRESENCE_STATE(CustomPresence:2000,message)"
        assert board(tmp_path, "function", call)[1] == ["Zurück um 2, ähem"]
        board(tmp_path, "presencestate", "change", "CustomPresence:2001", "xa,vacation,Back on Monday")
        assert board(tmp_path, "store", "export", str(astdb))[0] == 0
    finally:
        serve.stop()
    asterisk.start()
    assert "CustomPresence/2001" in asterisk.command("database show CustomPresence")
    assert "xa,vacation,Back on Monday" in asterisk.command("database show CustomPresence")
