# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The form of a finding's words, and the words that several share. Of the texts' `{fields}` see words.py."""

from dataclasses import dataclass

from board.doctor.finding import Severity

FAULT, REMARK = Severity.FAULT, Severity.REMARK
BOARD = "board.toml"
PJSIP, DIALPLAN, MODULES, MANAGER = "pjsip.conf", "extensions.conf", "modules.conf", "manager.conf"
RELOAD_SIP, RELOAD_DIALPLAN = "asterisk -rx 'module reload res_pjsip.so'", "asterisk -rx 'dialplan reload'"
KAMAILIO, RESTART_KAMAILIO = "kamailio.cfg", "systemctl restart kamailio"
HINT = "exten => {extension},hint,PJSIP/{extension},CustomPresence:{extension}"
BLIND = "Every tile of {pbx} stays unknown."
BLIND_SOME = "Such a tile stays unknown, whatever the phone does."
SECTION = "; in the endpoint's section, which usually is called as the user"


@dataclass(frozen=True, slots=True)
class Row:
    """The words of one finding; see Finding and Mend for what is what."""

    severity: Severity
    what: str
    why: str
    advice: str
    file: str = ""
    lines: tuple[str, ...] = ()
    command: str = ""
