"""Write FHIR: terms for a terminology server, and documents for readers.

Everything is valid in R5, and in R4 too but for the ConceptMap, which R5
words differently. Nothing here is a claim about a patient: names become
concepts of a CodeSystem, and every document is ``preliminary`` unless
somebody signed its text. Words in another language than their resource, and
drafts, say so in an extension.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import NAMESPACE_URL, uuid5

from salvage_kb.text import Text
from salvage_kb.vocabulary import FOLDERS

from .files import File, json_file
from .pages import html_body, page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from salvage_kb.knowledge_base import KnowledgeBase
    from salvage_kb.model import Code
    from salvage_kb.records import Record
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
_EXTENSIONS: Final = "http://hl7.org/fhir/StructureDefinition/"
_TERMINOLOGY: Final = "http://terminology.hl7.org/CodeSystem/"
_STATUS: Final = "translation-status"
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
    terms = [code_system(plain, views, base), translation_status(plain, base)]
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


def _artifact(
    view: KnowledgeBase, type: str, id: str, title: str, base: str
) -> Resource:
    """Begin a resource with what all that have a canonical address share."""
    imprint = view.imprint
    notices = (str(it.text) for it in imprint.notices)
    found: Resource = {
        "resourceType": type,
        "id": id,
        "language": view.locale,
        "url": f"{base}{type}/{id}",
        "version": imprint.content_version,
        **_said("title", Text(title), view.locale, base),
        "status": "draft",
        "experimental": False,
        "date": _day(view).isoformat(),
        "copyright": f"{imprint.licence}\n\n" + "\n\n".join(notices),
    }
    if view.is_bundled:  # who made other content is not known
        found["publisher"] = _PUBLISHER
    return found


def _said(name: str, text: Text, locale: str, base: str) -> Resource:
    """Give words under a name, and beside them what has to be known."""
    marks = _marks(text, base)
    if text.lang != locale:
        url = f"{_EXTENSIONS}language"
        marks.append({"url": url, "valueCode": text.lang})
    found: Resource = {name: str(text)}
    return found | ({f"_{name}": {"extension": marks}} if marks else {})


def _marks(text: Text, base: str) -> list[Resource]:
    """Say of a translation that nobody has checked it as it is."""
    if text.status in {"source", "reviewed"} and not text.stale:
        return []
    word = "stale" if text.stale else text.status
    url = f"{base}StructureDefinition/{_STATUS}"
    return [{"url": url, "valueCode": word}]


def _full(resource: Resource) -> Resource:
    """Leave out empty lists, which FHIR does not have."""
    return {name: it for name, it in resource.items() if it != []}


def _day(view: KnowledgeBase) -> date:
    """Tell when the content was released, or else signed last."""
    plain = view.localized(view.locales[0])
    signed = (it.text_review for _, it in _records(plain))
    days = (it.signed_on for it in signed if it)
    found = plain.manifest.released or max(days, default=None)
    if found is None:
        raise ValueError(
            "FHIR asks for a date: set $.released in manifest.json"
        )
    return found


def _records(view: KnowledgeBase) -> Iterator[tuple[str, Record]]:
    for kind in _KINDS:
        for record in view.table(kind).values():
            yield record.ref, record


def code_system(
    plain: KnowledgeBase, views: Views, base: str = BASE
) -> Resource:
    """Give all records as concepts, with their names in every language.

    The code of a concept is its reference, such as ``conditions/hiv``; its
    definition is the summary, with cautions. A name that is a draft says so
    in an extension.
    """
    concepts = [
        _full(
            {
                "code": ref,
                "display": str(record.name),
                "definition": str(record.summary),
                "designation": _designations(views, record, base),
                "property": [
                    {"code": "kind", "valueString": record.record_kind}
                ],
            }
        )
        for ref, record in _records(plain)
    ]
    title = "Salvage therapy: conditions, treatments, effects, tests"
    more = {
        "name": "SalvageKB",
        "caseSensitive": True,
        "content": "complete",
        "count": len(concepts),
        "property": [{"code": "kind", "type": "string"}],
        "concept": concepts,
    }
    found = _artifact(plain, "CodeSystem", "salvage-kb", title, base)
    return found | _full(more)


def _designations(views: Views, record: Record, base: str) -> list[Resource]:
    """Give each name of a record in each language once, preferred first."""
    preferred = f"{_TERMINOLOGY}hl7TermMaintInfra"
    found: dict[tuple[str, str], Resource] = {}
    for text, is_name in _names(views, record):
        marks = _marks(text, base)
        it: Resource = {"language": text.lang, "value": str(text)}
        if is_name:
            it["use"] = {"system": preferred, "code": "preferredForLanguage"}
        if marks:
            it["extension"] = marks
        found.setdefault((text.lang, text), it)
    return list(found.values())


def _names(views: Views, record: Record) -> Iterator[tuple[Text, bool]]:
    """Go through the names in all languages; the first is that of a page."""
    for view in views.values():
        told = view.table(record.record_kind).get(record.id)
        if told is None:  # the view omits what it has no translation of
            continue
        term = getattr(told, "clinical_term", None)
        others = (*filter(None, [term]), *(it.text for it in told.synonyms))
        for text in (told.name, *others):
            if not text.is_fallback:
                yield text, text is told.name


def translation_status(view: KnowledgeBase, base: str = BASE) -> Resource:
    """Define the extension in which words say that they are a draft."""
    title = "How far a translation was checked"
    found = _artifact(view, "StructureDefinition", _STATUS, title, base)
    short = "draft | translated | stale"
    value = {"min": 1, "short": short, "type": [{"code": "code"}]}
    elements: dict[str, Resource] = {
        "Extension": {"short": title, "definition": f"{title}."},
        "Extension.extension": {"max": "0"},
        "Extension.url": {"fixedUri": found["url"]},
        "Extension.value[x]": value,
    }
    return found | {
        "name": "SalvageKBTranslationStatus",
        "kind": "complex-type",
        "abstract": False,
        "context": [
            {
                "type": "element",
                "expression": "CodeSystem.concept.designation",
            },
            {"type": "element", "expression": "string"},
        ],
        "type": "Extension",
        "baseDefinition": f"{_EXTENSIONS}Extension",
        "derivation": "constraint",
        "differential": {
            "element": [
                {"id": path, "path": path} | it
                for path, it in elements.items()
            ]
        },
    }


def value_set(view: KnowledgeBase, kind: Kind, base: str = BASE) -> Resource:
    """Give the records of a kind as a set of concepts.

    Without any, nothing is included: a system alone would mean all of it.
    """
    name = FOLDERS[kind]
    concepts = [
        {"code": f"{name}/{id}", "display": str(record.name)}
        for id, record in view.table(kind).items()
    ]
    id = name.replace("_", "-")
    title = f"Salvage therapy: {name.replace('_', ' ')}"
    found = _artifact(view, "ValueSet", id, title, base)
    found["name"] = f"SalvageKB{name.title().replace('_', '')}"
    if concepts:
        include = {
            "system": f"{base}CodeSystem/salvage-kb",
            "version": view.content_version,
            "concept": concepts,
        }
        found["compose"] = {"include": [include]}
    return found


def concept_map(view: KnowledgeBase, base: str = BASE) -> Resource:
    """Map the concepts to standard codes, as R5 has it."""
    groups: dict[str, dict[str, list[Code]]] = {}
    for ref, record in _records(view):
        for code in record.codes:
            held = groups.setdefault(code.system, {})
            held.setdefault(ref, []).append(code)
    title = "Salvage therapy: standard codes"
    found = _artifact(view, "ConceptMap", "codes", title, base)
    more = {
        "name": "SalvageKBCodes",
        "group": [
            {
                "source": f"{base}CodeSystem/salvage-kb",
                "target": system,
                "element": [
                    {"code": ref, "target": [_target(it) for it in codes]}
                    for ref, codes in held.items()
                ],
            }
            for system, held in groups.items()
        ],
    }
    return found | _full(more)


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
    system = f"{_TERMINOLOGY}library-type"
    title = "Salvage therapy: everything"
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
    return _artifact(view, "Library", "salvage-kb", title, base) | {
        "name": "SalvageKBLibrary",
        "type": {
            "coding": [{"system": system, "code": "asset-collection"}],
        },
        "relatedArtifact": artifacts,
    }


def document(
    view: KnowledgeBase, record: Record, base: str = BASE
) -> Resource:
    """Give what a record says as a document, in the language of a view.

    It has everything that a page about the record has, in one narrative. Its
    tag is the concept of the record. Its ids are others once anything in the
    content or the view is.
    """
    name = f"{base}{view.locale}/{record.ref}|{view.digest}"
    address = f"urn:uuid:{uuid5(NAMESPACE_URL, name)}"
    moment = f"{_day(view).isoformat()}T00:00:00Z"
    concept = {
        "system": f"{base}CodeSystem/salvage-kb",
        "version": view.content_version,
        "code": record.ref,
    }
    head = {"meta": {"tag": [concept]}, "language": view.locale}
    body = {
        "resourceType": "Composition",
        "id": address.removeprefix("urn:uuid:"),
        **head,
        **_composition(view, record, moment, base),
    }
    return {
        "resourceType": "Bundle",
        "id": str(uuid5(NAMESPACE_URL, f"{name}#bundle")),
        **head,
        "identifier": {"system": "urn:ietf:rfc:3986", "value": address},
        "type": "document",
        "timestamp": moment,
        "entry": [{"fullUrl": address, "resource": body}],
    }


def _composition(
    view: KnowledgeBase, record: Record, moment: str, base: str
) -> Resource:
    it = page(view, record)
    title = _said("title", record.name, view.locale, base)
    type = Text("Patient information")
    lang = f'lang="{it.locale}" xml:lang="{it.locale}" dir="{it.dir}"'
    div = f'<div xmlns="{_XHTML}" {lang}>{html_body(it)}</div>'
    return {
        "status": "final" if record.review.signature else "preliminary",
        "type": _said("text", type, view.locale, base),
        "date": moment,
        "author": [_author(view)],
        **title,
        "section": [title | {"text": {"status": "generated", "div": div}}],
    }


def _author(view: KnowledgeBase) -> Resource:
    """Name us for our own content; of other content nobody told."""
    if view.is_bundled:
        return {"display": _PUBLISHER}
    url = f"{_EXTENSIONS}data-absent-reason"
    return {"extension": [{"url": url, "valueCode": "unknown"}]}
