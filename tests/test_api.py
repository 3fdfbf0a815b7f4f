"""The JSON API is what it says it is, and has everything."""

import contextlib
import functools
import http.server
import itertools
import json
import threading
import urllib.request
from datetime import date
from urllib.parse import urljoin

import jsonschema
import openapi_spec_validator
import pytest
from hypothesis import given, settings
from strategies import bundles
from test_review import signed

from salvage_kb import KnowledgeBase, kb
from salvage_kb.export import export, write
from salvage_kb.integrity import digest
from salvage_kb.locales import texts_of
from salvage_kb.schema import DRAFT, schemas
from salvage_kb.vocabulary import FOLDERS

UNSPOKEN = {"notices", "history"}
SPOKEN = [it for it in FOLDERS.values() if it not in UNSPOKEN]


def exported(base, locales=()):
    """Give the documents of an export by their paths."""
    return {
        it.path: json.loads(it.data) for it in export(base, "api", locales)
    }


FILES = exported(kb, kb.locales)
OPENAPI = FILES.pop("openapi.json")


def validators(openapi):
    """Give for each path that there may be what its document has to be."""
    root = {"$schema": DRAFT, "components": openapi["components"]}
    found = {}
    for path, item in openapi["paths"].items():
        get = item["get"]
        (media,) = get["responses"]["200"]["content"].values()
        validator = jsonschema.Draft202012Validator(root | media["schema"])
        names = [it["name"] for it in get["parameters"]]
        values = [it["schema"]["enum"] for it in get["parameters"]]
        for chosen in itertools.product(*values):
            filled = path.format(**dict(zip(names, chosen, strict=True)))
            found[filled.removeprefix("/")] = validator
    return found


VALIDATORS = validators(OPENAPI)


def flaws(files):
    """Give what is wrong with the documents of an export, by its own word."""
    known = validators(files["openapi.json"])
    assert set(known) == set(files) - {"openapi.json"}
    for path, validator in known.items():
        for error in validator.iter_errors(files[path]):
            yield path, error.json_path, error.message


# The description


def test_openapi_is_openapi():
    """An independent validator accepts it, in version 3.1."""
    validator = openapi_spec_validator.OpenAPIV31SpecValidator(OPENAPI)

    assert [] == list(validator.iter_errors())
    assert kb.content_version == OPENAPI["info"]["version"]
    assert kb.licence == OPENAPI["info"]["license"]["identifier"]
    for notice in kb.notices:
        assert notice.text in OPENAPI["info"]["description"]


def test_openapi_has_all_paths_and_no_more():
    """Every path leads to files, and every file has a path."""
    assert set(FILES) == set(VALIDATORS)


def test_paths_begin_where_the_description_stands():
    """It works in any folder of any server, as it is."""
    (server,) = OPENAPI["servers"]
    here = "https://example.org/content/0.4.0/openapi.json"

    assert "https://example.org/content/0.4.0/" == urljoin(here, server["url"])


@pytest.mark.parametrize("path", FILES)
def test_documents_are_what_openapi_says(path):
    """Each document is valid by the schema of its path."""
    assert [] == list(VALIDATORS[path].iter_errors(FILES[path]))


#: One document for each path of the description.
EXAMPLES = {id(it): path for path, it in VALIDATORS.items()}.values()


@pytest.mark.parametrize("path", list(EXAMPLES))
def test_no_field_more_and_none_less(path):
    """A document with other fields than openapi says is not valid."""
    assert not VALIDATORS[path].is_valid(FILES[path] | {"unknown": 1})
    for field in FILES[path]:
        rest = {k: it for k, it in FILES[path].items() if k != field}
        assert not VALIDATORS[path].is_valid(rest)


BROKEN = {
    "$.record.statements[0].aspect": "side-efect",
    "$.record.statements[0].cautions": None,
    "$.record.codes[0].match": "equal",
    "$.record.name.status": "checked",
    "$.record.name.stale": "no",
    "$.notices[0].kind": "advert",
    "$.review.source_review.reviewed_on": "yesterday",
    "$.links[0].timing": "later",
    "$.sources[0].id": 5,
    "$.kind": "topic",
}


@pytest.mark.parametrize(("path", "value"), BROKEN.items())
def test_what_is_wrong_is_found(path, value):
    """The schemas are strict: a wrong word is found where it stands."""
    document = json.loads(json.dumps(FILES["es/conditions/hiv.json"]))
    *steps, last = path.replace("[", ".").replace("]", "").split(".")[1:]
    place = document
    for step in steps:
        place = place[int(step) if isinstance(place, list) else step]
    place[last] = value

    assert not VALIDATORS["es/conditions/hiv.json"].is_valid(document)


@settings(max_examples=settings.default.max_examples // 4)
@given(bundles())
def test_whatever_is_content_is_valid(bundle):
    """For any content, in any language, the documents are as described."""
    base = KnowledgeBase.from_bundle(bundle)

    assert [] == list(flaws(exported(base, ["ar-XB"])))
    assert [] == list(flaws(exported(base)))


def bare():
    """Give content without conditions, and without a history."""
    bundle = kb.to_bundle() | {"conditions": [], "history": []}
    bundle.pop("locales")
    return KnowledgeBase.from_bundle(bundle)


def german():
    """Give content that was written in German, as far as it says."""
    bundle = kb.to_bundle()
    bundle["locales"] = {}
    bundle["manifest"] |= {"locale": "de"}
    return KnowledgeBase.from_bundle(bundle)


ODD = {
    "no conditions": bare,
    "German": german,
    "signed": lambda: signed(("conditions", "hiv"), ("topics", "prognosis")),
    "nothing translated": lambda: kb.localized(
        "es", fallback="omit", min_status="reviewed"
    ),
    "only reviewed": lambda: kb.localized("es", min_status="reviewed"),
    "part of it": lambda: kb.localized("es").reviewed(on=date(2028, 12, 3)),
    "no pack": lambda: kb.localized("sv"),
    "a region": lambda: kb.localized("en-GB"),
    "pseudo": lambda: kb.localized("ar-XB"),
}


@pytest.mark.parametrize("make", ODD.values(), ids=ODD)
def test_odd_content_is_valid(make):
    """Whatever the view or the content is, the documents are as described."""
    found = exported(make())
    openapi_spec_validator.validate(found["openapi.json"])

    assert [] == list(flaws(found))


def test_no_path_leads_nowhere():
    """A kind without records has no path, for it would have no document."""
    paths = exported(bare())["openapi.json"]["paths"]

    assert "/{locale}/conditions/{id}.json" not in paths
    assert "/{locale}/modalities/{id}.json" in paths


# The documents


@pytest.mark.parametrize("path", FILES)
def test_each_document_has_what_belongs_to_all(path):
    """Notices, version, license and language are there, and the digest."""
    it = FILES[path]
    locale = path.partition("/")[0]
    view = kb.localized(locale if locale in kb.locales else "en")
    rest = {k: value for k, value in it.items() if k != "digest"}

    assert digest(rest) == it["digest"]
    assert (view.locale, kb.content_version, kb.licence) == (
        it["locale"],
        it["content_version"],
        it["licence"],
    )
    assert [(n.id, n.kind, facts(n.text)) for n in view.notices] == [
        (n["id"], n["kind"], told(n["text"], view)) for n in it["notices"]
    ]


def facts(text):
    """Give what a text says, and what is known of it."""
    return str(text), text.lang, text.status, text.stale, text.dir


def told(value, view):
    """Give the same as a document has it: a bare string is as authored."""
    if isinstance(value, str):
        direction = view.manifest.direction
        return value, view.locale, "source", False, direction
    names = ("text", "lang", "status", "stale", "dir")
    assert value["requested"] == view.locale
    return tuple(value[name] for name in names)


def test_hrefs_lead_to_everything():
    """From the index, each document can be reached, by its name."""
    index = FILES["index.json"]
    found = {"index.json", urljoin("index.json", index["history"])}
    for language in index["locales"]:
        view = kb.localized(language["locale"])
        assert language["pack"] == (view.pack and view.pack.to_dict())
        start = urljoin("index.json", language["href"])
        found.add(start)
        for row in FILES[start]["records"]:
            href = urljoin(start, row["href"])
            found.add(href)
            it = FILES[href]
            assert (row["kind"], row["id"], row["name"]) == (
                it["kind"],
                it["record"]["id"],
                it["record"]["name"],
            )

    assert list(kb.locales) == [it["locale"] for it in index["locales"]]
    assert kb.schema_version == index["schema_version"]
    assert set(FILES) == found


def test_the_documents_are_the_content():
    """Content that is made of the English documents is the content."""
    bundle = kb.to_bundle()
    made = {
        folder: [
            FILES[f"en/{row['href']}"]["record"]
            for row in FILES["en/index.json"]["records"]
            if FOLDERS[row["kind"]] == folder
        ]
        for folder in SPOKEN
    }
    made |= {it: FILES["history.json"][it] for it in ("notices", "history")}

    assert made == {folder: bundle[folder] for folder in FOLDERS.values()}


def texts(document, home):
    """Give the texts of a record in a document, by the keys they have."""
    record = document["record"]
    yield f"{home}#name", record["name"]
    if "clinical_term" in record:
        yield f"{home}#clinical_term", record["clinical_term"]
    for it in record.get("synonyms", ()):
        yield "synonym", it["text"]
    for statement in record["statements"]:
        yield statement["id"], statement["text"]
        for caution in statement.get("cautions", ()):
            yield caution["id"], caution["text"]


def views():
    """Go through the records of all languages: view, path and record."""
    for locale in kb.locales:
        view = kb.localized(locale)
        for folder in SPOKEN:
            for record in getattr(view, folder):
                yield view, f"{folder}/{record.id}", record


RECORDS = {f"{view.locale}/{ref}": (view, it) for view, ref, it in views()}
SAYING = {k: it for k, it in RECORDS.items() if it[1].statements}


@pytest.mark.parametrize("path", SAYING)
def test_every_text_can_be_read_back(path):
    """Each is there with its language and status, in order."""
    view, record = SAYING[path]
    home = path.partition("/")[2]
    expected = [
        ("synonym" if "#synonyms/" in key else key, facts(text))
        for key, text in texts_of(record)
    ]

    assert expected == [
        (key, told(value, view))
        for key, value in texts(FILES[f"{path}.json"], home)
    ]


@pytest.mark.parametrize("path", SAYING)
def test_what_belongs_to_statements_is_beside_them(path):
    """Cautions are in their statement, with originals; all cite sources."""
    view, record = SAYING[path]
    document = FILES[f"{path}.json"]
    cited = {it["id"] for it in document["sources"]}
    for statement, it in zip(
        record.statements, document["record"]["statements"], strict=True
    ):
        cautions = it.get("cautions", [])
        assert (statement.id, statement.aspect) == (it["id"], it["aspect"])
        assert [c.id for c in statement.cautions] == [
            c["id"] for c in cautions
        ]
        for mine, one in zip(statement.cautions, cautions, strict=True):
            original = one.get("original")
            assert mine.safety == one.get("safety", False)
            assert mine.original == (original and original["text"])
            assert (view.locale != "en" and mine.safety) == bool(original)
            assert (original or {"lang": "en"})["lang"] == "en"
        for mine, one in zip(
            (statement, *statement.cautions), (it, *cautions), strict=True
        ):
            places = [(c.source_id, c.section) for c in mine.citations]
            assert places == [
                (c["source_id"], c.get("section")) for c in one["citations"]
            ]
            assert {id for id, _ in places} <= cited


@pytest.mark.parametrize("path", RECORDS)
def test_links_codes_and_review(path):
    """A document has the links both ways, all codes, and who reviewed what."""
    view, record = RECORDS[path]
    document = FILES[f"{path}.json"]
    locale = path.partition("/")[0]
    source = record.review.source_review

    assert view.neighbors(record.key).keys() == {
        (it["kind"], it["id"]) for it in document["links"]
    }
    for it in document["links"]:
        other = FILES[f"{locale}/{FOLDERS[it['kind']]}/{it['id']}.json"]
        back = {(row["kind"], row["id"]): row for row in other["links"]}
        assert it["statements"] == back[record.key]["statements"]
        assert it.get("timing") == back[record.key].get("timing")
    assert [(it.system, it.code, it.match) for it in record.codes] == [
        (it["system"], it["code"], it["match"])
        for it in document["record"].get("codes", ())
    ]
    assert (source and source.to_dict()) == document["review"]["source_review"]
    assert None is document["review"]["text_review"]


def test_who_signed_stands_in_the_document():
    """The signature of a text is there, and of no translation of it."""
    found = exported(signed(("conditions", "hiv")), ("en", "es"))
    english, spanish = (
        found[f"{it}/conditions/hiv.json"]["review"] for it in ("en", "es")
    )

    assert "A. Doctor" == english["text_review"]["reviewer"]
    assert english["digest"] == english["text_review"]["digest"]
    assert None is spanish["text_review"]


def test_languages_of_other_content():
    """Bare strings are in the language of the document, whichever it is."""
    found = exported(german())

    assert {"de"} == {it["locale"] for it in found.values() if "locale" in it}
    assert isinstance(found["de/conditions/hiv.json"]["record"]["name"], str)


def test_only_what_is_asked_for():
    """Without a language, the documents are those of the view itself."""
    found = exported(kb.localized("es"))

    assert {"es"} == {it.partition("/")[0] for it in found if "/" in it}
    assert [{"enum": ["es"]}] == [
        it["schema"]
        for it in found["openapi.json"]["paths"]["/{locale}/index.json"][
            "get"
        ]["parameters"]
    ]


# The files


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serve files without a word."""

    def log_message(self, *_):
        """Say nothing."""


@contextlib.contextmanager
def serving(folder):
    """Serve the files of a folder on this machine; give their address."""
    handler = functools.partial(Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def fetch(address):
    """Ask a server for a document."""
    with urllib.request.urlopen(address) as answer:
        assert "application/json" == answer.headers.get_content_type()
        return json.load(answer)


def test_any_server_serves_it(tmp_path):
    """A client that knows the address of the index finds what it wants."""
    paths = list(write(kb, "api", tmp_path, kb.locales))
    with serving(tmp_path) as address:
        index = fetch(f"{address}index.json")
        (arabic,) = (it for it in index["locales"] if it["locale"] == "ar")
        start = urljoin(address, arabic["href"])
        rows = {it["id"]: it for it in fetch(start)["records"]}
        hair = fetch(urljoin(start, rows["hair-loss"]["href"]))
        openapi = fetch(f"{address}openapi.json")

    assert len(FILES) + 1 == len(paths)
    assert FILES["ar/side_effects/hair-loss.json"] == hair
    assert "rtl" == hair["record"]["name"]["dir"]
    assert OPENAPI == openapi


# The schemas behind it


@pytest.mark.parametrize("name", dict(schemas()))
def test_file_schemas_are_schemas(name):
    """Each says which draft it is of, and that there is nothing else."""
    schema = dict(schemas())[name]
    jsonschema.Draft202012Validator.check_schema(schema)

    assert DRAFT == schema["$schema"]
    assert False is schema["additionalProperties"]
    folder = name.removesuffix(".schema.json")
    assert (folder in FOLDERS.values()) == (
        "pattern" in schema["properties"].get("id", {})
    )
