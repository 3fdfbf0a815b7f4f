"""Hold the command that writes the content in other formats."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from salvage_kb.errors import LocaleError
from salvage_kb.export import FORMATS
from salvage_kb.export import export as files_of
from salvage_kb.locales import PSEUDO
from salvage_kb.tags import canonical, choose

from .asked import Refused, complete_tags, examples

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .asked import Asked


@click.command(
    epilog=examples(
        "salvage-kb export csv -o tables --locale es",
        "salvage-kb export bundle -o backup",
        "salvage-kb export fhir -o fhir --base https://example.org/fhir",
    )
)
@click.argument("format", metavar="FORMAT", type=click.Choice(list(FORMATS)))
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Write into this folder. Files of the same name are replaced.",
)
@click.option(
    "--locale",
    "locales",
    multiple=True,
    metavar="TAG",
    shell_complete=complete_tags,
    help="In this language; may be given again. Without it, in the language "
    "of --lang, or else in all.",
)
@click.option(
    "--base",
    metavar="URL",
    help="Let addresses begin with this (fhir, jsonld).",
)
@click.pass_obj
def export(
    asked: Asked,
    format: str,
    folder: Path,
    locales: tuple[str, ...],
    base: str | None,
) -> None:
    """Write the content in a FORMAT that others read.

    Pages: html, markdown, jsonld. Tables: csv, jsonl, parquet, sqlite.
    Services: api, typescript, fhir. All in one file: bundle.
    """
    if format == "bundle" and (locales or asked.lang):
        message = "a bundle has all languages: leave --locale and --lang out"
        raise click.UsageError(message)
    if locales and asked.lang:
        message = "leave --lang out: --locale names the languages"
        raise click.UsageError(message)
    kb = asked.knowledge_base()
    if asked.lang:
        locales = (asked.lang,)
    try:
        _check_offer(locales, kb.locales)
        made = files_of(kb, format, locales or kb.locales, base=base)
        files = (it.write_into(folder) for it in made)
        count = _count(files, format)
    except (ImportError, ValueError) as error:
        raise Refused(str(error)) from None
    click.echo(f"{count} files in {folder}")


def _count(files: Iterator[Path], label: str) -> int:
    """Count while they are made and, where somebody watches, show it."""
    if not sys.stderr.isatty():
        return sum(1 for _ in files)
    with click.progressbar(files, label=label, file=sys.stderr) as shown:
        return sum(1 for _ in shown)


def _check_offer(tags: Iterable[str], offered: tuple[str, ...]) -> None:
    """Refuse a language that nothing would be in."""
    for tag in tags:
        if choose(tag, offered) is None and canonical(tag) not in PSEUDO:
            known = ", ".join(offered)
            raise LocaleError(tag, f"is not on offer, only {known}")
