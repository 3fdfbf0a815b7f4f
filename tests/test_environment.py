"""Where the library runs: threads, processes, options, odd machines."""

import ast
import json
import multiprocessing
import pickle
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from helpers import DATA, run_python

from salvage_kb import kb

ROOT = Path(__file__).parents[1]
PACKAGE = DATA.parent

#: Use much of the library, and print a digest of what it gave.
USE = """
import datetime, hashlib, json, pickle, sys
from salvage_kb import KnowledgeBase, conditions, kb
from salvage_kb.export import export
from salvage_kb.history import diff
said = []
for tag in ('en', 'es', 'ar'):
    view = kb.localized(tag)
    said += [str(it) for it in view.statements]
    said += [str(it) for it in view.search(view.conditions['hiv'].name)]
    said.append(view.linker().link_html('<p>HIV, COPD', lambda it: it.id))
said.append(kb.negotiate('es-MX,fr;q=0.5'))
said.append(str(kb.reviewed(on=datetime.date(2026, 11, 1)).digest))
said.append(str(KnowledgeBase.from_bundle(kb.to_bundle()).digest))
said.append(str(diff(kb, kb)))
said.append(str(kb.verify()))
said.append(str(pickle.loads(pickle.dumps(conditions['hiv'])) is conditions['hiv']))
for format in ('bundle', 'csv', 'jsonld', 'html', 'fhir'):
    for file in export(kb, format, ('en',)):
        said.append(hashlib.sha256(file.data).hexdigest())
print(hashlib.sha256(json.dumps(said).encode()).hexdigest())
"""


def used(*options, before="", **more):
    """Give the digest of what much of the library gives."""
    return run_python(f"{before}\n{USE}", *options, **more)


@pytest.fixture(name="expected", scope="module")
def _expected():
    return used()


THREADS = """
import collections, sys, threading
opened = collections.Counter()
def note(event, arguments):
    if event == 'open' and str(arguments[0]).endswith('.json'):
        opened[str(arguments[0])] += 1
sys.addaudithook(note)
import salvage_kb
from salvage_kb import conditions, kb
found, barrier = [], threading.Barrier(32)
def touch(number):
    barrier.wait()
    view = kb.localized(('es', 'de')[number % 2])
    found.append((conditions['hiv'], kb.linker(), number % 2, view,
                  view.conditions['hiv'], kb.search('hiv')[0].record))
threads = [threading.Thread(target=touch, args=(n,)) for n in range(32)]
[it.start() for it in threads]
[it.join() for it in threads]
print(len(found), len({id(it[0]) for it in found}),
      len({(it[2], id(it[3])) for it in found}),
      len({(it[2], id(it[4])) for it in found}),
      len({id(it[5]) for it in found}), max(opened.values()))
"""


def test_many_threads_at_first_touch():
    """All get the same records and views, and no file is read twice."""
    assert "32 1 2 2 1 1" == run_python(THREADS)


def _in_a_child(sent, pipe):
    record = pickle.loads(sent)
    pipe.send(
        (record is kb.conditions["hiv"], kb.digest, len(kb.search("hiv")))
    )


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_processes(method):
    """A new process reads the same, and takes records over as its own."""
    context = multiprocessing.get_context(method)
    here, there = context.Pipe()
    sent = pickle.dumps(kb.conditions["hiv"])
    child = context.Process(target=_in_a_child, args=(sent, there))
    child.start()
    found = here.recv()
    child.join()

    assert (True, kb.digest, len(kb.search("hiv"))) == found


FORK = """
import os, sys
from salvage_kb import conditions, kb
if {loaded}:
    conditions['hiv'], kb.localized('es').conditions['hiv']
child = os.fork()
name = kb.localized('es').conditions['hiv'].name
if child == 0:
    os._exit(0 if name == 'VIH' and conditions['hiv'].modalities else 1)
print(name, os.waitpid(child, 0)[1])
"""


@pytest.mark.parametrize("loaded", [True, False])
def test_forks(loaded):
    """A fork goes on with what was read, or reads it itself."""
    assert "VIH 0" == run_python(FORK.format(loaded=loaded))


@pytest.mark.parametrize(
    "options",
    [["-OO"], ["-X", "dev"], ["-I"], ["-B"], ["-s", "-E"], ["-bb"]],
    ids=" ".join,
)
def test_options_change_nothing(expected, options):
    """Python's options change nothing of what is said; nothing warns."""
    assert expected == used(*options)


@pytest.mark.parametrize(
    "env",
    [
        {},
        {"LANG": "C"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "POSIX", "PYTHONIOENCODING": "ascii"},
        {"LANG": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati"},
        {"HOME": "/nonexistent", "TMPDIR": "/nonexistent"},
        {"PYTHONHASHSEED": "7"},
    ],
    ids=lambda env: " ".join(env) or "nothing",
)
def test_no_environment_changes_anything(expected, env, tmp_path):
    """It asks neither for a home, nor for a locale, nor for a time zone."""
    assert expected == used(env=env, cwd=tmp_path)


@pytest.mark.parametrize("locale", ["C", "POSIX"])
def test_the_command_line_in_ascii(locale):
    """A terminal that takes ASCII only gets an answer, and no traceback."""
    env = {"LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-m", "salvage_kb", "--lang", "zh-Hans"]
    done = subprocess.run(
        [*command, "show", "condition", "hiv"],
        capture_output=True,
        check=False,
        env=env,
    )

    assert (0, b"") == (done.returncode, done.stderr)
    assert b"hiv" in done.stdout.lower() or b"\\u" in done.stdout


READ_ONLY = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
"""


def test_no_disk_to_write_on(expected, tmp_path):
    """A file system that takes no byte is enough."""
    tmp_path.chmod(0o500)

    assert expected == used("-B", before=READ_ONLY, cwd=tmp_path)


BAD = "raise SystemExit('the current folder was imported')"


def test_a_hostile_current_folder(expected, tmp_path):
    """Nothing is taken from the folder that somebody happens to be in."""
    names = ["json", "attrs", "attr", "langcodes", "salvage_kb", "click"]
    names += ["typing", "zipfile", "polib", "sitecustomize"]
    for name in names:
        (tmp_path / f"{name}.py").write_text(BAD)
    for name in ["manifest.json", "data/manifest.json", "salvage_kb.toml"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("{")
    script = Path(sys.executable).with_name("salvage-kb")
    done = subprocess.run(
        [script, "show", "condition", "hiv", "--json"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        text=True,
    )

    assert expected == used("-P", cwd=tmp_path)
    assert (0, "") == (done.returncode, done.stderr)
    assert (
        kb.conditions["hiv"].name == json.loads(done.stdout)["record"]["name"]
    )


GUARD = """
import os, sys
def refuse(event, arguments):
    if event.startswith(('socket.', 'subprocess.', 'os.system', 'os.exec',
            'os.posix_spawn', 'os.fork', 'os.remove', 'os.rename', 'os.mkdir',
            'os.rmdir', 'os.link', 'os.symlink', 'os.truncate', 'os.chmod',
            'shutil.', 'tempfile.', 'urllib.', 'http.', 'ftplib.',
            'smtplib.', 'webbrowser.')):
        raise SystemExit(f'{event} {arguments}')
    if event == 'open':
        path, mode, flags = arguments
        writes = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT
        if (mode and set(mode) & set('wax+')) or (flags or 0) & writes:
            raise SystemExit(f'{event} {arguments}')
sys.addaudithook(refuse)
"""
COMMANDS = """
from salvage_kb import kb
from salvage_kb.export import FORMATS, export
for format in FORMATS:
    if format not in ('parquet', 'sqlite'):
        list(export(kb, format, ('en', 'es')))
from click.testing import CliRunner
from salvage_kb.cli import cli
for command in (
    ['list', 'conditions'], ['show', 'condition', 'hiv'], ['search', 'hair'],
    ['validate'], ['verify'], ['fmt', '--check'], ['review', 'status'],
    ['recall-check'], ['l10n', 'status'], ['l10n', 'check', 'es'],
    ['l10n', 'export', 'es'], ['--lang', 'ar', 'show', 'condition', 'hiv'],
):
    done = CliRunner().invoke(cli, command)
    assert done.exit_code in (0, 1), (command, done.output)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
"""


def test_nothing_is_written_or_sent(expected):
    """It opens no socket, starts no program and writes no file unasked."""
    assert expected == used("-B", before=GUARD)
    assert "" == run_python(GUARD + COMMANDS, "-B")


@pytest.mark.parametrize(
    ("deed", "event"),
    [
        ("import socket; socket.socket()", "socket."),
        ("open('x', 'w')", "open"),
        ("os.mkdir('x')", "os.mkdir"),
        ("os.system('true')", "os.system"),
    ],
)
def test_the_guard_can_fail(tmp_path, deed, event):
    """What the test above refuses is seen where it happens."""
    done = subprocess.run(
        [sys.executable, "-B", "-c", f"{GUARD}\n{deed}"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        text=True,
    )

    assert (1, True) == (done.returncode, done.stderr.startswith(event))
    assert [] == list(tmp_path.iterdir())


def imported(files):
    """List the top names that files import, wherever they do it."""
    names = set()
    for path in files:
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                names |= {it.name.partition(".")[0] for it in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names.add(node.module.partition(".")[0])
    return names - set(sys.stdlib_module_names) - {"salvage_kb"}


def declared():
    """Give the distributions that the project asks for, by extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = {"": project["dependencies"]} | project["optional-dependencies"]
    return {
        extra: {re.match(r"[\w.-]+", it)[0] for it in wanted}
        for extra, wanted in asked.items()
    }


#: What imports each extra; all else has to do without.
ROOMS = {
    "cli": ["cli/*.py", "__main__.py", "terminal.py"],
    "l10n": ["l10n.py"],
    "arrow": ["integrations/arrow.py", "export/tables.py"],
    "django": ["integrations/django/**/*.py"],
    "jinja": ["integrations/jinja.py"],
    "pydantic": ["integrations/pydantic.py", "integrations/_pydantic_out.py"],
}


#: What comes with an extra, and with the tests that `testing` is for.
PULLED = {"markupsafe", "pydantic_core", "pytest"}


def test_every_dependency_is_used_and_declared():
    """What is asked for is imported, and what is imported is asked for."""
    wanted = declared()
    files = set(PACKAGE.rglob("*.py"))
    assert imported(files) - PULLED == {
        it for held in wanted.values() for it in held
    }
    assert wanted.keys() - {""} == ROOMS.keys()
    for extra, patterns in ROOMS.items():
        room = {it for pattern in patterns for it in PACKAGE.glob(pattern)}
        assert imported(room) >= wanted[extra]
        files -= room
    assert imported(files) - PULLED == wanted[""]


def test_no_code_is_made_of_data():
    """Neither ``eval`` nor ``exec``, pickles nor shells are in the package."""
    names = {
        (node.func.id if isinstance(node.func, ast.Name) else node.func.attr)
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, (ast.Name, ast.Attribute))
    }

    assert set() == names & {"eval", "exec", "system", "Popen", "urlopen"}
    assert not {"pickle", "marshal", "shelve", "subprocess", "socket"} & {
        name
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Import)
        for name in (it.name for it in node.names)
    }


def test_what_is_dropped_goes_away():
    """Whoever loads content again and again does not run out of memory."""
    code = """if True:
        import gc
        from salvage_kb import KnowledgeBase, kb
        bundle = kb.to_bundle()
        for _ in range(100):
            KnowledgeBase.from_bundle(bundle).search("hair")
        held = [it for it in gc.get_objects() if type(it) is KnowledgeBase]
        print(len(held) < 50)
    """

    assert "True" == run_python(code)
