# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""HOST:PORT as the command line and the configuration write it. Pure."""


def read_host_port(text: str) -> tuple[str, int]:
    """Return host and port, an IPv6 address without its brackets; raise ValueError, with one line, for other texts."""
    host, colon, port = text.rpartition(":")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not colon or not bare or (":" in bare and bare == host):
        raise ValueError(f'{text!r} is no HOST:PORT; write it such as "127.0.0.1:5060" or "[::1]:5060"')
    if not (port.isascii() and port.isdigit() and int(port[:6]) <= 65_535):
        raise ValueError(f"{text!r} ends with no port; write a number from 0 to 65535 there, 0 for any that is free")
    return bare, int(port)


def write_host_port(host: str, port: int) -> str:
    """Return HOST:PORT, an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def check_host_port(text: str) -> str:
    """Return the text; raise ValueError, with one line, where it is no HOST:PORT."""
    read_host_port(text)
    return text
