# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""How findings are told: blocks for people, or one JSON object a finding. Pure."""

import json
import textwrap
from collections.abc import Iterator, Sequence
from unicodedata import category

from board.doctor.facts import Facts
from board.doctor.finding import Finding, Mend, Severity
from board.sip.hop import hostport

WIDTH = 100
LINES = 8
"""Lines of a file that are shown at most; JSON has them all."""
_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})


def as_json(finding: Finding) -> str:
    """Return a finding as one line of JSON."""
    mend = finding.mend
    found = {
        "pbx": finding.pbx,
        "finding": finding.name,
        "severity": finding.severity.value,
        "what": finding.what,
        "why": finding.why,
        "mend": mend.advice,
        "file": mend.file,
        "lines": mend.lines,
        "command": mend.command,
        "extensions": finding.extensions,
    }
    return json.dumps(found, ensure_ascii=False).encode("utf-8", "replace").decode()


def as_text(facts: Facts, findings: Sequence[Finding]) -> str:
    """Return all that is to say of one PBX: a headline, then a block a finding."""
    lines = [_headline(facts)]
    for finding in findings:
        lines += ["", *_block(finding)]
    return "\n".join(map(_printable, lines))


def closing(findings: Sequence[Finding]) -> str:
    """Return the last line: the sum."""
    faults = sum(finding.severity is Severity.FAULT for finding in findings)
    remarks = len(findings) - faults
    counts = [_count(number, word) for number, word in ((faults, "fault"), (remarks, "remark")) if number]
    if not counts:
        return "All is well."
    return f"{' and '.join(counts)}." if faults else f"No fault, {counts[0]}."


def _headline(facts: Facts) -> str:
    subject = facts.subject
    server = facts.probe.server if facts.probe is not None else ""
    where = f"{hostport(subject.host, subject.port)} over {subject.transport.upper()}, as {subject.user}"
    asked = subject.asked
    told = sum(each in facts.notices and facts.notices[each].document is not None for each in asked)
    states = f"{told} of {_count(len(asked), 'extension')} told" + (" their state" if told != 1 else " its state")
    return f"{subject.pbx}: {f'{server} at ' if server else ''}{where}; {states}"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _block(finding: Finding) -> Iterator[str]:
    yield from _wrapped(finding.severity.upper(), finding.what)
    yield from _wrapped("why", finding.why)
    yield from _wrapped("mend", _advice(finding.mend))
    lines = finding.mend.lines
    shown = lines if len(lines) <= LINES else lines[: LINES - 1]
    yield from (f"{'':14}{line}" for line in shown)
    if len(lines) > len(shown):
        yield f"{'':14}; and {len(lines) - len(shown)} more such lines"
    if finding.mend.command:
        yield f"{'':10}then  {finding.mend.command}" if lines else f"{'':10}try   {finding.mend.command}"


def _advice(mend: Mend) -> str:
    return f"{mend.advice}. In {mend.file}:" if mend.file else f"{mend.advice}."


def _wrapped(label: str, text: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=f"  {label:<8}",
        subsequent_indent=" " * 10,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _printable(line: str) -> str:
    return "".join("\N{REPLACEMENT CHARACTER}" if category(sign) in _UNPRINTABLE else sign for sign in line)
