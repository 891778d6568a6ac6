# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The demo office and its notifier on Qt's event loop: UDP and TCP, changes, an ordered end."""

import asyncio

import pytest
from PySide6.QtWidgets import QApplication

from board.demo import DemoOffice
from board.loop import run_qt
from board.resources import resources
from board.sip.account import Transport
from tests.fakes.watcher import Watcher


@pytest.mark.parametrize("transport", [Transport.UDP, Transport.TCP])
def test_the_demo_office_runs_on_qt(qapp: QApplication, transport: Transport) -> None:
    async def watch(_: asyncio.Event) -> list[str]:
        office = DemoOffice(resources() / "demo" / "office.toml", transport, seed=5)
        await office.start()
        account, told = office.account, list[str]()
        tcp = transport is Transport.TCP
        watcher = await Watcher.connect(
            account.host, account.port, tcp=tcp, user=account.user, password=account.password
        )
        for contact in office.contacts:
            assert (await watcher.subscribe(contact.address.extension)).status == 200
        for _number in range(len(office.contacts) + 1):  # everybody, and one change
            told.append((await watcher.notified()).headers.require("Subscription-State"))
        stopping = asyncio.create_task(office.stop())
        while not (state := (await watcher.notified()).headers.require("Subscription-State")).startswith("terminated"):
            told.append(state)
        told.append(state)
        await stopping
        watcher.close()
        return told

    told = run_qt(qapp, watch)
    assert all(state.startswith("active;expires=") for state in told[:-1])
    assert told[-1] == "terminated;reason=probation;retry-after=5"
