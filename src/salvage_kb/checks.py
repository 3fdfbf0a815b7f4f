"""Check what one field alone cannot show: ids, links and citations."""

from __future__ import annotations

import math
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from .errors import Problem, did_you_mean, json_path, near_misses
from .model import Event, Notice
from .records import Modality, Record, Source
from .retirement import home_of
from .vocabulary import FOLDERS, KINDS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from .model import (
        Caution,
        Citation,
        LocaleInfo,
        Manifest,
        OwnSynonym,
        PackFile,
        RecordLink,
        Statement,
        Synonym,
    )
    from .review import TextReview
    from .vocabulary import Kind

#: The shape of the data that this release reads.
SCHEMA_VERSION: Final = 1

SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_URL: Final = re.compile(r"https?://[^\s/]+\.[^\s/]+(/\S*)?")
_SYSTEM: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_CODE: Final = re.compile(r"\S+( \S+)*")
_PARTIAL_DATE: Final = re.compile(
    r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?"
)
_VERSION: Final = re.compile(
    r"\d{1,9}\.\d{1,9}\.\d{1,9}([-+.][0-9A-Za-z.+-]+)?", re.ASCII
)
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_TAG: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")

_PATH: Final = re.compile(rf"(?:{'|'.join(KINDS)})(?:/{SLUG.pattern}){{1,3}}")
#: A language, or a text in it, whose translation was edited.
_TRANSLATED: Final = re.compile(r"locales/[A-Za-z0-9-]+(/\S+)?")
#: How many targets an event may have, at least and at most.
_TARGETS: Final = {
    "edited": (0, 0),
    "moved": (1, 1),
    "split": (2, math.inf),
    "withdrawn": (0, 0),
}
_TOLD: Final = {
    "edited": "belong to what was moved or split",
    "moved": "should be the one path that took over",
    "split": "should be the two or more paths that took over",
    "withdrawn": "belong to what was moved or split",
}

#: How often to look for near misses: in much content each takes long.
_GUESSES: Final = 100

#: A JSON path inside a record, and what is wrong there.
_Finding: TypeAlias = tuple[str, str]


class Place(NamedTuple):
    """Say where a record stands, and hold it unless it could not be read.

    Attributes:
        id: the id that the place gives it: the name of the file.
        path: where in the file the record begins.
        broken: places in it that were mended, to look at the rest.
        moved: where parts of the record stand in the file, if elsewhere.
    """

    kind: Kind
    id: str
    file: str
    path: str
    item: Record | Notice | Event | None = None
    broken: tuple[str, ...] = ()
    moved: Mapping[str, str] = MappingProxyType({})

    def problem(self, path: str, message: str) -> Problem:
        """Say what is wrong at a path inside the record."""
        inside = self._authored(path).removeprefix("$")
        return Problem(self.file, self.path + inside, message)

    def _authored(self, path: str) -> str:
        end = len(path) if self.moved else 0
        while (end := path.rfind("]", 0, end)) > 0:
            if path[: end + 1] in self.moved:
                return self.moved[path[: end + 1]] + path[end + 1 :]
        return path


class _Known:
    """Know all ids, those of records that could not be read among them."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.records: dict[Kind, dict[str, Place]] = {k: {} for k in FOLDERS}
        self.statements: set[str] = set()
        self.cautions: set[str] = set()
        #: What is there only because an overlay has it.
        self.local: set[str] = set()
        self.subjects: dict[str, Place] = {}
        #: What an event retired.
        self.gone: set[str] = set()
        self.rooted: set[str] = set()
        self.guesses = _GUESSES
        unread: list[str] = []
        for place in places:
            self.records[place.kind].setdefault(place.id, place)
            if isinstance(place.item, Record):
                self._know_parts(place.item)
            if isinstance(place.item, Event) and place.item.fate != "edited":
                self.gone.add(place.item.subject)
            if place.item is None or place.broken:
                unread.append(f"{FOLDERS[place.kind]}/{place.id}")
        self.unread = frozenset(unread)

    def _know_parts(self, record: Record) -> None:
        for statement in record.statements:
            self.statements.add(statement.id)
            self.cautions.update([it.id for it in statement.cautions])
            if statement.origin == "local":
                self.local.add(statement.id)

    def has(self, path: str) -> bool:
        """Tell whether a record, statement or caution is there."""
        folder, _, rest = path.partition("/")
        kind = KINDS.get(folder)
        alone = kind is not None and self.has_record(kind, rest)
        return alone or path in self.cautions or self.has_statement(path)

    def has_statement(self, id: str) -> bool:
        if id in self.statements:
            return True
        home = "/".join(id.split("/", 2)[:2])
        return home != id and home in self.unread

    def retired(self, path: str) -> bool:
        """Tell whether this was there once, or what it was part of."""
        return home_of(self.gone, path) is not None

    def source(self, id: str) -> Source | None:
        place = self.records["source"].get(id)
        if place is None or place.broken:
            return None
        return place.item if isinstance(place.item, Source) else None

    def has_record(self, kind: Kind, id: str) -> bool:
        return id in self.records[kind]

    def missing(self, kind: Kind, id: str) -> str:
        """Say that there is no such record."""
        guess = self.guess(id, self.records[kind])
        return f"there is no {kind.replace('_', ' ')} {id!r}{guess}"

    def guess(self, word: str, words: Iterable[str]) -> str:
        """Suggest what was meant, for the first problems at least."""
        self.guesses -= 1
        near = near_misses(word, words) if self.guesses > 0 else ()
        return did_you_mean(near)


def check_manifest(manifest: Manifest) -> Iterator[_Finding]:
    """Find what is wrong with the facts about the whole content."""
    if manifest.schema_version != SCHEMA_VERSION:
        found = manifest.schema_version
        message = f"is {found}, but this release reads {SCHEMA_VERSION}"
        yield "$.schema_version", message
    if not _VERSION.fullmatch(manifest.content_version):
        yield "$.content_version", "should be a version such as 1.0.0"
    if not _TAG.fullmatch(manifest.locale):
        yield "$.locale", "should be a language tag such as en or pt-BR"


def check_records(places: Iterable[Place]) -> Iterator[Problem]:
    """Find what is wrong between records, and inside those that were read."""
    places = tuple(places)
    known = _Known(places)
    for place in places:
        for path, message in _check_place(place, known):
            if not path.startswith(place.broken):
                yield place.problem(path, message)


def _check_place(place: Place, known: _Known) -> Iterator[_Finding]:
    first = known.records[place.kind][place.id]
    if first is not place:
        where = f"{first.file} {first.path}"
        yield "$.id", f"{place.id!r} is taken by {where}: ids are unique"
    item = place.item
    if item is None:
        return
    yield from _check_id(item.id, place)
    if isinstance(item, Record):
        yield from _check_record(item, place, known)
    elif isinstance(item, Notice):
        yield from _check_citations(item.citations, "$", known)
    else:
        yield from _check_event(item, place, known)


def _check_event(
    event: Event, place: Place, known: _Known
) -> Iterator[_Finding]:
    translated = _TRANSLATED.fullmatch(event.subject)
    if not _PATH.fullmatch(event.subject) and not translated:
        yield "$.subject", f"{event.subject!r:.90} is no path of a record"
        return
    if not _VERSION.fullmatch(event.since):
        yield "$.since", "should be a version such as 1.0.0"
    least, most = _TARGETS[event.fate]
    if not least <= len(event.targets) <= most:
        yield "$.targets", _TOLD[event.fate]
    if (event.fate == "edited") != (event.significance is not None):
        yield "$.significance", "belongs to what was edited, and only there"
    if event.harm is not None and event.fate != "withdrawn":
        yield "$.harm", "belongs to what was withdrawn"
    if translated:
        if event.fate != "edited":
            yield "$.fate", "should be edited: translations have no ids"
    elif event.fate != "edited":
        yield from _check_retired(event, place, known)
    elif not (known.has(event.subject) or known.retired(event.subject)):
        yield "$.subject", f"there is no {event.subject!r} that was edited"


def _check_retired(
    event: Event, place: Place, known: _Known
) -> Iterator[_Finding]:
    first = known.subjects.setdefault(event.subject, place)
    if first is not place:
        yield "$.subject", f"was retired by {first.file} already: keep one"
    if known.has(event.subject) and event.subject not in known.local:
        message = f"{event.subject!r} is still there: retired ids never return"
        yield "$.subject", message
    for index, target in enumerate(event.targets):
        if not known.has(target):
            guess = known.guess(target, known.statements)
            message = f"there is no {target!r:.90}: name what is there{guess}"
            yield f"$.targets[{index}]", message
        elif not _alike(target, event.subject):
            message = f"{target!r} is not of the same kind as the subject"
            yield f"$.targets[{index}]", message


def _alike(one: str, other: str) -> bool:
    same = one.partition("/")[0] == other.partition("/")[0]
    depth = one.count("/")
    return depth == other.count("/") and (same or depth > 1)


def _check_id(id: str, place: Place) -> Iterator[_Finding]:
    if not SLUG.fullmatch(id):
        yield "$.id", f"{id!r} is no slug: use a-z, 0-9 and single hyphens"
    elif id != place.id:
        yield "$.id", f"is {id!r}, but the file is named {place.id!r}"


def _check_record(
    record: Record, place: Place, known: _Known
) -> Iterator[_Finding]:
    yield from _check_names(record)
    seen: set[str] = set()
    id = place.id if "$.id" in place.broken else record.id
    home = f"{FOLDERS[record.record_kind]}/{id}"
    for index, statement in enumerate(record.statements):
        path = f"$.statements[{index}]"
        yield from _check_nested_id(statement, home, path, seen)
        yield from _check_statement(statement, path, known)
    if record.text_review is not None:
        yield from _check_text_review(record.text_review)
    if not any(path.startswith("$.statements") for path in place.broken):
        yield from _check_own(record, known)
    yield from _check_links(record, known)
    if isinstance(record, Source):
        yield from _check_source(record)
    if isinstance(record, Modality):
        yield from _check_broader(record, known)


def _check_text_review(signed: TextReview) -> Iterator[_Finding]:
    for name in ("due_on", "withdrawn_on"):
        day = getattr(signed, name)
        if day is not None and day < signed.signed_on:
            message = f"{day} is before the signature of {signed.signed_on}"
            yield f"$.text_review.{name}", message
    if not _DIGEST.fullmatch(signed.digest):
        message = "should be a SHA-256: salvage-kb review sign writes it"
        yield "$.text_review.digest", message


def _check_names(record: Record) -> Iterator[_Finding]:
    if record.synonyms:
        yield from check_synonyms(record, record.synonyms, {record.name})
    for index, code in enumerate(record.codes):
        path = f"$.codes[{index}]"
        if not _SYSTEM.fullmatch(code.system):
            yield f"{path}.system", "should be a URI such as http://loinc.org"
        if not _CODE.fullmatch(code.code):
            yield f"{path}.code", "should have single spaces at most"


def check_synonyms(
    record: Record,
    synonyms: Iterable[Synonym | OwnSynonym],
    names: Iterable[str],
) -> Iterator[_Finding]:
    """Find what is wrong with synonyms of a record, besides other names."""
    seen = {name.casefold() for name in names}
    codes = {code.code for code in record.codes}
    for index, synonym in enumerate(synonyms):
        path = f"$.synonyms[{index}]"
        if (folded := synonym.text.casefold()) in seen:
            message = f"{synonym.text!r} is there already: remove it"
            yield f"{path}.text", message
        seen.add(folded)
        if synonym.code not in {None, *codes}:
            message = f"{synonym.code!r} is no code of the record"
            yield f"{path}.code", message


def _check_nested_id(
    item: Statement | Caution, home: str, path: str, seen: set[str]
) -> Iterator[_Finding]:
    parent, _, slug = item.id.rpartition("/")
    if parent != home or not SLUG.fullmatch(slug):
        yield f"{path}.id", f"{item.id!r} should be {home}/ and a slug"
    if item.id in seen:
        yield f"{path}.id", f"{item.id!r} is there already: ids are unique"
    seen.add(item.id)


def _check_statement(
    statement: Statement, path: str, known: _Known
) -> Iterator[_Finding]:
    yield from _check_cited(statement, path, known)
    for index, citation in enumerate(statement.citations):
        if citation.section is None:
            where = f"{path}.citations[{index}].section"
            yield where, "is missing: say where in the source this stands"
    seen: set[str] = set()
    for index, caution in enumerate(statement.cautions):
        where = f"{path}.cautions[{index}]"
        yield from _check_nested_id(caution, statement.id, where, seen)
        if caution.original is not None:
            yield f"{where}.original", "is for views only: leave it out"
        yield from _check_cited(caution, where, known)


def _check_cited(
    item: Statement | Caution, path: str, known: _Known
) -> Iterator[_Finding]:
    if not item.citations:
        yield f"{path}.citations", "is empty: cite at least one source"
    yield from _check_citations(item.citations, path, known)


def _check_citations(
    citations: tuple[Citation, ...], path: str, known: _Known
) -> Iterator[_Finding]:
    for index, citation in enumerate(citations):
        id, section = citation.source_id, citation.section
        if not known.has_record("source", id):
            where = f"{path}.citations[{index}].source_id"
            yield where, known.missing("source", id)
        source = known.source(id)
        if source and section and section not in source.sections:
            guess = known.guess(section, source.sections)
            message = f"{source.id} lists no section {section!r}{guess}"
            yield f"{path}.citations[{index}].section", message


def _check_own(record: Record, known: _Known) -> Iterator[_Finding]:
    own = {statement.id for statement in record.statements}
    for field in ("summary_id", "measures_id", "why_id"):
        id = getattr(record, field, None)
        if id is not None and id not in own:
            guess = known.guess(id, own)
            yield f"$.{field}", f"{id!r} is no statement of this record{guess}"


def _check_links(record: Record, known: _Known) -> Iterator[_Finding]:
    seen: set[tuple[Kind, str]] = set()
    for path, kind, link in record.authored_links():
        if not known.has_record(kind, link.id):
            yield f"{path}.id", known.missing(kind, link.id)
        if (kind, link.id) in seen:
            yield f"{path}.id", f"{link.id!r} is linked twice: remove one"
        seen.add((kind, link.id))
        yield from _check_bearing(link, path, known)


def _check_bearing(
    link: RecordLink, path: str, known: _Known
) -> Iterator[_Finding]:
    if not link.statements:
        message = "is empty: name the statements that bear the link out"
        yield f"{path}.statements", message
    for index, id in enumerate(link.statements):
        if not known.has_statement(id):
            guess = known.guess(id, known.statements)
            where = f"{path}.statements[{index}]"
            yield where, f"there is no statement {id!r}{guess}"


def _check_broader(modality: Modality, known: _Known) -> Iterator[_Finding]:
    """Follow the wider modalities up, and see that none comes again."""
    chain = {modality.id: None}
    item: Record | Notice | Event | None = modality
    while isinstance(item, Modality) and item.broader_link:
        id = item.broader_link.id
        if id in chain:
            circle = " > ".join([*chain, id])
            yield "$.broader_link.id", f"goes in a circle: {circle}"
            return
        if id in known.rooted:
            break
        chain[id] = None
        place = known.records["modality"].get(id)
        item = place.item if place else None
    known.rooted.update(chain)


def _check_source(source: Source) -> Iterator[_Finding]:
    if source.url is not None and not _URL.fullmatch(source.url):
        yield "$.url", "should be an http or https address, or left out"
    published = source.published
    if published is not None and not _PARTIAL_DATE.fullmatch(published):
        yield "$.published", "should be YYYY, YYYY-MM or YYYY-MM-DD"
    for index, section in enumerate(source.sections):
        if not SLUG.fullmatch(section):
            message = f"{section!r} is no slug: use a-z, 0-9 and hyphens"
            yield f"$.sections[{index}]", message


def check_pack_file(
    item: PackFile, folder: str, name: str
) -> Iterator[_Finding]:
    """Find what is wrong with the translations of one record."""
    if folder not in KINDS or not SLUG.fullmatch(item.id):
        yield "$.id", f"{folder}/{item.id} is no record of any kind"
    elif f"{item.id}.json" != name:
        yield "$.id", f"is {item.id!r}, but the file is named {name!r}"
    home = f"{folder}/{item.id}"
    for key in item.texts:
        if key != home and not key.startswith((f"{home}#", f"{home}/")):
            yield (
                json_path(("texts", key)),
                f"belongs to another record than {home}",
            )


def check_locale(
    info: LocaleInfo, tag: str, statuses: Collection[str]
) -> Iterator[_Finding]:
    """Find what is wrong with the facts about a translation."""
    if info.locale != tag:
        yield "$.locale", f"is {info.locale!r}, but the folder is {tag!r}"
    if "reviewed" in statuses and info.reviewed_by is None:
        message = "is missing, but some texts are reviewed: say by whom"
        yield "$.reviewed_by", message
