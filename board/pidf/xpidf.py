# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""An XPIDF tree (the draft before PIDF, which Asterisk also sends as cpim-pidf+xml) to a document.

It knows open, inuse and closed, and nothing of the person.
"""

from board.pidf.document import Document
from board.pidf.tables import XPIDF_BASIC, XPIDF_DEVICE
from board.pidf.uri import user_of
from board.pidf.xml import Element
from board.states import DeviceState


def read_xpidf(root: Element, content_type: str) -> Document:
    """Read a `presence` element that holds `presentity` and `atom`."""
    presentity = root.find("{*}presentity")
    atom = root.find("{*}atom")
    address = atom.find("{*}address") if atom is not None else None
    status = address.find("{*}status") if address is not None else None
    word = (status.get("status") or "").lower() if status is not None else ""
    entity = presentity.get("uri") if presentity is not None else None
    return Document(
        content_type=content_type,
        entity=entity,
        extension=(atom.get("id") if atom is not None else None) or user_of(entity),
        device=XPIDF_DEVICE.get(word, DeviceState.UNKNOWN),
        basic=XPIDF_BASIC.get(word),
        contact=address.get("uri") if address is not None else None,
    )
