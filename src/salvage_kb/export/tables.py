"""Write tables: CSV, JSON Lines, Parquet and SQLite."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from salvage_kb.flat import joined
from salvage_kb.model import plain
from salvage_kb.vocabulary import FOLDERS

from .files import File, json_file, text_file

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Mapping

    from salvage_kb.knowledge_base import KnowledgeBase
    from salvage_kb.model import Citation, Statement
    from salvage_kb.records import Record
    from salvage_kb.text import Text

    Row = dict[str, Any]

#: The columns of each table. ``!`` marks the key; after ``>`` stands the table
#: whose key a column holds; types are Frictionless's, and string if not said.
TABLES: Final = {
    "content": "content_version! locale licence digest",
    "notices": "id! kind text lang status stale:boolean",
    "sources": "id! name publisher published url dated reviewer "
    "reviewed_on:date licence",
    "records": "ref! kind id position:integer name lang status stale:boolean "
    "clinical_term category modality_kind body_system summary_id measures_id "
    "why_id source_reviewed_on:date text_reviewer text_signed_on:date",
    "names": "ref>records text type code lang status stale:boolean",
    "statements": "id! ref>records position:integer aspect text lang status "
    "stale:boolean origin cautions",
    "cautions": "id! statement_id>statements kind safety:boolean text lang "
    "status stale:boolean original",
    "citations": "statement_id>statements caution_id>cautions "
    "notice_id>notices source_id>sources section read_as",
    "links": "ref>records to_ref>records relation timing "
    "statement_id>statements",
    "codes": "ref>records system code display match licence verified_in note",
    "history": "id! subject fate since significance targets reason harm",
}
_SQL: Final = {
    "string": "TEXT",
    "integer": "INTEGER",
    "boolean": "INTEGER",
    "date": "TEXT",
}
#: A cell that starts so may be run as a formula by a spreadsheet.
_FORMULA: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class Column:
    """Say what a column of a table holds."""

    def __init__(self, words: str) -> None:
        words, _, self.table = words.partition(">")
        words, _, type = words.partition(":")
        self.is_key = words.endswith("!")
        self.name = words.rstrip("!")
        self.type = type or "string"


def columns(table: str) -> list[Column]:
    """Give the columns of a table, in order."""
    return [Column(words) for words in TABLES[table].split()]


def tables(kb: KnowledgeBase) -> dict[str, list[Row]]:
    """Give all that the content says, as rows of plain values by table."""
    found: dict[str, list[Row]] = {name: [] for name in TABLES}
    imprint = kb.imprint
    about = {
        "content_version": imprint.content_version,
        "locale": imprint.locale,
        "licence": imprint.licence,
        "digest": kb.digest,
    }
    found["content"].append(about)
    for notice in kb.notices:
        row = {"id": notice.id, "kind": notice.kind} | _words(notice.text)
        found["notices"].append(row)
        _cite(found, {"notice_id": notice.id}, notice.citations)
    for source in kb.sources:
        names = [column.name for column in columns("sources")]
        found["sources"].append({n: getattr(source, n) for n in names})
    for kind in FOLDERS:
        if kind not in {"source", "notice", "event"}:
            for record in kb.table(kind).values():
                _add_record(kb, found, record)
    for event in kb.history:
        row = {"id": event.id, "targets": joined(event.targets)}
        names = [column.name for column in columns("history")]
        found["history"].append({n: getattr(event, n) for n in names} | row)
    return found


def _words(text: Text, column: str = "text") -> Row:
    """Give a text with the language that it really has."""
    more = {"lang": text.lang, "status": text.status, "stale": text.stale}
    return {column: str(text)} | more


def _cite(
    found: dict[str, list[Row]], what: Row, citations: tuple[Citation, ...]
) -> None:
    for it in citations:
        row = {
            "source_id": it.source_id,
            "section": it.section,
            "read_as": it.read_as,
        }
        found["citations"].append(what | row)


def _add_record(
    kb: KnowledgeBase, found: dict[str, list[Row]], record: Record
) -> None:
    ref = f"{FOLDERS[record.record_kind]}/{record.id}"
    names = ("position", "clinical_term", "category", "body_system")
    ids = ("summary_id", "measures_id", "why_id")
    review = record.review
    row = {
        "ref": ref,
        "kind": record.record_kind,
        "id": record.id,
        "modality_kind": getattr(record, "kind", None),
        "source_reviewed_on": review.source_review
        and review.source_review.reviewed_on,
        "text_reviewer": review.text_review and review.text_review.reviewer,
        "text_signed_on": review.text_review and review.text_review.signed_on,
    }
    row |= {name: getattr(record, name, None) for name in (*names, *ids)}
    found["records"].append(row | _words(record.name, "name"))
    for it in record.synonyms:
        name = {"ref": ref, "type": it.type, "code": it.code} | _words(it.text)
        found["names"].append(name)
    for code in record.codes:
        found["codes"].append({"ref": ref} | code.to_dict())
    for position, statement in enumerate(record.statements):
        _add_statement(found, ref, position, statement)
    _add_links(kb, found, record, ref)


def _add_statement(
    found: dict[str, list[Row]], ref: str, position: int, it: Statement
) -> None:
    row = {"id": it.id, "ref": ref, "position": position}
    row |= {"aspect": it.aspect, "origin": it.origin}
    row["cautions"] = joined(it.cautions)
    found["statements"].append(row | _words(it.text))
    _cite(found, {"statement_id": it.id}, it.citations)
    for caution in it.cautions:
        row = {"id": caution.id, "statement_id": it.id, "kind": caution.kind}
        beside = caution.original and str(caution.original)
        row |= {"safety": caution.safety, "original": beside}
        found["cautions"].append(row | _words(caution.text))
        _cite(found, {"caution_id": caution.id}, caution.citations)


def _add_links(
    kb: KnowledgeBase, found: dict[str, list[Row]], record: Record, ref: str
) -> None:
    """Give each link once: from the record that names it."""
    for field, kind in record.link_fields.items():
        held = getattr(record, field)
        for link in held if isinstance(held, tuple) else (held,):
            if link is None or link.id not in kb.table(kind):
                continue
            row = {
                "ref": ref,
                "to_ref": f"{FOLDERS[kind]}/{link.id}",
                "relation": field.rpartition("_")[0],
                "timing": getattr(link, "timing", None),
            }
            found["links"] += [
                row | {"statement_id": s}
                for s in link.statements
                if s in kb.table("statement")
            ]


def _rows(kb: KnowledgeBase) -> Iterator[tuple[str, list[Row]]]:
    """Give each table with its rows, all columns in order."""
    for name, rows in tables(kb).items():
        order = [column.name for column in columns(name)]
        yield name, [{it: row.get(it) for it in order} for row in rows]


# Each format


def csv_files(views: Mapping[str, KnowledgeBase]) -> Iterator[File]:
    """Give CSV by RFC 4180, with a Frictionless description.

    A cell that a spreadsheet may run as a formula starts with an apostrophe.
    """
    yield from _described(views, "csv", _to_csv)


def _to_csv(name: str, rows: list[Row]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(column.name for column in columns(name))
    writer.writerows([_cell(value) for value in row.values()] for row in rows)
    return stream.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def jsonl_files(views: Mapping[str, KnowledgeBase]) -> Iterator[File]:
    """Give JSON Lines, one object for each row, with a description."""
    yield from _described(views, "jsonl", _to_jsonl)


def _to_jsonl(name: str, rows: list[Row]) -> str:  # noqa: ARG001
    return "".join(
        json.dumps(row, ensure_ascii=False, default=date.isoformat) + "\n"
        for row in rows
    )


def _described(
    views: Mapping[str, KnowledgeBase],
    suffix: str,
    dump: Callable[[str, list[Row]], str],
) -> Iterator[File]:
    for tag, view in views.items():
        for name, rows in _rows(view):
            yield text_file(f"{tag}/{name}.{suffix}", dump(name, rows))
        package = datapackage(view, suffix)
        yield json_file(f"{tag}/datapackage.json", package)


def datapackage(kb: KnowledgeBase, suffix: str) -> dict[str, Any]:
    """Describe the tables as Frictionless Data has it."""
    imprint = kb.imprint
    return {
        "name": "salvage-kb",
        "title": "salvage-kb: content about salvage therapy",
        "description": "\n\n".join(str(it.text) for it in imprint.notices),
        "version": imprint.content_version,
        "languages": [imprint.locale],
        "licenses": [{"name": imprint.licence}],
        "resources": [
            {
                "name": name,
                "path": f"{name}.{suffix}",
                "format": suffix,
                "encoding": "utf-8",
                "schema": _schema(name),
            }
            for name in TABLES
        ],
    }


def _schema(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [{"name": it.name, "type": it.type} for it in columns(name)],
        "missingValues": [""],
    }
    for it in columns(name):
        if it.is_key:
            schema["primaryKey"] = it.name
        if it.table:
            key = _key(it.table)
            there = {"resource": it.table, "fields": key}
            link = {"fields": it.name, "reference": there}
            schema.setdefault("foreignKeys", []).append(link)
    return schema


def _key(table: str) -> str:
    return next(it.name for it in columns(table) if it.is_key)


def parquet_files(views: Mapping[str, KnowledgeBase]) -> Iterator[File]:
    """Give Parquet, which needs the extra ``arrow``.

    Each file has the notices and the version in its metadata.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ModuleNotFoundError as error:
        message = "Parquet needs an extra: pip install 'salvage-kb[arrow]'"
        raise ImportError(message) from error
    types = {
        "string": pa.string(),
        "integer": pa.int64(),
        "boolean": pa.bool_(),
        "date": pa.date32(),
    }
    for tag, view in views.items():
        for name, rows in _rows(view):
            fields = [(it.name, types[it.type]) for it in columns(name)]
            about = plain(view.imprint)
            schema = pa.schema(fields, {"salvage-kb": json.dumps(about)})
            table = pa.Table.from_pylist(rows, schema)
            stream = io.BytesIO()
            parquet.write_table(table, stream)
            yield File(f"{tag}/{name}.parquet", stream.getvalue())


def sqlite_files(views: Mapping[str, KnowledgeBase]) -> Iterator[File]:
    """Give a database for each language, with keys and a full-text index.

    The index `search` has names, and statements with their cautions: ``MATCH``
    as SQLite's FTS5 has it gives the record.
    """
    import sqlite3

    for tag, view in views.items():
        database = sqlite3.connect(":memory:")
        with database:
            _fill(database, view)
        database.execute("VACUUM")
        yield File(f"{tag}/salvage-kb.sqlite", database.serialize())
        database.close()


def _fill(database: sqlite3.Connection, view: KnowledgeBase) -> None:
    database.execute("PRAGMA foreign_keys = ON")
    rows = dict(_rows(view))
    for name in TABLES:
        parts = ", ".join(_column(it) for it in columns(name))
        database.execute(f"CREATE TABLE {name} ({parts}) STRICT")
        marks = ", ".join("?" for _ in columns(name))
        database.executemany(
            f"INSERT INTO {name} VALUES ({marks})",  # noqa: S608
            [tuple(map(_bare, row.values())) for row in rows[name]],
        )
    database.execute(
        "CREATE VIRTUAL TABLE search USING fts5 "
        "(ref UNINDEXED, id UNINDEXED, text, "
        "tokenize = 'unicode61 remove_diacritics 2')"
    )
    found = [(row["ref"], None, row["name"]) for row in rows["records"]]
    found += [(row["ref"], None, row["text"]) for row in rows["names"]]
    for row in rows["statements"]:
        words = f"{row['text']} {row['cautions']}".rstrip()
        found.append((row["ref"], row["id"], words))
    database.executemany("INSERT INTO search VALUES (?, ?, ?)", found)


def _column(it: Column) -> str:
    parts = [it.name, _SQL[it.type]]
    if it.is_key:
        parts.append("PRIMARY KEY NOT NULL")
    if it.table:
        parts.append(f"REFERENCES {it.table}")
    return " ".join(parts)


def _bare(value: Any) -> Any:
    """Give a value that SQLite knows."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value
