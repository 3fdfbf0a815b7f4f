"""Finding records by what people type."""

from difflib import SequenceMatcher

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lay_queries import QUERIES as ELSEWHERE_QUERIES
from strategies import bundles

from salvage_kb import KnowledgeBase, Text, conditions, kb, side_effects
from salvage_kb.index import Index, fold, words_of

#: What lay people type, and the record that has to come first.
QUERIES = {
    "hair fell out": "hair-loss",
    "losing my hair": "hair-loss",
    "alopecia": "hair-loss",
    "ALOPECIA": "hair-loss",
    "hair lose": "hair-loss",
    "very tired all the time": "fatigue",
    "tiredness": "fatigue",
    "no energy": "fatigue",
    "feeling weak": "weakness",
    "head pain": "headache",
    "headaches": "headache",
    "hedache": "headache",
    "upset stomach": "stomach-problems",
    "stomach": "stomach-problems",
    "throwing up": "vomiting",
    "vomitting": "vomiting",
    "can't sleep": "trouble-sleeping",
    "trouble falling asleep": "trouble-sleeping",
    "insomnia": "trouble-sleeping",
    "strange dreams": "vivid-dreams",
    "itchy irritated skin": "skin-irritation",
    "dermatitis": "skin-irritation",
    "peeing changes urine": "changes-in-urination",
    "tingling feet": "peripheral-neuropathy",
    "pins and needles": "peripheral-neuropathy",
    "neuropathy": "peripheral-neuropathy",
    "yellow eyes": "jaundice",
    "yellow skin": "jaundice",
    "jaundise": "jaundice",
    "body fat changes": "lipodystrophy",
    "loose stools": "diarrhea",
    "diarrhoea": "diarrhea",
    "diarhea": "diarrhea",
    "can't pass stool": "constipation",
    "losing weight": "weight-loss",
    "sore mouth": "mouth-sores",
    "mouth ulcers": "mouth-sores",
    "sore throat": "throat-sores",
    "difficulty swallowing": "trouble-swallowing",
    "dysphagia": "trouble-swallowing",
    "no interest in sex": "low-sexual-desire",
    "libido": "low-sexual-desire",
    "swelling": "lymphedema",
    "lymphoedema": "lymphedema",
    "kidney damage": "kidney-problems",
    "liver problems": "liver-problems",
    "chemo": "chemotherapy",
    "radiation": "radiation-therapy",
    "radiotherapy": "radiation-therapy",
    "operation": "surgery",
    "palliative care": "supportive-care",
    "heart transplant": "heart-transplant",
    "stem cells": "stem-cell-therapy",
    "trial medicines": "experimental-medicines",
    "HIV": "hiv",
    "kidney failure": "end-stage-renal-disease",
    "COPD": "copd",
    "chronic obstructive lung disease": "copd",
    "viral load": "viral-load-test",
    "tumor markers": "tumor-marker-test",
    "rescue therapy": "what-is-salvage-therapy",
    "what is salvage therapy": "what-is-salvage-therapy",
    "prognosis": "prognosis",
    "theophylin": "theophylline",
}


@pytest.mark.parametrize(("query", "id"), QUERIES.items())
def test_lay_queries(query, id):
    """What lay people type finds the right record first."""
    assert id == kb.search(query)[0].record.id


ELSEWHERE = [
    (tag, query, id)
    for tag, queries in ELSEWHERE_QUERIES.items()
    for query, id in queries.items()
]


@pytest.mark.parametrize(("tag", "query", "id"), ELSEWHERE)
def test_lay_queries_elsewhere(tag, query, id):
    """Accents may be left out, and what is found is in the language."""
    hit = kb.localized(tag).search(query)[0]

    assert (id, tag, tag) == (hit.record.id, hit.text.lang, hit.text.requested)


def test_a_hit_by_a_name():
    """It says what matched, in which field and language."""
    hit = side_effects.search("alopecia")[0]

    assert side_effects["hair-loss"] is hit.record
    assert ("Alopecia", "clinical_term", "en") == (
        hit.text,
        hit.field,
        hit.text.lang,
    )
    assert ("alopecia",) == hit.words
    assert (None, ()) == (hit.statement, hit.cautions)
    assert "Hair loss: Alopecia" == str(hit)
    name = side_effects.search("hair loss")[0]
    assert "Hair loss" == str(name)


def test_a_hit_by_a_statement_brings_its_cautions():
    """What matched stands with its cautions, in text and as data."""
    hit = conditions.search("milk of a nursing mother")[0]

    assert "conditions/hiv/breast-milk" == hit.statement.id
    assert hit.statement.cautions == hit.cautions
    assert "under 1% but not zero" in str(hit)
    assert hit.statement.to_dict() == hit.to_dict()["statement"]
    assert ("condition", "hiv", "statement") == tuple(
        hit.to_dict()[name] for name in ("kind", "id", "field")
    )


def test_a_collection_finds_only_its_own():
    """A collection, and a part of one, search only what they hold."""
    part = side_effects.where(condition="cancer")

    assert {"side_effect"} == {
        h.record.record_kind for h in part.search("hiv")
    }
    assert "jaundice" not in [h.record.id for h in part.search("jaundice")]


def test_sources_come_last():
    """A work is found by its title, after records that say as much."""
    found = [hit.record.id for hit in kb.search("lipodystrophy")]

    assert "lipodystrophy" == found[0]
    assert "hivinfo-lipodystrophy" in found


@pytest.mark.parametrize("limit", [0, 1, 3])
def test_limit(limit):
    """There are at most as many hits as wanted."""
    assert limit == len(kb.search("therapy", limit=limit))


@pytest.mark.parametrize("limit", [-1, None, 1.5, "3"])
def test_wrong_limit(limit):
    """What is no number of hits says so."""
    with pytest.raises(ValueError, match="limit= should be a number from 0"):
        kb.search("therapy", limit=limit)


@pytest.mark.parametrize("query", ["", "   ", "?!", "xyzzyqwert", "ß" * 5000])
def test_nothing_found(query):
    """What says nothing finds nothing."""
    assert () == kb.search(query)


def test_a_query_is_text():
    """What is no text is refused."""
    with pytest.raises(TypeError, match="a query should be text, not 5"):
        kb.search(5)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Náuseas", "nauseas"),
        ("CAÍDA", "caida"),
        ("Straße", "strasse"),
        ("Łódź Ærø", "lodz aero"),
        ("İstanbul", "istanbul"),
        ("وَرَم", "ورم"),
        ("שָׁלוֹם", "שלום"),
        ("थकान की", "थकान की"),
        ("한국어", "한국어"),
        ("ガン", "ガン"),
        ("ﬁne", "fine"),
    ],
)
def test_fold(text, folded):
    """Case and accents go, what makes the letter stays."""
    assert folded == fold(text)
    assert folded == fold(folded)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hair loss, 2x!", ["hair", "loss", "2x"]),
        ("抗癌治疗HIV病", ["抗癌", "癌治", "治疗", "hiv", "病"]),
        ("ผมร่วง", ["ผม", "มร", "ร่", "่ว", "วง"]),
        ("थकान की दवा", ["थकान", "की", "दवा"]),
        ("snake_case", ["snake", "case"]),
    ],
)
def test_words(text, words):
    """Unspaced scripts are cut into pairs."""
    assert words == words_of(text)


def test_terms_inside_longer_words():
    """In scripts without spaces a term is found inside a longer run."""
    bundle = kb.to_bundle()
    bundle.pop("locales", None)
    bundle["side_effects"][0]["name"] = "脱发"
    bundle["side_effects"][1]["name"] = "疲劳"
    found = KnowledgeBase.from_bundle(bundle).search("化疗后脱发怎么办")

    assert bundle["side_effects"][0]["id"] == found[0].record.id


@given(st.text(max_size=40))
def test_any_query(query):
    """Any text gives hits in order, the same each time."""
    hits = kb.search(query)
    scores = [hit.score for hit in hits]

    assert sorted(scores, reverse=True) == scores
    assert hits == kb.search(query)
    assert all(score > 0 for score in scores)
    assert len({hit.record.key for hit in hits}) == len(hits)


@given(bundles())
def test_every_record_is_found_by_its_name(bundle):
    """Whoever types the name of a record finds it, if it has words."""
    kb = KnowledgeBase.from_bundle(bundle)
    records = [*kb.conditions, *kb.topics]
    for record in records:
        if words_of(record.name):
            found = kb.search(record.name, limit=100)
            assert record in [hit.record for hit in found]


def test_an_empty_index():
    """Where there are no records, nothing is found."""
    assert [] == Index([]).search("hair")


WORDS = st.text("abcdefgh", min_size=1, max_size=12)


@given(WORDS, st.lists(WORDS, unique=True))
def test_no_word_that_is_like_another_is_passed_over(word, names):
    """A typing error is compared with all words that it may stand for."""
    index = Index([])
    index.names |= {*names}
    alike = {
        it for it in names if SequenceMatcher(a=word, b=it).ratio() >= 0.78
    }

    assert alike <= {*index._near(word)}


def test_a_word_of_very_many_texts():
    """It finds them by itself; beside a rarer one it only counts."""
    record = side_effects["hair-loss"]
    records = [
        attrs.evolve(record, id=f"a{it}", name=Text(f"loss {it}"), synonyms=())
        for it in range(1001)
    ]
    index = Index([*records, attrs.evolve(record, id="b", name=Text("loss"))])
    few = [hit.record.id for hit in index.search("loss 7")]

    assert ["a7"] == few[:1]
    assert "a8" not in few
    assert 1002 == len(index.search("loss"))
    assert ["b"] == [hit.record.id for hit in index.search("loss", limit=1)]
