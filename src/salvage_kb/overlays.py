"""Lay content of one's own over other content, without taking any away."""

from __future__ import annotations

import warnings
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import attrs

from .checks import Place, check_records
from .errors import Problem, RecallWarning
from .graph import with_stock
from .integrity import digest
from .loading import (
    build_place,
    check_count,
    in_order,
    language_of,
    packs_of,
    read_manifest,
    refuse,
    verify,
)
from .reading import MANIFEST, MOST_PROBLEMS, Reader, enough_memory
from .records import Record, Source
from .retirement import former, is_live, recalled, retired
from .vocabulary import FOLDERS

if TYPE_CHECKING:
    from pathlib import Path

    from .graph import Content
    from .model import Manifest
    from .reading import Document

#: How many digits of the digest go into the version.
_SHOWN: Final = 12


def load_overlay(base: Content, path: Path) -> Content:
    """Read a folder, a zip or a bundle, and lay it over the base.

    Raises:
        ContentError: with everything that is wrong with it.
    """
    with enough_memory(path.name):
        return _load_overlay(base, path)


def _load_overlay(base: Content, path: Path) -> Content:
    reader = Reader()
    reader.read_path(path)
    manifest = read_manifest(reader)
    if manifest and manifest.locale != base.manifest.locale:
        message = f"should be {base.manifest.locale!r}, as in what lies below"
        reader.wrong(MANIFEST, message, "$.locale")
    places = _lay(base, reader, str(path))
    found = islice(check_records(places), MOST_PROBLEMS + 1)
    reader.problems.extend(found)
    if reader.problems:
        refuse(reader.problems, str(path))
    check = partial(_verify, base, path, manifest)
    packs = dict(base.packs)
    for tag, loaders in packs_of(reader, str(path)).items():
        packs[tag] = (*packs.get(tag, ()), *loaders)
    tables = in_order(places)
    content = with_stock(
        base._replace(tables=tables, verify=check, packs=packs)
    )
    _warn_of_recalls(content)
    shown = digest(dict(content.manifest.files))[:_SHOWN]
    version, _, _ = base.manifest.content_version.partition("+local.")
    sign = "." if "+" in version else "+"
    changed = attrs.evolve(
        content.manifest,
        content_version=f"{version}{sign}local.{shown}",
        released=(manifest and manifest.released) or base.manifest.released,
    )
    return content._replace(manifest=changed)


def _warn_of_recalls(content: Content) -> None:
    """Warn of what an overlay still says, although it was withdrawn."""
    known = retired(content.tables["event"].values())
    for item in recalled(content.tables["event"].values()):
        refs = (item.ref, *former(known, item.ref))
        if any(is_live(content.tables, ref) for ref in refs):
            warnings.warn(str(item), RecallWarning, stacklevel=2)


def _verify(
    base: Content, path: Path, manifest: Manifest | None
) -> tuple[Problem, ...]:
    found = base.verify()
    if manifest is None or not manifest.files:
        return found
    own = verify(lambda reader: reader.read_path(path), manifest)
    named = (it._replace(file=f"{path.name}/{it.file}") for it in own)
    return (*found, *named)


def _lay(base: Content, reader: Reader, origin: str) -> list[Place]:
    """Give the records of both, those of the overlay joined with the base."""
    language = language_of(base.manifest)
    laid: list[Place] = []
    for kind, id, document in reader.records:
        there = base.tables[kind].get(id)
        merger = _Merger(document, reader.problems)
        if kind == "event":
            merger.wrong("$", "an overlay makes no history: leave it out")
            continue
        if there is None or merger.may_change(there):
            value = document.value if kind == "notice" else merger.join(there)
            place = Place(kind, id, *document[1:], moved=merger.moved)
            laid.append(build_place(place, value, language, reader.problems))
        check_count(reader.problems, origin)
    joined = {(place.kind, place.id) for place in laid}
    below = [
        Place(kind, id, f"{FOLDERS[kind]}/{id}.json", "$", item)
        for kind, id, item in base.items()
        if (kind, id) not in joined
    ]
    return [*below, *laid]


class _Merger:
    """Join one document of an overlay with the record that it speaks of."""

    def __init__(self, document: Document, problems: list[Problem]) -> None:
        self.document = document
        self.problems = problems
        #: Where a part of the joined record stands in the document.
        self.moved: dict[str, str] = {}

    def wrong(self, path: str, message: str) -> None:
        inside = self.document.path + path.removeprefix("$")
        self.problems.append(Problem(self.document.file, inside, message))

    def may_change(self, item: Any) -> bool:
        """Refuse changes to what must stay: sources and notices."""
        if isinstance(item, Record) and not isinstance(item, Source):
            return True
        message = f"{item.id!r} is there already, and has to stay as it is"
        self.wrong("$.id", message)
        return False

    def join(self, base: Record | None) -> Any:
        """Give the record as it is with what the document adds."""
        if not isinstance(self.document.value, dict):
            return self.document.value
        given = dict(self.document.value)
        id = base.id if base else None
        replacing = self.take_replaces(given, id, "$")
        joined = base.to_dict() if base else {}
        fields = {it.name for it in base.__attrs_attrs__} if base else ()
        if base and (named := given.pop("id", base.id)) != base.id:
            message = f"is {named!r:.50}, but the file is named {base.id!r}"
            self.wrong("$.id", message)
        for name, held in given.items():
            there = joined.get(name)
            if name == "statements":
                joined[name] = self.join_statements(there or [], held)
            elif isinstance(getattr(base, name, None), tuple):
                joined[name] = self.append(f"$.{name}", there or [], held)
            else:
                if name in fields and not replacing and there != held:
                    self.refuse_change(f"$.{name}", name, id)
                joined[name] = held
        if base is None or replacing:
            joined["origin"] = "local"
        return joined

    def take_replaces(
        self, given: dict[str, Any], id: str | None, path: str
    ) -> bool:
        """Take the word that allows to replace; it has to name what it is."""
        if "replaces" not in given:
            return False
        named = given.pop("replaces")
        if id is None:
            self.wrong(
                f"{path}.replaces", f"there is no {named!r:.50} to replace"
            )
        elif named != id:
            self.wrong(
                f"{path}.replaces", f"should be {id!r}, not {named!r:.50}"
            )
        return True

    def refuse_change(self, path: str, name: str, id: object) -> None:
        message = f'would replace the {name}: allow it with "replaces": "{id}"'
        self.wrong(path, message)

    def append(self, path: str, there: list[Any], held: Any) -> Any:
        """Put what a list of the document holds behind what is there."""
        if not isinstance(held, list):
            return held
        for index in range(len(held)):
            self.moved[f"{path}[{len(there) + index}]"] = f"{path}[{index}]"
        return [*there, *held]

    def join_statements(self, there: list[Any], held: Any) -> Any:
        """Add statements, or put them in the place of those they replace."""
        if not isinstance(held, list):
            return held
        joined = list(there)
        at = {it["id"]: index for index, it in enumerate(there)}
        for index, item in enumerate(held):
            place = at.pop(_id_of(item), len(joined))
            path = f"$.statements[{index}]"
            new = f"$.statements[{place}]"
            self.moved[new] = path
            below = joined[place : place + 1]
            added = self.join_statement(below, item, path, new)
            joined[place : place + 1] = [added]
        return joined

    def join_statement(
        self, below: list[Any], item: Any, path: str, new: str
    ) -> Any:
        """Mark one as local; it keeps the cautions of one that it replaces."""
        if not isinstance(item, dict):
            return item
        added = item | {"origin": "local"}
        id = below[0]["id"] if below else None
        replacing = self.take_replaces(added, id, path)
        if id is None:
            return added
        if not replacing:
            self.refuse_change(f"{path}.id", "statement", id)
        cautions = below[0].get("cautions", [])
        given = added.get("cautions", [])
        if isinstance(given, list):
            for index in range(len(given)):
                place = f"{new}.cautions[{len(cautions) + index}]"
                self.moved[place] = f"{path}.cautions[{index}]"
            added["cautions"] = [*cautions, *given]
        return added


def _id_of(item: Any) -> str | None:
    id = item.get("id") if isinstance(item, dict) else None
    return id if isinstance(id, str) else None
