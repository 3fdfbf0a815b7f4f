"""Hold the commands about review."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from salvage_kb.authoring import SIGNED, sign
from salvage_kb.errors import ContentError, UnknownId
from salvage_kb.review import TextReview, due_after
from salvage_kb.vocabulary import FOLDERS

from .asked import ID, JSON, KIND, examples, print_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from salvage_kb.knowledge_base import KnowledgeBase
    from salvage_kb.vocabulary import Kind

    from .asked import Asked

_DAY = click.DateTime(["%Y-%m-%d"])
_ROW = "{:<38} {:<10}  {:<10}  {}"


@click.group(epilog=examples("salvage-kb review status"))
def review() -> None:
    """Tell how far things were reviewed, or record a review."""


def _day(given: datetime | None) -> date:
    return given.date() if given else date.today()  # noqa: DTZ011  # here


@review.command(
    epilog=examples(
        "salvage-kb review status",
        "salvage-kb review status --on 2028-12-31",
    )
)
@click.option("--on", type=_DAY, help="The day to tell it for; else today.")
@JSON
@click.pass_obj
def status(asked: Asked, on: datetime | None, as_json: bool) -> None:
    """Print how far each record is reviewed: its source, and our text.

    The source's review says nothing of our text. The day is when it is due
    again, by our policy.
    """
    kb = asked.knowledge_base()
    day = _day(on)
    rows = list(_rows(kb, day))
    if as_json:
        facts = {"on": day.isoformat(), "records": rows}
        print_json(kb.imprint.to_dict() | facts)
        return
    click.echo(_ROW.format(f"on {day}", "source", "our text", "source due"))
    for row in rows:
        name = f"{FOLDERS[row['kind']]}/{row['id']}"
        due = row["source_due_on"] or "-"
        states = row["source_state"], row["text_state"]
        click.echo(_ROW.format(name, *states, due))


def _rows(kb: KnowledgeBase, day: date) -> Iterator[dict[str, Any]]:
    for kind in SIGNED:
        for id, record in kb.table(kind).items():
            found = record.review
            known = found.source_review
            yield {
                "kind": kind,
                "id": id,
                "source_state": found.source_state(on=day),
                "text_state": found.state(on=day),
                "source_due_on": known and known.due_on.isoformat(),
            }


@review.command(
    "sign",
    epilog=examples(
        "salvage-kb --content my-content review sign topic prognosis \\\n"
        "    --reviewer 'A. Doctor' --credential MD",
    ),
)
@KIND
@ID
@click.option("--reviewer", required=True, help="The reviewer's name.")
@click.option("--credential", required=True, help="Such as MD.")
@click.option("--signed-on", type=_DAY, help="Day of the review; else today.")
@click.option("--due-on", type=_DAY, help="When it is due; else in 3 years.")
@click.pass_obj
def sign_record(
    asked: Asked,
    kind: Kind,
    id: str,
    reviewer: str,
    credential: str,
    signed_on: datetime | None,
    due_on: datetime | None,
) -> None:
    """Record that a real person reviewed the text of a record.

    The content has to be a folder: that of --content, or of a checkout. Any
    later change to the text makes the review lapse.
    """
    day = _day(signed_on)
    wanted = TextReview(
        reviewer=reviewer,
        credential=credential,
        signed_on=day,
        due_on=due_on.date() if due_on else due_after(day),
        digest="",
    )
    try:
        done = sign(asked.folder(to_write=True), kind, id, wanted)
    except (ContentError, UnknownId, ValueError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(
        f"{FOLDERS[kind]}/{id}: signed by {done.reviewer}, {done.credential}, "
        f"on {done.signed_on}, due on {done.due_on}.\n"
        "Do the notices still say that nobody reviewed the text?"
    )
