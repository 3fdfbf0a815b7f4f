"""Read any bytes as content: a bundle, a zip, an overlay, one record."""

import tempfile
from pathlib import Path

import small

from salvage_kb import ContentError, KnowledgeBase, LocaleError
from salvage_kb.codec import Invalid, Wrong, parse, structure
from salvage_kb.loading import CLASSES
from salvage_kb.vocabulary import KINDS

_FOLDER = tempfile.TemporaryDirectory()
_PATH = Path(_FOLDER.name) / "input"


def check(data: bytes) -> None:
    """Load what can be loaded; for all else there is one error."""
    _PATH.write_bytes(data)
    try:
        loaded = KnowledgeBase.load(_PATH)
    except ContentError as error:
        assert error.problems
        str(error).encode()
    else:
        _check_loaded(loaded)
    try:
        laid = small.KB.overlay(_PATH)
    except ContentError as error:
        str(error).encode()
    else:
        _check_laid(laid)
    _check_records(data)


def _check_loaded(loaded: KnowledgeBase) -> None:
    for tag in loaded.locales:
        try:
            view = loaded.localized(tag)
        except (ContentError, LocaleError):
            return
        for statement in view.statements:
            caution = loaded.statements[statement.id].cautions
            assert len(caution) == len(statement.cautions)
    again = KnowledgeBase.from_bundle(loaded.to_bundle())
    assert loaded.digest == again.digest


def _check_laid(laid: KnowledgeBase) -> None:
    for statement in small.KB.statements:
        kept = laid.statements[statement.id]
        assert kept.cautions[: len(statement.cautions)] == statement.cautions
        assert kept == statement or kept.origin == "local"
    assert set(small.KB.notices.ids) <= set(laid.notices.ids)


def _check_records(data: bytes) -> None:
    """What is read says what the JSON says, to the letter and the type."""
    try:
        value = parse(data)
    except Wrong as error:
        str(error).encode()
        return
    rows = [(cls, value) for cls in CLASSES.values()]
    if isinstance(value, dict):
        for folder in value.keys() & KINDS.keys():
            held = value[folder]
            cls = CLASSES[KINDS[folder]]
            rows += [(cls, it) for it in held if isinstance(held, list)]
    for cls, row in rows:
        try:
            item = structure(row, cls)
        except Invalid as error:
            assert error.places
        else:
            assert agrees(row, item.to_dict())


def agrees(given: object, shown: object) -> bool:
    """Tell whether plain data is the same, but for what is left out."""
    if isinstance(given, dict) and isinstance(shown, dict):
        return shown.keys() <= given.keys() and all(
            agrees(it, shown[key]) if key in shown else _is_default(it)
            for key, it in given.items()
        )
    if isinstance(given, list) and isinstance(shown, list):
        return len(given) == len(shown) and all(map(agrees, given, shown))
    return type(given) is type(shown) and given == shown


def _is_default(value: object) -> bool:
    return not value or value in ("ltr", "base")
