"""Reading content, and saying all that is wrong with it."""

import gc
import json
import os
import pathlib
import sys
import zipfile
from datetime import date
from types import MappingProxyType

import attrs
import pytest

from salvage_kb import ContentError, KnowledgeBase, kb
from salvage_kb.codec import Invalid, dump, parse, structure
from salvage_kb.graph import uncollected
from salvage_kb.loading import CLASSES, bundled
from salvage_kb.model import Citation, Member
from salvage_kb.reading import Reader

HIV = "conditions/hiv.json"
TOPIC = "topics/prognosis.json"


def problems(path):
    """Load what is wrong, and give what the error says."""
    with pytest.raises(ContentError) as caught:
        KnowledgeBase.load(path)
    for problem in caught.value.problems:
        assert str(problem) in str(caught.value)
    return [tuple(problem) for problem in caught.value.problems]


def edit(file, change):
    """Change the JSON of a file in place."""
    value = json.loads(file.read_bytes())
    change(value)
    file.write_text(json.dumps(value), encoding="utf-8")


def zipped(folder, path, prefix=""):
    """Make a zip of a folder, as programs do, with an entry for folders."""
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*")):
            name = prefix + file.relative_to(folder).as_posix()
            archive.write(file, name)
    return path


def test_every_form_gives_the_same(folder, tmp_path):
    """A folder, a zip of it (with its top or not) and a bundle agree."""
    bundle = tmp_path / "bundle.json"
    bundle.write_text(json.dumps(kb.to_bundle()), encoding="utf-8")
    forms = [
        folder,
        str(folder),
        zipped(folder, tmp_path / "flat.zip"),
        zipped(folder, tmp_path / "deep.zip", "my-content/"),
        bundle,
    ]

    for form in forms:
        loaded = KnowledgeBase.load(form)
        assert kb.digest == loaded.digest
        assert not loaded.is_bundled
        assert kb.conditions == loaded.conditions
        assert kb.to_bundle() == loaded.to_bundle()


def test_what_systems_leave_behind_is_ignored(folder):
    """Dotfiles and their kin do not matter, wherever they are."""
    (folder / ".DS_Store").write_bytes(b"\0")
    (folder / "conditions" / "._hiv.json").write_bytes(b"\0")
    (folder / "__MACOSX").mkdir()

    assert kb.digest == KnowledgeBase.load(folder).digest


def test_a_folder_with_a_manifest_is_enough(tmp_path):
    """Content may be empty, in another language and direction."""
    manifest = {
        "schema_version": 1,
        "content_version": "2.0.0-beta.1",
        "locale": "ar",
        "direction": "rtl",
        "licence": "CC0-1.0",
    }
    source = {"id": "a", "name": "كتاب", "publisher": "P", "licence": "x"}
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources/a.json").write_text(json.dumps(source))
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    loaded = KnowledgeBase.load(tmp_path)
    name = loaded.sources["a"].name

    assert ("ar", "2.0.0-beta.1") == (loaded.locale, loaded.content_version)
    assert (1, "CC0-1.0") == (loaded.schema_version, loaded.licence)
    assert ("ar", "ar", "rtl") == (name.lang, name.requested, name.dir)
    assert 0 == len(loaded.conditions)
    assert "<Conditions: 0 ()>" == repr(loaded.conditions)


BYTES = {
    b"": "not JSON: Expecting value: line 1 column 1 (char 0)",
    b"{": "not JSON: Expecting property name enclosed in double quotes: "
    "line 1 column 2 (char 1)",
    b'{"id": "\xff"}': "not UTF-8 at byte 8: save the file as UTF-8",
    "{}".encode("utf-16"): "not UTF-8 at byte 0: save the file as UTF-8",
    b"\xef\xbb\xbf{}": "begins with a byte order mark: "
    "save the file without it",
    b"[" * 10**5: "nested too deeply: content has at most six levels",
    b'{"a":' * 10**5: "nested too deeply: content has at most six levels",
    b"1" * 5000: "has 5000 digits: write a smaller number",
    b"[]": "should be an object in curly brackets, not []",
    b"null": "should be an object in curly brackets, not null",
    b'{"id": 1, "id": 2}': "has a key twice: id; keep one of each",
}


@pytest.mark.parametrize(("data", "message"), BYTES.items())
def test_broken_bytes(folder, data, message):
    """A file that is not the JSON of an object says so, and nothing else."""
    (folder / TOPIC).write_bytes(data)

    assert [(TOPIC, "$", message)] == problems(folder)


@pytest.mark.parametrize(
    ("digits", "expected"),
    [
        ("1e999", "1e999 is not a number in JSON: write a finite number"),
        ("-1e999", "-1e999 is not a number in JSON: write a finite number"),
        ("NaN", "NaN is not a number in JSON: write a finite number"),
        ("1" * 19, "has 19 digits: write a smaller number"),
        ("1" * 18, "1" * 18),
        ("1.5", "1.5"),
    ],
)
def test_numbers(digits, expected):
    """A number that is none, or is too long, is left for who asks for it."""
    assert expected == str(parse(digits.encode()))


def test_keys_that_are_there_twice():
    """All of them are named, and no other."""
    found = parse(b'{"b": 1, "a": 1, "c": 1, "b": 2, "a": 3}')

    assert "has a key twice: a, b; keep one of each" == str(found)


def test_one_form():
    """Files are indented by two, in letters as they are, with an end."""
    expected = '{\n  "é": [\n    1\n  ]\n}\n'

    assert expected == dump({"é": [1]})


@pytest.mark.parametrize("count", [0, 999, 1000, 1001, 1002, 5000])
def test_a_thousand_mistakes_are_told(count):
    """After a thousand mistakes it is only said that there are more."""
    places = [((n,), "is wrong") for n in range(count)]
    more = [((), "has more than 1000 mistakes")] if count > 1000 else []

    assert (*places[:1000], *more) == Invalid(iter(places)).places


DATE = 'should be a date such as "2025-12-03"'


@pytest.mark.parametrize(
    ("value", "kind", "message"),
    [
        (5, date, f"{DATE}, not 5"),
        ("2025-13-03", date, f"'2025-13-03' {DATE}"),
        ("20251203", date, f"'20251203' {DATE}"),
        (
            None,
            tuple[str, ...],
            "should be a list in square brackets, not null",
        ),
        (
            "abc",
            tuple[str, ...],
            "should be a list in square brackets, not 'abc'",
        ),
        ({}, tuple[str, ...], "should be a list in square brackets, not {}"),
        (False, int, "should be a whole number, not false"),
        (True, int, "should be a whole number, not true"),
        (0, bool, "should be true or false, not 0"),
    ],
)
def test_broken_values(value, kind, message):
    """What is of another type, or shape, is told what it should be."""
    with pytest.raises(Invalid) as caught:
        structure(value, kind)

    assert (((), message),) == caught.value.places


def test_none_is_right_beside_what_is_wrong():
    """Null stands for what may be left out, whatever else is wrong."""
    with pytest.raises(Invalid) as caught:
        structure({"section": None}, Citation)

    assert ((("source_id",), "is missing: add it"),) == caught.value.places


def _set(*path):
    *keys, last, value = path

    def change(record):
        for key in keys:
            record = record[key]
        record[last] = value

    return change


def _drop(*path):
    *keys, last = path

    def change(record):
        for key in keys:
            record = record[key]
        del record[last]

    return change


NAN = float("nan")
SAID = "conditions/hiv/becomes-resistant"
CHANGES = [
    (_drop("name"), "$.name", "is missing: add it"),
    (_set("nam", "x"), "$.nam", "is no field here; did you mean 'name'?"),
    (_set("zzz", 1), "$.zzz", "is no field here"),
    (_set("name", 5), "$.name", "should be text in quotes, not 5"),
    (_set("name", None), "$.name", "should be text in quotes, not null"),
    (
        _set("name", ""),
        "$.name",
        "'' is blank: write something or leave it out",
    ),
    (
        _set("name", " \t "),
        "$.name",
        "' \\t ' is blank: write something or leave it out",
    ),
    (
        _set("name", "HIV "),
        "$.name",
        "'HIV ' has white space at an end: remove it",
    ),
    (
        _set("name", "H\nV"),
        "$.name",
        "'H\\nV' has a control character or line break: write one plain line",
    ),
    (
        _set("name", "\ud800"),
        "$.name",
        "'\\ud800' has half a character: write it whole",
    ),
    (
        _set("name", "a\u202eb"),
        "$.name",
        "'a\\u202eb' has a character that turns the direction: remove it",
    ),
    (
        _set("name", "<b>HIV"),
        "$.name",
        "'<b>HIV' has HTML in it: write plain text",
    ),
    (
        _set("name", "e\u0301"),
        "$.name",
        "'e\u0301' is not in Unicode's NFC form: normalize it",
    ),
    (
        _set("position", True),
        "$.position",
        "should be a whole number, not true",
    ),
    (_set("position", 1.0), "$.position", "should be a whole number, not 1.0"),
    (
        _set("position", NAN),
        "$.position",
        "NaN is not a number in JSON: write a finite number",
    ),
    (
        _set("synonyms", "abc"),
        "$.synonyms",
        "should be a list in square brackets, not 'abc'",
    ),
    (
        _set("synonyms", 0, "type", "slang"),
        "$.synonyms[0].type",
        "'slang' is not one of clinical, lay, abbreviation",
    ),
    (
        _set("synonyms", 0, "text", "hiv"),
        "$.synonyms[0].text",
        "'hiv' is there already: remove it",
    ),
    (
        _set("category", "infektion"),
        "$.category",
        "'infektion' is not one of infection, cancer, lung, kidney, heart, "
        "other; did you mean 'infection'?",
    ),
    (
        _set("category", 5),
        "$.category",
        "should be one of infection, cancer, lung, kidney, heart, other, "
        "not 5",
    ),
    (
        _set("statements", 7, "cautions", 0, "safety", "no"),
        "$.statements[7].cautions[0].safety",
        "should be true or false, not 'no'",
    ),
    (
        _set("id", "HIV!"),
        "$.id",
        "'HIV!' is no slug: use a-z, 0-9 and single hyphens",
    ),
    (
        _set("summary_id", SAID + "x"),
        "$.summary_id",
        f"'{SAID}x' is no statement of this record; did you mean '{SAID}'",
    ),
    (
        _set("statements", 0, "citations", []),
        "$.statements[0].citations",
        "is empty: cite at least one source",
    ),
    (
        _set("statements", 7, "cautions", 0, "citations", []),
        "$.statements[7].cautions[0].citations",
        "is empty: cite at least one source",
    ),
    (
        _drop("statements", 0, "citations", 0, "section"),
        "$.statements[0].citations[0].section",
        "is missing: say where in the source this stands",
    ),
    (
        _set("statements", 0, "citations", 0, "section", "prognosi"),
        "$.statements[0].citations[0].section",
        "icliniq-salvage-therapy lists no section 'prognosi'; did you mean "
        "'prognosis'?",
    ),
    (
        _set("statements", 0, "citations", 0, "source_id", "icliniq"),
        "$.statements[0].citations[0].source_id",
        "there is no source 'icliniq'",
    ),
    (
        _set("statements", 7, "cautions", 0, "id", "conditions/hiv/x"),
        "$.statements[7].cautions[0].id",
        "'conditions/hiv/x' should be conditions/hiv/breast-milk/ and a slug",
    ),
    (
        _set("modality_links", 0, "id", "antiretroviral"),
        "$.modality_links[0].id",
        "there is no modality 'antiretroviral'; did you mean "
        "'antiretroviral-therapy'?",
    ),
    (
        _set("modality_links", 0, "statements", []),
        "$.modality_links[0].statements",
        "is empty: name the statements that bear the link out",
    ),
    (
        _set("modality_links", 0, "statements", 0, "conditions/hiv/nope-x"),
        "$.modality_links[0].statements[0]",
        "there is no statement 'conditions/hiv/nope-x'",
    ),
    (
        _set("side_effect_links", 1, "id", "dizziness"),
        "$.side_effect_links[1].id",
        "'dizziness' is linked twice: remove one",
    ),
    (
        _drop("monitoring_links", 0, "timing"),
        "$.monitoring_links[0].timing",
        "is missing: add it",
    ),
    (
        _set("modality_links", 0, "timing", "before"),
        "$.modality_links[0].timing",
        "is no field here",
    ),
]


@pytest.mark.parametrize(("change", "path", "message"), CHANGES)
def test_broken_fields(folder, change, path, message):
    """Each mistake names file, path, what is wrong and what is right."""
    edit(folder / HIV, change)
    found = problems(folder)

    assert (HIV, path, message) == (*found[0][:2], found[0][2][: len(message)])
    assert {HIV} == {file for file, _, _ in found}


@pytest.mark.parametrize("day", ["2025-02-30", "20250101", "2025-W01-1", ""])
def test_broken_dates(folder, day):
    """Dates are days of the calendar, written in one way."""
    file = "sources/icliniq-salvage-therapy.json"
    edit(folder / file, _set("reviewed_on", day))
    message = f'{day!r} should be a date such as "2025-12-03"'

    assert [(file, "$.reviewed_on", message)] == problems(folder)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        (
            "url",
            "javascript:alert(1)",
            "should be an http or https address, or left out",
        ),
        (
            "published",
            "2024-13",
            "should be YYYY, YYYY-MM or YYYY-MM-DD",
        ),
        (
            "sections",
            ["outline", "A b"],
            "'A b' is no slug: use a-z, 0-9 and hyphens",
        ),
    ],
)
def test_broken_sources(folder, field, value, message):
    """Addresses, dates and sections of sources have one form."""
    file = "sources/nci-types-of-treatment.json"
    edit(folder / file, _set(field, value))
    found = problems(folder)

    assert (file, message) == (found[0][0], found[0][2])
    assert found[0][1].startswith(f"$.{field}")


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("schema_version", 2, "is 2, but this release reads 1"),
        ("content_version", "v1", "should be a version such as 1.0.0"),
        ("locale", "English", "should be a language tag such as en or pt-BR"),
        ("licence", None, "should be text in quotes, not null"),
    ],
)
def test_broken_manifest(folder, field, value, message):
    """What is wrong with the manifest is told with its path."""
    edit(folder / "manifest.json", _set(field, value))

    assert [("manifest.json", f"$.{field}", message)] == problems(folder)


def test_the_manifest_has_to_be_there(folder):
    """Without a manifest nobody knows what the content is."""
    (folder / "manifest.json").unlink()

    message = "is missing: content needs one"
    assert [("manifest.json", "$", message)] == problems(folder)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("readme.txt", "does not belong here; only manifest.json, sources"),
        ("conditions/hiv.jsn", "does not belong here; only <id>.json does"),
        ("conditions/json", "does not belong here; only <id>.json does"),
        ("conditions/x.json/", "does not belong here; only <id>.json does"),
    ],
)
def test_strangers_are_refused(folder, name, message):
    """A file that nothing reads is a mistake."""
    stranger = folder / name
    stranger.mkdir() if name.endswith("/") else stranger.write_bytes(b"{}")
    ((file, path, text),) = problems(folder)

    assert (name.rstrip("/"), "$") == (file, path)
    assert text.startswith(message)


def test_the_file_is_named_after_the_id(folder):
    """Another file name is refused, and what links to it says so too."""
    (folder / HIV).rename(folder / "conditions/aids.json")
    found = problems(folder)

    message = "is 'hiv', but the file is named 'aids'"
    assert ("conditions/aids.json", "$.id", message) == found[0]


def test_ids_are_unique(tmp_path):
    """A bundle cannot hold two records of one id and kind."""
    bundle = kb.to_bundle()
    bundle["topics"].append(bundle["topics"][0])
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(bundle))
    found = problems(path)

    message = (
        "'what-is-salvage-therapy' is taken by bundle.json $.topics[0]: "
        "ids are unique"
    )
    assert ("bundle.json", "$.topics[7].id", message) == found[0]


def test_statement_ids_are_unique(folder):
    """Two statements, or two cautions, cannot have one id."""

    def change(record):
        record["statements"].append(record["statements"][7])
        record["statements"][7]["cautions"] *= 2

    edit(folder / HIV, change)
    found = {(path, message) for _, path, message in problems(folder)}

    said = "'conditions/hiv/breast-milk"
    again = "is there already: ids are unique"
    assert ("$.statements[14].id", f"{said}' {again}") in found
    assert (
        "$.statements[7].cautions[1].id",
        f"{said}/milk-risk-is-not-zero' {again}",
    ) in found


def test_broader_never_goes_in_a_circle(folder):
    """A modality is not part of itself, however far away."""
    link = {"statements": ["modalities/surgery/returned-or-spread"]}
    edit(
        folder / "modalities/surgery.json",
        _set("broader_link", link | {"id": "bypass-surgery"}),
    )
    edit(
        folder / "modalities/theophylline.json",
        _set("broader_link", link | {"id": "theophylline"}),
    )
    edit(
        folder / "modalities/chemotherapy.json",
        _set("broader_link", link | {"id": "nothing"}),
    )
    found = problems(folder)

    assert [
        (
            "bypass-surgery",
            "goes in a circle: bypass-surgery > surgery > bypass-surgery",
        ),
        ("chemotherapy", "there is no modality 'nothing'"),
        ("surgery", "goes in a circle: surgery > bypass-surgery > surgery"),
        ("theophylline", "goes in a circle: theophylline > theophylline"),
    ] == [(pathlib.Path(file).stem, text) for file, _, text in found]


def test_all_problems_at_once(folder):
    """Several broken files are told together, in the order of the files."""
    (folder / TOPIC).write_bytes(b"{")
    edit(folder / HIV, _drop("name"))
    edit(folder / "notices/disclaimer.json", _set("citations", 0, "x", 1))
    edit(folder / "notices/attribution.json", _set("citations", [CITED]))
    edit(folder / "manifest.json", _set("locale", "?"))

    files = [file for file, _, _ in problems(folder)]
    assert [
        HIV,
        "manifest.json",
        "notices/attribution.json",
        "notices/disclaimer.json",
        TOPIC,
    ] == files


CITED = {"source_id": "nothing"}


@pytest.mark.parametrize(
    ("broken", "path"),
    [
        (_drop("name"), "$.name"),
        (_set("category", "brain"), "$.category"),
        (_set("position", "1"), "$.position"),
        (_set("synonyms", 5), "$.synonyms"),
        (_set("zzz", 5), "$.zzz"),
        (_set("text_review", 5), "$.text_review"),
        (_set("text_review", {}), "$.text_review.reviewer"),
        (
            _set(
                "text_review",
                {"signed_on": 5, "due_on": 5, "reviewer": "x"},
            ),
            "$.text_review.due_on",
        ),
        (_drop("id"), "$.id"),
        (_set("statements", 0, 5), "$.statements[0]"),
        (
            _set("statements", 7, "cautions", 0, "safety", "yes"),
            "$.statements[7].cautions[0].safety",
        ),
        (
            _drop("monitoring_links", 0, "timing"),
            "$.monitoring_links[0].timing",
        ),
    ],
)
def test_a_broken_field_hides_nothing(folder, broken, path):
    """Other mistakes in the same record are told at the same time."""
    edit(folder / HIV, broken)
    edit(folder / HIV, _set("modality_links", 0, "id", "nothing"))
    edit(folder / HIV, _set("side_effect_links", 1, "id", "dizziness"))
    found = problems(folder)

    assert path in [where for _, where, _ in found]
    assert {
        ("$.modality_links[0].id", "there is no modality 'nothing'"),
        (
            "$.side_effect_links[1].id",
            "'dizziness' is linked twice: remove one",
        ),
    } <= {(where, text) for _, where, text in found}
    others = {
        where
        for _, where, _ in found
        if not where.startswith((path, "$.text_review"))
    }
    assert {"$.modality_links[0].id", "$.side_effect_links[1].id"} == others


def test_a_broken_source_hides_nothing(folder):
    """A source with a broken field is there, but its sections are unknown."""
    file = "sources/icliniq-salvage-therapy.json"
    edit(folder / file, _set("sections", 5))
    edit(folder / file, _set("url", "x"))

    assert [(file, "$.sections"), (file, "$.url")] == [
        found[:2] for found in problems(folder)
    ]


def test_a_broken_record_makes_no_noise_elsewhere(folder):
    """Links to a record that could not be read are not told as well."""
    (folder / "side_effects/fatigue.json").write_bytes(b"")
    (folder / "sources/icliniq-salvage-therapy.json").write_bytes(b"")

    assert [
        "side_effects/fatigue.json",
        "sources/icliniq-salvage-therapy.json",
    ] == [file for file, _, _ in problems(folder)]


@pytest.mark.parametrize(
    ("bundle", "path", "message"),
    [
        ([], "$", "is no bundle"),
        ({"id": "x"}, "$", "is one record: load the folder that all is in"),
        ({"condition": []}, "$.condition", "is no kind of record; did you"),
        ({"topics": {}}, "$.topics", "should be a list of records"),
        ({"topics": [5]}, "$.topics[0]", "should be an object in curly"),
        ({"topics": [{}]}, "$.topics[0].id", "is missing: add it"),
        ({"manifest": []}, "$.manifest", "should be an object in curly"),
        ({5: []}, "$.5", "is no kind of record"),
        ({"topics": [{5: 1}]}, "$.topics[0]['5']", "is no field here"),
        ({"\ud800": 1}, "$.\\ud800", "is no kind of record"),
        (MappingProxyType({}), "$.manifest", "is missing: content needs one"),
    ],
)
def test_broken_bundles(bundle, path, message):
    """A bundle is an object of a manifest and lists of records."""
    with pytest.raises(ContentError) as caught:
        KnowledgeBase.from_bundle(bundle)
    (told,) = [it for it in caught.value.problems if it.path == path]

    assert ("bundle", path, message) == (*told[:2], told[2][: len(message)])


def test_all_keys_that_are_none():
    """Plain data may have keys of any type: each is told, as text."""
    bundle = kb.to_bundle()
    bundle["topics"][0] |= {"x": 1, 5: 1, None: 1}
    with pytest.raises(ContentError) as caught:
        KnowledgeBase.from_bundle(bundle)

    assert [f"$.topics[0]{it}" for it in ("['5']", ".None", ".x")] == [
        it.path for it in caught.value.problems
    ]


def test_a_mistake_hides_no_other_beside_it():
    """What is right around it is looked at as well."""
    bundle = kb.to_bundle()
    signed = {"reviewer": "A", "credential": "B", "due_on": "2026-01-01"}
    signed |= {"signed_on": 5, "digest": "x"}
    bundle["topics"][0]["text_review"] = signed
    with pytest.raises(ContentError) as caught:
        KnowledgeBase.from_bundle(bundle)

    assert [
        f"$.topics[0].text_review.{it}" for it in ("signed_on", "digest")
    ] == [it.path for it in caught.value.problems]


def test_a_bundle_with_a_key_twice(tmp_path):
    """What JSON says twice is refused at the top as well."""
    path = tmp_path / "bundle.json"
    path.write_text('{"topics": [], "topics": []}')

    message = "has a key twice: topics; keep one of each"
    assert [("bundle.json", "$", message)] == problems(path)


def test_names_that_no_terminal_takes(folder):
    """A file name that is not text can still be told, and printed."""
    (folder / os.fsdecode(b"\xff.txt")).write_bytes(b"")
    ((file, _, _),) = problems(folder)

    assert "\\udcff.txt" == file
    file.encode()


def test_many_problems_take_no_time(folder):
    """Only the first problems look for near misses; all are told."""
    ids = [f"conditions/hiv/becomes-resistent-{n}" for n in range(2000)]
    edit(folder / HIV, _set("modality_links", 0, "statements", ids))
    found = problems(folder)

    assert 2000 == len(found)
    assert "did you mean" in found[0][2]
    assert "did you mean" not in found[-1][2]


def test_nothing_there(tmp_path):
    """A path that leads nowhere is told as one problem."""
    found = problems(tmp_path / "nothing")

    assert [("nothing", "$", "there is no such file or folder")] == found


def test_a_pipe_is_no_content(tmp_path):
    """What would wait for ever is not read."""
    os.mkfifo(tmp_path / "pipe")
    found = problems(tmp_path / "pipe")

    assert [("pipe", "$", "there is no such file or folder")] == found


def test_a_broken_zip(folder, tmp_path):
    """A zip whose bytes are damaged names the file that suffers."""
    path = zipped(folder, tmp_path / "content.zip")
    data = path.read_bytes()
    at = data.rindex(b'"id": "prognosis"')
    path.write_bytes(data[:at] + b"X" + data[at + 1 :])

    message = "cannot be read: Bad CRC-32 for file 'topics/prognosis.json'"
    assert [(TOPIC, "$", message)] == problems(path)


def test_a_zip_of_an_unknown_kind(folder, tmp_path):
    """A zip that names no known compression is told, not thrown."""
    path = zipped(folder, tmp_path / "content.zip")
    data = bytearray(path.read_bytes())
    central = data.index(b"PK\x01\x02")
    while central != -1:
        data[central + 10 : central + 12] = b"\x63\x00"
        central = data.find(b"PK\x01\x02", central + 4)
    path.write_bytes(data)

    message = "cannot be read: That compression method is not supported"
    assert ("manifest.json", "$", message) in problems(path)


def test_a_zip_without_its_end(folder, tmp_path):
    """A zip that was cut off says that it is none."""
    path = zipped(folder, tmp_path / "content.zip")
    path.write_bytes(path.read_bytes()[:-30])

    message = "cannot be read: File is not a zip file"
    assert [("content.zip", "$", message)] == problems(path)


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_a_file_that_cannot_be_read(folder):
    """What the system refuses is told with the file's name."""
    (folder / TOPIC).unlink()
    (folder / TOPIC).symlink_to("/proc/self/mem")

    message = "cannot be read: Input/output error"
    assert [(TOPIC, "$", message)] == problems(folder)


def test_a_path_that_cannot_be():
    """A path that no system knows is one problem."""
    name = "x" * 5000

    assert [(name, "$", "cannot be read: File name too long")] == problems(
        name
    )
    assert "there is no such file or folder" == problems("\0")[0][2]


def every(value):
    """Go through all objects of the model that a value holds."""
    if attrs.has(type(value)):
        yield value
        for field in attrs.fields(type(value)):
            if field.name != "_view":
                yield from every(getattr(value, field.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from every(item)


def test_what_is_loaded_is_as_if_made_by_hand():
    """All fields are filled, as the constructors fill them."""
    reader = Reader()
    reader.read_bundle(kb.to_bundle(), "bundle")
    made = [structure(it.value, CLASSES[k]) for k, _, it in reader.records]

    assert made == [item for _, _, item in kb.content.items()]
    for value in every(tuple(made)):
        cls = type(value)
        for field in attrs.fields(cls):
            assert (None, None) == (field.validator, field.converter)
        assert not hasattr(cls, "__attrs_post_init__")
        assert getattr(value, "_view", None) is None
        assert value == attrs.evolve(value)


def test_all_parts_belong_to_the_knowledge_base():
    """Whatever can belong to one does, and stays in it."""
    other = kb.reviewed(on=date(2026, 1, 1))
    for owner in (kb, other, kb.localized("es"), other.localized("es")):
        for table in (owner.conditions, owner.side_effects, owner.notices):
            held = [it for it in every((*table,)) if isinstance(it, Member)]
            assert {id(owner)} == {id(it._view) for it in held}


def test_bundled_content_may_be_elsewhere():
    """Where no folder stands beside the module, Python finds the content."""
    elsewhere = bundled(pathlib.Path("/nowhere/loading.py"))

    assert elsewhere.joinpath("manifest.json").is_file()


def test_collecting_goes_on_after_loading(folder):
    """Whether cycles are searched for is as it was, also after an error."""
    KnowledgeBase.load(folder)
    assert gc.isenabled()
    (folder / TOPIC).write_bytes(b"[]")
    problems(folder)
    assert gc.isenabled()
    with uncollected():
        problems(folder)
        assert not gc.isenabled()
    assert gc.isenabled()
