"""Hold the collections: ordered, immutable sets of records of one kind."""

from __future__ import annotations

from functools import wraps
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Final,
    Generic,
    NamedTuple,
    ParamSpec,
    Self,
    TypeVar,
    get_args,
    overload,
)

from .errors import RetiredId, UnknownId, did_you_mean, near_misses
from .flat import to_row
from .immutable import Immutable
from .model import Event, Notice, Statement
from .records import Record, check_record
from .vocabulary import (
    CODE_SYSTEMS,
    FOLDERS,
    Fallback,
    Key,
    Kind,
    Match,
    Stale,
    Timing,
    TranslationStatus,
    check_choice,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from .model import View
    from .search import Hit

_P = ParamSpec("_P")
_C = TypeVar("_C")
_D = TypeVar("_D")
_SYSTEMS: Final = {k.casefold(): uri for k, uri in CODE_SYSTEMS.items()}
#: How many ids a repr shows.
_SHOWN: Final = 5
#: Of how many records one is few: sorting these is faster than a look at all.
_FEW: Final = 16
_R = TypeVar("_R", bound="Record | Statement | Notice | Event")
_S = TypeVar("_S", bound=Record)


def explaining(method: Callable[_P, _C]) -> Callable[_P, _C]:
    """Let a method with keywords only name them where one is wrong."""
    known = tuple(method.__kwdefaults__ or ())

    @wraps(method)
    def checked(*args: _P.args, **kwargs: _P.kwargs) -> _C:
        for name in kwargs:
            if name not in known:
                message = (
                    f"{method.__qualname__}() has no keyword {name!r}"
                    f"{did_you_mean(near_misses(name, known))}; "
                    f"it takes {', '.join(known)}"
                )
                raise TypeError(message)
        return method(*args, **kwargs)

    return checked


class Collection(Immutable, Generic[_R]):
    """Hold records of one kind in editorial order.

    Iteration gives records, ``[]`` takes ids, ``in`` takes either. Equality
    is that of the records, in their order.
    """

    __slots__ = ("_subset", "_view")

    kind: ClassVar[Kind]

    def __init__(
        self, view: View, subset: Mapping[str, _R] | None = None
    ) -> None:
        self._view = view
        self._subset = subset

    @property
    def _records(self) -> Mapping[str, _R]:
        if self._subset is None:
            return self._view.table(self.kind)
        return self._subset

    @property
    def ids(self) -> tuple[str, ...]:
        """List the ids in editorial order."""
        return tuple(self._records)

    def __getitem__(self, id: str) -> _R:
        """Look up a record by its id.

        Raises:
            RetiredId: it was published once; the error says what became of it.
            UnknownId: no record here has it; the error names near misses.
        """
        self._check_id(id)
        try:
            return self._records[id]
        except KeyError:
            raise unknown(self._view, self.kind, id, self._records) from None

    @overload
    def get(self, id: str) -> _R | None: ...
    @overload
    def get(self, id: str, default: _D) -> _R | _D: ...
    def get(self, id: str, default: object = None) -> object:
        """Look up a record by its id, or give *default*.

        Raises:
            RetiredId: it was published once; the error says what became of it.
        """
        self._check_id(id)
        if id in self._records:
            return self._records[id]
        error = unknown(self._view, self.kind, id, ())
        if isinstance(error, RetiredId):
            raise error
        return default

    def _check_id(self, id: object) -> None:
        if not isinstance(id, str):
            message = (
                f"{type(self).__name__} takes an id, not {id!r:.50}; "
                "for a position use tuple(...)[position]"
            )
            raise TypeError(message)

    def __iter__(self) -> Iterator[_R]:
        """Go through the records in editorial order."""
        return iter(self._records.values())

    def __reversed__(self) -> Iterator[_R]:
        """Go through the records, the last one first."""
        return iter([self._records[id] for id in reversed(self.ids)])

    def __len__(self) -> int:
        """Count the records."""
        return len(self._records)

    def __contains__(self, item: object) -> bool:
        """Tell whether an id, or a record by kind and id, is in here."""
        if isinstance(item, (Record, Statement, Notice, Event)):
            return item.record_kind == self.kind and item.id in self._records
        return isinstance(item, str) and item in self._records

    def to_records(self) -> list[dict[str, Any]]:
        """Give a row of plain values for each, as ``pandas.DataFrame`` takes.

        Lists are joined by ``" | "``. Each row says its language and how far
        it was checked, and has the notices and the version of the content; a
        statement has its cautions.
        """
        imprint = self._view.imprint
        return [to_row(item, imprint) for item in self]

    def linked_to(self, record: Record) -> Self:
        """Keep what the content links directly to a record."""
        check_record("linked_to", record, self._view)
        linked = self._view.neighbors(record.key)
        return self._only({id for kind, id in linked if kind == self.kind})

    def _only(
        self,
        *ids: set[str] | None,
        test: Callable[[_R], bool] = lambda _: True,
    ) -> Self:
        wanted = [some for some in ids if some is not None]
        records = self._records
        found = {
            id: records[id]
            for id in self._among(wanted)
            if all(id in some for some in wanted) and test(records[id])
        }
        return type(self)(self._view, found)

    def _among(self, wanted: list[set[str]]) -> Iterable[str]:
        """Give the ids that may be in all of these sets, in order.

        To sort a few is faster than to go through all.
        """
        few = min(wanted, key=len, default=None)
        table: Mapping[str, Any] = self._records
        is_whole = self._subset is None
        if few is None or not is_whole or len(few) * _FEW > len(table):
            return table
        there = [id for id in few if id in table]
        return sorted(there, key=lambda it: (table[it].position, it))

    def _joined(
        self,
        kind: Kind,
        wanted: str | Record | None,
        timing: Timing | None = None,
    ) -> set[str] | None:
        """Find the ids linked to a record or, with a timing, to any."""
        if wanted is None and timing is None:
            return None
        if timing is not None:
            check_choice("timing=", timing, Timing)
        return {
            id
            for target in self._targets(kind, wanted)
            for key, link in self._view.neighbors((kind, target)).items()
            for own, id in [key]
            if own == self.kind
            and (timing is None or getattr(link, "timing", None) == timing)
        }

    def _targets(
        self, kind: Kind, wanted: str | Record | None
    ) -> Iterable[str]:
        table = self._view.table(kind)
        if wanted is None:
            return table
        found = {_id_of(kind, wanted, self._view): None}
        if kind == "modality":
            _add_narrower(found, self._view)
        return found

    def _combine(self, other: object, sign: str) -> Mapping[str, _R]:
        if not isinstance(other, type(self)):
            message = (
                f"{sign} needs two collections of one kind, not "
                f"{type(self).__name__} and {type(other).__name__}"
            )
            raise TypeError(message)
        if not self._view.shares(other._view):  # noqa: SLF001  # of the same class
            message = (
                f"{sign} needs two collections of the same content: these "
                "come from knowledge bases that differ"
            )
            raise TypeError(message)
        return other._records  # noqa: SLF001  # of the same class

    def __and__(self, other: Self) -> Self:
        """Keep what is in both, in the order of the left side."""
        own, others = self._records, self._combine(other, "&")
        both = {id: own[id] for id in own if id in others}
        return type(self)(self._view, both)

    def __sub__(self, other: Self) -> Self:
        """Keep what is only on the left side."""
        own, others = self._records, self._combine(other, "-")
        left = {id: own[id] for id in own if id not in others}
        return type(self)(self._view, left)

    def __or__(self, other: Self) -> Self:
        """Join both: the left side, then what only the right side has."""
        others = self._combine(other, "|")
        whole: Mapping[str, _R] = self._view.table(self.kind)
        ids = [*self._records, *others]
        union = {id: whole[id] for id in ids if id in whole}
        return type(self)(self._view, union)

    def __eq__(self, other: object) -> bool:
        """Compare the records, in their order."""
        if not isinstance(other, type(self)):
            return NotImplemented
        if self.ids != other.ids:
            return False
        same = self._view is other._view  # of the same class
        return same or tuple(self) == tuple(other)

    def __hash__(self) -> int:
        """Agree with equality."""
        return hash((self.kind, self.ids))

    def localized(
        self,
        tag: str,
        *,
        fallback: Fallback = "allow",
        min_status: TranslationStatus = "draft",
        stale: Stale = "show",
    ) -> Self:
        """Give the same records in another language.

        See `KnowledgeBase.localized`.
        """
        view = self._view.localized(
            tag, fallback=fallback, min_status=min_status, stale=stale
        )
        whole: Mapping[str, _R] = view.table(self.kind)
        if self._subset is None:
            return type(self)(view)
        kept = {id: whole[id] for id in self._subset if id in whole}
        return type(self)(view, kept)

    def __repr__(self) -> str:
        """Count the records and show the first ids, without loading."""
        name = type(self).__name__
        if not self._view.is_loaded:
            return f"<{name}: not loaded yet>"
        ids = self.ids
        shown = [*ids[:_SHOWN], *(["..."] if ids[_SHOWN:] else [])]
        return f"<{name}: {len(ids)} ({', '.join(shown)})>"

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle a bundled collection as its ids."""
        if not self._view.is_bundled:
            message = (
                "only collections of the bundled content can be pickled; "
                "for others pickle tuple(...) of the records"
            )
            raise TypeError(message)
        ids = None if self._subset is None else self.ids
        return _restore, (type(self), self._view, ids)


class CodeMatch(NamedTuple, Generic[_S]):
    """Say which record a standard code belongs to, and how well.

    Attributes:
        match: ``broad`` says that the code means more than the record,
            ``narrow`` that it means less.
    """

    record: _S
    match: Match


class RecordCollection(Collection[_S]):
    """Hold records, which may have standard codes."""

    __slots__ = ()

    def search(self, query: str, *, limit: int = 20) -> tuple[Hit[_S], ...]:
        """Find records of this collection, best first.

        See `KnowledgeBase.search`.
        """
        among: set[Key] = {(self.kind, id) for id in self._records}
        return self._view.hits(query, among, limit=limit)

    def by_code(self, system: str, code: str) -> tuple[CodeMatch[_S], ...]:
        """Find the records that have a standard code, exact matches first.

        The system is a canonical URI, or one of the short names HPO, Mondo,
        DOID, NCIt, MeSH, ICD-10-CM, MAXO, LOINC and RxNorm, in any case. A
        code that is not known gives ``()``.
        """
        for name, value in (("system", system), ("code", code)):
            if not isinstance(value, str):
                message = f"{name} should be text, not {value!r:.50}"
                raise TypeError(message)
        uri = _SYSTEMS.get(system.casefold(), system)
        if ":" not in uri:
            guess = did_you_mean(near_misses(uri, CODE_SYSTEMS))
            message = (
                f"{system!r:.50} is no URI and no short name of a code "
                f"system{guess}; the names are {', '.join(CODE_SYSTEMS)}"
            )
            raise ValueError(message)
        found = [
            CodeMatch(record, it.match)
            for record in self
            for it in record.codes
            if (it.system, it.code) == (uri, code)
        ]
        order = get_args(Match)
        return tuple(sorted(found, key=lambda it: order.index(it.match)))


def _restore(
    cls: type[Collection[Any]], view: View, ids: tuple[str, ...] | None
) -> Collection[Any]:
    table = view.table(cls.kind)
    return cls(view, None if ids is None else {id: table[id] for id in ids})


def unknown(
    view: View, kind: Kind, id: str, known: Iterable[str]
) -> UnknownId:
    """Make the error for an id that leads to nothing, or to nothing now."""
    ref = id if kind == "statement" else f"{FOLDERS[kind]}/{id}"
    resolution = view.fate(ref)
    if resolution is not None:
        return RetiredId(kind, id, resolution)
    return UnknownId.among(kind, id, known)


def _id_of(kind: Kind, wanted: object, view: View) -> str:
    label = kind.replace("_", " ")
    if isinstance(wanted, Record):
        check_record("where", wanted, view)
        if wanted.record_kind != kind:
            other = wanted.record_kind.replace("_", " ")
            message = f"{kind}= takes a {label}, not the {other} {wanted.id!r}"
            raise TypeError(message)
        wanted = wanted.id
    if not isinstance(wanted, str):
        message = f"{kind}= takes a {label} or its id, not {wanted!r:.50}"
        raise TypeError(message)
    table = view.table(kind)
    if wanted not in table:
        raise unknown(view, kind, wanted, table)
    return wanted


def _add_narrower(found: dict[str, None], view: View) -> None:
    """Add what is linked to one of these as narrower, or to one of those."""
    table, left = view.table("modality"), list(found)
    while left:
        wider = left.pop()
        for (kind, id), link in view.neighbors(("modality", wider)).items():
            is_narrower = kind == "modality" and link.id == wider
            if is_narrower and id in table and id not in found:
                found[id] = None
                left.append(id)
