"""Views in other languages: each text says what it really is."""

import copy
import gettext
import json
import pickle
import shutil
import subprocess
import sys
import warnings

import attrs
import polib
import pytest
from helpers import DATA
from hypothesis import given
from hypothesis import strategies as st
from strategies import bundles
from test_loading import edit, zipped

from salvage_kb import (
    ContentError,
    Event,
    FallbackWarning,
    KnowledgeBase,
    LocaleError,
    LocaleInfo,
    Text,
    conditions,
    kb,
    side_effects,
)
from salvage_kb.locales import (
    PSEUDO,
    Entry,
    Name,
    Pack,
    Policy,
    Speaker,
    localize,
    pack_files,
    texts_of,
)
from salvage_kb.model import OwnSynonym, Translation
from salvage_kb.packs import distributed

MILK = "conditions/hiv/breast-milk"
RISK = f"{MILK}/milk-risk-is-not-zero"
POLISH = {
    "conditions/hiv#name": "Wirus HIV",
    "conditions/hiv/mainstay": "Głównym leczeniem są leki na HIV.",
    MILK: "Terapia ratunkowa zmniejsza ryzyko.",
    RISK: "Ryzyko nie jest zerowe.",
    "side_effects/hair-loss#name": "Wypadanie włosów",
    "side_effects/hair-loss#clinical_term": "Łysienie",
    "side_effects/hair-loss#synonyms/Losing hair": "Utrata włosów",
    "side_effects/hair-loss#synonyms/Hair falling out": "wypadanie włosów",
    "side_effects/hair-loss#synonyms/Baldness": "utrata włosów",
    "side_effects/hair-loss#synonyms/Going bald": "UTRATA WŁOSÓW",
    "side_effects/hair-loss/cancer": "Włosy mogą wypadać.",
    "notices/disclaimer": "To tylko informacja.",
}
ENGLISH = {
    key: str(text)
    for kind in ("condition", "side_effect", "notice", "topic")
    for item in kb.table(kind).values()
    for key, text in texts_of(item)
}


def write_pack(folder, found=None, tag="pl", names=None, **facts):
    """Write a pack with some texts and own names; give the folder."""
    info = {"locale": tag, "name": "Polski", "translated_by": "a test"}
    files = {"locale.json": info | facts}
    for key, value in (POLISH if found is None else found).items():
        home = "/".join(key.partition("#")[0].split("/")[:2])
        file = files.setdefault(
            f"{home}.json", {"id": home.split("/")[1], "texts": {}}
        )
        entry = value if isinstance(value, dict) else {"text": value}
        source = {"source": ENGLISH.get(key, "?"), "status": "draft"}
        file["texts"][key] = source | entry
    for home, own in (names or {}).items():
        empty = {"id": home.split("/")[1], "texts": {}}
        files.setdefault(f"{home}.json", empty)["synonyms"] = own
    for name, value in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value), encoding="utf-8")
    return folder


@pytest.fixture(name="polish")
def _polish(tmp_path):
    return kb.with_locale("pl", write_pack(tmp_path / "pl"))


def facts(text):
    """Give what a text knows of itself."""
    return (
        text.lang,
        text.requested,
        text.is_fallback,
        text.status,
        text.stale,
        text.dir,
        text.origin,
    )


TRANSLATED = ("pl", "pl-PL", False, "draft", False, "ltr", "folder")
FALLEN = ("en", "pl-PL", True, "source", False, "ltr", "base")


def test_each_text_says_what_it_is(polish):
    """Translated or not, a text says its language, status and origin."""
    view = polish.localized("pl-pl")
    hiv = view.conditions["hiv"]

    assert {*kb.locales, "pl"} == set(polish.locales)
    assert "pl-PL" == view.locale
    assert ("Polski", "a test") == (view.pack.name, view.pack.translated_by)
    assert ("Wirus HIV", TRANSLATED) == (hiv.name, facts(hiv.name))
    assert FALLEN == facts(hiv.statements[0].text)
    assert conditions["hiv"].statements[0].text == hiv.statements[0].text
    assert FALLEN == facts(hiv.synonyms[0].text)
    assert FALLEN == facts(view.sources["icliniq-salvage-therapy"].title)
    hair = view.side_effects["hair-loss"]
    assert ["Utrata włosów"] == [s.text for s in hair.synonyms]
    assert TRANSLATED == facts(hair.clinical_term)
    assert view.conditions is not kb.conditions
    assert type(kb) is type(view)
    assert type(conditions) is type(view.conditions)
    assert type(conditions["hiv"]) is type(hiv)


def test_the_base_language(polish):
    """In the base language, and its regions, nothing is a fallback."""
    assert polish is polish.localized("en")
    assert polish is polish.localized("EN")
    british = polish.localized("en-GB").conditions["hiv"].name

    assert ("en", "en-GB", False, "source", False, "ltr", "base") == facts(
        british
    )
    assert None is polish.pack
    assert None is polish.localized("en-GB").pack


def test_the_digest_names_the_translator(tmp_path):
    """Views that differ in who translated them have different digests."""
    shutil.copytree(DATA / "locales" / "es", tmp_path / "es")
    file = tmp_path / "es" / "locale.json"
    facts = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps(facts | {"translated_by": "Ana"}), "utf-8")
    other = kb.with_locale("es", tmp_path / "es").localized("es")

    assert "Ana" == other.pack.translated_by
    assert kb.localized("es").digest != other.digest


def test_views_are_cached(polish):
    """The same question gives the same view; at most 64 are kept."""
    first = polish.localized("pl")
    assert first is polish.localized("PL")
    assert first is polish.localized("es").localized("pl")
    assert first.conditions["hiv"] is first.conditions["hiv"]
    for index in range(64):
        polish.localized(f"en-x-a{index}")
    assert first is not polish.localized("pl")


def test_relations_stay_in_the_language(polish):
    """What a record leads to is in its language too."""
    view = polish.localized("pl")
    hair = view.conditions["cancer"].side_effects["hair-loss"]

    assert "Wypadanie włosów" == hair.name
    assert view.conditions["cancer"] is view.conditions["cancer"]
    link = view.conditions["cancer"].link(hair)
    assert "Włosy mogą wypadać." in [s.text for s in link.statements]
    statement = view.statements["side_effects/hair-loss/cancer"]
    assert hair is statement.record
    assert "iCliniq" == statement.citations[0].source.publisher
    assert kb.side_effects.ids == view.side_effects.ids
    assert view.conditions.where(side_effect=side_effects["hair-loss"])
    both = kb.side_effects & view.side_effects
    assert kb.side_effects == both
    assert kb.side_effects != view.side_effects
    assert view.side_effects == view.side_effects & kb.side_effects
    assert hair == (view.side_effects & kb.side_effects)["hair-loss"]
    with pytest.raises(KeyError):
        view.table("statement")["conditions/hiv/nope"]


def test_collections_and_records(polish):
    """They can be asked for another language themselves."""
    part = polish.side_effects.where(condition="cancer")
    there = part.localized("pl")

    assert part.ids == there.ids
    assert "Wypadanie włosów" == there["hair-loss"].name
    assert "Wirus HIV" == polish.conditions.localized("pl")["hiv"].name
    assert "Wirus HIV" == polish.conditions["hiv"].localized("pl").name
    assert "HIV" == polish.conditions["hiv"].localized("nl").name


def test_a_safety_caution_keeps_the_original_beside_a_draft(polish):
    """A draft of a safety caution never stands alone."""
    statement = polish.localized("pl").statements[MILK]
    caution = statement.cautions[0]
    english = kb.statements[MILK].cautions[0].text

    assert ("Ryzyko nie jest zerowe.", english) == (
        caution.text,
        caution.original,
    )
    assert caution.original.is_fallback
    assert f"Safety caution: {caution.text} [{english}]" == str(caution)
    assert english in str(statement)
    assert english == caution.to_dict()["original"]["text"]
    assert "en" == caution.to_dict()["original"]["lang"]


def test_checked_cautions_stand_alone(tmp_path):
    """Once somebody checked it, a safety caution needs no original."""
    found = {RISK: {"text": "Ryzyko.", "status": "translated"}}
    pl = kb.with_locale("pl", write_pack(tmp_path, found)).localized("pl")

    assert None is pl.statements[MILK].cautions[0].original
    assert "en" == pl.statements[MILK].text.lang


def test_missing_cautions_stand_in_the_base_language(polish):
    """A caution is never left out for want of a translation."""
    other = polish.localized("pl").conditions["copd"].statements[1]

    assert ["en"] * 3 == [caution.text.lang for caution in other.cautions]
    assert [None] * 3 == [caution.original for caution in other.cautions]


def test_plain_data_says_the_language(polish):
    """In a view, each text becomes data with its language and status."""
    row = polish.localized("pl").conditions["hiv"].to_dict()

    assert {
        "text": "Wirus HIV",
        "dir": "ltr",
        "is_fallback": False,
        "lang": "pl",
        "origin": "folder",
        "requested": "pl",
        "stale": False,
        "status": "draft",
    } == row["name"]
    assert "en" == row["statements"][0]["text"]["lang"]
    assert "HIV" == kb.conditions["hiv"].to_dict()["name"]


def test_policy_warn(polish):
    """Each fallback is told, if that is wanted."""
    view = polish.localized("pl", fallback="warn")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert "COPD" == view.conditions["copd"].name

    assert (
        "pl: conditions/copd#name has no translation that may be shown, "
        "only en"
    ) == str(caught[0].message)
    assert {FallbackWarning} == {it.category for it in caught}


def test_policy_raise(polish):
    """No fallback where it is not wanted; what is complete is there."""
    view = polish.localized("pl", fallback="raise")
    with pytest.raises(LocaleError) as told:
        view.conditions["copd"]
    assert (
        "'pl': conditions/copd#name has no translation that may be shown, "
        "only en"
    ) == str(told.value)
    with pytest.raises(LocaleError, match="is not on offer, only en, "):
        polish.localized("xx", fallback="raise")
    assert "pl" == view.notices["disclaimer"].text.lang
    assert "en" == view.notices["attribution"].text.lang


def test_policy_omit(polish):
    """Statements and records without a translation are left out."""
    view = polish.localized("pl", fallback="omit")

    assert ("hair-loss",) == view.side_effects.ids
    assert () == view.conditions.ids  # the summary of HIV is not translated
    hair = view.side_effects["hair-loss"]
    assert 1 == len(hair.statements)
    assert kb.notices.ids == view.notices.ids
    assert kb.sources.ids == view.sources.ids
    with pytest.raises(LocaleError, match="hiv has no translation to show"):
        polish.conditions["hiv"].localized("pl", fallback="omit")
    some = polish.side_effects.where(condition="cancer")
    assert ("hair-loss",) == some.localized("pl", fallback="omit").ids


@pytest.mark.parametrize(
    ("summary", "missing"), [("why", "measures"), ("measures", "why")]
)
def test_omit_needs_every_named_statement(tmp_path, summary, missing):
    """A test without what it measures, or why it is made, is left out."""
    home = "monitoring_tests/viral-load-test"
    bundle = kb.to_bundle()
    rows = {row["id"]: row for row in bundle["monitoring_tests"]}
    rows["viral-load-test"]["summary_id"] = f"{home}/{summary}"
    mine = KnowledgeBase.from_bundle(bundle)
    whole = {f"{home}#name": "Test", f"{home}/{summary}": "Tak."}
    less = mine.with_locale("pl", write_pack(tmp_path / "less", whole))
    whole |= {f"{home}/{missing}": "Tak."}
    more = mine.with_locale("pl", write_pack(tmp_path / "more", whole))

    assert [(), ("viral-load-test",)] == [
        it.localized("pl", fallback="omit").monitoring_tests.ids
        for it in (less, more)
    ]


SOURCE = Text("كتاب", lang="ar", dir="rtl")


def test_a_text_that_is_left_stays_what_it_was():
    """What is not translated keeps its language and direction."""
    speaker = Speaker(requested="fr", policy=Policy())
    expected = ("ar", "fr", True, "source", False, "rtl", "base")
    event = Event(
        id="e",
        subject="topics/x",
        fate="withdrawn",
        since="1.0.0",
        reason=SOURCE,
        harm=SOURCE,
    )
    told = localize(event, speaker)

    assert SOURCE == told.reason == told.harm
    assert expected == facts(speaker.leave(SOURCE))
    assert expected == facts(told.reason) == facts(told.harm)
    assert None is localize(attrs.evolve(event, harm=None), speaker).harm


def test_a_translator_speaks_the_language_asked_for():
    """What a translator gives is in the language that it was asked for."""
    mine = kb.with_translator(lambda *_: "é").localized("pl")
    expected = ("pl", "pl", False, "draft", False, "ltr", "translator")

    assert expected == facts(mine.conditions["hiv"].name)


def names(*words):
    """Make names of a language's own, which a folder brought."""
    return tuple(
        Name(OwnSynonym(text=word, type="lay", status="draft"), "folder")
        for word in words
    )


def test_names_beyond_those_of_another_pack():
    """What another pack has as well is left out, and nothing else."""
    info = LocaleInfo(locale="pl", name="Polski", translated_by="a test")
    one = Pack(info, {}, {"a": names("x", "y"), "b": names("z")})
    other = Pack(info, {}, {"a": names("y"), "c": names("v")})

    assert {"a": names("x"), "b": names("z")} == one.beyond(other).names
    assert {"c": names("v")} == other.beyond(one).names


def test_the_order_of_a_file():
    """Texts come as their record has them, and unknown ones at the end."""
    info = LocaleInfo(locale="pl", name="Polski", translated_by="a test")
    entry = Entry(Translation(source="a", text="b", status="draft"), "folder")
    keys = ["topics/x/c", "topics/x/a", "topics/x/b", "topics/x#name"]
    files = pack_files(
        Pack(info, dict.fromkeys(keys, entry)), ["topics/x#name", "topics/x/b"]
    )

    assert ["topics/x#name", "topics/x/b", "topics/x/a", "topics/x/c"] == [
        *files["topics/x.json"]["texts"]
    ]


def test_what_happened_is_told_in_the_base_language(tmp_path):
    """The history is for those who build on the content, whoever reads."""
    view = kb.with_locale("pl", write_pack(tmp_path)).localized("pl")

    assert [*kb.history] == [*view.history]
    assert {("en", "pl", True)} == {
        facts(it.reason)[:3] for it in view.history
    }
    assert [it.reason for it in kb.history] == [
        it.reason for it in view.history
    ]


def test_omit_drops_a_statement_with_its_cautions(tmp_path):
    """What is omitted goes as a whole; what stays keeps its cautions."""
    summary = "conditions/hiv/resistant-virus"
    found = {summary: "Terapia.", "conditions/hiv#name": "HIV"} | {
        MILK: "Terapia ratunkowa."
    }
    pl = kb.with_locale("pl", write_pack(tmp_path, found))
    view = pl.localized("pl", fallback="omit")

    assert [summary, MILK] == [s.id for s in view.conditions["hiv"].statements]
    assert "under 1% but not zero" in str(view.statements[MILK])
    assert [] == list(view.conditions["hiv"].side_effects)
    assert [] == list(view.conditions["hiv"].synonyms)


@pytest.mark.parametrize(
    ("least", "lang"),
    [("draft", "pl"), ("translated", "en"), ("reviewed", "en")],
)
def test_policy_min_status(polish, least, lang):
    """What was checked too little counts as missing."""
    view = polish.localized("pl", min_status=least)
    alone = polish.conditions.localized("pl", min_status=least)

    assert lang == view.conditions["hiv"].name.lang
    assert lang == alone["hiv"].name.lang


@pytest.mark.parametrize(
    ("stale", "lang"), [("show", "pl"), ("fallback", "en")]
)
def test_policy_stale(tmp_path, stale, lang):
    """A translation of other words is shown as stale, or not at all."""
    found = {"conditions/hiv#name": {"text": "Wirus", "source": "AIDS"}}
    pl = kb.with_locale("pl", write_pack(tmp_path, found))
    name = pl.localized("pl", stale=stale).conditions["hiv"].name
    alone = pl.conditions.localized("pl", stale=stale)["hiv"].name

    assert (lang, stale == "show") == (name.lang, name.stale)
    assert (lang, stale == "show") == (alone.lang, alone.stale)


@pytest.mark.parametrize(
    "wrong", [{"fallback": "x"}, {"min_status": "x"}, {"stale": "x"}]
)
def test_wrong_policies(wrong):
    """A policy that does not exist is refused with those that do."""
    with pytest.raises(ValueError, match="it is one of"):
        kb.localized("es", **wrong)


def test_nobody_signed_a_translation(polish):
    """The signature of the English text is not one of its translation."""
    bundle = polish.to_bundle()
    hiv = next(row for row in bundle["conditions"] if row["id"] == "hiv")
    hiv["text_review"] = {
        "reviewer": "A",
        "credential": "MD",
        "signed_on": "2026-01-01",
        "due_on": "2029-01-01",
        "digest": kb.conditions["hiv"].text_digest,
    }
    mine = KnowledgeBase.from_bundle(bundle)

    assert None is not mine.conditions["hiv"].review.text_review
    assert None is mine.conditions["hiv"].localized("pl").text_review
    assert None is not mine.conditions["hiv"].localized("nl").text_review
    assert (
        None is not mine.conditions["hiv"].localized("nl").review.source_review
    )


def test_views_of_views(polish):
    """Other views are views in the same language."""
    from datetime import date

    view = polish.localized("pl")
    reviewed = view.reviewed(on=date(2026, 1, 1))
    assert "Wirus HIV" == reviewed.conditions["hiv"].name
    assert (
        () == view.reviewed(on=date(2026, 1, 1), basis="text").conditions.ids
    )
    assert polish.to_bundle() == view.to_bundle()
    assert polish.verify() == view.verify()
    assert polish.locales == view.locales
    assert polish.digest != view.digest
    assert view.digest != polish.localized("pl", stale="fallback").digest


def test_hooks_on_a_view(polish, tmp_path):
    """Whatever is added to a view, it stays one in its language."""
    from datetime import date

    view = polish.localized("pl")
    own = write_pack(tmp_path / "own", {"conditions/hiv#name": "Nasz HIV"})
    more = view.with_locale("pl", own)
    assert "Nasz HIV" == more.conditions["hiv"].name
    assert "HIV" == more.localized("en").conditions["hiv"].name
    asked = more.with_translator(lambda *_: "x")
    assert "x" == asked.conditions["hiv"].name
    again = asked.with_locale("pl", own)
    assert "x" == again.conditions["hiv"].name
    assert view.pack_files("pl") == polish.pack_files("pl")
    less = polish.localized("pl", fallback="omit")
    kept = less.reviewed(on=date(2026, 1, 1))
    assert less.side_effects.ids == kept.side_effects.ids


def test_pickles(polish):
    """Views of the bundled content pickle by reference, others by value."""
    hiv = kb.localized("en-GB").conditions["hiv"]
    assert hiv is pickle.loads(pickle.dumps(hiv))
    assert hiv.name.requested == "en-GB"
    view = kb.localized("en-GB", fallback="omit")
    assert view is pickle.loads(pickle.dumps(view))
    there = polish.localized("pl").conditions["hiv"]
    arrived = pickle.loads(pickle.dumps(there))
    assert facts(there.name) == facts(arrived.name)
    assert there == arrived
    assert None is arrived._view
    assert there is copy.deepcopy(there)


def test_pseudo_locales():
    """Made-up languages change every text, and are not on offer."""
    accents = kb.localized("en-XA").conditions["copd"]
    mirror = kb.localized("ar-XB").conditions["copd"]

    assert "⟦ÇÖPD one⟧" == accents.name
    assert ("en-XA", "draft", "pseudo", "ltr") == (
        accents.name.lang,
        accents.name.status,
        accents.name.origin,
        accents.name.dir,
    )
    assert "rtl" == mirror.name.dir == kb.localized("ar-XB").manifest.direction
    assert "\u200fCOPD\u200f" == mirror.name
    assert all(s.text.startswith("⟦") for s in accents.statements)
    assert "en-XA" not in kb.locales
    assert "en" == kb.negotiate("en-XA")


def test_without_a_header():
    """Whoever asks for nothing gets the base language."""
    assert "en" == kb.negotiate(None)


@pytest.mark.parametrize("ask", ["join", "describe"])
def test_a_view_gives_only_what_it_has(ask):
    """By its policy, a view adds nothing of another language."""
    view = kb.localized("nl", fallback="omit")
    if ask == "join":
        assert () == (view.conditions | kb.conditions).ids
    else:
        with pytest.raises(LocaleError, match="no translation to show"):
            view.describe(kb.conditions["hiv"])


def test_describe_in_the_language_of_the_view():
    """A record of one view is described as the other view has it."""
    es = kb.localized("es")

    assert es.describe(es.conditions["hiv"]) == es.describe(
        kb.conditions["hiv"]
    )
    assert kb.describe(kb.conditions["hiv"]) == kb.describe(
        es.conditions["hiv"]
    )


@pytest.mark.parametrize(
    ("text", "accented", "mirrored"),
    [
        ("Tea", "⟦Téå one⟧", "\u200fTea\u200f"),
        ("a" * 20, f"⟦{'å' * 20} one two⟧", f"\u200f{'a' * 20}\u200f"),
        (
            "Two  words",
            "⟦Twö  wördš one⟧",
            "\u200fTwo\u200f \u200f\u200f \u200fwords\u200f",
        ),
    ],
)
def test_made_up_words(text, accented, mirrored):
    """Words get two fifths longer; each runs the other way by itself."""
    assert accented == PSEUDO["en-XA"](text)
    assert mirrored == PSEUDO["ar-XB"](text)


def own(text, how="draft", **more):
    """Make a name that a language has of its own."""
    return {"text": text, "type": "lay", "status": how} | more


def test_names_of_its_own(tmp_path):
    """A language has names that translate none; search finds them too."""
    names = {
        "side_effects/hair-loss": [
            own("Łysieję"),
            own("Alopecja", type="clinical", code="HP:0001596"),
            own("WYPADANIE WŁOSÓW"),
        ],
        "side_effects/fatigue": [own("Zmęczony")],
    }
    polish = kb.with_locale("pl", write_pack(tmp_path / "pl", names=names))
    record = polish.localized("pl-PL").side_effects["hair-loss"]
    found = [(it.text, it.type, it.code) for it in record.synonyms]

    assert [
        ("Utrata włosów", "lay", None),
        ("Łysieję", "lay", None),
        ("Alopecja", "clinical", "HP:0001596"),
    ] == found
    assert TRANSLATED == facts(record.synonyms[1].text)
    assert "fatigue" == polish.localized("pl").search("zmeczony")[0].record.id
    assert "Alopecia" == side_effects["hair-loss"].clinical_term


def test_names_of_its_own_by_policy(tmp_path):
    """Only names that were checked far enough are shown."""
    names = {
        "side_effects/fatigue": [own("a"), own("b", "translated")],
    }
    polish = kb.with_locale("pl", write_pack(tmp_path / "pl", names=names))
    view = polish.localized("pl", min_status="translated", fallback="omit")
    assert [] == list(view.side_effects)
    view = polish.localized("pl", min_status="translated")
    found = [it.text for it in view.side_effects["fatigue"].synonyms]

    assert "b" in found
    assert "a" not in found


def test_layers_of_names(tmp_path):
    """The later pack's names come first, and none is lost."""
    home = "side_effects/fatigue"
    one = write_pack(tmp_path / "1", names={home: [own("a"), own("b")]})
    two = write_pack(tmp_path / "2", names={home: [own("c"), own("B")]})
    both = kb.with_locale("pl", one).with_locale("pl", two)
    record = both.localized("pl").side_effects["fatigue"]
    mine = [it.text for it in record.synonyms if it.text.lang == "pl"]

    assert ["c", "B", "a"] == mine
    again = KnowledgeBase.from_bundle(both.to_bundle())
    assert both.pack_files("pl") == again.pack_files("pl")
    assert ["c", "B", "a", "b"] == [
        it["text"] for it in again.pack_files("pl")[f"{home}.json"]["synonyms"]
    ]


def test_search_in_a_view(polish):
    """A view is searched in its language, and says so."""
    view = polish.localized("pl")
    hit = view.search("wlosow")[0]

    assert ("hair-loss", "pl") == (hit.record.id, hit.text.lang)
    assert "pl" == view.side_effects.search("lysienie")[0].text.lang
    english = view.search("jaundice")[0]
    assert ("en", True) == (english.text.lang, english.text.is_fallback)
    assert "en" == english.to_dict()["lang"]


def told(call):
    """Give the problems of what a call raises."""
    with pytest.raises(ContentError) as caught:
        call()
    return [tuple(problem) for problem in caught.value.problems]


BROKEN = {
    "no facts": (
        lambda folder: (folder / "locale.json").unlink(),
        [("locales/pl/locale.json", "$", "is missing: a pack needs one")],
    ),
    "another language": (
        lambda folder: edit(
            folder / "locale.json", lambda it: it.update(locale="cs")
        ),
        [("locale.json", "$.locale", "is 'cs', but the folder is 'pl'")],
    ),
    "reviewed by nobody": (
        lambda folder: edit(
            folder / "conditions/hiv.json",
            lambda it: it["texts"][MILK].update(status="reviewed"),
        ),
        [
            (
                "locale.json",
                "$.reviewed_by",
                "is missing, but some texts are reviewed: say by whom",
            )
        ],
    ),
    "another id": (
        lambda folder: edit(
            folder / "conditions/hiv.json", lambda it: it.update(id="hvi")
        ),
        [
            ("conditions/hiv.json", "$.id", "is 'hvi', but the file is named 'hiv.json'"),
            *(
                (
                    "conditions/hiv.json",
                    f"$.texts[{key!r}]",
                    "belongs to another record than conditions/hvi",
                )
                for key in list(POLISH)[:4]
            ),
        ],
    ),
    "a reviewed name, by nobody": (
        lambda folder: edit(
            folder / "conditions/hiv.json",
            lambda it: it.update(synonyms=[own("x", "reviewed")]),
        ),
        [
            (
                "locale.json",
                "$.reviewed_by",
                "is missing, but some texts are reviewed: say by whom",
            )
        ],
    ),
    "a wrong name": (
        lambda folder: edit(
            folder / "conditions/hiv.json",
            lambda it: it.update(synonyms=[own("x", type="nice")]),
        ),
        [
            (
                "conditions/hiv.json",
                "$.synonyms[0].type",
                "'nice' is not one of clinical, lay, abbreviation",
            )
        ],
    ),
    "a wrong text": (
        lambda folder: edit(
            folder / "conditions/hiv.json",
            lambda it: it["texts"][MILK].update(text=" <b>"),
        ),
        [
            (
                "conditions/hiv.json",
                f"$.texts[{MILK!r}].text",
                "' <b>' has white space at an end: remove it",
            )
        ],
    ),
    "a stranger": (
        lambda folder: (folder / "x.txt").write_bytes(b""),
        [("x.txt", "$", "does not belong here; only locale.json and records do")],
    ),
    "no JSON": (
        lambda folder: (folder / "locale.json").write_bytes(b"{"),
        [
            (
                "locale.json",
                "$",
                "not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
            )
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("breaks", "expected"), BROKEN.values(), ids=BROKEN)
def test_broken_packs(tmp_path, breaks, expected):
    """What is wrong with a pack is told with file and path."""
    folder = write_pack(tmp_path / "pl")
    breaks(folder)

    assert expected == told(lambda: kb.with_locale("pl", folder))


def test_a_folder_that_is_not_there(tmp_path):
    """A path that leads nowhere is told."""
    found = told(lambda: kb.with_locale("pl", tmp_path / "nope"))

    assert [
        ("locales/pl/locale.json", "$", "cannot be read: No such file or directory")
    ] == found  # fmt: skip
    with pytest.raises(LocaleError, match="is no language tag"):
        kb.with_locale("!", tmp_path)


def test_content_with_packs(folder, tmp_path):
    """A folder, a zip and a bundle bring the same translations."""
    write_pack(folder / "locales/pl")
    loaded = KnowledgeBase.load(folder)
    bundle = tmp_path / "x.json"
    bundle.write_text(json.dumps(loaded.to_bundle()), encoding="utf-8")
    forms = [folder, zipped(folder, tmp_path / "x.zip"), bundle]
    for form in forms:
        again = KnowledgeBase.load(form)
        name = again.localized("pl").conditions["hiv"].name
        assert ("Wirus HIV", "pack") == (name, name.origin)
        assert loaded.to_bundle() == again.to_bundle()
    assert () == KnowledgeBase.load(bundle).verify()
    assert [
        ("locales/pl/conditions/hiv.json", "$"),
        ("locales/pl/locale.json", "$"),
        ("locales/pl/notices/disclaimer.json", "$"),
        ("locales/pl/side_effects/hair-loss.json", "$"),
    ] == [tuple(problem)[:2] for problem in loaded.verify()]


def test_packs_are_read_when_they_are_asked_for(folder):
    """A broken pack does not matter until somebody wants that language."""
    write_pack(folder / "locales/pl")
    (folder / "locales/pl/locale.json").write_bytes(b"5")
    loaded = KnowledgeBase.load(folder)

    assert "HIV" == loaded.localized("nl").conditions["hiv"].name
    assert [
        (
            "locales/pl/locale.json",
            "$",
            "should be an object in curly brackets, not 5",
        )
    ] == told(lambda: loaded.localized("pl"))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("PL", "'PL' should be written 'pl'"),
        ("x", "'x': is no language tag such as es or pt-BR"),
    ],
)
def test_wrong_folders_of_languages(folder, name, message):
    """The folder of a language is named by its tag in its one form."""
    write_pack(folder / "locales" / name)
    (folder / "locales/stranger.txt").write_bytes(b"")
    found = told(lambda: KnowledgeBase.load(folder))
    told_of = {file: words for file, _, words in found}

    assert {f"locales/{name}", "locales/stranger.txt"} == set(told_of)
    assert told_of[f"locales/{name}"].startswith(message)
    wrong = "does not belong here; only <language>/ does"
    assert wrong == told_of["locales/stranger.txt"]


@pytest.mark.parametrize(
    ("locales", "path", "message"),
    [
        (5, "$.locales", "should be an object of languages"),
        ({"pl": 5}, "$.locales.pl", "should be an object of files"),
        ({"PL": {}}, "$.locales.PL", "'PL' should be written 'pl'"),
    ],
)
def test_wrong_packs_in_a_bundle(locales, path, message):
    """What is wrong with the translations of a bundle has its place."""
    bundle = kb.to_bundle() | {"locales": locales}

    assert [("bundle", path, message)] == told(
        lambda: KnowledgeBase.from_bundle(bundle)
    )


def test_a_process_reads_one_language():
    """Only the language that is asked for is read from the disk."""
    code = """
import sys
opened = set()
def note(event, arguments):
    name = str(arguments[0]) if event == "open" else ""
    if "/data/locales/" in name:
        opened.add(name.partition("/data/locales/")[2].partition("/")[0])
sys.addaudithook(note)
from salvage_kb import kb
print(kb.conditions["hiv"].name, kb.locales[-1], sorted(opened))
print(kb.localized("pt-BR").conditions["hiv"].name, sorted(opened))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
    )

    assert ["HIV zh-Hans []", "HIV ['pt']"] == done.stdout.splitlines()


def test_an_overlay_with_translations(tmp_path, polish):
    """An overlay translates what it adds, over what is there."""
    write_pack(
        tmp_path / "over/locales/pl",
        {"conditions/hiv#name": "Nasz HIV"},
    )
    over = polish.overlay(tmp_path / "over").localized("pl")

    assert "Nasz HIV" == over.conditions["hiv"].name
    assert "Wypadanie włosów" == over.side_effects["hair-loss"].name


def test_files_of_a_pack(polish):
    """Only a language on offer has files."""
    assert {"locale.json", "conditions/hiv.json"} < set(
        polish.pack_files("pl")
    )
    with pytest.raises(LocaleError, match="is not on offer, only en, ar, de"):
        polish.pack_files("xx")


def test_a_translator(polish):
    """A function goes before any pack; what it does not know, they do."""
    asked = []

    def translator(key, text, tag):
        asked.append((key, text, tag))
        return {"conditions/hiv#name": "e\u0301", MILK: text}.get(key)

    mine = polish.with_translator(translator, status="translated")
    hiv = mine.localized("pl").conditions["hiv"]

    assert ("conditions/hiv#name", "HIV", "pl") == asked[0]
    assert ("é", "translator", "translated") == (
        hiv.name,
        hiv.name.origin,
        hiv.name.status,
    )
    assert POLISH[MILK] == mine.localized("pl").statements[MILK].text
    assert not mine.is_bundled
    raised = mine.localized("nl", fallback="raise")
    assert "é" == mine.localized("nl").conditions["hiv"].name
    with pytest.raises(LocaleError, match="no translation"):
        raised.conditions["copd"]
    from datetime import date

    reviewed = mine.localized("pl").reviewed(on=date(2026, 1, 1))
    assert "é" == reviewed.conditions["hiv"].name


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        (
            5,
            TypeError,
            "the translator should give text or None for "
            "conditions/hiv#name, not 5",
        ),
        (
            "<b>",
            LocaleError,
            "'pl': the translator's text for conditions/hiv#name has HTML in "
            "it: write plain text",
        ),
        (
            "a\nb",
            LocaleError,
            "'pl': the translator's text for conditions/hiv#name has a "
            "control character or line break: write one plain line",
        ),
    ],
)
def test_a_wrong_translator(answer, error, message):
    """What is no plain text is refused with its key."""
    mine = kb.with_translator(lambda *_: answer)
    with pytest.raises(error) as caught:
        mine.localized("pl").conditions["hiv"]
    assert message == str(caught.value)
    with pytest.raises(ValueError, match="status= cannot be"):
        kb.with_translator(lambda *_: None, status="x")
    with pytest.raises(TypeError, match="a translator is a function, not 5"):
        kb.with_translator(5)


def test_titles_of_works_stay():
    """No title of a work is translated, whoever offers to."""
    mine = kb.with_translator(lambda *_: "x").localized("pl")

    assert kb.sources.ids == mine.sources.ids
    assert [s.name for s in kb.sources] == [s.name for s in mine.sources]
    assert FALLEN[0] == mine.sources["mesh-labels"].name.lang


def test_an_original_is_not_authored():
    """The text beside a draft belongs to views, not to files."""
    bundle = kb.to_bundle()
    hiv = next(row for row in bundle["conditions"] if row["id"] == "hiv")
    hiv["statements"][0]["cautions"][0]["original"] = "x"

    assert ["is for views only: leave it out"] == [
        message
        for _, _, message in told(lambda: KnowledgeBase.from_bundle(bundle))
    ]


def test_gettext_as_a_translator(tmp_path):
    """A real gettext catalogue can stand behind the function."""
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    for key in ("conditions/hiv#name", MILK):
        catalogue.append(
            polib.POEntry(msgctxt=key, msgid=ENGLISH[key], msgstr=POLISH[key])
        )
    path = tmp_path / "salvage.mo"
    catalogue.save_as_mofile(str(path))
    with path.open("rb") as file:
        found = gettext.GNUTranslations(file)
    mine = kb.with_translator(lambda key, text, _: found.pgettext(key, text))
    hiv = mine.localized("pl").conditions["hiv"]

    assert POLISH["conditions/hiv#name"] == hiv.name
    assert POLISH[MILK] == mine.localized("pl").statements[MILK].text
    assert hiv.statements[0].text.is_fallback


PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "salvage-kb-polish"
version = "1.0"
[project.entry-points."salvage_kb.locales"]
{points}
[tool.hatch.build.targets.wheel]
packages = ["polish_pack"]
"""


@pytest.fixture(name="install")
def _install(tmp_path, monkeypatch):
    """Build and install a distribution; give the bundled content anew."""

    def install(points, *, broken=False):
        project = tmp_path / "project"
        write_pack(project / "polish_pack")
        (project / "polish_pack/__init__.py").write_text("")
        if broken:
            (project / "polish_pack/locale.json").write_bytes(b"5")
        text = PROJECT.format(points=points)
        (project / "pyproject.toml").write_text(text)
        place = tmp_path / "site"
        subprocess.run(
            [
                *(sys.executable, "-m", "pip", "install", "-q", "--no-deps"),
                *("--no-build-isolation", "--no-index", "--target"),
                *(str(place), str(project)),
            ],
            check=True,
            capture_output=True,
        )
        monkeypatch.syspath_prepend(str(place))
        distributed.cache_clear()
        return KnowledgeBase()

    monkeypatch.delitem(sys.modules, "polish_pack", raising=False)
    yield install
    sys.modules.pop("polish_pack", None)
    distributed.cache_clear()


def test_an_installed_distribution(install):
    """What is installed is on offer, and says where it comes from."""
    ours = kb.locales
    base = install('pl = "polish_pack"')
    name = base.localized("pl").conditions["hiv"].name

    assert {*ours, "pl"} == set(base.locales)
    assert ("Wirus HIV", "distribution", "draft") == (
        name,
        name.origin,
        name.status,
    )
    assert "pl" == base.negotiate("pl-PL")
    assert ("en",) == KnowledgeBase.from_bundle(
        {"manifest": kb.manifest.to_dict()}
    ).locales


def test_a_broken_distribution(install):
    """It gives a clear error, and the other languages work."""
    base = install('pl = "polish_pack"', broken=True)
    with pytest.raises(ContentError) as caught:
        base.localized("pl")

    assert "distribution salvage-kb-polish" == caught.value.origin
    assert "VIH" == base.localized("es").conditions["hiv"].name


def test_a_distribution_with_a_wrong_name(install):
    """A name that is no tag is passed over with a warning."""
    base = install('"!!" = "polish_pack"')
    with pytest.warns(FallbackWarning, match="entry point polish_pack of"):
        assert "polish_pack" not in base.locales


def test_a_distribution_that_cannot_be_imported(install):
    """Whatever its import does, the error is ours."""
    base = install('pl = "no_such_module"')
    found = told(lambda: base.localized("pl"))

    assert "no_such_module cannot be imported: Module" in found[0][2]


def test_a_distribution_fills_what_is_missing(install, tmp_path):
    """The content and the program go before what is merely installed."""
    base = install('pl = "polish_pack"')
    own = write_pack(tmp_path / "own", {"conditions/hiv#name": "Nasz HIV"})
    view = base.with_locale("pl", own).localized("pl")

    assert ("Nasz HIV", "folder") == (
        view.conditions["hiv"].name,
        view.conditions["hiv"].name.origin,
    )
    assert "distribution" == view.side_effects["hair-loss"].name.origin


def test_a_broken_distribution_beside_a_good_pack(install, tmp_path):
    """It is passed over with a warning where there is another one."""
    base = install('pl = "polish_pack"', broken=True)
    own = write_pack(tmp_path / "own", {"conditions/hiv#name": "Nasz HIV"})
    with pytest.warns(FallbackWarning, match="distribution salvage-kb-polish"):
        view = base.with_locale("pl", own).localized("pl")

    assert "Nasz HIV" == view.conditions["hiv"].name


def test_a_regional_pack_lies_over_its_language(tmp_path):
    """A pack for one country need not say again what the language says."""
    texts = {"conditions/hiv#name": "El VIH"}
    own = write_pack(tmp_path / "own", texts, "es-419")
    base = kb.with_locale("es-419", own)
    view = base.localized("es-MX")
    names = [view.conditions[id].name for id in ("hiv", "copd")]
    word = view.side_effects["headache"].synonyms[-1].text

    assert [("El VIH", "es-419"), ("EPOC", "es")] == [
        (name, name.lang) for name in names
    ]
    assert "es" == word.lang
    assert "VIH" == base.localized("es-ES").conditions["hiv"].name
    assert [] == [name for name in names if name.is_fallback]


def test_a_broken_regional_distribution(install):
    """It leaves the language of the content alone."""
    base = install('es-419 = "polish_pack"', broken=True)
    with pytest.warns(FallbackWarning, match="distribution salvage-kb-polish"):
        view = base.localized("es-MX")

    assert "VIH" == view.conditions["hiv"].name


@pytest.mark.parametrize(
    ("tag", "reason"),
    [
        ("en", "is the base language: overlay the content"),
        ("en-XA", "is made up, and has no pack"),
        ("und", "names no language"),
    ],
)
def test_what_can_have_no_pack(tmp_path, tag, reason):
    """A pack that would never be shown is refused, not forgotten."""
    with pytest.raises(LocaleError) as caught:
        kb.with_locale(tag, tmp_path)

    assert f"'{tag}': {reason}" == str(caught.value)
    with pytest.raises(LocaleError, match="'!': is no language tag such as"):
        kb.with_locale("!", tmp_path)


@given(bundles(), st.sampled_from(["allow", "omit"]), st.data())
def test_languages_never_mix(bundle, fallback, data):
    """A view has texts of its language and of the base, and no others."""
    base = KnowledgeBase.from_bundle(bundle)
    keys = [
        (key, text)
        for _, _, item in base.content.items()
        for key, text in texts_of(item)
    ]
    chosen = data.draw(
        st.lists(st.sampled_from(keys)) if keys else st.just([])
    )
    packs = {}
    for tag in ("es", "pl"):
        files = packs[tag] = {
            "locale.json": {"locale": tag, "name": tag, "translated_by": "x"}
        }
        for key, text in chosen:
            folder, id = key.partition("#")[0].split("/")[:2]
            name = f"{folder}/{id}.json"
            file = files.setdefault(name, {"id": id, "texts": {}})
            file["texts"][key] = {
                "source": str(text),
                "text": f"{tag} {text}",
                "status": "draft",
            }
    both = KnowledgeBase.from_bundle(bundle | {"locales": packs})
    view = both.localized("pl", fallback=fallback)
    done = {key for key, _ in chosen}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _, _, item in view.content.items():
            for key, text in texts_of(item):
                if "#synonyms/" in key:
                    continue  # its key has the words of the base language
                assert ("pl" if key in done else "en") == text.lang
                assert text.startswith("pl ") == (key in done)


@given(st.text(max_size=30))
def test_any_tag_gives_a_view_or_an_error(tag):
    """Whatever is asked for, there is an answer or a LocaleError."""
    try:
        view = kb.localized(tag)
    except LocaleError:
        return
    assert view.conditions["hiv"].name.requested == view.locale


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    JSON
    | st.dictionaries(
        st.sampled_from(["locale.json", "conditions/hiv.json", "x"]), JSON
    ).map(lambda files: {"pl": files})
)
def test_any_pack(found):
    """Whatever a pack is, there is a view or a ContentError."""
    bundle = {"manifest": kb.manifest.to_dict() | {"files": {}}}
    try:
        base = KnowledgeBase.from_bundle(bundle | {"locales": found})
        for tag in base.locales:
            base.localized(tag)
    except ContentError as error:
        assert error.problems
