# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Renders the status setter in each way a status can stand: `python -m tests.gui.render_setter FOLDER [--dark]`.

For looking at; asserts nothing.
"""

import argparse
import time
from pathlib import Path

from PySide6.QtWidgets import QApplication

from board.links.own import OwnStatus
from board.links.wish import Standing, Target, Wish
from board.presence.value import Presence
from board.resources import resources
from board.states import PresenceState
from board.status.choice import Choice
from board.status.preset import OFFICE
from board.status.until import shown
from board.ui.look import Look, Scheme
from board.ui.setter import StatusSetter
from tests.gui.render import save

OFFICE_PBX, BRANCH = Target("office", "CustomPresence:2000"), Target("branch", "CustomPresence:300")
FREE = Presence(PresenceState.AVAILABLE)
RECENTS = (
    Choice(Presence(PresenceState.AWAY, "meeting", "Board room until 15:00")),
    Choice(Presence(PresenceState.DND, "", "Quarter close, please e-mail")),
    Choice(Presence(PresenceState.AWAY, "פגישה", "אני בפגישה עד 15:00")),
)


def standings(now: float) -> dict[str, tuple[OwnStatus, ...]]:
    """Return an own status for each way it can stand."""
    plain, until = Presence(PresenceState.AWAY, "lunch"), now - now % 1800 + 5400
    lunch = shown(Choice(plain, until), now)

    def asked(standing: Standing, target: Target = OFFICE_PBX, reason: str = "", *, waited: bool = False) -> Wish:
        return Wish(7, target, lunch, now - 60, standing, reason, waited, plain=plain, until=until, back=FREE)

    long = "Out until the 18th, call Rosa for anything urgent please, or the front desk " * 3
    return {
        "confirmed": (OwnStatus(OFFICE_PBX, lunch, True, asked(Standing.CONFIRMED)),),
        "pending": (OwnStatus(OFFICE_PBX, FREE, True, asked(Standing.SENT)),),
        "queued": (OwnStatus(OFFICE_PBX, FREE, False, asked(Standing.QUEUED, waited=True)),),
        "refused": (
            OwnStatus(OFFICE_PBX, FREE, True, asked(Standing.REFUSED, reason="the PBX says 403: 2000 may not set it")),
        ),
        "nothing": (OwnStatus(OFFICE_PBX),),
        "old": (OwnStatus(OFFICE_PBX, FREE, False),),
        "differ": (
            OwnStatus(OFFICE_PBX, lunch, True, asked(Standing.CONFIRMED)),
            OwnStatus(BRANCH, FREE, False, asked(Standing.QUEUED, BRANCH, waited=True)),
        ),
        "long": (OwnStatus(OFFICE_PBX, Presence(PresenceState.XA, "on parental leave abroad", long[:250]), True),),
        "rtl": (OwnStatus(OFFICE_PBX, RECENTS[2].presence, True),),
        "clear": (OwnStatus(OFFICE_PBX, Presence(PresenceState.NOT_SET), True),),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", default="380x640")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    app = QApplication([])
    look = Look(resources(), Scheme.DARK if asked.dark else Scheme.LIGHT)
    look.dress(app)
    for name, own in standings(time.time()).items():
        if asked.only in ("", name):
            setter = StatusSetter(look, time.time)
            setter.show_presets(OFFICE)
            setter.show_recents(RECENTS)
            setter.show_own(own)
            save(app, setter, asked.size, asked.folder / f"{name}-{'dark' if asked.dark else 'light'}.png")


if __name__ == "__main__":
    main()
