"""Write JSON-LD in the terms of schema.org, a document for each page.

Review and language belong to the page, not to the illness that it is about:
schema.org has them so. ``reviewedBy`` and ``lastReviewed`` of a page speak of
our text, and are there only once somebody signed it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from salvage_kb.vocabulary import FOLDERS

from .files import File, json_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from salvage_kb.knowledge_base import KnowledgeBase
    from salvage_kb.model import Caution, Citation, Code, Notice, Statement
    from salvage_kb.records import Record, Source
    from salvage_kb.text import Text
    from salvage_kb.vocabulary import Aspect, Kind

    Node = dict[str, Any]

#: What the ids of nodes begin with, unless the caller has an address.
BASE: Final = "urn:salvage-kb:"
_TYPES: Final[dict[Kind, str]] = {
    "condition": "MedicalCondition",
    "modality": "MedicalTherapy",
    "side_effect": "MedicalSymptom",
    "monitoring_test": "MedicalTest",
}
_ASPECTS: Final[dict[Aspect, str]] = {
    "overview": "OverviewHealthAspect",
    "indication": "TreatmentsHealthAspect",
    "treatment": "TreatmentsHealthAspect",
    "side-effect": "SideEffectsHealthAspect",
    "preparation": "HowItWorksHealthAspect",
    "monitoring": "ScreeningHealthAspect",
    "follow-up": "LivingWithHealthAspect",
    "prognosis": "PrognosisHealthAspect",
    "advice": "SeeDoctorHealthAspect",
}


def files(views: Mapping[str, KnowledgeBase]) -> Iterator[File]:
    """Give a document for each record and language."""
    tags = tuple(views)
    for tag, view in views.items():
        for kind, folder in FOLDERS.items():
            if kind in {*_TYPES, "topic"}:
                for id, record in view.table(kind).items():
                    path = f"{tag}/{folder}/{id}.jsonld"
                    yield json_file(path, document(view, record, tags))


def document(
    view: KnowledgeBase,
    record: Record,
    tags: Iterable[str] = (),
    base: str = BASE,
) -> Node:
    """Describe the page about a record, in the language of a view.

    Args:
        view: the content.
        record: a condition, modality, side effect, test or topic of it.
        tags: the languages in which there are such pages.
        base: what the ids of nodes begin with, such as the address of a site.
    """
    ref = f"{FOLDERS[record.record_kind]}/{record.id}"
    imprint = view.imprint
    page: Node = {
        "@context": "https://schema.org",
        "@type": "MedicalWebPage",
        "@id": f"{base}{imprint.locale}/{ref}",
        "name": str(record.name),
        "inLanguage": imprint.locale,
        "version": imprint.content_version,
        "license": f"https://spdx.org/licenses/{imprint.licence}.html",
        "isAccessibleForFree": True,
    }
    if record.name.status == "draft":
        page["creativeWorkStatus"] = "Draft"
    if record.record_kind in _TYPES:
        page["mainEntity"] = _entity(view, record, base)
    cited = {id for it in record.statements for id in it.source_ids}
    basis = {c.source_id for it in record.statements for c in it.citations}
    page["isBasedOn"] = [
        _source(view.sources[id], base) for id in sorted(basis)
    ]
    others = sorted(cited - basis)
    page["citation"] = [_source(view.sources[id], base) for id in others]
    page["mentions"] = _mentions(view, record, base)
    page["hasPart"] = [_section(it, base) for it in record.statements]
    page["usageInfo"] = [_notice(it, base) for it in imprint.notices]
    page |= _translations(view, ref, tags, base)
    if review := record.review.signature:
        page["reviewedBy"] = {"@type": "Person", "name": review.reviewer}
        page["lastReviewed"] = review.signed_on.isoformat()
    return {name: it for name, it in page.items() if it != []}


def _node(view: KnowledgeBase, kind: Kind, id: str, base: str) -> Node:
    """Name another record, whose page has the rest."""
    record = view.table(kind)[id]
    iri = f"{base}{FOLDERS[kind]}/{id}"
    return {"@type": _TYPES[kind], "@id": iri, "name": str(record.name)}


def _entity(view: KnowledgeBase, record: Record, base: str) -> Node:
    node = _node(view, record.record_kind, record.id, base)
    node["alternateName"] = [str(it.text) for it in record.synonyms]
    node["code"] = [_code(it) for it in record.codes if it.match == "exact"]
    for field, kind in (
        ("possibleTreatment", "modality"),
        ("typicalTest", "monitoring_test"),
    ):
        if record.record_kind == "condition":
            node[field] = [
                _node(view, k, id, base)
                for k, id in view.neighbors(record.key)
                if k == kind
            ]
    return {name: it for name, it in node.items() if it != []}


def _code(code: Code) -> Node:
    return {
        "@type": "MedicalCode",
        "codeValue": code.code,
        "codingSystem": code.system,
        "name": code.display,
    }


def _mentions(view: KnowledgeBase, record: Record, base: str) -> list[Node]:
    """Name what a page links to and no property of its entity says."""
    said = {"modality", "monitoring_test"}
    if record.record_kind != "condition":
        said = set()
    return [
        _node(view, kind, id, base)
        for kind, id in view.neighbors(record.key)
        if kind not in said
    ]


def _work(text: Text) -> Node:
    """Give words with the language that they really have."""
    work: Node = {"text": str(text), "inLanguage": text.lang}
    if text.status == "draft":
        work["creativeWorkStatus"] = "Draft"
    return work


def _section(statement: Statement, base: str) -> Node:
    aspect = f"https://schema.org/{_ASPECTS[statement.aspect]}"
    node = {
        "@type": "HealthTopicContent",
        "@id": f"{base}{statement.text.lang}/{statement.id}",
        "hasHealthAspect": aspect,
        **_work(statement.text),
        "citation": _citations(statement.citations, base),
    }
    if statement.cautions:
        node["hasPart"] = [_caution(it, base) for it in statement.cautions]
    return node


def _caution(caution: Caution, base: str) -> Node:
    node: Node = {
        "@type": "WebContent",
        "@id": f"{base}{caution.text.lang}/{caution.id}",
        "name": "Safety caution" if caution.safety else "Caution",
        **_work(caution.text),
        "citation": _citations(caution.citations, base),
    }
    if caution.original:
        node["translationOfWork"] = {
            "@type": "WebContent",
            **_work(caution.original),
        }
    return node


def _citations(citations: Iterable[Citation], base: str) -> list[Node]:
    """Point to a section of a source, and say how much of it was read."""
    found = []
    for it in citations:
        whole = {"@type": "WebPage", "@id": f"{base}sources/{it.source_id}"}
        node: Node = {"@type": "CreativeWork", "isPartOf": whole}
        if it.section:
            node["identifier"] = it.section
        if it.read_as:
            node["description"] = f"read as: {it.read_as}"
        found.append(node)
    return found


def _source(source: Source, base: str) -> Node:
    """Describe a source with its own dates and its own reviewer."""
    node: Node = {
        "@type": "WebPage",
        "@id": f"{base}sources/{source.id}",
        "name": str(source.name),
        "publisher": {"@type": "Organization", "name": source.publisher},
    }
    more = {
        "url": source.url,
        "datePublished": source.published,
        "lastReviewed": source.reviewed_on and source.reviewed_on.isoformat(),
        "reviewedBy": source.reviewer
        and {"@type": "Person", "name": source.reviewer},
    }
    return node | {name: it for name, it in more.items() if it}


def _notice(notice: Notice, base: str) -> Node:
    node = {
        "@type": "CreativeWork",
        "@id": f"{base}{notice.text.lang}/notices/{notice.id}",
        **_work(notice.text),
    }
    if notice.citations:
        node["citation"] = _citations(notice.citations, base)
    return node


def _translations(
    view: KnowledgeBase, ref: str, tags: Iterable[str], base: str
) -> Node:
    first = view.locales[0]
    pages = [
        {
            "@type": "MedicalWebPage",
            "@id": f"{base}{tag}/{ref}",
            "inLanguage": tag,
        }
        for tag in tags
        if tag not in {first, view.locale}
    ]
    if view.locale == first:
        return {"workTranslation": pages}
    original = {"@type": "MedicalWebPage", "@id": f"{base}{first}/{ref}"}
    return {"translationOfWork": original | {"inLanguage": first}}
