# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The console's words and columns. What its commands print is held to the recorded cases where serve is tested."""

import pytest

from board.presence.console import Console, Printed, split
from board.presence.console_texts import heading, padded
from board.presence.core import PresenceCore
from board.presence.database import Origin
from board.presence.events import HintKey
from board.presence.hints import HintLine
from board.presence.value import Refused

ORIGIN = Origin(0.0, "test")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", []),
        ("  a \t b ", ["a", "b"]),
        ('a "b c" d', ["a", "b c", "d"]),
        ('a b"c d"e', ["a", "bc de"]),
        ('a "" b', ["a", "", "b"]),
        ('a "b', ["a", "b"]),
        (r"a\ b c\"d \\", ["a b", 'c"d', "\\"]),
    ],
)
def test_cuts_a_line_as_asterisk_does(line: str, words: list[str]) -> None:
    assert split(line) == words


def test_columns_count_bytes_and_keep_characters_whole() -> None:
    assert padded("ab", 4) == "ab  "
    assert padded("Zoë", 5) == "Zoë "
    assert padded("ää", 3) == "ä "
    assert padded("abcdef", 4, 0) == "abcdef"
    assert len(heading("Presence")[2]) == 69


def test_the_columns_of_a_hint() -> None:
    core = PresenceCore(hints=[HintLine(HintKey("2000", "hints"), "Custom:2000,CustomPresence:2000")])
    printed = Console(core, "test", lambda key: 12).run("core show hint 2000", ORIGIN)
    assert printed.lines == (
        "2000@hints                    : Custom:2000,CustomPresence:2000                               "
        "State:Idle            Presence:not_set         Watchers 12",
        "1 hint matching extension 2000",
    )


def test_a_reload_that_fails_is_told() -> None:
    def fail() -> None:
        raise Refused("board.toml:1: nonsense")

    console = Console(PresenceCore(), "test", reload=fail)
    assert console.run("dialplan reload", ORIGIN) == Printed(
        ("The dialplan was not read again: board.toml:1: nonsense", "Command 'dialplan reload' failed."), done=False
    )


def test_an_empty_line_is_no_command() -> None:
    assert not Console(PresenceCore(), "test").run("", ORIGIN).done
