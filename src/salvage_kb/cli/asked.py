"""Say which content a command is about, and what many commands share."""

from __future__ import annotations

import json
import warnings
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from click.shell_completion import CompletionItem

from salvage_kb.errors import did_you_mean, near_misses
from salvage_kb.knowledge_base import BUNDLED, KnowledgeBase
from salvage_kb.vocabulary import FOLDERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from salvage_kb.graph import Content
    from salvage_kb.vocabulary import Kind

_DATA = files("salvage_kb") / "data"
LISTED: dict[Kind, str] = {
    kind: name
    for kind, name in FOLDERS.items()
    if kind not in {"notice", "event"}
}


class Refused(click.ClickException):
    """Say why there is no answer, not even "no"."""

    exit_code = 2


def taking(kinds: Mapping[Kind, str]) -> dict[str, Any]:
    """Let an argument take a kind by its singular or plural, with - or _."""
    names = [name.replace("_", "-") for name in kinds.values()]

    def convert(
        ctx: click.Context, param: click.Parameter, value: str
    ) -> Kind:
        word = value.lower().replace("-", "_")
        for kind, plural in kinds.items():
            if word in {kind, plural}:
                return kind
        guess = did_you_mean(near_misses(value, names))
        message = f"{value!r} is not one of {', '.join(names)}{guess}"
        raise click.BadParameter(message, ctx, param)

    def complete(
        ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        del ctx, param
        begun = incomplete.lower()
        return [CompletionItem(it) for it in names if it.startswith(begun)]

    return {"callback": convert, "shell_complete": complete}


def _complete_ids(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    del param
    kb, kind = _in_completion(ctx), ctx.params.get("kind")
    if kb is None or kind is None:
        return []
    return [
        CompletionItem(id, help=str(getattr(it, "name", None) or it.text))
        for id, it in kb.table(kind).items()
        if id.startswith(incomplete)
    ]


def complete_tags(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Offer the languages that the content is in."""
    del param
    kb = _in_completion(ctx)
    tags = kb.locales if kb is not None else ()
    begun = incomplete.lower()
    return [CompletionItem(it) for it in tags if it.lower().startswith(begun)]


def _in_completion(ctx: click.Context) -> KnowledgeBase | None:
    """Load what a line so far asks for, or nothing: a shell is waiting."""
    given = ctx.find_root().params
    names = (name for name in Asked._fields if name != "lang")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            asked = Asked(**{name: given.get(name) for name in names})
            kb = asked.load()
            kb.table("condition")
        except Exception:  # noqa: BLE001  # whatever is wrong, be silent
            return None
    return kb


def examples(*calls: str) -> str:
    """Set calls as the end of a help text."""
    return "\n".join(["\b", "Examples:", *(f"  {it}" for it in calls)])


KIND = click.argument("kind", **taking(LISTED))
ID = click.argument("id", shell_complete=_complete_ids)
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
PATH = click.argument("path", type=click.Path(path_type=Path), required=False)


class Asked(NamedTuple):
    """Say which content a command is about."""

    content: Path | None = None
    overlay: Path | None = None
    pack: tuple[str, Path] | None = None
    lang: str | None = None

    def load(self) -> KnowledgeBase:
        """Load it.

        Raises:
            ContentError: something is wrong with it.
            Refused: there is nothing that could be right or wrong.
        """
        for path in (self.content, self.overlay, self.pack and self.pack[1]):
            if path and not (path.is_file() or path.is_dir()):
                raise Refused(f"{path}: there is no such file or folder")
        kb = BUNDLED
        if self.content is not None:
            kb = KnowledgeBase.load(self.content)
        kb = kb.overlay(self.overlay) if self.overlay else kb
        kb = kb.with_locale(*self.pack) if self.pack else kb
        return kb.localized(self.lang) if self.lang is not None else kb

    def knowledge_base(self) -> KnowledgeBase:
        """Load it, all but the translations."""
        kb = self.load()
        kb.table("condition")
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
            raise Refused(f"{folder} is no folder: name one")
        if to_write and _is_installed(folder.resolve()):
            raise Refused("installed content stays: name a folder")
        return folder


def _is_installed(folder: Path) -> bool:
    """Tell a folder that an installer wrote from that of a checkout."""
    if not {"site-packages", "dist-packages"}.isdisjoint(folder.parts):
        return True
    if not (isinstance(_DATA, Path) and folder.samefile(_DATA)):
        return False
    project = folder.parents[2] / "pyproject.toml"
    ours = b'name = "salvage-kb"'
    return not (project.is_file() and ours in project.read_bytes())


def print_json(value: object) -> None:
    """Print a value as JSON that people can read."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_page(page: str) -> None:
    """Print a page, whose styles are already those that the terminal has."""
    click.echo(page, nl=False, color=True)
