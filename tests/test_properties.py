"""Laws that hold for any valid content, found by Hypothesis."""

import copy
import json
import pickle
import shutil
from pathlib import Path

import pytest
from helpers import DATA, FILES
from hypothesis import given
from hypothesis import strategies as st
from strategies import bundles

from salvage_kb import ContentError, KnowledgeBase, NotLinked, conditions, kb
from salvage_kb.errors import json_path
from salvage_kb.vocabulary import FOLDERS

LINKED = ("conditions", "modalities", "side_effects", "monitoring_tests")


@given(bundles())
def test_round_trip(bundle):
    """What is structured and written again is what was read."""
    assert bundle == KnowledgeBase.from_bundle(bundle).to_bundle()


@given(bundles())
def test_equal_content_has_equal_digests(bundle):
    """The digest follows from the content, and so do records."""
    one = KnowledgeBase.from_bundle(bundle)
    other = KnowledgeBase.from_bundle(copy.deepcopy(bundle))

    assert one.digest == other.digest
    for folder in FOLDERS.values():
        assert list(getattr(one, folder)) == list(getattr(other, folder))
        assert getattr(one, folder) == getattr(other, folder)


@given(bundles())
def test_relations_are_symmetric(bundle):
    """Whoever is linked to another is linked back, by the same link."""
    kb = KnowledgeBase.from_bundle(bundle)
    records = [r for name in LINKED for r in getattr(kb, name)]
    for one in records:
        for other in records:
            linked = one in getattr(kb, _folder(one)).linked_to(other)
            assert linked == (
                other in getattr(kb, _folder(other)).linked_to(one)
            )
            if linked:
                assert one.link(other) == other.link(one)
            else:
                with pytest.raises(NotLinked):
                    one.link(other)


def _folder(record):
    return FOLDERS[record.record_kind]


@given(bundles())
def test_where_agrees_with_the_relations(bundle):
    """Asking by a record and following its relation give the same."""
    kb = KnowledgeBase.from_bundle(bundle)
    for it in kb.conditions:
        assert it.modalities == kb.modalities.where(condition=it)
        assert it.side_effects == kb.side_effects.where(condition=it.id)
        assert it.monitoring_tests == kb.monitoring_tests.where(condition=it)
    for test in kb.monitoring_tests:
        by_timing = [
            kb.conditions.where(monitoring_test=test, timing=timing)
            for timing in ("before", "during", "after")
        ]
        union = by_timing[0] | by_timing[1] | by_timing[2]
        assert set(test.conditions.ids) == set(union.ids)
    for modality in kb.modalities:
        wide = kb.conditions.where(modality=modality)
        parts = [modality, *modality.narrower]
        direct = {id for part in parts for id in part.conditions.ids}
        assert direct == set(wide.ids)


@st.composite
def subsets(draw):
    """Choose two parts of the bundled side effects."""
    effects = (
        conditions["hiv"].side_effects | conditions["cancer"].side_effects
    )
    ids = st.sets(st.sampled_from(kb.side_effects.ids))
    one, other = draw(ids), draw(ids)
    whole = kb.side_effects
    return whole._only(one), whole._only(other), effects


@given(subsets())
def test_set_operations(parts):
    """``& | -`` are those of sets, in the order of the left side."""
    a, b, c = parts

    assert [i for i in a.ids if i in b] == list((a & b).ids)
    assert [i for i in a.ids if i not in b] == list((a - b).ids)
    assert [*a.ids, *(i for i in b.ids if i not in a)] == list((a | b).ids)
    assert a == (a & b) | (a - b) or set(a.ids) == set(((a & b) | (a - b)).ids)
    assert set(((a & b) | (a & c)).ids) == set((a & (b | c)).ids)
    assert (a & b == a) == all(i in b for i in a.ids)


@given(bundles())
def test_pickle_by_value(bundle):
    """Records of other knowledge bases arrive equal, and unbound."""
    kb = KnowledgeBase.from_bundle(bundle)
    for record in kb.conditions:
        arrived = pickle.loads(pickle.dumps(record))

        assert record == arrived
        assert arrived._view is None


VALUES = st.sampled_from(
    [None, True, 5, -1, 1e999, "", " x", "a\nb", "<b>", "\ud800", "nope"]
) | st.sampled_from([[], [3], {}, {"a": 1}, ["x"]])


@st.composite
def mutations(draw):
    """Choose a file of the content, and one change to its JSON."""
    file = draw(st.sampled_from(FILES))
    changed = json.loads((DATA / file).read_bytes())
    holder, steps = changed, ()
    while True:
        keys = list(holder) if isinstance(holder, dict) else range(len(holder))
        key = draw(st.sampled_from(keys))
        steps += (key,)
        inside = isinstance(holder[key], (dict, list)) and holder[key]
        if not inside or draw(st.booleans()):
            break
        holder = holder[key]
    _change(draw, holder, key)
    return file, steps, changed


def _change(draw, holder, key):
    how = draw(st.sampled_from(["delete", "replace", "add", "double"]))
    if how == "delete":
        del holder[key]
    elif how == "replace":
        holder[key] = draw(VALUES)
    elif isinstance(holder, list):
        holder.append(holder[key] if how == "double" else draw(VALUES))
    else:
        holder["unknown"] = draw(VALUES)


@pytest.fixture(name="folder", scope="module")
def _folder_copy(tmp_path_factory):
    return shutil.copytree(DATA, tmp_path_factory.mktemp("law") / "copy")


@given(mutation=mutations())
def test_one_mutation(folder, mutation):
    """A mutated file loads, or each problem names file and path, or target.

    A target is named by whoever links to what the mutation took away.
    """
    file, steps, changed = mutation
    path, parent = json_path(steps), json_path(steps[:-1])
    original = (folder / file).read_bytes()
    (folder / file).write_text(json.dumps(changed), encoding="utf-8")
    try:
        KnowledgeBase.load(folder)
    except ContentError as error:
        for problem in error.problems:
            near = problem.path.startswith(parent) or path.startswith(
                problem.path
            )
            at_home = problem.file == file and near
            assert at_home or Path(file).stem in problem.message
    finally:
        (folder / file).write_bytes(original)


@given(file=st.sampled_from(FILES), data=st.data())
def test_one_broken_byte(folder, file, data):
    """A file with one byte changed or cut off loads, or is named."""
    path = folder / file
    original = path.read_bytes()
    at = data.draw(st.integers(0, len(original) - 1))
    byte = data.draw(st.binary(max_size=1))
    cut = data.draw(st.booleans())
    path.write_bytes(original[:at] + byte + original[at + 1 :] * (not cut))
    try:
        KnowledgeBase.load(folder)
    except ContentError as error:
        for problem in error.problems:
            assert problem.file == file or path.stem in problem.message
    finally:
        path.write_bytes(original)
