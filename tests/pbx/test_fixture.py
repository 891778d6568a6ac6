# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The real Asterisk of the tests does what its fixture promises."""

import os
import re
import select
import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.pbx.asterisk import Asterisk, device_action
from tests.pbx.fixtures import NewAsterisk
from tests.pbx.manager import ManagerError
from tests.pbx.place import has_ipv6, reserve

pytestmark = pytest.mark.pbx

_OPTIONS = (
    "OPTIONS sip:{host}:{port} SIP/2.0\r\nVia: SIP/2.0/{via} {host}:9;branch=z9hG4bKtest;rport\r\n"
    "From: <sip:board@{host}>;tag=1\r\nTo: <sip:{host}>\r\nCall-ID: test\r\nCSeq: 1 OPTIONS\r\n"
    "Max-Forwards: 70\r\nContact: <sip:board@{host}:9>\r\nContent-Length: 0\r\n\r\n"
)


def _ask_options(connection: socket.socket, via: str, host: str, port: int) -> bytes:
    connection.settimeout(10)
    connection.sendall(_OPTIONS.format(via=via, host=f"[{host}]" if ":" in host else host, port=port).encode())
    return connection.recv(4096).split(b"\r\n")[0]


def _hint(asterisk: Asterisk, extension: str) -> tuple[str, str] | None:
    found = re.search(rf"^{extension}@hints .*State:(\S+)\s+Presence:(\S*)", asterisk.command("core show hints"), re.M)
    return (found[1], found[2]) if found else None


def test_sets_device_and_presence(asterisk: Asterisk) -> None:
    asterisk.set_device("2000", "INUSE")
    asterisk.set_presence("2000", "away", "lunch", "Back at 2, äö")
    deadline = time.monotonic() + 5
    while _hint(asterisk, "2000") != ("InUse", "away") and time.monotonic() < deadline:
        pass  # each look is a round trip
    assert _hint(asterisk, "2000") == ("InUse", "away")
    assert "2000" in asterisk.command("presencestate list")
    asterisk.set_device("2000", "NOT_INUSE")
    asterisk.set_presence("2000", "not_set")


def test_says_what_asterisk_refused(asterisk: Asterisk) -> None:
    with pytest.raises(ManagerError, match="DialplanExtensionRemove"):
        asterisk.remove_hint("7777")


def test_adds_and_removes_a_hint(asterisk: Asterisk) -> None:
    asterisk.add_hint("2999", "Custom:2999,CustomPresence:2999")
    assert _hint(asterisk, "2999") == ("Idle", "not_set")
    asterisk.remove_hint("2999")
    assert _hint(asterisk, "2999") is None


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("kind", ["udp", "tcp", "tls"])
def test_answers_on_every_transport(asterisk: Asterisk, host: str, kind: str) -> None:
    if host == "::1" and not has_ipv6():
        pytest.skip("this machine has no IPv6 loopback")
    port = asterisk.tls_port if kind == "tls" else asterisk.sip_port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM) as plain:
        plain.settimeout(10)
        plain.connect((host, port))
        if kind != "tls":
            assert b"SIP/2.0 401" in _ask_options(plain, kind.upper(), host, port)
            return
        trust = ssl.create_default_context(cafile=str(asterisk.certificates.ca))
        with trust.wrap_socket(plain, server_hostname=host) as secured:
            assert b"SIP/2.0 401" in _ask_options(secured, "TLS", host, port)


def test_restart_keeps_or_wipes_its_database(new_asterisk: NewAsterisk) -> None:
    own = new_asterisk(["2000"])
    own.set_presence("2000", "xa")
    for kill in (False, True):
        before = own.pid
        own.restart(kill=kill)
        assert own.pid != before
        assert own.command("database get CustomPresence 2000").startswith("Value: xa")
    own.restart(kill=True, wipe=True)
    assert "not found" in own.command("database get CustomPresence 2000")


def test_holds_three_thousand_hints(new_asterisk: NewAsterisk) -> None:
    own = new_asterisk([])
    own.hints = {str(number): f"Custom:{number},CustomPresence:{number}" for number in range(10000, 13000)}
    own.reload_hints()
    assert "3001 hints registered" in own.command("core show hints")
    own.manager.run(device_action(str(number), "BUSY") for number in range(10000, 13000))
    assert "12999" in own.command("devstate list")


def test_two_runs_do_not_collide(chroot: Path) -> None:
    first, second = reserve(chroot), reserve(chroot)
    try:
        assert not {first.sip, first.tls, first.ami} & {second.sip, second.tls, second.ami}
        assert first.folder != second.folder
    finally:
        first.release()
        second.release()


_ABANDON = """
import os, pathlib, sys
from tests.pbx.asterisk import Asterisk
from tests.pbx.certificates import make_certificates
from tests.pbx.place import reserve
one = Asterisk(reserve(pathlib.Path(sys.argv[1])), make_certificates(pathlib.Path(sys.argv[2])), {})
one.start()
print(one.pid, flush=True)
os.kill(os.getpid(), 9)
"""


def test_ends_with_the_process_that_started_it(chroot: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _ABANDON, str(chroot), str(tmp_path)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
    )
    assert done.returncode == -signal.SIGKILL
    _wait_gone(int(done.stdout))


def _wait_gone(pid: int) -> None:
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([handle], [], [], 10)[0], f"Asterisk {pid} outlived its tests"
    finally:
        os.close(handle)
