"""Hold the commands for those who pinned a version."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from salvage_kb.errors import ContentError
from salvage_kb.history import diff as compare
from salvage_kb.knowledge_base import KnowledgeBase
from salvage_kb.retirement import Current

from .asked import JSON, print_json

if TYPE_CHECKING:
    from salvage_kb.retirement import Resolution

    from .asked import Asked

_FILE = click.Path(path_type=Path, exists=True)


def _load(path: Path) -> KnowledgeBase:
    try:
        return KnowledgeBase.load(path)
    except ContentError as error:
        raise click.ClickException(str(error)) from None


@click.command()
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
@click.option("--markdown", is_flag=True, help="Print a changelog section.")
@JSON
def diff(old: Path, new: Path, markdown: bool, as_json: bool) -> None:
    """Say how the content NEW differs from OLD, and how much it matters.

    Each is a folder, a zip, a bundle or a wheel of salvage-kb.
    """
    found = compare(_load(old), _load(new))
    if as_json:
        print_json(found.to_dict())
    else:
        click.echo(found.to_markdown() if markdown else str(found))


def _read(file: Path, what: str) -> Any:
    try:
        return json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        message = f"{file}: is no JSON with {what}: {error}"
        raise click.ClickException(message) from None


def _to_dict(found: Resolution) -> dict[str, Any]:
    state = type(found).__name__.lower()
    facts = found._asdict()
    facts.pop("item", None)
    return {"state": state} | facts


@click.command("check-refs")
@click.argument("file", type=_FILE)
@JSON
@click.pass_obj
def check_refs(asked: Asked, file: Path, as_json: bool) -> None:
    """Say what became of the ids that are stored in FILE.

    FILE is a JSON list of references such as "conditions/hiv", or the full
    ids of statements. The exit code is 1 if one of them is not current.
    """
    refs = _read(file, "a list of references")
    strings = isinstance(refs, list) and all(
        isinstance(it, str) for it in refs
    )
    if not strings:
        message = (
            f"{file}: should be a JSON list of references such as "
            '"conditions/hiv"'
        )
        raise click.ClickException(message)
    found = asked.knowledge_base().check_refs(refs)
    left = [it for it in found if not isinstance(it, Current)]
    if as_json:
        print_json({"refs": [_to_dict(it) for it in found]})
    else:
        for it in left:
            click.echo(str(it))
        click.echo(f"{len(found) - len(left)} of {len(found)} are current")
    if left:
        raise SystemExit(1)


@click.command("recall-check")
@click.option("--file", type=_FILE, help="A newer recalls file.")
@JSON
@click.pass_obj
def recall_check(asked: Asked, file: Path | None, as_json: bool) -> None:
    """Say what is in use here although it was withdrawn for its harm.

    Without --file, the recalls are those that the content itself knows. The
    file is the recalls.json of a newer release: this program fetches nothing.
    The exit code is 1 if something is in use.
    """
    kb = asked.knowledge_base()
    recalls = [_to_dict(it) for it in kb.recalls]
    if file is not None:
        recalls = _recalls(file)
    used = [
        it
        for it in recalls
        if isinstance(kb.check_refs([it["ref"]])[0], Current)
    ]
    if as_json:
        print_json({"checked": len(recalls), "in_use": used})
    else:
        for it in used:
            click.echo(
                f"{it['ref']}: withdrawn in {it['since']}: {it['harm']}"
            )
        click.echo(f"{len(used)} of {len(recalls)} recalls are in use here")
    if used:
        raise SystemExit(1)


def _recalls(file: Path) -> list[dict[str, str]]:
    value = _read(file, "recalls")
    found = value.get("recalls") if isinstance(value, dict) else None
    recalls: list[Any] = found if isinstance(found, list) else [None]
    fields = ("ref", "since", "harm")
    right = all(
        isinstance(it, dict)
        and all(isinstance(it.get(name), str) for name in fields)
        for it in recalls
    )
    if not right:
        message = (
            f'{file}: should be {{"recalls": [...]}}, each with ref, since '
            "and harm"
        )
        raise click.ClickException(message)
    return recalls
