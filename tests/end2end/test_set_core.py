# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""`presence-board set` without a PBX: the embedded core is the truth, and a serve on the folder tells its watchers."""

from pathlib import Path

import pytest

from tests.end2end.program import Program
from tests.end2end.served import SIP_SECRET, SIP_USER, Serve, serving

CONFIG = """
[[pbx]]
name = "office"
server = "sip:127.0.0.1:{port};transport=tcp"
user = "{user}"
password_env = "BOARD_PASSWORD"
presence_link = "none"
own_extension = "2000"

[[contact]]
name = "Myself"
extension = "2000"

[[hint]]
extensions = "2000-2001"
devices = "Custom:2000"
presence = "CustomPresence:${{EXTEN}}"
"""


def configure(home: Path, port: int = 5060) -> None:
    (home / "board.toml").write_text(CONFIG.format(port=port, user=SIP_USER))


def said(serve: Serve, *arguments: str) -> tuple[int, str]:
    done = serve.run("set", *arguments)
    assert len(done.stderr.splitlines()) <= 1, done.stderr
    return done.returncode, done.stdout.decode().strip()


def read(serve: Serve, entity: str, field: str = "value") -> str:
    return serve.run("function", f"PRESENCE_STATE({entity},{field})").stdout.decode().rstrip("\n")


def test_without_a_configuration_the_entity_must_be_named(tmp_path: Path) -> None:
    board = Serve(tmp_path)  # which does not run
    assert said(board, "away") == (2, "")
    assert said(board, "away", "--message", "x" * 256)[0] == 1
    assert said(board, "away", "--message", "Zurück, um 2", "--entity", "custompresence:bob") == (0, "confirmed")
    assert read(board, "CustomPresence:bob") == "away"
    assert read(board, "CustomPresence:bob", "message") == "Zurück, um 2"


@pytest.mark.parametrize("until", [(), ("--until", "4 s")])
def test_the_own_status_reaches_the_watchers_of_a_serve_and_runs_out(tmp_path: Path, until: tuple[str, ...]) -> None:
    configure(tmp_path)
    with serving(tmp_path) as serve:
        configure(tmp_path, serve.sip)
        assert said(serve, "chat", "--message", "before") == (0, "confirmed")
        assert said(serve, "away", "--message", "lunch", *until) == (0, "confirmed")
        environment = {"PRESENCE_BOARD_HOME": str(tmp_path), "BOARD_PASSWORD": SIP_SECRET}
        board = Program(["watch", "--json"], environment)
        try:
            shown = board.until(lambda line: line["presence"] == "away")[-1]
            assert shown["message"].startswith("lunch")
            if until:
                assert board.until(lambda line: line["presence"] != "away")[-1]["message"] == "before"
            else:
                assert said(serve, "dnd", "--entity", "CustomPresence:2001") == (0, "confirmed")
                assert said(serve, "xa") == (0, "confirmed")
                board.until(lambda line: line["presence"] == "xa")
                assert read(serve, "CustomPresence:2001") == "dnd"
        finally:
            board.close()
