# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The shipped dialplan on a real Asterisk: a SIP MESSAGE sets the sender's own status, and nobody else's."""

import asyncio
import base64
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from board.links.message import BODY_LIMIT, CONTENT_TYPE, USER, body_of
from board.presence.value import Presence
from board.sip.account import Account, Transport
from board.sip.credentials import credentials
from board.sip.messages import RequestAnswered
from board.states import PresenceState
from board.wire import Request, Response, read_message
from board.wire.headers import Headers
from tests.end2end.pool_office import PoolOffice
from tests.pbx.asterisk import PASSWORD, Asterisk
from tests.pbx.place import has_ipv6

pytestmark = pytest.mark.pbx

ALICE, BOB = "6001", "6002"
AWAY = Presence(PresenceState.AWAY, "lunch", 'Back, "soon" 🏖')


def account(
    pbx: Asterisk,
    user: str = ALICE,
    auth_user: str = "",
    password: str = PASSWORD,
    transport: Transport = Transport.TCP,
    host: str = "127.0.0.1",
) -> Account:
    port = pbx.tls_port if transport is Transport.TLS else pbx.sip_port
    return Account("office", host, port, transport, user, password, auth_user, tls_ca=str(pbx.certificates.ca))


@asynccontextmanager
async def sending(of: Account) -> AsyncIterator[PoolOffice]:
    """Run a pool that has reached the PBX, whatever that says."""
    office = PoolOffice(of, ALICE)
    office.pool.start()
    try:
        await office.until(lambda: bool(office.events) and office.state(ALICE) is not None)
        yield office
    finally:
        await office.pool.stop(5)


async def send(office: PoolOffice, body: bytes, user: str = USER) -> RequestAnswered:
    return await office.pool.request("office", "MESSAGE", user, (("Content-Type", CONTENT_TYPE),), body)


def shown(pbx: Asterisk, extension: str) -> tuple[str, str, str]:
    [answer] = pbx.manager.run([{"Action": "PresenceState", "Provider": f"CustomPresence:{extension}"}])
    return answer["State"][0], answer.get("Subtype", [""])[0], answer.get("PresenceMessage", [""])[0]


async def until_shown(pbx: Asterisk, extension: str, state: str) -> None:
    async with asyncio.timeout(10):
        while shown(pbx, extension)[0] != state:  # noqa: ASYNC110 (nothing tells)
            await asyncio.sleep(0.01)


@pytest.fixture(autouse=True)
def _nobody_has_a_status(asterisk: Asterisk) -> None:
    for extension in (ALICE, BOB):
        asterisk.set_presence(extension, "not_set")


WAYS = [
    (Transport.UDP, "127.0.0.1"),
    (Transport.TCP, "127.0.0.1"),
    (Transport.TLS, "localhost"),
    (Transport.UDP, "::1"),
]


@pytest.mark.parametrize(("transport", "host"), WAYS)
async def test_it_sets_the_senders_status(asterisk: Asterisk, transport: Transport, host: str) -> None:
    if ":" in host and not has_ipv6():
        pytest.skip("this machine has no IPv6")
    async with sending(account(asterisk, transport=transport, host=host)) as office:
        assert (await send(office, body_of(AWAY))).status == 202
        await until_shown(asterisk, ALICE, "away")
        assert shown(asterisk, ALICE) == ("away", "lunch", 'Back, "soon" 🏖')
        assert shown(asterisk, BOB)[0] == "not_set"


def send_as(pbx: Asterisk, sender: str, auth_user: str, password: str = PASSWORD) -> int:
    """Send Bob's status by hand with any From, answering the challenge as `auth_user`; return the last status."""
    uri, answer, status = f"sip:{USER}@127.0.0.1:{pbx.sip_port}", None, 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(10)
        sock.connect(("127.0.0.1", pbx.sip_port))
        host, port = sock.getsockname()
        for number in (1, 2):
            fields = [("Via", f"SIP/2.0/UDP {host}:{port};rport;branch=z9hG4bKspoof{port}{number}")]
            fields += [("From", f"{sender};tag=t"), ("To", f"<{uri}>"), ("Call-ID", f"spoof{port}")]
            fields += [("CSeq", f"{number} MESSAGE"), ("Max-Forwards", "70"), ("Content-Type", "text/plain")]
            fields += [answer] if answer else []
            sock.send(Request(Headers(fields), body_of(AWAY), "MESSAGE", uri).encode())
            response = read_message(sock.recv(65536))
            assert isinstance(response, Response)
            status = response.status
            if response.status == 401:
                answer = credentials(response, "MESSAGE", uri, auth_user, password, "cnonce")
        return status


@pytest.mark.parametrize(
    ("sender", "auth_user"),
    [
        (f"<sip:{BOB}@127.0.0.1>", ALICE),
        (f'"Bob" <sip:{BOB}@127.0.0.1>', ALICE),
        (f"<sip:{BOB}@127.0.0.1>", ""),
        ("<sip:anonymous@anonymous.invalid>", ALICE),
    ],
)
async def test_who_poses_as_another_is_refused(asterisk: Asterisk, sender: str, auth_user: str) -> None:
    assert send_as(asterisk, sender, auth_user) == 401
    assert shown(asterisk, BOB)[0] == shown(asterisk, ALICE)[0] == "not_set"


@pytest.mark.parametrize("name", [f'"x <sip:{BOB}@127.0.0.1>"', f'"{BOB}"', f'"pmsg-{BOB}"'])
async def test_a_display_name_makes_nobody_another(asterisk: Asterisk, name: str) -> None:
    assert send_as(asterisk, f"{name} <sip:{ALICE}@127.0.0.1>", ALICE) == 202
    await until_shown(asterisk, ALICE, "away")
    assert shown(asterisk, BOB)[0] == "not_set"


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "body",
    [
        "away",
        f"away|{b64('a')}|{b64('b')}|{BOB}|e",
        f"away|{b64('a')},e)=dnd|x",
        "away|${SHELL(touch /tmp/pwned)}|${EXTEN}",
        f'away|" & Set(PRESENCE_STATE(CustomPresence:{BOB})=dnd)|',
        f"away\r\n|\r\nTo: <sip:{BOB}@pbx>|",
    ],
)
async def test_no_body_reaches_further_than_the_senders_own_three_fields(asterisk: Asterisk, body: str) -> None:
    async with sending(account(asterisk)) as office:
        assert (await send(office, body.encode())).status == 202
        await until_shown(asterisk, ALICE, "away")
    assert shown(asterisk, BOB)[0] == "not_set"
    assert not (asterisk.place.chroot / "tmp/pwned").exists()


@pytest.mark.parametrize(
    "body", [b"", b"AWAY||", b"nix||", b"|away|", b"\xff\xfe|\x00|", b"away||" + b"x" * BODY_LIMIT]
)
async def test_what_is_no_status_changes_nothing(asterisk: Asterisk, body: bytes) -> None:
    async with sending(account(asterisk)) as office:
        await send(office, body)
        await send(office, b"chat||")
        await until_shown(asterisk, ALICE, "chat")


async def test_an_account_without_the_dialplan_is_told(asterisk: Asterisk) -> None:
    async with sending(account(asterisk, "board")) as office:
        assert (await send(office, body_of(AWAY))).status == 404


async def test_the_body_limit_is_asterisks(asterisk: Asterisk) -> None:
    head = b"away||"
    fits = head + b"x" * (BODY_LIMIT - len(head))
    async with sending(account(asterisk)) as office:
        await send(office, fits + b"x")
        await send(office, b"chat||")
        await until_shown(asterisk, ALICE, "chat")
        await send(office, fits)
        await until_shown(asterisk, ALICE, "away")
