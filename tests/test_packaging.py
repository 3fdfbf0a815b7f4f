"""The package as others get it: a wheel, a zip, a place that is odd."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from helpers import DATA, FILES, LOCALE_FILES, run_python

import salvage_kb
from salvage_kb import KnowledgeBase, kb

ROOT = Path(__file__).parents[1]
PACKAGE = DATA.parent
ASK = "from salvage_kb import conditions, kb; print(conditions['hiv'].name)"


@pytest.fixture(name="wheel", scope="session")
def _wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "hatchling",
            "build",
            "-t",
            "wheel",
            "-d",
            str(folder),
        ],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(name="fresh", scope="session")
def _fresh(wheel, tmp_path_factory):
    """Give a Python that has the wheel and PyInstaller, and no repository."""
    folder = tmp_path_factory.mktemp("fresh")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / ("Scripts" if sys.platform == "win32" else "bin")
    python /= "python"
    subprocess.run(
        [python, "-m", "pip", "install", "-q", wheel, "pyinstaller>=6.10"],
        check=True,
        capture_output=True,
    )
    return python


def test_a_fresh_environment(fresh, tmp_path):
    """An installed wheel needs nothing of the repository."""
    code = f"{ASK}; import salvage_kb; print(salvage_kb.__file__)"
    done = subprocess.run(
        [fresh, "-W", "error", "-c", code],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    name, file = done.stdout.splitlines()

    assert ("HIV", "") == (name, done.stderr)
    assert fresh.parents[1] in Path(file).parents


def test_a_frozen_program(fresh, tmp_path):
    """PyInstaller makes a program of it that needs no Python."""
    script = tmp_path / "ask.py"
    script.write_text(f"{ASK}; print(kb.localized('es').search('pelo')[0][0])")
    options = ["--collect-data", "salvage_kb", "--log-level", "ERROR"]
    subprocess.run(
        [fresh, "-m", "PyInstaller", *options, script],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    told = subprocess.check_output(
        [tmp_path / "dist/ask/ask"], env={}, text=True
    )

    assert [
        "HIV",
        "SideEffect(id='hair-loss', name='Caída del cabello')",
    ] == told.splitlines()


def test_wheel(wheel):
    """A wheel has the data, the marker for types and all licenses."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())

    wanted = {f"salvage_kb/data/{file}" for file in [*FILES, *LOCALE_FILES]}
    wanted |= {"salvage_kb/py.typed"}
    info = f"salvage_kb-{salvage_kb.__version__}.dist-info"
    for name in ("LICENSE", "LICENSE-CONTENT", "THIRD_PARTY_NOTICES"):
        wanted.add(f"{info}/licenses/{name}")
    assert wanted <= names
    assert all(name.startswith("salvage_kb") for name in names)


def test_the_wheel_is_small(wheel):
    """All languages together stay under a megabyte."""
    assert wheel.stat().st_size < 1_000_000


def test_import_from_a_wheel_that_is_still_a_zip(wheel, tmp_path):
    """The package works when it is imported from a zip file."""
    code = f"import sys; sys.path.insert(0, {str(wheel)!r}); {ASK}"
    code += "; import salvage_kb; print(salvage_kb.__file__)"
    name, file = run_python(code, cwd=tmp_path).splitlines()

    assert "HIV" == name
    assert Path(file).parts[-3:-2] == (wheel.name,)


def test_a_wheel_is_content(wheel):
    """The content of a wheel can be loaded without installing it."""
    assert kb.digest == KnowledgeBase.load(wheel).digest


def test_fmt_in_a_zip(wheel):
    """Where the content is no folder, ``fmt`` says that it needs one."""
    code = f"import sys; sys.path.insert(0, {str(wheel)!r})"
    code += "; sys.argv = ['salvage-kb', 'fmt']"
    code += "; from salvage_kb.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=False,
        text=True,
    )

    assert 2 == done.returncode
    assert "is no folder: name one" in done.stderr


@pytest.mark.parametrize("options", [["-OO"], ["-I"], ["-X", "dev"]])
def test_odd_ways_to_start(options):
    """Optimised, isolated and in development mode it answers the same."""
    assert "HIV" == run_python(ASK, *options)


def test_no_environment(tmp_path):
    """It needs no home folder, no locale and no variables."""
    assert "HIV" == run_python(ASK, env={"LANG": "C"}, cwd=tmp_path)
