"""Find records by what people type, offline, in any language."""

from __future__ import annotations

import math
import unicodedata
from array import array
from bisect import bisect_right
from collections import defaultdict
from functools import partial
from heapq import nsmallest
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from .folding import UNSPACED, UNSPACED_ONE, fold, without_article
from .search import Hit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from .model import Statement
    from .records import Record
    from .search import Field
    from .text import Text
    from .vocabulary import Key

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
#: Of the letters of two words that are like each other, so many are apart.
_APART: Final = 2 * (1 - _LIKE)
_SOURCE: Final = 0.3
#: What the other texts of a record are worth beside the best.
_MORE: Final = 0.05
#: A word that so many texts have counts only where a rarer one was found.
_COMMON: Final = 1000


class _Spaced(dict[int, str]):
    """Put spaces for what is no letter, mark or digit, as `str.translate`."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        is_part = unicodedata.category(char)[0] in "LMN"
        self[code] = char if is_part else " "
        return self[code]


_SPACED: Final = _Spaced()
#: The same for ASCII, as bytes, which takes a tenth of the time.
_PLAIN: Final = "".join(map(_SPACED.__getitem__, range(128)))
_ASCII: Final = bytes(_PLAIN.lower(), "ascii").ljust(256)


def words_of(text: str) -> list[str]:
    """Split folded text into words, unspaced scripts into pairs."""
    if text.isascii():
        spaced = text.encode().translate(_ASCII)
        return spaced.decode().split()
    found: list[str] = []
    for word in fold(text).translate(_SPACED).split():
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
        self.records: list[Record] = []
        #: Where the texts of each record begin, among all texts.
        self.first: array[int] = array("I")
        #: For each text its record, its worth, and how many words it has;
        #: none count where that does not matter.
        self.owner: array[int] = array("I")
        self.worth: array[float] = array("d")
        self.size: array[int] = array("I")
        found: dict[str, array[int]] = defaultdict(partial(array, "I"))
        self.names: set[str] = set()
        for record in records:
            self.first.append(len(self.owner))
            factor = _SOURCE if record.record_kind == "source" else 1.0
            for field, text, _ in _texts(record):
                words = set(words_of(text))
                for word in words:
                    found[word].append(len(self.owner))
                if field != "statement":
                    self.names |= words
                self.owner.append(len(self.records))
                self.worth.append(_WORTH[field] * factor)
                self.size.append(0 if field == "statement" else len(words))
            self.records.append(record)
        self.found: dict[str, array[int]] = dict(found)
        self.known: list[str] = sorted(found)
        self._by_letters: dict[int, list[str]] = {}

    def rarity(self, word: str) -> float:
        """Tell how much a word says: the fewer texts have it, the more."""
        return math.log(1 + len(self.owner) / (1 + len(self.found[word])))

    def search(
        self,
        query: str,
        among: Collection[Key] | None = None,
        limit: int | None = None,
    ) -> list[Hit[Any]]:
        """Rank the records, each with the text that matched best."""
        query = query[:_LONGEST]
        alone = self.names.intersection(UNSPACED_ONE.findall(fold(query)))
        typed = [*dict.fromkeys((*words_of(query), *sorted(alone)))]
        likes = {word: [*self._alike(word)] for word in typed}
        weights = {word: self._weight(likes[word]) for word in typed}
        matched = {
            word: self._matches(likes[word], weights[word]) for word in typed
        }
        scores = self._scores(matched, sum(weights.values()))
        best: dict[int, int] = {}
        whole: dict[int, float] = {}
        owner = self.owner
        for at, score in scores.items():
            number = owner[at]
            whole[number] = whole.get(number, 0.0) + score
            if number not in best or score > scores[best[number]]:
                best[number] = at
        ranked = [
            (-(scores[at] + _MORE * (whole[number] - scores[at])), number)
            for number, at in best.items()
            if among is None or self.records[number].key in among
        ]
        top = sorted(ranked) if limit is None else nsmallest(limit, ranked)
        return [
            self._hit(best[number], -score, matched) for score, number in top
        ]

    def _matches(
        self, likes: list[tuple[str, float]], weight: float
    ) -> dict[int, float]:
        """Give the texts that have a word, and what that is worth there."""
        found: dict[int, float] = {}
        for known, quality in sorted(likes, key=itemgetter(1)):
            found |= dict.fromkeys(self.found[known], quality * weight)
        return found

    def _scores(
        self, matched: dict[str, dict[int, float]], total: float
    ) -> dict[int, float]:
        """Score each text by the words that it has, and those it has not.

        A word that very many texts have finds none beside rarer ones.
        """
        found = sorted(matched.values(), key=len)
        if not found:
            return {}
        gained, *others = found[0].copy(), *found[1:]
        for held in others:
            if gained and len(held) > _COMMON:
                for at in gained:
                    gained[at] += held.get(at, 0.0)
            else:
                for at, gain in held.items():
                    gained[at] = gained.get(at, 0.0) + gain
        worths, sizes = self.worth, self.size
        for at, gain in gained.items():
            filled = 0.5
            if size := sizes[at]:
                count = sum([at in it for it in found]) if others else 1
                filled = min(1.0, count / size)
            gained[at] = worths[at] * (gain / total) * (0.5 + 0.5 * filled)
        return gained

    def _weight(self, likes: list[tuple[str, float]]) -> float:
        """Weigh a word by the commonest that it may stand for."""
        found = [self.rarity(known) for known, _ in likes]
        return min(found, default=math.log(1 + len(self.owner)))

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

            near = self._near(word)
            for known in get_close_matches(word, near, 3, _LIKE):
                yield known, _TYPO

    def _near(self, word: str) -> list[str]:
        """List the words of names that share enough letters to be like it.

        Of two words that are like each other, the shorter one is not too
        short, and few letters are in one of them only.
        """
        if not self._by_letters:
            for name in self.names:
                self._by_letters.setdefault(_letters(name), []).append(name)
        letters, size = _letters(word), len(word)
        near: list[str] = []
        for held, names in self._by_letters.items():
            apart = (held ^ letters).bit_count()
            if apart <= _APART / _LIKE * size:
                most = apart / _APART * 2 - size
                near += [name for name in names if len(name) >= most]
        return near

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
        self, at: int, score: float, matched: dict[str, dict[int, float]]
    ) -> Hit[Any]:
        number = self.owner[at]
        record = self.records[number]
        texts = islice(_texts(record), at - self.first[number], None)
        field, text, statement = next(texts)
        words = tuple(word for word, found in matched.items() if at in found)
        return Hit(record, score, text, field, words, statement)


def _letters(word: str) -> int:
    """Give a number in which a bit is set for each letter that there is."""
    found = 0
    for char in word:
        found |= 1 << ord(char) % 32
    return found


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
