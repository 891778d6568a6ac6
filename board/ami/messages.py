# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The three kinds of AMI message: frozen values, fields in the order of the wire. No bytes, no meaning.

Texts are str; bytes that are not UTF-8 stand in them as surrogate escapes, so nothing is lost on the way through.
"""

from dataclasses import dataclass

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Message:
    name: str
    fields: Fields = ()

    def get(self, field: str) -> str:
        """Return the first value of a field, its name in any case; "" without one."""
        return next(iter(self.all(field)), "")

    def all(self, field: str) -> tuple[str, ...]:
        """Return all values of a field, in order."""
        folded = field.lower()
        return tuple(value for name, value in self.fields if name.lower() == folded)

    @property
    def action_id(self) -> str:
        """What ties an answer and its list to their action; "" without one."""
        return self.get("ActionID")


@dataclass(frozen=True, slots=True)
class Action(_Message):
    """What a client asks; `name` is the action's, "" where the client forgot it."""


@dataclass(frozen=True, slots=True)
class Response(_Message):
    """The answer to an action; `name` is Success, Error or Goodbye."""

    @property
    def accepted(self) -> bool:
        """Whether the action was done."""
        return self.name != "Error"

    @property
    def output(self) -> tuple[str, ...]:
        """The lines that a command printed."""
        return self.all("Output")


@dataclass(frozen=True, slots=True)
class Event(_Message):
    """What a server tells unasked, or as an item of a list."""


Message = Action | Response | Event


def answer(action: Action, status: str, *fields: tuple[str, str]) -> Response:
    """Return the response to an action, with its ActionID where it has one."""
    return Response(status, (*_action_id(action), *fields))


def error(action: Action, text: str) -> Response:
    """Return the refusal of an action."""
    return answer(action, "Error", ("Message", text))


def item(action: Action, name: str, *fields: tuple[str, str]) -> Event:
    """Return an event that belongs to an action's list."""
    return Event(name, (*_action_id(action), *fields))


def _action_id(action: Action) -> Fields:
    return (("ActionID", action.action_id),) if action.action_id else ()
