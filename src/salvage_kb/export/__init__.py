"""Write the content in the formats that others read.

Each format is a module with one function, which takes views of the content,
one for each language, and gives files: a path and bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from salvage_kb.errors import did_you_mean, near_misses

from . import api, bundle, fhir, jsonld, pages, tables, typescript
from .files import File

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from salvage_kb.knowledge_base import KnowledgeBase

#: The formats, each with the function that makes its files.
FORMATS: Final[Mapping[str, Callable[..., Iterator[File]]]] = {
    "api": api.files,
    "bundle": bundle.files,
    "csv": tables.csv_files,
    "fhir": fhir.files,
    "html": pages.html_files,
    "jsonl": tables.jsonl_files,
    "jsonld": jsonld.files,
    "markdown": pages.markdown_files,
    "parquet": tables.parquet_files,
    "sqlite": tables.sqlite_files,
    "typescript": typescript.files,
}
#: Those in which things have addresses.
ADDRESSED: Final = ("fhir", "jsonld")

__all__ = ["ADDRESSED", "FORMATS", "File", "export", "write"]


def export(
    kb: KnowledgeBase,
    format: str,
    locales: Iterable[str] = (),
    *,
    base: str | None = None,
) -> Iterator[File]:
    """Give the files of a format: their paths, and their bytes.

    Args:
        kb: the content, or a view of it, whose policy holds.
        format: one of `FORMATS`.
        locales: the languages, such as ``kb.locales``; without any, that of
            *kb* itself. A bundle has all, whatever is named.
        base: what the addresses of things begin with, such as
            ``https://example.org/health/``; for FHIR and JSON-LD only.

    Raises:
        ImportError: the format needs something that is not installed.
        LocaleError: a language is no BCP 47 tag, or by the policy it cannot
            be shown.
        ValueError: there is no such format, it has no addresses, or FHIR
            knows no day for the content.
    """
    if format not in FORMATS:
        guess = did_you_mean(near_misses(format, FORMATS))
        known = ", ".join(FORMATS)
        message = f"there is no format {format!r:.50}{guess}; only {known}"
        raise ValueError(message)
    if base is not None and format not in ADDRESSED:
        message = f"{format} has no addresses that could begin with base="
        raise ValueError(message)
    if isinstance(locales, str):
        message = f"locales= takes several languages, not one: ({locales!r},)"
        raise TypeError(message)
    policy = kb.policy._asdict()
    views = [kb.localized(tag, **policy) for tag in locales] or [kb]
    more = {} if base is None else {"base": base}
    return FORMATS[format]({view.locale: view for view in views}, **more)


def write(
    kb: KnowledgeBase,
    format: str,
    folder: str | os.PathLike[str],
    locales: Iterable[str] = (),
    *,
    base: str | None = None,
) -> tuple[Path, ...]:
    """Write the files of a format into a folder, and give their paths.

    What was there under the same name is replaced, the rest stays. See
    `export`.

    Raises:
        OSError: a file cannot be written.
    """
    files = export(kb, format, locales, base=base)
    return tuple(file.write_into(folder) for file in files)
