"""Say in the language of one view what another one says."""

from typing import TypeVar, cast

from salvage_kb.errors import LocaleError
from salvage_kb.knowledge_base import KnowledgeBase
from salvage_kb.model import Statement
from salvage_kb.records import Record

_T = TypeVar("_T", bound=Record | Statement)


def home(item: Record | Statement) -> KnowledgeBase:
    """Give the content, or the view of it, that an item is from.

    Raises:
        UnboundRecord: it was made by hand.
    """
    return cast("KnowledgeBase", item._bound())  # noqa: SLF001


def localized(view: KnowledgeBase, tag: str) -> KnowledgeBase:
    """Give the same in another language, by the policy of this view."""
    return view.localized(tag, **view.policy._asdict())


def in_view(view: KnowledgeBase, item: _T) -> _T:
    """Say what an item says, in the language and by the policy of a view.

    The content stays that which the item is from, whatever the view is of.

    Raises:
        LocaleError: by the policy it cannot be shown.
        UnboundRecord: it was made by hand.
    """
    policy = view.policy._asdict()
    own = home(item).localized(view.locale, **policy)
    table = own.table(item.record_kind)
    if item.id not in table:
        reason = f"{item.id} has no translation to show"
        raise LocaleError(view.locale, reason)
    found: _T = table[item.id]
    return found
