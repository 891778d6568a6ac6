# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Passwords come from the environment, a command or the key store; what goes wrong is one line."""

import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail
from keyring.errors import KeyringLocked

from board.config import secrets
from board.config.schema import PbxSection
from board.config.secrets import SecretError, fetch_password, store_password


def _pbx(**more: object) -> PbxSection:
    return PbxSection.model_validate({"name": "office", "server": "sip:pbx", "user": "2000", **more})


class MemoryKeyring(KeyringBackend):
    """A key store that lasts as long as its test."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


class LockedKeyring(MemoryKeyring):
    """A key store that its user does not unlock."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("Failed to unlock\nthe collection!")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked("Failed to unlock\nthe collection!")


@pytest.fixture
def key_store() -> Iterator[MemoryKeyring]:
    before = keyring.get_keyring()
    store = MemoryKeyring()
    keyring.set_keyring(store)
    yield store
    keyring.set_keyring(before)


def test_environment() -> None:
    assert fetch_password(_pbx(password_env="SECRET"), {"SECRET": "s3 cret"}) == "s3 cret"


@pytest.mark.parametrize(("environ", "what"), [({}, "not set"), ({"SECRET": ""}, "empty")])
def test_environment_without_it(environ: dict[str, str], what: str) -> None:
    with pytest.raises(SecretError, match=f"^no password: the environment variable SECRET is {what}$"):
        fetch_password(_pbx(password_env="SECRET"), environ)


@pytest.mark.parametrize("command", ["printf 's3 cret\\nurl: x\\n'", ["printf", "s3 cret"]])
def test_command(command: Any) -> None:
    assert fetch_password(_pbx(password_command=command)) == "s3 cret"


def test_no_shell_reads_a_command() -> None:
    assert fetch_password(_pbx(password_command="echo $HOME;id")) == "$HOME;id"


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (["/no/such/program"], "password_command '/no/such/program': No such file or directory"),
        (["sh", "-c", "echo locked >&2; exit 3"], "password_command 'sh' ended with 3: locked"),
        (["false"], "password_command 'false' ended with 1: it said nothing on stderr"),
        (["true"], "password_command 'true' printed nothing"),
    ],
)
def test_command_that_fails(command: list[str], says: str) -> None:
    with pytest.raises(SecretError) as caught:
        fetch_password(_pbx(password_command=command))
    assert str(caught.value) == f"no password: {says}"


def test_command_that_hangs_is_ended_with_its_children(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "COMMAND_SECONDS", 0.2)
    before = time.monotonic()
    script = "import subprocess; subprocess.run(['sleep', '60'])"
    with pytest.raises(SecretError, match=r"did not end within 0\.2 s"):
        fetch_password(_pbx(password_command=[sys.executable, "-c", script]))
    assert time.monotonic() - before < 10


def test_key_store(key_store: MemoryKeyring) -> None:
    store_password(_pbx(), "s3cret")
    assert key_store.kept == {("presence-board", "2000@office"): "s3cret"}
    assert fetch_password(_pbx()) == "s3cret"


def test_key_store_without_it(key_store: MemoryKeyring) -> None:
    with pytest.raises(SecretError, match=r"^no password for 2000@office .* presence-board password --pbx office$"):
        fetch_password(_pbx())


@pytest.mark.parametrize("store", [LockedKeyring, fail.Keyring])
def test_key_store_that_does_not_answer(key_store: MemoryKeyring, store: Callable[[], KeyringBackend]) -> None:
    keyring.set_keyring(store())
    for call in (lambda: fetch_password(_pbx()), lambda: store_password(_pbx(), "x")):
        with pytest.raises(SecretError) as caught:
            call()
        assert len(str(caught.value).splitlines()) == 1
        assert "key store" in str(caught.value)
