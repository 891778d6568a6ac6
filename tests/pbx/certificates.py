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


def make_certificates(folder: Path, names: tuple[str, ...] = LOOPBACK) -> Certificates:
    """Make an authority and a certificate for `names` ("DNS:...", "IP:...") in an existing folder."""
    made = Certificates(folder / "ca.pem", folder / "cert.pem", folder / "key.pem")
    authority_key = folder / "ca-key.pem"
    _openssl(made.ca, authority_key, "/CN=Presence board test authority", "basicConstraints=critical,CA:TRUE")
    _openssl(
        made.cert,
        made.key,
        "/CN=Presence board test server",
        "basicConstraints=critical,CA:FALSE",
        "subjectAltName=" + ",".join(names),
        signed_by=("-CA", str(made.ca), "-CAkey", str(authority_key)),
    )
    return made


def _openssl(cert: Path, key: Path, subject: str, *extensions: str, signed_by: tuple[str, ...] = ()) -> None:
    added = [word for extension in extensions for word in ("-addext", extension)]
    command = ["openssl", "req", "-x509", *_KEY, "-days", "2", "-subj", subject, *added, *signed_by]
    subprocess.run([*command, "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True, timeout=30)
