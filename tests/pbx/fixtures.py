# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""pytest's fixtures of a real Asterisk: `asterisk`, shared by a whole run, and `new_asterisk` for a test's own; and of
a real Kamailio: `kamailio` and `new_kamailio`.

Without root, debootstrap or a mirror these tests are skipped and say why; with CI=true in the environment that is
a failure.
"""

import os
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NoReturn

import pytest

from tests.pbx.asterisk import Asterisk, Change, custom_hints
from tests.pbx.certificates import Certificates, make_certificates
from tests.pbx.kamailio import Kamailio
from tests.pbx.place import reserve

_SETUP = Path(__file__).parents[2] / "packaging/setup-test-pbx"
SHARED_EXTENSIONS = range(2000, 2050)

NewAsterisk = Callable[..., Asterisk]
NewKamailio = Callable[..., Kamailio]


@pytest.fixture(scope="session")
def chroot() -> Path:
    """The folder with an Asterisk and a Kamailio in it, made if it is not there yet."""
    done = subprocess.run([_SETUP], capture_output=True, text=True, timeout=1200)
    if done.returncode != 0:
        _give_up(done.stderr.strip() or f"{_SETUP.name} ended with {done.returncode}")
    return Path(done.stdout.strip())


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """A test authority and its certificate for localhost, 127.0.0.1 and ::1."""
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def asterisk(chroot: Path, certificates: Certificates) -> Iterator[Asterisk]:
    """The run's shared Asterisk with hints 2000 to 2049: a test resets what it set and does not restart it."""
    shared = Asterisk(reserve(chroot), certificates, custom_hints(SHARED_EXTENSIONS))
    try:
        shared.start()
        yield shared
    finally:
        shared.close()


@pytest.fixture
def new_asterisk(chroot: Path, certificates: Certificates) -> Iterator[NewAsterisk]:
    """A factory of Asterisks of the test's own: new_asterisk(extensions) is started and ended with the test.

    It takes changes of the templates, hints by name, and certificates other than the run's.
    """
    made: list[Asterisk] = []

    def new(
        extensions: Iterable[int | str],
        *changes: Change,
        hints: Mapping[str, str] | None = None,
        own_certificates: Certificates | None = None,
    ) -> Asterisk:
        every_hint = {**custom_hints(extensions), **(hints or {})}
        one = Asterisk(reserve(chroot), own_certificates or certificates, every_hint, changes)
        made.append(one)
        one.start()
        return one

    try:
        yield new
    finally:
        for one in made:
            one.close()


@pytest.fixture(scope="session")
def kamailio(chroot: Path) -> Iterator[Kamailio]:
    """The run's shared Kamailio: a test takes users of its own and does not restart it."""
    shared = Kamailio(reserve(chroot))
    try:
        shared.start()
        yield shared
    finally:
        shared.close()


@pytest.fixture
def new_kamailio(chroot: Path) -> Iterator[NewKamailio]:
    """A factory of Kamailios of the test's own: new_kamailio(changes...) is started and ended with the test."""
    made: list[Kamailio] = []

    def new(*changes: Change) -> Kamailio:
        one = Kamailio(reserve(chroot), changes)
        made.append(one)
        one.start()
        return one

    try:
        yield new
    finally:
        for one in made:
            one.close()


def _give_up(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(f"no Asterisk and Kamailio to test against: {reason}", pytrace=False)
    pytest.skip(f"no Asterisk and Kamailio to test against: {reason}")
