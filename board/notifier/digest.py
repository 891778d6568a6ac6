# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Digest authentication on the server's side (RFC 3261 section 22, RFC 8760: SHA-256 and MD5). Pure.

A nonce carries its own moment and a keyed hash of it, so strangers cost no memory. One that proved a password is
remembered with the highest nonce count it was used with, until it is too old: a request seen before is refused.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from board.notifier.timers import Timers

HASHES: Mapping[str, Callable[[bytes], "hashlib._Hash"]] = MappingProxyType(
    {"SHA-256": hashlib.sha256, "MD5": lambda data: hashlib.md5(data, usedforsecurity=False)}
)
"""The algorithms there are."""

_PARAMETER = re.compile(r'([A-Za-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')
_COUNT = re.compile(r"[0-9A-Fa-f]{8}\Z")


class Verdict(Enum):
    """What came of looking at a request's credentials."""

    ACCEPTED = "accepted"
    MISSING = "missing"  # none for this realm: ask for them
    STALE = "stale"  # right, but with a nonce that is too old: ask again
    REPLAYED = "replayed"  # this nonce was used with this count before
    WRONG = "wrong"  # unknown user, wrong password, or not what was asked for


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict and whose credentials it is about ("" where nobody is known)."""

    verdict: Verdict
    user: str = ""


class Digest:
    """Challenges and checks requests. `users` maps a name to its password; `token` gives fresh random text.

    `algorithms` are offered in their order, and no others are taken.
    """

    def __init__(
        self,
        users: Mapping[str, str],
        realm: str,
        token: Callable[[], str],
        nonce_life: float,
        algorithms: Sequence[str] = tuple(HASHES),
    ) -> None:
        self._users = dict(users)
        self._hashes = {name: HASHES[name] for name in algorithms}
        self._realm = realm
        self._token = token
        self._key = token().encode()
        self._life = nonce_life
        self._counts = dict[str, int]()
        self._ages = Timers[str]()

    def challenges(self, now: float, *, stale: bool = False, md5_only: bool = False) -> list[str]:
        """Return the WWW-Authenticate values to ask with, one an algorithm; `md5_only` leaves out the others."""
        nonce, flag = self._nonce(now), ", stale=true" if stale else ""
        known = [name for name in self._hashes if name == "MD5"] if md5_only else []
        return [
            f'Digest realm="{self._realm}", nonce="{nonce}", algorithm={name}, qop="auth"{flag}'
            for name in known or self._hashes
        ]

    def judge(self, method: str, credentials: list[str], now: float) -> Judgement:
        """Check the Authorization values of a request."""
        for old in self._ages.due(now):
            self._counts.pop(old, None)
        verdict = Judgement(Verdict.MISSING)
        for text in credentials:
            given = _read(text)
            if given is None or given.get("realm") != self._realm:
                continue
            verdict = self._judge_one(method, given, now)
            if verdict.verdict is Verdict.ACCEPTED:
                break
        return verdict

    def _judge_one(self, method: str, given: Mapping[str, str], now: float) -> Judgement:
        nonce = given.get("nonce", "")
        age = self._age(nonce, now)
        if age is None or not self._proves(method, given):
            return Judgement(Verdict.WRONG, given.get("username", ""))
        if age > self._life:
            return Judgement(Verdict.STALE, given["username"])
        count = int(given["nc"], 16) if "qop" in given else 1
        if count <= self._counts.get(nonce, 0):
            return Judgement(Verdict.REPLAYED, given["username"])
        if nonce not in self._counts:
            self._ages.set(nonce, now - age + self._life + 1)
        self._counts[nonce] = count
        return Judgement(Verdict.ACCEPTED, given["username"])

    def _proves(self, method: str, given: Mapping[str, str]) -> bool:
        make = self._hashes.get(given.get("algorithm", "MD5").upper())
        password = self._users.get(given.get("username", ""))
        if make is None or password is None or not _complete(given):
            return False

        def hashed(*parts: str) -> str:
            return make(":".join(parts).encode("utf-8", "surrogateescape")).hexdigest()

        secret = hashed(given["username"], self._realm, password)
        asked = hashed(method, given["uri"])
        quality = (given["nc"], given["cnonce"], given["qop"]) if "qop" in given else ()
        expected = hashed(secret, given["nonce"], *quality, asked)
        return hmac.compare_digest(expected.encode(), given["response"].lower().encode("utf-8", "surrogateescape"))

    def _nonce(self, now: float) -> str:
        stamp = f"{now:.3f}-{self._token()[:16]}"
        return f"{stamp}-{self._signature(stamp)}"

    def _signature(self, stamp: str) -> str:
        return hmac.new(self._key, stamp.encode("utf-8", "surrogateescape"), "sha256").hexdigest()[:32]

    def _age(self, nonce: str, now: float) -> float | None:
        stamp, _, signature = nonce.rpartition("-")
        if not hmac.compare_digest(self._signature(stamp).encode(), signature.encode("utf-8", "surrogateescape")):
            return None
        return now - float(stamp.rpartition("-")[0])


def _complete(given: Mapping[str, str]) -> bool:
    if not {"uri", "response", "nonce"} <= given.keys():
        return False
    if "qop" not in given:
        return True
    return given["qop"] == "auth" and "cnonce" in given and _COUNT.match(given.get("nc", "")) is not None


def _read(text: str) -> dict[str, str] | None:
    scheme, _, rest = text.strip().partition(" ")
    if scheme.lower() != "digest":
        return None
    found = dict[str, str]()
    for match in _PARAMETER.finditer(rest):
        quoted, plain = match[2], match[3]
        found.setdefault(match[1].lower(), plain if quoted is None else re.sub(r"\\(.)", r"\1", quoted))
    return found
