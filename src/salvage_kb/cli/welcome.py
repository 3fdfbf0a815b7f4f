"""Say what there is, to whoever types the name of the program alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from salvage_kb import __version__
from salvage_kb.authoring import SIGNED
from salvage_kb.export.pages import Line, Part
from salvage_kb.terminal import printed
from salvage_kb.text import Text

from .asked import LISTED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from salvage_kb.knowledge_base import KnowledgeBase

#: Calls to begin with.
CALLS: Final = (
    "salvage-kb list conditions",
    "salvage-kb show condition hiv",
    "salvage-kb search hair fell out",
    "salvage-kb --lang es show side-effect fatigue",
    "salvage-kb export csv -o tables",
)
_ABOUT: Final = (
    "What doctors try when the usual treatment of a serious illness has "
    "failed, in statements that name their sources and cautions."
)
_HELP: Final = (
    '"salvage-kb --help" names all commands and options, and says how your '
    "shell can complete them."
)


def welcome(kb: KnowledgeBase) -> str:
    """Write what the content is, how far it was checked, and calls to try."""
    facts = (
        f"Content version {kb.content_version}: {_counted(kb)}.",
        _languages(kb),
        _reviewed(kb),
    )
    parts = (
        _part(None, _ABOUT),
        _part("What there is", *facts),
        _part("Try", *CALLS, style="call"),
        _part(None, _HELP),
    )
    return printed(parts, Text(f"salvage-kb {__version__}"))


def _part(heading: str | None, *lines: str, style: str = "about") -> Part:
    told = tuple(Line(Text(line), style=style) for line in lines)
    return Part("welcome", Text(heading) if heading else None, told)


def _counted(kb: KnowledgeBase) -> str:
    counts = [
        f"{len(kb.table(kind))} {name.replace('_', ' ')}"
        for kind, name in LISTED.items()
    ]
    return ", ".join(counts)


def _languages(kb: KnowledgeBase) -> str:
    first, *others = kb.locales
    told = f"Written in {first}"
    if others:
        told += (
            f", translated into {', '.join(others)}. Each page says who made "
            "its translation, and who checked it"
        )
    return f"{told}."


def _reviewed(kb: KnowledgeBase) -> str:
    """Say how many records have a text that somebody signed as it is."""
    signed = [*_signed(kb)]
    if not any(signed):
        return "Nobody has medically reviewed this text."
    return f"{sum(signed)} of {len(signed)} records were medically reviewed."


def _signed(kb: KnowledgeBase) -> Iterator[bool]:
    for kind in SIGNED:
        for record in kb.table(kind).values():
            yield record.review.signature is not None
