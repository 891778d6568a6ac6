# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Digest authentication on the client's side, for the requests that the border makes itself (RFC 7616, RFC 8760). Pure.

pjsua2 answers the challenges of its own requests; those it never sees are answered here.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from board.wire import Response

_HASHES: Mapping[str, Callable[[bytes], "hashlib._Hash"]] = MappingProxyType(
    {"MD5": lambda data: hashlib.md5(data, usedforsecurity=False), "SHA-256": hashlib.sha256}
)
_ANSWERS: Mapping[int, tuple[str, str]] = MappingProxyType(
    {401: ("WWW-Authenticate", "Authorization"), 407: ("Proxy-Authenticate", "Proxy-Authorization")}
)
_PARAMETER = re.compile(r'([A-Za-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')


def credentials(
    response: Response, method: str, uri: str, user: str, password: str, cnonce: str
) -> tuple[str, str] | None:
    """Return the header field that answers a 401 or 407, None where it asks for nothing that we know.

    The first challenge of a known algorithm is answered: a server puts the one it likes best on top (RFC 8760).
    `cnonce` is fresh random text.
    """
    asked, answer = _ANSWERS[response.status]
    for challenge in response.headers.all(asked):
        value = _credentials(challenge, method, uri, user, password, cnonce)
        if value is not None:
            return answer, value
    return None


def _credentials(challenge: str, method: str, uri: str, user: str, password: str, cnonce: str) -> str | None:
    scheme, _, rest = challenge.strip().partition(" ")
    given = {match[1].lower(): match[2] if match[2] is not None else match[3] for match in _PARAMETER.finditer(rest)}
    make = _HASHES.get(given.get("algorithm", "MD5").upper())
    qualities = [word.strip() for word in given.get("qop", "").lower().split(",") if word.strip()]
    if scheme.lower() != "digest" or make is None or "nonce" not in given or (qualities and "auth" not in qualities):
        return None

    def hashed(*parts: str) -> str:
        return make(":".join(parts).encode("utf-8", "surrogateescape")).hexdigest()

    realm, nonce = given.get("realm", ""), given["nonce"]
    # Quoted signs stand in the header as they came; the hash is of what they mean.
    secret = hashed(user, _unquoted(realm), password)
    quality = ("00000001", cnonce, "auth") if qualities else ()
    proof = hashed(secret, _unquoted(nonce), *quality, hashed(method, uri))
    quoted = {"username": _quoted(user), "realm": realm, "nonce": nonce, "uri": uri, "response": proof}
    fields = [f'{name}="{value}"' for name, value in quoted.items()]
    if "algorithm" in given:
        fields.append(f"algorithm={given['algorithm']}")
    if "opaque" in given:
        fields.append(f'opaque="{given["opaque"]}"')
    if quality:
        fields += [f'cnonce="{cnonce}"', "nc=00000001", "qop=auth"]
    return "Digest " + ", ".join(fields)


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _quoted(text: str) -> str:
    return re.sub(r'(["\\])', r"\\\1", text)
