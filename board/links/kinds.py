# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The ways there are, by their kind: one line a way."""

from collections.abc import Mapping
from types import MappingProxyType

from board.links.core import CoreLink
from board.links.link import MakeLink
from board.links.manager import ManagerLink
from board.links.message import MessageLink
from board.links.publish import PublishLink
from board.links.setter import LinkKind

LINKS: Mapping[LinkKind, MakeLink] = MappingProxyType(
    {
        LinkKind.MESSAGE: MessageLink.of,
        LinkKind.PUBLISH: PublishLink.of,
        LinkKind.AMI: ManagerLink.of,
        LinkKind.CORE: CoreLink.of,
    }
)
