"""Take away what people leave out as they type, and split into words."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

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
_UNSPACED: Final = re.compile(f"{UNSPACED_ONE.pattern}+")
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
        for run in _UNSPACED.finditer(word):
            found.extend(filter(None, [word[at : run.start()]]))
            found.extend(_pairs(run[0]))
            at = run.end()
        found.extend(filter(None, [without_article(word[at:])]))
    return found


def _pairs(run: str) -> list[str]:
    if len(run) == 1:
        return [run]
    return [run[i : i + 2] for i in range(len(run) - 1)]
