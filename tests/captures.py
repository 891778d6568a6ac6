# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The NOTIFY messages of real servers under tests/data/notify, and what each server said of itself beside them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "data" / "notify"

CHAN_PJSIP = "asterisk-22.10.1"
NO_EYEBEAM = "asterisk-22.10.1-no-eyebeam"
CHAN_SIP = "asterisk-16.28.0-chan_sip"
KAMAILIO = "kamailio-5.6.3"


@dataclass(frozen=True, slots=True)
class Capture:
    """One NOTIFY, and the server's own word at that moment, None where it was not asked.

    `extension_state` is AMI's number, `person` the value, subtype and message of the presence function,
    `hint_presence` the presence state of `core show hint`.
    """

    server: str
    case: str
    extension: str
    content_type: str | None
    well_formed: bool | None
    message: bytes
    extension_state: int | None
    person: tuple[str, str, str] | None
    hint_presence: str | None

    def __str__(self) -> str:
        return f"{self.server}/{self.case}"

    @property
    def body(self) -> bytes:
        return self.message.partition(b"\r\n\r\n")[2]

    @property
    def media_type(self) -> str:
        return (self.content_type or "").partition(";")[0]


def load_captures() -> list[Capture]:
    """Read all captures, in the order in which they were taken."""
    return [_capture(row) for row in json.loads((FOLDER / "index.json").read_text("utf-8"))]


def capture(server: str, case: str) -> Capture:
    """Return one capture by its server and case."""
    return next(each for each in load_captures() if (each.server, each.case) == (server, case))


def _capture(row: dict[str, Any]) -> Capture:
    said = row.get("presence")
    return Capture(
        server=row["server"],
        case=row["case"],
        extension=row["extension"],
        content_type=row["content_type"],
        well_formed=row["well_formed"],
        message=(FOLDER / row["file"]).read_bytes(),
        extension_state=row.get("extension_state"),
        person=(_text(said["value"]), _text(said["subtype"]), _text(said["message"])) if said else None,
        hint_presence=row.get("hint_presence"),
    )


def _text(value: str | dict[str, str]) -> str:
    """Return a text; bytes that are no UTF-8 were typed in ISO-8859-1."""
    return value if isinstance(value, str) else bytes.fromhex(value["hex"]).decode("latin-1")
