"""Language tags, and the choice among languages on offer."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langcodes import standardize_tag

from salvage_kb import LocaleError, kb, tags
from salvage_kb.tags import (
    canonical,
    choose,
    language_and_script,
    negotiate,
)

OWN = sorted(tags._CANONICAL)
CANONICAL = {
    "es": "es",
    "ES-mx": "es-MX",
    "pt_BR": "pt-BR",
    "zh-hant-tw": "zh-Hant-TW",
    "iw": "he",
    "in": "id",
    "no": "no",
    "mo": "ro",
    "cmn": "zh",
    "sh": "sr-Latn",
    "i-klingon": "tlh",
    "en-us-u-ca-buddhist": "en-US-u-ca-buddhist",
    "de-1996": "de-1996",
    "en-XA": "en-XA",
}


@pytest.mark.parametrize("tag", OWN)
def test_own_tags_are_canonical(tag):
    """What is taken as it stands is what langcodes makes of it."""
    assert tag == standardize_tag(tag, macro=True)


@pytest.mark.parametrize(("tag", "expected"), CANONICAL.items())
def test_canonical(tag, expected):
    """A tag has one form; legacy tags are renewed."""
    assert expected == canonical(tag)
    assert expected == canonical(expected)


@pytest.mark.parametrize(
    "tag", ["", "x", "*", "e", "abcdefghij", "es mx", "ｅｓ", "es\n", "ñ"]
)
def test_malformed(tag):
    """What is no tag is refused with what would be one."""
    with pytest.raises(LocaleError, match="such as es or pt-BR") as caught:
        canonical(tag)

    assert tag == caught.value.tag
    assert isinstance(caught.value, ValueError)


def test_long_and_odd_tags():
    """A tag is no novel, and is text."""
    with pytest.raises(LocaleError, match="more than 100 characters"):
        canonical("en-" + "a" * 100)
    with pytest.raises(TypeError, match="should be text, not None"):
        canonical(None)


#: What is wanted, what is on offer, what is chosen. The first rows are the
#: examples of RFC 4647 (lookup); the others are pairs that CLDR's matcher
#: joins or keeps apart, as far as one language and script go.
CHOICES = [
    ("zh-Hant-CN-x-private1", ["zh-Hant"], "zh-Hant"),
    ("de-CH", ["de", "en"], "de"),
    ("en-GB-oed", ["en", "de"], "en"),
    ("fr-FR", ["fr"], "fr"),
    ("es-MX", ["en", "es", "es-419"], "es-419"),
    ("es-MX", ["en", "es-ES"], "es-ES"),
    ("es", ["es-MX", "es"], "es"),
    ("zh-TW", ["en", "zh-Hans", "zh-Hant"], "zh-Hant"),
    ("zh-HK", ["zh", "zh-Hant"], "zh-Hant"),
    ("zh-TW", ["en", "zh-Hans"], None),
    ("zh-TW", ["zh"], None),
    ("zh", ["zh-Hans"], "zh-Hans"),
    ("zh-SG", ["zh-Hans"], "zh-Hans"),
    ("pt-BR", ["pt-PT"], "pt-PT"),
    ("pt", ["pt-BR", "pt-PT"], "pt-BR"),
    ("sr-Latn-RS", ["sr-Cyrl"], None),
    ("sr-Latn", ["sr", "sr-Latn"], "sr-Latn"),
    ("sh", ["sr-Latn"], "sr-Latn"),
    ("iw", ["he"], "he"),
    ("he", ["iw"], "iw"),
    ("in", ["id"], "id"),
    ("no", ["nb"], "nb"),
    ("nb", ["no"], "no"),
    ("nn", ["nb"], None),
    ("tl", ["fil"], "fil"),
    ("mo", ["ro"], "ro"),
    ("uk", ["ru", "en"], None),
    ("ca", ["es", "en"], None),
    ("cy", ["en"], None),
    ("gl", ["es", "pt"], None),
    ("hr", ["sr-Latn"], None),
    ("uz-Cyrl", ["uz"], None),
    ("ms-Arab", ["ms"], None),
    ("und", ["en"], None),
    ("mul", ["en"], None),
    ("x-private", ["en"], None),
    ("en-AU", ["en-US", "en-GB"], "en-GB"),
    ("es", [], None),
]


@pytest.mark.parametrize(("wanted", "offered", "expected"), CHOICES)
def test_choose(wanted, offered, expected):
    """A match never crosses a language or a script."""
    assert expected == choose(wanted, offered)


OFFERED = ("en", "es", "pt-BR", "zh-Hans", "zh-Hant")
HEADERS = {
    "es-MX,es;q=0.9,en;q=0.5": "es",
    "en;q=0.5, es;q=0.4": "en",
    "uk, ru;q=0.9": "en",
    "ca, es;q=0.5": "es",
    "zh-TW": "zh-Hant",
    "zh": "zh-Hans",
    "pt": "pt-BR",
    "": "en",
    "*": "en",
    "es;q=0, *": "en",
    "en;q=0, *": "es",
    "en;q=0": "en",
    "*;q=0": "en",
    "en-US;q=0, es;q=0.1": "es",
    "es, es-MX;q=0": "es",
    "pt-PT;q=0, pt": "pt-BR",
    "pt;q=0, pt-BR;q=0.5": "pt-BR",
    "pt;q=0, pt-PT;q=0.5": "en",
    "zh;q=0, zh-Hant;q=0.5": "zh-Hant",
    "zh;q=0, *;q=0.1": "en",
    "*, es;q=0.5": "en",
    "fr, *;q=0.1": "en",
    "pt;q=1.000, es;q=0.999": "pt-BR",
    "ES_mx ; Q=0.7 , de": "es",
    "es;q=2": "en",
    "es;q=x, pt": "pt-BR",
    "garbage!!, es": "es",
    "en;q=0,es;q=0,pt;q=0,zh-Hans;q=0,zh-Hant;q=0,*": "en",
}


@pytest.mark.parametrize(("header", "expected"), HEADERS.items())
def test_negotiate(header, expected):
    """The best that is wanted and on offer, or else the base language."""
    assert expected == negotiate(header, OFFERED, "en")


def test_negotiate_a_list():
    """A list is taken in its order; a tag in it that is none is refused."""
    assert "es" == negotiate(["ca", "es-AR", "en"], OFFERED, "en")
    assert "en" == negotiate([], OFFERED, "en")
    with pytest.raises(LocaleError, match="is no language tag"):
        negotiate(["es", "!"], OFFERED, "en")


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ("e" * 1001, "has more than 1000 characters"),
        ("es," * 50, "has more than 50 items"),
        (["es"] * 51, "has more than 50 items"),
    ],
)
def test_too_much(wanted, reason):
    """Nobody means a header as long as that."""
    with pytest.raises(LocaleError, match=reason):
        kb.negotiate(wanted)


def test_a_list_without_an_end():
    """A list is not read further than anybody would mean."""
    with pytest.raises(LocaleError, match="has more than 50 items"):
        kb.negotiate(itertools.repeat("es"))


def test_negotiate_of_the_knowledge_base():
    """What is on offer is what can be shown, the base language first."""
    assert "en" == kb.locales[0]
    assert "en" == kb.negotiate("xx, yy;q=0.5")


@given(st.text(max_size=60))
def test_any_tag(tag):
    """Any text is a tag with one form, or is refused."""
    try:
        found = canonical(tag)
    except LocaleError as error:
        assert tag == error.tag
    else:
        assert found == canonical(found)
        language_and_script(found)


@given(
    st.text(max_size=120)
    | st.text(alphabet="esnptzhHa-;,=q.*019 _", max_size=120)
)
def test_any_header(header):
    """Any text is a header that leads to a language on offer."""
    try:
        assert kb.negotiate(header) in kb.locales
        assert negotiate(header, OFFERED, "en") in OFFERED
    except LocaleError as error:
        assert "more than 50 items" in str(error)
