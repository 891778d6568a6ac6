# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Who is watched and where: what a configuration or the demo becomes before anything is started. Pure values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from board.automatic.opening import Automation
from board.errors import CallError
from board.events import Address
from board.links.setter import Setter
from board.roster.contact import Contact
from board.sip.account import Account


@dataclass(frozen=True, slots=True)
class Office:
    """Contacts, the accounts of the PBXs that could be set up, and why others could not.

    `unusable` maps a PBX's name to one line for the user (its password could not be read, ...). `setters` are the ways
    by which the user's status is set, and `unsettable` says of a PBX why there is none. `folder` is where the outbox of
    an office that does not last is, None for the data folder. `automation` is what may show by itself.
    """

    contacts: tuple[Contact, ...]
    accounts: tuple[Account, ...]
    unusable: Mapping[str, str]
    setters: tuple[Setter, ...] = ()
    unsettable: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    folder: Path | None = None
    automation: Automation = Automation()  # noqa: RUF009 - frozen

    @property
    def pbxs(self) -> tuple[str, ...]:
        """The names of all PBXs, the usable ones first."""
        return (*(account.pbx for account in self.accounts), *self.unusable)

    def own_only(self) -> "Office":
        """Narrow the office to what reads the user's own status back."""
        needed = {setter.pbx for setter in self.setters if setter.own}
        accounts = tuple(account for account in self.accounts if account.pbx in needed)
        return replace(self, contacts=(), accounts=accounts, unusable={})

    @property
    def why_not_own(self) -> str:
        """Why the user's own status cannot be set at all, "" where it can, in one line."""
        if any(setter.own for setter in self.setters):
            return ""
        nobody = "nobody says whose status it is: name own_extension in the configuration"
        return next(iter(self.unsettable.values()), nobody)

    def only(self, extensions: Iterable[str]) -> "Office":
        """Narrow the office to some extensions, each `EXT` or `EXT@PBX`; one that no contact has is watched nameless.

        An extension without a PBX that no contact has is looked for at the first PBX. Raises CallError with one
        line for a PBX that the office does not have.
        """
        found = dict[Address, Contact]()
        for text in extensions:
            for contact in self._matching(text):
                found.setdefault(contact.address, contact)
        return replace(self, contacts=tuple(found.values()))

    def _matching(self, text: str) -> tuple[Contact, ...]:
        extension, _, pbx = text.partition("@")
        if pbx and pbx not in self.pbxs:
            raise CallError(f"{text}: there is no [[pbx]] named {pbx!r}; known: {', '.join(self.pbxs)}")
        known = tuple(c for c in self.contacts if c.address.extension == extension and pbx in ("", c.address.pbx))
        return known or (Contact(Address(pbx or self.pbxs[0], extension)),)
