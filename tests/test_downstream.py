"""A small project that pins a version, and goes to the next one."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from helpers import script

ROOT = Path(__file__).parents[1]
release = script(ROOT / "tools/release.py")
#: The last two releases of the content.
OLD, NEW = (path.stem for path in release.bundles(ROOT)[-2:])
FILES = (
    "README.md",
    "pyproject.toml",
    "LICENSE",
    "LICENSE-CONTENT",
    "THIRD_PARTY_NOTICES",
)
PROJECT = {
    "refs.json": '["conditions/hiv", "side_effects/hair-loss/cancer"]',
    "leaflet.py": """
from salvage_kb import kb


def leaflet(id, languages):
    view = kb.localized(kb.negotiate(languages))
    condition = view.conditions[id]
    told = [condition.name, *condition.statements, *condition.side_effects]
    told += [notice.text for notice in view.notices]
    return "\\n\\n".join(map(str, told))
""",
    "test_leaflet.py": """
import json
import unittest
from pathlib import Path

from leaflet import leaflet
from salvage_kb import Current, kb


class TestLeaflet(unittest.TestCase):
    def test_nothing_is_lost(self):
        es = kb.localized("es")
        page = leaflet("copd", "es-MX,es;q=0.9")
        for statement in es.conditions["copd"].statements:
            for caution in statement.cautions:
                self.assertIn(caution.text, page)
        for notice in es.notices:
            self.assertIn(notice.text, page)

    def test_references(self):
        refs = json.loads(Path("refs.json").read_text())
        for found in kb.check_refs(refs):
            self.assertIsInstance(found, Current)
""",
}
#: How the project runs its own tests, which say so on the error stream.
CHECK = "{} -W error -m unittest test_leaflet"


def call(*command, folder, **variables):
    """Run a program that has to succeed; give all that it says."""
    done = subprocess.run(
        [*map(str, command)],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder)} | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        text=True,
    )
    assert (0, done.stdout) == (done.returncode, done.stdout)
    return done.stdout


@pytest.fixture(name="wheels", scope="module")
def _wheels(tmp_path_factory):
    """Build a wheel with the content of each release, and today's code."""
    folder = tmp_path_factory.mktemp("wheels")
    for version in (OLD, NEW):
        tree = folder / version
        shutil.copytree(ROOT / "src", tree / "src")
        for name in FILES:
            shutil.copy(ROOT / name, tree)
        shutil.rmtree(tree / release.DATA)
        release.unpack(ROOT / f"releases/{version}.json", tree / release.DATA)
        release.replace(
            tree / "src/salvage_kb/__init__.py",
            '(?<=__version__ = ")[^"]*',
            version,
        )
        build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
        call(*build, "-d", folder, folder=tree)
    return folder


@pytest.fixture(name="project", scope="module")
def _project(tmp_path_factory):
    """Write a project that knows nothing of our repository."""
    folder = tmp_path_factory.mktemp("project")
    for name, text in PROJECT.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(name="python", scope="module")
def _python(tmp_path_factory):
    """Make an environment with nothing in it."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    return folder / "bin/python"


def wheel_of(wheels, version):
    """Find the wheel of a version."""
    (found,) = wheels.glob(f"salvage_kb-{version}-*.whl")
    return found


def pin(version):
    """Write the requirement of a project that pins the first two numbers."""
    return f"salvage-kb[cli]=={version.rpartition('.')[0]}.*"


def test_an_upgrade(wheels, python, project):
    """Each version passes, and the next one says what is different."""
    install = (python, "-m", "pip", "install", "-q", "--find-links", wheels)
    command = python.with_name("salvage-kb")
    for version in (OLD, NEW):
        call(*install, pin(version), folder=project)
        told = "import salvage_kb; print(salvage_kb.__version__)"

        assert f"{version}\n" == call(python, "-c", told, folder=project)
        assert "2 of 2 are current\n" == call(
            command, "check-refs", "refs.json", folder=project
        )
        assert "OK" in call(*CHECK.format(python).split(), folder=project)
    both = [wheel_of(wheels, version) for version in (OLD, NEW)]
    told = call(command, "diff", *both, folder=project)
    assert told.startswith(f"{OLD} -> {NEW}: ")


def test_an_upgrade_in_zips(wheels, python, project, tmp_path):
    """The same goes for wheels that nobody installed, and zipped content."""
    zips = []
    for version in (OLD, NEW):
        wheel = wheel_of(wheels, version)
        with zipfile.ZipFile(wheel) as whole:
            whole.extractall(tmp_path / version)
        data = tmp_path / version / "salvage_kb/data"
        zips.append(shutil.make_archive(str(data), "zip", data))

        def run(*words, wheel=wheel):
            return call(python, *words, folder=project, PYTHONPATH=str(wheel))

        told = "import salvage_kb; print(salvage_kb.__file__)"
        assert wheel.name in run("-c", told)
        ours = ("-m", "salvage_kb")
        assert "2 of 2 are current\n" == run(*ours, "check-refs", "refs.json")
        assert "OK" in run(*CHECK.split()[1:])
    told = run(*ours, "diff", *zips)
    assert told.startswith(f"{OLD} -> {NEW}: ")
