# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""README.md tells every setting as the schema has it, and its examples are right."""

import re
from pathlib import Path

import pytest

from board.config import loads
from board.config.reference import reference

README = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")


def test_readme_has_the_reference() -> None:
    assert reference() in README, "run python -m board.config.reference and put what it prints into README.md"


EXAMPLES = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_are_right(example: str) -> None:
    whole = example if "[[pbx]]" in example else EXAMPLES[0] + example  # what may be added to the first
    assert loads(whole.encode(), "README.md").pbx
