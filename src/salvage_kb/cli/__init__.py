"""Offer the library on the command line, with nothing that is only here.

Exit codes: 0 for done or yes, 1 for no (nothing such, or problems found), 2
for a wrong call.
"""

from __future__ import annotations

from pathlib import Path

import click

from salvage_kb import __version__

from .asked import Asked, complete_tags, examples, print_page
from .author import fmt, validate, verify
from .export import export
from .l10n import l10n
from .pin import check_refs, diff, recall_check
from .read import list_records, search, show
from .review import review
from .welcome import CALLS, welcome

_COMPLETION = """

\b
To complete what you type, let your shell run this when it starts:
  bash: eval "$(_SALVAGE_KB_COMPLETE=bash_source salvage-kb)"
  zsh:  eval "$(_SALVAGE_KB_COMPLETE=zsh_source salvage-kb)"
  fish: _SALVAGE_KB_COMPLETE=fish_source salvage-kb | source
"""


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(*CALLS[1:4]) + _COMPLETION,
    invoke_without_command=True,
)
@click.version_option(__version__)
@click.option(
    "--content",
    type=click.Path(path_type=Path),
    help="Ask this folder, zip or bundle, not the bundled content.",
)
@click.option(
    "--overlay",
    type=click.Path(path_type=Path),
    help="Lay this folder, zip or bundle over it.",
)
@click.option(
    "--pack",
    nargs=2,
    type=(str, click.Path(path_type=Path)),
    metavar="TAG PATH",
    help="Add the translations into TAG that are in this folder.",
)
@click.option(
    "--lang",
    metavar="TAG",
    help="Show texts in this language.",
    shell_complete=complete_tags,
)
@click.pass_context
def cli(
    ctx: click.Context,
    content: Path | None,
    overlay: Path | None,
    pack: tuple[str, Path] | None,
    lang: str | None,
) -> None:
    """Read about salvage therapy: sourced, with cautions, offline.

    Without a command, this says which content there is.
    """
    ctx.obj = asked = Asked(content, overlay, pack, lang)
    if ctx.invoked_subcommand is None:
        print_page(welcome(asked.knowledge_base()))


for _command in (
    list_records,
    show,
    search,
    export,
    validate,
    fmt,
    verify,
    diff,
    check_refs,
    recall_check,
    review,
    l10n,
):
    cli.add_command(_command)
