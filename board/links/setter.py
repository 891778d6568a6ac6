# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""How a status is set at one PBX: the frozen value that a configuration becomes."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from board.ami.client_session import Credentials
from board.links.wish import PREFIX
from board.presence.value import Presence


class LinkKind(StrEnum):
    """The ways there are."""

    MESSAGE = "message"
    PUBLISH = "publish"
    AMI = "ami"
    CORE = "core"


class Core(Protocol):
    """A presence core of ours: the truth where no PBX is. Its calls raise StoreError, and Refused."""

    async def write(self, entity: str, presence: Presence) -> None:
        """Set a status."""

    async def read(self, entity: str) -> Presence | None:
        """Return a status, None where what is kept cannot be read."""


@dataclass(frozen=True, slots=True)
class Setter:
    """The way to one PBX. `extension` is the user's own, "" where the way needs none.

    `host`, `port` and `credentials` are AMI's, `host` also that of a presence server; `core` is the one of a core.
    """

    pbx: str
    kind: LinkKind
    extension: str
    host: str = ""
    port: int = 0
    credentials: Credentials | None = None
    core: Core | None = None

    @property
    def own(self) -> str:
        """The user's own entity, "" where none is known."""
        return PREFIX + self.extension if self.extension else ""

    @property
    def sets_others(self) -> bool:
        """Whether the way sets what is not the user's own."""
        return self.kind in (LinkKind.AMI, LinkKind.CORE)

    @property
    def needs_account(self) -> bool:
        """Whether the way is over the SIP account, whose subscription to the own extension reads back."""
        return not self.sets_others
