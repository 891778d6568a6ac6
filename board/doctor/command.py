# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""`presence-board doctor`: examines every PBX of a configuration side by side and prints what is wrong. No Qt."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TextIO

from board.config import BoardConfig
from board.config.offices import open_office
from board.config.schema import PbxSection
from board.doctor.desk import look_at_desk
from board.doctor.examine import examine
from board.doctor.facts import Facts, Subject
from board.doctor.finding import Severity
from board.doctor.judge import judge
from board.doctor.report import as_json, as_text, closing
from board.office import Office
from board.sip.account import Account

DONE, BAD_NEWS = 0, 1
INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class DoctorOptions:
    """What the command line asks of `doctor`: JSON, and whether it may set the user's status and restore it."""

    as_json: bool = False
    write: bool = False


async def doctor(config: BoardConfig, options: DoctorOptions, stop: asyncio.Event, out: TextIO) -> int:
    """Examine every PBX and print the findings; return 0, or 1 if there is a fault."""
    office = await open_office(config)
    work = asyncio.ensure_future(asyncio.gather(*(_examine(pbx, office, options.write) for pbx in config.pbx)))
    stopped = asyncio.ensure_future(stop.wait())
    await asyncio.wait((work, stopped), return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not work.done():
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        return INTERRUPTED
    return _tell(work.result(), options.as_json, out)


def _tell(examined: Sequence[Facts], as_objects: bool, out: TextIO) -> int:
    judged = [(facts, judge(facts)) for facts in examined]
    every = [finding for _, found in judged for finding in found]
    if as_objects:
        out.writelines(f"{as_json(finding)}\n" for finding in every)
    else:
        out.writelines(f"{as_text(facts, found)}\n\n" for facts, found in judged)
        out.write(f"{closing(every)}\n")
    out.flush()
    return BAD_NEWS if any(finding.severity is Severity.FAULT for finding in every) else DONE


async def _examine(pbx: PbxSection, office: Office, write: bool) -> Facts:
    subject = _subject(pbx, office)
    account: Account | None = next((each for each in office.accounts if each.pbx == pbx.name), None)
    if account is None:
        return Facts(subject, time.time(), unusable=office.unusable[pbx.name])
    setter = next((each for each in office.setters if each.pbx == pbx.name and each.core is None), None)
    desk, facts = await asyncio.gather(look_at_desk(setter), examine(subject, account, setter if write else None))
    return replace(facts, unsettable=office.unsettable.get(pbx.name, ""), desk=desk)


def _subject(pbx: PbxSection, office: Office) -> Subject:
    watched = (each.address.extension for each in office.contacts if each.address.pbx == pbx.name)
    return Subject(
        pbx=pbx.name,
        host=pbx.server.host,
        port=pbx.server.port,
        transport=pbx.server.transport,
        user=pbx.user,
        extensions=tuple(dict.fromkeys(watched)),
        own="" if pbx.presence_link == "none" else pbx.own_extension,
        presence_link=pbx.presence_link,
        tls_verify=pbx.tls_verify,
    )
