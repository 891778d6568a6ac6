# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Where one Asterisk of the tests lives: a folder in the shared chroot and three ports that nobody else uses.

Test runs side by side share the machine. A lock file a place, held while the place is used, keeps them apart; the
kernel lets go of it when the run dies, however it dies.
"""

import fcntl
import shutil
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

# Below the ports that the kernel hands out, so that no outgoing connection sits on one.
_PORTS = range(20000, 30000, 4)
_LOCKS = Path(tempfile.gettempdir())
_STATE = ("db", "run", "log", "spool", "cache")


@dataclass(frozen=True, slots=True)
class Place:
    """A reserved place: `inside` is its folder as Asterisk sees it, `folder` as we do."""

    chroot: Path
    inside: PurePosixPath
    sip: int
    tls: int
    ami: int
    lock: IO[str]

    @property
    def folder(self) -> Path:
        return self.chroot / self.inside.relative_to("/")

    @property
    def etc(self) -> Path:
        return self.folder / "etc"

    @property
    def var(self) -> Path:
        return self.folder / "var"

    def wipe_state(self) -> None:
        """Make the state folders anew and empty, owned by the chroot's user asterisk."""
        shutil.rmtree(self.var, ignore_errors=True)
        user, group = _asterisk_ids(self.chroot)
        for name in _STATE:
            path = self.var / name
            path.mkdir(parents=True)
            shutil.chown(path, user, group)

    def release(self) -> None:
        """Remove the folder and let others have the place."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.lock.close()


def reserve(chroot: Path) -> Place:
    """Reserve a place in the chroot, with empty folders; RuntimeError when all are taken."""
    home = PurePosixPath("/srv/presence-board")
    (chroot / home.relative_to("/")).mkdir(parents=True, exist_ok=True)
    for port in _PORTS:
        inside = home / f"pbx-{port}"
        # One lock a port on the whole machine: another run may have a chroot of its own, but not ports of its own.
        lock = open(_LOCKS / f"presence-board-pbx-{port}.lock", "w")  # noqa: SIM115 (held by the place)
        if not _try_lock(lock) or not all(_is_free(port + offset) for offset in range(3)):
            lock.close()
            continue
        place = Place(chroot, inside, port, port + 1, port + 2, lock)
        shutil.rmtree(place.folder, ignore_errors=True)
        place.etc.mkdir(parents=True)
        place.wipe_state()
        return place
    raise RuntimeError("every port that the tests may use is taken")


def has_ipv6() -> bool:
    """Tell whether this machine has an IPv6 loopback."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def _try_lock(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_free(port: int) -> bool:
    hosts = [(socket.AF_INET, "127.0.0.1")] + ([(socket.AF_INET6, "::1")] if has_ipv6() else [])
    for family, host in hosts:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            with socket.socket(family, kind) as probe:
                if kind == socket.SOCK_STREAM:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((host, port))
                except OSError:
                    return False
    return True


def _asterisk_ids(chroot: Path) -> tuple[int, int]:
    for line in (chroot / "etc/passwd").read_text().splitlines():
        fields = line.split(":")
        if fields[0] == "asterisk":
            return int(fields[2]), int(fields[3])
    raise RuntimeError(f"{chroot} has no user asterisk: delete it and run packaging/setup-test-pbx again")
