# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Bytes to text where the sender's word about the encoding cannot be trusted.

A server copies what a user set byte for byte and cuts it at a buffer's end, so one value may be UTF-8, half a
UTF-8 character short, or ISO-8859-1 whatever the document declares. No XML is known here.
"""

# The buffers in which Asterisk cuts a text: 256 bytes for a decoded CustomPresence, 1024 after escaping.
CUT_LENGTHS = frozenset({255, 1023})


def decode_value(raw: bytes) -> tuple[str, bool]:
    """Decode one value; return it and whether something in it had to be guessed or dropped.

    UTF-8 comes first. A character that the end of the value cuts in half is dropped. Bytes that are no UTF-8 are
    read as Windows-1252 (a superset of what ISO-8859-1 prints) if no other character of the value is UTF-8.
    """
    try:
        return raw.decode("utf-8"), False
    except UnicodeDecodeError as error:
        whole = raw[: error.start].decode("utf-8")
        cut = error.reason == "unexpected end of data"
        if cut and (len(raw) in CUT_LENGTHS or not whole.isascii()):
            return whole, True
    readable = raw.decode("utf-8", "ignore")
    return (_decode_single_byte(raw) if readable.isascii() else raw.decode("utf-8", "replace")), True


def _decode_single_byte(raw: bytes) -> str:
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
