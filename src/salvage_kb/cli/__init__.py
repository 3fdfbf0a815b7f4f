"""Offer the library on the command line, with nothing that is only here.

Exit codes: 0 for done or yes, 1 for no (nothing such, or problems found), 2
where there is no answer: a wrong call, or a file that is not what it should
be.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from salvage_kb import __version__
from salvage_kb.errors import SalvageKBError, UnknownId

from .asked import Asked, Refused, complete_tags, examples, print_page
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


class _Program(click.Group):
    """Say for all commands why one of them has no answer."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except click.NoSuchOption as error:
            name = error.option_name
            if all(name not in it.opts for it in self.params):
                raise
            message = f"put {name} before {ctx.invoked_subcommand}"
            raise click.UsageError(message, error.ctx) from None
        except UnknownId as error:
            raise click.ClickException(str(error)) from None
        except BrokenPipeError:
            raise
        except OSError as error:
            told = filter(None, (error.filename, error.strerror))
            raise Refused(": ".join(map(str, told))) from None
        except SalvageKBError as error:
            raise Refused(str(error)) from None


@click.group(
    cls=_Program,
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
