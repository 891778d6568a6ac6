# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the border knows of pjsua2's subscriptions: which dialogs are ours, and how far each has come.

Learnt from the messages alone; pure, time is an argument. A dialog that ended stays for a while, so that what is
still under way in it is answered rightly.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

Source = tuple[str, int]
"""Where a datagram came from: bare host and port."""

LINGER = 40.0
"""Seconds an ended dialog is remembered: longer than any retransmission in it (RFC 3261: 64*T1 is 32 s)."""


class Fate(Enum):
    """What is meant to become of a dialog."""

    KEPT = auto()
    ENDING = auto()  # we unsubscribe on the wire: its answers count, its NOTIFYs are not reported
    DROPPED = auto()  # given up without a word: the PBX hears 481, pjsua2 hears 481


@dataclass(slots=True, eq=False)
class Dialog:
    """One subscription of pjsua2.

    `remote_tag` is "" until the first 2xx or NOTIFY names it: whoever comes first wins (RFC 6665 section 4.1.2.4).
    `cseq` is the last NOTIFY's number, None before the first. `challenged` counts the digest challenges since the
    last other answer; `foretold` is true while pjsua2 answers one that the border told it. `peer` is where its NOTIFYs
    come from, `handed_at` when pjsua2 was given the last one. Of an ending dialog, `end_answered` and `end_notified`
    tell how far its end has come. `asked` is true while its first SUBSCRIBE is on the wire unanswered, `late` when that
    was accepted after the dialog had been dropped: the PBX then learns from a 481 to its NOTIFY that nobody wants it.
    """

    extension: str
    call_id: str
    local_tag: str
    remote_tag: str = ""
    cseq: int | None = None
    challenged: int = 0
    foretold: bool = False
    fate: Fate = Fate.KEPT
    peer: Source | None = None
    handed_at: float = float("-inf")
    ended_at: float | None = None
    end_answered: bool = False
    end_notified: bool = False
    asked: bool = False
    late: bool = False

    def is_from(self, tag: str) -> bool:
        """Tell whether `tag` is the other side's, learning it if it is the first."""
        if not self.remote_tag:
            self.remote_tag = tag
        return bool(tag) and self.remote_tag == tag


class Dialogs:
    """All dialogs of one border, by Call-ID and our tag, and the current one of each extension."""

    def __init__(self) -> None:
        self._by_id: dict[tuple[str, str], Dialog] = {}
        self._current: dict[str, Dialog] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Dialog]:
        return iter(tuple(self._by_id.values()))

    def find(self, call_id: str, local_tag: str) -> Dialog | None:
        """Return the dialog of this Call-ID and our tag."""
        return self._by_id.get((call_id, local_tag))

    def current(self, extension: str) -> Dialog | None:
        """Return the dialog that now stands for `extension`."""
        return self._current.get(extension)

    def begin(self, extension: str, call_id: str, local_tag: str, now: float) -> Dialog:
        """Remember a new dialog as the current one of `extension`; the one before it is dropped."""
        self.release(extension, Fate.DROPPED, now)
        dialog = Dialog(extension, call_id, local_tag)
        self._by_id[call_id, local_tag] = dialog
        self._current[extension] = dialog
        return dialog

    def release(self, extension: str, fate: Fate, now: float) -> Dialog | None:
        """Let the current dialog of `extension` go to its `fate`; return it."""
        dialog = self._current.get(extension)
        if dialog is not None:
            dialog.fate = fate
            self.end(dialog, now)
        return dialog

    def end(self, dialog: Dialog, now: float) -> None:
        """Note that `dialog` is over, or soon will be."""
        if dialog.ended_at is None:
            dialog.ended_at = now
        if self._current.get(dialog.extension) is dialog:
            del self._current[dialog.extension]

    def sweep(self, now: float) -> None:
        """Forget what ended long ago."""
        old = [key for key, d in self._by_id.items() if d.ended_at is not None and d.ended_at + LINGER < now]
        for key in old:
            del self._by_id[key]
