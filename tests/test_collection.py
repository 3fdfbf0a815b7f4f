"""Collections: lookups, queries, set operations, and their errors."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salvage_kb import (
    KnowledgeBase,
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
from salvage_kb.flat import to_row

HIV, CANCER = conditions["hiv"], conditions["cancer"]
OTHER = KnowledgeBase.from_bundle(kb.to_bundle())


def test_lookups():
    """Ids find records; iteration gives records; ``in`` takes either."""
    assert [conditions[id] for id in conditions.ids] == list(conditions)
    assert 5 == len(conditions)
    assert "hiv" in conditions
    assert HIV in conditions
    assert OTHER.conditions["hiv"] in conditions
    assert HIV is conditions.get("hiv")
    assert conditions.get("nope") is None
    assert "x" == conditions.get("nope", "x")


@pytest.mark.parametrize(
    "stranger", ["nope", side_effects["fatigue"], 5, None, [], {}, ("hiv",)]
)
def test_in_never_raises(stranger):
    """What is not in a collection is simply not in it."""
    assert stranger not in conditions


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (
            lambda: conditions["hvi"],
            "no condition has the id 'hvi'; did you mean 'hiv'?",
        ),
        (lambda: side_effects["zzz"], "no side effect has the id 'zzz'"),
        (
            lambda: conditions.where(modality="surgry"),
            "no modality has the id 'surgry'; did you mean 'surgery' or "
            "'bypass-surgery'?",
        ),
        (
            lambda: kb.notices["disclamer"],
            "no notice has the id 'disclamer'; did you mean 'disclaimer'?",
        ),
    ],
)
def test_unknown_id(ask, message):
    """An unknown id names its kind and what comes near."""
    with pytest.raises(UnknownId) as caught:
        ask()

    assert message == str(caught.value)
    assert isinstance(caught.value, KeyError)


def test_unknown_id_has_its_facts():
    """The error can be used without reading its words."""
    with pytest.raises(UnknownId) as caught:
        conditions["hvi"]

    facts = (caught.value.kind, caught.value.id, caught.value.suggestions)
    assert ("condition", "hvi", ("hiv",)) == facts


def test_a_very_long_id_is_unknown_at_once():
    """No search for near misses runs for ever, no message is endless."""
    with pytest.raises(UnknownId) as caught:
        conditions["x" * 10**6]

    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("position", [0, slice(2), None, HIV])
def test_brackets_take_ids(position):
    """Positions and records are refused with a word on what to do."""
    message = (
        f"Conditions takes an id, not {position!r:.50}; "
        "for a position use tuple(...)[position]"
    )
    for ask in (conditions.__getitem__, conditions.get):
        with pytest.raises(TypeError) as caught:
            ask(position)

        assert message == str(caught.value)


@pytest.mark.parametrize(
    ("find", "ids"),
    [
        (conditions.where, conditions.ids),
        (
            lambda: conditions.where(modality="surgery"),
            ("cancer", "end-stage-renal-disease"),
        ),
        (lambda: conditions.where(side_effect="fatigue"), ("hiv", "cancer")),
        (
            lambda: conditions.where(
                side_effect="fatigue", modality="surgery"
            ),
            ("cancer",),
        ),
        (lambda: conditions.where(category="lung"), ("copd",)),
        (
            lambda: conditions.where(
                monitoring_test="viral-load-test", timing="after"
            ),
            ("hiv",),
        ),
        (
            lambda: conditions.where(
                monitoring_test="viral-load-test", timing="before"
            ),
            (),
        ),
        (lambda: conditions.where(timing="after"), ("hiv", "cancer")),
        (lambda: modalities.where(condition=HIV), ("antiretroviral-therapy",)),
        (lambda: modalities.where(kind="transplant"), ("heart-transplant",)),
        (lambda: modalities.where(broader="surgery"), ("bypass-surgery",)),
        (lambda: modalities.where(broader=modalities["theophylline"]), ()),
        (
            lambda: side_effects.where(condition=HIV, body_system="digestive"),
            ("stomach-problems", "vomiting"),
        ),
        (
            lambda: monitoring_tests.where(condition="hiv", timing="after"),
            ("viral-load-test",),
        ),
        (
            lambda: monitoring_tests.where(timing="after"),
            ("viral-load-test", "tumor-marker-test"),
        ),
        (monitoring_tests.where, monitoring_tests.ids),
        (
            lambda: topics.where(aspect="monitoring"),
            ("key-takeaways",),
        ),
        (topics.where, topics.ids),
        (
            lambda: sources.where(publisher="iCliniq"),
            ("icliniq-salvage-therapy",),
        ),
    ],
)
def test_where(find, ids):
    """Several keywords mean AND; ids and records are both taken."""
    assert ids == find().ids


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (
            lambda: conditions.where(modalty="surgery"),
            TypeError,
            "Conditions.where() has no keyword 'modalty'; did you mean "
            "'modality'?; it takes modality, side_effect, monitoring_test, "
            "timing, category",
        ),
        (
            lambda: conditions.where(modality=side_effects["fatigue"]),
            TypeError,
            "modality= takes a modality, not the side effect 'fatigue'",
        ),
        (
            lambda: conditions.where(side_effect=5),
            TypeError,
            "side_effect= takes a side effect or its id, not 5",
        ),
        (
            lambda: conditions.where(category="lungs"),
            ValueError,
            "category= cannot be 'lungs'; did you mean 'lung'?; it is one of "
            "infection, cancer, "
            "lung, kidney, heart, other",
        ),
        (
            lambda: monitoring_tests.where(timing="never"),
            ValueError,
            "timing= cannot be 'never'; it is one of before, during, after",
        ),
        (
            lambda: HIV.by_aspect("news"),
            ValueError,
            "the aspect cannot be 'news'; it is one of overview, indication, "
            "treatment, side-effect, preparation, monitoring, follow-up, "
            "prognosis, advice",
        ),
        (
            lambda: HIV.link("fatigue"),
            TypeError,
            "link() takes a record, not 'fatigue'",
        ),
        (
            lambda: conditions.linked_to(None),
            TypeError,
            "linked_to() takes a record, not None",
        ),
        (
            lambda: conditions & side_effects,
            TypeError,
            "& needs two collections of one kind, not Conditions and "
            "SideEffects",
        ),
        (
            lambda: conditions | {"hiv"},
            TypeError,
            "| needs two collections of one kind, not Conditions and set",
        ),
    ],
)
def test_wrong_use(ask, error, message):
    """A wrong keyword, kind or word names what would be right."""
    with pytest.raises(error) as caught:
        ask()

    assert message == str(caught.value)


@pytest.mark.parametrize(
    ("name", "ask"),
    [
        ("link", side_effects["fatigue"].link),
        ("linked_to", side_effects.linked_to),
        ("where", lambda it: side_effects.where(condition=it)),
        ("describe", kb.describe),
    ],
)
def test_records_of_other_content(name, ask):
    """That nothing is known of them here is no answer: they are refused."""
    changed = kb.to_bundle()
    changed["topics"][-1]["name"] = "Something else"
    other = KnowledgeBase.from_bundle(changed).conditions["hiv"]

    assert ask(OTHER.conditions["hiv"])
    told = rf"^{name}\(\) takes a record of the same content"
    with pytest.raises(TypeError, match=told):
        ask(other)
    with pytest.raises(UnboundRecord):
        ask(pickle.loads(pickle.dumps(other)))


def subject(ref, statement, chance, **fields):
    """Make a record that says something, somewhere in the order."""
    said = statement | {"id": f"{ref}/is"}
    made = {"id": ref.partition("/")[2], "name": ref, "statements": [said]}
    made |= {"position": chance.randint(-2, 2), "summary_id": said["id"]}
    return made | fields


def forest(chance):
    """Make a hundred ways of treating, and as many conditions.

    A way may be part of one before it, and a condition has one of the ways.
    """
    bundle = kb.to_bundle()
    statement = bundle["modalities"][0]["statements"][0]
    found = {"modalities": [], "conditions": []}
    for at in range(100):
        ref = f"modalities/m{at}"
        fields = {"kind": "surgery"}
        if at and chance.random() < 0.9:
            wider = f"m{chance.randrange(at)}"
            link = {"id": wider, "statements": [f"{ref}/is"]}
            fields["broader_link"] = link
        found["modalities"].append(subject(ref, statement, chance, **fields))
    for at in range(100):
        ref = f"conditions/c{at}"
        way = f"m{chance.randrange(100)}"
        fields = {"category": chance.choice(["lung", "other"])}
        fields["modality_links"] = [{"id": way, "statements": [f"{ref}/is"]}]
        found["conditions"].append(subject(ref, statement, chance, **fields))
    kept = {it: bundle[it] for it in ("manifest", "sources", "notices")}
    return KnowledgeBase.from_bundle(kept | found)


@given(st.randoms(use_true_random=False).map(forest))
def test_queries_in_many_records(kb):
    """What is linked, however far, is found in the order of the collection."""
    mixed = kb.conditions.where(category="other") | kb.conditions
    for wide in kb.modalities:
        parts = {wide.id}
        for it in sorted(kb.modalities, key=lambda it: int(it.id[1:])):
            if it.broader and it.broader.id in parts:
                parts.add(it.id)
        narrower = [it.id for it in kb.modalities if it.id in parts]
        narrower.remove(wide.id)
        assert (*narrower,) == kb.modalities.where(broader=wide).ids
        for some in (kb.conditions, mixed):
            near, far = (
                [it.id for it in some if it.modality_links[0].id in ways]
                for ways in ({wide.id}, parts)
            )
            assert (*near,) == some.linked_to(wide).ids
            assert (*far,) == some.where(modality=wide).ids


def test_statements_can_be_joined_too():
    """Collections of all kinds are sets, not those of records alone."""
    every = kb.statements

    assert every == every & every
    assert () == (every - every).ids


def test_reversed():
    """Whoever goes backwards gets the same records."""
    assert [*conditions][::-1] == [*reversed(conditions)]


def test_set_operations_keep_the_left_order():
    """The result belongs to the left side and has its order."""
    both = HIV.side_effects & CANCER.side_effects

    assert ("fatigue", "headache", "vomiting") == both.ids
    assert "fatigue" == both.search("tired")[0].record.id
    assert "weakness" in (CANCER.side_effects - HIV.side_effects)
    union = CANCER.side_effects | HIV.side_effects
    assert CANCER.side_effects.ids == union.ids[:14]
    assert "dizziness" == union.ids[14]


def test_set_operations_over_knowledge_bases():
    """Equal content may be joined, different content may not."""
    changed = kb.to_bundle()
    changed["topics"][-1]["name"] = "Something else"
    different = KnowledgeBase.from_bundle(changed)

    joined = conditions & OTHER.conditions
    assert conditions == joined
    assert joined["hiv"] is HIV
    with pytest.raises(TypeError) as caught:
        conditions & different.conditions
    assert (
        "& needs two collections of the same content: these come from "
        "knowledge bases that differ"
    ) == str(caught.value)


def test_set_laws():
    """What both give is one or the other; each result can be used again."""
    lung = conditions.where(category="lung")
    rest = conditions - lung

    assert ("hiv", "cancer") == rest.ids[:2]
    assert 4 == len(rest)
    assert HIV not in lung
    assert () == (lung & rest).ids
    assert lung == (lung | rest) - rest
    with pytest.raises(TypeError) as caught:
        lung - {"copd"}
    assert (
        "- needs two collections of one kind, not Conditions and set"
    ) == str(caught.value)


def test_rows():
    """Each record is a row, with the notices and the version beside it."""
    rows = conditions.to_records()

    assert [to_row(record, kb.imprint) for record in conditions] == rows
    assert list(conditions.ids) == [row["id"] for row in rows]
    assert {kb.content_version} == {row["content_version"] for row in rows}


def test_a_part_in_another_language():
    """A part of a collection can be had in one language after another."""
    lung = conditions.where(category="lung").localized("es")

    assert "es" == lung["copd"].name.lang
    assert conditions["copd"] is lung.localized("en")["copd"]


def test_equality():
    """Collections compare as their records, in order."""
    assert conditions == OTHER.conditions
    assert hash(conditions) == hash(OTHER.conditions)
    assert hash(conditions) != hash(conditions.where(modality="surgery"))
    assert conditions != conditions.where(modality="surgery")
    assert conditions != conditions.ids


def test_repr():
    """A repr counts, and shows the first ids."""
    assert "<Conditions: 1 (copd)>" == repr(conditions.where(category="lung"))
    assert (
        "<SideEffects: 25 (dizziness, fatigue, weakness, headache, "
        "stomach-problems, ...)>"
    ) == repr(side_effects)
    assert (
        "<Conditions: 5 (hiv, cancer, copd, end-stage-renal-disease, "
        "structural-heart-disease)>"
    ) == repr(conditions)
