"""Find the known words that a typed one may mean."""

from __future__ import annotations

from bisect import bisect_right
from itertools import takewhile
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

#: Words shorter than that must be typed right, and are no beginnings.
_TYPED: Final = 4
_BEGUN: Final = 3
#: In longer words there may be two typing errors.
_SHORT: Final = 7
_TWO: Final = 2
#: Words that begin so, and then end within a few letters, are like each other.
_STEM: Final = 7
_ENDING: Final = 3
#: What a beginning, and another ending or a typing error, are worth beside
#: the whole word.
_PREFIX: Final = 0.6
_WHOLE: Final = 0.2
_LIKE: Final = 0.5


class Spelling:
    """Hold words, and those of names: only these may be mistyped."""

    def __init__(self, words: Collection[str], names: set[str]) -> None:
        """Put the words in order."""
        self._words = words
        self._names = names
        self._sorted: list[str] = sorted(words)
        self._letters: set[str] = set()
        self._by_letters: dict[int, dict[int, list[str]]] = {}

    def alike(self, word: str) -> Iterator[tuple[str, float]]:
        """Go through known words that the typed one may mean."""
        found = False
        if word in self._words:
            found = True
            yield word, 1.0
        if len(word) < _BEGUN:
            return
        for known in self._begun(word):
            found = True
            shorter, longer = sorted((len(known), len(word)))
            yield known, _WHOLE + _PREFIX * shorter / longer
        if not found and len(word) >= _TYPED:
            for known in sorted({*self.mistyped(word), *self._ended(word)}):
                yield known, _LIKE

    def mistyped(self, word: str) -> set[str]:
        """List the words of names that are one slip away, or else two."""
        if not self._by_letters:
            self._sort()
        found = self._names & slips(word, self._letters)
        if found or len(word) <= _SHORT:
            return found
        letters, size = letters_of(word), len(word)
        return {
            name
            for length in range(size - _TWO, size + _TWO + 1)
            for held, names in self._by_letters.get(length, {}).items()
            if (held & ~letters).bit_count() <= _TWO
            and (letters & ~held).bit_count() <= _TWO
            for name in names
            if are_near(word, name, _TWO)
        }

    def _sort(self) -> None:
        """Sort the words of names by their length, and by their letters."""
        for name in self._names:
            if len(name) >= _BEGUN:
                self._letters |= {*name}
                by_letters = self._by_letters.setdefault(len(name), {})
                by_letters.setdefault(letters_of(name), []).append(name)

    def _begun(self, word: str) -> Iterator[str]:
        """Go through known words that begin with it, or it with them."""
        for size in range(max(_TYPED, len(word) * 2 // 3), len(word)):
            if word[:size] in self._words:
                yield word[:size]
        yield from self._beginning(word)

    def _beginning(self, word: str) -> Iterator[str]:
        """Go through known words that begin with it."""
        after = range(bisect_right(self._sorted, word), len(self._sorted))
        return takewhile(
            lambda it: it.startswith(word),
            map(self._sorted.__getitem__, after),
        )

    def _ended(self, word: str) -> Iterator[str]:
        """Go through known words that differ at their ends only."""
        stem = word[: max(_STEM, len(word) - _ENDING)]
        return (
            known
            for known in self._beginning(stem)
            if len(known) <= len(stem) + _ENDING
        )


def letters_of(word: str) -> int:
    """Give a number in which a bit is set for each letter that there is."""
    found = 0
    for char in word:
        found |= 1 << ord(char) % 64
    return found


def slips(word: str, letters: Iterable[str]) -> set[str]:
    """Give what one typing error makes of a word.

    It leaves out a letter, puts one in, takes another, or swaps two.
    """
    cut = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    found = {head + tail[1:] for head, tail in cut}
    for head, tail in cut:
        found.update([head + it + tail for it in letters])
        found.update([head + it + tail[1:] for it in letters])
        found.add(head + tail[1:2] + tail[:1] + tail[2:])
    return found


def are_near(one: str, other: str, errors: int) -> bool:
    """Tell whether so many typing errors can make one word of another."""
    if abs(len(one) - len(other)) > errors or not errors:
        return one == other
    pairs = enumerate(zip(one, other, strict=False))
    same = next((at for at, (a, b) in pairs if a != b), None)
    if same is None:  # one is the beginning of the other
        return True
    one, other, less = one[same:], other[same:], errors - 1
    return (
        are_near(one[1:], other[1:], less)
        or are_near(one[1:], other, less)
        or are_near(one, other[1:], less)
        or (one[1::-1] == other[:2] and are_near(one[2:], other[2:], less))
    )
