"""Whether content is what it was."""

import json
import shutil
import unicodedata
from datetime import date

import click.testing
import pytest
from helpers import ALL, DATA, FILES
from hypothesis import given
from hypothesis import strategies as st
from test_loading import edit, zipped

from salvage_kb import ContentError, KnowledgeBase, UnknownId, kb
from salvage_kb.authoring import sign
from salvage_kb.cli import cli
from salvage_kb.integrity import digest
from salvage_kb.review import TextReview

TOPIC = "topics/prognosis.json"
DIFFERS = "differs from the manifest: restore it, or run fmt"


def told(problems):
    """Give problems as plain tuples."""
    return [tuple(problem) for problem in problems]


def run(*arguments, code=0):
    """Run the command line; give what it prints."""
    runner = click.testing.CliRunner(env={"COLUMNS": "80"})
    done = runner.invoke(cli, [str(it) for it in arguments])
    assert code == done.exit_code, done.output
    return done.output


def test_the_manifest_lists_everything():
    """Each other data file is there with its digest, and the counts."""
    listed = json.loads((DATA / "manifest.json").read_bytes())
    files = {f.relative_to(DATA).as_posix() for f in DATA.rglob("*.json")}

    assert files - {"manifest.json"} == set(listed["files"])
    for name, stored in listed["files"].items():
        assert stored == digest(json.loads((DATA / name).read_bytes()))
    cautions = [c for s in kb.statements for c in s.cautions]
    assert len(cautions) == listed["counts"]["cautions"] >= 30
    assert len(kb.statements) == listed["counts"]["statements"]
    assert len(kb.sources) == listed["counts"]["sources"]
    assert listed["files"] == kb.manifest.files
    assert listed["counts"] == kb.manifest.counts


@given(st.recursive(st.text() | st.integers() | st.booleans(), st.lists))
def test_the_digest_of_data(value):
    """It is that of the value, whatever the order, layout and NFC form."""
    one = {"a": value, "b": "é"}
    other = json.loads(
        json.dumps({"b": unicodedata.normalize("NFD", "é"), "a": value})
    )

    assert digest(one) == digest(other)
    assert digest(one) != digest({"a": [value], "b": "é"})


def test_the_digest_is_sha_256():
    """Anybody can compute it: canonical JSON in UTF-8."""
    import hashlib

    data = '{"a":["é",1],"b":true}'.encode()

    assert hashlib.sha256(data).hexdigest() == digest(
        {"b": True, "a": ["é", 1]}
    )


def test_what_is_right_verifies(folder, tmp_path):
    """The bundled content and every form of it is as it was."""
    bundle = tmp_path / "bundle.json"
    bundle.write_text(json.dumps(kb.to_bundle()), encoding="utf-8")

    assert () == kb.verify()
    assert () == KnowledgeBase.from_bundle(kb.to_bundle()).verify()
    for form in (folder, zipped(folder, tmp_path / "flat.zip"), bundle):
        assert () == KnowledgeBase.load(form).verify()
    assert f"{len(ALL) - 1} files are as they were\n" == run("verify")
    assert {"verified": True, "problems": []} == json.loads(
        run("verify", folder, "--json")
    )


@pytest.mark.parametrize("file", [file for file in FILES if "/" in file])
def test_one_letter(folder, file):
    """One changed letter of any file is noticed, and only that file named."""
    loaded = KnowledgeBase.load(folder)
    edit(folder / file, lambda it: it.update(id=it["id"] + "x"))

    assert [(file, "$", DIFFERS)] == told(loaded.verify())


def test_layout_does_not_matter(folder):
    """A file that says the same in another layout is as it was."""
    edit(folder / TOPIC, lambda _: None)

    assert () == KnowledgeBase.load(folder).verify()


def test_what_is_missing_or_too_much(folder):
    """Lost and added files are named, and so are wrong counts."""
    loaded = KnowledgeBase.load(folder)
    (folder / TOPIC).rename(folder / "topics/other.json")
    (folder / "schemas/topics.schema.json").unlink()
    (folder / "sources/mesh-labels.json").unlink()

    assert [
        (
            "schemas/topics.schema.json",
            "$",
            "is missing, but the manifest lists it: restore it",
        ),
        (
            "sources/mesh-labels.json",
            "$",
            "is missing, but the manifest lists it: restore it",
        ),
        (
            "topics/other.json",
            "$",
            "is not in the manifest: remove it, or run fmt",
        ),
        (TOPIC, "$", "is missing, but the manifest lists it: restore it"),
        (
            "manifest.json",
            "$.counts.sources",
            "says 89, but there are 88: run salvage-kb fmt",
        ),
    ] == told(loaded.verify())


@pytest.mark.parametrize("data", [b"{", b'{"id": 1, "id": 2}', b"\xff", b"5"])
def test_broken_files_differ(folder, data):
    """A file that is no longer what can be read is named as well."""
    loaded = KnowledgeBase.load(folder)
    (folder / TOPIC).write_bytes(data)

    assert (TOPIC, "$", DIFFERS) in told(loaded.verify())


def test_a_folder_that_is_gone(folder):
    """Where everything is lost, that is the first thing told."""
    loaded = KnowledgeBase.load(folder)
    shutil.rmtree(folder)
    first = ("content", "$", "there is no such file or folder")

    assert first == told(loaded.verify())[0]


def test_content_without_digests(folder):
    """Where nothing was stored, that is said, not that all is well."""
    edit(folder / "manifest.json", lambda it: it.pop("files"))
    message = "is missing, so nothing can be compared: run salvage-kb fmt"
    line = f"manifest.json: $.files: {message}\n"

    assert line == run("verify", folder, code=1)
    assert {
        "verified": False,
        "problems": [
            {"file": "manifest.json", "path": "$.files", "message": message}
        ],
    } == json.loads(run("--content", folder, "verify", "--json", code=1))


@pytest.mark.parametrize(
    ("field", "value", "path", "message"),
    [
        ("files", 5, "$.files", "should be an object in curly brackets, not 5"),
        ("files", {"a": 5}, "$.files.a", "should be text in quotes, not 5"),
        ("counts", {"b": "x"}, "$.counts.b", "should be a whole number, not 'x'"),
    ],
)  # fmt: skip
def test_a_wrong_manifest(folder, field, value, path, message):
    """Wrong digests and counts are told with their place."""
    edit(folder / "manifest.json", lambda it: it.update({field: value}))
    with pytest.raises(ContentError) as caught:
        KnowledgeBase.load(folder)

    assert [("manifest.json", path, message)] == told(caught.value.problems)


REVIEW = TextReview(
    reviewer="A. Doctor",
    credential="MD",
    signed_on=date(2026, 11, 23),
    due_on=date(2029, 11, 23),
    digest="",
)


def state(folder):
    """Load a folder, and tell how far its topic was reviewed."""
    review = KnowledgeBase.load(folder).topics["prognosis"].review
    return review.state(on=date(2026, 12, 1))


def test_sign_and_change_a_letter(folder):
    """A letter makes a signature lapse; put back, it holds again."""
    signed = sign(folder, "topic", "prognosis", REVIEW)
    loaded = KnowledgeBase.load(folder)
    assert signed == loaded.topics["prognosis"].text_review
    assert "current" == state(folder)
    assert () == loaded.verify()
    assert f"{len(ALL)} files, 0 would change\n" == run(
        "fmt", "--check", folder
    )
    before = (folder / TOPIC).read_bytes()

    (folder / TOPIC).write_bytes(before.replace(b"guarantee.", b"guarantea."))
    assert "lapsed" == state(folder)
    assert [(TOPIC, "$", DIFFERS)] == told(KnowledgeBase.load(folder).verify())
    assert f"{TOPIC}: $: {DIFFERS}\n" == run("verify", folder, code=1)
    (folder / TOPIC).write_bytes(before)
    assert "current" == state(folder)
    assert () == KnowledgeBase.load(folder).verify()


def test_sign_without_digests(folder):
    """A manifest that lists no files is left as it is."""
    edit(folder / "manifest.json", lambda it: it.pop("files"))
    sign(folder, "topic", "prognosis", REVIEW)

    assert "current" == state(folder)
    assert {} == KnowledgeBase.load(folder).manifest.files


def test_sign_refuses(folder):
    """A wrong signature changes no file."""
    before = {f: (folder / f).read_bytes() for f in FILES}
    with pytest.raises(UnknownId, match="did you mean 'prognosis'"):
        sign(folder, "topic", "prognsis", REVIEW)
    with pytest.raises(ValueError, match="a source has no text of ours"):
        sign(folder, "source", "mesh-labels", REVIEW)
    with pytest.raises(ContentError) as caught:
        wrong = TextReview(
            reviewer=" ",
            credential="MD",
            signed_on=date(2026, 1, 1),
            due_on=date(2025, 1, 1),
            withdrawn_on=date(2025, 1, 2),
            digest="",
        )
        sign(folder, "topic", "prognosis", wrong)

    places = [path for _, path, _ in told(caught.value.problems)]
    assert [
        f"$.text_review.{name}" for name in ("reviewer", "due_on", "withdrawn_on")
    ] == places  # fmt: skip
    assert before == {f: (folder / f).read_bytes() for f in FILES}


def test_dates_and_digest_of_a_signature(folder):
    """No date is before the signature, and the digest is one."""
    review = {
        "reviewer": "A",
        "credential": "MD",
        "signed_on": "2026-01-01",
        "due_on": "2025-12-31",
        "digest": "abc",
        "withdrawn_on": "2025-12-30",
    }
    edit(folder / TOPIC, lambda it: it.update(text_review=review))
    with pytest.raises(ContentError) as caught:
        KnowledgeBase.load(folder)

    at = "$.text_review"
    assert [
        (TOPIC, f"{at}.due_on", "2025-12-31 is before the signature of 2026-01-01"),
        (TOPIC, f"{at}.withdrawn_on", "2025-12-30 is before the signature of 2026-01-01"),
        (TOPIC, f"{at}.digest", "should be a SHA-256: salvage-kb review sign writes it"),
    ] == told(caught.value.problems)  # fmt: skip
