"""Hold the commands that show records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from salvage_kb.collection import unknown
from salvage_kb.leaflet import Reader, leaflet
from salvage_kb.model import plain
from salvage_kb.terminal import printed

from .asked import ID, JSON, KIND, examples, print_json, print_page

if TYPE_CHECKING:
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
        "salvage-kb show source icliniq-salvage-therapy --ids",
    )
)
@KIND
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
    """Show all that is known of one record.

    It begins with the summary. Each statement has the numbers of its sources
    and, directly below it, its cautions. What programs need are the ids, the
    sections of sources, and the values of fields.
    """
    kb = asked.knowledge_base()
    table = kb.table(kind)
    if id not in table:
        raise click.ClickException(str(unknown(kb, kind, id, table)))
    record = table[id]
    if as_json and disputed:
        found = [it.to_dict() for it in record.disputed]
        told = {"kind": kind, "id": id, "name": plain(record.name)}
        print_json(kb.imprint.to_dict() | told | {"statements": found})
    elif as_json:
        print_json(kb.describe(record))
    elif disputed and not record.disputed:
        click.echo("no source contradicts a statement of this record")
    else:
        print_page(leaflet(kb, record, ids=ids, disputed=disputed))


@click.command(
    epilog=examples(
        "salvage-kb search hair fell out",
        "salvage-kb --lang de search --limit 3 Haarausfall",
    )
)
@click.argument("query", nargs=-1, required=True)
@click.option(
    "--limit", default=10, show_default=True, help="At most so many."
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
