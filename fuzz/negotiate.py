"""Choose a language by any header, and make any tag canonical."""

import langcodes  # so that it is instrumented
import langcodes.data_dicts
import langcodes.tag_parser
import small

from salvage_kb import LocaleError
from salvage_kb.locales import direction_of
from salvage_kb.tags import canonical, language_and_script

__all__ = ["check", "langcodes"]


def check(data: bytes) -> None:
    """Give a language on offer, or the one error; never another language."""
    text = data.decode("utf-8", "surrogateescape")
    items = [it.split(";")[0].strip() for it in text.split(",")]
    _check_header(text, items)
    for tag in items[:3]:
        _check_tag(tag)


def _check_header(header: str, items: list[str]) -> None:
    try:
        found = small.KB.negotiate(header)
    except LocaleError as error:
        str(error).encode()
        assert len(header) > 1000 or len(items) > 50
        return
    assert found in small.KB.locales
    if found != small.KB.locale and "*" not in items:
        meant = language_and_script(found)
        assert meant in [_meaning(tag) for tag in items]


def _meaning(tag: str) -> tuple[str, str] | None:
    try:
        return language_and_script(tag)
    except LocaleError:
        return None


def _check_tag(tag: str) -> None:
    try:
        name = canonical(tag)
    except LocaleError as error:
        str(error).encode()
        return
    assert name == canonical(name)
    assert language_and_script(tag) == language_and_script(name)
    assert direction_of(tag) in {"ltr", "rtl"}
    view = small.KB.localized(tag)
    assert name == view.locale
    said = view.conditions["c"].name
    same = language_and_script(said.lang) == language_and_script(tag)
    assert said.is_fallback != same
    assert small.KB.negotiate([tag]) in small.KB.locales
