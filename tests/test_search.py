"""Finding records by what people type."""

from itertools import combinations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lay_queries import QUERIES as ELSEWHERE_QUERIES
from strategies import bundles

from salvage_kb import (
    KnowledgeBase,
    Text,
    conditions,
    kb,
    side_effects,
    sources,
)
from salvage_kb.folding import fold, words_of
from salvage_kb.index import Index
from salvage_kb.spelling import Spelling, are_near, slips

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


@pytest.mark.parametrize(
    "query",
    ["rash", "nausea", "CD4", "hepatitis", "PSA", "dolutegravir", "fever"],
)
def test_a_hit_by_a_caution_brings_its_statement(query):
    """What only cautions speak of is found, with what they limit."""
    hit = kb.search(query)[0]

    assert "caution" == hit.field == hit.to_dict()["field"]
    assert hit.statement in hit.record.statements
    assert hit.text in [it.text for it in hit.cautions]
    assert hit.text in str(hit)
    assert fold(query) in words_of(hit.text)


@pytest.mark.parametrize("tag", kb.locales)
def test_every_caution_is_found(tag):
    """Whoever types a caution finds the record, in any language."""
    view = kb.localized(tag)
    for statement in view.statements:
        for caution in statement.cautions:
            found = view.search(caution.text, limit=200)
            assert statement.record in [hit.record for hit in found]


def called(*names, **fields):
    """Make records of these names, whose ids are their places."""
    record = attrs.evolve(side_effects["hair-loss"], synonyms=(), **fields)
    return [
        attrs.evolve(record, id=f"{at}", name=Text(name), clinical_term=None)
        for at, name in enumerate(names)
    ]


def ids(index, query):
    """List the ids of what an index finds."""
    return [hit.record.id for hit in index.search(query)]


def test_names_come_before_statements_and_these_before_cautions():
    """A caution is worth least."""
    (statement,) = conditions.search("nursing mother")[0].record.statements[:1]
    (caution,) = conditions["hiv"].statements[0].cautions[:1]
    said = attrs.evolve(statement, text=Text("Wort"), cautions=())
    limit = attrs.evolve(caution, text=Text("Wort"))
    other = attrs.evolve(said, text=Text("other"), cautions=(limit,))
    records = [
        attrs.evolve(it, statements=held)
        for it, held in zip(
            called("a", "b", "Wort"), [(other,), (said,), ()], strict=True
        )
    ]

    assert ["2", "1", "0"] == ids(Index(records), "wort")


FOREIGN = [
    ("es", "hiv", "hiv"),
    ("es", "copd", "copd"),
    ("es", "ART", "antiretroviral-therapy"),
    ("fr", "chemotherapy", "chemotherapy"),
    ("de", "cancer", "cancer"),
    ("de", "alopecia", "hair-loss"),
    ("de", "stem cells", "stem-cell-therapy"),
    ("pt", "hair loss", "hair-loss"),
    ("hi", "jaundice", "jaundice"),
    ("ar", "cancer", "cancer"),
    ("zh-Hans", "libido", "low-sexual-desire"),
    ("es-MX", "hiv", "hiv"),
]


@pytest.mark.parametrize(("tag", "query", "id"), FOREIGN)
def test_names_of_the_base_language(tag, query, id):
    """A view is searched by them too, and the hit says their language."""
    hit = kb.localized(tag).search(query)[0]

    assert (id, "synonym") == (hit.record.id, hit.field)
    assert ("en", tag, True) == (
        hit.text.lang,
        hit.text.requested,
        hit.text.is_fallback,
    )
    assert hit.record is kb.localized(tag).table(hit.record.record_kind)[id]


@pytest.mark.parametrize("tag", [*kb.locales, "nl", "en-XA", "ar-XB"])
def test_every_record_is_found_by_its_name_in_the_base_language(tag):
    """Whichever language is shown, the names of the content find it."""
    view = kb.localized(tag)
    for record in (*kb.conditions, *kb.modalities, *kb.side_effects):
        for hit in view.search(record.name):
            if hit.record.key == record.key:
                break
        else:
            pytest.fail(f"{record.name} does not find {record.id}")


def test_names_of_the_base_language_rank_lower():
    """Who types a word of the view's language means that word."""
    index = Index(called("x", "Gift", "y"), lambda _: [Text("Gift")])

    assert ["1", "0", "2"] == ids(index, "gift")
    foreign = Text("Gift", lang="en", requested="de", is_fallback=True)
    one, *others = Index(called("x", "Gift"), lambda _: [foreign]).search(
        "gift"
    )
    assert ["1", "0"] == [it.record.id for it in (one, *others)]
    assert others[0].score < one.score


def test_a_name_that_is_the_same_is_no_second_one():
    """A view that speaks the base language anyway finds the same."""
    for record in kb.conditions:
        base = kb.search(record.name)
        found = kb.localized("nl").search(record.name)

        assert [it.record.id for it in base] == [it.record.id for it in found]
        assert [it.field for it in base] == [it.field for it in found]
    assert "name" == kb.localized("de").search("hiv")[0].field


def test_what_a_view_omits_is_not_found():
    """Names of the base language find only records that the view has."""
    spoken = kb.with_translator(
        lambda key, text, _: f"«{text}»" if "/hiv" in key else None
    )
    view = spoken.localized("nl", fallback="omit")
    found = view.search("hiv cancer copd", limit=100)

    assert ["hiv"] == [it.id for it in view.conditions]
    assert "hiv" == found[0].record.id
    assert {"hiv"} == {
        it.record.id for it in found if it.record.record_kind != "source"
    }


def test_a_collection_finds_only_its_own():
    """A collection, and a part of one, search only what they hold."""
    part = side_effects.where(condition="cancer")

    assert {"side_effect"} == {
        h.record.record_kind for h in part.search("hiv")
    }
    assert "jaundice" not in [h.record.id for h in part.search("jaundice")]


SOURCES = [
    "dose",
    "breast feeding",
    "lipodystrophy",
    "cancer",
    "therapy",
    "side effects of chemo",
    "stem cell transplant",
    "kidney disease hiv",
    "salvage therapy",
    "cochrane theophylline review",
]


@pytest.mark.parametrize("limit", [5, 20, 500])
@pytest.mark.parametrize("query", SOURCES)
def test_sources_come_last(query, limit):
    """A work is found by its title, after all that says as many words."""
    found = kb.search(query, limit=limit)
    for above, below in combinations(found, 2):
        if "source" == above.record.record_kind != below.record.record_kind:
            assert len(above.words) > len(below.words)
    assert found == kb.search(query, limit=500)[:limit]
    assert found == tuple(sorted(found, key=lambda it: -it.score))


def test_a_source_is_found_by_its_title():
    """Whoever types a whole title finds the work."""
    for source in sources:
        found = [it.record.id for it in kb.search(source.name, limit=200)]
        assert source.id in found
    found = kb.search("dose")

    assert "source" != found[0].record.record_kind
    assert "source" == found[-1].record.record_kind
    assert [found[-1].record] == [
        it.record for it in sources.search("dose")[-1:]
    ]


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


MISTYPED = {
    "hedache": "headache",
    "herat": "heart",
    "surgary": "surgery",
    "libedo": "libido",
    "stomack": "stomach",
    "jaundise": "jaundice",
    "theophylin": "theophylline",
    "xiarrhea": "diarrhea",
    "constipasion": "constipation",
    "dizzyness": "dizziness",
}


@pytest.mark.parametrize(("typed", "meant"), MISTYPED.items())
def test_typing_errors(typed, meant):
    """A letter may be wrong, or two in a long word, the first one too."""
    hit = kb.search(typed)[0]

    assert meant in words_of(hit.text)
    assert (typed,) == hit.words


@pytest.mark.parametrize(
    ("tag", "query", "id"),
    [
        ("en", "blocked artery", "diarrhea"),
        ("en", "strange", "end-stage-renal-disease"),
        ("fr", "immunothérapie", "chemotherapy"),
        ("pt", "imunoterapia", "chemotherapy"),
        ("fr", "perds", "weight-loss"),
    ],
)
def test_other_words_are_no_typing_errors(tag, query, id):
    """Words that look a little like a name do not find it."""
    found = kb.localized(tag).search(query, limit=200)

    assert id not in [hit.record.id for hit in found]


WORDS = st.text("abcdefgh", min_size=1, max_size=12)


def errors(one, other):
    """Count the fewest letters left out, put in, taken wrong or swapped."""
    rows = [[*range(len(other) + 1)]]
    for i, a in enumerate(one, 1):
        rows.append([i])
        for j, b in enumerate(other, 1):
            costs = [rows[i - 1][j] + 1, rows[i][j - 1] + 1]
            costs.append(rows[i - 1][j - 1] + (a != b))
            if i > 1 < j and (a, b) == (other[j - 2], one[i - 2]):
                costs.append(rows[i - 2][j - 2] + 1)
            rows[i].append(min(costs))
    return rows[-1][-1]


@given(WORDS, WORDS, st.integers(0, 3))
def test_few_errors(one, other, most):
    """Words are near if no more errors than allowed lie between them."""
    assert (errors(one, other) <= most) == are_near(one, other, most)


@given(WORDS, WORDS)
def test_one_error(one, other):
    """What one error makes of a word is all that is one error away."""
    assert (errors(one, other) <= 1) == (other in slips(one, "abcdefgh"))


@given(WORDS, st.lists(WORDS, unique=True))
def test_no_word_that_is_like_another_is_passed_over(word, names):
    """A typing error finds all names of one error, or else of two."""
    spelling = Spelling(names, {*names})
    near = {it: errors(word, it) for it in names if len(it) >= 3}
    once = {it for it, count in near.items() if count <= 1}
    twice = {it for it, count in near.items() if count <= 2}
    found = {it for it in spelling.mistyped(word) if len(it) >= 3}

    assert found == once or (len(word) > 7 and not once and found == twice)


@pytest.mark.parametrize(
    ("typed", "known", "is_found"),
    [
        ("pregnant", "Pregnancy", True),
        ("pregnancies", "Pregnancy", True),
        ("embarazada", "Embarazo", True),
        ("neuropathic", "Neuropathy", True),
        ("pregnenolone", "Pregnancy", False),
        ("hepatitis", "Hepatic", False),
        ("operate", "Operation", False),
        ("chemotherapeutically", "Chemotherapy", False),
    ],
)
def test_words_that_end_in_another_way(typed, known, is_found):
    """A long beginning finds, if both words end within three letters."""
    assert is_found == bool(Index(called(known)).search(typed))


@pytest.mark.parametrize(
    ("tag", "query"),
    [
        ("en", "the runs"),
        ("en", "the xyzzy of that"),
        ("es", "el xyzzy"),
        ("es", "of the xyzzy"),
        ("fr", "le xyzzy de la"),
        ("de", "die xyzzy"),
        ("hi", "xyzzy की"),
    ],
)
def test_words_of_every_text_find_nothing(tag, query):
    """What most texts of a language have says nothing beside other words."""
    assert () == kb.localized(tag).search(query)


@pytest.mark.parametrize(
    ("tag", "query", "words"),
    [
        ("en", "short of breath", {"short", "breath"}),
        ("en", "lack of sleep", {"lack", "sleep"}),
        ("es", "dar el pecho", {"dar", "pecho"}),
        ("fr", "la tête qui tourne", {"tete", "qui", "tourne"}),
    ],
)
def test_a_common_word_only_counts(tag, query, words):
    """Each record was found by a word that says something."""
    found = kb.localized(tag).search(query, limit=200)

    assert found
    assert all(words & {*hit.words} for hit in found)


@pytest.mark.parametrize(
    ("tag", "query", "id"),
    [
        ("en", "the", "jaundice"),
        ("en", "of the", "jaundice"),
        ("en", "salvage therapy", "what-is-salvage-therapy"),
        ("en", "salvage therapy xyzzy", "what-is-salvage-therapy"),
        ("en", "side effects of xyzzy", "side-effects"),
        ("en", "cancer xyzzy", "cancer"),
        ("zh-Hans", "治疗吗", "what-is-salvage-therapy"),
    ],
)
def test_common_words_alone(tag, query, id):
    """They find where nothing else was typed, and names made of them."""
    found = kb.localized(tag).search(query, limit=200)

    assert id in [hit.record.id for hit in found[:3]]


@given(st.integers(1, 20))
def test_in_small_content_no_word_is_common(count):
    """Where there are few texts, each word finds."""
    index = Index(called(*["loss of x"] * count, statements=()))

    assert count == len(index.search("of yyyyyy"))


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


def test_several_words_of_very_many_texts():
    """They find the texts that have all of them, or else the rarest."""
    names = ["bone"] * 1001 + ["joint"] * 1002 + ["bone joint"] * 3
    index = Index(called(*names, statements=()))

    assert ["2003", "2004", "2005"] == ids(index, "joint bone")
    apart = Index(called(*names[:2003], statements=()))
    assert {"bone"} == {it.text for it in apart.search("joint bone")}


def test_how_many_hits():
    """Twenty come, unless more or fewer are asked for."""
    query = "can cancer treatment medicine"
    every = side_effects.search(query, limit=99)

    assert 20 < len(every)
    assert every[:20] == side_effects.search(query)
    assert every[:3] == side_effects.search(query, limit=3)
    assert 20 == len(kb.search(query))
