"""The command line: what it prints, at 80 columns and as JSON."""

import json
import os
import runpy
import shutil
import subprocess
import sys
from datetime import date

import click.testing
import pytest
from helpers import ALL, DATA, FILES, LOCALE_FILES

import salvage_kb
from salvage_kb import conditions, kb, sources, topics
from salvage_kb.cli import cli
from salvage_kb.review import due_after


def run(*arguments, code=0):
    """Run the command line; give what it prints on both streams."""
    runner = click.testing.CliRunner(env={"COLUMNS": "80", "NO_COLOR": "1"})
    done = runner.invoke(cli, [str(it) for it in arguments])
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
    texts.append("Tumor marker test, after the therapy")
    texts.append("Nobody has medically reviewed this text.")
    texts.append("It was not a review of this text.")
    texts.extend(f"{it.code}, {it.display}" for it in cancer.codes)

    for text in texts:
        assert text in page


@pytest.mark.parametrize(
    "record",
    [
        r
        for kind in ("condition", "source", "side_effect", "monitoring_test")
        for r in kb.table(kind).values()
    ],
    ids=lambda it: it.id,
)
def test_show_fits_the_terminal(record):
    """Only addresses may be wider than 80 columns; no line ends blank."""
    page = run("show", record.record_kind, record.id)
    for line in page.splitlines():
        assert len(line) <= 80 or line.lstrip().startswith("http")
        assert line == line.rstrip()


def test_show_a_side_effect():
    """The clinical term and the body system stand at the top."""
    lines = run("show", "side-effect", "hair-loss").splitlines()

    assert [
        "Hair loss",
        "  Clinical term: Alopecia",
        "  Also called: Hair falling out (lay), Losing hair (lay)",
        "  Body system: skin-and-hair",
    ] == lines[:4]


def test_show_a_source():
    """A source names the statements that rest on it."""
    page = run("show", "source", "plos-heart-cell-therapy")

    assert "  - conditions/structural-heart-disease/stem-cells" in page
    assert "PLoS One, record at Hereon, 2022" in page
    assert "No medical review of this work is recorded here." in page
    page = run("show", "source", "nih-hivinfo-what-to-start")
    assert "reviewed on 2025-01-14" in " ".join(page.split())


def test_show_a_signed_record(folder):
    """A signature is shown with the name and the day."""
    file = folder / "topics/prognosis.json"
    record = json.loads(file.read_bytes())
    record["text_review"] = {
        "reviewer": "A. Doctor",
        "credential": "MD",
        "signed_on": "2026-01-01",
        "due_on": "2029-01-01",
        "digest": topics["prognosis"].text_digest,
    }

    def told():
        file.write_text(json.dumps(record), encoding="utf-8")
        page = run("--content", folder, "show", "topic", "prognosis")
        return " ".join(page.split())

    assert (
        "A. Doctor, MD, signed this text on 2026-01-01. "
        "A new review is due on 2029-01-01."
    ) in told()
    record["name"] = "Prospects"
    assert (
        "A. Doctor, MD, signed an earlier text on 2026-01-01. It has changed "
        "since, and nobody has medically reviewed it as it is now."
    ) in told()
    record["text_review"]["withdrawn_on"] = "2026-02-02"
    assert (
        "A. Doctor, MD, signed this text, but took that back on 2026-02-02."
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
        "6 monitoring tests, 7 topics, 3 notices, 31 past events\n"
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
    assert line.strip() in run("--content", folder, "list", "topics", code=1)
    assert line.strip() in run("fmt", folder, code=1)


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

    assert message == run("fmt", code=1)
    assert f"{len(ALL)} files, 0 would change\n" == run("fmt", "--check")
    (tmp_path / "pyproject.toml").write_bytes(b"")
    assert f"{len(ALL)} files, 0 changed\n" == run("fmt")


def test_fmt_needs_a_folder(tmp_path):
    """A file has no place to put files."""
    path = tmp_path / "x.json"
    path.write_bytes(b"{}")

    assert "is no folder: name one" in run("fmt", path, code=1)


@pytest.mark.parametrize(
    "command",
    [
        "",
        "list",
        "show",
        "validate",
        "fmt",
        "verify",
        "review",
        "review status",
        "review sign",
    ],
)
def test_help(command):
    """Every command explains itself within 80 columns."""
    text = run(*command.split(), "--help")

    assert max(map(len, text.splitlines())) <= 80


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
        if name.startswith(("salvage_kb.cli", "salvage_kb.leaflet", missing)):
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


def test_overlay(tmp_path):
    """An overlay is laid over what is asked, and marked in what is shown."""
    path = tmp_path / "overlay.json"
    record = {"id": "hiv", "replaces": "hiv", "name": "HIV and AIDS"}
    path.write_text(json.dumps({"conditions": [record]}), encoding="utf-8")
    page = run("--overlay", path, "show", "condition", "hiv")

    assert "HIV and AIDS\n  Origin: added or changed locally\n" in page
    assert "+local." in page
    assert f"{path}: valid, 89 sources" in run("--overlay", path, "validate")
    statement = conditions["hiv"].statements[0].to_dict()
    statement |= {"id": "conditions/hiv/more", "text": "More."}
    added = {key: it for key, it in statement.items() if key != "cautions"}
    rows = [{"id": "hiv", "statements": [added]}]
    path.write_text(json.dumps({"conditions": rows}), encoding="utf-8")
    page = run("--overlay", path, "show", "condition", "hiv")
    words = " ".join(page.split())
    assert "- More. [1, conditions-that-can-benefit] (added locally)" in words
    path.write_text("5", encoding="utf-8")
    assert "is no bundle" in run("--overlay", path, "list", "topics", code=1)
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
    ) == run(*command, *who, *days)
    status = ["--content", folder, "review", "status", "--on", "2026-12-01"]
    assert [
        "topics/prognosis                       current     current     "
        "2028-12-03"
    ] == [it for it in run(*status).splitlines() if "prognosis" in it]
    run(*command, *who)
    record = json.loads((folder / "topics/prognosis.json").read_bytes())
    days = [record["text_review"][it] for it in ("signed_on", "due_on")]
    signed_on, due_on = map(date.fromisoformat, days)
    assert due_after(signed_on) == due_on


def test_review_sign_refuses(folder, tmp_path):
    """What cannot be signed is told in one line."""
    who = ["--reviewer", "A. Doctor", "--credential", "MD"]
    sign = ["--content", folder, "review", "sign"]

    assert "a source has no text of ours" in run(
        *sign, "source", "mesh-labels", *who, code=1
    )
    assert "did you mean 'hiv'?" in run(
        *sign, "condition", "hvi", *who, code=1
    )
    assert "is blank" in run(
        *sign, "condition", "hiv", *who, "--reviewer", "", code=1
    )
    file = tmp_path / "x.json"
    file.write_bytes(b"{}")
    assert "is no folder: name one" in run(
        "--content", file, "review", "sign", "topic", "prognosis", *who, code=1
    )


def test_search():
    """Hits are shown with their cautions, sources and the notices."""
    page = run("search", "milk", "of", "a", "nursing", "mother")
    words = " ".join(page.split())

    assert page.startswith("HIV (condition hiv)\n")
    assert "under 1% but not zero" in words
    assert "Infant Feeding for Individuals with HIV" in words
    assert f"Content version {kb.content_version}." in words
    for line in page.splitlines():
        assert len(line) <= 80 or line.lstrip().startswith("http")
    found = json.loads(run("search", "hair fell out", "--json"))
    assert "hair-loss" == found["hits"][0]["id"]
    assert "synonym" == found["hits"][0]["field"]
    assert_framed(found)
    page = run("search", "alopecia", "--limit", 1)
    lines = ["Hair loss (side-effect hair-loss)", "  clinical term: Alopecia"]
    assert lines == page.splitlines()[:2]
    assert "Sources" not in page
    assert ["Hair loss (side-effect hair-loss)", ""] == run(
        "search", "hair loss", "--limit", 1
    ).splitlines()[:2]
    assert "Please note" in run("search", "xyzzyqwert", code=1)


def test_another_language():
    """Texts are in the language; what is not is marked, and so are drafts."""
    page = run("--lang", "es-MX", "show", "condition", "hiv")
    words = " ".join(page.split())

    assert page.startswith("VIH\n")
    assert (
        "Language: Español (es), translated by machine, a draft that nobody "
        "has checked."
    ) in words
    assert "under 1% but not zero" in words
    dutch = run("--lang", "nl", "show", "condition", "hiv")
    assert dutch.startswith("HIV (en)\n")
    words = " ".join(dutch.split())
    assert "copying itself. [1, conditions-that-can-benefit] (en)" in words
    assert "No translation into nl is on offer." in words
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
    assert "is no language tag" in run("--lang", "!", "list", "topics", code=1)


def test_a_checked_language(folder):
    """Who checked a translation is told, and so is what is stale."""
    info = folder / "locales/es/locale.json"
    value = json.loads(info.read_bytes()) | {"reviewed_by": "A. Doctora"}
    info.write_text(json.dumps(value), encoding="utf-8")
    file = folder / "topics/prognosis.json"
    record = json.loads(file.read_bytes())
    record["statements"][0]["text"] += " And so on."
    file.write_text(json.dumps(record), encoding="utf-8")
    page = run(
        "--content", folder, "--lang", "es", "show", "topic", "prognosis"
    )
    words = " ".join(page.split())

    assert "translated by machine, checked by A. Doctora." in words
    assert "[1, prognosis] (stale)" in words
