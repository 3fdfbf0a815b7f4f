"""Run every code block of the README and the docs.

Python blocks run in order; a text block after one is what it prints. Console
blocks run `salvage-kb` and show what that prints. JSON blocks are JSON.
"""

import contextlib
import io
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from sybil import Sybil
from sybil.evaluators.python import PythonEvaluator
from sybil.parsers.markdown import CodeBlockParser

_python = PythonEvaluator()


def _run_python(example):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        _python(example)
    example.namespace["_printed"] = printed.getvalue()


def _compare(example):
    assert example.parsed.rstrip() == example.namespace["_printed"].rstrip()


def _run_console(example):
    prompt, _, expected = example.parsed.partition("\n")
    program, *arguments = shlex.split(prompt.removeprefix("$ "))
    assert program == "salvage-kb"
    done = subprocess.run(
        [sys.executable, "-m", "salvage_kb", *arguments],
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
        env=os.environ | {"COLUMNS": "80", "PYTHONUTF8": "1"},
    )
    found = (done.stdout + done.stderr).rstrip()
    expected, cut, _ = expected.partition("\n...\n")
    if cut:  # the rest does not matter
        found = found[: len(expected)]
    assert expected.rstrip() == found.rstrip()


def _parse_json(example):
    """Parse JSON and, where a comment before it names a file, write that."""
    json.loads(example.parsed)
    before = example.document.text[: example.start].rstrip().splitlines()
    if named := re.fullmatch(r"<!-- file: (\S+) -->", before[-1]):
        path = Path(named[1])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(example.parsed, encoding="utf-8")


def _enter(namespace):
    folder = namespace["_folder"] = tempfile.TemporaryDirectory()
    namespace["_back"] = Path.cwd()
    os.chdir(folder.name)


def _leave(namespace):
    os.chdir(namespace["_back"])
    namespace["_folder"].cleanup()


pytest_collect_file = Sybil(
    parsers=[
        CodeBlockParser(language="python", evaluator=_run_python),
        CodeBlockParser(language="text", evaluator=_compare),
        CodeBlockParser(language="console", evaluator=_run_console),
        CodeBlockParser(language="json", evaluator=_parse_json),
    ],
    patterns=["README.md", "docs/*.md"],
    setup=_enter,
    teardown=_leave,
).pytest()
