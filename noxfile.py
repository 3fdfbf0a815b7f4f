"""Run what is too slow, or too rare, for every change."""

import nox

nox.options.sessions = []


@nox.session
def release(session: nox.Session) -> None:
    """Check and write down a release (-- 1.0.0), or build what was."""
    session.install("-e", ".[cli,l10n]", "--group", "release")
    command = ["prepare", *session.posargs] if session.posargs else ["build"]
    session.run("python", "tools/release.py", *command)
