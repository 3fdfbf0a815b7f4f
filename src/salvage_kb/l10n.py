"""Exchange translations with translators, as PO files, and check them.

Texts are matched by their keys alone, never by likeness: of two sentences
that look alike, one may deny what the other says.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple

import attrs
import polib

from .checks import check_synonyms
from .errors import ContentError, LocaleError, Problem, json_path
from .locales import Entry, Pack, home_of, is_stale, texts_of
from .model import Event, Notice, Translation
from .records import Record
from .tags import canonical
from .telling import denials, numbers
from .text import Text, flaw

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .graph import Content
    from .locales import Name

#: Names and terms may be the same in two languages, sentences may not.
_SENTENCE: Final = 4


#: A line with a text, and one whose text has its quotes.
_BEGUN: Final = re.compile(r"(?:#~)?(?:#?\|)?\s*(?:msg|\")")
_QUOTED: Final = re.compile(
    r"(?:#~)?(?:#?\|)?\s*(?:msg\w+(?:\[\d+\])?)?\s*"
    r"\"(?:[^\"\\]|\\.)*+\""
)
#: A comment that makes sure that no text is taken for a path.
_NO_PATH: Final = "\n# \0"


class Status(NamedTuple):
    """Count the texts of a language.

    Attributes:
        total: all texts that can be translated.
        done: those with a translation of the present words.
        stale: those with a translation of words that have changed since.
        missing: those without.
        by_status: how many translations there are of each status.
    """

    locale: str
    total: int
    done: int
    stale: int
    missing: int
    by_status: Mapping[str, int]

    @property
    def percent(self) -> int:
        """Tell how much has a translation, rounded down."""
        covered = self.total - self.missing
        return 100 * covered // self.total if self.total else 100


def texts(content: Content) -> dict[str, Text]:
    """Give all texts that can be translated, by key, in order."""
    items = (item for _, _, item in content.items())
    return {key: text for item in items for key, text in texts_of(item)}


def status(content: Content, pack: Pack) -> Status:
    """Count what is translated, what is stale and what is missing."""
    total = texts(content)
    by_status: dict[str, int] = {}
    stale = missing = 0
    for key, text in total.items():
        entry = pack.entries.get(key)
        if entry is None:
            missing += 1
            continue
        found = entry.translation
        by_status[found.status] = by_status.get(found.status, 0) + 1
        stale += is_stale(found, text)
    done = len(total) - stale - missing
    locale = pack.info.locale
    return Status(locale, len(total), done, stale, missing, by_status)


def check(content: Content, pack: Pack) -> Iterator[Problem]:
    """Go through what is wrong with translations, file by file.

    These are keys that nobody knows, stale and missing texts, sentences that
    were not translated, and numbers and negations that got lost, as far as a
    rule can see it.
    """
    total = texts(content)
    for key in pack.entries:
        if key not in total:
            yield _problem(pack, key, "is the key of no text: remove it")
    for key, text in total.items():
        entry = pack.entries.get(key)
        if entry is None:
            yield _problem(pack, key, "is missing: translate it")
            continue
        short = "#" in key
        told = _flaws(text, entry.translation, pack.info.locale, short=short)
        for message in told:
            yield _problem(pack, key, message)
    records = {home_of(item): item for _, _, item in content.items()}
    for home, names in pack.names.items():
        file = f"locales/{pack.info.locale}/{home}.json"
        for path, message in _flaws_of_names(records.get(home), names, pack):
            yield Problem(file, path, message)


def _problem(pack: Pack, key: str, message: str) -> Problem:
    home = "/".join(key.partition("#")[0].split("/")[:2])
    file = f"locales/{pack.info.locale}/{home}.json"
    return Problem(file, json_path(("texts", key)), message)


def _flaws_of_names(
    item: Record | Notice | Event | None, names: Iterable[Name], pack: Pack
) -> Iterator[tuple[str, str]]:
    if not isinstance(item, Record):
        yield "$.synonyms", "are of no record: remove them"
        return
    keys = (key for key, _ in texts_of(item) if "#" in key)
    held = (pack.entries.get(key) for key in keys)
    translated = {entry.translation.text for entry in held if entry}
    own = (name.synonym for name in names)
    yield from check_synonyms(item, own, translated)


def _flaws(
    text: Text, found: Translation, locale: str, *, short: bool
) -> Iterator[str]:
    if is_stale(found, text):
        yield "is stale: the words that it translates have changed"
        return
    if found.text == text and not (short and len(text.split()) < _SENTENCE):
        yield "is unchanged: translate it"
    lost = sorted(numbers(text) - numbers(found.text))
    if lost:
        yield f"has lost a number: {', '.join(lost)}"
    if denials(text, text.lang) and denials(found.text, locale) == 0:
        yield "has lost a negation, it seems"


def export_po(content: Content, pack: Pack) -> str:
    """Write all texts as a PO file, with what is translated so far.

    Drafts and stale texts are fuzzy; a stale one shows the words that it
    translates.
    """
    file = polib.POFile(wrapwidth=0)
    file.metadata = {
        "Language": pack.info.locale,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    for _, _, item in content.items():
        for key, text in texts_of(item):
            entry = polib.POEntry(msgctxt=key, msgid=str(text))
            name = str(getattr(item, "name", item.id))
            entry.comment = f"{item.record_kind.replace('_', ' ')}: {name}"
            held = pack.entries.get(key)
            if held is not None:
                _fill(entry, held.translation, text)
            file.append(entry)
    return str(file) + "\n"


def _fill(entry: polib.POEntry, found: Translation, text: str) -> None:
    entry.msgstr = found.text
    if is_stale(found, text):
        entry.previous_msgid = found.source
    if found.status == "draft" or entry.previous_msgid:
        entry.flags.append("fuzzy")


def import_po(content: Content, pack: Pack, data: str, name: str) -> Pack:
    """Take the translations of a PO file; those it does not have stay.

    What is fuzzy comes in as a draft. What is no longer fuzzy, or has
    changed, counts as translated. A text that still shows the words that it
    translates stays stale.

    Raises:
        ContentError: with everything that is wrong with the file.
    """
    total = texts(content)
    problems: list[Problem] = []
    entries = dict(pack.entries)
    seen: set[str] = set()
    for entry in _entries(data, name, pack.info.locale):
        key = entry.msgctxt
        wrong = _wrong_with(entry, total, seen)
        if wrong:
            problems.append(Problem(name, f"line {entry.linenum}", wrong))
        elif entry.msgstr:
            held = entries.get(key)
            found = _imported(entry, held.translation if held else None)
            entries[key] = Entry(found, held.origin if held else "pack")
        seen.add(key)
    if problems:
        raise ContentError(name, tuple(problems))
    return pack._replace(entries=entries)


def _entries(data: str, name: str, locale: str) -> list[polib.POEntry]:
    try:
        file = polib.pofile(f"{data}{_NO_PATH}")
        _check_quotes(data)
        _check_language(file.metadata.get("Language", locale), locale)
    except (OSError, ValueError, IndexError, UnicodeError) as error:
        message = f"is no PO file for this: {error}"
        raise ContentError(name, (Problem(name, "line 1", message),)) from None
    return [entry for entry in file if not entry.obsolete]


def _check_quotes(data: str) -> None:
    """Refuse a text that was cut off: polib takes one letter more away."""
    for number, line in enumerate(data.splitlines(), 1):
        told = line.strip()
        if _BEGUN.match(told) and not _QUOTED.fullmatch(told):
            message = f"line {number} has a text without quotes around it"
            raise ValueError(message)


def _check_language(found: str, locale: str) -> None:
    if canonical(found) != locale:
        raise LocaleError(found, f"should be {locale!r}")


def _wrong_with(
    entry: polib.POEntry, total: Mapping[str, Text], seen: set[str]
) -> str | None:
    key = entry.msgctxt
    if not key:
        return "has no msgctxt: it has to be the key of the text"
    if key not in total:
        return f"{key!r:.90} is the key of no text"
    if key in seen:
        return f"{key!r:.90} is there already: keep one"
    if entry.msgid_plural:
        return "has plural forms: texts have none"
    text = unicodedata.normalize("NFC", entry.msgstr)
    wrong = flaw(text) if text else None
    return f"the translation {wrong}" if wrong else None


def _imported(entry: polib.POEntry, held: Translation | None) -> Translation:
    text = unicodedata.normalize("NFC", entry.msgstr)
    source = unicodedata.normalize("NFC", entry.previous_msgid or entry.msgid)
    found = Translation(source=source, text=text, status="translated")
    if held is not None and attrs.evolve(held, status="translated") == found:
        checked = held.status != "draft"
        found = held if checked else found
        if entry.previous_msgid and held.status != "draft":
            return held  # fuzzy because it is stale, not because it is a draft
    return attrs.evolve(found, status="draft") if entry.fuzzy else found
