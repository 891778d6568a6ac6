# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Challenges, proofs, and proofs that are not."""

import hashlib
import re
from itertools import count

import pytest

from board.notifier.digest import Digest, Verdict
from board.wire import Response
from tests.unit.notifier.desk import Desk, status

MAKERS = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}


def proof(
    challenge: str,
    *,
    user: str = "board",
    password: str = "secret",
    count: str = "00000001",
    method: str = "SUBSCRIBE",
    qop: bool = True,
) -> str:
    """Write the credentials for a challenge (RFC 7616 section 3.4)."""
    found = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge))
    algorithm, uri = found["algorithm"], "sip:2000@192.0.2.1"

    def hashed(*parts: str) -> str:
        return MAKERS[algorithm](":".join(parts).encode()).hexdigest()

    quality = (count, "0a4f", "auth") if qop else ()
    response = hashed(hashed(user, found["realm"], password), found["nonce"], *quality, hashed(method, uri))
    extra = f', qop=auth, nc={count}, cnonce="0a4f"' if qop else ""
    return (
        f'Digest username="{user}", realm="{found["realm"]}", nonce="{found["nonce"]}", uri="{uri}", '
        f'response="{response}", algorithm={algorithm}{extra}'
    )


@pytest.fixture
def digest() -> Digest:
    serial = count(1)
    return Digest({"board": "secret"}, "office", lambda: f"{next(serial):016x}", nonce_life=300.0)


def verdict(digest: Digest, credentials: str, now: float = 10.0) -> Verdict:
    return digest.judge("SUBSCRIBE", [credentials], now).verdict


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("qop", [True, False])
def test_each_algorithm_proves_the_password(digest: Digest, number: int, qop: bool) -> None:
    judgement = digest.judge("SUBSCRIBE", [proof(digest.challenges(10.0)[number], qop=qop)], 10.0)
    assert (judgement.verdict, judgement.user) == (Verdict.ACCEPTED, "board")


def test_algorithms_are_offered_in_order_and_no_others_taken() -> None:
    offered = ["MD5", "SHA-256"], ["SHA-256"]
    for algorithms in offered:
        digest = Digest({"board": "secret"}, "office", lambda: "f" * 16, 300.0, algorithms)
        challenges = digest.challenges(10.0)
        assert [re.findall(r"algorithm=([\w-]+)", text)[0] for text in challenges] == algorithms
    md5 = proof(challenges[0].replace("SHA-256", "MD5"))
    assert verdict(digest, md5) is Verdict.WRONG


def test_a_nonce_counts_up_and_takes_nothing_twice(digest: Digest) -> None:
    challenge = digest.challenges(10.0)[0]
    assert verdict(digest, proof(challenge)) is Verdict.ACCEPTED
    assert verdict(digest, proof(challenge)) is Verdict.REPLAYED
    assert verdict(digest, proof(challenge, count="0000000a")) is Verdict.ACCEPTED
    assert verdict(digest, proof(challenge, count="00000009")) is Verdict.REPLAYED
    assert verdict(digest, proof(challenge, qop=False)) is Verdict.REPLAYED


def test_both_challenges_share_what_was_seen(digest: Digest) -> None:
    better, worse = digest.challenges(10.0)
    assert verdict(digest, proof(better)) is Verdict.ACCEPTED
    assert verdict(digest, proof(worse)) is Verdict.REPLAYED


def test_a_nonce_grows_old(digest: Digest) -> None:
    challenge = digest.challenges(10.0)[0]
    assert verdict(digest, proof(challenge), 310.0) is Verdict.ACCEPTED
    assert verdict(digest, proof(challenge, count="00000002"), 310.5) is Verdict.STALE
    assert verdict(digest, proof(challenge), 320.0) is Verdict.STALE
    assert "stale=true" in digest.challenges(320.0, stale=True)[0]
    assert not digest._counts


@pytest.mark.parametrize("now", [10.0004, 10.0005, 10.0006, 1234.5678])
def test_a_nonce_holds_from_the_moment_it_was_made(digest: Digest, now: float) -> None:
    assert verdict(digest, proof(digest.challenges(now)[0]), now) is Verdict.ACCEPTED


def test_what_proves_nothing(digest: Digest) -> None:
    challenge = digest.challenges(10.0)[0]
    right = proof(challenge)
    for credentials, expected in [
        (proof(challenge, password="Secret"), Verdict.WRONG),
        (proof(challenge, user="nobody"), Verdict.WRONG),
        (proof(challenge, method="OPTIONS"), Verdict.WRONG),
        (right.replace("algorithm=SHA-256", "algorithm=SHA-512"), Verdict.WRONG),
        (right.replace("algorithm=SHA-256", "algorithm=MD5"), Verdict.WRONG),
        (right.replace("qop=auth", "qop=auth-int"), Verdict.WRONG),
        (right.replace("nc=00000001", "nc=1"), Verdict.WRONG),
        (right.replace("nc=00000001", "nc=0000000x"), Verdict.WRONG),
        (right.replace(', cnonce="0a4f"', ""), Verdict.WRONG),
        (re.sub(r'nonce="[^-]+', 'nonce="99.0', right), Verdict.WRONG),
        (re.sub(r'nonce="[^"]*"', 'nonce=""', right), Verdict.WRONG),
        (re.sub(r'nonce="[^"]*"', 'nonce="ü-1-2"', right), Verdict.WRONG),
        (right.replace('realm="office"', 'realm="other"'), Verdict.MISSING),
        (right.replace("Digest", "Basic"), Verdict.MISSING),
        ("Digest", Verdict.MISSING),
        ("", Verdict.MISSING),
    ]:
        assert verdict(digest, credentials) is expected, credentials
    assert verdict(digest, right) is Verdict.ACCEPTED


def test_strangers_cost_no_memory(digest: Digest) -> None:
    for _ in range(100):
        verdict(digest, proof(digest.challenges(10.0)[0], password="guess"))
    assert not digest._counts


def test_a_subscribe_has_to_prove_itself() -> None:
    desk = Desk(users={"board": "secret"})
    refused = desk.send(desk.subscribe())
    assert status(refused) == 401
    challenges = refused[0].headers.all("WWW-Authenticate")
    assert len(challenges) == 2
    wrong = desk.send(desk.subscribe(cseq=2, Authorization=proof(challenges[0], password="no")))
    assert status(wrong) == 401
    request = desk.subscribe(cseq=3, Authorization=proof(challenges[0]))
    answer, _ = desk.send(request)
    assert isinstance(answer, Response)
    assert answer.status == 200
    assert desk.send(request) == [answer]
    replayed = desk.send(desk.subscribe(cseq=4, Authorization=proof(challenges[0])))
    assert status(replayed) == 401
    assert "stale=true" in replayed[0].headers.all("WWW-Authenticate")[0]
    refresh = desk.send(desk.subscribe(cseq=5, to_tag=answer.to.tag))
    assert status(refresh) == 401
    assert len(desk.notifier.watchers) == 1


def test_a_probe_needs_no_password() -> None:
    desk = Desk(users={"board": "secret"})
    assert status(desk.send(desk.request("OPTIONS"))) == 200


@pytest.mark.parametrize(
    ("agent", "offers"), [("baresip v1.0.0 (x86_64/linux)", 1), ("Twinkle/1.10.2", 1), ("Digium D60", 2), (None, 2)]
)
def test_who_cannot_choose_is_not_asked_to(agent: str | None, offers: int) -> None:
    desk = Desk(users={"board": "secret"})
    (refused,) = desk.send(desk.subscribe(User_Agent=agent))
    challenges = refused.headers.all("WWW-Authenticate")
    assert len(challenges) == offers
    assert "algorithm=MD5" in challenges[0]
