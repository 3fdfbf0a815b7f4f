"""Hold `KnowledgeBase`: the content, and the questions it answers."""

from __future__ import annotations

from pathlib import Path
from threading import RLock
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Self

from .errors import ContentError, IntegrityError
from .graph import Graph, prune, take_stock
from .immutable import Immutable
from .integrity import digest
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
from .model import Imprint
from .records import check_record
from .review import Basis
from .vocabulary import FOLDERS, check_choice

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping
    from datetime import date

    from .errors import Problem
    from .graph import Content
    from .model import Manifest, RecordLink
    from .records import Record
    from .vocabulary import Key, Kind


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
        self._graph: Graph | None = None
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

    def _loaded(self) -> Graph:
        graph = self._graph
        return self._fill() if graph is None else graph

    def _fill(self) -> Graph:
        with self._lock:
            if self._failure is not None:
                raise self._failure.with_traceback(None)
            if self._graph is None:
                try:
                    self._graph = Graph(self._content(), self)
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
    def manifest(self) -> Manifest:
        """Give what the content says of itself."""
        return self._loaded().content.manifest

    @property
    def imprint(self) -> Imprint:
        """Give what has to stand wherever the content is shown."""
        return Imprint(
            content_version=self.content_version,
            locale=self.locale,
            licence=self.licence,
            notices=tuple(self.notices),
        )

    @property
    def content_version(self) -> str:
        """Tell the version of the text."""
        return self.manifest.content_version

    @property
    def schema_version(self) -> int:
        """Tell the version of the shape of the data."""
        return self.manifest.schema_version

    @property
    def locale(self) -> str:
        """Tell the language that was asked for, as a BCP 47 tag."""
        return self.manifest.locale

    @property
    def licence(self) -> str:
        """Tell the SPDX id of the licence of the prose."""
        return self.manifest.licence

    @property
    def digest(self) -> str:
        """Tell the SHA-256 of the content; equal content has equal digests."""
        if self._digest is None:
            files, _ = take_stock(self._loaded().content.rows())
            facts = self.manifest.to_dict() | {"files": files}
            facts.pop("counts", None)
            self._digest = digest(facts)
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
        return self._loaded().content.tables[kind]

    def neighbors(self, key: Key) -> Mapping[Key, RecordLink]:
        """Give the links of a record by what they lead to."""
        return MappingProxyType(self._loaded().neighbors.get(key, {}))

    def to_bundle(self) -> dict[str, Any]:
        """Give everything as plain data: the manifest and lists of records."""
        bundle: dict[str, Any] = {"manifest": self.manifest.to_dict()}
        bundle |= {folder: [] for folder in FOLDERS.values()}
        for kind, _, row in self._loaded().content.rows():
            bundle[FOLDERS[kind]].append(row)
        return bundle

    def describe(self, record: Record) -> dict[str, Any]:
        """Give a record as plain data, with all that belongs beside it.

        That is its links, its review, the sources that it cites, the notices
        and the version of the content.
        """
        check_record("describe", record)
        cited = {id for s in record.statements for id in s.source_ids}
        links = self.neighbors(record.key).items()
        return self.imprint.to_dict() | {
            "kind": record.record_kind,
            "record": record.to_dict(),
            "links": [
                link.to_dict() | {"kind": kind, "id": id}
                for (kind, id), link in links
            ],
            "review": record.review.to_dict(),
            "sources": [s.to_dict() for s in self.sources if s.id in cited],
        }

    def reviewed(self, *, on: date, basis: Basis = "source") -> Self:
        """Keep the records whose review is valid on a day.

        That is ``current`` or ``due-soon``. Statements go with their records,
        links with the last statement that bears them out. Sources and notices
        stay.

        Args:
            on: the day.
            basis: whose review counts: that of the ``source``, or that of our
                ``text``.
        """
        check_choice("basis=", basis, Basis)
        content = self._loaded().content
        return self._of(
            prune(content, lambda it: it.review.holds(on=on, basis=basis))
        )

    def overlay(self, path: str | os.PathLike[str]) -> Self:
        """Add records and statements from a folder, a zip or a bundle.

        What it adds or replaces has the ``origin`` ``"local"``. Replacing
        needs ``"replaces": "<id>"``. No caution, notice or source goes away.
        A manifest is not needed. The content version says ``+local.`` and a
        digest.

        Raises:
            ContentError: with everything that is wrong with the overlay.
        """
        from .overlays import load_overlay

        return self._of(load_overlay(self._loaded().content, Path(path)))

    def verify(self) -> tuple[Problem, ...]:
        """Read the files again, and say which differ from the manifest.

        This finds accidents, not malice: who changes a file on purpose can
        change the manifest too. Nothing found gives ``()``.
        """
        return self._loaded().content.verify()

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
