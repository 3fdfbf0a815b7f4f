"""Hold the commands that show records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from salvage_kb.collection import unknown
from salvage_kb.leaflet import found_page, leaflet, marked
from salvage_kb.model import plain

from .asked import JSON, KIND, print_json

if TYPE_CHECKING:
    from salvage_kb.vocabulary import Kind

    from .asked import Asked


@click.command("list")
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
    width = max((len(record.id) for record in records), default=0)
    for record in records:
        click.echo(f"{record.id:<{width}}  {marked(record.name)}")


@click.command()
@KIND
@click.argument("id")
@JSON
@click.pass_obj
def show(asked: Asked, kind: Kind, id: str, as_json: bool) -> None:
    """Show all that is known of one record.

    For example: salvage-kb show condition hiv
    """
    kb = asked.knowledge_base()
    table = kb.table(kind)
    if id not in table:
        raise click.ClickException(str(unknown(kb, kind, id, table)))
    if as_json:
        print_json(kb.describe(table[id]))
    else:
        click.echo(leaflet(kb, table[id]), nl=False)


@click.command()
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

    For example: salvage-kb search hair fell out
    """
    kb = asked.knowledge_base()
    hits = kb.search(" ".join(query), limit=limit)
    if as_json:
        found = {"hits": [hit.to_dict() for hit in hits]}
        print_json(kb.imprint.to_dict() | found)
    else:
        click.echo(found_page(kb, hits), nl=False)
    if not hits:
        raise SystemExit(1)
