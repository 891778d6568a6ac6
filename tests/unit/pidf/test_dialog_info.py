# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""dialog-info beyond what the captures hold: directions, held calls, several dialogs, partial state."""

import pytest

from board.pidf import parse
from board.pidf.document import Document
from board.states import DeviceState


def read(dialogs: str, attributes: str = 'state="full"', entity: str = "sip:2001@h") -> Document:
    body = (
        f'<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="0" {attributes} entity="{entity}">'
        f"{dialogs}</dialog-info>"
    )
    document = parse(body.encode(), "application/dialog-info+xml")
    assert isinstance(document, Document)
    return document


def dialog(state: str, direction: str = "", held: str = "") -> str:
    param = f'<local><target uri="sip:x"><param pname="+sip.rendering" pval="{held}"/></target></local>' if held else ""
    toward = f' direction="{direction}"' if direction else ""
    return f'<dialog id="d"{toward}>{param}<state>{state}</state></dialog>'


@pytest.mark.parametrize(
    ("dialogs", "device"),
    [
        ("", DeviceState.IDLE),
        (dialog("terminated"), DeviceState.IDLE),
        (dialog("early", "recipient"), DeviceState.RINGING),
        (dialog("early"), DeviceState.RINGING),
        (dialog("early", "initiator"), DeviceState.IN_USE),
        (dialog("trying", "initiator"), DeviceState.IN_USE),
        (dialog("proceeding", "recipient"), DeviceState.RINGING),
        (dialog(" Confirmed\n"), DeviceState.IN_USE),
        (dialog("confirmed", held="no"), DeviceState.ON_HOLD),
        (dialog("confirmed", held="yes"), DeviceState.IN_USE),
        (dialog("nonsense"), DeviceState.UNKNOWN),
        ('<dialog id="d"/>', DeviceState.UNKNOWN),
        (dialog("nonsense") + dialog("confirmed"), DeviceState.IN_USE),
        (dialog("confirmed") + dialog("early"), DeviceState.IN_USE_RINGING),
        (dialog("confirmed", held="no") + dialog("early"), DeviceState.IN_USE_RINGING),
        (dialog("confirmed", held="no") + dialog("confirmed"), DeviceState.IN_USE),
        (dialog("terminated") + dialog("early"), DeviceState.RINGING),
        (dialog("terminated") + dialog("terminated"), DeviceState.IDLE),
    ],
)
def test_device(dialogs: str, device: DeviceState) -> None:
    assert read(dialogs).device is device


def test_partial_state_without_dialogs_says_nothing() -> None:
    assert read("", 'state="partial"').device is DeviceState.UNKNOWN
    assert read(dialog("confirmed"), 'state="partial"').device is DeviceState.IN_USE


def test_the_person_is_never_told() -> None:
    document = read(dialog("confirmed"))
    assert (document.presence, document.subtype, document.message, document.basic) == (None, None, None, None)


def test_extension_is_the_entity_or_else_the_dialog() -> None:
    assert read(dialog("early")).extension == "2001"
    assert read(dialog("early"), entity="sip:h").extension == "d"
