"""Tables lose nothing, whichever format they are in and whoever reads them."""

import contextlib
import csv
import functools
import io
import json
import re
import shutil
import sqlite3
import subprocess
import sys
from collections import defaultdict
from datetime import date
from urllib.parse import urlencode

import duckdb
import frictionless
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest
import strategies
from hypothesis import given
from hypothesis import strategies as st
from test_packaging import ROOT

from salvage_kb import KnowledgeBase, kb
from salvage_kb.export import export, tables, write
from salvage_kb.export.tables import TABLES
from salvage_kb.vocabulary import FOLDERS

FORMATS = ("csv", "jsonl", "parquet", "sqlite")
COLLECTIONS = (
    "conditions",
    "modalities",
    "side_effects",
    "monitoring_tests",
    "topics",
    "sources",
    "statements",
    "notices",
    "history",
)
#: What a spreadsheet takes for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
#: The same in a cell of CSV, behind the apostrophe that keeps it from running.
MARKED = re.compile("(^|;)( *)'(?='*[=+\\-@＝＋－＠])")
#: Texts that careless writers and readers of tables break.
NASTY = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "＝1",
    "'=1",
    "''-1",
    "x; =cmd();'=y",
    "'quoted'",
    '"quoted", and more',
    "a, b; c | d",
    "back\\slash \\N",
    "🙂👩🏽‍⚕️ नमस्ते 脱发 مرحبا",
    "NA",
    "null",
    "None",
    "true",
    "007",
    "1e5",
    "2026-01-01",
    "#N/A",
]


# Content that is harder on tables than ours


@functools.cache
def bundle():
    """Give our content as plain text of JSON, to be changed."""
    return json.dumps(kb.to_bundle())


def changed(change):
    """Change our content, and give it as a knowledge base."""
    copy = json.loads(bundle())
    change(copy)
    return KnowledgeBase.from_bundle(copy)


def _review_partly(copy):
    """Let a translator have reviewed three quarters of the Spanish."""
    pack = copy["locales"]["es"]
    pack["locale.json"]["reviewed_by"] = "A. Reviewer"
    for file in pack.values():
        for key, text in file.get("texts", {}).items():
            if sum(key.encode()) % 4:
                text["status"] = "reviewed"


def _grow_stale(copy):
    """Let a quarter of the Spanish translate other words."""
    for file in copy["locales"]["es"].values():
        for key, text in file.get("texts", {}).items():
            if not sum(key.encode()) % 4:
                text["source"] = "Other words."


def _speak_german(copy):
    copy["manifest"]["locale"] = "de"
    del copy["locales"]


def _drop_conditions(copy):
    copy["conditions"], copy["history"] = [], []


def _drop_most(copy):
    """Keep one topic without cautions, and the sources."""
    for folder in ("modalities", "side_effects", "monitoring_tests"):
        copy[folder] = []
    _drop_conditions(copy)
    copy["notices"] = []
    copy["topics"] = [{"id": "one", "name": "One"} | _said("topics/one")]
    copy["topics"][0]["summary_id"] = "topics/one/said"


def _said(home):
    """Give a record its one statement."""
    cited = {"source_id": "icliniq-salvage-therapy", "section": "disclaimer"}
    said = {
        "id": f"{home}/said",
        "text": "Something.",
        "aspect": "overview",
        "citations": [cited],
    }
    return {"statements": [said]}


def _let_sources_speak(copy):
    """Give a source all that a record may have."""
    source = copy["sources"][0]
    source |= _said(f"sources/{source['id']}")
    source["synonyms"] = [{"text": "The article", "type": "lay"}]
    code = copy["conditions"][0]["codes"][0]
    source["codes"] = [code | {"note": "A note."}]
    others = copy["conditions"][0]["statements"]
    caution = next(it["cautions"][0] for it in others if "cautions" in it)
    said = source["statements"][0]
    said["cautions"] = [caution | {"id": f"{said['id']}/but"}]


def _retire(copy):
    """Let all that may happen to ids have happened."""
    kept = [it["statements"][0]["id"] for it in copy["topics"]]
    for fate, count in (("moved", 1), ("split", 2), ("withdrawn", 0)):
        event = {
            "id": f"then-{fate}",
            "subject": f"topics/what-to-expect/{fate}",
            "fate": fate,
            "since": "0.5.0",
            "reason": "It was wrong.",
        }
        if count:
            event["targets"] = kept[:count]
        else:
            event["harm"] = "Somebody may wait too long."
        copy["history"].append(event)


VIEWS = {tag: functools.partial(kb.localized, tag) for tag in kb.locales} | {
    "partly reviewed": lambda: changed(_review_partly).localized(
        "es", min_status="reviewed"
    ),
    "partly reviewed, else omitted": lambda: changed(_review_partly).localized(
        "es", min_status="reviewed", fallback="omit"
    ),
    "partly stale": lambda: changed(_grow_stale).localized("es"),
    "all omitted": lambda: kb.localized(
        "es", min_status="reviewed", fallback="omit"
    ),
    "reviewed sources only": lambda: kb.reviewed(
        on=date(2026, 1, 1)
    ).localized("hi"),
    "nothing signed": lambda: kb.reviewed(on=date(2026, 1, 1), basis="text"),
    "made up": lambda: kb.localized("ar-XB"),
    "not on offer": lambda: kb.localized("uk"),
    "not from English": lambda: changed(_speak_german),
    "seen from French": lambda: changed(_speak_german).localized("fr"),
    "no conditions": lambda: changed(_drop_conditions),
    "hardly anything": lambda: changed(_drop_most),
    "sources that speak": lambda: changed(_let_sources_speak),
    "a history": lambda: changed(_retire),
}


@pytest.fixture(name="view", scope="module", params=VIEWS)
def _view(request):
    return VIEWS[request.param]()


# Plain readers


def types(table):
    """Give the columns of a table with their types."""
    told = (word.partition(">")[0] for word in TABLES[table].split())
    return {
        name.rstrip("!"): type or "string"
        for name, _, type in (word.partition(":") for word in told)
    }


def typed(table, row):
    """Give a row as the types of its columns have it, empty cells as none."""
    assert list(types(table)) == list(row)
    return {
        name: None
        if pd.isna(row[name]) or row[name] == ""
        else make(row[name])
        for name, make in ((n, MAKE[t]) for n, t in types(table).items())
    }


MAKE = {
    "string": str,
    "integer": int,
    "boolean": lambda value: value in {True, "true"},
    "date": lambda value: str(value)[:10],
}


def bare(row):
    """Take the apostrophes away that keep cells of CSV from being run."""
    return {
        name: value and MARKED.sub(r"\1\2", value)
        for name, value in row.items()
    }


def from_csv(data):
    """Read rows with the csv module."""
    stream = io.StringIO(data.decode(), newline="")
    return list(map(bare, csv.DictReader(stream, strict=True)))


def from_jsonl(data):
    """Read rows with the json module."""
    return [json.loads(line) for line in data.decode().splitlines()]


def from_parquet(data):
    """Read rows with pyarrow."""
    return pq.read_table(io.BytesIO(data)).to_pylist()


def from_sqlite(data, table):
    """Read rows with the sqlite3 module."""
    database = sqlite3.connect(":memory:")
    database.deserialize(data)
    rows = rows_of(database, f"SELECT * FROM {table}")
    database.close()
    return rows


def rows_of(database, query, *values):
    """Ask a database, and give the rows as dicts."""
    database.row_factory = sqlite3.Row
    return [dict(row) for row in database.execute(query, values)]


@functools.lru_cache(maxsize=8)
def exported(view, format):
    """Give the files of an export by their names, without the suffix."""
    return {
        path.rpartition("/")[2].partition(".")[0]: data
        for path, data in export(view, format)
    }


@functools.lru_cache(maxsize=8)
def read(view, format):
    """Export a view, and give the rows of each table."""
    files = exported(view, format)
    if format == "sqlite":
        [data] = files.values()
        found = {name: from_sqlite(data, name) for name in TABLES}
    else:
        rows = {"csv": from_csv, "jsonl": from_jsonl, "parquet": from_parquet}
        found = {name: rows[format](files[name]) for name in TABLES}
    return {
        name: [typed(name, row) for row in rows]
        for name, rows in found.items()
    }


# Nothing is lost


def spoken(text, column="text", prefix=""):
    """Give words with what is true of them."""
    facts = {"lang": text.lang, "status": text.status, "stale": text.stale}
    return {column: text} | {f"{prefix}{it}": facts[it] for it in facts}


def fields(item, *names):
    """Give fields of an object by their names."""
    return {name: getattr(item, name) for name in names}


def iso(day):
    """Write a day, if there is one."""
    return day and day.isoformat()


def owed(view):
    """Go through all that a view says: a table, and what a row there has."""
    for it in view.notices:
        row = fields(it, "id", "position", "kind")
        yield "notices", row | spoken(it.text)
        yield from cited(it, "notice_id")
    for it in view.sources:
        row = fields(it, "id", "publisher", "published", "url", "dated")
        row |= fields(it, "reviewer", "licence") | spoken(it.name, "name")
        row["reviewed_on"] = iso(it.reviewed_on)
        for name in ("filed_under", "sections"):
            row[name] = " | ".join(getattr(it, name)) or None
        yield "sources", row
    for kind in FOLDERS:
        if kind not in {"notice", "event"}:
            for record in view.table(kind).values():
                yield from owed_to(record)
    yield from linked(view)
    for it in view.history:
        row = fields(it, "id", "subject", "fate", "since", "significance")
        row |= fields(it, "position", "harm")
        row["targets"] = " | ".join(it.targets) or None
        yield "history", row | spoken(it.reason, "reason")


def owed_to(record):
    """Go through all that one record says."""
    ref = f"{FOLDERS[record.record_kind]}/{record.id}"
    row = {"ref": ref, "kind": record.record_kind}
    row |= fields(record, "id", "position", "origin")
    row |= spoken(record.name, "name")
    row["summary_id"] = record.summary and record.summary.id
    for name in ("measures", "why"):
        statement = getattr(record, name, None)
        row[f"{name}_id"] = statement and statement.id
    row["modality_kind"] = getattr(record, "kind", None)
    for name in ("category", "body_system", "clinical_term"):
        row[name] = getattr(record, name, None)
    for name, default in (("lang", None), ("status", None), ("stale", False)):
        fact = getattr(row["clinical_term"], name, default)
        row[f"clinical_term_{name}"] = fact
    yield "records", row
    for it in record.synonyms:
        row = {"ref": ref} | fields(it, "type", "code")
        yield "names", row | spoken(it.text)
    for it in record.codes:
        yield "codes", {"ref": ref, "note": None} | it.to_dict()
    for position, it in enumerate(record.statements):
        row = {"ref": ref, "position": position}
        row |= fields(it, "id", "aspect", "origin") | spoken(it.text)
        told = " | ".join(map(str, it.cautions)) or None
        yield "statements", row | {"cautions": told}
        yield from cited(it, "statement_id")
        yield from warned(it)


def warned(statement):
    """Go through the cautions of a statement."""
    for it in statement.cautions:
        row = {"statement_id": statement.id, "original": it.original}
        row["original_lang"] = getattr(it.original, "lang", None)
        row |= fields(it, "id", "kind", "safety") | spoken(it.text)
        yield "cautions", row
        yield from cited(it, "caution_id")


def cited(item, column):
    """Go through the citations of an object."""
    for it in item.citations:
        owner = dict.fromkeys(("statement_id", "caution_id", "notice_id"))
        row = owner | {column: item.id}
        row |= fields(it, "source_id", "section", "read_as")
        yield "citations", row


def linked(view):
    """Go through all links: which record, which other one, and why."""
    for it in view.conditions:
        for relation, others in (
            ("modality", it.modalities),
            ("side_effect", it.side_effects),
            ("monitoring", it.monitoring_tests),
        ):
            for other in others:
                yield from joined(it, other, relation)
    for it in view.modalities:
        if it.broader is not None:
            yield from joined(it, it.broader, "broader")


def joined(one, other, relation):
    """Go through the statements that bear a link out."""
    refs = [f"{FOLDERS[it.record_kind]}/{it.id}" for it in (one, other)]
    link = one.link(other)
    for statement in link.statements:
        row = dict(zip(("ref", "to_ref"), refs, strict=True))
        row |= {"relation": relation, "timing": link.timing}
        yield "links", row | {"statement_id": statement.id}


def check_nothing_lost(view, found):
    """Compare tables with all that a view says, row by row, in its order."""
    expected = {name: [] for name in TABLES}
    for name, row in owed(view):
        expected[name].append(row)
    expected["content"] = [
        fields(view, "content_version", "locale", "licence", "digest")
    ]
    for name, rows in expected.items():
        kept = rows[0] if rows else ()
        actual = [{it: row[it] for it in kept} for row in found[name]]
        if name == "links":  # a record has them in its own order
            actual.sort(key=json.dumps)
            rows.sort(key=json.dumps)
        assert rows == actual


@pytest.mark.parametrize("format", FORMATS)
def test_nothing_is_lost(view, format):
    """In each format, the tables say all that a view says, and no more."""
    check_nothing_lost(view, read(view, format))


@given(strategies.bundles(), st.sampled_from(FORMATS))
def test_nothing_is_lost_of_any_content(content, format):
    """Whatever valid content there is, each format gives it back."""
    mine = KnowledgeBase.from_bundle(content)

    check_nothing_lost(mine, read(mine, format))


def test_what_is_not_there_is_none(view):
    """No cell is an empty text, which CSV cannot tell from none."""
    files = exported(view, "jsonl")
    for table in TABLES:
        for row in from_jsonl(files[table]):
            assert "" not in row.values()


@pytest.mark.parametrize("format", FORMATS)
def test_cautions_stand_in_the_row(view, format):
    """A row of a statement has the words of all its cautions."""
    for row in read(view, format)["statements"]:
        _, *texts = words_of(view.statements[row["id"]])
        assert bool(texts) == (row["cautions"] is not None)
        assert [] == [it for it in texts if it not in row["cautions"]]
        check_facts(row, "cautions", texts)


def check_facts(row, column, texts):
    """Compare what a row says of the words in a cell with what they are."""
    for name in ("lang", "status"):
        found = row[f"{column}_{name}"]
        expected = sorted({getattr(text, name) for text in texts})
        assert expected == sorted(found.split(" | ") if found else [])
    assert any(text.stale for text in texts) == row[f"{column}_stale"]


def test_an_omitting_view_keeps_links_that_hold():
    """What is left out takes its links along, and the rest stays linked."""
    whole = read(kb.localized("es"), "csv")
    part = read(VIEWS["partly reviewed, else omitted"](), "csv")
    for table in ("records", "statements", "cautions", "links"):
        assert 0 < len(part[table]) < len(whole[table])
    refs = {row["ref"] for row in part["records"]}
    statements = {row["id"] for row in part["statements"]}
    for row in part["links"]:
        assert {row["ref"], row["to_ref"]} <= refs
        assert row["statement_id"] in statements


# Real clients


def csv_by_pandas(folder, table):
    """Read CSV with pandas."""
    path = folder / f"{table}.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    return map(bare, frame.to_dict("records"))


def csv_by_polars(folder, table):
    """Read CSV with polars."""
    frame = pl.read_csv(folder / f"{table}.csv", infer_schema=False)
    return map(bare, frame.to_dicts())


def csv_by_duckdb(folder, table):
    """Read CSV with DuckDB."""
    path = folder / f"{table}.csv"
    return map(bare, seen(duckdb.read_csv(path, all_varchar=True)))


def jsonl_by_pandas(folder, table):
    """Read JSON Lines with pandas."""
    path = folder / f"{table}.jsonl"
    return pd.read_json(path, lines=True, dtype=False).to_dict("records")


def jsonl_by_polars(folder, table):
    """Read JSON Lines with polars."""
    path = folder / f"{table}.jsonl"
    return pl.read_ndjson(path, infer_schema_length=None).to_dicts()


def jsonl_by_duckdb(folder, table):
    """Read JSON Lines with DuckDB."""
    path = str(folder / f"{table}.jsonl")
    return seen(duckdb.read_json(path, format="newline_delimited"))


def parquet_by_pandas(folder, table):
    """Read Parquet with pandas."""
    return pd.read_parquet(folder / f"{table}.parquet").to_dict("records")


def parquet_by_polars(folder, table):
    """Read Parquet with polars."""
    return pl.read_parquet(folder / f"{table}.parquet").to_dicts()


def parquet_by_duckdb(folder, table):
    """Read Parquet with DuckDB."""
    return seen(duckdb.read_parquet(str(folder / f"{table}.parquet")))


def sqlite_by_pandas(folder, table):
    """Read the database with pandas."""
    with opened(folder) as database:
        frame = pd.read_sql(f"SELECT * FROM {table}", database)
    return frame.to_dict("records")


def sqlite_by_polars(folder, table):
    """Read the database with polars."""
    query = f"SELECT * FROM {table}"
    with opened(folder) as database:
        frame = pl.read_database(query, database, infer_schema_length=None)
    return frame.to_dicts()


def sqlite_by_datasette(folder, table):
    """Read the database with Datasette."""
    return all_by_datasette(folder)[table]


@functools.cache
def all_by_datasette(folder):
    """Read every table of a database at once, as Datasette starts slowly."""
    queries = [f"SELECT * FROM {table} ORDER BY rowid" for table in TABLES]
    asked = [urlencode({"_shape": "array", "sql": it}) for it in queries]
    found = served(folder, *[f".json?{it}" for it in asked])
    return dict(zip(TABLES, found, strict=True))


def seen(found):
    """Give the rows that DuckDB sees."""
    rows = found.fetchall()
    return [dict(zip(found.columns, row, strict=True)) for row in rows]


def opened(folder):
    """Open the database in a folder, and close it at the end."""
    path = folder / "salvage-kb.sqlite"
    return contextlib.closing(sqlite3.connect(path))


def served(folder, *paths):
    """Give the JSON that Datasette answers to each path."""
    program = ROOT / "tests" / "datasette_answers.py"
    asked = [f"/salvage-kb{it}" for it in paths]
    answered = subprocess.check_output(
        [sys.executable, program, folder / "salvage-kb.sqlite", *asked]
    )
    return json.loads(answered)


CLIENTS = [
    csv_by_pandas,
    csv_by_polars,
    csv_by_duckdb,
    jsonl_by_pandas,
    jsonl_by_polars,
    jsonl_by_duckdb,
    parquet_by_pandas,
    parquet_by_polars,
    parquet_by_duckdb,
    sqlite_by_pandas,
    sqlite_by_polars,
    sqlite_by_datasette,
]


@pytest.fixture(name="tables", scope="module")
def _tables(tmp_path_factory):
    """Write all tables in every language, and give the folder."""
    folder = tmp_path_factory.mktemp("tables")
    for format in FORMATS:
        assert list(write(kb, format, folder / format, kb.locales))
    return folder


@pytest.mark.parametrize("client", CLIENTS, ids=lambda it: it.__name__)
@pytest.mark.parametrize("locale", kb.locales)
def test_clients_read_the_same(tables, locale, client):
    """What a client reads is what was exported, row by row."""
    format = client.__name__.partition("_")[0]
    expected = read(kb.localized(locale), "jsonl")

    for table in TABLES:
        rows = client(tables / format / locale, table)
        assert expected[table] == [typed(table, row) for row in rows]


def test_datasette_finds_and_leads(tables):
    """Its search box gives a caution beside a statement; keys are links."""
    folder = tables / "sqlite" / "en"
    found, milk, linked = served(
        folder,
        "/search.json?_search=alopecia&_shape=array",
        "/search.json?_search=milk&_shape=array",
        "/links.json?_labels=on&_size=1",
    )

    assert "side_effects/hair-loss" in [row["ref"] for row in found]
    cautions = {row["id"]: row["cautions"] for row in milk}
    assert "not zero" in cautions["conditions/hiv/breast-milk"]
    assert {"value", "label"} == set(linked["rows"][0]["to_ref"])


def test_frictionless_accepts_csv(view, tmp_path):
    """Its checker finds nothing wrong: types, keys and keys of other tables."""
    assert list(write(view, "csv", tmp_path))
    path = tmp_path / view.locale / "datapackage.json"
    report = frictionless.validate(str(path))

    assert [] == report.flatten(["title", "message"])
    assert list(TABLES) == [task.name for task in report.tasks]


def test_frictionless_accepts_json_lines(view, tmp_path):
    """It does so too with JSON Lines, as far as there are rows."""
    files = exported(view, "jsonl")
    assert list(write(view, "jsonl", tmp_path))
    path = tmp_path / view.locale / "datapackage.json"
    report = frictionless.validate(str(path))

    assert [] == report.flatten(["title", "message"])
    assert [table for table in TABLES if files[table]] == [
        task.name for task in report.tasks
    ]


def test_frictionless_notices_a_broken_key(tables, tmp_path):
    """What it accepts is no accident: a caution without its statement."""
    folder = shutil.copytree(tables / "csv" / "en", tmp_path / "en")
    path = folder / "statements.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    kept = [it for it in lines if "conditions/hiv/breast-milk" not in it]
    path.write_text("".join(kept), encoding="utf-8", newline="")
    report = frictionless.validate(str(folder / "datapackage.json"))

    broken = {task.name for task in report.tasks if not task.valid}
    assert {"cautions", "citations"} == broken
    assert {"foreign-key"} == {it for [it] in report.flatten(["type"])}


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_the_package_says_what_it_is(view, suffix):
    """It has the notices in the language, the version and the licence."""
    package = json.loads(exported(view, suffix)["datapackage"])

    assert view.content_version == package["version"]
    assert [view.locale] == package["languages"]
    assert [{"name": view.licence}] == package["licenses"]
    for notice in view.notices:
        assert notice.text in package["description"]


def test_parquet_says_what_it_is(view):
    """Each file has the notices, the version and the licence in it."""
    for data in exported(view, "parquet").values():
        about = pq.read_schema(io.BytesIO(data)).metadata[b"salvage-kb"]
        assert view.imprint.to_dict() == json.loads(about)


def test_types_are_the_same_everywhere():
    """Parquet and SQLite have the types that the package names."""
    package = json.loads(exported(kb, "csv")["datapackage"])
    [data] = exported(kb, "sqlite").values()
    parquet = exported(kb, "parquet")
    for table in package["resources"]:
        name = table["name"]
        fields = {it["name"]: it["type"] for it in table["schema"]["fields"]}
        arrow = pq.read_schema(io.BytesIO(parquet[name]))
        sql = from_sqlite(data, f"pragma_table_info('{name}')")

        assert types(name) == fields
        assert [ARROW[type] for type in fields.values()] == [
            str(it) for it in arrow.types
        ]
        assert [SQL[type] for type in fields.values()] == [
            it["type"] for it in sql
        ]


ARROW = {
    "string": "string",
    "integer": "int64",
    "boolean": "bool",
    "date": "date32[day]",
}
SQL = {
    "string": "TEXT",
    "integer": "INTEGER",
    "boolean": "INTEGER",
    "date": "TEXT",
}


# SQLite


def test_the_database_is_whole(view):
    """No key leads nowhere, in any view."""
    [data] = exported(view, "sqlite").values()

    assert [] == from_sqlite(data, "pragma_foreign_key_check")
    [whole] = from_sqlite(data, "pragma_integrity_check")
    assert ["ok"] == list(whole.values())


def test_the_database_has_the_keys_of_the_package():
    """Keys, and keys of other tables, are those that the package names."""
    package = json.loads(exported(kb, "csv")["datapackage"])
    [data] = exported(kb, "sqlite").values()
    for table in package["resources"]:
        name, schema = table["name"], table["schema"]
        own = from_sqlite(data, f"pragma_table_info('{name}')")
        other = from_sqlite(data, f"pragma_foreign_key_list('{name}')")
        told = [
            (it["fields"], *it["reference"].values())
            for it in schema.get("foreignKeys", ())
        ]

        key = [schema["primaryKey"]] if "primaryKey" in schema else []
        assert key == [it["name"] for it in own if it["pk"]]
        assert sorted(told) == sorted(
            (it["from"], it["table"], it["to"]) for it in other
        )


MATCH = "SELECT rowid, ref, id, cautions FROM search WHERE search MATCH ?"


@contextlib.contextmanager
def database_of(view):
    """Open the database of a view, in memory."""
    [data] = exported(view, "sqlite").values()
    with contextlib.closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(data)
        yield database


@pytest.mark.parametrize(
    ("locale", "query", "ref"),
    [
        ("en", "alopecia", "side_effects/hair-loss"),
        ("en", "HAIR AND loss", "side_effects/hair-loss"),
        ("es", "caida cabello", "side_effects/hair-loss"),
        ("ar", "الشعر", "side_effects/hair-loss"),
        ("hi", "झड़ना", "side_effects/hair-loss"),
        ("zh-Hans", "脱发", "side_effects/hair-loss"),
        ("zh-Hans", "淋巴水肿 皮肤", "conditions/cancer"),
        ("ar-XB", "alopecia", "side_effects/hair-loss"),
    ],
)
def test_the_index_finds(locale, query, ref):
    """A word leads to the record, whatever its case and accents."""
    with database_of(kb.localized(locale)) as database:
        found = rows_of(database, MATCH, query)

    assert ref in [row["ref"] for row in found]


def test_the_index_gives_cautions():
    """What a search finds has its cautions in the same row."""
    with database_of(kb) as database:
        found = rows_of(database, MATCH, "milk")

    hits = {row["id"]: row["cautions"] for row in found if row["id"]}
    assert "conditions/hiv/breast-milk" in hits
    for id, cautions in hits.items():
        for caution in kb.statements[id].cautions:
            assert caution.text in cautions


def test_the_index_holds_names_and_statements(view):
    """Nothing that is said is missing there, and each says its language."""
    expected = []
    for table, row in owed(view):
        for name in ("name", "clinical_term", "text"):
            if table in {"records", "names", "statements"} and row.get(name):
                prefix = "clinical_term_" * (name == "clinical_term")
                expected.append(
                    {
                        "ref": row["ref"],
                        "id": row["id"] if table == "statements" else None,
                        "text": row[name],
                        "lang": row[f"{prefix}lang"],
                        "cautions": row.get("cautions"),
                    }
                )
    query = "SELECT ref, id, text, lang, cautions FROM search"
    with database_of(view) as database:
        found = rows_of(database, query)

    assert sorted(map(json.dumps, expected)) == sorted(map(json.dumps, found))


def test_every_word_is_found(view):
    """Each word of a name, a statement or a caution gives its row."""
    with database_of(view) as database:
        places = defaultdict(set)
        for row in rows_of(database, "SELECT rowid, * FROM search"):
            for word in f"{row['text']} {row['cautions'] or ''}".split():
                if any(map(str.isalnum, word)):
                    places[word.replace('"', " ")].add(row["rowid"])
        for word, expected in places.items():
            found = rows_of(database, MATCH, f'"{word}"')
            assert expected <= {row["rowid"] for row in found}


def test_vowel_signs_belong_to_words():
    """Hindi is found by whole words, never by their consonants alone."""
    with database_of(kb.localized("hi")) as database:
        places = defaultdict(set)
        for row in rows_of(database, "SELECT rowid, * FROM search"):
            text = f"{row['text']} {row['cautions'] or ''}"
            for word in re.findall("[\u0900-\u0963]+", text):
                places[word].add(row["rowid"])
        for word, expected in places.items():
            found = rows_of(database, MATCH, word)
            assert expected == {row["rowid"] for row in found}


def test_words_without_spaces_are_found():
    """Chinese is found by any two to four characters that stand together."""
    with database_of(kb.localized("zh-Hans")) as database:
        places = defaultdict(set)
        for row in rows_of(database, "SELECT rowid, * FROM search"):
            for text in filter(None, (row["text"], row["cautions"])):
                for run in re.findall("[\u4e00-\u9fff]+", text):
                    for at in range(len(run) - 1):
                        for end in range(at + 2, min(at + 4, len(run)) + 1):
                            places[run[at:end]].add(row["rowid"])
        for word, expected in places.items():
            found = rows_of(database, MATCH, word)
            assert expected == {row["rowid"] for row in found}


# Formulas, quotes and what else breaks tables


@pytest.fixture(name="nasty", scope="module")
def _nasty(tmp_path_factory):
    """Lay texts that break tables over our content; write all formats."""
    cited = [{"source_id": "icliniq-salvage-therapy", "section": "disclaimer"}]
    hiv = {
        "id": "hiv",
        "synonyms": [{"text": it, "type": "lay"} for it in NASTY],
        "statements": [
            {
                "id": f"conditions/hiv/nasty-{index}",
                "text": text,
                "aspect": "advice",
                "citations": cited,
                "cautions": [
                    {
                        "id": f"conditions/hiv/nasty-{index}/but",
                        "kind": "nuance",
                        "text": text,
                        "citations": cited,
                    }
                ],
            }
            for index, text in enumerate(NASTY)
        ],
    }
    folder = tmp_path_factory.mktemp("nasty")
    path = folder / "overlay.json"
    path.write_text(json.dumps({"conditions": [hiv]}), encoding="utf-8")
    for format in FORMATS:
        assert list(write(kb.overlay(path), format, folder / format))
    return folder


@pytest.mark.parametrize("client", CLIENTS, ids=lambda it: it.__name__)
def test_texts_survive(nasty, client):
    """Whatever a text looks like, a client reads just that."""
    folder = nasty / client.__name__.partition("_")[0] / "en"
    said = client(folder, "statements")
    cautions = client(folder, "cautions")
    names = [row["text"] for row in client(folder, "names")]

    assert NASTY == [it["text"] for it in said if "/nasty-" in it["id"]]
    assert NASTY == [it["text"] for it in cautions if "/nasty-" in it["id"]]
    assert set(NASTY) < set(names)


def test_formulas_are_inert_in_csv(nasty):
    """No cell begins as a formula does; what looked so has an apostrophe."""
    found = set()
    for path in (nasty / "csv" / "en").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            found |= {
                it for row in csv.reader(file, strict=True) for it in row
            }
    told = {f"'{it}" for it in NASTY[:7]}
    assert "x; '=cmd();''=y" in found

    parts = [part.lstrip(" ") for it in found for part in it.split(";")]
    assert [] == [it for it in parts if it.startswith(FORMULA)]
    assert told == {it for it in found if it[:1] == "'"} - {"'quoted'"}


def test_csv_is_as_rfc_4180_has_it(nasty):
    """Lines end with CR and LF, quotes are doubled, text is UTF-8."""
    data = (nasty / "csv" / "en" / "statements.csv").read_bytes()

    assert data.count(b"\n") == data.count(b"\r\n")
    assert b'"""quoted"", and more"' in data
    assert "🙂👩🏽‍⚕️ नमस्ते 脱发 مرحبا" in data.decode()


def test_parquet_without_its_extra(monkeypatch):
    """Where pyarrow is missing, the extra is named, and nothing is given."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(
        ImportError, match=r"pip install 'salvage-kb\[arrow\]'"
    ):
        list(export(kb, "parquet"))


def test_sqlite_without_fts5(monkeypatch):
    """Where SQLite cannot do it, what it lacks is said."""
    other = tables._INDEX[0].replace("fts5", "fts99")
    monkeypatch.setattr(tables, "_INDEX", (other,))
    with pytest.raises(
        ImportError, match="cannot do it: no such module: fts99"
    ):
        list(export(kb, "sqlite"))


# Reviews


@pytest.mark.parametrize("state", ["valid", "lapsed", "withdrawn", "none"])
def test_only_a_valid_signature_is_shown(state):
    """A signature that lapsed or was taken back signs nothing any more."""
    signed = {
        "reviewer": "Dr. A",
        "credential": "MD",
        "signed_on": "2026-01-01",
        "due_on": "2029-01-01",
        "digest": kb.topics["prognosis"].text_digest,
    }
    signed |= {
        "lapsed": {"digest": "0" * 64},
        "withdrawn": {"withdrawn_on": "2026-02-01"},
    }.get(state, {})

    def sign(copy):
        for topic in copy["topics"]:
            if topic["id"] == "prognosis" and state != "none":
                topic["text_review"] = signed

    mine = changed(sign)
    expected = ("Dr. A", "MD", "2026-01-01", "2029-01-01")
    for format in FORMATS:
        found = {
            row["ref"]: (
                row["text_reviewer"],
                row["text_credential"],
                row["text_signed_on"],
                row["text_due_on"],
            )
            for row in read(mine, format)["records"]
        }
        shown = expected if state == "valid" else (None,) * 4
        assert shown == found.pop("topics/prognosis")
        assert {(None,) * 4} == set(found.values())


def test_the_review_of_the_source_is_its_own(view):
    """A record names the source that was reviewed, and when."""
    expected, actual = {}, {}
    for kind in FOLDERS:
        if kind not in {"notice", "event"}:
            for id, record in view.table(kind).items():
                known = record.review.source_review
                expected[f"{FOLDERS[kind]}/{id}"] = known and (
                    known.source_id,
                    known.reviewed_on.isoformat(),
                )
    for row in read(view, "jsonl")["records"]:
        pair = row["reviewed_source_id"], row["source_reviewed_on"]
        actual[row["ref"]] = pair if any(pair) else None

    assert expected == actual


def test_who_translated_is_told():
    """The table of the content says who brought the translation."""
    base, pack = (
        read(it, "csv")["content"][0] for it in (kb, kb.localized("es"))
    )
    partly = read(VIEWS["partly reviewed"](), "csv")["content"][0]

    assert None is base["translated_by"]
    assert kb.localized("es").pack.translated_by == pack["translated_by"]
    assert None is pack["translation_reviewed_by"]
    assert "A. Reviewer" == partly["translation_reviewed_by"]


def test_the_page_on_sql_explains_every_table():
    """It has each table, in order, and names columns that are there."""
    page = (ROOT / "docs" / "sql.md").read_text("utf-8")
    told = re.findall(r"^\| `(\w+)` \|.*\| (.*) \|$", page, re.MULTILINE)

    assert list(TABLES) == [table for table, _ in told]
    for table, text in told:
        named = set(re.findall("`(.*?)`", text)) - set(RELATIONS)
        assert set() == named - set(types(table))


RELATIONS = ("modality", "side_effect", "monitoring", "broader")

# What data frames are made of


@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_row_has_what_belongs_to_it(view, name):
    """Notices, version and language are in each row, and the same columns."""
    found = getattr(view, name)
    rows = found.to_records()

    assert list(found.ids) == [row["id"] for row in rows]
    for row, item in zip(rows, found, strict=True):
        assert list(rows[0]) == list(row)
        text = next(filter(None, (getattr(item, it, None) for it in LEADS)))
        assert (text.lang, text.status, text.stale) == (
            row["lang"],
            row["status"],
            row["stale"],
        )
        assert view.content_version == row["content_version"]
        assert view.licence == row["content_licence"]
        assert NOTHING == {type(it) for it in row.values()} - PLAIN
        for notice in view.notices:
            assert notice.text in row["notices"]
        check_facts(row, "notices", [notice.text for notice in view.notices])


LEADS = ("name", "text", "reason")
PLAIN = {str, int, bool, date, type(None)}
NOTHING = set()


def test_rows_of_statements(view):
    """A row has the words, the cautions, and the sources of each apart."""
    for row, it in zip(
        view.statements.to_records(), view.statements, strict=True
    ):
        against = [c.source_id for held in it.cautions for c in held.citations]

        assert (it.text, it.aspect, it.origin) == (
            row["text"],
            row["aspect"],
            row["origin"],
        )
        assert it.id == f"{row['record']}/{it.id.rpartition('/')[2]}"
        assert row["cautions"] == told(it.cautions)
        check_facts(row, "cautions", [*words_of(it)][1:])
        assert row["sources"] == told(each(it.citations))
        assert row["cautions_sources"] == told(dict.fromkeys(against))


def words_of(statement):
    """Go through the words of a statement, its cautions and originals."""
    yield statement.text
    for caution in statement.cautions:
        yield caution.text
        if caution.original is not None:
            yield caution.original


def told(values):
    """Put values into one cell."""
    return " | ".join(map(str, values)) or None


def each(citations):
    """Give the sources of some citations, each once."""
    return dict.fromkeys(it.source_id for it in citations)


@pytest.mark.parametrize("name", COLLECTIONS[:5])
def test_rows_of_records(view, name):
    """A row has names, summary with its cautions, and what is linked."""
    found = getattr(view, name)
    for row, it in zip(found.to_records(), found, strict=True):
        summary = it.summary
        assert it.name == row["name"]
        assert told(n.text for n in it.synonyms) == row["synonyms"]
        assert told([summary.text, *summary.cautions]) == row["summary"]
        check_facts(row, "summary", [*words_of(summary)])
        check_facts(row, "synonyms", [n.text for n in it.synonyms])
        assert sorted(summary.source_ids) == sorted(
            row["summary_sources"].split(" | ")
        )
        assert told(s.id for s in it.statements) == row["statements"]
        for other in {"condition": COLLECTIONS[1:4]}.get(it.record_kind, ()):
            linked = row[other].split(" | ") if row[other] else []
            assert sorted(getattr(it, other).ids) == sorted(linked)
        if it.record_kind == "modality":
            assert row["broader"] == (it.broader and it.broader.id)
        if it.record_kind == "side_effect":
            term = it.clinical_term
            assert row["clinical_term"] == term
            check_facts(row, "clinical_term", [term] if term else [])


def test_rows_of_what_has_no_statements(view):
    """Sources, notices and the history have their words and facts too."""
    for row, it in zip(view.sources.to_records(), view.sources, strict=True):
        assert row["reviewed_on"] == it.reviewed_on
        assert row["sections"] == told(it.sections)
    for row, it in zip(view.notices.to_records(), view.notices, strict=True):
        assert (row["text"], row["kind"]) == (it.text, it.kind)
        assert row["sources"] == told(each(it.citations))
    for row, it in zip(view.history.to_records(), view.history, strict=True):
        assert (row["reason"], row["harm"]) == (it.reason, it.harm)
        check_facts(row, "harm", [it.harm] if it.harm else [])
        assert row["targets"] == told(it.targets)


@pytest.mark.parametrize("name", COLLECTIONS)
def test_data_frames_take_the_rows(view, name):
    """What pandas, polars and DuckDB make of the rows is the same again."""
    rows = getattr(view, name).to_records()
    frame = pd.DataFrame(rows)
    other = pl.DataFrame(rows, infer_schema_length=None)
    asked = seen(duckdb.sql("SELECT * FROM frame")) if rows else []

    assert rows == [untold(row) for row in frame.to_dict("records")]
    assert rows == other.to_dicts()
    assert rows == [untold(row) for row in asked]


def untold(row):
    """Give none for what a data frame has as missing."""
    return {k: None if pd.isna(v) else v for k, v in row.items()}
