"""Hold the commands for translators."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import click

from salvage_kb.codec import Wrong
from salvage_kb.locales import Pack, check_pack_tag
from salvage_kb.model import LocaleInfo
from salvage_kb.reading import LOCALE, bytes_of
from salvage_kb.tags import canonical, direction_of

from .asked import JSON, Refused, complete_tags, examples, print_json

if TYPE_CHECKING:
    from salvage_kb.graph import Content

    from .asked import Asked

_NOBODY = "nobody yet"
_EXTRA = "this needs polib: pip install 'salvage-kb[l10n]'"
_TAG = click.argument("tag", shell_complete=complete_tags)


@click.group(
    epilog=examples(
        "salvage-kb l10n export pl -o pl.po",
        "salvage-kb l10n status",
    )
)
def l10n() -> None:
    """Export, import and check translations (extra: l10n)."""
    if find_spec("polib") is None:
        raise Refused(_EXTRA)


def _pack(content: Content, tag: str) -> Pack:
    from salvage_kb.packs import pack_of

    name = check_pack_tag(tag, content.manifest.locale)
    found = pack_of(content, name)
    if found is None:
        info = LocaleInfo(
            locale=name,
            name=tag,
            direction=direction_of(tag),
            translated_by=_NOBODY,
        )
        return Pack(info, {})
    return found


@l10n.command(
    "export",
    epilog=examples(
        "salvage-kb l10n export es",
        "salvage-kb l10n export pl -o pl.po",
    ),
)
@_TAG
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Write into this file; else it is printed.",
)
@click.pass_obj
def export(asked: Asked, tag: str, output: Path | None) -> None:
    """Write all texts and their translations as a PO file."""
    from salvage_kb.l10n import export_po

    content = asked.content_of()
    text = export_po(content, _pack(content, tag))
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8", newline="\n")


@l10n.command(
    "import",
    epilog=examples(
        "salvage-kb --content my-content l10n import es es.po",
        "salvage-kb l10n import pl pl.po --to pl --name Polski "
        "--translated-by me",
    ),
)
@_TAG
@click.argument("file", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    help="Write a pack of its own, into this folder.",
)
@click.option("--name", help="What the language calls itself, if it is new.")
@click.option("--translated-by", help="Who translated it, if it is new.")
@click.pass_obj
def import_(
    asked: Asked,
    tag: str,
    file: Path,
    to: Path | None,
    name: str | None,
    translated_by: str | None,
) -> None:
    """Take the translations of a PO file into the content folder.

    That is the folder of --content, or of a checkout. With --to, it is a
    folder with nothing but the translations, for --pack and with_locale.
    """
    from salvage_kb.authoring import write_pack
    from salvage_kb.l10n import import_po

    folder = to or asked.folder(to_write=True)
    content = asked.content_of()
    below = pack = _pack(content, tag)
    if to is not None and (to / LOCALE).is_file():
        content = asked._replace(pack=(tag, to)).content_of()
        pack = _pack(content, tag)
    if pack.info.translated_by == _NOBODY:
        if name is None or translated_by is None:
            message = f"{tag} is new: give --name and --translated-by"
            raise click.UsageError(message)
        info = attrs.evolve(pack.info, name=name, translated_by=translated_by)
        pack = pack._replace(info=info)
    try:
        data = bytes_of(file).decode()
        changed = import_po(content, pack, data, file.name)
        if to is not None:
            changed = changed.beyond(below)
        names = write_pack(folder, changed, content, alone=to is not None)
    except UnicodeDecodeError:
        raise Refused(f"{file}: is not UTF-8") from None
    except Wrong as error:
        raise Refused(f"{file}: {error}") from None
    for written in names:
        click.echo(f"changed {written}")
    click.echo(f"{len(changed.entries)} texts, {len(names)} files changed")


@l10n.command(
    "status",
    epilog=examples(
        "salvage-kb l10n status",
        "salvage-kb --content my-content l10n status --json",
    ),
)
@JSON
@click.pass_obj
def status_(asked: Asked, as_json: bool) -> None:
    """Count for each language what is translated, stale and missing."""
    from salvage_kb.l10n import status
    from salvage_kb.packs import offered

    content = asked.content_of()
    found = [
        status(content, _pack(content, tag)) for tag in offered(content)[1:]
    ]
    if as_json:
        rows = [row._asdict() | {"percent": row.percent} for row in found]
        print_json({"locales": rows})
        return
    for row in found:
        checked = ", ".join(
            f"{count} {name}" for name, count in sorted(row.by_status.items())
        )
        click.echo(
            f"{row.locale}: {row.percent} % of {row.total} texts, "
            f"{row.missing} missing, {row.stale} stale; {checked}"
        )


@l10n.command(
    "check",
    epilog=examples(
        "salvage-kb l10n check es",
        "salvage-kb --content my-content l10n check es",
    ),
)
@_TAG
@JSON
@click.pass_obj
def check_(asked: Asked, tag: str, as_json: bool) -> None:
    """Say what is wrong with the translations into a language."""
    from salvage_kb.l10n import check
    from salvage_kb.packs import offered

    content = asked.content_of()
    base, *others = offered(content)
    if canonical(tag) == base:
        message = f"{base} is not translated: salvage-kb validate checks it"
        raise Refused(message)
    pack = _pack(content, tag)
    if pack.info.locale not in others:
        known = ", ".join([base, *others])
        raise Refused(
            f"nothing is translated into {tag}: here is only {known}"
        )
    problems = list(check(content, pack))
    if as_json:
        found = [problem._asdict() for problem in problems]
        print_json({"valid": not found, "problems": found})
    elif not problems:
        click.echo(f"{tag}: nothing is wrong that a rule can see")
    for problem in () if as_json else problems:
        click.echo(str(problem))
    if problems:
        raise SystemExit(1)
