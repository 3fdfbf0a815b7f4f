"""Make valid content of any shape, as bundles in their one form."""

import unicodedata
from functools import partial
from typing import get_args

from hypothesis import strategies as st

from salvage_kb import vocabulary
from salvage_kb.loading import CLASSES
from salvage_kb.vocabulary import FOLDERS

slugs = st.from_regex(r"[a-z][a-z0-9]{0,4}(-[a-z0-9]{1,4})?", fullmatch=True)
texts = st.text(
    st.characters(
        codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="<"
    )
    | st.sampled_from(["é", "ñ", "中", "ا", "ह", "'", '"', "\\", "&", "🙂"]),
    min_size=1,
    max_size=12,
).map(partial(unicodedata.normalize, "NFC"))
days = st.dates().map(lambda day: day.isoformat())


def words(alias):
    """Choose one of the words that a field may take."""
    return st.sampled_from(get_args(alias))


def lean(**fields):
    """Leave out what has its default, as the files do."""
    return {
        name: value
        for name, value in fields.items()
        if value is not None and value not in ([], 0, False)
    }


@st.composite
def _citations(draw, sources, *, sections):
    def citation(source):
        section = draw(st.sampled_from(source["sections"]))
        wanted = sections or draw(st.booleans())
        return lean(
            source_id=source["id"],
            section=section if wanted else None,
            read_as=draw(st.none() | words(vocabulary.ReadAs)),
        )

    chosen = st.lists(st.sampled_from(sources), min_size=1, max_size=2)
    return [citation(source) for source in draw(chosen)]


@st.composite
def _statements(draw, home, sources):
    found = []
    for slug in draw(st.lists(slugs, min_size=1, max_size=3, unique=True)):
        id = f"{home}/{slug}"
        cautions = [
            lean(
                id=f"{id}/{name}",
                kind=draw(words(vocabulary.CautionKind)),
                text=draw(texts),
                safety=draw(st.booleans()),
                citations=draw(_citations(sources, sections=False)),
            )
            for name in draw(st.lists(slugs, max_size=2, unique=True))
        ]
        found.append(
            lean(
                id=id,
                text=draw(texts),
                aspect=draw(words(vocabulary.Aspect)),
                citations=draw(_citations(sources, sections=True)),
                cautions=cautions,
            )
        )
    return found


@st.composite
def _records(draw, kind, sources):
    found = []
    for id in draw(st.lists(slugs, max_size=3, unique=True)):
        statements = draw(_statements(f"{FOLDERS[kind]}/{id}", sources))
        names = draw(
            st.lists(texts, min_size=1, max_size=3, unique_by=str.casefold)
        )
        found.append(
            lean(
                id=id,
                name=names[0],
                position=draw(st.integers(-2, 2)),
                synonyms=[
                    {"text": name, "type": draw(words(vocabulary.SynonymType))}
                    for name in names[1:]
                ],
                statements=statements,
                codes=draw(st.lists(_codes, max_size=1)),
                text_review=draw(st.none() | _reviews()),
                summary_id=statements[0]["id"],
                **draw(_more(kind, statements)),
            )
        )
    return found


_codes = st.fixed_dictionaries(
    {
        "system": st.just("https://example.org/codes"),
        "code": slugs,
        "display": texts,
        "match": words(vocabulary.Match),
        "licence": texts,
        "verified_in": texts,
    }
)


@st.composite
def _reviews(draw):
    signed, *later = sorted(draw(st.lists(days, min_size=3, max_size=3)))
    return lean(
        reviewer=draw(texts),
        credential=draw(texts),
        signed_on=signed,
        due_on=later[0],
        digest=draw(st.from_regex(r"[0-9a-f]{64}", fullmatch=True)),
        withdrawn_on=draw(st.none() | st.just(later[1])),
    )


def _more(kind, statements):
    fields = {
        "condition": {"category": words(vocabulary.Category)},
        "modality": {"kind": words(vocabulary.ModalityKind)},
        "side_effect": {"body_system": words(vocabulary.BodySystem)},
        "monitoring_test": {
            "measures_id": st.just(statements[0]["id"]),
            "why_id": st.just(statements[-1]["id"]),
        },
        "topic": {},
    }[kind]
    return st.fixed_dictionaries(fields)


@st.composite
def _sources(draw):
    return [
        lean(
            id=id,
            name=draw(texts),
            publisher=draw(texts),
            published=draw(st.sampled_from([None, "2024", "2024-02-29"])),
            reviewer=draw(st.none() | texts),
            reviewed_on=draw(st.none() | days),
            licence=draw(texts),
            sections=draw(st.lists(slugs, min_size=1, max_size=2)),
        )
        for id in draw(st.lists(slugs, min_size=1, max_size=3, unique=True))
    ]


@st.composite
def bundles(draw):
    """Make a bundle whose links, citations and ids all hold."""
    sources = draw(_sources())
    bundle = {"manifest": _MANIFEST, "sources": sources}
    for kind in CLASSES:
        if kind not in {"source", "notice", "event"}:
            bundle[FOLDERS[kind]] = draw(_records(kind, sources))
    bundle["notices"] = [
        {"id": id, "kind": draw(words(vocabulary.NoticeKind)), "text": "Note."}
        for id in draw(st.lists(slugs, max_size=2, unique=True))
    ]
    every = [
        statement["id"]
        for folder in FOLDERS.values()
        for record in bundle.get(folder, ())
        for statement in record.get("statements", [])
    ]
    for condition in bundle["conditions"]:
        _link(draw, condition, bundle, every)
    _broaden(draw, bundle["modalities"])
    bundle["history"] = draw(_history(every))
    for rows in bundle.values():
        if isinstance(rows, list):
            rows.sort(key=lambda row: (row.get("position", 0), row["id"]))
    return bundle


@st.composite
def _history(draw, every):
    """Retire statements that no strategy above makes, and edit others."""
    found = []
    for id in draw(st.lists(slugs, max_size=3, unique=True)):
        most = min(len(every), 2)
        targets = draw(
            st.lists(st.sampled_from(every), max_size=most, unique=True)
            if every
            else st.just([])
        )
        fate = ("withdrawn", "moved", "split")[len(targets)]
        harm = draw(st.none() | texts) if fate == "withdrawn" else None
        found.append(
            lean(
                id=id,
                subject=f"topics/long-retired/{id}",
                fate=fate,
                since="1.2.0",
                targets=targets,
                reason=draw(texts),
                harm=harm,
            )
        )
    return found


_MANIFEST = {
    "schema_version": 1,
    "content_version": "1.2.3",
    "locale": "en",
    "licence": "CC-BY-4.0",
}


def _link(draw, condition, bundle, every):
    for field, folder in (
        ("modality_links", "modalities"),
        ("side_effect_links", "side_effects"),
        ("monitoring_links", "monitoring_tests"),
    ):
        ids = [row["id"] for row in bundle[folder]]
        chosen = draw(st.sets(st.sampled_from(ids))) if ids else ()
        links = [
            {"id": id, "statements": [draw(st.sampled_from(every))]}
            for id in sorted(chosen)
        ]
        if field == "monitoring_links":
            for link in links:
                link["timing"] = draw(words(vocabulary.Timing))
        if links:
            condition[field] = links


def _broaden(draw, modalities):
    """Make some modalities part of an earlier one, so never in a circle."""
    for index, modality in enumerate(modalities):
        if index and draw(st.booleans()):
            modality["broader_link"] = {
                "id": modalities[index - 1]["id"],
                "statements": [modality["summary_id"]],
            }
