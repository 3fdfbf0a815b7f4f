"""Hold the commands for those who write content."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from salvage_kb.authoring import canonical_files
from salvage_kb.errors import ContentError
from salvage_kb.vocabulary import FOLDERS

from .asked import JSON, PATH, examples, print_json

if TYPE_CHECKING:
    from pathlib import Path

    from salvage_kb.errors import Problem

    from .asked import Asked

_LABELS = {name: name.replace("_", " ") for name in FOLDERS.values()}
_LABELS["history"] = "past events"


@click.command(
    epilog=examples("salvage-kb validate", "salvage-kb validate my-content")
)
@PATH
@JSON
@click.pass_obj
def validate(asked: Asked, path: Path | None, as_json: bool) -> None:
    """Say all that is wrong with the content at PATH.

    Without PATH, the content that comes with the package is checked.
    """
    problems: tuple[Problem, ...] = ()
    asked = asked._replace(content=path or asked.content)
    try:
        kb = asked.load()
        for tag in kb.locales[1:]:
            kb.pack_files(tag)
        counts = {name: len(kb.table(k)) for k, name in FOLDERS.items()}
    except ContentError as error:
        problems, counts = error.problems, {}
    if as_json:
        found = [problem._asdict() for problem in problems]
        print_json({"valid": not found, "problems": found} | counts)
    for line in () if as_json else problems:
        click.echo(str(line))
    if not as_json and not problems:
        told = (f"{n} {_LABELS[name]}" for name, n in counts.items())
        where = asked.overlay or asked.content or "bundled content"
        click.echo(f"{where}: valid, {', '.join(told)}")
    if problems:
        raise SystemExit(1)


@click.command(
    epilog=examples(
        "salvage-kb fmt my-content",
        "salvage-kb fmt --check my-content",
    )
)
@click.option("--check", is_flag=True, help="Change nothing, only tell.")
@PATH
@JSON
@click.pass_obj
def fmt(asked: Asked, path: Path | None, check: bool, as_json: bool) -> None:
    """Write the files of a content folder in their one form.

    The manifest gets their digests and counts.

    Without PATH, this is the content of the checkout of salvage-kb that the
    command was installed from; content that was merely installed stays as
    it is.
    """
    asked = asked._replace(content=path or asked.content)
    folder = asked.folder(to_write=not check)
    wanted = tuple(canonical_files(folder))
    changed = [
        (file, text)
        for file, text in wanted
        if not file.is_file() or file.read_bytes() != text.encode()
    ]
    for file, text in () if check else changed:
        file.write_bytes(text.encode())
    names = [file.relative_to(folder).as_posix() for file, _ in changed]
    if as_json:
        print_json({"checked": len(wanted), "changed": names})
    else:
        verb = "would change" if check else "changed"
        for name in names:
            click.echo(f"{verb} {name}")
        click.echo(f"{len(wanted)} files, {len(names)} {verb}")
    if check and changed:
        raise SystemExit(1)


@click.command(
    epilog=examples("salvage-kb verify", "salvage-kb verify my-content")
)
@PATH
@JSON
@click.pass_obj
def verify(asked: Asked, path: Path | None, as_json: bool) -> None:
    """Say which files differ from what the manifest says of them.

    This finds accidents, not malice: who changes a file on purpose can change
    the manifest too.
    """
    kb = asked._replace(content=path or asked.content).knowledge_base()
    problems = kb.verify()
    if as_json:
        found = [problem._asdict() for problem in problems]
        print_json({"verified": not found, "problems": found})
    elif problems:
        for problem in problems:
            click.echo(str(problem))
    else:
        click.echo(f"{len(kb.manifest.files)} files are as they were")
    if problems:
        raise SystemExit(1)
