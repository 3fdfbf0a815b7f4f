"""Write JSON-LD in the terms of schema.org, a document for each page.

Review and language belong to the page, not to the illness that it is about:
schema.org has them so. ``reviewedBy`` and ``lastReviewed`` of a page speak of
our text, and are there only once somebody signed it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from salvage_kb.locales import texts_of
from salvage_kb.vocabulary import FOLDERS
from salvage_kb.words import Words

from .files import File, json_file, json_text

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
    "side_effect": "MedicalSignOrSymptom",
    "monitoring_test": "MedicalTest",
}
#: The aspects that schema.org has too; no other one of its comes near.
_ASPECTS: Final[dict[Aspect, str]] = {
    "overview": "OverviewHealthAspect",
    "indication": "TreatmentsHealthAspect",
    "treatment": "TreatmentsHealthAspect",
    "side-effect": "SideEffectsHealthAspect",
    "prognosis": "PrognosisHealthAspect",
}
#: What a condition says of others, where nothing limits the statement.
_FIELDS: Final[dict[Kind, str]] = {
    "modality": "possibleTreatment",
    "monitoring_test": "typicalTest",
}
_SPDX_ID: Final = re.compile(r"(?!LicenseRef-)[A-Za-z0-9.-]+")


def files(
    views: Mapping[str, KnowledgeBase], base: str = BASE
) -> Iterator[File]:
    """Give a document for each record and language."""
    for tag, view in views.items():
        for kind, folder in FOLDERS.items():
            if kind in {*_TYPES, "topic"}:
                for id, record in view.table(kind).items():
                    tags = _translated(views, record)
                    path = f"{tag}/{folder}/{id}.jsonld"
                    yield json_file(path, document(view, record, tags, base))


def script(
    view: KnowledgeBase,
    record: Record,
    tags: Iterable[str] = (),
    base: str = BASE,
) -> str:
    """Write `document` as an element of HTML, which nothing in it can end."""
    data = json_text(document(view, record, tags, base))
    return f'<script type="application/ld+json">{data}</script>'


def document(
    view: KnowledgeBase,
    record: Record,
    tags: Iterable[str] = (),
    base: str = BASE,
) -> Node:
    """Describe the page about a record, in the language of a view.

    Text in another language than ``inLanguage`` of the page says so.

    Args:
        view: the content.
        record: a condition, modality, side effect, test or topic of it.
        tags: the languages into which the page is translated.
        base: what the ids of nodes begin with, such as the address of a site,
            with the slash at its end.
    """
    return _Writer(view, record, base).page(tags)


def _language(record: Record) -> str:
    """Tell the language of the words that are given, or of most of them."""
    texts = (text for _, text in texts_of(record))
    said = (it.lang for it in texts if not it.is_fallback)
    return next(said, record.name.lang)


def _translated(
    views: Mapping[str, KnowledgeBase], record: Record
) -> Iterator[str]:
    """Go through the languages in which there is a translated page."""
    for tag, view in views.items():
        told = view.table(record.record_kind).get(record.id)
        if told is not None and _language(told) != view.locales[0]:
            yield tag


class _Writer:
    """Describe one page; what it names has ids that begin alike."""

    def __init__(self, view: KnowledgeBase, record: Record, base: str) -> None:
        self.view = view
        self.record = record
        self.base = base
        self.lang = _language(record)
        self.words = Words(self.lang)

    def say(self, text: Text) -> str | Node:
        """Give a text, with its language where that is not the page's."""
        if text.lang == self.lang:
            return str(text)
        return {"@value": str(text), "@language": text.lang}

    def page(self, tags: Iterable[str]) -> Node:
        record, imprint = self.record, self.view.imprint
        ref = record.ref
        page: Node = {
            "@context": "https://schema.org",
            "@type": "MedicalWebPage",
            "@id": f"{self.base}{imprint.locale}/{ref}",
            "name": self.say(record.name),
            "inLanguage": self.lang,
            "version": imprint.content_version,
            "license": _licence(imprint.licence),
            **_status(*(text for _, text in texts_of(record))),
            **self.origin(record),
        }
        if record.record_kind in _TYPES:
            page["mainEntity"] = self.entity()
        page |= self.cited()
        page["mentions"] = [it for field, it in self.links() if not field]
        page["hasPart"] = [self.section(it) for it in record.statements]
        page["usageInfo"] = [self.notice(it) for it in imprint.notices]
        page |= self.translations(ref, tags)
        if review := record.review.signature:
            page["reviewedBy"] = {
                "@type": "Person",
                "name": review.reviewer,
                "honorificSuffix": review.credential,
            }
            page["lastReviewed"] = review.signed_on.isoformat()
        return _lean(page)

    # What it is about

    def node(self, record: Record) -> Node:
        """Name a record; its own page has the rest."""
        return {
            "@type": _TYPES[record.record_kind],
            "@id": f"{self.base}{record.ref}",
            "name": self.say(record.name),
        }

    def entity(self) -> Node:
        record = self.record
        term = getattr(record, "clinical_term", None)
        names = (*filter(None, [term]), *(it.text for it in record.synonyms))
        exact = [it for it in record.codes if it.match == "exact"]
        node = self.node(record) | {
            "alternateName": [self.say(it) for it in dict.fromkeys(names)],
            "code": [_code(it) for it in exact],
        }
        for field, other in self.links():
            if field:
                node.setdefault(field, []).append(other)
        return _lean(node)

    def links(self) -> Iterator[tuple[str | None, Node]]:
        """Go through what is linked: which property says it, if one does.

        A property cannot carry the cautions of the statements that bear a
        link out, so where there are any, the link is a mere mention.
        """
        table = self.view.table("statement")
        is_condition = self.record.record_kind == "condition"
        for (kind, id), link in self.view.neighbors(self.record.key).items():
            told = [table[it] for it in link.statements]
            plain = is_condition and not any(it.cautions for it in told)
            node = self.node(self.view.table(kind)[id])
            node["subjectOf"] = [{"@id": self.iri(it)} for it in told]
            yield _FIELDS.get(kind) if plain else None, node

    # What it says

    def iri(self, it: Statement | Caution) -> str:
        return f"{self.base}{it.text.lang}/{it.id}"

    def origin(self, it: Record | Statement) -> Node:
        if it.origin == "base":
            return {}
        return {"creditText": self.say(self.words("local"))}

    def section(self, statement: Statement) -> Node:
        node = {
            "@type": "HealthTopicContent",
            "@id": self.iri(statement),
            "headline": self.say(self.words(statement.aspect)),
            **_work(statement.text),
            **self.origin(statement),
            "citation": self.citations(statement.citations),
            "hasPart": [self.caution(it) for it in statement.cautions],
        }
        if aspect := _ASPECTS.get(statement.aspect):
            node["hasHealthAspect"] = f"https://schema.org/{aspect}"
        return _lean(node)

    def caution(self, caution: Caution) -> Node:
        word = self.words("safety" if caution.safety else "caution")
        node: Node = {
            "@type": "WebContent",
            "@id": self.iri(caution),
            "name": self.say(word),
            **_work(caution.text),
            "citation": self.citations(caution.citations),
        }
        if caution.original:
            original = {"@type": "WebContent", **_work(caution.original)}
            node["translationOfWork"] = original
        return node

    def notice(self, notice: Notice) -> Node:
        node = {
            "@type": "CreativeWork",
            "@id": f"{self.base}{notice.text.lang}/notices/{notice.id}",
            **_work(notice.text),
            "citation": self.citations(notice.citations),
        }
        return _lean(node)

    # What it rests on

    def citations(self, citations: Iterable[Citation]) -> list[Node]:
        """Point to a section of a source, and say how much of it was read."""
        found = []
        for it in citations:
            whole = {"@id": f"{self.base}sources/{it.source_id}"}
            node: Node = {"@type": "CreativeWork", "isPartOf": whole}
            if it.section:
                node["identifier"] = it.section
            if it.read_as:
                node["description"] = self.say(self.words(it.read_as))
            found.append(node)
        return found

    def cited(self) -> Node:
        """Describe what bears the page out, and what else it cites."""
        statements = self.record.statements
        basis = {c.source_id for it in statements for c in it.citations}
        others = {id for it in statements for id in it.source_ids}
        notices = self.view.imprint.notices
        others |= {c.source_id for it in notices for c in it.citations}
        return {
            "isBasedOn": [self.source(id) for id in sorted(basis)],
            "citation": [self.source(id) for id in sorted(others - basis)],
        }

    def source(self, id: str) -> Node:
        """Describe a source with its own dates and its own reviewer."""
        source: Source = self.view.sources[id]
        reviewed = source.reviewed_on
        page = source.url or source.reviewer or reviewed
        person = {"@type": "Person", "name": source.reviewer}
        more = {
            "url": source.url,
            "datePublished": source.published,
            "description": source.dated,
            "lastReviewed": reviewed and reviewed.isoformat(),
            "reviewedBy": person if source.reviewer else None,
        }
        return {
            "@type": "WebPage" if page else "CreativeWork",
            "@id": f"{self.base}sources/{id}",
            "name": str(source.name),
            "inLanguage": source.name.lang,
            "publisher": {"@type": "Organization", "name": source.publisher},
            **self.origin(source),
        } | {name: it for name, it in more.items() if it}

    def translations(self, ref: str, tags: Iterable[str]) -> Node:
        """Tie the page to the original one, or that to its translations."""
        first = self.view.locales[0]
        original, *others = (
            {"@type": "MedicalWebPage", "@id": f"{self.base}{tag}/{ref}"}
            for tag in (first, *tags)
        )
        if self.lang != first:
            return {"translationOfWork": original | {"inLanguage": first}}
        if self.view.locale != first:  # its words are the original ones
            return {}
        return {"workTranslation": [it for it in others if it != original]}


def _lean(node: Node) -> Node:
    return {name: it for name, it in node.items() if it != []}


def _licence(id: str) -> str | Node:
    """Give the address of a license, or where SPDX has none, its name."""
    if _SPDX_ID.fullmatch(id):
        return f"https://spdx.org/licenses/{id}.html"
    return {"@type": "CreativeWork", "name": id}


def _code(code: Code) -> Node:
    return {
        "@type": "MedicalCode",
        "codeValue": code.code,
        "codingSystem": code.system,
        "name": code.display,
        "description": f"{code.verified_in}; {code.licence}",
    }


def _work(text: Text) -> Node:
    """Give words with the language that they really have."""
    return {"text": str(text), "inLanguage": text.lang, **_status(text)}


def _status(*texts: Text) -> Node:
    """Say that there are drafts, or translations of words that changed."""
    found = ["Draft"] if any(it.status == "draft" for it in texts) else []
    found += ["Obsolete"] if any(it.stale for it in texts) else []
    if not found:
        return {}
    return {"creativeWorkStatus": found if found[1:] else found[0]}
