# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The doctor's own worker, where it does not do what it should."""

import sys

from board.doctor.patient import Patient
from board.sip.account import Account, Transport

ACCOUNT = Account("office", "127.0.0.1", 9, Transport.UDP, "board")


async def test_a_worker_that_cannot_be_started_is_told() -> None:
    async with Patient(ACCOUNT, ("/no/such/program",)) as patient:
        assert not await patient.reached()
        assert patient.lost == "cannot start a SIP worker (/no/such/program): No such file or directory"


async def test_a_worker_that_dies_is_told_with_its_last_words() -> None:
    dies = (sys.executable, "-c", "raise SystemExit('no SIP stack')")
    async with Patient(ACCOUNT, dies) as patient:
        assert not await patient.reached()
        assert patient.lost == "the SIP worker ended with status 1 no SIP stack"


async def test_what_the_pipe_cannot_carry_is_told() -> None:
    speaks = (sys.executable, "-c", "import os, sys; os.write(int(sys.argv[1]), b'\\0\\0\\0\\1x'); input()")
    async with Patient(ACCOUNT, speaks) as patient:
        assert not await patient.reached()
        assert "a frame of the pipe is broken" in patient.lost
