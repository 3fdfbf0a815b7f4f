"""Warn of reviews that ran out, as ``manage.py check`` does."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from salvage_kb.authoring import SIGNED
from salvage_kb.errors import ContentError

from .content import content, knowledge_base, option

if TYPE_CHECKING:
    from collections.abc import Iterator

    from salvage_kb.knowledge_base import KnowledgeBase

#: What can be wrong with the setting, or with what it names.
_WRONG: Final = (ContentError, ImproperlyConfigured, TypeError, ValueError)


def check(**_: Any) -> list[Any]:
    """Find reviews that ran out, and what is wrong with the setting."""
    try:
        kb = content()
        knowledge_base(kb.locale)  # by the policy
        on = option("CHECK_ON") or date.today()  # noqa: DTZ011  # of the site
        return [*_sources(kb, on), *_texts(kb, on)]
    except _WRONG as error:
        hint = "Mend the setting SALVAGE_KB, or the content that it names."
        return [checks.Error(str(error), hint, id="salvage_kb.E001")]


def _sources(kb: KnowledgeBase, on: date) -> Iterator[Any]:
    for source in kb.sources:
        known = source.source_review
        if known and source.review.source_state(on=on) == "overdue":
            yield checks.Warning(
                f"The review of “{source.title}” was due on {known.due_on}.",
                hint="Pages go on to say when it was. Look for a newer one.",
                obj=f"sources/{source.id}",
                id="salvage_kb.W001",
            )


def _texts(kb: KnowledgeBase, on: date) -> Iterator[Any]:
    for kind in SIGNED:
        for record in kb.table(kind).values():
            state = record.review.state(on=on)
            if state in {"lapsed", "overdue", "withdrawn"}:
                yield checks.Warning(
                    f"The review of our text is {state}.",
                    hint="Have the text reviewed and signed again.",
                    obj=record.ref,
                    id="salvage_kb.W002",
                )
