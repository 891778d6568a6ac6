# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The process that reads one calendar, once: `python -m board.automatic.calendar_worker`, a question on stdin, its
answer on stdout.

What strangers wrote is fetched and read here, not in the program: it may be broken, huge, or recur every second for a
thousand years. The system ends the worker when it takes too much.
"""

import os
import sys
from contextlib import suppress

from board.automatic.calendar_fetch import fetch
from board.automatic.calendar_job import Answer, CalendarError, Question
from board.automatic.ics import entries
from board.status.meetings import meetings_of

MOST_MEETINGS = 5000
CPU_SECONDS = 60
MEMORY = 1_500_000_000
NICE = 10


def answer(question: Question) -> Answer:
    """Fetch and read what was asked for."""
    try:
        fetched = fetch(question.place, question.known)
        if fetched is None:
            return Answer(None, question.known)
        found = entries(fetched.data, question.start, question.end, question.rules.addresses)
        return Answer(meetings_of(found, question.rules)[:MOST_MEETINGS], fetched.known)
    except CalendarError as error:
        return Answer(error=str(error), lasting=error.lasting)


def main() -> None:
    """Answer one question."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a library that prints must not spoil the answer
    _limit()
    with answers:
        answers.write(answer(Question.from_json(sys.stdin.buffer.read())).to_json())


def _limit() -> None:
    with suppress(ImportError, ValueError, OSError):  # not every system has it, or lets us
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        os.nice(NICE)


if __name__ == "__main__":
    main()
