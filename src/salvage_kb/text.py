"""Hold `Text`: a string that knows its language."""

from __future__ import annotations

import re
import unicodedata
from typing import (
    Any,
    Final,
    Literal,
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


#: What most texts are, and nothing can be wrong with.
_ASCII: Final = re.compile(r"[!-~]([ -~]*[!-~])?")
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


class Text(Immutable, str):
    """Carry a human-readable text together with its language.

    It is a `str` wherever a `str` is wanted: it equals and hashes as one, and
    its methods return plain `str`. Its attributes cannot be set.
    """

    __slots__ = (
        "dir",
        "is_fallback",
        "lang",
        "origin",
        "requested",
        "stale",
        "status",
    )

    #: The language of these words, as a BCP 47 tag.
    lang: str
    #: Who brought these words.
    origin: TextOrigin
    #: The language that was asked for.
    requested: str
    #: Whether these words are in another language than was asked for.
    is_fallback: bool
    #: How far these words were checked.
    status: TextStatus
    #: Whether the text that this one translates has changed since.
    stale: bool
    #: Which way the words run.
    dir: Direction

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

    def to_dict(self) -> dict[str, Any]:
        """Give the words with all that is known of them."""
        facts = {name: getattr(self, name) for name in Text.__slots__}
        return {"text": str(self)} | facts

    def __setattr__(self, name: str, value: object) -> NoReturn:
        """Refuse: a text never changes."""
        message = f"a Text cannot be changed: make a new one to set {name!r}"
        raise AttributeError(message)

    def __delattr__(self, name: str) -> NoReturn:
        """Refuse: a text never changes."""
        self.__setattr__(name, None)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the words together with what is known of them."""
        facts = (getattr(self, name) for name in Text.__slots__)
        return _make, (type(self), str(self), *facts)


def _make(cls: type[_T], value: str, *facts: object) -> _T:
    text = str.__new__(cls, value)
    for name, fact in zip(Text.__slots__, facts, strict=True):
        object.__setattr__(text, name, fact)
    return text


def flaw(text: str) -> str | None:
    """Tell what keeps a string from being plain text on one line."""
    if _ASCII.fullmatch(text) and "<" not in text:
        return None
    for pattern, wrong in _FLAWS:
        if pattern.search(text):
            return wrong
    if not unicodedata.is_normalized("NFC", text):
        return "is not in Unicode's NFC form: normalize it"
    return None
