"""Write FHIR: terms for a terminology server, and documents for readers.

Everything is valid in R5, and in R4 too but for the ConceptMap, which R5
words differently. Nothing here is a claim about a patient: names become
concepts of a CodeSystem, and every document is ``preliminary`` unless
somebody signed its text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import NAMESPACE_URL, uuid5

from salvage_kb.vocabulary import FOLDERS

from .files import File, json_file
from .pages import html_body, page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from salvage_kb.knowledge_base import KnowledgeBase
    from salvage_kb.model import Code
    from salvage_kb.records import Record
    from salvage_kb.text import Text
    from salvage_kb.vocabulary import Kind, Match

    Resource = dict[str, Any]
    Views = Mapping[str, KnowledgeBase]

#: What canonical addresses begin with, unless the caller has an own one.
BASE: Final = "urn:salvage-kb:fhir:"
_KINDS: Final[tuple[Kind, ...]] = (
    "condition",
    "modality",
    "side_effect",
    "monitoring_test",
    "topic",
)
#: R5's word for a code that matches in such a way; the source is our concept.
_RELATIONSHIPS: Final[dict[Match, str]] = {
    "exact": "equivalent",
    "close": "related-to",
    "broad": "source-is-narrower-than-target",
    "narrow": "source-is-broader-than-target",
}
_PUBLISHER: Final = "The salvage-kb maintainers"
_XHTML: Final = "http://www.w3.org/1999/xhtml"


def files(views: Views, base: str = BASE) -> Iterator[File]:
    """Give the terms, the manifest, and a document per record and language.

    Args:
        views: the content by language.
        base: what the canonical addresses of resources begin with.

    Raises:
        ValueError: the content names no day at all, which FHIR asks for.
    """
    some = next(iter(views.values()))
    plain = some.localized(some.locales[0])
    terms = [code_system(plain, views, base)]
    terms += [value_set(plain, kind, base) for kind in _KINDS]
    codes = concept_map(plain, base)
    terms.append(library(plain, [*terms, codes], base))
    for it in terms:
        yield json_file(f"{it['resourceType']}-{it['id']}.json", it)
    yield json_file("r5/ConceptMap-codes.json", codes)
    for tag, view in views.items():
        for ref, record in _records(view):
            path = f"{tag}/{ref}.json"
            yield json_file(path, document(view, record, base))


def _artifact(view: KnowledgeBase, type: str, id: str, base: str) -> Resource:
    """Begin a resource with what all that have a canonical address share."""
    imprint = view.imprint
    notices = (str(it.text) for it in imprint.notices)
    return {
        "resourceType": type,
        "id": id,
        "language": view.locale,
        "url": f"{base}{type}/{id}",
        "version": imprint.content_version,
        "status": "draft",
        "experimental": False,
        "date": _day(view).isoformat(),
        "publisher": _PUBLISHER,
        "copyright": f"{imprint.licence}\n\n" + "\n\n".join(notices),
    }


def _day(view: KnowledgeBase) -> date:
    """Tell when the content was released, or the last day that it names."""
    days = [it.reviewed_on for it in view.sources if it.reviewed_on]
    signed = (it.text_review for _, it in _records(view))
    days += [it.signed_on for it in signed if it]
    found = view.manifest.released or max(days, default=None)
    if found is None:
        raise ValueError(
            "FHIR asks for a date: set $.released in manifest.json"
        )
    return found


def _records(view: KnowledgeBase) -> Iterator[tuple[str, Record]]:
    for kind in _KINDS:
        for id, record in view.table(kind).items():
            yield f"{FOLDERS[kind]}/{id}", record


def code_system(
    plain: KnowledgeBase, views: Views, base: str = BASE
) -> Resource:
    """Give all records as concepts, with their names in every language.

    The code of a concept is its reference, such as ``conditions/hiv``; its
    definition is the summary, with cautions. A name that is a draft says so
    in an extension.
    """
    concepts = [
        {
            "code": ref,
            "display": str(record.name),
            "definition": str(record.summary),
            "designation": [
                it
                for view in views.values()
                for it in _designations(view, record, base)
            ],
            "property": [{"code": "kind", "valueCode": record.record_kind}],
        }
        for ref, record in _records(plain)
    ]
    return _artifact(plain, "CodeSystem", "salvage-kb", base) | {
        "name": "SalvageKB",
        "title": "Salvage therapy: conditions, treatments, effects, tests",
        "caseSensitive": True,
        "content": "complete",
        "count": len(concepts),
        "property": [{"code": "kind", "type": "code"}],
        "concept": concepts,
    }


def _designations(
    view: KnowledgeBase, record: Record, base: str
) -> Iterator[Resource]:
    table = view.table(record.record_kind)
    told = table.get(record.id)
    if told is None:  # the view omits what it has no translation of
        return
    term = getattr(told, "clinical_term", None)
    synonyms = (it.text for it in told.synonyms)
    for text in dict.fromkeys((told.name, *filter(None, [term]), *synonyms)):
        if not text.is_fallback:
            found = {"language": text.lang, "value": str(text)}
            yield found | _status(text, base)


def _status(text: Text, base: str) -> Resource:
    if text.status in {"source", "reviewed"} and not text.stale:
        return {}
    word = "stale" if text.stale else text.status
    url = f"{base}StructureDefinition/translation-status"
    return {"extension": [{"url": url, "valueCode": word}]}


def value_set(view: KnowledgeBase, kind: Kind, base: str = BASE) -> Resource:
    """Give the records of a kind as a set of concepts."""
    name = FOLDERS[kind]
    concepts = [
        {"code": f"{name}/{id}", "display": str(record.name)}
        for id, record in view.table(kind).items()
    ]
    include: Resource = {
        "system": f"{base}CodeSystem/salvage-kb",
        "version": view.content_version,
    }
    if concepts:
        include["concept"] = concepts
    id = name.replace("_", "-")
    return _artifact(view, "ValueSet", id, base) | {
        "name": f"SalvageKB{name.title().replace('_', '')}",
        "title": f"Salvage therapy: {name.replace('_', ' ')}",
        "compose": {"include": [include]},
    }


def concept_map(view: KnowledgeBase, base: str = BASE) -> Resource:
    """Map the concepts to standard codes, as R5 has it."""
    groups: dict[str, dict[str, list[Code]]] = {}
    for ref, record in _records(view):
        for code in record.codes:
            held = groups.setdefault(code.system, {})
            held.setdefault(ref, []).append(code)
    source = f"{base}CodeSystem/salvage-kb"
    return _artifact(view, "ConceptMap", "codes", base) | {
        "name": "SalvageKBCodes",
        "title": "Salvage therapy: standard codes",
        "group": [
            {
                "source": source,
                "target": system,
                "element": [
                    {"code": ref, "target": [_target(it) for it in codes]}
                    for ref, codes in held.items()
                ],
            }
            for system, held in groups.items()
        ],
    }


def _target(code: Code) -> Resource:
    told = [f"Seen in {code.verified_in}; {code.licence}", code.note]
    return {
        "code": code.code,
        "display": code.display,
        "relationship": _RELATIONSHIPS[code.match],
        "comment": ". ".join(filter(None, told)),
    }


def library(
    view: KnowledgeBase, parts: Iterable[Resource], base: str = BASE
) -> Resource:
    """Give the manifest: what the terms are made of, and the works cited."""
    system = "http://terminology.hl7.org/CodeSystem/library-type"
    artifacts = [
        {"type": "composed-of", "resource": f"{it['url']}|{it['version']}"}
        for it in parts
    ]
    for source in view.sources:
        facts = [
            str(source.name),
            source.publisher,
            source.published,
            source.url,
        ]
        told = ". ".join(filter(None, facts))
        artifacts.append({"type": "citation", "citation": told})
    return _artifact(view, "Library", "salvage-kb", base) | {
        "name": "SalvageKBLibrary",
        "title": "Salvage therapy: everything",
        "type": {
            "coding": [{"system": system, "code": "asset-collection"}],
        },
        "relatedArtifact": artifacts,
    }


def document(
    view: KnowledgeBase, record: Record, base: str = BASE
) -> Resource:
    """Give what a record says as a document, in the language of a view.

    It has everything that a page about the record has, in one narrative.
    """
    ref = f"{FOLDERS[record.record_kind]}/{record.id}"
    name = f"{base}{view.locale}/{ref}|{view.content_version}"
    id = str(uuid5(NAMESPACE_URL, name))
    moment = f"{_day(view).isoformat()}T00:00:00Z"
    it = page(view, record)
    div = f'<div xmlns="{_XHTML}" lang="{it.locale}" dir="{it.dir}">'
    text = {
        "status": "generated",
        "div": f"{div}{html_body(it)}</div>",
    }
    composition = {
        "resourceType": "Composition",
        "id": id,
        "language": view.locale,
        "status": "final" if record.review.signature else "preliminary",
        "type": {"text": "Patient information"},
        "date": moment,
        "author": [{"display": _PUBLISHER}],
        "title": str(record.name),
        "section": [{"title": str(record.name), "text": text}],
    }
    return {
        "resourceType": "Bundle",
        "id": str(uuid5(NAMESPACE_URL, f"{name}#bundle")),
        "language": view.locale,
        "identifier": {
            "system": "urn:ietf:rfc:3986",
            "value": f"urn:uuid:{id}",
        },
        "type": "document",
        "timestamp": moment,
        "entry": [{"fullUrl": f"urn:uuid:{id}", "resource": composition}],
    }
