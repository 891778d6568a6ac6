# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A PBX that an outbox sets statuses at by SIP MESSAGE, without SIP: it does what it is told, and says so."""

from board.events import Address, PbxChanged, StateNotified, SubscriptionChanged
from board.links.outbox import Outbox
from board.links.own import OwnStatus
from board.links.setter import LinkKind, Setter
from board.links.store import OutboxStore
from board.links.wish import Target, Wish
from board.pidf.document import Document
from board.presence.value import Presence, decode
from board.sip.messages import RequestAnswered
from board.states import PbxState, PresenceState, Subscription

OWN = Address("office", "2000")
MINE = Target("office", "CustomPresence:2000")
SETTER = Setter("office", LinkKind.MESSAGE, "2000")


class MessagePbx:
    """What the PBX shows, and a board before it with a clock on the wall that the test sets.

    Attributes: `shows`, `sent` (what was set by MESSAGE), `wall` (seconds since the epoch), `told` and `own` (what the
    outbox told). While `deaf`, what is sent arrives but is neither answered nor read back; while it `refuses`, it says
    403 to all.
    """

    def __init__(self, shows: Presence, wall: float) -> None:
        self.shows = shows
        self.wall = wall
        self.deaf = False
        self.refuses = False
        self.sent = list[Presence]()
        self.told = list[Wish]()
        self.own = list[OwnStatus]()

    def board(self, store: OutboxStore) -> Outbox:
        """Start a board, which reads the status at once."""
        self.outbox = Outbox(
            store,
            [SETTER],
            self._message,
            self._publish,
            self.told.append,
            self.own.append,
            user="ann",
            clock=lambda: self.wall,
        )
        self.notify()
        return self.outbox

    def set(self, presence: Presence) -> None:
        """Set the status at the PBX itself, as from a phone."""
        self.shows = presence
        self.notify()

    def notify(self) -> None:
        """Tell what is shown."""
        shown = self.shows
        document = Document("", presence=shown.state, subtype=shown.subtype, message=shown.message)
        self.outbox.take(StateNotified(OWN, document, self.wall))

    def die(self) -> None:
        """Be away."""
        self.outbox.take(SubscriptionChanged(OWN, Subscription.PENDING, True, "silent", self.wall))
        self.outbox.take(PbxChanged("office", PbxState.SILENT, "silent", "", 0, 1, None, self.wall))

    async def _message(self, pbx: str, user: str, content_type: str, body: bytes) -> tuple[int, str]:
        state, subtype, message = body.decode().split("|")
        presence = Presence(PresenceState(state), decode(subtype), decode(message))
        self.sent.append(presence)
        if self.refuses:
            return 403, "Forbidden"
        if self.deaf:
            self.shows = presence
            return 0, "no answer"
        self.set(presence)
        return 202, "Accepted"

    async def _publish(self, *_: object) -> RequestAnswered:
        raise AssertionError("no PUBLISH was asked for")
