"""The knowledge base: when it reads, and what it keeps."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from helpers import run_python

import salvage_kb
from salvage_kb import ContentError, KnowledgeBase, kb
from salvage_kb.loading import load_bundle, load_bundled

BUNDLE = kb.to_bundle()


def test_names():
    """The container, the kinds, the values and the errors are public."""
    assert sorted(salvage_kb.__all__) == salvage_kb.__all__
    for name in salvage_kb.__all__:
        assert getattr(salvage_kb, name) is not None


def test_versions():
    """The text has the number of the release that carries it."""
    assert salvage_kb.__version__ == kb.content_version
    assert (1, "en", "CC-BY-4.0") == (kb.schema_version, kb.locale, kb.licence)


def test_importing_reads_nothing():
    """Neither the import nor a repr reads data or imports the loader."""
    code = """
import sys
def refuse(event, arguments):
    if event == "open" and str(arguments[0]).endswith(".json"):
        raise SystemExit(f"read {arguments[0]}")
sys.addaudithook(refuse)
from salvage_kb import *
import salvage_kb
print(repr(conditions), repr(salvage_kb.kb))
assert not {"langcodes", "click", "difflib"} & set(sys.modules)
assert "salvage_kb.loading" not in sys.modules
assert not salvage_kb.kb.is_loaded
"""
    expected = "<Conditions: not loaded yet> <KnowledgeBase: not loaded yet>"

    assert expected == run_python(code)


def test_reading_is_seen():
    """The guard of the test above does see a read, so it can fail."""
    code = """
import sys
seen = []
sys.addaudithook(lambda event, args: event == "open" and seen.append(args[0]))
import salvage_kb
before = sum(str(name).endswith(".json") for name in seen)
len(salvage_kb.conditions)
print(before, sum(str(name).endswith(".json") for name in seen) > 70)
"""

    assert "0 True" == run_python(code)


def test_many_threads_read_once():
    """Whoever comes first reads, and all get the same records."""
    reads = []
    barrier = Barrier(16)

    def read():
        reads.append(1)
        return load_bundle(BUNDLE)

    lazy = KnowledgeBase(read)

    def ask(_):
        barrier.wait()
        return lazy.conditions["hiv"]

    with ThreadPoolExecutor(16) as pool:
        found = set(map(id, pool.map(ask, range(16))))

    assert (1, 1) == (len(reads), len(found))


def test_a_failed_load_fails_again():
    """The same error comes each time, and nothing is read twice."""
    reads = []

    def read():
        reads.append(1)
        return load_bundle({})

    broken = KnowledgeBase(read)
    errors = []
    for _ in range(3):
        with pytest.raises(ContentError) as caught:
            len(broken.conditions)
        errors.append(caught.value)

    assert [errors[0]] * 3 == errors
    assert 1 == len(reads)
    assert not broken.is_loaded
    assert "<Conditions: not loaded yet>" == repr(broken.conditions)


def test_the_bundled_content_loads_without_problems():
    """What is bundled is valid; reading it again gives the same."""
    fresh = KnowledgeBase()

    assert fresh.is_bundled
    assert not fresh.is_loaded
    assert kb.conditions == fresh.conditions
    assert fresh.is_loaded
    assert kb.conditions["hiv"] == load_bundled().tables["condition"]["hiv"]


def test_nothing_can_be_changed():
    """Tables and links are read-only, and a bundle is the caller's own."""
    with pytest.raises(TypeError):
        kb.table("condition")["x"] = 1
    with pytest.raises(TypeError):
        kb.neighbors(("condition", "hiv"))["x"] = 1
    kb.to_bundle()["conditions"].clear()
    assert BUNDLE == kb.to_bundle()


def test_kinds_do_not_mix():
    """One id may stand in several kinds."""
    assert "side-effects" in kb.topics
    assert "side-effects" not in kb.side_effects


def test_repr():
    """A repr tells the version and the language."""
    assert f"<KnowledgeBase: content {kb.content_version}, en>" == repr(kb)
    assert "<KnowledgeBase: not loaded yet>" == repr(KnowledgeBase())


def test_bundle_is_plain():
    """A bundle holds only what JSON has, in plain types."""
    plain = {dict, list, str, int, bool}

    def types(value):
        yield type(value)
        inner = value.values() if isinstance(value, dict) else ()
        for item in value if isinstance(value, list) else inner:
            yield from types(item)

    assert set(types(BUNDLE)) <= plain


def test_an_error_without_words():
    """The root of the errors can be raised bare, as any exception."""
    assert "" == str(salvage_kb.SalvageKBError())
    assert "why" == str(salvage_kb.SalvageKBError("why"))
