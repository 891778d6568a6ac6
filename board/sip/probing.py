# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""OPTIONS probes: the border's own requests, which show whether the PBX is there. Sans-I/O; time is an argument."""

import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from hashlib import blake2b

from board.sip.account import Account
from board.sip.hop import MAGIC, OuterEnd, hostport
from board.sip.messages import ProbeAnswered
from board.sip.outbox import Outbox, ToPbx
from board.wire import Request, Response
from board.wire.headers import Headers

REMEMBERED = 16
"""Probes whose answers are still waited for; the policy has long given up on older ones."""
_DATE = re.compile(r"[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT")
_ASTERISK_NONCE = re.compile(r'nonce="([0-9]{9,11})/[0-9a-f]{32}"')


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
        headers = response.headers
        answered = ProbeAnswered(probe.serial, response.status, now - probe.at, at, _server(headers), _clock(headers))
        self._outbox.observations.append(answered)


def _server(headers: Headers) -> str:
    name = headers.get("Server") or headers.get("User-Agent") or ""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())[:80]


def _clock(headers: Headers) -> float | None:
    """Return the PBX's time: its Date, or that in Asterisk's nonce (res_pjsip_authenticator_digest.c, build_nonce)."""
    if date := _DATE.fullmatch((headers.get("Date") or "").strip()):
        try:
            return parsedate_to_datetime(date[0]).timestamp()
        except ValueError:
            return None
    found = _ASTERISK_NONCE.search(headers.get("WWW-Authenticate") or "")
    return float(found[1]) if found else None
