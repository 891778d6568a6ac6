# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""An RFC 4662 notification to a resource list: the RLMI part and the parts its instances point to.

A list within the list is laid flat: its own entry without a document, then its members.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from board.pidf.document import Document, Resource, ResourceList
from board.pidf.errors import ParseError
from board.pidf.multipart import Part
from board.pidf.xml import Element, child_named, load, local_name, text_of

RLMI = "application/rlmi+xml"

PartReader = Callable[[Part], Document | ResourceList]


@dataclass(slots=True)
class _Members:
    read: PartReader
    by_id: dict[str, Part]
    resources: list[Resource] = field(default_factory=list)
    flaws: list[str] = field(default_factory=list)


def read_list(root: Element, content_type: str, parts: tuple[Part, ...], read: PartReader) -> ResourceList:
    """Read the `list` element of an RLMI part; `read` reads the part that an instance names.

    An unreadable part is a flaw of the list, its resource stays without a document.
    """
    members = _Members(read, {part.content_id: part for part in parts if part.content_id})
    for element in _children(root, "resource"):
        _add_resource(element, members)
    return ResourceList(
        content_type=content_type,
        uri=root.get("uri", ""),
        version=_version(root.get("version"), members.flaws),
        full_state=root.get("fullState", "").strip().lower() in ("true", "1"),
        resources=tuple(members.resources),
        flaws=tuple(members.flaws),
    )


def list_of_parts(content_type: str, parts: tuple[Part, ...], read: PartReader, flaw: str) -> ResourceList:
    """Make the best of a list whose RLMI part is missing or broken: every part that can be read, under its entity."""
    members = _Members(read, {})
    members.flaws.append(flaw)
    for part in parts:
        document = _read_part(part, members)
        if isinstance(document, Document) and document.entity:
            members.resources.append(Resource(document.entity, None, None, None, document))
        elif isinstance(document, ResourceList):
            members.resources.extend(document.resources)
    return ResourceList(content_type, "", 0, False, tuple(members.resources), tuple(members.flaws))


def rlmi_root(part: Part) -> tuple[Element, tuple[str, ...]]:
    """Return the `list` element of an RLMI part and what was wrong with it; raises ParseError."""
    tree = load(part.body.strip())
    if local_name(tree.root) != "list":
        raise ParseError(f"the list's description is no list but {tree.root.tag!r}")
    return tree.root, tree.flaws


def _children(element: Element, name: str) -> list[Element]:
    return [child for child in element if local_name(child) == name]


def _add_resource(element: Element, members: _Members) -> None:
    name = child_named(element, "name")
    instance, content = _instance(element, members)
    members.resources.append(
        Resource(
            uri=element.get("uri", ""),
            name=text_of(name) if name is not None else None,
            state=instance.get("state") if instance is not None else None,
            reason=instance.get("reason") if instance is not None else None,
            document=content if isinstance(content, Document) else None,
        )
    )
    if isinstance(content, ResourceList):
        members.resources.extend(content.resources)
        members.flaws.extend(content.flaws)


def _instance(element: Element, members: _Members) -> tuple[Element | None, Document | ResourceList | None]:
    """Return the first instance whose part can be read, with what it says; else the first instance."""
    instances = _children(element, "instance")
    for instance in instances:
        part = members.by_id.get((instance.get("cid") or "").strip("<> "))
        content = _read_part(part, members) if part else None
        if content is not None:
            return instance, content
    return (instances[0] if instances else None), None


def _read_part(part: Part, members: _Members) -> Document | ResourceList | None:
    try:
        return members.read(part)
    except ParseError as error:
        members.flaws.append(f"part {part.content_id or 'without Content-ID'}: {error}")
        return None


def _version(value: str | None, flaws: list[str]) -> int:
    if value is not None and value.strip().isdecimal() and len(value) < 20:
        return int(value)
    flaws.append(f"the list's version is not a number: {value!r}")
    return 0
