"""Records, statements and what they lead to."""

import copy
import pickle
from datetime import date

import attrs
import pytest
from helpers import run_python

from salvage_kb import (
    Citation,
    Condition,
    IntegrityError,
    KnowledgeBase,
    NotLinked,
    SideEffect,
    Source,
    Statement,
    Text,
    TextReview,
    UnboundRecord,
    UnknownId,
    conditions,
    kb,
    modalities,
    monitoring_tests,
    side_effects,
    sources,
    topics,
)
from salvage_kb.knowledge_base import _installed

HIV = conditions["hiv"]
FATIGUE = side_effects["fatigue"]
SAID = Statement(
    id="side_effects/itch/it",
    text=Text("It itches."),
    aspect="overview",
    citations=(Citation(source_id="book", section="one"),),
)
ITCH = SideEffect(
    id="itch",
    name=Text("Itch"),
    statements=(SAID,),
    summary_id=SAID.id,
    body_system="skin-and-hair",
)


def test_summary_is_one_of_the_statements():
    """Summaries, what tests measure and why have sources and cautions."""
    test = monitoring_tests["viral-load-test"]

    assert HIV.summary in HIV.statements
    assert "conditions/hiv/resistant-virus" == HIV.summary.id
    assert [test.measures, test.why] == list(test.statements)
    assert sources["icliniq-salvage-therapy"].summary is None


def test_statement_knows_its_record():
    """A statement leads to its record, a citation to its source."""
    statement = kb.statements["monitoring_tests/viral-load-test/why"]

    assert monitoring_tests["viral-load-test"] is statement.record
    assert statement.citations[0].source is sources["icliniq-salvage-therapy"]
    assert {"icliniq-salvage-therapy"} == statement.source_ids


def test_str_of_a_statement_has_its_cautions():
    """Each caution stands on a line of its own, with a word before it."""
    statement = kb.statements["conditions/copd/theophylline"]
    one, two, three = statement.cautions

    assert [
        statement.text,
        f"Safety caution: {one.text}",
        f"Safety caution: {two.text}",
        f"Caution: {three.text}",
    ] == str(statement).split("\n")


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("es", ("Advertencia de seguridad: ", "Advertencia: ")),
        ("fr", ("Mise en garde sur la sécurité\xa0: ", "Mise en garde\xa0: ")),
        ("nl", ("Safety caution: ", "Caution: ")),
    ],
)
def test_the_word_for_a_caution_is_in_its_language(lang, words):
    """What is read aloud in one language is not announced in another."""
    copd = kb.localized(lang).conditions["copd"]
    found = {
        caution.safety: str(caution)
        for statement in copd.statements
        for caution in statement.cautions
    }

    assert words == tuple(
        found[safety][: len(word)]
        for safety, word in zip((True, False), words, strict=True)
    )


def test_disputed():
    """What another source contradicts is disputed; a limit is no dispute."""
    found = [
        statement.id
        for statement in HIV.statements
        if "conflicts" in {it.kind for it in statement.cautions}
    ]

    assert ["conditions/hiv/more-drugs-at-once"] == found
    assert found == [statement.id for statement in HIV.disputed]
    assert not kb.statements["conditions/hiv/breast-milk"].is_disputed


def test_caution_leads_to_its_sources():
    """A caution cites works that can be looked up."""
    caution = kb.statements["conditions/hiv/breast-milk"].cautions[0]

    assert [
        "hhs-infant-feeding",
        "aap-infant-feeding",
        "tam-infant-feeding",
    ] == [citation.source.id for citation in caution.citations]
    assert {"excerpt"} == {citation.read_as for citation in caution.citations}


def test_by_aspect():
    """Statements about an aspect keep their order."""
    ids = [s.id for s in conditions["cancer"].by_aspect("side-effect")]

    assert ids == [
        f"conditions/cancer/{slug}"
        for slug in (
            "more-drugs-stronger-effects",
            "chemotherapy-with-radiation",
            "effects-whole-body",
            "effects-eating-and-bowels",
            "effects-skin-hair-and-swelling",
        )
    ]


def test_link():
    """A link names both records and what bears it out, from either side."""
    link = HIV.link(FATIGUE)

    assert (HIV, FATIGUE) == link.records
    assert link == FATIGUE.link(HIV)
    assert hash(link) == hash(FATIGUE.link(HIV))
    assert [
        "conditions/hiv/effects-nerves-and-sleep",
        "side_effects/fatigue/hiv",
    ] == [statement.id for statement in link.statements]
    assert link.timing is None
    assert (FATIGUE.statements[1].citations[0],) == link.citations


def test_link_to_a_test_has_a_timing():
    """When a test is made stands on its link."""
    link = monitoring_tests["viral-load-test"].link(HIV)

    assert "after" == link.timing


def test_not_linked():
    """Records that no statement joins say so, by their names."""
    with pytest.raises(NotLinked) as caught:
        HIV.link(side_effects["hair-loss"])

    message = (
        "condition 'hiv' and side effect 'hair-loss' are not linked: "
        "no statement joins them"
    )
    assert message == str(caught.value)
    assert isinstance(caught.value, KeyError)


def test_broader_and_narrower():
    """A part leads to the whole and back; bypass surgery is surgery."""
    surgery, bypass = modalities["surgery"], modalities["bypass-surgery"]

    assert surgery is bypass.broader
    assert surgery.broader is None
    assert (bypass,) == tuple(surgery.narrower)
    assert bypass.link(surgery) == surgery.link(bypass)
    assert ("cancer",) == surgery.conditions.ids


def test_relations_of_every_kind():
    """Effects, tests and modalities lead back to their conditions."""
    assert ("hiv", "cancer") == FATIGUE.conditions.ids
    assert ("hiv",) == monitoring_tests["laboratory-checks"].conditions.ids
    assert ("copd",) == modalities["theophylline"].conditions.ids


def test_cited_by():
    """A source knows the statements that cite it, by their cautions too."""
    assert [
        "conditions/cancer/chemotherapy-first",
    ] == [s.id for s in sources["acs-common-treatments"].cited_by]


def test_review_keeps_two_things_apart():
    """The review of the article says nothing of our text."""
    review = HIV.review

    assert date(2025, 12, 3) == review.source_review.reviewed_on
    assert "icliniq-salvage-therapy" == review.source_review.source_id
    assert review.text_review is None
    assert sources["acs-common-treatments"].review.source_review is None


def test_review_of_several_sources():
    """The longest ago counts; one source without a review leaves none."""
    bundle = kb.to_bundle()
    other = bundle["sources"][0] | {"id": "old", "reviewed_on": "2020-01-02"}
    bundle["sources"].append(other)
    record = bundle["topics"][0]
    cited = record["statements"][0]["citations"]
    cited.append({"source_id": "old", "section": "outline"})
    record["text_review"] = signed = {
        "reviewer": "A. Doctor",
        "credential": "MD",
        "signed_on": "2026-01-01",
        "due_on": "2029-01-01",
        "digest": "a" * 64,
    }
    review = KnowledgeBase.from_bundle(bundle).topics[record["id"]].review

    assert "old" == review.source_review.source_id
    assert signed == review.text_review.to_dict()
    assert isinstance(review.text_review, TextReview)
    del other["reviewer"]
    review = KnowledgeBase.from_bundle(bundle).topics[record["id"]].review
    assert None is review.source_review
    assert signed == review.text_review.to_dict()


def test_unbound():
    """Records made by hand say what they have of their own, and no more."""
    assert SAID is ITCH.summary
    assert (SAID,) == ITCH.by_aspect("overview")
    for name, follow in (
        ("SideEffect", lambda: ITCH.conditions),
        ("Citation", lambda: ITCH.review),
        ("SideEffect", lambda: ITCH.link(HIV)),
        ("Statement", lambda: SAID.record),
        ("Citation", lambda: SAID.citations[0].source),
    ):
        with pytest.raises(UnboundRecord) as caught:
            follow()

        assert (
            f"this {name} was made by hand and belongs to no knowledge base: "
            "take it from one to follow its relations"
        ) == str(caught.value)


def test_a_summary_that_is_not_there():
    """A record made by hand may name no statement that it has not."""
    with pytest.raises(UnknownId, match="'conditions/x/z'"):
        _ = Condition(
            id="x",
            name=Text("x"),
            summary_id="conditions/x/z",
            category="lung",
        ).summary


@pytest.mark.parametrize(
    "item",
    [
        HIV,
        HIV.disputed[0],
        HIV.disputed[0].cautions[0],
        kb.notices["disclaimer"],
    ],
)
def test_references(item):
    """What has an id says how others refer to it."""
    (found,) = kb.check_refs([item.ref])

    assert item == found.item


def test_authored_fields_alone_are_compared():
    """A record made by hand equals the same one in a knowledge base."""
    by_hand = Condition(
        **{
            field.name: getattr(HIV, field.name)
            for field in attrs.fields(Condition)
            if field.name != "_view"
        }
    )

    assert HIV == by_hand
    assert hash(HIV) == hash(by_hand)
    assert by_hand in conditions
    assert HIV != attrs.evolve(by_hand, name=Text("AIDS"))


def test_to_dict_has_what_was_authored():
    """Defaults are left out; the knowledge base never leaks."""
    expected = {
        "id": "itch",
        "name": "Itch",
        "statements": [
            {
                "id": "side_effects/itch/it",
                "text": "It itches.",
                "aspect": "overview",
                "citations": [{"source_id": "book", "section": "one"}],
            }
        ],
        "summary_id": "side_effects/itch/it",
        "body_system": "skin-and-hair",
    }

    assert expected == ITCH.to_dict()
    assert str is type(ITCH.to_dict()["name"])


def test_repr_is_short():
    """A repr says what the record is, without all that it says."""
    assert "SideEffect(id='itch', name='Itch')" == repr(ITCH)
    assert "_view" not in repr(SAID)


def test_frozen():
    """Nothing can be set on a record, and nothing added to it."""
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        HIV.name = Text("x")
    assert not hasattr(HIV, "__dict__")


@pytest.mark.parametrize(
    "thing",
    [
        HIV,
        HIV.statements[0],
        HIV.statements[0].citations[0],
        kb.notices["disclaimer"],
        topics["prognosis"],
        sources["nci-types-of-treatment"],
        conditions,
        HIV.side_effects,
        kb,
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_pickle_of_bundled_content(thing):
    """What is bundled arrives as what is installed, relations and all."""
    arrived = pickle.loads(pickle.dumps(thing))

    assert thing == arrived
    assert kb is getattr(arrived, "_view", kb)
    if hasattr(thing, "record_kind"):
        assert thing is arrived
    assert thing is copy.copy(thing)
    assert thing is copy.deepcopy(thing)


def test_pickle_of_all_records_of_a_kind():
    """A whole collection is stored by its name, a part of it by its ids."""
    part = conditions.where(category="infection")

    assert b"hiv" not in pickle.dumps(conditions)
    assert b"hiv" in pickle.dumps(part)
    assert part == pickle.loads(pickle.dumps(part))


def test_pickle_goes_to_another_process():
    """A pickled record follows its relations in a new process."""
    code = (
        "import pickle, sys;"
        f"record = pickle.loads({pickle.dumps(HIV)!r});"
        "print(record.modalities.ids[0])"
    )

    assert "antiretroviral-therapy" == run_python(code)


def test_pickle_by_value_is_unbound():
    """Statements and citations of other content arrive without it."""
    other = KnowledgeBase.from_bundle(kb.to_bundle())
    statement = other.conditions["hiv"].statements[0]
    arrived = pickle.loads(pickle.dumps(statement))

    assert statement == arrived
    assert arrived._view is None
    assert arrived.citations[0]._view is None
    for thing, message in (
        (
            other,
            "only the bundled KnowledgeBase can be pickled; for others pickle "
            "what to_bundle() gives",
        ),
        (
            other.conditions,
            "only collections of the bundled content can be pickled; for "
            "others pickle tuple(...) of the records",
        ),
    ):
        assert thing is copy.deepcopy(thing)
        with pytest.raises(TypeError) as caught:
            pickle.dumps(thing)

        assert message == str(caught.value)


def test_other_content_is_not_unpickled():
    """What was stored with other content does not arrive as this content."""
    with pytest.raises(IntegrityError) as caught:
        _installed("0.0.9", "a" * 64)

    message = (
        "this was stored with content 0.0.9 (digest aaaaaaaaaaaa), but "
        f"{kb.content_version} (digest {kb.digest[:12]}) is installed: install the former, "
        "or store the ids instead"
    )
    assert message == str(caught.value)


def test_source_without_a_review():
    """A source tells a reviewer only together with a date."""
    source = Source(
        id="book",
        name=Text("Book"),
        publisher="P",
        licence="not shown",
        reviewer="R",
    )

    assert source.source_review is None
