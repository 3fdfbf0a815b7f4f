"""Hold `KnowledgeBase`: the content, and the questions it answers."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from pathlib import Path
from threading import RLock
from types import MappingProxyType
from typing import (
    TYPE_CHECKING,
    Any,
    Final,
    NamedTuple,
    Self,
    cast,
)

from . import retirement
from .errors import ContentError, IntegrityError, LocaleError
from .graph import Graph, prune, take_stock, uncollected
from .immutable import Immutable
from .integrity import digest
from .kinds import (
    Conditions,
    Events,
    Modalities,
    MonitoringTests,
    Notices,
    SideEffects,
    Sources,
    Statements,
    Topics,
)
from .locales import (
    Policy,
    Speaker,
    check_pack_tag,
    pack_files,
    texts_of,
)
from .model import Imprint
from .records import Record, check_record
from .review import Basis
from .tags import canonical, negotiate
from .vocabulary import (
    FOLDERS,
    Fallback,
    Kind,
    Stale,
    TranslationStatus,
    check_choice,
)

if TYPE_CHECKING:
    import os
    from collections.abc import (
        Callable,
        Collection,
        Iterable,
        Iterator,
        Mapping,
    )
    from datetime import date

    from .errors import Problem
    from .graph import Content
    from .index import Index
    from .linking import Linker
    from .locales import Translator
    from .model import LocaleInfo, Manifest, RecordLink, View
    from .retirement import RecallInUse, Resolution, Retired, Withdrawn
    from .search import Hit
    from .text import Text
    from .vocabulary import Key


#: How many slashes the id of a statement has.
_STEPS: Final = 2
#: How many views of other languages are kept.
_VIEWS: Final = 64


class _Seen(NamedTuple):
    """Say what a view in another language is a view of."""

    base: KnowledgeBase
    speaker: Speaker

    def names(self, record: Record) -> Iterator[Text]:
        """Give what a record of the view is called in the base language."""
        from .index import names_of  # few search

        original = self.base.table(record.record_kind)[record.id]
        return (self.speaker.leave(text) for _, text in names_of(original))


class KnowledgeBase(Immutable):
    """Hold one body of content and answer questions about it.

    It never changes, and reads its content once: `load` reads at once, the
    bundled one at first touch, whichever thread that is in.
    """

    __slots__ = (
        "_digest",
        "_failure",
        "_graph",
        "_index",
        "_linker",
        "_lock",
        "_read",
        "_retired",
        "_seen",
        "_translator",
        "_views",
    )

    def __init__(self, read: Callable[[], Content] | None = None) -> None:
        """Use `load` instead; without *read*, this is the bundled content."""
        self._read = read
        self._seen: _Seen | None = None
        self._translator: tuple[Translator, TranslationStatus] | None = None
        self._views: OrderedDict[tuple[str, Policy], Self] = OrderedDict()
        self._index: Index | None = None
        self._linker: Linker[Record] | None = None
        self._lock = RLock()
        self._graph: Graph | None = None
        self._failure: ContentError | None = None
        self._digest: str | None = None
        self._retired: dict[str, Retired] | None = None

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read content from a folder, a zip of one, or a bundle file.

        Raises:
            ContentError: with everything that is wrong with the content.
        """
        from .loading import load_path  # it takes as long as all the rest

        with uncollected():
            return cls._of(load_path(Path(path)))

    @classmethod
    def from_bundle(cls, bundle: Mapping[str, Any]) -> Self:
        """Take content from plain data, as `to_bundle` gives it.

        Raises:
            ContentError: with everything that is wrong with the content.
        """
        from .loading import load_bundle

        with uncollected():
            return cls._of(load_bundle(bundle))

    @classmethod
    def _of(
        cls,
        content: Content,
        translator: tuple[Translator, TranslationStatus] | None = None,
    ) -> Self:
        kb = cls(lambda: content)
        kb._translator = translator
        kb._loaded()
        return kb

    def _base(self) -> KnowledgeBase:
        """Give what this is a view of, or itself."""
        return self._seen.base if self._seen else self

    def _loaded(self) -> Graph:
        graph = self._graph
        return self._fill() if graph is None else graph

    def _fill(self) -> Graph:
        with self._lock:
            if self._failure is not None:
                raise self._failure.with_traceback(None)
            if self._graph is None:
                try:
                    with uncollected():
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
    def history(self) -> Events:
        """Give what happened to ids, in the order of its files."""
        return Events(self)

    @property
    def manifest(self) -> Manifest:
        """Give what the content says of itself."""
        return self.content.manifest

    @property
    def content(self) -> Content:
        """Give what is behind this, as the rooms below have it."""
        return self._loaded().content

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
            files, _ = take_stock(self.content.rows())
            facts = self.manifest.to_dict() | {"files": files}
            facts.pop("counts", None)
            if self._seen is not None:
                facts["policy"] = list(self._seen.speaker.policy)
                facts["pack"] = self.pack and self.pack.to_dict()
            self._digest = digest(facts)
        return self._digest

    @property
    def is_bundled(self) -> bool:
        """Tell whether this is the content that came with the package.

        A view of it in another language is that too.
        """
        base = self._base()
        return (base._read, base._translator) == (None, None)  # noqa: SLF001

    @property
    def is_loaded(self) -> bool:
        """Tell whether the content was read, without reading it."""
        return self._graph is not None

    def table(self, kind: Kind) -> Mapping[str, Any]:
        """Give all things of a kind by id, in editorial order."""
        return self.content.tables[kind]

    @property
    def retired(self) -> Mapping[str, Retired]:
        """Give what became of each id that was retired, by its reference."""
        if self._retired is None:
            self._retired = retirement.retired(self.table("event").values())
        return MappingProxyType(self._retired)

    def fate(self, ref: str) -> Retired | None:
        """Tell what became of a reference that was retired, or its home was."""
        is_live = partial(retirement.is_live, self.content.tables)
        return retirement.fate(self.retired, is_live, ref)

    @property
    def recalls(self) -> tuple[Withdrawn, ...]:
        """Give what was withdrawn because it may do harm."""
        return retirement.recalls_among(self.retired)

    def check_recalls(
        self, recalls: Iterable[Mapping[str, Any] | Withdrawn] | None = None
    ) -> tuple[RecallInUse, ...]:
        """Tell what is still in use here although it was recalled, and where.

        Records, statements and cautions are searched, and all translations.

        Args:
            recalls: those of the ``recalls.json`` of a newer release, or its
                `recalls`; without them, those that the content itself knows.

        Raises:
            ContentError: a translation has something wrong in it.
            ValueError: one of the recalls is none.
        """
        known = self.retired
        rows = [
            retirement.recall_row(it, known)
            if isinstance(it, retirement.Withdrawn)
            else it
            for it in (self.recalls if recalls is None else recalls)
        ]
        is_live = partial(retirement.is_live, self.content.tables)
        return retirement.in_use(rows, is_live, self._translated_keys())

    def _translated_keys(self) -> dict[str, list[str]]:
        return {
            tag: [
                key
                for file in self.pack_files(tag).values()
                for key in file.get("texts", ())
            ]
            for tag in self.locales[1:]
        }

    def resolve(self, kind: Kind, id: str) -> Resolution:
        """Tell what an id leads to, which may be nothing any more.

        What moved is never followed silently.
        """
        check_choice("kind", kind, Kind)
        if not isinstance(id, str):
            message = f"an id should be text, not {id!r:.50}"
            raise TypeError(message)
        ref = id if kind == "statement" else f"{FOLDERS[kind]}/{id}"
        if ref.count("/") != (_STEPS if kind == "statement" else 1):
            return retirement.Unknown(ref, ())
        return retirement.resolve(self.content.tables, self.retired, ref)

    def check_refs(self, refs: Iterable[str]) -> tuple[Resolution, ...]:
        """Tell what each reference that somebody stored leads to.

        A reference is the folder of the kind and the id of a record, such as
        ``conditions/hiv``, or the id of a statement or caution.

        Raises:
            TypeError: what is given is one text, or is not all text.
        """
        if isinstance(refs, str):
            raise TypeError("check_refs() takes a list of references, not one")
        found = tuple(refs)
        for ref in found:
            if not isinstance(ref, str):
                message = f"a reference should be text, not {ref!r:.50}"
                raise TypeError(message)
        tables, known = self.content.tables, self.retired
        return tuple(retirement.resolve(tables, known, ref) for ref in found)

    def neighbors(self, key: Key) -> Mapping[Key, RecordLink]:
        """Give the links of a record by what they lead to."""
        return MappingProxyType(self._loaded().neighbors.get(key, {}))

    def to_bundle(self) -> dict[str, Any]:
        """Give everything as plain data: manifest, records, translations.

        A view in another language gives what it is a view of.
        """
        if self._seen is not None:
            return self._seen.base.to_bundle()
        content = self.content
        manifest = self.manifest.to_dict()
        bundle: dict[str, Any] = {"manifest": manifest}
        bundle |= {folder: [] for folder in FOLDERS.values()}
        for kind, _, row in content.rows():
            bundle[FOLDERS[kind]].append(row)
        packs = {tag: self.pack_files(tag) for tag in content.packs}
        if packs:
            bundle["locales"] = packs
        if "files" in manifest:
            for tag, held in packs.items():
                for name, value in held.items():
                    path = f"locales/{tag}/{name}"
                    manifest["files"].setdefault(path, digest(value))
        return bundle

    def pack_files(self, tag: str) -> dict[str, Any]:
        """Give the files of the translations into a language on offer.

        Raises:
            ContentError: with everything that is wrong with them.
            LocaleError: the language is not on offer.
        """
        from .packs import pack_of

        content = self._base().content
        pack = pack_of(content, tag)
        if pack is None:
            known = ", ".join(self.locales)
            raise LocaleError(tag, f"is not on offer, only {known}")
        items = (it for _, _, it in content.items())
        order = (key for item in items for key, _ in texts_of(item))
        return pack_files(pack, order)

    def shares(self, other: View) -> bool:
        """Tell whether the other is this content, maybe in another language."""
        one, two = self._base(), cast("Self", other)._base()  # noqa: SLF001  # ours
        return one is two or one.digest == two.digest

    def describe(self, record: Record) -> dict[str, Any]:
        """Give a record as plain data, with all that belongs beside it.

        That is its links, its review, the sources that it cites, the notices
        and the version of the content.

        Raises:
            LocaleError: by the policy of this view it cannot be shown.
            TypeError: it is no record, or one of other content.
            UnboundRecord: it was made by hand.
        """
        check_record("describe", record, self)
        if record.id not in self.table(record.record_kind):
            reason = f"{record.id} has no translation to show"
            raise LocaleError(self.locale, reason)
        record = self.table(record.record_kind)[record.id]
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
        return self._again(
            lambda it: prune(
                it, lambda record: self._holds(record.key, on, basis)
            )
        )

    def _holds(self, key: Key, on: date, basis: Basis) -> bool:
        """Tell whether a review holds of the words that are shown here."""
        kind, id = key
        record: Record | None = self.table(kind).get(id)
        return record is not None and record.review.holds(on=on, basis=basis)

    def _again(
        self,
        change: Callable[[Content], Content],
        translator: tuple[Translator, TranslationStatus] | None = None,
    ) -> Self:
        """Change the content, and look at it in the same language."""
        base = self._base()
        translator = translator or base._translator  # noqa: SLF001
        changed = self._of(change(base.content), translator)
        if self._seen is None:
            return changed
        speaker = self._seen.speaker
        return changed.localized(speaker.requested, **speaker.policy._asdict())

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

        return self._again(lambda it: load_overlay(it, Path(path)))

    @property
    def locales(self) -> tuple[str, ...]:
        """List the languages on offer, the base language first."""
        from .packs import offered

        return offered(self._base().content)

    @property
    def pack(self) -> LocaleInfo | None:
        """Tell which translation a view in another language shows."""
        found = self._seen and self._seen.speaker.pack
        return found.info if found else None

    @property
    def policy(self) -> Policy:
        """Tell which translations a view shows, and what it does without."""
        return self._seen.speaker.policy if self._seen else Policy()

    def negotiate(self, wanted: str | Iterable[str] | None) -> str:
        """Choose a language on offer from an Accept-Language header.

        A list of tags, best first, does as well. Where there is no header, or
        nothing is acceptable, the answer is the base language. A match never
        crosses a language or a script.

        Raises:
            LocaleError: the header has more than 1000 characters or 50 items,
                or a tag of a list is none.
        """
        offered = self.locales
        if wanted is None:
            return offered[0]
        return negotiate(wanted, offered, offered[0])

    def localized(
        self,
        tag: str,
        *,
        fallback: Fallback = "allow",
        min_status: TranslationStatus = "draft",
        stale: Stale = "show",
    ) -> Self:
        """Give the same content in another language, as far as it goes.

        Each text says which language it really is in. Views are cached.

        Args:
            tag: the language, as a BCP 47 tag.
            fallback: what to do where there is no translation: ``allow`` the
                base language, ``warn`` too, ``raise`` a LocaleError, or
                ``omit`` the statement, synonym or record. Cautions and
                notices are never omitted.
            min_status: the least that a translation must be.
            stale: whether to ``show`` a translation of words that have
                changed since, or to use the ``fallback``.

        Raises:
            LocaleError: the tag is none, or the policy is to raise.
            ContentError: the translation has something wrong in it.
        """
        if self._seen is not None:
            base: Self = self._seen.base  # type: ignore[assignment]
            return base.localized(
                tag, fallback=fallback, min_status=min_status, stale=stale
            )
        check_choice("fallback=", fallback, Fallback)
        check_choice("min_status=", min_status, TranslationStatus)
        check_choice("stale=", stale, Stale)
        key = canonical(tag), Policy(fallback, min_status, stale)
        with self._lock:
            if key not in self._views:
                self._views[key] = self._see(*key)
            self._views.move_to_end(key)
            if len(self._views) > _VIEWS:
                self._views.popitem(last=False)
            return self._views[key]

    def _see(self, tag: str, policy: Policy) -> Self:
        if (tag, policy) == (self.locale, Policy()):
            return self
        from .packs import speaker_of, translate

        speaker = speaker_of(self.content, tag, policy, self._translator)
        view = type(self)(self._read)
        view._seen = _Seen(self, speaker)  # noqa: SLF001  # of this class
        view._graph = translate(self._loaded(), view, speaker)  # noqa: SLF001
        return view

    def with_locale(self, tag: str, path: str | os.PathLike[str]) -> Self:
        """Add the translations in a folder, over those that are there.

        Raises:
            ContentError: with everything that is wrong with them.
            LocaleError: the tag is none, or there can be no pack for it.
        """
        from .loading import load_pack_folder

        name = check_pack_tag(tag, self._base().locale)
        pack = load_pack_folder(name, Path(path))

        def add(content: Content) -> Content:
            layers = (*content.packs.get(name, ()), lambda: pack)
            return content._replace(packs={**content.packs, name: layers})

        return self._again(add)

    def with_translator(
        self,
        translator: Translator,
        *,
        status: TranslationStatus = "draft",
    ) -> Self:
        """Ask a function for each text, before any other translation.

        It takes the key of the text, the words in the base language and the
        language, and gives the translation, or none. Words that it gives back
        unchanged count as none.

        Args:
            translator: the function.
            status: how far its translations were checked.
        """
        if not callable(translator):
            message = f"a translator is a function, not {translator!r:.50}"
            raise TypeError(message)
        check_choice("status=", status, TranslationStatus)
        return self._again(lambda content: content, (translator, status))

    def search(
        self, query: str, *, limit: int = 20
    ) -> tuple[Hit[Record], ...]:
        """Find records by names, statements and cautions, best first.

        Case and accents do not matter, and names are found in spite of small
        typing errors. A hit by a statement brings its cautions, and one by a
        caution the statement.

        In a view the records have also their names in the base language, as
        synonyms that rank lower: `Hit.text` says which language it is in.
        """
        return self.hits(query, limit=limit)

    def linker(self, locale: str | None = None) -> Linker[Record]:
        """Give what finds the names of records in texts, and links them.

        Args:
            locale: in which language; that of this view if none is named.
        """
        if locale is not None:
            return self.localized(locale).linker()
        if self._linker is None:
            from .linking import linker_of  # few link, and it takes a while

            with uncollected():
                self._linker = linker_of(self.content.records())
        return self._linker

    def hits(
        self, query: str, among: Collection[Key] | None = None, *, limit: int
    ) -> tuple[Hit[Any], ...]:
        """Search, among some records only."""
        if not isinstance(query, str):
            message = f"a query should be text, not {query!r:.50}"
            raise TypeError(message)
        if not isinstance(limit, int) or limit < 0:
            message = f"limit= should be a number from 0 on, not {limit!r:.50}"
            raise ValueError(message)
        if self._index is None:
            from .index import Index

            with uncollected():
                self._index = Index(
                    self.content.records(), self._seen and self._seen.names
                )
        return tuple(self._index.search(query, among, limit))

    def verify(self) -> tuple[Problem, ...]:
        """Read the files again, and say which differ from the manifest.

        This finds accidents, not malice: who changes a file on purpose can
        change the manifest too. Nothing found gives ``()``.
        """
        return self.content.verify()

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
        asked = None
        if self._seen is not None:
            speaker = self._seen.speaker
            asked = speaker.requested, speaker.policy
        return _installed, (self.content_version, self.digest, asked)


#: The content that comes with the package.
BUNDLED: Final = KnowledgeBase()


def _installed(
    version: str, digest: str, asked: tuple[str, Policy] | None = None
) -> KnowledgeBase:
    kb = BUNDLED
    if asked is not None:
        tag, policy = asked
        kb = kb.localized(tag, **policy._asdict())
    stored, found = (version, digest), (kb.content_version, kb.digest)
    if stored != found:
        raise IntegrityError(stored, found)
    return kb
