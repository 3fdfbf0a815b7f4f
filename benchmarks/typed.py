"""Describe our bundles as pydantic models, as far as one field alone can."""

from typing import Any

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """Take the fields that are named, and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Citation(Part):
    """See `salvage_kb.model`, as for all of these."""

    source_id: str
    section: str | None = None


class Caution(Part):
    """Stand beside a statement."""

    id: str
    kind: str
    text: str
    safety: bool = False
    citations: tuple[Citation, ...]


class Statement(Part):
    """Say one thing."""

    id: str
    text: str
    aspect: str
    citations: tuple[Citation, ...]
    cautions: tuple[Caution, ...] = ()


class Synonym(Part):
    """Give another name."""

    text: str
    type: str


class Code(Part):
    """Name the concept in a code system."""

    system: str
    code: str
    display: str
    match: str
    licence: str
    verified_in: str


class Link(Part):
    """Join two records."""

    id: str
    statements: tuple[str, ...]
    timing: str | None = None


class Source(Part):
    """Be what statements cite."""

    id: str
    name: str
    publisher: str
    url: str | None = None
    published: str | None = None
    licence: str
    sections: tuple[str, ...] = ()


class Record(Part):
    """Be a record of any of the five kinds."""

    id: str
    name: str
    synonyms: tuple[Synonym, ...] = ()
    statements: tuple[Statement, ...] = ()
    codes: tuple[Code, ...] = ()
    summary_id: str
    measures_id: str | None = None
    why_id: str | None = None
    category: str | None = None
    kind: str | None = None
    body_system: str | None = None
    broader_link: Link | None = None
    modality_links: tuple[Link, ...] = ()
    side_effect_links: tuple[Link, ...] = ()
    monitoring_links: tuple[Link, ...] = ()


class Bundle(Part):
    """Be a whole bundle; translations stay plain, as ours do at first."""

    manifest: dict[str, Any]
    locales: dict[str, Any] = {}
    notices: tuple[dict[str, Any], ...] = ()
    sources: tuple[Source, ...] = ()
    conditions: tuple[Record, ...] = ()
    modalities: tuple[Record, ...] = ()
    side_effects: tuple[Record, ...] = ()
    monitoring_tests: tuple[Record, ...] = ()
    topics: tuple[Record, ...] = ()
