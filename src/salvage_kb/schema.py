"""Describe the model as JSON Schemas: of the files, and of what goes out."""

from __future__ import annotations

from collections.abc import Mapping
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
    get_type_hints,
)

import attrs

from .checks import SLUG
from .loading import CLASSES
from .model import LocaleInfo, Manifest, PackFile
from .text import Facts, Text
from .vocabulary import FOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Schema = dict[str, Any]

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
_DAY: Final = r"^\d{4}-\d{2}-\d{2}$"
_PLAIN: Final[dict[Any, Schema]] = {
    Text: {"type": "string", "minLength": 1},
    str: {"type": "string", "minLength": 1},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    date: {"type": "string", "pattern": _DAY},
}


def schemas() -> Iterator[tuple[str, Schema]]:
    """Give a schema for each kind of file, under the name of its file."""
    yield "manifest.schema.json", _schema(Manifest)
    yield "locale.schema.json", _schema(LocaleInfo)
    yield "translations.schema.json", _schema(PackFile)
    for kind, cls in CLASSES.items():
        schema = _schema(cls)
        schema["properties"]["id"]["pattern"] = f"^{SLUG.pattern}$"
        yield f"{FOLDERS[kind]}.schema.json", schema


def outward(classes: Iterable[type[Any]]) -> dict[str, Schema]:
    """Describe classes, and all that they hold, as `to_dict` gives them.

    In the base language a text is a string, in a view it is an object with
    all that is known of it.
    """
    parts: dict[str, Schema] = {"Text": _text()}
    plain = {**_PLAIN, Text: {"$ref": "#/$defs/Text"}}
    for cls in classes:
        _value(cls, parts, plain)
    return parts


def _text() -> Schema:
    fields = {"text": str} | get_type_hints(Facts)
    return {
        "description": "Words, with their language where it was asked for.",
        "anyOf": [
            dict(_PLAIN[str]),
            {
                "type": "object",
                "properties": {
                    name: _value(hint, {}, _PLAIN)
                    for name, hint in fields.items()
                },
                "required": list(fields),
                "additionalProperties": False,
            },
        ],
    }


def _schema(cls: type[Any]) -> Schema:
    parts: dict[str, Schema] = {}
    head = {"$schema": DRAFT, "title": cls.__name__}
    schema = head | _object(cls, parts, _PLAIN)
    return schema | ({"$defs": parts} if parts else {})


def _object(
    cls: type[Any], parts: dict[str, Schema], plain: Mapping[Any, Schema]
) -> Schema:
    attrs.resolve_types(cls)
    fields = [f for f in attrs.fields(cls) if f.name != "_view"]
    return {
        "description": (cls.__doc__ or "").partition("\n")[0],
        "type": "object",
        "properties": {f.name: _value(f.type, parts, plain) for f in fields},
        "required": [f.name for f in fields if f.default is attrs.NOTHING],
        "additionalProperties": False,
    }


def _value(
    annotation: Any, parts: dict[str, Schema], plain: Mapping[Any, Schema]
) -> Schema:
    """Describe one annotation; objects go among the *parts*, by name."""
    if annotation in plain:
        return dict(plain[annotation])
    arguments = get_args(annotation)
    if get_origin(annotation) is Literal:
        return {"enum": list(arguments)}
    if get_origin(annotation) is tuple:
        return {"type": "array", "items": _value(arguments[0], parts, plain)}
    if get_origin(annotation) is Mapping:
        values = _value(arguments[1], parts, plain)
        return {"type": "object", "additionalProperties": values}
    if get_origin(annotation) in (Union, UnionType):
        choices = [a for a in arguments if a is not NoneType]
        options = [_value(choice, parts, plain) for choice in choices]
        return {"anyOf": [*options, {"type": "null"}]}
    if annotation.__name__ not in parts:
        parts[annotation.__name__] = {}
        parts[annotation.__name__] = _object(annotation, parts, plain)
    return {"$ref": f"#/$defs/{annotation.__name__}"}
