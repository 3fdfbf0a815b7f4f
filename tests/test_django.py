"""The Django app, in this process and in a project made from its page."""

import html
import importlib
import json
import os
import pickle
import re
import shlex
import subprocess
import sys
from datetime import date
from functools import partial
from pathlib import Path

import django
import html5lib
import pytest
from django import forms
from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.template import engines
from django.test import override_settings
from django.utils import functional, translation
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from strategies import bundles
from test_packaging import ROOT
from test_review import SIGNED

from salvage_kb import (
    KnowledgeBase,
    LocaleError,
    RetiredId,
    Text,
    UnboundRecord,
    UnknownId,
    conditions,
    kb,
)
from salvage_kb.export import pages
from salvage_kb.integrations.django import (
    check_ids,
    choices,
    knowledge_base,
)
from salvage_kb.integrations.django.widgets import Select, SelectMultiple
from salvage_kb.testing import tiny_knowledge_base
from salvage_kb.vocabulary import FOLDERS
from salvage_kb.words import Words

TINY = tiny_knowledge_base()
KINDS = [it for it in FOLDERS if it not in {"notice", "event"}]
#: Languages as Django has them, and the one that our texts are in then.
LANGUAGES = {
    "en-us": "en",
    "ar": "ar",
    "es-mx": "es",
    "zh-hans": "zh-Hans",
    "pt-br": "pt",
    "de@formal": "de",
    "uk": "en",
    "zh-hant": "en",
    None: "en",
}


@pytest.fixture(name="site", scope="module", autouse=True)
def _site():
    """Set Django up in this process, and take the settings back."""
    engine = "django.template.backends.django.DjangoTemplates"
    settings.configure(
        INSTALLED_APPS=["salvage_kb.integrations.django"],
        LOGGING_CONFIG=None,
        TEMPLATES=[{"BACKEND": engine, "APP_DIRS": True}],
    )
    django.setup()
    yield
    settings._wrapped = functional.empty


def using(content=None, **more):
    """Set what the site shows."""
    return override_settings(SALVAGE_KB={"CONTENT": content, **more})


def render(source, **context):
    """Render a template that has loaded our tags."""
    template = engines["django"].from_string("{% load salvage_kb %}" + source)
    return template.render(context)


def parse(page):
    """Read HTML as browsers do, and refuse what they would have to mend."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parseFragment(page)


def said(element):
    """Give all text inside an element."""
    return "".join(element.itertext())


def by_class(element, name):
    """Give the elements of a class."""
    return [it for it in element.iter() if name in it.get("class", "").split()]


def changed(change, base=TINY):
    """Give content after a change to its bundle."""
    bundle = base.to_bundle()
    change(bundle)
    del bundle["manifest"]["files"]
    return KnowledgeBase.from_bundle(bundle)


def _in_french(bundle):
    """Say that the content was written in French, and nothing else."""
    bundle["manifest"]["locale"] = "fr"


def _hostile(bundle):
    """Write what other programs take for markup, but is none here."""
    odd = "&lt;b> {{ 5 }} {% now %} \"'`<3 &amp;"
    row = bundle["conditions"][0]
    row["name"] = row["codes"][0]["display"] = odd
    row["statements"][0]["text"] = odd
    row["statements"][1]["cautions"][0]["text"] = odd
    bundle["sources"][0] |= {"name": odd, "publisher": odd, "reviewer": odd}
    bundle["notices"][0]["text"] = odd
    bundle["locales"] = {}


def _without_notices(bundle):
    """Leave out the notices."""
    bundle["notices"] = []


def _without_conditions(bundle):
    """Leave out the conditions, and what leads to them."""
    bundle |= {"conditions": [], "history": [], "locales": {}}


FRENCH, HOSTILE = changed(_in_french), changed(_hostile)


# The content of the site


@pytest.mark.parametrize(("tag", "lang"), LANGUAGES.items())
@pytest.mark.parametrize("kind", KINDS)
def test_choices(kind, tag, lang):
    """They are ids and names in the active language, which they name."""
    with translation.override(tag):
        found = choices(kind)
    view = kb.localized((tag or "en").partition("@")[0])
    names = [name for _, name in found]

    assert [(it.id, it.name) for it in view.table(kind).values()] == found
    if kind != "source":  # titles stay as they are
        assert {lang} == {name.lang for name in names}
        assert {(tag or "").startswith(("uk", "zh-hant"))} == {
            name.is_fallback for name in names
        }


def test_choices_in_a_given_language():
    """A given language goes before the active one."""
    with translation.override("ar"):
        assert choices("topic", "de") == choices("topic", locale="de")
        assert {"de"} == {name.lang for _, name in choices("topic", "de")}


def test_choices_where_english_is_not_the_base():
    """Without an active language, or its words, the base language speaks."""
    for tag, fallback in ((None, False), ("en", True), ("fr-ca", False)):
        with using(FRENCH), translation.override(tag):
            (name, _) = (name for _, name in choices())

        assert ("fr", fallback) == (name.lang, name.is_fallback)


@pytest.mark.parametrize("kind", ["statement", "notice", "conditions", ""])
def test_there_are_no_choices_of_that_kind(kind):
    """A kind without names is refused, and those with names are listed."""
    with pytest.raises(ValueError, match="it is one of condition, modality,"):
        choices(kind)
    with pytest.raises(ValueError, match="it is one of condition, modality,"):
        check_ids([], kind)


def test_a_language_that_is_none():
    """A tag that is none is refused, not passed over."""
    with pytest.raises(LocaleError):
        choices(locale="no such tag")


def test_the_policy_of_the_site():
    """It holds for choices, records and statements alike."""
    statement = TINY.statements["conditions/example-illness/what-it-is"]
    policy = {"stale": "fallback", "min_status": "draft"}
    with translation.override("es"):
        with using(TINY):
            assert "rara" in render("{% kb_statement it %}", it=statement)
        with using(TINY, POLICY=policy):
            assert "rara" not in render("{% kb_statement it %}", it=statement)
        with using(TINY, POLICY={"min_status": "reviewed"}):
            assert ["Example illness", "Other illness"] == [
                name for _, name in choices()
            ]
        strict = using(TINY, POLICY={"fallback": "raise"})
        with strict, pytest.raises(LocaleError):
            choices()
        sparse = using(TINY, POLICY={"fallback": "omit"})
        with sparse, pytest.raises(UnknownId):
            render("{% kb_record 'topic' 'example-topic' %}")


def test_the_policy_of_a_view():
    """What shows no drafts goes on to show none, in whatever language."""
    strict = TINY.localized("en", min_status="reviewed")
    record = strict.conditions["example-illness"]
    with translation.override("es"):
        page = render("{% kb_record it %}", it=record)
        with using(strict):
            assert "Example illness" == choices()[0][1]
        with using(strict, POLICY={"min_status": "draft"}):
            assert "Enfermedad de ejemplo" == choices()[0][1]

    assert "Enfermedad" not in page


@pytest.mark.parametrize("kind_of_path", [str, Path])
def test_content_from_a_path(tmp_path, kind_of_path):
    """A site may have content of its own, which is read once."""
    path = tmp_path / "tiny.json"
    path.write_text(json.dumps(TINY.to_bundle()), encoding="utf-8")
    with using(kind_of_path(path)):
        first = knowledge_base("en")
        path.unlink()

        assert TINY.digest == first.digest
        assert first is knowledge_base("en")
        assert ("example-illness", "Example illness") == choices()[0]


def test_content_that_is_a_view():
    """Whatever language it is in, the active one is shown."""
    with using(TINY.localized("es")):
        with translation.override("en"):
            assert ("example-illness", "Example illness") == choices()[0]
        with translation.override(None):
            assert "en" == knowledge_base().locale


def test_without_a_setting():
    """Without anything set, it is the content of the package."""
    for chosen in ({}, {"CONTENT": None}):
        with override_settings(SALVAGE_KB=chosen):
            assert knowledge_base("en") is kb


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"CONTNET": 1}, "SALVAGE_KB has no 'CONTNET'; did you mean 'CONTE"),
        ({5: 1}, "SALVAGE_KB has no 5; only CONTENT, POLICY, CHECK_ON"),
        ("/content", "SALVAGE_KB should be a dict, not '/content'"),
    ],
)
def test_settings_that_do_not_exist(given, message):
    """What is misspelt is never passed over."""
    wrong = override_settings(SALVAGE_KB=given)
    with wrong, pytest.raises(ImproperlyConfigured, match=message):
        choices()


def test_check_ids():
    """Of stored ids, it tells once what became of each that is gone."""
    stored = ["example-illness", "old-illness", "other-ilness", "old-illness"]
    with using(TINY):
        moved, unknown = check_ids(iter(stored))
        (withdrawn,) = check_ids(["example-cough"], "side_effect")

    assert "conditions/example-illness" == moved.target
    assert ("conditions/other-illness",) == unknown.suggestions
    assert "Somebody may take the example for real." == withdrawn.harm
    with pytest.raises(TypeError, match="takes a list of ids, not one"):
        check_ids("hiv")


# Forms


class VisitForm(forms.Form):
    """Ask for two things, in whatever language."""

    condition = forms.ChoiceField(choices=choices, widget=Select)
    tests = forms.MultipleChoiceField(
        choices=partial(choices, "monitoring_test"), widget=SelectMultiple
    )


@pytest.mark.parametrize(("tag", "lang"), LANGUAGES.items())
def test_a_form_follows_the_language(tag, lang):
    """One form has its options in each language, and each option names it."""
    form = VisitForm({"condition": "copd", "tests": ["viral-load-test"]})
    with translation.override(tag):
        page = parse(str(form["condition"]) + str(form["tests"]))
        options = list(page.iter("option"))
        wanted = [*choices(), *choices("monitoring_test")]

        assert wanted == [(it.get("value"), said(it)) for it in options]
        assert {lang} == {it.get("lang") for it in options}
        assert {"rtl" if tag == "ar" else "ltr"} == {
            it.get("dir") for it in options
        }
        assert ["copd", "viral-load-test"] == [
            it.get("value") for it in options if "selected" in it.attrib
        ]
        assert form.is_valid()
    assert not VisitForm({"condition": "hvi", "tests": []}).is_valid()


def test_other_options():
    """An option with a text that is not ours stays as Django has it."""
    widget = Select(choices=[("", "---"), *choices()], attrs={"class": "x"})
    plain = forms.Select(choices=[("", "---")], attrs={"class": "x"})
    first, *rest = parse(widget.render("name", None)).iter("option")

    assert "---" == said(first)
    assert [parse(plain.render("name", None)).find(".//option").attrib] == [
        first.attrib
    ]
    assert all(it.get("lang") for it in rest)


# Templates

TAGS = st.sampled_from(["en", "ar", "zh-Hans", 'x" onload="y', "<b>"])
WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"))
    | st.sampled_from(" <>&\"'{}%")
)
TEXTS = st.builds(Text, WORDS, lang=TAGS, dir=st.sampled_from(["ltr", "rtl"]))


@given(TEXTS)
def test_a_text_keeps_its_language(text):
    """Whatever a text says, it arrives as text, with language and direction."""
    (span,) = parse(render("{{ it|kb_text }}", it=text))

    assert ("span", text, text.lang, text.dir) == (
        span.tag,
        said(span),
        span.get("lang"),
        span.get("dir"),
    )
    assert [] == list(span)


@given(TEXTS)
def test_an_option_keeps_its_language(text):
    """The same holds for the label of an option."""
    page = Select(choices=[("id", text)]).render("name", None)
    (option,) = parse(page).iter("option")

    assert (text, text.lang, text.dir) == (
        said(option),
        option.get("lang"),
        option.get("dir"),
    )


@pytest.mark.parametrize(
    "given",
    [
        None,
        "HIV",
        conditions["hiv"],
        conditions["hiv"].summary,
        conditions["hiv"].name.upper(),
    ],
    ids=["none", "str", "record", "statement", "without a language"],
)
def test_what_is_no_text(given):
    """What has no language is refused, and so is a name that is not there."""
    with pytest.raises(TypeError, match="kb_text takes a text of the content"):
        render("{{ it|kb_text }}", it=given)
    with pytest.raises(TypeError, match="of the content, not ''"):
        render("{{ nothing.name|kb_text }}")


SHOWN = {
    **{tag: (kb, tag, {}) for tag in ("en-us", "ar", "uk")},
    "pseudo, longer": (kb, "en-xa", {}),
    "pseudo, mirrored": (kb, "ar-xb", {}),
    "nothing reviewed": (kb, "ar", {"min_status": "reviewed"}),
    "a draft": (TINY, "es", {}),
    "without what is stale": (TINY, "es", {"stale": "fallback"}),
    "from French": (FRENCH, "en", {}),
    "hostile": (HOSTILE, "en", {}),
    "without notices": (changed(_without_notices), "es", {}),
    "without conditions": (changed(_without_conditions), "de", {}),
}


@pytest.mark.parametrize(
    ("content", "tag", "policy"), SHOWN.values(), ids=map(str, SHOWN)
)
def test_a_statement_has_all_that_belongs_to_it(content, tag, policy):
    """Its cautions are inside; sources, review, notices, version with it."""
    with using(content, POLICY=policy), translation.override(tag):
        view = knowledge_base()
        for statement in content.statements:
            page = parse(render("{% kb_statement it %}", it=statement))
            check_statement(page, view, view.statements[statement.id])
            lines = by_class(page, "statement") + by_class(page, "notice")
            assert set().union(*map(marks, lines)) == listed(page)


def check_statement(page, view, statement):
    """See that all of it is on a page."""
    (whole,) = page
    unit = whole.find(f".//*[@id='{statement.id}']")

    assert "salvage-kb" == whole.get("class")
    assert says(unit, statement.text)
    for caution in statement.cautions:
        (found,) = (it for it in unit.iter() if it.get("id") == caution.id)
        assert says(found, caution.text)
        assert caution.original is None or says(found, caution.original)
        assert caution.safety == ("safety" in found.get("class"))
    titles = [said(it.find(".//span")) for it in by_class(whole, "source")]
    assert {view.sources[id].name for id in statement.source_ids} <= {*titles}
    assert marks(unit) <= listed(whole)
    for notice in view.notices:
        assert says(whole, notice.text)
    assert view.content_version in said(by_class(whole, "version")[0])
    assert says(whole, Words(view.locale)("unreviewed"))
    draft = says(whole, Words(view.locale)("draft"))
    assert draft or "draft" != statement.text.status


def marks(element):
    """Give the numbers of the sources that an element refers to."""
    facts = (said(it) for it in by_class(element, "facts"))
    return {mark for it in facts for mark in re.findall(r"\[(\d+)", it)}


def listed(element):
    """Give the numbers of the sources that an element describes."""
    return {
        said(it).partition("]")[0].removeprefix("[")
        for it in by_class(element, "source")
    }


def says(element, text):
    """Tell whether a text is there, in its language and direction."""
    return any(
        (text, text.lang, text.dir)
        == (said(it), it.get("lang"), it.get("dir"))
        for it in element.iter("span")
    )


@hypothesis_settings(max_examples=10)
@given(bundles())
def test_any_content(bundle):
    """Whatever content there is, no caution is lost and no markup made."""
    content = KnowledgeBase.from_bundle(bundle)
    with using(content), translation.override("en"):
        for statement in content.statements:
            page = parse(render("{% kb_statement it %}", it=statement))
            check_statement(page, knowledge_base(), statement)
        notices = parse(render("{% kb_notices %}"))
        assert all(says(notices, it.text) for it in content.notices)


def test_a_statement_by_its_id():
    """Its id does as well as the statement, in whatever language that is."""
    id = "conditions/hiv/breast-milk"
    with translation.override("ar"):
        page = render("{% kb_statement it %}", it=id)
        for view in (kb, kb.localized("fr")):
            statement = view.statements[id]

            assert page == render("{% kb_statement it %}", it=statement)
        assert 'lang="ar"' in page


@pytest.mark.parametrize("tag", ["en", "ar"])
def test_a_statement_without_the_notices(tag):
    """It lacks only what ``kb_notices`` writes, so that both have it all."""
    with translation.override(tag):
        rest = lines(render("{% kb_notices %}"))
        for statement in kb.statements:
            whole = lines(render("{% kb_statement it %}", it=statement))
            page = render("{% kb_statement it notices=False %}", it=statement)
            part = lines(page)

            assert set(part) < set(whole) <= {*part, *rest}
            assert part[0] == whole[0]
            assert 'class="notice"' not in page


def lines(page):
    """Give the text of each line, without the numbers of sources."""
    ((whole,),) = parse(page)
    return [re.sub(r"\[\d+", "", said(it)) for it in whole]


def test_a_bare_statement_has_its_cautions():
    """Without a tag too, a statement shows its cautions, as plain text."""
    for statement in (*kb.statements, *HOSTILE.statements):
        page = render("{{ it }}", it=statement)

        assert html.escape(str(statement)) == page
        for caution in statement.cautions:
            assert html.escape(caution.text) in page


@pytest.mark.parametrize("tag", ["en-us", "ar", "zh-hans", "uk"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_record_is_a_page(kind, tag):
    """It is the page in the active language, by record and by kind and id."""
    view = kb.localized(tag)
    source = "{% kb_record it %}", "{% kb_record kind id %}"
    with translation.override(tag):
        for id, record in view.table(kind).items():
            page = pages.html(view, record)

            assert page == render(source[0], it=kb.table(kind)[id])
            assert page == render(source[1], kind=kind, id=id)


def test_a_record_of_other_content(tmp_path):
    """What was taken from other content shows that, with its cautions."""
    folder = tmp_path / "clinic" / "conditions"
    folder.mkdir(parents=True)
    id = "conditions/example-illness/treatment"
    row = TINY.to_bundle()["conditions"][0]["statements"][1]
    caution = row["cautions"][0] | {"id": f"{id}/ours", "text": "Ours."}
    row |= {"replaces": id, "cautions": [caution]}
    (folder / "example-illness.json").write_text(
        json.dumps({"statements": [row]}), encoding="utf-8"
    )
    mine = TINY.overlay(tmp_path / "clinic")
    with translation.override("es"):
        record = render(
            "{% kb_record it %}", it=mine.conditions["example-illness"]
        )
        statement = render("{% kb_statement it %}", it=mine.statements[id])

    for page in (record, statement):
        assert "Ours." in page
        assert "El estudio dice" in page
        assert mine.content_version in page


@pytest.mark.parametrize(
    ("source", "error", "message"),
    [
        ("kb_record 'condition' 'hvi'", UnknownId, "did you mean 'hiv'"),
        ("kb_record 'condition' nothing", UnknownId, "has the id ''"),
        ("kb_record 'condition' 'old-illness'", RetiredId, "moved to"),
        ("kb_record 'statement' 'x'", ValueError, "one of condition"),
        ("kb_record nothing 'hiv'", ValueError, "kind cannot be ''"),
        ("kb_record statement", ValueError, "kind cannot be Statement"),
        ("kb_record unbound", UnboundRecord, "made by hand"),
        ("kb_statement 'conditions/hiv/x'", UnknownId, "has the id"),
        ("kb_statement nothing", UnknownId, "has the id ''"),
        ("kb_statement record", TypeError, "takes an id"),
        ("kb_statement unbound.statements.0", UnboundRecord, "made by hand"),
    ],
)
def test_what_cannot_be_shown(source, error, message):
    """What is not there, or not any more, is never passed over."""
    record = TINY.conditions["example-illness"]
    context = {"record": record, "statement": record.summary}
    context["unbound"] = pickle.loads(pickle.dumps(record))
    content = TINY if "old" in source else None
    with using(content), pytest.raises(error, match=message):
        render(f"{{% {source} %}}", **context)


@pytest.mark.parametrize(
    ("content", "tag", "policy"), SHOWN.values(), ids=map(str, SHOWN)
)
def test_notices(content, tag, policy):
    """All of them, with sources, version, and that they are a draft."""
    with using(content, POLICY=policy), translation.override(tag):
        view = knowledge_base()
        (page,) = parse(render("{% kb_notices %}"))
    texts = [it.text for it in view.notices]

    assert texts == [
        said(it.find(".//span")) for it in by_class(page, "notice")
    ]
    assert all(says(page, text) for text in texts)
    assert view.content_version in said(by_class(page, "version")[0])
    assert marks(page) == listed(page)
    assert not says(page, Words(view.locale)("unreviewed"))
    assert any(it.status == "draft" for it in texts) == says(
        page, Words(view.locale)("draft")
    )


# The check


def signed(**changes):
    """Give content with a text that somebody signed."""
    digest = TINY.topics["example-topic"].text_digest
    review = SIGNED.to_dict() | {"digest": digest} | changes
    return changed(lambda it: it["topics"][0].update(text_review=review))


def run_check():
    """Run the check as Django does; give ids, objects and messages."""
    found = checks.run_checks(tags=["salvage_kb"])
    return [(it.id.partition(".")[2], it.obj, it.msg) for it in found]


W001 = (
    "W001",
    "sources/example-article",
    "The review of “The Example Article” was due on 2028-01-01.",
)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2024, 12, 31), []),
        (date(2025, 1, 1), []),
        (date(2028, 1, 1), []),
        (date(2028, 1, 2), [W001]),
        (date.max, [W001]),
    ],
)
def test_overdue_sources(on, expected):
    """From the day after it is due, each overdue review is warned of."""
    with using(TINY, CHECK_ON=on):
        assert expected == run_check()
    with using(TINY.localized("es"), CHECK_ON=on):
        assert expected == run_check()


@pytest.mark.parametrize(
    ("changes", "on", "state"),
    [
        ({}, date(2026, 1, 1), None),
        ({}, date(2025, 12, 2), None),
        ({"digest": "0" * 64}, date(2026, 1, 1), "lapsed"),
        ({"withdrawn_on": "2026-01-01"}, date(2026, 1, 1), "withdrawn"),
        ({"due_on": "2026-01-01"}, date(2026, 1, 1), None),
        ({"due_on": "2026-01-01"}, date(2026, 1, 2), "overdue"),
    ],
)
def test_signatures_that_hold_no_longer(changes, on, state):
    """A signature is warned of once it does not hold, in any language."""
    message = f"The review of our text is {state}."
    expected = [("W002", "topics/example-topic", message)] if state else []
    for content in (signed(**changes), signed(**changes).localized("es")):
        with using(content, CHECK_ON=on), translation.override("ar"):
            assert expected == run_check()


def test_the_day_of_the_check_is_today():
    """Without a day of its own the check asks the clock."""
    review = SIGNED.to_dict() | {"due_on": "9999-12-31"}
    digest = TINY.topics["example-topic"].text_digest
    today = date.today().isoformat()  # noqa: DTZ011  # as the check does
    review |= {"signed_on": today, "withdrawn_on": today, "digest": digest}
    content = changed(lambda it: it["topics"][0].update(text_review=review))
    with using(content):
        assert "W002" in [id for id, *_ in run_check()]
    with using(content, CHECK_ON=date(2025, 1, 1)):
        assert [] == run_check()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"CONTNET": 1}, "SALVAGE_KB has no 'CONTNET'; did you mean"),
        ({"CONTENT": "nowhere"}, "there is no such file or folder"),
        ({"CONTENT": 5}, "expected str, bytes or os.PathLike object, not int"),
        ({"POLICY": {"min_status": "good"}}, "min_status= cannot be 'good'"),
        ({"POLICY": {"min": "draft"}}, "unexpected keyword argument 'min'"),
        ({"POLICY": 5}, "unsupported operand type(s) for |: 'dict' and 'int'"),
        ({"CHECK_ON": "2029-01-01"}, "on= takes a datetime.date, not '2029"),
        (5, "SALVAGE_KB should be a dict, not 5"),
    ],
)
def test_wrong_settings(given, message):
    """What is wrong with the settings is an error that says what."""
    with override_settings(SALVAGE_KB=given):
        (found,) = checks.run_checks(tags=["salvage_kb"])

    assert ("salvage_kb.E001", checks.ERROR) == (found.id, found.level)
    assert message in found.msg
    assert "SALVAGE_KB" in found.hint


def test_the_app():
    """It has a name and a label that say whose it is."""
    from django.apps import apps

    found = apps.get_app_config("salvage_kb")

    assert "salvage_kb.integrations.django" == found.name
    assert "Salvage therapy" == found.verbose_name
    assert [] == list(found.get_models())


def test_without_django(monkeypatch):
    """Where Django is not installed, the error names the extra."""
    monkeypatch.setitem(sys.modules, "django", None)
    monkeypatch.delitem(sys.modules, "salvage_kb.integrations.django")
    with pytest.raises(ImportError, match=r"'salvage-kb\[django\]'"):
        importlib.import_module("salvage_kb.integrations.django")


# A project made from the page alone

PAGE = (ROOT / "docs/django.md").read_text("utf-8")
FILES = re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = re.findall(
    r"```bash\n\$ python ([^\n]+)\n(.*?)```", PAGE, re.DOTALL
)


def project(folder, **more):
    """Write a project of the files on the page, and of more."""
    command = [sys.executable, "-m", "django", "startproject", "clinic", "."]
    subprocess.run(command, check=True, cwd=folder)
    (folder / "clinic/urls.py").unlink()
    for name, code in (*FILES, *more.items()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code, encoding="utf-8")


def manage(folder, *arguments):
    """Run ``manage.py`` with warnings as errors; give what it prints."""
    done = subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        capture_output=True,
        check=False,
        cwd=folder,
        encoding="utf-8",
        env=os.environ | {"PYTHONUTF8": "1"},
    )
    assert 0 == done.returncode, done.stderr
    return done.stdout + done.stderr


#: What such a project may test of itself, with Django's own test runner.
TESTS = """
import html5lib
from django.test import SimpleTestCase
from django.utils import translation

from clinic.forms import VisitForm
from salvage_kb import kb


class Pages(SimpleTestCase):
    def page(self, accept, id="copd"):
        headers = {"accept-language": accept}
        response = self.client.get(f"/{id}/", headers=headers)
        self.status = response.status_code
        text = response.content.decode()
        return html5lib.parse(text, namespaceHTMLElements=False)

    def test_three_languages(self):
        for accept, tag, lang in [
            ("ar-EG,en;q=0.5", "ar", "ar"), ("uk", "uk", "en"), ("", "en", "en")
        ]:
            with self.subTest(accept):
                page = self.page(accept)
                view = kb.localized(tag)
                record = view.conditions["copd"]
                self.assertEqual(lang, page.get("lang"))
                self.assertEqual(record.name.dir, page.get("dir"))
                title = page.find(".//h1/span")
                self.assertEqual(record.name, title.text)
                self.assertEqual(lang, title.get("lang"))
                self.statements(page, view)

    def statements(self, page, view):
        copd, outlook = view.conditions["copd"], view.topics["prognosis"]
        shown = [copd.summary, *outlook.statements]
        self.assertTrue(any(it.cautions for it in shown))
        for statement in shown:
            unit = page.find(f".//*[@id='{statement.id}']")
            inside = "".join(unit.itertext())
            self.assertIn(statement.text, inside)
            for caution in statement.cautions:
                self.assertIn(caution.text, inside)
        whole = "".join(page.itertext())
        for notice in view.notices:
            self.assertIn(notice.text, whole)
        self.assertIn(view.content_version, whole)

    def test_what_is_not_there(self):
        with self.assertLogs("django.request", "WARNING"):
            self.page("ar", "hvi")
        self.assertEqual(404, self.status)

    def test_the_form(self):
        form = VisitForm({"condition": "hiv"})
        self.assertTrue(form.is_valid())
        for tag, lang in ("ar", "ar"), ("uk", "en"):
            with translation.override(tag):
                page = html5lib.parseFragment(
                    str(form["condition"]), namespaceHTMLElements=False
                )
            names = [it.name for it in kb.localized(tag).conditions]
            options = list(page.iter("option"))
            self.assertEqual(names, [it.text for it in options])
            self.assertEqual({lang}, {it.get("lang") for it in options})
"""


def test_the_project_passes_its_tests(tmp_path):
    """What the page has is a project that works in any language."""
    project(tmp_path, **{"clinic/tests.py": TESTS})
    told = manage(tmp_path, "manage.py", "test")

    assert "Ran 3 tests" in told
    assert "\nOK\n" in told


@pytest.mark.parametrize(
    ("command", "printed"), COMMANDS, ids=["check", "check_ids"]
)
def test_the_commands_of_the_page(command, printed, tmp_path):
    """The commands print what the page says that they print."""
    project(tmp_path)
    with (tmp_path / "clinic/settings.py").open("a") as file:
        file.write("from datetime import date\n")
        file.write('SALVAGE_KB = {"CHECK_ON": date(2029, 1, 1)}\n')
    told = manage(tmp_path, *shlex.split(command))

    assert told.startswith(printed)


MODELS = """
from functools import partial

from django.db import models
from salvage_kb.integrations.django import choices


class Visit(models.Model):
    condition = models.CharField(max_length=99, choices=choices)
    test = models.CharField(
        max_length=99, choices=partial(choices, "monitoring_test")
    )
"""
DATABASE = """
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
"""
STORED = """
from clinic.models import Visit
from django.core.exceptions import ValidationError
from django.test import TestCase
from django.utils import translation
from salvage_kb import Text
from salvage_kb.integrations.django import check_ids


class Visits(TestCase):
    def test_stored(self):
        visit = Visit(condition="hiv", test="viral-load-test")
        visit.full_clean()
        visit.save()
        with translation.override("ar"):
            name = visit.get_condition_display()
        self.assertEqual("ar", name.lang)
        with self.assertRaises(ValidationError):
            Visit(condition="hvi", test="viral-load-test").full_clean()
        Visit(condition="hvi", test="").save()
        stored = Visit.objects.values_list("condition", flat=True).distinct()
        self.assertEqual(
            ["conditions/hvi"], [it.ref for it in check_ids(stored)]
        )
"""


def test_fields_of_models(tmp_path):
    """Migrations name the function, so that no language makes another one."""
    files = {"clinic/models.py": MODELS, "clinic/tests.py": STORED}
    project(tmp_path, **files)
    with (tmp_path / "clinic/settings.py").open("a") as file:
        file.write(DATABASE)
    manage(tmp_path, "manage.py", "makemigrations", "clinic")
    (path,) = (tmp_path / "clinic/migrations").glob("0001*.py")
    made = path.read_text("utf-8")
    with (tmp_path / "clinic/settings.py").open("a") as file:
        file.write('LANGUAGE_CODE = "ar"\n')
    told = manage(tmp_path, "manage.py", "makemigrations", "--check")

    assert "choices=salvage_kb.integrations.django.choices" in made
    assert "hiv" not in made
    assert "No changes detected" in told
    assert "\nOK\n" in manage(tmp_path, "manage.py", "test")


def test_a_notice_that_says_what_pages_say():
    """A notice stays, whatever it says."""
    words = Words("en")("unreviewed")
    content = changed(lambda it: it["notices"][1].update(text=words))
    with using(content), translation.override("en"):
        page = parse(render("{% kb_notices %}"))

    assert [it.text for it in content.notices] == [
        said(it.find(".//span")) for it in by_class(page, "notice")
    ]
