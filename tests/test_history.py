"""Differences between versions, what they weigh, and ids that went away."""

import copy
import json
import pickle
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import bundles, texts
from test_cli import run

from salvage_kb import (
    ContentError,
    Current,
    KnowledgeBase,
    Moved,
    RecallWarning,
    RetiredId,
    Split,
    Unknown,
    UnknownId,
    Withdrawn,
    kb,
)
from salvage_kb.history import (
    Change,
    Diff,
    apply,
    diff,
    diff_bundles,
    flatten,
)
from salvage_kb.retirement import RecallInUse, recall_row
from salvage_kb.significance import Weight, smallest
from salvage_kb.vocabulary import FOLDERS, Significance

#: Stands for a folder with a broken pack.
BROKEN = object()
CAUTIOUS = "conditions/hiv/breast-milk"
PLAIN = "conditions/hiv/mainstay"


def _base():
    bundle = copy.deepcopy(kb.to_bundle())
    manifest = bundle["manifest"]
    manifest["content_version"] = "1.0.0"
    del manifest["files"], manifest["counts"]
    bundle["locales"] = {"es": bundle["locales"]["es"]}
    bundle["history"] = []
    return bundle


BASE = _base()


def record(bundle, path):
    """Find the data of a record by its path."""
    folder, id = path.split("/")[:2]
    return next(row for row in bundle[folder] if row["id"] == id)


def part(bundle, id):
    """Find the data of a statement, or of a caution."""
    rows = record(bundle, id)["statements"]
    home = "/".join(id.split("/")[:3])
    statement = next(row for row in rows if row["id"] == home)
    if home == id:
        return statement
    return next(row for row in statement["cautions"] if row["id"] == id)


def event(bundle, subject, fate, **more):
    """Write down what happened to an id, in version 1.1.0."""
    number = len(bundle["history"])
    row = {"id": f"e{number}", "subject": subject, "fate": fate}
    row |= {"since": "1.1.0", "reason": "Because of a reason."}
    bundle["history"].append(row | more)


def version(edit, bundle=BASE):
    """Make the next version by an edit."""
    new = copy.deepcopy(bundle)
    new["manifest"]["content_version"] = "1.1.0"
    edit(new)
    return new


def said(text, significance=None, id=PLAIN):
    """Edit what a statement or caution says."""

    def edit(bundle):
        row = part(bundle, id)
        row["text"] = text(row["text"])
        if significance:
            event(bundle, id, "edited", significance=significance)

    return edit


def put(path, **fields):
    """Set fields of a record."""

    def edit(bundle):
        record(bundle, path).update(fields)

    return edit


def drop(id, fate=None, **more):
    """Take a statement or a caution away, with or without saying so."""

    def edit(bundle):
        home = record(bundle, id)
        if id.count("/") == 3:
            home = part(bundle, id.rpartition("/")[0])
            home["cautions"].remove(part(bundle, id))
        else:
            home["statements"].remove(part(bundle, id))
        for pack in bundle["locales"].values():
            for file in pack.values():
                for key in list(file.get("texts", ())):
                    if key.startswith(f"{id}/") or key == id:
                        del file["texts"][key]
        if fate:
            event(bundle, id, fate, **more)

    return edit


def drop_record(path, fate=None, **more):
    """Take a record away, and all that leads to it."""
    folder, id = path.split("/")

    def edit(bundle):
        bundle[folder].remove(record(bundle, path))
        for row in bundle["conditions"]:
            for field in ("modality_links", "side_effect_links"):
                links = row.get(field, [])
                links[:] = [
                    it
                    for it in links
                    if it["id"] != id
                    and not any(s.startswith(path) for s in it["statements"])
                ]
        for pack in bundle["locales"].values():
            pack.pop(f"{path}.json")
        if fate:
            event(bundle, path, fate, **more)

    return edit


def both(*edits):
    """Do one edit after another."""

    def edit(bundle):
        for it in edits:
            it(bundle)

    return edit


def in_pack(tag, key, **fields):
    """Edit a translation."""

    def edit(bundle):
        path = "/".join(key.split("/")[:2])
        file = bundle["locales"][tag][f"{path}.json"]
        file["texts"][key].update(fields)

    return edit


def add(path, **fields):
    """Add a copy of a record under a new id."""

    def edit(bundle):
        folder, id = path.split("/")
        row = copy.deepcopy(bundle[folder][0])
        old = f"{folder}/{row['id']}/"
        row = json.loads(json.dumps(row).replace(old, f"{path}/"))
        bundle[folder].append(row | {"id": id} | fields)

    return edit


def rename(path, new):
    """Give a record another id, with all that it says."""

    def edit(bundle):
        new_id = new.partition("/")[2]
        row = json.dumps(record(bundle, path)).replace(f"{path}/", f"{new}/")
        drop_record(path, "moved", targets=[new])(bundle)
        bundle["side_effects"].append(json.loads(row) | {"id": new_id})

    return edit


def add_caution(safety):
    """Add a caution to a statement that has none."""
    caution = {
        "id": f"{PLAIN}/new",
        "kind": "nuance",
        "text": "There is more.",
    }
    caution["citations"] = [
        {"source_id": "icliniq-salvage-therapy", "read_as": "whole"}
    ]
    if safety:
        caution["safety"] = True

    def edit(bundle):
        part(bundle, PLAIN)["cautions"] = [caution]

    return edit


MILK = f"{CAUTIOUS}/milk-risk-is-not-zero"
KIDNEY = "side_effects/kidney-problems"
NEW = "side_effects/new-name"
RESISTANT = "conditions/hiv/becomes-resistant"
REASON = "Because of a reason."
NAUSEA = {"text": "Feeling sick", "type": "lay"}
CODE = {
    "system": "https://example.org/codes",
    "code": "c1",
    "display": "A code",
    "match": "exact",
    "licence": "none",
    "verified_in": "its browser",
}


def declared(subject, significance):
    """Declare what an edit means."""
    return lambda it: event(it, subject, "edited", significance=significance)


def words(bundle):
    """Give the Spanish words of the plain statement."""
    file = bundle["locales"]["es"]["conditions/hiv.json"]
    return file["texts"][PLAIN]["text"]


def reword_moved(fields):
    """Move a record, and change what it says on the way."""

    def edit(bundle):
        rename(KIDNEY, NEW)(bundle)
        for row in record(bundle, NEW)["statements"]:
            for caution in row.get("cautions", ()):
                caution.update(fields)

    return edit


EDITS = {
    # names and words around the content
    "rename a title": (
        put("conditions/hiv", name="HIV infection today"),
        ("clarification", "patch"),
    ),
    "add a synonym": (
        put("conditions/copd", synonyms=[NAUSEA]),
        ("clarification", "patch"),
    ),
    "drop all synonyms": (
        lambda it: record(it, "conditions/hiv").pop("synonyms"),
        ("clarification", "patch"),
    ),
    "put a record elsewhere in the order": (
        put("conditions/hiv", position=99),
        ("editorial", "patch"),
    ),
    # what statements say
    "mend a comma": (
        said(lambda text: text.replace(".", ";", 1)),
        ("editorial", "patch"),
    ),
    "reword, declared editorial": (
        said(lambda text: text.replace("group", "family"), "editorial"),
        ("editorial", "patch"),
    ),
    "reword, declared as clearer": (
        said(lambda text: f"{text} Copying is how it grows.", "clarification"),
        ("clarification", "patch"),
    ),
    "reword, declared clinical": (
        said(lambda text: text.replace("stop", "slow"), "clinical"),
        ("clinical", "minor"),
    ),
    "reword, nothing declared": (
        said(lambda text: text.replace("group", "family")),
        ("clinical", "minor"),
    ),
    "reverse advice": (
        said(lambda text: text.replace("stop", "do not stop"), "safety"),
        ("safety", "major"),
    ),
    "put in a not, declared editorial": (
        said(lambda text: text.replace("is", "is not"), "editorial"),
        ("clinical", "minor"),
    ),
    "change a number, declared as clearer": (
        said(lambda text: text.replace("1%", "2%"), "clarification", MILK),
        ("clinical", "minor"),
    ),
    "turn a sign, declared as clearer": (
        said(
            lambda text: text.replace("1%", "1\u2030"), "clarification", MILK
        ),
        ("clinical", "minor"),
    ),
    "move a full stop behind a not": (
        said(lambda text: text.replace(" but not", ". But not"), None, MILK),
        ("clinical", "minor"),
    ),
    "cite a source by another section": (
        lambda it: part(it, PLAIN)["citations"][0].update(section="prognosis"),
        ("clarification", "patch"),
    ),
    "sort statements anew": (
        lambda it: record(it, "conditions/hiv")["statements"].reverse(),
        ("editorial", "patch"),
    ),
    # ids
    "drop a side effect, said so": (
        drop_record(KIDNEY, "withdrawn"),
        ("clinical", "major"),
    ),
    "drop a side effect, said nothing": (
        drop_record(KIDNEY),
        ("clinical", "major"),
    ),
    "move a record, and what it says": (
        rename(KIDNEY, NEW),
        ("clinical", "major"),
    ),
    "move a record, and reword its caution": (
        reword_moved({"text": "It may be so."}),
        ("clinical", "major"),
    ),
    "move a record, and call its caution one of safety": (
        reword_moved({"safety": True}),
        ("safety", "major"),
    ),
    "move a record, and lose its caution": (
        drop_record(KIDNEY, "moved", targets=["side_effects/dizziness"]),
        ("safety", "major"),
    ),
    "split a statement": (
        drop(
            RESISTANT,
            "split",
            targets=[PLAIN, "conditions/hiv/resistant-virus"],
        ),
        ("clarification", "major"),
    ),
    "move a statement": (
        drop(RESISTANT, "moved", targets=[PLAIN]),
        ("clarification", "major"),
    ),
    "withdraw a statement for its harm": (
        drop(RESISTANT, "withdrawn", harm="It hurts."),
        ("safety", "major"),
    ),
    "drop a statement, said nothing": (
        drop(RESISTANT),
        ("clinical", "major"),
    ),
    # cautions
    "remove a caution": (
        drop("conditions/hiv/tests-before/routine-tests"),
        ("safety", "major"),
    ),
    "remove a safety caution, said so": (
        drop(MILK, "withdrawn"),
        ("safety", "major"),
    ),
    "add a caution": (add_caution(safety=False), ("clinical", "minor")),
    "add a safety caution": (add_caution(safety=True), ("safety", "minor")),
    "make a caution one of safety": (
        lambda it: part(
            it, "conditions/hiv/tests-before/routine-tests"
        ).update(safety=True),
        ("safety", "minor"),
    ),
    "make a safety caution a common one": (
        lambda it: part(it, MILK).pop("safety"),
        ("safety", "major"),
    ),
    # records and links
    "add a side effect": (
        add("side_effects/new-effect"),
        ("clinical", "minor"),
    ),
    "add a source": (add("sources/new-source"), ("editorial", "minor")),
    "add a code": (
        lambda it: record(it, "conditions/hiv")["codes"].append(CODE),
        ("clarification", "minor"),
    ),
    "change a code": (
        lambda it: record(it, "conditions/hiv").update(codes=[CODE]),
        ("clinical", "minor"),
    ),
    "drop a link": (
        lambda it: record(it, "conditions/hiv")["side_effect_links"].pop(),
        ("clinical", "minor"),
    ),
    "sort a condition under another heading": (
        put("conditions/hiv", category="other"),
        ("clinical", "minor"),
    ),
    # sources, notices, manifest
    "mend a link to a source": (
        put("sources/hhs-infant-feeding", url="https://example.org/"),
        ("editorial", "patch"),
    ),
    "a source was reviewed anew": (
        put("sources/icliniq-salvage-therapy", reviewed_on="2026-01-01"),
        ("clarification", "patch"),
    ),
    "remove a notice": (
        lambda it: it["notices"].pop(0),
        ("safety", "major"),
    ),
    "change the licence": (
        lambda it: it["manifest"].update(licence="CC0-1.0"),
        ("clarification", "major"),
    ),
    # languages
    "add a language": (
        lambda it: it["locales"].update(
            pl={"locale.json": it["locales"]["es"]["locale.json"]}
        ),
        ("clarification", "minor"),
    ),
    "drop a language": (
        lambda it: it["locales"].pop("es"),
        ("clinical", "major"),
    ),
    "mend a translation, nothing declared": (
        in_pack("es", PLAIN, text="Otro texto."),
        ("clinical", "minor"),
    ),
    "mend a translation, declared for the language": (
        both(
            in_pack("es", PLAIN, text="Otro texto."),
            declared("locales/es", "clarification"),
        ),
        ("clarification", "patch"),
    ),
    "reverse a translation, declared for the text": (
        both(
            in_pack("es", PLAIN, text="No sirve."),
            declared(f"locales/es/{PLAIN}", "safety"),
        ),
        ("safety", "major"),
    ),
    "put a no into a translation, declared editorial": (
        both(
            in_pack("es", PLAIN, text="No sirve."),
            declared("locales/es", "editorial"),
        ),
        ("clinical", "minor"),
    ),
    "write a translation in capitals": (
        lambda it: in_pack("es", PLAIN, text=words(it).upper())(it),
        ("editorial", "patch"),
    ),
    "change a number in a translation": (
        in_pack("es", MILK, text="2 %"),
        ("clinical", "minor"),
    ),
    "a translation was reviewed": (
        in_pack("es", PLAIN, status="reviewed"),
        ("editorial", "patch"),
    ),
    "drop a translation": (
        lambda it: it["locales"]["es"]["conditions/hiv.json"]["texts"].pop(
            PLAIN
        ),
        ("clinical", "minor"),
    ),
    "drop the translation of a name": (
        lambda it: it["locales"]["es"]["conditions/hiv.json"]["texts"].pop(
            "conditions/hiv#name"
        ),
        ("clinical", "minor"),
    ),
    "drop names that a language has of its own": (
        lambda it: it["locales"]["es"]["side_effects/hair-loss.json"].pop(
            "synonyms"
        ),
        ("clarification", "patch"),
    ),
}


@pytest.mark.parametrize(("edit", "expected"), EDITS.values(), ids=EDITS)
def test_significance_and_bump(edit, expected):
    """Each edit has its weight, and the next content is one that loads."""
    new = version(edit)
    found = diff_bundles(BASE, new)
    KnowledgeBase.from_bundle(new)

    assert expected == (found.significance, found.bump)
    number = {"major": "2.0.0", "minor": "1.1.0", "patch": "1.0.1"}
    assert number[found.bump] == found.smallest_version
    assert flatten(new) == flatten(apply(found, BASE))
    assert new["locales"] == apply(found, BASE).get("locales", {})


#: Each kind of thing, as small as it can be.
TINY = {
    "manifest": {
        "locale": "en",
        "content_version": "1.0.0",
        "released": "2026-01-01",
        "counts": {},
        "files": {},
    },
    "sources": [
        {"id": "z", "name": "Z"},
        {"id": "c", "position": 1},
        {"id": "a", "position": 2},
    ],
    "topics": [
        {"id": "e"},
        {
            "id": "t",
            "statements": [
                {
                    "id": "topics/t/s",
                    "text": "S.",
                    "cautions": [{"id": "topics/t/s/c", "text": "C."}],
                },
                {"id": "topics/t/u", "text": "U."},
            ],
        },
    ],
    "notices": [{"id": "n", "text": "N."}],
}


def test_each_thing_has_its_fields():
    """Statements and cautions stand alone, and are named where they were."""
    assert {
        "manifest": {"locale": "en"},
        "sources/z": {"name": "Z"},
        "sources/c": {"position": 1},
        "sources/a": {"position": 2},
        "topics/e": {"statements": []},
        "topics/t": {"statements": ["topics/t/s", "topics/t/u"]},
        "topics/t/s": {"text": "S.", "cautions": ["topics/t/s/c"]},
        "topics/t/s/c": {"text": "C."},
        "topics/t/u": {"text": "U.", "cautions": []},
        "notices/n": {"text": "N."},
    } == flatten(TINY)


def test_no_difference_gives_the_same_in_order():
    """Records come by position, then by id; what is empty is left out."""
    empty = {folder: [] for folder in FOLDERS.values()}
    manifest = {"locale": "en", "content_version": "1.1.0"}

    assert empty | TINY | {"manifest": manifest} == apply(
        Diff("1.0.0", "1.1.0", ()), TINY
    )


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (
            both(
                said(str.upper, "editorial"),
                lambda it: part(it, PLAIN).update(aspect="advice"),
            ),
            [("aspect", None), ("text", REASON)],
        ),
        (
            both(
                in_pack("es", PLAIN, text="Otro.", status="reviewed"),
                declared("locales/es", "clarification"),
            ),
            [("status", REASON), ("text", REASON)],
        ),
    ],
)
def test_a_reason_is_one_for_words(edit, expected):
    """Why an author edited words says nothing of other fields."""
    changes = diff_bundles(BASE, version(edit)).changes

    assert expected == [
        (it.field, it.reason) for it in changes if it.how == "changed"
    ]


def test_what_was_dropped_on_the_way_to_a_new_id():
    """A record that moves may lose a field."""
    edit = both(
        rename(KIDNEY, NEW), lambda it: record(it, NEW).pop("synonyms")
    )
    found = diff_bundles(BASE, version(edit))

    assert [("changed", NEW)] == [
        (it.how, it.ref) for it in found.changes if it.field == "synonyms"
    ]
    assert flatten(version(edit)) == flatten(apply(found, BASE))


def test_what_nobody_declared_is_told():
    """Edits whose meaning no rule can see wait for their author's word."""
    edit = both(
        said(str.upper), said(lambda text: f"{text} Still.", id=CAUTIOUS)
    )
    found = diff_bundles(BASE, version(edit))

    assert [CAUTIOUS] == [change.ref for change in found.undeclared]
    assert f"{CAUTIOUS} text: changed (not declared)" in str(found)


def test_what_moved_is_compared_with_what_it_was():
    """A new id hides no edit of the words."""
    edit = EDITS["move a record, and reword its caution"][0]
    found = diff_bundles(BASE, version(edit))

    assert ["text"] == [it.field for it in found.undeclared]
    assert found.undeclared[0].ref.startswith(f"{NEW}/")


def test_another_target_for_a_retired_id():
    """What a stored id leads to is a promise."""
    first = version(EDITS["move a statement"][0])
    second = copy.deepcopy(first)
    second["manifest"]["content_version"] = "1.2.0"
    second["history"][0]["targets"] = ["conditions/hiv/resistant-virus"]
    found = diff_bundles(first, second)

    assert ("clarification", "major") == (found.significance, found.bump)
    assert "history/e0 targets: changed" in str(found)


def test_a_harm_that_was_added():
    """Whoever upgrades sees that something withdrawn may do harm."""
    first = version(drop(RESISTANT, "withdrawn"))
    second = copy.deepcopy(first)
    second["history"][0]["harm"] = "It hurts."
    found = diff_bundles(first, second)

    assert "safety" == found.significance
    assert "safety\n  history/e0 harm: changed\n    after: It hurts." in str(
        found
    )


def test_an_order_that_changed_is_told():
    """A difference that is only one of order is in the report too."""
    found = diff_bundles(BASE, version(EDITS["sort statements anew"][0]))

    assert "  conditions/hiv statements: changed" in str(found)


def test_translations_are_told_one_by_one_where_it_matters():
    """What nobody declared is shown with its words, the rest is counted."""
    edit = both(
        in_pack("es", MILK, text="2 %"),
        in_pack("es", PLAIN, status="reviewed"),
    )
    told = str(diff_bundles(BASE, version(edit)))

    assert f"  locales/es/{MILK} text: changed\n" in told
    assert "    after: 2 %" in told
    assert told.endswith("translations\n  es: 1 changed")
    edit = EDITS["mend a translation, declared for the language"][0]
    found = diff_bundles(BASE, version(edit))
    assert f"- es: 1 changed ({REASON})" in found.to_markdown()


def test_declared_before_the_number_is_known():
    """An author sees the effect of what is declared for the next version."""
    new = version(EDITS["reword, declared editorial"][0])
    new["manifest"]["content_version"] = "1.0.0"

    assert ("editorial", ()) == (
        diff_bundles(BASE, new).significance,
        diff_bundles(BASE, new).undeclared,
    )


def test_a_declaration_holds_for_its_version_only():
    """What an author said of an earlier edit says nothing of the next."""
    first = version(EDITS["reword, declared editorial"][0])
    second = copy.deepcopy(first)
    second["manifest"]["content_version"] = "1.2.0"
    part(second, PLAIN)["text"] += " More."

    assert "editorial" == diff_bundles(BASE, first).significance
    assert 1 == len(diff_bundles(first, second).undeclared)


@given(bundles())
def test_nothing_differs_from_itself(bundle):
    """The difference of anything and itself is empty, and asks for nothing."""
    found = diff_bundles(bundle, copy.deepcopy(bundle))

    assert ((), None, "1.2.3") == (
        found.changes,
        found.bump,
        found.smallest_version,
    )


@given(bundles(), bundles())
def test_applying_a_difference_gives_the_other(one, other):
    """What differs is all that differs."""
    found = apply(diff_bundles(one, other), one)

    assert other == KnowledgeBase.from_bundle(found).to_bundle()
    assert flatten(other) == flatten(found)


#: Fields of records that an edit may drop as a whole.
DROPPED = (
    "codes",
    "synonyms",
    "modality_links",
    "side_effect_links",
    "monitoring_links",
    "clinical_term",
    "reviewed_on",
)


@st.composite
def _edits(draw, bundle):
    """Choose edits of different places, which no two share."""
    rows = [
        row for name in bundle if name != "manifest" for row in bundle[name]
    ]
    statements = [it for row in rows for it in row.get("statements", ())]
    cautious = [it for it in statements if it.get("cautions")]
    places = [(row, "name") for row in rows if "name" in row]
    places += [(it, "text") for it in statements]
    places += [(it, "cautions") for it in cautious]
    places += [(row, name) for row in rows for name in DROPPED if name in row]
    chosen = draw(st.permutations(places))
    return [(row, name, draw(texts)) for row, name in chosen]


@given(bundles(), st.data())
def test_a_bump_never_gets_smaller(bundle, data):
    """One more edit never asks for a smaller version."""
    order = (None, "patch", "minor", "major")
    new = copy.deepcopy(bundle)
    seen = 0
    for row, name, text in data.draw(_edits(new)):
        if name in {"cautions", *DROPPED}:
            row.pop(name)
        else:
            row[name] = text
        bump = order.index(diff_bundles(bundle, new).bump)
        assert bump >= seen
        seen = bump


@pytest.mark.parametrize(
    ("version", "bump", "expected"),
    [
        ("0.4.0", "major", "0.5.0"),
        ("0.4.1", "minor", "0.5.0"),
        ("0.4.1", "patch", "0.4.2"),
        ("1.4.1", "major", "2.0.0"),
        ("1.4.1.dev0", None, "1.4.1"),
    ],
)
def test_smallest_version(version, bump, expected):
    """Before 1.0.0, the second number is for what breaks too."""
    assert expected == smallest(version, bump)


def test_no_version():
    """What is no version is said to be none."""
    with pytest.raises(ValueError, match=r"'one' is no version such as 1.0.0"):
        smallest("one", "major")


HEIRS = (PLAIN, "conditions/hiv/resistant-virus")
#: One moved, one split, one withdrawn for its harm, and one without.
NEXT = version(
    both(
        rename(KIDNEY, NEW),
        drop(RESISTANT, "split", targets=list(HEIRS)),
        drop(CAUTIOUS, "withdrawn", harm="The risk is not zero."),
        drop_record("topics/prognosis", "withdrawn"),
    )
)


@pytest.fixture(scope="module")
def later():
    """Give content in which ids were retired."""
    return KnowledgeBase.from_bundle(NEXT)


def test_references(later):
    """Each reference has its state; parts follow what they were part of."""
    find = f"{KIDNEY}/finding-it-early"
    caution = f"{find}/early-finding-supported"
    expected = {
        "conditions/hiv": Current("conditions/hiv", later.conditions["hiv"]),
        PLAIN: Current(PLAIN, later.statements[PLAIN]),
        "notices/not-reviewed": Current(
            "notices/not-reviewed", later.notices["not-reviewed"]
        ),
        KIDNEY: Moved(KIDNEY, NEW, "1.1.0", REASON),
        find: Moved(find, f"{NEW}/finding-it-early", "1.1.0", REASON),
        caution: Moved(
            caution,
            f"{NEW}/finding-it-early/early-finding-supported",
            "1.1.0",
            REASON,
        ),
        f"{KIDNEY}/gone": Moved(f"{KIDNEY}/gone", NEW, "1.1.0", REASON),
        RESISTANT: Split(RESISTANT, HEIRS, "1.1.0", REASON),
        CAUTIOUS: Withdrawn(
            CAUTIOUS, "1.1.0", REASON, "The risk is not zero."
        ),
        MILK: Withdrawn(MILK, "1.1.0", REASON, "The risk is not zero."),
        "topics/prognosis": Withdrawn(
            "topics/prognosis", "1.1.0", REASON, None
        ),
        "conditions/hvi": Unknown("conditions/hvi", ("conditions/hiv",)),
        "nothing": Unknown("nothing", ()),
        "conditions/": Unknown("conditions/", ()),
        "": Unknown("", ()),
        f"{MILK}/deeper": Withdrawn(
            f"{MILK}/deeper", "1.1.0", REASON, "The risk is not zero."
        ),
    }

    assert tuple(expected.values()) == later.check_refs(expected)


def test_the_nearest_comes_first(later):
    """What looks like a statement is compared with statements."""
    for ref in ("conditions/hiv/mainstray", f"{PLAIN}/one/deeper"):
        (found,) = later.check_refs([ref])
        assert PLAIN == found.suggestions[0]


def test_a_caution_that_is_there(later):
    """Cautions have references too."""
    id = "conditions/hiv/tests-before/routine-tests"
    (found,) = later.check_refs([id])

    assert (
        later.statements["conditions/hiv/tests-before"].cautions[0]
        == found.item
    )


@given(st.text())
def test_any_reference_has_an_answer(ref):
    """Whatever somebody stored, there is one answer, and no error."""
    (found,) = kb.check_refs([ref])

    assert ref == found.ref
    assert str(found).startswith(f"{ref}: ")


def test_resolve(later):
    """What an id became is told by kind and id; nothing is followed."""
    assert "current" in str(later.resolve("condition", "hiv"))
    assert later.check_refs([KIDNEY]) == (
        later.resolve("side_effect", "kidney-problems"),
    )
    assert later.check_refs([RESISTANT]) == (
        later.resolve("statement", RESISTANT),
    )
    with pytest.raises(ValueError, match="kind cannot be 'conditon'"):
        later.resolve("conditon", "hiv")
    with pytest.raises(ValueError, match="kind cannot be None"):
        later.resolve(None, "hiv")
    with pytest.raises(TypeError, match="an id should be text, not 5"):
        later.resolve("condition", 5)


@pytest.mark.parametrize(
    ("kind", "id"),
    [
        ("condition", "hiv/resistant-virus"),
        ("statement", "conditions/hiv"),
        ("statement", f"{CAUTIOUS}/x"),
    ],
)
def test_resolve_keeps_to_the_kind(later, kind, id):
    """What is of another kind is unknown as one of this kind."""
    assert isinstance(later.resolve(kind, id), Unknown)


def test_what_moved_is_not_what_was_withdrawn():
    """Fates with the same facts differ, and none can be unpacked by place."""
    facts = "a", "b", "1.0.0", "r"

    assert Moved(*facts) != Withdrawn(*facts)
    assert Moved(*facts) == Moved(*facts)
    with pytest.raises(TypeError):
        iter(Moved(*facts))


@pytest.mark.parametrize(
    "look_up",
    [
        lambda kb: kb.side_effects["kidney-problems"],
        lambda kb: kb.side_effects.get("kidney-problems"),
        lambda kb: kb.conditions.where(side_effect="kidney-problems"),
    ],
)
def test_retired_ids_are_no_typing_errors(later, look_up):
    """Whoever asks for a retired id learns what became of it."""
    with pytest.raises(RetiredId) as caught:
        look_up(later)

    assert later.resolve("side_effect", "kidney-problems") == (
        caught.value.resolution
    )
    assert f"{KIDNEY}: moved to {NEW} in 1.1.0" == str(caught.value)
    assert isinstance(caught.value, UnknownId)
    assert ("side_effect", "kidney-problems") == (
        caught.value.kind,
        caught.value.id,
    )
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(caught.value) == str(again)


def test_retired_statements_are_no_typing_errors(later):
    """A statement's id is its whole reference."""
    for look_up in (later.statements.__getitem__, later.statements.get):
        with pytest.raises(RetiredId) as caught:
            look_up(RESISTANT)

        assert later.resolve("statement", RESISTANT) == caught.value.resolution
        assert ("statement", RESISTANT) == (caught.value.kind, caught.value.id)


def test_what_is_said_of_ids(later):
    """Each answer can be read by people."""
    said = [str(it) for it in later.check_refs([RESISTANT, CAUTIOUS, "x/y"])]

    assert [
        f"{RESISTANT}: split into {HEIRS[0]} and {HEIRS[1]} in 1.1.0",
        f"{CAUTIOUS}: withdrawn in 1.1.0: {REASON} "
        "Harm: The risk is not zero.",
        "x/y: unknown",
    ] == said


def test_recalls(later):
    """Only what was withdrawn for its harm is recalled."""
    assert [CAUTIOUS] == [it.ref for it in later.recalls]
    assert {KIDNEY, RESISTANT, CAUTIOUS, "topics/prognosis"} == set(
        later.retired
    )
    assert () == kb.recalls


def recalled(tag=None):
    """Give content that recalls a statement which a pack still translates."""
    bundle = copy.deepcopy(NEXT)
    if tag:
        old = BASE["locales"][tag]["conditions/hiv.json"]["texts"]
        new = bundle["locales"][tag]["conditions/hiv.json"]["texts"]
        new[CAUTIOUS] = old[CAUTIOUS]
    return KnowledgeBase.from_bundle(bundle)


def test_an_old_translation_of_what_was_recalled():
    """A pack that still has it warns, once a reader asks for the language."""
    with pytest.warns(RecallWarning, match=rf"es still .*{CAUTIOUS}"):
        recalled("es").localized("es")


def test_an_overlay_that_repeats_what_was_recalled(later, tmp_path):
    """An overlay that brings it back is loaded, with a warning."""
    row = part(BASE, CAUTIOUS)
    file = tmp_path / "conditions/hiv.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"id": "hiv", "statements": [row]}))

    with pytest.warns(RecallWarning, match=CAUTIOUS):
        found = later.overlay(tmp_path)
    assert "local" == found.statements[CAUTIOUS].origin


def test_an_overlay_that_repeats_nothing(later, tmp_path):
    """Other overlays do not warn."""
    assert later.statements.ids == later.overlay(tmp_path).statements.ids


def test_an_overlay_makes_no_history(later, tmp_path):
    """What happened to ids is told by the content alone."""
    file = tmp_path / "history/mine.json"
    file.parent.mkdir()
    file.write_text(json.dumps(NEXT["history"][0]))

    with pytest.raises(ContentError, match="an overlay makes no history"):
        later.overlay(tmp_path)


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """Write two versions, as bundles; give their paths."""
    folder = tmp_path_factory.mktemp("versions")
    for name, bundle in (("old", BASE), ("new", NEXT)):
        file = folder / f"{name}.json"
        file.write_text(json.dumps(bundle), encoding="utf-8")
    return folder / "old.json", folder / "new.json"


def test_diff_for_people(two):
    """The terminal shows what matters most first, and fits 80 columns."""
    lines = run("diff", *two).splitlines()

    assert "1.0.0 -> 1.1.0: major, at least 2.0.0" == lines[0]
    assert ["safety", "clinical", "clarification"] == [
        line for line in lines[1:] if line in get_args(Significance)
    ]
    assert f"  {CAUTIOUS}: withdrawn" in lines
    assert f"  {KIDNEY}: moved to {NEW}" in lines
    assert "translations" in lines
    assert 80 > max(len(line) for line in lines if " " in line.strip())
    assert run("diff", two[0], two[0]) == (
        "1.0.0 -> 1.0.0: no change, at least 1.0.0\n"
    )


def test_diff_for_a_changelog(two):
    """Markdown has the words before and after, most weighty first."""
    words = run("diff", *two, "--markdown")

    assert words.startswith(f"#### Safety\n\n- `{CAUTIOUS}` withdrawn\n")
    assert f"  - reason: {REASON}\n  - harm: The risk is not zero.\n" in words
    assert f"- `{KIDNEY}` moved to {NEW}\n" in words
    assert "  - before: Kidney problems\n" in words
    assert "- es: 17 removed\n" in words


UNDECLARED = ("clinical", "minor", False)
LEAST = ("editorial", "patch")
MOST = ("safety", "major")
LONG = (
    "One sentence that is so long that it goes on, and on, and needs another "
    "line of the report."
)
CHANGES = Diff(
    "1.0.0",
    "1.1.0",
    (
        Change(
            "conditions/a/b",
            "split",
            None,
            {"text": "Gone."},
            None,
            Weight("clinical", "minor"),
            ("conditions/a/c", "conditions/a/d"),
            "Why.",
        ),
        *(
            Change(ref, "changed", field, before, after, Weight(*weight))
            for ref, field, before, after, *weight in (
                ("conditions/a/c", "text", LONG, "Short.", *UNDECLARED),
                ("conditions/a/c", "cautions", ["x", "y"], ["y", "x"], *LEAST),
                ("conditions/a/d", "cautions", ["x"], ["y"], *MOST),
                ("conditions/a", "statements", None, ["x"], *MOST),
                ("conditions/a", "position", 1, 2, *LEAST),
                ("history/e1", "reason", "Why.", "Because.", *LEAST),
                ("locales/es/conditions/a/b", "text", "Uno.", "Dos.", *MOST),
                ("locales/es/conditions/a/d", "status", "a", "b", *LEAST),
                ("locales/es/conditions/a/d", "text", "a", "A", *LEAST),
            )
        ),
        Change(
            "conditions/a/d/e",
            "withdrawn",
            None,
            {"text": "Yes."},
            None,
            Weight(*MOST),
            (),
            "Why.",
            "It hurts.",
        ),
        Change(
            "history/e0", "added", None, None, {"reason": "x"}, Weight(*MOST)
        ),
        Change(
            "topics/n", "added", None, None, {"name": "New"}, Weight(*LEAST)
        ),
        Change(
            "locales/es/conditions/a/c",
            "changed",
            "text",
            "Uno.",
            "Dos.",
            Weight(*MOST),
            (),
            "Why.",
        ),
        Change(
            "locales/de/conditions/a/d",
            "removed",
            None,
            {"text": "Eins."},
            None,
            Weight(*LEAST),
        ),
    ),
)


def test_the_whole_report():
    """People read what weighs most first; what others tell is left out."""
    expected = """1.0.0 -> 1.1.0: major, at least 2.0.0

safety
  locales/es/conditions/a/b text: changed
    before: Uno.
    after: Dos.
  conditions/a/d/e: withdrawn
    before: Yes.
    reason: Why.
    harm: It hurts.

clinical
  conditions/a/b: split to conditions/a/c and conditions/a/d
    before: Gone.
    reason: Why.
  conditions/a/c text: changed (not declared)
    before: One sentence that is so long that it goes on, and on, and needs
      another line of the report.
    after: Short.

editorial
  conditions/a/c cautions: changed
  conditions/a position: changed
    before: 1
    after: 2
  history/e1 reason: changed
    before: Why.
    after: Because.
  topics/n: added
    after: New

translations
  de: 1 removed
  es: 1 changed (Why.)
  es: 1 changed"""

    assert expected == str(CHANGES)


def test_the_whole_section_of_a_changelog():
    """The changelog has the same, unwrapped, as Markdown."""
    expected = f"""#### Safety

- `locales/es/conditions/a/b` text: changed
  - before: Uno.
  - after: Dos.
- `conditions/a/d/e` withdrawn
  - before: Yes.
  - reason: Why.
  - harm: It hurts.

#### Clinical

- `conditions/a/b` split to conditions/a/c and conditions/a/d
  - before: Gone.
  - reason: Why.
- `conditions/a/c` text: changed (not declared)
  - before: {LONG}
  - after: Short.

#### Editorial

- `conditions/a/c` cautions: changed
- `conditions/a` position: changed
  - before: 1
  - after: 2
- `history/e1` reason: changed
  - before: Why.
  - after: Because.
- `topics/n` added
  - after: New

- de: 1 removed
- es: 1 changed (Why.)
- es: 1 changed
"""

    assert expected == CHANGES.to_markdown()


def test_the_whole_data():
    """A difference has the same keys as data, whoever reads it."""
    one = Diff("1.0.0", "1.1.0", CHANGES.changes[:1])

    assert {
        "old_version": "1.0.0",
        "new_version": "1.1.0",
        "significance": "clinical",
        "bump": "minor",
        "smallest_version": "1.1.0",
        "changes": [
            {
                "ref": "conditions/a/b",
                "how": "split",
                "field": None,
                "before": {"text": "Gone."},
                "after": None,
                "targets": ["conditions/a/c", "conditions/a/d"],
                "reason": "Why.",
                "harm": None,
                "significance": "clinical",
                "bump": "minor",
                "computed": True,
            }
        ],
    } == one.to_dict()


def test_diff_as_data(two):
    """JSON tells what Python tells."""
    found = diff(*map(KnowledgeBase.load, two))

    assert found.to_dict() == json.loads(run("diff", *two, "--json"))


def test_check_refs(two, tmp_path):
    """A site learns what became of what it stores, and scripts do too."""
    file = tmp_path / "ids.json"
    file.write_text(json.dumps(["conditions/hiv", KIDNEY, "conditions/hvi"]))
    call = ("--content", two[1], "check-refs", file)

    assert run(*call, code=1) == (
        f"{KIDNEY}: moved to {NEW} in 1.1.0\n"
        "conditions/hvi: unknown; did you mean 'conditions/hiv'?\n"
        "1 of 3 are current\n"
    )
    states = [
        {"state": "current", "ref": "conditions/hiv"},
        {
            "state": "moved",
            "ref": KIDNEY,
            "target": NEW,
            "since": "1.1.0",
            "reason": REASON,
        },
        {
            "state": "unknown",
            "ref": "conditions/hvi",
            "suggestions": ["conditions/hiv"],
        },
    ]
    assert {"refs": states} == json.loads(run(*call, "--json", code=1))
    file.write_text('["conditions/hiv"]')
    assert "1 of 1 are current\n" == run("check-refs", file)


@pytest.mark.parametrize(
    "value", ["{}", '"x"', "[1]", "[", "\xff", "[" * 9999]
)
def test_check_refs_of_something_else(tmp_path, value):
    """What is no list of references is said to be none."""
    file = tmp_path / "ids.json"
    file.write_bytes(value.encode("latin-1"))
    found = run("check-refs", file, code=2)

    assert found.startswith(f"Error: {file}: ")
    assert "references" in found


def test_diff_of_something_else(two, tmp_path):
    """What is no content is said to be none."""
    file = tmp_path / "ids.json"
    file.write_text("[]")

    assert run("diff", file, two[0], code=2).endswith(
        "ids.json: $: is no bundle\n"
    )


def test_recall_check(two, tmp_path):
    """A newer file of recalls is held against what is in use."""
    assert "0 of 1 recalls are in use here\n" == run(
        "--content", two[1], "recall-check"
    )
    newer = tmp_path / "recalls.json"
    item = {"ref": CAUTIOUS, "since": "1.1.0", "harm": "The risk is not zero."}
    newer.write_text(json.dumps({"recalls": [item]}))
    call = ("--content", two[0], "recall-check", "--file", newer)

    places = [CAUTIOUS, f"locales/es/{CAUTIOUS}", f"locales/es/{MILK}"]

    assert run(*call, code=1) == (
        f"{CAUTIOUS}: withdrawn in 1.1.0: The risk is not zero.\n"
        + "".join(f"  still here as {place}\n" for place in places)
        + "1 of 1 recalls are in use here\n"
    )
    assert {"checked": 1, "in_use": [item | {"found": places}]} == json.loads(
        run(*call, "--json", code=1)
    )


def test_recalls_in_use():
    """The library finds what the command line finds, in typed objects."""
    old = KnowledgeBase.from_bundle(BASE)
    row = {"ref": CAUTIOUS, "since": "1.1.0", "harm": "Not zero."}
    places = (CAUTIOUS, f"locales/es/{CAUTIOUS}", f"locales/es/{MILK}")
    found = RecallInUse(CAUTIOUS, "1.1.0", "Not zero.", places)

    assert (found,) == old.check_recalls([row])
    assert (found,) == old.localized("es").check_recalls(iter([row]))
    assert (
        f"{CAUTIOUS}: withdrawn in 1.1.0, here as {', '.join(places)}"
    ) == str(found)
    assert () == old.check_recalls()
    gone = Withdrawn(CAUTIOUS, "1.1.0", REASON, "Not zero.")
    assert (found,) == old.check_recalls([gone])
    mine = recalled("es")
    assert [f"locales/es/{CAUTIOUS}"] == [*recalls(mine)[0].found]


def recalls(mine):
    """Hold content against its own recalls, which warns of packs too."""
    with pytest.warns(RecallWarning, match="es still translates"):
        return mine.check_recalls()


@pytest.mark.parametrize(
    "row",
    [
        5,
        {},
        {"ref": 1, "since": "1.1.0", "harm": "x"},
        {"ref": "x", "since": "1.1.0", "harm": "x", "former": "x"},
        {"ref": "x", "since": "1.1.0", "harm": "x", "former": [1]},
    ],
)
def test_rows_that_are_no_recalls(row):
    """What is no recall is refused, not passed over."""
    with pytest.raises(ValueError, match="a recall has ref, since, harm"):
        kb.check_recalls([row])


def test_what_was_retired_is_gathered_once(later, monkeypatch):
    """However many references are checked, history is read once at most."""
    refs = [KIDNEY, RESISTANT, "conditions/hvi"]
    expected = later.check_refs(refs)
    monkeypatch.setattr("salvage_kb.retirement.retired", None)

    assert expected == later.check_refs(refs)
    assert (expected[0],) == (later.resolve("side_effect", "kidney-problems"),)
    assert [CAUTIOUS] == [it.ref for it in later.recalls]


FIND = f"{KIDNEY}/finding-it-early"


def thrice():
    """Give content in which a record moved, and then a part was recalled."""
    bundle = version(rename(KIDNEY, NEW))
    bundle["manifest"]["content_version"] = "1.2.0"
    row = record(bundle, NEW)
    row["statements"] = row["statements"][:1]
    gone = f"{NEW}/finding-it-early"
    event(bundle, gone, "withdrawn", harm="It hurts.")
    return bundle


def test_what_was_recalled_after_it_moved(tmp_path):
    """A recall reaches what still has the id of before the move."""
    mine = KnowledgeBase.from_bundle(thrice())
    old = tmp_path / "old.json"
    old.write_text(json.dumps(BASE))
    newer = tmp_path / "recalls.json"
    row = recall_row(mine.recalls[0], mine.retired)
    newer.write_text(json.dumps({"recalls": [row]}))
    (found,) = mine.check_refs([FIND])

    assert Withdrawn(FIND, "1.1.0", REASON, "It hurts.") == found
    assert [FIND] == row["former"]
    assert f"  still here as {FIND}\n" in run(
        "--content", old, "recall-check", "--file", newer, code=1
    )
    gone = diff_bundles(BASE, mine.to_bundle())
    (told,) = (it for it in gone.changes if it.ref == FIND)
    assert ("withdrawn", "safety") == (told.how, told.weight.significance)


def test_an_old_pack_of_what_was_recalled_after_it_moved():
    """Nor does a translation under the old id go without a warning."""
    bundle = thrice()
    path = f"{KIDNEY}.json"
    bundle["locales"]["es"][path] = BASE["locales"]["es"][path]

    with pytest.warns(RecallWarning, match="es still translates"):
        KnowledgeBase.from_bundle(bundle).localized("es")


def test_what_moved_again_within_what_moved():
    """A part follows its record, and then its own way."""
    bundle = thrice()
    del bundle["history"][-1]
    heir = f"{NEW}/from-some-treatments"
    assert heir in {it["id"] for it in record(bundle, NEW)["statements"]}
    event(bundle, f"{NEW}/finding-it-early", "moved", targets=[heir])
    mine = KnowledgeBase.from_bundle(bundle)

    assert (Moved(FIND, heir, "1.1.0", REASON),) == mine.check_refs([FIND])


def test_references_that_are_none():
    """What is no list of texts is refused; a novel is no reference."""
    with pytest.raises(TypeError, match="a list of references, not one"):
        kb.check_refs("conditions/hiv")
    with pytest.raises(TypeError, match="should be text, not 1"):
        kb.check_refs([1])
    novel = "conditions/" + "hiv/" * 1000
    assert (Unknown(novel, ()),) == kb.check_refs([novel])


@pytest.mark.parametrize("command", ["check-refs", "recall-check"])
def test_half_a_character_in_a_file(tmp_path, command):
    """Text that cannot be printed is refused, not printed."""
    file = tmp_path / "ids.json"
    file.write_text('["\\ud800"]')
    option = ["--file"] if command == "recall-check" else []

    assert "is no JSON with" in run(command, *option, file, code=2)


def test_a_reference_that_writes_over_the_screen(tmp_path):
    """Control characters in what somebody stored come out spelt."""
    file = tmp_path / "ids.json"
    file.write_text(json.dumps(["a\x1b[2Jb\nc: current"]))

    assert "a\\x1b[2Jb\\nc: current: unknown\n0 of 1 are current\n" == run(
        "check-refs", file, code=1
    )


@pytest.mark.parametrize(
    "command",
    [("diff", BROKEN, BROKEN), ("recall-check",)],
    ids=["diff", "recall"],
)
def test_a_pack_that_is_broken(folder, command):
    """A broken translation is an error in words, wherever it is read."""
    file = folder / "locales/es/topics/prognosis.json"
    file.write_text("{")
    call = [folder if it is BROKEN else it for it in command]
    found = run("--content", folder, *call, code=2)

    assert found.startswith("Error: ")
    assert "topics/prognosis.json: $: not JSON" in found


@pytest.mark.parametrize(
    "value", ["[]", '{"recalls": {}}', '{"recalls": [{"ref": 1}]}', "["]
)
def test_recalls_that_are_none(tmp_path, value):
    """What is no file of recalls is said to be none."""
    file = tmp_path / "recalls.json"
    file.write_text(value)
    found = run("recall-check", "--file", file, code=2)

    assert found.startswith(f"Error: {file}: ")
    assert "recalls" in found


def test_showing_a_retired_record(two):
    """The command line says what became of a record."""
    found = run(
        "--content", two[1], "show", "side-effect", "kidney-problems", code=1
    )

    assert f"Error: {KIDNEY}: moved to {NEW} in 1.1.0\n" == found


EVENT = {
    "id": "gone",
    "subject": "topics/gone",
    "fate": "withdrawn",
    "since": "1.0.0",
    "reason": "Because of a reason.",
}


@pytest.mark.parametrize(
    ("fields", "path", "message"),
    [
        ({"subject": "gone"}, "subject", "'gone' is no path of a record"),
        ({"since": "soon"}, "since", "should be a version such as 1.0.0"),
        (
            {"subject": "locales/es"},
            "fate",
            "should be edited: translations have no ids",
        ),
        (
            {"subject": "conditions/hiv"},
            "subject",
            "'conditions/hiv' is still there: retired ids never return",
        ),
        (
            {"targets": ["topics/prognosis"]},
            "targets",
            "belong to what was moved or split",
        ),
        (
            {"fate": "moved"},
            "targets",
            "should be the one path that took over",
        ),
        (
            {"fate": "split", "targets": ["topics/prognosis"]},
            "targets",
            "should be the two or more paths that took over",
        ),
        (
            {"fate": "moved", "targets": ["topics/prognosi"]},
            "targets[0]",
            "there is no 'topics/prognosi': name what is there",
        ),
        (
            {"fate": "moved", "targets": ["conditions/hiv"]},
            "targets[0]",
            "'conditions/hiv' is not of the same kind as the subject",
        ),
        (
            {"fate": "moved", "targets": ["topics/gone"]},
            "targets[0]",
            "there is no 'topics/gone': name what is there",
        ),
        (
            {"significance": "safety"},
            "significance",
            "belongs to what was edited, and only there",
        ),
        (
            {"fate": "edited", "subject": "conditions/hiv"},
            "significance",
            "belongs to what was edited, and only there",
        ),
        (
            {"fate": "edited", "significance": "safety"},
            "subject",
            "there is no 'topics/gone' that was edited",
        ),
        (
            {
                "fate": "moved",
                "targets": ["topics/prognosis"],
                "harm": "It hurts.",
            },
            "harm",
            "belongs to what was withdrawn",
        ),
    ],
)
def test_wrong_history(fields, path, message):
    """What is wrong with an event is told, with its place."""
    bundle = copy.deepcopy(BASE)
    bundle["history"] = [EVENT | fields]
    with pytest.raises(ContentError) as caught:
        KnowledgeBase.from_bundle(bundle)

    (problem,) = caught.value.problems
    assert (f"$.history[0].{path}", True) == (
        problem.path,
        message in problem.message,
    )


def test_retired_twice():
    """An id has one end, so no chains and no circles."""
    bundle = copy.deepcopy(BASE)
    bundle["history"] = [EVENT, EVENT | {"id": "again"}]

    with pytest.raises(ContentError, match=r"was retired by .* already: keep"):
        KnowledgeBase.from_bundle(bundle)
