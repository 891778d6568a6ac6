# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a benchmark gives: rows of one figure each, beside its rival of the same run where it has one."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. `rival` is measured in the same run; `aim` is the bound we want, in words."""

    what: str
    ours: float
    unit: str
    rival: float | None = None
    rival_name: str = ""
    aim: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours in rivals, None without one."""
        return self.ours / self.rival if self.rival else None


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` (0 to 1) of the values lie."""
    return statistics.quantiles(values, n=1000, method="inclusive")[min(998, round(share * 1000) - 1)]


def render(rows: Iterable[Row]) -> str:
    """Lay rows out as a table of text."""
    lines = [("figure", "ours", "unit", "rival", "", "ratio", "aim")]
    for row in rows:
        rival = "" if row.rival is None else f"{row.rival:.4g}"
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        lines.append((row.what, f"{row.ours:.4g}", row.unit, rival, row.rival_name, ratio, row.aim))
    widths = [max(len(line[column]) for line in lines) for column in range(7)]
    return "\n".join("  ".join(_cells(line, widths)).rstrip() for line in lines)


def _cells(line: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Pad a line's cells: numbers to the right, words to the left."""
    numbers = {1, 3, 5}
    padded = enumerate(zip(line, widths, strict=True))
    return [cell.rjust(width) if column in numbers else cell.ljust(width) for column, (cell, width) in padded]
