"""Write the types of the JSON API for TypeScript, from the same schemas."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from .api import definitions
from .files import File, text_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from salvage_kb.knowledge_base import KnowledgeBase

    Schema = dict[str, Any]

_NAMES: Final = {
    "string": "string",
    "integer": "number",
    "boolean": "boolean",
    "null": "null",
}


def files(views: Mapping[str, KnowledgeBase]) -> Iterator[File]:
    """Give one module of types; it is the same for all content."""
    some = next(iter(views.values()))
    version = some.schema_version
    lines = [f"// What the JSON API of salvage-kb gives, shape {version}."]
    for name, schema in definitions().items():
        if told := schema.get("description"):
            lines += ["", f"/** {told} */"]
        else:
            lines.append("")
        lines.append(f"export type {name} = {_type(schema)};")
    yield text_file("salvage-kb.ts", "\n".join(lines) + "\n")


def _type(schema: Schema, indent: str = "") -> str:
    """Write the type of what a schema describes."""
    if "$ref" in schema:
        found: str = schema["$ref"].rpartition("/")[2]
    elif "const" in schema:
        found = json.dumps(schema["const"])
    elif "enum" in schema:
        found = " | ".join(json.dumps(it) for it in schema["enum"])
    elif "anyOf" in schema:
        found = " | ".join(_type(it, indent) for it in schema["anyOf"])
    elif "properties" in schema:
        found = _members(schema, indent)
    elif schema["type"] == "array":
        found = f"ReadonlyArray<{_type(schema['items'], indent)}>"
    else:
        found = _NAMES[schema["type"]]
    return found


def _members(schema: Schema, indent: str) -> str:
    inner = f"{indent}  "
    lines = [
        f"{inner}readonly {name}{'' if name in schema['required'] else '?'}: "
        f"{_type(it, inner)};"
        for name, it in schema["properties"].items()
    ]
    return "\n".join(["{", *lines, f"{indent}}}"])
