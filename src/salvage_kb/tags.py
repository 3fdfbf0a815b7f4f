"""Understand language tags, and choose among languages on offer.

A match never crosses a language or a script: Ukrainian is not served by
Russian, nor traditional Chinese by simplified. Neither the machine's locale
nor its environment is ever asked.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Final

from .errors import LocaleError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .text import Direction

_LONGEST_TAG: Final = 100
_LONGEST_HEADER: Final = 1000
_MOST_ITEMS: Final = 50
#: Nearer than that, two tags of one language and script are the same.
_ANY_REGION: Final = 25
_WEIGHT: Final = re.compile(r"\s*;\s*[qQ]=(0(\.\d{0,3})?|1(\.0{0,3})?)\s*\Z")
#: Our own are in their one form; langcodes takes longer than all the rest.
_CANONICAL: Final = frozenset(
    {"ar", "de", "en", "es", "fr", "hi", "pt", "zh-Hans"}
)
#: Norwegian without more is written as Bokmål.
_SAME: Final = {"no": "nb"}
_RIGHT_TO_LEFT: Final = frozenset(
    {"Adlm", "Arab", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"}
)


def canonical(tag: str) -> str:
    """Give a language tag in its one form, legacy tags renewed.

    Raises:
        LocaleError: it is no BCP 47 tag.
    """
    if not isinstance(tag, str):
        message = f"a language tag should be text, not {tag!r:.50}"
        raise TypeError(message)
    return tag if tag in _CANONICAL else _canonical(tag)


@lru_cache(1024)
def _canonical(tag: str) -> str:
    from langcodes import standardize_tag

    if len(tag) > _LONGEST_TAG:
        reason = f"has more than {_LONGEST_TAG} characters"
        raise LocaleError(tag, reason)
    try:
        once = standardize_tag(tag, macro=True)
        found: str = standardize_tag(once, macro=True)  # may be none itself
    except ValueError as error:
        reason = f"is no language tag such as es or pt-BR ({error})"
        raise LocaleError(tag, reason) from None
    return found


@lru_cache(1024)
def language_and_script(tag: str) -> tuple[str, str] | None:
    """Tell what a tag means most likely; none where it names no language."""
    from langcodes import Language

    found = Language.get(canonical(tag))
    if found.language in {None, "und", "mul", "zxx", "mis"}:
        return None
    full = found.maximize()
    return _SAME.get(full.language or "", full.language or ""), str(
        full.script
    )


def choose(tag: str, offered: Iterable[str]) -> str | None:
    """Find the best of the tags on offer in the same language and script.

    Raises:
        LocaleError: what is asked for is no BCP 47 tag.
    """
    from langcodes import tag_distance

    wanted = language_and_script(tag)
    near = [it for it in offered if wanted == language_and_script(it)]
    if wanted is None or not near:
        return None
    name = canonical(tag)
    return min(near, key=lambda it: (it != name, tag_distance(name, it)))


def negotiate(
    wanted: str | Iterable[str], offered: tuple[str, ...], base: str
) -> str:
    """Choose from an Accept-Language header, or from tags best first.

    Raises:
        LocaleError: the header is too long, or a tag of a list is none.
    """
    if isinstance(wanted, str):
        asked = _parse(wanted)
    else:
        tags = tuple(islice(wanted, _MOST_ITEMS + 1))
        _check_count("the list", len(tags))
        asked = [(canonical(tag), 1.0) for tag in tags]
    left = tuple(it for it in offered if not _is_refused(it, asked))
    for tag, weight in sorted(asked, key=lambda it: -it[1]):
        if weight == 0:
            continue
        if tag == "*":
            named = {t for t, _ in asked if t != "*"}
            rest = [it for it in left if choose(it, named) is None] or left
            found = base if base in rest else next(iter(rest), None)
        else:
            found = choose(tag, left)
        if found is not None:
            return found
    return base


def _is_refused(tag: str, asked: Iterable[tuple[str, float]]) -> bool:
    """Tell whether the longest range that has the tag in it is refused.

    A language alone is the range of what is written in its usual script.
    """
    name = canonical(tag)
    ranges = [
        (len(range), weight == 0)
        for range, weight in asked
        if f"{name}-".startswith(f"{range}-")
        or (range.isalpha() and choose(range, [tag]))
    ]
    return max(ranges, default=(0, False))[1]


def _check_count(name: str, count: int) -> None:
    if count > _MOST_ITEMS:
        raise LocaleError(name, f"has more than {_MOST_ITEMS} items")


def _parse(header: str) -> list[tuple[str, float]]:
    """Read a header; what is no tag in it says nothing, so it is left out."""
    if len(header) > _LONGEST_HEADER:
        reason = f"has more than {_LONGEST_HEADER} characters"
        raise LocaleError(header, reason)
    items = header.split(",")
    _check_count("the header", len(items))
    found = []
    for item in items:
        tag, weight = item.strip(), 1.0
        if match := _WEIGHT.search(tag):
            tag, weight = tag[: match.start()], float(match[1])
        try:
            found.append((tag if tag == "*" else canonical(tag), weight))
        except LocaleError:
            continue
    return found


def direction_of(tag: str) -> Direction:
    """Tell which way a language runs, by its script."""
    found = language_and_script(tag)
    return "rtl" if found and found[1] in _RIGHT_TO_LEFT else "ltr"
