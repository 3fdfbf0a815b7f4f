"""Help authors: the one form that files have, and signatures."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import attrs

from .codec import dump
from .errors import UnknownId
from .graph import with_stock
from .integrity import digest
from .loading import load_path
from .locales import pack_files, texts_of
from .reading import LOCALES, MANIFEST, SCHEMAS
from .schema import schemas
from .vocabulary import FOLDERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from .graph import Content
    from .locales import Pack
    from .review import TextReview
    from .vocabulary import Kind

#: The kinds that have text of ours, which a reviewer can sign.
SIGNED: Final[tuple[Kind, ...]] = (
    "condition",
    "modality",
    "side_effect",
    "monitoring_test",
    "topic",
)


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
