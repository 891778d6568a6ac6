# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory (PSS of all processes) and idle CPU of the real program watching 1,000 extensions, without and with a window.

`python -m tests.benchmarks.footprint [EXTENSIONS]`.
"""

import os
import sys
import time
from pathlib import Path

from tests.benchmarks.activation import FIRST
from tests.benchmarks.pbx import temporary_asterisk
from tests.benchmarks.table import Row, render
from tests.end2end.program import Program, running, watch_range, write_config
from tests.pbx.asterisk import Asterisk

COUNT = 1000
IDLE_SECONDS = 20.0
_TICKS = os.sysconf("SC_CLK_TCK")


def family(program: Program) -> list[int]:
    """Return the pids of the program and its children."""
    return [program.pid, *program.children()]


def pss_megabytes(pids: list[int]) -> float:
    """Return the proportional set size of these processes together."""
    lines = [line for pid in pids for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def cpu_seconds(pids: list[int]) -> float:
    """Return the processor time that these processes took so far."""
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    return sum(int(field[11]) + int(field[12]) for field in fields) / _TICKS


def subscriptions(asterisk: Asterisk) -> int:
    """Return how many subscriptions the PBX holds."""
    *_, last = asterisk.command("pjsip show subscriptions inbound").strip().splitlines()
    return int(last.split()[0])


def measure(asterisk: Asterisk, folder: Path, count: int, arguments: list[str], name: str) -> list[Row]:
    """Start the program, wait until everything is active, then watch it do nothing."""
    config = write_config(folder, asterisk, watch_range(f"{FIRST}-{FIRST + count - 1}"), transport="udp")
    with running(*arguments, "--config", config, QT_QPA_PLATFORM="offscreen") as program:
        deadline = time.monotonic() + 60
        while subscriptions(asterisk) < count:
            assert time.monotonic() < deadline, f"not all active: {program.errors}"
            time.sleep(0.2)
        time.sleep(3)  # the last tiles are drawn, the interpreter's start is over
        pids = family(program)
        before, begun = cpu_seconds(pids), time.monotonic()
        time.sleep(IDLE_SECONDS)
        share = (cpu_seconds(pids) - before) / (time.monotonic() - begun) * 100
        memory = pss_megabytes(pids)
        program.end()
    return [
        Row(f"{name}, {count} extensions: PSS of {len(pids)} processes", memory, "MB", aim="<= 250 for 1,000"),
        Row(f"{name}, {count} extensions: idle CPU", share, "% core", aim="<= 2 for 1,000"),
    ]


def rows(count: int = COUNT) -> list[Row]:
    """Measure `watch` and the window, one after the other."""
    with temporary_asterisk(range(FIRST, FIRST + count)) as (asterisk, folder):
        plain = measure(asterisk, folder, count, ["watch", "--json"], "watch")
        return plain + measure(asterisk, folder, count, ["run"], "window")


if __name__ == "__main__":
    print(render(rows(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)))
