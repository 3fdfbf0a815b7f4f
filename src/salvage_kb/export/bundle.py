"""Write everything as one file, which `KnowledgeBase.load` reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .files import File, json_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from salvage_kb.knowledge_base import KnowledgeBase


def files(views: Mapping[str, KnowledgeBase]) -> Iterator[File]:
    """Give the bundle; it has all languages, whichever were asked for."""
    some = next(iter(views.values()))
    yield json_file("salvage-kb.json", some.to_bundle())
