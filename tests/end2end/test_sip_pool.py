# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The pool with its real workers and pjsua2, against a PBX that loses, forges, attacks and forgets."""

import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from board.events import PbxChanged, StateNotified, SubscriptionChanged
from board.sip.account import Account, Transport
from board.states import DeviceState, PbxState, Subscription
from tests.end2end.pool_office import PoolOffice
from tests.fakes.sip_pbx import SipPbx

SECRET = "not-to-be-seen"
CRASHING = (
    "import os, sys; from board.sip import worker; hand = worker.Worker._hand\n"
    "def crash(self, data, extension):\n"
    "    if extension == '2001' and data.startswith(b'NOTIFY'): self._crumb.leave(extension); os.abort()\n"
    "    hand(self, data, extension)\n"
    "worker.Worker._hand = crash; worker.leave(worker.main(sys.argv[1:]))"
)
GROWING = (
    "import sys, time; from board.sip import recycling, worker; born = time.monotonic()\n"
    "recycling.resident = lambda: recycling.CAP + 1 if time.monotonic() - born > 1 else 0\n"
    "worker.MEMORY_EVERY = 0.1; worker.leave(worker.main(sys.argv[1:]))"
)


class Office(PoolOffice):
    """A pool on a fake PBX."""

    def __init__(self, pbx: SipPbx, *extensions: str, command: tuple[str, ...] | None = None) -> None:
        super().__init__(
            Account("office", "127.0.0.1", pbx.port, Transport.UDP, "board", SECRET), *extensions, command=command
        )
        self.pbx = pbx


@pytest.fixture
async def pbx() -> AsyncIterator[SipPbx]:
    """A PBX that accepts whatever is asked."""
    made = await SipPbx().open()
    yield made
    made.close()


@pytest.fixture
async def office(pbx: SipPbx) -> AsyncIterator[Office]:
    """Two extensions, both active."""
    made = Office(pbx, "2001", "2002")
    made.pool.start()
    await made.until(lambda: None not in (made.device("2001"), made.device("2002")))
    yield made
    await made.pool.stop(3)


@pytest.mark.parametrize("record_route", ["", "<sip:127.0.0.1:9;lr>"])
async def test_refreshes_take_the_way_through_the_border(pbx: SipPbx, record_route: str) -> None:
    pbx.expires, pbx.record_route = 7, record_route
    office = Office(pbx, "2001")
    office.pool.start()
    await pbx.until(lambda: len(pbx.subscribes("2001")) >= 3)
    first, refresh, again = pbx.subscribes("2001")[:3]
    assert refresh.call_id == again.call_id == first.call_id
    assert refresh.to.tag == "fake"
    assert len({message.via.port for message in (first, refresh, again)}) == 1
    assert refresh.headers.get("Contact") == first.headers.get("Contact")
    assert refresh.headers.all("Route") == ([record_route] if record_route else [])
    await office.pool.stop(3)


async def test_the_end_unsubscribes_everything(pbx: SipPbx) -> None:
    office = Office(pbx, "2001", "2002")
    office.pool.start()
    await office.until(lambda: None not in (office.device("2001"), office.device("2002")))
    await office.pool.stop(3)
    assert [pbx.subscribes(extension)[-1].headers.get("Expires") for extension in ("2001", "2002")] == ["0", "0"]
    assert pbx.subscribes("2001")[-1].to.tag == "fake"


async def test_a_change_arrives(office: Office) -> None:
    office.pbx.notify("2001", "On the phone")
    await office.until(lambda: office.device("2001") is DeviceState.IN_USE)
    assert office.device("2002") is DeviceState.IDLE
    state = office.state("2001")
    assert state is not None
    assert (state.subscription, state.stale) == (Subscription.ACTIVE, False)


@pytest.mark.parametrize(
    "extension",
    ["*98", "100#", "a+b", "a.b-c_d", "a b", "50%", "gr\u00fcn", "A/1", "a&b", "q?r", "a;b", "a,b", "a;b=c"],
)
async def test_an_extension_may_have_any_name(pbx: SipPbx, extension: str) -> None:
    office = Office(pbx, extension)
    office.pool.start()
    await office.until(office.is_live)
    await office.pool.stop(3)
    assert pbx.requests[-1].headers.get("Expires") == "0"


async def test_a_lost_notify_is_noticed_by_its_cseq_and_made_good(office: Office) -> None:
    """The silent death: the lost NOTIFY comes late, is answered 200 and not 500, and the state is asked for anew."""
    first = office.pbx.subscribes("2001")[0].call_id
    office.pbx.note = "Ringing"
    late = office.pbx.watchers["2001"].cseq + 1
    latest = office.pbx.notify("2001", "On the phone", skip=1)
    office.pbx.repeat("2001", late, "Ready")
    await office.pbx.until(lambda: late in {r.cseq[0] for r in office.pbx.responses if r.call_id == first})
    assert {r.status for r in office.pbx.responses if r.cseq[0] in (late, latest)} == {200}
    await office.pbx.until(lambda: office.pbx.subscribes("2001")[-1].call_id != first)
    await office.until(lambda: office.device("2001") is DeviceState.RINGING)


async def test_a_retransmission_is_answered_and_told_once(office: Office) -> None:
    cseq = office.pbx.notify("2001", "Ringing")
    office.pbx.repeat("2001", cseq, "Ringing")
    await office.pbx.until(lambda: sum(r.cseq[0] == cseq for r in office.pbx.responses) >= 2)
    office.pbx.notify("2002", "Ringing")
    await office.until(lambda: office.device("2002") is DeviceState.RINGING)
    told = [e for e in office.events if isinstance(e, StateNotified) and e.document.device is DeviceState.RINGING]
    assert [e.address.extension for e in told] == ["2001", "2002"]


def attacks(ours: str) -> list[bytes]:
    """The packets that abort pjsua2 by itself: they must never reach it."""
    head = "Via: SIP/2.0/UDP 127.0.0.1:9;rport;branch=z9hG4bKattack\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:board@b>{}\r\n"
    head += "Call-ID: attack\r\nMax-Forwards: 70\r\nContact: <sip:a@127.0.0.1:9>\r\n"
    end = "Content-Length: 0\r\n\r\n"
    body = '<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="x"><tuple><basic>open</basic></tuple></presence>'
    messages = [
        f"INVITE {ours} SIP/2.0\r\n{head.format('')}CSeq: 1 INVITE\r\n{end}",
        f"ACK {ours} SIP/2.0\r\n{head.format(';tag=2')}CSeq: 1 ACK\r\n{end}",
        f"OPTIONS {ours} SIP/2.0\r\n{head.format('')}CSeq: 1 INVITE\r\n{end}",
        f"ACK {ours} SIP/2.0\r\nVia: ;;;\r\nTo: <<>>\r\nCSeq: x ACK\r\n\r\n",
        f"NOTIFY {ours} SIP/2.0\r\n{head.format(';tag=2')}CSeq: 1 NOTIFY\r\nEvent: presence\r\n"
        "Subscription-State: active\r\nContent-Type: application/pidf+xml\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}",
        f"SIP/2.0 200 OK\r\n{head.format(';tag=2')}CSeq: 1 SUBSCRIBE\r\n{end}",
    ]
    return [message.encode() for message in messages]


@pytest.mark.parametrize("by", ["a stranger", "the PBX"])
async def test_what_aborts_pjsua2_does_not_reach_it(office: Office, by: str) -> None:
    [worker] = office.workers()
    ours = office.pbx.watchers["2001"].source
    contact = office.pbx.watchers["2001"].request.headers.require("Contact").strip("<>")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.setblocking(False)
        for message in attacks(contact) * 3:
            if by == "the PBX":
                office.pbx.send(message, ours)
            else:
                stranger.sendto(message, ours)
        office.pbx.notify("2001", "Ringing")
        await office.until(lambda: office.device("2001") is DeviceState.RINGING)
        if by == "a stranger":
            with pytest.raises(BlockingIOError):
                stranger.recv(65536)
    assert office.workers() == [worker]


async def test_a_body_that_aborts_pjsua2_is_read_by_us(office: Office) -> None:
    """PIDF tuples without id or status, in a dialog of ours (pidf.c:184)."""
    [worker] = office.workers()
    office.pbx.notify("2001", "On the phone</note><tuple/><tuple><basic>open</basic></tuple><note>")
    office.pbx.notify("2002", "Ringing")
    await office.until(lambda: office.device("2002") is DeviceState.RINGING)
    assert office.workers() == [worker]


async def test_a_forged_notify_changes_nothing(office: Office) -> None:
    watcher = office.pbx.watchers["2001"]
    office.pbx.repeat("2001", watcher.cseq + 1, "Ringing", From="<sip:2001@127.0.0.1>;tag=forged")
    await office.pbx.until(lambda: office.pbx.responses[-1].status == 481)
    office.pbx.notify("2002", "Ringing")
    await office.until(lambda: office.device("2002") is DeviceState.RINGING)
    assert office.device("2001") is DeviceState.IDLE


async def test_a_killed_worker_costs_a_moment(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    [worker] = office.workers()
    count = len(office.events)
    os.kill(worker, signal.SIGKILL)
    fresh = office.events
    await office.until(lambda: len({e.address for e in fresh[count:] if isinstance(e, StateNotified)}) == 2)
    stale = {e.address.extension for e in fresh[count:] if isinstance(e, SubscriptionChanged) and e.stale}
    assert stale == {"2001", "2002"}
    assert office.workers() != [worker]
    states = [office.state(extension) for extension in ("2001", "2002")]
    assert [state.stale for state in states if state] == [False, False]


async def test_an_extension_that_crashes_workers_is_put_aside(pbx: SipPbx, caplog: pytest.LogCaptureFixture) -> None:
    office = Office(pbx, "2001", "2002", command=(sys.executable, "-c", CRASHING))
    office.pool.start()

    def barred() -> bool:
        state = office.state("2001")
        return state is not None and "crashes the SIP stack" in state.reason

    await office.until(barred)
    count = len(office.events)
    await office.until(lambda: any(isinstance(e, StateNotified) for e in office.events[count:]))
    assert office.device("2002") is DeviceState.IDLE
    assert any(record.levelno == logging.ERROR and "2001" in record.getMessage() for record in caplog.records)
    await office.pool.stop(3)


async def test_a_worker_that_grew_too_large_is_started_afresh(pbx: SipPbx) -> None:
    """It unsubscribes, goes, and the next one takes over; nothing of that is a warning."""
    office = Office(pbx, "2001", command=(sys.executable, "-c", GROWING))
    office.pool.start()
    await office.until(office.is_live)
    first = office.workers()
    await pbx.until(lambda: len({request.call_id for request in pbx.subscribes("2001")}) == 2)
    assert any(request.headers.get("Expires") == "0" for request in pbx.subscribes("2001"))
    await office.until(office.is_live)
    assert office.workers() != first
    await office.pool.stop(3)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("/no/such/program",), "cannot start a SIP worker (/no/such/program): No such file or directory"),
        ((sys.executable, "-c", "raise SystemExit('pjsua2 is not installed')"), "pjsua2 is not installed"),
    ],
)
async def test_a_worker_that_cannot_start_is_a_line_in_the_log(
    pbx: SipPbx, command: tuple[str, ...], words: str, caplog: pytest.LogCaptureFixture
) -> None:
    office = Office(pbx, "2001", command=command)
    office.pool.start()
    await office.until_true(lambda: any(words in record.getMessage() for record in caplog.records))
    await office.pool.stop(1)


async def test_the_password_is_in_neither_arguments_nor_environment(office: Office) -> None:
    [worker] = office.workers()
    files = [Path(f"/proc/{worker}/{name}") for name in ("cmdline", "environ")]
    assert [SECRET.encode() in await asyncio.to_thread(file.read_bytes) for file in files] == [False, False]


async def test_at_debug_level_the_log_shows_every_message(pbx: SipPbx, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "board.sip")
    office = Office(pbx, "2001")
    office.pool.start()
    await office.until(office.is_live)
    lines = [record.getMessage() for record in caplog.records]
    assert any("sent (" in line and "SUBSCRIBE sip:2001@" in line for line in lines)
    assert any("received (" in line and "NOTIFY sip:board@" in line for line in lines)
    await office.pool.stop(3)


async def test_a_worker_does_not_outlive_its_pool(pbx: SipPbx) -> None:
    program = (
        "import asyncio, sys; from board.sip.account import *; from board.sip.pool import Pool\n"
        "async def main():\n"
        f"    account = Account('office', '127.0.0.1', {pbx.port}, Transport.UDP, 'board')\n"
        "    pool = Pool([(account, ['2001'])], lambda event: None); pool.start()\n"
        "    await asyncio.sleep(600)\n"
        "asyncio.run(main())"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", program)
    await pbx.until(lambda: "2001" in pbx.watchers)
    parent.kill()
    await parent.wait()
    await pbx.until(lambda: pbx.subscribes("2001")[-1].headers.get("Expires") == "0")


async def test_a_pbx_that_refuses_one_extension_serves_the_others(pbx: SipPbx) -> None:
    pbx.refuse["2001"] = 404
    office = Office(pbx, "2001", "2002")
    office.pool.start()
    await office.until(lambda: office.device("2002") is not None and office.state("2001") is not None)
    state = office.state("2001")
    assert state is not None
    assert "2001" in state.reason
    assert any(isinstance(e, PbxChanged) and e.state is PbxState.LIVE for e in office.events)
    await office.pool.stop(3)


async def test_a_worker_that_hangs_is_replaced(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    [worker] = office.workers()
    os.kill(worker, signal.SIGSTOP)
    await office.until(lambda: not office.is_live())
    await office.until(lambda: office.is_live() and office.workers() != [worker], 60)
    assert "hangs" in caplog.text
