# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The PBX's last digest challenge, to be told to pjsua2 before it asks: each subscription then takes one round trip.

A client may use a nonce for later requests of the same protection space (RFC 7616 section 3.6). pjsua2 does so within a
dialog only, and each of our subscriptions is a dialog of its own. Pure; time is an argument.
"""

from board.wire import Request, Response
from board.wire.headers import Headers

MOST_MISSES = 3
"""Answers to a foretold challenge that the PBX did not take, in a row, after which it is asked first for good."""
LIFETIME = 20.0
"""Seconds a nonce is used; Asterisk takes one for 32 s (res_pjsip.h, DEFAULT_NONCE_LIFETIME)."""
_CHALLENGES = ("WWW-Authenticate", "Proxy-Authenticate")


class Foretold:
    """Remembers one challenge once it has proved good; gives up where the PBX takes a nonce only once."""

    def __init__(self) -> None:
        self._learnt: tuple[int, tuple[tuple[str, str], ...], float] | None = None
        self._proven = False
        self._misses = 0

    def challenged(self, response: Response, foretold: bool, now: float) -> None:
        """Take note of a challenge of the PBX; `foretold` where it did not take the answer to one that we told."""
        self._misses += foretold
        fields = tuple((name, value) for name in _CHALLENGES for value in response.headers.all(name))
        self._learnt = (response.status, fields, now)
        self._proven = False

    def accepted(self, foretold: bool) -> None:
        """Take note that the PBX took an answer to a challenge, its own or one that we told."""
        self._proven = self._learnt is not None
        if foretold:
            self._misses = 0

    def answer(self, request: Request, now: float) -> Response | None:
        """Return the challenge as the PBX's answer to `request`, None where the PBX itself must be asked."""
        if self._learnt is None or not self._proven or self._misses >= MOST_MISSES:
            return None
        status, fields, at = self._learnt
        if now - at > LIFETIME:
            return None
        response = Response.to_request(request, status, "Unauthorized", tag="border")
        return response.with_headers(Headers((*response.headers, *fields)))
