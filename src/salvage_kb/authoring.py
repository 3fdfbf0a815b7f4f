"""Help authors: the one form that files have, and JSON Schemas of them."""

from __future__ import annotations

from datetime import date
from types import NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Any,
    Final,
    Literal,
    Union,
    get_args,
    get_origin,
)

import attrs

from .checks import SLUG
from .codec import dump
from .loading import CLASSES, MANIFEST, SCHEMAS, load_path
from .model import Manifest
from .text import Text
from .vocabulary import FOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
_DAY: Final = r"^\d{4}-\d{2}-\d{2}$"
_PLAIN: Final[dict[Any, dict[str, Any]]] = {
    Text: {"type": "string", "minLength": 1},
    str: {"type": "string", "minLength": 1},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    date: {"type": "string", "pattern": _DAY},
}


def canonical_files(folder: Path) -> Iterator[tuple[Path, str]]:
    """Give each file of a content folder with the text that it should have.

    JSON Schemas are among them where the folder has a place for them.

    Raises:
        ContentError: the content has to be right before its form can be.
    """
    content = load_path(folder)
    yield folder / MANIFEST, dump(content.manifest.to_dict())
    for kind, table in content.tables.items():
        for id, item in table.items():
            yield folder / FOLDERS[kind] / f"{id}.json", dump(item.to_dict())
    if (folder / SCHEMAS).is_dir():
        for name, schema in schemas():
            yield folder / SCHEMAS / name, dump(schema)


def schemas() -> Iterator[tuple[str, dict[str, Any]]]:
    """Give a schema for each kind of file, under the name of its file."""
    yield "manifest.schema.json", _schema(Manifest)
    for kind, cls in CLASSES.items():
        schema = _schema(cls)
        schema["properties"]["id"]["pattern"] = f"^{SLUG.pattern}$"
        yield f"{FOLDERS[kind]}.schema.json", schema


def _schema(cls: type[Any]) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    schema = {"$schema": _DRAFT, "title": cls.__name__} | _object(cls, parts)
    return schema | ({"$defs": parts} if parts else {})


def _object(cls: type[Any], parts: dict[str, Any]) -> dict[str, Any]:
    attrs.resolve_types(cls)
    fields = [f for f in attrs.fields(cls) if f.name != "_view"]
    return {
        "description": (cls.__doc__ or "").partition("\n")[0],
        "type": "object",
        "properties": {f.name: _value(f.type, parts) for f in fields},
        "required": [f.name for f in fields if f.default is attrs.NOTHING],
        "additionalProperties": False,
    }


def _value(annotation: Any, parts: dict[str, Any]) -> dict[str, Any]:
    """Describe one annotation; objects go among the *parts*, by name."""
    if annotation in _PLAIN:
        return dict(_PLAIN[annotation])
    arguments = get_args(annotation)
    if get_origin(annotation) is Literal:
        return {"enum": list(arguments)}
    if get_origin(annotation) is tuple:
        return {"type": "array", "items": _value(arguments[0], parts)}
    if get_origin(annotation) in (Union, UnionType):
        choices = [a for a in arguments if a is not NoneType]
        options = [_value(choice, parts) for choice in choices]
        return {"anyOf": [*options, {"type": "null"}]}
    if annotation.__name__ not in parts:
        parts[annotation.__name__] = {}
        parts[annotation.__name__] = _object(annotation, parts)
    return {"$ref": f"#/$defs/{annotation.__name__}"}
