# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Opening a way: which address, which remark, and in plain words why not."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from board.sip import opening
from board.sip.account import Account, Transport
from board.sip.opening import OpenError, bare, open_way

UDP = Account("office", "127.0.0.1", 5060, Transport.UDP, "board")


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def reason(account: Account) -> str:
    with pytest.raises(OpenError) as caught:
        open_way(account, 0)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_udp_is_bound_where_the_pbx_is_reached_from() -> None:
    opened = open_way(UDP, 0)
    with opened.sock:
        assert opened.end.host == "127.0.0.1"
        assert opened.end.port == opened.sock.getsockname()[1]
        assert opened.peers == {("127.0.0.1", 5060)}


def test_udp_takes_its_port_again_if_it_can() -> None:
    first = open_way(UDP, 0)
    first.sock.close()
    again = open_way(UDP, 1, first.end.port)
    with again.sock:
        assert again.end.port == first.end.port
        another = open_way(UDP, 2, first.end.port)
        another.sock.close()
        assert another.end.port != first.end.port


def test_over_udp_each_address_gets_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(*_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, 0, 0, "", (f"127.0.0.{n}", 5060)) for n in (1, 2, 3)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    targets = []
    for attempt in range(4):
        opened = open_way(UDP, attempt)
        opened.sock.close()
        targets.append(opened.target[0])
        assert len(opened.peers) == 3
    assert targets == ["127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.1"]


def test_a_capped_receive_buffer_is_remarked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "RECEIVE_BUFFER", 1 << 30)
    opened = open_way(UDP, 0)
    opened.sock.close()
    assert "net.core.rmem_max=1073741824" in opened.remark


def test_tcp_connects(listener: socket.socket) -> None:
    opened = open_way(replace(UDP, port=listener.getsockname()[1], transport=Transport.TCP), 0)
    with opened.sock:
        assert (opened.end.transport, opened.end.host, opened.remark) == (Transport.TCP, "127.0.0.1", "")


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    text = reason(replace(UDP, port=port, transport=Transport.TCP))
    assert text == f"connection refused by 127.0.0.1:{port}: check the port and that the PBX runs"


@pytest.mark.parametrize(
    "error", [socket.gaierror(socket.EAI_NONAME, "Name or service not known"), UnicodeError("label too long")]
)
@pytest.mark.parametrize("transport", list(Transport))
def test_an_unknown_name(transport: Transport, error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(*_: Any, **__: Any) -> list[Any]:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    text = reason(replace(UDP, host="pbx.example", transport=transport))
    assert text.startswith("cannot resolve pbx.example (")
    assert "check the server's name" in text


def test_a_port_that_speaks_no_tls(listener: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "CONNECT_TIMEOUT", 0.2)
    port = listener.getsockname()[1]
    text = reason(replace(UDP, port=port, transport=Transport.TLS))
    assert text.startswith(f"no TLS with 127.0.0.1:{port}")


@pytest.mark.parametrize("content", [None, b"no certificate"])
def test_a_ca_file_that_cannot_be_read(listener: socket.socket, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    account = replace(UDP, port=listener.getsockname()[1], transport=Transport.TLS, tls_ca=str(path))
    assert reason(account).startswith(f"cannot read tls_ca {path}: ")


@pytest.mark.parametrize(
    ("address", "source"),
    [
        (("192.0.2.1", 5060), ("192.0.2.1", 5060)),
        (("::ffff:192.0.2.1", 5060, 0, 0), ("192.0.2.1", 5060)),
        (("fe80::1%eth0", 5060, 0, 2), ("fe80::1", 5060)),
        (("2001:db8::1", 5060, 0, 0), ("2001:db8::1", 5060)),
    ],
)
def test_sources_compare_in_one_form(address: tuple[Any, ...], source: tuple[str, int]) -> None:
    assert bare(address) == source
