"""Content of one's own, laid over other content."""

import json
from datetime import date

import pytest
from helpers import DATA
from test_loading import zipped

from salvage_kb import ContentError, KnowledgeBase, kb

LEAFLET = {
    "id": "clinic-leaflet",
    "name": "Leaflet",
    "publisher": "Our clinic",
    "licence": "ours",
    "sections": ["advice"],
}
CITED = [{"source_id": "clinic-leaflet", "section": "advice"}]
NURSE = {
    "id": "conditions/hiv/nurse",
    "text": "Our clinic has a nurse for HIV.",
    "aspect": "advice",
    "citations": CITED,
}
MILK = {
    "id": "conditions/hiv/breast-milk",
    "replaces": "conditions/hiv/breast-milk",
    "text": "Salvage therapy lowers the risk through milk.",
    "aspect": "overview",
    "citations": CITED,
}
HIV = "conditions/hiv.json"


@pytest.fixture(name="lay")
def _lay(tmp_path):
    """Write an overlay with the leaflet and the given files; give its path."""

    def lay(files, *, leaflet=True):
        folder = tmp_path / "clinic"
        given = dict(files)
        if leaflet:
            given.setdefault("sources/clinic-leaflet.json", LEAFLET)
        for name, value in given.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(value), encoding="utf-8")
        return folder

    return lay


def problems(path, base=kb):
    """Lay what is wrong, and give what the error says."""
    with pytest.raises(ContentError) as caught:
        base.overlay(path)
    return [tuple(problem) for problem in caught.value.problems]


def test_the_day_of_an_overlay(tmp_path):
    """An overlay may say when it was released; else the base's day stays."""
    assert kb.manifest.released == kb.overlay(tmp_path).manifest.released
    facts = kb.manifest.to_dict() | {"released": "2030-01-01"}
    del facts["files"], facts["counts"]
    (tmp_path / "manifest.json").write_text(json.dumps(facts))

    assert date(2030, 1, 1) == kb.overlay(tmp_path).manifest.released


def test_add_a_statement(lay):
    """A statement joins a record, and all else stays as it was."""
    over = kb.overlay(lay({HIV: {"id": "hiv", "statements": [NURSE]}}))
    hiv = over.conditions["hiv"]

    assert len(kb.statements) + 1 == len(over.statements)
    assert NURSE["id"] == hiv.statements[-1].id
    assert "local" == hiv.statements[-1].origin
    assert "base" == hiv.origin == hiv.statements[0].origin
    assert kb.conditions["hiv"].statements == hiv.statements[:-1]
    assert kb.notices == over.notices
    assert "local" == over.sources["clinic-leaflet"].origin
    assert set(kb.sources.ids) < set(over.sources.ids)
    assert kb.modalities == over.modalities
    assert "Leaflet" == hiv.statements[-1].citations[0].source.title
    assert {"base"} == {s.origin for s in kb.statements}


def test_replace_a_statement(lay):
    """Its words change, its place and its cautions do not."""
    more = {
        "id": "conditions/hiv/breast-milk/ours",
        "kind": "nuance",
        "text": "Our clinic says more.",
        "citations": CITED,
    }
    path = lay(
        {HIV: {"id": "hiv", "statements": [MILK | {"cautions": [more]}]}}
    )
    new = kb.overlay(path).statements[MILK["id"]]
    old = kb.statements[MILK["id"]]

    assert MILK["text"] == new.text
    assert [*old.cautions, "Our clinic says more."] == [
        *new.cautions[:-1],
        new.cautions[-1].text,
    ]
    assert kb.statements.ids == kb.overlay(path).statements.ids
    assert "local" == new.origin
    assert "under 1% but not zero" in str(new)


def test_replace_a_name(lay):
    """Fields of a record change where it says that it replaces."""
    record = {"id": "hiv", "replaces": "hiv", "name": "HIV infection, AIDS"}
    over = kb.overlay(lay({HIV: record}, leaflet=False))
    hiv = over.conditions["hiv"]

    assert ("HIV infection, AIDS", "local") == (hiv.name, hiv.origin)
    assert kb.conditions["hiv"].statements == hiv.statements
    assert kb.conditions.ids == over.conditions.ids


def test_add_records_links_and_names(lay):
    """New records, synonyms, links, codes and notices join what is there."""
    home = "side_effects/itching"
    itching = {
        "id": "itching",
        "name": "Itching",
        "position": 999,
        "statements": [
            NURSE | {"id": f"{home}/what", "text": "Itching is an itch."}
        ],
        "summary_id": f"{home}/what",
        "body_system": "skin-and-hair",
    }
    hiv = {
        "id": "hiv",
        "synonyms": [{"text": "HI virus", "type": "lay"}],
        "side_effect_links": [
            {"id": "itching", "statements": [f"{home}/what"]}
        ],
    }
    notice = {"id": "ours", "kind": "disclaimer", "text": "Ask our nurse."}
    over = kb.overlay(
        lay({HIV: hiv, f"{home}.json": itching, "notices/ours.json": notice})
    )

    assert "itching" == over.conditions["hiv"].side_effects.ids[-1]
    assert ("hiv",) == over.side_effects["itching"].conditions.ids
    assert "local" == over.side_effects["itching"].origin
    assert "local" == over.side_effects["itching"].summary.origin
    assert "HI virus" == over.conditions["hiv"].synonyms[-1].text
    assert {*kb.notices.ids, "ours"} == set(over.notices.ids)
    assert "Ask our nurse." in [n.text for n in over.imprint.notices]


def test_version(lay):
    """The version says that it is local, and follows from the content."""
    path = lay({HIV: {"id": "hiv", "statements": [NURSE]}})
    over = kb.overlay(path)
    base, _, shown = over.content_version.partition("+local.")

    assert kb.content_version == base
    assert 12 == len(shown)
    assert over.content_version == kb.overlay(path).content_version
    assert over.content_version == over.imprint.content_version
    lay({HIV: {"id": "hiv", "statements": [NURSE | {"text": "Other."}]}})
    assert over.content_version != kb.overlay(path).content_version


def test_overlay_on_an_overlay(lay, tmp_path):
    """One lies on another; the version has one digest, after other builds."""
    one = kb.overlay(lay({HIV: {"id": "hiv", "statements": [NURSE]}}))
    path = tmp_path / "two.json"
    path.write_text('{"topics": []}', encoding="utf-8")
    two = one.overlay(path)

    assert one.content_version == two.content_version
    bundle = kb.to_bundle()
    bundle["manifest"]["content_version"] = "1.0.0+build.5"
    built = KnowledgeBase.from_bundle(bundle).overlay(path)
    assert built.content_version.startswith("1.0.0+build.5.local.")


def test_every_form_lays_the_same(lay, tmp_path):
    """A folder, a zip and a bundle agree."""
    path = lay({HIV: {"id": "hiv", "statements": [NURSE, MILK]}})
    bundle = tmp_path / "bundle.json"
    bundle.write_text(
        json.dumps(
            {
                "sources": [LEAFLET],
                "conditions": [{"id": "hiv", "statements": [NURSE, MILK]}],
            }
        ),
        encoding="utf-8",
    )
    digests = {
        kb.overlay(form).digest
        for form in (path, str(path), zipped(path, tmp_path / "z.zip"), bundle)
    }

    assert 1 == len(digests)


def test_a_bundle_of_it(lay):
    """It can be written down, read again and verified; origins survive."""
    over = kb.overlay(lay({HIV: {"id": "hiv", "statements": [NURSE]}}))
    again = KnowledgeBase.from_bundle(over.to_bundle())

    assert over.digest == again.digest
    assert over.conditions["hiv"] == again.conditions["hiv"]
    assert "local" == again.statements[NURSE["id"]].origin
    assert () == again.verify()


def test_verify(lay, folder):
    """Both layers are compared with their manifests, if they have them."""
    path = lay({HIV: {"id": "hiv", "statements": [NURSE]}})
    assert () == kb.overlay(path).verify()
    manifest = {
        "schema_version": 1,
        "content_version": "1.0.0",
        "locale": "en",
        "licence": "CC0-1.0",
        "counts": {"sources": 1, "conditions": 1, "statements": 1},
        "files": {HIV: "0" * 64},
    }
    base = KnowledgeBase.load(folder)
    over = base.overlay(lay({"manifest.json": manifest}))
    (folder / "topics/prognosis.json").write_bytes(b"{}")
    found = [tuple(problem)[:2] for problem in over.verify()]

    assert ("topics/prognosis.json", "$") == found[0]
    assert (f"clinic/{HIV}", "$") in found
    del manifest["files"]
    assert () == kb.overlay(lay({"manifest.json": manifest})).verify()


def test_reviews_do_not_spread(lay):
    """A local statement takes its record out of what the source covers."""
    over = kb.overlay(lay({HIV: {"id": "hiv", "statements": [NURSE]}}))
    view = over.reviewed(on=date(2026, 1, 1))

    assert None is over.conditions["hiv"].review.source_review
    assert {*kb.conditions.ids} - {"hiv"} == {*view.conditions.ids}


REFUSED = {
    "a name without replaces": (
        {HIV: {"id": "hiv", "name": "Other"}},
        [(HIV, "$.name", 'would replace the name: allow it with "replaces": "hiv"')],
    ),
    "a statement without replaces": (
        {HIV: {"id": "hiv", "statements": [NURSE | {"id": MILK["id"]}]}},
        [
            (
                HIV,
                "$.statements[0].id",
                f'would replace the statement: allow it with "replaces": "{MILK["id"]}"',
            )
        ],
    ),
    "another id": (
        {HIV: {"id": "hiv", "replaces": "cancer", "name": "x"}},
        [(HIV, "$.replaces", "should be 'hiv', not 'cancer'")],
    ),
    "what is not there": (
        {
            HIV: {
                "id": "hiv",
                "statements": [NURSE | {"replaces": NURSE["id"]}],
            }
        },
        [
            (
                HIV,
                "$.statements[0].replaces",
                "there is no 'conditions/hiv/nurse' to replace",
            )
        ],
    ),
    "the same twice": (
        {HIV: {"id": "hiv", "statements": [NURSE, MILK, MILK]}},
        [
            (
                HIV,
                "$.statements[2].replaces",
                "there is no 'conditions/hiv/breast-milk' to replace",
            ),
            (
                HIV,
                "$.statements[2].id",
                "'conditions/hiv/breast-milk' is there already: ids are unique",
            ),
        ],
    ),
    "a source": (
        {"sources/mesh-labels.json": LEAFLET | {"id": "mesh-labels"}},
        [
            (
                "sources/mesh-labels.json",
                "$.id",
                "'mesh-labels' is there already, and has to stay as it is",
            )
        ],
    ),
    "a notice": (
        {"notices/disclaimer.json": {"id": "disclaimer", "replaces": "disclaimer"}},
        [
            (
                "notices/disclaimer.json",
                "$.id",
                "'disclaimer' is there already, and has to stay as it is",
            )
        ],
    ),
    "a caution with the id of another": (
        {
            HIV: {
                "id": "hiv",
                "statements": [
                    MILK
                    | {
                        "cautions": [
                            {
                                "id": f"{MILK['id']}/milk-risk-is-not-zero",
                                "kind": "nuance",
                                "text": "No risk.",
                                "citations": [{"source_id": "nope"}],
                            }
                        ]
                    }
                ],
            }
        },
        [
            (
                HIV,
                "$.statements[0].cautions[0].id",
                "'conditions/hiv/breast-milk/milk-risk-is-not-zero' is there already: ids are unique",
            ),
            (
                HIV,
                "$.statements[0].cautions[0].citations[0].source_id",
                "there is no source 'nope'",
            ),
        ],
    ),
    "wrong types": (
        {
            HIV: {
                "id": "hiv",
                "statements": [5, MILK | {"cautions": 7}],
                "synonyms": {},
                "unknown": 1,
            }
        },
        [
            (HIV, "$.synonyms", "should be a list in square brackets, not {}"),
            (HIV, "$.statements[1].cautions", "should be a list in square brackets, not 7"),
            (HIV, "$.statements[0]", "should be an object in curly brackets, not 5"),
            (HIV, "$.unknown", "is no field here"),
        ],
    ),
    "a record that is none": (
        {HIV: [1]},
        [(HIV, "$", "should be an object in curly brackets, not [1]")],
    ),
    "statements that are none": (
        {HIV: {"id": "hiv", "statements": {"id": []}}},
        [(HIV, "$.statements", "should be a list in square brackets, not {'id': []}")],
    ),
    "an id that is none": (
        {HIV: {"id": "hiv", "statements": [NURSE | {"id": []}]}},
        [(HIV, "$.statements[0].id", "should be text in quotes, not []")],
    ),
    "another id in the file": (
        {HIV: {"id": "hvi"}},
        [(HIV, "$.id", "is 'hvi', but the file is named 'hiv'")],
    ),
    "a wrong language": (
        {
            "manifest.json": {
                "schema_version": 1,
                "content_version": "1.0.0",
                "locale": "es",
                "licence": "x",
            }
        },
        [("manifest.json", "$.locale", "should be 'en', as in what lies below")],
    ),
    "a wrong manifest": (
        {"manifest.json": {}},
        [
            ("manifest.json", f"$.{name}", "is missing: add it")
            for name in ("schema_version", "content_version", "locale", "licence")
        ],
    ),
    "a link that is there": (
        {
            HIV: {
                "id": "hiv",
                "modality_links": [
                    {"id": "antiretroviral-therapy", "statements": []}
                ],
            }
        },
        [
            (HIV, "$.modality_links[0].id", "'antiretroviral-therapy' is linked twice: remove one"),
            (HIV, "$.modality_links[0].statements", "is empty: name the statements that bear the link out"),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), REFUSED.values(), ids=REFUSED)
def test_refused(lay, files, expected):
    """What is wrong is told with its place in the overlay's own file."""
    assert expected == problems(lay(files))


def test_the_same_record_twice(tmp_path):
    """Two documents about one record are one too many."""
    path = tmp_path / "x.json"
    row = {"id": "hiv", "synonyms": [{"text": "HI virus", "type": "lay"}]}
    path.write_text(json.dumps({"conditions": [row, row]}), encoding="utf-8")

    assert [
        (
            "x.json",
            "$.conditions[1].id",
            "'hiv' is taken by x.json $.conditions[0]: ids are unique",
        )
    ] == problems(path)


def test_nothing_there(tmp_path):
    """A path that leads nowhere is told, not laid."""
    assert [("nope", "$", "there is no such file or folder")] == problems(
        tmp_path / "nope"
    )


def test_our_own_content_as_an_overlay():
    """Whole content over itself clashes with what has to stay."""
    found = problems(DATA)

    assert len(kb.sources) + len(kb.notices) == len(
        [it for it in found if it[1] == "$.id"]
    )
