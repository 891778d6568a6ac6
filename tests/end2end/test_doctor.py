# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""`presence-board doctor` on a real Asterisk that was misconfigured for each finding, and on one that is well."""

import json
import os
import re
import subprocess
import sys
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.end2end.program import WAIT, Line, watch_range
from tests.pbx.asterisk import PASSWORD, Asterisk, Change
from tests.pbx.certificates import LOOPBACK, make_certificates
from tests.pbx.fixtures import NewAsterisk

RANGE = watch_range("2000-2002")
NO_TCP = Change("pjsip.conf", "[tcp]\ntype=transport\nprotocol=tcp\nbind=127.0.0.1:@SIP@\n", "")
NO_UDP = Change("pjsip.conf", "[udp]\ntype=transport\nprotocol=udp\nbind=127.0.0.1:@SIP@\n", "")
MESSAGE = 'presence_link = "message"\nown_extension = "2000"\n'
AMI = (
    'presence_link = "ami"\nown_extension = "2000"\nami_server = "127.0.0.1:{ami}"\nami_user = "presence"\n'
    'ami_password_env = "AMI_SECRET"\n'
)
TLS_CA = 'tls_ca = "{ca}"\n'


def unload(*modules: str) -> tuple[Change, ...]:
    return tuple(Change("modules.conf", f"load => {module}\n", "") for module in modules)


def write(folder: Path, asterisk: Asterisk, server: str, more: str, user: str = "board") -> str:
    """Write a configuration; `{...}` of `server` and `more` are the ports and the authority of the Asterisk."""
    path = folder / "board.toml"
    known = {
        "sip": asterisk.sip_port,
        "tls": asterisk.tls_port,
        "ca": asterisk.certificates.ca,
        "ami": asterisk.ami_port,
    }
    account = f'user = "{user}"\npassword_env = "BOARD_PASSWORD"\n'
    more = more if "presence_link" in more or "own_extension" in more else 'presence_link = "none"\n' + more
    path.write_text(f'[[pbx]]\nname = "office"\nserver = "{server}"\n{account}{more}'.format(**known))
    return str(path)


def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run the doctor until it ends."""
    return subprocess.run(
        [sys.executable, "-m", "board", "doctor", *arguments],
        env={**os.environ, "BOARD_PASSWORD": PASSWORD, "AMI_SECRET": "presence-secret", **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=3 * WAIT,
    )


def examined(*arguments: str, **environment: str) -> tuple[int, list[Line]]:
    """Run the doctor, the last argument a configuration; return its exit status and its findings."""
    *options, config = arguments
    done = run("--json", *options, "--config", config, **environment)
    assert done.stderr == ""
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def well(asterisk: Asterisk) -> Asterisk:
    """The run's shared Asterisk, of which 2000 to 2002 have said how they are."""
    for extension in ("2000", "2001", "2002"):
        asterisk.set_presence(extension, "available")
    return asterisk


@dataclass(frozen=True, slots=True)
class Case:
    """A misconfigured Asterisk or a misconfigured board, and the one fault or remark that tells it."""

    finding: str
    changes: tuple[Change, ...] = ()
    server: str = "sip:127.0.0.1:{sip};transport=tcp"
    user: str = "board"
    more: str = ""
    hints: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    says: str = ""
    line: str = ""
    extensions: tuple[str, ...] = ()


ALL = ("2000", "2001", "2002")
TLS = "sip:127.0.0.1:{tls};transport=tls"
CASES = (
    Case("password", environment={"BOARD_PASSWORD": ""}, says="BOARD_PASSWORD is empty", line="password_env"),
    Case("name", server="sip:pbx.invalid", says="Cannot resolve pbx.invalid"),
    Case("unreachable", (NO_TCP,), says="Connection refused by 127.0.0.1:", line="protocol=tcp"),
    Case("no_tls", server="sip:127.0.0.1:{sip};transport=tls", says="No TLS with", line="protocol=tls"),
    Case("certificate_authority", server=TLS, says="local issuer", line="tls_ca"),
    Case("unverified", server=TLS, more="tls_verify = false\n", says="would not stand", line="tls_verify = true"),
    Case("unverified_needlessly", server=TLS, more="tls_verify = false\n" + TLS_CA, says="though it is right"),
    Case("dropped", server="sip:127.0.0.1:{tls};transport=tcp", says="closed the connection"),
    Case("silent", (NO_UDP,), "sip:127.0.0.1:{sip};transport=udp", says="does not answer SIP", line="protocol=udp"),
    Case(
        "shut_out",
        (
            Change("modules.conf", "load => res_pjsip.so\n", "load => res_pjsip.so\nload => res_pjsip_acl.so\n"),
            Change("pjsip.conf", "[system]", "[acl]\ntype=acl\ndeny=0.0.0.0/0.0.0.0\n[system]"),
        ),
        says="403",
        line="type=acl",
    ),
    Case("credentials", environment={"BOARD_PASSWORD": "wrong"}, says="401", line="username=board"),
    Case("credentials", user="nobody", says="nobody", line="username=nobody"),
    Case("no_hint", hints={"2001": ""}, says="no hint for 2001", line="exten => 2001,hint,", extensions=("2001",)),
    Case(
        "no_hints",
        (Change("pjsip.conf", "subscribe_context=hints", "subscribe_context=from-internal"),),
        says="none of the extensions: 2000-2002",
        line="subscribe_context=hints",
        extensions=ALL,
    ),
    Case("forbidden", user="barred", says="does not let barred", line="allow_subscribe=yes", extensions=ALL),
    Case(
        "no_presence",
        unload("res_pjsip_exten_state.so"),
        says="knows no presence",
        line="load => res_pjsip_exten_state.so",
        extensions=ALL,
    ),
    Case(
        "too_brief",
        (Change("pjsip.conf", "sub_min_expiry=3600", "sub_min_expiry=1000000"),),
        user="patient",
        says="longer subscriptions",
        line="sub_min_expiry=60",
        extensions=ALL,
    ),
    Case(
        "no_state",
        hints={"2001": "Custom:2001,CustomPresenc:2001"},
        says="sends no state",
        line="exten => 2001,hint,PJSIP/2001,CustomPresence:2001",
        extensions=("2001",),
    ),
    Case(
        "no_states",
        hints={extension: f"Custom:{extension},CustomPresenc:{extension}" for extension in ALL},
        says="no NOTIFY arrives",
        line="rewrite_contact=yes",
        extensions=ALL,
    ),
    Case(
        "no_person",
        unload("res_pjsip_pidf_digium_body_supplement.so"),
        says="of no person",
        line="load => res_pjsip_pidf_digium_body_supplement.so",
        extensions=ALL,
    ),
    Case(
        "not_set",
        hints={"2001": "Custom:2001"},
        says="No person's status of 2001",
        line="exten => 2001,hint,PJSIP/2001,CustomPresence:2001",
        extensions=("2001",),
    ),
    Case(
        "own_not_set",
        hints={"2000": "Custom:2000"},
        more=MESSAGE,
        says="Your own extension 2000",
        line="exten => 2000,hint,PJSIP/2000,CustomPresence:2000",
        extensions=("2000",),
    ),
    Case("no_own_extension", more='presence_link = "message"\n', says="which extension is yours", line="own_extension"),
    Case("no_link", more=AMI, environment={"AMI_SECRET": ""}, says="AMI_SECRET is empty", line="presence_link"),
    Case("no_manager", more=AMI.replace("{ami}", "9"), says="cannot be reached", line="enabled = yes"),
    Case("no_manager", more=AMI, environment={"AMI_SECRET": "wrong"}, says="Authentication failed", line="secret ="),
    Case(
        "no_provider",
        hints={"2001": "Custom:2001"},
        more=AMI,
        says="hints of 2001 name no presence provider",
        line="exten => 2001,hint,PJSIP/2001,CustomPresence:2001",
        extensions=("2001",),
    ),
    Case("no_hint", more='own_extension = "2999"\n', says="no hint for 2999", extensions=("2999",)),
    Case(
        "no_message",
        unload("res_pjsip_messaging.so"),
        more=MESSAGE,
        says="takes no SIP MESSAGE",
        line="load => res_pjsip_messaging.so",
    ),
)
REMARKS = {"unverified", "unverified_needlessly", "not_set", "own_not_set", "no_own_extension"}


@pytest.mark.parametrize("case", CASES, ids=[f"{case.finding}-{number}" for number, case in enumerate(CASES)])
def test_a_misconfigured_pbx_is_told_with_what_mends_it(new_asterisk: NewAsterisk, tmp_path: Path, case: Case) -> None:
    hints = {
        extension: case.hints.get(extension, f"Custom:{extension},CustomPresence:{extension}") for extension in ALL
    }
    asterisk = new_asterisk([], *case.changes, hints={name: hint for name, hint in hints.items() if hint})
    for extension in ALL:
        asterisk.set_presence(extension, "available")
    config = write(tmp_path, asterisk, case.server, case.more + RANGE, case.user)
    status, findings = examined(config, **case.environment)
    assert [finding["finding"] for finding in findings] == [case.finding]
    [found] = findings
    assert (status, found["severity"]) == ((0, "remark") if case.finding in REMARKS else (1, "fault"))
    assert found["pbx"] == "office"
    assert case.says in found["what"]
    assert any(case.line in line for line in found["lines"])
    assert found["why"]
    if case.extensions:
        assert tuple(found["extensions"]) == case.extensions


def test_all_is_well(well: Asterisk, tmp_path: Path) -> None:
    config = write(tmp_path, well, "sip:127.0.0.1:{sip};transport=tcp", MESSAGE + RANGE)
    assert examined(config) == (0, [])
    text = run("--config", config)
    assert text.stdout.endswith("\nAll is well.\n")
    assert "3 of 3 extensions told their state" in text.stdout
    assert (text.returncode, text.stderr) == (0, "")


def test_a_refused_account_is_tried_once(new_asterisk: NewAsterisk, tmp_path: Path) -> None:
    asterisk = new_asterisk(range(2000, 2050))
    config = write(tmp_path, asterisk, "sip:127.0.0.1:{sip};transport=udp", watch_range("2000-2049"))
    assert examined(config, BOARD_PASSWORD="wrong")[0] == 1
    assert len(re.findall("Failed to authenticate", asterisk.log())) == 1


@pytest.mark.parametrize(
    ("names", "days", "finding", "status"),
    [
        (("DNS:pbx.example.org",), 60, "certificate_name", 1),
        (LOOPBACK, -1, "certificate_expired", 1),
        (LOOPBACK, 5, "certificate_ends", 0),
    ],
)
def test_a_certificate_that_will_not_do(
    new_asterisk: NewAsterisk, tmp_path: Path, names: tuple[str, ...], days: int, finding: str, status: int
) -> None:
    asterisk = new_asterisk(["2000"], own_certificates=make_certificates(tmp_path, names, days))
    asterisk.set_presence("2000", "available")
    found = examined(write(tmp_path, asterisk, TLS, TLS_CA + watch_range("2000")))
    assert (found[0], [each["finding"] for each in found[1]]) == (status, [finding])


@pytest.mark.parametrize("shift", [600, -600])
def test_clocks_that_differ(well: Asterisk, tmp_path: Path, shift: int) -> None:
    (tmp_path / "sitecustomize.py").write_text(f"import time\ntrue = time.time\ntime.time = lambda: true() + {shift}\n")
    config = write(tmp_path, well, "sip:127.0.0.1:{sip};transport=tcp", RANGE)
    status, [found] = examined(config, PYTHONPATH=str(tmp_path))
    assert (status, found["finding"]) == (1, "clock")
    assert re.search(r"differ by (599|600|601) s\. The PBX is " + ("behind" if shift > 0 else "ahead"), found["what"])


# -- setting a status ---------------------------------------------------------------------------------------------


SET_6001 = 'presence_link = "message"\nown_extension = "6001"\n'


@pytest.mark.parametrize(
    ("user", "more", "extension"), [("6001", SET_6001, "6001"), ("board", AMI, "2000")], ids=["message", "ami"]
)
def test_a_scratch_status_is_set_and_restored(
    asterisk: Asterisk, tmp_path: Path, user: str, more: str, extension: str
) -> None:
    asterisk.set_presence(extension, "dnd", "täglich", 'until two, "maybe"')
    config = write(tmp_path, asterisk, "sip:127.0.0.1:{sip};transport=tcp", more + watch_range(extension), user)
    told = asterisk.command("database get CustomPresence " + extension)
    assert examined("--write", config) == (0, [])
    assert asterisk.command("database get CustomPresence " + extension) == told


@pytest.mark.parametrize(
    ("finding", "user", "more"),
    [
        ("message_refused", "board", MESSAGE),
        ("ami_refused", "board", AMI.replace('"presence"', '"presence-barred"')),
        ("elsewhere", "6001", MESSAGE),
    ],
)
def test_a_status_that_does_not_arrive(
    new_asterisk: NewAsterisk, tmp_path: Path, finding: str, user: str, more: str
) -> None:
    asterisk = new_asterisk(ALL)
    for extension in (*ALL, "6001"):
        asterisk.set_presence(extension, "xa", "", f"I am {extension}")
    config = write(tmp_path, asterisk, "sip:127.0.0.1:{sip};transport=tcp", more + RANGE, user)
    status, findings = examined("--write", config)
    assert (status, [found["finding"] for found in findings]) == (1, [finding])
    for extension in ("2000", "6001"):
        stored = asterisk.command(f"database get CustomPresence {extension}")
        assert any(text in stored for text in (f"I am {extension}", b64encode(f"I am {extension}".encode()).decode()))


def test_a_hint_that_does_not_name_what_is_set(new_asterisk: NewAsterisk, tmp_path: Path) -> None:
    asterisk = new_asterisk([], hints={"2000": "Custom:2000,CustomPresence:other"})
    asterisk.set_presence("other", "available")
    asterisk.set_presence("2000", "xa", "", "I am 2000")
    config = write(tmp_path, asterisk, "sip:127.0.0.1:{sip};transport=tcp", AMI + watch_range("2000"))
    status, [found] = examined("--write", config)
    assert (status, found["finding"]) == (1, "ami_unread")
    assert found["lines"] == ["exten => 2000,hint,PJSIP/2000,CustomPresence:2000"]
    assert b64encode(b"I am 2000").decode() in asterisk.command("database get CustomPresence 2000")


# -- what is told, mends ------------------------------------------------------------------------------------------


def run_told(asterisk: Asterisk, command: str) -> None:
    """Run a finding's command in the Asterisk."""
    [inner] = re.findall(r"asterisk -rx '([^']*)'", command)
    assert "No such" not in asterisk.console(inner)


def test_a_told_hint_mends(new_asterisk: NewAsterisk, tmp_path: Path) -> None:
    asterisk = new_asterisk(["2000", "2001"])
    config = write(tmp_path, asterisk, "sip:127.0.0.1:{sip};transport=tcp", RANGE)
    [missing] = [each for each in examined(config)[1] if each["severity"] == "fault"]
    with (asterisk.place.etc / "hints.conf").open("a") as hints:
        hints.writelines(f"{line}\n" for line in missing["lines"])
    run_told(asterisk, missing["command"])
    assert examined(config)[0] == 0


def test_a_told_module_mends(new_asterisk: NewAsterisk, tmp_path: Path) -> None:
    asterisk = new_asterisk(ALL, *unload("res_pjsip_pidf_digium_body_supplement.so"))
    config = write(tmp_path, asterisk, "sip:127.0.0.1:{sip};transport=tcp", RANGE)
    status, [missing] = examined(config)
    assert (status, missing["finding"]) == (1, "no_person")
    run_told(asterisk, missing["command"])
    assert examined(config)[0] == 0


def test_a_told_setting_mends(new_asterisk: NewAsterisk, tmp_path: Path) -> None:
    asterisk = new_asterisk(ALL)
    config = write(tmp_path, asterisk, "sip:127.0.0.1:{sip};transport=tcp", RANGE, "barred")
    [barred] = examined(config)[1]
    section, _, line = barred["lines"]
    file = asterisk.place.etc / barred["file"]
    head, section, tail = file.read_text().partition(f"{section}(user)\n")
    file.write_text(head + section + tail.replace("allow_subscribe=no", line, 1))
    run_told(asterisk, barred["command"])
    assert examined(config)[0] == 0


# -- the call -----------------------------------------------------------------------------------------------------


def test_several_pbxs_are_told_one_by_one(well: Asterisk, tmp_path: Path) -> None:
    config = tmp_path / "board.toml"
    account = 'user = "board"\npassword_env = "BOARD_PASSWORD"\npresence_link = "none"\n'
    config.write_text(
        f'[[pbx]]\nname = "north"\nserver = "{well.server()}"\n{account}'
        f'[[pbx]]\nname = "south"\nserver = "sip:pbx.invalid"\n{account}'
        '[[contact]]\nextension = "2000"\npbx = "north"\n[[contact]]\nextension = "2001"\npbx = "south"\n'
    )
    text = run("--config", str(config)).stdout
    assert re.search(r"^north: Asterisk at 127\.0\.0\.1:\d+ over TCP, as board; 1 of 1 extension told", text, re.M)
    assert re.search(r"^south: pbx\.invalid:5060 over UDP, as board; 0 of 1 extension told", text, re.M)
    assert text.endswith("\n1 fault.\n")


@pytest.mark.parametrize("content", [None, "[[pbx]]\nname = 7\n", '[serve]\nsip = "127.0.0.1:0"\n'])
def test_without_a_pbx_the_call_is_wrong(tmp_path: Path, content: str | None) -> None:
    config = tmp_path / "board.toml"
    if content is not None:
        config.write_text(content)
    named = ["--config", str(config)] if content is not None else []
    done = run(*named, PRESENCE_BOARD_HOME=str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert all(line.startswith("presence-board: ") for line in done.stderr.splitlines())
    assert done.stderr
