# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The Kamailio of the tests: it answers, keeps what it knows or forgets it, and leaves nothing behind."""

import socket
import time

from tests.pbx.fixtures import NewKamailio


def test_it_starts_is_killed_and_starts_again(new_kamailio: NewKamailio) -> None:
    kamailio = new_kamailio()
    assert kamailio.publications("2000") == 0
    begun = time.monotonic()
    kamailio.restart(kill=True, wipe=True)
    assert time.monotonic() - begun < 20
    assert kamailio.is_running()
    kamailio.kill()
    with socket.socket() as probe:
        assert probe.connect_ex((kamailio.host, kamailio.sip_port)) != 0


def test_two_stand_side_by_side(new_kamailio: NewKamailio) -> None:
    assert new_kamailio().sip_port != new_kamailio().sip_port
