# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A simulated day: no drift, no growth, no storm."""

import random

from board.sip.policy import PbxPolicy
from tests.fakes.simulation import Simulation

DAY = 24 * 3600.0


def held(policy: PbxPolicy) -> int:
    """How many heap entries the policy holds: what would grow if anything did."""
    return policy._outbox.deadlines.entries


def test_a_quiet_day_costs_audits_and_nothing_else() -> None:
    office = Simulation(2, 50).start()
    office.run(1.0)
    told, before = office.events, office.now
    office.run(DAY)
    assert office.correct()
    assert office.events - told == 0
    assert DAY / 3 - 5 <= office.subscribes_since(before) <= DAY / 3
    assert held(office.policy) < 64 + 5 * 100
    assert office.ticks < 2 * (DAY / 5 * 2 + DAY / 3)


def test_a_day_of_trouble() -> None:
    """Every few minutes something breaks; nothing looks fresh and is wrong, and in the end all is well."""
    office = Simulation(2, 20, "tcp", seed=7).start()
    dice = random.Random(7)
    everyone = [extension for shard in office.extensions for extension in shard]

    wrong_since: dict[str, float] = {}

    def change() -> None:
        office.pbx.change(dice.choice(everyone))
        office.later(dice.expovariate(1 / 5.0), change)

    def trouble() -> None:
        length = dice.choice([0.5, 5.0, 30.0, 200.0])
        match dice.randrange(4):
            case 0:
                office.pbx.cut_off()
                office.later(length, office.pbx.heal)
            case 1:
                office.pbx.die()
                office.later(length, lambda: office.pbx.start(memory=dice.random() < 0.5, boot=2.0))
            case 2:
                office.crash(dice.randrange(2))
            case _:
                office.pbx.terminate(dice.choice(everyone), dice.choice(["", "timeout", "deactivated", "giveup"]))
        office.later(length + dice.uniform(60.0, 600.0), trouble)

    def check() -> None:
        for extension in everyone:
            if extension in office.stale or office.shown[extension] == office.pbx.states[extension]:
                wrong_since.pop(extension, None)
            else:
                assert office.now - wrong_since.setdefault(extension, office.now) < 12.5, extension
        office.later(2.5, check)

    change()
    trouble()
    check()
    office.run(DAY)
    assert office.busiest_second() <= 140
    assert held(office.policy) < 64 + 5 * 40
    assert len(office.sent_at) < DAY / 3 + 40 * 400  # the audits, and each extension once per trouble
