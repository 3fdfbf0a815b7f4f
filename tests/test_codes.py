"""Standard codes, and the tables of the docs that say where they come from."""

import re
from collections import Counter

import pytest
from test_packaging import ROOT

from salvage_kb import (
    CodeMatch,
    ContentError,
    conditions,
    kb,
    modalities,
    monitoring_tests,
    side_effects,
    sources,
    topics,
)
from salvage_kb.authoring import SIGNED
from salvage_kb.vocabulary import CODE_SYSTEMS

SHORT = {uri: name for name, uri in CODE_SYSTEMS.items()}
CODED = [r for kind in SIGNED for r in kb.table(kind).values() if r.codes]
#: Every code in the data: its name, its record and its match.
CODES = [
    (f"{SHORT[code.system]} {code.code}", record.id, code.match)
    for record in CODED
    for code in record.codes
]


@pytest.mark.parametrize(
    ("collection", "system", "code", "expected"),
    [
        (
            conditions,
            "http://hl7.org/fhir/sid/icd-10-cm",
            "J44.9",
            [("copd", "exact")],
        ),
        (conditions, "ICD-10-CM", "J44.9", [("copd", "exact")]),
        (conditions, "icd-10-cm", "B20", [("hiv", "close")]),
        (conditions, "MeSH", "D000163", [("hiv", "narrow")]),
        (monitoring_tests, "LOINC", "20447-9", [("viral-load-test", "exact")]),
        (
            monitoring_tests,
            "http://loinc.org",
            "2160-0",
            [("kidney-function-test", "narrow")],
        ),
        (modalities, "RxNorm", "10438", [("theophylline", "exact")]),
        (modalities, "mesh", "D033581", [("stem-cell-therapy", "broad")]),
        (modalities, "mesh", "D018380", []),
        (side_effects, "Mondo", "MONDO:0005359", [("liver-problems", "narrow")]),
        (side_effects, "hpo", "HP:0000952", [("jaundice", "exact")]),
        (side_effects, "NCIt", "C3143", [("jaundice", "exact")]),
        (side_effects, "DOID", "DOID:987", [("hair-loss", "exact")]),
        (modalities, "MAXO", "MAXO:0000014", [("radiation-therapy", "exact")]),
        (topics, "mesh", "D016879", [("what-is-salvage-therapy", "exact")]),
        (conditions, "mesh", "D016879", []),
        (conditions, "https://nope.example", "J44.9", []),
        (sources, "mesh", "D016879", []),
    ],
)  # fmt: skip
def test_by_code(collection, system, code, expected):
    """A code leads to its records, by the URI or the short name."""
    found = collection.by_code(system, code)

    assert expected == [(it.record.id, it.match) for it in found]
    assert isinstance(found, tuple)
    for it in found:
        assert isinstance(it, CodeMatch)
        assert it.record in collection


def test_exact_matches_come_first():
    """Of several records, the one that means the same is first."""
    bundle = kb.to_bundle()
    code = bundle["conditions"][2]["codes"][0]
    for row, match in zip(
        bundle["conditions"],
        ["narrow", "broad", "exact", "close"],
        strict=False,
    ):
        row["codes"] = [code | {"match": match}]
    mine = type(kb).from_bundle(bundle)
    found = mine.conditions.by_code(code["system"], code["code"])

    assert ["exact", "close", "broad", "narrow"] == [it.match for it in found]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("system", "not a uri", "should be a URI such as http://loinc.org"),
        ("system", "=cmd()", "should be a URI such as http://loinc.org"),
        ("code", "a  b", "should have single spaces at most"),
    ],
)
def test_codes_that_no_server_takes(field, value, message):
    """A code is written as terminology servers have it."""
    bundle = kb.to_bundle()
    bundle["conditions"][0]["codes"][0][field] = value
    with pytest.raises(ContentError) as caught:
        type(kb).from_bundle(bundle)

    (problem,) = caught.value.problems
    assert f"$.conditions[0].codes[0].{field}" == problem.path
    assert message == problem.message


@pytest.mark.parametrize(
    ("system", "code", "message"),
    [
        (None, "J44.9", "system should be text, not None"),
        ("MeSH", 5, "code should be text, not 5"),
        (b"x", "y", "system should be text, not b'x'"),
    ],
)
def test_by_code_takes_text(system, code, message):
    """What is no text is refused."""
    with pytest.raises(TypeError) as caught:
        conditions.by_code(system, code)

    assert message == str(caught.value)


def test_by_code_of_no_system():
    """A name that is none of ours finds nothing, but not silently."""
    with pytest.raises(ValueError) as caught:
        conditions.by_code("ICD-10", "J44.9")

    assert (
        "'ICD-10' is no URI and no short name of a code system; did you mean "
        "'ICD-10-CM'?; the names are DOID, HPO, ICD-10-CM, LOINC, MAXO, MeSH, "
        "Mondo, NCIt, RxNorm"
    ) == str(caught.value)


def test_by_code_in_a_part():
    """A part of a collection finds only its own records."""
    part = conditions.where(category="infection")

    assert () == part.by_code("ICD-10-CM", "J44.9")


def test_codes_say_where_they_come_from():
    """Every code names a known system, its license and its release."""
    for record in CODED:
        for code in record.codes:
            assert code.system in SHORT
            assert code.licence
            assert code.verified_in
        assert 1 == max(
            Counter((c.system, c.code) for c in record.codes).values()
        )
    component = [
        code
        for record in CODED
        for code in record.codes
        if code.note and "component part" in code.note
    ]
    assert {"LOINC"} == {SHORT[code.system] for code in component}


def rows(page, columns):
    """Read the tables of a page that have so many columns."""
    found = []
    for line in (ROOT / "docs" / page).read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| ") and len(cells) == columns:
            found.append([cell.strip("` ") for cell in cells])
    return [row for row in found if not set(row[0]) <= {"-"}][1:]


def test_the_table_of_concepts():
    """It has as many codes as the data, and no record that is not there."""
    table = rows("codes.md", 5)
    kept = Counter()
    for _, record, _, _, count in table:
        kept[record] += int(count.split(" of ")[0])
    del kept["none"]

    assert 66 == len(table)
    assert Counter(record for _, record, _ in CODES) == kept
    for _, _, relation, why, _ in table:
        assert (relation == "the same") == (why == "-")


def test_the_table_of_restated_matches():
    """Each match that differs from the verified table is the one we have."""
    table = rows("codes.md", 6)

    assert 46 == len(table)
    for code, _, record, before, here, why in table:
        assert (code, record, here) in CODES
        assert "exact" != here != before
        assert why


def test_no_exact_code_is_in_two_records():
    """A code can mean the same as one record only."""
    exact = Counter(code for code, _, match in CODES if match == "exact")

    assert 1 == max(exact.values())


def test_codes_that_were_left_out():
    """They are not in the data, or are there by another concept."""
    have = {code for code, _, _ in CODES}
    for code, _, _, why in rows("codes.md", 4):
        assert (code in have) == why.startswith("is there already")


def test_the_table_of_second_sources():
    """Each caution in the data is in the table, with its kind and place."""
    table = rows("second-sources.md", 5)
    told = {}
    for _, _, slug, kind, places in table:
        for place in re.findall(r"[a-z_]+/[a-z-]+/[a-z-]+", places):
            told[f"{place}/{slug}"] = kind
    found = {
        caution.id: caution.kind + ", safety" * caution.safety
        for statement in kb.statements
        for caution in statement.cautions
    }

    assert found == told
    assert 41 == len({check for check, *_ in table})
    assert 4 == len({row[0] for row in table if "conflicts" in row[3]})
