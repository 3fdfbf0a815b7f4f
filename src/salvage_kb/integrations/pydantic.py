"""Let pydantic know the content: records by id, and models to give out.

FastAPI takes both as they are.
"""

from functools import partial
from typing import Annotated, Any, Literal, TypeAlias

import attrs

from salvage_kb.collection import Collection
from salvage_kb.errors import RetiredId, UnknownId
from salvage_kb.knowledge_base import BUNDLED, KnowledgeBase
from salvage_kb.records import (
    Condition,
    Modality,
    MonitoringTest,
    SideEffect,
    Source,
    Topic,
)
from salvage_kb.retirement import heirs

try:
    from pydantic_core import (
        PydanticCustomError,
        PydanticKnownError,
        core_schema,
    )

    from ._pydantic_out import (
        COLLECTIONS,
        CautionOut,
        CitationOut,
        NoticeOut,
        RecordOut,
        ReviewOut,
        SourceReviewOut,
        StatementOut,
        TextReviewOut,
        Words,
        record_out,
    )
except ModuleNotFoundError as _error:
    _message = "this needs an extra: pip install 'salvage-kb[pydantic]'"
    raise ImportError(_message) from _error

__all__ = [
    "ById",
    "CautionOut",
    "CitationOut",
    "ConditionField",
    "ModalityField",
    "MonitoringTestField",
    "NoticeOut",
    "RecordOut",
    "ReviewOut",
    "SideEffectField",
    "SourceField",
    "SourceReviewOut",
    "StatementOut",
    "TextReviewOut",
    "TopicField",
    "Words",
    "record_out",
]


@attrs.frozen
class ById:
    """Take a record or its id into a field, and give out the id.

    Write ``Annotated[Condition, ById()]``, or `ConditionField`. Statements
    work as well.

    Attributes:
        kb: the content that the ids are of, or a view of it; without one,
            the content that comes with the package.
    """

    kb: KnowledgeBase | None = None

    def __get_pydantic_core_schema__(
        self, source: Any, _: object
    ) -> core_schema.CoreSchema:
        if source not in COLLECTIONS:
            message = (
                f"ById() goes with one kind of record, not {source!r:.90}; "
                "what else may be there stands outside, as in "
                "Annotated[Condition, ById()] | None"
            )
            raise TypeError(message)
        kb = BUNDLED if self.kb is None else self.kb
        known = COLLECTIONS[source](kb)  # reads nothing yet
        return core_schema.no_info_plain_validator_function(
            partial(_find, source, known),
            metadata={"salvage_kb": known},
            serialization=core_schema.plain_serializer_function_ser_schema(
                _id_of, return_schema=core_schema.str_schema()
            ),
        )

    def __get_pydantic_json_schema__(
        self, schema: Any, _: object
    ) -> dict[str, Any]:
        known = schema["metadata"]["salvage_kb"]
        return {"type": "string", "enum": list(known.ids)}


def _id_of(value: Any) -> Any:
    """Give the id of a record; a default that nobody looked up is one."""
    return getattr(value, "id", value)


def _find(cls: type[Any], known: Collection[Any], value: Any) -> Any:
    """Look up an id; a record stays what it is, if its id is known."""
    if not isinstance(value, (str, cls)):
        raise PydanticKnownError("string_type")
    try:
        found = known[_id_of(value)]
    except UnknownId as error:
        raise _complaint(error) from None
    return value if isinstance(value, cls) else found


def _complaint(error: UnknownId) -> PydanticCustomError:
    facts: dict[str, Any] = {"kind": error.kind, "id": error.id}
    if isinstance(error, RetiredId):
        name: Literal["retired", "unknown"] = "retired"
        fate = error.resolution
        facts |= {"fate": type(fate).__name__.lower(), "since": fate.since}
        facts |= {"targets": list(heirs(fate)), "reason": str(fate.reason)}
    else:
        name = "unknown"
        facts["suggestions"] = list(error.suggestions)
    facts["message"] = str(error)  # last: what is in it is not replaced
    return PydanticCustomError(f"salvage_kb_{name}_id", "{message}", facts)


ConditionField: TypeAlias = Annotated[Condition, ById()]
ModalityField: TypeAlias = Annotated[Modality, ById()]
SideEffectField: TypeAlias = Annotated[SideEffect, ById()]
MonitoringTestField: TypeAlias = Annotated[MonitoringTest, ById()]
TopicField: TypeAlias = Annotated[Topic, ById()]
SourceField: TypeAlias = Annotated[Source, ById()]
