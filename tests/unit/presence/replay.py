# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Replays what was done to a real Asterisk on the core, and says what came of it in the same words.

One method an operation of conformance.json. Operations of a face (AMI's own texts, CLI output, SIP) answer None:
they are not for the core to say.
"""

import shlex
from collections.abc import Callable
from typing import Any

from board.presence.core import PresenceCore
from board.presence.database import DEVSTATE_FAMILY, PRESENCE_FAMILY, MemoryDatabase, Origin
from board.presence.devstate import EXTENSION_TEXTS, Devstate
from board.presence.events import (
    DeviceStateChange,
    Event,
    ExtensionStatus,
    HintKey,
    PresenceStateChange,
    PresenceStatus,
)
from board.presence.functions import Functions
from board.presence.hints import HintLine
from board.presence.value import Presence, Refused, cut, to_bytes

ORIGIN = Origin(0.0, "test", "replay")
AMI_TEXT = 1023
PHONES = {"phone1": Devstate.NOT_INUSE, "board": Devstate.UNAVAILABLE}
"""The endpoints of the Asterisk that was asked, and what they did."""

Result = dict[str, Any] | None


class Replay:
    """One core and what is in its dialplan's file."""

    def __init__(self) -> None:
        self.database = MemoryDatabase()
        self.file = list[HintLine]()
        self.events = list[Event]()
        self.warnings = list[str]()
        self.start()

    def start(self) -> None:
        """Start the core, over the database and the dialplan that there are."""
        self.core = PresenceCore(self.database, self.file, self.warnings.append)
        self.core.devices.register("PJSIP", lambda name: PHONES.get(name, Devstate.INVALID))
        self.core.listen(self.events.append)
        self.functions = Functions(self.core, self.warnings.append)

    def do(self, given: dict[str, Any]) -> Result:
        """Do one operation; return its result, with the events it raised where it was a write."""
        self.events.clear()
        self.warnings.clear()
        method: Callable[..., Result] | None = getattr(self, f"_{given['op']}", None)
        return method(**{key: value for key, value in given.items() if key != "op"}) if method else None

    # -- operations ---------------------------------------------------------------------------------------------------

    def _set_presence(self, provider: str, value: str, via: str = "ami") -> Result:
        text = value if via == "dialplan" else value.lstrip(" ")
        if via != "dialplan" and len(to_bytes(text)) > 1000:
            return None
        return self._written(lambda: self.core.set_presence(provider, text, ORIGIN), via)

    def _set_device(self, device: str, state: str, via: str = "ami") -> Result:
        text = state if via == "dialplan" else state.lstrip(" ")
        return self._written(lambda: self.core.set_device(device, text, ORIGIN), via)

    def _written(self, write: Callable[[], None], via: str = "ami") -> dict[str, Any]:
        try:
            write()
            result = {"response": "Success", "message": "Variable Set"}
        except Refused as refusal:
            self.warnings.append(str(refusal))
            result = {"response": "Error", "message": "Variable not set"}
        if via == "dialplan":
            result = {"next_step_ran": True}  # type: ignore[dict-item]
        return {**result, "events": self._told()}

    def _get_presence(self, provider: str, field: str | None = None, options: str | None = None) -> Result:
        arguments = ",".join([provider, *(part for part in (field, options) if part is not None)])
        return self._get_function(f"PRESENCE_STATE({arguments})")

    def _get_function(self, function: str) -> Result:
        if "(" not in function:
            return None
        try:
            text = cut(self.functions.read(function), AMI_TEXT).split("\n")[0]
            return {"response": "Success", "value": _text(text)}
        except Refused as refusal:
            self.warnings.append(str(refusal))
            return {"response": "Success", "value": ""}

    def _dialplan(self, app: str, data: str) -> Result:
        steps = {"Set": [data], "MSet": data.split(",")}.get(app, [])
        for call, equals, value in (step.partition("=") for step in steps):
            if equals and call.endswith(")") and "${" not in value:
                self._written(lambda call=call, value=value: self.functions.write(call, value, ORIGIN))  # type: ignore[misc]
        return {"next_step_ran": True, "events": self._told()}

    def _get_device(self, device: str) -> Result:
        return {"value": self.functions.read(f"DEVICE_STATE({device})")}

    def _add_hint(
        self, exten: str, hint: str, context: str = "hints", *, replace: bool = False, name: str = ""
    ) -> Result:
        try:
            self.core.extensions.add(HintLine(HintKey(exten, context), hint, name), replace=replace)
        except ValueError as error:
            return {"response": "Error", "message": str(error), "events": self._told()}
        return {"response": "Success", "message": "Added requested extension", "events": self._told()}

    def _remove_hint(self, exten: str, context: str = "hints") -> Result:
        assert self.core.extensions.remove(HintKey(exten, context))
        message = "Removed the requested priority from the extension"
        return {"response": "Success", "message": message, "events": self._told()}

    def _hints_file(self, lines: list[str]) -> Result:
        parts = [line.removeprefix("exten => ").split(",", 2) for line in lines]
        self.file = [HintLine(HintKey(exten, "hints"), text) for exten, _, text in parts]
        return {}

    def _dialplan_reload(self) -> Result:
        self.core.extensions.reload(self.file)
        return {"events": self._told()}

    def _show_hint(self, exten: str, context: str = "hints") -> Result:
        hints = [hint for hint in self.core.extensions if hint.key == HintKey(exten, context)]
        if not hints:
            return {"line": None}
        presence = hints[0].presence
        return {"state": EXTENSION_TEXTS[hints[0].state], "presence": presence.state.value if presence else ""}

    def _watch(self, exten: str, context: str = "hints", user_agent: str = "") -> Result:
        self.core.extensions.current(HintKey(exten, context))
        return {"events": self._told()} if self.events else {}

    def _extension_state(self, exten: str | None = None, context: str | None = "hints") -> Result:
        if exten is None:
            return None
        key = HintKey(exten, context or "default")
        state = self.core.extensions.state(key)
        hint = self.core.extensions.get(key)
        result = {"hint": hint.parts.text if hint else "", "status": int(state), "text": EXTENSION_TEXTS[state]}
        return {**result, "events": self._told()} if self.events else result

    def _ami(self, action: dict[str, str]) -> Result:
        if action["Action"] != "PresenceState" or not action.get("Provider"):
            return None
        provider = action["Provider"].lstrip(" ")
        presence = self.core.presence.query(provider)
        if presence is None:
            message = f"Invalid provider {provider} or provider in invalid state"
            return {"fields": [["Response", "Error"], ["Message", message]]}
        fields = [["Response", "Success"], ["Message", "Presence State"], ["State", presence.state.value]]
        fields += [["Subtype", _text(presence.subtype)]] if presence.subtype else []
        message = _text(presence.message)
        fields += [["Message", message], ["PresenceMessage", message]] if presence.message else []
        return {"fields": fields}

    def _cli(self, command: str) -> Result:
        words = shlex.split(command)
        match words:
            case ["presencestate", "change", entity, value]:
                return {"events": self._written(lambda: self.core.custom.change(entity, value, ORIGIN))["events"]}
            case ["devstate", "change", device, state]:
                return {"events": self._written(lambda: self.core.set_device(device, state, ORIGIN))["events"]}
            case ["database", "put", ("CustomPresence" | "CustomDevstate") as family, key, value]:
                self.database.put(family, key, value, ORIGIN)
            case ["database", "del", ("CustomPresence" | "CustomDevstate") as family, key]:
                self.database.delete(family, key, ORIGIN)
        return None

    def _restart(self) -> Result:
        self.start()
        return {}

    def _fresh_start(self) -> Result:
        for family in (PRESENCE_FAMILY, DEVSTATE_FAMILY):
            for key in tuple(self.database.family(family)):
                self.database.delete(family, key, ORIGIN)
        self.file = []
        self.start()
        return {}

    # -- events -------------------------------------------------------------------------------------------------------

    def _told(self) -> list[dict[str, Any]]:
        return [row for event in self.events if (row := _row(event))]


def _row(event: Event) -> dict[str, Any] | None:
    match event:
        case PresenceStateChange(presentity, presence):
            return {"event": "PresenceStateChange", "Presentity": presentity, **_presence(presence, escaped=True)}
        case PresenceStatus(key, hint, presence):
            return {"event": "PresenceStatus", **_of(key, hint), **_presence(presence)}
        case ExtensionStatus(key, hint, state):
            texts = {"Status": str(int(state)), "StatusText": EXTENSION_TEXTS[state]}
            return {"event": "ExtensionStatus", **_of(key, hint), **texts}
        case DeviceStateChange(device, state):
            return {"event": "DeviceStateChange", "Device": device, "State": state.value}
    return None


def _of(key: HintKey, hint: str) -> dict[str, str]:
    return {"Exten": key.exten, "Context": key.context, "Hint": hint}


def _presence(presence: Presence, *, escaped: bool = False) -> dict[str, Any]:
    """The texts as AMI writes them: PresenceStateChange escapes, PresenceStatus ends a text with its line."""
    texts = (presence.subtype, presence.message)
    subtype, message = (_escaped(text) if escaped else text.split("\n")[0] for text in texts)
    return {"Status": presence.state.value, "Subtype": _text(subtype), "Message": _text(message)}


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(sign, sign) for sign in text)


_ESCAPES = {
    **{sign: "\\" + sign for sign in "\"'?\\"},
    **dict(zip("\a\b\f\n\r\t\v", (f"\\{letter}" for letter in "abfnrtv"), strict=True)),
}


def _text(text: str) -> Any:
    try:
        text.encode()
    except UnicodeEncodeError:
        return {"hex": to_bytes(text).hex()}
    return text
