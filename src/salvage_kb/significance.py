"""Weigh a change: what it means for readers, and which version it asks for.

What cannot be computed is taken for clinical until the author says what it is.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias

from .telling import denials, numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .vocabulary import Significance

#: The least part of a version number that has to grow.
Bump: TypeAlias = Literal["patch", "minor", "major"]
#: What kind of thing a change is about.
Unit: TypeAlias = Literal[
    "manifest",
    "record",
    "source",
    "notice",
    "event",
    "statement",
    "caution",
    "locale",
    "translation",
    "names",
]
#: What happened to it.
How: TypeAlias = Literal[
    "added", "removed", "changed", "moved", "split", "withdrawn"
]


class Weight(NamedTuple):
    """Say how much a change matters.

    Attributes:
        significance: to readers: ``editorial``, ``clarification``,
            ``clinical`` or ``safety``.
        bump: to whoever pinned a version.
        computed: whether nobody has to say more; otherwise the author may
            declare what it is, and until then it counts as clinical.
    """

    significance: Significance
    bump: Bump
    computed: bool = True


_EDITORIAL: Final = Weight("editorial", "patch")
_CLARIFIED: Final = Weight("clarification", "patch")
_CLINICAL: Final = Weight("clinical", "minor")
_UNDECLARED: Final = _CLINICAL._replace(computed=False)
_MORE: Final = Weight("clarification", "minor")

_ADDED: Final[dict[Unit, Weight]] = {
    "record": _CLINICAL,
    "source": Weight("editorial", "minor"),
    "notice": _MORE,
    "event": _EDITORIAL,
    "statement": _CLINICAL,
    "caution": _CLINICAL,
    "locale": _MORE,
    "translation": _MORE,
    "names": _CLARIFIED,
}
#: An id that no longer gives what it gave breaks whoever stored it.
_REMOVED: Final[dict[Unit, Weight]] = {
    "record": Weight("clinical", "major"),
    "source": Weight("editorial", "major"),
    "notice": Weight("safety", "major"),
    "event": Weight("safety", "major"),
    "statement": Weight("clinical", "major"),
    "locale": Weight("clinical", "major"),
    "names": _CLARIFIED,
}
_FIELDS: Final[dict[tuple[Unit, str], Weight]] = {
    ("manifest", "schema_version"): Weight("clarification", "major"),
    ("manifest", "locale"): Weight("clarification", "major"),
    ("manifest", "licence"): Weight("clarification", "major"),
    ("record", "name"): _CLARIFIED,
    ("record", "clinical_term"): _CLARIFIED,
    ("record", "synonyms"): _CLARIFIED,
    ("record", "summary_id"): _CLARIFIED,
    ("record", "measures_id"): _CLARIFIED,
    ("record", "why_id"): _CLARIFIED,
    ("record", "text_review"): _CLARIFIED,
    ("record", "position"): _EDITORIAL,
    ("record", "statements"): _EDITORIAL,
    ("source", "reviewer"): _CLARIFIED,
    ("source", "reviewed_on"): _CLARIFIED,
    ("source", "review_due_on"): _CLARIFIED,
    ("statement", "aspect"): _CLARIFIED,
    ("statement", "citations"): _CLARIFIED,
    ("statement", "cautions"): _EDITORIAL,
    ("caution", "citations"): _CLARIFIED,
    ("event", "harm"): Weight("safety", "minor"),
    ("event", "fate"): Weight("clarification", "major"),
    ("event", "subject"): Weight("clarification", "major"),
    ("event", "targets"): Weight("clarification", "major"),
    ("locale", "translated_by"): _CLARIFIED,
    ("locale", "reviewed_by"): _CLARIFIED,
    ("names", "synonyms"): _CLARIFIED,
}
#: Where nothing else is known of a field.
_OTHERS: Final[dict[Unit, Weight]] = {
    "manifest": _EDITORIAL,
    "record": _CLINICAL,  # links, category, body system and their like
    "source": _EDITORIAL,
    "notice": _EDITORIAL,
    "event": _EDITORIAL,
    "statement": _CLINICAL,
    "caution": _CLINICAL,
    "locale": _EDITORIAL,
    "translation": _EDITORIAL,
}
_RANKS: Final[tuple[Significance, ...]] = (
    "editorial",
    "clarification",
    "clinical",
    "safety",
)
_BUMPS: Final[dict[Significance, Bump]] = {
    "editorial": "patch",
    "clarification": "patch",
    "clinical": "minor",
    "safety": "major",
}
#: Words, and signs that turn what a number says.
_WORD: Final = re.compile(
    r"\w+(?:[.,]\d+)*|[<>\u2264\u2265=\u00b1+\u2212%\u2030/~]|[-.](?=\d)"
)
_PAUSED: Final = re.compile(rf"{_WORD.pattern}|[.,;:!?]")
#: Words that turn, bound or weaken what a sentence says.
_TELLING: Final = re.compile(
    r"\d.*|[^\w\s]|no|not|never|nobody|none|nothing|cannot|without|neither|nor|t"
    r"|only|always|all|every|some|most|many|few|several|two|three|four"
    r"|may|might|can|could|must|should|often|sometimes|rarely|seldom|usually"
    r"|more|less|fewer|higher|lower|before|after|unless"
)
#: Where such a word stands, a comma may turn what it denies.
_DENYING: Final = re.compile(
    r"no|not|never|nobody|none|nothing|cannot|without|neither|nor|t|only"
    r"|unless"
)
_PART: Final[dict[int, Unit]] = {3: "statement", 4: "caution"}
_ALONE: Final[dict[str, Unit]] = {
    "sources": "source",
    "notices": "notice",
    "history": "event",
}


def unit_of(ref: str) -> Unit:
    """Tell what kind of thing stands at a path of the content."""
    parts = ref.split("/")
    if parts[0] == "locales":
        kind: Unit = "names" if ref.endswith("#names") else "translation"
        return "locale" if len(parts) == 2 else kind  # noqa: PLR2004
    if ref == "manifest":
        return "manifest"
    if len(parts) in _PART:
        return _PART[len(parts)]
    return _ALONE.get(parts[0], "record")


def greatest(significances: tuple[Significance, ...]) -> Significance:
    """Choose the one that matters most; of none, ``editorial``."""
    found: tuple[Significance, ...] = ("editorial", *significances)
    return max(found, key=_RANKS.index)


def weigh_added(ref: str, fields: Mapping[str, Any]) -> Weight:
    """Weigh what was not there before."""
    unit = unit_of(ref)
    if unit == "caution" and fields.get("safety"):
        return Weight("safety", "minor")
    return _ADDED[unit]


def weigh_gone(
    ref: str, how: How, harm: str | None, *, bare: bool, lost: bool
) -> Weight:
    """Weigh what is not there any more.

    Args:
        ref: what is gone.
        how: whether it was removed, moved, split or withdrawn.
        harm: that of what was withdrawn.
        bare: whether that which it was part of is still there, without it.
        lost: whether what it was part of moved, and left it behind.
    """
    unit = unit_of(ref)
    if unit == "translation":
        clinical = bare and "#synonyms/" not in ref
        return _CLINICAL if clinical else _EDITORIAL
    if harm or (unit == "caution" and (bare or lost)):
        return Weight("safety", "major")
    if how in {"moved", "split"} and not lost:
        return Weight("clarification", "major")
    return Weight("clinical", "major") if unit == "caution" else _REMOVED[unit]


def weigh_changed(
    ref: str,
    field: str,
    pair: tuple[Any, Any],
    declared: Significance | None = None,
) -> Weight:
    """Weigh what one field was and is, and what its author says of it."""
    unit = unit_of(ref)
    before, after = pair
    if field == "text" and unit == "translation":
        tag = ref.split("/")[1]
        return _weigh_translation(str(before), str(after), tag, declared)
    if field == "text":
        return _weigh_words(str(before), str(after), declared)
    return _weigh_field(unit, field, before, after)


def _weigh_words(
    before: str, after: str, declared: Significance | None
) -> Weight:
    old, new = (_WORD.findall(text.casefold()) for text in (before, after))
    if old == new and not _paused_anew(before, after):
        return _EDITORIAL
    if declared is None:
        return _UNDECLARED
    if declared in {"editorial", "clarification"} and telling(old, new):
        return _CLINICAL
    return Weight(declared, _BUMPS[declared])


def _paused_anew(before: str, after: str) -> bool:
    """Tell whether a pause moved in a text that denies something."""
    old, new = (_PAUSED.findall(text.casefold()) for text in (before, after))
    return old != new and any(_DENYING.fullmatch(word) for word in old)


def telling(old: list[str], new: list[str]) -> bool:
    """Tell whether numbers, or words that turn a meaning, came or went."""
    one, other = Counter(old), Counter(new)
    moved = (one - other) + (other - one)
    return any(_TELLING.fullmatch(word) for word in moved)


def _weigh_field(unit: Unit, field: str, before: Any, after: Any) -> Weight:
    if unit == "caution" and field == "safety":
        return Weight("safety", "minor" if after else "major")
    if unit == "record" and field == "codes" and _grown(before, after):
        return _MORE
    return _FIELDS.get((unit, field)) or _OTHERS[unit]


def _weigh_translation(
    before: str, after: str, tag: str, declared: Significance | None
) -> Weight:
    if before.casefold() == after.casefold():
        return _EDITORIAL
    same = numbers(before) == numbers(after)
    same = same and denials(before, tag) == denials(after, tag)
    if declared is None:
        return _UNDECLARED if same else _CLINICAL
    if not same and declared in {"editorial", "clarification"}:
        return _CLINICAL
    return Weight(declared, _BUMPS[declared])


def _grown(before: Any, after: Any) -> bool:
    return all(item in (after or []) for item in before or [])


def smallest(version: str, bump: Bump | None) -> str:
    """Give the smallest version that may follow one, after such changes.

    Before 1.0.0 a breaking change asks for a new second number, anything
    else that matters for one too.
    """
    major, minor, patch = parts(version)
    if bump is None:
        return f"{major}.{minor}.{patch}"
    if bump == "major" and major:
        return f"{major + 1}.0.0"
    if bump == "patch":
        return f"{major}.{minor}.{patch + 1}"
    return f"{major}.{minor + 1}.0"


def parts(version: str) -> tuple[int, int, int]:
    """Give the three numbers of a version, without what follows them."""
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    if found is None:
        raise ValueError(f"{version!r:.50} is no version such as 1.0.0")
    major, minor, patch = map(int, found.groups())
    return major, minor, patch


def most(bumps: tuple[Bump, ...]) -> Bump | None:
    """Choose the greatest; of none, None."""
    order: tuple[Bump, ...] = ("patch", "minor", "major")
    return max(bumps, key=order.index, default=None)


def declared_for(
    events: Iterable[Mapping[str, Any]], ref: str, old: str, new: str
) -> tuple[Significance | None, str | None]:
    """Find what authors declared of edits after one version until another.

    That is how much they matter, and why they were made.
    """
    last = parts(new)
    if last <= parts(old):  # the new version has no number yet
        last = (sys.maxsize, 0, 0)
    found = [
        event
        for event in events
        if event["fate"] == "edited"
        and _speaks_of(event["subject"], ref)
        and parts(old) < parts(event["since"]) <= last
    ]
    if not found:
        return None, None
    reasons = " ".join(event["reason"] for event in found)
    return greatest(tuple(it["significance"] for it in found)), reasons


def _speaks_of(subject: str, ref: str) -> bool:
    """Tell whether something is meant: alone, or with its whole language."""
    whole = subject.startswith("locales/") and ref.startswith(f"{subject}/")
    return subject == ref or whole
