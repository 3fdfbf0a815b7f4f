"""Flatten records into rows of plain values, as tables want them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs

from .model import Statement
from .text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .model import Event, Imprint, Notice
    from .records import Record

_JOINT: Final = " | "
#: What has rows of its own elsewhere, or is no content.
_NESTED: Final = frozenset(
    {
        "_view",
        "broader_link",
        "cautions",
        "citations",
        "codes",
        "modality_links",
        "monitoring_links",
        "side_effect_links",
        "text_review",
    }
)


def joined(values: Iterable[object]) -> str:
    """Put several values into one, in order."""
    return _JOINT.join(str(value) for value in values)


def to_row(
    item: Record | Statement | Notice | Event, imprint: Imprint
) -> dict[str, Any]:
    """Give the values of one thing by column, and what has to stand with it.

    Lists are joined, links as the ids that they lead to; codes, citations and
    reviews are left to the tables of an export. Dates stay dates.
    """
    row: dict[str, Any] = {"record_kind": item.record_kind}
    for field in attrs.fields(type(item)):
        value = getattr(item, field.name)
        if field.name == "statements":
            row[field.name] = joined(it.id for it in value)
        elif isinstance(value, tuple) and field.name not in _NESTED:
            row[field.name] = joined(getattr(it, "text", it) for it in value)
        elif field.name not in _NESTED:
            row[field.name] = str(value) if isinstance(value, Text) else value
    return (
        row
        | _links(item)
        | _spoken(item)
        | {
            "content_version": imprint.content_version,
            "content_licence": imprint.licence,
            "notices": joined(it.text for it in imprint.notices),
        }
    )


def _links(item: Record | Statement | Notice | Event) -> dict[str, Any]:
    """Give the ids of what a record links to, of a statement its home."""
    row: dict[str, Any] = {}
    for name in getattr(item, "link_fields", ()):
        held = getattr(item, name)
        links = held if isinstance(held, tuple) else filter(None, [held])
        row[name.replace("_link", "")] = joined(it.id for it in links)
    if isinstance(item, Statement):
        row["record"] = item.id.rpartition("/")[0]
        row["sources"] = joined(sorted(item.source_ids))
    return row


def _spoken(item: Record | Statement | Notice | Event) -> dict[str, Any]:
    """Give the words of an item with all that belongs to them."""
    row: dict[str, Any] = {}
    if isinstance(item, Statement):
        row["cautions"] = joined(item.cautions)
    if summary := getattr(item, "summary", None):
        row["summary"] = str(summary)
    for name in ("text", "name", "reason"):
        if text := getattr(item, name, None):
            facts = {"lang": text.lang, "status": text.status}
            row |= facts | {"stale": text.stale}
    return row
