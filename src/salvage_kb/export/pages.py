"""Write records for readers, as fragments of HTML and Markdown.

Each part says its language and direction. Whatever the content says comes out
as text: nothing in it is taken for markup.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Final, NamedTuple, get_args

from salvage_kb.locales import texts_of
from salvage_kb.tags import direction_of
from salvage_kb.text import Text
from salvage_kb.vocabulary import FOLDERS, Aspect, ReadAs
from salvage_kb.words import Words

from .files import File, text_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from salvage_kb.knowledge_base import KnowledgeBase
    from salvage_kb.model import Caution, Citation, Statement
    from salvage_kb.records import Record
    from salvage_kb.text import Direction
    from salvage_kb.vocabulary import Origin
    from salvage_kb.words import Word

#: What an address may hold, but no link of Markdown or template.
_UNSAFE: Final = re.compile(r"[\0- <>{}|\\^`\"\x7f]")


def _address(url: str) -> str:
    """Escape what would end an address, or be read as something else."""
    before, sign, after = url.partition("&")
    after = after.replace(";", "%3B")  # it may end what is taken for an entity
    return _UNSAFE.sub(
        lambda it: f"%{ord(it[0]):02X}", f"{before}{sign}{after}"
    )


class Line(NamedTuple):
    """Hold one thing that a page says, and what has to stay beside it.

    Attributes:
        id: that of the statement or caution.
        label: words before the text.
        facts: what stands after it: references, or who published a source.
        mark: what stands before everything: the number of a source.
        style: what kind of line it is, as a class in HTML.
        below: what belongs to it: cautions, and what has to be said of it.
    """

    text: Text
    id: str | None = None
    label: Text | None = None
    facts: tuple[Text, ...] = ()
    mark: str = ""
    url: str | None = None
    style: str = "about"
    below: tuple[Line, ...] = ()


class Part(NamedTuple):
    """Hold what a page says under one heading."""

    name: str
    heading: Text | None
    lines: tuple[Line, ...]


class Page(NamedTuple):
    """Hold what a page about a record says, in order."""

    ref: str
    locale: str
    dir: Direction
    version: str
    title: Text
    parts: tuple[Part, ...]


class Maker:
    """Make the page about a record, and number its sources as they come."""

    def __init__(self, view: KnowledgeBase) -> None:
        self.view: KnowledgeBase = view
        self.words: Words = Words(view.locale)
        self.numbers: dict[str, int] = {}
        self.read_as: dict[str, dict[ReadAs, None]] = {}

    def parts(self, record: Record) -> Iterator[Part]:
        """Go through the parts that are not empty."""
        words = self.words
        summary = record.summary
        first = [self.statement(summary)] if summary else []
        found = [Part("term", None, tuple(self.facts(record)))]
        called = tuple(self.name(it.text) for it in record.synonyms)
        found.append(Part("called", words("called"), called))
        found.append(Part("summary", words("summary"), tuple(first)))
        for aspect in get_args(Aspect):
            rest = (s for s in record.by_aspect(aspect) if s != summary)
            lines = tuple(map(self.statement, rest))
            found.append(Part(aspect, words(aspect), lines))
        also = tuple(
            self.name(it.name, origin=it.origin) for it in self.linked(record)
        )
        found.append(Part("see-also", words("see-also"), also))
        notes = tuple(self.notes(record))  # they may cite sources too
        sources = tuple(self.source(it) for it in self.numbers)
        found.append(Part("sources", words("sources"), sources))
        found.append(Part("note", words("note"), notes))
        return (part for part in found if part.lines)

    def facts(self, record: Record) -> Iterator[Line]:
        """Say what has to be known of the title, below it."""
        term = getattr(record, "clinical_term", None)
        if term:
            yield self.name(term, self.words.label("term"))
        yield from self.about(record.name, record.origin)

    def linked(self, record: Record) -> Iterator[Record]:
        """Go through what the content links to a record."""
        neighbors = self.view.neighbors(record.key)
        for kind in FOLDERS:
            for id, other in self.view.table(kind).items():
                if (kind, id) in neighbors:
                    yield other

    def name(
        self, text: Text, label: Text | None = None, origin: Origin = "base"
    ) -> Line:
        """Give a name on a line of its own."""
        below = tuple(self.about(text, origin))
        return Line(text, label=label, style="name", below=below)

    def statement(self, it: Statement) -> Line:
        """Give a statement with its cautions below it."""
        facts = self.references(it.citations)  # before those of cautions
        below = (
            *map(self.caution, it.cautions),
            *self.about(it.text, it.origin),
        )
        return Line(
            it.text, it.id, facts=facts, style="statement", below=below
        )

    def caution(self, it: Caution) -> Line:
        """Give a caution, under a word that says what it is."""
        below = list(self.about(it.text))
        if it.original:
            label = self.words.label("original")
            below.insert(0, Line(it.original, label=label, style="original"))
        return Line(
            it.text,
            it.id,
            self.words.label("safety" if it.safety else "caution"),
            self.references(it.citations),
            style="safety caution" if it.safety else "caution",
            below=tuple(below),
        )

    def about(self, text: Text, origin: Origin = "base") -> Iterator[Line]:
        """Say of a text what has to be known of it."""
        if origin == "local":
            yield Line(self.words("local"))
        if text.stale:
            yield Line(self.words("stale"))

    def references(self, citations: Iterable[Citation]) -> tuple[Text, ...]:
        """Turn citations into marks, which read from left to right."""
        marks = []
        for it in citations:
            known = len(self.numbers) + 1
            number = self.numbers.setdefault(it.source_id, known)
            if it.read_as:
                self.read_as.setdefault(it.source_id, {})[it.read_as] = None
            place = f", {it.section}" if it.section else ""
            marks.append(f"[{number}{place}]")
        lang = self.view.locales[0]  # sections are named in it
        return (Text(" ".join(marks), lang=lang),) if marks else ()

    def source(self, id: str) -> Line:
        """Give a work under its number, and how much of it was read."""
        it = self.view.sources[id]
        facts = filter(None, (it.publisher, it.published, it.dated))
        told = Text(", ".join(facts), lang=it.name.lang, dir=it.name.dir)
        words: list[Word] = [*self.read_as.get(id, ())]
        if not it.url:
            words.append("no-address")
        return Line(
            it.name,
            facts=(told,),
            mark=f"[{self.numbers[id]}]",
            url=it.url and _address(it.url),
            style="source",
            below=(
                *self.about(it.name, it.origin),
                *(Line(self.words(word)) for word in words),
            ),
        )

    def notes(self, record: Record) -> Iterator[Line]:
        """Say who reviewed what, and what has to stand on every page."""
        words, review = self.words, record.review
        if it := review.source_review:
            day = it.reviewed_on
            yield Line(words("reviewed", who=it.reviewer, day=day))
        if signed := review.signature:
            who = f"{signed.reviewer}, {signed.credential}"
            yield Line(words("signed", who=who, day=signed.signed_on))
        else:
            yield Line(words("unreviewed"))
        yield from self.translated(record)
        for notice in self.view.notices:
            facts = self.references(notice.citations)
            below = tuple(self.about(notice.text))
            yield Line(notice.text, facts=facts, style="notice", below=below)
        version = words("version", version=self.view.content_version)
        yield Line(version, style="version")

    def translated(self, record: Record) -> Iterator[Line]:
        """Say that texts are drafts, and who wrote those of a pack."""
        texts = [text for _, text in texts_of(record)]
        texts += (it.name for it in self.linked(record))
        texts += (it.text for it in self.view.notices)
        if any(it.status == "draft" for it in texts):
            yield Line(self.words("draft"))
        pack = self.view.pack
        if pack and any(it.lang == pack.locale for it in texts):
            by = pack.translated_by
            machine = by == "machine"
            yield Line(self.words("machine" if machine else "by", by=by))


def page(view: KnowledgeBase, record: Record) -> Page:
    """Arrange what a record says, in the language of a view."""
    return Page(
        record.ref,
        view.locale,
        direction_of(view.locale),
        view.content_version,
        record.name,
        tuple(Maker(view).parts(record)),
    )


# HTML


class _Html(str):
    """Be markup already; whatever is not is escaped."""

    __slots__ = ()


def _element(tag: str, *children: str, **attributes: str | None) -> _Html:
    told = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    inside = "".join(
        it if isinstance(it, _Html) else escape(it) for it in children
    )
    return _Html(f"<{tag}{told}>{inside}</{tag}>")


def _spoken(tag: str, text: Text, class_: str | None = None) -> _Html:
    return _element(tag, text, class_=class_, lang=text.lang, dir=text.dir)


def _html_line(line: Line) -> _Html:
    words: list[str] = [f"{line.mark} "] if line.mark else []
    if line.label:
        words += [_spoken("strong", line.label), " "]
    said = _spoken("span", line.text)
    words.append(_element("a", said, href=line.url) if line.url else said)
    for fact in line.facts:
        words += [" ", _spoken("span", fact, "facts")]
    below = map(_html_line, line.below)
    return _element(
        "div",
        _element("p", *words),
        *below,
        class_=line.style,
        id=line.id,
    )


def html_body(page: Page) -> str:
    """Write the inside of a page, in elements that FHIR allows too."""
    found = [_spoken("h2", page.title)]
    for part in page.parts:
        head = [_spoken("h3", part.heading)] if part.heading else []
        lines = map(_html_line, part.lines)
        found.append(_element("div", *head, *lines, class_=part.name))
    return "\n".join(found)


def html(view: KnowledgeBase, record: Record) -> str:
    """Write a fragment of HTML about a record.

    It has everything that belongs to the record: cautions beside their
    statements, sources, review, notices and the version of the content.
    Statements and cautions have their ids; the classes are for style sheets.
    """
    it = page(view, record)
    inside = _Html(f"\n{html_body(it)}\n")
    return _element(
        "div",
        inside,
        class_="salvage-kb",
        lang=it.locale,
        dir=it.dir,
        data_ref=it.ref,
        data_content_version=it.version,
    )


# Markdown

#: What means something in Markdown, in one of its common extensions, or to
#: what fills templates. A dot, colon or slash may make a link of a word.
_SPECIAL: Final = re.compile(
    r"[\\`*_\[\]<>&~|^=$@#{}%+]|:(?=\S)|\.(?=[^\W\d])|/(?=/)"
)


def _plain(text: str) -> str:
    return _SPECIAL.sub(lambda it: f"\\{it[0]}", text)


def _said(text: Text, id: str | None = None) -> str:
    named = f'id="{escape(id)}" ' if id else ""
    told = f'{named}lang="{escape(text.lang)}" dir="{text.dir}"'
    return f"<span {told}>{_plain(text)}</span>"


def _markdown_line(line: Line, indent: str = "") -> Iterator[str]:
    words = [_plain(line.mark)] if line.mark else []
    words += [f"**{_said(line.label)}**"] if line.label else []
    words += [_said(line.text, line.id), *map(_said, line.facts)]
    words += [f"<{line.url}>"] if line.url else []
    yield f"{indent}- {' '.join(words)}"
    for below in line.below:
        yield from _markdown_line(below, f"{indent}  ")


def markdown(view: KnowledgeBase, record: Record) -> str:
    """Write a fragment of Markdown about a record, with all that `html` has.

    Language and direction stand in ``span`` elements, so the renderer has to
    let HTML through.
    """
    it = page(view, record)
    found = [f"## {_said(it.title)}", ""]
    for part in it.parts:
        if part.heading:
            found += [f"### {_said(part.heading)}", ""]
        for line in part.lines:
            found += _markdown_line(line)
        found.append("")
    return "\n".join(found)


# Files


def html_files(views: Mapping[str, KnowledgeBase]) -> Iterator[File]:
    """Give a fragment of HTML for each record and language."""
    return _each(views, html, "html")


def markdown_files(views: Mapping[str, KnowledgeBase]) -> Iterator[File]:
    """Give a fragment of Markdown for each record and language."""
    return _each(views, markdown, "md")


def _each(
    views: Mapping[str, KnowledgeBase],
    write: Callable[[KnowledgeBase, Record], str],
    suffix: str,
) -> Iterator[File]:
    for tag, view in views.items():
        for kind, folder in FOLDERS.items():
            if kind not in {"source", "notice", "event"}:
                for id, record in view.table(kind).items():
                    path = f"{tag}/{folder}/{id}.{suffix}"
                    yield text_file(path, write(view, record).rstrip() + "\n")
