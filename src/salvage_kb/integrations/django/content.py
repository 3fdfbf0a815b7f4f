"""Give the content that a site shows, in the language of the request."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import get_language

from salvage_kb.errors import did_you_mean, near_misses
from salvage_kb.integrations._views import home, localized
from salvage_kb.knowledge_base import BUNDLED, KnowledgeBase
from salvage_kb.model import Statement
from salvage_kb.records import Record
from salvage_kb.retirement import Current
from salvage_kb.vocabulary import FOLDERS, check_choice

if TYPE_CHECKING:
    from collections.abc import Iterable

    from salvage_kb.retirement import Resolution
    from salvage_kb.text import Text

#: The kinds of what has a name and may have a page.
RecordKind: TypeAlias = Literal[
    "condition",
    "modality",
    "side_effect",
    "monitoring_test",
    "topic",
    "source",
]
#: What the setting may say.
_OPTIONS: Final = ("CONTENT", "POLICY", "CHECK_ON")


def option(name: str) -> Any:
    """Look up a part of the setting; none where the site does not say.

    Raises:
        ImproperlyConfigured: something else is set too, misspelt perhaps.
    """
    given: Any = getattr(settings, "SALVAGE_KB", {})
    if not isinstance(given, Mapping):
        message = f"SALVAGE_KB should be a dict, not {given!r:.50}"
        raise ImproperlyConfigured(message)
    for key in given:
        if key not in _OPTIONS:
            guess = did_you_mean(near_misses(str(key), _OPTIONS))
            known = ", ".join(_OPTIONS)
            message = f"SALVAGE_KB has no {key!r:.50}{guess}; only {known}"
            raise ImproperlyConfigured(message)
    return given.get(name)


@cache
def _load(path: str) -> KnowledgeBase:
    return KnowledgeBase.load(path)


def content() -> KnowledgeBase:
    """Give the content of the site, in the language it was written in.

    Raises:
        ContentError: with everything that is wrong with the site's own.
    """
    given = option("CONTENT")
    if given is None:
        return BUNDLED
    if isinstance(given, KnowledgeBase):
        return localized(given, given.locales[0])
    return _load(os.fsdecode(given))


def _speak(kb: KnowledgeBase, locale: str | None) -> KnowledgeBase:
    """Let content speak a language, or the active one, by the policy."""
    asked = locale or get_language() or kb.locale
    tag, _, _ = asked.partition("@")  # Django has variants, as in ca@valencia
    policy = kb.policy._asdict() | (option("POLICY") or {})
    return kb.localized(tag, **policy)


def knowledge_base(locale: str | None = None) -> KnowledgeBase:
    """Give the content of the site in a language, or in the active one.

    What there is no translation of is in English, and says so.

    Raises:
        ContentError: with everything that is wrong with the site's own.
        LocaleError: the locale is no BCP 47 tag, or the policy is to raise.
    """
    return _speak(content(), locale)


def home_of(item: object) -> KnowledgeBase:
    """Give the content that an object is from, in the active language.

    For what is from none, such as an id, that is the content of the site.

    Raises:
        UnboundRecord: the object was made by hand.
    """
    own = home(item) if isinstance(item, (Record, Statement)) else content()
    return _speak(own, None)


def choices(
    kind: RecordKind = "condition", locale: str | None = None
) -> list[tuple[str, Text]]:
    """List id and name of each record of a kind, for a field.

    A field that is given the function itself follows the active language.

    Raises:
        LocaleError: the locale is no BCP 47 tag, or the policy is to raise.
    """
    check_choice("kind", kind, RecordKind)
    table = knowledge_base(locale).table(kind)
    return [(id, record.name) for id, record in table.items()]


def check_ids(
    ids: Iterable[str], kind: RecordKind = "condition"
) -> tuple[Resolution, ...]:
    """Tell of ids that were stored what became of those that are gone.

    It is what `KnowledgeBase.check_refs` says, without what is current.

    Raises:
        TypeError: what is given is one id.
    """
    check_choice("kind", kind, RecordKind)
    if isinstance(ids, str):
        raise TypeError("check_ids() takes a list of ids, not one")
    refs = dict.fromkeys(f"{FOLDERS[kind]}/{id}" for id in ids)
    found = content().check_refs(refs)
    return tuple(it for it in found if not isinstance(it, Current))
