# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""`presence-board store`: the history of the embedded core, and Asterisk's own astdb.sqlite3 in and out. No Qt."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import category

from board.core_calls import FunctionCall
from board.core_commands import BAD_NEWS, DONE, do
from board.core_store import open_store
from board.errors import CallError
from board.places import CORE_STORE, data_folder
from board.presence.database import PRESENCE_FAMILY
from board.presence.store import Change, Store, StoreError, read_astdb, write_astdb

if TYPE_CHECKING:
    from board.config import BoardConfig

Read = Callable[[], "BoardConfig | None"]
_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})


def history(entity: str, limit: int, as_json: bool, read: Read) -> int:
    """Print who set what, when and from where, newest first; `entity` is "" for all."""
    key = _key(entity) if entity else None
    with _opened(read) as store:
        for change in store.history(PRESENCE_FAMILY, key, limit):
            print(_as_json(change) if as_json else _as_text(change))
    return DONE


def import_astdb(path: Path, read: Read) -> int:
    """Set every CustomPresence of Asterisk's database; return 1 where a value was refused."""
    if not path.is_file():
        raise CallError(f"{path} is no file; name Asterisk's astdb.sqlite3 (usually /var/lib/asterisk/astdb.sqlite3)")
    with _told():
        found = read_astdb(path, PRESENCE_FAMILY)
    refused = 0
    for key, value in found.items():
        reply = do(FunctionCall(f"PRESENCE_STATE({PRESENCE_FAMILY}:{key})", value), read)
        refused += not reply.done
        for warning in reply.warnings:
            print(f"presence-board store: {key}: {_safe(warning)}", file=sys.stderr)
    print(f"{len(found) - refused} of {len(found)} presence states imported from {path}")
    return BAD_NEWS if refused else DONE


def export_astdb(path: Path, read: Read) -> int:
    """Put every CustomPresence into Asterisk's database, which Asterisk reads at its next start."""
    with _opened(read) as store:
        kept = store.family(PRESENCE_FAMILY)
        write_astdb(path, PRESENCE_FAMILY, kept)
    print(f"{len(kept)} presence states exported to {path}: Asterisk reads them at its next start")
    return DONE


@contextmanager
def _opened(read: Read) -> Iterator[Store]:
    if not (data_folder() / CORE_STORE).exists():
        raise CallError(f"there is no store in {data_folder()} yet: nothing was ever set here")
    with _told(), open_store(read()) as store:
        yield store


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except StoreError as error:
        raise CallError(str(error)) from None


def _key(entity: str) -> str:
    family, colon, key = entity.partition(":")
    if not colon or family.casefold() != PRESENCE_FAMILY.casefold() or not key:
        raise CallError(f"{entity!r} is no entity with a history; write it such as {PRESENCE_FAMILY}:2000")
    return key


def _as_json(change: Change) -> str:
    origin = change.origin
    found = {
        "time": datetime.fromtimestamp(origin.at).astimezone().isoformat(timespec="milliseconds"),
        "entity": f"{PRESENCE_FAMILY}:{change.key}",
        "value": change.value,
        "who": origin.who,
        "source": origin.source,
    }
    return json.dumps(found, ensure_ascii=False).encode("utf-8", "replace").decode()


def _as_text(change: Change) -> str:
    at = datetime.fromtimestamp(change.origin.at).strftime("%Y-%m-%d %H:%M:%S")
    what = "deleted" if change.value is None else change.value
    by = f"{change.origin.who} ({change.origin.source})"
    return _safe(f"{at}  {PRESENCE_FAMILY}:{change.key:<16} {by:<24} {what}")


def _safe(text: str) -> str:
    return "".join("\N{REPLACEMENT CHARACTER}" if category(sign) in _UNPRINTABLE else sign for sign in text)
