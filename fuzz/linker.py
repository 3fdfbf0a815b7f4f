"""Find terms in any text, and set links in any HTML."""

import html.parser  # so that it is instrumented
import re

import html5lib

from salvage_kb import kb

LINKERS = [kb.linker(tag) for tag in ("en", "hi", "zh-Hans")]
_LINK = re.compile(r'<a href="/[^"]*" data-salvage-kb>([^<]*)</a>')
__all__ = ["check", "html"]


def check(data: bytes) -> None:
    """Find what stands there; links change nothing but themselves."""
    text = data.decode("utf-8", "surrogateescape")
    for linker in LINKERS:
        end = 0
        for span in linker.find(text):
            assert end <= span.start < span.end
            assert span.matched == text[span.start : span.end]
            end = span.end
        linked = linker.link_html(text, lambda it: f"/{it.id}")
        if "data-salvage-kb" not in text:
            assert text == _LINK.sub(r"\1", linked)
        assert linked == linker.link_html(linked, lambda it: f"/{it.id}")
        assert _shown(text) == _shown(linked)
        every = linker.link_html(
            text, lambda it: f"/{it.id}", first_only=False
        )
        if "data-salvage-kb" not in text:
            assert text == _LINK.sub(r"\1", every)


def _shown(page: str) -> str:
    """Give the text of a page as browsers read it."""
    return "".join(html5lib.parse(page).itertext())
