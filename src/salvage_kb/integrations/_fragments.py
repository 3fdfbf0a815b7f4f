"""Write parts of a page as HTML, each with all that belongs to it."""

import re
from html import escape
from typing import Final

from salvage_kb.export.pages import Line, Maker, Page, Part, html_body
from salvage_kb.knowledge_base import KnowledgeBase
from salvage_kb.model import Statement
from salvage_kb.records import Source
from salvage_kb.tags import direction_of
from salvage_kb.text import Text

from ._views import home

#: What means something in HTML, or in Markdown around it.
_SPECIAL: Final = re.compile(r"[\\`*_\[\]<>&~|^=$@#{}%+]|[:.](?=\S)")
_NOTHING: Final = Source(id="none", name=Text(""), publisher="", licence="")


def text_html(text: Text) -> str:
    """Write a text in an element that says its language and direction."""
    said = _SPECIAL.sub(lambda it: f"&#{ord(it[0])};", text)
    return f'<span lang="{escape(text.lang)}" dir="{text.dir}">{said}</span>'


def statement_html(statement: Statement, *, notices: bool = True) -> str:
    """Write a statement with its cautions, its sources and its review.

    Without *notices*, those and the version have to stand elsewhere.

    Raises:
        UnboundRecord: it was made by hand.
    """
    maker = Maker(home(statement))
    lines = [maker.statement(statement)]
    cited = list(maker.numbers)
    notes = list(maker.notes(statement.record))
    if notices:
        cited = list(maker.numbers)  # notices may cite sources too
    else:
        notes = [it for it in notes if it.style == "about"]
    lines += map(maker.source, cited)
    return _fragment(maker.view, statement.id, [*lines, *notes])


def notices_html(view: KnowledgeBase) -> str:
    """Write the notices of a view, and the version of the content."""
    maker = Maker(view)
    of_nothing = "about", maker.words("unreviewed")
    notes = maker.notes(_NOTHING)
    lines = [it for it in notes if (it.style, it.text) != of_nothing]
    lines += map(maker.source, maker.numbers)
    return _fragment(view, "notices", lines)


def _fragment(view: KnowledgeBase, ref: str, lines: list[Line]) -> str:
    """Write lines in one element that says what they are of."""
    locale, version = view.locale, view.content_version
    parts = (Part("lines", None, tuple(lines)),)
    page = Page(ref, locale, direction_of(locale), version, Text(ref), parts)
    _, _, inside = html_body(page).partition("\n")  # without the title
    return (
        f'<div class="salvage-kb" lang="{escape(locale)}" dir="{page.dir}" '
        f'data-ref="{escape(ref)}" data-content-version="{escape(version)}">'
        f"\n{inside}\n</div>"
    )
