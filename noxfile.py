"""Run what is too slow, or too rare, for every change."""

import shutil

import nox

nox.options.sessions = []


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


@nox.session
def release(session: nox.Session) -> None:
    """Check and write down a release (-- 1.0.0), or build what was."""
    session.install("-e", ".[cli,l10n]", "--group", "release")
    command = ["prepare", *session.posargs] if session.posargs else ["build"]
    session.run("python", "tools/release.py", *command)
