# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""`presence-board password`: puts a PBX's password into the system's key store, where the board looks for it."""

import getpass
from typing import TextIO

from board.config.schema import BoardConfig, PbxSection
from board.config.secrets import SecretError, store_password
from board.errors import CallError

DONE, BAD_NEWS = 0, 1


def keep_password(config: BoardConfig, name: str, stdin: TextIO, out: TextIO, err: TextIO) -> int:
    """Read a password from the terminal, or as stdin's first line, and store it; return 1 if the key store refuses.

    `name` is a PBX's; "" means the only one. Raises CallError, with one line, where no PBX is meant.
    """
    pbx = _find(config, name)
    password = getpass.getpass(f"Password of {pbx.user} at {pbx.name}: ") if stdin.isatty() else stdin.readline()
    password = password.rstrip("\r\n")
    if not password:
        raise CallError("no password was given; type it, or pipe it in as one line")
    try:
        store_password(pbx, password)
    except SecretError as error:
        print(f"presence-board password: {error}", file=err)
        return BAD_NEWS
    print(f"stored for {pbx.user} at {pbx.name}", file=out)
    for key in ("password_env", "password_command"):
        if getattr(pbx, key):
            print(f"presence-board password: {pbx.name} has {key}, which comes first; take it out", file=err)
    return DONE


def _find(config: BoardConfig, name: str) -> PbxSection:
    names = ", ".join(pbx.name for pbx in config.pbx)
    if not name and len(config.pbx) > 1:
        raise CallError(f"there are several PBXs; say which with --pbx: {names}")
    found = [pbx for pbx in config.pbx if name in ("", pbx.name)]
    if not found:
        raise CallError(f"there is no [[pbx]] named {name!r}; known: {names}")
    return found[0]
