"""Say what records are as pydantic models, to give out as JSON."""

from datetime import date
from typing import Any, ClassVar, Final

from pydantic import BaseModel, ConfigDict, model_validator

from salvage_kb import kinds, model, records, vocabulary
from salvage_kb.collection import Collection
from salvage_kb.knowledge_base import KnowledgeBase
from salvage_kb.locales import texts_of
from salvage_kb.text import Direction, Text, TextStatus

from ._views import home, in_view

#: The collection of each class of what has an id.
COLLECTIONS: Final[dict[Any, type[Collection[Any]]]] = {
    records.Condition: kinds.Conditions,
    records.Modality: kinds.Modalities,
    records.SideEffect: kinds.SideEffects,
    records.MonitoringTest: kinds.MonitoringTests,
    records.Topic: kinds.Topics,
    records.Source: kinds.Sources,
    model.Statement: kinds.Statements,
}


class _Out(BaseModel):
    """Be made of a part of the content, by ``model_validate``."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        frozen=True, from_attributes=True
    )

    @model_validator(mode="before")
    @classmethod
    def _of(cls, value: Any) -> Any:
        if isinstance(value, Text):
            return value.to_dict()
        if isinstance(value, model.Citation):
            return _cited(value)
        return _told(value) if isinstance(value, records.Record) else value


class Words(_Out):
    """Words, with their language and how far they were checked."""

    text: str
    lang: str
    dir: Direction
    status: TextStatus
    stale: bool
    is_fallback: bool


class CitationOut(_Out):
    """The place in a source that bears out a sentence."""

    source_id: str
    title: Words
    url: str | None
    section: str | None
    read_as: vocabulary.ReadAs | None


class CautionOut(_Out):
    """What another source adds to a statement, or has against it.

    No caution was medically reviewed. `original` is the text in the base
    language, beside the draft translation of a safety caution.
    """

    id: str
    kind: vocabulary.CautionKind
    safety: bool
    text: Words
    original: Words | None
    citations: tuple[CitationOut, ...]


class StatementOut(_Out):
    """A statement. Whoever shows its text shows all its cautions beside it."""

    id: str
    aspect: vocabulary.Aspect
    origin: vocabulary.Origin
    text: Words
    cautions: tuple[CautionOut, ...]
    citations: tuple[CitationOut, ...]


class SourceReviewOut(_Out):
    """Who medically reviewed a source, and when. It was not our text."""

    source_id: str
    reviewer: str
    reviewed_on: date


class TextReviewOut(_Out):
    """Who signed our text as it is now, and until when that holds."""

    reviewer: str
    credential: str
    signed_on: date
    due_on: date


class ReviewOut(_Out):
    """Two reviews, kept apart: of the source, and of our own text.

    Without a `signature` nobody has reviewed our text.
    """

    source_review: SourceReviewOut | None
    signature: TextReviewOut | None


class NoticeOut(_Out):
    """What has to be shown wherever the content is shown."""

    id: str
    kind: vocabulary.NoticeKind
    text: Words
    citations: tuple[CitationOut, ...]


class RecordOut(_Out):
    """A record with all that belongs beside it."""

    kind: vocabulary.Kind
    id: str
    name: Words
    clinical_term: Words | None
    origin: vocabulary.Origin
    summary_id: str | None
    statements: tuple[StatementOut, ...]
    review: ReviewOut
    notices: tuple[NoticeOut, ...]
    content_version: str
    licence: str
    locale: str
    translated_by: str | None


def record_out(kb: KnowledgeBase, record: records.Record) -> RecordOut:
    """Tell all about a record, in the language and by the policy of a view.

    The content stays that which the record is from.

    Raises:
        LocaleError: by the policy it cannot be shown.
        UnboundRecord: it was made by hand.
    """
    records.check_record("record_out", record)
    return RecordOut.model_validate(in_view(kb, record))


def _cited(it: model.Citation) -> dict[str, Any]:
    return {
        "source_id": it.source_id,
        "title": it.source.title,
        "url": it.source.url,
        "section": it.section,
        "read_as": it.read_as,
    }


def _told(record: records.Record) -> dict[str, Any]:
    view, summary = home(record), record.summary
    told = {
        "kind": record.record_kind,
        "clinical_term": getattr(record, "clinical_term", None),
        "summary_id": summary and summary.id,
        "translated_by": _translator(view, record),
    }
    for name in ("id", "name", "origin", "statements", "review"):
        told[name] = getattr(record, name)
    for name in ("notices", "content_version", "licence", "locale"):
        told[name] = getattr(view.imprint, name)
    return told


def _translator(view: KnowledgeBase, record: records.Record) -> str | None:
    texts = [text for _, text in texts_of(record)]
    texts += (it.text for it in view.notices)
    pack = view.pack
    if pack and any(it.lang == pack.locale for it in texts):
        return pack.translated_by
    return None
