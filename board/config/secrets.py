# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A PBX's password, from where the configuration says it is kept: an environment variable, a command, the system's
key store. The only importer of keyring.

Everything here may block for long (a key store waits until somebody unlocks it): call it off the event loop.
"""

import os
import signal
import subprocess
from collections.abc import Mapping

from board.config.schema import CalendarSection, PbxSection, UserSection

SERVICE = "presence-board"
COMMAND_SECONDS = 30.0


class SecretError(Exception):
    """A password could not be had or kept; the message is one line that says why and what to do."""


def fetch_password(pbx: PbxSection, environ: Mapping[str, str] = os.environ) -> str:
    """Return the password of a PBX's account; raise SecretError if it cannot be had."""
    if pbx.password_env:
        return _from_environment(pbx.password_env, environ)
    if pbx.password_command:
        return _from_command(pbx.password_command, COMMAND_SECONDS)
    return _from_key_store(pbx)


def fetch_user_password(user: UserSection, environ: Mapping[str, str] = os.environ) -> str:
    """Return the password of one who may log in to `serve`; raise SecretError if it cannot be had."""
    if user.password_env:
        return _from_environment(user.password_env, environ)
    return _from_command(user.password_command, COMMAND_SECONDS)


def fetch_ami_password(pbx: PbxSection, environ: Mapping[str, str] = os.environ) -> str:
    """Return the secret of a PBX's manager user; raise SecretError if it cannot be had."""
    if pbx.ami_password_env:
        return _from_environment(pbx.ami_password_env, environ)
    return _from_command(pbx.ami_password_command, COMMAND_SECONDS)


def fetch_calendar_password(calendar: CalendarSection, environ: Mapping[str, str] = os.environ) -> str:
    """Return the password of a calendar's account, "" where it has none; raise SecretError if it cannot be had."""
    if calendar.password_env:
        return _from_environment(calendar.password_env, environ)
    return _from_command(calendar.password_command, COMMAND_SECONDS) if calendar.password_command else ""


def fetch_calendar_address(calendar: CalendarSection, environ: Mapping[str, str] = os.environ) -> str:
    """Return where a calendar is; raise SecretError if that cannot be had."""
    if calendar.address_env:
        return _from_environment(calendar.address_env, environ, "address")
    if calendar.address_command:
        return _from_command(calendar.address_command, COMMAND_SECONDS, "address")
    return calendar.address


def store_password(pbx: PbxSection, password: str) -> None:
    """Put a PBX's password into the system's key store; raise SecretError if there is none or it refuses."""
    import keyring
    import keyring.errors

    try:
        keyring.set_password(SERVICE, _key(pbx), password)
    except keyring.errors.NoKeyringError:
        raise SecretError(_NO_KEY_STORE) from None
    except keyring.errors.KeyringError as error:
        raise SecretError(f"the system's key store refused: {_one_line(error)}") from None


_NO_KEY_STORE = "this machine has no key store; use password_env or password_command"


def _key(pbx: PbxSection) -> str:
    return f"{pbx.user}@{pbx.name}"


def _from_environment(name: str, environ: Mapping[str, str], what: str = "password") -> str:
    value = environ.get(name)
    if not value:
        raise SecretError(f"no {what}: the environment variable {name} is {'empty' if value == '' else 'not set'}")
    return value


def _from_key_store(pbx: PbxSection) -> str:
    import keyring
    import keyring.errors

    try:
        password = keyring.get_password(SERVICE, _key(pbx))
    except keyring.errors.NoKeyringError:
        raise SecretError(f"no password: {_NO_KEY_STORE}") from None
    except keyring.errors.KeyringError as error:
        raise SecretError(f"no password: the system's key store says {_one_line(error)}") from None
    if password is None:
        raise SecretError(
            f"no password for {_key(pbx)} in the system's key store: run presence-board password --pbx {pbx.name}"
        )
    return password


def _from_command(command: tuple[str, ...], seconds: float, what: str = "password") -> str:
    """Return the first line that a command prints; it and what it started are ended when it takes too long."""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise SecretError(f"no {what}: {what}_command {command[0]!r}: {error.strerror}") from None
    with process:
        try:
            printed, complaint = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise SecretError(f"no {what}: {what}_command {command[0]!r} did not end within {seconds:g} s") from None
    if process.returncode != 0:
        why = _one_line(complaint.decode(errors="replace")) or "it said nothing on stderr"
        raise SecretError(f"no {what}: {what}_command {command[0]!r} ended with {process.returncode}: {why}")
    password = printed.decode(errors="surrogateescape").split("\n")[0].rstrip("\r")
    if not password:
        raise SecretError(f"no {what}: {what}_command {command[0]!r} printed nothing")
    return password


def _one_line(text: object) -> str:
    return " ".join(str(text).split())[:200]
