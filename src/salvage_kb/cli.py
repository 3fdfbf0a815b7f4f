"""Offer the library on the command line, with nothing that is only here.

Exit codes: 0 for done or yes, 1 for no (nothing such, or problems found), 2
for a wrong call.
"""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import __version__
from .authoring import canonical_files
from .errors import ContentError, UnknownId, did_you_mean, near_misses
from .knowledge_base import BUNDLED, KnowledgeBase
from .leaflet import leaflet
from .vocabulary import FOLDERS

if TYPE_CHECKING:
    from .errors import Problem
    from .records import Record
    from .vocabulary import Kind

_LISTED: dict[Kind, str] = {
    kind: name for kind, name in FOLDERS.items() if kind != "notice"
}


def _to_kind(ctx: click.Context, param: click.Parameter, value: str) -> Kind:
    """Take a kind by its singular or plural, with - or _."""
    word = value.lower().replace("-", "_")
    for kind, plural in _LISTED.items():
        if word in {kind, plural}:
            return kind
    names = [name.replace("_", "-") for name in _LISTED.values()]
    guess = did_you_mean(near_misses(value, names))
    message = f"{value!r} is not one of {', '.join(names)}{guess}"
    raise click.BadParameter(message, ctx, param)


_BUNDLED = files("salvage_kb") / "data"
_KIND = click.argument("kind", callback=_to_kind)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_PATH = click.argument("path", type=click.Path(path_type=Path), required=False)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
@click.option(
    "--content",
    type=click.Path(path_type=Path),
    help="Ask this folder, zip or bundle, not the bundled content.",
)
@click.pass_context
def cli(ctx: click.Context, content: Path | None) -> None:
    """Read about salvage therapy: sourced, with cautions, offline."""
    ctx.obj = content


def _knowledge_base(path: Path | None) -> KnowledgeBase:
    try:
        kb = BUNDLED if path is None else KnowledgeBase.load(path)
        kb.table("condition")
    except ContentError as error:
        raise click.ClickException(str(error)) from None
    return kb


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _frame(kb: KnowledgeBase, **parts: Any) -> dict[str, Any]:
    """Put beside some content what must never be missing there."""
    return {
        "content_version": kb.content_version,
        "locale": kb.locale,
        "notices": [notice.to_dict() for notice in kb.notices],
        **parts,
    }


@cli.command("list")
@_KIND
@_JSON
@click.pass_obj
def list_records(content: Path | None, kind: Kind, as_json: bool) -> None:
    """List the records of a KIND, such as conditions."""
    kb = _knowledge_base(content)
    records = kb.table(kind).values()
    if as_json:
        rows = [{"id": record.id, "name": record.name} for record in records]
        _print_json(_frame(kb, kind=kind, records=rows))
        return
    width = max((len(record.id) for record in records), default=0)
    for record in records:
        click.echo(f"{record.id:<{width}}  {record.name}")


@cli.command()
@_KIND
@click.argument("id")
@_JSON
@click.pass_obj
def show(content: Path | None, kind: Kind, id: str, as_json: bool) -> None:
    """Show all that is known of one record.

    For example: salvage-kb show condition hiv
    """
    kb = _knowledge_base(content)
    table = kb.table(kind)
    if id not in table:
        raise click.ClickException(str(UnknownId.among(kind, id, table)))
    if as_json:
        _print_json(_as_json(kb, table[id]))
    else:
        click.echo(leaflet(kb, table[id]), nl=False)


def _as_json(kb: KnowledgeBase, record: Record) -> dict[str, Any]:
    cited = set().union(*(s.source_ids for s in record.statements))
    return _frame(
        kb,
        kind=record.record_kind,
        record=record.to_dict(),
        links=[
            link.to_dict() | {"kind": kind, "id": id}
            for (kind, id), link in kb.neighbors(record.key).items()
        ],
        review=record.review.to_dict(),
        sources=[s.to_dict() for s in kb.sources if s.id in cited],
    )


@cli.command()
@_PATH
@_JSON
@click.pass_obj
def validate(content: Path | None, path: Path | None, as_json: bool) -> None:
    """Say all that is wrong with the content at PATH.

    Without PATH, the content that comes with the package is checked.
    """
    problems: tuple[Problem, ...] = ()
    path = path or content
    try:
        kb = KnowledgeBase() if path is None else KnowledgeBase.load(path)
        counts = {name: len(kb.table(k)) for k, name in FOLDERS.items()}
    except ContentError as error:
        problems, counts = error.problems, {}
    if as_json:
        found = [problem._asdict() for problem in problems]
        _print_json({"valid": not found, "problems": found} | counts)
    for line in () if as_json else problems:
        click.echo(str(line))
    if not as_json and not problems:
        told = (f"{n} {name.replace('_', ' ')}" for name, n in counts.items())
        where = path or "bundled content"
        click.echo(f"{where}: valid, {', '.join(told)}")
    if problems:
        raise SystemExit(1)


def _is_checkout(folder: Path) -> bool:
    return (folder.parents[2] / "pyproject.toml").is_file()


@cli.command()
@click.option("--check", is_flag=True, help="Change nothing, only tell.")
@_PATH
@_JSON
@click.pass_obj
def fmt(
    content: Path | None, path: Path | None, check: bool, as_json: bool
) -> None:
    """Write the files of a content folder in their one form.

    Without PATH, this is the content of the checkout of salvage-kb that the
    command was installed from; content that was merely installed stays as
    it is.
    """
    folder = path or content or _BUNDLED
    if not isinstance(folder, Path) or not folder.is_dir():
        raise click.ClickException(f"{folder} is no folder: fmt needs one")
    if not check and folder == _BUNDLED and not _is_checkout(folder):
        raise click.ClickException("installed content stays: name a folder")
    try:
        wanted = tuple(canonical_files(folder))
    except ContentError as error:
        raise click.ClickException(str(error)) from None
    changed = [
        (file, text)
        for file, text in wanted
        if not file.is_file() or file.read_bytes() != text.encode()
    ]
    for file, text in () if check else changed:
        file.write_bytes(text.encode())
    names = [file.relative_to(folder).as_posix() for file, _ in changed]
    if as_json:
        _print_json({"checked": len(wanted), "changed": names})
    else:
        verb = "would change" if check else "changed"
        for name in names:
            click.echo(f"{verb} {name}")
        click.echo(f"{len(wanted)} files, {len(names)} {verb}")
    if check and changed:
        raise SystemExit(1)
