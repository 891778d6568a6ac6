# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Gathers what the manager interface says, where the link is AMI: whether it lets us in, and the hints' texts."""

import asyncio
from collections.abc import Iterator

from board.ami.client import AmiClient, LinkState, LostError
from board.ami.messages import Action, Event
from board.doctor.facts import Desk
from board.links.setter import LinkKind, Setter

SECONDS = 5.0
_SETTLED = frozenset({LinkState.READY, LinkState.REFUSED, LinkState.AWAY})


async def look_at_desk(setter: Setter | None) -> Desk | None:
    """Log in to the manager interface once; None where the link is another."""
    if setter is None or setter.kind is not LinkKind.AMI or setter.credentials is None:
        return None
    settled: asyncio.Future[tuple[LinkState, str]] = asyncio.get_running_loop().create_future()

    def changed(state: LinkState, reason: str) -> None:
        if state in _SETTLED and not settled.done():
            settled.set_result((state, reason))

    client = AmiClient(setter.host, setter.port, setter.credentials, on_state=changed)
    client.start()
    try:
        async with asyncio.timeout(SECONDS):
            state, reason = await settled
            if state is not LinkState.READY:
                return Desk(reason or "it lets nobody in")
            return Desk(hints=dict(_hints((await client.ask(Action("ExtensionStateList"))).items)))
    except TimeoutError:
        return Desk(f"no answer within {SECONDS:g} s")
    except LostError as error:
        return Desk(str(error))
    finally:
        await client.close()


def _hints(items: tuple[Event, ...]) -> Iterator[tuple[str, str]]:
    for item in items:
        if item.get("Exten"):
            yield item.get("Exten"), item.get("Hint")
