"""Write the command line's own help into a page: ``{commands}``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from salvage_kb.cli import cli

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

_PROGRAM = "salvage-kb"


def commands() -> Iterator[tuple[str, str]]:
    """Go through all commands: how each is called, and its help."""
    width = {"terminal_width": 79, "max_content_width": 79}
    settings = {**cli.context_settings, **width}
    return _under(cli, click.Context(cli, info_name=_PROGRAM, **settings))


def _under(
    command: click.Command, context: click.Context
) -> Iterator[tuple[str, str]]:
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            more = click.Context(inner, parent=context, info_name=name)
            yield from _under(inner, more)


class Commands(SphinxDirective):
    """Write a section for each command."""

    def run(self) -> list[nodes.Node]:
        """Give the sections."""
        return [self._section(*it) for it in commands()]

    def _section(self, path: str, help: str) -> nodes.section:
        id = nodes.make_id(path)
        section = nodes.section("", ids=[id], names=[id])
        section += nodes.title("", "", nodes.literal("", path))
        section += nodes.literal_block("", help, language="text")
        self.state.document.note_explicit_target(section)
        return section


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("commands", Commands)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
