"""Nothing that has to stay together comes apart on the way out."""

import pytest
import ways_out

from salvage_kb import conditions, kb, sources
from salvage_kb.leaflet import leaflet

MILK = [
    "conditions/hiv/breast-milk",
    "conditions/hiv/pregnancy-and-nursing",
]


@pytest.mark.parametrize("way", ways_out.STATEMENTS.values())
@pytest.mark.parametrize("statement", kb.statements, ids=lambda it: it.id)
def test_cautions_never_fall_off(way, statement):
    """By every way out, a statement has its cautions in the same unit."""
    unit = way(statement)

    assert statement.text in unit
    for caution in statement.cautions:
        assert caution.text in unit


@pytest.mark.parametrize("way", ways_out.STATEMENTS.values())
@pytest.mark.parametrize("id", MILK)
def test_milk_never_goes_without_its_caution(way, id):
    """What is said about breast milk says that the risk is not zero."""
    assert "under 1% but not zero" in way(kb.statements[id])


SPANISH = kb.localized("es")


@pytest.mark.parametrize("statement", SPANISH.statements, ids=lambda it: it.id)
def test_cautions_in_another_language(statement):
    """In a view too, and a draft of a safety caution has its original."""
    record = statement.record
    page = leaflet(SPANISH, record)
    units = [
        str(statement),
        ways_out.strings(statement.to_dict()),
        ways_out.unit(SPANISH.describe(record), statement.id),
        ways_out.paragraph(page, statement.text),
    ]

    for unit in units:
        assert statement.text in unit
        for caution in statement.cautions:
            assert caution.text in unit
            assert caution.safety == (caution.original is not None)
            assert (caution.original or "") in unit


@pytest.mark.parametrize("statement", kb.statements, ids=lambda it: it.id)
def test_a_hit_has_the_cautions(statement):
    """Whatever statement a search finds, its cautions are in the hit."""
    hits = kb.search(statement.text, limit=100)

    assert statement.record in [hit.record for hit in hits]
    for hit in hits:
        for caution in hit.cautions:
            assert caution.text in str(hit)
            assert caution.text in ways_out.strings(hit.to_dict())
        assert hit.cautions == (
            hit.statement.cautions if hit.statement else ()
        )


@pytest.mark.parametrize("way", ways_out.RECORDS.values())
@pytest.mark.parametrize(
    "record", [conditions["hiv"], sources["mesh-labels"]], ids=lambda it: it.id
)
def test_notices_and_version_come_along(way, record):
    """Whatever is made of a record has the notices and the version."""
    page = " ".join(way(record).split())

    assert f"{kb.content_version}" in page
    for notice in kb.notices:
        assert notice.text in page
