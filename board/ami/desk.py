# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a logged-in client may ask of the core, one method an action; the answers are Asterisk's. Sans-I/O.

Logging in and what a connection hears is the session's (`session.py`).
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from board.ami.identity import AMI_VERSION, ASTERISK_VERSION, Identity
from board.ami.messages import Action, Message, answer, error, item
from board.ami.telling import fields_of
from board.presence.console import Console
from board.presence.core import PresenceCore
from board.presence.database import Origin
from board.presence.devstate import EXTENSION_TEXTS
from board.presence.events import DeviceStateChange, Event, ExtensionStatus, HintKey, PresenceStateChange, Warn
from board.presence.functions import Functions
from board.presence.hints import HintLine
from board.presence.pattern import is_pattern
from board.presence.store import StoreError
from board.presence.value import Refused, cut

VALUE_LIMIT = 1023
"""Bytes of a value that Getvar returns (manager.c, action_getvar)."""
MOST_HINTS = 20_000
DEFAULT_CONTEXT = "default"

Messages = list[Message]
_Method = Callable[[Action, Origin], Messages]


class Desk:
    """Does actions on one core. `warn` gets what Asterisk would log, `clock` gives seconds since the epoch."""

    def __init__(
        self,
        core: PresenceCore,
        console: Console,
        identity: Identity,
        clock: Callable[[], float],
        warn: Warn = lambda _: None,
    ) -> None:
        self.identity = identity
        self.clock = clock
        self._core = core
        self._console = console
        self._warn = warn
        self._functions = Functions(core, warn, DEFAULT_CONTEXT)
        self._actions: Mapping[str, tuple[str, _Method]] = MappingProxyType(
            {
                "command": ("Execute a console command.", self._command),
                "coresettings": ("Show PBX core settings (version etc).", self._core_settings),
                "corestatus": ("Show PBX core status variables.", self._core_status),
                "devicestatelist": ("List the current known device states.", self._device_states),
                "dialplanextensionadd": ("Add a hint to the dialplan", self._add_extension),
                "dialplanextensionremove": ("Remove a hint from the dialplan", self._remove_extension),
                "extensionstate": ("Check Extension Status.", self._extension_state),
                "extensionstatelist": ("List the current known extension states.", self._extension_states),
                "getvar": ("Gets a function value.", self._getvar),
                "listcommands": ("List available manager commands.", self._commands),
                "ping": ("Keepalive command.", self._ping),
                "presencestate": ("Check Presence State", self._presence_state),
                "presencestatelist": ("List the current known presence states.", self._presence_states),
                "setvar": ("Sets a function value.", self._setvar),
            }
        )

    def catch_up(self) -> None:
        """Tell what other processes wrote into the same store, so that it is known before anybody is answered."""
        try:
            self._core.catch_up()
        except StoreError as problem:
            self._warn(str(problem))

    def do(self, action: Action, who: str, source: str) -> Messages:
        """Do an action; return the answer and the list that follows it. An unknown one is refused as Asterisk does."""
        known = self._actions.get(action.name.lower())
        if known is None:
            text = f"Invalid/unknown command: {action.name}. Use Action: ListCommands to show available commands."
            return [error(action, text)]
        try:
            return known[1](action, Origin(self.clock(), who, source))
        except StoreError as problem:
            self._warn(str(problem))
            return [error(action, "The database cannot be used")]

    # -- about the server ---------------------------------------------------------------------------------------------

    def _ping(self, action: Action, origin: Origin) -> Messages:
        return [answer(action, "Success", ("Ping", "Pong"), ("Timestamp", f"{self.clock():.6f}"))]

    def _commands(self, action: Action, origin: Origin) -> Messages:
        return [answer(action, "Success", *((name, text) for name, (text, _) in self._actions.items()))]

    def _core_settings(self, action: Action, origin: Origin) -> Messages:
        return [
            answer(
                action,
                "Success",
                ("AMIversion", AMI_VERSION),
                ("AsteriskVersion", f"{ASTERISK_VERSION}+{self.identity.version}"),
                ("SystemName", ""),
                ("CoreMaxCalls", "0"),
                ("CoreMaxLoadAvg", "0.000000"),
                ("CoreRunUser", ""),
                ("CoreRunGroup", ""),
                ("CoreMaxFilehandles", "0"),
                ("CoreRealTimeEnabled", "No"),
                ("CoreCDRenabled", "No"),
                ("CoreHTTPenabled", "No"),
                ("SoundsSearchCustomDir", "No"),
            )
        ]

    def _core_status(self, action: Action, origin: Origin) -> Messages:
        started = datetime.fromtimestamp(self.identity.started, UTC)
        day, hour = f"{started:%Y-%m-%d}", f"{started:%H:%M:%S}"
        return [
            answer(
                action,
                "Success",
                ("CoreStartupDate", day),
                ("CoreStartupTime", hour),
                ("CoreReloadDate", day),
                ("CoreReloadTime", hour),
                ("CoreCurrentCalls", "0"),
                ("CoreProcessedCalls", "0"),
            )
        ]

    def _command(self, action: Action, origin: Origin) -> Messages:
        line = action.get("Command")
        if not line:
            return [error(action, "No command provided")]
        printed = self._console.run(line, origin)
        if printed.reason:
            self._warn(printed.reason)
        output = (("Output", text) for text in printed.lines)
        status = "Success" if printed.done else "Error"
        return [answer(action, status, ("Message", "Command output follows"), *output)]

    # -- functions ----------------------------------------------------------------------------------------------------

    def _getvar(self, action: Action, origin: Origin) -> Messages:
        if action.get("Channel"):
            return [error(action, "No such channel")]
        variable = action.get("Variable")
        if not variable:
            return [error(action, "No variable specified")]
        return [answer(action, "Success", ("Variable", variable), ("Value", cut(self._value(variable), VALUE_LIMIT)))]

    def _value(self, variable: str) -> str:
        if not variable.endswith(")"):
            return ""  # a global variable: there is no dialplan that could have set one
        try:
            return self._functions.read(variable)
        except Refused as refusal:
            self._warn(str(refusal))
            return ""

    def _setvar(self, action: Action, origin: Origin) -> Messages:
        if action.get("Channel"):
            return [error(action, "No such channel")]
        variable = action.get("Variable")
        if not variable:
            return [error(action, "No variable specified")]
        try:
            self._functions.write(variable, action.get("Value"), origin)
        except Refused as refusal:
            self._warn(str(refusal))
            return [error(action, "Variable not set")]
        return [answer(action, "Success", ("Message", "Variable Set"))]

    # -- states -------------------------------------------------------------------------------------------------------

    def _presence_state(self, action: Action, origin: Origin) -> Messages:
        provider = action.get("Provider")
        if not provider:
            return [error(action, "No provider specified")]
        presence = self._core.presence.query(provider)
        if presence is None:
            return [error(action, f"Invalid provider {provider} or provider in invalid state")]
        fields = [("Message", "Presence State"), ("State", presence.state.value)]
        if presence.subtype:
            fields.append(("Subtype", presence.subtype))
        if presence.message:
            fields += [("Message", presence.message), ("PresenceMessage", presence.message)]
        return [answer(action, "Success", *fields)]

    def _extension_state(self, action: Action, origin: Origin) -> Messages:
        exten, context = action.get("Exten"), action.get("Context") or DEFAULT_CONTEXT
        if not exten:
            return [error(action, "Extension not specified")]
        key = HintKey(exten, context)
        state, hint = self._core.extensions.state(key), self._core.extensions.get(key)
        return [
            answer(
                action,
                "Success",
                ("Message", "Extension Status"),
                ("Exten", exten),
                ("Context", context),
                ("Hint", hint.parts.text if hint else ""),
                ("Status", str(int(state))),
                ("StatusText", EXTENSION_TEXTS[state]),
            )
        ]

    def _presence_states(self, action: Action, origin: Origin) -> Messages:
        items = (PresenceStateChange(name, presence) for name, presence in self._core.presence.cached.items())
        return _listed(action, "PresenceState", "Presence State Changes", items)

    def _extension_states(self, action: Action, origin: Origin) -> Messages:
        hints = (hint for hint in self._core.extensions if not is_pattern(hint.key.exten))
        items = (ExtensionStatus(hint.key, hint.parts.text, hint.state) for hint in hints)
        return _listed(action, "ExtensionState", "Extension Statuses", items)

    def _device_states(self, action: Action, origin: Origin) -> Messages:
        items = (DeviceStateChange(device, state) for device, state in self._core.devices.cached.items())
        return _listed(action, "DeviceState", "Device State Changes", items)

    # -- hints --------------------------------------------------------------------------------------------------------

    def _add_extension(self, action: Action, origin: Origin) -> Messages:
        context, exten, priority, application = map(action.get, ("Context", "Extension", "Priority", "Application"))
        if not (context and exten and priority and application):
            text = "Context, Extension, Priority, and Application must be defined for DialplanExtensionAdd."
            return [error(action, text)]
        if priority.lower() != "hint":
            return [error(action, "The priority specified was invalid.")]
        if len(self._core.extensions) >= MOST_HINTS:
            return [error(action, f"There are {MOST_HINTS} hints already")]
        line = HintLine(HintKey(_bare(exten), context), application, action.get("ApplicationData"))
        try:
            self._core.extensions.add(line, replace=_is_true(action.get("Replace")))
        except ValueError as problem:
            return [error(action, str(problem))]
        return [answer(action, "Success", ("Message", "Added requested extension"))]

    def _remove_extension(self, action: Action, origin: Origin) -> Messages:
        context, exten, priority = map(action.get, ("Context", "Extension", "Priority"))
        if not (context and exten):
            return [error(action, "Context and Extension must be provided for DialplanExtensionRemove")]
        if priority and priority.lower() != "hint":
            return [error(action, "The priority specified was invalid.")]
        if not self._core.extensions.remove(HintKey(_bare(exten), context)):
            return [error(action, "Failed to remove requested extension")]
        what = "the requested priority from the extension" if priority else "the requested extension"
        return [answer(action, "Success", ("Message", f"Removed {what}"))]


def _listed(
    action: Action,
    name: str,
    what: str,
    events: Iterable[PresenceStateChange | ExtensionStatus | DeviceStateChange],
) -> Messages:
    items: Messages = [item(action, _name(event), *fields_of(event)) for event in events]
    start = answer(action, "Success", ("EventList", "start"), ("Message", f"{what} will follow"))
    end = item(action, f"{name}ListComplete", ("EventList", "Complete"), ("ListItems", str(len(items))))
    return [start, *items, end]


def _name(event: Event) -> str:
    return type(event).__name__


def _bare(exten: str) -> str:
    """Leave out the caller that an extension may be for, as in 2000/100: a hint has none."""
    return exten.partition("/")[0]


def _is_true(word: str) -> bool:
    return word.lower() in ("yes", "true", "y", "t", "1", "on")  # utils.c, ast_true
