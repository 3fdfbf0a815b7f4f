"""Build the patient site: ``python build.py -o site``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from salvage_kb import kb
from salvage_kb.export import jsonld
from salvage_kb.export.pages import Maker
from salvage_kb.tags import direction_of
from salvage_kb.vocabulary import FOLDERS, Aspect, TranslationStatus
from salvage_kb.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from salvage_kb import KnowledgeBase, Link, Statement, Text
    from salvage_kb.export.pages import Line
    from salvage_kb.records import Record
    from salvage_kb.vocabulary import Kind
    from salvage_kb.words import Word

HERE: Final = Path(__file__).parent
CHROME: Final = json.loads((HERE / "words.json").read_text("utf-8"))
#: The kinds that have pages, in the order of the start page, and their words.
KINDS: Final[dict[Kind, Word]] = {
    "topic": "topic",
    "condition": "condition",
    "modality": "modality",
    "side_effect": "side-effect",
    "monitoring_test": "monitoring_test",
}
TEMPLATES: Final = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)
TEMPLATES.globals |= {"chrome": CHROME, "direction_of": direction_of}


class Site:
    """Hold what all pages in one language have in common."""

    def __init__(self, view: KnowledgeBase, tags: Sequence[str]) -> None:
        self.view = view
        self.tags = tags
        self.words = Words(view.locale)
        self.says = CHROME[view.locale]
        self.dir = direction_of(view.locale)

    @property
    def lists(self) -> dict[Kind, Any]:
        """Give the records that have pages, by their kind."""
        return {it: getattr(self.view, FOLDERS[it]) for it in KINDS}

    def kind(self, kind: Kind) -> Text:
        """Say what records of a kind are."""
        return self.words(KINDS[kind])


class Page:
    """Hold one page, and remember what it cited and linked so far."""

    def __init__(self, site: Site, path: str, record: Record) -> None:
        self.site = site
        self.path = path
        self.record = record
        self.root = "../" * path.count("/")
        self._maker = Maker(site.view)
        self._sections: dict[str, dict[str, None]] = {}
        self._linked = {record.key}

    def url(self, record: Record, place: str = "") -> str:
        """Give the address of the page about a record, or of a place there."""
        path = f"{self.root}{self.site.view.locale}/{record.ref}.html"
        return f"{path}#{place}" if place else path

    def say(self, text: Text, *, link: bool = False) -> Markup:
        """Write a text, with its language where that is not the page's."""
        said = self._link(text) if link else escape(text)
        if text.lang != self.site.view.locale:
            markup = '<span lang="{}" dir="{}">{}</span>'
            said = Markup(markup).format(text.lang, text.dir, said)
        return said

    def marks(self, text: Text, origin: str = "base") -> list[str]:
        """List what a reader has to know of a text."""
        marks = [self.site.says["fallback"]] if text.is_fallback else []
        marks += [self.site.words("stale")] if text.stale else []
        return marks + [self.site.words("local")] * (origin == "local")

    def cite(self, said: Any) -> list[tuple[int, str]]:
        """Number the works that bear a sentence out: number and id."""
        maker = self._maker
        maker.references(said.citations)
        for it in said.citations:
            cited = self._sections.setdefault(it.source_id, {})
            if it.section:
                cited[it.section.replace("-", " ")] = None
        ids = dict.fromkeys(it.source_id for it in said.citations)
        return [(maker.numbers[id], id) for id in ids]

    def sources(self) -> Iterator[tuple[str, Line, list[str]]]:
        """Go through the works cited so far: id, facts, cited sections."""
        for id in tuple(self._maker.numbers):
            yield id, self._maker.source(id), [*self._sections.get(id, ())]

    def review(self) -> list[Text]:
        """Say who reviewed what, and that translations are drafts."""
        notes = Maker(self.site.view).notes(self.record)
        return [line.text for line in notes if line.style == "about"]

    def related(self) -> dict[Kind, list[tuple[Record, Link]]]:
        """Give what the content links to the record, by kind."""
        record = self.record
        found = {
            kind: [(it, record.link(it)) for it in records.linked_to(record)]
            for kind, records in self.site.lists.items()
        }
        return {kind: links for kind, links in found.items() if links}

    def aspects(self) -> Iterator[tuple[str, list[Statement]]]:
        """Go through what the record says beside the summary."""
        for aspect in get_args(Aspect):
            said = self.record.by_aspect(aspect)
            if rest := [it for it in said if it != self.record.summary]:
                yield aspect, rest

    def other(self, tag: str) -> str:
        """Give the address of the same page in another language."""
        _, slash, rest = self.path.partition("/")
        return f"{self.root}{tag}/{rest if slash else self.path}"

    @staticmethod
    def names(record: Record) -> list[Text]:
        """Give the other names of a record, each once."""
        term = getattr(record, "clinical_term", None)
        names = [*filter(None, [term]), *(it.text for it in record.synonyms)]
        return [*dict.fromkeys(names)]

    def cite_all(self) -> None:
        """Have all works among the sources of the page, as they were read."""
        for statement in self.site.view.statements:
            self.cite(statement)
            for caution in statement.cautions:
                self.cite(caution)

    def _link(self, text: Text) -> Markup:
        """Link each record where the page names it first."""
        done, parts = 0, []
        for span in self.site.view.linker(text.lang).find(text):
            key = span.record.key
            if key not in self._linked and key[0] in self.site.lists:
                self._linked.add(key)
                parts.append(escape(text[done : span.start]))
                link = Markup('<a href="{}">{}</a>')
                parts.append(link.format(self.url(span.record), span.matched))
                done = span.end
        return Markup().join([*parts, escape(text[done:])])


def build(
    views: Iterable[KnowledgeBase], address: str = jsonld.BASE
) -> Iterator[tuple[str, bytes]]:
    """Go through the files of the site: path and bytes.

    Args:
        views: the content in each language, that of the first page first.
        address: where the site will stand, with the slash at its end.
    """
    held = list(views)
    tags = [view.locale for view in held]
    sites = [Site(view, tags) for view in held]
    for file in sorted((HERE / "static").rglob("[!.]*")):
        if file.is_file():
            path = file.relative_to(HERE / "static").as_posix()
            yield path, file.read_bytes()
    yield _render("language.html", _first(sites[0], "index.html"))
    for site in sites:
        tag = site.view.locale
        yield f"{tag}/search-index.js", _index(site)
        for name in ("index", "all", "about"):
            page = _first(site, f"{tag}/{name}.html")
            yield _render(f"{name}.html", page)
        for records in site.lists.values():
            for record in records:
                path = f"{tag}/{record.ref}.html"
                page = Page(site, path, record)
                data = jsonld.script(site.view, record, tags, address)
                yield _render("record.html", page, data=Markup(data))


def _first(site: Site, path: str) -> Page:
    return Page(site, path, next(iter(site.view.topics)))


def _render(template: str, page: Page, **more: Any) -> tuple[str, bytes]:
    made = TEMPLATES.get_template(template)
    text = made.render(page=page, site=page.site, **more)
    return page.path, f"{text}\n".encode()


def _index(site: Site) -> bytes:
    """Write what is searched; what is shown of it is a name, no sentence."""
    found = []
    for kind, records in site.lists.items():
        for it in records:
            texts = [
                said.text
                for statement in it.statements
                for said in (statement, *statement.cautions)
            ]
            found.append(
                {
                    "href": f"{it.ref}.html",
                    "kind": site.kind(kind),
                    "name": it.name,
                    "lang": it.name.lang,
                    "names": Page.names(it),
                    "text": " ".join(texts),
                }
            )
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    return f"const INDEX = {text};\n".encode()


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the site into a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--locale", action="append", metavar="TAG")
    parser.add_argument("--overlay", metavar="PATH", help="content of yours")
    parser.add_argument(
        "--min-status",
        default="draft",
        choices=get_args(TranslationStatus),
        help="show no translation that was checked less",
    )
    parser.add_argument("--address", default=jsonld.BASE, metavar="URL")
    asked = parser.parse_args(arguments)
    tags = dict.fromkeys(asked.locale or kb.locales)
    if unknown := [tag for tag in tags if tag not in CHROME]:
        parser.error(f"words.json has no {unknown[0]}; it has {[*CHROME]}")
    if not asked.address.endswith(("/", ":")):
        parser.error("--address should end in a slash")
    if asked.output.exists() and any(asked.output.iterdir()):
        parser.error(f"{asked.output} is not empty: take another folder")
    base = kb.overlay(asked.overlay) if asked.overlay else kb
    views = [base.localized(it, min_status=asked.min_status) for it in tags]
    for path, data in build(views, asked.address):
        file = asked.output / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
