# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a click makes of what is set and of what was typed and not yet set. Pure.

A state that is chosen begins a new status: texts and an end that were typed go with it, those that are set do not. The
state that is set already keeps them.
"""

from dataclasses import dataclass

from board.presence.value import NOT_SET, Presence
from board.states import PresenceState
from board.status.choice import Choice
from board.status.until import UntilError, read_until, shown


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed and not yet set: `texts` are subtype and message, `until` the words of an end; None where nothing
    was."""

    texts: tuple[str, str] | None = None
    until: str | None = None

    @property
    def is_any(self) -> bool:
        """Whether anything was typed."""
        return self.texts is not None or self.until is not None


def with_state(state: PresenceState, current: Choice | None, typed: Typed, now: float) -> Choice:
    """Return the choice of `state`; raise UntilError for an end that nobody understands."""
    if state is PresenceState.NOT_SET:
        return Choice(NOT_SET)
    kept = current if current is not None and current.presence.state is state else Choice(Presence(state))
    texts = typed.texts if typed.texts is not None else (kept.presence.subtype, kept.presence.message)
    until = kept.until if typed.until is None else read_until(typed.until, now)
    return Choice(Presence(state, *texts), until)


def with_until(words: str, current: Choice, typed: Typed, now: float) -> Choice:
    """Return what is set with another end; raise UntilError for one that nobody understands."""
    return with_state(current.presence.state, current, Typed(typed.texts, words), now)


def with_preset(presence: Presence, words: str, typed: Typed, now: float) -> Choice:
    """Return a preset's choice: one without texts takes those that were typed. Raise UntilError for its end."""
    if typed.texts is not None and not (presence.subtype or presence.message):
        presence = Presence(presence.state, *typed.texts)
    return Choice(presence, read_until(words, now))


def again(choice: Choice, now: float) -> Choice:
    """Return a choice of before, without an end that is over."""
    return Choice(choice.presence) if choice.until is not None and choice.until <= now else choice


def as_sent(current: Choice | None, texts: tuple[str, str], typed: Typed, now: float) -> Presence:
    """Return what a PBX would get for `texts` as they stand, with an end as far as it is understood."""
    state = current.presence.state if current is not None else PresenceState.AVAILABLE
    until = current.until if current is not None else None
    if typed.until is not None:
        try:
            until = read_until(typed.until, now)
        except UntilError:
            until = None
    return shown(Choice(Presence(state, *texts), until), now)
