"""Rules for the bundled content itself."""

import json
import re
from collections.abc import Mapping
from datetime import date

import jsonschema
import pytest
from helpers import DATA, FILES, LOCALE_FILES

from salvage_kb import (
    conditions,
    kb,
    modalities,
    monitoring_tests,
    side_effects,
    sources,
    topics,
)
from salvage_kb.authoring import canonical_files
from salvage_kb.schema import schemas
from salvage_kb.vocabulary import FOLDERS

HIV_EFFECTS = [
    "dizziness",
    "fatigue",
    "headache",
    "stomach-problems",
    "vomiting",
    "trouble-sleeping",
    "vivid-dreams",
    "skin-irritation",
    "changes-in-urination",
    "peripheral-neuropathy",
    "jaundice",
    "lipodystrophy",
]
CANCER_EFFECTS = [
    "fatigue",
    "weakness",
    "headache",
    "vomiting",
    "diarrhea",
    "constipation",
    "weight-loss",
    "skin-changes",
    "mouth-sores",
    "throat-sores",
    "trouble-swallowing",
    "hair-loss",
    "low-sexual-desire",
    "lymphedema",
]


@pytest.mark.parametrize(
    ("collection", "ids"),
    [
        (
            conditions,
            "hiv cancer copd end-stage-renal-disease structural-heart-disease",
        ),
        (
            modalities,
            "antiretroviral-therapy chemotherapy radiation-therapy surgery "
            "experimental-medicines supportive-care theophylline "
            "bypass-surgery heart-transplant stem-cell-therapy",
        ),
        (
            side_effects,
            "dizziness fatigue weakness headache stomach-problems vomiting "
            "trouble-sleeping vivid-dreams skin-irritation "
            "changes-in-urination peripheral-neuropathy jaundice "
            "lipodystrophy diarrhea constipation weight-loss skin-changes "
            "mouth-sores throat-sores trouble-swallowing hair-loss "
            "low-sexual-desire lymphedema kidney-problems liver-problems",
        ),
        (
            monitoring_tests,
            "drug-resistance-test laboratory-checks liver-function-test "
            "kidney-function-test viral-load-test tumor-marker-test",
        ),
        (
            topics,
            "what-is-salvage-therapy when-it-is-used what-to-expect "
            "side-effects after-salvage-therapy prognosis key-takeaways",
        ),
    ],
)
def test_ids(collection, ids):
    """Ids that were promised are there, in editorial order."""
    assert tuple(ids.split()) == collection.ids


@pytest.mark.parametrize(
    ("condition", "relation", "ids"),
    [
        ("hiv", "side_effects", HIV_EFFECTS),
        ("cancer", "side_effects", CANCER_EFFECTS),
        ("hiv", "modalities", ["antiretroviral-therapy"]),
        (
            "cancer",
            "modalities",
            [
                "chemotherapy",
                "radiation-therapy",
                "surgery",
                "experimental-medicines",
                "supportive-care",
            ],
        ),
        ("copd", "modalities", ["theophylline"]),
        ("end-stage-renal-disease", "modalities", ["bypass-surgery"]),
        (
            "structural-heart-disease",
            "modalities",
            ["heart-transplant", "stem-cell-therapy"],
        ),
        ("cancer", "monitoring_tests", ["tumor-marker-test"]),
        ("copd", "side_effects", []),
    ],
)
def test_links(condition, relation, ids):
    """Conditions are linked to what the source names with them."""
    assert tuple(ids) == getattr(conditions[condition], relation).ids


@pytest.mark.parametrize(
    ("timing", "ids"),
    [
        (
            "before",
            [
                "drug-resistance-test",
                "laboratory-checks",
                "liver-function-test",
                "kidney-function-test",
            ],
        ),
        ("during", []),
        ("after", ["viral-load-test"]),
    ],
)
def test_timing_of_tests_for_hiv(timing, ids):
    """Tests are made for HIV when the source says so."""
    found = monitoring_tests.where(condition="hiv", timing=timing)

    assert tuple(ids) == found.ids


def test_kidney_and_liver_problems_belong_to_no_condition():
    """The source names no condition for these two effects."""
    for id in ("kidney-problems", "liver-problems"):
        assert () == side_effects[id].conditions.ids


#: Claims that other sources limit: a pattern, and who must speak beside it.
CAUTIONED = {
    r"\bmilk\b|nursing": {"aap-infant-feeding"},
    r"[Mm]ost cancers are first": {"nci-types-of-treatment"},
    r"where two are usual": {"nih-treatment-regimen"},
    r"[Tt]heophylline (may|is an)": {"copdx-methylxanthines"},
    r"strong medicine": {"cochrane-theophylline"},
    r"[Ss]tem cell": {"fda-alert-stem-cells", "plos-heart-cell-therapy"},
}


@pytest.mark.parametrize(("pattern", "wanted"), CAUTIONED.items())
def test_unsafe_claims_are_never_bare(pattern, wanted):
    """Wherever a disputed claim is made, the caution stands beside it."""
    found = [s for s in kb.statements if re.search(pattern, s.text)]

    assert found
    for statement in found:
        assert wanted <= statement.source_ids
        for caution in statement.cautions:
            assert str(caution) in str(statement)


def test_safety_cautions():
    """Cautions on which harm may hang are marked."""
    marked = {
        caution.id.rpartition("/")[2]
        for statement in kb.statements
        for caution in statement.cautions
        if caution.safety
    }

    assert {
        "advice-on-breastfeeding",
        "harmless-or-serious",
        "milk-risk-is-not-zero",
        "not-an-approved-heart-treatment",
        "not-recommended-by-all",
        "rash-can-be-serious",
        "small-effect-narrow-margin",
    } == marked


def test_no_caution_says_guidelines_say():
    """Who advises something is named, and rates of death are left out."""
    for statement in kb.statements:
        for caution in statement.cautions:
            assert "uidelines say" not in caution.text
            assert not re.search(r"\d+ ?% (at|after|of)", caution.text)
            assert {c.read_as for c in caution.citations} <= {
                "whole",
                "excerpt",
                "data-file",
            }


def reach(value, thing):
    """Follow what a file holds into the object, field by field."""
    if isinstance(value, dict):
        for key, held in value.items():
            if isinstance(thing, Mapping):
                reach(held, thing[key])
            else:
                reach(held, getattr(thing, key))
    elif isinstance(value, list):
        assert len(value) == len(thing)
        for held, part in zip(value, thing, strict=True):
            reach(held, part)
    elif isinstance(thing, date):
        assert value == thing.isoformat()
    else:
        assert value == thing


@pytest.mark.parametrize("file", FILES)
def test_nothing_authored_is_lost(file):
    """Each field of each file can be reached from a public object."""
    folder, _, name = file.partition("/")
    thing = kb.manifest
    if name:
        thing = getattr(kb, folder)[name.removesuffix(".json")]

    reach(json.loads((DATA / file).read_bytes()), thing)


def test_no_source_is_idle():
    """Every work is cited by some statement or caution."""
    for source in sources:
        assert source.cited_by


def test_the_reviewed_article():
    """The article is described as its publisher does, and no further."""
    source = sources["icliniq-salvage-therapy"]

    assert "Salvage Therapy - An Insight" == source.title
    assert ("2024-01-25", None) == (source.published, source.url)
    assert date(2025, 12, 3) == source.review.source_review.reviewed_on
    assert "Dr. Kaushal Bhavsar" == source.reviewer


def test_nobody_signed_our_text():
    """No record claims a review of its wording."""
    for kind in FOLDERS:
        for record in kb.table(kind).values():
            assert getattr(record, "text_review", None) is None


def test_notices():
    """The disclaimer, the review notice and the attribution are there."""
    kinds = ("disclaimer", "review", "attribution")

    assert kinds == tuple(notice.kind for notice in kb.notices)
    assert "Nobody has medically reviewed" in kb.notices["not-reviewed"].text


@pytest.mark.parametrize("statement", kb.statements, ids=lambda it: it.id)
def test_plain_words(statement):
    """Sentences are short, few, and tell nobody what to do."""
    sentences = re.split(r"(?<=[.!?])\s+", statement.text)

    assert len(sentences) <= 2
    for text in (statement.text, *(c.text for c in statement.cautions)):
        for sentence in re.split(r"(?<=[.!?])\s+", text):
            assert len(sentence.split()) <= 28
        assert not re.search(
            r"\b(you|your|should|must)\b", text, re.IGNORECASE
        )


def test_everything_is_in_its_one_form():
    """``fmt`` would change nothing; schemas follow from the model."""
    for path, text in canonical_files(DATA):
        assert text == path.read_bytes().decode()


def test_the_files_are_all_there_is():
    """Each file of the folder is one that ``fmt`` knows."""
    known = {path for path, _ in canonical_files(DATA)}

    assert known == set(DATA.rglob("*.json"))


@pytest.mark.parametrize("file", [*FILES, *LOCALE_FILES])
def test_schemas_accept_the_content(file):
    """An independent validator accepts each file, and no unknown field."""
    value = json.loads((DATA / file).read_bytes())
    folder = file.partition("/")[0].removesuffix(".json")
    if folder == "locales":
        facts = file.endswith("/locale.json")
        folder = "locale" if facts else "translations"
    schema = dict(schemas())[f"{folder}.schema.json"]
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)

    assert [] == list(validator.iter_errors(value))
    assert not validator.is_valid(value | {"unknown": 1})
    assert not validator.is_valid({})
