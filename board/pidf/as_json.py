# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The object that `parse --json` prints for a document: plain dicts, strings and lists, the keys of the contract.

No encoding to text and no printing here.
"""

from board.pidf.document import Document, Resource, ResourceList
from board.pidf.uri import user_of

JsonValue = None | bool | int | str | list["JsonValue"] | dict[str, "JsonValue"]
JsonObject = dict[str, JsonValue]


def as_json(read: Document | ResourceList) -> JsonObject:
    """Return the object for one document, or for a list.

    A list has the same keys, for itself, and `resources`: for each the keys of its document and `uri`, `name`, `state`
    and `reason`. A resource for which no instance came is `unknown` and null.
    """
    return _list(read) if isinstance(read, ResourceList) else _document(read)


def _document(document: Document) -> JsonObject:
    return {
        "entity": document.entity,
        "content_type": document.content_type,
        "extension": document.extension,
        "device": document.device.value,
        "presence": document.presence.value if document.presence else None,
        "subtype": document.subtype,
        "message": document.message,
        "basic": document.basic.value if document.basic else None,
        "note": document.note,
        "activities": list(document.activities),
        "contact": document.contact,
        "timestamp": document.timestamp,
    }


def _list(read: ResourceList) -> JsonObject:
    own = Document(read.content_type, entity=read.uri or None, extension=user_of(read.uri))
    return _document(own) | {"resources": [_resource(each) for each in read.resources]}


def _resource(resource: Resource) -> JsonObject:
    document = resource.document or Document("", entity=resource.uri or None, extension=user_of(resource.uri))
    return _document(document) | {
        "uri": resource.uri,
        "name": resource.name,
        "state": resource.state,
        "reason": resource.reason,
    }
