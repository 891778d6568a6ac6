# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the doctor has to say, as frozen values. No rules, no texts."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is; only a fault makes the exit status 1."""

    FAULT = "fault"  # something does not work
    REMARK = "remark"  # all works, but it might be better, or cannot be told from here


@dataclass(frozen=True, slots=True)
class Mend:
    """What to do: `advice` in words, then the exact `lines` of `file` and the `command` that makes them count.

    `lines`, `file` and `command` may be empty: not every fault lies in a file.
    """

    advice: str
    file: str = ""
    lines: tuple[str, ...] = ()
    command: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be at one PBX; `name` is its word for scripts, `extensions` whom it hits."""

    pbx: str
    name: str
    severity: Severity
    what: str
    why: str
    mend: Mend
    extensions: tuple[str, ...] = ()
