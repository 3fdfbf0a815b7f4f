"""Laws of `Text`."""

import copy
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salvage_kb import Text

SPANISH = Text(
    "fatiga",
    lang="es",
    requested="es-MX",
    is_fallback=False,
    status="draft",
    stale=True,
)


def test_defaults():
    """A plain text is the source, in English, as asked for."""
    text = Text("tired")
    facts = (text.lang, text.requested, text.is_fallback, text.status)

    assert ("en", "en", False, "source") == facts
    assert (False, "ltr") == (text.stale, text.dir)


@given(st.text())
def test_equal_to_str(value):
    """A text equals, hashes and prints as the string that it holds."""
    text = Text(value, lang="ar", dir="rtl")

    assert value == text
    assert hash(value) == hash(text)
    assert repr(value) == repr(text)
    assert json.dumps(value) == json.dumps(text)


def test_methods_give_plain_strings():
    """What is made of a text has no language of its own."""
    assert str is type(SPANISH.upper())
    assert str is type(SPANISH[1:])
    assert str is type(str(SPANISH))


@pytest.mark.parametrize("name", ["lang", "dir", "new"])
def test_read_only(name):
    """Nothing in a text can be set or deleted."""
    with pytest.raises(AttributeError, match=name):
        setattr(SPANISH, name, "fr")
    with pytest.raises(AttributeError, match=name):
        delattr(SPANISH, name)


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickle(protocol):
    """A text arrives with all that is known of it."""
    arrived = pickle.loads(pickle.dumps(SPANISH, protocol))

    assert SPANISH.to_dict() == arrived.to_dict()
    assert SPANISH == arrived


def test_copies_are_the_text_itself():
    """What never changes need not be copied."""
    assert SPANISH is copy.copy(SPANISH)
    assert SPANISH is copy.deepcopy(SPANISH)
