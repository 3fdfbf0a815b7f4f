"""Tell what became of ids that were published once.

A *reference* names anything that has an id: ``conditions/hiv`` a record,
``conditions/hiv/summary`` a statement, and one step more a caution.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import attrs

from .errors import did_you_mean, near_misses
from .vocabulary import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping

    from .model import Caution, Event, Notice, Statement
    from .records import Record
    from .text import Text


class _Told:
    """Be an answer that can be sent as plain data."""

    __slots__ = ()

    def to_dict(self: Any) -> dict[str, Any]:
        """Give the fields by name."""
        return attrs.asdict(self, recurse=False)


@attrs.frozen
class Current(_Told):
    """Say that a reference leads to what it always led to."""

    ref: str
    item: Record | Statement | Caution | Notice

    def __str__(self) -> str:
        return f"{self.ref}: current"


@attrs.frozen
class Moved(_Told):
    """Say that another id took over.

    Attributes:
        target: the reference to use instead.
        since: the version of the content that moved it.
    """

    ref: str
    target: str
    since: str
    reason: Text

    def __str__(self) -> str:
        return f"{self.ref}: moved to {self.target} in {self.since}"


@attrs.frozen
class Split(_Told):
    """Say that several ids took over.

    Attributes:
        targets: the references that hold what it held.
        since: the version of the content that split it.
    """

    ref: str
    targets: tuple[str, ...]
    since: str
    reason: Text

    def __str__(self) -> str:
        into = " and ".join(self.targets)
        return f"{self.ref}: split into {into} in {self.since}"


@attrs.frozen
class Withdrawn(_Told):
    """Say that there is nothing any more.

    Attributes:
        since: the version of the content that withdrew it.
        harm: how a reader who still sees it may come to harm; none if that
            is not to be feared.
    """

    ref: str
    since: str
    reason: Text
    harm: Text | None

    def __str__(self) -> str:
        harm = f" Harm: {self.harm}" if self.harm else ""
        return f"{self.ref}: withdrawn in {self.since}: {self.reason}{harm}"


@attrs.frozen
class Unknown(_Told):
    """Say that no version ever had this.

    Attributes:
        suggestions: references that look alike, nearest first.
    """

    ref: str
    suggestions: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.ref}: unknown{did_you_mean(self.suggestions)}"


@attrs.frozen
class RecallInUse(_Told):
    """Say where something that was recalled still is.

    Attributes:
        since: the version of the content that withdrew it.
        harm: how a reader who still sees it may come to harm.
        found: the references under which it is still there; a translation
            is ``locales``, the language and the key of its text.
    """

    ref: str
    since: str
    harm: str
    found: tuple[str, ...]

    def __str__(self) -> str:
        places = ", ".join(self.found)
        return f"{self.ref}: withdrawn in {self.since}, here as {places}"


#: No reference is longer.
_LONGEST: Final = 1000
#: How many steps lead to a caution: folder, record, statement, its own.
_DEEPEST: Final = 3
#: What became of an id that was published.
Retired: TypeAlias = "Moved | Split | Withdrawn"
#: All that a reference can be.
Resolution: TypeAlias = "Current | Moved | Split | Withdrawn | Unknown"


def look_up(tables: Mapping[Any, Mapping[str, Any]], ref: str) -> Any:
    """Give the record, notice, statement or caution, or None."""
    home, _, slug = ref.rpartition("/")
    if "/" not in home:
        kind = KINDS.get(home)
        return tables[kind].get(slug) if kind else None
    if home.count("/") >= _DEEPEST:
        return None
    whole = look_up(tables, home)
    parts = getattr(whole, "statements", ()) or getattr(whole, "cautions", ())
    return next((it for it in parts if it.id == ref), None)


def is_live(tables: Mapping[Any, Mapping[str, Any]], ref: str) -> bool:
    """Tell whether a reference leads to something that is there."""
    return look_up(tables, ref) is not None


def retired(events: Iterable[Event]) -> dict[str, Retired]:
    """Give what became of each id that was retired."""
    return {
        event.subject: _retirement(event)
        for event in events
        if event.fate != "edited"
    }


def recalled(events: Iterable[Event]) -> tuple[Withdrawn, ...]:
    """Give what was withdrawn because it may do harm."""
    return recalls_among(retired(events))


def recalls_among(known: Mapping[str, Retired]) -> tuple[Withdrawn, ...]:
    """Give those of all that was retired that may do harm."""
    found = (it for it in known.values() if isinstance(it, Withdrawn))
    return tuple(it for it in found if it.harm is not None)


def recall_row(
    recall: Withdrawn, known: Mapping[str, Retired]
) -> dict[str, Any]:
    """Give a recall as plain data, with the names that it had before."""
    return {
        "ref": recall.ref,
        "former": list(former(known, recall.ref)),
        "since": recall.since,
        "harm": str(recall.harm),
    }


def check_recall_row(row: object) -> None:
    """Refuse what is no recall as plain data.

    Raises:
        ValueError: it is none.
    """
    facts = row if isinstance(row, dict) else {}
    old = facts.get("former", [])
    texts = [facts.get(name) for name in ("ref", "since", "harm")]
    texts += old if isinstance(old, list) else [None]
    if not all(isinstance(it, str) for it in texts):
        message = f"a recall has ref, since, harm and former, not {row!r:.50}"
        raise ValueError(message)


def in_use(
    recalls: Iterable[Mapping[str, Any]],
    is_live: Callable[[str], bool],
    keys: Mapping[str, Iterable[str]],
) -> tuple[RecallInUse, ...]:
    """Find what was recalled, under any name it had, and is still there.

    Args:
        recalls: as `recall_row` gives them.
        is_live: tells whether a reference leads to something.
        keys: those of the texts that each language has.
    """
    used = []
    for row in recalls:
        check_recall_row(row)
        refs = [row["ref"], *row.get("former", ())]
        found = [*filter(is_live, refs)]
        found += (
            f"locales/{tag}/{key}"
            for tag, texts in keys.items()
            for key in texts
            if home_of(refs, key.partition("#")[0])
        )
        if found:
            facts = row["ref"], row["since"], row["harm"]
            used.append(RecallInUse(*facts, tuple(found)))
    return tuple(used)


def _retirement(event: Event) -> Retired:
    if event.fate == "moved":
        (target,) = event.targets
        return Moved(event.subject, target, event.since, event.reason)
    if event.fate == "split":
        return Split(event.subject, event.targets, event.since, event.reason)
    return Withdrawn(event.subject, event.since, event.reason, event.harm)


def home_of(subjects: Container[str], ref: str) -> str | None:
    """Find what was retired: the reference itself, or what it was part of."""
    home = ref
    while home and home not in subjects:
        home = home.rpartition("/")[0]
    return home or None


def heirs(found: Retired | None) -> tuple[str, ...]:
    """Give the references that took over; none if nothing did."""
    if isinstance(found, Moved):
        return (found.target,)
    return found.targets if isinstance(found, Split) else ()


def fate(
    known: Mapping[str, Retired], is_live: Callable[[str], bool], ref: str
) -> Retired | None:
    """Tell what became of a reference that was retired, or its home was.

    A part went the way of the whole: it is the same part of what took over
    the whole, or what became of that, or else what took over the whole.
    """
    home = home_of(known, ref)
    if home is None:
        return None
    found = known[home]
    if isinstance(found, Withdrawn):
        return attrs.evolve(found, ref=ref)
    parts = [heir + ref.removeprefix(home) for heir in heirs(found)]
    new = tuple(filter(is_live, parts))
    if not new:
        later = [fate(known, is_live, part) for part in parts]
        for gone in later:
            if isinstance(gone, Withdrawn):
                return attrs.evolve(gone, ref=ref)
        new = tuple(heir for it in later for heir in heirs(it))
    new = new or heirs(found)
    if len(new) == 1:
        return Moved(ref, new[0], found.since, found.reason)
    return Split(ref, new, found.since, found.reason)


def former(known: Mapping[str, Retired], ref: str) -> tuple[str, ...]:
    """Give the references that something had before it, or its home, moved."""
    return tuple(
        old + ref.removeprefix(heir)
        for old, found in known.items()
        for heir in heirs(found)
        if f"{ref}/".startswith(f"{heir}/")
    )


def resolve(
    tables: Mapping[Any, Mapping[str, Any]],
    known: Mapping[str, Retired],
    ref: str,
) -> Resolution:
    """Tell what a reference leads to; what moved is never followed."""
    if len(ref) > _LONGEST:
        return Unknown(ref, ())
    item = look_up(tables, ref)
    if item is not None:
        return Current(ref, item)
    found = fate(known, partial(is_live, tables), ref)
    return Unknown(ref, _near(tables, ref)) if found is None else found


def _near(
    tables: Mapping[Any, Mapping[str, Any]], ref: str
) -> tuple[str, ...]:
    folder, _, rest = ref.partition("/")
    if "/" in rest:
        return near_misses(ref, tables["statement"])
    ids = tables.get(KINDS.get(folder), ())
    return tuple(f"{folder}/{id}" for id in near_misses(rest, ids))
