"""Arrange records for readers at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .export.pages import Line, Maker, Part
from .locales import texts_of
from .model import Citation
from .records import Source
from .tags import direction_of
from .terminal import printed
from .text import Text
from .vocabulary import CODE_SYSTEMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .knowledge_base import KnowledgeBase
    from .model import Statement
    from .records import Record
    from .search import Hit
    from .vocabulary import Kind, Origin
    from .words import Word

_SYSTEMS: Final = {uri: name for name, uri in CODE_SYSTEMS.items()}
#: What several records of a kind are called.
_KINDS: Final[dict[Kind, Word]] = {
    "condition": "condition",
    "modality": "modality",
    "side_effect": "side-effect",
    "monitoring_test": "monitoring_test",
    "topic": "topic",
}
#: What the fields are called whose texts a search finds.
_FIELDS: Final[dict[str, Word]] = {
    "synonym": "called",
    "clinical_term": "term",
}
#: Fields whose values are names for programs.
_FACTS: Final = ("category", "kind", "body_system", "filed_under", "sections")


class Reader(Maker):
    """Make the page about a record as a leaflet, the summary first.

    With ids, it names also what only programs need: ids, sections of
    sources, and the values of fields.
    """

    def __init__(self, view: KnowledgeBase, *, ids: bool = False) -> None:
        super().__init__(view)
        self.ids = ids

    def parts(self, record: Record) -> Iterator[Part]:
        """Go through the parts that are not empty."""
        words = self.words
        if isinstance(record, Source):
            self.references([Citation(source_id=record.id)])
        found = {it.name: it for it in super().parts(record)}
        summary = found.pop("summary", Part("summary", None, ()))
        sources, note = found.pop("sources", None), found.pop("note")
        for name in ("term", "called", "see-also"):
            found.pop(name, None)
        parts = [
            summary._replace(heading=None),
            Part("facts", None, tuple(self.known(record))),
            *found.values(),
            Part("see-also", words("see-also"), tuple(self.related(record))),
            Part("codes", words("codes"), tuple(self.codes(record))),
            *filter(None, [sources]),
            Part("cited-in", words("cited-in"), tuple(self.cited_in(record))),
            note,
        ]
        return (part for part in parts if part.lines)

    def known(self, record: Record) -> Iterator[Line]:
        """Say what else the record is called, and where it came from."""
        yield from self.facts(record)
        names = [
            self.marked(it.text, more=[it.type] if self.ids else [])
            for it in record.synonyms
        ]
        yield from self.listed("called", names)
        if isinstance(record, Source):
            yield from self.listed("licence", [record.licence])
        if self.ids:
            facts = [record.ref]
            for name in _FACTS:
                if value := getattr(record, name, None):
                    told = (
                        value if isinstance(value, str) else ", ".join(value)
                    )
                    facts.append(f"{name}: {told}")
            yield from (Line(Text(it)) for it in facts)

    def listed(self, word: Word, names: Sequence[str]) -> Iterator[Line]:
        """Give names on one line, if there are any, behind what they are."""
        if names:
            told, *others = names
            for name in others:
                told = self.words("list", some=told, more=name)
            locale = self.view.locale
            text = Text(told, lang=locale, dir=direction_of(locale))
            yield Line(text, label=self.words.label(word), style="names")

    def marked(
        self, text: Text, origin: Origin = "base", more: Iterable[str] = ()
    ) -> str:
        """Give a name, and in brackets what has to be known of it."""
        marks = [text.lang] if text.is_fallback else []
        marks += [self.words("outdated")] if text.stale else []
        marks += [self.words("local")] if origin == "local" else []
        marks += more
        return f"{text} ({'; '.join(marks)})" if marks else text

    def related(self, record: Record) -> Iterator[Line]:
        """Name what the content links to a record, by kind."""
        links = self.view.neighbors(record.key)
        names: dict[Kind, list[str]] = {}
        for it in self.linked(record):
            timing = getattr(links[it.key], "timing", None)
            more: list[str] = [self.words(timing)] if timing else []
            more += [it.ref] if self.ids else []
            name = self.marked(it.name, it.origin, more)
            names.setdefault(it.record_kind, []).append(name)
        for kind, told in names.items():
            yield from self.listed(_KINDS[kind], told)

    def codes(self, record: Record) -> Iterator[Line]:
        """Give the standard codes, and how far each says the same."""
        for it in record.codes:
            system = _SYSTEMS.get(it.system, it.system)
            told = Text(f"{system} {it.code}, {it.display}")
            marks = [self.words(it.match), *filter(None, [it.note])]
            facts = (Text(f"({'; '.join(marks)})"),)
            yield Line(told, facts=facts, style="code")

    def cited_in(self, record: Record) -> Iterator[Line]:
        """Name what rests on a source, or has a caution that does."""
        found = record.cited_by if isinstance(record, Source) else ()
        if self.ids:
            yield from (Line(Text(it.id)) for it in found)
            return
        records = {it.record.key: it.record for it in found}
        for kind, word in _KINDS.items():
            names = [
                self.marked(it.name, it.origin)
                for it in records.values()
                if it.record_kind == kind
            ]
            yield from self.listed(word, names)

    def references(self, citations: Iterable[Citation]) -> tuple[Text, ...]:
        """Turn citations into marks, without the sections."""
        cited = tuple(citations)
        told = super().references(cited)
        if self.ids or not told:
            return told
        marks = dict.fromkeys(
            f"[{self.numbers[it.source_id]}]" for it in cited
        )
        return (Text(" ".join(marks)),)

    def source(self, id: str) -> Line:
        """Give a work under its number, and when it was reviewed."""
        line, it = super().source(id), self.view.sources[id]
        name = it.name if it.name.endswith((".", "?", "!")) else f"{it.name}."
        below = list(line.below)
        if day := it.reviewed_on:
            word: Word = "medical-review" if it.reviewer else "dated-review"
            below.insert(0, Line(self.words(word, who=it.reviewer, day=day)))
        text = Text(name, lang=it.name.lang, dir=it.name.dir)
        shown = f"sources/{id}" if self.ids else None
        return line._replace(text=text, id=shown, below=tuple(below))

    def notes(self, record: Record) -> Iterator[Line]:
        """Say also when a review is due, and what a signature is worth."""
        words, review = self.words, record.review
        told = super().notes(record)
        if it := review.source_review:
            marks = self.references([Citation(source_id=it.source_id)])
            due = words("due", day=it.due_on)
            yield next(told)._replace(facts=(*marks, due))
        ours = next(told)
        if signed := review.text_review:
            who = f"{signed.reviewer}, {signed.credential}"
            if back := signed.withdrawn_on:
                yield Line(words("taken-back", who=who, day=back))
            elif review.is_lapsed:
                yield Line(words("lapsed", who=who, day=signed.signed_on))
            else:
                ours = ours._replace(facts=(words("due", day=signed.due_on),))
        if not isinstance(record, Source):
            yield ours
        elif not review.source_review:
            yield Line(words("no-review"))
        yield from told

    def translated(self, record: Record) -> Iterator[Line]:
        """Say also who checked a translation, and what is not translated."""
        yield from super().translated(record)
        texts = [text for _, text in texts_of(record)]
        texts += (it.name for it in self.linked(record))
        texts += (it.text for it in self.view.notices)
        pack, states = self.view.pack, {it.status for it in texts}
        if pack and "reviewed" in states and "draft" not in states:
            yield Line(self.words("checked", by=pack.reviewed_by))
        if any(it.is_fallback for it in texts):
            lang, tag = self.view.locales[0], self.view.locale
            yield Line(self.words("untranslated", lang=lang, tag=tag))

    def hit(self, it: Hit[Record]) -> Part:
        """Give what a search found, and why; a statement with cautions."""
        kind = it.record.record_kind.replace("_", "-")
        name = self.marked(it.record.name, it.record.origin)
        head = Text(f"{name} ({kind} {it.record.id})", dir=it.record.name.dir)
        if it.statement is not None:
            return Part("hit", head, (self.statement(it.statement),))
        word = _FIELDS.get(it.field)
        lines = self.listed(word, [self.marked(it.text)]) if word else ()
        return Part("hit", head, tuple(lines))

    def found(self, hits: Sequence[Hit[Record]]) -> Iterator[Part]:
        """Go through what was found, with its sources and the notices."""
        yield from map(self.hit, hits)
        lines: dict[Line, None] = {}
        for hit in hits:
            lines |= dict.fromkeys(self.translated(hit.record))
        for line in super().notes(hits[0].record):
            if line.style in {"notice", "version"}:
                lines[line] = None
        yield from self.rest(tuple(lines))

    def some(
        self, record: Record, statements: Iterable[Statement]
    ) -> Iterator[Part]:
        """Go through some statements of a record, with what they need."""
        yield Part("some", None, tuple(map(self.statement, statements)))
        yield from self.rest(tuple(self.notes(record)))

    def rest(self, notes: tuple[Line, ...]) -> Iterator[Part]:
        """Go through the sources so far, if there are any, and the notes."""
        if self.numbers:
            sources = tuple(self.source(it) for it in self.numbers)
            yield Part("sources", self.words("sources"), sources)
        yield Part("note", self.words("note"), notes)


def leaflet(
    view: KnowledgeBase,
    record: Record,
    *,
    ids: bool = False,
    only: Iterable[Statement] | None = None,
) -> str:
    """Write all that is known of a record, or some of its statements."""
    reader = Reader(view, ids=ids)
    title = Text(reader.marked(record.name), dir=record.name.dir)
    parts = reader.parts(record) if only is None else reader.some(record, only)
    return printed(parts, title, ids=ids)
