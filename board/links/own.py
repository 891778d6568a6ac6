# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""How the user's own status stands at one PBX: what the PBX says, and what was asked of it. A frozen value."""

from dataclasses import dataclass

from board.links.wish import Target, Wish
from board.presence.value import Presence


@dataclass(frozen=True, slots=True)
class OwnStatus:
    """The user's own entity at a PBX.

    `reading` is the PBX's own word (None: not known), `live` whether that is known to be current. `wish` is the newest
    wish, whose `standing` tells whether it is still open, read back, or refused and why; None where there was none.
    """

    target: Target
    reading: Presence | None = None
    live: bool = False
    wish: Wish | None = None
