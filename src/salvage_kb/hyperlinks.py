"""Set links around terms in HTML, and change nothing else."""

from __future__ import annotations

import re
from collections import Counter
from html import escape, unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from .folding import UNSPACED_ONE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .linking import Span

_T = TypeVar("_T")
#: What marks a link of ours, so that a second run knows it.
_MARK: Final = "data-salvage-kb"
_NO_LINK: Final = "data-no-link"
_UNTOUCHED: Final = frozenset(
    [
        "a",
        "applet",
        "audio",
        "button",
        "canvas",
        "code",
        "dfn",
        "embed",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "iframe",
        "kbd",
        "label",
        "legend",
        "math",
        "noembed",
        "noframes",
        "noscript",
        "object",
        "option",
        "plaintext",
        "pre",
        "samp",
        "script",
        "select",
        "style",
        "summary",
        "svg",
        "template",
        "textarea",
        "title",
        "var",
        "video",
        "xmp",
    ]
)
#: Where no text belongs, so that browsers move it.
_NO_TEXT: Final = frozenset(
    ["table", "tbody", "thead", "tfoot", "tr", "colgroup", "html", "frameset"]
)
#: Elements inside which a word goes on.
_INLINE: Final = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
        "nobr",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
    ]
)
_VOID: Final = frozenset(
    [
        "area",
        "base",
        "basefont",
        "bgsound",
        "br",
        "col",
        "embed",
        "frame",
        "hr",
        "img",
        "input",
        "keygen",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
_REFERENCE: Final = re.compile(
    r"&(?:#[0-9]{1,7}(?![0-9])|#[xX][0-9A-Fa-f]{1,6}(?![0-9A-Fa-f])|\w+);?"
)
#: What begins like a reference by number and is none: `HTMLParser` stops there.
_NO_REFERENCE: Final = re.compile(r"&#(?![0-9]|[xX][0-9A-Fa-f])")
#: A comment as browsers read it, which is not how `HTMLParser` does.
_COMMENT: Final = re.compile(r"<!--(?:-?>|.*?--!?>)", re.DOTALL)
#: A tag as browsers read it: quotes in it have to end.
_TAG: Final = re.compile(
    r"</?([A-Za-z][^\t\n\f\r />]*+)(?:[\t\n\f\r /]++"
    r"|[^\t\n\f\r />][^\t\n\f\r />=]*+(?:[\t\n\f\r ]*+=[\t\n\f\r ]*+"
    r"(?:\"[^\"]*+\"|'[^']*+'|(?![\"'])[^\t\n\f\r >]*+)"
    r"|(?![\t\n\f\r ]*+=)))*+>"
)
#: Text with signs of its own, but for browsers only within drawings.
_CDATA: Final = "<![CDATA["
_FOREIGN: Final = ("math", "svg")
#: In these, everything is text until their own end tag.
_RAW: Final = frozenset(
    [
        "iframe",
        "noembed",
        "noframes",
        "plaintext",
        "script",
        "style",
        "textarea",
        "title",
        "xmp",
    ]
)
_IN_HEAD: Final = frozenset(
    [
        "base",
        "link",
        "meta",
        "noscript",
        "script",
        "style",
        "template",
        "title",
    ]
)
#: What browsers open again after an element was closed over it, and the
#: elements that they do not do it for.
_OPENED_AGAIN: Final = ("a", "code")
_FENCES: Final = frozenset(
    ["applet", "caption", "marquee", "object", "td", "template", "th"]
)
#: A letter, or a sign on one, of scripts that set words apart.
_IN_WORD: Final = re.compile(
    f"(?!{UNSPACED_ONE.pattern})(?:[^\\W_]|[^\\0-\\xbf\\u2010-\\u206f\\s])"
)


class _Run(NamedTuple):
    """Say where a text stands in HTML.

    Attributes:
        may_link: whether links may be set in it.
        goes_on: whether it goes on what the run before it began.
    """

    start: int
    end: int
    may_link: bool
    goes_on: bool


class _Texts(HTMLParser):
    """Find the texts of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self.lines = [0, *(it.end() for it in re.finditer("\n", html))]
        self.runs: list[_Run] = []
        #: The addresses of links that were set before.
        self.linked: set[str] = set()
        self.open: list[tuple[str, bool]] = []
        self.count: Counter[str] = Counter()
        self.start: int | None = None
        self.goes_on = False
        html = _NO_REFERENCE.sub("_#", html)
        # Of what ends within a tag, browsers show nothing.
        broken = html.find("<", html.rfind(">") + 1)
        self.feed(html if broken < 0 else html[:broken])
        if self.rawdata.startswith("<"):  # nor where a comment never ends
            self._end(self._at())
            self.rawdata = ""
        self.close()
        self._end(len(html) if broken < 0 else broken)

    def _at(self) -> int:
        line, column = self.getpos()
        return self.lines[line - 1] + column

    def _text(self) -> None:
        if self.start is None:
            self.start = self._at()

    def handle_data(self, data: str) -> None:
        """Take note of a text, and of a script that hides its own end."""
        if (
            self._is_raw() == "script"
            and "<script" in data.partition("<!--")[2]
        ):
            self._push("plaintext", untouched=True)
        self._text()

    def handle_charref(self, name: str) -> None:  # noqa: ARG002  # the base names it
        self._text()

    def handle_entityref(self, name: str) -> None:  # noqa: ARG002  # as above
        self._text()

    def parse_comment(self, i: int, report: bool = True) -> int:  # noqa: ARG002, FBT001, FBT002  # as above
        """Go past a comment that begins at a place, or give -1."""
        found = _COMMENT.match(self.rawdata, i)
        if found is None:
            return -1
        self._end(self._at())
        return found.end()

    def parse_html_declaration(self, i: int) -> int:
        """Go past what begins with ``<!``, as browsers do, or give -1."""
        end = ">"
        if self.rawdata.startswith(_CDATA, i) and self._is_foreign():
            end = "]]>"
        at = self.rawdata.find(end, i)
        if at < 0:
            return -1
        self._end(self._at())
        return at + len(end)

    def check_for_whole_start_tag(self, i: int) -> int:
        """Find the end of a tag that begins at a place, or give -1."""
        found = _TAG.match(self.rawdata, i)
        return found.end() if found else -1

    def parse_endtag(self, i: int) -> int:
        """Go past an end tag, which may have attributes, or give -1."""
        found = _TAG.match(self.rawdata, i)
        name = found[1].lower() if found else ""
        if found is None and self.rawdata[i + 2].isalpha():
            return -1
        if found is None or self.cdata_elem not in {None, name}:
            return super().parse_endtag(i)
        self.handle_endtag(name)
        self.clear_cdata_mode()
        return found.end()

    def handle_pi(self, data: str) -> None:  # noqa: ARG002  # as above
        self._end(self._at())

    def _end(self, at: int) -> None:
        if self.start is not None:
            name, untouched = self.open[-1] if self.open else ("", False)
            may_link = not untouched and name not in _NO_TEXT
            self.runs.append(_Run(self.start, at, may_link, self.goes_on))
            self.start, self.goes_on = None, True

    def handle_starttag(
        self, tag: str, attrs: list[tuple[str, str | None]]
    ) -> None:
        """Take note of an element, and of a link that was set before."""
        self._end(self._at())
        if self._is_raw():
            return
        self.goes_on = self.goes_on and tag in _INLINE
        given = dict(attrs)
        if tag == "a" and _MARK in given:
            self.linked.add(given.get("href") or "")
        if self.open and self.open[-1][0] == "head" and tag not in _IN_HEAD:
            self._pop()
        if tag == "a":
            self._close("a")
        if tag not in _VOID:
            untouched = tag in _UNTOUCHED or _NO_LINK in given
            self._push(tag, untouched=untouched)

    def _is_raw(self) -> str | None:
        """Tell which element is open in which everything is text."""
        name = self.open[-1][0] if self.open else ""
        return name if name in _RAW else None

    def _is_foreign(self) -> bool:
        return any(self.count[name] for name in _FOREIGN)

    def _push(self, tag: str, *, untouched: bool) -> None:
        within = bool(self.open) and self.open[-1][1]
        self.open.append((tag, within or untouched))
        self.count[tag] += 1

    def _pop(self) -> str:
        tag, _ = self.open.pop()
        self.count[tag] -= 1
        return tag

    def _close(self, tag: str) -> None:
        """Close an element, and open again what browsers do."""
        if not self.count[tag]:
            return
        closed = set()
        while (name := self._pop()) != tag:
            closed.add(name)
        for name in _OPENED_AGAIN:
            if name in closed and tag not in _FENCES:
                self._push(name, untouched=True)

    def handle_startendtag(
        self, tag: str, attrs: list[tuple[str, str | None]]
    ) -> None:
        """Read ``<b/>`` as browsers do: as ``<b>``, but for drawings."""
        self.handle_starttag(tag, attrs)
        if tag in _FOREIGN or self._is_foreign():
            self._close(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and what was left open in it."""
        self._end(self._at())
        if self._is_raw() in {None, tag} and tag != "plaintext":
            self.goes_on = self.goes_on and tag in _INLINE
            self._close(tag)


def link(
    find: Callable[[str], Iterable[Span[_T]]],
    html: str,
    href: Callable[[_T], str | None],
    *,
    first_only: bool,
) -> str:
    """Set links in the texts of HTML."""
    if not isinstance(html, str):
        message = f"link_html() takes text, not {html!r:.50}"
        raise TypeError(message)
    texts = _Texts(html)
    seen = texts.linked if first_only else set()
    parts: list[str] = []
    done = 0
    for start, end, target in _places(find, html, texts.runs):
        url = href(target)
        if url is None or start == end or (first_only and url in seen):
            continue
        seen.add(url)
        opening = f'<a href="{escape(url)}" {_MARK}>'
        parts += [html[done:start], opening, html[start:end], "</a>"]
        done = end
    return "".join([*parts, html[done:]])


def _places(
    find: Callable[[str], Iterable[Span[_T]]],
    html: str,
    runs: list[_Run],
) -> Iterator[tuple[int, int, _T]]:
    """Go through the terms in the texts: where they stand in the HTML."""
    decoded = [_decode(html[run.start : run.end]) for run in runs]
    for index, run in enumerate(runs):
        text, offsets = decoded[index]
        if not run.may_link:
            continue
        before = decoded[index - 1][0] if index and run.goes_on else ""
        after = ""
        if index + 1 < len(runs) and runs[index + 1].goes_on:
            after = decoded[index + 1][0]
        for span in find(text.replace("\n", " ")):
            cut = (span.start == 0 and _is_one_word(before, text)) or (
                span.end == len(text) and _is_one_word(text, after)
            )
            if not cut:
                start, end = offsets(span.start), offsets(span.end)
                yield run.start + start, run.start + end, span.record


def _is_one_word(one: str, other: str) -> bool:
    """Tell whether a word goes on from one text into the other."""
    return all(map(_IN_WORD.match, (one[-1:], other[:1])))


def _decode(raw: str) -> tuple[str, Callable[[int], int]]:
    """Give a text as readers see it, and where its characters stand.

    It ends before a sign that may begin a broken tag.
    """
    raw = raw.partition("<")[0]
    if "&" not in raw:
        return raw, lambda at: at
    text: list[str] = []
    places: list[int] = []
    done = 0
    for match in _REFERENCE.finditer(raw):
        text.append(raw[done : match.start()])
        places += range(done, match.start())
        shown = unescape(match[0])
        same = _common_end(shown, match[0])
        text.append(shown)
        places += [match.start()] * (len(shown) - same)
        places += range(match.end() - same, match.end())
        done = match.end()
    text.append(raw[done:])
    places += range(done, len(raw) + 1)
    return "".join(text), places.__getitem__


def _common_end(shown: str, raw: str) -> int:
    """Count the characters of a reference that are not part of it.

    Browsers read ``&ampx`` as ``&x``.
    """
    same = 0
    while same < len(shown) - 1 and shown[-1 - same] == raw[-1 - same]:
        same += 1
    return same
