"""Give other projects content that is small and stays the same, for tests.

It is made up: no sentence of it says anything about a real illness. What it
has is listed in the documentation, under "Test your own project".

With ``pytest_plugins = ["salvage_kb.testing"]`` in a ``conftest.py``, tests
have it as the fixture ``tiny_kb``. (PYTEST_DONT_REWRITE)
"""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from .graph import take_stock
from .integrity import digest
from .knowledge_base import KnowledgeBase
from .vocabulary import FOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .graph import Row

__all__ = ["tiny_knowledge_base"]


@cache
def tiny_knowledge_base() -> KnowledgeBase:
    """Give a knowledge base that has a little of everything.

    Each call gives the same one, which nothing can change.
    """
    records = _records()
    rows: Iterable[Row] = (
        (kind, row["id"], row)
        for kind, folder in FOLDERS.items()
        for row in records[folder]
    )
    files, counts = take_stock(rows)
    files |= {f"locales/es/{it}": digest(_ES[it]) for it in _ES}
    manifest = {
        "schema_version": 1,
        "content_version": "1.1.0",
        "released": "2025-06-01",
        "locale": "en",
        "licence": "CC0-1.0",
        "counts": counts,
        "files": files,
    }
    head = {"manifest": manifest, "locales": {"es": _ES}}
    return KnowledgeBase.from_bundle(head | records)


_ARTICLE = {"source_id": "example-article", "section": "examples"}
_STUDY = {"source_id": "example-study", "read_as": "whole"}
_ILLNESS = "conditions/example-illness"


def _statement(id: str, text: str, aspect: str, **more: Any) -> dict[str, Any]:
    cited = {"citations": [_ARTICLE]}
    return {"id": id, "text": text, "aspect": aspect} | cited | more


def _record(ref: str, *more: Any, **fields: Any) -> dict[str, Any]:
    """Make a record that says what it is; its name follows from its id."""
    id = ref.partition("/")[2]
    name = id.replace("-", " ").capitalize()
    first = _statement(f"{ref}/what-it-is", f"{name} is made up.", "overview")
    told = {"statements": [first, *more], "summary_id": first["id"]}
    return {"id": id, "name": name} | told | fields


def _link(id: str, *statements: str, **more: str) -> dict[str, Any]:
    return {"id": id, "statements": [*statements]} | more


def _records() -> dict[str, Any]:
    """Give the records of each folder."""
    return {
        "sources": _SOURCES,
        "conditions": [_example_illness(), _other_illness()],
        "modalities": [
            _record("modalities/example-medicine", kind="medicine"),
            _record(
                "modalities/example-tablet",
                kind="medicine",
                broader_link=_link(
                    "example-medicine", "modalities/example-tablet/what-it-is"
                ),
            ),
        ],
        "side_effects": [
            _record(
                "side_effects/example-ache",
                clinical_term="Exemplalgia",
                body_system="other",
            ),
            _record("side_effects/example-itch", body_system="other"),
        ],
        "monitoring_tests": [
            _record(
                "monitoring_tests/example-test",
                measures_id="monitoring_tests/example-test/what-it-is",
                why_id="monitoring_tests/example-test/what-it-is",
            )
        ],
        "topics": [_record("topics/example-topic")],
        "notices": _NOTICES,
        "history": _HISTORY,
    }


def _example_illness() -> dict[str, Any]:
    """Make the condition that has everything."""
    treatment, effects, tests = (
        f"{_ILLNESS}/{slug}" for slug in ("treatment", "effects", "tests")
    )
    return _record(
        _ILLNESS,
        _statement(treatment, _TREATMENT, "treatment", cautions=[_CAUTION]),
        _statement(effects, "Ache and itch may follow.", "side-effect"),
        _statement(tests, "The test is made afterwards.", "monitoring"),
        position=10,
        category="other",
        synonyms=[
            {"text": "Sample illness", "type": "lay"},
            {"text": "EXI", "type": "abbreviation"},
        ],
        codes=[_CODE],
        modality_links=[_link("example-medicine", treatment)],
        side_effect_links=[
            _link("example-ache", effects),
            _link("example-itch", effects),
        ],
        monitoring_links=[_link("example-test", tests, timing="after")],
    )


def _other_illness() -> dict[str, Any]:
    """Make a condition that is linked to the narrower modality only."""
    ref = "conditions/other-illness"
    links = [_link("example-tablet", f"{ref}/what-it-is")]
    return _record(ref, position=20, category="other", modality_links=links)


_TREATMENT = "The medicine is used for the illness."
_CAUTION: dict[str, Any] = {
    "id": f"{_ILLNESS}/treatment/not-for-all",
    "kind": "conflicts",
    "text": "The study says that the medicine is not for all.",
    "safety": True,
    "citations": [_STUDY],
}
_CODE = {
    "system": "https://example.org/codes",
    "code": "EX-1",
    "display": "Example illness",
    "match": "exact",
    "licence": "CC0-1.0",
    "verified_in": "2025",
}
_SOURCES = [
    {
        "id": "example-article",
        "name": "The Example Article",
        "publisher": "Example Press",
        "url": "https://example.org/article",
        "published": "2024-12",
        "reviewer": "A. Example",
        "reviewed_on": "2025-01-01",
        "licence": "CC0-1.0",
        "sections": ["examples"],
    },
    {
        "id": "example-study",
        "name": "The Example Study",
        "publisher": "Example Press",
        "licence": "CC0-1.0",
    },
]
_NOTICES = [
    {
        "id": "example-disclaimer",
        "position": 10,
        "kind": "disclaimer",
        "text": "This is an example. It is no information about health.",
        "citations": [_ARTICLE],
    },
    {
        "id": "example-attribution",
        "position": 20,
        "kind": "attribution",
        "text": "Everybody may use the example as they like.",
    },
]
_HISTORY = [
    {
        "id": "example-moved",
        "subject": "conditions/old-illness",
        "fate": "moved",
        "since": "1.1.0",
        "targets": [_ILLNESS],
        "reason": "The example has a better name.",
    },
    {
        "id": "example-withdrawn",
        "subject": "side_effects/example-cough",
        "fate": "withdrawn",
        "since": "1.1.0",
        "reason": "The example was wrong.",
        "harm": "Somebody may take the example for real.",
    },
]


def _draft(source: str, text: str) -> dict[str, str]:
    return {"source": source, "text": text, "status": "draft"}


#: A draft that lacks much. One text of it is stale.
_ES: dict[str, dict[str, Any]] = {
    "locale.json": {
        "locale": "es",
        "name": "Español",
        "translated_by": "machine",
    },
    "conditions/example-illness.json": {
        "id": "example-illness",
        "texts": {
            f"{_ILLNESS}#name": _draft(
                "Example illness", "Enfermedad de ejemplo"
            ),
            f"{_ILLNESS}/what-it-is": _draft(
                "Example illness is rare.", "La enfermedad es rara."
            ),
            f"{_ILLNESS}/treatment": _draft(
                _TREATMENT, "La medicina se usa para la enfermedad."
            ),
            _CAUTION["id"]: _draft(
                _CAUTION["text"],
                "El estudio dice que la medicina no es para todos.",
            ),
        },
    },
}

with suppress(ImportError):
    import pytest

    @pytest.fixture(name="tiny_kb", scope="session")
    def _tiny_kb() -> KnowledgeBase:
        """Give the content of `tiny_knowledge_base`."""
        return tiny_knowledge_base()
