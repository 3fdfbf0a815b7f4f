"""Records as fields and as answers, in pydantic and in a FastAPI service."""

import copy
import importlib
import json
import pickle
import sys
from typing import Annotated, Any

import attrs
import jsonschema
import pytest
from fastapi import Depends, FastAPI, Header, Query
from helpers import run_python
from hypothesis import given
from hypothesis import strategies as st
from openapi_spec_validator import validate
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from test_pages import VIEWS, changed, records

from salvage_kb import (
    Caution,
    Condition,
    KnowledgeBase,
    LocaleError,
    Statement,
    Topic,
    UnboundRecord,
    conditions,
    kb,
    modalities,
    monitoring_tests,
    side_effects,
    sources,
    topics,
)
from salvage_kb.integrations.pydantic import (
    ById,
    CautionOut,
    ConditionField,
    ModalityField,
    MonitoringTestField,
    NoticeOut,
    RecordOut,
    SideEffectField,
    SourceField,
    StatementOut,
    TopicField,
    Words,
    record_out,
)

HIV = conditions["hiv"]
MILK = kb.statements["conditions/hiv/breast-milk"]
FIELDS = [
    (ConditionField, conditions),
    (ModalityField, modalities),
    (SideEffectField, side_effects),
    (MonitoringTestField, monitoring_tests),
    (TopicField, topics),
    (SourceField, sources),
    (Annotated[Statement, ById()], kb.statements),
]
EACH = pytest.mark.parametrize(
    ("adapter", "known"),
    [(TypeAdapter(field), known) for field, known in FIELDS],
    ids=[known.kind for _, known in FIELDS],
)


class Leaflet(BaseModel):
    """Hold records in all sorts of places."""

    about: ConditionField = Field("hiv", validate_default=True)
    effects: tuple[SideEffectField, ...] = ()
    instead: ModalityField | None = None
    ranks: dict[ConditionField, int] = {}


FULL = Leaflet(
    about="copd",
    effects=["fatigue", side_effects["hair-loss"]],
    instead=modalities["surgery"],
    ranks={"cancer": 1},
)
PLAIN = {
    "about": "copd",
    "effects": ["fatigue", "hair-loss"],
    "instead": "surgery",
    "ranks": {"cancer": 1},
}


# Fields


@EACH
def test_ids_come_in_and_go_out(adapter, known):
    """Each id gives the record, and each record its id."""
    for record in known:
        assert adapter.validate_python(record.id) is record
        assert adapter.validate_json(json.dumps(record.id)) is record
        assert record.id == adapter.dump_python(record)
        assert json.dumps(record.id) == adapter.dump_json(record).decode()


@EACH
@pytest.mark.parametrize("mode", ["validation", "serialization"])
def test_schema_has_all_ids(adapter, known, mode):
    """A JSON Schema lists the ids in order, for what comes and what goes."""
    expected = {"type": "string", "enum": list(known.ids)}

    assert expected == adapter.json_schema(mode=mode)


def test_models_go_through_json():
    """What a model writes is plain, fits its schema, and reads as the same."""
    for mode in ("validation", "serialization"):
        jsonschema.validate(PLAIN, Leaflet.model_json_schema(mode=mode))

    assert PLAIN == json.loads(FULL.model_dump_json())
    assert PLAIN == FULL.model_dump(mode="json")
    assert FULL == Leaflet.model_validate_json(FULL.model_dump_json())
    assert FULL == Leaflet.model_validate(FULL.model_dump())


@pytest.mark.parametrize("mode", ["validation", "serialization"])
def test_default(mode):
    """An id can be the default of a field, which the schema tells."""
    schema = Leaflet.model_json_schema(mode=mode)["properties"]["about"]

    assert "hiv" == schema["default"]
    assert Leaflet().about is HIV


@pytest.mark.parametrize(
    "same",
    [
        copy.copy,
        copy.deepcopy,
        lambda it: it.model_copy(deep=True),
        lambda it: pickle.loads(pickle.dumps(it)),
    ],
)
def test_copies(same):
    """A copy of a model, or what arrives from a pickle, has the records."""
    assert FULL == same(FULL)
    assert same(FULL).about is conditions["copd"]


def test_a_record_stays_what_it_is():
    """A record that is given keeps its language; its id is what counts."""
    arabic = kb.localized("ar").conditions["hiv"]

    assert Leaflet(about=arabic).about is arabic


class Strict(BaseModel, strict=True):
    """Take nothing for something else."""

    about: ConditionField


def test_strict_models():
    """An id is the text of a record, in strict models too."""
    assert Strict(about="hiv").about is HIV


def complaint(value, field=ConditionField):
    """Give the one thing that is wrong with a value."""
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(field).validate_python(value)
    (error,) = caught.value.errors()
    return error


@pytest.mark.parametrize(
    ("field", "id", "said", "near"),
    [
        (
            ConditionField,
            "heart-disease",
            "no condition has the id 'heart-disease'; did you mean "
            "'structural-heart-disease'?",
            ["structural-heart-disease"],
        ),
        (
            SideEffectField,
            "Jaundice",
            "no side effect has the id 'Jaundice'; did you mean 'jaundice'?",
            ["jaundice"],
        ),
        (TopicField, "", "no topic has the id ''", []),
        (
            ConditionField,
            "{kind} {said} {}",
            "no condition has the id '{kind} {said} {}'",
            [],
        ),
        (TopicField, "{message}", "no topic has the id '{message}'", []),
    ],
)
def test_unknown_id(field, id, said, near):
    """An id that does not exist says what comes near, for machines too."""
    error = complaint(id, field)

    assert "salvage_kb_unknown_id" == error["type"]
    assert said == error["msg"]
    assert near == error["ctx"]["suggestions"]
    assert id == error["ctx"]["id"]


@given(st.text().filter(lambda it: it not in conditions))
def test_whatever_is_no_id(text):
    """Any other text is an unknown id."""
    assert "salvage_kb_unknown_id" == complaint(text)["type"]


def test_unknown_record():
    """A record is refused where its id is not known."""
    scurvy = attrs.evolve(HIV, id="scurvy")

    assert "salvage_kb_unknown_id" == complaint(scurvy)["type"]


@pytest.mark.parametrize(
    "value", [5, 0, None, b"hiv", ["hiv"], modalities["surgery"], MILK]
)
def test_wrong_types(value):
    """What is neither text nor a record of the kind is an ordinary error."""
    assert "string_type" == complaint(value)["type"]


def _retired(bundle):
    """Let ids be history: moved, split, withdrawn, and that for its harm."""
    facts = {"since": "0.5.0", "reason": "Because."}
    heirs = ["conditions/hiv", "conditions/copd"]
    bundle["history"] += [
        {"id": id, "subject": f"conditions/{id}", "fate": fate, **facts, **it}
        for id, fate, it in (
            ("aids", "moved", {"targets": heirs[:1]}),
            ("both", "split", {"targets": heirs}),
            ("gone", "withdrawn", {}),
            ("harm", "withdrawn", {"harm": "It hurts."}),
        )
    ]


RETIRED = changed(_retired)


@pytest.mark.parametrize(
    ("id", "fate", "targets", "said"),
    [
        (
            "aids",
            "moved",
            ["conditions/hiv"],
            "conditions/aids: moved to conditions/hiv in 0.5.0",
        ),
        (
            "both",
            "split",
            ["conditions/hiv", "conditions/copd"],
            "conditions/both: split into conditions/hiv and conditions/copd "
            "in 0.5.0",
        ),
        (
            "gone",
            "withdrawn",
            [],
            "conditions/gone: withdrawn in 0.5.0: Because.",
        ),
        (
            "harm",
            "withdrawn",
            [],
            "conditions/harm: withdrawn in 0.5.0: Because. Harm: It hurts.",
        ),
    ],
)
def test_retired_id(id, fate, targets, said):
    """An id that was published once says what became of it."""
    field = Annotated[Condition, ById(RETIRED)]
    error = complaint(id, field)

    assert "salvage_kb_retired_id" == error["type"]
    assert said == error["msg"]
    assert {
        "kind": "condition",
        "id": id,
        "fate": fate,
        "since": "0.5.0",
        "targets": targets,
        "reason": "Because.",
        "message": said,
    } == error["ctx"]
    assert id not in TypeAdapter(field).json_schema()["enum"]


def test_errors_are_json():
    """What is wrong can be written as JSON, as services do."""
    field = Annotated[Condition, ById(RETIRED)]
    adapter = TypeAdapter(list[field])

    with pytest.raises(ValidationError) as caught:
        adapter.validate_json('["hivv", "aids", 5]')

    assert [
        "salvage_kb_unknown_id",
        "salvage_kb_retired_id",
        "string_type",
    ] == [it["type"] for it in json.loads(caught.value.json())]


def test_other_content():
    """Ids are those of the content that is named, in its language."""
    spanish = kb.localized("es")
    adapter = TypeAdapter(Annotated[Topic, ById(spanish)])
    few = VIEWS["without conditions"]
    none = TypeAdapter(Annotated[Condition, ById(few)])

    assert adapter.validate_python("prognosis") is spanish.topics["prognosis"]
    assert {"type": "string", "enum": []} == none.json_schema()
    assert (
        "salvage_kb_unknown_id"
        == complaint(HIV, Annotated[Condition, ById(few)])["type"]
    )


@pytest.mark.parametrize(
    "wrong", [Condition | None, str, list[Condition], Caution, Any]
)
def test_by_id_goes_with_a_kind(wrong):
    """What has no ids of its own is refused where the field is defined."""
    with pytest.raises(TypeError, match="goes with one kind of record, not"):
        TypeAdapter(Annotated[wrong, ById()])


def test_defining_a_field_reads_nothing():
    """Neither the import nor a model reads the content; its schema does."""
    code = """
import sys
from pydantic import BaseModel
from salvage_kb import kb
from salvage_kb.integrations.pydantic import ConditionField, RecordOut
class Leaflet(BaseModel):
    about: ConditionField | None = None
    record: RecordOut | None = None
Leaflet()
print(kb.is_loaded, "salvage_kb.loading" in sys.modules)
Leaflet.model_json_schema()
print(kb.is_loaded)
"""
    assert "False False\nTrue" == run_python(code)


@pytest.mark.parametrize("missing", ["pydantic", "pydantic_core"])
def test_extra_is_named(missing, monkeypatch):
    """Without pydantic, the error says what to install."""
    name = "salvage_kb.integrations.pydantic"
    for module in (name, "salvage_kb.integrations._pydantic_out"):
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, missing, None)

    with pytest.raises(ImportError, match=r"'salvage-kb\[pydantic\]'"):
        importlib.import_module(name)


# Answers


def said(text):
    """Give what has to be known of a text."""
    return text and {
        "text": str(text),
        "lang": text.lang,
        "dir": text.dir,
        "status": text.status,
        "stale": text.stale,
        "is_fallback": text.is_fallback,
    }


def cited(item):
    """Give the places that something cites."""
    return [
        {
            "source_id": it.source_id,
            "title": said(it.source.title),
            "url": it.source.url,
            "section": it.section,
            "read_as": it.read_as,
        }
        for it in item.citations
    ]


def stated(statement):
    """Give a statement with all its cautions."""
    return {
        "id": statement.id,
        "aspect": statement.aspect,
        "origin": statement.origin,
        "text": said(statement.text),
        "citations": cited(statement),
        "cautions": [
            {
                "id": it.id,
                "kind": it.kind,
                "safety": it.safety,
                "text": said(it.text),
                "original": said(it.original),
                "citations": cited(it),
            }
            for it in statement.cautions
        ],
    }


@pytest.mark.parametrize("name", VIEWS)
def test_answers_have_everything(name):
    """An answer has all that is said, in its language, and the notices."""
    view = VIEWS[name]
    notices = [
        {
            "id": it.id,
            "kind": it.kind,
            "text": said(it.text),
            "citations": cited(it),
        }
        for it in view.notices
    ]
    for record in [*records(view), *view.sources]:
        found = record_out(view, record).model_dump(mode="json")

        assert list(map(stated, record.statements)) == found["statements"]
        assert notices == found["notices"]
        assert {
            "kind": record.record_kind,
            "id": record.id,
            "name": said(record.name),
            "clinical_term": said(getattr(record, "clinical_term", None)),
            "origin": record.origin,
            "content_version": view.content_version,
            "licence": view.licence,
            "locale": view.locale,
        }.items() <= found.items()


@pytest.mark.parametrize("name", ["ar", "stale", "signed"])
def test_answers_go_through_json(name):
    """An answer fits its schema, and whoever reads it has it again."""
    view = VIEWS[name]
    schema = RecordOut.model_json_schema(mode="serialization")
    validator = jsonschema.Draft202012Validator(schema)
    for record in records(view):
        answer = record_out(view, record)
        text = answer.model_dump_json()

        validator.validate(json.loads(text))
        assert answer == RecordOut.model_validate_json(text)
        assert answer == pickle.loads(pickle.dumps(answer))


def test_summary():
    """The summary is one of the statements; a source has none."""
    answer = record_out(kb, HIV)

    assert HIV.summary.id == answer.summary_id
    assert record_out(kb, sources["mesh-labels"]).summary_id is None


# No caution comes off


@pytest.mark.parametrize("model", [StatementOut, CautionOut, NoticeOut])
def test_nothing_has_a_default(model):
    """Nothing can be left out of a model, least of all its cautions."""
    assert set(model.model_fields) == {
        name for name, it in model.model_fields.items() if it.is_required()
    }


def test_no_statement_without_cautions():
    """A statement built without saying which cautions it has is refused."""
    parts = stated(MILK)
    del parts["cautions"]

    with pytest.raises(ValidationError) as caught:
        StatementOut(**parts)

    assert [("cautions",)] == [it["loc"] for it in caught.value.errors()]


@pytest.mark.parametrize(
    "option", ["exclude_unset", "exclude_defaults", "exclude_none"]
)
def test_no_option_drops_cautions(option):
    """What leaves out empty fields leaves the cautions in."""
    answer = StatementOut.model_validate(MILK).model_dump(**{option: True})

    assert [it.id for it in MILK.cautions] == [
        it["id"] for it in answer["cautions"]
    ]


def test_answers_do_not_change():
    """Nobody takes the cautions from an answer."""
    answer = StatementOut.model_validate(MILK)

    with pytest.raises(ValidationError, match="frozen"):
        answer.cautions = ()


def test_bare_words_are_no_answer():
    """A plain string is no words: nobody knows its language."""
    with pytest.raises(ValidationError):
        Words.model_validate("HIV")


# Whose words, and who checked them


def reviewed(name, id="hiv"):
    """Give the reviews in an answer."""
    view = VIEWS[name]
    return record_out(view, view.conditions[id]).review.model_dump(mode="json")


OF_SOURCE = {
    "source_id": "icliniq-salvage-therapy",
    "reviewer": "Dr. Kaushal Bhavsar",
    "reviewed_on": "2025-12-03",
}


def test_reviews():
    """The review of a source is no review of our text."""
    expected = {"source_review": OF_SOURCE, "signature": None}

    assert expected == reviewed("en")
    assert expected == reviewed("ar")
    assert expected == reviewed("signed", "copd")


def test_signature():
    """Who signed our text as it is, is named; in no other language."""
    signed = VIEWS["signed"]
    answer = record_out(signed.localized("ar"), signed.conditions["hiv"])

    assert {
        "source_review": OF_SOURCE,
        "signature": {
            "reviewer": "A. Doctor",
            "credential": "MD",
            "signed_on": "2025-12-03",
            "due_on": "2028-12-03",
        },
    } == reviewed("signed")
    assert answer.review.signature is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("en", None),
        ("es", "machine"),
        ("a region", "machine"),
        ("no translation", None),
        ("nothing reviewed", None),
        ("half a translation", "A. Nowak"),
        ("pseudo, longer", None),
    ],
)
def test_translator(name, expected):
    """An answer names who translated it, if anybody did."""
    view = VIEWS[name]
    answer = record_out(view, view.conditions["hiv"])

    assert expected == answer.translated_by


# In the language of a view


def test_the_view_tells_the_language():
    """A record of one view is told in the language of another one."""
    spanish = kb.localized("es-MX")
    answer = record_out(spanish, kb.localized("ar").conditions["hiv"])

    assert record_out(spanish, spanish.conditions["hiv"]) == answer
    assert ("es-MX", "es") == (answer.locale, answer.name.lang)


def test_the_view_tells_the_policy():
    """What a view does not show is not shown of other views' records."""
    strict = kb.localized("es", min_status="reviewed")
    answer = record_out(strict, kb.localized("es").conditions["hiv"])

    assert {"en"} == {it.text.lang for it in answer.statements}
    assert answer.name.is_fallback


def test_what_is_left_out():
    """A record that a view leaves out is no answer, and says so."""
    view = VIEWS["half of it left out"]

    with pytest.raises(LocaleError, match="copd has no translation to show"):
        record_out(view, VIEWS["half a translation"].conditions["copd"])


def test_the_content_stays_that_of_the_record():
    """Local words are not replaced where somebody passes another view."""
    local = VIEWS["local"]
    record = local.topics["prognosis"]
    answer = record_out(kb.localized("ar"), record)

    assert "local" == answer.statements[0].origin
    assert record_out(local, record) == answer


def test_what_is_no_record():
    """An id is no record, and what was made by hand belongs nowhere."""
    with pytest.raises(TypeError, match="takes a record, not 'hiv'"):
        record_out(kb, "hiv")
    with pytest.raises(UnboundRecord):
        record_out(kb, attrs.evolve(HIV, _view=None))


# A service

SERVICE = pytest.mark.filterwarnings(
    "ignore:Using `httpx` with `starlette.testclient` is deprecated"
)


def view(accept_language: Annotated[str, Header()] = "en"):
    """Give the content in the language that the client would like."""
    return kb.localized(kb.negotiate(accept_language))


View = Annotated[KnowledgeBase, Depends(view)]
app = FastAPI()


@app.get("/conditions/{condition}")
def _condition(condition: ConditionField, view: View) -> RecordOut:
    return record_out(view, condition)


@app.get("/statements", response_model=list[StatementOut])
def _statements(
    condition: ConditionField, effect: SideEffectField | None = None
):
    return condition.link(effect).statements if effect else []


@app.get("/effects")
def _effects(
    conditions: Annotated[list[ConditionField], Query(alias="condition")],
) -> list[SideEffectField]:
    first, *rest = (it.side_effects for it in conditions)
    return [it for it in first if all(it in effects for effects in rest)]


@app.post("/leaflets")
def _leaflets(leaflet: Leaflet) -> Leaflet:
    return leaflet


@pytest.fixture(name="client", scope="module")
def _client():
    """Give a client of the service."""
    from fastapi.testclient import TestClient

    with TestClient(app) as client:
        yield client


@SERVICE
@pytest.mark.parametrize(
    ("wanted", "lang"),
    [("es-MX,es;q=0.9", "es"), ("ar", "ar"), ("uk, ru;q=0.5", "en")],
)
def test_service_answers(client, wanted, lang):
    """An answer is in the language of the client, with all that belongs."""
    headers = {"Accept-Language": wanted}
    answer = client.get("/conditions/copd", headers=headers)
    spoken = kb.localized(lang)
    record = spoken.conditions["copd"]

    assert 200 == answer.status_code
    found = answer.json()
    assert list(map(stated, record.statements)) == found["statements"]
    assert [it.text for it in spoken.notices] == [
        it["text"]["text"] for it in found["notices"]
    ]
    assert kb.content_version == found["content_version"]
    assert lang == found["locale"] == found["name"]["lang"]
    assert found == record_out(spoken, record).model_dump(mode="json")


@SERVICE
def test_service_says_what_comes_near(client):
    """For an unknown id, the client learns what it may have meant."""
    answer = client.get("/conditions/hivv")

    assert 422 == answer.status_code
    said = "no condition has the id 'hivv'; did you mean 'hiv'?"
    assert [
        {
            "type": "salvage_kb_unknown_id",
            "loc": ["path", "condition"],
            "msg": said,
            "input": "hivv",
            "ctx": {
                "kind": "condition",
                "id": "hivv",
                "suggestions": ["hiv"],
                "message": said,
            },
        }
    ] == answer.json()["detail"]


@SERVICE
def test_service_takes_ids_in_queries(client):
    """Ids stand in queries, one or several, and answers are ids too."""
    query = {"condition": ["hiv", "cancer"]}
    shared = HIV.side_effects & conditions["cancer"].side_effects

    assert list(shared.ids) == client.get("/effects", params=query).json()
    assert 422 == client.get("/effects", params={"condition": "x"}).status_code


@SERVICE
def test_service_gives_statements(client):
    """A service may answer with statements, and their cautions come along."""
    query = {"condition": "hiv", "effect": "fatigue"}
    link = HIV.link(side_effects["fatigue"])
    expected = list(map(stated, link.statements))

    assert expected == client.get("/statements", params=query).json()
    assert [] == client.get("/statements?condition=hiv").json()


@SERVICE
def test_service_takes_bodies(client):
    """What a client sends as ids comes back as ids."""
    answer = client.post("/leaflets", json=PLAIN)
    wrong = client.post("/leaflets", json=PLAIN | {"about": 5})

    assert (200, PLAIN) == (answer.status_code, answer.json())
    assert "string_type" == wrong.json()["detail"][0]["type"]


@SERVICE
def test_service_describes_itself(client):
    """The OpenAPI description is valid, and lists the ids as an enum."""
    described = client.get("/openapi.json").json()
    validate(described)
    get = described["paths"]["/conditions/{condition}"]["get"]
    schemas = described["components"]["schemas"]

    assert {
        "type": "string",
        "enum": list(conditions.ids),
        "title": "Condition",
    } == get["parameters"][0]["schema"]
    assert {"$ref": "#/components/schemas/RecordOut"} == get["responses"][
        "200"
    ]["content"]["application/json"]["schema"]
    assert "cautions" in schemas["StatementOut"]["required"]
    assert (
        list(side_effects.ids)
        == (schemas["Leaflet"]["properties"]["effects"]["items"]["enum"])
    )
