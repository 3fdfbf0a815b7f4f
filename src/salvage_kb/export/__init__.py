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
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from salvage_kb.knowledge_base import KnowledgeBase

#: The formats, each with the function that makes its files.
FORMATS: Final[
    Mapping[str, Callable[[Mapping[str, KnowledgeBase]], Iterator[File]]]
] = {
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

__all__ = ["FORMATS", "File", "export", "write"]


def export(
    kb: KnowledgeBase, format: str, locales: Iterable[str] = ()
) -> Iterator[File]:
    """Give the files of a format: their paths, and their bytes.

    Args:
        kb: the content, or a view of it.
        format: one of `FORMATS`.
        locales: the languages, such as ``kb.locales``; without any, the one
            of *kb* itself, by its own policy.

    Raises:
        ImportError: the format needs an extra that is not installed.
        LocaleError: a language is no BCP 47 tag.
        ValueError: there is no such format.
    """
    if format not in FORMATS:
        guess = did_you_mean(near_misses(format, FORMATS))
        known = ", ".join(FORMATS)
        message = f"there is no format {format!r:.50}{guess}; only {known}"
        raise ValueError(message)
    views = {view.locale: view for view in map(kb.localized, locales)}
    return FORMATS[format](views or {kb.locale: kb})


def write(
    kb: KnowledgeBase,
    format: str,
    folder: Path,
    locales: Iterable[str] = (),
) -> Iterator[Path]:
    """Write the files of a format into a folder, and give each path.

    What was there under the same name is replaced, the rest stays.

    Raises:
        ImportError: the format needs an extra that is not installed.
        LocaleError: a language is no BCP 47 tag.
        OSError: a file cannot be written.
        ValueError: there is no such format.
    """
    for file in export(kb, format, locales):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
        yield path
