"""Hold the commands about review."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from salvage_kb.authoring import SIGNED, sign
from salvage_kb.collection import unknown
from salvage_kb.review import TextReview, due_after
from salvage_kb.vocabulary import FOLDERS

from .asked import ID, JSON, LISTED, Asked, examples, print_json, taking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from salvage_kb.knowledge_base import KnowledgeBase
    from salvage_kb.records import Record
    from salvage_kb.vocabulary import Kind

_ROW = "{:<38} {:<10}  {:<10}  {}"


def _to_day(
    ctx: click.Context, param: click.Parameter, value: str | None
) -> date | None:
    """Take a day as JSON has it."""
    if value is None:
        return None
    with suppress(ValueError):
        day = date.fromisoformat(value)
        if day.isoformat() == value:
            return day
    message = f"{value!r} is no day: write {param.metavar}"
    raise click.BadParameter(message, ctx, param)


_day = partial(click.option, metavar="YYYY-MM-DD", callback=_to_day)


@click.group(epilog=examples("salvage-kb review status"))
def review() -> None:
    """Tell how far things were reviewed, or record a review."""


def _today() -> date:
    return date.today()  # noqa: DTZ011  # here


@review.command(
    epilog=examples(
        "salvage-kb review status",
        "salvage-kb review status --on 2028-12-31",
    )
)
@_day("--on", help="The day to tell it for; else today.")
@JSON
@click.pass_obj
def status(asked: Asked, on: date | None, as_json: bool) -> None:
    """Print how far each record is reviewed: its source, and our text.

    The source's review says nothing of our text. The day is when it is due
    again, by our policy.
    """
    kb = asked.knowledge_base()
    day = on or _today()
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
@click.argument("kind", **taking({it: LISTED[it] for it in SIGNED}))
@ID
@click.option("--reviewer", required=True, help="The reviewer's name.")
@click.option("--credential", required=True, help="Such as MD.")
@_day("--signed-on", help="Day of the review; else today.")
@_day("--due-on", help="When it is due; else in 3 years.")
@click.option("--yes", is_flag=True, help="Sign without asking.")
@click.pass_obj
def sign_record(
    asked: Asked,
    kind: Kind,
    id: str,
    reviewer: str,
    credential: str,
    signed_on: date | None,
    due_on: date | None,
    yes: bool,
) -> None:
    """Record that a real person reviewed the text of a record.

    The content has to be the folder that --content names. Any later change
    to the text makes the review lapse.
    """
    if asked.content is None or asked != Asked(asked.content):
        message = (
            "a signature is for the text in one folder: put --content FOLDER, "
            "and no other option, before review"
        )
        raise click.UsageError(message)
    folder = asked.folder(to_write=True)
    day = signed_on or _today()
    if day > _today():
        message = f"{day} is yet to come: sign what was reviewed"
        raise click.UsageError(message)
    wanted = TextReview(
        reviewer=reviewer,
        credential=credential,
        signed_on=day,
        due_on=due_on or due_after(day),
        digest="",
    )
    if wanted.due_on <= day:
        message = f"--due-on has to be after {day}, the day of the review"
        raise click.UsageError(message)
    kb = asked.knowledge_base()
    table = kb.table(kind)
    if id not in table:
        raise unknown(kb, kind, id, table)
    if not yes:
        what = _counted(table[id])
        click.confirm(f"Sign {what} as {reviewer}, {credential}?", abort=True)
    done = sign(folder, kind, id, wanted)
    click.echo(
        f"{FOLDERS[kind]}/{id}: signed by {done.reviewer}, {done.credential}, "
        f"on {done.signed_on}, due on {done.due_on}.\n"
        "Do the notices still say that nobody reviewed the text?"
    )


def _counted(record: Record) -> str:
    statements = len(record.statements)
    cautions = sum(len(it.cautions) for it in record.statements)
    return (
        f"{statements} statement{'s'[: statements != 1]} and "
        f"{cautions} caution{'s'[: cautions != 1]}"
    )
