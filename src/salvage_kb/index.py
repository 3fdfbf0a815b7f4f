"""Find records by what people type, offline, in any language."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from functools import partial
from heapq import nsmallest
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from .folding import UNSPACED_ONE, fold, words_of
from .search import Hit
from .spelling import Spelling

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

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
    "statement": 0.75,
    "caution": 0.375,
}
#: What a name is worth for its size, beside what it is worth anyway.
_FILLED: Final = 0.5
#: No query needs to be longer.
_LONGEST: Final = 200
#: A list is so many times as long if looking in it is faster than through it.
_MANY: Final = 16
#: What a source, and a text in another language than asked for, are worth.
_SOURCE: Final = 0.3
_FOREIGN: Final = 0.5
#: What the other texts of a record are worth beside the best.
_MORE: Final = 0.05
#: A word that so many texts have counts only where a rarer one was found.
_COMMON: Final = 1000
#: It counts only beside rarer ones, found or not, if it is in more than a few
#: texts, and in such a share of those in its language.
_FEW: Final = 20
_SHARE: Final = 0.05

#: What a record is worth, below zero, its number, and its best text.
_Mark: TypeAlias = tuple[float, int, int]


class Index:
    """Hold which words stand in which texts of some records."""

    def __init__(
        self,
        records: Iterable[Record],
        also: Callable[[Record], Iterable[Text]] | None = None,
    ) -> None:
        """Read all texts.

        Of a view in another language, *also* gives what a record is called in
        the base language.
        """
        self.records: list[Record] = []
        self.also = also
        #: Where the texts of each record begin, among all texts.
        self.first: array[int] = array("I")
        #: For each text its record, what a word of it is worth, and how many
        #: words it has; none count where that does not matter.
        self.owner: array[int] = array("I")
        self.worth: array[float] = array("d")
        self.size: array[int] = array("I")
        self.sources: set[int] = set()
        #: How many texts each language has, where there are several.
        self.langs: Counter[str] = Counter()
        found: dict[str, array[int]] = defaultdict(partial(array, "I"))
        self.names: set[str] = set()
        for number, record in enumerate(records):
            self.records.append(record)
            self.first.append(len(self.owner))
            factor = 1.0
            if record.record_kind == "source":
                self.sources.add(number)
                factor = _SOURCE
            for field, text, statement in self._texts(record):
                at, size, worth = len(self.owner), 0, _WORTH[field] * factor
                words = {*words_of(text)}
                for word in words:
                    found[word].append(at)
                if statement is None and words:
                    self.names |= words
                    size = len(words)
                    worth *= _FILLED + _FILLED / size
                if also is not None:
                    self.langs[text.lang] += 1
                    worth *= _FOREIGN if text.is_fallback else 1.0
                self.owner.append(number)
                self.worth.append(worth)
                self.size.append(size)
        self.found: dict[str, array[int]] = dict(found)
        self.spelling: Spelling = Spelling(self.found, self.names)

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
        typed = dict.fromkeys((*words_of(query), *sorted(alone)))
        likes = {
            word: sorted(self.spelling.alike(word), key=itemgetter(1))
            for word in typed
        }
        gained, matched = self._matched(likes)
        found = [*matched.values()]
        marks = self._marks(gained, found)
        if among is not None:
            marks = [it for it in marks if self.records[it[1]].key in among]
        top = self._ranked(
            marks, found, len(marks) if limit is None else limit
        )
        return [self._hit(at, -mark, matched) for mark, _, at in top]

    def _matched(
        self, likes: dict[str, list[tuple[str, float]]]
    ) -> tuple[dict[int, float], dict[str, dict[int, float]]]:
        """Find the texts that have the words, and those that have each.

        A word that many texts have finds none beside rarer ones, unless a
        name has no others.
        """
        weights = {word: self._weight(likes[word]) for word in likes}
        total = sum(weights.values())
        count = {
            word: sum([len(self.found[known]) for known, _ in alike])
            for word, alike in likes.items()
        }
        common = self._common(likes, count)
        named = self._named(common)
        gained = dict.fromkeys(named, 0.0)
        matched: dict[str, dict[int, float]] = {word: {} for word in likes}
        for word in sorted(likes, key=lambda it: (it in common, count[it])):
            is_many = count[word] > _COMMON and len(gained) > len(named)
            within = gained if is_many or word in common else None
            held = matched[word]
            for known, quality in likes[word]:
                some = _both(self.found[known], within)
                held |= dict.fromkeys(some, quality * weights[word] / total)
            if not gained:
                gained = held.copy()
            elif held and is_many and min(count.values()) > _COMMON:
                gained = {at: gained[at] + it for at, it in held.items()}
            else:
                for at, gain in held.items():
                    gained[at] = gained.get(at, 0.0) + gain
        return gained, matched

    def _common(
        self, likes: dict[str, list[tuple[str, float]]], count: dict[str, int]
    ) -> set[str]:
        """Choose the words that say nothing, where others say something.

        A large share of the texts in their language have them. Of a script
        without spaces, a pair that no text has may be no word.
        """
        common: set[str] = set()
        says_something = False
        for word, texts in count.items():
            if texts > _FEW and texts > _SHARE * self._spoken(likes[word]):
                common.add(word)
            elif texts or not UNSPACED_ONE.match(word):
                says_something = True
        return common if says_something else set()

    def _spoken(self, alike: list[tuple[str, float]]) -> int:
        """Count the texts in the language of a word."""
        _, text, _ = self._text(self.found[alike[-1][0]][0])
        return self.langs[text.lang] or len(self.owner)

    def _named(self, words: set[str]) -> list[int]:
        """Find the names that have no other words than these."""
        sizes, most = self.size, len(words)
        have = Counter(
            at
            for word in words
            if len(held := self.found.get(word, ())) <= _COMMON
            for at in held
            if 0 < sizes[at] <= most
        )
        return sorted(at for at, count in have.items() if count == sizes[at])

    def _marks(
        self, gained: dict[int, float], found: list[dict[int, float]]
    ) -> list[_Mark]:
        """Mark each record, and choose its best text."""
        best: dict[int, int] = {}
        top: dict[int, float] = {}
        rest: dict[int, float] = {}
        owner, worths, sizes = self.owner, self.worth, self.size
        are_more = len(found) > 1
        for at, gain in gained.items():
            score = worths[at] * gain
            if are_more and (size := sizes[at]) > 1:
                count = sum([at in it for it in found])
                score *= (size + min(count, size)) / (size + 1)
            number = owner[at]
            if number not in top:
                top[number], best[number] = score, at
                continue
            if score > top[number]:
                top[number], best[number], score = score, at, top[number]
            rest[number] = rest.get(number, 0.0) + score
        return [
            (-score - _MORE * rest.get(it, 0.0), it, best[it])
            for it, score in top.items()
        ]

    def _ranked(
        self, marks: list[_Mark], found: list[dict[int, float]], limit: int
    ) -> list[_Mark]:
        """Put the best first, sources below all that has as many words."""

        def words(it: _Mark) -> int:
            return sum([it[2] in held for held in found])

        theirs = [it for it in marks if it[1] in self.sources]
        if not theirs:
            return nsmallest(limit, marks)
        others = [it for it in marks if it[1] not in self.sources]
        top = nsmallest(limit, others)
        most = max(map(words, theirs))
        if len(top) == limit and all(words(it) >= most for it in top):
            return top
        lowered = []
        least: dict[int, float | None] = {}
        for mark, number, at in theirs:
            count = words((mark, number, at))
            if count not in least:
                above = (it[0] for it in others if words(it) >= count)
                least[count] = max(above, default=None)
            floor = least[count]
            lower = mark if floor is None else floor * mark / (floor + mark)
            lowered.append((lower, number, at))
        return nsmallest(limit, others + lowered)

    def _weight(self, likes: list[tuple[str, float]]) -> float:
        """Weigh a word by the commonest that it may stand for."""
        found = [self.rarity(known) for known, _ in likes]
        return min(found, default=math.log(1 + len(self.owner)))

    def _hit(
        self, at: int, score: float, matched: dict[str, dict[int, float]]
    ) -> Hit[Any]:
        record = self.records[self.owner[at]]
        field, text, statement = self._text(at)
        words = tuple(word for word, found in matched.items() if at in found)
        return Hit(record, score, text, field, words, statement)

    def _text(self, at: int) -> tuple[Field, Text, Statement | None]:
        number = self.owner[at]
        texts = self._texts(self.records[number])
        return next(islice(texts, at - self.first[number], None))

    def _texts(
        self, record: Record
    ) -> Iterator[tuple[Field, Text, Statement | None]]:
        for field, text in names_of(record):
            yield field, text, None
        for statement in record.statements:
            yield "statement", statement.text, statement
            for caution in statement.cautions:
                yield "caution", caution.text, statement
        if self.also is not None:
            known = {text.casefold() for _, text in names_of(record)}
            for text in self.also(record):
                if text.casefold() not in known:
                    yield "synonym", text, None


def _both(held: array[int], within: dict[int, float] | None) -> Iterable[int]:
    """Give the texts of a list in order that are within others, if any are."""
    if within is None:
        return held
    if len(within) * _MANY > len(held):
        return within.keys() & held
    last = len(held) - 1
    return [
        at for at in within if held[min(bisect_left(held, at), last)] == at
    ]


def names_of(record: Record) -> Iterator[tuple[Field, Text]]:
    """Go through what a record is called."""
    yield "name", record.name
    term = getattr(record, "clinical_term", None)
    if term is not None:
        yield "clinical_term", term
    for synonym in record.synonyms:
        yield "synonym", synonym.text
