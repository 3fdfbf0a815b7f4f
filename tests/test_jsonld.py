"""JSON-LD: only what schema.org has, and everything that the content says."""

import functools
import json
import re
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import get_args

import attrs
import html5lib
import pytest
from hypothesis import given, settings
from strategies import bundles
from test_pages import VIEWS, changed, hostile, records, row, saying
from test_review import SIGNED

from salvage_kb import KnowledgeBase, conditions, kb
from salvage_kb.export import export, jsonld
from salvage_kb.locales import texts_of
from salvage_kb.vocabulary import FOLDERS, ReadAs
from salvage_kb.words import Words

VOCABULARY = json.loads(
    Path(__file__).with_name("schema_org.json").read_text(encoding="utf-8")
)
TYPES = VOCABULARY["types"]
PROPERTIES = VOCABULARY["properties"]
MEMBERS = VOCABULARY["members"]


# A checker of schema.org


@functools.cache
def lineage(type):
    """Give a type with all types that it is one of."""
    return {type}.union(*(lineage(it) for it in TYPES.get(type, ())))


def nodes(value):
    """Go through all objects in a document, outer ones first."""
    if isinstance(value, list):
        for item in value:
            yield from nodes(item)
    elif isinstance(value, dict):
        yield value
        yield from nodes(list(value.values()))


def index(*documents):
    """Tell the type of each node that has an id."""
    return {
        it["@id"]: it["@type"]
        for it in nodes(list(documents))
        if {"@id", "@type"} <= it.keys()
    }


def is_text(value):
    """Tell whether something is text, with or without its language."""
    if isinstance(value, dict):
        return {"@value", "@language"} == value.keys()
    return isinstance(value, str)


def is_date(value):
    """Tell whether something is a year, or a month or day of the calendar."""
    whole = "2000-01-01"
    with suppress(TypeError, ValueError):
        date.fromisoformat(value + whole[len(value) :])
        return len(value) in {4, 7, 10}
    return False


def is_url(value):
    """Tell whether something is an address."""
    return isinstance(value, str) and bool(
        re.fullmatch(r"https?://[^\s/]+\.[^\s/]+(/\S*)?", value)
    )


LITERALS = {"Text": is_text, "Date": is_date, "URL": is_url}


def is_among(value, ranges):
    """Tell whether a literal is one of such, or a member of such."""
    name = str(value).removeprefix("https://schema.org/")
    known = (LITERALS[it](value) for it in ranges if it in LITERALS)
    return any(known) or (name != value and MEMBERS.get(name) in ranges)


def findings(node, known, path="$"):
    """Say what is wrong with a node, by the words of schema.org."""
    if node.get("@context", "https://schema.org") != "https://schema.org":
        yield f"{path}: another context"
    type = node.get("@type")
    if type not in TYPES:
        yield f"{path}: unknown type {type}"
        return
    for name, held in node.items():
        where = f"{path}.{name}"
        it = PROPERTIES.get(name)
        if name.startswith("@"):
            continue
        if it is None:
            yield f"{where}: unknown property"
        elif it.get("superseded"):
            yield f"{where}: superseded"
        elif not lineage(type) & {*it["domain"]}:
            yield f"{where}: nothing that a {type} has"
        else:
            for value in held if isinstance(held, list) else [held]:
                yield from wrong_value(value, it["range"], known, where)


def wrong_value(value, ranges, known, path):
    """Say what is wrong with a value, and with all that is inside it."""
    if not isinstance(value, dict) or "@value" in value:
        if not is_among(value, ranges):
            yield f"{path}: {value!r} is not among {', '.join(ranges)}"
        return
    type = value.get("@type") or known.get(value.get("@id"))
    if type is None:
        yield f"{path}: leads nowhere"
    elif type in TYPES and not lineage(type) & {*ranges}:
        yield f"{path}: a {type} is not among {', '.join(ranges)}"
    if "@type" in value:
        yield from findings(value, known, path)


NAUSEA = {"@type": "MedicalSymptom", "name": "Nausea"}


@pytest.mark.parametrize(
    ("type", "fields", "expected"),
    [
        ("MedicalTherapy", {"name": "x", "adverseOutcome": NAUSEA}, []),
        ("MedicalTherapy", {"lastReviewed": "2025-12-03"},
         ["$.lastReviewed: nothing that a MedicalTherapy has"]),
        ("MedicalTherapy", {"inLanguage": "en"},
         ["$.inLanguage: nothing that a MedicalTherapy has"]),
        ("MedicalTherapy", {"indication": "x"},
         ["$.indication: unknown property"]),
        ("MedicalTherapy", {"adverseOutcome": "nausea"},
         ["$.adverseOutcome: 'nausea' is not among MedicalEntity"]),
        ("MedicalTherapy", {"adverseOutcome": [NAUSEA, {"@type": "Person"}]},
         ["$.adverseOutcome: a Person is not among MedicalEntity"]),
        ("MedicalTherapy", {"adverseOutcome": {"@id": "urn:known"}}, []),
        ("MedicalTherapy", {"adverseOutcome": {"@id": "urn:other"}},
         ["$.adverseOutcome: leads nowhere"]),
        ("MedicalTherapy", {"adverseOutcome": {**NAUSEA, "nam": "x"}},
         ["$.adverseOutcome.nam: unknown property"]),
        ("MedicalWebPage", {"lastReviewed": "2025-12-03"}, []),
        ("MedicalWebPage", {"lastReviewd": "2025-12-03"},
         ["$.lastReviewd: unknown property"]),
        ("MedicalWebPage", {"lastReviewed": "2025-02-30"},
         ["$.lastReviewed: '2025-02-30' is not among Date"]),
        ("MedicalWebPage", {"lastReviewed": 2025},
         ["$.lastReviewed: 2025 is not among Date"]),
        ("MedicalWebPage", {"datePublished": ["2025", "2025-12"]}, []),
        ("MedicalWebPage", {"aspect": "x"}, ["$.aspect: superseded"]),
        ("MedicalWebPage", {"url": "javascript:alert(1)"},
         ["$.url: 'javascript:alert(1)' is not among URL"]),
        ("MedicalWebPage", {"name": 5}, ["$.name: 5 is not among Text"]),
        ("MedicalWebPage", {"name": {"@value": "x", "@language": "pl"}}, []),
        ("MedicalWebPage", {"name": {"@value": "x"}},
         ["$.name: {'@value': 'x'} is not among Text"]),
        ("MedicalWebPage", {"@context": "https://schema.net"},
         ["$: another context"]),
        ("MedicalWebPag", {"name": "x"}, ["$: unknown type MedicalWebPag"]),
        ("MedicalWebPage", {"mainEntity": {"@type": "Therapy"}},
         ["$.mainEntity: unknown type Therapy"]),
        ("HealthTopicContent",
         {"hasHealthAspect": "https://schema.org/SafetyHealthAspect"}, []),
        ("HealthTopicContent",
         {"hasHealthAspect": "https://schema.org/AdviceHealthAspect"},
         ["$.hasHealthAspect: 'https://schema.org/AdviceHealthAspect' "
          "is not among HealthAspectEnumeration"]),
        ("HealthTopicContent", {"hasHealthAspect": "SafetyHealthAspect"},
         ["$.hasHealthAspect: 'SafetyHealthAspect' is not among "
          "HealthAspectEnumeration"]),
    ],
)  # fmt: skip
def test_the_checker(type, fields, expected):
    """The checker finds each kind of mistake, and nothing where none is."""
    known = {"urn:known": "MedicalCondition"}

    assert expected == [*findings({"@type": type, **fields}, known)]


# What the documents say


@functools.cache
def documents(name):
    """Give the documents of a view as they are in files, by their records."""
    view = VIEWS[name]
    files = {it.path: it.data for it in export(view, "jsonld")}
    return {
        record.key: json.loads(
            files[
                f"{view.locale}/{FOLDERS[record.record_kind]}/"
                f"{record.id}.jsonld"
            ]
        )
        for record in records(view)
    }


SORTS = pytest.mark.parametrize("name", VIEWS)


@SORTS
def test_only_words_of_schema_org(name):
    """No document of any record has a finding, and no id leads nowhere."""
    made = documents(name)
    known = index(*made.values())

    assert [] == [
        it for document in made.values() for it in findings(document, known)
    ]


def said(text):
    """Give what a node should say of a text."""
    return str(text), text.lang, text.status == "draft", text.stale


def says(node):
    """Give what a node says of its text."""
    status = listed(node.get("creativeWorkStatus", []))
    return (
        node["text"],
        node["inLanguage"],
        "Draft" in status,
        "Obsolete" in status,
    )


def listed(value):
    """Give one value as a list too."""
    return value if isinstance(value, list) else [value]


def cites(view, node):
    """Give what a node cites: source, section, how much was read."""
    say = Words(view.locale)
    words = {str(say(it)): it for it in get_args(ReadAs)}
    return [
        (
            it["isPartOf"]["@id"].rpartition("/")[2],
            it.get("identifier"),
            words[it["description"]] if "description" in it else None,
        )
        for it in node.get("citation", [])
    ]


def citations(item):
    """Give what a node should cite."""
    return [(it.source_id, it.section, it.read_as) for it in item.citations]


@pytest.mark.parametrize("name", [*kb.locales, "stale", "local", "signed"])
def test_everything_is_there(name):
    """Each document has the statements, cautions, citations and notices."""
    view = VIEWS[name]
    for record in records(view):
        page = documents(name)[record.key]
        parts = page["hasPart"]
        assert view.content_version == page["version"]
        assert len(record.statements) == len(parts)
        for statement, part in zip(record.statements, parts, strict=True):
            inner = part.get("hasPart", [])
            assert said(statement.text) == says(part)
            assert citations(statement) == cites(view, part)
            assert [said(it.text) for it in statement.cautions] == [
                says(it) for it in inner
            ]
            assert [citations(it) for it in statement.cautions] == [
                cites(view, it) for it in inner
            ]
            assert [
                said(it.original) for it in statement.cautions if it.original
            ] == [
                says(it["translationOfWork"])
                for it in inner
                if "translationOfWork" in it
            ]
        notices = page["usageInfo"]
        assert [said(it.text) for it in view.notices] == [
            says(it) for it in notices
        ]
        assert [citations(it) for it in view.notices] == [
            cites(view, it) for it in notices
        ]


@SORTS
def test_sources(name):
    """What bears a page out is its basis, with its own dates, not ours."""
    view = VIEWS[name]
    for record in records(view):
        page = documents(name)[record.key]
        basis = {c.source_id for it in record.statements for c in it.citations}
        cited = {id for it in record.statements for id in it.source_ids}
        cited |= {c.source_id for it in view.notices for c in it.citations}
        found = {
            field: {it["@id"].rpartition("/")[2]: it for it in page[field]}
            for field in ("isBasedOn", "citation")
            if field in page
        }

        assert basis == found["isBasedOn"].keys()
        assert cited - basis == found.get("citation", {}).keys()
        for id, it in [p for part in found.values() for p in part.items()]:
            source = view.sources[id]
            reviewer = it.get("reviewedBy", {})
            day = source.reviewed_on and source.reviewed_on.isoformat()
            assert (source.name, source.name.lang) == (
                it["name"],
                it["inLanguage"],
            )
            assert source.publisher == it["publisher"]["name"]
            assert source.url == it.get("url")
            assert source.published == it.get("datePublished")
            assert source.dated == it.get("description")
            assert day == it.get("lastReviewed")
            assert source.reviewer == reviewer.get("name")


def test_sources_of_notices():
    """What only a notice cites is described too."""
    cites = [{"source_id": "mesh-labels"}]
    mine = changed(lambda it: it["notices"][1].update(citations=cites))
    page = jsonld.document(mine, mine.topics["prognosis"])
    known = index(page)

    assert "CreativeWork" == known["urn:salvage-kb:sources/mesh-labels"]
    assert [] == [*findings(page, known)]


@SORTS
def test_names(name):
    """The entity has all names and the exact codes, with their terms."""
    view = VIEWS[name]
    for record in records(view):
        page = documents(name)[record.key]
        if record.record_kind == "topic":
            assert "mainEntity" not in page
            continue
        entity = page["mainEntity"]
        term = getattr(record, "clinical_term", None)
        names = [*filter(None, [term]), *(it.text for it in record.synonyms)]
        found = [entity["name"], *entity.get("alternateName", [])]
        exact = [it for it in record.codes if it.match == "exact"]

        assert [*dict.fromkeys((record.name, *names))] == [
            it["@value"] if isinstance(it, dict) else it for it in found
        ]
        assert [(it.system, it.code, it.display) for it in exact] == [
            (it["codingSystem"], it["codeValue"], it["name"])
            for it in entity.get("code", [])
        ]
        for code, it in zip(exact, entity.get("code", []), strict=True):
            assert it["description"].endswith(code.licence)


@SORTS
def test_every_text_has_its_language(name):
    """What is in another language than the page says so itself."""
    view = VIEWS[name]
    known = {}
    for record in records(view):
        for _, text in texts_of(record):
            known.setdefault(str(text), set()).add(text.lang)
    for page in documents(name).values():
        for node in nodes(page):
            if node.get("@type") in {"MedicalCode", "Person", "Organization"}:
                continue
            lang = node.get("inLanguage", page["inLanguage"])
            for field in ("name", "alternateName", "text"):
                for it in listed(node.get(field, [])):
                    tagged = isinstance(it, dict)
                    own = it["@language"] if tagged else lang
                    text = it["@value"] if tagged else it
                    assert own in known.get(text, {own})


LANGUAGES = [
    (kb.localized("es-MX"), "conditions/hiv", "es"),
    (kb.localized("uk"), "conditions/hiv", "en"),
    (kb.localized("en-GB"), "conditions/hiv", "en"),
    (kb.localized("ar", min_status="reviewed"), "conditions/hiv", "en"),
    (VIEWS["half a translation"], "conditions/hiv", "pl"),
    (VIEWS["half a translation"], "topics/prognosis", "en"),
    (VIEWS["from French"], "topics/prognosis", "fr"),
    (kb.localized("ar-XB"), "topics/prognosis", "ar-XB"),
]


@pytest.mark.parametrize(("view", "ref", "lang"), LANGUAGES)
def test_the_language_of_a_page(view, ref, lang):
    """A page is in the language of the words that are really given."""
    folder, id = ref.split("/")
    page = jsonld.document(view, getattr(view, folder)[id])
    original = page.get("translationOfWork", {}).get("inLanguage", lang)

    assert lang == page["inLanguage"]
    assert f"urn:salvage-kb:{view.locale}/{ref}" == page["@id"]
    assert view.locales[0] == original


def test_half_a_translation():
    """Beside words in one language, those in another one say which it is."""
    view = VIEWS["half a translation"]
    page = jsonld.document(view, view.conditions["hiv"])
    fatigue = next(
        it for it in page["mentions"] if it["@id"].endswith("/fatigue")
    )
    cautious = next(it for it in page["hasPart"] if "hasPart" in it)
    caution = cautious["hasPart"][0]
    langs = {it["inLanguage"] for it in page["hasPart"] if it != cautious}

    assert "Po polsku conditions/hiv#name" == page["name"]
    assert {"@value": "Fatigue", "@language": "en"} == fatigue["name"]
    assert ["pl", "pl"] == [it["inLanguage"] for it in (cautious, caution)]
    assert "en" == caution["name"]["@language"]
    assert {"en"} == langs
    assert "Draft" == page["creativeWorkStatus"]


def test_one_document_for_each_language():
    """Translations name their original, and it names all of them."""
    tags = [*kb.locales, "uk", "en-GB"]
    made = [json.loads(it.data) for it in export(kb, "jsonld", tags)]
    pages = {it["@id"]: it for it in made}
    ties = {
        (it["translationOfWork"]["@id"], id)
        for id, it in pages.items()
        if "translationOfWork" in it
    }

    assert len(made) == len(pages) == len(tags) * len([*records(kb)])
    assert ties == {
        (id, other["@id"])
        for id, it in pages.items()
        for other in it.get("workTranslation", [])
    }
    assert {"urn:salvage-kb:en/topics/prognosis"} == {
        original for original, it in ties if it.endswith("topics/prognosis")
    }
    assert len(ties) == len(kb.locales[1:]) * len([*records(kb)])


def test_what_is_left_out_is_no_translation():
    """A page that a view leaves out is named as no translation."""
    views = {"en": kb, "pl": VIEWS["half of it left out"]}
    made = {it.path: json.loads(it.data) for it in jsonld.files(views)}
    named = {path for path, it in made.items() if "workTranslation" in it}

    assert set() == named
    assert not [it for it in made if it.startswith("pl/topics/")]


# Who checked it


@pytest.mark.parametrize(
    ("changes", "tag", "is_signed"),
    [
        ({}, "en", True),
        ({}, "es", False),
        ({"withdrawn_on": "2026-05-05"}, "en", False),
        ({"digest": "b" * 64}, "en", False),
    ],
)
def test_signatures(changes, tag, is_signed):
    """A page is reviewed where somebody signed these very words of it."""

    def sign(bundle):
        digest = conditions["hiv"].text_digest
        review = attrs.evolve(SIGNED, digest=digest).to_dict() | changes
        row(bundle, "conditions/hiv")["text_review"] = review

    view = changed(sign).localized(tag)
    page = jsonld.document(view, view.conditions["hiv"])
    (source,) = page["isBasedOn"]
    other = jsonld.document(view, view.conditions["copd"])
    doctor = {"name": "A. Doctor", "honorificSuffix": "MD"}
    expected = ({"@type": "Person", **doctor}, "2025-12-03")

    assert (expected if is_signed else (None, None)) == (
        page.get("reviewedBy"),
        page.get("lastReviewed"),
    )
    assert "2025-12-03" == source["lastReviewed"]
    assert "Dr. Kaushal Bhavsar" == source["reviewedBy"]["name"]
    assert "2024-01-25" == source["datePublished"]
    assert "reviewedBy" not in other


def test_statuses():
    """Drafts, and translations of changed words, say so; so does the page."""
    for name in ("en", "es", "stale"):
        view = VIEWS[name]
        for record in records(view):
            page = documents(name)[record.key]
            texts = [it for _, it in texts_of(record)]
            status = listed(page.get("creativeWorkStatus", []))
            assert any(it.status == "draft" for it in texts) == (
                "Draft" in status
            )
            assert any(it.stale for it in texts) == ("Obsolete" in status)


def test_local_content():
    """What was added locally is credited so, in its language."""
    found = {
        it["@id"].removeprefix("urn:salvage-kb:"): it["creditText"]
        for page in documents("local").values()
        for it in nodes(page)
        if "creditText" in it
    }
    first = VIEWS["local"].topics["prognosis"].statements[0]

    assert {
        "ar/conditions/hiv": Words("ar")("local"),
        f"ar/{first.id}": Words("ar")("local"),
    } == found


# What is linked


@SORTS
def test_links(name):
    """What is linked is named with the reasons; none claimed has cautions."""
    view = VIEWS[name]
    table = view.table("statement")
    for record in records(view):
        page = documents(name)[record.key]
        entity = page.get("mainEntity", {})
        claimed = {
            it["@id"]: [*map(last, it["subjectOf"])]
            for field in ("possibleTreatment", "typicalTest")
            for it in entity.get(field, [])
        }
        mentioned = {
            it["@id"]: [*map(last, it["subjectOf"])]
            for it in page.get("mentions", [])
        }
        expected = {
            f"urn:salvage-kb:{FOLDERS[kind]}/{id}": [*link.statements]
            for (kind, id), link in view.neighbors(record.key).items()
        }

        assert expected == claimed | mentioned
        assert not claimed.keys() & mentioned.keys()
        for ids in claimed.values():
            assert () == sum((table[it].cautions for it in ids), ())


def last(node):
    """Give the id of a statement that a node points to."""
    return node["@id"].split("/", 1)[1]


def test_a_caution_is_never_lost_in_a_property():
    """What has cautions is not said to treat anything; what has none is."""
    made = documents("en")
    heart = made["condition", "structural-heart-disease"]["mainEntity"]
    cancer = made["condition", "cancer"]["mainEntity"]

    assert "possibleTreatment" not in heart
    assert "urn:salvage-kb:modalities/chemotherapy" in {
        it["@id"] for it in cancer["possibleTreatment"]
    }


def test_advice_is_no_triage():
    """Nothing says when to see a doctor, or how anybody may help oneself."""
    aspects = {
        it["hasHealthAspect"].removeprefix("https://schema.org/")
        for page in documents("en").values()
        for it in nodes(page)
        if "hasHealthAspect" in it
    }

    assert {
        "OverviewHealthAspect",
        "TreatmentsHealthAspect",
        "SideEffectsHealthAspect",
        "PrognosisHealthAspect",
    } == aspects


# How it is written


def test_base():
    """All ids begin with the address that the caller has."""
    base = "https://example.org/health/"
    page = jsonld.document(kb, conditions["hiv"], ["en", "es"], base)
    ids = {it["@id"] for it in nodes(page) if "@id" in it}

    assert f"{base}en/conditions/hiv" == page["@id"]
    assert [f"{base}es/conditions/hiv"] == [
        it["@id"] for it in page["workTranslation"]
    ]
    assert {base} == {it[: len(base)] for it in ids}


@pytest.mark.parametrize(
    ("licence", "expected"),
    [
        ("CC-BY-4.0", "https://spdx.org/licenses/CC-BY-4.0.html"),
        (
            "LicenseRef-own",
            {"@type": "CreativeWork", "name": "LicenseRef-own"},
        ),
        ("MIT OR 0BSD", {"@type": "CreativeWork", "name": "MIT OR 0BSD"}),
    ],
)
def test_licenses(licence, expected):
    """A license has the address that SPDX gives it, or else its name."""
    mine = changed(lambda it: it["manifest"].update(licence=licence))

    assert (
        expected == jsonld.document(mine, mine.topics["prognosis"])["license"]
    )


def test_files():
    """There is a file for each record and language, of nothing but it."""
    found = {it.path: it.data for it in export(kb, "jsonld", ["en", "hi"])}

    assert found.keys() == {
        f"{tag}/{FOLDERS[it.record_kind]}/{it.id}.jsonld"
        for tag in ("en", "hi")
        for it in records(kb)
    }
    for data in found.values():
        assert b"<" not in data
        assert "https://schema.org" == json.loads(data)["@context"]


@given(text=hostile)
def test_inert_in_a_page(text):
    """In a page, a document is one script element, and comes out as it was."""
    view = saying(text)
    record = view.side_effects["x"]
    page = jsonld.script(view, record)
    root = html5lib.parse(page, namespaceHTMLElements=False)
    script = root.find("head/script")

    assert jsonld.document(view, record) == json.loads(script.text)
    assert "application/ld+json" == script.get("type")
    assert ["html", "head", "script", "body"] == [it.tag for it in root.iter()]
    assert 2 == page.count("<")


@settings(max_examples=settings().max_examples // 4)
@given(bundle=bundles())
def test_any_content(bundle):
    """Whatever the content is, its documents are in order and have it all."""
    view = KnowledgeBase.from_bundle(bundle)
    made = [(it, jsonld.document(view, it)) for it in records(view)]
    known = index(*(page for _, page in made))
    for record, page in made:
        texts = {it["text"] for it in nodes(page) if "text" in it}
        assert [] == [*findings(page, known)]
        for statement in record.statements:
            assert {statement.text} <= texts
            assert {it.text for it in statement.cautions} <= texts
