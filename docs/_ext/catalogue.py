"""Write the catalogue of the content into pages, from the data.

``{picture}`` draws how records are linked, ``{catalogue} condition`` writes
all records of a kind, ``{notices}`` what has to stand beside them, and
``{counts}`` how many there are.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from docutils import nodes
from picture import picture
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

import salvage_kb
from salvage_kb import kb
from salvage_kb.records import Source
from salvage_kb.vocabulary import CODE_SYSTEMS, FOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sphinx.application import Sphinx

    from salvage_kb import Caution, Citation, Code, Record, Statement
    from salvage_kb.vocabulary import Kind

_MANIFEST: Final = Path(salvage_kb.__file__).parent / "data/manifest.json"
#: The page of each kind.
PAGES: Final[dict[Kind, str]] = {
    "condition": "conditions",
    "modality": "treatments",
    "side_effect": "side-effects",
    "monitoring_test": "tests",
    "topic": "topics",
    "source": "sources",
}
_SYSTEMS: Final = {uri: name for name, uri in CODE_SYSTEMS.items()}
_MATCHES: Final = {
    "exact": "the code means the same",
    "close": "the code means nearly the same",
    "broad": "the code means more",
    "narrow": "the code means less",
}
#: What is said of a record under its name, field by field.
_FIELDS: Final = {
    "clinical_term": "Clinical term",
    "category": "Category",
    "kind": "Kind",
    "body_system": "Body system",
    "publisher": "Publisher",
    "published": "Published",
    "dated": "Date",
    "licence": "License",
}


def ref(record: Record) -> str:
    """Give the reference of a record, such as ``conditions/hiv``."""
    return f"{FOLDERS[record.record_kind]}/{record.id}"


class _Directive(SphinxDirective):
    """Be written anew when the content changes."""

    def run(self) -> list[nodes.Node]:
        """Write it, and remember what it is made of."""
        self.env.note_dependency(str(_MANIFEST))
        return list(self.written())

    def written(self) -> Iterator[nodes.Node]:
        """Go through what is written."""
        raise NotImplementedError


class Picture(_Directive):
    """Draw the links of the content, with names that lead to records."""

    def written(self) -> Iterator[nodes.Node]:
        """Give the drawing as it is."""
        builder, here = self.env.app.builder, self.env.docname

        def address(record: Record) -> str:
            page = f"catalogue/{PAGES[record.record_kind]}"
            uri = builder.get_relative_uri(here, page)
            return f"{uri}#{nodes.make_id(ref(record))}"

        drawn = nodes.raw("", picture(kb, address), format="html")
        yield nodes.container("", drawn, classes=["kb-drawing"])


class Notices(_Directive):
    """Write the notices and the version of the content."""

    def written(self) -> Iterator[nodes.Node]:
        """Give a paragraph for each."""
        return _notices(self)


class Counts(_Directive):
    """Say how many records there are of each kind, and where they are."""

    def written(self) -> Iterator[nodes.Node]:
        """Give a list with a line for each kind."""
        yield _list(self._lines())

    def _lines(self) -> Iterator[nodes.paragraph]:
        for kind, page in PAGES.items():
            table = kb.table(kind)
            statements = [s for it in table.values() for s in it.statements]
            cautions = sum(len(it.cautions) for it in statements)
            told = f": {len(table)}"
            if statements:
                told += f", with {_count(len(statements), 'statement')}"
                told += f" and {_count(cautions, 'caution')}"
            yield _paragraph(self._page(page), told)

    def _page(self, page: str) -> nodes.Node:
        title = page.replace("-", " ").capitalize()
        return _xref(self, "doc", f"/catalogue/{page}", title)


class Catalogue(_Directive):
    """Write all records of a kind, then the notices."""

    required_arguments = 1

    def written(self) -> Iterator[nodes.Node]:
        """Give a section for each record."""
        for record in kb.table(self.arguments[0]).values():
            yield self._section(record)
        notices = _section("about-this-text", "About this text")
        notices += _notices(self)
        yield notices

    def _section(self, record: Record) -> nodes.section:
        section = _section(nodes.make_id(ref(record)), record.name)
        self.state.document.note_explicit_target(section)
        std = self.env.domains.standard_domain
        std.note_hyperlink_target(
            ref(record), self.env.docname, section["ids"][0], record.name
        )
        if record.summary is not None:
            section += _statement(self, record.summary)
        facts = _list(self._facts(record))
        if record.codes:
            codes = _list(_paragraph(_code(it)) for it in record.codes)
            facts += nodes.list_item("", _fact("Standard codes"), codes)
        section += facts
        return section

    def _facts(self, record: Record) -> Iterator[nodes.paragraph]:
        yield _fact("Reference", nodes.literal("", ref(record)))
        for name, label in _FIELDS.items():
            if value := getattr(record, name, None):
                yield _fact(label, nodes.Text(value))
        if record.synonyms:
            names = ", ".join(
                f"{it.text} ({it.type})" for it in record.synonyms
            )
            yield _fact("Also called", nodes.Text(names))
        yield from self._linked(record)
        if isinstance(record, Source):
            yield from _about_source(record)
        else:
            yield _fact("Says in all", nodes.Text(_said(record)))
            yield _fact("Medically reviewed", nodes.Text(_reviewed(record)))

    def _linked(self, record: Record) -> Iterator[nodes.paragraph]:
        near = kb.neighbors(record.key)
        for kind, page in PAGES.items():
            links = [
                _to_record(self, other)
                for id, other in kb.table(kind).items()
                if (kind, id) in near
            ]
            if links:
                label = f"Linked {page.replace('-', ' ')}"
                yield _fact(label, *_joined(links))


def _notices(of: SphinxDirective) -> Iterator[nodes.Node]:
    for notice in kb.notices:
        yield _paragraph(notice.text, *_cited(of, notice.citations))
    yield _paragraph(f"Content version {kb.content_version}.")


def _said(record: Record) -> str:
    cautions = sum(len(it.cautions) for it in record.statements)
    cited = {id for it in record.statements for id in it.source_ids}
    said = _count(len(record.statements), "statement")
    said += f", {_count(cautions, 'caution')}"
    return f"{said}, {_count(len(cited), 'source')} cited"


def _reviewed(record: Record) -> str:
    found = []
    if it := record.review.source_review:
        title = kb.sources[it.source_id].title
        found.append(f"{title}, by {it.reviewer} on {it.reviewed_on}")
    if signed := record.review.signature:
        found.append(f"this text, by {signed.reviewer} on {signed.signed_on}")
    else:
        found.append("this text, by nobody")
    return "; ".join(found)


def _about_source(source: Source) -> Iterator[nodes.paragraph]:
    address = source.url or "not known"
    link = nodes.reference("", address, refuri=source.url)
    yield _fact("Address", link if source.url else nodes.Text(address))
    if it := source.source_review:
        told = f"by {it.reviewer}, last on {it.reviewed_on}"
        yield _fact("This work was medically reviewed", nodes.Text(told))
    count = _count(len(source.cited_by), "statement")
    yield _fact("Cited by", nodes.Text(f"{count}, or their cautions"))


def _statement(of: SphinxDirective, it: Statement) -> nodes.container:
    """Write a statement; its cautions are inside."""
    said = _paragraph(it.text, *_cited(of, it.citations))
    cautions = (_caution(of, caution) for caution in it.cautions)
    return nodes.container("", said, *cautions, classes=["kb-statement"])


def _caution(of: SphinxDirective, it: Caution) -> nodes.admonition:
    title = "Safety caution" if it.safety else "Caution"
    said = _paragraph(it.text, *_cited(of, it.citations))
    style = "warning" if it.safety else "caution"
    return nodes.admonition(
        "", nodes.title("", title), said, classes=[style, "kb-caution"]
    )


def _cited(
    of: SphinxDirective, citations: Iterable[Citation]
) -> list[nodes.Node]:
    """Name the sources, and how much of them was read."""
    found: list[nodes.Node] = []
    for it in citations:
        read = f", read as {it.read_as}" if it.read_as else ""
        found.append(nodes.Text("; " if found else " (source: "))
        found += [_to_record(of, it.source), nodes.Text(read)]
    return [*found, nodes.Text(")")] if found else []


def _code(it: Code) -> str:
    system = _SYSTEMS.get(it.system, it.system)
    note = f", {it.note}" if it.note else ""
    return f"{system} {it.code}, {it.display} ({_MATCHES[it.match]}{note})"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _xref(
    of: SphinxDirective, role: str, target: str, text: str
) -> nodes.Node:
    options: dict[str, Any] = {
        "refdomain": "std",
        "reftype": role,
        "reftarget": target,
        "refdoc": of.env.docname,
        "refexplicit": True,
        "refwarn": True,
    }
    return addnodes.pending_xref("", nodes.inline("", text), **options)


def _to_record(of: SphinxDirective, record: Record) -> nodes.Node:
    return _xref(of, "ref", ref(record), record.name)


def _section(id: str, title: str) -> nodes.section:
    return nodes.section("", nodes.title("", title), ids=[id], names=[id])


def _paragraph(*parts: str | nodes.Node) -> nodes.paragraph:
    text = (nodes.Text(it) if isinstance(it, str) else it for it in parts)
    return nodes.paragraph("", "", *text)


def _fact(label: str, *parts: nodes.Node) -> nodes.paragraph:
    return _paragraph(nodes.strong("", f"{label}:"), " ", *parts)


def _joined(parts: Iterable[nodes.Node]) -> list[nodes.Node]:
    found = [it for part in parts for it in (part, nodes.Text(", "))]
    return found[:-1]


def _list(paragraphs: Iterable[nodes.paragraph]) -> nodes.bullet_list:
    items = (nodes.list_item("", it) for it in paragraphs)
    return nodes.bullet_list("", *items, classes=["kb-facts"])


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives."""
    for directive in (Picture, Notices, Counts, Catalogue):
        app.add_directive(directive.__name__.lower(), directive)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
