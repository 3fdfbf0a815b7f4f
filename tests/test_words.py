"""The words around the content, in each language that has them."""

import string
from typing import get_args

import pytest

from salvage_kb import kb
from salvage_kb.locales import direction_of
from salvage_kb.text import flaw
from salvage_kb.words import _WORDS, Word, Words

WORDS = get_args(Word)
#: Words that stand in for what is not known before.
FACTS = {
    "words": "Words",
    "who": "A. Doctor, MD",
    "day": "2025-12-03",
    "by": "A. Translator",
    "version": "1.2.3",
    "some": "A",
    "more": "B",
    "lang": "en",
    "tag": "nl",
}


def places(words):
    """List the facts that words have a place for."""
    fields = string.Formatter().parse(words)
    return sorted(name for _, name, _, _ in fields if name is not None)


def test_languages():
    """There are words in each language that the content is in."""
    assert sorted(kb.locales) == sorted(_WORDS)


@pytest.mark.parametrize("tag", _WORDS)
def test_every_word(tag):
    """No language lacks a word or a place for a fact, or has one more."""
    expected = {word: places(it) for word, it in _WORDS["en"].items()}

    assert sorted(WORDS) == sorted(_WORDS[tag])
    assert expected == {word: places(it) for word, it in _WORDS[tag].items()}


@pytest.mark.parametrize("tag", _WORDS)
def test_words_are_plain(tag):
    """Words are texts that the content itself might hold, facts and all."""
    words = Words(tag)
    for word in WORDS:
        text = words(word, **FACTS)
        facts = (FACTS[name] for name in places(_WORDS["en"][word]))

        assert None is flaw(text)
        assert (tag, tag, False) == (
            text.lang,
            text.requested,
            text.is_fallback,
        )
        assert direction_of(tag) == text.dir
        assert ("source" if tag == "en" else "draft") == text.status
        for fact in facts:
            assert fact in text


@pytest.mark.parametrize("tag", _WORDS)
def test_one_word_for_one_thing(tag):
    """What has a name in the content has the same one around it."""
    view, words = kb.localized(tag), Words(tag)

    assert words("side-effect") == view.topics["side-effects"].name
    assert words("prognosis") == view.topics["prognosis"].name
    assert words("unreviewed") in view.notices["not-reviewed"].text


@pytest.mark.parametrize("tag", _WORDS)
def test_headings_differ(tag):
    """No two headings or labels of a language are the same."""
    headings = [_WORDS[tag][word] for word in WORDS if not places(word)]

    assert sorted(set(headings)) == sorted(headings)


@pytest.mark.parametrize("tag", _WORDS)
def test_labels(tag):
    """A label is the word with the colon of the language."""
    words = Words(tag)
    colons = {"fr": "\N{NO-BREAK SPACE}:", "zh-Hans": "："}

    assert words("caution") + colons.get(tag, ":") == words.label("caution")
    assert tag == words.label("caution").lang


@pytest.mark.parametrize(
    ("tag", "lang"),
    [
        ("es-MX", "es"),
        ("pt-PT", "pt"),
        ("zh-CN", "zh-Hans"),
        ("ar-XB", "ar"),
        ("en-XA", "en"),
    ],
)
def test_near_languages(tag, lang):
    """A region gets the words of its language."""
    text = Words(tag)("sources")

    assert (_WORDS[lang]["sources"], lang) == (text, text.lang)
    assert (tag, False) == (text.requested, text.is_fallback)


@pytest.mark.parametrize("tag", ["pl", "zh-Hant", "ur"])
def test_no_words(tag):
    """A language without words gets English ones, which say that they are."""
    text = Words(tag)("caution")

    assert ("Caution", "en", "ltr") == (text, text.lang, text.dir)
    assert (tag, True) == (text.requested, text.is_fallback)


def test_dates_in_arabic():
    """Dates and versions run from left to right in the midst of Arabic."""
    words = Words("ar")
    mark = "\N{LEFT-TO-RIGHT MARK}"

    for word in [it for it in WORDS if "day" in places(_WORDS["en"][it])]:
        assert f"{mark}2025-12-03" in words(word, **FACTS)
    assert words("version", **FACTS).endswith(f"{mark}1.2.3")
