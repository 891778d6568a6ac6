# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes the body of a PUBLISH: one person's status, for our own boards whole and for everybody else as RPID.

Asterisk's digium tuple carries state, subtype and message exactly, so a board reads back what was set, letter for
letter. Phones that know nothing of it (baresip, Linphone, pjsip) read the tuple's basic status, the person's
activities (RFC 4480) and the note. Nothing is said of the device: that tuple is the person's, and our reader takes no
device from it. Plain values come in, bytes go out; no SIP.

Both ids are the same in every publication. A server that puts several of one person together, as Kamailio and OpenSIPS
do, keeps of equal ids the newest alone: so the newest status wins, and not two of them side by side.
"""

from collections.abc import Mapping
from types import MappingProxyType

from board.pidf.build import digium_tuple, document_bytes, escape_name, escape_text
from board.pidf.tables import ACTIVITY_PRESENCE
from board.states import Basic, PresenceState

CONTENT_TYPE = "application/pidf+xml"
_PERSON = "presence-board"
_PIDF = "urn:ietf:params:xml:ns:pidf"

RPID: Mapping[PresenceState, tuple[Basic, str]] = MappingProxyType(
    {
        PresenceState.NOT_SET: (Basic.OPEN, "unknown"),
        PresenceState.UNAVAILABLE: (Basic.CLOSED, "away"),
        PresenceState.AVAILABLE: (Basic.OPEN, ""),
        PresenceState.AWAY: (Basic.OPEN, "away"),
        PresenceState.XA: (Basic.OPEN, "away"),
        PresenceState.CHAT: (Basic.OPEN, ""),
        PresenceState.DND: (Basic.OPEN, "busy"),
    }
)
"""What each state becomes for those who do not know the digium tuple: whether the person can be reached at all, and an
activity. RPID has no word for extended away and none for the wish to chat: the note has to say that."""


def build_publication(entity: str, presence: PresenceState, subtype: str = "", message: str = "") -> bytes:
    """Write application/pidf+xml for a PUBLISH; `entity` is the person's own URI.

    A subtype that is the name of an RPID activity of that state (such as `meeting`) becomes one too. The note is the
    message, or else the subtype. A subtype or message is cut to build.MAX_TEXT_BYTES.
    """
    basic, activity = RPID[presence]
    named = subtype.lower() if ACTIVITY_PRESENCE.get(subtype.lower()) is presence else ""
    activities = dict.fromkeys(filter(None, (activity, named)))
    note = message or subtype
    lines = [
        f'<presence entity="{escape_name(entity)}" xmlns="{_PIDF}" xmlns:dm="{_PIDF}:data-model"'
        f' xmlns:rpid="{_PIDF}:rpid">',
        *digium_tuple(presence, subtype, message, basic),
        f' <dm:person id="{_PERSON}">',
        "  <rpid:activities>" if activities else "  <rpid:activities />",
        *(f"   <rpid:{each} />" for each in activities),
        *(["  </rpid:activities>"] if activities else []),
        *([f"  <dm:note>{escape_text(note)}</dm:note>"] if note else []),
        " </dm:person>",
        "</presence>",
    ]
    return document_bytes(lines)
