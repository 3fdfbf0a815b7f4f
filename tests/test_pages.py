"""Fragments of HTML and Markdown, read back by parsers that others use."""

import functools
import re
import unicodedata
from urllib.parse import unquote

import attrs
import html5lib
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from marko.ext.gfm import gfm
from strategies import bundles, texts
from test_packaging import ROOT
from test_review import SIGNED

from salvage_kb import KnowledgeBase, conditions, kb, sources
from salvage_kb.export import export, pages
from salvage_kb.locales import texts_of
from salvage_kb.text import Text, flaw
from salvage_kb.vocabulary import FOLDERS
from salvage_kb.words import _WORDS, Words

KINDS = [it for it in FOLDERS if it not in {"source", "notice", "event"}]
BLOCKS = {"html": "div", "markdown": "li", "gfm": "li"}
#: All elements that a fragment may have, and all their attributes.
ELEMENTS = {"div", "p", "span", "strong", "h2", "h3", "a", "ul", "li", "body"}
ATTRIBUTES = {"class", "id", "lang", "dir", "href"}
ATTRIBUTES |= {"data-ref", "data-content-version"}


# Content of all sorts


def changed(change):
    """Give the content after a change to its bundle."""
    bundle = kb.to_bundle()
    change(bundle)
    return KnowledgeBase.from_bundle(bundle)


def row(bundle, ref):
    """Find the record of a bundle that a reference names."""
    folder, id = ref.split("/")[:2]
    return next(it for it in bundle[folder] if it["id"] == id)


def _in_french(bundle):
    """Say that the content was written in French, and nothing else."""
    bundle["manifest"]["locale"] = "fr"
    bundle["locales"] = {}


def _from_right_to_left(bundle):
    """Say that the content was written in Arabic, and nothing else."""
    bundle["manifest"] |= {"locale": "ar", "direction": "rtl"}
    bundle["locales"] = {}


def _locally(bundle):
    """Say that somebody added a condition, and a statement elsewhere."""
    row(bundle, "conditions/hiv")["origin"] = "local"
    row(bundle, "topics/prognosis")["statements"][0]["origin"] = "local"


def _signed(bundle):
    """Let somebody sign the page about HIV."""
    review = attrs.evolve(SIGNED, digest=conditions["hiv"].text_digest)
    row(bundle, "conditions/hiv")["text_review"] = review.to_dict()


def _without_conditions(bundle):
    """Leave out all conditions, and the links with them."""
    bundle |= {"conditions": [], "history": []}


def _half_in_polish(bundle):
    """Translate a name, a statement and a caution."""
    info = {"locale": "pl", "name": "Polski", "translated_by": "A. Nowak"}
    hiv = row(bundle, "conditions/hiv")
    milk = next(it for it in hiv["statements"] if it.get("cautions"))
    said = [("conditions/hiv#name", hiv["name"])]
    said += [(it["id"], it["text"]) for it in (milk, milk["cautions"][0])]
    told = {
        key: {"source": text, "text": f"Po polsku {key}", "status": "draft"}
        for key, text in said
    }
    file = {"id": "hiv", "texts": told}
    bundle["locales"]["pl"] = {
        "locale.json": info,
        "conditions/hiv.json": file,
    }


def _changed_since(bundle):
    """Change English words in each kind of place."""
    hiv = row(bundle, "conditions/hiv")
    cautious = next(it for it in hiv["statements"] if it.get("cautions"))
    wart = row(bundle, "side_effects/hair-loss")
    for it, key in (
        (hiv, "name"),
        (hiv["statements"][0], "text"),
        (cautious["cautions"][0], "text"),
        (wart, "clinical_term"),
        (bundle["notices"][0], "text"),
    ):
        it[key] += " Now."


POLISH = changed(_half_in_polish)
STALE = changed(_changed_since)
#: Views of all sorts: each language, and whatever else may go wrong.
VIEWS = {tag: kb.localized(tag) for tag in kb.locales} | {
    "a region": kb.localized("es-MX"),
    "no translation": kb.localized("uk"),
    "half a translation": POLISH.localized("pl"),
    "half of it left out": POLISH.localized("pl", fallback="omit"),
    "nothing reviewed": kb.localized("ar", min_status="reviewed"),
    "stale": STALE.localized("es"),
    "stale left out": STALE.localized("es", stale="fallback"),
    "pseudo, longer": kb.localized("en-XA"),
    "pseudo, mirrored": kb.localized("ar-XB"),
    "from French": changed(_in_french),
    "from Arabic": changed(_from_right_to_left).localized("de"),
    "local": changed(_locally).localized("ar"),
    "signed": changed(_signed),
    "without conditions": changed(_without_conditions).localized("hi"),
}


def records(view):
    """Go through all records that have pages."""
    for kind in KINDS:
        yield from view.table(kind).values()


# Reading it back

COMMONMARK = MarkdownIt("commonmark", {"html": True})
COMMONMARK.enable(["table", "strikethrough"])
STRICT = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
FRAME = "<!DOCTYPE html><html><head><title>x</title></head><body>{}"
RENDER = {
    "html": pages.html,
    "markdown": lambda *it: COMMONMARK.render(pages.markdown(*it)),
    "gfm": lambda *it: gfm(pages.markdown(*it)),
}


def body(fragment):
    """Parse a fragment within a page; whatever is not HTML raises."""
    page = FRAME.format(fragment) + "</body></html>"
    return STRICT.parse(page).find("body")


def read(view, record, form):
    """Give the elements that a browser has of a page."""
    return body(RENDER[form](view, record))


@functools.cache
def read_all(name, form):
    """Give every record of a view with the elements of its page."""
    view = VIEWS[name]
    return [(it, read(view, it, form)) for it in records(view)]


def spoken(element, lang=None, dir=None):
    """Go through all words, with the language and direction around them."""
    lang, dir = element.get("lang", lang), element.get("dir", dir)
    yield element.text or "", lang, dir
    for child in element:
        yield from spoken(child, lang, dir)
        yield child.tail or "", lang, dir


def is_harmless(root):
    """Tell whether there are but known elements, with known attributes."""
    tags = {it.tag for it in root.iter()}
    keys = set().union(*(it.keys() for it in root.iter()))
    return tags <= ELEMENTS and keys <= ATTRIBUTES


def words_of(element):
    """Give all words of an element as one text."""
    return "".join(text for text, _, _ in spoken(element))


def marked(text):
    """Give what `spoken` should give of a text."""
    return str(text), text.lang, text.dir


def by_id(root, id, form):
    """Find the block that has an id, or whose first words have it."""
    for block in root.iter(BLOCKS[form]):
        inside = [*block.findall("span"), *block.findall("p/span")]
        if id in {it.get("id") for it in (block, *inside)}:
            return block
    raise LookupError(id)


def linked(view, record):
    """Give the names of what a record is linked to."""
    return [view.table(k)[id].name for k, id in view.neighbors(record.key)]


def cited(view, record):
    """Give the sources of a record, and those of the notices."""
    ids = {id for it in record.statements for id in it.source_ids}
    ids |= {c.source_id for it in view.notices for c in it.citations}
    return [view.sources[id] for id in ids]


def content(view, record):
    """Go through all texts that the page of a record has to have."""
    yield from (text for _, text in texts_of(record))
    yield from (it.text for it in view.notices)
    yield from linked(view, record)
    yield from (it.name for it in cited(view, record))
    for statement in record.statements:
        yield from (it.original for it in statement.cautions if it.original)


def around(view, record):
    """Go through all texts that may stand around the content."""
    words = Words(view.locale)
    plain = [word for word, it in _WORDS["en"].items() if "{" not in it]
    yield from map(words, plain)
    yield from map(words.label, plain)
    yield words("version", version=view.content_version)
    review = record.review
    if it := review.source_review:
        yield words("reviewed", who=it.reviewer, day=it.reviewed_on)
    if it := review.signature:
        who = f"{it.reviewer}, {it.credential}"
        yield words("signed", who=who, day=it.signed_on)
    if view.pack:
        yield words("by", by=view.pack.translated_by)
    for it in cited(view, record):
        facts = filter(None, (it.publisher, it.published, it.dated))
        yield Text(", ".join(facts), lang=it.name.lang, dir=it.name.dir)


#: What a page has in no language: references, and the marks of sources.
REFERENCES = re.compile(r"\[\d+(, [a-z0-9-]+)?\]( \[\d+(, [a-z0-9-]+)?\])*")
WAYS = pytest.mark.parametrize("form", RENDER)
#: Every view by each way; a slow reader has two that differ the most.
CASES = pytest.mark.parametrize(
    ("name", "form"),
    [
        (name, form)
        for form in RENDER
        for name in (VIEWS if form != "gfm" else ("en", "stale"))
    ],
)


@CASES
def test_everything_is_there(name, form):
    """Each page has all texts, in their language, and all the sources."""
    view = VIEWS[name]
    for record, root in read_all(name, form):
        found = set(spoken(root))
        links = {unquote(it.get("href")) for it in root.iter("a")}
        urls = {unquote(it.url) for it in cited(view, record) if it.url}

        assert set() == {*map(marked, content(view, record))} - found
        assert urls == links
        assert view.content_version in words_of(root)


@CASES
def test_nothing_else_is_there(name, form):
    """No words are there but the known ones, each in its own language."""
    view = VIEWS[name]
    for record, root in read_all(name, form):
        known = {*map(marked, content(view, record))}
        known |= {*map(marked, around(view, record))}
        addresses = {it.get("href") for it in root.iter("a")}
        left = {
            it
            for it in {*spoken(root)} - known
            if it[0].strip() and it[0] not in addresses
        }

        assert {view.locales[0], "ltr"} >= {
            mark
            for text, lang, dir in left
            if re.search("[a-z]", text)
            for mark in (lang, dir)
        }
        for text, _, _ in left:
            assert REFERENCES.fullmatch(text.strip())


@CASES
def test_cautions_stay_inside(name, form):
    """A statement is one block with its cautions, these with originals."""
    for record, root in read_all(name, form):
        for statement in record.statements:
            block = by_id(root, statement.id, form)
            assert marked(statement.text) in spoken(block)
            for caution in statement.cautions:
                inner = by_id(block, caution.id, form)
                assert block is not inner
                assert marked(caution.text) in spoken(inner)
                assert caution.original is None or (
                    marked(caution.original) in spoken(inner)
                )


@CASES
def test_ids(name, form):
    """The ids are those of the statements and cautions, each once."""
    for record, root in read_all(name, form):
        expected = [it.id for it in record.statements]
        expected += [c.id for it in record.statements for c in it.cautions]
        found = [it.get("id") for it in root.iter() if it.get("id")]

        assert sorted(expected) == sorted(found)


@CASES
def test_only_known_elements(name, form):
    """There are but a few elements, which no policy for HTML refuses."""
    for _, root in read_all(name, form):
        assert is_harmless(root)


@pytest.mark.parametrize("name", VIEWS)
def test_the_whole_says_what_it_is(name):
    """A fragment of HTML is one element with reference, version, language."""
    view = VIEWS[name]
    for record, root in read_all(name, "html"):
        (whole,) = root

        assert {
            "class": "salvage-kb",
            "lang": view.locale,
            "dir": "rtl" if view.locale.startswith("ar") else "ltr",
            "data-ref": f"{FOLDERS[record.record_kind]}/{record.id}",
            "data-content-version": view.content_version,
        } == dict(whole.items())


@WAYS
def test_cautions_have_classes_and_labels(form):
    """A caution says that it is one, and whether harm may hang on it."""
    for record in VIEWS["de"].conditions:
        root = read(VIEWS["de"], record, form)
        for statement in record.statements:
            for caution in statement.cautions:
                block = by_id(root, caution.id, form)
                word = "Sicherheitshinweis:" if caution.safety else "Hinweis:"
                assert word == words_of(next(block.iter("strong")))
                if form == "html":
                    style = "safety caution" if caution.safety else "caution"
                    assert style == block.get("class")


def test_classes_are_explained():
    """The page for developers has each class that a line may have."""
    text = (ROOT / "docs" / "web.md").read_text(encoding="utf-8")
    rows = [it for it in text.splitlines() if it.startswith("| `")]
    told = {name for it in rows for name in re.findall(r"`(.+?)`", it)}
    lines = {
        it.get("class")
        for name in ("en", "ar", "stale", "local", "signed")
        for _, root in read_all(name, "html")
        for it in root.iter("div")
        if it.find("p") is not None
    }

    assert lines == told


@WAYS
def test_lists_stay_apart(form):
    """Each heading is followed by what it is the heading of, alone."""
    record, root = next(
        it for it in read_all("en", form) if it[0].id == "hair-loss"
    )
    headings = [words_of(it) for it in root.iter("h3")]
    whole = words_of(root)
    summary = whole[whole.index("In short") : whole.index("Related topics")]

    assert [
        "Also called",
        "In short",
        "Related topics",
        "Sources",
        "About this text",
    ] == headings
    assert record.summary.text in summary
    assert whole.index("Also called") < whole.index("Losing hair")
    assert "Losing hair" not in summary


# What has to be said of it


def page_of(view, ref, form="html"):
    """Give the elements of the page about what a reference names."""
    folder, id = ref.split("/")
    return read(view, getattr(view, folder)[id], form)


DRAFT = "This translation is a draft that nobody has checked."
MACHINE = "A machine made this translation."
NOWAK = "Translated by: A. Nowak."


def _checked(bundle):
    """Say that a person translated into Spanish, and another one checked."""
    files = bundle["locales"]["es"]
    people = {"translated_by": "A. Nowak", "reviewed_by": "B. Kowalska"}
    files["locale.json"] |= people
    for file in files.values():
        for it in [*file.get("texts", {}).values(), *file.get("synonyms", [])]:
            it["status"] = "reviewed"


def _only_notices(bundle):
    """Let nothing but the notices be translated into Spanish."""
    files = bundle["locales"]["es"]
    bundle["locales"]["es"] = {
        name: it
        for name, it in files.items()
        if name.startswith(("notices/", "locale."))
    }


def _translator(key, _, tag):
    """Translate one name."""
    return f"{tag} {key}" if key == "conditions/copd#name" else None


@WAYS
@pytest.mark.parametrize(
    ("view", "ref", "expected"),
    [
        (kb, "conditions/hiv", []),
        (kb.localized("en-GB"), "conditions/hiv", []),
        (kb.localized("uk"), "conditions/hiv", []),
        (kb.localized("es"), "conditions/hiv", ["draft", "machine"]),
        (kb.localized("es-MX"), "topics/prognosis", ["draft", "machine"]),
        (kb.localized("ar", min_status="reviewed"), "conditions/hiv", []),
        (kb.localized("en-XA"), "conditions/copd", ["draft"]),
        (changed(_checked).localized("es"), "conditions/hiv", ["by"]),
        (changed(_only_notices).localized("es"), "topics/prognosis",
         ["draft", "machine"]),
        (POLISH.localized("pl"), "conditions/hiv", ["draft", "by"]),
        (POLISH.localized("pl"), "side_effects/fatigue", ["draft", "by"]),
        (POLISH.localized("pl"), "topics/prognosis", []),
        (kb.with_translator(_translator).localized("pl"), "conditions/copd",
         ["draft"]),
        (kb.with_translator(_translator).localized("pl"),
         "modalities/theophylline", ["draft"]),
        (kb.with_translator(_translator).localized("pl"), "conditions/hiv",
         []),
        (kb.with_translator(_translator, status="reviewed").localized("pl"),
         "conditions/copd", []),
    ],
)  # fmt: skip
def test_drafts(view, ref, expected, form):
    """A page with a draft anywhere on it says so, and who made it."""
    said = words_of(page_of(view, ref, form))
    words = Words(view.locale)
    notes = {it: words(it, by="A. Nowak") for it in ("draft", "machine", "by")}

    assert expected == [it for it, text in notes.items() if text in said]


def own(block):
    """Go through the words of a block that are in no block inside it."""
    for it in block:
        if it.tag in {"p", "span", "strong"}:
            yield from spoken(it)


def notes(root, text, form):
    """Give what stands in the blocks right inside that of a text."""
    for block in root.iter(BLOCKS[form]):
        if marked(text) in own(block):
            inner = block.findall("div") + block.findall("ul/li")
            return [words_of(it).strip() for it in inner]
    raise LookupError(text)


@WAYS
def test_stale_texts(form):
    """A text whose original has changed says so inside its own block."""
    view, note = VIEWS["stale"], Words("es")("stale")
    seen = set()
    for record, root in read_all("stale", form):
        stale = [it for it in content(view, record) if it.stale]
        assert len(stale) == words_of(root).count(note)
        for text in {*stale} - {record.name}:
            assert note in notes(root, text, form)
        seen |= {*stale}

    assert 5 == len(seen)
    assert conditions["hiv"].localized("es").name in seen


@WAYS
def test_local_texts(form):
    """What was added locally says so, also where other pages name it."""
    view, note = VIEWS["local"], Words("ar")("local")
    found = {}
    for record in records(view):
        root = read(view, record, form)
        local = [it for it in record.statements if it.origin == "local"]
        count = len(local) + (record.origin == "local")
        named = [
            view.table(kind)[id] for kind, id in view.neighbors(record.key)
        ]
        cited = {id for it in record.statements for id in it.source_ids}
        named += [view.sources[id] for id in cited]
        others = sum(it.origin == "local" for it in named)
        assert count + others == words_of(root).count(note)
        for it in local:
            assert note in notes(root, it.text, form)
        found[record.id] = count

    assert {"hiv", "prognosis"} == {it for it, n in found.items() if n}
    said = words_of(page_of(view, "conditions/hiv", form))
    assert said.index(note) < said.index(Words("ar")("called"))


@WAYS
@pytest.mark.parametrize(
    ("changes", "is_signed"),
    [
        ({}, True),
        ({"withdrawn_on": "2026-05-05"}, False),
        ({"digest": "b" * 64}, False),
    ],
)
def test_signatures(changes, is_signed, form):
    """Only a signature of these very words counts, and none in a draft."""

    def sign(bundle):
        _signed(bundle)
        row(bundle, "conditions/hiv")["text_review"] |= changes

    mine = changed(sign)
    signed = "A. Doctor, MD reviewed and signed this text on 2025-12-03."
    unsigned = "Nobody has medically reviewed this text."
    source = "Dr. Kaushal Bhavsar last reviewed the source article on"
    said = [it[0] for it in spoken(page_of(mine, "conditions/hiv", form))]
    drafts = words_of(page_of(mine.localized("de"), "conditions/hiv", form))

    assert is_signed == (signed in said)
    assert is_signed != (unsigned in said)
    assert any(it.startswith(source) for it in said)
    assert "A. Doctor" not in drafts
    assert "Niemand hat diesen Text medizinisch geprüft." in drafts


@WAYS
def test_how_sources_were_read(form):
    """A source says how much of it was read, in each way that it was."""

    def read_more(bundle):
        first, second = row(bundle, "conditions/copd")["statements"]
        first["citations"][0]["read_as"] = "whole"
        second["citations"][0]["read_as"] = "data-file"

    view = changed(read_more).localized("de")
    name = view.sources["icliniq-salvage-therapy"].name
    root = page_of(view, "conditions/copd", form)

    assert [
        "Ganz gelesen",
        "Als Datei mit Daten gelesen",
        "Webadresse nicht bekannt",
    ] == notes(root, name, form)
    name = view.sources["nihr-theophylline"].name
    assert ["Im Auszug gelesen"] == notes(root, name, form)


@WAYS
def test_sources_are_numbered_as_they_come(form):
    """A statement's own sources come before those of its cautions."""
    root = page_of(kb, "conditions/copd", form)
    marks = re.findall(r"\[(\d+)", words_of(root))

    assert sorted({*map(int, marks)}) == [*map(int, dict.fromkeys(marks))]


@WAYS
def test_a_source_has_a_page_too(form):
    """Whatever is a record can be shown, with the notices and the version."""
    root = read(kb, sources["mesh-labels"], form)

    assert sources["mesh-labels"].name == words_of(root.find(".//h2"))
    assert {marked(it.text) for it in kb.notices} <= {*spoken(root)}
    assert f"Content version {kb.content_version}" in words_of(root)


# Hostile texts

SPECIAL = [
    *"*_`~|$@#<>&\\\"'!()[]{}=^+-.:;/%?,",
    " ",
    "www.example.org",
    "WWW.Example.ORG",
    "example.com",
    "http://x.y",
    "https://x.y/z?a=1&b=2",
    "//localhost",
    "ftp://x.y",
    "mailto:me@x.org",
    "me@x.org",
    "@me",
    ":smile:",
    "&amp;",
    "&lt;b&gt;",
    "&#60;",
    "[x](y)",
    "![x](http://x.y/z.png)",
    "[x][y]",
    "[^1]",
    "[ ]",
    "[x]: /y",
    "**a**",
    "__a__",
    "~~a~~",
    "~a~",
    "==a==",
    "++a++",
    "``a``",
    "$x$",
    "$$x$$",
    "1. a",
    "1) a",
    "- a",
    "+ a",
    "# a",
    "> a",
    "| a |",
    "|-|",
    "---",
    "===",
    "```",
    "~~~",
    ":::",
    "{{ a }}",
    "{% a %}",
    "{#a}",
    "%}",
    "\u4e2d",
    "\u0627",
]
hostile = (
    st.lists(st.sampled_from(SPECIAL) | texts, min_size=1, max_size=6)
    .map(lambda it: unicodedata.normalize("NFC", "".join(it).strip()))
    .filter(lambda it: flaw(it) is None)
)


def saying(text, url="https://example.org"):
    """Make content that says one text in each place that takes any."""
    source = {
        "id": "s",
        "name": text,
        "publisher": text,
        "url": url,
        "licence": text,
        "sections": ["a"],
    }
    citations = [{"source_id": "s", "section": "a"}]
    caution = {
        "id": "side_effects/x/a/b",
        "kind": "nuance",
        "text": text,
        "safety": True,
        "citations": citations,
    }
    statement = {
        "id": "side_effects/x/a",
        "text": text,
        "aspect": "overview",
        "citations": citations,
        "cautions": [caution],
    }
    effect = {
        "id": "x",
        "name": text,
        "synonyms": [{"text": f"{text}.", "type": "lay"}],
        "statements": [statement],
        "summary_id": "side_effects/x/a",
        "clinical_term": text,
        "body_system": "other",
    }
    manifest = {
        "schema_version": 1,
        "content_version": "1.2.3",
        "locale": "en",
        "licence": "CC-BY-4.0",
    }
    bundle = {"manifest": manifest, "sources": [source]}
    bundle["side_effects"] = [effect]
    bundle["notices"] = [{"id": "n", "kind": "disclaimer", "text": text}]
    return KnowledgeBase.from_bundle(bundle)


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a $x$ b", r"a \$x\$ b"),
        ("x^2^ ==y== ++z++", r"x\^2\^ \=\=y\=\= \+\+z\+\+"),
        ("{{ a }} {% b %} {#c}", r"\{\{ a \}\} \{\% b \%\} \{\#c\}"),
        ("@me #1 :smile:", r"\@me \#1 \:smile:"),
        ("| a | b", r"\| a \| b"),
        ("http://localhost", r"http\:\//localhost"),
        ("see x.org, www.x.org", r"see x\.org, www\.x\.org"),
        ("2.5 to 3: all/most.", "2.5 to 3: all/most."),
    ],
)  # fmt: skip
def test_marks_of_extensions_are_escaped(text, escaped):
    """What extensions, templates or link finders look for is escaped."""
    view = saying(text)

    assert f">{escaped}</span>" in pages.markdown(view, view.side_effects["x"])


@WAYS
@given(text=hostile)
def test_nothing_in_a_text_is_markup(form, text):
    """Whatever a text holds comes out as that text, and as nothing else."""
    root = page_of(saying(text), "side_effects/x", form)
    found = [it[0] for it in spoken(root)]

    assert 7 == found.count(text)
    assert 1 == found.count(f"{text}.")
    assert is_harmless(root)
    assert ["https://example.org"] == [it.get("href") for it in root.iter("a")]
    assert 2 == len([*root.iter("strong")])


odd = st.lists(
    st.sampled_from([it.replace(" ", "") for it in SPECIAL])
    | st.characters(codec="utf-8", exclude_categories=("C", "Z")),
    max_size=8,
).map(lambda it: unicodedata.normalize("NFC", "".join(it)))


@WAYS
@given(path=odd)
@example(path="&amp;;")
@example(path="&ampx;y;")
def test_nothing_in_an_address_is_markup(form, path):
    """Whatever an address holds, it leads there, and that is all it does."""
    url = f"https://example.org/{path}"
    if flaw(url):  # no content may hold it
        return
    root = page_of(saying("a", url), "side_effects/x", form)
    (link,) = root.iter("a")

    assert unquote(url) == unquote(link.get("href"))
    assert is_harmless(root)


@settings(max_examples=settings().max_examples // 4)
@given(bundle=bundles(), form=st.sampled_from([*RENDER]))
def test_any_content(bundle, form):
    """Whatever the content is, its pages are sound and have all of it."""
    view = KnowledgeBase.from_bundle(bundle)
    for record in records(view):
        root = read(view, record, form)
        found = {*spoken(root)}

        assert set() == {*map(marked, content(view, record))} - found
        assert is_harmless(root)
        for statement in record.statements:
            block = by_id(root, statement.id, form)
            for caution in statement.cautions:
                inner = by_id(block, caution.id, form)
                assert marked(caution.text) in spoken(inner)


# Files


@pytest.mark.parametrize(
    ("format", "suffix", "write"),
    [("html", "html", pages.html), ("markdown", "md", pages.markdown)],
)
def test_files(format, suffix, write):
    """There is a file for each record and language, which holds its page."""
    tags = ("en", "ar")
    found = {it.path: it.data.decode() for it in export(kb, format, tags)}

    assert found == {
        f"{tag}/{FOLDERS[it.record_kind]}/{it.id}.{suffix}": (
            f"{write(VIEWS[tag], it).rstrip()}\n"
        )
        for tag in tags
        for it in records(VIEWS[tag])
    }
