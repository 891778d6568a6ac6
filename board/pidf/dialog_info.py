# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A dialog-info tree (RFC 4235) to a document: what the phone does, nothing of the person."""

from board.pidf.document import Document
from board.pidf.tables import DIALOG_DEVICE, DIALOG_RANK
from board.pidf.uri import user_of
from board.pidf.xml import Element, child_named, local_name, text_of
from board.states import DeviceState


def read_dialog_info(root: Element, content_type: str) -> Document:
    """Read a `dialog-info` element; several dialogs sum up as the devices of a hint do."""
    dialogs = [child for child in root if local_name(child) == "dialog"]
    entity = root.get("entity")
    return Document(
        content_type=content_type,
        entity=entity,
        extension=user_of(entity) or (dialogs[0].get("id") if dialogs else None),
        device=_sum_up([_device_of(dialog) for dialog in dialogs], root.get("state")),
    )


def _device_of(dialog: Element) -> DeviceState:
    word, local = "", None
    for child in dialog:
        name = local_name(child)
        if name == "state":
            word = text_of(child).strip().lower()
        elif name == "local":
            local = child
    called = dialog.get("direction") != "initiator"
    device = DIALOG_DEVICE.get((word, called), DeviceState.UNKNOWN)
    if local is not None and device is DeviceState.IN_USE and _is_held(local):
        return DeviceState.ON_HOLD
    return device


def _is_held(local: Element) -> bool:
    """Tell whether the phone says that it plays nothing of the call (RFC 4235 section 4.1, `+sip.rendering`)."""
    target = child_named(local, "target")
    params = [] if target is None else [child for child in target if local_name(child) == "param"]
    return any(
        each.get("pname") == "+sip.rendering" and each.get("pval", each.get("pvalue")) == "no" for each in params
    )


def _sum_up(states: list[DeviceState], scope: str | None) -> DeviceState:
    if len(states) == 1:
        return states[0]
    known = set(states) - {DeviceState.UNKNOWN}
    if DeviceState.RINGING in known and known & {DeviceState.IN_USE, DeviceState.ON_HOLD}:
        return DeviceState.IN_USE_RINGING
    if known:
        return max(known, key=DIALOG_RANK.__getitem__)
    return DeviceState.UNKNOWN if states or scope == "partial" else DeviceState.IDLE
