# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""All benchmarks, one after the other, as one table: `python -m tests.benchmarks [NAME ...]`.

They need what the tests need (`packaging/test` sets it up) and sipp. Figures of one run compare with each other only.
"""

import sys
from collections.abc import Callable, Mapping

from tests.benchmarks import activation, footprint, frame_time, latency, notifier_load, parse_cost, setting
from tests.benchmarks.table import Row, render

ALL: Mapping[str, Callable[[], list[Row]]] = {
    "parse": parse_cost.parse_cost,
    "frames": frame_time.rows,
    "latency": latency.rows,
    "activation": activation.rows,
    "footprint": footprint.rows,
    "notifier": notifier_load.rows,
    "setting": setting.rows,
}


def main(names: list[str]) -> int:
    """Run the benchmarks of these names, all without any; return 2 for a name there is not."""
    unknown = [name for name in names if name not in ALL]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are: {', '.join(ALL)}", file=sys.stderr)
        return 2
    found = list[Row]()
    for name in names or ALL:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        found += ALL[name]()
    print(render(found))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
