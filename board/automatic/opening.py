# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""From what a user lets show by itself to the sources that notice it."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from board.automatic.automatic import Automatic
from board.automatic.calendar import CalendarSettings, CalendarSource
from board.automatic.idle import IdleSource
from board.automatic.leaving import LeavingSource, SleepSource
from board.automatic.locked import LockSource
from board.automatic.phone import PhoneSource
from board.automatic.source import Source
from board.events import Address
from board.status.automatic import Proposal
from board.status.rules import Rules


@dataclass(frozen=True, slots=True)
class Automation:
    """What may show by itself, and the calendars that know of meetings; nothing, unless said otherwise."""

    rules: Rules = Rules()  # noqa: RUF009 - frozen
    calendars: tuple[CalendarSettings, ...] = ()


def open_automatic(
    automation: Automation,
    own: Iterable[Address],
    on_proposal: Callable[[Proposal | None], None],
    settle: Callable[[], Awaitable[None]],
) -> Automatic:
    """Return the sources that are wanted, joined; `own` are the user's extensions.

    `settle` returns when the last proposal is what the others see, or has taken too long. Call it on the running loop.
    """
    rules = automation.rules
    sources: list[Source] = [CalendarSource(settings) for settings in automation.calendars]
    if rules.watches_idle:
        sources.append(IdleSource(rules))
    if rules.away_after:
        sources.append(SleepSource(settle))
    if rules.locked is not None:
        sources.append(LockSource(rules.locked))
    if rules.on_quit is not None:
        sources.append(LeavingSource(rules.on_quit, settle))
    phone = PhoneSource(own, rules.in_call) if rules.in_call is not None else None
    if phone is not None:
        sources.append(phone)
    return Automatic(sources, on_proposal, rules.on_quit, take=phone.take if phone is not None else None)
