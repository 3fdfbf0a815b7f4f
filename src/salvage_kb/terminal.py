"""Print one record as a leaflet for people, with nothing left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, get_args

from rich.console import Console
from rich.text import Text as Styled

from .model import Citation
from .records import SideEffect, Source
from .vocabulary import CODE_SYSTEMS, FOLDERS, Aspect
from .words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .knowledge_base import KnowledgeBase
    from .model import RecordLink, Statement
    from .records import Record
    from .review import Review, TextReview
    from .search import Hit
    from .text import Text

_WIDTH: Final = 80
_SYSTEMS: Final = {uri: name for name, uri in CODE_SYSTEMS.items()}
#: Fields of one kind or another that are shown under the name.
_SHOWN: Final = (
    "category",
    "kind",
    "body_system",
    "licence",
    "filed_under",
    "sections",
)


class _Leaflet:
    """Print paragraphs, and number the sources as they come."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.kb = kb
        self.console = Console(highlight=False)
        self.width = min(self.console.width, _WIDTH)
        self.numbers: dict[str, int] = {}
        self.read_as: dict[str, str] = {}

    def heading(self, words: str) -> None:
        self.console.print()
        self.console.print(Styled(words, style="bold"))

    def paragraph(
        self, words: str, indent: int = 2, style: str = "", mark: str = ""
    ) -> None:
        """Print wrapped words, with a mark hanging before the first line."""
        text = Styled(words, style=style)
        prefix = " " * indent + mark
        for line in text.wrap(self.console, self.width - len(prefix)):
            line.rstrip()
            self.console.print(Styled(prefix) + line, soft_wrap=True)
            prefix = " " * len(prefix)

    def references(self, citations: Iterable[Citation]) -> str:
        """Turn citations into marks such as ``[1, outline] [2]``."""
        marks = []
        for citation in citations:
            known = len(self.numbers) + 1
            number = self.numbers.setdefault(citation.source_id, known)
            if citation.read_as:
                self.read_as[citation.source_id] = citation.read_as
            place = f", {citation.section}" if citation.section else ""
            marks.append(f"[{number}{place}]")
        return " ".join(marks)

    def statement(self, statement: Statement) -> None:
        """Print a statement with its cautions."""
        marks = self.references(statement.citations)
        if statement.origin == "local":
            marks += " (added locally)"
        marks += _mark(statement.text)
        self.paragraph(f"{statement.text} {marks}", mark="- ")
        for caution in statement.cautions:
            marks = self.references(caution.citations)
            marks += _mark(caution.text)
            style = "bold yellow" if caution.safety else "yellow"
            self.paragraph(f"{caution} {marks}", 4, style, mark="! ")

    def link(self, record: Record, link: RecordLink) -> None:
        """Print what a link leads to and, of a test, when it is made."""
        timing = getattr(link, "timing", None)
        term = getattr(record, "clinical_term", None)
        words = marked(record.name)
        if term and term.casefold() != record.name.casefold():
            words += f" ({term})"
        words += f", {timing} the therapy" if timing else ""
        self.paragraph(f"{words}: {record.id}", mark="- ")

    def source(self, source: Source) -> None:
        """Print who published a work and when, under its number."""
        dates = [source.published, source.dated]
        if source.source_review:
            day, who = source.reviewed_on, source.reviewer
            dates.append(f"medically reviewed by {who} on {day}")
        elif source.reviewed_on:
            dates.append(f"reviewed on {source.reviewed_on}")
        if read_as := self.read_as.get(source.id):
            dates.append(f"read as {read_as.replace('-', ' ')}")
        facts = ", ".join([source.publisher, *filter(None, dates)])
        mark = f"[{self.numbers[source.id]}] "
        self.paragraph(f"{source.name}. {facts}.", mark=mark)
        url = source.url or "address not known"
        self.console.print(f"      {url}", soft_wrap=True)


def marked(text: Text) -> str:
    """Show a text, and say if it is in another language than asked for."""
    return f"{text}{_mark(text)}"


def _mark(text: Text) -> str:
    facts = [text.lang] if text.is_fallback else []
    facts += ["stale"] if text.stale else []
    return f" ({', '.join(facts)})" if facts else ""


def found_page(kb: KnowledgeBase, hits: Iterable[Hit[Record]]) -> str:
    """Write what was found, each statement with its cautions."""
    page = _Leaflet(kb)
    with page.console.capture() as captured:
        for hit in hits:
            kind = hit.record.record_kind.replace("_", "-")
            name = f"{marked(hit.record.name)} ({kind} {hit.record.id})"
            page.paragraph(name, indent=0, style="bold")
            if hit.statement is not None:
                page.statement(hit.statement)
            elif hit.text != hit.record.name:
                page.paragraph(
                    f"{hit.field.replace('_', ' ')}: {marked(hit.text)}"
                )
        _print_sources_of(page)
        _print_notices(page)
    return captured.get()


def leaflet(kb: KnowledgeBase, record: Record) -> str:
    """Write a record, its statements with cautions, links and sources."""
    page = _Leaflet(kb)
    with page.console.capture() as captured:
        page.paragraph(marked(record.name), 0, "bold underline")
        for label, words in _facts(record):
            page.paragraph(f"{label}: {words}")
        _print_statements(page, record)
        _print_links(page, record)
        _print_codes(page, record)
        _print_sources(page, record)
        _print_review(page, record)
        _print_notices(page)
    return captured.get()


def _print_notices(page: _Leaflet) -> None:
    kb = page.kb
    page.heading("Please note")
    for notice in kb.notices:
        page.paragraph(marked(notice.text))
    if kb.pack is not None:
        page.paragraph(
            f"Language: {kb.pack.name} ({kb.pack.locale}), translated by "
            f"{kb.pack.translated_by}, "
            + (
                f"checked by {kb.pack.reviewed_by}."
                if kb.pack.reviewed_by
                else "a draft that nobody has checked."
            )
        )
    elif kb.locale != kb.locales[0]:
        page.paragraph(
            f"No translation into {kb.locale} is on offer. Texts marked with "
            f"{kb.locales[0]} are in that language."
        )
    page.paragraph(f"Content version {kb.content_version}.")


def _print_statements(page: _Leaflet, record: Record) -> None:
    summary = record.summary
    if summary is not None:
        page.heading("In short")
        page.statement(summary)
    words = Words(page.kb.locale)
    for aspect in get_args(Aspect):
        rest = [s for s in record.by_aspect(aspect) if s != summary]
        if rest:
            page.heading(words(aspect))
        for statement in rest:
            page.statement(statement)


def _facts(record: Record) -> list[tuple[str, str]]:
    facts: list[tuple[str, str]] = []
    if record.origin == "local":
        facts.append(("Origin", "added or changed locally"))
    if isinstance(record, SideEffect) and record.clinical_term:
        facts.append(("Clinical term", marked(record.clinical_term)))
    if record.synonyms:
        names = (f"{marked(s.text)} ({s.type})" for s in record.synonyms)
        facts.append(("Also called", ", ".join(names)))
    for name in _SHOWN:
        if value := getattr(record, name, None):
            label = name.replace("_", " ").capitalize()
            words = ", ".join([value] if isinstance(value, str) else value)
            facts.append((label, words))
    return facts


def _print_links(page: _Leaflet, record: Record) -> None:
    neighbors = page.kb.neighbors(record.key)
    for kind, name in FOLDERS.items():
        linked = [key for key in neighbors if key[0] == kind]
        if linked:
            page.heading(f"Linked {name.replace('_', ' ')}")
        for id, other in page.kb.table(kind).items():
            if (kind, id) in neighbors:
                page.link(other, neighbors[kind, id])


def _print_codes(page: _Leaflet, record: Record) -> None:
    if record.codes:
        page.heading("Standard codes")
    for code in record.codes:
        system = _SYSTEMS.get(code.system, code.system)
        note = f"; {code.note}" if code.note else ""
        words = f"{system} {code.code}, {code.display} ({code.match}{note})"
        page.paragraph(words, mark="- ")


def _print_sources_of(page: _Leaflet) -> None:
    if page.numbers:
        page.heading("Sources")
    for id in tuple(page.numbers):
        page.source(page.kb.sources[id])


def _print_sources(page: _Leaflet, record: Record) -> None:
    if isinstance(record, Source):
        page.references([Citation(source_id=record.id)])
    _print_sources_of(page)
    if isinstance(record, Source):
        page.heading("Statements that rest on it, or whose cautions do")
        for statement in record.cited_by:
            page.paragraph(statement.id, mark="- ")


def _print_review(page: _Leaflet, record: Record) -> None:
    review = record.review
    page.heading("Review")
    if source := review.source_review:
        page.paragraph(
            f"{source.reviewer} last reviewed the source article on "
            f"{source.reviewed_on}. By our policy a new review is due on "
            f"{source.due_on}. It was not a review of this text."
        )
    if review.text_review:
        page.paragraph(_signature(review, review.text_review))
    elif not isinstance(record, Source):
        page.paragraph("Nobody has medically reviewed this text.")
    elif review.source_review is None:
        page.paragraph("No medical review of this work is recorded here.")


def _signature(review: Review, signed: TextReview) -> str:
    who = f"{signed.reviewer}, {signed.credential}, signed"
    if signed.withdrawn_on is not None:
        return f"{who} this text, but took that back on {signed.withdrawn_on}."
    if review.is_lapsed:
        return (
            f"{who} an earlier text on {signed.signed_on}. It has changed "
            "since, and nobody has medically reviewed it as it is now."
        )
    return (
        f"{who} this text on {signed.signed_on}. A new review is due on "
        f"{signed.due_on}."
    )
