# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Facts to findings: pure rules, from the way to the PBX up to each person's status. The words are a table elsewhere.

A rule yields names of `words.ROWS`; what lies behind a fault that bars the way is not judged.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from board.doctor.facts import Facts
from board.doctor.finding import Finding, Mend, Severity
from board.doctor.spans import told_short
from board.doctor.words import ROWS
from board.pidf.document import Document
from board.sip.account import Transport
from board.sip.hop import hostport
from board.sip.messages import Answered
from board.sip.opening import RECEIVE_BUFFER, Fault
from board.sip.policy_verdicts import told
from board.states import PresenceState, Subscription

CLOCKS_APART = 30.0
"""Seconds by which clocks may differ: what is said to end at a minute should end in that minute."""
CERTIFICATE_DAYS = 14
"""A certificate that is renewed by itself has been renewed by then."""
_DAY = 86_400.0
_CREDENTIALS = frozenset({401, 407})
_NOTHING = Document("")
"""What a presence server says of somebody who has published nothing."""
_WAY_FAULTS: Mapping[Fault, str] = MappingProxyType(
    {
        Fault.NAME: "name",
        Fault.PATH: "unreachable",
        Fault.TLS: "no_tls",
        Fault.AUTHORITY: "certificate_authority",
        Fault.HOST_NAME: "certificate_name",
        Fault.EXPIRED: "certificate_expired",
    }
)
_REFUSALS: Mapping[int, str] = MappingProxyType(
    {
        0: "unanswered",
        403: "forbidden",
        404: "no_hint",
        405: "no_presence",
        408: "unanswered",
        410: "no_hint",
        423: "too_brief",
        484: "no_hint",
        489: "no_presence",
        501: "no_presence",
        603: "forbidden",
        604: "no_hint",
    }
)


@dataclass(frozen=True, slots=True)
class _Found:
    """A finding without its words yet."""

    name: str
    extensions: tuple[str, ...] = ()
    status: str = ""
    text: str = ""
    number: int = 0


_Rule = Callable[[Facts], Iterable[_Found]]


def judge(facts: Facts) -> tuple[Finding, ...]:
    """Return what is wrong at a PBX: faults first, in the order in which they should be mended."""
    findings = list[Finding]()
    for stage in _STAGES:
        findings += [_worded(facts, found) for rule in stage for found in rule(facts)]
        if any(finding.severity is Severity.FAULT for finding in findings):
            break
    return tuple(sorted(findings, key=lambda finding: finding.severity is not Severity.FAULT))


def _worded(facts: Facts, found: _Found) -> Finding:
    subject, row = facts.subject, ROWS[found.name]
    fields = {
        "pbx": subject.pbx,
        "where": hostport(subject.host, subject.port),
        "host": subject.host,
        "port": subject.port,
        "transport": subject.transport.value,
        "user": subject.user,
        "own": subject.own,
        "them": told_short(found.extensions),
        "status": found.status,
        "text": _sentence(found.text),
        "number": found.number,
    }
    lines = tuple(
        line.format(**fields, extension=extension)
        for line in row.lines
        for extension in (found.extensions if "{extension}" in line else ("",))
    )
    mend = Mend(row.advice.format(**fields), row.file, lines, row.command)
    return Finding(
        subject.pbx,
        found.name,
        row.severity,
        row.what.format(**fields),
        row.why.format(**fields),
        mend,
        found.extensions,
    )


def _sentence(text: str) -> str:
    """Begin with a capital, but for a setting's name."""
    return text if "_" in text.partition(" ")[0] else text[:1].upper() + text[1:]


# -- the way ------------------------------------------------------------------------------------------------------


def _account(facts: Facts) -> Iterator[_Found]:
    if facts.unusable:
        yield _Found("password", text=facts.unusable)


def _way(facts: Facts) -> Iterator[_Found]:
    way = facts.way
    if way is not None and way.fault is not None:
        yield _Found(_WAY_FAULTS[way.fault], text=way.text)


def _tls(facts: Facts) -> Iterator[_Found]:
    way, subject = facts.way, facts.subject
    if way is None:
        return
    if subject.transport is Transport.UDP and way.remark:
        yield _Found("receive_buffer", text=way.remark.partition(":")[0], number=RECEIVE_BUFFER)
    if subject.transport is Transport.TLS and not subject.tls_verify:
        yield _Found("unverified", text=way.unverified) if way.unverified else _Found("unverified_needlessly")
    if way.certificate_ends is not None and (days := (way.certificate_ends - facts.at) / _DAY) < CERTIFICATE_DAYS:
        yield _Found("certificate_ends", number=int(days))


def _probe(facts: Facts) -> Iterator[_Found]:
    refused = _refused(facts) is not None
    if facts.lost and not refused:  # a PBX may well hang up on whom it refuses
        yield _Found("dropped", text=facts.lost)
    elif facts.probe is None and not refused:
        yield _Found("silent", number=3)
    elif facts.probe is not None and facts.probe.status == 403:
        yield _Found("shut_out", status="403 Forbidden")


def _clock(facts: Facts) -> Iterator[_Found]:
    clock = facts.probe.clock if facts.probe is not None else None
    if clock is None:
        return
    ahead = clock - facts.at
    if abs(ahead) > CLOCKS_APART:
        yield _Found("clock", text="the PBX is ahead" if ahead > 0 else "the PBX is behind", number=int(abs(ahead)))


# -- the extensions -----------------------------------------------------------------------------------------------


def _credentials(facts: Facts) -> Iterator[_Found]:
    refused = _refused(facts)
    if refused is not None:
        yield _Found("credentials", status=told(refused))


def _refused(facts: Facts) -> Answered | None:
    return next((answer for answer in facts.answers.values() if answer.status in _CREDENTIALS), None)


def _refusals(facts: Facts) -> Iterator[_Found]:
    """Yield one finding for each kind of refusal."""
    kinds = dict[str, list[str]]()
    for extension in facts.subject.asked:
        status = _status(facts, extension)
        if status // 100 != 2:
            kinds.setdefault(_REFUSALS.get(status, "refused"), []).append(extension)
    for kind, extensions in kinds.items():
        everywhere = kind == "no_hint" and 1 < len(extensions) == len(facts.subject.asked)
        example = facts.answers.get(extensions[0])
        words = told(example) if example is not None else "no answer"
        yield _Found("no_hints" if everywhere else kind, tuple(extensions), status=words)


def _status(facts: Facts, extension: str) -> int:
    answer = facts.answers.get(extension)
    return answer.status if answer is not None else 0


def _deaf(facts: Facts) -> Iterator[_Found]:
    accepted = _accepted(facts)
    silent = tuple(extension for extension in accepted if extension not in facts.notices)
    if silent:
        yield _Found("no_states" if 1 < len(silent) == len(accepted) else "no_state", silent)
    broken = {each: facts.notices[each].error for each in accepted if each not in silent and facts.notices[each].error}
    if broken:
        yield _Found("unreadable", tuple(broken), text=next(iter(broken.values())))


def _accepted(facts: Facts) -> tuple[str, ...]:
    return tuple(each for each in facts.subject.asked if _status(facts, each) // 100 == 2)


def _persons(facts: Facts) -> Iterator[_Found]:
    documents = dict(_documents(facts))
    if not documents or facts.subject.presence_link == "publish":  # who has published nothing has no person there
        return
    if all(document.presence is None and not _is_chan_sip(each, document) for each, document in documents.items()):
        server = facts.probe.server if facts.probe is not None else ""
        name = f"it calls itself {server}" if server else "it does not say what it is"
        yield _Found("no_person", tuple(documents), text=name)
        return
    blind = tuple(_without_provider(facts, documents))
    if blind:
        yield _Found("no_provider", blind)
    known = facts.desk.hints if facts.desk is not None else {}
    unset = [
        each
        for each, document in documents.items()
        if document.presence in (None, PresenceState.NOT_SET) and each not in known
    ]
    own = facts.subject.own
    if own in unset:
        unset.remove(own)
        yield _Found("own_not_set", (own,))
    if unset:
        yield _Found("not_set", tuple(unset))


def _without_provider(facts: Facts, extensions: Iterable[str]) -> Iterator[str]:
    """Yield those whose hint names no presence provider, which only the manager interface tells."""
    hints = facts.desk.hints if facts.desk is not None else {}
    for extension in extensions:
        if extension in hints and "," not in hints[extension]:
            yield extension


def _documents(facts: Facts) -> Iterator[tuple[str, Document]]:
    for extension in _accepted(facts):
        notice = facts.notices.get(extension)
        if notice is not None and notice.document not in (None, _NOTHING):
            yield extension, notice.document


def _is_pending(facts: Facts, extension: str) -> bool:
    notice = facts.notices.get(extension)
    return notice is not None and notice.state is Subscription.PENDING


def _is_chan_sip(extension: str, document: Document) -> bool:
    """Tell chan_sip, whose contact is the watched extension: it leaves out the person who has set nothing."""
    contact = document.contact or ""
    return contact.removeprefix("sip:").partition("@")[0] == extension


# -- setting a status ---------------------------------------------------------------------------------------------


def _link(facts: Facts) -> Iterator[_Found]:
    subject, trial = facts.subject, facts.trial
    if subject.presence_link != "none" and not subject.own:
        yield _Found("no_own_extension")
    elif facts.unsettable:
        yield _Found("no_link", text=facts.unsettable)
    elif subject.presence_link == "publish" and _is_pending(facts, subject.own):
        yield _Found("publish_unread", (subject.own,))
    methods = next((answer.allow for answer in facts.answers.values() if answer.allow), ())
    if subject.presence_link == "message" and subject.own and methods and "MESSAGE" not in methods:
        yield _Found("no_message")
    elif facts.desk is not None and facts.desk.reason:
        yield _Found("no_manager", text=facts.desk.reason)
    elif trial is not None and trial.refused:
        yield _Found(f"{subject.presence_link}_refused", text=trial.refused)
    elif trial is not None and trial.shown_at not in ("", subject.own):
        yield _Found("elsewhere", text=trial.shown_at)
    elif trial is not None and not trial.shown_at:
        yield _Found(f"{subject.presence_link}_unread", (subject.own,))
    elif trial is not None and not trial.restored:
        yield _Found("not_restored", (subject.own,))


_STAGES: tuple[tuple[_Rule, ...], ...] = (
    (_account,),
    (_way,),
    (_tls, _probe, _credentials),
    (_refusals, _deaf, _persons, _link, _clock),
)
"""Rules that are applied together; a fault in one stage leaves the next without meaning."""
