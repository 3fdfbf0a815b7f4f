"""Print pages about records on a terminal, for people."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text as Styled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .export.pages import Line, Part
    from .text import Text

_WIDTH: Final = 80
#: Says of a line which way it runs, also where it begins with foreign words.
_RIGHT_TO_LEFT: Final = "\N{RIGHT-TO-LEFT MARK}"
#: Brackets that open in Chinese, its brackets and stops that close, and its
#: characters: it has no blanks to break lines at.
_OPEN: Final = "\u3008\u300a\u300c\u300e\uff08"
_CLOSE: Final = (
    "\u3001\u3002\u3009\u300b\u300d\u300f\uff01\uff09\uff0c\uff1a\uff1b\uff1f"
)
_HAN: Final = "\u3400-\u9fff"
#: What stays on one line.
_PIECES: Final = re.compile(
    f" +|[{_OPEN}]*[{_HAN}][{_CLOSE}]*|[^ {_HAN}{_OPEN}]+|."
)
#: Lines that say what language they are in by themselves.
_OURS: Final = frozenset({"about", "original", "version"})


def _wrap(words: str, width: int) -> Iterator[str]:
    """Break words into lines; a word that is wider stays whole."""
    line = ""
    for piece in _PIECES.findall(words):
        if line and cell_len(f"{line}{piece}".rstrip()) > width:
            yield line.rstrip()
            line = ""
        line += piece if line else piece.lstrip()
    yield line


class _Printer:
    def __init__(self, *, ids: bool) -> None:
        self.ids = ids
        self.console = Console(highlight=False)
        self.width = min(self.console.width, _WIDTH)

    def paragraph(  # noqa: PLR0913  # how it looks
        self,
        words: str,
        indent: int = 0,
        bullet: str = "",
        *,
        style: str = "",
        strong: int | None = None,
        rtl: bool = False,
    ) -> None:
        """Print wrapped words, the first of them strong, behind a bullet."""
        blank = " " * indent + (_RIGHT_TO_LEFT if rtl else "")
        room = self.width - indent - len(bullet)
        for line in _wrap(words, room):
            told = Styled(line)
            told.stylize(style, 0, strong)
            self.console.print(Styled(blank + bullet) + told, soft_wrap=True)
            bullet, strong = " " * len(bullet), 0

    def title(self, words: Text) -> None:
        """Print what stands above something."""
        rtl = words.dir == "rtl"
        self.paragraph(words, style="bold", rtl=rtl)

    def part(self, part: Part) -> None:
        """Print a heading, and what stands under it."""
        self.console.print()
        if part.heading:
            self.title(part.heading)
        for line in part.lines:
            is_listed = part.heading and line.style != "call"
            self.line(line, 2, "- " if is_listed else "")

    def line(self, line: Line, indent: int, bullet: str) -> None:
        """Print one thing, and below it what belongs to it."""
        bullet = f"{line.mark} " if line.mark else bullet
        words, label, rtl = _said(line), line.label or "", _is_rtl(line.text)
        if line.label and _is_rtl(line.label) != rtl:
            self.paragraph(label, indent, bullet, rtl=not rtl)
            label, bullet = "", " " * (len(bullet) + 2)
        style = "bold red" if "safety" in line.style else "bold"
        self.paragraph(
            f"{label}{_gap(label)}{words}",
            indent,
            bullet,
            style=style,
            strong=len(label),
            rtl=rtl,
        )
        inside = indent + len(bullet)
        for more in (line.url, line.id if self.ids else None):
            if more:
                self.console.print(Styled(" " * inside + more), soft_wrap=True)
        for below in line.below:
            mark = "! " if "caution" in below.style else ""
            self.line(below, inside, mark)


def _gap(label: str) -> str:
    """Give what keeps a label from its text: wide colons need nothing."""
    return "" if not label or cell_len(label[-1]) > 1 else " "


def _is_rtl(text: Text) -> bool:
    return text.dir == "rtl"


def _said(line: Line) -> str:
    """Join what a line says; the language, if it is not the one asked for."""
    words: list[str] = [line.text, *line.facts]
    if line.text.is_fallback and line.style not in _OURS:
        words.append(f"({line.text.lang})")
    return " ".join(words)


def printed(
    parts: Iterable[Part], title: Text | None = None, *, ids: bool = False
) -> str:
    """Print what a page says, at most 80 columns wide, with nothing left out.

    Args:
        parts: what it says.
        title: what stands above it.
        ids: whether to print the ids of statements and cautions too.
    """
    printer = _Printer(ids=ids)
    with printer.console.capture() as captured:
        if title:
            printer.title(title)
        for part in parts:
            printer.part(part)
    return captured.get().removeprefix("\n")
