# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A real Asterisk or Kamailio for a benchmark, outside of pytest."""

import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.pbx.asterisk import Asterisk, custom_hints
from tests.pbx.certificates import make_certificates
from tests.pbx.kamailio import Kamailio
from tests.pbx.place import reserve

_SETUP = Path(__file__).parents[2] / "packaging/setup-test-pbx"


@contextmanager
def temporary_asterisk(extensions: Iterable[int]) -> Iterator[tuple[Asterisk, Path]]:
    """Give a running Asterisk with hints for `extensions`, and a folder; both are gone afterwards."""
    chroot = _chroot()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asterisk = Asterisk(reserve(chroot), make_certificates(folder), custom_hints(extensions))
        try:
            asterisk.start()
            yield asterisk, folder
        finally:
            asterisk.close()


@contextmanager
def temporary_kamailio() -> Iterator[Kamailio]:
    """Give a running Kamailio, which is gone afterwards."""
    kamailio = Kamailio(reserve(_chroot()))
    try:
        kamailio.start()
        yield kamailio
    finally:
        kamailio.close()


def _chroot() -> Path:
    return Path(subprocess.run([_SETUP], check=True, capture_output=True, text=True).stdout.strip())
