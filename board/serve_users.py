# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Who may log in to `serve`: the configuration's users with their passwords, and those of the environment. No sockets.

Reading may block for long, since a password may come from a command.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from board.config import BoardConfig
from board.config.secrets import SecretError, fetch_user_password
from board.errors import CallError

VARIABLES: Mapping[str, str] = MappingProxyType({"sip": "PRESENCE_BOARD_SIP", "ami": "PRESENCE_BOARD_AMI"})
"""Where the environment names users, for each face."""


@dataclass(frozen=True, slots=True)
class Users:
    """Names and passwords for each face."""

    sip: Mapping[str, str]
    ami: Mapping[str, str]


def read_users(config: BoardConfig | None, environ: Mapping[str, str] = os.environ) -> Users:
    """Return who may log in; raise CallError, with one line, for what cannot be read.

    A user of the environment comes before one of the same name in the configuration.
    """
    found: dict[str, dict[str, str]] = {"sip": {}, "ami": {}}
    for user in config.user if config else ():
        try:
            found[user.face][user.name] = fetch_user_password(user, environ)
        except SecretError as problem:
            raise CallError(f"[[user]] {user.name}: {problem}") from None
    found["sip"] |= dict(_pair(VARIABLES["sip"], part) for part in _parts(environ.get(VARIABLES["sip"], "")))
    if ami := environ.get(VARIABLES["ami"], ""):
        found["ami"] |= dict([_pair(VARIABLES["ami"], ami)])
    if not (found["sip"] or found["ami"]):
        raise CallError(f"nobody may log in: set {' or '.join(VARIABLES.values())}, or add a [[user]]")
    return Users(found["sip"], found["ami"])


def _parts(text: str) -> list[str]:
    return text.split(",") if text else []


def _pair(variable: str, text: str) -> tuple[str, str]:
    name, _, secret = text.partition(":")
    if not name or not secret:
        raise CallError(f"{variable} is not USER:SECRET; both must stand there, with a colon between them")
    return name, secret
