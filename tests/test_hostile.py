"""What nobody should have to read: one typed error, in time and memory."""

import importlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import hostile
import pytest

from salvage_kb import (
    ContentError,
    KnowledgeBase,
    LocaleError,
    kb,
)
from salvage_kb.reading import Reader, enough_memory

FUZZ = Path(__file__).parents[1] / "fuzz"
LINKER = kb.linker()


def tried(calls):
    """Try calls in one process of their own, and give what they came to."""
    done = subprocess.run(
        [sys.executable, hostile.__file__],
        input=json.dumps([[name, *map(str, rest)] for name, *rest in calls]),
        capture_output=True,
        check=False,
        text=True,
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert (0, "", len(calls)) == (done.returncode, done.stderr, len(found))
    return found


def made(table, folder):
    """Make the inputs of a table; give their names, paths and errors."""
    for index, (name, (make, expected)) in enumerate(table.items()):
        yield name, make(folder / f"input{index}"), expected


def lies(found, kind, expected):
    """Tell what is not as it should be."""
    return not isinstance(found, list) or (
        found[0] != kind or expected not in found[1]
    )


@pytest.mark.parametrize(
    ("table", "call", "command"),
    [
        ("ZIPS", "load", ["validate"]),
        ("JSON", "load", ["validate"]),
        ("FOLDERS", "load", ["validate"]),
        ("OVERLAYS", "overlay", ["--overlay"]),
    ],
)
def test_hostile_content(tmp_path, table, call, command):
    """Each is refused with what is wrong where, by call and by command."""
    rows = list(made(getattr(hostile, table), tmp_path))
    is_answer = command == ["validate"]
    after = [] if is_answer else ["list", "conditions"]
    calls = [[call, path] for _, path, _ in rows]
    calls += [["cli", *command, path, *after] for _, path, _ in rows]
    found = tried(calls)
    told = zip(rows, found[: len(rows)], found[len(rows) :], strict=True)

    assert [] == [
        (name, one, other)
        for (name, path, expected), one, other in told
        if lies(one, "ContentError", expected)
        or lies(other, 1 if is_answer and is_there(path) else 2, expected)
    ]


def is_there(path):
    """Tell what can be content, right or wrong."""
    return path.is_file() or path.is_dir()


@pytest.mark.parametrize("name", hostile.LARGE)
def test_large_content(tmp_path, name):
    """Nothing takes more time or memory than there is, however large."""
    make, expected = hostile.LARGE[name]
    path = make(tmp_path / "large.json")
    (found,) = tried([["load", path]])
    path.unlink()

    assert not lies(found, "ContentError", expected)


def test_hostile_packs(tmp_path):
    """Translations are refused as content is."""
    rows = list(made(hostile.PACKS, tmp_path))
    calls = [["with_locale", path] for _, path, _ in rows]
    calls += [
        ["cli", "--pack", "fy", path, "list", "conditions"]
        for _, path, _ in rows
    ]
    found = tried(calls)
    told = zip(rows, found[: len(rows)], found[len(rows) :], strict=True)

    assert [] == [
        (name, one, other)
        for (name, _, expected), one, other in told
        if lies(one, "ContentError", expected) or lies(other, 2, expected)
    ]


def test_hostile_po_files(tmp_path):
    """No PO file brings in what content may not hold."""
    content = shutil.copytree(
        Path(hostile.__file__).parents[1] / "src/salvage_kb/data",
        tmp_path / "content",
    )
    before = [it.read_bytes() for it in sorted(content.rglob("*.json"))]
    calls, rows = [], []
    for index, (name, (text, expected)) in enumerate(hostile.PO.items()):
        path = tmp_path / f"{index}.po"
        path.write_text(text, encoding="utf-8")
        command = ["--content", content, "l10n", "import", "es", path]
        calls += [["import_po", path], ["cli", *command]]
        rows += [(name, "ContentError", expected), (name, 2, expected)]
    found = tried(calls)

    assert [] == [
        (name, one)
        for (name, kind, expected), one in zip(rows, found, strict=True)
        if lies(one, kind, expected)
    ]
    assert before == [
        it.read_bytes() for it in sorted(content.rglob("*.json"))
    ]


@pytest.mark.parametrize(
    ("command", "table"),
    [
        (["check-refs"], hostile.REFS),
        (["recall-check", "--file"], hostile.RECALLS),
    ],
)
def test_hostile_refs(tmp_path, command, table):
    """Files of references and recalls end with one line that says why."""
    calls = []
    for index, (data, _) in enumerate(table.values()):
        path = tmp_path / f"{index}.json"
        path.write_bytes(data)
        calls.append(["cli", *command, path])
    found = tried(calls)

    assert [] == [
        (name, one)
        for (name, (_, expected)), one in zip(
            table.items(), found, strict=True
        )
        if lies(one, 1 if name in hostile.ANSWERED else 2, expected)
        or "\x1b" in one[1]
    ]


@pytest.mark.parametrize(
    "command",
    [
        ["check-refs"],
        ["recall-check", "--file"],
        ["l10n", "import", "es", "--to", "out"],
    ],
)
def test_devices(tmp_path, command):
    """No command waits for a pipe, or reads a device for ever."""
    path = hostile.pipe(tmp_path / "pipe")
    found = tried(
        [["cli", *command, it] for it in (path, "/dev/zero", tmp_path)]
    )

    assert [[2, True]] * 3 == [
        [code, "is no file" in told] for code, told in found
    ]


def test_paths_inside_po_files(tmp_path, monkeypatch):
    """A text is never taken for the path of another file."""
    (tmp_path / "a\n# ").write_text("", encoding="utf-8")
    (tmp_path / "a\n").write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.po").write_text("a", encoding="utf-8")
    (found,) = hostile_calls([["import_po", "in.po"]])

    assert "Syntax error in po file (line 1)" in found[1]


def hostile_calls(calls):
    """Try calls in this process."""
    return [hostile.outcome(*call) for call in calls]


def test_the_last_entry_of_a_po_file(tmp_path):
    """An empty comment at the end takes no translation with it."""
    path = tmp_path / "a.po"
    path.write_text(
        'msgid ""\nmsgstr "Language: es\\n"\n\n'
        'msgctxt "conditions/hiv#name"\nmsgid "HIV"\nmsgstr "V"\n#:\n',
        encoding="utf-8",
    )

    assert [False] == hostile_calls([["import_po", path]])


HEADERS = {
    "a" * 10**6: "has more than 1000 characters",
    "," * 51: "has more than 50 items",
}
HARMLESS = [
    "",
    "\0",
    "\ud800",
    ";" * 1000,
    "-" * 1000,
    "*," * 49,
    "es;q=" + "9" * 900,
    "zh-Xes-MX0",
    "x-" + "a-" * 400,
    "i-klingon, sgn-BE-FR, art-lojban, mul, und, zxx",
    "\N{ARABIC-INDIC DIGIT ONE}" * 1000,
    "../../etc/passwd",
    "es\r\nSet-Cookie: x",
]


@pytest.mark.parametrize(("header", "reason"), HEADERS.items())
def test_headers_that_are_too_much(header, reason):
    """A header that nobody sends is refused before it is read."""
    with pytest.raises(LocaleError) as caught:
        kb.negotiate(header)

    assert reason == caught.value.reason


@pytest.mark.parametrize("header", HARMLESS)
def test_headers_that_say_nothing(header):
    """What is no language says nothing: the base language stays."""
    assert kb.locale == kb.negotiate(header)


@pytest.mark.parametrize("wrong", [5, b"es", [None], [b"es"], object()])
def test_headers_of_another_type(wrong):
    """What is no text is the caller's mistake."""
    with pytest.raises(TypeError):
        kb.negotiate(wrong)


@pytest.mark.parametrize("tag", HARMLESS[:7])
def test_tags(tag):
    """What is no tag is told as such, whatever it is."""
    with pytest.raises(LocaleError):
        kb.localized(tag)


def test_tags_that_are_none_once_renewed():
    """The one form of a tag is a tag."""
    with pytest.raises(LocaleError):
        kb.localized("zh-Xes-MX0")


QUERIES = [
    "x" * 10**6,
    "hair loss " * 10**5,
    "\u0301" * 10**6,
    "\ufdfa" * 10**6,
    "肺" * 10**6,
    "\ud800",
    "\0",
    "a\u202eb",
    ".*+?(){}[]\\|^$",
    "' OR 1=1 --",
]


@pytest.mark.parametrize("query", QUERIES, ids=ascii)
@pytest.mark.parametrize("tag", ["en", "zh-Hans", "ar"])
def test_queries(query, tag):
    """A query finds records or nothing, in any language."""
    for hit in kb.localized(tag).search(query, limit=3):
        assert (
            hit.record
            in kb.localized(tag).table(hit.record.record_kind).values()
        )


@pytest.mark.parametrize("wrong", [None, 5, b"hair", ["hair"]])
def test_queries_of_another_type(wrong):
    """What is no text is the caller's mistake."""
    for ask in (kb.search, LINKER.find, lambda it: LINKER.link_html(it, str)):
        with pytest.raises(TypeError):
            ask(wrong)


MANY = 20_000
PAGES = [
    "<" * MANY,
    "<a " * MANY + ">",
    "<!--" * MANY + ">",
    "<![CDATA[" * MANY + ">",
    "<?" * MANY + ">",
    "<!" * MANY + ">",
    "</" * MANY + ">",
    "</a " * MANY + ">",
    "&" * MANY,
    "&#" * MANY + ">",
    "<a " + "a='" * MANY + ">",
    "<p " + "b=1 " * MANY + ">",
    "<p" + " =" * MANY + ">",
    "<p" + "/" * MANY + ">",
    "<p>" * MANY + "x",
    "<b>" * MANY + "</b>" * MANY,
    "<code><a>" * MANY + "</p>" * MANY,
    "<script>" + "</" * MANY,
    "<script>" * MANY,
    "<textarea>" + "</textare" * MANY + ">",
    "<svg>" + "<![CDATA[" * MANY + "]]>" * MANY,
    "HIV " * MANY,
    "x" * 10**6,
    "a\u0301" * 10**5,
    "HIV" + "\u200b" * 10**5 + "HIV",
    "HIV" + " " * 10**5 + "x",
    "\ud800",
    "\0",
]


@pytest.mark.parametrize("page", PAGES, ids=lambda it: f"{it[:12]!a}")
def test_pages_take_no_time(page):
    """However odd HTML is, links are all that changes, and it ends."""
    linked = LINKER.link_html(page, lambda it: it.id)
    before = '<a href="hiv" data-salvage-kb>HIV</a>'

    assert page == linked.replace(before, "HIV")


ODD = {
    "<![if HIV]>HIV<![endif]>": "<![if HIV]>[HIV]<![endif]>",
    "<![x": "<![x",
    "<!>HIV": "<!>[HIV]",
    "<svg><![CDATA[></svg>HIV]]></svg>HIV": (
        "<svg><![CDATA[></svg>HIV]]></svg>[HIV]"
    ),
    "<svg><![CDATA[></svg>HIV": "<svg><![CDATA[></svg>HIV",
    '<b title="a>HIV': '<b title="a>HIV',
    '<b title="a> > HIV': '<b title="a> > HIV',
    "<b title='\">HIV'>HIV": "<b title='\">HIV'>[HIV]",
    "<b title = HIV>HIV": "<b title = HIV>[HIV]",
    "</p title='>HIV'>HIV": "</p title='>HIV'>[HIV]",
    "</p title='>HIV": "</p title='>HIV",
    "<script></b></script>HIV": "<script></b></script>[HIV]",
    "</>HIV": "</>[HIV]",
    "</ HIV>HIV": "</ HIV>[HIV]",
}


@pytest.mark.parametrize(("page", "expected"), ODD.items())
def test_pages_are_read_as_browsers_do(page, expected):
    """No link stands in what browsers read as a tag or a comment."""
    linked = LINKER.link_html(page, lambda it: it.id, first_only=False)

    link = '<a href="hiv" data-salvage-kb>HIV</a>'
    assert expected.replace("[HIV]", link) == linked


def corpus():
    """Go through the inputs that fuzzing began with, and what it found."""
    for folder in sorted((FUZZ / "corpus").iterdir()):
        for path in sorted(folder.iterdir()):
            yield pytest.param(
                folder.name, path, id=f"{folder.name}-{path.name}"
            )


@pytest.fixture(name="targets", scope="module")
def _targets():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(FUZZ)
        names = [it.name for it in (FUZZ / "corpus").iterdir()]
        yield {name: importlib.import_module(name) for name in names}


@pytest.mark.parametrize(("target", "path"), [*corpus()])
def test_what_fuzzing_found(targets, target, path):
    """Each input that ever mattered passes its target."""
    targets[target].check(path.read_bytes())


def test_memory_runs_out(tmp_path, monkeypatch):
    """Too little memory is told as what it is, for a file and for all."""

    def fail(_):
        raise MemoryError

    hostile.folder(tmp_path / "a")
    monkeypatch.setattr("salvage_kb.reading.parse", fail)
    found = Reader().read(tmp_path / "a/manifest.json")
    with pytest.raises(ContentError) as caught, enough_memory("here"):
        fail(None)

    message = "needs more memory than there is: load less at once"
    assert message == str(found)
    assert [("here", "$", message)] == [*map(tuple, caught.value.problems)]


def test_what_is_as_large_as_may_be(tmp_path):
    """The limits leave room for a hundred thousand records in a folder."""
    path = hostile.folder(tmp_path / "a")
    name = "x" * (2 * hostile.MIB)
    row = hostile.TOPIC | {"name": name}
    (path / "topics/t.json").write_bytes(hostile.text(row))

    assert name == KnowledgeBase.load(path).topics["t"].name


HERE = [
    ("ZIPS", "ratio"),
    ("ZIPS", "one_large_file"),
    ("ZIPS", "many_entries"),
    ("ZIPS", "duplicate"),
    ("ZIPS", "bzip2"),
    ("ZIPS", "absolute"),
    ("FOLDERS", "pipe_as_manifest"),
    ("JSON", "way out of a pack"),
    ("LARGE", "some_rows"),
    ("LARGE", "many_rows"),
    ("LARGE", "many_keys"),
    ("LARGE", "many_fields"),
    ("LARGE", "many_wrong_items"),
]


@pytest.mark.parametrize(("table", "name"), HERE)
def test_hostile_content_in_this_process(tmp_path, table, name):
    """What is refused apart is refused here, by the same error."""
    make, expected = getattr(hostile, table)[name]
    path = make(tmp_path / "large.json")
    with pytest.raises(ContentError) as caught:
        hostile.CALLS["load"](path)

    assert expected in str(caught.value)


def test_a_recall_said_twice(tmp_path):
    """What JSON says twice is refused in this process too."""
    path = tmp_path / "recalls.json"
    path.write_bytes(hostile.RECALLS["twice"][0])
    code, told = hostile.CALLS["cli"]("recall-check", "--file", path)

    assert (2, True) == (code, hostile.RECALLS["twice"][1] in told)
