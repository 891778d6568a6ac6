# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The file of presets: round trips, plain words about what is wrong, nothing lost."""

import asyncio
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from board import preset_file
from board.presence.value import Presence
from board.preset_file import NAME, PresetError, PresetKeeper, load_presets, save_presets
from board.states import PresenceState
from board.status.preset import FREEPBX, OFFICE, Preset, Presets


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / NAME


def test_no_file_is_no_presets_and_an_empty_list_is_kept(path: Path) -> None:
    assert load_presets(path) is None
    save_presets(path, ())
    assert load_presets(path) == ()


def test_what_is_written_is_read(path: Path) -> None:
    awkward = Preset('"Mittag" \\ 🍜', Presence(PresenceState.AWAY, "הפסקה", "commas, 'quotes' & <more>"), "1 h")
    save_presets(path, (*OFFICE, awkward, *FREEPBX))
    assert load_presets(path) == (*OFFICE, awkward, *FREEPBX)
    assert sorted(entry.name for entry in path.parent.iterdir()) == [NAME]


TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), max_size=40).map(str.strip)


@given(
    st.lists(
        st.builds(
            Preset,
            TEXTS.filter(lambda text: bool(text) and text.isprintable()),
            st.builds(Presence, st.sampled_from(PresenceState), TEXTS, TEXTS),
            TEXTS,
        ),
        max_size=4,
    )
)
def test_any_preset_is_read_as_it_was_written(presets: list[Preset]) -> None:
    text = preset_file.text_of(tuple(presets))
    assert preset_file.read(Path("x"), text) == tuple(presets)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[preset]\n", "cannot be read: "),
        ("preset = 3\n", "must be written as [[preset]]"),
        ("preset = [3]\n", "preset 1: must be written as [[preset]]"),
        ('[[preset]]\nname = "x"\nstate = "busy"\n', "preset 1: state must be one of not_set, unavailable, available"),
        ('[[preset]]\nname = "x"\nstate = 3\n', "preset 1: state must be a text in quotes"),
        ('[[preset]]\nstate = "away"\n', "preset 1: a preset needs a name"),
        ('[[preset]]\nname = "x"\nstate = "away"\nmesage = "y"\n', "preset 1: 'mesage' is unknown; there are name"),
        (f'[[preset]]\nname = "x"\nstate = "away"\nmessage = "{"y" * 300}"\n', "the message is 300 bytes long"),
    ],
)
def test_a_bad_file_is_told_in_one_line_and_its_contents_are_put_aside(path: Path, text: str, says: str) -> None:
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(PresetError) as refused:
        load_presets(path)
    assert str(refused.value).startswith(f"{path}: ")
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)
    save_presets(path, OFFICE)
    assert load_presets(path) == OFFICE
    assert Path(f"{path}.unreadable1").read_text() == text


def test_a_file_of_other_bytes_is_told_and_put_aside(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PresetError, match="cannot be read"):
        load_presets(path)
    save_presets(path, ())
    assert Path(f"{path}.unreadable1").read_bytes() == b"\xff\xfe\x00"


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_presets(path, OFFICE)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PresetError, match="cannot be written: No space left on device"):
        save_presets(path, ())
    assert load_presets(path) == OFFICE
    assert [entry.name for entry in path.parent.iterdir()] == [NAME]


async def test_of_writes_that_wait_the_newest_wins(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Presets] = []
    save = preset_file.save_presets

    def slow(at: Path, presets: Presets) -> None:
        written.append(presets)
        save(at, presets)

    monkeypatch.setattr(preset_file, "save_presets", slow)
    keeper = PresetKeeper(path)
    await asyncio.gather(*(keeper.save(OFFICE[:number]) for number in range(6)))
    assert await keeper.load() == OFFICE
    assert len(written) < 6
