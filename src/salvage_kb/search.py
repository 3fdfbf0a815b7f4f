"""Hold what a search finds."""

from __future__ import annotations

from typing import (
    TYPE_CHECKING,
    Any,
    Generic,
    Literal,
    NamedTuple,
    TypeAlias,
    TypeVar,
)

from .model import plain
from .records import Record

if TYPE_CHECKING:
    from .model import Caution, Statement
    from .text import Text

_R = TypeVar("_R", bound=Record)

#: Where a hit was found.
Field: TypeAlias = Literal[
    "name", "clinical_term", "synonym", "statement", "caution"
]


class Hit(NamedTuple, Generic[_R]):
    """Say which record was found, how well, and by what.

    Attributes:
        score: the higher, the better; to compare within one search only.
        text: the text that matched best, in its language.
        field: what that text is. In a view, names of the base language are
            synonyms, whose text says its language.
        words: the words of the query that were found in it.
        statement: the statement that matched, with its cautions, or whose
            caution did; none if a name did.
    """

    record: _R
    score: float
    text: Text
    field: Field
    words: tuple[str, ...]
    statement: Statement | None

    @property
    def cautions(self) -> tuple[Caution, ...]:
        """Give the cautions of what matched: to be shown with it."""
        return self.statement.cautions if self.statement else ()

    def to_dict(self) -> dict[str, Any]:
        """Give the hit as plain data, a statement with its cautions."""
        return {
            "kind": self.record.record_kind,
            "id": self.record.id,
            "name": plain(self.record.name),
            "score": round(self.score, 4),
            "field": self.field,
            "text": plain(self.text),
            "lang": self.text.lang,
            "words": list(self.words),
            "statement": self.statement and self.statement.to_dict(),
        }

    def __str__(self) -> str:
        """Show the name and what was found, a statement with its cautions."""
        found = self.text if self.statement is None else self.statement
        name = self.record.name
        return f"{name}: {found}" if found != name else str(name)
