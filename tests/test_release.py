"""What may be released, and what is built of it."""

import copy
import hashlib
import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from helpers import ALL, DATA, script
from test_history import CAUTIOUS, MILK, PLAIN, drop, event, part, record

import salvage_kb
from salvage_kb import KnowledgeBase, kb
from salvage_kb.codec import dump

ROOT = Path(__file__).parents[1]
release = script(ROOT / "tools/release.py")
DAY = date(2026, 11, 1)
VERSIONS = release.bundles(ROOT)


def tree(folder, edit=None, names=()):
    """Make what the checks look at: content, and one earlier release of it."""
    bundle = copy.deepcopy(kb.to_bundle())
    bundle["manifest"]["content_version"] = "1.0.0"
    bundle["locales"] = {"es": bundle["locales"]["es"]}
    bundle["history"] = []
    del bundle["manifest"]["files"]
    old = folder / "releases/1.0.0.json"
    old.parent.mkdir(parents=True)
    old.write_text(dump(bundle), encoding="utf-8")
    public = [*release.public_names(), *names]
    old.with_suffix(".names.txt").write_text("\n".join(public))
    if edit:
        edit(bundle)
    new = folder / "new.json"
    new.write_text(dump(bundle), encoding="utf-8")
    release.unpack(new, folder / release.DATA)
    return folder


def test_what_may_be_released(tmp_path):
    """Nothing stands against content that is as it was."""
    root = tree(tmp_path)

    assert [] == list(release.faults(root, "1.0.1", DAY))


def test_unpacked_bundles(tmp_path):
    """A bundle becomes the folder that it was made of, file by file."""
    bundle = tmp_path / "bundle.json"
    bundle.write_text(dump(kb.to_bundle()), encoding="utf-8")
    release.unpack(bundle, tmp_path / "data")

    for name in ALL:
        expected = DATA.joinpath(name).read_bytes()
        assert expected == (tmp_path / "data" / name).read_bytes()


def _reword(bundle):
    part(bundle, PLAIN)["text"] += " More."


def _declare(bundle):
    _reword(bundle)
    event(bundle, PLAIN, "edited", significance="clarification")
    for pack in bundle["locales"].values():
        pack["conditions/hiv.json"]["texts"][PLAIN]["source"] += " More."


def _untranslate(bundle):
    bundle["locales"]["es"]["conditions/hiv.json"]["texts"].pop(PLAIN)


def _lose_a_number(bundle):
    texts = bundle["locales"]["es"]["conditions/hiv.json"]["texts"]
    texts[MILK]["text"] = "No es nulo."


def _sign(bundle):
    record(bundle, "topics/prognosis")["text_review"] = {
        "reviewer": "Dr. A",
        "credential": "MD",
        "signed_on": "2026-01-01",
        "due_on": "2027-01-01",
        "digest": "a" * 64,
    }


@pytest.mark.parametrize(
    ("edit", "version", "expected"),
    [
        (None, "1.0.0", ["1.0.0 is too small a number: at least 1.0.1"]),
        (
            _declare,
            "1.0.1",
            [
                "history/e0: since 1.1.0 is yet to come",
                f"{PLAIN}: say in history/ how much its edit matters",
                "1.0.1 is too small a number: at least 1.1.0",
            ],
        ),
        (_declare, "1.1.0", []),
        (
            drop(CAUTIOUS),
            "2.0.0",
            [
                f"{CAUTIOUS} was in 1.0.0: say what became of it",
                f"{CAUTIOUS}/milk-risk-is-not-zero was in 1.0.0: "
                "say what became of it",
            ],
        ),
        (
            drop(CAUTIOUS, "withdrawn"),
            "1.1.0",
            ["1.1.0 is too small a number: at least 2.0.0"],
        ),
        (
            _untranslate,
            "1.1.0",
            [
                "locales/es/conditions/hiv.json: "
                f"$.texts['{PLAIN}']: is missing: translate it"
            ],
        ),
        (
            _sign,
            "1.1.0",
            ["topics/prognosis: the review of its text is lapsed"],
        ),
    ],
)
def test_what_stands_against_it(tmp_path, edit, version, expected):
    """Each thing that forbids a release is named."""
    found = list(release.faults(tree(tmp_path, edit), version, DAY))

    assert expected == found


def test_edits_that_nobody_declared(tmp_path):
    """An edit waits for its author's word, and for its translations."""
    found = list(release.faults(tree(tmp_path, _reword), "1.1.0", DAY))

    assert f"{PLAIN}: say in history/ how much its edit matters" == found[-1]
    assert 2 == len(found)
    assert "is stale" in found[0]


def test_a_translation_that_lost_a_number(tmp_path):
    """The translations are checked as ``l10n check`` does."""
    root = tree(tmp_path, _lose_a_number)
    found = list(release.faults(root, "1.1.0", DAY))

    assert any(MILK in fault for fault in found)


def test_reviews_that_are_overdue(tmp_path):
    """No release goes out after the day on which a source's review is due."""
    found = list(release.faults(tree(tmp_path), "1.1.0", date(2036, 1, 1)))

    assert "conditions/hiv: the review of its source is overdue" in found


def test_public_names(tmp_path):
    """A public name that is gone asks for a breaking release."""
    root = tree(tmp_path, names=["KnowledgeBase.find"])

    assert [
        "KnowledgeBase.find was public: this asks for a breaking release",
        "1.9.0 is too small a number: at least 2.0.0",
    ] == list(release.faults(root, "1.9.0", DAY))
    assert [] == list(release.faults(root, "2.0.0", DAY))
    assert {
        "KnowledgeBase.search",
        "KnowledgeBase.search(limit=)",
        "KnowledgeBase.search(self, query)",
        "history.diff(old, new)",
        "salvage-kb diff",
        "salvage-kb diff --markdown",
        "vocabulary.Aspect",
    } <= set(release.public_names())
    assert not {
        "KnowledgeBase.table",
        "Condition.link_fields",
    } & set(release.public_names())


def test_what_can_be_imported_is_in_the_reference():
    """Each name that the package offers is promised, or it is not offered."""
    offered = set(salvage_kb.__all__) - {"__version__"}

    assert set() == offered - set(release.public_names())


def test_files_that_are_not_as_the_manifest_says(tmp_path):
    """Half-finished edits are not released."""
    root = tree(tmp_path)
    file = root / release.DATA / "topics/prognosis.json"
    file.write_text(file.read_text().replace("Outlook", "Out look"))
    found = list(release.faults(root, "1.1.0", DAY))

    assert found[0].startswith("topics/prognosis.json: $: ")


@pytest.fixture(name="repository", scope="module")
def _repository(tmp_path_factory):
    """Give a copy of the files that git knows, in a repository of its own."""
    root = tmp_path_factory.mktemp("repository")
    names = subprocess.check_output(
        ["git", "ls-files"], cwd=ROOT, text=True
    ).splitlines()
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, path)
    subprocess.check_call(["git", "init", "-q"], cwd=root)
    subprocess.check_call(["git", "add", "."], cwd=root)
    return root


def test_two_builds_are_the_same(repository, tmp_path):
    """Two builds in two folders are the same, byte by byte."""
    one, two = tmp_path / "one", tmp_path / "two"
    hashes = [
        hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in (one, two)
        for path in release.build(repository, folder)
    ]

    assert hashes[:2] == hashes[2:]
    assert [".gz", ".whl"] == sorted(path.suffix for path in one.iterdir())


def test_what_is_built_is_what_was_released(repository, tmp_path):
    """Nothing is built that is not, to the letter, what its number says."""
    root = shutil.copytree(repository, tmp_path / "root")
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.check_call([*git, "commit", "-qm", "all"], cwd=root)
    bundle = root / f"releases/{kb.content_version}.json"
    bundle.write_text(dump(kb.to_bundle()), encoding="utf-8")
    subprocess.check_call(
        [*git, "commit", "-qam", "released", "--allow-empty"], cwd=root
    )
    assert [] == list(release.unlike_the_release(root))

    file = root / release.DATA / "topics/prognosis.json"
    file.write_text(file.read_text().replace("Outlook", "Out look"))
    name = file.relative_to(root).as_posix()
    assert [
        f"{name}: is not committed",
        "topics/prognosis.json: $: differs from the manifest: "
        "restore it, or run fmt",
        f"releases/{kb.content_version}.json: is not this content: "
        "prepare first",
    ] == list(release.unlike_the_release(root))


def test_preparing_a_release(repository, tmp_path):
    """Version, bundle, names, recalls and changelog are written down."""
    root = shutil.copytree(repository, tmp_path / "root")
    file = root / "changelog.d/rehearsal.added.md"
    file.parent.mkdir(exist_ok=True)
    file.write_text("Something new.\n")
    release.prepare(root, "999.0.0", DAY)

    bundle = root / "releases/999.0.0.json"
    assert "999.0.0" == KnowledgeBase.load(bundle).content_version
    assert "999.0.0" == (
        KnowledgeBase.load(root / release.DATA).content_version
    )
    assert '__version__ = "999.0.0"\n' in (
        (root / "src/salvage_kb/__init__.py").read_text()
    )
    recalls = json.loads((root / "releases/recalls.json").read_bytes())
    assert {"content_version": "999.0.0", "recalls": []} == recalls
    changes = (root / "CHANGELOG.md").read_text()
    assert "## 999.0.0 (2026-11-01)\n" in changes
    assert "- Something new.\n" in changes
    assert not file.exists()


@pytest.mark.parametrize("new", VERSIONS[1:], ids=lambda path: path.stem)
def test_wheels_differ_as_the_changelog_says(repository, tmp_path, new):
    """Wheels of two releases, installed apart, differ as was written down."""
    old = VERSIONS[VERSIONS.index(new) - 1]
    places = [_installed(repository, tmp_path, path) for path in (old, new)]
    told = subprocess.check_output(
        [sys.executable, "-m", "salvage_kb", "diff", *places, "--markdown"],
        text=True,
    )

    changes = (ROOT / "CHANGELOG.md").read_text()
    _, _, section = changes.partition(f"\n## {new.stem} (")
    section, _, _ = section.partition("\n## ")
    assert section.endswith(f"\n\n{told.strip() or 'Nothing differs.'}\n")


def _installed(repository, folder, bundle):
    """Build a wheel with earlier content; install it into a target folder."""
    root = shutil.copytree(repository, folder / f"source-{bundle.stem}")
    shutil.rmtree(root / release.DATA)
    release.unpack(bundle, root / release.DATA)
    release.replace(
        root / "src/salvage_kb/__init__.py",
        r'__version__ = ".*"',
        f'__version__ = "{bundle.stem}"',
    )
    subprocess.check_call(["git", "add", "-A"], cwd=root)
    (wheel,) = (
        path
        for path in release.build_once(root, folder / bundle.stem)
        if path.suffix == ".whl"
    )
    target = folder / f"target-{bundle.stem}"
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps"]
    subprocess.check_call([*pip, "--no-index", "--target", target, wheel])
    return str(target / "salvage_kb/data")
