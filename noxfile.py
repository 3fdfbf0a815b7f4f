"""Run what is too slow, or too rare, for every change."""

import shutil
from pathlib import Path

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
