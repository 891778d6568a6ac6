# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Statuses published to a real Kamailio: what others see, several boards of one person, whatever happens to either."""

import asyncio
import time
from itertools import count
from pathlib import Path

import pytest

from board.links.wish import Standing
from board.sip.account import Transport
from board.states import PresenceState
from tests.end2end.baresip import baresip
from tests.end2end.baresip import until_shown as until_baresip_shows
from tests.end2end.program import Line, running
from tests.end2end.published import (
    NOBODY,
    Board,
    Publisher,
    look,
    presence,
    shown_by,
    until_shown,
    watcher_at,
    words,
)
from tests.end2end.statuses import User, end, until
from tests.end2end.test_set import TEXTS
from tests.end2end.windows import pending, running_window
from tests.fakes.watcher import Tags
from tests.pbx.asterisk import Asterisk, Change
from tests.pbx.fixtures import NewKamailio
from tests.pbx.kamailio import Kamailio

LEASE = Change("presence-board.cfg", '"max_expires", 3600', '"max_expires", 4')
KILLS = 8
_numbers = count(3000)


@pytest.fixture
def user() -> str:
    """Somebody of whom nobody has ever heard."""
    return str(next(_numbers))


@pytest.mark.parametrize("transport", [Transport.UDP, Transport.TCP])
async def test_every_state_and_text_reaches_a_bare_watcher_intact(
    kamailio: Kamailio, user: str, tmp_path: Path, transport: Transport
) -> None:
    async with await watcher_at(kamailio) as watcher, Board(kamailio, user, transport).running(tmp_path) as board:
        assert (await watcher.subscribe(user, tags=Tags())).status == 200
        assert shown_by((await watcher.notified()).body) == NOBODY
        statuses = [presence(state, "Back at 2", "lunch") for state in PresenceState]
        for status in [*statuses, *(presence("away", message, subtype) for subtype, message in TEXTS)]:
            wish = await board.set(status)
            assert (wish.standing, wish.reason) == (Standing.CONFIRMED, "")
            assert shown_by((await watcher.notified()).body) == words(status)
    assert kamailio.publications(user) == 1


def test_a_second_board_of_somebody_else_sees_it_before_and_after_the_server_died(
    new_kamailio: NewKamailio, user: str, tmp_path: Path
) -> None:
    kamailio = new_kamailio()
    person, other = (Publisher(kamailio, tmp_path / who, who) for who in (user, f"{user}9"))
    contact = f'[[contact]]\nname = "Them"\nextension = "{user}"\n'
    config = other.home / "board.toml"
    config.write_text(config.read_text() + contact)

    def says(line: Line, state: str, message: str) -> bool:
        return (line["presence"], line["message"], line["stale"]) == (state, message, False)

    with running("watch", user, "--json", "--config", str(config)) as board, running_window(person):
        assert person.set("away", "--subtype", "lunch", "--message", "Zurück 🏖") == (0, "confirmed", "")
        assert board.until(lambda line: says(line, "away", "Zurück 🏖"))[-1]["subtype"] == "lunch"
        kamailio.restart(kill=True, wipe=True)
        board.until(lambda line: bool(line["stale"]), 40)
        board.until(lambda line: says(line, "away", "Zurück 🏖"), 40)
        assert person.set("dnd", "--message", "after")[1] == "confirmed"
        board.until(lambda line: says(line, "dnd", "after"))
    assert kamailio.publications(user) == 1


async def test_baresip_sees_it_too(kamailio: Kamailio, user: str, tmp_path: Path) -> None:
    server = f"{kamailio.host}:{kamailio.sip_port};transport=tcp"
    (tmp_path / "baresip").mkdir()
    async with Board(kamailio, user).running(tmp_path) as board:
        await board.set(presence("available"))
        async with baresip(tmp_path / "baresip", server, "bob", user) as client:
            await until_baresip_shows(client, "Online")
            await board.set(presence("dnd", "In a meeting"))
            await until_baresip_shows(client, "Busy")
            await board.set(presence("unavailable"))
            await until_baresip_shows(client, "Offline")
            await board.set(presence("chat"))
            await until_baresip_shows(client, "Online")


async def test_of_two_boards_of_one_person_the_newest_status_stands(
    kamailio: Kamailio, user: str, tmp_path: Path
) -> None:
    async with (
        Board(kamailio, user).running(tmp_path / "desk") as desk,
        Board(kamailio, user).running(tmp_path / "laptop") as laptop,
    ):
        for turn in range(3):  # faster than the server's clock, which knows whole seconds
            for board, state in ((desk, "away"), (laptop, "dnd")):
                status = presence(state, f"turn {turn}")
                wish = await board.set(status)
                assert (wish.standing, wish.reason) == (Standing.CONFIRMED, "")
                assert await look(kamailio, user) == words(status)
        async with asyncio.timeout(10):
            while kamailio.publications(user) != 1:  # noqa: ASYNC110 (the older one steps back)
                await asyncio.sleep(0.05)
    assert await look(kamailio, user) == ("dnd", "", "turn 2")


async def test_a_status_outlives_its_lease_while_the_program_runs_and_returns_with_it(
    new_kamailio: NewKamailio, user: str, tmp_path: Path
) -> None:
    kamailio = new_kamailio(LEASE)
    async with Board(kamailio, user).running(tmp_path) as board:
        await board.set(presence("away", "soft"))
        until_end = time.monotonic() + 6
        while time.monotonic() < until_end:
            assert await look(kamailio, user) == ("away", "", "soft")
            await asyncio.sleep(0.2)
    await until_shown(kamailio, user, NOBODY)
    async with Board(kamailio, user).running(tmp_path):
        await until_shown(kamailio, user, ("away", "", "soft"))


TOO_BRIEF = """
		if ($(hdr(Expires){s.int}) < 7200) {
			append_to_reply("Min-Expires: 7200\\r\\n");
			sl_send_reply("423", "Interval Too Brief");
			exit;
		}
		handle_publish();"""


async def test_a_server_that_wants_longer_leases_gets_them(
    new_kamailio: NewKamailio, user: str, tmp_path: Path
) -> None:
    kamailio = new_kamailio(Change("presence-board.cfg", "\t\thandle_publish();", TOO_BRIEF))
    async with Board(kamailio, user).running(tmp_path) as board:
        wish = await board.set(presence("away"))
    assert (wish.standing, wish.reason) == (Standing.CONFIRMED, "")
    assert kamailio.publications(user) == 1


async def test_a_status_that_was_set_elsewhere_meanwhile_stands(
    new_kamailio: NewKamailio, user: str, tmp_path: Path
) -> None:
    kamailio = new_kamailio(LEASE)
    async with Board(kamailio, user).running(tmp_path / "desk") as board:
        await board.set(presence("away", "from the desk"))
    async with Board(kamailio, user).running(tmp_path / "laptop") as laptop:
        await laptop.set(presence("dnd", "from the laptop"))
        async with Board(kamailio, user).running(tmp_path / "desk"):
            until_end = time.monotonic() + 5
            while time.monotonic() < until_end:
                assert await look(kamailio, user) == ("dnd", "", "from the laptop")
                await asyncio.sleep(0.2)


@pytest.mark.parametrize("wipe", [True, False])
def test_the_server_killed_under_the_running_window(
    new_kamailio: NewKamailio, user: str, tmp_path: Path, wipe: bool
) -> None:
    kamailio = new_kamailio()
    person = Publisher(kamailio, tmp_path, user)
    with running_window(person):
        assert person.set("away", "--message", "before")[1] == "confirmed"
        kamailio.restart(kill=True, wipe=wipe)
        asyncio.run(until_shown(kamailio, user, ("away", "", "before")))
        kamailio.kill()
        assert person.set("chat", "--message", "between")[1] == "queued"
        if wipe:
            kamailio.place.wipe_state()
        kamailio.start()
        asyncio.run(until_shown(kamailio, user, ("chat", "", "between"), 30))
        until(lambda: not pending(person))
        assert kamailio.publications(user) == 1


def test_killed_at_any_moment_the_last_wish_on_the_disk_arrives(kamailio: Kamailio, user: str, tmp_path: Path) -> None:
    person = Publisher(kamailio, tmp_path, user)
    for turn in range(KILLS):
        process = person.begin("set", "away", "--message", f"turn {turn}")
        with person.outbox() as outbox:
            until(lambda turn=turn: _asked(outbox.wishes("office"), f"turn {turn}"))
        time.sleep(0.5 * turn / KILLS)  # then at another moment each time: no thing to wait for
        end(process)
    with running_window(person):
        until(lambda: not pending(person))
        last = ("away", "", f"turn {KILLS - 1}")
        assert person.shown() == last
        assert person.set("dnd")[1] == "confirmed"
        assert person.shown() == ("dnd", "", "")


def _asked(wishes: object, message: str) -> bool:
    assert isinstance(wishes, tuple)
    return any(wish.presence.message == message for wish in wishes)


def test_killed_with_a_status_published_the_next_program_goes_on_with_it(
    kamailio: Kamailio, user: str, tmp_path: Path
) -> None:
    person = Publisher(kamailio, tmp_path, user)
    with running_window(person):  # which is killed, not closed
        assert person.set("away")[1] == "confirmed"
    assert person.shown() == ("away", "", "")
    assert person.set("xa")[1] == "confirmed"
    assert (person.shown(), kamailio.publications(user)) == (("xa", "", ""), 1)


def test_wrong_credentials_are_told_at_once_and_not_tried_again(new_kamailio: NewKamailio, tmp_path: Path) -> None:
    kamailio = new_kamailio()
    person = Publisher(kamailio, tmp_path, "2000", password="wrong")
    begun = time.monotonic()
    status, out, err = person.set("away")
    assert time.monotonic() - begun < 8
    assert (status, out.startswith("refused: "), err) == (1, True, "")
    assert "password" in out
    assert kamailio.log().count("wrong password of 2000") == 1
    assert Publisher(kamailio, tmp_path, "2000").set("chat")[1] == "confirmed"


NOT_TAKEN = (
    (Change("presence-board.cfg", '"PUBLISH|SUBSCRIBE"', '"SUBSCRIBE"'), "takes no PUBLISH of presence (405)"),
    (Change("presence-board.cfg", "$au != $rU", "1 == 1"), "forbids us to publish this status (403)"),
    (
        Change("presence-board.cfg", "\t\thandle_publish();", '\t\tsl_send_reply("200", "OK");'),
        "the PBX took it but still shows not_set: check force_active",
    ),
)


@pytest.mark.parametrize(("change", "says"), NOT_TAKEN)
def test_a_server_that_takes_no_publication(
    new_kamailio: NewKamailio, tmp_path: Path, change: Change, says: str
) -> None:
    status, out, err = Publisher(new_kamailio(change), tmp_path, "2000").set("away")
    assert (status, err) == (1, "")
    assert out.startswith("refused: ")
    assert says in out
    assert len(out.splitlines()) == 1


def test_an_asterisk_takes_none_and_what_to_use_there_is_said(asterisk: Asterisk, tmp_path: Path) -> None:
    asterisk.set_presence("6001", "available")
    status, out, err = User(asterisk, tmp_path, link="publish").set("away")
    assert (status, err) == (1, "")
    assert out.startswith("refused: the server takes no PUBLISH of presence (")
    assert "write message or ami as presence_link" in out
