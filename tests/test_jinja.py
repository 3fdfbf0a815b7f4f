"""Filters of Jinja2, in Flask, Pelican and what mkdocs-macros takes."""

import copy
import html
import importlib
import sys
from pathlib import Path

import attrs
import html5lib
import pytest
from flask import Flask, render_template_string, request
from helpers import run_python
from hypothesis import given
from jinja2 import DebugUndefined, Environment, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markdown_it import MarkdownIt
from marko.ext.gfm import gfm
from pelican import Pelican
from pelican.readers import BaseReader
from pelican.settings import read_settings
from test_pages import (
    COMMONMARK,
    POLISH,
    VIEWS,
    body,
    by_id,
    changed,
    cited,
    content,
    hostile,
    is_harmless,
    marked,
    records,
    saying,
    spoken,
    words_of,
)

from salvage_kb import (
    LocaleError,
    RetiredId,
    Text,
    UnboundRecord,
    UnknownId,
    conditions,
    kb,
    topics,
)
from salvage_kb.export import pages
from salvage_kb.integrations import jinja
from salvage_kb.words import Words

HIV = conditions["hiv"]
MILK = kb.statements["conditions/hiv/breast-milk"]
ESCAPING = pytest.mark.parametrize("escape", [True, False])


def compiled(template, *, escape=True, kb=None, locale=None):
    """Make a template in a new environment."""
    environment = Environment(autoescape=escape, undefined=StrictUndefined)
    jinja.install(environment, kb, locale)
    return environment.from_string(template)


def render(template, *, escape=True, kb=None, locale=None, **values):
    """Fill a template in a new environment."""
    return compiled(template, escape=escape, kb=kb, locale=locale).render(
        values
    )


# Each filter


@ESCAPING
@pytest.mark.parametrize("name", VIEWS)
def test_texts_say_their_language(name, escape):
    """A text is one element with its language, and nothing more."""
    view = VIEWS[name]
    texts = {marked(it): it for r in records(view) for it in content(view, r)}
    template = "{% for it in texts %}<p>{{ it | kb_text }}</p>{% endfor %}"
    root = body(render(template, escape=escape, texts=texts.values()))

    assert list(texts) == [it for it in spoken(root) if it[0]]
    assert is_harmless(root)


FILLED = compiled("{{ text | kb_text }}")


@pytest.mark.parametrize(
    "read",
    [
        str,
        COMMONMARK.render,
        gfm,
        lambda it: COMMONMARK.render(f"- x **{it}** y"),
    ],
    ids=["html", "commonmark", "gfm", "inside"],
)
@given(text=hostile)
def test_nothing_in_a_text_is_markup(read, text):
    """Whatever a text holds comes out as it, in HTML and in Markdown."""
    root = body(read(FILLED.render(text=Text(text))))

    assert text in [it[0] for it in spoken(root)]
    assert 1 == len(list(root.iter("span")))
    assert {"body", "span", "p", "ul", "li", "strong"} >= {
        it.tag for it in root.iter()
    }


def statements(view):
    """Go through all statements of all kinds of records."""
    for record in records(view):
        yield from record.statements


def whole(view, ref):
    """Give the attributes of an element that says what it is of."""
    return {
        "class": "salvage-kb",
        "lang": view.locale,
        "dir": view.manifest.direction,
        "data-ref": ref,
        "data-content-version": view.content_version,
    }


@pytest.mark.parametrize(
    ("name", "notices"),
    [
        *((name, True) for name in VIEWS),
        *((name, False) for name in ("en", "ar", "stale", "signed")),
    ],
)
def test_statements_have_what_belongs_to_them(name, notices):
    """A statement has its cautions inside, and its sources and review."""
    view = VIEWS[name]
    words = Words(view.locale)
    template = compiled("{{ it | kb_statement(notices=notices) }}")
    for statement in statements(view):
        root = body(template.render(it=statement, notices=notices))
        block = by_id(root, statement.id, "html")
        there = {*spoken(root)}

        assert marked(statement.text) in spoken(block)
        for caution in statement.cautions:
            inside = [*spoken(by_id(block, caution.id, "html"))]
            assert marked(caution.text) in inside
            assert caution.original is None or (
                marked(caution.original) in inside
            )
        for id in statement.source_ids:
            assert marked(view.sources[id].name) in there
        signed = statement.record.review.signature is not None
        assert signed != (marked(words("unreviewed")) in there)
        version = words("version", version=view.content_version)
        for text in (*(it.text for it in view.notices), version):
            assert notices == (marked(text) in there)
        assert [whole(view, statement.id)] == [dict(it.items()) for it in root]
        assert is_harmless(root)


@pytest.mark.parametrize("notices", [True, False])
def test_no_more_sources_than_are_cited(notices):
    """A statement has the sources that it cites, and those of the notices."""
    (record,) = (it for it in kb.modalities if it.id == "theophylline")
    (statement, *_) = record.statements
    root = body(
        render(f"{{{{ it | kb_statement(notices={notices}) }}}}", it=statement)
    )
    ids = {*statement.source_ids}
    if notices:
        ids |= {c.source_id for it in kb.notices for c in it.citations}
    found = [it for it in root.iter("div") if it.get("class") == "source"]

    assert len(ids) == len(found)


@pytest.mark.parametrize("name", VIEWS)
def test_records_are_written_as_pages(name):
    """All about a record is what the export writes."""
    view = VIEWS[name]
    template = compiled("{{ it | kb_record }}")
    for record in (*records(view), *view.sources):
        assert pages.html(view, record) == template.render(it=record)


@pytest.mark.parametrize("name", VIEWS)
def test_notices_are_written(name):
    """All notices stand together, with their sources and the version."""
    view = VIEWS[name]
    words = Words(view.locale)
    root = body(render("{{ kb_notices() }}", kb=view))
    there = {*spoken(root)}
    drafts = any(it.text.status == "draft" for it in view.notices)

    for notice in view.notices:
        assert marked(notice.text) in there
        for citation in notice.citations:
            assert marked(citation.source.title) in there
    assert marked(words("version", version=view.content_version)) in there
    assert drafts == (marked(words("draft")) in there)
    assert marked(words("unreviewed")) not in there
    assert [whole(view, "notices")] == [dict(it.items()) for it in root]


WAYS = [
    "{{ it.name | kb_text }}",
    "{{ it.summary | kb_statement }}",
    "{{ it | kb_record }}",
    "{{ kb_notices() }}",
]


@pytest.mark.parametrize("way", WAYS)
def test_escaping_changes_nothing(way):
    """A template may escape or not, nothing is escaped twice or not at all."""
    view = saying('<& "{{ a }}" &amp; *b*')
    it = view.side_effects["x"]
    plain = render(way, escape=False, kb=view, it=it)

    assert plain == render(way, escape=True, kb=view, it=it)
    assert plain == render(way.replace("}}", "| safe }}"), kb=view, it=it)
    assert '<& "{{ a }}" &amp; *b*' in words_of(body(plain))
    assert is_harmless(body(plain))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("parse", [COMMONMARK.render, gfm])
def test_fragments_stand_in_markdown(way, parse):
    """What a filter writes into Markdown is what a reader sees."""
    fragment = render(way, it=kb.localized("ar").conditions["copd"])
    root = body(parse(f"# A\n\n{fragment}\n\nB *c*.\n"))
    within = body(f"<h1>A</h1>{fragment}<p>B <em>c</em>.</p>")

    assert [it for it in spoken(within) if it[0].strip()] == [
        it for it in spoken(root) if it[0].strip()
    ]


# In which language


def lang(template, **values):
    """Give the language of all that a template writes."""
    (found,) = body(render(template, **values))
    return found.get("lang")


def test_without_a_locale():
    """Each thing is in its own language, the variables in that of the kb."""
    arabic = kb.localized("ar")

    assert "ar" == lang("{{ it | kb_record }}", it=arabic.conditions["hiv"])
    assert "en" == lang("{{ it | kb_record }}", it=HIV, kb=arabic)
    assert "ar" == lang("{{ kb.conditions.hiv | kb_record }}", kb=arabic)
    assert "en" == lang("{{ kb_notices() }}")
    assert "es" == lang("{{ kb.localized('es').conditions.hiv | kb_record }}")


@pytest.mark.parametrize("locale", ["ar", lambda: "ar"])
def test_with_a_locale(locale):
    """Everything is in that language, wherever it comes from."""
    spanish = kb.localized("es").conditions["hiv"]
    given = {"locale": locale, "it": spanish, "kb": kb.localized("de")}

    assert "ar" == lang("{{ it | kb_record }}", **given)
    assert "ar" == lang("{{ it.summary | kb_statement }}", **given)
    assert "ar" == lang("{{ kb.conditions.hiv | kb_record }}", **given)
    assert "ar" == lang("{{ kb_notices() }}", **given)
    assert "ar ar" == render(
        "{{ kb.locale }} {{ (notices | first).text.lang }}", **given
    )


def test_locale_is_asked_at_each_rendering():
    """One template serves a site in several languages."""
    tags = ["es", "ar", "en"]
    environment = Environment(autoescape=True)
    jinja.install(environment, locale=lambda: tags[0])
    template = environment.from_string("{{ kb.conditions.copd.name }}")
    expected = [kb.localized(tag).conditions["copd"].name for tag in tags]
    found = []
    while tags:
        found.append(template.render())
        tags.pop(0)

    assert expected == found


def test_policy_is_kept():
    """What a view of one language does not show, no other language shows."""
    strict = POLISH.localized("en", fallback="omit")
    template = "{{ kb.conditions | length }}"

    assert "5" == render(template, kb=strict, locale="es")
    assert "0" == render(template, kb=strict, locale="pl")
    with pytest.raises(LocaleError, match="copd has no translation to show"):
        render(
            "{{ it | kb_record }}",
            kb=strict,
            locale="pl",
            it=POLISH.conditions["copd"],
        )


def test_policy_of_drafts():
    """A view that shows no drafts shows none of what comes from elsewhere."""
    strict = kb.localized("en", min_status="reviewed")
    given = {"kb": strict, "locale": "es", "it": MILK}
    root = body(render("{{ it | kb_statement }}", **given))

    assert marked(MILK.text) in spoken(root)


def test_the_content_stays_that_of_the_record():
    """Local words are not replaced by those of the content of the site."""
    local = VIEWS["local"].topics["prognosis"]
    given = {"locale": "es", "it": local}
    root = body(render("{{ it | kb_record }}", **given))

    assert "Añadido localmente" in words_of(root)
    assert "Añadido localmente" not in words_of(
        body(
            render(
                "{{ it | kb_record }}", **given | {"it": topics["prognosis"]}
            )
        )
    )


def test_malformed_locale():
    """What is no language is an error, not another language."""
    with pytest.raises(LocaleError):
        render("{{ kb_notices() }}", locale=lambda: "x y")


# The variables


def test_notices_are_a_collection():
    """Notices can be counted, looked up, gone through, and asked for."""
    template = (
        "{{ notices | length }} {{ notices['disclaimer'].id }} "
        "{{ notices.ids | join('+') }} {{ 'yes' if notices }} "
        "{% for it in notices %}{{ it.id }} {% endfor %}"
    )
    ids = kb.notices.ids

    assert [str(len(ids)), "disclaimer", "+".join(ids), "yes", *ids] == render(
        template, locale="ar"
    ).split()


def test_kb_answers_as_itself():
    """In a template, `kb` has what it has elsewhere, and is not empty."""
    view = kb.localized("ar")
    template = (
        "{{ 'yes' if kb }} {{ kb.content_version }} "
        "{{ (kb.search('hiv') | first).record.id }} {{ kb.nope is defined }}"
    )

    assert f"yes {kb.content_version} hiv False" == render(template)
    assert str(view) == render("{{ kb }}", escape=False, locale="ar")
    assert html.escape(str(view)) == render("{{ kb }}", locale="ar")


def test_sandbox():
    """Templates of users, in a sandbox, can use all of it."""
    environment = ImmutableSandboxedEnvironment(autoescape=True)
    jinja.install(environment, locale="ar")
    template = environment.from_string(
        "{{ kb.conditions['hiv'] | kb_record }}{{ kb_notices() }}"
    )

    assert 2 == len(body(template.render()))


@pytest.mark.parametrize("same", [copy.copy, copy.deepcopy])
def test_variables_can_be_copied(same):
    """Programs copy their settings; the variables go along."""
    found = same(jinja.variables(locale="es"))

    assert "es" == found["kb"].locale
    assert list(kb.localized("es").notices) == list(found["notices"])


def test_installing_reads_nothing():
    """The content is read when the first template asks for it."""
    code = """
from jinja2 import Environment
from salvage_kb import kb
from salvage_kb.integrations import jinja
environment = Environment()
jinja.install(environment, locale="es")
template = environment.from_string("{{ kb.locale }}")
print(kb.is_loaded)
print(template.render(), kb.is_loaded)
"""
    assert "False\nes True" == run_python(code)


# What goes wrong


def _retired(bundle):
    """Let an id be history."""
    fate = {"fate": "moved", "targets": ["conditions/hiv"]}
    facts = {"id": "e", "subject": "conditions/aids", "since": "0.5.0"}
    bundle["history"].append(facts | fate | {"reason": "Because."})


RETIRED = changed(_retired)


@pytest.mark.parametrize(
    ("template", "error", "said"),
    [
        (
            "{{ kb.conditions['heart-disease'] | kb_record }}",
            UnknownId,
            "no condition has the id 'heart-disease'; did you mean "
            "'structural-heart-disease'?",
        ),
        (
            "{{ kb.conditions.copdd | kb_record }}",
            UnknownId,
            "no condition has the id 'copdd'; did you mean 'copd'?",
        ),
        (
            "{{ kb.conditions.aids | kb_record }}",
            RetiredId,
            "conditions/aids: moved to conditions/hiv in 0.5.0",
        ),
        (
            "{{ kb.statements['conditions/hiv/nope'] | kb_statement }}",
            UnknownId,
            "no statement has the id 'conditions/hiv/nope'",
        ),
        (
            "{{ kb.conditions[0] | kb_record }}",
            TypeError,
            "Conditions takes an id, not 0; for a position use "
            "tuple(...)[position]",
        ),
        (
            "{{ kb.topics.nope | kb_text }}",
            UnknownId,
            "no topic has the id 'nope'",
        ),
        (
            "{{ kb.conditions.hiv.nope | kb_text }}",
            TypeError,
            "kb_text takes a text of the content, not Undefined",
        ),
        (
            "{{ kb.conditions.hiv.name | upper | kb_text }}",
            TypeError,
            "kb_text takes a text of the content, not 'HIV'",
        ),
        (
            "{{ kb.conditions.hiv.summary | kb_text }}",
            TypeError,
            "kb_text takes a text of the content, not Statement(",
        ),
        (
            "{{ kb.conditions.hiv.summary.text | kb_statement }}",
            TypeError,
            "kb_statement takes a statement, not 'Salvage therapy for HIV",
        ),
        (
            "{{ 'hiv' | kb_record }}",
            TypeError,
            "kb_record() takes a record, not 'hiv'",
        ),
        (
            "{{ nope | kb_record }}",
            TypeError,
            "kb_record() takes a record, not Undefined",
        ),
    ],
)  # fmt: skip
def test_errors(template, error, said):
    """No failed look-up is silent, and the error says what comes near."""
    with pytest.raises(error) as caught:
        render(template, kb=RETIRED)

    assert str(caught.value).startswith(said)


def test_what_was_made_by_hand():
    """What belongs to no content has no notices, so it is not written."""
    with pytest.raises(UnboundRecord):
        render("{{ it | kb_record }}", it=attrs.evolve(HIV, _view=None))
    with pytest.raises(UnboundRecord):
        render("{{ it | kb_statement }}", it=attrs.evolve(MILK, _view=None))


@pytest.mark.parametrize("missing", ["jinja2", "markupsafe"])
def test_extra_is_named(missing, monkeypatch):
    """Without Jinja2, the error says what to install."""
    name = "salvage_kb.integrations.jinja"
    monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)

    with pytest.raises(ImportError, match=r"'salvage-kb\[jinja\]'"):
        importlib.import_module(name)


# Programs that render

PAGE = """<!DOCTYPE html>
<html lang="{{ kb.locale }}" dir="{{ kb.manifest.direction }}">
<head><title>{{ condition.localized(kb.locale).name }}</title></head>
<body>{{ condition | kb_record }}</body>
</html>"""


def whole_page(text):
    """Parse a whole page; whatever is not HTML raises."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(text)


@pytest.mark.parametrize("tag", ["es", "ar"])
def test_flask(tag):
    """A site gives each reader the page in a language of theirs."""
    app = Flask(__name__)
    jinja.install(
        app.jinja_env,
        locale=lambda: kb.negotiate(str(request.accept_languages)),
    )

    @app.get("/<id>")
    def _page(id):
        return render_template_string(PAGE, condition=conditions[id])

    headers = {"Accept-Language": f"{tag};q=0.9, en;q=0.5"}
    answer = app.test_client().get("/copd", headers=headers)
    root = whole_page(answer.text)
    view = kb.localized(tag)
    record = view.conditions["copd"]

    assert 200 == answer.status_code
    assert (tag, view.manifest.direction) == (
        root.get("lang"),
        root.get("dir"),
    )
    assert record.name == words_of(root.find("head/title"))
    assert set() == {*map(marked, content(view, record))} - {*spoken(root)}
    for source in cited(view, record):
        assert marked(source.name) in spoken(root)


ARTICLE = """Title: COPD
Date: 2026-01-01
Slug: copd
Lang: ar
Condition: copd

Read *this* too.
"""
TEMPLATE = """<!DOCTYPE html>
<html><head><title>{{ article.title }}</title></head><body>
{{ article.content }}
{% set view = kb.localized(article.lang) %}
{% set condition = view.conditions[article.condition] %}
<h1>{{ condition.name | kb_text }}</h1>
{% for statement in condition.by_aspect("treatment") %}
{{ statement | kb_statement(notices=false) }}
{% endfor %}
{{ kb_notices() }}
</body></html>"""


class Markdown(BaseReader):
    """Read Markdown by another parser than Pelican's own."""

    enabled = True
    file_extensions = ("md",)

    def read(self, path):
        """Give the HTML of an article, and what stands above it."""
        head, _, text = Path(path).read_text("utf-8").partition("\n\n")
        rows = [row.partition(":") for row in head.splitlines()]
        told = {name.lower(): value.strip() for name, _, value in rows}
        return MarkdownIt().render(text), {
            name: self.process_metadata(name, value)
            for name, value in told.items()
        }


@pytest.fixture(name="site")
def _site(tmp_path):
    """Generate a site from one article and one template."""
    source, templates = tmp_path / "content", tmp_path / "templates"
    source.mkdir()
    templates.mkdir()
    (source / "copd.md").write_text(ARTICLE, "utf-8")
    (templates / "article.html").write_text(TEMPLATE, "utf-8")
    settings = {
        "PATH": str(source),
        "OUTPUT_PATH": str(tmp_path / "output"),
        "CACHE_PATH": str(tmp_path / "cache"),
        "THEME": "simple",
        "THEME_TEMPLATES_OVERRIDES": [str(templates)],
        "READERS": {"md": Markdown},
        "TIMEZONE": "UTC",
        "FEED_ALL_ATOM": None,
        "JINJA_FILTERS": jinja.filters(),
        "JINJA_GLOBALS": jinja.variables(),
    }
    Pelican(read_settings(override=settings)).run()
    return tmp_path / "output"


def test_pelican(site):
    """A generated page has the statements with cautions, and the notices."""
    text = (site / "copd-ar.html").read_text("utf-8")
    root = whole_page(text)
    condition = kb.localized("ar").conditions["copd"]

    assert ["this"] == [it.text for it in root.iter("em")]
    assert marked(condition.name) in spoken(root.find("body/h1"))
    for statement in condition.by_aspect("treatment"):
        block = by_id(root, statement.id, "html")
        for caution in statement.cautions:
            assert marked(caution.text) in spoken(block)
            assert marked(caution.original or caution.text) in spoken(block)
    for notice in kb.notices:
        assert marked(notice.text) in spoken(root)


class Macros:
    """Take variables and filters as the plugin mkdocs-macros does."""

    def __init__(self):
        self.variables = {"site": "mine"}
        self.filters = {}

    def filter(self, function, name=""):
        """Register a filter."""
        self.filters[name or function.__name__] = function
        return function

    def render(self, page):
        """Fill the Markdown of a page, and make HTML of it."""
        environment = Environment(undefined=DebugUndefined)
        environment.filters.update(self.filters)
        return COMMONMARK.render(
            environment.from_string(page).render(copy.copy(self.variables))
        )


def test_mkdocs():
    """A page in Markdown shows names, statements and notices."""
    macros = Macros()
    jinja.define_env(macros, locale="ar")
    page = """# {{ kb.conditions.copd.name | kb_text }}

{{ kb.statements["conditions/copd/theophylline"] | kb_statement }}

Seen on *{{ site }}*.
"""
    root = body(macros.render(page))
    statement = kb.localized("ar").statements["conditions/copd/theophylline"]
    block = by_id(root, statement.id, "html")

    assert marked(statement.record.name) in spoken(root.find("h1"))
    assert ["mine"] == [it.text for it in root.iter("em")]
    for caution in statement.cautions:
        assert marked(caution.text) in spoken(block)
    for notice in kb.localized("ar").notices:
        assert marked(notice.text) in spoken(root)
