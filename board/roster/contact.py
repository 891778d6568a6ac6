# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Who is on the board: one frozen value a person or extension, as the configuration lists them."""

from dataclasses import dataclass

from board.events import Address


@dataclass(frozen=True, slots=True)
class Contact:
    """One line of the roster. `name` is "" where the configuration gives none (a range): show the extension."""

    address: Address
    name: str = ""
    group: str = ""
    favourite: bool = False
