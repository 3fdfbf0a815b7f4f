"""FHIR is valid, has everything, and claims no more than was checked."""

import functools
import json
import re
from collections import Counter
from xml.etree import ElementTree as ET

import attrs
import fhir.resources
import fhir.resources.R4B
import pytest
from hypothesis import given, settings
from pydantic import BaseModel
from strategies import bundles
from test_review import SIGNED, signed

from salvage_kb import KnowledgeBase, conditions, kb
from salvage_kb.export import export
from salvage_kb.export.fhir import BASE, files
from salvage_kb.vocabulary import FOLDERS, KINDS
from salvage_kb.words import Words

R5 = fhir.resources.get_fhir_model_class
R4B = fhir.resources.R4B.get_fhir_model_class
UNSPOKEN = {"sources", "notices", "history"}
XHTML = "{http://www.w3.org/1999/xhtml}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
#: What FHIR takes from HTML for narratives, forms and scripts left out.
ELEMENTS = re.compile(
    "a|abbr|acronym|b|big|blockquote|br|caption|cite|code|col|colgroup|dd|dfn"
    "|div|dl|dt|em|h[1-6]|hr|i|img|li|ol|p|pre|q|samp|small|span|strong|sub"
    "|sup|table|tbody|td|tfoot|th|thead|tr|tt|ul|var"
)
ATTRIBUTES = {"class", "dir", "href", "id", "lang", "style", "title", XML_LANG}
SPOKEN = [it for it in FOLDERS.values() if it not in UNSPOKEN]


def exported(base, locales=()):
    """Give the resources of an export by their paths."""
    return {
        it.path: json.loads(it.data) for it in export(base, "fhir", locales)
    }


FILES = exported(kb, kb.locales)
DOCUMENTS = {
    k: it for k, it in FILES.items() if it["resourceType"] == "Bundle"
}
TERMS = {k: it for k, it in FILES.items() if k not in DOCUMENTS}
SYSTEM = TERMS["CodeSystem-salvage-kb.json"]
MAP = TERMS["r5/ConceptMap-codes.json"]
LIBRARY = TERMS["Library-salvage-kb.json"]


# Validity


def wrong_codes(model, path=""):
    """Find the codes that a required binding forbids, however deep."""
    for name, field in type(model).model_fields.items():
        allowed = (field.json_schema_extra or {}).get("enum_values")
        held = getattr(model, name)
        for it in held if isinstance(held, list) else [held]:
            if allowed and isinstance(it, str) and it not in allowed:
                yield f"{path}{name} {it}"
            if isinstance(it, BaseModel):
                yield from wrong_codes(it, f"{path}{name}.")


def empty(value, path="$"):
    """Find what is empty, which nothing in FHIR may be."""
    if value in ("", None, [], {}):
        yield path
    if isinstance(value, dict | list):
        rows = value.items() if isinstance(value, dict) else enumerate(value)
        for key, it in rows:
            yield from empty(it, f"{path}.{key}")


def flaws(path, resource):
    """Give what is wrong with a resource, by each release that has it."""
    yield from empty(resource)
    for model_of in (R5,) if path.startswith("r5/") else (R5, R4B):
        model = model_of(resource["resourceType"]).model_validate(resource)
        yield from wrong_codes(model)


@pytest.mark.parametrize("path", FILES)
def test_every_resource_is_valid(path):
    """It is valid in R5, and in R4B too but for the ConceptMap."""
    assert [] == list(flaws(path, FILES[path]))


def test_only_r5_knows_the_map():
    """What is not valid in R4B says so by its folder."""
    with pytest.raises(ValueError, match="relationship"):
        R4B("ConceptMap").model_validate(MAP)


def planted(place):
    """Write a status that does not exist into a resource."""
    bundle = json.loads(json.dumps(DOCUMENTS["en/conditions/hiv.json"]))
    part = {"bundle": bundle, "entry": bundle["entry"][0]["resource"]}
    held = json.loads(json.dumps(TERMS["ValueSet-topics.json"]))
    part["contained"] = held
    bundle["entry"][0]["resource"]["contained"] = [held]
    part[place]["type" if place == "bundle" else "status"] = "banana"
    return bundle


@pytest.mark.parametrize("model_of", [R5, R4B])
@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("bundle", "type banana"),
        ("entry", "entry.resource.status banana"),
        ("contained", "entry.resource.contained.status banana"),
    ],
)
def test_the_walk_finds_wrong_codes(model_of, place, expected):
    """A status that FHIR does not have is found wherever it stands."""
    model = model_of("Bundle").model_validate(planted(place))

    assert [expected] == list(wrong_codes(model))


def test_nothing_is_empty():
    """Empty lists, words and objects are found wherever they stand."""
    odd = {"a": [], "b": [{"c": ""}, {"d": {}}], "e": None, "f": [0, False]}

    assert ["$.a", "$.b.0.c", "$.b.1.d", "$.e"] == list(empty(odd))


@settings(max_examples=settings.default.max_examples // 4)
@given(bundles())
def test_whatever_is_content_is_valid(bundle):
    """For any content, in any language, all resources are valid."""
    bundle["manifest"] = bundle["manifest"] | {"released": "2026-01-01"}
    base = KnowledgeBase.from_bundle(bundle)
    for path, it in exported(base, ("en", "ar-XB")).items():
        assert [] == list(flaws(path, it))
        for div in divs(it):
            ET.fromstring(div)


def divs(resource):
    """Give the narratives of a document."""
    for entry in resource.get("entry", ()):
        yield entry["resource"]["section"][0]["text"]["div"]


def without(*folders):
    """Give the bundled content without some kinds, and what links to them."""
    bundle = kb.to_bundle() | {it: [] for it in folders}
    for row in bundle["conditions"]:
        row["monitoring_links"] = row["side_effect_links"] = []
        row["modality_links"] = []
    bundle.pop("locales")
    bundle["history"] = []
    return bundle


def german():
    """Give content that was written in German, as far as it says."""
    bundle = without("side_effects")
    bundle["manifest"] |= {"locale": "de"}
    return KnowledgeBase.from_bundle(bundle)


ODD = {
    "nothing": lambda: KnowledgeBase.from_bundle(without(*SPOKEN)),
    "no conditions": lambda: KnowledgeBase.from_bundle(without("conditions")),
    "German": german,
    "nothing translated": lambda: kb.localized(
        "es", fallback="omit", min_status="reviewed"
    ),
    "only reviewed": lambda: kb.localized("es", min_status="reviewed"),
    "no pack": lambda: kb.localized("sv"),
    "a region": lambda: kb.localized("en-GB"),
    "pseudo": lambda: kb.localized("ar-XB"),
    "part of it": lambda: kb.localized("es").reviewed(on=SIGNED.due_on),
}


@pytest.mark.parametrize("make", ODD.values(), ids=ODD)
def test_odd_content_is_valid(make):
    """Whatever the view or the content is, all resources are valid."""
    for path, it in exported(make()).items():
        assert [] == list(flaws(path, it))


def test_a_kind_without_records_includes_nothing():
    """A set of no concepts must not mean all concepts of the system."""
    found = exported(ODD["no conditions"]())

    assert "compose" not in found["ValueSet-conditions.json"]
    assert "compose" in found["ValueSet-topics.json"]


# Terms


@pytest.mark.parametrize("path", TERMS)
def test_terms_say_what_they_are(path):
    """Each has its address, version, day and license, and the notices."""
    it = TERMS[path]
    name = f"{it['resourceType']}-{it['id']}.json"

    assert name == path.removeprefix("r5/")
    assert f"{BASE}{it['resourceType']}/{it['id']}" == it["url"]
    assert kb.content_version == it["version"]
    assert ("draft", "en") == (it["status"], it["language"])
    assert re.fullmatch(r"[A-Z][A-Za-z0-9_]{1,254}", it["name"])
    licence, *notices = it["copyright"].split("\n\n")
    assert kb.licence == licence
    assert [it.text for it in kb.notices] == notices


def test_terms_are_in_the_language_of_the_content():
    """Whatever language is asked for, only the designations are in it."""
    found = exported(kb.localized("es"))
    spanish = found.pop("CodeSystem-salvage-kb.json")
    rest = {key: it for key, it in found.items() if key in TERMS}

    assert len(TERMS) - 1 == len(rest)
    assert rest == {key: TERMS[key] for key in rest}
    assert "en" == spanish["language"]
    for one, other in zip(SYSTEM["concept"], spanish["concept"], strict=True):
        assert {"es"} == {it["language"] for it in other["designation"]}
        assert one == other | {"designation": one["designation"]}


def codes(value, key=""):
    """Give all that FHIR takes for codes inside a resource."""
    if isinstance(value, dict):
        for name, it in value.items():
            yield from codes(it, name)
    if isinstance(value, list):
        for it in value:
            yield from codes(it, key)
    words = {"code", "language", "relationship", "status", "type", "valueCode"}
    if key in words and isinstance(value, str):
        yield value


@pytest.mark.parametrize("path", FILES)
def test_ids_and_codes(path):
    """Ids and codes are spelled as FHIR wants them."""
    it = FILES[path]
    parts = [it, *(entry["resource"] for entry in it.get("entry", ()))]

    for part in parts:
        assert re.fullmatch(r"[A-Za-z0-9.-]{1,64}", part["id"])
    for code in codes(it):
        assert re.fullmatch(r"\S+( \S+)*", code)


def records(view=kb):
    """Go through the records that become concepts, by their codes."""
    for folder in SPOKEN:
        for record in getattr(view, folder):
            yield f"{folder}/{record.id}", record


def test_each_record_is_a_concept():
    """A concept has the name, the summary with cautions, and the kind."""
    found = {it["code"]: it for it in SYSTEM["concept"]}

    assert [ref for ref, _ in records()] == list(found)
    assert len(found) == SYSTEM["count"]
    assert [{"code": "kind", "type": "string"}] == SYSTEM["property"]
    for ref, record in records():
        it = found[ref]
        assert (record.name, str(record.summary)) == (
            it["display"],
            it["definition"],
        )
        assert [{"code": "kind", "valueString": KINDS[ref.split("/")[0]]}] == (
            it["property"]
        )


def names(record):
    """Give all names that a view has for a record."""
    terms = (record.name, getattr(record, "clinical_term", None))
    return {*terms, *(it.text for it in record.synonyms)} - {None}


def concept(ref, resources):
    """Find a concept of the code system among the resources of an export."""
    found = resources["CodeSystem-salvage-kb.json"]["concept"]
    return next(it for it in found if it["code"] == ref)


def marks(it):
    """Give the marks of a designation or an element: url to code."""
    found = it.get("extension", ())
    return {it["url"]: it["valueCode"] for it in found}


DRAFT = f"{BASE}StructureDefinition/translation-status"


@pytest.mark.parametrize("locale", kb.locales)
def test_each_name_is_a_designation(locale):
    """Every name in every language is there once, and drafts say so."""
    for ref, record in records(kb.localized(locale)):
        given = concept(ref, FILES)["designation"]
        mine = [it for it in given if it["language"] == locale]
        status = {} if locale == "en" else {DRAFT: "draft"}

        assert Counter(names(record)) == Counter(it["value"] for it in mine)
        assert all(status == marks(it) for it in mine)
        assert [record.name] == [it["value"] for it in mine if "use" in it]


def test_the_preferred_name_is_named():
    """Of all names in a language, one is to be shown."""
    used = [
        it["use"]
        for row in SYSTEM["concept"]
        for it in row["designation"]
        if "use" in it
    ]

    assert len(used) == len(kb.locales) * len(SYSTEM["concept"])
    assert {"preferredForLanguage"} == {it["code"] for it in used}
    assert {"http://terminology.hl7.org/CodeSystem/hl7TermMaintInfra"} == {
        it["system"] for it in used
    }


def reworded():
    """Give the content with a new English name, which Spanish lags behind."""
    bundle = kb.to_bundle()
    row = next(it for it in bundle["conditions"] if it["id"] == "hiv")
    row["name"] = "HIV infections"
    return KnowledgeBase.from_bundle(bundle)


def changed():
    """Give the same where somebody had reviewed the translation."""
    bundle = reworded().to_bundle()
    spanish = bundle["locales"]["es"]
    spanish["locale.json"]["reviewed_by"] = "A. Translator"
    texts = spanish["conditions/hiv.json"]["texts"]
    texts["conditions/hiv#name"]["status"] = "reviewed"
    return KnowledgeBase.from_bundle(bundle)


def shouted(status):
    """Give the content with translations of one status."""
    return kb.with_translator(lambda _, text, __: f"{text}!", status=status)


@pytest.mark.parametrize(
    ("make", "value", "expected"),
    [
        (reworded, "VIH", {DRAFT: "stale"}),
        (changed, "VIH", {DRAFT: "stale"}),
        (lambda: shouted("draft"), "HIV!", {DRAFT: "draft"}),
        (lambda: shouted("translated"), "HIV!", {DRAFT: "translated"}),
        (lambda: shouted("reviewed"), "HIV!", {}),
    ],
    ids=["stale", "changed", "draft", "translated", "reviewed"],
)
def test_marks(make, value, expected):
    """Only what somebody reviewed, and has not changed since, has no mark."""
    found = exported(make(), ["es"])
    given = concept("conditions/hiv", found)["designation"]
    title = found["es/conditions/hiv.json"]["entry"][0]["resource"]

    assert expected == marks(next(it for it in given if it["value"] == value))
    assert value == title["title"]
    assert expected == marks(title.get("_title", {}))


def test_the_mark_is_defined():
    """The extension that marks drafts is an extension that is published."""
    it = TERMS["StructureDefinition-translation-status.json"]
    elements = {row["path"]: row for row in it["differential"]["element"]}

    assert DRAFT == it["url"] == elements["Extension.url"]["fixedUri"]
    assert ("Extension", "constraint") == (it["type"], it["derivation"])
    assert [{"code": "code"}] == elements["Extension.value[x]"]["type"]


def test_names_stand_once():
    """Languages that share a translation do not repeat its names."""
    found = exported(kb, ["en", "en-GB", "es", "es-MX"])
    given = concept("conditions/hiv", found)["designation"]
    pairs = [(it["language"], it["value"]) for it in given]

    assert {"en", "es"} == {language for language, _ in pairs}
    assert len(pairs) == len(set(pairs))


def test_what_is_not_translated_is_no_translation():
    """English that stands in for another language is not that language."""
    found = exported(kb, ["sv"])

    assert "designation" not in concept("conditions/hiv", found)


@pytest.mark.parametrize("folder", SPOKEN)
def test_value_sets(folder):
    """Each kind is a set of all its records, in order, by their names."""
    it = TERMS[f"ValueSet-{folder.replace('_', '-')}.json"]
    (include,) = it["compose"]["include"]

    assert (SYSTEM["url"], SYSTEM["version"]) == (
        include["system"],
        include["version"],
    )
    assert [
        {"code": f"{folder}/{record.id}", "display": record.name}
        for record in getattr(kb, folder)
    ] == include["concept"]


RELATIONSHIPS = {
    "exact": "equivalent",
    "close": "related-to",
    "broad": "source-is-narrower-than-target",
    "narrow": "source-is-broader-than-target",
}


def test_the_map_has_exactly_the_codes():
    """Each standard code is a target, and stands in the right relation."""
    expected = {
        (ref, code.system, code.code, code.display, RELATIONSHIPS[code.match])
        for ref, record in records()
        for code in record.codes
    }
    found = Counter(
        (row["code"], group["target"], to["code"], to["display"], relation)
        for group in MAP["group"]
        for row in group["element"]
        for to in row["target"]
        for relation in [to["relationship"]]
    )

    assert Counter(expected) == found
    assert {SYSTEM["url"]} == {it["source"] for it in MAP["group"]}
    assert set(RELATIONSHIPS.values()) == {it[-1] for it in expected}


def test_the_map_says_where_codes_come_from():
    """A target tells the release, the license, and what else to know."""
    told = {
        (group["target"], to["code"], row["code"]): to["comment"]
        for group in MAP["group"]
        for row in group["element"]
        for to in row["target"]
    }

    for ref, record in records():
        for code in record.codes:
            comment = told[code.system, code.code, ref]
            for fact in (code.verified_in, code.licence, code.note or ""):
                assert fact in comment


def test_the_library_names_everything():
    """It is made of every other resource with an address, by version."""
    others = [it for it in TERMS.values() if it is not LIBRARY]
    rows = LIBRARY["relatedArtifact"]
    parts = [it["resource"] for it in rows if it["type"] == "composed-of"]

    assert Counter(f"{it['url']}|{it['version']}" for it in others) == (
        Counter(parts)
    )


def test_the_library_cites_all_works():
    """Each source is cited, with its publisher, date and address."""
    rows = LIBRARY["relatedArtifact"]
    cited = [it["citation"] for it in rows if it["type"] == "citation"]

    assert len(kb.sources) == len(cited)
    for source, told in zip(kb.sources, cited, strict=True):
        assert told.startswith(f"{source.name}. {source.publisher}")
        for fact in (source.published, source.url):
            assert (fact or "") in told


# Documents


def composition(bundle):
    """Give the first resource of a document."""
    return bundle["entry"][0]["resource"]


@pytest.mark.parametrize("path", DOCUMENTS)
def test_documents_are_documents(path):
    """A document has what FHIR asks of one, and speaks of no patient."""
    bundle = DOCUMENTS[path]
    (entry,) = bundle["entry"]
    first = composition(bundle)
    locale, ref = path.removesuffix(".json").split("/", 1)
    tag = {"system": SYSTEM["url"], "version": kb.content_version, "code": ref}

    assert "document" == bundle["type"]
    assert "Composition" == first["resourceType"]
    assert f"urn:uuid:{first['id']}" == entry["fullUrl"]
    assert f"{first['date']}" == bundle["timestamp"]
    assert {"system", "value"} == set(bundle["identifier"])
    for it in (bundle, first):
        assert locale == it["language"]
        assert [tag] == it["meta"]["tag"]
    assert {"subject", "encounter"}.isdisjoint(first)
    assert [{"display": SYSTEM["publisher"]}] == first["author"]
    assert "preliminary" == first["status"]


def test_no_two_documents_are_the_same():
    """Ids, identifiers and addresses are each used once."""
    policies = [kb, kb.localized("es"), kb.localized("es", stale="fallback")]
    policies.append(kb.localized("es", min_status="reviewed"))
    some = [it for view in policies for it in exported(view).values()]
    some += exported(reworded()).values()
    some = [it for it in some if it["resourceType"] == "Bundle"]

    for many in (list(DOCUMENTS.values()), some):
        for used in (
            [it["id"] for it in many],
            [it["identifier"]["value"] for it in many],
            [it["entry"][0]["fullUrl"] for it in many],
        ):
            assert len(used) == len(set(used))


@functools.cache
def narrative(path):
    """Parse the narrative of a document."""
    (div,) = divs(DOCUMENTS[path])
    return ET.fromstring(div)


@pytest.mark.parametrize("path", DOCUMENTS)
def test_narratives_are_what_fhir_allows(path):
    """They are XHTML of few elements, and say their language as XML does."""
    div = narrative(path)
    locale = path.partition("/")[0]
    ids = [it.get("id") for it in div.iter() if "id" in it.attrib]

    assert f"{XHTML}div" == div.tag
    assert (locale, locale) == (div.get("lang"), div.get(XML_LANG))
    assert kb.localized(locale).manifest.direction == div.get("dir")
    for it in div.iter():
        assert it.tag.startswith(XHTML)
        assert ELEMENTS.fullmatch(it.tag.removeprefix(XHTML))
        assert set(it.attrib) <= ATTRIBUTES
        assert ("href" in it.attrib) <= it.get("href", "").startswith("http")
    assert len(ids) == len(set(ids))


def said(element):
    """Give all words in an element."""
    return "".join(element.itertext())


def own(element):
    """Give the words of a line, without what stands below it."""
    return said(element.find(f"{XHTML}p"))


def numbered(div, view):
    """Read the list of sources: which work has which number."""
    titles = {it.name: it.id for it in view.sources}
    found = {}
    for line in div.iter(f"{XHTML}p"):
        if listed := re.match(r"\[(\d+)\] (.*)", said(line)):
            named = [it for it in titles if listed[2].startswith(it)]
            found[listed[1]] = titles[max(named, key=len)]
    return found


def cited(line, numbers):
    """Read the marks of a line: the works, and the sections of them."""
    found = re.findall(r"\[(\d+)(?:, ([^\]]+))?\]", line)
    return [(numbers[number], section or None) for number, section in found]


@pytest.mark.parametrize("path", DOCUMENTS)
def test_everything_can_be_read_back(path):
    """Statements have their cautions, originals and citations beside them."""
    locale, folder, id = path.removesuffix(".json").split("/")
    view = kb.localized(locale)
    record = getattr(view, folder)[id]
    div = narrative(path)
    numbers = numbered(div, view)
    places = {it.get("id"): it for it in div.iter() if "id" in it.attrib}
    parts = [record.statements, *(it.cautions for it in record.statements)]
    lines = [it for part in parts for it in part]

    assert {it.id for it in lines} == set(places)
    for it in lines:
        line = own(places[it.id])
        assert it.text in line
        assert cited(line, numbers) == [
            (it.source_id, it.section) for it in it.citations
        ]
    for statement in record.statements:
        assert {it.id for it in statement.cautions} | {statement.id} == {
            it.get("id")
            for it in places[statement.id].iter()
            if "id" in it.attrib
        }
        for caution in statement.cautions:
            assert caution.safety * (locale != "en") == bool(caution.original)
            assert (caution.original or "") in said(places[caution.id])


@pytest.mark.parametrize("path", DOCUMENTS)
def test_names_notices_and_version_come_along(path):
    """A document has every name of the record, the notices and the version."""
    locale, folder, id = path.removesuffix(".json").split("/")
    view = kb.localized(locale)
    words = said(narrative(path))

    for it in names(getattr(view, folder)[id]):
        assert it in words
    for notice in view.notices:
        assert notice.text in words
    assert kb.content_version in words
    assert (locale != "en") == (Words(locale)("draft") in words)


ASKED = {
    "en": ({}, {}, {}),
    "en-GB": ({"language": "en"}, {"language": "en"}, {}),
    "sv": ({"language": "en"}, {"language": "en"}, {}),
    "es": ({"language": "en"}, {}, {DRAFT: "draft"}),
    "es-MX": ({"language": "en"}, {"language": "es"}, {DRAFT: "draft"}),
    "ar-XB": ({"language": "en"}, {}, {DRAFT: "draft"}),
}


@pytest.mark.parametrize("locale", ASKED)
def test_words_say_their_language(locale):
    """What is not in the language of the document says which it is in."""
    type, title, draft = ASKED[locale]
    first = composition(
        exported(kb, [locale])[f"{locale}/topics/prognosis.json"]
    )
    (section,) = first["section"]

    def told(holder, name):
        found = marks(holder.get(f"_{name}", {}))
        return {it.rpartition("/")[2]: code for it, code in found.items()}

    status = {it.rpartition("/")[2]: code for it, code in draft.items()}
    assert locale == first["language"]
    assert type == told(first["type"], "text")
    assert title | status == told(first, "title") == told(section, "title")


def test_titles_say_their_language():
    """Our English titles say so where the content is in another language."""
    found = exported(german())

    for it in found.values():
        if it["resourceType"] != "Bundle":
            assert "de" == it["language"]
            assert ["en"] == list(marks(it["_title"]).values())
    assert "_title" not in composition(found["de/conditions/hiv.json"])
    for it in TERMS.values():
        assert "_title" not in it


# What was checked, and by whom


def final(base):
    """Name the documents in English and in a translation that are final."""
    return [
        path
        for path, it in exported(base, ("en", "es")).items()
        if it["resourceType"] == "Bundle"
        and composition(it)["status"] == "final"
    ]


def resigned(**changes):
    """Give the content with one text signed, in another way."""
    bundle = kb.to_bundle()
    row = next(it for it in bundle["conditions"] if it["id"] == "hiv")
    given = {"digest": conditions["hiv"].text_digest} | changes
    row["text_review"] = attrs.evolve(SIGNED, **given).to_dict()
    return KnowledgeBase.from_bundle(bundle)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: kb, []),
        (lambda: signed(("conditions", "hiv")), ["en/conditions/hiv.json"]),
        (resigned, ["en/conditions/hiv.json"]),
        (lambda: resigned(digest="a" * 64), []),
        (lambda: resigned(withdrawn_on=SIGNED.due_on), []),
    ],
    ids=["unsigned", "signed", "signed again", "lapsed", "withdrawn"],
)
def test_final_is_what_was_signed(make, expected):
    """Only a signed text is final, and no translation of it."""
    assert expected == final(make())


@pytest.mark.parametrize(
    ("make", "ours"),
    [
        (lambda: kb.localized("es"), True),
        (lambda: shouted("draft"), False),
        (reworded, False),
    ],
    ids=["ours", "others' words", "others' content"],
)
def test_we_answer_for_our_own_content_only(make, ours):
    """Of other content, nobody is named who did not write it."""
    found = exported(make())
    author = composition(
        next(it for it in found.values() if it["resourceType"] == "Bundle")
    )["author"]

    assert ours == ("publisher" in found["CodeSystem-salvage-kb.json"])
    assert ours == (author == [{"display": SYSTEM["publisher"]}])
    assert ours != (["unknown"] == list(marks(author[0]).values()))


def test_an_overlay(tmp_path):
    """What was added is there, in a version of its own, and is not ours."""
    bundle = kb.to_bundle()
    (row,) = (it for it in bundle["topics"] if it["id"] == "prognosis")
    added = row["statements"][0] | {"id": "topics/prognosis/here", "text": "!"}
    path = tmp_path / "topics" / "prognosis.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"id": row["id"], "statements": [added]}))
    over = kb.overlay(tmp_path)
    found = exported(over)
    first = composition(found["en/topics/prognosis.json"])
    text = first["section"][0]["text"]["div"]

    assert added["id"] in text
    assert "Added locally" in text
    assert over.content_version in text
    for path, it in found.items():
        assert [] == list(flaws(path, it))
        assert "publisher" not in it
    assert (
        over.content_version == found["CodeSystem-salvage-kb.json"]["version"]
    )


def days(resources):
    """Give all days that resources name."""
    rows = list(resources.values())
    found = {it["date"] for it in rows if it["resourceType"] != "Bundle"}
    return found | {it["timestamp"] for it in rows if "timestamp" in it}


def unreleased(signed_on=None):
    """Give content that was never released, a record of it signed perhaps."""
    bundle = (resigned(signed_on=signed_on) if signed_on else kb).to_bundle()
    bundle["manifest"].pop("released", None)
    return KnowledgeBase.from_bundle(bundle)


def test_the_day_of_the_release():
    """All resources are of the day of the release, in all languages."""
    bundle = kb.to_bundle()
    bundle["manifest"]["released"] = "2024-02-29"
    found = exported(KnowledgeBase.from_bundle(bundle), ["en", "es"])

    assert {"2024-02-29", "2024-02-29T00:00:00Z"} == days(found)


def test_the_day_of_a_signature():
    """Before a release, they are of the day of the last signature."""
    found = exported(unreleased(SIGNED.signed_on), ["en", "es"])
    day = f"{SIGNED.signed_on}"

    assert {day, f"{day}T00:00:00Z"} == days(found)


def test_without_any_day():
    """Content that was neither released nor signed has none; say so."""
    with pytest.raises(ValueError, match=r"set \$\.released in manifest.json"):
        exported(unreleased())


# The export


def test_an_address_of_ones_own():
    """Where the caller has an address, all canonical ones are below it."""
    base = "https://example.org/fhir/"
    found = {it.path: json.loads(it.data) for it in files({"es": kb}, base)}

    for it in found.values():
        assert BASE not in json.dumps(it)
        assert base in json.dumps(it)
    assert [] == [
        flaw for path, it in found.items() for flaw in flaws(path, it)
    ]


def test_the_paths():
    """There is a document for each record and language, and nothing else."""
    expected = {
        f"{locale}/{ref}.json" for locale in kb.locales for ref, _ in records()
    }

    assert expected == set(DOCUMENTS)
    assert {"en"} == {
        it.partition("/")[0] for it in exported(kb) if it in DOCUMENTS
    }
