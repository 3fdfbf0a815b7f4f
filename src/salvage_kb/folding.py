"""Take away what people leave out as they type, and count their errors."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic, the
#: nukta of Hindi, and what is not seen.
_MARKS: Final = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u0640"
    "\u064b-\u065f\u0670\u093c\u00ad\u200b-\u200f\u2060\ufeff]"
)
_LETTERS: Final = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "æ": "ae",
        "œ": "oe",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "\N{DEVANAGARI SIGN CANDRABINDU}": "\N{DEVANAGARI SIGN ANUSVARA}",
        "\N{ARABIC LETTER TEH MARBUTA}": "\N{ARABIC LETTER HEH}",
        "\N{ARABIC LETTER ALEF MAKSURA}": "\N{ARABIC LETTER YEH}",
    }
)
#: Scripts that write words without spaces: Thai, Lao, Burmese, Khmer, kana
#: and Chinese characters.
UNSPACED_ONE: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
UNSPACED: Final = re.compile(f"{UNSPACED_ONE.pattern}+")
#: The Arabic article, with what may be written together with it.
_ARTICLE: Final = re.compile("^(?:[وفبك]?ال|لل)(?=[^\\W\\d_]{3})")


def fold(text: str) -> str:
    """Take away what people leave out as they type: case and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = _MARKS.sub("", plain).translate(_LETTERS)
    return unicodedata.normalize("NFC", plain)


def without_article(word: str) -> str:
    """Take the Arabic article away from a folded word."""
    return _ARTICLE.sub("", word)


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
