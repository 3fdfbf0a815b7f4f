"""Name the content folder and its files, and run Python apart."""

import subprocess
import sys
from pathlib import Path

import salvage_kb

DATA = Path(salvage_kb.__file__).parent / "data"
#: The files of the content, without the schemas, as paths below `DATA`.
FILES = sorted(
    path.relative_to(DATA).as_posix()
    for path in DATA.rglob("*.json")
    if path.parent.name != "schemas"
)


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
