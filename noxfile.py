"""Run what is too slow, or too rare, for every change."""

import shutil
from itertools import chain

import nox

nox.options.sessions = []
_PROJECT = nox.project.load_toml()
_PYTHONS = nox.project.python_versions(_PROJECT)


@nox.session
def nightly(session: nox.Session) -> None:
    """Run what takes long: a million texts in Spark and in one process."""
    if shutil.which("java") is None:
        session.run("apt-get", "update", "-q", external=True)
        session.run(
            "apt-get", "install", "-q", "-y", "default-jre-headless",
            external=True,
        )  # fmt: skip
    session.install("-e", ".[arrow]", "pandas>=2.2", "pyspark>=3.5")
    session.run("python", "benchmarks/spark.py", *session.posargs)


@nox.session(python=_PYTHONS)
@nox.parametrize("allowed", ["lowest", "newest"], ids=["lowest", "newest"])
def versions(session: nox.Session, allowed: str) -> None:
    """Run all tests with the lowest, or newest, dependencies allowed."""
    extras = ",".join(_PROJECT["project"]["optional-dependencies"])
    only = _lowest() if allowed == "lowest" else []
    session.install("-e", f".[{extras}]", "--group", "tests", *only)
    session.run("pytest", "-n", "auto", "--dist", "loadfile")


@nox.session
def release(session: nox.Session) -> None:
    """Check and write down a release (-- 1.0.0), or build what was."""
    session.install("-e", ".[cli,l10n]", "--group", "release")
    command = ["prepare", *session.posargs] if session.posargs else ["build"]
    session.run("python", "tools/release.py", *command)


def _lowest() -> list[str]:
    """Turn each lower bound of ours into the only version allowed."""
    extras = _PROJECT["project"]["optional-dependencies"].values()
    ours = [*_PROJECT["project"]["dependencies"], *chain(*extras)]
    return [requirement.replace(">=", "==", 1) for requirement in ours]
