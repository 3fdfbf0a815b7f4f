"""Flatten records into rows of plain values, as tables want them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs

from .model import Notice, Statement
from .vocabulary import FOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .model import Caution, Citation, Event, Imprint
    from .records import Record
    from .text import Text

_JOINT: Final = " | "
#: The columns of words, in any row; those of the first line lead it.
_LEADING: Final = frozenset({"name", "text", "reason"})
_WORDS: Final = _LEADING | {"clinical_term", "harm"}
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


def joined(values: Iterable[object]) -> str | None:
    """Put several values into one, in order; none where there are none."""
    return _JOINT.join(map(str, values)) or None


def spoken(
    column: str, texts: Iterable[Text], said: tuple[object, ...] = ()
) -> dict[str, Any]:
    """Give words in one cell and, beside it, what they are.

    That is their languages, how far they were checked, and whether any is
    stale. These columns begin with the name of the cell, but for what leads
    the row.

    Args:
        column: the name of the cell.
        texts: the words in it.
        said: what to write there, if not just the words.
    """
    texts = tuple(texts)
    prefix = "" if column in _LEADING else f"{column}_"
    return {
        column: joined(said or texts),
        f"{prefix}lang": joined(dict.fromkeys(it.lang for it in texts)),
        f"{prefix}status": joined(dict.fromkeys(it.status for it in texts)),
        f"{prefix}stale": any(it.stale for it in texts),
    }


def warned(cautions: Iterable[Caution]) -> Iterator[Text]:
    """Go through the words of cautions, and those that stand beside them."""
    for caution in cautions:
        yield caution.text
        if caution.original is not None:
            yield caution.original


def to_row(
    item: Record | Statement | Notice | Event, imprint: Imprint
) -> dict[str, Any]:
    """Give the values of one thing by column, and what has to stand with it.

    Lists are joined, links as the ids that they lead to; codes, citations and
    reviews are left to the tables of an export. Dates stay dates.
    """
    row: dict[str, Any] = {"record_kind": item.record_kind}
    for field in attrs.fields(type(item)):
        if field.name not in _NESTED:
            row |= _cells(field.name, getattr(item, field.name))
    if isinstance(item, Statement):
        row["record"] = item.id.rpartition("/")[0]
        row |= _borne_out(item)
    elif summary := getattr(item, "summary", None):
        row |= _summary(summary)
    elif isinstance(item, Notice):
        row["sources"] = _cited(item.citations)
    about = {
        "content_version": imprint.content_version,
        "content_licence": imprint.licence,
    }
    texts = [notice.text for notice in imprint.notices]
    return row | _links(item) | about | spoken("notices", texts)


def _cells(name: str, value: Any) -> dict[str, Any]:
    """Give what a field holds, texts with what they are."""
    if name in _WORDS:
        return spoken(name, [value] if value else [])
    if name == "synonyms":
        return spoken(name, [it.text for it in value])
    if isinstance(value, tuple):
        return {name: joined(getattr(it, "id", it) for it in value)}
    return {name: value}


def _borne_out(it: Statement) -> dict[str, Any]:
    """Give the sources of a statement apart from those of its cautions."""
    return {
        "sources": _cited(it.citations),
        **spoken("cautions", warned(it.cautions), it.cautions),
        "cautions_sources": _cited(_against(it)),
    }


def _summary(it: Statement) -> dict[str, Any]:
    """Give the words of a summary, its cautions in the same cell."""
    texts = (it.text, *warned(it.cautions))
    row = spoken("summary", texts, (it.text, *it.cautions))
    return row | {"summary_sources": _cited((*it.citations, *_against(it)))}


def _against(it: Statement) -> Iterator[Citation]:
    """Go through what the cautions of a statement cite."""
    for caution in it.cautions:
        yield from caution.citations


def _cited(citations: Iterable[Citation]) -> str | None:
    return joined(dict.fromkeys(it.source_id for it in citations))


def _links(item: Record | Statement | Notice | Event) -> dict[str, Any]:
    """Give the ids of what a record links to."""
    row: dict[str, Any] = {}
    for name, kind in getattr(item, "link_fields", {}).items():
        held = getattr(item, name)
        if isinstance(held, tuple):
            row[FOLDERS[kind]] = joined(it.id for it in held)
        else:
            row[name.removesuffix("_link")] = held and held.id
    return row
