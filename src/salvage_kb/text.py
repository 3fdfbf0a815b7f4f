"""Hold `Text`: a string that knows its language."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import (
    Any,
    Final,
    Literal,
    NamedTuple,
    NoReturn,
    Self,
    TypeAlias,
    TypeVar,
)

from .immutable import Immutable

_T = TypeVar("_T", bound="Text")

#: How far a text was checked; ``source`` is the base language as authored.
TextStatus: TypeAlias = Literal["source", "draft", "translated", "reviewed"]
#: Who brought the words: the content itself, a translation in it, a folder or
#: an installed distribution that was added, a function, or nobody: they were
#: made up to test a layout.
TextOrigin: TypeAlias = Literal[
    "base", "pack", "folder", "distribution", "translator", "pseudo"
]
#: Which way a text runs, as in HTML's ``dir``.
Direction: TypeAlias = Literal["ltr", "rtl"]


#: What plain text cannot hold, each with what is wrong about it.
_FLAWS: Final = (
    (re.compile(r"^\s*\Z"), "is blank: write something or leave it out"),
    (re.compile(r"^\s|\s\Z"), "has white space at an end: remove it"),
    (re.compile(r"[\ud800-\udfff]"), "has half a character: write it whole"),
    (
        re.compile(r"[\0-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]"),
        "has a control character or line break: write one plain line",
    ),
    (
        re.compile(r"[\u202a-\u202e\u2066-\u2069]"),
        "has a character that turns the direction: remove it",
    ),
    (re.compile(r"<[A-Za-z/!?]"), "has HTML in it: write plain text"),
)


class Facts(NamedTuple):
    """Hold what is known of a text; texts of which the same is share it."""

    dir: Direction
    is_fallback: bool
    lang: str
    origin: TextOrigin
    requested: str
    stale: bool
    status: TextStatus


class Text(Immutable, str):
    """Carry a human-readable text together with its language.

    It is a `str` wherever a `str` is wanted: it equals and hashes as one, and
    its methods return plain `str`. Its attributes cannot be set.
    """

    __slots__ = ("_facts",)

    _facts: Facts

    def __new__(  # noqa: PLR0913  # all but the first by keyword
        cls,
        value: str,
        *,
        lang: str = "en",
        requested: str | None = None,
        is_fallback: bool = False,
        status: TextStatus = "source",
        stale: bool = False,
        dir: Direction = "ltr",
        origin: TextOrigin = "base",
    ) -> Self:
        """Make a text; without *requested*, its own language was wanted."""
        wanted = lang if requested is None else requested
        facts = (dir, is_fallback, lang, origin, wanted, stale, status)
        return _make(cls, value, *facts)

    @property
    def lang(self) -> str:
        """Tell the language of these words, as a BCP 47 tag."""
        return self._facts.lang

    @property
    def origin(self) -> TextOrigin:
        """Tell who brought these words."""
        return self._facts.origin

    @property
    def requested(self) -> str:
        """Tell the language that was asked for."""
        return self._facts.requested

    @property
    def is_fallback(self) -> bool:
        """Tell whether these words are in another language than asked for."""
        return self._facts.is_fallback

    @property
    def status(self) -> TextStatus:
        """Tell how far these words were checked."""
        return self._facts.status

    @property
    def stale(self) -> bool:
        """Tell whether the text that this one translates has changed since."""
        return self._facts.stale

    @property
    def dir(self) -> Direction:
        """Tell which way the words run."""
        return self._facts.dir

    def to_dict(self) -> dict[str, Any]:
        """Give the words with all that is known of them."""
        return {"text": str(self)} | self._facts._asdict()

    def __setattr__(self, name: str, value: object) -> NoReturn:
        """Refuse: a text never changes."""
        message = f"a Text cannot be changed: make a new one to set {name!r}"
        raise AttributeError(message)

    def __delattr__(self, name: str) -> NoReturn:
        """Refuse: a text never changes."""
        self.__setattr__(name, None)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the words together with what is known of them."""
        return _make, (type(self), str(self), *self._facts)


#: Gives equal facts as one object.
_shared: Final = lru_cache(1024, typed=True)(Facts)
_set_facts: Final = Text.__dict__["_facts"].__set__


def like(text: _T, words: str) -> _T:
    """Make a text of other words, of which the same is known."""
    told = str.__new__(type(text), words)
    _set_facts(told, text._facts)  # noqa: SLF001  # our own
    return told


def _make(cls: type[_T], words: str, *facts: Any) -> _T:
    text = str.__new__(cls, words)
    _set_facts(text, _shared(*facts))
    return text


def flaw(text: str) -> str | None:
    """Tell what keeps a string from being plain text on one line."""
    simple = text.isascii() and text.isprintable() and "<" not in text
    if simple and text and text == text.strip():  # as most are
        return None
    for pattern, wrong in _FLAWS:
        if pattern.search(text):
            return wrong
    if not unicodedata.is_normalized("NFC", text):
        return "is not in Unicode's NFC form: normalize it"
    return None
