# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Ends a test's server when the test run ends, however that ends."""

import subprocess


def start_guard(pid: int) -> subprocess.Popen[bytes]:
    """Start a process that kills the session of `pid` when this one ends without telling it not to, even by kill -9."""
    script = 'read -r told || kill -9 "-$1"'
    return subprocess.Popen(["sh", "-c", script, "guard", str(pid)], stdin=subprocess.PIPE, start_new_session=True)
