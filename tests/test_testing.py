"""Content for the tests of other projects, used as they would use it."""

import json
import re
import subprocess
import sys

import pytest
from helpers import run_python
from test_packaging import ROOT

import salvage_kb
from salvage_kb import Current, KnowledgeBase, Moved, Withdrawn
from salvage_kb.export import FORMATS, export
from salvage_kb.testing import tiny_knowledge_base
from salvage_kb.vocabulary import FOLDERS

pytest_plugins = ["salvage_kb.testing"]

TINY = tiny_knowledge_base()
ILLNESS = TINY.conditions["example-illness"]
SPANISH = TINY.localized("es")
PAGE = (ROOT / "docs/testing.md").read_text("utf-8")
#: The references in the table of the page, by what it says of them.
TOLD = {
    what: re.findall(r"`([a-z_]+/[^`]+)`", refs)
    for what, refs in re.findall(r"^\| (.+) \| (.+) \|$", PAGE, re.MULTILINE)
}
#: The files on the page, by their names.
FILES = dict(
    re.findall(r"<!-- file: (\S+) -->\n```python\n(.*?)```", PAGE, re.DOTALL)
)


def told(words):
    """Give what the page has in its table for these words."""
    (found,) = (refs for what, refs in TOLD.items() if words in what)
    return found


def test_everybody_gets_the_same(tiny_kb):
    """The fixture is what the function gives, each time."""
    assert tiny_kb is tiny_knowledge_base() is TINY
    assert not tiny_kb.is_bundled


def test_it_stays_the_same():
    """Whoever changes it has to mean it: other people's tests rest on it."""
    assert (
        "03ba97ea66a5ad3f74efddaba0d74a923e8c44edd58c0ba32aa0243524216f9c"
        == TINY.digest
    )


def test_nothing_changes_it():
    """What is made of it can be changed, and it stays as it is."""
    before = TINY.digest
    bundle = TINY.to_bundle()
    bundle["conditions"][0]["statements"].clear()
    bundle["locales"]["es"]["conditions/example-illness.json"]["texts"].clear()
    bundle["notices"].clear()

    assert before == TINY.digest
    assert bundle != TINY.to_bundle()


def test_it_is_right(tmp_path):
    """It is what its manifest says, and still is after a trip to a file."""
    path = tmp_path / "tiny.json"
    path.write_text(json.dumps(TINY.to_bundle()), encoding="utf-8")
    again = KnowledgeBase.load(path)

    assert () == TINY.verify() == again.verify()
    assert TINY.digest == again.digest
    assert TINY.to_bundle() == again.to_bundle()
    assert SPANISH.digest == again.localized("es").digest


def test_it_is_not_our_content():
    """No record, notice or sentence of ours is in it."""
    ours = salvage_kb.kb
    for kind in [*FOLDERS, "statement"]:
        assert not {*TINY.table(kind)} & {*ours.table(kind)}
    assert not {it.text for it in TINY.statements} & {
        it.text for it in ours.statements
    }


def test_the_page_names_what_is_there():
    """Every record and notice is in the table of the page."""
    refs = {
        f"{folder}/{id}"
        for kind, folder in FOLDERS.items()
        for id in TINY.table(kind)
        if kind != "event"
    }
    named = {ref for refs in TOLD.values() for ref in refs}

    assert set() == refs - named


@pytest.mark.parametrize(
    "ref", [ref for refs in TOLD.values() for ref in refs]
)
def test_what_the_page_names_is_there(ref):
    """Every reference of the table leads to something, or tells its end."""
    (found,) = TINY.check_refs([ref])
    moved, withdrawn = told("that moved"), told("was withdrawn")
    ends = dict.fromkeys(moved, Moved) | dict.fromkeys(withdrawn, Withdrawn)

    assert ends.get(ref, Current) is type(found)


def test_the_page_is_right_about_it():
    """What the table and the text below it say holds."""
    (cautious,) = told("a statement with a safety caution")
    (stale,), (fallback,) = told("is stale"), told("no Spanish")
    (caution,) = TINY.statements[cautious].cautions
    reviewed, unreviewed = TINY.sources
    whole, part = TINY.modalities
    one, other = TINY.side_effects

    assert told("the caution") == [caution.id]
    assert caution.safety
    assert "2025-01-01" == str(reviewed.reviewed_on)
    assert unreviewed.source_review is None
    assert whole is part.broader
    assert (True, False) == (
        bool(one.clinical_term),
        bool(other.clinical_term),
    )
    assert [("side_effects/example-cough", "1.1.0")] == [
        (it.ref, it.since) for it in TINY.recalls
    ]
    assert [stale] == [it.id for it in SPANISH.statements if it.text.stale]
    assert SPANISH.statements[fallback].text.is_fallback
    assert "machine" == SPANISH.pack.translated_by


def test_its_links():
    """They are those that the page tells of."""
    other = TINY.conditions["other-illness"]
    (test,) = ILLNESS.monitoring_tests

    assert ("example-medicine",) == ILLNESS.modalities.ids
    assert TINY.side_effects == ILLNESS.side_effects
    assert "after" == ILLNESS.link(test).timing
    assert ("example-tablet",) == other.modalities.ids
    assert TINY.conditions == TINY.conditions.where(
        modality="example-medicine"
    )


@pytest.mark.parametrize("format", FORMATS)
def test_it_can_be_exported(format):
    """Every format takes it, in both languages."""
    files = list(export(TINY, format, TINY.locales))

    assert files
    assert all(file.data for file in files)


def run_pytest(folder, *options):
    """Run pytest in a folder as another project does; give what it prints."""
    command = [sys.executable, "-m", "pytest", "-W", "error", "-v"]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", *options],
        capture_output=True,
        check=False,
        cwd=folder,
        text=True,
    )
    return done.returncode, done.stdout


def test_in_another_project(tmp_path):
    """The files of the page are a project whose tests pass."""
    for name, code in FILES.items():
        (tmp_path / name).write_text(code, encoding="utf-8")
    code, printed = run_pytest(tmp_path)

    assert 0 == code, printed
    assert "test_page.py::test_cautions_stay PASSED" in printed


def test_cautions_that_are_dropped(tmp_path):
    """As the page says, its test does not pass without the cautions."""
    page = FILES["test_page.py"].replace("str(statement)", "statement.text")
    (tmp_path / "test_page.py").write_text(page, encoding="utf-8")
    code, printed = run_pytest(tmp_path, "-p", "salvage_kb.testing")

    assert 1 == code, printed
    assert "test_page.py::test_cautions_stay FAILED" in printed


def test_where_it_was_imported_before(tmp_path):
    """A conftest may use the function too, without a warning of pytest."""
    lines = [
        "from salvage_kb.testing import tiny_knowledge_base",
        FILES["conftest.py"],
        "tiny_knowledge_base()",
    ]
    (tmp_path / "conftest.py").write_text("\n".join(lines), encoding="utf-8")
    page = FILES["test_page.py"]
    (tmp_path / "test_page.py").write_text(page, encoding="utf-8")
    code, printed = run_pytest(tmp_path)

    assert 0 == code, printed


def test_without_pytest():
    """Where pytest is not installed, the function is there all the same."""
    code = (
        "import sys; sys.modules['pytest'] = None; "
        "from salvage_kb import testing; "
        "print(testing.tiny_knowledge_base(), hasattr(testing, 'pytest'))"
    )

    assert "<KnowledgeBase: content 1.1.0, en> False" == run_python(code)
