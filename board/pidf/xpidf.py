# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""An XPIDF tree (the draft before PIDF, which Asterisk also sends as cpim-pidf+xml) to a document.

It knows open, inuse and closed, and nothing of the person.
"""

from board.pidf.document import Document
from board.pidf.tables import XPIDF_BASIC, XPIDF_DEVICE
from board.pidf.uri import user_of
from board.pidf.xml import Element, child_named, local_name
from board.states import DeviceState

_OWN_CHILDREN = frozenset({"presentity", "atom"})


def is_xpidf(root: Element) -> bool:
    """Tell a `presence` element of XPIDF from one of PIDF: the name of the root is the same, its children differ."""
    return len(root) > 0 and local_name(root[0]) in _OWN_CHILDREN


def read_xpidf(root: Element, content_type: str) -> Document:
    """Read a `presence` element that holds `presentity` and `atom`."""
    presentity = child_named(root, "presentity")
    atom = child_named(root, "atom")
    address = child_named(atom, "address")
    status = child_named(address, "status")
    entity = presentity.get("uri") if presentity is not None else None
    word = status.get("status", "").lower() if status is not None else ""
    return Document(
        content_type=content_type,
        entity=entity,
        extension=(atom.get("id") if atom is not None else None) or user_of(entity),
        device=XPIDF_DEVICE.get(word, DeviceState.UNKNOWN),
        basic=XPIDF_BASIC.get(word),
        contact=address.get("uri") if address is not None else None,
    )
