"""List every way out of the package. Each new one registers itself here.

A way takes a knowledge base and a statement, or a record, and gives what
leaves the package as one text: for statements the smallest unit in which the
statement stands.
"""

import copy
import functools
import json
import pickle
from datetime import date
from xml.etree import ElementTree as ET

import click.testing
import html5lib
from helpers import DATA
from markdown_it import MarkdownIt

from salvage_kb import KnowledgeBase, conditions, kb
from salvage_kb.cli import cli
from salvage_kb.export import export, fhir, jsonld
from salvage_kb.export.pages import html, markdown
from salvage_kb.export.tables import tables
from salvage_kb.integrations.jinja import filters
from salvage_kb.integrations.pydantic import StatementOut, record_out
from salvage_kb.leaflet import leaflet
from salvage_kb.vocabulary import FOLDERS

#: Ways by which a statement leaves: name, and a function of it.
STATEMENTS = {}
#: Ways by which something else is made of a record.
RECORDS = {}


def way_out(registry):
    """Register a function under its name."""

    def register(function):
        registry[function.__name__] = functools.lru_cache(None)(function)
        return function

    return register


def strings(value):
    """Give all texts inside plain data, joined."""
    if isinstance(value, dict):
        return " ".join(strings(item) for item in value.values())
    if isinstance(value, list):
        return " ".join(map(strings, value))
    return str(value)


def unit(value, id):
    """Find the object with an id inside plain data."""
    if isinstance(value, dict):
        if value.get("id") == id and "citations" in value:
            return strings(value)
        value = list(value.values())
    if isinstance(value, list):
        found = (unit(item, id) for item in value)
        return next(filter(None, found), "")
    return ""


@functools.cache
def printed(*arguments):
    """Run the command line and give what it prints."""
    runner = click.testing.CliRunner(env={"COLUMNS": "80", "NO_COLOR": "1"})
    done = runner.invoke(cli, list(arguments))
    assert 0 == done.exit_code, done.output
    return done.output


def paragraph(page, text):
    """Find the paragraph with a text on a page, up to the next bullet."""
    blocks = page.replace("\n\n", "\n  - ").split("\n  - ")
    words = [" ".join(block.split()) for block in blocks]
    return next((block for block in words if text in block), "")


@way_out(STATEMENTS)
def as_text(statement):
    """Give ``str()`` of the statement."""
    return str(statement)


@way_out(STATEMENTS)
def as_dict(statement):
    """Give the dict of the statement."""
    return strings(statement.to_dict())


@way_out(STATEMENTS)
def as_dict_of_its_record(statement):
    """Give its part of the dict of the record."""
    return unit(statement.record.to_dict(), statement.id)


@way_out(STATEMENTS)
def as_described(statement):
    """Give its part of what `describe` gives."""
    return unit(kb.describe(statement.record), statement.id)


@way_out(STATEMENTS)
def as_bundled(statement):
    """Give its part of a bundle."""
    return unit(_bundle(), statement.id)


@functools.cache
def _bundle():
    return kb.to_bundle()


@way_out(STATEMENTS)
def as_file(statement):
    """Give its part of the file that ships."""
    folder, record, _ = statement.id.split("/")
    file = DATA / folder / f"{record}.json"
    return unit(json.loads(file.read_bytes()), statement.id)


@way_out(STATEMENTS)
def as_leaflet(statement):
    """Give its paragraph of the leaflet."""
    return paragraph(leaflet(kb, statement.record), statement.text)


@way_out(STATEMENTS)
def as_shown(statement):
    """Give its paragraph on the command line."""
    record = statement.record
    page = printed("show", record.record_kind, record.id)
    return paragraph(page, statement.text)


@way_out(STATEMENTS)
def as_shown_in_json(statement):
    """Give its part of JSON on the command line."""
    record = statement.record
    page = printed("show", record.record_kind, record.id, "--json")
    return unit(json.loads(page), statement.id)


@way_out(STATEMENTS)
def as_pickled(statement):
    """Give what arrives from a pickle."""
    return str(pickle.loads(pickle.dumps(statement)))


@way_out(STATEMENTS)
def as_copied(statement):
    """Give what a deep copy is."""
    return str(copy.deepcopy(statement))


@way_out(STATEMENTS)
def in_a_reviewed_view(statement):
    """Give it as a view of reviewed content has it."""
    return str(_reviewed().statements[statement.id])


@functools.cache
def _reviewed():
    return kb.reviewed(on=date(2026, 1, 1))


@way_out(STATEMENTS)
def in_a_bundle_read_again(statement):
    """Give it as it is after a trip through a bundle."""
    return str(_read_again().statements[statement.id])


@functools.cache
def _read_again():
    return KnowledgeBase.from_bundle(_bundle())


@way_out(STATEMENTS)
def as_row(statement):
    """Give its row of plain values."""
    rows = kb.statements.to_records()
    return strings(next(it for it in rows if it["id"] == statement.id))


@way_out(STATEMENTS)
def as_row_of_a_table(statement):
    """Give its row of an exported table."""
    rows = tables(kb)["statements"]
    return strings(next(it for it in rows if it["id"] == statement.id))


@way_out(STATEMENTS)
def as_html(statement):
    """Give the element that has its id."""
    page = html5lib.parse(
        html(kb, statement.record), namespaceHTMLElements=False
    )
    found = page.find(f".//*[@id='{statement.id}']")
    return "".join(found.itertext())


@way_out(STATEMENTS)
def as_markdown(statement):
    """Give its item of the list, with what is below it."""
    page = html5lib.parse(
        MarkdownIt().render(markdown(kb, statement.record)),
        namespaceHTMLElements=False,
    )
    items = ("".join(it.itertext()) for it in page.iterfind("body/ul/li"))
    return next(it for it in items if it.startswith(statement.text))


@way_out(STATEMENTS)
def as_linked_data(statement):
    """Give its part of the JSON-LD."""
    page = jsonld.document(kb, statement.record)
    parts = page["hasPart"]
    ends = f"/{statement.id}"
    return strings(next(it for it in parts if it["@id"].endswith(ends)))


@way_out(STATEMENTS)
def as_fhir(statement):
    """Give the element of the narrative that has its id."""
    bundle = fhir.document(kb, statement.record)
    (section,) = bundle["entry"][0]["resource"]["section"]
    tree = ET.fromstring(section["text"]["div"])
    found = tree.find(f".//*[@id='{statement.id}']")
    return "".join(found.itertext())


@way_out(STATEMENTS)
def as_response(statement):
    """Give what a service responds with."""
    return strings(StatementOut.model_validate(statement).model_dump())


@way_out(STATEMENTS)
def in_a_template(statement):
    """Give what a template shows, without the notices."""
    markup = filters()["kb_statement"](statement, notices=False)
    return "".join(html5lib.parse(markup).itertext())


@way_out(RECORDS)
def as_response_about_it(record):
    """Give what a service responds with."""
    return strings(record_out(kb, record).model_dump())


@way_out(RECORDS)
def in_a_template_about_it(record):
    """Give what a template shows."""
    markup = filters()["kb_record"](record)
    return "".join(html5lib.parse(markup).itertext())


@way_out(RECORDS)
def as_page(record):
    """Give HTML."""
    return "".join(html5lib.parse(html(kb, record)).itertext())


@way_out(RECORDS)
def as_linked_page(record):
    """Give JSON-LD of a record that has a page."""
    pages = (conditions["copd"], record)
    page = pages[record.record_kind != "source"]
    return strings(jsonld.document(kb, page))


@way_out(RECORDS)
def as_rows(record):
    """Give the rows of all records of its kind."""
    return strings(getattr(kb, FOLDERS[record.record_kind]).to_records())


@way_out(RECORDS)
def as_document_of_the_api(record):
    """Give its file of the JSON API."""
    path = f"en/{FOLDERS[record.record_kind]}/{record.id}.json"
    files = {file.path: file.data for file in export(kb, "api")}
    return strings(json.loads(files[path]))


@way_out(RECORDS)
def described(record):
    """Give what `describe` gives."""
    return strings(kb.describe(record))


@way_out(RECORDS)
def bundled(record):  # noqa: ARG001  # a bundle has all records
    """Give a bundle."""
    return strings(_bundle())


@way_out(RECORDS)
def printed_as_leaflet(record):
    """Give the leaflet."""
    return leaflet(kb, record)


@way_out(RECORDS)
def shown(record):
    """Give the command line."""
    return printed("show", record.record_kind, record.id)


@way_out(RECORDS)
def shown_in_json(record):
    """Give JSON of the command line."""
    page = printed("show", record.record_kind, record.id, "--json")
    return strings(json.loads(page))


@way_out(RECORDS)
def listed_in_json(record):
    """Give the list on the command line as JSON."""
    page = printed("list", FOLDERS[record.record_kind], "--json")
    return strings(json.loads(page))


@way_out(RECORDS)
def told_of_its_review(record):  # noqa: ARG001  # it lists all records
    """Give the table of reviews as JSON."""
    return strings(json.loads(printed("review", "status", "--json")))


@way_out(RECORDS)
def found_in_json(record):
    """Give what a search prints as JSON."""
    return strings(json.loads(printed("search", record.name, "--json")))


@way_out(RECORDS)
def found(record):
    """Give what a search prints."""
    return printed("search", record.name)
