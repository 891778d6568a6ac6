# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""SIP messages as bytes (RFC 3261 sections 7, 19, 20, 25): read, changed, written. Pure: no sockets, no clock.

Both SIP faces stand on it: the border before pjsua2 and the embedded core's notifier.
"""

from board.wire.errors import WireError
from board.wire.message import Request, Response, read_message
from board.wire.uri import SipUri
from board.wire.values import NameAddr, Via, parameters, split_list

__all__ = [
    "NameAddr",
    "Request",
    "Response",
    "SipUri",
    "Via",
    "WireError",
    "parameters",
    "read_message",
    "split_list",
]
