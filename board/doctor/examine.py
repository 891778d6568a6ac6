# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Gathers the facts of one PBX: opens the way, asks OPTIONS, subscribes to every extension once, then lets go.

It judges nothing but when to stop: no question follows a refused account, lest the PBX bans this computer.
"""

import asyncio
import ssl
import time
from collections.abc import Sequence
from dataclasses import replace

from board.doctor.facts import Facts, Subject, Trial, Way
from board.doctor.patient import Patient
from board.doctor.trial import try_setting
from board.links.setter import Setter
from board.sip.account import Account, Transport
from board.sip.messages import ProbeAnswered
from board.sip.opening import OpenError, open_way

AT_ONCE = 100
"""Extensions that are subscribed at the same time; a worker holds 250."""
PROBE_WAITS = (1.0, 1.0, 2.0)
"""Seconds for an answer to each OPTIONS: a datagram may be lost."""
ANSWER_SECONDS = 8.0
"""Seconds without any answer after which the PBX counts as leaving the rest unanswered."""
STATE_SECONDS = 3.0
"""Seconds that a NOTIFY may come after the answer."""
REFUSED = frozenset({401, 407})


async def examine(subject: Subject, account: Account, setter: Setter | None = None) -> Facts:
    """Look at a PBX; return what was seen. Takes a second where all is well.

    With a `setter` the own status is set to a scratch value and restored.
    """
    facts = Facts(subject, time.time(), way=await asyncio.to_thread(look_at_way, account))
    if facts.way is None or facts.way.fault is not None:
        return facts
    async with Patient(account) as patient:
        if not await patient.reached():
            return replace(facts, lost=patient.lost)
        probe = await _probe(patient)
        facts = replace(facts, at=time.time(), probe=probe, lost=patient.lost)
        trial = None
        if probe is not None and probe.status != 403:
            trial = await _subscribe(patient, subject.asked, setter)
        answers, notices = dict(patient.answers), dict(patient.notices)
        return replace(facts, lost=patient.lost, answers=answers, notices=notices, trial=trial)


def look_at_way(account: Account) -> Way:
    """Open the way once and close it; return how that went. Blocking."""
    way = _open(account)
    if account.transport is Transport.TLS and not account.tls_verify and way.fault is None:
        return replace(way, unverified=_open(replace(account, tls_verify=True)).text)
    return way


def _open(account: Account) -> Way:
    try:
        opened = open_way(account, 0)
    except OpenError as error:
        return Way(error.fault, str(error))
    with opened.sock as sock:
        return Way(remark=opened.remark, certificate_ends=_end_of_certificate(sock))


def _end_of_certificate(sock: object) -> float | None:
    certificate = sock.getpeercert() if isinstance(sock, ssl.SSLSocket) else None
    ends = certificate.get("notAfter") if certificate else None
    return float(ssl.cert_time_to_seconds(ends)) if isinstance(ends, str) else None


async def _probe(patient: Patient) -> ProbeAnswered | None:
    for serial, seconds in enumerate(PROBE_WAITS, start=1):
        if await patient.probe(serial, seconds):
            break
    return patient.probed


async def _subscribe(patient: Patient, extensions: Sequence[str], setter: Setter | None) -> Trial | None:
    """Ask for the first alone: what it says of the account goes for all. It is the own one, if there is one."""
    trial = None
    rest = extensions[1:]
    lots = [extensions[:1], *(rest[start : start + AT_ONCE] for start in range(0, len(rest), AT_ONCE))]
    for lot in filter(None, lots):
        await patient.subscribe(lot, ANSWER_SECONDS, STATE_SECONDS)
        if patient.lost or any(patient.status(extension) in REFUSED for extension in lot):
            return trial
        if setter is not None and setter.extension in lot and setter.extension in patient.latest:
            trial = await try_setting(patient, setter)
        patient.unsubscribe(lot)
    return trial
