"""Say which content a command is about, and what many commands share."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from salvage_kb.errors import (
    ContentError,
    LocaleError,
    did_you_mean,
    near_misses,
)
from salvage_kb.knowledge_base import BUNDLED, KnowledgeBase
from salvage_kb.vocabulary import FOLDERS

if TYPE_CHECKING:
    from salvage_kb.graph import Content
    from salvage_kb.vocabulary import Kind

_DATA = files("salvage_kb") / "data"
_LISTED: dict[Kind, str] = {
    kind: name
    for kind, name in FOLDERS.items()
    if kind not in {"notice", "event"}
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


KIND = click.argument("kind", callback=_to_kind)
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
PATH = click.argument("path", type=click.Path(path_type=Path), required=False)


class Asked(NamedTuple):
    """Say which content a command is about."""

    content: Path | None
    overlay: Path | None
    pack: tuple[str, Path] | None = None
    lang: str | None = None

    def load(self) -> KnowledgeBase:
        """Load it.

        Raises:
            ContentError: something is wrong with it.
        """
        kb = BUNDLED
        if self.content is not None:
            kb = KnowledgeBase.load(self.content)
        kb = kb.overlay(self.overlay) if self.overlay else kb
        kb = kb.with_locale(*self.pack) if self.pack else kb
        return kb.localized(self.lang) if self.lang is not None else kb

    def knowledge_base(self) -> KnowledgeBase:
        """Load it, or end with what is wrong."""
        try:
            kb = self.load()
            kb.table("condition")
        except (ContentError, LocaleError) as error:
            raise click.ClickException(str(error)) from None
        return kb

    def content_of(self) -> Content:
        """Load what is asked for, as the rooms below the façade have it.

        Translations that are merely installed do not count.
        """
        content = self._replace(lang=None).knowledge_base().content
        return content._replace(is_ours=False)

    def folder(self, *, to_write: bool) -> Path:
        """Give the folder of the content; what is installed stays as it is.

        Without a path, that is the folder of a checkout.
        """
        folder = self.content or _DATA
        if not isinstance(folder, Path) or not folder.is_dir():
            raise click.ClickException(f"{folder} is no folder: name one")
        if to_write and folder == _DATA and not _is_checkout(folder):
            message = "installed content stays: name a folder"
            raise click.ClickException(message)
        return folder


def _is_checkout(folder: Path) -> bool:
    return (folder.parents[2] / "pyproject.toml").is_file()


def print_json(value: object) -> None:
    """Print a value as JSON that people can read."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
