"""Write tables: CSV, JSON Lines, Parquet and SQLite."""

from __future__ import annotations

import csv
import io
import json
import re
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from unicodedata import east_asian_width

from salvage_kb.flat import joined, spoken, warned
from salvage_kb.locales import home_of
from salvage_kb.model import plain
from salvage_kb.vocabulary import FOLDERS

from .files import File, json_file, text_file

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection, Iterator, Mapping

    from salvage_kb.knowledge_base import KnowledgeBase
    from salvage_kb.model import Citation, Event, Notice, Statement
    from salvage_kb.records import Record, Source
    from salvage_kb.review import Review

    Row = dict[str, Any]

#: The columns of each table. ``!`` marks the key; after ``>`` stands the table
#: whose key a column holds; types are Frictionless's, and string if not said.
TABLES: Final = {
    "content": "content_version! schema_version:integer locale licence digest "
    "translated_by translation_reviewed_by",
    "notices": "id! position:integer kind text lang status stale:boolean",
    "sources": "id! ref>records name lang status stale:boolean publisher "
    "published url dated reviewer reviewed_on:date licence filed_under "
    "sections",
    "records": "ref! kind id position:integer name lang status stale:boolean "
    "clinical_term clinical_term_lang clinical_term_status "
    "clinical_term_stale:boolean category modality_kind body_system "
    "summary_id>statements measures_id>statements why_id>statements origin "
    "reviewed_source_id>sources source_reviewed_on:date text_reviewer "
    "text_credential text_signed_on:date text_due_on:date",
    "names": "ref>records text type code lang status stale:boolean",
    "statements": "id! ref>records position:integer aspect text lang status "
    "stale:boolean origin cautions cautions_lang cautions_status "
    "cautions_stale:boolean",
    "cautions": "id! statement_id>statements kind safety:boolean text lang "
    "status stale:boolean original original_lang",
    "citations": "statement_id>statements caution_id>cautions "
    "notice_id>notices source_id>sources section read_as",
    "links": "ref>records to_ref>records relation timing "
    "statement_id>statements",
    "codes": "ref>records system code display match licence verified_in note",
    "history": "id! position:integer subject fate since significance targets "
    "reason lang status stale:boolean harm",
}
_SQL: Final = {
    "string": "TEXT",
    "integer": "INTEGER",
    "boolean": "INTEGER",
    "date": "TEXT",
}
#: The full-text index, and what fills it. Marks of vowels are letters to it.
_INDEX: Final = (
    """CREATE VIRTUAL TABLE search USING fts5 (
    ref UNINDEXED, id UNINDEXED, text, lang UNINDEXED,
    cautions, cautions_lang UNINDEXED, parts,
    tokenize = "unicode61 remove_diacritics 2 categories 'L* M* N* Co'"
    )""",
    """INSERT INTO search (ref, text, lang, parts)
    SELECT ref, name, lang, parts(name) FROM records""",
    """INSERT INTO search (ref, text, lang, parts)
    SELECT ref, clinical_term, clinical_term_lang, parts(clinical_term)
    FROM records WHERE clinical_term IS NOT NULL""",
    """INSERT INTO search (ref, text, lang, parts)
    SELECT ref, text, lang, parts(text) FROM names""",
    """INSERT INTO search
    SELECT ref, id, text, lang, cautions, cautions_lang,
    parts(text || ' ' || coalesce(cautions, '')) FROM statements""",
)
#: The longest pieces of Chinese and the like that are found as one word.
_LONGEST: Final = 4
#: What a spreadsheet may run as a formula: at the start of a cell, or behind
#: a semicolon, which parts cells in some countries.
_FORMULA: Final = re.compile("(^|;)( *)('*[=+\\-@\uff1d\uff0b\uff0d\uff20])")


class Column:
    """Say what a column of a table holds."""

    def __init__(self, words: str) -> None:
        words, _, table = words.partition(">")
        words, _, type = words.partition(":")
        self.table: str = table
        self.is_key: bool = words.endswith("!")
        self.name: str = words.rstrip("!")
        self.type: str = type or "string"


def columns(table: str) -> list[Column]:
    """Give the columns of a table, in order."""
    return [Column(words) for words in TABLES[table].split()]


def tables(kb: KnowledgeBase) -> dict[str, list[Row]]:
    """Give all that the content says, as rows of plain values by table."""
    found: dict[str, list[Row]] = {name: [] for name in TABLES}
    found["content"].append(_about(kb))
    for notice in kb.notices:
        row = _fields(notice, "notices") | spoken("text", [notice.text])
        found["notices"].append(row)
        _cite(found, {"notice_id": notice.id}, notice.citations)
    found["sources"] += [_source(source) for source in kb.sources]
    for kind in FOLDERS:
        if kind not in {"notice", "event"}:
            for record in kb.table(kind).values():
                _add_record(found, record)
    found["history"] += [_event(event) for event in kb.history]
    return found


def _about(kb: KnowledgeBase) -> Row:
    """Say what the content is, and who brought its translation."""
    return {
        "content_version": kb.content_version,
        "schema_version": kb.schema_version,
        "locale": kb.locale,
        "licence": kb.licence,
        "digest": kb.digest,
        "translated_by": kb.pack and kb.pack.translated_by,
        "translation_reviewed_by": kb.pack and kb.pack.reviewed_by,
    }


def _fields(item: Record | Notice | Event, table: str) -> Row:
    """Give what a record has for the columns of a table."""
    return {it.name: getattr(item, it.name, None) for it in columns(table)}


def _source(source: Source) -> Row:
    more = {
        "ref": home_of(source),
        "filed_under": joined(source.filed_under),
        "sections": joined(source.sections),
    }
    name = spoken("name", [source.name])
    return _fields(source, "sources") | name | more


def _event(event: Event) -> Row:
    row = _fields(event, "history") | {"targets": joined(event.targets)}
    return row | spoken("reason", [event.reason])


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


def _add_record(found: dict[str, list[Row]], record: Record) -> None:
    ref = home_of(record)
    term = getattr(record, "clinical_term", None)
    row = _fields(record, "records") | _reviewed(record.review)
    row |= {"ref": ref, "kind": record.record_kind}
    row["modality_kind"] = getattr(record, "kind", None)
    row |= spoken("name", [record.name])
    row |= spoken("clinical_term", [term] if term else [])
    found["records"].append(row)
    for it in record.synonyms:
        name = {"ref": ref, "type": it.type, "code": it.code}
        found["names"].append(name | spoken("text", [it.text]))
    for code in record.codes:
        found["codes"].append({"ref": ref} | code.to_dict())
    for position, statement in enumerate(record.statements):
        _add_statement(found, ref, position, statement)
    _add_links(found, record, ref)


def _reviewed(review: Review) -> Row:
    """Give the reviews that hold for the words as they are, on some day."""
    ours, theirs = review.signature, review.source_review
    return {
        "reviewed_source_id": theirs and theirs.source_id,
        "source_reviewed_on": theirs and theirs.reviewed_on,
        "text_reviewer": ours and ours.reviewer,
        "text_credential": ours and ours.credential,
        "text_signed_on": ours and ours.signed_on,
        "text_due_on": ours and ours.due_on,
    }


def _add_statement(
    found: dict[str, list[Row]], ref: str, position: int, it: Statement
) -> None:
    row = {"id": it.id, "ref": ref, "position": position}
    row |= {"aspect": it.aspect, "origin": it.origin}
    row |= spoken("cautions", warned(it.cautions), it.cautions)
    found["statements"].append(row | spoken("text", [it.text]))
    _cite(found, {"statement_id": it.id}, it.citations)
    for caution in it.cautions:
        row = {"id": caution.id, "statement_id": it.id, "kind": caution.kind}
        row |= {"safety": caution.safety} | spoken("text", [caution.text])
        if caution.original is not None:
            row["original"] = str(caution.original)
            row["original_lang"] = caution.original.lang
        found["cautions"].append(row)
        _cite(found, {"caution_id": caution.id}, caution.citations)


def _add_links(found: dict[str, list[Row]], record: Record, ref: str) -> None:
    """Give each link once: from the record that names it."""
    for field, kind in record.link_fields.items():
        held = getattr(record, field)
        for link in held if isinstance(held, tuple) else filter(None, [held]):
            row = {
                "ref": ref,
                "to_ref": f"{FOLDERS[kind]}/{link.id}",
                "relation": field.rpartition("_")[0],
                "timing": getattr(link, "timing", None),
            }
            found["links"] += [
                row | {"statement_id": s} for s in link.statements
            ]


def _rows(kb: KnowledgeBase) -> Iterator[tuple[str, list[Row]]]:
    """Give each table with its rows, all columns in order."""
    for name, rows in tables(kb).items():
        order = [column.name for column in columns(name)]
        yield name, [{it: row.get(it) for it in order} for row in rows]


# Each format


def csv_files(views: Mapping[str, KnowledgeBase]) -> Iterator[File]:
    """Give CSV by RFC 4180, with a Frictionless description.

    A cell that a spreadsheet may run as a formula gets an apostrophe before
    it, and so does one that looks as if it had got one: whoever takes one
    away from all that begin so has what was there.
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
    if isinstance(value, str):
        return _FORMULA.sub(r"\1\2'\3", value)
    return value


def jsonl_files(views: Mapping[str, KnowledgeBase]) -> Iterator[File]:
    """Give JSON Lines, one object for each row, with a description.

    That leaves out tables without rows: an empty file has no columns.
    """
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
        told = []
        for name, rows in _rows(view):
            text = dump(name, rows)
            yield text_file(f"{tag}/{name}.{suffix}", text)
            told += [name] if text else []
        package = datapackage(view, suffix, told)
        yield json_file(f"{tag}/datapackage.json", package)


def datapackage(
    kb: KnowledgeBase, suffix: str, names: Collection[str]
) -> dict[str, Any]:
    """Describe some tables as Frictionless Data has it."""
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
                "schema": _schema(name, names),
            }
            for name in names
        ],
    }


def _schema(name: str, names: Collection[str]) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [{"name": it.name, "type": it.type} for it in columns(name)],
        "missingValues": [""],
    }
    for it in columns(name):
        if it.is_key:
            schema["primaryKey"] = it.name
        if it.table in names:
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
        with closing(sqlite3.connect(":memory:")) as database:
            try:
                _fill(database, view)
                database.commit()
            except sqlite3.OperationalError as error:
                message = f"the SQLite of this Python cannot do it: {error}"
                raise ImportError(message) from error
            database.execute("VACUUM")
            data = database.serialize()
        yield File(f"{tag}/salvage-kb.sqlite", data)


def _fill(database: sqlite3.Connection, view: KnowledgeBase) -> None:
    for name in TABLES:
        parts = ", ".join(_column(it) for it in columns(name))
        database.execute(f"CREATE TABLE {name} ({parts})")
    for name, rows in _rows(view):
        marks = ", ".join("?" for _ in columns(name))
        database.executemany(
            f"INSERT INTO {name} VALUES ({marks})",  # noqa: S608
            [tuple(map(_bare, row.values())) for row in rows],
        )
    database.create_function("parts", 1, _parts, deterministic=True)
    for statement in _INDEX:
        database.execute(statement)


def _column(it: Column) -> str:
    parts = [it.name, _SQL[it.type]]
    if it.is_key:
        parts.append("PRIMARY KEY NOT NULL")
    if it.table:
        parts.append(f"REFERENCES {it.table} ({_key(it.table)})")
    return " ".join(parts)


def _bare(value: Any) -> Any:
    """Give a value that SQLite knows."""
    return value.isoformat() if isinstance(value, date) else value


def _parts(text: str) -> str:
    """Give pieces of what is written without spaces, to be found by them."""
    wide = (it if east_asian_width(it) == "W" else " " for it in text)
    return " ".join(
        run[at : at + size]
        for run in "".join(wide).split()
        for size in range(1, _LONGEST + 1)
        for at in range(len(run) - size + 1)
    )
