# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""How a status is set at one PBX: the frozen value that a configuration becomes."""

from dataclasses import dataclass
from enum import StrEnum

from board.ami.client_session import Credentials
from board.links.wish import PREFIX


class LinkKind(StrEnum):
    """The ways there are."""

    MESSAGE = "message"
    AMI = "ami"


@dataclass(frozen=True, slots=True)
class Setter:
    """The way to one PBX. `extension` is the user's own, maybe "" with AMI, whose `host`, `port`, `credentials` are."""

    pbx: str
    kind: LinkKind
    extension: str
    host: str = ""
    port: int = 0
    credentials: Credentials | None = None

    @property
    def own(self) -> str:
        """The user's own entity, "" where none is known."""
        return PREFIX + self.extension if self.extension else ""

    @property
    def sets_others(self) -> bool:
        """Whether the way sets what is not the user's own."""
        return self.kind is LinkKind.AMI
