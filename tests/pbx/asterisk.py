# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A real Asterisk for a test: its own folder, ports and state, started, driven, killed and restarted at will.

The configuration is made from the templates in conf/. The accounts that it offers, all with the password
`PASSWORD`: `board`; `front` (digest user `front-desk`); `barred` (403); `patient` (423 below an hour);
`6001` to `6003` (phones that set a status of their own by SIP MESSAGE).
"""

import base64
import shutil
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.pbx.certificates import Certificates
from tests.pbx.guard import start_guard
from tests.pbx.manager import Action, Manager
from tests.pbx.place import Place, has_ipv6

PASSWORD = "secret"
_TEMPLATES = Path(__file__).parent / "conf"
_SHIPPED = Path(__file__).parents[2] / "resources/asterisk/extensions-presence-message.conf"
_START_SECONDS = 60.0
_STOP_SECONDS = 20.0


def custom_hints(extensions: Iterable[int | str]) -> dict[str, str]:
    """Return a hint for each extension whose device and person a test sets: Custom:N,CustomPresence:N."""
    return {str(ext): f"Custom:{ext},CustomPresence:{ext}" for ext in extensions}


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a template: in file `name`, `old`, which must be there, becomes `new`."""

    name: str
    old: str
    new: str


class Asterisk:
    """One Asterisk of a test, which owns `place` until `close`.

    Attributes: `hints`, the extensions of context hints as hints.conf has them (more come from `add_hint`);
    `certificates`, whose authority a client trusts for TLS.
    """

    host = "127.0.0.1"

    def __init__(
        self, place: Place, certificates: Certificates, hints: Mapping[str, str], changes: Sequence[Change] = ()
    ) -> None:
        self.place = place
        self._changes = tuple(changes)
        self.certificates = certificates
        self.hints = dict(hints)
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        self._manager: Manager | None = None
        self._write_configuration()

    # -- where it is reached

    @property
    def sip_port(self) -> int:
        """The port of SIP over UDP and TCP, on 127.0.0.1 and, where the machine has it, on ::1."""
        return self.place.sip

    @property
    def tls_port(self) -> int:
        return self.place.tls

    @property
    def ami_port(self) -> int:
        return self.place.ami

    def server(self, transport: str = "tcp", host: str = "127.0.0.1") -> str:
        """Return the SIP URI that a board's configuration names as its server."""
        port = self.tls_port if transport == "tls" else self.sip_port
        return f"sip:{f'[{host}]' if ':' in host else host}:{port};transport={transport}"

    # -- life

    @property
    def pid(self) -> int:
        assert self._process is not None, "Asterisk was not started"
        return self._process.pid

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it and wait until it has fully booted; RuntimeError with its log when it does not."""
        assert not self.is_running(), "Asterisk is running"
        with open(self.place.folder / "console", "ab") as console:
            # A session of its own: Ctrl-C at the terminal ends the tests, and these then end it.
            self._process = subprocess.Popen(
                self._command("-U", "asterisk", "-G", "asterisk", "-f"),
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._guard = start_guard(self._process.pid)
        try:
            self._manager = Manager.connect(self.ami_port, time.monotonic() + _START_SECONDS, self.is_running)
        except OSError as error:
            self.kill()
            raise RuntimeError(f"Asterisk did not start: {error}\n{self.log()}") from error

    def stop(self) -> None:
        """End it in order, as its service would be stopped."""
        if self._process is not None and self.is_running():
            self._process.terminate()
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._reap()

    def kill(self) -> None:
        """End it as a power cut would: kill -9."""
        if self._process is not None:
            self._process.kill()
        self._reap()

    def restart(self, *, kill: bool = False, wipe: bool = False) -> None:
        """Stop (or kill) it and start it again; `wipe` forgets its database, persisted subscriptions included."""
        if kill:
            self.kill()
        else:
            self.stop()
        if wipe:
            self.place.wipe_state()
        self.start()

    def close(self) -> None:
        """End it and remove all that it wrote."""
        self.kill()
        self.place.release()

    def log(self) -> str:
        """Return what it printed and logged so far."""
        files = [self.place.folder / "console", self.place.var / "log/messages"]
        return "\n".join(path.read_text(errors="replace") for path in files if path.exists())

    # -- what a test makes it do

    @property
    def manager(self) -> Manager:
        assert self._manager is not None, "Asterisk is not running"
        return self._manager

    def command(self, text: str) -> str:
        """Run a command of Asterisk's command line (as `asterisk -rx`); return what it printed."""
        return self.manager.command(text)

    def console(self, text: str) -> str:
        """Run a command with `asterisk -rx`, which takes those too that the manager forbids; return what it printed."""
        command = self._command("-rx", text)
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout

    def set_device(self, extension: str, state: str) -> None:
        """Set Custom:EXTENSION: NOT_INUSE, INUSE, BUSY, UNAVAILABLE, RINGING, RINGINUSE, ONHOLD or INVALID."""
        self.manager.run([device_action(extension, state)])

    def set_presence(self, extension: str, state: str, subtype: str = "", message: str = "") -> None:
        """Set CustomPresence:EXTENSION."""
        self.manager.run([presence_action(extension, state, subtype, message)])

    def add_hint(self, extension: str, hint: str) -> None:
        """Add a hint at run time; a reload of the dialplan forgets it."""
        place = {"Context": "hints", "Extension": extension, "Priority": "hint"}
        self.manager.run([{"Action": "DialplanExtensionAdd", **place, "Application": hint}])

    def remove_hint(self, extension: str) -> None:
        """Remove a hint at run time; a reload of the dialplan brings one of hints.conf back."""
        place = {"Context": "hints", "Extension": extension, "Priority": "hint"}
        self.manager.run([{"Action": "DialplanExtensionRemove", **place}])

    def reload_hints(self) -> None:
        """Write `hints` to hints.conf and reload the dialplan."""
        self._write_hints()
        self.command("dialplan reload")

    # -- the rest is its own

    def _command(self, *arguments: str) -> list[str]:
        return [
            "chroot",
            str(self.place.chroot),
            "asterisk",
            *arguments,
            "-C",
            f"{self.place.inside}/etc/asterisk.conf",
        ]

    def _reap(self) -> None:
        if self._manager is not None:
            self._manager.close()
            self._manager = None
        if self._process is not None:
            self._process.wait()
        if self._guard is not None:
            self._guard.communicate(b"done\n")
            self._guard = None

    def _write_configuration(self) -> None:
        [modules] = (self.place.chroot / "usr/lib").glob("*/asterisk/modules")
        values = {
            "@ETC@": f"{self.place.inside}/etc",
            "@VAR@": f"{self.place.inside}/var",
            "@MODULES@": f"/{modules.relative_to(self.place.chroot)}",
            "@SIP@": str(self.place.sip),
            "@TLS@": str(self.place.tls),
            "@AMI@": str(self.place.ami),
        }
        for template in _TEMPLATES.glob("*.conf"):
            if template.name == "pjsip6.conf" and not has_ipv6():
                continue
            text = self._changed(template)
            for key, value in values.items():
                text = text.replace(key, value)
            (self.place.etc / template.name).write_text(text)
        shutil.copy(_SHIPPED, self.place.etc / _SHIPPED.name)
        for name in ("cert", "key"):
            copy = self.place.etc / f"{name}.pem"
            shutil.copy(getattr(self.certificates, name), copy)
            copy.chmod(0o644)
        self._write_hints()

    def _changed(self, template: Path) -> str:
        text = template.read_text()
        for change in self._changes:
            if change.name == template.name:
                assert change.old in text, f"{change.name} has no {change.old!r}"
                text = text.replace(change.old, change.new)
        return text

    def _write_hints(self) -> None:
        lines = [f"exten => {extension},hint,{hint}\n" for extension, hint in self.hints.items()]
        (self.place.etc / "hints.conf").write_text("[hints]\n" + "".join(lines))


def device_action(extension: str, state: str) -> Action:
    """Return the manager action that sets Custom:EXTENSION, for `Manager.run`."""
    return {"Action": "Setvar", "Variable": f"DEVICE_STATE(Custom:{extension})", "Value": state}


def presence_action(extension: str, state: str, subtype: str = "", message: str = "") -> Action:
    """Return the manager action that sets CustomPresence:EXTENSION, for `Manager.run`."""
    value = f"{state},{subtype},{message}"
    if any(c in subtype + message for c in ",\r\n"):
        value = ",".join([state, *(base64.b64encode(part.encode()).decode() for part in (subtype, message)), "e"])
    return {"Action": "Setvar", "Variable": f"PRESENCE_STATE(CustomPresence:{extension})", "Value": value}
