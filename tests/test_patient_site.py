"""The patient site of the examples keeps all that has to stay."""

import functools
import gzip
import json
import posixpath
import re
import subprocess
import sys
from pathlib import Path

import html5lib
import pytest
from helpers import script
from test_jsonld import findings, index
from test_packaging import ROOT

from salvage_kb import KnowledgeBase, kb
from salvage_kb.vocabulary import FOLDERS
from salvage_kb.words import Words

EXAMPLE = ROOT / "examples" / "patient-site"
LD = re.compile(
    r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL
)
KINDS = (
    "topics",
    "conditions",
    "modalities",
    "side_effects",
    "monitoring_tests",
)
#: A view in which Spanish is on offer, and nothing of it is shown.
UNTRANSLATED = kb.localized("es", min_status="reviewed")
SITE = script(EXAMPLE / "build.py")


def texts(views):
    """Build a site; give its files as text."""
    return {path: data.decode() for path, data in SITE.build(views)}


@functools.cache
def files():
    """Give the files of the site, in all languages."""
    return texts(map(kb.localized, kb.locales))


@functools.cache
def tree(path):
    """Parse a page, as strictly as the standard of HTML is."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(files()[path])


def words(element):
    """Give the words inside an element, with single spaces."""
    return plain("".join(element.itertext()))


def plain(text):
    """Give words with single spaces between them."""
    return " ".join(text.split())


def with_class(element, name):
    """Find the elements of a class."""
    return [it for it in element.iter() if name in it.get("class", "").split()]


def with_id(element, id):
    """Find the element with an id."""
    (found,) = (it for it in element.iter() if it.get("id") == id)
    return found


def pages():
    """Go through all pages about records: path, view and record."""
    for tag in kb.locales:
        view = kb.localized(tag)
        for kind in KINDS:
            for record in getattr(view, kind):
                yield f"{tag}/{kind}/{record.id}.html", view, record


EACH = pytest.mark.parametrize("tag", kb.locales)


def test_the_same_bytes_twice():
    """Building twice gives the same, whatever order sets have."""
    code = (
        "import hashlib, runpy, sys\n"
        "from salvage_kb import kb\n"
        f"site = runpy.run_path({str(EXAMPLE / 'build.py')!r})\n"
        "views = map(kb.localized, kb.locales)\n"
        "print(hashlib.sha256(repr([*site['build'](views)]).encode())"
        ".hexdigest())"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }

    assert 1 == len(seen)


@EACH
def test_everything_is_said(tag):
    """Each statement is there, with its cautions inside, marked as such."""
    for path, view, record in pages():
        if view.locale != tag:
            continue
        page = tree(path)
        for statement in record.statements:
            block = with_id(page, statement.id)
            said = words(block)
            assert plain(statement.text) in said
            for caution in statement.cautions:
                inside = with_id(block, caution.id)
                label = "safety" if caution.safety else "caution"
                label = Words(view.locale).label(label)
                told = plain(f"{label} {caution.text}")
                assert words(inside).startswith(told)
                assert bool(caution.original) == (
                    caution.safety and tag != "en"
                )
                for original in with_class(inside, "original"):
                    assert words(original).endswith(plain(caution.original))
                    assert "en" == original.find("span").get("lang")
                assert bool(caution.original) == (
                    1 == len(with_class(inside, "original"))
                )


@EACH
def test_every_page_has_the_notices(tag):
    """Notices and version stand on every page, search pages included."""
    view = kb.localized(tag)
    checked = [it for it in files() if it.startswith(f"{tag}/")]
    for path in [it for it in checked if it.endswith(".html")]:
        (footer,) = tree(path).iter("footer")
        said = words(footer)
        for notice in view.notices:
            assert plain(notice.text) in said
        assert view.content_version in said


@EACH
def test_who_reviewed_what(tag):
    """Every page says that nobody reviewed it, and that drafts are drafts."""
    told = Words(tag)
    expected = [told("unreviewed")]
    if tag != "en":
        expected += [told("draft"), told("machine")]
    first = ["index.html"] if tag == "en" else []
    for path in [*files(), *first]:
        if path in first or (
            path.startswith(f"{tag}/") and path.endswith(".html")
        ):
            (review,) = with_class(tree(path), "review")
            for line in expected:
                assert line in words(review)


def test_the_review_of_the_source():
    """A page names who reviewed the source, and that it was not the text."""
    (review,) = with_class(tree("en/conditions/hiv.html"), "review")

    assert words(review).startswith(
        "Dr. Kaushal Bhavsar last reviewed the source article on 2025-12-03. "
        "It was not a review of this text. "
        "Nobody has medically reviewed this text."
    )


@EACH
def test_every_text_has_its_language(tag):
    """What is in another language than the page says so where it stands."""
    page = tree(f"{tag}/conditions/hiv.html")
    html = page if page.tag == "html" else next(page.iter("html"))
    (cited,) = with_class(page, "sources")
    english = [
        it
        for it in cited.iter("cite")
        if it.find(".//*[@lang='en']") is not None
    ]

    assert (tag, "rtl" if tag == "ar" else "ltr") == (
        html.get("lang"),
        html.get("dir"),
    )
    assert (tag != "en") * len(list(cited.iter("cite"))) == len(english)


def test_fallback():
    """What was not translated says so, and has the language that it is in."""
    built = texts([UNTRANSLATED])
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    page = parser.parse(built["es/conditions/hiv.html"])
    for statement in UNTRANSLATED.conditions["hiv"].statements:
        block = with_id(page, statement.id)
        (first,) = next(iter(block)).findall("span[@lang]")
        mark = with_class(next(iter(block)), "mark")

        assert ("en", "ltr") == (first.get("lang"), first.get("dir"))
        assert ["Aún sin traducir"] == [words(it) for it in mark]


def test_every_source_is_there():
    """Numbers lead to the work, with what was read of it."""
    for path, view, record in pages():
        page = tree(path)
        for statement in record.statements:
            for item in (statement, *statement.cautions):
                block = with_id(page, item.id)
                told = block if item is not statement else next(iter(block))
                refs = [it.get("href") for it in with_class(told, "ref")]
                cited = dict.fromkeys(it.source_id for it in item.citations)
                assert [f"#source-{it}" for it in cited] == refs
        for id in {s for it in record.statements for s in it.source_ids}:
            source = view.sources[id]
            entry = words(with_id(page, f"source-{id}"))
            assert plain(source.name) in entry
            assert plain(source.publisher) in entry


def test_links():
    """Each link within the site leads to a page, and to a place there."""
    places = {
        path: {it.get("id") for it in tree(path).iter()} - {None}
        for path in files()
        if path.endswith(".html")
    }
    for path in places:
        for link in tree(path).iter("a"):
            address, _, place = link.get("href").partition("#")
            if address.startswith("http"):
                continue
            folder = posixpath.dirname(path)
            leads = posixpath.normpath(posixpath.join(folder, address))
            assert not place or place in places[leads if address else path]
            assert not address or leads in places


def test_linked_records():
    """What the content links is linked, and why; terms are links too."""
    for path, view, record in pages():
        related = with_class(tree(path), "related")
        shown = {it.get("href") for its in related for it in its.iter("a")}
        for kind, id in view.neighbors(record.key):
            folder = FOLDERS[kind]
            assert f"../../{view.locale}/{folder}/{id}.html" in shown
    copd = with_id(
        tree("en/conditions/copd.html"), "conditions/copd/theophylline"
    )
    assert ["Theophylline"] == [
        words(it) for it in next(iter(copd)).findall("a")
    ][:1]


def test_json_ld():
    """Each page about a record has JSON-LD that schema.org knows."""
    documents = {}
    for path, _, _ in pages():
        (found,) = LD.findall(files()[path])
        documents[path] = json.loads(found)
    known = index(*documents.values())
    for path, view, record in pages():
        document = documents[path]
        assert record.name == document["name"]
        assert view.content_version == document["version"]
        assert [] == [*findings(document, known)]


def test_nothing_from_elsewhere():
    """No page loads anything that is not a file of the site."""
    for path in files():
        if not path.endswith(".html"):
            continue
        page = tree(path)
        loaded = [it.get("src") for it in page.iter() if it.get("src")]
        loaded += [
            it.get("href")
            for it in page.iter("link")
            if it.get("rel") != "alternate"
        ]
        folder = posixpath.dirname(path)
        names = [
            posixpath.normpath(posixpath.join(folder, it)) for it in loaded
        ]
        assert {"style.css", "site.js", "icon.svg"} == set(names)
        assert set(names) <= files().keys()


def test_weight():
    """A page with all that it loads is sent in less than 100 kB."""
    shared = sum(sent(it) for it in ("style.css", "site.js", "icon.svg"))
    for path in files():
        if path.endswith(".html"):
            tag = path.partition("/")[0] if "/" in path else "en"
            searched = sent(f"{tag}/search-index.js")
            assert 100_000 > sent(path) + shared + searched


def sent(path):
    """Count the bytes of a file as servers send it."""
    return len(gzip.compress(files()[path].encode(), mtime=0))


@EACH
def test_all_pages_can_be_found(tag):
    """The search has each page about a record, in the order of the site."""
    text = files()[f"{tag}/search-index.js"]
    entries = json.loads(text.removeprefix("const INDEX = ").rstrip(";\n"))

    assert [f"{tag}/{it['href']}" for it in entries] == [
        path for path, view, _ in pages() if view.locale == tag
    ]


def test_hostile_content():
    """Whatever the content says comes out as text."""
    hostile = "3 < 5 & \"c\" 'd' {{ 7 * 7 }}"
    bundle = kb.to_bundle()
    bundle["conditions"][0]["name"] = hostile
    bundle["conditions"][0]["statements"][0]["text"] = hostile
    built = texts([KnowledgeBase.from_bundle(bundle)])
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    page = parser.parse(built["en/conditions/hiv.html"])
    (title,) = page.iter("h1")

    assert hostile == words(title)
    assert 2 == len(list(page.iter("script")))
    entries = built["en/search-index.js"].removeprefix("const INDEX = ")
    assert hostile in [it["name"] for it in json.loads(entries[:-2])]


def test_every_language_has_all_words():
    """The words of the site are there in each language of the content."""
    assert set(kb.locales) == set(SITE.CHROME)
    english = SITE.CHROME["en"]
    for tag, told in SITE.CHROME.items():
        assert english.keys() == told.keys()
        same = {key for key in told if told[key] == english[key]}
        assert tag == "en" or same <= {"source"}
        assert all(told.values())


def test_content_of_ones_own(tmp_path):
    """Own content is laid over ours, and drafts can be left out."""
    own = tmp_path / "own" / "conditions"
    own.mkdir(parents=True)
    hiv = {"id": "hiv", "replaces": "hiv", "name": "H.I.V."}
    (own / "hiv.json").write_text(json.dumps(hiv), "utf-8")
    target = tmp_path / "site"
    options = ["--overlay", str(own.parent), "--min-status", "reviewed"]
    SITE.main(["-o", str(target), "--locale", "es", *options])
    text = (target / "es" / "conditions" / "hiv.html").read_text("utf-8")
    page = html5lib.parse(text, namespaceHTMLElements=False)
    (title,) = page.iter("h1")

    assert "H.I.V. Aún sin traducir Añadido localmente" == words(title)


def test_how_much_was_read():
    """The page about the content has all works, and how they were read."""
    page = tree("en/about.html")
    read = {
        it.source_id: it.read_as
        for statement in kb.statements
        for said in (statement, *statement.cautions)
        for it in said.citations
        if it.read_as
    }
    for id, how in read.items():
        entry = with_id(page, f"source-{id}")
        assert Words("en")(how) in [
            words(it) for it in with_class(entry, "mark")
        ]
    assert len(kb.sources) == len(
        list(with_class(page, "sources")[0].iter("li"))
    )


def test_the_command(tmp_path, capsys):
    """The command writes the files, and never over others."""
    target = tmp_path / "site"
    code = SITE.main(["-o", str(target), "--locale", "en", "--locale", "ar"])
    built = dict(SITE.build(map(kb.localized, ["en", "ar"])))
    found = {
        it.relative_to(target).as_posix(): it.read_bytes()
        for it in target.rglob("*")
        if it.is_file()
    }

    assert 0 == code
    assert built == found
    for arguments, message in [
        (["-o", str(target)], "is not empty: take another folder"),
        (["-o", "x", "--locale", "tlh"], "words.json has no tlh"),
        (["-o", "x", "--address", "https://a.example"], "end in a slash"),
    ]:
        with pytest.raises(SystemExit):
            SITE.main(arguments)
        assert message in capsys.readouterr().err
    assert not Path("x").exists()
