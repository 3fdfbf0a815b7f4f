"""Hold a body of content: its records, and who is linked to whom."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import attrs

from .integrity import digest
from .model import RecordLink, bind
from .records import Record, Source
from .retirement import home_of, look_up
from .vocabulary import FOLDERS, KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .errors import Problem
    from .locales import Pack
    from .model import Event, Manifest, View
    from .vocabulary import Key, Kind


#: Loads the translations into a language, when somebody asks for them.
PackLoader: TypeAlias = "Callable[[], Pack]"
#: Kind, id and the record as plain data, right or wrong.
Row: TypeAlias = "tuple[Kind, str, Any]"


@contextmanager
def uncollected() -> Iterator[None]:
    """Put off the search for cycles: what is loaded has none.

    It would go through all that there is again and again, as that grows, and
    take as long as all the rest.
    """
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


class Content(NamedTuple):
    """Hold what was loaded, and the way to verify it.

    Attributes:
        tables: kind by kind in editorial order, the records by id.
        verify: finds what differs from the manifest by now.
        packs: for each language, what loads its translations; the later
            ones are laid over the earlier.
        is_ours: whether it is the bundled content or made of it, so that
            translations that others distribute fit.
    """

    manifest: Manifest
    tables: Mapping[Kind, Mapping[str, Any]]
    verify: Callable[[], tuple[Problem, ...]]
    packs: Mapping[str, tuple[PackLoader, ...]] = MappingProxyType({})
    is_ours: bool = False

    def items(self) -> Iterator[tuple[Kind, str, Any]]:
        """Go through all records and notices, kind by kind."""
        for kind in FOLDERS:
            for id, item in self.tables[kind].items():
                yield kind, id, item

    def records(self) -> Iterator[Record]:
        """Go through the records alone, sources among them."""
        return (it for _, _, it in self.items() if isinstance(it, Record))

    def rows(self) -> Iterator[Row]:
        """Go through the same as plain data."""
        for kind, id, item in self.items():
            yield kind, id, item.to_dict()


class LazyTable(Mapping[str, Any]):
    """Make things by their ids when somebody asks for them, and keep them."""

    def __init__(self, ids: Iterable[str], make: Callable[[str], Any]) -> None:
        self._ids = dict.fromkeys(ids)
        self._make = make
        self._made: dict[str, Any] = {}

    def __getitem__(self, id: str) -> Any:
        if id not in self._made:
            if id not in self._ids:
                raise KeyError(id)
            self._made.setdefault(id, self._make(id))
        return self._made[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, id: object) -> bool:
        return id in self._ids


class Graph:
    """Hold bound records by kind and id, and who is linked to whom."""

    __slots__ = ("content", "neighbors")

    def __init__(self, content: Content, view: View) -> None:
        tables: dict[Kind, Any] = {kind: {} for kind in FOLDERS}
        for kind, id, item in content.items():
            tables[kind][id] = bind(item, view)
        records: list[Record] = [
            item
            for table in tables.values()
            for item in table.values()
            if isinstance(item, Record)
        ]
        tables["statement"] = {s.id: s for r in records for s in r.statements}
        self.content: Content = content._replace(
            tables={k: MappingProxyType(t) for k, t in tables.items()}
        )
        self.neighbors: dict[Key, dict[Key, RecordLink]] = {}
        for record in records:
            for _, kind, link in record.authored_links():
                self._join(record.key, (kind, link.id), link)

    def seen_by(
        self, view: View, change: Callable[[Any], Any], manifest: Manifest
    ) -> Graph:
        """Give the same with each record changed, once it is asked for."""
        graph = object.__new__(Graph)
        below = self.content.tables
        tables: dict[Kind, Any] = {}

        def maker(table: Mapping[str, Any]) -> Callable[[str], Any]:
            return lambda name: bind(change(table[name]), view)

        def statement(id: str) -> Any:
            folder, record_id, _ = id.split("/")
            record = tables[KINDS[folder]][record_id]
            return next(it for it in record.statements if it.id == id)

        for kind in FOLDERS:
            tables[kind] = LazyTable(below[kind], maker(below[kind]))
        tables["statement"] = LazyTable(below["statement"], statement)
        graph.content = self.content._replace(
            tables=MappingProxyType(tables), manifest=manifest
        )
        graph.neighbors = self.neighbors
        return graph

    def _join(self, one: Key, other: Key, link: RecordLink) -> None:
        self.neighbors.setdefault(one, {})[other] = link
        self.neighbors.setdefault(other, {})[one] = link


def take_stock(
    rows: Iterable[Row],
) -> tuple[dict[str, str], dict[str, int]]:
    """Give the digests of the files of records, by path, and the counts."""
    files: dict[str, str] = {}
    names = [*FOLDERS.values(), "statements", "cautions"]
    counts = dict.fromkeys(names, 0)
    for kind, id, value in rows:
        files[f"{FOLDERS[kind]}/{id}.json"] = digest(value)
        counts[FOLDERS[kind]] += 1
        statements = _held(value, "statements")
        counts["statements"] += len(statements)
        counts["cautions"] += sum(
            len(_held(s, "cautions")) for s in statements
        )
    return files, counts


def _held(value: Any, name: str) -> list[Any]:
    held = value.get(name) if isinstance(value, dict) else None
    return held if isinstance(held, list) else []


def with_stock(content: Content) -> Content:
    """Write into the manifest what there is."""
    files, counts = take_stock(content.rows())
    manifest = attrs.evolve(
        content.manifest, files=dict(sorted(files.items())), counts=counts
    )
    return content._replace(manifest=manifest)


def prune(content: Content, keep: Callable[[Record], bool]) -> Content:
    """Leave out records, their statements, and what links rest on these.

    Sources and notices stay, and so do the cautions of what is kept. Of the
    history stays what leads to something that is kept, or to nothing.
    """
    tables: dict[Kind, dict[str, Any]] = {kind: {} for kind in FOLDERS}
    for kind, id, item in content.items():
        dropped = isinstance(item, Record) and not isinstance(item, Source)
        if not dropped or keep(item):
            tables[kind][id] = item
    kept = content._replace(tables=tables)
    statements = {
        s.id
        for _, _, it in kept.items()
        for s in getattr(it, "statements", ())
    }
    for kind, id, item in kept.items():
        if isinstance(item, Record) and item.link_fields:
            tables[kind][id] = _prune_links(item, tables, statements)
    tables["event"] = _prune_events(tables)
    return with_stock(kept)


def _prune_events(tables: Mapping[Any, Mapping[str, Any]]) -> dict[str, Event]:
    events: Mapping[str, Event] = tables["event"]
    gone = {
        event.subject
        for event in events.values()
        if event.fate != "edited"
        and all(look_up(tables, target) for target in event.targets)
    }

    def stays(event: Event) -> bool:
        if event.fate != "edited":
            return event.subject in gone
        there = look_up(tables, event.subject) is not None
        there = there or event.subject.startswith("locales/")
        return there or home_of(gone, event.subject) is not None

    return {id: event for id, event in events.items() if stays(event)}


def _prune_links(
    record: Record,
    tables: Mapping[Kind, Mapping[str, Any]],
    statements: set[str],
) -> Record:
    changes: dict[str, Any] = {}
    for name, kind in record.link_fields.items():
        held = getattr(record, name)
        links = held if isinstance(held, tuple) else filter(None, [held])
        kept = tuple(
            attrs.evolve(link, statements=bearing)
            for link in links
            if link.id in tables[kind]
            and (
                bearing := tuple(s for s in link.statements if s in statements)
            )
        )
        if isinstance(held, tuple):
            changes[name] = kept
        else:
            changes[name] = kept[0] if kept else None
    return attrs.evolve(record, **changes)
