# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The event packages and the bodies they are told in: what a SUBSCRIBE may ask for, and what it gets. Tables.

Follows Asterisk 22's body generators (res_pjsip_pidf_body_generator.c and its neighbours, autoloaded).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from board.wire import parameters, split_list

PIDF = "application/pidf+xml"
CPIM_PIDF = "application/cpim-pidf+xml"
XPIDF = "application/xpidf+xml"
DIALOG_INFO = "application/dialog-info+xml"

PACKAGES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"presence": (PIDF, XPIDF, CPIM_PIDF), "dialog": (DIALOG_INFO,)}
)
"""Event package to the body types there are for it, its default first."""

ALLOW_EVENTS = ", ".join(PACKAGES)

_DIGIUM_AGENTS = ("digium", "sangoma")


@dataclass(frozen=True, slots=True)
class Event:
    """An Event header: the package as written and the id that tells subscriptions of one dialog apart."""

    package: str
    id: str = ""

    @classmethod
    def read(cls, value: str) -> "Event":
        """Read an Event header's value; case counts (RFC 6665 section 8.2.1)."""
        package, params = parameters(value)
        return cls(package, params.get("id", ""))

    def __str__(self) -> str:
        return f"{self.package};id={self.id}" if self.id else self.package


def choose_body(package: str, accept: list[str]) -> str | None:
    """Return the body type for what a watcher accepts, its first wish first; None where there is none for it.

    No Accept at all means the package's default.
    """
    known = PACKAGES[package]
    wishes = [parameters(wish)[0].lower() for line in accept for wish in split_list(line)]
    if not wishes:
        return known[0]
    for wish in wishes:
        if wish in known:
            return wish
        if wish in ("*/*", "application/*"):
            return known[0]
    return None


def wants_digium(user_agent: str | None) -> bool:
    """Tell whether a watcher gets the digium tuple: its User-Agent names one of the two makers, in any case."""
    return any(maker in (user_agent or "").lower() for maker in _DIGIUM_AGENTS)
