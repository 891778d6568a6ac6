# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The file that keeps the user's presets: TOML, one [[preset]] each. No Qt.

Reading and writing wait for the disk: the window calls them through `PresetKeeper`, which never does.
"""

import asyncio
import os
import shutil
import tempfile
import tomllib
from pathlib import Path

import tomlkit
from tomlkit.items import AoT, Table

from board.errors import CallError
from board.links.wish import complaint
from board.presence.value import STATE_WORDS, Presence
from board.states import PresenceState
from board.status.preset import Preset, Presets, name_complaint

NAME = "presets.toml"
_HEAD = "The presets of the status setter, in its order. It writes this file at every edit made there."
_KEYS = ("name", "state", "subtype", "message", "until")


class PresetError(CallError):
    """The file cannot be used; the message is one line: where, what, what to do."""


def load_presets(path: Path) -> Presets | None:
    """Return the presets in `path`, None where there is no such file. Raises PresetError with one line."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    return read(path, text)


def read(path: Path, text: str) -> Presets:
    """Return the presets in `text`, which stands in `path`. Raises PresetError with one line."""
    try:
        tables = tomllib.loads(text).get("preset", [])
    except ValueError as error:
        raise _unreadable(path, error) from error
    if not isinstance(tables, list):
        raise PresetError(f"{path}: preset must be written as [[preset]], once for each")
    return tuple(_read(path, number, table) for number, table in enumerate(tables, start=1))


def text_of(presets: Presets) -> str:
    """Return the file that holds `presets`."""
    document = tomlkit.document()
    document.add(tomlkit.comment(_HEAD))
    tables: AoT = tomlkit.aot()
    for preset in presets:
        tables.append(_table(preset))
    document.add("preset", tables)
    return tomlkit.dumps(document)


def save_presets(path: Path, presets: Presets) -> None:
    """Write `presets` whole or not at all; a file that could not be read is put aside first. Raises PresetError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _put_aside_unreadable(path)
        _replace(path, text_of(presets))
    except OSError as error:
        raise PresetError(f"{path}: cannot be written: {_one_line(error)}; the presets last until you quit") from error


class PresetKeeper:
    """Reads and writes presets in threads, one after the other; of writes that wait only the newest is made."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn = asyncio.Lock()
        self._newest = 0

    async def load(self) -> Presets | None:
        """Return what the file holds, None where there is none. Raises PresetError."""
        async with self._turn:
            return await asyncio.to_thread(load_presets, self._path)

    async def save(self, presets: Presets) -> None:
        """Write `presets`. Raises PresetError."""
        self._newest += 1
        number = self._newest
        async with self._turn:
            if number == self._newest:
                await asyncio.to_thread(save_presets, self._path, presets)


# -- within -----------------------------------------------------------------------------------------------------------


def _unreadable(path: Path, error: Exception) -> PresetError:
    return PresetError(f"{path}: cannot be read: {_one_line(error)}; mend or remove it")


def _read(path: Path, number: int, table: object) -> Preset:
    where = f"{path}: preset {number}"
    if not isinstance(table, dict):
        raise PresetError(f"{where}: must be written as [[preset]]")
    unknown = next((key for key in table if key not in _KEYS), None)
    if unknown is not None:
        raise PresetError(f"{where}: {unknown!r} is unknown; there are {', '.join(_KEYS)}")
    texts = {key: table.get(key, "") for key in _KEYS}
    wrong = next((key for key, text in texts.items() if not isinstance(text, str)), None)
    if wrong is not None:
        raise PresetError(f"{where}: {wrong} must be a text in quotes")
    state = STATE_WORDS.get(texts["state"])
    if state is None:
        raise PresetError(f"{where}: state must be one of {', '.join(PresenceState)}, but is {texts['state']!r}")
    presence = Presence(state, texts["subtype"], texts["message"])
    if found := name_complaint(texts["name"]) or complaint(presence):
        raise PresetError(f"{where}: {found}")
    return Preset(texts["name"], presence, texts["until"])


def _table(preset: Preset) -> Table:
    table = tomlkit.table()
    presence = preset.presence
    texts = (preset.name, presence.state.value, presence.subtype, presence.message, preset.until)
    for key, text in zip(_KEYS, texts, strict=True):
        if text:
            table.add(key, text)
    return table


def _put_aside_unreadable(path: Path) -> None:
    """Keep what its user wrote and we could not read: under a name of its own."""
    try:
        load_presets(path)
    except PresetError:
        aside = next(name for number in range(1, 1000) if not (name := Path(f"{path}.unreadable{number}")).exists())
        shutil.copyfile(path, aside)


def _replace(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _one_line(error: Exception) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(text.split())
