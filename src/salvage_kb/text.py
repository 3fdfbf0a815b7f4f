"""Hold `Text`: a string that knows its language."""

from __future__ import annotations

from typing import Any, Literal, NoReturn, Self, TypeAlias, TypeVar

from .immutable import Immutable

_T = TypeVar("_T", bound="Text")

#: How far a text was checked; ``source`` is the base language as authored.
TextStatus: TypeAlias = Literal["source", "draft", "translated", "reviewed"]
#: Which way a text runs, as in HTML's ``dir``.
Direction: TypeAlias = Literal["ltr", "rtl"]


class Text(Immutable, str):
    """Carry a human-readable text together with its language.

    It is a `str` wherever a `str` is wanted: it equals and hashes as one, and
    its methods return plain `str`. Its attributes cannot be set.
    """

    __slots__ = (
        "dir",
        "is_fallback",
        "lang",
        "requested",
        "stale",
        "status",
    )

    #: The language of these words, as a BCP 47 tag.
    lang: str
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
    ) -> Self:
        """Make a text; without *requested*, its own language was wanted."""
        wanted = lang if requested is None else requested
        return _make(cls, value, dir, is_fallback, lang, wanted, stale, status)

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
