"""Translators' files: nothing is lost, guessed, or called better than it is."""

import json
import re
import shutil
import sys

import click.testing
import polib
import pytest
from helpers import DATA
from hypothesis import given
from hypothesis import strategies as st
from test_loading import edit
from test_locales import ENGLISH, MILK, RISK

from salvage_kb import ContentError, KnowledgeBase, kb
from salvage_kb.authoring import dump, write_pack
from salvage_kb.cli import cli
from salvage_kb.l10n import check, export_po, import_po, status, texts
from salvage_kb.locales import Entry, Name, Pack
from salvage_kb.model import LocaleInfo, OwnSynonym, Translation
from salvage_kb.packs import pack_of

INFO = LocaleInfo(locale="pl", name="Polski", translated_by="a test")
NAME = "conditions/hiv#name"
WHOLE = "side_effects/dizziness/hiv"


def run(*arguments, code=0):
    """Run the command line; give what it prints."""
    runner = click.testing.CliRunner(env={"COLUMNS": "80"})
    done = runner.invoke(cli, [str(it) for it in arguments])
    assert code == done.exit_code, done.output
    return done.output


def pack(**found):
    """Make a pack from (text, status, source)s by key."""
    entries = {
        key: Entry(Translation(text=text, status=how, source=source), "pack")
        for key, (text, how, source) in found.items()
    }
    return Pack(INFO, entries)


def draft(key, text, how="draft"):
    """Make a pack with one text."""
    return pack(**{key: (text, how, ENGLISH[key])})


def po(data):
    """Read a PO file as a translator's program does, by key."""
    return {entry.msgctxt: entry for entry in polib.pofile(data)}


def test_every_text_is_exported():
    """Each text has its entry, with its key, the record and the words."""
    found = po(export_po(kb.content, Pack(INFO, {})))

    assert list(texts(kb.content)) == list(found)
    assert ENGLISH[MILK] == found[MILK].msgid
    assert "" == found[MILK].msgstr
    assert "condition: HIV" == found[MILK].comment
    assert not found[MILK].fuzzy
    assert not any(key.startswith("sources/") for key in found)


@pytest.mark.parametrize(
    ("how", "source", "fuzzy", "previous"),
    [
        ("draft", "HIV", True, None),
        ("translated", "HIV", False, None),
        ("reviewed", "HIV", False, None),
        ("draft", "AIDS", True, "AIDS"),
        ("reviewed", "AIDS", True, "AIDS"),
    ],
)
def test_what_is_fuzzy(how, source, fuzzy, previous):
    """Drafts and stale texts are fuzzy; these show what they translate."""
    mine = pack(**{NAME: ("Wirus", how, source)})
    exported = export_po(kb.content, mine)
    entry = po(exported)[NAME]

    assert ("Wirus", fuzzy, previous) == (
        entry.msgstr,
        entry.fuzzy,
        entry.previous_msgid,
    )
    again = import_po(kb.content, mine, exported, "x.po")
    assert mine.entries == again.entries
    assert exported == export_po(kb.content, again)


@pytest.mark.parametrize(
    ("change", "text", "how", "source"),
    [
        (lambda e: e.flags.remove("fuzzy"), "Wirus", "translated", "HIV"),
        (lambda e: setattr(e, "msgstr", "VIH"), "VIH", "draft", "HIV"),
        (lambda e: setattr(e, "msgstr", ""), "Wirus", "draft", "HIV"),
        (lambda e: setattr(e, "msgid", "Other"), "Wirus", "draft", "Other"),
        (lambda e: setattr(e, "msgstr", "e\u0301"), "é", "draft", "HIV"),
    ],
)
def test_import(change, text, how, source):
    """What a translator changes comes in, and only that."""
    mine = draft(NAME, "Wirus")
    file = polib.pofile(export_po(kb.content, mine))
    change(file.find(NAME, by="msgctxt"))
    found = import_po(kb.content, mine, str(file), "x.po").entries

    assert {NAME} == set(found)
    assert Translation(text=text, status=how, source=source) == (
        found[NAME].translation
    )


def test_a_changed_text_is_no_longer_reviewed():
    """Whoever reviewed a text did not review another one."""
    mine = draft(NAME, "Wirus", "reviewed")
    file = polib.pofile(export_po(kb.content, mine))
    file.find(NAME, by="msgctxt").msgstr = "VIH"
    found = import_po(kb.content, mine, str(file), "x.po")

    assert "translated" == found.entries[NAME].translation.status


BAD = {
    "no key": ('msgid "a"\nmsgstr "b"\n', "has no msgctxt"),
    "unknown key": (
        'msgctxt "nope"\nmsgid "a"\nmsgstr "b"\n',
        "'nope' is the key of no text",
    ),
    "twice": (
        f'msgctxt "{NAME}"\nmsgid "a"\nmsgstr "b"\n\n' * 2,
        f"'{NAME}' is there already: keep one",
    ),
    "plural": (
        f'msgctxt "{NAME}"\nmsgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\n',
        "has plural forms",
    ),
    "HTML": (
        f'msgctxt "{NAME}"\nmsgid "a"\nmsgstr "<b>x"\n',
        "the translation has HTML in it",
    ),
    "lines": (
        f'msgctxt "{NAME}"\nmsgid "a"\nmsgstr "x\\ny"\n',
        "the translation has a control character",
    ),
    "no PO": ("nonsense", "is no PO file"),
    "another language": (
        'msgid ""\nmsgstr "Language: de\\n"\n',
        "'de': should be 'pl'",
    ),
    "no language": (
        'msgid ""\nmsgstr "Language: !\\n"\n',
        "is no PO file",
    ),
    "broken": ('msgctxt "x\nmsgid', "is no PO file"),
}


@pytest.mark.parametrize(("data", "message"), BAD.values(), ids=BAD)
def test_bad_files(data, message):
    """What is wrong with a file is told with its line; nothing comes in."""
    with pytest.raises(ContentError) as caught:
        import_po(kb.content, Pack(INFO, {}), data, "x.po")
    problem = caught.value.problems[0]

    assert message in problem.message
    assert ("x.po", "line ") == (problem.file, problem.path[:5])


def test_obsolete_entries_are_passed_over():
    """What a program marked as obsolete says nothing."""
    data = '#~ msgctxt "nope"\n#~ msgid "a"\n#~ msgstr "b"\n'

    assert {} == import_po(kb.content, Pack(INFO, {}), data, "x.po").entries


SAFE = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=20
)


@given(
    st.dictionaries(
        st.sampled_from(sorted(ENGLISH)),
        st.tuples(
            SAFE.filter(lambda it: it and "<" not in it),
            st.sampled_from(["draft", "translated", "reviewed"]),
            st.booleans(),
        ),
        max_size=5,
    )
)
def test_round_trip(found):
    """What is exported and imported again is the same, byte for byte."""
    import unicodedata

    mine = pack(
        **{
            key: (
                unicodedata.normalize("NFC", text),
                how,
                "Old words" if stale else ENGLISH[key],
            )
            for key, (text, how, stale) in found.items()
        }
    )
    exported = export_po(kb.content, mine)
    again = import_po(kb.content, mine, exported, "x.po")

    assert mine == again
    assert exported == export_po(kb.content, again)


@given(st.text(max_size=200) | st.binary(max_size=100).map(repr))
def test_any_file(data):
    """Any text is a PO file, or is refused with our error."""
    try:
        import_po(kb.content, Pack(INFO, {}), data, "x.po")
    except ContentError as error:
        assert error.problems


def told(mine):
    """Give what `check` finds about texts that are there."""
    return [
        problem.message
        for problem in check(kb.content, mine)
        if "is missing" not in problem.message
    ]


@pytest.mark.parametrize(
    ("tag", "key", "text", "expected"),
    [
        ("pl", NAME, "HIV", []),
        ("pl", MILK, ENGLISH[MILK], ["is unchanged: translate it"]),
        ("pl", RISK, "Ryzyko 1%, rok 2023.", []),
        ("pl", RISK, "Ryzyko ١٪, rok ٢٠٢٣.", []),
        ("pl", RISK, "Ryzyko.", ["has lost a number: 1, 2023"]),
        (
            "es",
            RISK,
            "Menos del 1%, en 2023, es cero.",
            ["has lost a negation, it seems"],
        ),
        ("es", RISK, "Menos del 1%, en 2023, pero no es cero.", []),
        (
            "es-MX",
            RISK,
            "Menos del 1%, en 2023; sin embargo, es cero.",
            ["has lost a negation, it seems"],
        ),
        ("pl", RISK, "Ryzyko 1,0%, rok 2.023.", ["has lost a number: 1"]),
        (
            "pl",
            RISK,
            "Ryzyko 1%, 1% i rok 20.23.",
            ["has lost a number: 2023"],
        ),
        ("pl", WHOLE, ENGLISH[WHOLE], ["is unchanged: translate it"]),
    ],
)
def test_check(tag, key, text, expected):
    """Lost numbers and negations and untranslated sentences are seen."""
    mine = draft(key, text)
    info = LocaleInfo(locale=tag, name=tag, translated_by="a test")

    assert expected == told(Pack(info, mine.entries))


def test_check_finds_unknown_stale_and_missing():
    """What fits no text, fits it no longer, or is not there, is told."""
    mine = pack(
        **{
            "conditions/hiv/nope": ("x", "draft", "x"),
            NAME: ("Wirus", "draft", "AIDS"),
        }
    )
    found = [tuple(problem) for problem in check(kb.content, mine)]

    assert (
        "locales/pl/conditions/hiv.json",
        "$.texts['conditions/hiv/nope']",
        "is the key of no text: remove it",
    ) == found[0]
    assert {
        "is stale: the words that it translates have changed",
        "is the key of no text: remove it",
        "is missing: translate it",
    } == {message for _, _, message in found}
    assert len(texts(kb.content)) + 1 == len(found)


def test_status():
    """Texts are counted by what they lack and how they were checked."""
    mine = pack(
        **{
            NAME: ("Wirus", "draft", "AIDS"),
            MILK: ("Mleko", "reviewed", ENGLISH[MILK]),
        }
    )
    found = status(kb.content, mine)
    total = len(texts(kb.content))

    assert (total, 1, 1, total - 2, 0) == (
        found.total,
        found.done,
        found.stale,
        found.missing,
        found.percent,
    )
    assert {"draft": 1, "reviewed": 1} == found.by_status
    empty = KnowledgeBase.from_bundle(
        {"manifest": kb.manifest.to_dict() | {"files": {}}}
    )
    assert 100 == status(empty.content, mine).percent


@pytest.mark.parametrize("tag", kb.locales[1:])
def test_bundled_languages_are_complete(tag):
    """Every text has its draft, of the words as they are; none is checked."""
    bundled = pack_of(kb.content, tag)
    found = status(kb.content, bundled)

    assert (100, 0, 0) == (found.percent, found.stale, found.missing)
    assert {"draft": found.total} == found.by_status
    assert "machine" == bundled.info.translated_by
    assert None is bundled.info.reviewed_by
    assert [] == list(check(kb.content, bundled))


def test_a_changed_sentence_makes_its_translations_stale(folder):
    """Exactly the translations of what was changed are stale."""

    def change(record):
        record["statements"][1]["text"] += " And more."

    edit(folder / "conditions/hiv.json", change)
    loaded = KnowledgeBase.load(folder)
    spanish = loaded.localized("es")
    stale = [s.id for s in spanish.statements if s.text.stale]

    assert [kb.conditions["hiv"].statements[1].id] == stale
    lines = run("--content", folder, "l10n", "status").splitlines()
    assert all(", 0 missing, 1 stale; " in line for line in lines)
    found = run("--content", folder, "l10n", "check", "es", code=1)
    assert 1 == len(found.splitlines())
    assert "is stale" in found


def test_the_command_line(tmp_path, folder):
    """Export, import, status and check work, and round-trip in bytes."""
    before = {p: p.read_bytes() for p in folder.rglob("*.json")}
    file = tmp_path / "es.po"
    run("l10n", "export", "es", "-o", file)
    assert file.read_bytes().decode() == run("l10n", "export", "es")
    total = len(texts(kb.content))
    line = f"es: 100 % of {total} texts, 0 missing, 0 stale; {total} draft\n"
    assert line in run("l10n", "status")
    rows = json.loads(run("l10n", "status", "--json"))["locales"]
    assert {"es": 100}.items() <= {
        row["locale"]: row["percent"] for row in rows
    }.items()
    assert "es: nothing is wrong that a rule can see\n" == run(
        "l10n", "check", "es"
    )
    assert {"valid": True, "problems": []} == json.loads(
        run("l10n", "check", "es", "--json")
    )
    done = run("--content", folder, "l10n", "import", "es", file)
    assert f"{total} texts, 0 files changed\n" == done
    assert before == {p: p.read_bytes() for p in folder.rglob("*.json")}


def test_import_changes_one_file(tmp_path, folder):
    """A changed translation is written, and the manifest knows of it."""
    file = polib.pofile(run("l10n", "export", "es"))
    file.find(NAME, by="msgctxt").msgstr = "VIH."
    path = tmp_path / "es.po"
    path.write_text(str(file), encoding="utf-8")
    done = run("--content", folder, "l10n", "import", "es", path)

    assert [
        "changed locales/es/conditions/hiv.json",
        "changed manifest.json",
    ] == done.splitlines()[:2]
    loaded = KnowledgeBase.load(folder)
    assert "VIH." == loaded.localized("es").conditions["hiv"].name
    assert () == loaded.verify()


def test_a_new_language(tmp_path, folder):
    """A language that is new needs a name, and who translated it."""
    file = polib.pofile(run("l10n", "export", "pl"))
    file.find(NAME, by="msgctxt").msgstr = "Wirus HIV"
    path = tmp_path / "pl.po"
    path.write_text(str(file), encoding="utf-8")
    command = ["l10n", "import", "pl", path]
    who = ["--name", "Polski", "--translated-by", "a test"]

    message = "pl is new: give --name and --translated-by"
    assert message in run("--content", folder, *command, code=2)
    run("--content", folder, *command, *who)
    loaded = KnowledgeBase.load(folder)
    assert "Wirus HIV" == loaded.localized("pl").conditions["hiv"].name
    assert "translated" == loaded.localized("pl").conditions["hiv"].name.status
    own = tmp_path / "own"
    run(*command, *who, "--to", own)
    mine = kb.with_locale("pl", own).localized("pl")
    assert "Wirus HIV" == mine.conditions["hiv"].name
    assert "1 texts, 0 files changed\n" == run(*command, "--to", own)
    page = run("--pack", "pl", own, "--lang", "pl", "show", "condition", "hiv")
    assert page.startswith("Wirus HIV\n")
    assert "(en)" in page
    words = " ".join(page.split())
    assert "Translated by: a test." in words


def test_a_pack_of_its_own_repeats_no_names(tmp_path):
    """Own names of the language stay in the pack that they are in."""
    po = tmp_path / "es.po"
    own = tmp_path / "own"
    run("l10n", "export", "es", "-o", po)
    run("l10n", "import", "es", po, "--to", own)
    page = run("--pack", "es", own, "l10n", "check", "es")
    file = own / "conditions" / "hiv.json"
    added = json.loads(file.read_text("utf-8")) | {
        "synonyms": [{"text": "Bicho", "type": "lay", "status": "draft"}]
    }
    file.write_text(dump(added), "utf-8")
    run("l10n", "import", "es", po, "--to", own)

    assert "is there already" not in page
    assert ["Bicho"] == [
        name["text"]
        for it in own.rglob("*.json")
        for name in json.loads(it.read_text("utf-8")).get("synonyms", ())
    ]


def test_a_path_is_no_file_of_translations(tmp_path):
    """What stands in a file is read as PO, never opened as a path."""
    other = tmp_path / "other.po"
    other.write_text(export_po(kb.content, draft(NAME, "HIV")))

    with pytest.raises(ContentError, match=r"x.po: line 1: is no PO file"):
        import_po(kb.content, Pack(INFO, {}), str(other), "x.po")


def test_import_refuses(tmp_path, folder):
    """Wrong files are told in lines, and change nothing."""
    path = tmp_path / "x.po"
    path.write_bytes(b"\xff")
    command = ["--content", folder, "l10n", "import", "es", path]
    assert "is not UTF-8" in run(*command, code=2)
    path.write_text('msgid "a"\nmsgstr "b"\n', encoding="utf-8")
    assert "has no msgctxt" in run(*command, code=2)
    assert "is no language tag" in run("l10n", "export", "!", code=2)
    lost = tmp_path / "no" / "x.po"
    message = "No such file or directory"
    assert message in run("l10n", "export", "es", "-o", lost, code=2)
    assert "is no language tag" in run("--lang", "!", "validate", code=2)
    (folder / "locales/es/locale.json").write_bytes(b"5")
    assert "locales/es/locale.json: $: should be" in run(*command, code=2)
    assert "locales/es/locale.json: $: should be" in run(
        "validate", folder, code=1
    )


@pytest.mark.parametrize(
    ("tag", "message"),
    [
        (
            "xx",
            "nothing is translated into xx: here is only en, ar, de, es, fr, hi,",
        ),
        ("EN", "en is not translated: salvage-kb validate checks it"),
    ],
)
def test_check_of_what_is_not_there(tag, message):
    """A language without translations is told in a line, not text by text."""
    assert message in run("l10n", "check", tag, code=2)


def test_check_of_content_in_one_language(folder):
    """Where nothing is translated, that is said."""
    shutil.rmtree(folder / "locales")
    message = "Error: nothing is translated into es: here is only en\n"

    assert message == run("--content", folder, "l10n", "check", "es", code=2)


def test_write_pack_puts_back_what_was_there(folder):
    """A pack that is wrong leaves the folder as it was."""
    before = {p: p.read_bytes() for p in folder.rglob("*.json")}
    wrong = draft(NAME, "x", "reviewed")
    with pytest.raises(ContentError, match="some texts are reviewed"):
        write_pack(folder, wrong, kb.content)

    assert before == {p: p.read_bytes() for p in folder.rglob("*.json")}


def test_write_pack_without_digests(folder):
    """A manifest that lists no files is left as it is."""
    edit(folder / "manifest.json", lambda it: it.pop("files"))
    run("fmt", "--check", folder, code=1)
    names = write_pack(folder, draft(NAME, "Wirus"), kb.content)

    assert "manifest.json" not in [n for n in names if "locales" in n]
    assert {} == KnowledgeBase.load(folder).manifest.files


def test_without_polib(monkeypatch):
    """Without the extra there is one sentence that names it."""
    module = sys.modules["salvage_kb.cli.l10n"]
    monkeypatch.setattr(module, "find_spec", lambda _: None)

    assert "Error: this needs polib: pip install 'salvage-kb[l10n]'\n" == run(
        "l10n", "status", code=2
    )


def test_names_of_a_language_are_checked():
    """They have to be new, of a record, and labels of its own codes."""
    home = "side_effects/hair-loss"
    texts_ = {f"{home}#name": ("Włosy", "draft", "Hair loss")}
    own = [
        OwnSynonym(text=text, type="lay", status="draft", code=code)
        for text, code in [
            ("włosy", None),
            ("Łysy", "HP:0001596"),
            ("łysy", None),
            ("Goły", "HP:0001597"),
        ]
    ]
    names = tuple(Name(it, "pack") for it in own)
    mine = pack(**texts_)._replace(
        names={home: names, "side_effects/nope": names[:1]}
    )
    found = [it for it in check(kb.content, mine) if "$.syn" in it.path]

    assert [
        (
            f"locales/pl/{home}.json",
            "$.synonyms[0].text",
            "'włosy' is there already: remove it",
        ),
        (
            f"locales/pl/{home}.json",
            "$.synonyms[2].text",
            "'łysy' is there already: remove it",
        ),
        (
            f"locales/pl/{home}.json",
            "$.synonyms[3].code",
            "'HP:0001597' is no code of the record",
        ),
        (
            "locales/pl/side_effects/nope.json",
            "$.synonyms",
            "are of no record: remove them",
        ),
    ] == found


def test_names_survive_an_exchange():
    """A PO file has only translations; the language's own names stay."""
    spanish = pack_of(kb.content, "es")
    data = export_po(kb.content, spanish)

    assert spanish.names
    assert spanish == import_po(kb.content, spanish, data, "es.po")


def test_style_sheets_say_what_the_packs_say():
    """Each language has a sheet, and its terms stand in its pack."""
    text = (DATA.parents[2] / "docs/style-sheets.md").read_text("utf-8")
    sheets = re.findall(
        r"\n## [^\n(]+ \(`(.+?)`\)\n(.*?)(?=\n## |\Z)", text, re.DOTALL
    )

    assert sorted(tag for tag, _ in sheets) == list(kb.locales[1:])
    for tag, sheet in sheets:
        entries = pack_of(kb.content, tag).entries.values()
        said = {(it.translation.source, it.translation.text) for it in entries}
        terms = re.findall(r"^\| (.+?) \| (.+?) \|.*\|$", sheet, re.MULTILINE)[
            2:
        ]
        assert len(terms) >= 6
        assert not set(terms) - said
