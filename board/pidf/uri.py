# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The little this room needs to know of SIP, PRES and TEL URIs (RFC 3261 section 19.1)."""


def user_of(uri: str | None) -> str | None:
    """Return the user part of a URI (`sip:2001@pbx` -> `2001`), None where it has none."""
    if not uri:
        return None
    head, at, _ = uri.partition("@")
    scheme, colon, rest = head.partition(":")
    if at:
        return (rest if colon else head) or None
    if scheme.lower() == "tel":
        return rest.partition(";")[0] or None
    return None if colon else uri
