"""Run what is too slow, or too rare, for every change."""

import shutil
from itertools import chain
from pathlib import Path

import nox

nox.options.sessions = []
_PROJECT = nox.project.load_toml()
_PYTHONS = nox.project.python_versions(_PROJECT)


@nox.session
def nightly(session: nox.Session) -> None:
    """Run all that takes long."""
    session.notify("spark")
    session.notify("pages")
    session.notify("fuzz")
    session.notify("mutation")
    for python in _PYTHONS:
        for allowed in ("lowest", "newest"):
            session.notify(f"versions-{python}({allowed})")


@nox.session
def spark(session: nox.Session) -> None:
    """Find terms in a million texts, in Spark and in one process."""
    _have(session, "java", "default-jre-headless")
    session.install("-e", ".[arrow]", "pandas>=2.2", "pyspark>=3.5")
    session.run("python", "benchmarks/spark.py", *session.posargs)


@nox.session(python=_PYTHONS)
@nox.parametrize("allowed", ["lowest", "newest"], ids=["lowest", "newest"])
def versions(session: nox.Session, allowed: str) -> None:
    """Run all tests with the lowest, or newest, dependencies allowed."""
    extras = ",".join(_PROJECT["project"]["optional-dependencies"])
    only = _lowest() if allowed == "lowest" else []
    session.install("-e", f".[{extras}]", "--group", "tests", *only)
    session.run("pytest", "-n", "auto")


@nox.session
def pages(session: nox.Session) -> None:
    """Open all pages of the patient site in Chromium."""
    _have(session, "chromium", "chromium")
    session.install("-e", ".[jinja]", "--group", "browser")
    session.run("pytest", "browser_tests", "--all-pages", *session.posargs)


@nox.session
def pictures(session: nox.Session) -> None:
    """Take the pictures of the patient site that the documentation shows."""
    _have(session, "chromium", "chromium")
    session.install("-e", ".[jinja]", "--group", "browser")
    session.run("python", "browser_tests/pictures.py")


@nox.session
def release(session: nox.Session) -> None:
    """Check and write down a release (-- 1.0.0), or build what was."""
    extras = ",".join(_PROJECT["project"]["optional-dependencies"])
    session.install("-e", f".[{extras}]", "--group", "release")
    command = ["prepare", *session.posargs] if session.posargs else ["build"]
    session.run("python", "tools/release.py", *command)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Give each target what libFuzzer makes up (-- 60: for so long)."""
    session.install("-e", ".[l10n]", "--group", "fuzz")
    seconds, *targets = session.posargs or ["60"]
    for name in targets or ("codec", "negotiate", "po", "linker"):
        new = f"{session.create_tmp()}/{name}"
        Path(new).mkdir(exist_ok=True)
        options = [f"-max_total_time={seconds}", f"-artifact_prefix={new}-"]
        session.run("python", "fuzz/driver.py", name, new, *options)


@nox.session
def mutation(session: nox.Session) -> None:
    """Count which changes to the core the tests notice."""
    session.install("-e", ".[cli,l10n]", "--group", "mutation")
    session.run("python", "tools/mutation.py", *session.posargs)


def _have(session: nox.Session, program: str, package: str) -> None:
    """Install a program of Debian's where it is missing."""
    if shutil.which(program) is None:
        options = {"external": True}
        session.run("apt-get", "update", "-q", **options)
        session.run("apt-get", "install", "-q", "-y", package, **options)


def _lowest() -> list[str]:
    """Turn each lower bound of ours into the only version allowed."""
    extras = _PROJECT["project"]["optional-dependencies"].values()
    ours = [*_PROJECT["project"]["dependencies"], *chain(*extras)]
    return [requirement.replace(">=", "==", 1) for requirement in ours]
