"""Run what is too slow, or too rare, for every change."""

import nox

nox.options.sessions = []


@nox.session
def release(session: nox.Session) -> None:
    """Check, write down and build a release: nox -s release -- 1.0.0."""
    session.install("-e", ".[cli,l10n]", "--group", "release")
    if session.posargs:
        session.run("python", "tools/release.py", "prepare", *session.posargs)
    session.run("python", "tools/release.py", "build")
