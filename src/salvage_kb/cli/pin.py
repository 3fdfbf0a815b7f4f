"""Hold the commands for those who pinned a version."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from salvage_kb.codec import parse
from salvage_kb.history import diff as compare
from salvage_kb.knowledge_base import KnowledgeBase
from salvage_kb.reading import bytes_of
from salvage_kb.retirement import Current

from .asked import JSON, Refused, examples, print_json

if TYPE_CHECKING:
    from salvage_kb.retirement import Resolution

    from .asked import Asked

_FILE = click.Path(path_type=Path, exists=True)


@click.command(
    epilog=examples(
        "salvage-kb diff old.json my-content",
        "salvage-kb diff old.json my-content --markdown",
    )
)
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
@click.option("--markdown", is_flag=True, help="Print a changelog section.")
@JSON
def diff(old: Path, new: Path, markdown: bool, as_json: bool) -> None:
    """Say how the content NEW differs from the content OLD.

    What matters most comes first. Each is a folder, a zip, a bundle or a wheel of salvage-kb.
    """
    found = compare(KnowledgeBase.load(old), KnowledgeBase.load(new))
    if as_json:
        print_json(found.to_dict())
    else:
        click.echo(found.to_markdown() if markdown else str(found))


def _read(file: Path, what: str) -> Any:
    try:
        value = parse(bytes_of(file))
        json.dumps(value, ensure_ascii=False, default=_refuse).encode()
    except (MemoryError, OSError, ValueError, RecursionError) as error:
        message = f"{file}: is no JSON with {what}: {error}"
        raise Refused(message) from None
    return value


def _refuse(wrong: ValueError) -> None:
    raise wrong


def _tell(text: str) -> None:
    """Print a text of unknown origin on one line."""
    told = "".join(it if it.isprintable() else ascii(it)[1:-1] for it in text)
    click.echo(told)


def _to_dict(found: Resolution) -> dict[str, Any]:
    state = type(found).__name__.lower()
    facts = found.to_dict()
    facts.pop("item", None)
    return {"state": state} | facts


@click.command("check-refs", epilog=examples("salvage-kb check-refs ids.json"))
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
        raise Refused(message)
    found = asked.knowledge_base().check_refs(refs)
    left = [it for it in found if not isinstance(it, Current)]
    if as_json:
        print_json({"refs": [_to_dict(it) for it in found]})
    else:
        for it in left:
            _tell(str(it))
        click.echo(f"{len(found) - len(left)} of {len(found)} are current")
    if left:
        raise SystemExit(1)


@click.command(
    "recall-check",
    epilog=examples(
        "salvage-kb recall-check",
        "salvage-kb recall-check --file recalls.json",
        "salvage-kb --overlay my-clinic recall-check",
    ),
)
@click.option("--file", type=_FILE, help="A newer recalls file.")
@JSON
@click.pass_obj
def recall_check(asked: Asked, file: Path | None, as_json: bool) -> None:
    """Say what is in use here although it was recalled.

    That is what was withdrawn because it may do harm. Without --file, the recalls are those that the content itself knows. The
    file is the recalls.json of a newer release: this program fetches nothing.
    The exit code is 1 if something is in use.
    """
    kb = asked.knowledge_base()
    recalls = None if file is None else _recalls(file)
    count = len(kb.recalls if recalls is None else recalls)
    try:
        used = kb.check_recalls(recalls)
    except ValueError as error:
        raise Refused(f"{file}: {error}") from None
    if as_json:
        print_json({"checked": count, "in_use": [it.to_dict() for it in used]})
    else:
        for it in used:
            _tell(f"{it.ref}: withdrawn in {it.since}: {it.harm}")
            for ref in it.found:
                _tell(f"  still here as {ref}")
        click.echo(f"{len(used)} of {count} recalls are in use here")
    if used:
        raise SystemExit(1)


def _recalls(file: Path) -> list[Any]:
    value = _read(file, "recalls")
    found = value.get("recalls") if isinstance(value, dict) else None
    if not isinstance(found, list):
        message = f'{file}: should be {{"recalls": [...]}}'
        raise Refused(message)
    return found
