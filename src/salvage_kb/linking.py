"""Find terms in a text: whole words, the longest first, where they stand.

A text is split into words once, and each word is looked up: the time does not
depend on how many terms there are.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import (
    TYPE_CHECKING,
    Final,
    Generic,
    NamedTuple,
    TypeVar,
)

from .folding import UNSPACED_ONE, fold, without_article
from .immutable import Immutable
from .records import Record, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_T = TypeVar("_T")
_V = TypeVar("_V")
_ALONE: Final = UNSPACED_ONE.pattern
_LETTER: Final = f"[^\\W_{_ALONE[1:-1]}]"
#: Signs that stand on, below or inside the letters of a word.
_SIGN: Final = (
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a"
    "\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0903\u093a-\u094f"
    "\u0951-\u0957\u0962\u0963\u0981-\u0983\u09bc-\u09cd\u0a01-\u0a03"
    "\u0a3c-\u0a4d\u0a81-\u0a83\u0abc-\u0acd\u0b01-\u0b03\u0b3c-\u0b4d"
    "\u0b82\u0bbe-\u0bcd\u0c00-\u0c04\u0c3c-\u0c4d\u0c81-\u0c83\u0cbc-\u0ccd"
    "\u0d00-\u0d03\u0d3b-\u0d4d\u0d81-\u0d83\u0dca-\u0ddf\u1ab0-\u1aff"
    "\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u00ad\u200c\u200d\u2060]"
)
#: A word, or one sign of a script that is written without spaces.
_WORD: Final = re.compile(
    f"[0-9A-Za-z]++(?![^\\0-\\x7f])|{_ALONE}|{_LETTER}+(?:{_SIGN}{_LETTER}*)*"
)
#: What may stand between the words of one term, once what is not seen is
#: gone: a hyphen or its like, and space that is no empty line.
_SPACE: Final = "[^\\S\\n]*"
_HYPHEN: Final = "['\u2019/\u2010-\u2015-]?"
_GAP: Final = re.compile(
    f"{_SPACE}(?:\\n{_SPACE}{_HYPHEN}|{_HYPHEN}{_SPACE}\\n?){_SPACE}"
)
_UNSEEN: Final = re.compile("[\u200b-\u200f\u2060\ufeff]+")
#: What a name says in brackets: another name, or a remark.
_ASIDE: Final = re.compile(r"\s*[(\uff08]([^()\uff08\uff09]*)[)\uff09]")
#: No term has a longer word.
_LONGEST: Final = 100
#: So many words of texts are remembered, with what they are when folded.
_REMEMBERED: Final = 50_000


class Span(NamedTuple, Generic[_T]):
    """Say where a term stands in a text, and what it is a term for.

    Attributes:
        start: position of its first character.
        end: position after its last one.
        matched: what stands there: ``text[start:end]``.
        record: what the term is a name of.
    """

    start: int
    end: int
    matched: str
    record: _T


class _Node(Generic[_T]):
    """Hold what may come after some words, and what they are a term for.

    There are very many, and most have little: that takes no memory.
    """

    __slots__ = ("after", "before", "ends")

    def __init__(self) -> None:
        self.after: dict[str, _Node[_T]] | None = None
        #: What the terms themselves have before this word.
        self.before: tuple[str, ...] = ()
        #: Spelling that it must have, or none, and what it is a term for.
        self.ends: tuple[tuple[str | None, _T], ...] = ()

    def follow(self, key: str) -> _Node[_T]:
        """Go on with a word, which may be new."""
        if self.after is None:
            self.after = {}
        found = self.after.get(key)
        if found is None:
            found = self.after[key] = _Node()
        return found

    def span(self, text: str, start: int, end: int) -> Span[_T] | None:
        """Give the term that ends here, if it may be spelt so."""
        for spelt, target in self.ends:
            matched = text[start:end]
            if spelt in {None, _UNSEEN.sub("", matched)}:
                return Span(start, end, matched, target)
        return None


class _Remembered(dict[str, _V]):
    """Work something out for each word once."""

    def __init__(self, work_out: Callable[[str], _V]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, word: str) -> _V:
        if len(word) > _LONGEST:
            return self._work_out(word[:_LONGEST] + "\0")
        if len(self) >= _REMEMBERED:
            self.clear()
        found = self[word] = self._work_out(word)
        return found


def _key(word: str) -> str:
    return without_article(fold(word))


class Linker(Immutable, Generic[_T]):
    """Find terms in texts, and link them.

    Case and accents do not matter, word by word. Where two things have the
    same term, the first one has it. An *exact* term has to be spelt as it is:
    ``ART`` is not ``art``.
    """

    __slots__ = ("_count", "_firsts", "_keys", "_root")

    def __init__(self, terms: Iterable[tuple[str, _T, bool]]) -> None:
        """Take terms: the words, what they are for, and whether exactly."""
        self._root: _Node[_T] = _Node()
        self._keys = _Remembered(_key)
        self._firsts = _Remembered(self._first)
        self._count = 0
        for term, target, exact in terms:
            self._add(term, target, exact=exact)

    def _add(self, term: str, target: _T, *, exact: bool) -> None:
        node = self._root
        words, end = list(_WORD.finditer(term)), 0
        for word in words:
            node = node.follow(self._keys[word[0]])
            before = _bare(term[end : word.start()])
            if before and before not in node.before:
                node.before += (before,)
            end = word.end()
        whole = _UNSEEN.sub("", term[words[0].start() : end] if words else "")
        spelt = whole if exact else None
        if words and all(known != spelt for known, _ in node.ends):
            node.ends += ((spelt, target),)
            self._count += 1

    def _first(self, word: str) -> _Node[_T] | None:
        return (self._root.after or {}).get(self._keys[word])

    def __len__(self) -> int:
        """Count the terms."""
        return self._count

    def find(
        self, text: str, *, first_only: bool = False
    ) -> tuple[Span[_T], ...]:
        """Find terms from left to right; they do not overlap.

        Args:
            text: plain text; for HTML take `link_html`.
            first_only: give each record only where it stands first.
        """
        if not isinstance(text, str):
            message = f"find() takes text, not {text!r:.50}"
            raise TypeError(message)
        found = self._spans(text)
        return tuple(_firsts(found, set()) if first_only else found)

    def _spans(self, text: str) -> Iterator[Span[_T]]:
        words = _WORD.findall(text)
        nodes = map(self._firsts.__getitem__, words)
        begun = [(i, node) for i, node in enumerate(nodes) if node]
        matches, read, end = _WORD.finditer(text), 0, 0
        for index, node in begun:
            match = next(islice(matches, index - read, None))
            read = index + 1
            if match.start() >= end:
                span = self._longest(text, words, index, match.span(), node)
                if span is not None:
                    end = span.end
                    yield span

    def _longest(
        self,
        text: str,
        words: list[str],
        index: int,
        place: tuple[int, int],
        node: _Node[_T],
    ) -> Span[_T] | None:
        """Follow words as long as they are those of a term."""
        start, end = place
        best = node.span(text, start, end)
        while node.after and index + 1 < len(words):
            index += 1
            after = node.after.get(self._keys[words[index]])
            if after is None:
                break
            begin = text.index(words[index], end)
            gap = _UNSEEN.sub("", text[end:begin])
            if not _GAP.fullmatch(gap) and _bare(gap) not in after.before:
                break
            node, end = after, begin + len(words[index])
            best = node.span(text, start, end) or best
        return best

    def link_html(
        self,
        html: str,
        href: Callable[[_T], str | None],
        *,
        first_only: bool = True,
    ) -> str:
        """Link terms in HTML, and change nothing else.

        Links, code, headings, forms, scripts, attributes and whatever is in
        an element with ``data-no-link`` stay as they are.

        Args:
            html: a fragment or a page.
            href: gives the address of a record; none to leave it alone.
            first_only: link each record only where it stands first.
        """
        from .hyperlinks import link

        return link(self._spans, html, href, first_only=first_only)


def _firsts(spans: Iterable[Span[_T]], seen: set[int]) -> Iterator[Span[_T]]:
    for span in spans:
        if id(span.record) not in seen:
            seen.add(id(span.record))
            yield span


def _bare(gap: str) -> str:
    """Give what stands between two words, without the space around it."""
    return _UNSEEN.sub("", gap).strip()


def linker_of(records: Iterable[Record]) -> Linker[Record]:
    """Make a linker of records: names go before synonyms.

    What a name has in brackets is a name too, what a synonym has there is a
    remark.
    """
    kept = [it for it in records if not isinstance(it, Source)]
    names: list[tuple[str, Record, bool]] = []
    for field in ("name", "clinical_term"):
        told = [(getattr(it, field, None), it) for it in kept]
        names += [
            (form, it, aside and form.isupper())
            for term, it in told
            for form, aside in _forms(term or "")
        ]
    names += [
        (form, it, synonym.type == "abbreviation")
        for it in kept
        for synonym in it.synonyms
        for form, aside in _forms(synonym.text)
        if not aside
    ]
    return Linker(names)


def _forms(term: str) -> Iterator[tuple[str, bool]]:
    """Give a term, the term without brackets, and what is in these."""
    yield term, False
    yield _ASIDE.sub("", term), False
    for aside in _ASIDE.findall(term):
        yield aside, True
