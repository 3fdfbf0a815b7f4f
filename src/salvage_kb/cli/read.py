"""Hold the commands that show records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from salvage_kb.collection import unknown
from salvage_kb.leaflet import Reader, leaflet
from salvage_kb.model import Statement, plain
from salvage_kb.terminal import printed

from .asked import (
    ID,
    JSON,
    KIND,
    LISTED,
    examples,
    print_json,
    print_page,
    taking,
)

if TYPE_CHECKING:
    from salvage_kb.knowledge_base import KnowledgeBase
    from salvage_kb.records import Record
    from salvage_kb.vocabulary import Kind

    from .asked import Asked


@click.command(
    "list",
    epilog=examples(
        "salvage-kb list conditions",
        "salvage-kb --lang es list side-effects",
    ),
)
@KIND
@JSON
@click.pass_obj
def list_records(asked: Asked, kind: Kind, as_json: bool) -> None:
    """List the records of a KIND, such as conditions."""
    kb = asked.knowledge_base()
    records = kb.table(kind).values()
    if as_json:
        rows = [{"id": it.id, "name": plain(it.name)} for it in records]
        print_json(kb.imprint.to_dict() | {"kind": kind, "records": rows})
        return
    reader = Reader(kb)
    width = max((len(record.id) for record in records), default=0)
    for record in records:
        name = reader.marked(record.name, record.origin)
        click.echo(f"{record.id:<{width}}  {name}")


@click.command(
    epilog=examples(
        "salvage-kb show condition hiv",
        "salvage-kb --lang es show condition hiv --disputed",
        "salvage-kb show statement conditions/hiv/resistant-virus",
    )
)
@click.argument("kind", **taking({**LISTED, "statement": "statements"}))
@ID
@click.option("--ids", is_flag=True, help="Show what programs need too.")
@click.option(
    "--disputed",
    is_flag=True,
    help="Show only the statements that another source contradicts.",
)
@JSON
@click.pass_obj
def show(  # one for each option
    asked: Asked,
    kind: Kind,
    id: str,
    ids: bool,
    disputed: bool,
    as_json: bool,
) -> None:
    """Show all that is known of one record, or one statement of it.

    It begins with the summary. Each statement has the numbers of its sources
    and, directly below it, its cautions. What programs need are the ids, the
    sections of sources, and the values of fields.
    """
    kb = asked.knowledge_base()
    table = kb.table(kind)
    if id not in table:
        raise unknown(kb, kind, id, table)
    found: Record | Statement = table[id]
    only: tuple[Statement, ...] | None = None
    if isinstance(found, Statement):
        record, only = found.record, (found,)
    else:
        record = found
    if disputed:
        chosen = record.statements if only is None else only
        only = tuple(it for it in chosen if it.is_disputed)
    if as_json:
        told = kb.describe(record) if only is None else _some(kb, only, record)
        print_json(told)
    elif only == ():
        one = kind == "statement"
        what = "this statement" if one else "a statement of this record"
        click.echo(f"no source contradicts {what}")
    else:
        print_page(leaflet(kb, record, ids=ids, only=only))


def _some(
    kb: KnowledgeBase, statements: tuple[Statement, ...], record: Record
) -> dict[str, Any]:
    """Give some statements of a record, with what belongs beside them."""
    cited = {id for it in statements for id in it.source_ids}
    return kb.imprint.to_dict() | {
        "kind": record.record_kind,
        "id": record.id,
        "name": plain(record.name),
        "statements": [it.to_dict() for it in statements],
        "review": record.review.to_dict(),
        "sources": [it.to_dict() for it in kb.sources if it.id in cited],
    }


@click.command(
    epilog=examples(
        "salvage-kb search hair fell out",
        "salvage-kb --lang de search --limit 3 Haarausfall",
    )
)
@click.argument("query", nargs=-1, required=True)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    help="At most so many.",
)
@JSON
@click.pass_obj
def search(
    asked: Asked, query: tuple[str, ...], limit: int, as_json: bool
) -> None:
    """Find records by what people type, best first.

    Each is shown with the KIND and ID that "show" takes. The exit code is 1
    if nothing was found.
    """
    kb = asked.knowledge_base()
    hits = kb.search(" ".join(query), limit=limit)
    if as_json:
        found = {"hits": [hit.to_dict() for hit in hits]}
        print_json(kb.imprint.to_dict() | found)
    elif hits:
        print_page(printed(Reader(kb).found(hits)))
    else:
        click.echo("nothing was found")
    if not hits:
        raise SystemExit(1)
