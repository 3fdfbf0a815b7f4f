"""The command line: what it prints, at 80 columns and as JSON."""

import contextlib
import json
import os
import pty
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import get_args

import click
import click.testing
import pytest
from helpers import ALL, DATA, FILES, LOCALE_FILES

import salvage_kb
from salvage_kb import conditions, kb, sources, topics
from salvage_kb.cli import cli
from salvage_kb.export import FORMATS
from salvage_kb.review import due_after
from salvage_kb.vocabulary import Aspect, Timing
from salvage_kb.words import Words

#: Where the program is installed.
BIN = Path(sys.executable).parent


def run(*arguments, code=0, typed=None):
    """Run the command line; give what it prints on both streams."""
    runner = click.testing.CliRunner(env={"COLUMNS": "80", "NO_COLOR": "1"})
    done = runner.invoke(cli, [str(it) for it in arguments], input=typed)
    assert code == done.exit_code, done.output
    return done.output


@pytest.mark.parametrize("kind", ["condition", "conditions", "CONDITIONS"])
def test_list(kind):
    """A kind may be given in singular or plural; ids come first."""
    first = "hiv                       HIV"

    assert first == run("list", kind).splitlines()[0]
    assert 5 == len(run("list", kind).splitlines())


@pytest.mark.parametrize("kind", ["side-effects", "side_effect"])
def test_list_as_json(kind):
    """JSON has the records, the notices and the version."""
    found = json.loads(run("list", kind, "--json"))

    assert {"id": "dizziness", "name": "Dizziness"} == found["records"][0]
    assert "side_effect" == found["kind"]
    assert_framed(found)


def assert_framed(found):
    """Check what may be missing nowhere."""
    assert kb.content_version == found["content_version"]
    assert "en" == found["locale"]
    assert [n.to_dict() for n in kb.notices] == found["notices"]


def test_show_tells_everything():
    """Every statement, caution, source and notice is on the page."""
    page = " ".join(run("show", "condition", "cancer").split())
    cancer = conditions["cancer"]
    texts = [str(notice.text) for notice in kb.notices]
    for statement in cancer.statements:
        texts.append(statement.text)
        texts.extend(str(caution) for caution in statement.cautions)
        for id in statement.source_ids:
            texts.extend([sources[id].name, sources[id].url or ""])
    texts.extend(it.name for it in cancer.side_effects)
    texts.extend(it.name for it in cancer.modalities)
    texts.append("Tumor marker test (after the therapy)")
    texts.append("Nobody has medically reviewed this text.")
    texts.append("It was not a review of this text.")
    texts.extend(f"{it.code}, {it.display}" for it in cancer.codes)

    for text in texts:
        assert text in page


RECORDS = [
    record
    for kind in kb.content.tables
    if kind not in {"statement", "notice", "event"}
    for record in kb.table(kind).values()
]


@pytest.mark.parametrize("lang", ["en", "es", "ar", "zh-Hans", "nl"])
@pytest.mark.parametrize(
    "record",
    [it for it in RECORDS if it.record_kind != "source"] + RECORDS[:3],
    ids=lambda it: it.id,
)
def test_show_fits_the_terminal(record, lang):
    """Only addresses may be wider than 80 columns; no line ends blank."""
    page = run("--lang", lang, "show", record.record_kind, record.id)
    for line in page.splitlines():
        assert columns(line) <= 80 or line.lstrip().startswith("http")
        assert line == line.rstrip()


def columns(line):
    """Count the columns of a terminal that a line takes."""
    told = line.replace("\N{RIGHT-TO-LEFT MARK}", "")
    wide = re.findall("[\u3000-\u9fff\uff00-\uff60]", told)
    narrow = re.sub("[\u064b-\u0652\u200e]", "", told)
    return len(narrow) + len(wide)


def test_show_a_side_effect():
    """The summary comes first, then the clinical term and other names."""
    lines = run("show", "side-effect", "hair-loss").splitlines()

    assert [
        "Hair loss",
        "",
        "  Hair may fall out during salvage therapy for cancer. The clinical "
        "word is",
        "  alopecia. [1]",
        "",
        "  Clinical term: Alopecia",
        "  Also called: Hair falling out, Losing hair, Baldness, Going bald",
        "",
        "Related topics",
        "  - Illnesses: Cancer",
    ] == lines[:10]


def test_show_with_ids():
    """On demand, the page has what programs need to find things."""
    page = run("show", "side-effect", "hair-loss", "--ids")
    words = " ".join(page.split())

    for text in (
        "alopecia. [1, side-effects] side_effects/hair-loss/cancer ",
        "Hair falling out (lay), Losing hair (lay), Baldness (lay), Going bald (lay) ",
        "\n  side_effects/hair-loss\n  body_system: skin-and-hair\n",
        "Illnesses: Cancer (conditions/cancer) ",
        "\n      sources/icliniq-salvage-therapy\n",
    ):
        assert text in words or text in page
    caution = conditions["copd"].by_aspect("treatment")[0].cautions[0]
    assert f"      {caution.id}\n" in run("show", "condition", "copd", "--ids")
    page = run("show", "source", "icliniq-salvage-therapy", "--ids")
    assert "filed_under: Health articles, Internal Medicine\n" in page


def test_show_what_is_disputed():
    """Only what another source contradicts is shown, with why, and whose."""
    es = kb.localized("es")
    (disputed,) = es.conditions["hiv"].disputed
    page = run("--lang", "es", "show", "condition", "hiv", "--disputed")
    words = " ".join(page.split())
    told = [disputed.text, *map(str, disputed.cautions)]
    told += [es.sources[id].name for id in disputed.source_ids]
    told += [notice.text for notice in es.notices]

    assert [] == [text for text in told if text not in words]
    assert [] == [
        other.text
        for other in es.conditions["hiv"].statements
        if other != disputed and other.text in words
    ]


def test_show_what_is_disputed_as_json():
    """For programs, the statements come with sources and notices."""
    found = json.loads(run("show", "condition", "hiv", "--disputed", "--json"))

    assert some(conditions["hiv"].disputed) == found


def some(statements):
    """Give statements of a record as JSON has them, with what they need."""
    record = statements[0].record
    cited = {id for it in statements for id in it.source_ids}
    return kb.imprint.to_dict() | {
        "kind": record.record_kind,
        "id": record.id,
        "name": record.name,
        "statements": [it.to_dict() for it in statements],
        "review": record.review.to_dict(),
        "sources": [it.to_dict() for it in sources if it.id in cited],
    }


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("statement", kb.statements, ids=lambda it: it.id)
def test_show_a_statement(statement, lang):
    """A statement has its cautions, sources and the notices, and no other."""
    view = kb.localized(lang)
    it = view.statements[statement.id]
    page = run("--lang", lang, "show", "statement", it.id)
    words = " ".join(page.split())
    told = [it.record.name, it.text]
    for caution in it.cautions:
        told += filter(None, [caution.text, caution.original])
    told += [view.sources[id].name for id in it.source_ids]
    told += [notice.text for notice in view.notices]

    assert [] == [text for text in told if text not in words]
    assert [] == [
        other.text
        for other in it.record.statements
        if other.text not in it.text and other.text in words
    ]


def test_show_a_statement_for_programs():
    """On demand there are the ids, and all of it as JSON."""
    (it,) = conditions["hiv"].disputed
    call = ["show", "statements", it.id]

    assert f"\n  {it.id}\n" in run(*call, "--ids")
    assert run(*call) == run(*call, "--disputed")
    assert some([it]) == json.loads(run(*call, "--json"))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (["nope"], "no statement has the id 'nope'"),
        (
            ["conditions/hiv/resistant-virsu"],
            "'conditions/hiv/resistant-virus",
        ),
    ],
)
def test_show_no_statement(call, message):
    """An id of no statement ends with 1 and what comes near."""
    assert message in run("show", "statement", *call, code=1)


def test_show_that_nothing_is_disputed():
    """An empty page would not say that nothing is left out."""
    assert "no source contradicts a statement of this record\n" == run(
        "show", "side-effect", "hair-loss", "--disputed"
    )
    assert "no source contradicts this statement\n" == run(
        "show", "statement", "conditions/hiv/mainstay", "--disputed"
    )


def test_show_a_source():
    """A source names the records that rest on it, or the statements."""
    name = "plos-heart-cell-therapy"
    page = run("show", "source", name)

    assert "Cited in\n  - Illnesses: Structural heart disease\n" in page
    assert "PLoS One, record at Hereon, 2022" in page
    assert "No medical review of this work is recorded here." in page
    assert "Nobody has medically reviewed this text.\n  -" not in page
    assert "  - conditions/structural-heart-disease/stem-cells\n" in run(
        "show", "source", name, "--ids"
    )
    page = run("show", "source", "nih-hivinfo-what-to-start")
    assert "\n      Reviewed on 2025-01-14\n" in page


def test_cautions_follow_their_statement():
    """Each caution begins a line of its own, right below its statement."""
    page = run("show", "condition", "copd")
    (statement,) = conditions["copd"].by_aspect("treatment")
    told = page.partition("Treatment\n")[2].partition("\n\n")[0]
    first, *cautions = told.split("\n    ! ")

    assert first.startswith("  - If nothing else")
    assert [str(it) for it in statement.cautions] == [
        " ".join(it.split()).partition(" [")[0] for it in cautions
    ]


@pytest.mark.parametrize("tag", kb.locales)
def test_labels_follow_the_language(tag):
    """Nothing around the content is in another language."""
    words, view = Words(tag), kb.localized(tag)
    page = run("--lang", tag, "show", "condition", "hiv")
    told = " ".join(page.replace("\N{RIGHT-TO-LEFT MARK}", "").split())
    aspects = {it.aspect for it in view.conditions["hiv"].statements}
    timings = {"before", "after"}
    heads = [
        *(aspects & {*get_args(Aspect)}),
        *(timings & {*get_args(Timing)}),
    ]
    heads += ["see-also", "codes", "sources", "note", "exact", "unreviewed"]

    for word in heads:
        assert words(word) in told
    for word in ("called", "modality", "side-effect", "monitoring_test"):
        assert " ".join(words.label(word).split()) in told
    english = Words("en")
    foreign = {it: english(it) for it in heads if english(it) != words(it)}
    assert (tag == "en") == (not foreign)
    assert [] == [it for it in foreign.values() if f"\n{it}\n" in page]


def test_a_draft_of_a_safety_caution():
    """The original words stand beside it, once, apart from the Arabic."""
    page = run("--lang", "ar", "show", "condition", "copd")
    lines = page.replace("\N{RIGHT-TO-LEFT MARK}", "").splitlines()
    (statement,) = conditions["copd"].by_aspect("treatment")
    told = " ".join(page.split())
    label = Words("ar").label("original")

    assert [f"      {label}"] * 2 == [it for it in lines if label in it]
    for caution in statement.cautions:
        assert int(caution.safety) == told.count(caution.text)


def test_arabic_lines_say_which_way_they_run():
    """Each line of Arabic has the mark, wherever it was broken."""
    page = run("--lang", "ar", "show", "condition", "copd")
    lines = page.partition("MONDO")[0].splitlines()
    right = "\N{RIGHT-TO-LEFT MARK}"

    for line in lines:
        arabic = re.search("[\u0600-\u06ff]", line)
        assert (arabic is not None) <= (right in line)
        assert line.count(right) <= 1


def test_chinese_is_broken_between_characters():
    """Lines are full, and none begins with a stop or ends with a bracket."""
    page = run("--lang", "zh-Hans", "show", "condition", "hiv")
    lines = [line.strip() for line in page.splitlines()]

    assert [] == [it for it in lines if it[:1] in set("，。、；：）》")]
    assert [] == [it for it in lines if it[-1:] in set("（《")]
    assert 9 < sum(columns(it) > 75 for it in page.splitlines())


def test_all_ways_in_which_a_source_was_read(tmp_path):
    """A source that was read in several ways says each of them."""
    bundle = kb.to_bundle()
    row = next(it for it in bundle["topics"] if it["id"] == "prognosis")
    caution = row["statements"][1]["cautions"][0]
    (first, *_) = caution["citations"]
    caution["citations"].append(first | {"read_as": "whole"})
    bundle["manifest"].pop("files", None)
    path = tmp_path / "x.json"
    path.write_text(json.dumps(bundle), encoding="utf-8")
    page = run("--content", path, "show", "topic", "prognosis")

    assert "      An excerpt was read\n      All of it was read\n" in page
    assert "excerpt" == first["read_as"]
    assert "[2] [3]\n      [4] [5] [6] [7]\n" in page


def signed(folder):
    """Give the file of a record, and the record with a signature."""
    file = folder / "topics/prognosis.json"
    record = json.loads(file.read_bytes())
    record["text_review"] = {
        "reviewer": "A. Doctor",
        "credential": "MD",
        "signed_on": "2026-01-01",
        "due_on": "2029-01-01",
        "digest": topics["prognosis"].text_digest,
    }
    return file, record


def test_show_a_signed_record(folder):
    """A signature is shown with the name and the day."""
    file, record = signed(folder)

    def told():
        file.write_text(json.dumps(record), encoding="utf-8")
        page = run("--content", folder, "show", "topic", "prognosis")
        return " ".join(page.split())

    assert (
        "- A. Doctor, MD reviewed and signed this text on 2026-01-01. "
        "By our policy, a new review is due by 2029-01-01. -"
    ) in told()
    record["name"] = "Prospects"
    assert (
        "- A. Doctor, MD signed an earlier text on 2026-01-01. It has changed "
        "since. - Nobody has medically reviewed this text. -"
    ) in told()
    record["text_review"]["withdrawn_on"] = "2026-02-02"
    assert (
        "- A. Doctor, MD signed this text, but took that back on 2026-02-02. "
        "- Nobody has medically reviewed this text. -"
    ) in told()


def test_show_as_json():
    """JSON has the record, its links, its sources and its review."""
    found = json.loads(run("show", "condition", "hiv", "--json"))

    assert conditions["hiv"].to_dict() == found["record"]
    assert 18 == len(found["links"])
    assert {
        "id": "viral-load-test",
        "statements": ["conditions/hiv/success-viral-load"],
        "timing": "after",
        "kind": "monitoring_test",
    } == found["links"][-1]
    ids = {source["id"] for source in found["sources"]}
    cited = [s.source_ids for s in conditions["hiv"].statements]
    assert set().union(*cited) == ids
    assert "2025-12-03" == found["review"]["source_review"]["reviewed_on"]
    assert_framed(found)


def test_unknown_id():
    """An unknown id ends with 1 and says what comes near."""
    message = "Error: no condition has the id 'hvi'; did you mean 'hiv'?\n"

    assert message == run("show", "condition", "hvi", code=1)


def test_unknown_kind():
    """A wrong kind is a wrong call, and names the right ones."""
    words = " ".join(run("list", "condtion", code=2).split())

    assert (
        "'condtion' is not one of sources, conditions, modalities, "
        "side-effects, monitoring-tests, topics; did you mean 'conditions'?"
    ) in words


def test_validate():
    """The bundled content is valid, and is counted."""
    expected = (
        "bundled content: valid, 89 sources, 5 conditions, 10 modalities, 25 side effects, "
        "6 monitoring tests, 7 topics, 3 notices, 55 past events\n"
    )

    assert expected == run("validate")
    there = expected.replace("bundled content", str(DATA))
    assert there == run("validate", DATA)
    assert there == run("--content", DATA, "validate")
    found = json.loads(run("validate", "--json"))
    assert (True, [], 5) == (
        found["valid"],
        found["problems"],
        found["conditions"],
    )


def test_validate_tells_problems(folder):
    """Problems end with 1, one a line or as objects."""
    (folder / "topics/prognosis.json").write_bytes(b"5")
    message = "should be an object in curly brackets, not 5"

    line = f"topics/prognosis.json: $: {message}\n"
    assert line == run("validate", folder, code=1)
    found = json.loads(run("validate", folder, "--json", code=1))
    assert {
        "valid": False,
        "problems": [
            {
                "file": "topics/prognosis.json",
                "path": "$",
                "message": message,
            }
        ],
    } == found
    assert line.strip() in run("--content", folder, "list", "topics", code=2)
    assert line.strip() in run("fmt", folder, code=2)


GLOBAL = [it.opts[0] for it in cli.params]


@pytest.mark.parametrize("option", [*GLOBAL, "--lang=es"])
@pytest.mark.parametrize("name", [*cli.commands, "l10n check"])
def test_options_that_come_too_late(name, option):
    """A global option after a command is told its place."""
    first, option_name = name.split()[0], option.partition("=")[0]
    message = f"Error: put {option_name} before {first}\n"

    assert run(*name.split(), option, code=2).endswith(message)


def test_options_that_are_none():
    """What no command has stays unknown."""
    found = run("show", "condition", "hiv", "--lung", code=2)

    assert "No such option" in found


NOTHING = [
    ["validate", "nope"],
    ["verify", "nope"],
    ["fmt", "nope"],
    ["--content", "nope", "validate"],
    ["--overlay", "nope", "validate"],
    ["--pack", "es", "nope", "validate"],
    ["--content", "nope", "list", "topics"],
    ["--lang", "español", "list", "topics"],
    ["--lang", "!", "validate"],
    ["diff", "nope", "nope"],
    ["check-refs", "nope"],
    ["recall-check", "--file", "nope"],
    ["l10n", "import", "es", "nope"],
    ["l10n", "import", "es", ".", "--to", "own"],
    ["search", "hair", "--limit", "0"],
]
WRONG = [
    ["verify"],
    ["fmt"],
    ["check-refs"],
    ["recall-check", "--file"],
    ["diff", DATA],
    ["l10n", "import", "es", "--to", "own"],
]


@pytest.mark.parametrize("call", NOTHING, ids=" ".join)
def test_nothing_to_answer_about(tmp_path, monkeypatch, call):
    """What is not there is no reason to say "no"."""
    monkeypatch.chdir(tmp_path)

    assert "Error: " in run(*call, code=2)


@pytest.mark.parametrize("call", WRONG, ids=lambda it: it[0])
def test_a_wrong_file(tmp_path, monkeypatch, call):
    """A file of another kind is no answer; only to validate it is one."""
    monkeypatch.chdir(tmp_path)
    Path("bad.json").write_text("{", encoding="utf-8")

    assert run(*call, "bad.json", code=2).startswith("Error: ")
    assert "not JSON" in run("validate", "bad.json", code=1)
    assert "not JSON" in run("--overlay", "bad.json", "validate", code=1)


def test_fmt(folder):
    """``fmt`` changes what is not in its form, ``--check`` only tells."""
    file = folder / "topics/prognosis.json"
    schema = folder / "schemas/topics.schema.json"
    original = file.read_bytes()
    file.write_text(json.dumps(json.loads(original)), encoding="utf-8")
    schema.unlink()
    names = ["topics/prognosis.json", "schemas/topics.schema.json"]

    assert (
        f"would change {names[0]}\nwould change {names[1]}\n"
        f"{len(ALL)} files, 2 would change\n"
    ) == run("fmt", "--check", folder, code=1)
    assert original != file.read_bytes()
    assert {"checked": len(ALL), "changed": names} == json.loads(
        run("fmt", folder, "--json")
    )
    assert original == file.read_bytes()
    assert f"{len(ALL)} files, 0 would change\n" == run(
        "fmt", "--check", folder
    )


def test_fmt_without_schemas(folder):
    """A folder that has no place for schemas gets none."""
    shutil.rmtree(folder / "schemas")
    left = len(FILES) + len(LOCALE_FILES)

    assert (f"changed manifest.json\n{left} files, 1 changed\n") == run(
        "fmt", folder
    )


def test_fmt_leaves_installed_content_alone(tmp_path, monkeypatch):
    """Without a path, only the content of a checkout is written."""
    folder = shutil.copytree(DATA, tmp_path / "src" / "package" / "data")
    monkeypatch.setattr("salvage_kb.cli.asked._DATA", folder)
    message = "Error: installed content stays: name a folder\n"

    assert message == run("fmt", code=2)
    assert message == run("fmt", folder, code=2)
    assert f"{len(ALL)} files, 0 would change\n" == run("fmt", "--check")
    project = tmp_path / "pyproject.toml"
    project.write_bytes(b'[project]\nname = "another"\n')
    assert message == run("fmt", code=2)
    project.write_bytes(b'[project]\nname = "salvage-kb"\n')
    assert f"{len(ALL)} files, 0 changed\n" == run("fmt")
    installed = tmp_path / "site-packages"
    shutil.copytree(DATA, installed)
    assert message == run("--content", installed, "fmt", code=2)


def test_fmt_needs_a_folder(tmp_path):
    """A file has no place to put files."""
    path = tmp_path / "x.json"
    path.write_bytes(b"{}")

    assert "is no folder: name one" in run("fmt", path, code=2)


def commands(name="", command=cli):
    """Go through all commands, with what is typed to reach them."""
    yield name, command
    for word, it in getattr(command, "commands", {}).items():
        yield from commands(f"{name} {word}".strip(), it)


COMMANDS = dict(commands())


def calls(name):
    """List the examples in the help of a command, as arguments."""
    help = run(*name.split(), "--help").replace("\\\n", "")
    found = re.findall(r"^    (salvage-kb .*)", help, re.MULTILINE)
    return [shlex.split(it)[1:] for it in found]


@pytest.mark.parametrize("name", COMMANDS)
def test_help(name):
    """Every command explains itself in sentences, within 80 columns."""
    text = run(*name.split(), "--help")

    assert max(map(len, text.splitlines())) <= 80
    assert "..." not in text.partition("\n\n")[2]
    assert COMMANDS[name].help.partition("\n")[0][-1] in ".,:"
    assert "\n  Examples:\n    salvage-kb " in text
    assert 1 <= len(calls(name)) <= 3


@pytest.fixture(name="desk", scope="module")
def _desk(tmp_path_factory):
    """Give a folder with the files that the examples name."""
    desk = tmp_path_factory.mktemp("desk")
    shutil.copytree(DATA, desk / "my-content")
    (desk / "my-clinic").mkdir()
    files = {
        "old.json": kb.to_bundle(),
        "ids.json": ["conditions/hiv"],
        "recalls.json": {"recalls": []},
    }
    for name, value in files.items():
        (desk / name).write_text(json.dumps(value), encoding="utf-8")
    with contextlib.chdir(desk):
        run("l10n", "export", "es", "-o", "es.po")
        run("l10n", "export", "pl", "-o", "pl.po")
        new = ["--to", "pl", "--name", "Polski", "--translated-by", "me"]
        run("l10n", "import", "pl", "pl.po", *new)
    return desk


@pytest.mark.parametrize("name", COMMANDS)
def test_examples(name, desk):
    """Every example in a help text does what it should."""
    for call in calls(name):
        with contextlib.chdir(desk):
            run(*call, typed="y\n")


def test_welcome():
    """Alone, the program says what it is, what there is, and what to try."""
    page = run()
    words = " ".join(page.split())

    assert page.startswith(f"salvage-kb {salvage_kb.__version__}\n")
    assert max(map(len, page.splitlines())) <= 80
    assert len(page.splitlines()) <= 24
    assert (
        f"- Content version {kb.content_version}: 89 sources, 5 conditions, "
        "10 modalities, 25 side effects, 6 monitoring tests, 7 topics. "
        "- Written in en, translated into ar, de, es, fr, hi, pt, zh-Hans."
    ) in words
    assert "- Nobody has medically reviewed this text. Try" in words
    assert '"salvage-kb --help" names all commands' in words


def test_examples_of_welcome(desk):
    """The five calls to try can be made."""
    found = re.findall(r"^  salvage-kb (.*)", run(), re.MULTILINE)

    assert 5 == len(found)
    with contextlib.chdir(desk):
        for call in found:
            run(*call.split())


def test_welcome_to_other_content(folder, tmp_path):
    """It tells of the content that is asked, or what is wrong with it."""
    file, record = signed(folder)
    file.write_text(json.dumps(record), encoding="utf-8")
    shutil.rmtree(folder / "locales")
    words = " ".join(run("--content", folder).split())

    assert "- 1 of 53 records were medically reviewed." in words
    assert "- Written in en. -" in words
    nowhere = tmp_path / "nowhere"
    assert run("--content", nowhere, code=2).startswith("Error: ")
    assert "is no language tag" in run("--lang", "!", code=2)


def complete(*words, shell="bash"):
    """Ask the program as a shell asks it; give what it offers."""
    variables = {
        "_SALVAGE_KB_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": shlex.join(["salvage-kb", *map(str, words)]),
        "COMP_CWORD": str(len(words)),
    }
    runner = click.testing.CliRunner(env=variables)
    done = runner.invoke(cli, [], prog_name="salvage-kb")
    assert (0, done.output) == (done.exit_code, done.stdout)  # no error
    lines = done.stdout.strip().splitlines()
    if shell == "bash":
        return [line.partition(",")[2] for line in lines]
    return [*zip(lines[1::3], lines[2::3], strict=True)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["sh"], ["show"]),
        (["show", "mo"], ["modalities", "monitoring-tests"]),
        (["list", "SIDE"], ["side-effects"]),
        (["show", "condition", "c"], ["cancer", "copd"]),
        (["show", "modalities", "st"], ["stem-cell-therapy"]),
        (["review", "sign", "topic", "pro"], ["prognosis"]),
        (["review", "sign", "so"], []),
        (["show", "s"], ["side-effects", "sources", "statements"]),
        (
            ["show", "statement", "conditions/hiv/resist"],
            ["conditions/hiv/resistant-virus"],
        ),
        (["show", "nothing", "c"], []),
        (["--lang", "z"], ["zh-Hans"]),
        (["--lang", "!", "show", "condition", "h"], ["hiv"]),
        (["export", "j"], ["jsonld", "jsonl"]),
        (["export", "csv", "--locale", "D"], ["de"]),
        (["l10n", "check", "f"], ["fr"]),
        (["--content", "nowhere", "show", "condition", "h"], []),
        (["--content", "nowhere", "--lang", "e"], []),
        (["export", ""], [*FORMATS]),
    ],
    ids=" ".join,
)
def test_completion(words, expected):
    """A shell is offered what fits, or nothing, and never an error."""
    assert sorted(expected) == sorted(complete(*words))


def test_completion_of_own_content(tmp_path):
    """Ids are those of the content that the line asks."""
    overlay = {"topics": [topics["prognosis"].to_dict() | {"id": "odds"}]}
    for statement in overlay["topics"][0]["statements"]:
        statement["id"] = statement["id"].replace("prognosis", "odds")
        for caution in statement.get("cautions", ()):
            caution["id"] = caution["id"].replace("prognosis", "odds")
    summary = overlay["topics"][0]["summary_id"]
    overlay["topics"][0]["summary_id"] = summary.replace("prognosis", "odds")
    path = tmp_path / "own.json"
    path.write_text(json.dumps(overlay), encoding="utf-8")

    assert ["odds"] == complete("--overlay", path, "show", "topic", "o")


def test_completion_in_zsh():
    """Where a shell shows more than ids, that is the name of the record."""
    found = complete("show", "condition", "h", shell="zsh")

    assert [("hiv", "HIV")] == found


def test_completion_in_bash():
    """What bash runs at its start completes a line in it."""
    script = """
        eval "$(_SALVAGE_KB_COMPLETE=bash_source salvage-kb)"
        COMP_WORDS=(salvage-kb show condition h) COMP_CWORD=3
        "$(complete -p salvage-kb | sed 's/.*-F //; s/ .*//')" salvage-kb
        echo "${COMPREPLY[@]}"
    """
    done = subprocess.run(
        ["bash", "--norc", "-c", script],
        capture_output=True,
        check=True,
        text=True,
        env=os.environ | {"PATH": f"{BIN}:{os.environ['PATH']}"},
    )

    assert ("hiv\n", "") == (done.stdout, done.stderr)


def on_terminal(**variables):
    """Run the program on a terminal; give all bytes that arrive there."""
    ours, theirs = pty.openpty()
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"}
    }
    kept |= {"COLUMNS": "80", "TERM": "xterm-256color"} | variables
    call = [sys.executable, "-m", "salvage_kb", "show", "condition", "copd"]
    with subprocess.Popen(call, stdout=theirs, env=kept):
        os.close(theirs)
        data = b""
        with contextlib.suppress(OSError):  # the other side has gone
            while more := os.read(ours, 65536):
                data += more
    os.close(ours)
    return data.decode().replace("\r\n", "\n")


_STYLES = re.compile("\x1b\\[([0-9;]*)m")


def test_colors():
    """Headings are bold, and only safety cautions have a color, red."""
    page = on_terminal()

    assert {"0", "1", "1;31"} == set(_STYLES.findall(page))
    assert "\x1b[1mCOPD\x1b[0m\n" in page
    assert "! \x1b[1;31mSafety caution:\x1b[0m Sources" in page
    assert "! \x1b[1mCaution:\x1b[0m In what" in page
    assert run("show", "condition", "copd") == _STYLES.sub("", page)


def test_no_colors():
    """Whoever wants no colors gets none; a simple terminal, no styles."""
    plain = run("show", "condition", "copd")

    assert {"0", "1"} == set(_STYLES.findall(on_terminal(NO_COLOR="1")))
    assert plain == on_terminal(TERM="dumb")


def test_module(monkeypatch, capsys):
    """``python -m salvage_kb`` is the command line."""
    monkeypatch.setattr(sys, "argv", ["salvage-kb", "--version"])
    with pytest.raises(SystemExit) as caught:
        runpy.run_module("salvage_kb", run_name="__main__")

    assert 0 == caught.value.code
    assert (
        f"salvage-kb, version {salvage_kb.__version__}\n"
        == capsys.readouterr().out
    )


@pytest.mark.parametrize("missing", ["click", "rich"])
def test_missing_extra(monkeypatch, capsys, missing):
    """Without the extra there is one sentence that names it."""
    for name in [*sys.modules]:
        if name.startswith(
            (
                "salvage_kb.cli",
                "salvage_kb.leaflet",
                "salvage_kb.terminal",
                missing,
            )
        ):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    from salvage_kb.__main__ import main

    with pytest.raises(SystemExit) as caught:
        main()

    message = (
        f"the command line needs {missing}: pip install 'salvage-kb[cli]'\n"
    )
    assert (2, message) == (caught.value.code, capsys.readouterr().err)


def test_another_missing_module(monkeypatch):
    """A module that no extra has is not explained away."""
    for name in [*sys.modules]:
        if name.startswith("salvage_kb.cli"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "salvage_kb.authoring", None)
    from salvage_kb.__main__ import main

    with pytest.raises(ModuleNotFoundError, match="authoring"):
        main()


def test_a_closed_pipe():
    """A reader that goes away early causes no traceback."""
    command = f"{sys.executable} -m salvage_kb show condition hiv | head -n 1"
    done = subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        check=True,
        env=os.environ | {"COLUMNS": "80"},
    )

    assert (b"HIV\n", b"") == (done.stdout, done.stderr)


def test_a_pipe_closed_at_once(monkeypatch):
    """Nor does one that goes away before anything was written."""
    ours, theirs = os.pipe()
    os.close(ours)
    out = os.fdopen(theirs, "w")
    monkeypatch.setattr(sys, "stderr", sys.stderr)
    monkeypatch.setattr(sys, "stdout", out)
    with pytest.raises(SystemExit) as caught:
        cli.main(["list", "conditions"])
    with contextlib.suppress(BrokenPipeError):
        out.close()

    assert 1 == caught.value.code


def test_overlay(tmp_path):
    """An overlay is laid over what is asked, and marked in what is shown."""
    path = tmp_path / "overlay.json"
    record = {"id": "hiv", "replaces": "hiv", "name": "HIV and AIDS"}
    path.write_text(json.dumps({"conditions": [record]}), encoding="utf-8")
    page = run("--overlay", path, "show", "condition", "hiv")

    assert page.startswith("HIV and AIDS\n\n  Salvage therapy for HIV")
    assert "\n\n  Added locally\n  Also called: " in page
    assert "+local." in page
    assert f"{path}: valid, 89 sources" in run("--overlay", path, "validate")
    statement = conditions["hiv"].statements[0].to_dict()
    statement |= {"id": "conditions/hiv/more", "text": "More."}
    added = {key: it for key, it in statement.items() if key != "cautions"}
    rows = [{"id": "hiv", "statements": [added]}]
    path.write_text(json.dumps({"conditions": rows}), encoding="utf-8")
    page = run("--overlay", path, "show", "condition", "hiv")
    assert "\n  - More. [1]\n    Added locally\n" in page
    path.write_text("5", encoding="utf-8")
    assert "is no bundle" in run("--overlay", path, "list", "topics", code=2)
    assert "is no bundle" in run("--overlay", path, "validate", code=1)


def test_review_status():
    """The table has every record of ours, with both states on that day."""
    lines = run("review", "status", "--on", "2026-11-23").splitlines()

    assert (
        "on 2026-11-23                          source      our text    "
        "source due"
    ) == lines[0]
    assert (
        "conditions/hiv                         current     unreviewed  "
        "2028-12-03"
    ) == lines[1]
    assert 1 + 5 + 10 + 25 + 6 + 7 == len(lines)
    assert max(map(len, lines)) <= 80
    found = json.loads(run("review", "status", "--on", "2028-12-04", "--json"))
    assert {
        "kind": "condition",
        "id": "hiv",
        "source_state": "overdue",
        "text_state": "unreviewed",
        "source_due_on": "2028-12-03",
    } == found["records"][0]
    assert "2028-12-04" == found["on"]
    assert_framed(found)
    today = run("review", "status").split()[1]
    assert date.fromisoformat(today) >= date(2026, 11, 23)


@pytest.mark.parametrize("day", ["2026-1-1", "20261123", "2026-02-30", "x"])
def test_a_day_that_is_none(day):
    """A day has one form, and it is said which."""
    message = f"'{day}' is no day: write YYYY-MM-DD"

    assert message in run("review", "status", "--on", day, code=2)
    assert "--on YYYY-MM-DD" in run("review", "status", "--help")


def test_review_status_without_a_review(tmp_path):
    """Where no source was reviewed, there is no day to tell."""
    record = conditions["copd"].to_dict()
    source = {
        "id": "icliniq-salvage-therapy",
        "name": "x",
        "publisher": "x",
        "licence": "x",
        "sections": ["other-conditions"],
    }
    for statement in record["statements"]:
        statement.pop("cautions", None)
    record.pop("modality_links")
    manifest = kb.manifest.to_dict() | {"files": {}}
    bundle = {
        "manifest": manifest,
        "sources": [source],
        "conditions": [record],
    }
    path = tmp_path / "x.json"
    path.write_text(json.dumps(bundle), encoding="utf-8")
    lines = run("--content", path, "review", "status").splitlines()

    assert ["conditions/copd", *["unreviewed"] * 2, "-"] == lines[1].split()


def test_review_sign(folder):
    """A signature is recorded in a folder, with its days."""
    command = ["--content", folder, "review", "sign", "topic", "prognosis"]
    who = ["--reviewer", "A. Doctor", "--credential", "MD"]
    days = ["--signed-on", "2026-11-23", "--due-on", "2027-11-23"]

    assert (
        "topics/prognosis: signed by A. Doctor, MD, on 2026-11-23, due on "
        "2027-11-23.\n"
        "Do the notices still say that nobody reviewed the text?\n"
    ) == run(*command, *who, *days, "--yes")
    status = ["--content", folder, "review", "status", "--on", "2026-12-01"]
    assert [
        "topics/prognosis                       current     current     "
        "2028-12-03"
    ] == [it for it in run(*status).splitlines() if "prognosis" in it]
    assert "Sign 5 statements and 1 caution as A. Doctor, MD? [y/N]: y" in run(
        *command, *who, typed="y\n"
    )
    record = json.loads((folder / "topics/prognosis.json").read_bytes())
    days = [record["text_review"][it] for it in ("signed_on", "due_on")]
    signed_on, due_on = map(date.fromisoformat, days)
    assert due_after(signed_on) == due_on


def test_review_sign_refuses(folder, tmp_path):
    """What cannot be signed is told in one line."""
    who = ["--reviewer", "A. Doctor", "--credential", "MD"]
    sign = ["--content", folder, "review", "sign"]

    assert "'source' is not one of conditions," in run(
        *sign, "source", "mesh-labels", *who, code=2
    )
    assert "did you mean 'hiv'?" in run(
        *sign, "condition", "hvi", *who, code=1
    )
    assert "is blank" in run(
        *sign, "condition", "hiv", *who, "--reviewer", "", "--yes", code=2
    )
    file = tmp_path / "x.json"
    file.write_bytes(b"{}")
    assert "is no folder: name one" in run(
        "--content", file, "review", "sign", "topic", "prognosis", *who, code=2
    )


@pytest.mark.parametrize("typed", ["", "\n", "n\n"])
def test_review_sign_asks(folder, typed):
    """Nothing is signed unless somebody says so."""
    file = folder / "modalities/theophylline.json"
    before = file.read_bytes()
    told = run(*signing(folder), code=1, typed=typed)

    assert "Sign 2 statements and 3 cautions as A. Doctor, MD?" in told
    assert before == file.read_bytes()


def signing(folder):
    """Give a call that signs."""
    who = ["--reviewer", "A. Doctor", "--credential", "MD"]
    what = ["modality", "theophylline"]
    return ["--content", folder, "review", "sign", *what, *who]


@pytest.mark.parametrize(
    ("days", "message"),
    [
        (["--signed-on", "9999-12-31"], "9999-12-31 is yet to come"),
        (
            ["--signed-on", str(date.today() + timedelta(1))],  # noqa: DTZ011
            "is yet to come: sign what was reviewed",
        ),
        (
            ["--signed-on", "2026-11-23", "--due-on", "2026-11-23"],
            "--due-on has to be after 2026-11-23",
        ),
    ],
)
def test_review_sign_on_a_wrong_day(folder, days, message):
    """A review has happened, and holds for a while."""
    assert message in run(*signing(folder), *days, "--yes", code=2)


@pytest.mark.parametrize(
    "options",
    [[], ["--lang", "es"], ["--overlay", str(DATA)]],
    ids=["none", "lang", "overlay"],
)
def test_review_sign_needs_a_folder(folder, options):
    """No text is signed that nobody named, or that is shown otherwise."""
    _, _, *call = signing(folder)
    message = "put --content FOLDER, and no other option, before review"
    given = ["--content", folder] if options else []

    assert message in " ".join(run(*options, *given, *call, code=2).split())


def test_search(tmp_path):
    """Hits are shown with their cautions, sources and the notices."""
    page = run("search", "milk", "of", "a", "nursing", "mother")
    words = " ".join(page.split())

    assert page.startswith("HIV (condition hiv)\n")
    assert "under 1% but not zero" in words
    assert "Infant Feeding for Individuals with HIV" in words
    assert f"- Content version {kb.content_version}" in words
    for line in page.splitlines():
        assert len(line) <= 80 or line.lstrip().startswith("http")
    found = json.loads(run("search", "hair fell out", "--json"))
    assert "hair-loss" == found["hits"][0]["id"]
    assert "synonym" == found["hits"][0]["field"]
    assert_framed(found)
    page = run("search", "alopecia", "--limit", 1)
    head = "Hair loss (side-effect hair-loss)"
    assert [head, "  - Clinical term: Alopecia"] == page.splitlines()[:2]
    page = run("search", "hair falling out", "--limit", 1)
    line = "  - Also called: Hair falling out"
    assert [head, line] == page.splitlines()[:2]
    assert "Web address not known" in page  # of what the notices cite
    page = run("search", "hair loss", "--limit", 1)
    assert [head, ""] == page.splitlines()[:2]
    bundle = kb.to_bundle()
    for notice in bundle["notices"]:
        notice.pop("citations", None)
    bundle["manifest"].pop("files", None)
    path = tmp_path / "x.json"
    path.write_text(json.dumps(bundle), encoding="utf-8")
    page = run("--content", path, "search", "hair loss", "--limit", 1)
    assert "Sources" not in page
    assert "nothing was found\n" == run("search", "xyzzyqwert", code=1)
    found = json.loads(run("search", "xyzzyqwert", "--json", code=1))
    assert [] == found["hits"]
    assert_framed(found)


def test_another_language():
    """Texts are in the language; what is not is marked, and so are drafts."""
    page = run("--lang", "es-MX", "show", "condition", "hiv")
    words = " ".join(page.split())

    assert page.startswith("VIH\n")
    assert (
        "Esta traducción es un borrador que nadie ha comprobado. - Esta "
        "traducción la hizo una máquina."
    ) in words
    assert "under 1% but not zero" in words
    dutch = run("--lang", "nl", "show", "condition", "hiv")
    assert dutch.startswith("HIV (en)\n")
    words = " ".join(dutch.split())
    assert "copying itself. [1] (en)" in words
    assert (
        "- What is marked (en) is not translated into this language (nl). -"
    ) in words
    page = run("--lang", "es", "search", "alopecia", "--limit", 1)
    assert "  - Término médico: Alopecia\n" in page
    assert "Sobre este texto\n  - Esta traducción es un borrador" in page
    listed = json.loads(run("--lang", "es", "list", "topics", "--json"))
    assert "es" == listed["records"][0]["name"]["lang"]
    assert "hiv                       HIV (en)\n" in run(
        "--lang", "nl", "list", "conditions"
    )
    hit = json.loads(run("--lang", "es", "search", "alopecia", "--json"))
    assert "es" == hit["hits"][0]["text"]["lang"]
    found = json.loads(
        run("--lang", "es", "show", "topic", "prognosis", "--json")
    )
    assert ("Perspectivas", "es", "draft") == tuple(
        found["record"]["name"][name] for name in ("text", "lang", "status")
    )
    assert "is no language tag" in run("--lang", "!", "list", "topics", code=2)


def test_a_checked_language(folder):
    """Who checked a translation is told, and so is what is stale."""
    info = folder / "locales/es/locale.json"
    value = json.loads(info.read_bytes()) | {"reviewed_by": "A. Doctora"}
    info.write_text(json.dumps(value), encoding="utf-8")
    file = folder / "topics/prognosis.json"
    record = json.loads(file.read_bytes())
    record["statements"][0]["text"] += " And so on."
    file.write_text(json.dumps(record), encoding="utf-8")
    call = ("--content", folder, "--lang", "es")
    page = run(*call, "show", "topic", "prognosis")

    assert "\n  El original ha cambiado desde que se tradujo.\n" in page
    assert "A. Doctora" not in page  # what she checked is not on it
    for path in (folder / "locales/es").rglob("*.json"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace('"draft"', '"reviewed"'), "utf-8")
    page = run(*call, "show", "topic", "prognosis")
    assert "  - Traducción comprobada por: A. Doctora.\n" in page
    assert "borrador" not in page


def test_an_outdated_name(folder):
    """A name whose original has changed says so wherever it is listed."""
    file = folder / "conditions/copd.json"
    record = json.loads(file.read_bytes()) | {"name": "COPD, a lung disease"}
    file.write_text(json.dumps(record), encoding="utf-8")
    call = ("--content", folder, "--lang", "es")

    marked = "(traducción desactualizada)"
    assert f"EPOC {marked}" in run(*call, "list", "conditions")
    page = " ".join(run(*call, "show", "modality", "theophylline").split())
    assert f"- Enfermedades: EPOC {marked} " in page
