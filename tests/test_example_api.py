"""The service in `examples/api`, as somebody who copies it gets it."""

import json

import jsonschema
import pytest
from helpers import script
from openapi_spec_validator import validate
from test_packaging import ROOT
from test_pages import VIEWS
from test_pydantic import RETIRED

import salvage_kb
from salvage_kb import kb
from salvage_kb.integrations.pydantic import (
    NoticeOut,
    StatementOut,
    record_out,
)

pytestmark = pytest.mark.filterwarnings(
    "ignore:Using `httpx` with `starlette.testclient` is deprecated"
)
PATH = ROOT / "examples" / "api" / "main.py"
FOLDERS = (
    "conditions",
    "modalities",
    "side_effects",
    "monitoring_tests",
    "topics",
    "sources",
)


@pytest.fixture(name="main", scope="module")
def _main():
    """Import the example by its path."""
    return script(PATH)


@pytest.fixture(name="serve", scope="module")
def _serve(main):
    """Give clients of the service, for any content."""
    from fastapi.testclient import TestClient

    return lambda content: TestClient(main.create(content))


@pytest.fixture(name="client", scope="module")
def _client(main):
    """Give a client of the service as it is started."""
    from fastapi.testclient import TestClient

    return TestClient(main.app)


def dumped(model, items):
    """Give each item as the models of the package write it."""
    return [model.model_validate(it).model_dump(mode="json") for it in items]


def pages(view, records):
    """Give each record as the package tells it."""
    return [record_out(view, it).model_dump(mode="json") for it in records]


def shown(answer, view, status=200):
    """Check what stands in every answer, and give the rest of it."""
    assert status == answer.status_code
    assert "application/json" == answer.headers["Content-Type"]
    assert view.locale == answer.headers["Content-Language"]
    assert "Accept-Language" == answer.headers["Vary"]
    found = answer.json()
    assert dumped(NoticeOut, view.notices) == found.pop("notices")
    assert view.content_version == found.pop("content_version")
    assert ("ETag" in answer.headers) == (status == 200)
    return found


def test_the_file_is_short():
    """The example stays below 80 lines of 79 columns."""
    lines = PATH.read_text("utf-8").splitlines()

    assert len(lines) < 80
    assert max(map(len, lines)) <= 79


# Answers


@pytest.mark.parametrize("locale", kb.locales)
@pytest.mark.parametrize("folder", FOLDERS)
def test_every_record(client, folder, locale):
    """Every record of every kind answers in every language, with cautions."""
    view = kb.localized(locale)
    headers = {"Accept-Language": locale}
    expected = pages(view, getattr(view, folder))
    listed = client.get(f"/{folder}", headers=headers)
    nothing = {"statements": [], "problem": None}

    assert {"records": expected} | nothing == shown(listed, view)
    for page in expected:
        answer = client.get(f"/{folder}/{page['id']}", headers=headers)

        assert {"records": [page]} | nothing == shown(answer, view)


@pytest.mark.parametrize("name", VIEWS)
def test_other_content(serve, name):
    """Content of all sorts is served in its languages, by its policy."""
    base = VIEWS[name]
    client = serve(base)
    for tag in base.locales:
        view = base.localized(tag, **base.policy._asdict())
        answer = client.get("/topics", headers={"Accept-Language": tag})

        assert pages(view, view.topics) == shown(answer, view)["records"]


@pytest.mark.parametrize("locale", ["en", "es", "ar"])
@pytest.mark.parametrize(
    "query",
    ["milk of a nursing mother", "theophylline", "hair", "VIH", "cochrane"],
)
def test_search(client, query, locale):
    """A search gives records, best first, and what matched with cautions."""
    view = kb.localized(locale)
    hits = view.search(query)
    said = [it.statement for it in hits if it.statement]
    headers = {"Accept-Language": locale}
    answer = client.get("/search", params={"q": query}, headers=headers)

    assert {
        "records": pages(view, [it.record for it in hits]),
        "statements": dumped(StatementOut, said),
        "problem": None,
    } == shown(answer, view)


def test_a_search_brings_cautions(client):
    """What a search found by a statement stands beside its cautions."""
    answer = client.get("/search", params={"q": "milk of a nursing mother"})
    (first, *_) = answer.json()["statements"]

    assert "conditions/hiv/breast-milk" == first["id"]
    assert 1 == len(first["cautions"])


@pytest.mark.parametrize("query", ["", "?q=", "?q=%00", "?q=" + "x" * 5000])
def test_nothing_found(client, query):
    """A search for nothing, or for nonsense, finds nothing."""
    answer = client.get(f"/search{query}")

    assert {"records": [], "statements": [], "problem": None} == shown(
        answer, kb
    )


# Languages


@pytest.mark.parametrize(
    ("wanted", "locale"),
    [
        ("es-MX, en;q=0.5", "es"),
        ("ar", "ar"),
        ("uk, ru;q=0.5", "en"),
        ("*", "en"),
        ("en;q=0, *", kb.locales[1]),
        ("", "en"),
        (",;q=,\x00\x7f", "en"),
        ("es;q=9, '\"<script>", "en"),
        ("../../etc/passwd", "en"),
        (b"\xff\xfe, ar", "ar"),
        (",".join(["ar"] * 50), "ar"),
    ],
)
def test_accept_language(client, wanted, locale):
    """Whatever the header says, the answer names its own language."""
    answer = client.get("/topics", headers={"Accept-Language": wanted})

    shown(answer, kb.localized(kb.negotiate(as_text(wanted))))
    assert locale == answer.headers["Content-Language"]


def as_text(header):
    """Read a header as servers do."""
    return header.decode("latin-1") if isinstance(header, bytes) else header


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("x" * 1001, "has more than 1000 characters"),
        (",".join(["ar"] * 51), "has more than 50 items"),
    ],
)
@pytest.mark.parametrize("path", ["/topics", "/topics/nope", "/search?q=hiv"])
def test_far_too_long_headers(client, path, wanted, said):
    """A header that is far too long is refused, with the reason."""
    answer = client.get(path, headers={"Accept-Language": wanted})
    problem = shown(answer, kb, 400)["problem"]

    assert problem["detail"].endswith(said)
    assert len(problem["detail"]) < 200


# What the client holds

TAG = f'"{salvage_kb.__version__}-{kb.digest}"'
SPANISH = f'"{salvage_kb.__version__}-{kb.localized("es").digest}"'
LIVE = [
    "/conditions",
    "/conditions/hiv",
    "/sources/mesh-labels",
    "/search?q=x",
]


@pytest.mark.parametrize("path", LIVE)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("held", "status"),
    [
        (None, 200),
        ("", 200),
        (f"W/{TAG}", 304),
        (TAG, 304),
        ("*", 304),
        (" * ", 304),
        (f'"a", W/{TAG} , "b"', 304),
        (f'"a",{TAG}', 304),
        ('"*"', 200),
        ('"a", "b"', 200),
        (f"W/{SPANISH}", 200),
        (TAG.strip('"'), 200),
        (f'{TAG[:-2]}"', 200),
    ],
)
def test_if_none_match(client, path, method, held, status):
    """Who holds the answer is sent none, however the tag is written."""
    headers = {} if held is None else {"If-None-Match": held}
    answer = client.request(method, path, headers=headers)

    assert status == answer.status_code
    assert f"W/{TAG}" == answer.headers["ETag"]
    assert "Accept-Language" == answer.headers["Vary"]
    assert bool(answer.content) == ((method, status) == ("GET", 200))


def test_if_none_match_in_several_headers(client):
    """Headers that are sent twice are one list."""
    headers = [("If-None-Match", '"a"'), ("If-None-Match", TAG)]

    assert 304 == client.get("/topics", headers=headers).status_code


@pytest.mark.parametrize("name", ["es", "stale", "local", "signed"])
def test_tags_differ(serve, name):
    """Other content, and another language, have another tag."""
    view = VIEWS[name]
    headers = {"Accept-Language": view.locale, "If-None-Match": f"W/{TAG}"}
    answer = serve(view).get("/topics", headers=headers)

    assert 200 == answer.status_code
    assert view.digest in answer.headers["ETag"]


@pytest.mark.parametrize("path", ["/conditions/hivv", "/nope", "/a/b/c"])
@pytest.mark.parametrize("held", ["*", f"W/{TAG}"])
def test_nobody_holds_what_is_not_there(client, path, held):
    """An answer that is none is never the one that a client holds."""
    answer = client.get(path, headers={"If-None-Match": held})

    shown(answer, kb, 404)


@pytest.mark.parametrize("path", [*LIVE, "/conditions/hivv", "/nope/x/y"])
def test_head(client, path):
    """HEAD has the status and the headers of GET, and no body."""
    head, got = client.head(path), client.get(path)

    assert b"" == head.content
    assert got.status_code == head.status_code
    assert got.headers == head.headers


# What is not there


@pytest.mark.parametrize(
    ("path", "said", "near"),
    [
        (
            "/conditions/heart-disease",
            "no condition has the id 'heart-disease'; did you mean "
            "'structural-heart-disease'?",
            ["structural-heart-disease"],
        ),
        (
            "/side_effects/Jaundice",
            "no side effect has the id 'Jaundice'; did you mean 'jaundice'?",
            ["jaundice"],
        ),
        ("/topics/%00", "no topic has the id '\\x00'", []),
        ("/search/hiv", "no folder has the id 'search'", []),
        (
            "/condition",
            "no folder has the id 'condition'; did you mean 'conditions'?",
            ["conditions"],
        ),
        (
            "/side-effects/fatigue",
            "no folder has the id 'side-effects'; did you mean "
            "'side_effects'?",
            ["side_effects"],
        ),
        ("/_lock", "no folder has the id '_lock'", []),
        ("/statements", "no folder has the id 'statements'", None),
        ("/", "404: Not Found", []),
        ("/conditions/hiv/summary", "404: Not Found", []),
    ],
)
def test_unknown(client, path, said, near):
    """What is not there is answered by what comes near, as fields too."""
    headers = {"Accept-Language": "es"}
    problem = shown_anywhere(client.get(path, headers=headers), 404)

    assert problem["detail"].startswith(said)
    assert problem["resolution"] is None
    if near is not None:
        assert near == problem["suggestions"]


def shown_anywhere(answer, status):
    """Check an error in the language that it says it has."""
    view = kb.localized(answer.headers["Content-Language"])
    found = shown(answer, view, status)
    assert [] == found["records"] == found["statements"]
    return found["problem"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_other_methods(client, method):
    """Nothing can be changed, and the answer says what can be done."""
    answer = client.request(method, "/conditions/hiv")

    shown_anywhere(answer, 405)
    assert "GET, HEAD" == answer.headers["Allow"]


@pytest.mark.parametrize(
    ("id", "facts"),
    [
        ("aids", {"target": "conditions/hiv"}),
        ("both", {"targets": ["conditions/hiv", "conditions/copd"]}),
        ("gone", {"harm": None}),
        ("harm", {"harm": "It hurts."}),
    ],
)
def test_retired(serve, id, facts):
    """What was published once is gone, and says where it went."""
    answer = serve(RETIRED).get(f"/conditions/{id}")
    fate = RETIRED.fate(f"conditions/{id}")
    base = {"since": "0.5.0", "reason": "Because."}

    assert {
        "detail": str(fate),
        "resolution": {"ref": f"conditions/{id}"} | base | facts,
        "suggestions": [],
    } == shown(answer, RETIRED, 410)["problem"]


# Its description


def test_openapi(client):
    """The description is valid, and says which answers there are."""
    found = client.get("/openapi.json").json()
    validate(found)
    paths = {"/search", "/{folder}", "/{folder}/{id}"}

    assert kb.content_version == found["info"]["version"]
    assert paths == set(found["paths"])
    for path in found["paths"].values():
        assert {"get"} == set(path)
        assert {"200", "304", "400", "404", "410", "4XX"} == set(
            path["get"]["responses"]
        )
        names = {it["name"] for it in path["get"]["parameters"]}
        assert "Accept-Language" in names


@pytest.mark.parametrize(
    ("path", "code"),
    [(path, "200") for path in LIVE]
    + [("/conditions/x", "404"), ("/conditions/aids", "410")],
)
def test_answers_fit_the_description(serve, path, code):
    """What is answered is what the description says, and no more."""
    client = serve(RETIRED)
    said = client.get("/openapi.json").json()
    responses = said["paths"]["/{folder}"]["get"]["responses"]
    schema = responses[code]["content"]["application/json"]["schema"]
    answer = client.get(path)
    whole = {"components": said["components"]} | schema

    assert code == str(answer.status_code)
    jsonschema.Draft202012Validator(whole).validate(json.loads(answer.text))
