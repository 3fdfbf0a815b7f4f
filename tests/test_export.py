"""All formats together: what goes in comes out, inert, and the same again."""

import csv
import io
import json
import os
import pty
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import html5lib
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from strategies import texts
from test_cli import run

from salvage_kb import ContentError, KnowledgeBase, kb
from salvage_kb.cli.export import _count
from salvage_kb.export import FORMATS, export, write

#: Texts that something downstream may take for more than text.
ODD = [
    "=cmd()",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\uff1dcmd()",
    "x;=cmd(); +y",
    "'quoted' and \"quoted\" and “quoted”",
    "p < 5 & q > 3 && r",
    "a <",
    "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#60;",
    "]]> and --> and */ and //",
    "'; DROP TABLE statements; --",
    "${7*7} {{7*7}} {% x %} #{x} %s %(x)s {0}",
    "`code` *bold* _it_ ~~gone~~ ==m== ^s^ $x$ :smile: @me #one",
    "[here](javascript:alert(1)) ![x](http://x.y/z)",
    "www.example.org http://example.org/a_b_c mail@example.org",
    "1. one",
    "# head",
    "> said",
    "| a | b |",
    "---",
    "back\\slash \\n \\u003cscript\\u003e",
    "comma, semicolon; tab-free",
    "🙂 नमस्ते مرحبا 你好 Ⅷ ﬁ",
    "null",
    "true",
    "2026-01-01",
    "007",
]
#: Texts that no content may have, because nothing could show them safely.
REFUSED = [
    "<script>alert(1)</script>",
    "a<b>c</b>",
    "a <!-- b",
    "bell\x07",
    "nul\x00",
    "two\nlines",
    "return\r",
    "line\u2028separator",
    "turn\u202etxt.exe",
    "isolate\u2066x",
    "half \ud800",
    "\t=cmd()",
]
URL = "https://example.org/a'b\"c;d&e=<1>(x)[y]{z}`|^%20*_~$"


def mine(*odd, folder):
    """Lay statements, each with a caution, over the bundled content."""
    statements = [
        {
            "id": f"conditions/hiv/odd-{index}",
            "text": text,
            "aspect": "overview",
            "citations": [{"source_id": "mine", "section": "all-of-it"}],
            "cautions": [
                {
                    "id": f"conditions/hiv/odd-{index}/caution",
                    "kind": "nuance",
                    "safety": True,
                    "text": text,
                    "citations": [{"source_id": "mine"}],
                }
            ],
        }
        for index, text in enumerate(odd)
    ]
    source = {
        "id": "mine",
        "name": odd[0],
        "publisher": odd[0],
        "licence": odd[0],
        "url": URL,
        "sections": ["all-of-it"],
    }
    files = {
        "conditions/hiv.json": {"id": "hiv", "statements": statements},
        "sources/mine.json": source,
    }
    for name, value in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value))
    return kb.overlay(folder)


# What each format says when it is read as it is meant to be: its texts.


def strings(value):
    """Go through all texts inside plain data."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, str):
        yield value


def of_json(data):
    """Read JSON, which has no place where HTML could begin."""
    assert b"<" not in data
    return strings(json.loads(data))


def of_tree(tree):
    """Read elements, which are none but those of a fragment."""
    known = {"html", "head", "body", "div", "p", "span", "a", "h2", "h3"}
    known |= {"strong", "ul", "li"}
    for element in tree.iter():
        assert element.tag.rpartition("}")[2] in known
        href = element.get("href", "https://")
        assert href.startswith(("https://", "http://"))
        assert not any(name.startswith("on") for name in element.attrib)
        yield "".join(element.itertext())


def of_html(data):
    """Read HTML as a browser does."""
    return of_tree(html5lib.parse(data.decode()))


def of_markdown(data):
    """Read Markdown as common programs do, and then its HTML."""
    parser = MarkdownIt("commonmark", {"html": True})
    parser.enable(["table", "strikethrough"])
    return of_html(parser.render(data.decode()).encode())


def of_csv(data):
    """Read CSV, in which no cell begins as a formula does."""
    for row in csv.reader(io.StringIO(data.decode(), newline="")):
        for cell in row:
            for part in cell.split(";"):  # which parts cells in some countries
                assert not re.match(" *[=+\\-@\uff1d\uff0b\uff0d\uff20]", part)
            yield re.sub(
                "(^|;)( *)'(?='*[=+\\-@\uff1d\uff0b\uff0d\uff20])",
                r"\1\2",
                cell,
            )


def of_jsonl(data):
    """Read JSON, line by line."""
    for line in data.decode().splitlines():
        yield from strings(json.loads(line))


def of_parquet(data):
    """Read Parquet."""
    return strings(pyarrow.parquet.read_table(io.BytesIO(data)).to_pylist())


def of_sqlite(data):
    """Read all tables of a database."""
    with sqlite3.connect(":memory:") as database:
        database.deserialize(data)
        names = database.execute(
            "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE TABLE%'"
        )
        for (name,) in names.fetchall():
            for row in database.execute(f"SELECT * FROM {name}"):
                yield from (it for it in row if isinstance(it, str))
    database.close()


def of_fhir(data):
    """Read FHIR, and the narrative in it."""
    value = json.loads(data)
    yield from of_json(data)
    for entry in value.get("entry", ()):
        for section in entry["resource"]["section"]:
            yield from of_tree(ET.fromstring(section["text"]["div"]))


READ = {
    "api": of_json,
    "bundle": of_json,
    "csv": of_csv,
    "fhir": of_fhir,
    "html": of_html,
    "jsonl": of_jsonl,
    "jsonld": of_json,
    "markdown": of_markdown,
    "parquet": of_parquet,
    "sqlite": of_sqlite,
    "typescript": None,  # it has no content
}
CONTENT = [name for name, read in READ.items() if read]


def told(format, view):
    """Give all texts of an export, as a reader of the format gets them."""
    found = set()
    for file in export(view, format):
        if not file.path.endswith("datapackage.json"):
            found |= set(READ[format](file.data))
    return found


def test_every_format_is_tested():
    """No format without a reader here."""
    assert sorted(FORMATS) == sorted(READ)


@pytest.fixture(name="odd", scope="module")
def _odd(tmp_path_factory):
    return mine(*ODD, folder=tmp_path_factory.mktemp("odd"))


@pytest.mark.parametrize("format", CONTENT)
def test_odd_texts_come_out_as_they_are(format, odd):
    """What looks like markup, code or a formula is text, in every format."""
    found = told(format, odd)
    lost = [
        text
        for text in ODD
        if not any(text == it or text in it.split(": ") for it in found)
    ]

    assert [] == lost


@pytest.mark.parametrize("text", REFUSED)
def test_texts_that_no_content_may_have(tmp_path, text):
    """What could not be shown safely is refused before it gets anywhere."""
    with pytest.raises(ContentError) as caught:
        mine(text, folder=tmp_path)

    paths = {problem.path for problem in caught.value.problems}
    assert {
        "$.statements[0].text",
        "$.statements[0].cautions[0].text",
        "$.name",
        "$.publisher",
        "$.licence",
    } <= paths


@given(st.lists(texts, min_size=1, max_size=3))
@settings(max_examples=10)
@pytest.mark.parametrize("format", CONTENT)
def test_any_text_comes_out_as_it_is(format, many):
    """Whatever content may say, every format says the same."""
    bundle = kb.to_bundle() | {"history": []}
    for folder in ("conditions", "modalities", "side_effects", "topics"):
        bundle[folder] = []
    del bundle["locales"]
    row = bundle["monitoring_tests"][0] | {"synonyms": []}
    bundle["monitoring_tests"] = [row]
    statement = row["statements"][0]
    row["statements"] = [
        statement
        | {"id": f"monitoring_tests/{row['id']}/s{index}", "text": text}
        | {"cautions": []}
        for index, text in enumerate(many)
    ]
    first = row["statements"][0]["id"]
    row |= {"summary_id": first, "measures_id": first, "why_id": first}
    small = KnowledgeBase.from_bundle(bundle)
    found = told(format, small)

    assert set(many) <= found | {it.strip() for it in found}


VIEWS = {
    tag: kb.localized(tag) for tag in (*kb.locales, "pt-PT", "pl", "ar-XB")
}


@pytest.mark.parametrize("format", CONTENT)
@pytest.mark.parametrize("tag", VIEWS)
def test_nothing_is_lost(format, tag):
    """Each format has every statement, caution, notice and source title."""
    view = VIEWS[tag]
    if format == "bundle":  # it is what the view is a view of
        view = kb
    found = "\n".join(told(format, view))
    wanted = [*view.notices, *view.statements]
    wanted += [it for s in view.statements for it in s.cautions]
    wanted = [it.text for it in wanted]
    wanted += [it.name for it in view.sources if it.cited_by]
    wanted += [
        it.original
        for s in view.statements
        for it in s.cautions
        if it.original is not None
    ]

    assert [] == [text for text in wanted if text not in found]


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_bytes_twice(format):
    """What is exported depends on the content alone."""
    code = f"""
import hashlib
from salvage_kb import kb
from salvage_kb.export import export
for file in export(kb, {format!r}, ["es", "ar"]):
    print(file.path, hashlib.sha256(file.data).hexdigest())
"""
    one, two = (
        subprocess.check_output(
            [sys.executable, "-W", "error", "-c", code],
            env={"PYTHONHASHSEED": seed},
        )
        for seed in ("1", "2")
    )

    assert one == two
    assert one


def test_a_policy_holds_in_an_export():
    """A view is exported by its own policy, languages by the default one."""
    strict = kb.localized("es", min_status="reviewed")
    both = {file.path for file in export(strict, "html", ["es", "fr"])}
    pages = {file.path: file.data.decode() for file in export(strict, "html")}
    page = pages["es/conditions/copd.html"]
    omitted = kb.localized("es", min_status="reviewed", fallback="omit")

    assert '<h2 lang="en" dir="ltr">COPD</h2>' in page
    assert {*pages} < both
    assert {f"fr/{path[3:]}" for path in pages} == both - {*pages}
    assert [] == list(export(omitted, "html", ["es", "fr"]))


@pytest.mark.parametrize("format", ["fhir", "jsonld"])
def test_addresses_of_ones_own(format, tmp_path):
    """What has addresses takes the beginning of them."""
    base = "https://example.org/health/"
    files = [file.data.decode() for file in export(kb, format, base=base)]

    assert any(f'"{base}' in data for data in files)
    assert not any("urn:salvage-kb:" in data for data in files)
    run("export", format, "-o", tmp_path, "--locale", "en", "--base", base)
    written = [it for it in tmp_path.rglob("*.json*") if it.is_file()]
    assert len(files) == len(written)


def test_no_addresses():
    """Other formats have none, and say so."""
    with pytest.raises(ValueError, match="csv has no addresses"):
        export(kb, "csv", base="https://example.org/")


def test_no_such_format():
    """A format that is none is named, with what comes near."""
    message = "there is no format 'cvs'; did you mean 'csv'"
    with pytest.raises(ValueError, match=message):
        export(kb, "cvs")
    with pytest.raises(TypeError, match="several languages, not one"):
        export(kb, "csv", "es")


def test_write(tmp_path):
    """Files are written at once, over what has their names."""
    (tmp_path / "salvage-kb.json").write_text("old")
    (path,) = write(kb, "bundle", str(tmp_path))

    assert tmp_path / "salvage-kb.json" == path
    assert kb.digest == KnowledgeBase.load(path).digest


def test_the_command(tmp_path):
    """The command writes all languages, or those that are named."""
    assert f"8 files in {tmp_path}\n" == run(
        "export", "sqlite", "-o", tmp_path
    )
    assert sorted(kb.locales) == sorted(it.name for it in tmp_path.iterdir())
    one = tmp_path / "one"
    assert f"1 files in {one}\n" == run(
        "--lang", "es-MX", "export", "sqlite", "-o", one
    )
    assert ["es-MX"] == [it.name for it in one.iterdir()]
    two = tmp_path / "two"
    call = ("export", "sqlite", "--locale", "es", "--locale", "en-XA")
    assert f"2 files in {two}\n" == run(*call, "-o", two)


def test_progress(monkeypatch):
    """Whoever watches a terminal sees that work goes on."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        count = _count(iter([Path("a"), Path("b")]), "csv")
        shown = os.read(ours, 10_000).decode()
    os.close(ours)

    assert 2 == count
    assert "csv" in shown


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (["csv", "--locale", "uk"], "'uk': is not on offer, only en, ar, de"),
        (["csv", "--locale", "!"], "is no language tag"),
        (["csv", "--base", "https://a.b/"], "csv has no addresses"),
        (["cvs"], "'cvs' is not one of"),
        (["bundle", "--locale", "es"], "a bundle has all languages"),
    ],
)
def test_wrong_calls(tmp_path, call, message):
    """What cannot be exported is said in a line, and nothing is written."""
    told = run("export", *call, "-o", tmp_path / "new", code=2)

    assert message in told
    assert not (tmp_path / "new").exists()


def test_two_options_name_the_language(tmp_path):
    """One of them would be silently dropped."""
    call = ["export", "jsonl", "-o", tmp_path / "new"]
    es = ["--lang", "es", *call]

    message = "leave --lang out: --locale names the languages"
    assert message in run(*es, "--locale", "de", code=2)
    assert "'nl': is not on offer" in run("--lang", "nl", *call, code=2)
    assert not (tmp_path / "new").exists()
    run(*es)
    assert ["es"] == [it.name for it in (tmp_path / "new").iterdir()]


def test_a_folder_that_cannot_be_written(tmp_path):
    """So is what the system refuses."""
    (tmp_path / "en").write_text("")

    assert "Error: " in run("export", "csv", "-o", tmp_path, code=2)
