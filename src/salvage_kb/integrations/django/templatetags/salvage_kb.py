"""Show the content in templates, in the language of the request."""

from __future__ import annotations

from typing import Any, cast

from django import template
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from salvage_kb.export import pages
from salvage_kb.integrations._fragments import notices_html, statement_html
from salvage_kb.integrations.django.content import (
    RecordKind,
    home_of,
    knowledge_base,
)
from salvage_kb.model import Statement
from salvage_kb.records import Record
from salvage_kb.text import Text
from salvage_kb.vocabulary import FOLDERS, check_choice

register: Any = template.Library()


def _marked(html: str) -> str:
    """Let markup through: pages escape whatever the content says."""
    return cast("str", mark_safe(html))  # noqa: S308


def kb_text(text: Text) -> str:
    """Write a text in a ``span`` that says its language and direction.

    Raises:
        TypeError: it is no text of the content.
    """
    if not isinstance(text, Text):
        message = f"kb_text takes a text of the content, not {text!r:.50}"
        raise TypeError(message)
    span = '<span lang="{}" dir="{}">{}</span>'
    return cast("str", format_html(span, text.lang, text.dir, text))


def kb_statement(statement: Statement | str, *, notices: bool = True) -> str:
    """Write a statement, or the one with an id, and all that belongs to it.

    That is its cautions, its sources, who reviewed what, the notices and the
    version. Without *notices*, the page needs ``{% kb_notices %}``.

    Raises:
        UnknownId: there is no such statement, or not any more.
    """
    view = home_of(statement)
    id = statement.id if isinstance(statement, Statement) else statement
    return _marked(statement_html(view.statements[id], notices=notices))


def kb_record(record: Record | RecordKind, id: str = "") -> str:
    """Write all about a record, or about the one with a kind and an id.

    Raises:
        UnknownId: there is no such record, or not any more.
        ValueError: there is no such kind.
    """
    view = home_of(record)
    kind, id = record.key if isinstance(record, Record) else (record, id)
    check_choice("kind", kind, RecordKind)
    return _marked(pages.html(view, getattr(view, FOLDERS[kind])[id]))


def kb_notices() -> str:
    """Write the notices and the version of the content."""
    return _marked(notices_html(knowledge_base()))


register.filter("kb_text", kb_text)
register.simple_tag(kb_statement)
register.simple_tag(kb_record)
register.simple_tag(kb_notices)
