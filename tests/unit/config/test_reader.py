# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A configuration is read whole, and every mistake in it is told at once: where, what, what to do."""

from pathlib import Path

import pytest

from board.config import BoardConfig, ConfigError, find, load, loads
from board.config.server import Server
from board.sip.account import Transport

PBX = '[[pbx]]\nname = "office"\nserver = "sip:pbx.example.org"\nuser = "2000"\n'


def _loads(text: str) -> BoardConfig:
    return loads(text.encode(), "board.toml")


def _lines(text: str | bytes) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        loads(text if isinstance(text, bytes) else text.encode(), "board.toml")
    return caught.value.lines


def test_reads_the_documented_minimum() -> None:
    config = _loads(
        """
        [[pbx]]
        name = "office"
        server = "sip:pbx.example.org:5060;transport=tcp"
        user = "2000"
        password_env = "BOARD_PASSWORD"
        presence_link = "message"
        own_extension = "2000"

        [[contact]]
        name = "Bob Brown"
        extension = "2001"
        group = "Support"

        [[range]]
        extensions = "2100-2199"
        group = "Floor 2"
        """
    )
    [pbx] = config.pbx
    assert pbx.server == Server("pbx.example.org", 5060, Transport.TCP)
    assert (pbx.password_env, pbx.presence_link, pbx.own_extension) == ("BOARD_PASSWORD", "message", "2000")
    assert config.contact[0].name == "Bob Brown"
    assert config.range[0].group == "Floor 2"
    assert (config.board.theme, config.board.sort) == ("system", "name")


@pytest.mark.parametrize(
    ("uri", "server"),
    [
        ("sip:pbx", Server("pbx", 5060, Transport.UDP)),
        ("sip:10.0.0.1:5080;transport=UDP", Server("10.0.0.1", 5080, Transport.UDP)),
        ("sip:[2001:db8::1]:5070;transport=tcp", Server("2001:db8::1", 5070, Transport.TCP)),
        ("sip:pbx;transport=tls", Server("pbx", 5061, Transport.TLS)),
        ("sips:pbx", Server("pbx", 5061, Transport.TLS)),
    ],
)
def test_reads_a_server(uri: str, server: Server) -> None:
    assert _loads(PBX.replace("sip:pbx.example.org", uri)).pbx[0].server == server


@pytest.mark.parametrize(
    ("uri", "says"),
    [
        ("http://pbx", "not a SIP URI: 'http://pbx'"),
        ("pbx.example.org", "not a SIP URI"),
        ("sip:pbx:99999", "not a port: 99999"),
        ("sip:pbx;transport=sctp", "transport 'sctp' is unknown; use udp, tcp or tls"),
        ("sip:2000@pbx", "names a user"),
        ("sip:pbx;lr", "has a parameter 'lr'"),
        ("sips:pbx;transport=udp", '"sips:" means TLS, not udp'),
    ],
)
def test_refuses_a_server(uri: str, says: str) -> None:
    [line] = _lines(PBX.replace("sip:pbx.example.org", uri))
    assert line.startswith("board.toml:3: pbx[1].server: ")
    assert says in line


def test_tells_every_mistake_at_once() -> None:
    lines = _lines(
        """colour = 1
[board]
theme = "drak"
[[pbx]]
name = "office"
server = "sip:pbx"
usr = "2000"
tls_verify = "yes"
[[pbx]]
name = "office"
server = "sip:pbx"
user = "2000"
password_env = "A"
password_command = "pass show b"
[[contact]]
name = "Bob"
extension = 2001
[[contact]]
extension = "2002"
pbx = "ofice"
favorite = true
[[contact]]
pbx = "office"
extension = "2003"
[[contact]]
extension = "2003"
pbx = "office"
[[range]]
extensions = "2100-2000"
pbx = "office"
"""
    )
    assert lines == (
        "board.toml:1: colour: there is no such section; known: board, pbx, contact, range, automatic, "
        "calendar, serve, user, hint",
        "board.toml:3: board.theme: 'drak' is unknown; use 'system', 'light' or 'dark'",
        'board.toml:4: pbx[1].user: is missing; add it such as user = "2000"',
        "board.toml:7: pbx[1].usr: there is no such setting; did you mean 'user'?",
        "board.toml:8: pbx[1].tls_verify: 'yes' is neither true nor false; write one of them",
        "board.toml:9: pbx[2]: has both password_env and password_command; keep one",
        "board.toml:10: pbx[2].name: 'office' is also the name of pbx[1] (line 4); give each PBX a name of its own",
        'board.toml:17: contact[1].extension: 2001 is a number here; write it in quotes: "2001"',
        "board.toml:20: contact[2].pbx: no [[pbx]] is named 'ofice'; did you mean 'office'?",
        "board.toml:21: contact[2].favorite: there is no such setting; did you mean 'favourite'?",
        "board.toml:26: contact[4].extension: 2003 already stands in contact[3] (line 22); "
        "take it out of one of the two",
        'board.toml:29: range[1].extensions: "2100-2000" runs backwards; write "2000-2100"',
    )


@pytest.mark.parametrize("key", ["password", "secret"])
def test_refuses_a_password_and_does_not_repeat_it(key: str) -> None:
    [line] = _lines(f'{PBX}{key} = "hunter2"\n')
    assert line.startswith(f"board.toml:5: pbx[1].{key}: a password is not kept in this file")
    assert "password_env" in line
    assert "hunter2" not in line


def test_an_account_in_a_calendars_address_is_refused_and_not_repeated() -> None:
    [line] = _lines(f'{PBX}[[calendar]]\naddress = "https://bob:hunter2@example.org/token"\n')
    assert line.startswith("board.toml:6: calendar[1].address: holds an account; take it out and use user with")
    assert "hunter2" not in line
    [line] = _lines(f'{PBX}[[calendar]]\naddress = "x"\npassword = "hunter2"\n')
    assert line.startswith("board.toml:7: calendar[1].password: a password is not kept in this file")
    assert "hunter2" not in line


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[pbx]\n", "board.toml:1: not TOML: "),
        (f"[[automatic]]\n{PBX}", "board.toml: automatic: stands once; write [automatic], with single brackets"),
        (f"{PBX}[automatic]\naway_after = '10'", "automatic.away_after: '10' is no whole number"),
        (f"{PBX}[automatic]\naway_after = -1", "automatic.away_after: -1 is too small; 0 is the least"),
        (f"{PBX}[automatic]\nwhen_locked = false", "automatic.when_locked: false is unknown; use 'off', 'away'"),
        (
            f"{PBX}[automatic]\nextended_away_after = 10",
            "board.toml:5: automatic: has extended_away_after = 10, which must be more than the 10 of away_after, or 0",
        ),
        (f"{PBX}[calendar]\naddress = 'x'", "board.toml:5: calendar: is one section where many may stand"),
        (f"{PBX}[[calendar]]\n", "calendar[1]: needs one of address, address_env and address_command"),
        (f"{PBX}[[calendar]]\naddress = 'x'\naddress_env = 'X'", "calendar[1]: needs one of address, address_env"),
        (f"{PBX}[[calendar]]\naddress = 'ftp://x/token'", "calendar[1].address: is neither a file nor an address that"),
        (f"{PBX}[[calendar]]\naddress = 'x'\nuser = 'bob'", "calendar[1]: needs user together with one of"),
        (f"{PBX}[[calendar]]\naddress = 'x'\npassword_env = 'X'", "calendar[1]: needs user together with one of"),
        (f"{PBX}[[calendar]]\naddress = 'x'\nevery = 0", "calendar[1].every: 0 is too small; 1 is the least"),
        ("a = 1\nb\n", "board.toml:2: not TOML: "),
        ("a = 1\na = 2\n", "board.toml:2: not TOML: "),
        ("a = [1,\n2\n", "board.toml:2: not TOML: "),
        (b"a = 1\nb = '\xe4'\n", "board.toml:2: byte 0xe4 is not UTF-8; save the file as UTF-8"),
        ("", "board.toml: has no [[pbx]]; add one"),
        ("[pbx]\nname = 'x'", "board.toml:1: pbx: is one section where many may stand; write [[pbx]]"),
        ("pbx = 3", "board.toml:1: pbx: is one section where many may stand"),
        (f"board = 3\n{PBX}", "board.toml:1: board: 3 is no section; write [board]"),
        (f"contact = [3]\n{PBX}", "board.toml:1: contact[1]: 3 is no section; write [[contact]]"),
        (PBX.replace('"office"', '""'), "board.toml:2: pbx[1].name: is empty"),
        (PBX.replace('"office"', '"a@b"'), "board.toml:2: pbx[1].name: 'a@b' cannot name a PBX"),
        (f"{PBX}password_command = 3", "board.toml:5: pbx[1].password_command: is no command"),
        (f'{PBX}password_command = "it\'s"', "board.toml:5: pbx[1].password_command: No closing quotation"),
        (f"{PBX}tls_ca = true", "board.toml:5: pbx[1].tls_ca: true is no text; write it in quotes"),
        (f"{PBX}[[contact]]\nextension = '2 1'", "board.toml:6: contact[1].extension: '2 1' is no extension"),
        (f"{PBX}[[contact]]\nextension = '1-9'", 'contact[1].extension: "1-9" is a range; write it under [[range]]'),
        (f"{PBX}[[range]]\nextensions = '1-9,4'", "range[1].extensions: lists 4 twice; take one out"),
        (f"{PBX}[[range]]\nextensions = '1-9,'", "range[1].extensions: has an empty part"),
        (f"{PBX}[[range]]\nextensions = '1-99999999999'", "range[1].extensions: holds more than 10000 extensions"),
        (
            f"{PBX}[[range]]\nextensions = '1-9'\nname = 'Desk'",
            "range[1].name: 'Desk' would name every extension alike",
        ),
        (
            f"{PBX}[[range]]\nextensions = '1-9'\n[[range]]\nextensions = '8-9'",
            "board.toml:8: range[2].extensions: 8 and 1 more already stands in range[1] (line 5)",
        ),
        (
            f"{PBX}{PBX.replace('office', 'home')}[[contact]]\nextension = '1'",
            "board.toml:9: contact[1].pbx: is missing, and there are several PBXs; write one of office, home",
        ),
    ],
)
def test_says_what_is_wrong(text: str | bytes, says: str) -> None:
    [line] = _lines(text)
    assert says in line
    assert line.startswith("board.toml:")


def test_one_extension_may_stand_at_two_pbxs() -> None:
    both = "".join(f'[[contact]]\nextension = "1"\npbx = "{name}"\n' for name in ("office", "home"))
    assert len(_loads(PBX + PBX.replace("office", "home") + both).contact) == 2


def test_finds_lines_past_comments_and_long_values() -> None:
    [line] = _lines(
        f'# [[contact]]\n{PBX}\n[[contact]]\nname = """\nextension = 3\n[x]"""\nextension = "1"\n\n'
        '[[contact]] # second\ngroup = "a = [" # ]\nextension = "2"\nnmae = "x"\n'
    )
    assert line == "board.toml:16: contact[2].nmae: there is no such setting; did you mean 'name'?"


def test_reads_what_windows_editors_save() -> None:
    assert loads(b"\xef\xbb\xbf" + PBX.replace("\n", "\r\n").encode(), "board.toml").pbx[0].name == "office"


def test_says_why_a_file_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "none.toml")
    assert str(caught.value) == (
        f"{tmp_path}/none.toml: cannot be read: No such file or directory; check the path and its permissions"
    )


def test_finds_the_users_own_file(tmp_path: Path) -> None:
    environ = {"PRESENCE_BOARD_HOME": str(tmp_path)}
    assert find(environ) is None
    (tmp_path / "board.toml").write_text(PBX)
    found = find(environ)
    assert found is not None
    assert load(found).pbx[0].name == "office"
