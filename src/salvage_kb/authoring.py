"""Help authors: the one form that files have, and JSON Schemas of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
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
from .errors import UnknownId
from .graph import with_stock
from .integrity import digest
from .loading import CLASSES, load_path
from .locales import pack_files, texts_of
from .model import LocaleInfo, Manifest, PackFile
from .reading import LOCALES, MANIFEST, SCHEMAS
from .text import Text
from .vocabulary import FOLDERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from .graph import Content
    from .locales import Pack
    from .review import TextReview
    from .vocabulary import Kind

_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
_DAY: Final = r"^\d{4}-\d{2}-\d{2}$"
#: The kinds that have text of ours, which a reviewer can sign.
SIGNED: Final[tuple[Kind, ...]] = (
    "condition",
    "modality",
    "side_effect",
    "monitoring_test",
    "topic",
)
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
    content = with_stock(load_path(folder))
    files = dict(content.manifest.files)
    for kind, id, item in content.items():
        yield folder / FOLDERS[kind] / f"{id}.json", dump(item.to_dict())
    if (folder / SCHEMAS).is_dir():
        for name, schema in schemas():
            files[f"{SCHEMAS}/{name}"] = digest(schema)
            yield folder / SCHEMAS / name, dump(schema)
    for path, value in _pack_values(content):
        files[path] = digest(value)
        yield folder / path, dump(value)
    manifest = attrs.evolve(
        content.manifest, files=dict(sorted(files.items()))
    )
    yield folder / MANIFEST, dump(manifest.to_dict())


def _pack_values(content: Content) -> Iterator[tuple[str, Any]]:
    order = tuple(
        key for _, _, it in content.items() for key, _ in texts_of(it)
    )
    for tag, loaders in content.packs.items():
        for load in loaders:
            for name, value in pack_files(load(), order).items():
                yield f"{LOCALES}/{tag}/{name}", value


def write_pack(
    folder: Path, pack: Pack, content: Content, *, alone: bool = False
) -> list[str]:
    """Write the files of a pack where they changed, and give their names.

    They go into a content folder, whose manifest learns of it if it lists
    files, or *alone* into a folder of their own.

    Raises:
        ContentError: the content or the pack is wrong; nothing is changed.
    """
    order = (key for _, _, it in content.items() for key, _ in texts_of(it))
    values = pack_files(pack, order)
    if not alone:
        home = f"{LOCALES}/{pack.info.locale}"
        values = {f"{home}/{name}": it for name, it in values.items()}
        manifest = load_path(folder).manifest
        files = dict(manifest.files)
        if files:
            files |= {name: digest(value) for name, value in values.items()}
        files = dict(sorted(files.items()))
        values[MANIFEST] = attrs.evolve(manifest, files=files).to_dict()
    changed = {
        name: value
        for name, value in values.items()
        if not (folder / name).is_file()
        or (folder / name).read_bytes() != dump(value).encode()
    }
    _write(
        folder, changed, (lambda: None) if alone else partial(_load, folder)
    )
    return list(changed)


def _load(folder: Path) -> None:
    """Load content with all of its translations, to see that it is right."""
    for loaders in load_path(folder).packs.values():
        for load in loaders:
            load()


def sign(folder: Path, kind: Kind, id: str, review: TextReview) -> TextReview:
    """Record that a real person reviewed the text of a record, as it is now.

    The digest of the review is filled in. The manifest learns of the change
    if it lists files.

    Raises:
        ContentError: the content or the review is wrong; nothing is changed.
        UnknownId: there is no such record.
        ValueError: the kind has no text of ours.
    """
    if kind not in SIGNED:
        message = f"a {kind} has no text of ours; sign {', '.join(SIGNED)}"
        raise ValueError(message)
    content = load_path(folder)
    table = content.tables[kind]
    if id not in table:
        raise UnknownId.among(kind, id, table)
    signed = attrs.evolve(review, digest=table[id].text_digest)
    name = f"{FOLDERS[kind]}/{id}.json"
    value = attrs.evolve(table[id], text_review=signed).to_dict()
    files = dict(content.manifest.files)
    if files:
        files[name] = digest(value)
    manifest = attrs.evolve(content.manifest, files=files)
    values = {name: value, MANIFEST: manifest.to_dict()}
    _write(folder, values, partial(_load, folder))
    return signed


def _write(
    folder: Path, values: dict[str, Any], check: Callable[[], None]
) -> None:
    """Write files, and put them back as they were if they are wrong."""
    before = {
        name: (folder / name).read_bytes()
        for name in values
        if (folder / name).is_file()
    }
    try:
        for name, value in values.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(dump(value).encode())
        check()
    except BaseException:
        for name in values:
            if name in before:
                (folder / name).write_bytes(before[name])
            else:
                (folder / name).unlink(missing_ok=True)
        raise


def schemas() -> Iterator[tuple[str, dict[str, Any]]]:
    """Give a schema for each kind of file, under the name of its file."""
    yield "manifest.schema.json", _schema(Manifest)
    yield "locale.schema.json", _schema(LocaleInfo)
    yield "translations.schema.json", _schema(PackFile)
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
    if get_origin(annotation) is Mapping:
        values = _value(arguments[1], parts)
        return {"type": "object", "additionalProperties": values}
    if get_origin(annotation) in (Union, UnionType):
        choices = [a for a in arguments if a is not NoneType]
        options = [_value(choice, parts) for choice in choices]
        return {"anyOf": [*options, {"type": "null"}]}
    if annotation.__name__ not in parts:
        parts[annotation.__name__] = {}
        parts[annotation.__name__] = _object(annotation, parts)
    return {"$ref": f"#/$defs/{annotation.__name__}"}
