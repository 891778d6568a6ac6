# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the calendar's worker is asked and what it answers: frozen values and their JSON. No I/O.

The address and the password stand in the question alone, which goes through a pipe: never in an argument, a log or an
answer.
"""

import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self
from urllib.parse import urlsplit

from board.states import PresenceState
from board.status.meetings import Meeting
from board.status.rules import MeetingRules

_WEB = ("http", "https", "webcal")


class CalendarError(Exception):
    """A calendar cannot be read; the message is one line without any secret.

    Attributes: `lasting`, whether somebody must mend something first: trying again soon is of no use, or does harm.
    """

    def __init__(self, text: str, lasting: bool = False) -> None:
        super().__init__(text)
        self.lasting = lasting


@dataclass(frozen=True, slots=True)
class Place:
    """Where a calendar is: a path or an address, and the account there if it needs one."""

    location: str = field(repr=False)
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @property
    def is_web(self) -> bool:
        """Whether it is an address."""
        return self.location.partition("://")[0].lower() in _WEB

    @property
    def url(self) -> str:
        """The address as it is asked for: webcal is https by another name."""
        scheme, _, rest = self.location.partition("://")
        return f"https://{rest}" if scheme.lower() == "webcal" else self.location

    @property
    def name(self) -> str:
        """What to call it where others may read it: an address may hold a secret."""
        if not self.is_web:
            return f"the calendar {self.location}"
        try:
            host = urlsplit(self.url).hostname
        except ValueError:
            host = None
        return f"the calendar at {host or 'an address without a host'}"


@dataclass(frozen=True, slots=True)
class Validators:
    """What a web server said of its answer, by which it can tell whether there is a newer one."""

    etag: str = ""
    modified: str = ""


NOTHING_KNOWN = Validators()


@dataclass(frozen=True, slots=True)
class Question:
    """Which meetings are there between two moments? With `known`, none are told if the server has nothing newer."""

    place: Place
    rules: MeetingRules
    start: float
    end: float
    known: Validators = NOTHING_KNOWN

    def to_json(self) -> bytes:
        """Write it for the pipe."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Read it back."""
        read: dict[str, Any] = json.loads(data)
        rules = {**read["rules"], "addresses": tuple(read["rules"]["addresses"])}
        return cls(
            Place(**read["place"]),
            replace(MeetingRules(**rules), state=PresenceState(rules["state"])),
            read["start"],
            read["end"],
            Validators(**read["known"]),
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """The meetings, or None for `meetings` where nothing is newer, or `error` in one line, `lasting` or not."""

    meetings: tuple[Meeting, ...] | None = None
    known: Validators = NOTHING_KNOWN
    error: str = ""
    lasting: bool = False

    def to_json(self) -> bytes:
        """Write it for the pipe."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Read it back."""
        read: dict[str, Any] = json.loads(data)
        meetings = read["meetings"]
        told = None if meetings is None else tuple(Meeting(**meeting) for meeting in meetings)
        return cls(told, Validators(**read["known"]), read["error"], read["lasting"])
