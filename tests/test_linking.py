"""Terms in texts: whole words, where they stand, and links around them."""

import re
from collections import Counter

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salvage_kb import kb, side_effects
from salvage_kb.linking import Linker, Span

LINKER = kb.linker()


def found(text, locale=None, **options):
    """Give what was found, as (what stands there, id of the record)."""
    spans = kb.linker(locale).find(text, **options)
    return [(span.matched, span.record.id) for span in spans]


CASES = {
    "HIV and hiv": [("HIV", "hiv"), ("hiv", "hiv")],
    "Fatigue, FATIGUE; fatigued": [
        ("Fatigue", "fatigue"),
        ("FATIGUE", "fatigue"),
    ],
    "a drug resistance test": [
        ("drug resistance test", "drug-resistance-test")
    ],
    "a drug\n resistance-test": [
        ("drug\n resistance-test", "drug-resistance-test")
    ],
    "a drug. Resistance test": [],
    "chemo-therapist": [("chemo", "chemotherapy")],
    "hair loss and hair": [("hair loss", "hair-loss")],
    "ART is no art": [("ART", "antiretroviral-therapy")],
    "Alopécia": [("Alopécia", "hair-loss")],
    "vomiting\u00ad": [("vomiting\u00ad", "vomiting")],
    "vomi\u00adting": [("vomi\u00adting", "vomiting")],
    "_HIV_ (HIV) HIV's": [("HIV", "hiv")] * 3,
    "hair\n        loss": [("hair\n        loss", "hair-loss")],
    "hair\u2003\u200floss": [("hair\u2003\u200floss", "hair-loss")],
    "hair\n\nloss": [],
    "XHIV HIV2": [],
    "": [],
}


@pytest.mark.parametrize(("text", "expected"), CASES.items())
def test_find(text, expected):
    """Whole words, the longest term, whatever its case and accents."""
    assert expected == found(text)


@pytest.mark.parametrize(
    ("locale", "text", "expected"),
    [
        ("es", "caida del pelo", [("caida del pelo", "hair-loss")]),
        ("fr", "Chute des CHEVEUX", [("Chute des CHEVEUX", "hair-loss")]),
        ("ar", "بالغثيان والقيء", [("والقيء", "vomiting")]),
        (
            "zh-Hans",
            "在癌症的治疗中脱发",
            [("癌症", "cancer"), ("脱发", "hair-loss")],
        ),
        ("hi", "कैंसर में थकान", [("कैंसर", "cancer"), ("थकान", "fatigue")]),
    ],
)
def test_find_in_other_languages(locale, text, expected):
    """Terms are those of the view's language, in any script."""
    assert expected == found(text, locale)


def test_spans():
    """A span says where it stands, and whose name that is."""
    text = "Some hair loss."

    assert (Span(5, 14, "hair loss", side_effects["hair-loss"]),) == (
        LINKER.find(text)
    )


def test_first_only():
    """Each record may be found once, by whichever of its names comes first."""
    text = "Alopecia, HIV, hair loss, HIV"

    assert [("Alopecia", "hair-loss"), ("HIV", "hiv")] == found(
        text, first_only=True
    )


def test_who_has_a_term():
    """The first one has it; spelling decides between exact terms."""
    linker = Linker(
        [
            ("one two", 1, False),
            ("one", 2, False),
            ("ONE", 3, True),
            ("One", 4, True),
            ("one two three four", 5, False),
            ("one", 6, False),
            ("?!", 7, False),
            ("US", 8, True),
        ]
    )

    assert 6 == len(linker)
    for text, expected in (
        ("one two", [1]),
        ("one two three", [1]),
        ("one two three four", [5]),
        ("ONE", [2]),
        ("us", []),
        ("US", [8]),
        ("one one one two", [2, 2, 1]),
    ):
        assert expected == [it.record for it in linker.find(text)]


def test_what_is_no_text():
    """Other things than text are refused in words."""
    with pytest.raises(TypeError, match=r"find\(\) takes text, not 5"):
        LINKER.find(5)
    with pytest.raises(TypeError, match=r"link_html\(\) takes text, not b"):
        LINKER.link_html(b"", str)


def test_the_linker_of_a_view():
    """A view makes its linker once; sources have no terms in it."""
    assert kb.linker() is kb.linker()
    assert kb.linker("es") is kb.localized("es").linker()
    assert "source" not in {
        span.record.record_kind
        for source in kb.sources
        for span in LINKER.find(source.name)
    }


def test_what_is_linear_takes_no_time():
    """Tags that are left open, or closed twice, do not add up."""
    for html in ("<li>x <b>HIV</b>", "<p>", "</b>", "<a>", "<code><p>", "<a "):
        LINKER.link_html(html * 20_000, href)


def test_long_words_are_not_remembered():
    """No memory is kept of what no term can be."""
    linker = Linker([("hiv", 1, False)])
    linker.find("x" * 1000)

    assert ["hiv"] == list(linker._keys)
    assert {} == linker._firsts


def test_many_words_are_forgotten():
    """However many texts come, only so many words are remembered."""
    linker = Linker([("hiv", 1, False)])
    linker.find(" ".join(f"w{number}" for number in range(120_000)))

    assert 50_000 >= len(linker._firsts)
    assert [1] == [it.record for it in linker.find("HIV")]


NAMES = st.sampled_from(
    [
        it
        for tag in kb.locales
        for record in kb.localized(tag).side_effects
        for it in (record.name, *(s.text for s in record.synonyms))
    ]
)
TEXTS = st.lists(
    NAMES
    | st.text(max_size=8)
    | st.sampled_from([" ", "-", "\u0301", "化", "ا"])
).map("".join)


@given(TEXTS, st.sampled_from(kb.locales), st.booleans())
def test_offsets(text, locale, first_only):
    """Spans are in order, do not overlap, and slice back to what they say."""
    spans = kb.linker(locale).find(text, first_only=first_only)

    assert [text[it.start : it.end] for it in spans] == [
        it.matched for it in spans
    ]
    places = [at for it in spans for at in (it.start, it.end)]
    assert sorted(places) == places
    if first_only:
        counts = Counter(it.record.key for it in spans)
        assert set(counts.values()) <= {1}


KINDS = ("conditions", "modalities", "side_effects", "monitoring_tests")


@pytest.mark.parametrize("tag", [*kb.locales, "ar-XB"])
def test_every_name_is_found(tag):
    """A name is found from its first letter to its last, in each language."""
    view = kb.localized(tag)
    lost = []
    for record in (it for kind in KINDS for it in getattr(view, kind)):
        for name in (record.name, *(it.text for it in record.synonyms)):
            (found, *_) = (*kb.linker(tag).find(f"({name})"), None)
            bare = re.sub(r"\W", "", name)
            if found is None or bare != re.sub(r"\W", "", found.matched):
                lost.append((name, found and found.matched))

    assert [] == lost


def test_names_in_brackets():
    """What a name has in brackets is a name; so is the rest."""
    for text in ("HIV", "فيروس نقص المناعة البشري"):
        assert [(text, "hiv")] == found(text, "ar")
    assert [("सीओपीडी", "copd")] == found("सीओपीडी", "hi")
    assert [] == found("en inglés", "es")


# HTML


def href(record):
    """Give an address with something to escape, but none for vomiting."""
    if record.id == "vomiting":
        return None
    return f"/x?a=1&b={record.id}"


def linked(html, **options):
    """Link, with addresses cut short."""
    new = LINKER.link_html(html, href, **options)
    return new.replace('<a href="/x?a=1&amp;b=', "[").replace(
        '" data-salvage-kb>', "]"
    )


HTML = {
    "<p>HIV</p>": "<p>[hiv]HIV</a></p>",
    "HIV, HIV": "[hiv]HIV</a>, HIV",
    "<p>HIV</p><p>Fatigue": "<p>[hiv]HIV</a></p><p>[fatigue]Fatigue</a>",
    "vomiting": "vomiting",
    '<a href="#">HIV</a> HIV': '<a href="#">HIV</a> [hiv]HIV</a>',
    "<h2>HIV <i>HIV</i></h2>HIV": "<h2>HIV <i>HIV</i></h2>[hiv]HIV</a>",
    "<code>HIV</code><pre>HIV</pre>": "<code>HIV</code><pre>HIV</pre>",
    "<script>HIV</script>": "<script>HIV</script>",
    "<style>HIV</style>": "<style>HIV</style>",
    "<textarea>HIV</textarea>": "<textarea>HIV</textarea>",
    "<title>HIV</title>": "<title>HIV</title>",
    "<button>HIV</button>": "<button>HIV</button>",
    '<p title="HIV">x</p>': '<p title="HIV">x</p>',
    "<div data-no-link><p>HIV</p></div>": "<div data-no-link><p>HIV</p></div>",
    "<!-- HIV --><!DOCTYPE HIV><?HIV?>": "<!-- HIV --><!DOCTYPE HIV><?HIV?>",
    "<![CDATA[HIV]]>": "<![CDATA[HIV]]>",
    "<table>HIV<tr><td>HIV": "<table>HIV<tr><td>[hiv]HIV</a>",
    "<br>HIV<img alt=HIV>": "<br>[hiv]HIV</a><img alt=HIV>",
    "<b/>HIV": "<b/>[hiv]HIV</a>",
    "</i></a>HIV": "</i></a>[hiv]HIV</a>",
    "<a><p>HIV</a> HIV": "<a><p>HIV</a> [hiv]HIV</a>",
    "<p><a href=x>one</p><p>HIV two</p></a>": (
        "<p><a href=x>one</p><p>HIV two</p></a>"
    ),
    "<p><code>a</p><p>HIV</code></p>": "<p><code>a</p><p>HIV</code></p>",
    "<td><code>a</td><td>HIV": "<td><code>a</td><td>[hiv]HIV</a>",
    "<a>x<a>y</a> HIV": "<a>x<a>y</a> [hiv]HIV</a>",
    "<head><title>T</title><body>HIV": "<head><title>T</title><body>[hiv]HIV</a>",
    "<head><meta charset=utf-8>HIV</head>": (
        "<head><meta charset=utf-8>HIV</head>"
    ),
    "<svg><path/><g/></svg> HIV": "<svg><path/><g/></svg> [hiv]HIV</a>",
    "<svg/> HIV <svg>HIV": "<svg/> [hiv]HIV</a> <svg>HIV",
    "<svg><text>HIV</svg>": "<svg><text>HIV</svg>",
    "<p><textarea></p>HIV</textarea>": "<p><textarea></p>HIV</textarea>",
    "<iframe><b>HIV</iframe>HIV": "<iframe><b>HIV</iframe>[hiv]HIV</a>",
    "<plaintext>x</plaintext>HIV": "<plaintext>x</plaintext>HIV",
    "<script><!--<script></script>HIV</script>": (
        "<script><!--<script></script>HIV</script>"
    ),
    "<script><!-- x --></script>HIV": "<script><!-- x --></script>[hiv]HIV</a>",
    "hair\n\n    loss": "[hair-loss]hair\n\n    loss</a>",
    "&ampHIV x": "&amp[hiv]HIV</a> x",
    "&ampHIV_x": "&amp[hiv]HIV</a>_x",
    "&#" + "1" * 5000 + ";HIV": "&#" + "1" * 5000 + ";[hiv]HIV</a>",
    "hair&nbsp;loss": "[hair-loss]hair&nbsp;loss</a>",
    "&#<p title='HIV'>HIV": "&#<p title='HIV'>[hiv]HIV</a>",
    "&#;<!--HIV> HIV": "&#;<!--HIV> HIV",
    "&lt;HIV&gt; &#72;IV": "&lt;[hiv]HIV</a>&gt; &#72;IV",
    "alop&eacute;cia": "[hair-loss]alop&eacute;cia</a>",
    "&#x41;lopecia": "[hair-loss]&#x41;lopecia</a>",
    "HIV&eacute;": "HIV&eacute;",
    "H<b>IV</b> <b>HIV</b>2": "H<b>IV</b> <b>HIV</b>2",
    "<b>HIV</b>-positive": "<b>[hiv]HIV</a></b>-positive",
    "x<wbr>HIV": "x<wbr>HIV",
    "x<br>HIV": "x<br>[hiv]HIV</a>",
    "x<p>HIV": "x<p>[hiv]HIV</a>",
    "x<!-- y -->HIV": "x<!-- y -->HIV",
    "1 < 2 HIV": "1 < 2 HIV",
    "HIV <a href='HIV": "[hiv]HIV</a> <a href='HIV",
    "HIV <!-- <p> HIV <": "[hiv]HIV</a> <!-- <p> HIV <",
    "line\n\n<p>\nHIV\n</p>": "line\n\n<p>\n[hiv]HIV</a>\n</p>",
}


@pytest.mark.parametrize(("html", "expected"), HTML.items())
def test_link_html(html, expected):
    """Texts are linked where a link may be, and nothing else changes."""
    assert expected == linked(html)


def test_all_places():
    """All places are linked if that is wanted."""
    assert "[hiv]HIV</a> [hiv]HIV</a>" == linked("HIV HIV", first_only=False)


def shown(html):
    """Give the text of HTML as a browser reads it."""
    return "".join(html5lib.parse(html).itertext())


TAGS = [
    "p",
    "b",
    "i",
    "a",
    "em",
    "h1",
    "table",
    "tr",
    "td",
    "code",
    "pre",
    "script",
    "style",
    "br",
    "img",
    "div",
    "span",
    "ul",
    "li",
    "textarea",
    "title",
    "svg",
    "select",
    "option",
    "template",
    "math",
    "button",
]
MARKUP = st.lists(
    NAMES
    | st.sampled_from(TAGS).map("<{}>".format)
    | st.sampled_from(TAGS).map("</{}>".format)
    | st.text(alphabet="ab <>&;/!-='\"\n", max_size=5)
    | st.sampled_from(
        ["&amp;", "&lt;", "&nbsp;", "&#x41;", "<!--", "-->", " "]
    )
).map("".join)


@pytest.mark.parametrize(
    ("html", "linked"),
    [
        ("HIV<!-- HIV --> HIV", "[HIV]<!-- HIV --> [HIV]"),
        ("HIV<!--> HIV", "[HIV]<!--> [HIV]"),
        ("HIV<!---> HIV", "[HIV]<!---> [HIV]"),
        ("HIV<!-- HIV --!> HIV", "[HIV]<!-- HIV --!> [HIV]"),
        ("HIV<!-- HIV -- > HIV", "[HIV]<!-- HIV -- > HIV"),
        ("HIV<!-- <p>HIV", "[HIV]<!-- <p>HIV"),
        ("<!--" * 50_000 + "HIV", "<!--" * 50_000 + "HIV"),
    ],
    ids=["plain", "short", "dash", "bang", "blank", "open", "many"],
)
def test_comments(html, linked):
    """A comment ends where browsers end it, and stays as it is."""
    found = LINKER.link_html(html, lambda it: it.id, first_only=False)
    link = '<a href="hiv" data-salvage-kb>HIV</a>'

    assert linked.replace("[HIV]", link) == found


@given(MARKUP, st.booleans())
def test_html_says_the_same(html, first_only):
    """Linking changes no text, and linking again changes nothing."""
    options = {"first_only": first_only}
    once = LINKER.link_html(html, lambda it: f"/{it.id}", **options)

    assert shown(html) == shown(once)
    assert once == LINKER.link_html(once, lambda it: f"/{it.id}", **options)
