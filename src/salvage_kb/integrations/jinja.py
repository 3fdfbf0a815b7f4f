"""Write the content in templates of Jinja2.

Flask, Pelican and, by mkdocs-macros, MkDocs render with it.
"""

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias, TypeVar

from salvage_kb.collection import Collection
from salvage_kb.export.pages import html
from salvage_kb.knowledge_base import BUNDLED, KnowledgeBase
from salvage_kb.model import Statement
from salvage_kb.records import Record, check_record
from salvage_kb.text import Text

from ._fragments import notices_html, statement_html, text_html
from ._views import home, in_view, localized

try:
    from jinja2 import Environment, Undefined
    from markupsafe import Markup
except ModuleNotFoundError as _error:
    _message = "this needs an extra: pip install 'salvage-kb[jinja]'"
    raise ImportError(_message) from _error

_T = TypeVar("_T", bound=Record | Statement)
#: A language, or what tells the present one; none for that of each record.
Locale: TypeAlias = str | Callable[[], str] | None


def install(
    environment: Environment,
    kb: KnowledgeBase | None = None,
    locale: Locale = None,
) -> None:
    """Add `filters` and `variables` to an environment.

    Args:
        environment: that of an application, such as ``app.jinja_env``.
        kb: the content, or a view of it, whose policy is kept; without one,
            the content that comes with the package.
        locale: the language that everything is written in, or a function
            that tells it at each rendering. Without one, each record is
            written in the language that it is in.
    """
    environment.filters.update(filters(kb, locale))
    environment.globals.update(variables(kb, locale))


def filters(
    kb: KnowledgeBase | None = None, locale: Locale = None
) -> dict[str, Callable[..., Markup]]:
    """Give the filters, as Pelican's ``JINJA_FILTERS`` takes them.

    ``kb_text`` writes a text with its language, ``kb_statement`` a statement
    with its cautions, ``kb_record`` all about a record. Each gives markup
    that is safe, whether the template escapes or not.
    """
    write = _Writer(kb, locale)
    return {
        "kb_text": _text,
        "kb_statement": write.statement,
        "kb_record": write.record,
    }


def variables(
    kb: KnowledgeBase | None = None, locale: Locale = None
) -> dict[str, Any]:
    """Give the variables, as Pelican's ``JINJA_GLOBALS`` takes them.

    ``kb`` is the content in the language, ``notices`` are what has to be
    shown, and ``kb_notices()`` writes them, with the version of the content.
    """
    write = _Writer(kb, locale)
    return {
        "kb": _Now(write.view),
        "notices": _Now(lambda: write.view().notices),
        "kb_notices": write.notices,
    }


def define_env(
    env: Any, kb: KnowledgeBase | None = None, locale: Locale = None
) -> None:
    """Add both to mkdocs-macros, which calls this in its modules."""
    for name, function in filters(kb, locale).items():
        env.filter(function, name)
    env.variables.update(variables(kb, locale))


class _Now:
    """Stand for what a function gives, each time that it is used."""

    def __init__(self, get: Callable[[], Any]) -> None:
        self._get = get

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # copies ask for such, before there is _get
            raise AttributeError(name)
        return getattr(self._get(), name)

    def __getitem__(self, id: str) -> Any:
        return self._get()[id]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._get())

    def __len__(self) -> int:
        return len(self._get())

    def __bool__(self) -> bool:
        return bool(self._get())

    def __str__(self) -> str:
        return str(self._get())


class _Writer:
    """Write markup, in one language or in that of each thing."""

    def __init__(self, kb: KnowledgeBase | None, locale: Locale) -> None:
        self.kb = BUNDLED if kb is None else kb
        self.locale = locale

    def view(self) -> KnowledgeBase:
        if self.locale is None:
            return self.kb
        tag = self.locale() if callable(self.locale) else self.locale
        return localized(self.kb, tag)

    def spoken(self, item: _T) -> _T:
        return item if self.locale is None else in_view(self.view(), item)

    def record(self, record: Record) -> Markup:
        """Write all about a record."""
        _explain(record)
        check_record("kb_record", record)
        shown = self.spoken(record)
        return _marked(html(home(shown), shown))

    def statement(
        self, statement: Statement, *, notices: bool = True
    ) -> Markup:
        """Write a statement and all that belongs to it.

        Without *notices*, these have to stand elsewhere on the page.
        """
        _explain(statement)
        if not isinstance(statement, Statement):
            message = f"kb_statement takes a statement, not {statement!r:.50}"
            raise TypeError(message)
        shown = self.spoken(statement)
        return _marked(statement_html(shown, notices=notices))

    def notices(self) -> Markup:
        """Write the notices, and the version of the content."""
        return _marked(notices_html(self.view()))


def _text(text: Text) -> Markup:
    """Write a text in an element that says its language and direction."""
    _explain(text)
    if not isinstance(text, Text):
        message = f"kb_text takes a text of the content, not {text!r:.50}"
        raise TypeError(message)
    return _marked(text_html(text))


def _explain(value: object) -> None:
    """Say what was wrong with an id, which Jinja keeps to itself."""
    if isinstance(value, Undefined):
        known, id = value._undefined_obj, value._undefined_name  # noqa: SLF001
        if isinstance(known, Collection):
            known[id]  # type: ignore[index]


def _marked(markup: str) -> Markup:
    """Let markup through, in which all that the content says is escaped."""
    return Markup(markup)  # noqa: S704
