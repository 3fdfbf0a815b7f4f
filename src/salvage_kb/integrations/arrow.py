"""Find terms in columns of text, batch by batch.

The same function runs in one process, in Spark (``mapInArrow``), in DuckDB or
in Ray: it takes an iterator of Arrow record batches and gives one. It needs
the extra ``arrow``.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import attrs

from salvage_kb.knowledge_base import BUNDLED, KnowledgeBase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from salvage_kb.linking import Linker
    from salvage_kb.records import Record

#: The columns of what is found, as Spark's DDL has them.
DDL: Final = "start int, end int, matched string, ref string"
_MADE: Final = ("start", "end", "matched", "ref")


@cache
def _linker(content: str | None, locale: str | None) -> Linker[Record]:
    """Make the linker once in each process."""
    kb = BUNDLED if content is None else KnowledgeBase.load(content)
    return kb.linker(locale)


def finder(
    text: str = "text",
    keep: str = "id",
    *,
    locale: str | None = None,
    first_only: bool = False,
    content: str | None = None,
) -> Callable[[Iterable[Any]], Iterator[Any]]:
    """Make a function that finds the content's terms in batches.

    It takes record batches and gives as many: for each span a row with the
    kept column, ``start`` and ``end`` in characters, what is ``matched``, and
    the reference (``ref``) of the record, such as ``conditions/hiv``. A text
    that is null has none. The function can be pickled.

    Args:
        text: the column with the texts.
        keep: the column that says which text it is.
        locale: in which language the terms are; the base language if none.
        first_only: give each record only where it stands first in a text.
        content: the path of content of your own, which each process loads.

    Raises:
        ContentError: something is wrong with that content.
        ImportError: pyarrow is not installed.
        LocaleError: the locale is no BCP 47 tag.
        ValueError: the kept column has the name of one that is made.
    """
    if keep in _MADE:
        message = f"keep={keep!r} is made already: rename that column"
        raise ValueError(message)
    try:
        import pyarrow  # noqa: F401, ICN001  # only to say that it is missing
    except ModuleNotFoundError:
        message = "this needs an extra: pip install 'salvage-kb[arrow]'"
        raise ImportError(message) from None
    _linker(content, locale)
    return _Finder(text, keep, locale, first_only, content)


@attrs.frozen
class _Finder:
    """Be what `finder` gives, by name, so that other processes can have it."""

    text: str
    keep: str
    locale: str | None
    first_only: bool
    content: str | None

    def __call__(self, batches: Iterable[Any]) -> Iterator[Any]:
        return map(self.find, batches)

    def find(self, batch: Any) -> Any:
        """Find the terms in one batch, or in one table."""
        import pyarrow as pa

        find = _linker(self.content, self.locale).find
        rows: list[int] = []
        found: list[tuple[int, int, str, str]] = []
        for row, text in enumerate(batch.column(self.text).to_pylist()):
            for it in find(text or "", first_only=self.first_only):
                rows.append(row)
                found.append((it.start, it.end, it.matched, it.record.ref))
        kept = batch.column(self.keep).take(pa.array(rows, pa.int64()))
        start, end, matched, refs = (
            zip(*found, strict=True) if found else [()] * 4
        )
        kind = pa.Table if isinstance(batch, pa.Table) else pa.RecordBatch
        return kind.from_arrays(
            [
                kept,
                pa.array(start, pa.int32()),
                pa.array(end, pa.int32()),
                pa.array(matched, pa.string()),
                pa.array(refs, pa.string()),
            ],
            names=[self.keep, *_MADE],
        )
