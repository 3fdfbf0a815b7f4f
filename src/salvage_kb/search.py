"""Find records by what people type, offline, in any language."""

from __future__ import annotations

import math
import unicodedata
from bisect import bisect_right
from collections import defaultdict
from typing import (
    TYPE_CHECKING,
    Any,
    Final,
    Generic,
    Literal,
    NamedTuple,
    TypeAlias,
    TypeVar,
)

from .folding import UNSPACED, UNSPACED_ONE, fold, without_article
from .model import plain
from .records import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .model import Caution, Statement
    from .text import Text

_R = TypeVar("_R", bound=Record)

#: Where a hit was found.
Field: TypeAlias = Literal["name", "clinical_term", "synonym", "statement"]
#: What a match there is worth.
_WORTH: Final[dict[Field, float]] = {
    "name": 4.0,
    "clinical_term": 4.0,
    "synonym": 3.5,
    "statement": 1.0,
}
#: No query needs to be longer.
_LONGEST: Final = 200
#: Words shorter than that must be typed right, and are no beginnings.
_TYPED: Final = 4
_BEGUN: Final = 3
#: What a beginning, and a typing error, are worth beside the whole word.
_PREFIX: Final = 0.6
_WHOLE: Final = 0.2
_TYPO: Final = 0.5
_LIKE: Final = 0.78
_SOURCE: Final = 0.3


class Hit(NamedTuple, Generic[_R]):
    """Say which record was found, how well, and by what.

    Attributes:
        score: the higher, the better; to compare within one search only.
        text: the text that matched best, in its language.
        field: what that text is.
        words: the words of the query that were found in it.
        statement: the statement that matched, with its cautions; none if
            a name did.
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


class _Doc(NamedTuple):
    record: Record
    field: Field
    text: Text
    statement: Statement | None
    size: float


def words_of(text: str) -> list[str]:
    """Split folded text into words, unspaced scripts into pairs."""
    found: list[str] = []
    letters = (
        char if unicodedata.category(char)[0] in "LMN" else " "
        for char in fold(text)
    )
    for word in "".join(letters).split():
        at = 0
        for run in UNSPACED.finditer(word):
            found.extend(filter(None, [word[at : run.start()]]))
            found.extend(_pairs(run[0]))
            at = run.end()
        found.extend(filter(None, [without_article(word[at:])]))
    return found


def _pairs(run: str) -> list[str]:
    if len(run) == 1:
        return [run]
    return [run[i : i + 2] for i in range(len(run) - 1)]


class Index:
    """Hold which words stand in which texts of some records."""

    def __init__(self, records: Iterable[Record]) -> None:
        self.docs: list[_Doc] = []
        self.found: dict[str, set[int]] = defaultdict(set)
        self.names: set[str] = set()
        for record in records:
            for field, text, statement in _texts(record):
                words = set(words_of(text))
                if field != "statement":
                    self.names |= words
                for word in words:
                    self.found[word].add(len(self.docs))
                size = float(len(words))
                doc = _Doc(record, field, text, statement, size)
                self.docs.append(doc)
        self.known: list[str] = sorted(self.found)

    def rarity(self, word: str) -> float:
        """Tell how much a word says: the fewer texts have it, the more."""
        return math.log(1 + len(self.docs) / (1 + len(self.found[word])))

    def search(self, query: str) -> list[Hit[Any]]:
        """Rank the records, each with the text that matched best."""
        query = query[:_LONGEST]
        alone = self.names.intersection(UNSPACED_ONE.findall(fold(query)))
        typed = [*dict.fromkeys((*words_of(query), *sorted(alone)))]
        scores: dict[int, dict[str, float]] = defaultdict(dict)
        weights = {word: self._weight(word) for word in typed}
        for word in typed:
            for known, quality in self._alike(word):
                for at in self.found[known]:
                    worth = quality * weights[word]
                    scores[at][word] = max(worth, scores[at].get(word, 0.0))
        total = sum(weights.values())
        best: dict[tuple[str, str], Hit[Any]] = {}
        extra: defaultdict[tuple[str, str], float] = defaultdict(float)
        for at, matched in scores.items():
            hit = self._hit(self.docs[at], matched, total)
            key = hit.record.key
            extra[key] += hit.score
            if key not in best or best[key].score < hit.score:
                best[key] = hit
        ranked = [
            hit._replace(score=hit.score + 0.05 * (extra[key] - hit.score))
            for key, hit in best.items()
        ]
        return sorted(ranked, key=lambda hit: -hit.score)

    def _weight(self, word: str) -> float:
        """Weigh a word by the commonest that it may stand for."""
        likes = [self.rarity(known) for known, _ in self._alike(word)]
        return min(likes, default=math.log(1 + len(self.docs)))

    def _alike(self, word: str) -> Iterator[tuple[str, float]]:
        """Go through known words that the typed one may mean."""
        found = False
        if word in self.found:
            found = True
            yield word, 1.0
        if len(word) < _BEGUN:
            return
        for known in self._begun(word):
            found = True
            shorter, longer = sorted((len(known), len(word)))
            yield known, _WHOLE + _PREFIX * shorter / longer
        if not found and len(word) >= _TYPED:
            from difflib import get_close_matches  # few make a mistake

            for known in get_close_matches(word, self.names, 3, _LIKE):
                yield known, _TYPO

    def _begun(self, word: str) -> Iterator[str]:
        """Go through known words that begin with it, or it with them."""
        for size in range(max(_TYPED, len(word) * 2 // 3), len(word)):
            if word[:size] in self.found:
                yield word[:size]
        for at in range(bisect_right(self.known, word), len(self.known)):
            if not self.known[at].startswith(word):
                break
            yield self.known[at]

    def _hit(
        self, doc: _Doc, matched: dict[str, float], total: float
    ) -> Hit[Any]:
        gained = sum(matched.values())
        covered = gained / total
        filled = min(1.0, len(matched) / doc.size) if doc.size else 0.0
        if doc.field == "statement":
            filled = 0.5
        score = _WORTH[doc.field] * covered * (0.5 + 0.5 * filled)
        if doc.record.record_kind == "source":  # works come last
            score *= _SOURCE
        words = tuple(matched)
        return Hit(
            doc.record, score, doc.text, doc.field, words, doc.statement
        )


def _texts(
    record: Record,
) -> Iterator[tuple[Field, Text, Statement | None]]:
    yield "name", record.name, None
    term = getattr(record, "clinical_term", None)
    if term is not None:
        yield "clinical_term", term, None
    for synonym in record.synonyms:
        yield "synonym", synonym.text, None
    for statement in record.statements:
        yield "statement", statement.text, statement
