"""Overlays, translations, views and pickles in any order, beside a model."""

import json
import pickle
import tempfile
from pathlib import Path

import hostile
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)
from strategies import bundles, texts

from salvage_kb import KnowledgeBase
from salvage_kb.vocabulary import FOLDERS

RECORDS = ("conditions", "modalities", "side_effects", "monitoring_tests")
TAGS = st.sampled_from(["es", "es-MX", "zh-Hant", "ar", "en-XA", "fy"])
POLICIES = st.fixed_dictionaries(
    {
        "fallback": st.sampled_from(["allow", "omit"]),
        "min_status": st.sampled_from(["draft", "reviewed"]),
        "stale": st.sampled_from(["show", "fallback"]),
    }
)


def cautions_of(kb):
    """Give the ids of the cautions of each statement, as a plain dict."""
    return {it.id: [c.id for c in it.cautions] for it in kb.statements}


def origins_of(kb):
    """Give where each statement comes from, as a plain dict."""
    return {it.id: it.origin for it in kb.statements}


def _translate(key, text, tag):
    return f"{tag}: {text} ({key})"


class Model:
    """Say in plain data what a knowledge base should hold."""

    def __init__(self, kb, *, cautions, origins, same):
        self.kb = kb
        self.cautions = cautions
        self.origins = origins
        #: What content this is, so that equal ones have equal digests.
        self.same = same
        self.digest = kb.digest
        self.bundle = json.dumps(kb.to_bundle())


class Machine(RuleBasedStateMachine):
    """Make knowledge bases of others; none of them ever changes."""

    made = Bundle("made")

    def __init__(self):
        super().__init__()
        self.models = []
        self.folder = tempfile.TemporaryDirectory()
        self.count = 0

    def teardown(self):
        """Remove what was written."""
        self.folder.cleanup()

    def keep(self, kb, **facts):
        """Remember a knowledge base with what it should hold."""
        self.models.append(Model(kb, **facts))
        return self.models[-1]

    def path(self):
        """Give a path that nothing stands at."""
        self.count += 1
        return Path(self.folder.name) / f"{self.count}"

    @initialize(target=made, bundle=bundles())
    def start(self, bundle):
        """Begin with any valid content."""
        kb = KnowledgeBase.from_bundle(bundle)
        held = [
            it
            for folder in FOLDERS.values()
            for row in bundle.get(folder, ())
            for it in row.get("statements", ())
        ]
        return self.keep(
            kb,
            cautions={
                it["id"]: [c["id"] for c in it.get("cautions", ())]
                for it in held
            },
            origins={it["id"]: "base" for it in held},
            same=("start",),
        )

    @rule(target=made, model=made, text=texts)
    def add_a_record(self, model, text):
        """An overlay adds a record with a source and a statement."""
        slug = f"own-{self.count}"
        id = f"topics/{slug}/x"
        source = hostile.SOURCE | {"id": slug}
        cited = [{"source_id": slug, "section": "a"}]
        said = hostile.STATEMENT | {"id": id, "text": text, "citations": cited}
        topic = hostile.TOPIC | {
            "id": slug,
            "statements": [said],
            "summary_id": id,
        }
        path = self.path()
        path.write_bytes(
            hostile.text({"sources": [source], "topics": [topic]})
        )
        return self.keep(
            model.kb.overlay(path),
            cautions=model.cautions | {id: []},
            origins=model.origins | {id: "local"},
            same=(*model.same, slug, text),
        )

    @rule(target=made, model=made, data=st.data(), text=texts)
    def replace_a_statement(self, model, data, text):
        """An overlay says it in other words; the cautions stay."""
        if not model.cautions:
            return model
        id = data.draw(st.sampled_from(sorted(model.cautions)))
        there = model.kb.statements[id]
        folder, slug = id.split("/")[:2]
        caution = {
            "id": f"{id}/own-{self.count}",
            "kind": "conflicts",
            "text": text,
            "citations": [{"source_id": model.kb.sources.ids[0]}],
        }
        said = there.to_dict() | {
            "replaces": id,
            "text": text,
            "cautions": [caution],
        }
        said.pop("origin", None)
        path = self.path()
        path.write_bytes(
            hostile.text({folder: [{"id": slug, "statements": [said]}]})
        )
        kept = [*model.cautions[id], caution["id"]]
        return self.keep(
            model.kb.overlay(path),
            cautions=model.cautions | {id: kept},
            origins=model.origins | {id: "local"},
            same=(*model.same, caution["id"], text),
        )

    @rule(target=made, model=made, text=texts, data=st.data())
    def add_translations(self, model, text, data):
        """A folder translates one statement; nothing else changes."""
        keys = sorted(model.cautions)
        path = self.path()
        path.mkdir()
        info = hostile.INFO | {"locale": "es"}
        (path / "locale.json").write_bytes(hostile.text(info))
        if keys:
            key = data.draw(st.sampled_from(keys))
            home, id = key.split("/")[:2]
            said = {
                "source": str(model.kb.statements[key].text),
                "text": text,
                "status": "draft",
            }
            (path / home).mkdir()
            (path / home / f"{id}.json").write_bytes(
                hostile.text({"id": id, "texts": {key: said}})
            )
        kb = model.kb.with_locale("es", path)
        if keys:
            found = kb.localized("es").statements[key].text
            if model.kb._translator:  # it is asked before any other
                assert "translator" == found.origin
            else:
                assert (text, "folder") == (str(found), found.origin)
            assert "draft" == found.status
        assert model.digest == kb.digest
        return self.keep(
            kb,
            cautions=model.cautions,
            origins=model.origins,
            same=model.same,
        )

    @rule(target=made, model=made)
    def add_a_translator(self, model):
        """A function translates; the content itself stays what it is."""
        kb = model.kb.with_translator(_translate, status="draft")
        for statement in kb.localized("fy").statements:
            assert statement.text.startswith("fy: ")
            assert ("translator", "draft") == (
                statement.text.origin, statement.text.status,
            )  # fmt: skip
        return self.keep(
            kb,
            cautions=model.cautions,
            origins=model.origins,
            same=model.same,
        )

    @rule(model=made, tag=TAGS, policy=POLICIES)
    def look(self, model, tag, policy):
        """A view is cached, and has each caution of what it shows."""
        view = model.kb.localized(tag, **policy)
        assert view is model.kb.localized(tag, **policy)
        assert view is view.localized(tag, **policy)
        assert tag == view.locale
        shown = cautions_of(view)
        assert shown.items() <= model.cautions.items()
        if policy["fallback"] == "allow":
            assert list(model.kb.statements.ids) == list(shown)
        for statement in view.statements:
            for caution in statement.cautions:
                assert str(caution.text) in str(statement)
        assert len(view.notices) == len(model.kb.notices)
        assert model.bundle == json.dumps(view.to_bundle())

    @rule(
        model=made, day=st.dates(), basis=st.sampled_from(["source", "text"])
    )
    def keep_reviewed(self, model, day, basis):
        """What is kept is whole: a part of the same, with its cautions."""
        kept = model.kb.reviewed(on=day, basis=basis)
        assert cautions_of(kept).items() <= model.cautions.items()
        assert list(kept.sources.ids) == list(model.kb.sources.ids)
        assert list(kept.notices.ids) == list(model.kb.notices.ids)
        for name in RECORDS:
            there = getattr(model.kb, name).ids
            assert set(getattr(kept, name).ids) <= set(there)
            for record in getattr(kept, name):
                assert record.review.holds(on=day, basis=basis)

    @rule(model=made, tag=TAGS)
    def pickle_all(self, model, tag):
        """A record arrives equal and unbound, and copies are the same."""
        for kb in (model.kb, model.kb.localized(tag)):
            for record in kb.conditions:
                arrived = pickle.loads(pickle.dumps(record))
                assert record == arrived
                assert arrived._view is None

    @rule(model=made, query=texts)
    def search(self, model, query):
        """A hit is a record of this content, with all of its cautions."""
        for hit in model.kb.search(query):
            there = model.kb.table(hit.record.record_kind)[hit.record.id]
            assert hit.record is there
            if hit.statement:
                told = [it.id for it in hit.cautions]
                assert model.cautions[hit.statement.id] == told

    @rule(model=made)
    def bundle_again(self, model):
        """What is written as a bundle and read again has the same digest."""
        again = KnowledgeBase.from_bundle(json.loads(model.bundle))
        assert model.digest == again.digest

    @invariant()
    def nothing_changes(self):
        """Each still holds what the model says, and every id resolves."""
        for model in self.models[-3:]:
            assert model.cautions == cautions_of(model.kb)
            assert model.origins == origins_of(model.kb)
            assert model.digest == model.kb.digest
            assert model.bundle == json.dumps(model.kb.to_bundle())
            for ref in model.cautions:
                (found,) = model.kb.check_refs([ref])
                assert "Current" == type(found).__name__
                assert model.kb.statements[ref] is found.item

    @invariant()
    def digests_tell_content_apart(self):
        """Digests differ if and only if the content does."""
        digests = {model.same: model.digest for model in self.models}
        assert len(set(digests.values())) == len(digests)
        for model in self.models:
            assert digests[model.same] == model.digest


TestMachine = Machine.TestCase
TestMachine.settings = settings(
    max_examples=100, stateful_step_count=12, deadline=None
)
