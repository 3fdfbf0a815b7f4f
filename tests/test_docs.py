"""The documentation says what is there, and leads to it."""

import functools
import re
import runpy
import subprocess
import sys
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

import html5lib
import pytest
from click.testing import CliRunner
from helpers import run_python

import salvage_kb
from salvage_kb import export, kb, testing
from salvage_kb.cli import cli
from salvage_kb.integrations import django, jinja, pydantic
from salvage_kb.vocabulary import FOLDERS

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(
    path.relative_to(DOCS).with_suffix("").as_posix()
    for path in DOCS.rglob("*.md")
    if "_build" not in path.parts
)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Build the documentation once; give where it is, and what was said."""
    site = tmp_path_factory.mktemp("site").resolve()
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-W", "-E", DOCS, site],
        capture_output=True,
        check=False,
        text=True,
    )
    return site, (done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def site(built):
    """Give a function that reads a page of what was built."""
    folder, _ = built

    @functools.cache
    def read(page):
        text = (folder / f"{page}.html").read_text("utf-8")
        return html5lib.parse(text, namespaceHTMLElements=False)

    return read


def words(element):
    """Give the text of an element, with single spaces."""
    return " ".join("".join(element.itertext()).split())


def ids(tree):
    """Give all ids of a page."""
    return Counter(it.get("id") for it in tree.iter() if it.get("id"))


def by_class(tree, name):
    """Find the elements with a class."""
    return [it for it in tree.iter() if name in it.get("class", "").split()]


def test_it_builds_without_a_warning(built):
    """Sphinx has nothing to say about the documentation."""
    assert (0, "", "") == built[1]


@pytest.mark.parametrize("page", [*PAGES, "genindex", "search"])
def test_links_lead_somewhere(built, site, page):
    """Each link to another page is to a file, and to a place in it."""
    folder, _ = built
    found = 0
    for element in site(page).iter():
        parts = urlsplit(element.get("href") or element.get("src") or "")
        if parts.scheme or parts.netloc or element.tag == "link":
            continue
        here = (folder / f"{page}.html").parent
        path = here / unquote(parts.path)
        path = path.resolve() if parts.path else folder / f"{page}.html"
        assert path.is_file(), parts
        if parts.fragment:
            target = path.relative_to(folder).with_suffix("").as_posix()
            assert unquote(parts.fragment) in ids(site(target)), parts
            found += 1
    assert found


@pytest.mark.parametrize("page", PAGES)
def test_no_id_is_there_twice(site, page):
    """A link to a place on a page can mean one place only."""
    assert {} == {k: n for k, n in ids(site(page)).items() if n > 1}


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_in_the_contents(site, page):
    """From the first page, the contents at its side lead to each other one."""
    (side,) = by_class(site("index"), "sidebar-tree")
    listed = {it.get("href") for it in side.iter("a")}

    assert page == "index" or f"{page}.html" in listed


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_links_of_other_pages(name):
    """What the pages outside the documentation link to is there."""
    text = (ROOT / name).read_text("utf-8")
    links = [urlsplit(it) for it in re.findall(r"\]\(([^)]+)\)", text)]

    paths = [ROOT / it.path for it in links if not it.scheme]
    assert paths
    assert [] == [it for it in paths if not it.is_file()]


# The reference


def public(module):
    """Give the names that a module means for others."""
    known = getattr(module, "__all__", None) or [
        name
        for name, value in vars(module).items()
        if getattr(value, "__module__", None) == module.__name__
        and not name.startswith("_")
    ]
    return [f"{module.__name__}.{name}" for name in known]


@pytest.mark.parametrize(
    "module",
    [salvage_kb, export, testing, django, jinja, pydantic],
    ids=lambda it: it.__name__,
)
def test_every_public_name_is_in_the_reference(site, module):
    """What may be imported is described, once."""
    pages = [it for it in PAGES if it.startswith("reference/")]
    described = sum((ids(site(page)) for page in pages), Counter())

    names = public(module)
    assert names
    assert [] == [it for it in names if described[it] != 1]


def below(command, path=()):
    """Go through the paths of a command and of those below it."""
    yield path
    for name, inner in getattr(command, "commands", {}).items():
        yield from below(inner, (*path, name))


@pytest.mark.parametrize("path", [*below(cli)], ids=" ".join)
def test_every_command_is_in_the_reference(site, path):
    """The section of each command says what its help says."""
    options = {"terminal_width": 79, "prog_name": "salvage-kb"}
    done = CliRunner().invoke(cli, [*path, "--help"], **options)
    page, id = site("reference/commands"), "-".join(["salvage-kb", *path])
    (section,) = (it for it in page.iter("section") if it.get("id") == id)

    assert 0 == done.exit_code
    assert done.output in "".join(section.find("div").itertext())


# The picture

EXTENSION = runpy.run_path(str(DOCS / "_ext/picture.py"))
picture = EXTENSION["picture"]
KINDS = ["condition", "modality", "side_effect", "monitoring_test"]
VIEWS = {
    "bundled": kb,
    "Arabic": kb.localized("ar"),
    "pseudo": kb.localized("en-XA"),
    "tiny": testing.tiny_knowledge_base(),
    "with names left out": testing.tiny_knowledge_base().localized(
        "es", fallback="omit"
    ),
    "empty": kb.reviewed(on=date(2026, 11, 24), basis="text"),
}
each_view = pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)


def drawn(view):
    """Parse the picture of a view."""
    return ET.fromstring(picture(view, lambda it: f"#{it.id}&"))


def tagged(tree, name):
    """Find the elements of SVG with a name."""
    return list(tree.iter(f"{{http://www.w3.org/2000/svg}}{name}"))


def ref(record):
    """Name a record by its folder and id."""
    return f"{FOLDERS[record.record_kind]}/{record.id}"


@each_view
def test_each_link_is_one_line(view):
    """The picture has a line for each link of the data, and no other."""
    linked = Counter(
        frozenset((f"{FOLDERS[kind]}/{record.id}", f"{FOLDERS[far]}/{id}"))
        for kind in KINDS
        for record in view.table(kind).values()
        for far, id in view.neighbors(record.key)
    )
    lines = Counter(
        frozenset(it.get("data-link").split())
        for it in tagged(drawn(view), "path")
    )

    assert dict.fromkeys(linked, 1) == lines


@each_view
def test_each_name_is_there(view):
    """The picture has the name of each record once, and says its language."""
    texts = Counter(
        (it.text, it.get("lang"))
        for it in tagged(drawn(view), "text")
        if it.get("lang")
    )

    assert texts == Counter(
        (record.name, record.name.lang)
        for kind in KINDS
        for record in view.table(kind).values()
    )


@each_view
def test_nothing_stands_outside_or_upon_another(view):
    """Names have rows of their own, and all is within the picture."""
    tree = drawn(view)
    *_, width, height = map(float, tree.get("viewBox").split())
    places = Counter((it.get("x"), it.get("y")) for it in tagged(tree, "text"))
    rows = [
        sorted(float(y) for x, y in places if x == column)
        for column in {x for x, _ in places}
    ]

    assert {1} == set(places.values())
    for x, y in places:
        assert 0 < float(x) < width
        assert 0 < float(y) < height
    for row in rows:
        gaps = [b - a for a, b in pairwise(row)]
        assert all(gap >= 20 for gap in gaps)


@each_view
def test_the_picture_is_told_in_words_too(view):
    """Whoever does not see it has a title, and what is linked to what."""
    tree = drawn(view)
    named = {it.get("id"): it.text for it in tree}
    told = named[tree.get("aria-describedby")]

    assert named[tree.get("aria-labelledby")]
    for condition in view.conditions:
        assert f"{condition.name} is linked to" in told
    for notice in view.notices:
        assert notice.text in told
    version = f"Content version {view.content_version}."
    assert any(version in (it.text or "") for it in tagged(tree, "text"))


def test_the_same_picture_each_time():
    """In two processes that hash in their own ways, the bytes are the same."""
    code = (
        "import hashlib, runpy, salvage_kb\n"
        f"found = runpy.run_path({EXTENSION['__file__']!r})\n"
        "drawn = found['picture'](salvage_kb.kb).encode()\n"
        "print(hashlib.sha256(drawn).hexdigest())"
    )
    first, second = (
        run_python(code, env={"PYTHONHASHSEED": seed}) for seed in "12"
    )

    assert 64 == len(first)
    assert first == second


def luminance(color):
    """Give how bright a color is, as WCAG has it."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("at", "ground"), [(0, "#ffffff"), (1, "#131416")], ids=["light", "dark"]
)
def test_colors_can_be_seen(at, ground):
    """Each color has the contrast that WCAG asks for small text."""
    for colors in [EXTENSION["INK"], *EXTENSION["LINES"]]:
        pair = sorted(map(luminance, (colors[at], ground)))
        assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5


def test_no_color_alone():
    """Lines that differ in color differ in their dashes as well."""
    dashes = [it[2] for it in EXTENSION["LINES"]]

    assert len(dashes) == len(set(dashes)) >= len(kb.conditions)


def test_the_picture_on_the_page(site):
    """On its page, each name of the picture leads to the record."""
    (svg,) = by_class(site("catalogue"), "kb-picture")
    links = [it for it in svg.iter() if it.tag.rpartition("}")[2] == "a"]

    assert {it.get("href").partition("#")[2] for it in links} == {
        ref(record).replace("/", "-").replace("_", "-")
        for kind in KINDS
        for record in kb.table(kind).values()
    }


# The catalogue

RECORDS = [
    record
    for kind in [*KINDS, "topic", "source"]
    for record in kb.table(kind).values()
]
CATALOGUE = {
    "condition": "conditions",
    "modality": "treatments",
    "side_effect": "side-effects",
    "monitoring_test": "tests",
    "topic": "topics",
    "source": "sources",
}


def section_of(site, record):
    """Find what the catalogue says of a record."""
    page = site(f"catalogue/{CATALOGUE[record.record_kind]}")
    id = ref(record).replace("/", "-").replace("_", "-")
    (found,) = (it for it in page.iter("section") if it.get("id") == id)
    return found


@pytest.mark.parametrize("record", RECORDS, ids=ref)
def test_the_catalogue_has_every_record(site, record):
    """Each record is there with id, names, links, numbers and codes."""
    told = words(section_of(site, record))
    cautions = sum(len(it.cautions) for it in record.statements)
    linked = [kb.table(kind)[id] for kind, id in kb.neighbors(record.key)]

    assert f"Reference: {ref(record)} " in f"{told} "
    for it in [record, *linked]:
        assert it.name in told
    for synonym in record.synonyms:
        assert synonym.text in told
    for code in record.codes:
        assert f"{code.code}, {code.display} (the code means" in told
    if record.statements:
        count = len(record.statements)
        assert re.search(rf"\b{count} statements?, {cautions} cautions?", told)
        assert "; this text, by nobody" in told
        assert record.review.source_review.reviewer in told


@pytest.mark.parametrize("record", RECORDS, ids=ref)
def test_no_caution_is_lost_in_the_catalogue(site, record):
    """A summary stands in one block with its cautions and all sources."""
    blocks = by_class(section_of(site, record), "kb-statement")
    summaries = [record.summary] if record.summary else []

    assert len(summaries) == len(blocks)
    for summary, block in zip(summaries, blocks, strict=True):
        told = words(block)
        assert summary.text in told
        for id in summary.source_ids:
            assert kb.sources[id].name in told
        boxes = [words(it) for it in by_class(block, "kb-caution")]
        assert len(summary.cautions) == len(boxes)
        for caution, box in zip(summary.cautions, boxes, strict=True):
            kind = "Safety caution" if caution.safety else "Caution"
            assert box.startswith(f"{kind} {caution.text}")
            for it in caution.citations:
                assert f"{it.source.name}, read as {it.read_as}" in box


@pytest.mark.parametrize(
    "page", ["catalogue", *(f"catalogue/{it}" for it in CATALOGUE.values())]
)
def test_notices_stand_beside_the_content(site, page):
    """Each page of the catalogue has the notices and the version."""
    told = words(site(page))

    assert f"Content version {kb.content_version}." in told
    for notice in kb.notices:
        assert notice.text in told


def test_the_numbers_of_the_catalogue(site):
    """The first page counts what there is."""
    told = words(site("catalogue"))
    for kind, page in CATALOGUE.items():
        title = page.replace("-", " ").capitalize()
        assert f"{title}: {len(kb.table(kind))}" in told


# The tutorial


def test_the_program_of_the_tutorial(tmp_path):
    """What the tutorial says to save runs as a program of its own."""
    page = (DOCS / "tutorial.md").read_text("utf-8")
    (code,) = re.findall(
        r"<!-- file: leaflet.py -->\n```python\n(.*?)```", page, re.DOTALL
    )
    (tmp_path / "leaflet.py").write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "leaflet.py", "copd", "es-MX"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        text=True,
    )

    assert (0, "wrote copd.es.html\n") == (done.returncode, done.stdout)
    text = (tmp_path / "copd.es.html").read_text("utf-8")
    told = words(html5lib.parse(text, namespaceHTMLElements=False))
    spanish = kb.localized("es")
    for statement in spanish.conditions["copd"].statements:
        for it in (statement, *statement.cautions):
            assert it.text in told
    for notice in spanish.notices:
        assert notice.text in told
