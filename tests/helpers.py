"""Name the content folder and its files, and run Python apart."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import salvage_kb

DATA = Path(salvage_kb.__file__).parent / "data"
#: All files of the content, as paths below `DATA`.
ALL = sorted(p.relative_to(DATA).as_posix() for p in DATA.rglob("*.json"))
#: The files of the base language, without the schemas, below `DATA`.
FILES = [n for n in ALL if not n.startswith(("schemas/", "locales/"))]
#: The files of all translations.
LOCALE_FILES = [name for name in ALL if name.startswith("locales/")]


def script(path):
    """Import a file that belongs to no package."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run_python(code, *options, **more):
    """Run code in a new process with warnings as errors; give its output."""
    done = subprocess.run(
        [sys.executable, *options, "-W", "error", "-c", code],
        capture_output=True,
        check=False,
        text=True,
        **more,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()
