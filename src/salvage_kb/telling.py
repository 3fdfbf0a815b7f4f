"""Find what must survive when words change: numbers and negations."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import Final

from .tags import choose

_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_THOUSANDS: Final = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_POINTS: Final = str.maketrans("\u066b\u066c", ".,")
#: How languages say no, as far as a rule can see it.
_DENIALS: Final[dict[str, re.Pattern[str]]] = {
    tag: re.compile(words, re.IGNORECASE)
    for tag, words in {
        "ar": r"\b[وف]?(لا|لم|لن|ليس|ليست|غير|دون|بدون|بلا|عدم)\b",
        "de": r"\b(nicht|nichts|nie|niemand|kein\w*|ohne|weder)\b",
        "en": r"\b(no|not|never|nobody|none|nothing|cannot|without|neither"
        r"|nor)\b|n['\u2019]t\b",
        "es": r"\b(no|nunca|jamás|sin(?! embargo)|ni|nada|nadie|ning[uú]n\w*"
        r"|tampoco)\b",
        "fr": r"\b(ne|pas|non|sans|ni|rien|aucune?|jamais)\b|\bn['\u2019]",
        "hi": r"(नहीं|न |ना |बिना|कोई भी नहीं|मत )",
        "pt": r"\b(não|nunca|sem|nem|nada|ninguém|nenhuma?)\b",
        "zh-Hans": "[不没未无非]",
    }.items()
}


def numbers(text: str) -> Counter[str]:
    """Count the numbers in a text, whatever digits and points it uses."""
    plain = "".join(
        str(unicodedata.decimal(char)) if char.isdecimal() else char
        for char in text.translate(_POINTS)
    )
    return Counter(map(_plain, _NUMBER.findall(plain)))


def _plain(number: str) -> str:
    if _THOUSANDS.fullmatch(number):
        return re.sub(r"[.,]", "", number)
    return number.replace(",", ".")


def denials(text: str, tag: str) -> int | None:
    """Count the words that say no; none where no rule knows the language."""
    known = choose(tag, _DENIALS)
    return len(_DENIALS[known].findall(text)) if known else None
