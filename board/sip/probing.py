# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""OPTIONS probes: the border's own requests, which show whether the PBX is there. Sans-I/O; time is an argument."""

from dataclasses import dataclass
from hashlib import blake2b

from board.sip.account import Account
from board.sip.hop import MAGIC, OuterEnd, hostport
from board.sip.messages import ProbeAnswered
from board.sip.outbox import Outbox, ToPbx
from board.wire import Request, Response
from board.wire.headers import Headers

REMEMBERED = 16
"""Probes whose answers are still waited for; the policy has long given up on older ones."""


@dataclass(frozen=True, slots=True)
class _Probe:
    serial: int
    call_id: str
    at: float


class Probing:
    """The probes of one border."""

    def __init__(self, account: Account, user_agent: str, outbox: Outbox, key: bytes) -> None:
        self._target = f"sip:{hostport(account.host, account.port)}"
        self._from = f"<sip:{account.user}@{hostport(account.host, account.port)}>"
        self._user = account.user
        self._user_agent = user_agent
        self._outbox = outbox
        self._key = key
        self._probes: dict[str, _Probe] = {}
        self._count = 0

    def send(self, serial: int, end: OuterEnd, now: float) -> None:
        """Ask the PBX what it can do."""
        self._count += 1
        name = blake2b(f"probe {self._count}".encode(), key=self._key, digest_size=12).hexdigest()
        branch = MAGIC + name
        fields = (
            ("Via", end.via(branch)),
            ("Max-Forwards", "70"),
            ("From", f"{self._from};tag={name[:10]}"),
            ("To", f"<{self._target}>"),
            ("Call-ID", name),
            ("CSeq", f"{self._count} OPTIONS"),
            ("Contact", end.contact(self._user)),
            ("Accept", "application/sdp"),
            ("User-Agent", self._user_agent),
        )
        while len(self._probes) >= REMEMBERED:
            del self._probes[next(iter(self._probes))]
        self._probes[branch] = _Probe(serial, name, now)
        self._outbox.to_pbx.append(ToPbx(Request(Headers(fields), b"", "OPTIONS", self._target).encode()))

    def response(self, response: Response, now: float, at: float) -> None:
        """Take an answer; one that was not asked for is ignored."""
        probe = self._probes.get(response.via.branch)
        if probe is None or probe.call_id != response.call_id or response.status < 200:
            return
        del self._probes[response.via.branch]
        self._outbox.observations.append(ProbeAnswered(probe.serial, response.status, now - probe.at, at))
