"""Hold the six kinds of records and the relations between them."""

from __future__ import annotations

from collections.abc import Mapping  # the codec reads the annotations
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Self

import attrs

from .errors import LocaleError, NotLinked, UnknownId
from .integrity import digest
from .model import (
    Citation,
    Code,
    Member,
    MonitoringLink,
    RecordLink,
    Statement,
    Synonym,
)
from .review import (
    Review,
    SourceReview,
    TextReview,  # the codec reads the annotations
)
from .text import Text  # the codec reads the annotations
from .vocabulary import (
    FOLDERS,
    Aspect,
    BodySystem,
    Category,
    Fallback,
    Key,
    Kind,
    ModalityKind,
    Origin,
    Stale,
    Timing,
    TranslationStatus,
    check_choice,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .kinds import (
        Conditions,
        Modalities,
        MonitoringTests,
        SideEffects,
    )
    from .model import View

_KIND_ORDER = tuple(FOLDERS)


def _link_order(key: Key) -> tuple[int, str]:
    return _KIND_ORDER.index(key[0]), key[1]


@attrs.frozen(kw_only=True, repr=False)
class Record(Member):
    """Hold what all kinds of records have in common.

    Attributes:
        position: place in the editorial order; equal places go by id.
        codes: the record's concept in public code systems.
        text_review: see `review`.
        origin: ``local`` where an overlay added or replaced it.
    """

    record_kind: ClassVar[Kind]
    #: The fields that hold links, and the kinds that these lead to.
    link_fields: ClassVar[Mapping[str, Kind]] = MappingProxyType({})
    _parts: ClassVar[tuple[str, ...]] = ("statements",)

    id: str
    name: Text
    position: int = 0
    synonyms: tuple[Synonym, ...] = ()
    statements: tuple[Statement, ...] = ()
    codes: tuple[Code, ...] = ()
    text_review: TextReview | None = None
    origin: Origin = "base"

    @property
    def key(self) -> Key:
        """Give kind and id, which together name the record."""
        return self.record_kind, self.id

    @property
    def ref(self) -> str:
        """Give folder and id, as `KnowledgeBase.check_refs` takes them."""
        return f"{FOLDERS[self.record_kind]}/{self.id}"

    @property
    def summary(self) -> Statement | None:
        """Pick the statement that says best what this is, if there is one."""
        return None

    @property
    def review(self) -> Review:
        """Tell who reviewed the sources, and who reviewed our text."""
        reviews = [source.source_review for source in self._sources()]
        known = [review for review in reviews if review is not None]
        oldest = min(known, key=lambda it: it.reviewed_on, default=None)
        return Review(
            source_review=oldest if len(known) == len(reviews) else None,
            text_review=self.text_review,
            digest=self.text_digest if self.text_review else None,
        )

    @property
    def text_digest(self) -> str:
        """Digest what a reviewer signs: the words, with all cautions.

        The place in the order, codes, links and the signature do not count,
        nor does which language was asked for, where it was not to be had.
        """
        skipped = {"position", "codes", "text_review", *self.link_fields}
        fields = self.to_dict().items()
        return digest({k: _bare(v) for k, v in fields if k not in skipped})

    def _sources(self) -> tuple[Source, ...]:
        cited = (c for s in self.statements for c in s.citations)
        return tuple({c.source_id: c.source for c in cited}.values())

    def localized(
        self,
        tag: str,
        *,
        fallback: Fallback = "allow",
        min_status: TranslationStatus = "draft",
        stale: Stale = "show",
    ) -> Self:
        """Give the same record in another language.

        See `KnowledgeBase.localized`.

        Raises:
            LocaleError: the tag is none, or by the policy the record cannot
                be shown.
        """
        view = self._bound().localized(
            tag, fallback=fallback, min_status=min_status, stale=stale
        )
        table = view.table(self.record_kind)
        if self.id not in table:
            raise LocaleError(tag, f"{self.id} has no translation to show")
        found: Self = table[self.id]
        return found

    def by_aspect(self, aspect: Aspect) -> tuple[Statement, ...]:
        """Pick the statements about one aspect, in their order."""
        check_choice("the aspect", aspect, Aspect)
        return tuple(s for s in self.statements if s.aspect == aspect)

    @property
    def disputed(self) -> tuple[Statement, ...]:
        """Pick the statements that another source contradicts."""
        return tuple(s for s in self.statements if s.is_disputed)

    def link(self, other: Record) -> Link:
        """Say why two records are linked.

        Raises:
            NotLinked: no statement joins the two.
        """
        view = self._bound()
        check_record("link", other, view)
        found = view.neighbors(self.key).get(other.key)
        if found is None:
            raise NotLinked(self.key, other.key)
        keys = sorted((self.key, other.key), key=_link_order)
        first, second = (view.table(kind)[id] for kind, id in keys)
        table = view.table("statement")
        return Link(
            records=(first, second),
            statements=tuple(table[id] for id in found.statements),
            timing=getattr(found, "timing", None),
        )

    def authored_links(self) -> Iterator[tuple[str, Kind, RecordLink]]:
        """Go through the links in the file: JSON path, kind it leads to."""
        for name, kind in self.link_fields.items():
            held = getattr(self, name)
            if isinstance(held, tuple):
                for index, link in enumerate(held):
                    yield f"$.{name}[{index}]", kind, link
            elif held is not None:
                yield f"$.{name}", kind, held

    def __repr__(self) -> str:
        """Show what it is, not all that it says."""
        return f"{type(self).__name__}(id={self.id!r}, name={self.name!r})"


def _bare(value: Any) -> Any:
    """Give plain data with the words alone, where they are the base ones."""
    if isinstance(value, list):
        return [_bare(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("origin") == "base" and "requested" in value:
        return value["text"]
    return {key: _bare(item) for key, item in value.items()}


def check_record(name: str, value: object, view: View | None = None) -> None:
    """Refuse what is no record, such as an id, or is of other content."""
    if not isinstance(value, Record):
        message = f"{name}() takes a record, not {value!r:.50}"
        raise TypeError(message)
    if view is not None and not view.shares(value._bound()):  # noqa: SLF001  # ours
        message = (
            f"{name}() takes a record of the same content: "
            f"{value!r:.50} is of another"
        )
        raise TypeError(message)


@attrs.frozen(kw_only=True)
class Link:
    """Say why two records are linked: which statements join them.

    Attributes:
        records: the two, a condition before anything else.
        timing: when the test is made; none for links without a test.
    """

    records: tuple[Record, Record]
    statements: tuple[Statement, ...]
    timing: Timing | None = None

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Gather what the statements cite, each place once."""
        cited = (c for s in self.statements for c in s.citations)
        return tuple(dict.fromkeys(cited))


@attrs.frozen(kw_only=True, repr=False)
class Source(Record):
    """Describe a work that statements come from.

    Attributes:
        name: the title of the work.
        publisher: who published it.
        url: where it is; none where the address is not known.
        published: year, year-month or date, as far as it is known.
        reviewer: who medically reviewed the work, not our text.
        reviewed_on: when the work was last reviewed.
        dated: what the work says of its date where no date can be had.
        licence: under which terms it stands, as far as it says.
        filed_under: the publisher's own sections for it, widest first.
        sections: the places in it that citations may point to.
    """

    record_kind: ClassVar[Kind] = "source"

    publisher: str
    url: str | None = None
    published: str | None = None
    reviewer: str | None = None
    reviewed_on: date | None = None
    dated: str | None = None
    licence: str
    filed_under: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()

    @property
    def title(self) -> Text:
        """Give the title, which is also the name."""
        return self.name

    @property
    def source_review(self) -> SourceReview | None:
        """Tell who reviewed this work and when, if both are recorded."""
        if self.reviewer is None or self.reviewed_on is None:
            return None
        return SourceReview(
            source_id=self.id,
            reviewer=self.reviewer,
            reviewed_on=self.reviewed_on,
        )

    @property
    def cited_by(self) -> tuple[Statement, ...]:
        """Find the statements that cite this work, or whose cautions do."""
        statements = self._bound().table("statement").values()
        return tuple(s for s in statements if self.id in s.source_ids)

    def _sources(self) -> tuple[Source, ...]:
        return (self,)


@attrs.frozen(kw_only=True, repr=False)
class _Subject(Record):
    """Hold what the kinds that have something to say have in common."""

    summary_id: str

    @property
    def summary(self) -> Statement:
        """Pick the statement that says best what this is."""
        return self._own(self.summary_id)

    def _own(self, id: str) -> Statement:
        for statement in self.statements:
            if statement.id == id:
                return statement
        raise UnknownId.among("statement", id, [s.id for s in self.statements])


@attrs.frozen(kw_only=True, repr=False)
class Condition(_Subject):
    """Describe a disease or state in which salvage therapy is used."""

    record_kind: ClassVar[Kind] = "condition"
    link_fields: ClassVar[Mapping[str, Kind]] = MappingProxyType(
        {
            "modality_links": "modality",
            "side_effect_links": "side_effect",
            "monitoring_links": "monitoring_test",
        }
    )

    category: Category
    modality_links: tuple[RecordLink, ...] = ()
    side_effect_links: tuple[RecordLink, ...] = ()
    monitoring_links: tuple[MonitoringLink, ...] = ()

    @property
    def modalities(self) -> Modalities:
        """Find the ways of treating it."""
        return self._bound().modalities.linked_to(self)

    @property
    def side_effects(self) -> SideEffects:
        """Find the unwanted effects that its salvage therapy may have."""
        return self._bound().side_effects.linked_to(self)

    @property
    def monitoring_tests(self) -> MonitoringTests:
        """Find the tests made before, during or after the therapy."""
        return self._bound().monitoring_tests.linked_to(self)


@attrs.frozen(kw_only=True, repr=False)
class Modality(_Subject):
    """Describe a way of treating.

    Attributes:
        broader_link: to the wider way of treating that this one is part of.
    """

    record_kind: ClassVar[Kind] = "modality"
    link_fields: ClassVar[Mapping[str, Kind]] = MappingProxyType(
        {"broader_link": "modality"}
    )

    kind: ModalityKind
    broader_link: RecordLink | None = None

    @property
    def broader(self) -> Modality | None:
        """Look up the wider way of treating that this one is part of."""
        if self.broader_link is None:
            return None
        return self._bound().modalities[self.broader_link.id]

    @property
    def narrower(self) -> Modalities:
        """Find the ways of treating that are directly part of this one."""
        return self._bound().modalities.where(broader=self)

    @property
    def conditions(self) -> Conditions:
        """Find the conditions that the content links to exactly this."""
        return self._bound().conditions.linked_to(self)


@attrs.frozen(kw_only=True, repr=False)
class SideEffect(_Subject):
    """Describe an unwanted effect, under its plain name.

    Attributes:
        clinical_term: what clinicians call it, where that differs.
    """

    record_kind: ClassVar[Kind] = "side_effect"

    clinical_term: Text | None = None
    body_system: BodySystem

    @property
    def conditions(self) -> Conditions:
        """Find the conditions whose salvage therapy may have this effect."""
        return self._bound().conditions.linked_to(self)


@attrs.frozen(kw_only=True, repr=False)
class MonitoringTest(_Subject):
    """Describe a test. When it is made stands on the link to a condition."""

    record_kind: ClassVar[Kind] = "monitoring_test"

    measures_id: str
    why_id: str

    @property
    def measures(self) -> Statement:
        """Pick the statement that says what the test shows."""
        return self._own(self.measures_id)

    @property
    def why(self) -> Statement:
        """Pick the statement that says why the test is made."""
        return self._own(self.why_id)

    @property
    def conditions(self) -> Conditions:
        """Find the conditions for which the test is made."""
        return self._bound().conditions.linked_to(self)


@attrs.frozen(kw_only=True, repr=False)
class Topic(_Subject):
    """Tell about salvage therapy in general, statement after statement."""

    record_kind: ClassVar[Kind] = "topic"
