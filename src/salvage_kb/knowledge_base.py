"""Hold `KnowledgeBase`: the content, and the questions it answers."""

from __future__ import annotations

from pathlib import Path
from threading import RLock
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Self

from .errors import ContentError, IntegrityError
from .immutable import Immutable
from .kinds import (
    Conditions,
    Modalities,
    MonitoringTests,
    Notices,
    SideEffects,
    Sources,
    Statements,
    Topics,
)
from .model import RecordLink, bind
from .records import Record
from .vocabulary import FOLDERS

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping

    from .loading import Content
    from .vocabulary import Key, Kind


class _Graph:
    """Hold bound records by kind and id, and who is linked to whom."""

    __slots__ = ("manifest", "neighbors", "tables")

    def __init__(self, content: Content, view: KnowledgeBase) -> None:
        self.manifest = content.manifest
        bound: dict[Kind, dict[str, Any]] = {
            kind: {id: bind(item, view) for id, item in table.items()}
            for kind, table in content.tables.items()
        }
        records: list[Record] = [
            item
            for kind in FOLDERS
            for item in bound[kind].values()
            if isinstance(item, Record)
        ]
        bound["statement"] = {s.id: s for r in records for s in r.statements}
        self.tables = {k: MappingProxyType(t) for k, t in bound.items()}
        self.neighbors: dict[Key, dict[Key, RecordLink]] = {}
        for record in records:
            for _, kind, link in record.authored_links():
                self._join(record.key, (kind, link.id), link)

    def _join(self, one: Key, other: Key, link: RecordLink) -> None:
        self.neighbors.setdefault(one, {})[other] = link
        self.neighbors.setdefault(other, {})[one] = link


class KnowledgeBase(Immutable):
    """Hold one body of content and answer questions about it.

    It never changes, and reads its content once: `load` reads at once, the
    bundled one at first touch, whichever thread that is in.
    """

    __slots__ = ("_digest", "_failure", "_graph", "_lock", "_read")

    def __init__(self, read: Callable[[], Content] | None = None) -> None:
        """Use `load` instead; without *read*, this is the bundled content."""
        self._read = read
        self._lock = RLock()
        self._graph: _Graph | None = None
        self._failure: ContentError | None = None
        self._digest: str | None = None

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read content from a folder, a zip of one, or a bundle file.

        Raises:
            ContentError: with everything that is wrong with the content.
        """
        from .loading import load_path  # cattrs is not imported before need

        return cls._of(load_path(Path(path)))

    @classmethod
    def from_bundle(cls, bundle: Mapping[str, Any]) -> Self:
        """Take content from plain data, as `to_bundle` gives it.

        Raises:
            ContentError: with everything that is wrong with the content.
        """
        from .loading import load_bundle

        return cls._of(load_bundle(bundle))

    @classmethod
    def _of(cls, content: Content) -> Self:
        kb = cls(lambda: content)
        kb._loaded()
        return kb

    def _loaded(self) -> _Graph:
        graph = self._graph
        return self._fill() if graph is None else graph

    def _fill(self) -> _Graph:
        with self._lock:
            if self._failure is not None:
                raise self._failure.with_traceback(None)
            if self._graph is None:
                try:
                    self._graph = _Graph(self._content(), self)
                except ContentError as error:
                    self._failure = error
                    raise
            return self._graph

    def _content(self) -> Content:
        if self._read is not None:
            return self._read()
        from .loading import load_bundled

        return load_bundled()

    @property
    def conditions(self) -> Conditions:
        """Give the diseases and states in which salvage therapy is used."""
        return Conditions(self)

    @property
    def modalities(self) -> Modalities:
        """Give the ways of treating."""
        return Modalities(self)

    @property
    def side_effects(self) -> SideEffects:
        """Give the unwanted effects."""
        return SideEffects(self)

    @property
    def monitoring_tests(self) -> MonitoringTests:
        """Give the tests made before, during or after the therapy."""
        return MonitoringTests(self)

    @property
    def topics(self) -> Topics:
        """Give the general sections that belong to no one condition."""
        return Topics(self)

    @property
    def sources(self) -> Sources:
        """Give the works that statements and cautions come from."""
        return Sources(self)

    @property
    def statements(self) -> Statements:
        """Give the statements of all records, by their full ids."""
        return Statements(self)

    @property
    def notices(self) -> Notices:
        """Give what has to be shown wherever the content is shown."""
        return Notices(self)

    @property
    def content_version(self) -> str:
        """Tell the version of the text."""
        return self._loaded().manifest.content_version

    @property
    def schema_version(self) -> int:
        """Tell the version of the shape of the data."""
        return self._loaded().manifest.schema_version

    @property
    def locale(self) -> str:
        """Tell the language that was asked for, as a BCP 47 tag."""
        return self._loaded().manifest.locale

    @property
    def licence(self) -> str:
        """Tell the SPDX id of the licence of the prose."""
        return self._loaded().manifest.licence

    @property
    def digest(self) -> str:
        """Tell the SHA-256 of the content; equal content has equal digests."""
        if self._digest is None:
            import hashlib  # few ask for a digest
            import json

            text = json.dumps(self.to_bundle(), sort_keys=True)
            self._digest = hashlib.sha256(text.encode()).hexdigest()
        return self._digest

    @property
    def is_bundled(self) -> bool:
        """Tell whether this is the content that came with the package."""
        return self._read is None

    @property
    def is_loaded(self) -> bool:
        """Tell whether the content was read, without reading it."""
        return self._graph is not None

    def table(self, kind: Kind) -> Mapping[str, Any]:
        """Give all things of a kind by id, in editorial order."""
        return self._loaded().tables[kind]

    def neighbors(self, key: Key) -> Mapping[Key, RecordLink]:
        """Give the links of a record by what they lead to."""
        return MappingProxyType(self._loaded().neighbors.get(key, {}))

    def to_bundle(self) -> dict[str, Any]:
        """Give everything as plain data: the manifest and lists of records."""
        graph = self._loaded()
        bundle: dict[str, Any] = {"manifest": graph.manifest.to_dict()}
        for kind, folder in FOLDERS.items():
            items = graph.tables[kind].values()
            bundle[folder] = [item.to_dict() for item in items]
        return bundle

    def __repr__(self) -> str:
        """Show which content this is, without loading it."""
        if self._graph is None:
            return "<KnowledgeBase: not loaded yet>"
        version, locale = self.content_version, self.locale
        return f"<KnowledgeBase: content {version}, {locale}>"

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the bundled content as a reference to what is installed."""
        if not self.is_bundled:
            message = (
                "only the bundled KnowledgeBase can be pickled; for others "
                "pickle what to_bundle() gives"
            )
            raise TypeError(message)
        return _installed, (self.content_version, self.digest)


#: The content that comes with the package.
BUNDLED: Final = KnowledgeBase()


def _installed(version: str, digest: str) -> KnowledgeBase:
    stored = (version, digest)
    found = (BUNDLED.content_version, BUNDLED.digest)
    if stored != found:
        raise IntegrityError(stored, found)
    return BUNDLED
