# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A PIDF tree (RFC 3863, 4479, 4480, Asterisk's digium tuple) to a document.

Two senders write it. Asterisk puts a note of its own at the top, and then the activities speak of the phone and
only the digium tuple of the person. Everybody else says the person's state by RPID activities, or not at all.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from board.pidf.document import Document
from board.pidf.tables import (
    ACTIVITY_PRESENCE,
    ASTERISK_NOTES,
    BASIC_WORDS,
    GENERIC_DEVICE,
    PLAIN_ACTIVITIES,
    PRESENCE_RANK,
    PRESENCE_WORDS,
)
from board.pidf.uri import user_of
from board.pidf.xml import Element, text_of
from board.states import Basic, PresenceState

DIGIUM_TUPLE = "digium-presence"

_PIDF = ("tuple", "note", "status", "basic", "contact", "timestamp", "digium_presence")
_NAMES = {
    "": (*_PIDF, "person", "activities"),
    "urn:ietf:params:xml:ns:pidf": _PIDF,
    "urn:ietf:params:xml:ns:cpim-pidf": _PIDF,  # as the drafts before RFC 3863 called it
    "urn:ietf:params:xml:ns:cpim-pidf:": _PIDF,
    "urn:ietf:params:xml:ns:pidf:data-model": ("person", "note", "timestamp"),
    "urn:ietf:params:xml:ns:pidf:rpid": ("activities", "note"),
    "urn:ietf:params:xml:ns:pidf:person": ("person",),
    "urn:ietf:params:xml:ns:pidf:rpid:rpid-person": ("activities",),
    "urn:ietf:params:xml:ns:pidf:rpid:status:rpid-status": ("activities",),
}
_KIND = {f"{{{space}}}{name}" if space else name: name for space, names in _NAMES.items() for name in names}

_CLOSED = (PresenceState.UNAVAILABLE.value,)
"""What a closed digium tuple may say. Kamailio closes the tuples of a publication that was removed and leaves the rest
as it was; Asterisk says neither open nor closed there."""
_BASIC_ORDER = (Basic.OPEN, Basic.CLOSED, None)


@dataclass(slots=True)
class _Tuple:
    id: str | None
    basic: Basic | None = None
    contact: str | None = None
    priority: float = 0.0
    timestamp: str | None = None


@dataclass(slots=True)
class _Found:
    tuples: list[_Tuple] = field(default_factory=list)
    top_notes: list[str] = field(default_factory=list)
    person_notes: list[str] = field(default_factory=list)
    tuple_notes: list[str] = field(default_factory=list)
    activities: dict[str, None] = field(default_factory=dict)  # in order, each once
    person_timestamp: str | None = None
    digium: Element | None = None


class _Person(NamedTuple):
    presence: PresenceState | None = None
    subtype: str | None = None
    message: str | None = None
    flaws: tuple[str, ...] = ()


def read_presence(root: Element, content_type: str) -> Document:
    """Read the `presence` element of a PIDF document."""
    found = _gather(root)
    notes = found.top_notes or found.person_notes or found.tuple_notes
    from_asterisk = bool(found.top_notes) and found.top_notes[0] in ASTERISK_NOTES
    chosen = _first(found.tuples) if from_asterisk else _reachable(found.tuples)
    entity = root.get("entity")
    if from_asterisk:
        device = ASTERISK_NOTES[found.top_notes[0]]
    else:
        device = GENERIC_DEVICE[chosen.basic, "on-the-phone" in found.activities]
    person = _person(found, from_asterisk)
    return Document(
        content_type=content_type,
        entity=entity,
        extension=(chosen.id if from_asterisk else None) or user_of(entity) or chosen.id,
        device=device,
        presence=person.presence,
        subtype=person.subtype,
        message=person.message,
        basic=chosen.basic,
        note=notes[0] if notes else None,
        activities=tuple(found.activities),
        contact=chosen.contact,
        timestamp=chosen.timestamp or found.person_timestamp,
        flaws=person.flaws,
    )


def _gather(root: Element) -> _Found:
    found = _Found()
    for child in root:
        kind = _KIND.get(child.tag)
        if kind == "tuple":
            _gather_tuple(child, found)
        elif kind == "person":
            _gather_person(child, found)
        elif kind == "note":
            _add_note(child, found.top_notes)
    return found


def _gather_tuple(element: Element, found: _Found) -> None:
    new = _Tuple(element.get("id"))
    for child in element:
        kind = _KIND.get(child.tag)
        if kind == "status":
            _gather_status(child, new, found)
        elif kind == "contact":
            new.contact = text_of(child).strip() or None
            new.priority = _priority(child.get("priority"))
        elif kind == "timestamp":
            new.timestamp = text_of(child).strip() or None
        elif kind == "note":
            _add_note(child, found.tuple_notes)
        elif kind == "activities":
            _gather_activities(child, found, found.tuple_notes)
    if new.id != DIGIUM_TUPLE:
        found.tuples.append(new)
    elif new.basic is Basic.CLOSED and found.digium is not None and found.digium.get("type") not in _CLOSED:
        found.digium = None


def _gather_status(element: Element, new: _Tuple, found: _Found) -> None:
    for child in element:
        kind = _KIND.get(child.tag)
        if kind == "basic":
            new.basic = BASIC_WORDS.get(text_of(child).strip().lower())
        elif kind == "digium_presence":
            if found.digium is None:
                found.digium = child
        elif kind == "activities":
            _gather_activities(child, found, found.tuple_notes)


def _gather_person(element: Element, found: _Found) -> None:
    for child in element:
        kind = _KIND.get(child.tag)
        if kind == "activities":
            _gather_activities(child, found, found.person_notes)
        elif kind == "note":
            _add_note(child, found.person_notes)
        elif kind == "timestamp":
            found.person_timestamp = found.person_timestamp or text_of(child).strip() or None
        elif kind == "status":  # the draft that chan_sip follows: person/status/activities
            _gather_person(child, found)


def _gather_activities(element: Element, found: _Found, notes: list[str]) -> None:
    for child in element:
        name = child.tag.rpartition("}")[2] if isinstance(child.tag, str) else ""
        if name == "note":
            _add_note(child, notes)
            continue
        if name == "activity":  # the draft's way: the word is the content
            name = text_of(child).strip()
        if name:
            found.activities[name] = None


def _add_note(element: Element, notes: list[str]) -> None:
    if note := text_of(element).strip():
        notes.append(note)


def _priority(value: str | None) -> float:
    try:
        return float(value or 0)
    except ValueError:
        return 0.0


def _first(tuples: list[_Tuple]) -> _Tuple:
    return tuples[0] if tuples else _Tuple(None)


def _reachable(tuples: list[_Tuple]) -> _Tuple:
    """Return the tuple that says most: an open one before a closed one, then by its contact's priority."""
    if len(tuples) == 1:
        return tuples[0]
    return min(tuples, key=lambda each: (_BASIC_ORDER.index(each.basic), -each.priority), default=_Tuple(None))


def _person(found: _Found, from_asterisk: bool) -> _Person:
    if found.digium is not None:
        return _digium_person(found.digium)
    if from_asterisk:
        return _Person()
    return _rpid_person(found)


def _digium_person(element: Element) -> _Person:
    word = element.get("type")
    presence = PRESENCE_WORDS.get((word or "").lower())
    if presence is None:
        return _Person(flaws=(f"digium_presence without a known type: {word!r}",))
    return _Person(presence, element.get("subtype", ""), text_of(element))


def _rpid_person(found: _Found) -> _Person:
    states = {name: ACTIVITY_PRESENCE[name] for name in found.activities if name in ACTIVITY_PRESENCE}
    if not states:
        return _Person()
    presence = max(states.values(), key=PRESENCE_RANK.__getitem__)
    subtype = next((name for name, state in states.items() if state is presence and name not in PLAIN_ACTIVITIES), "")
    return _Person(presence, subtype, next(iter(found.person_notes), ""))
