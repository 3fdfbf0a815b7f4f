"""Say what records are made of: statements and all that stands beside them.

Everything here is immutable. Objects that came from a knowledge base know it
and can follow their ids into it; objects made by hand are unbound.
"""

from __future__ import annotations

from collections.abc import Mapping  # the codec reads the annotations
from datetime import date
from types import MappingProxyType
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Final,
    Protocol,
    TypeVar,
)

import attrs

from .errors import UnboundRecord
from .immutable import Immutable
from .text import Direction, Text  # the codec reads the annotations
from .vocabulary import (
    KINDS,
    Aspect,
    CautionKind,
    Fallback,
    Fate,
    Key,
    Kind,
    Match,
    NoticeKind,
    Origin,
    ReadAs,
    Significance,
    Stale,
    SynonymType,
    Timing,
    TranslationStatus,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from .kinds import (
        Conditions,
        Modalities,
        MonitoringTests,
        SideEffects,
    )
    from .records import Record, Source
    from .retirement import Retired

_M = TypeVar("_M", bound="Member")
_EMPTY: Final[Mapping[str, Any]] = MappingProxyType({})


class View(Protocol):
    """List what an object asks of the knowledge base that it belongs to."""

    @property
    def conditions(self) -> Conditions: ...
    @property
    def modalities(self) -> Modalities: ...
    @property
    def side_effects(self) -> SideEffects: ...
    @property
    def monitoring_tests(self) -> MonitoringTests: ...
    @property
    def digest(self) -> str: ...
    @property
    def is_bundled(self) -> bool: ...
    @property
    def is_loaded(self) -> bool: ...
    @property
    def imprint(self) -> Imprint: ...
    def shares(self, other: View) -> bool: ...
    def fate(self, ref: str) -> Retired | None: ...
    def table(self, kind: Kind) -> Mapping[str, Any]: ...
    def neighbors(self, key: Key) -> Mapping[Key, RecordLink]: ...
    def localized(
        self,
        tag: str,
        *,
        fallback: Fallback = ...,
        min_status: TranslationStatus = ...,
        stale: Stale = ...,
    ) -> View: ...
    def hits(
        self, query: str, among: Collection[Key] | None = ..., *, limit: int
    ) -> tuple[Any, ...]: ...


class Value(Immutable):
    """Be a part of the content that can be written down."""

    __slots__ = ()
    __attrs_attrs__: ClassVar[Any]

    def to_dict(self) -> dict[str, Any]:
        """Give the authored fields as JSON has them, defaults left out."""
        return {
            field.name: plain(value)
            for field in self.__attrs_attrs__
            if field.name != "_view"
            and (value := getattr(self, field.name)) != field.default
        }


def plain(value: Any) -> Any:
    """Give a value as JSON has it; a text of a view with its language."""
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, Value):
        return value.to_dict()
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Text):
        same = (value.origin, value.requested) == ("base", value.lang)
        return str(value) if same else value.to_dict()
    return value


@attrs.frozen(kw_only=True)
class Member(Value):
    """Belong to a knowledge base, or to none."""

    #: The fields that hold more such objects.
    _parts: ClassVar[tuple[str, ...]] = ()
    _view: View | None = attrs.field(
        default=None, eq=False, repr=False, alias="_view"
    )

    def _bound(self) -> View:
        if self._view is None:
            message = (
                f"this {type(self).__name__} was made by hand and belongs to "
                "no knowledge base: take it from one to follow its relations"
            )
            raise UnboundRecord(message)
        return self._view

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by value; of knowledge bases only the bundled one follows."""
        view = self._view
        if view is not None and not view.is_bundled:
            view = None
        kind: Kind | None = getattr(self, "record_kind", None)
        if view is not None and kind is not None:
            return _look_up, (view, kind, getattr(self, "id"))  # noqa: B009
        fields = (field.name for field in self.__attrs_attrs__)
        values = {name: getattr(self, name) for name in fields}
        return _rebuild, (type(self), values | {"_view": view})


def _look_up(view: View, kind: Kind, id: str) -> Any:
    return view.table(kind)[id]


def _rebuild(cls: type[_M], values: dict[str, Any]) -> _M:
    return cls(**values)


_set_view: Final = Member.__dict__["_view"].__set__


def bind(member: _M, view: View) -> _M:
    """Take an object, with all that it holds, into a knowledge base.

    What was just made comes itself. What is in a knowledge base stays there,
    and a copy comes.
    """
    if member._view is None:  # noqa: SLF001  # here, as those below
        for name in member._parts:  # noqa: SLF001
            for part in getattr(member, name):
                bind(part, view)
        _set_view(member, view)
        return member
    changes: dict[str, Any] = {"_view": view}
    for name in member._parts:  # noqa: SLF001
        parts = getattr(member, name)
        changes[name] = tuple([bind(part, view) for part in parts])
    return attrs.evolve(member, **changes)


@attrs.frozen(kw_only=True)
class Synonym(Value):
    """Give another name of a record.

    Attributes:
        code: which code of the record has this name as its official label in
            the language, if one has.
    """

    text: Text
    type: SynonymType
    code: str | None = None


@attrs.frozen(kw_only=True)
class Code(Value):
    """Name a record's concept in a public code system.

    Attributes:
        system: canonical URI of the code system.
        match: how the *code* relates to the *record*: ``broad`` says that
            the code means more than the record does.
        licence: under which terms the code and its display may be used.
        verified_in: the release in which code and display were seen.
        note: what else has to be known to use the code, if anything.
    """

    system: str
    code: str
    display: str
    match: Match
    licence: str
    verified_in: str
    note: str | None = None


@attrs.frozen(kw_only=True)
class Citation(Member):
    """Point to the place in a source that bears out a sentence.

    Attributes:
        section: a section of the source, as the source record lists them;
            none where the source was cited as a whole.
        read_as: how much of the source was read to write the sentence; none
            where that is not recorded.
    """

    source_id: str
    section: str | None = None
    read_as: ReadAs | None = None

    @property
    def source(self) -> Source:
        """Look up the source itself."""
        source: Source = self._bound().table("source")[self.source_id]
        return source


@attrs.frozen(kw_only=True)
class Caution(Member):
    """Say that another source limits or contradicts a statement.

    No caution was medically reviewed.

    Attributes:
        id: the id of the statement, a slash and a slug.
        kind: ``conflicts`` where the other source says otherwise, ``nuance``
            where it says more.
        safety: whether harm may come to a reader who misses it.
        original: the words in the base language, which stand beside the
            draft translation of a safety caution; never in a file.
    """

    _parts: ClassVar[tuple[str, ...]] = ("citations",)

    id: str
    kind: CautionKind
    text: Text
    safety: bool = False
    citations: tuple[Citation, ...]
    original: Text | None = None

    @property
    def ref(self) -> str:
        """Give the id, which is what `KnowledgeBase.check_refs` takes."""
        return self.id

    def __str__(self) -> str:
        """Show the caution with a word, in its language, for what it is."""
        from .words import Words  # few need them

        word = Words(self.text.lang).label(
            "safety" if self.safety else "caution"
        )
        beside = f" [{self.original}]" if self.original else ""
        return f"{word} {self.text}{beside}"


@attrs.frozen(kw_only=True)
class Statement(Member):
    """Say one thing, with the sources that bear it out.

    ``str()`` of a statement includes its cautions. Its bare `text` does not:
    whoever shows that must show each of `cautions` beside it.

    Attributes:
        id: folder of the kind, record and slug, joined by slashes.
        text: one or two sentences, without the cautions.
        aspect: what the statement is about.
        origin: ``local`` where an overlay added or replaced it.
    """

    record_kind: ClassVar[Kind] = "statement"
    _parts: ClassVar[tuple[str, ...]] = ("citations", "cautions")

    id: str
    text: Text
    aspect: Aspect
    citations: tuple[Citation, ...]
    cautions: tuple[Caution, ...] = ()
    origin: Origin = "base"

    @property
    def ref(self) -> str:
        """Give the id, which is what `KnowledgeBase.check_refs` takes."""
        return self.id

    @property
    def record(self) -> Record:
        """Look up the record that the statement belongs to."""
        view = self._bound()
        folder, record_id, _ = self.id.split("/")
        record: Record = view.table(KINDS[folder])[record_id]
        return record

    @property
    def is_disputed(self) -> bool:
        """Tell whether a source that one of the cautions cites contradicts it.

        The other cautions limit it, or say more.
        """
        return any(caution.kind == "conflicts" for caution in self.cautions)

    @property
    def source_ids(self) -> frozenset[str]:
        """Gather the ids of all sources cited, by the cautions too."""
        cited = [*self.citations]
        for caution in self.cautions:
            cited.extend(caution.citations)
        return frozenset(citation.source_id for citation in cited)

    def __str__(self) -> str:
        """Show the text and, each on a line of its own, the cautions."""
        return "\n".join([self.text, *map(str, self.cautions)])


@attrs.frozen(kw_only=True)
class Notice(Member):
    """Say what whoever shows the content has to show with it."""

    record_kind: ClassVar[Kind] = "notice"
    _parts: ClassVar[tuple[str, ...]] = ("citations",)

    id: str
    position: int = 0
    kind: NoticeKind
    text: Text
    citations: tuple[Citation, ...] = ()

    @property
    def ref(self) -> str:
        """Give folder and id, as `KnowledgeBase.check_refs` takes them."""
        return f"notices/{self.id}"


@attrs.frozen(kw_only=True)
class Event(Member):
    """Say what happened to an id: its history, from which nothing goes away.

    Attributes:
        subject: the path of what it happened to: folder and id of a record or
            notice, or the id of a statement or caution.
        fate: whether its words were ``edited``, or it was ``moved``,
            ``split`` or ``withdrawn``, and so retired.
        since: the version of the content that did it.
        significance: how much an edit matters, as its author declares.
        targets: the paths of what took over, if it was moved or split.
        reason: why, for whoever used it.
        harm: how a reader who still sees what was withdrawn may come to harm.
    """

    record_kind: ClassVar[Kind] = "event"

    id: str
    position: int = 0
    subject: str
    fate: Fate
    since: str
    significance: Significance | None = None
    targets: tuple[str, ...] = ()
    reason: Text
    harm: Text | None = None


@attrs.frozen(kw_only=True)
class RecordLink(Value):
    """Join a record to another one, by id.

    Attributes:
        id: the other record; its kind follows from the field.
        statements: ids of the statements that bear the link out.
    """

    id: str
    statements: tuple[str, ...]


@attrs.frozen(kw_only=True)
class MonitoringLink(RecordLink):
    """Join a condition to a test, and say when the test is made."""

    timing: Timing


@attrs.frozen(kw_only=True)
class Manifest(Value):
    """Say what a body of content is.

    Attributes:
        schema_version: the shape of the data.
        content_version: the version of the text.
        released: the day on which that was released, once it was.
        locale: the language that the records are written in.
        licence: SPDX id of the licence of the prose.
        counts: how many there are of each kind, by the name of its folder,
            and of statements and cautions.
        files: the digest of each other file, by its path. Both are there
            once ``salvage-kb fmt`` has written them.
    """

    schema_version: int
    content_version: str
    released: date | None = None
    locale: str
    direction: Direction = "ltr"
    licence: str
    counts: Mapping[str, int] = attrs.field(default=_EMPTY, hash=False)
    files: Mapping[str, str] = attrs.field(default=_EMPTY, hash=False)


@attrs.frozen(kw_only=True)
class LocaleInfo(Value):
    """Say what a translation of the content is.

    Attributes:
        locale: the language, as a BCP 47 tag.
        name: what the language calls itself.
        translated_by: who wrote it, such as ``machine``.
        reviewed_by: who checked it, if anybody did.
    """

    locale: str
    name: str
    direction: Direction = "ltr"
    translated_by: str
    reviewed_by: str | None = None


@attrs.frozen(kw_only=True)
class Translation(Value):
    """Hold the translation of one text.

    Attributes:
        source: the words in the base language that it translates.
    """

    source: str
    text: str
    status: TranslationStatus


@attrs.frozen(kw_only=True)
class OwnSynonym(Value):
    """Give a name that people use in one language, and that translates none.

    Attributes:
        code: which code of the record has this name as its official label in
            the language, if one has.
    """

    text: str
    type: SynonymType
    status: TranslationStatus
    code: str | None = None


@attrs.frozen(kw_only=True)
class PackFile(Value):
    """Hold the translations of one record, by the keys of its texts.

    Attributes:
        synonyms: names that the language has besides the translated ones.
    """

    id: str
    texts: Mapping[str, Translation]
    synonyms: tuple[OwnSynonym, ...] = ()


@attrs.frozen(kw_only=True)
class Imprint(Value):
    """Say what has to stand wherever the content is shown or exported."""

    content_version: str
    locale: str
    licence: str
    notices: tuple[Notice, ...]
