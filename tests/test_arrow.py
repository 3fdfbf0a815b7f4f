"""Terms in batches of texts, in one process and in others."""

import json
import pickle
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import duckdb
import pyarrow as pa
import pytest

from salvage_kb import LocaleError
from salvage_kb.integrations.arrow import DDL, finder
from salvage_kb.testing import tiny_knowledge_base

TEXTS = ["HIV and hair loss", None, "nothing", "👍 HIV, HIV"]
TABLE = pa.table({"id": [7, 8, 9, 10], "text": TEXTS})
ROWS = [
    {"id": 7, "start": 0, "end": 3, "matched": "HIV", "ref": "conditions/hiv"},
    {
        "id": 7,
        "start": 8,
        "end": 17,
        "matched": "hair loss",
        "ref": "side_effects/hair-loss",
    },
    {
        "id": 10,
        "start": 2,
        "end": 5,
        "matched": "HIV",
        "ref": "conditions/hiv",
    },
    {
        "id": 10,
        "start": 7,
        "end": 10,
        "matched": "HIV",
        "ref": "conditions/hiv",
    },
]


def test_batches():
    """Each span is a row that says which text it is in."""
    found = list(finder()(TABLE.to_batches(max_chunksize=1)))

    assert 4 == len(found)
    assert ROWS == pa.Table.from_batches(found).to_pylist()
    assert ["id", *(it.split()[0] for it in DDL.split(", "))] == (
        found[0].schema.names
    )


def test_first_only_and_names_of_columns():
    """Columns may be named otherwise, and each record may count once."""
    table = TABLE.rename_columns(["key", "words"])
    find = finder("words", "key", first_only=True)
    (found,) = find(table.to_batches())

    assert [7, 7, 10] == found.column("key").to_pylist()


def test_tables():
    """A table gives a table, however many pieces it is in."""
    table = pa.concat_tables([TABLE, TABLE.slice(0, 1)])
    found = finder().find(table)

    assert [*ROWS, *ROWS[:2]] == found.to_pylist()
    assert isinstance(found, pa.Table)


def test_a_column_that_is_made():
    """What is kept cannot be named as what is found."""
    with pytest.raises(ValueError, match="keep='start' is made already"):
        finder(keep="start")


def test_content_of_ones_own(tmp_path):
    """Other content has other terms."""
    path = tmp_path / "tiny.json"
    path.write_text(json.dumps(tiny_knowledge_base().to_bundle()))
    batch = pa.record_batch({"id": [1], "text": ["HIV, Example illness"]})
    (found,) = finder(content=str(path))([batch])

    assert ["Example illness"] == found.column("matched").to_pylist()


def test_another_language():
    """The terms are those of the language that is named."""
    batch = pa.record_batch({"id": ["a"], "text": ["caída del pelo"]})
    (found,) = finder(locale="es")([batch])

    assert ["side_effects/hair-loss"] == found.column("ref").to_pylist()
    with pytest.raises(LocaleError, match="is no language tag"):
        finder(locale="!")


def _elsewhere(data):
    find, batch = pickle.loads(data)
    return find.find(batch).to_pylist()


def test_another_process():
    """What runs here runs in a fresh process too, from a pickle."""
    data = pickle.dumps((finder(), TABLE.to_batches()[0]))
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        assert ROWS == pool.submit(_elsewhere, data).result()


def test_duckdb():
    """DuckDB takes what comes out, and gives what goes in."""
    with duckdb.connect() as database:
        database.register("texts", TABLE)
        reader = database.sql("SELECT * FROM texts").to_arrow_reader(1000)
        database.register("found", pa.Table.from_batches(finder()(reader)))
        rows = database.sql(
            "SELECT ref, count(*) FROM found GROUP BY ref ORDER BY ref"
        ).fetchall()

    assert [("conditions/hiv", 3), ("side_effects/hair-loss", 1)] == rows


def test_without_pyarrow(monkeypatch):
    """Where pyarrow is missing, the extra is named."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(
        ImportError, match=r"pip install 'salvage-kb\[arrow\]'"
    ):
        finder()
