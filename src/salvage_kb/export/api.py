"""Write a static JSON API: files for any web server, and their description.

``index.json`` leads to a list for each language, which leads to a document
for each record. Every document has the notices, the version of the content
and a digest of itself, fit for an ``ETag``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from salvage_kb.integrity import digest
from salvage_kb.loading import CLASSES
from salvage_kb.model import Imprint, LocaleInfo, MonitoringLink, plain
from salvage_kb.review import Review
from salvage_kb.schema import outward
from salvage_kb.vocabulary import FOLDERS, Kind

from .files import File, json_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from salvage_kb.knowledge_base import KnowledgeBase

    Document = dict[str, Any]
    Schema = dict[str, Any]
    Views = Mapping[str, KnowledgeBase]

#: The kinds that have documents.
_KINDS: Final[dict[Kind, str]] = {
    kind: folder
    for kind, folder in FOLDERS.items()
    if kind not in {"notice", "event"}
}
_STRING: Final = {"type": "string"}


def files(views: Views) -> Iterator[File]:
    """Give the index, the documents it leads to, and `openapi`."""
    some = next(iter(views.values()))
    yield json_file("openapi.json", openapi(views))
    yield json_file("index.json", _index(views))
    events = [plain(event) for event in some.history]
    yield json_file("history.json", _signed(some, {"history": events}))
    for tag, view in views.items():
        yield json_file(f"{tag}/index.json", _list(view))
        for kind, folder in _KINDS.items():
            for id, record in view.table(kind).items():
                found = _signed(view, view.describe(record))
                yield json_file(f"{tag}/{folder}/{id}.json", found)


def _signed(view: KnowledgeBase, document: Document) -> Document:
    """Add what every document has: notices, version, and its own digest."""
    document = view.imprint.to_dict() | document
    return document | {"digest": digest(document)}


def _index(views: Views) -> Document:
    some = next(iter(views.values()))
    locales = [
        {
            "locale": tag,
            "href": f"{tag}/index.json",
            "pack": view.pack and view.pack.to_dict(),
        }
        for tag, view in views.items()
    ]
    found = {
        "schema_version": some.schema_version,
        "locales": locales,
        "history": "history.json",
    }
    return _signed(some, found)


def _list(view: KnowledgeBase) -> Document:
    records = [
        {
            "kind": kind,
            "id": id,
            "name": plain(record.name),
            "href": f"{folder}/{id}.json",
        }
        for kind, folder in _KINDS.items()
        for id, record in view.table(kind).items()
    ]
    return _signed(view, {"records": records})


# What the documents are


def definitions() -> dict[str, Schema]:
    """Describe each document, and all that it holds, as JSON Schemas."""
    classes = [*CLASSES.values(), Review, LocaleInfo, MonitoringLink, Imprint]
    found = outward(classes)
    imprint = found.pop("Imprint")["properties"]
    link = found["MonitoringLink"]
    found["LinkedRecord"] = _object(
        link["properties"] | {"kind": {"enum": list(_KINDS)}}, {"timing"}
    )
    parts = {
        "links": _many("LinkedRecord"),
        "review": _ref("Review"),
        "sources": _many("Source"),
    }
    for kind in _KINDS:
        name = CLASSES[kind].__name__
        own = {"kind": {"const": kind}, "record": _ref(name)}
        found[f"{name}Document"] = _document(imprint, own | parts)
    found["RecordDocument"] = {
        "anyOf": [_ref(f"{CLASSES[kind].__name__}Document") for kind in _KINDS]
    }
    listed = {
        "kind": {"enum": list(_KINDS)},
        "id": _STRING,
        "name": _ref("Text"),
        "href": _STRING,
    }
    found["List"] = _document(imprint, {"records": _array(_object(listed))})
    locale = {
        "locale": _STRING,
        "href": _STRING,
        "pack": {"anyOf": [_ref("LocaleInfo"), {"type": "null"}]},
    }
    index = {
        "schema_version": {"type": "integer"},
        "locales": _array(_object(locale)),
        "history": _STRING,
    }
    found["Index"] = _document(imprint, index)
    found["History"] = _document(imprint, {"history": _many("Event")})
    return found


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _many(name: str) -> Schema:
    return _array(_ref(name))


def _object(
    properties: Schema, optional: frozenset[str] | set[str] = frozenset()
) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": [it for it in properties if it not in optional],
        "additionalProperties": False,
    }


def _document(imprint: Schema, own: Schema) -> Schema:
    return _object(imprint | own | {"digest": _STRING})


def openapi(views: Views) -> Document:
    """Describe the files as OpenAPI 3.1."""
    some = next(iter(views.values()))
    imprint = some.imprint
    locale = _parameter("locale", list(views))
    paths = {
        "/index.json": _get("The languages.", "Index"),
        "/history.json": _get("What became of ids.", "History"),
        "/{locale}/index.json": _get("All records.", "List", locale),
    }
    for kind, folder in _KINDS.items():
        tables = (view.table(kind) for view in views.values())
        if ids := list(dict.fromkeys(id for it in tables for id in it)):
            name = CLASSES[kind].__name__
            told = f"One record of {folder.replace('_', ' ')}."
            path = f"/{{locale}}/{folder}/{{id}}.json"
            id = _parameter("id", ids)
            paths[path] = _get(told, f"{name}Document", locale, id)
    found = {
        "openapi": "3.1.0",
        "info": {
            "title": "salvage-kb",
            "summary": "Content about salvage therapy, as static files.",
            "description": "\n\n".join(str(it.text) for it in imprint.notices),
            "version": imprint.content_version,
            "license": {
                "name": imprint.licence,
                "identifier": imprint.licence,
            },
        },
        "servers": [{"url": "."}],
        "paths": paths,
        "components": {"schemas": definitions()},
    }
    text = json.dumps(found).replace("#/$defs/", "#/components/schemas/")
    moved: Document = json.loads(text)
    return moved | {"x-digest": digest(moved)}


def _parameter(name: str, values: list[str]) -> Document:
    found = {"name": name, "in": "path", "required": True}
    return found | {"schema": {"enum": values}}


def _get(summary: str, name: str, *parameters: Document) -> Document:
    content = {"application/json": {"schema": _ref(name)}}
    told = {"description": summary, "content": content}
    return {
        "get": {
            "summary": summary,
            "parameters": list(parameters),
            "responses": {"200": told},
        }
    }
