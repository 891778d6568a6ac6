# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A certificate authority and a server certificate for a test, made on the spot with the openssl command."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

LOOPBACK = ("DNS:localhost", "IP:127.0.0.1", "IP:::1")
_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


@dataclass(frozen=True, slots=True)
class Certificates:
    """PEM files: the authority to trust, and a server's certificate with its key."""

    ca: Path
    cert: Path
    key: Path


def make_certificates(folder: Path, names: tuple[str, ...] = LOOPBACK, days: int = 60) -> Certificates:
    """Make an authority and a certificate for `names` ("DNS:...", "IP:...") in an existing folder.

    The certificate ends in `days`; below zero, it has ended.
    """
    made = Certificates(folder / "ca.pem", folder / "cert.pem", folder / "key.pem")
    authority_key, request = folder / "ca-key.pem", folder / "request.pem"
    authority = ("-x509", "-days", "60", "-addext", "basicConstraints=critical,CA:TRUE")
    _openssl("req", *authority, *_named("Presence board test authority"), "-keyout", authority_key, "-out", made.ca)
    extensions = ("-addext", "basicConstraints=critical,CA:FALSE", "-addext", "subjectAltName=" + ",".join(names))
    _openssl("req", *extensions, *_named("Presence board test server"), "-keyout", made.key, "-out", request)
    signer = ("-CA", made.ca, "-CAkey", authority_key, "-CAcreateserial", "-copy_extensions", "copy")
    _openssl("x509", "-req", "-in", request, *signer, "-days", str(days), "-out", made.cert)
    return made


def _named(name: str) -> tuple[str, ...]:
    return (*_KEY, "-subj", f"/CN={name}")


def _openssl(*words: str | Path) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, timeout=30)
