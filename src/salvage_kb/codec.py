"""Turn JSON into the model and back, strictly.

This is the only module that knows cattrs.
"""

from __future__ import annotations

import json
import math
import re
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import cache
from itertools import islice
from types import MappingProxyType, NoneType
from typing import (
    TYPE_CHECKING,
    Any,
    Final,
    Literal,
    NamedTuple,
    TypeVar,
    get_args,
    get_origin,
)

import attrs
from cattrs import (
    BaseValidationError,
    ClassValidationError,
    Converter,
    ForbiddenExtraKeysError,
    IterableValidationError,
    IterableValidationNote,
)
from cattrs.gen import make_dict_structure_fn, override

from .errors import Steps, did_you_mean, near_misses
from .text import Direction, Text, flaw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_V = TypeVar("_V")


class Wrong(ValueError):
    """Say what is wrong with one value; the path is added on the way up."""


class Language(NamedTuple):
    """Name the language that texts are in."""

    tag: str = "en"
    direction: Direction = "ltr"


#: More digits than any field has a use for.
_DIGITS: Final = 18
#: How many mistakes in one record are told.
_MOST: Final = 1000
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_ENGLISH: Final = Language()


class Invalid(ValueError):
    """Carry all that is wrong with a value: where, and what."""

    def __init__(self, places: Iterator[tuple[Steps, str]]) -> None:
        super().__init__()
        found = list(islice(places, _MOST + 1))
        if len(found) > _MOST:  # nobody reads more, and mending takes time
            found[_MOST] = (), f"has more than {_MOST} mistakes"
        self.places: tuple[tuple[Steps, str], ...] = tuple(found)


def parse(data: bytes) -> Any:
    """Read JSON, and refuse what JSON does not say or says twice.

    What has a path is left in place as a `Wrong` for `structure` to find.

    Raises:
        Wrong: the bytes are not JSON in UTF-8.
    """
    if data.startswith(BOM_UTF8):
        raise Wrong("begins with a byte order mark: save the file without it")
    try:
        return json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_not_finite,
            parse_float=_finite,
            parse_int=_whole,
        )
    except UnicodeDecodeError as error:
        message = f"not UTF-8 at byte {error.start}: save the file as UTF-8"
    except RecursionError:
        message = "nested too deeply: content has at most six levels"
    except ValueError as error:
        message = f"not JSON: {error}"
    raise Wrong(message)


def _object(pairs: list[tuple[str, Any]]) -> Any:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    counts = Counter(key for key, _ in pairs)
    twice = ", ".join(sorted(key for key, n in counts.items() if n > 1))
    return Wrong(f"has a key twice: {twice}; keep one of each")


def _not_finite(name: str) -> Any:
    return Wrong(f"{name} is not a number in JSON: write a finite number")


def _finite(digits: str) -> Any:
    number = float(digits)
    return number if math.isfinite(number) else _not_finite(digits)


def _whole(digits: str) -> Any:
    if len(digits) > _DIGITS:
        return Wrong(f"has {len(digits)} digits: write a smaller number")
    return int(digits)


def structure(value: Any, cls: type[_V], language: Language = _ENGLISH) -> _V:
    """Make an object of the model from parsed JSON.

    Raises:
        Invalid: with each place and what is wrong there.
    """
    try:
        return _converter(language, detailed=False).structure(value, cls)
    except (Wrong, KeyError, BaseValidationError, ForbiddenExtraKeysError):
        pass
    try:
        return _converter(language, detailed=True).structure(value, cls)
    except (Wrong, BaseValidationError) as error:
        raise Invalid(_places(error, ())) from None


def dump(value: Any) -> str:
    """Write plain data as the files have it."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


@cache
def _converter(language: Language, *, detailed: bool) -> Converter:
    converter = Converter(detailed_validation=detailed)

    def text(value: Any, _: Any) -> Text:
        line = _line(value, _)
        return Text(line, lang=language.tag, dir=language.direction)

    for cls, hook in (
        (Text, text),
        (str, _line),
        (int, _whole_number),
        (bool, _yes_or_no),
        (date, _day),
    ):
        converter.register_structure_hook(cls, hook)
    for applies, factory in (
        (_is_literal, _one_of),
        (_is_tuple, _list_of),
        (_is_mapping, _mapping_of),
        (attrs.has, _fields_of),
    ):
        converter.register_structure_hook_factory(applies, factory)
    return converter


def _expect(value: Any, cls: type, wanted: str) -> Any:
    if isinstance(value, Wrong):
        raise value
    if not isinstance(value, cls) or (cls is int and value is bool(value)):
        words = json.dumps if value in (None, True, False) else repr
        raise Wrong(f"should be {wanted}, not {words(value):.40}")
    return value


def _line(value: Any, _: Any) -> str:
    line: str = _expect(value, str, "text in quotes")
    if wrong := flaw(line):
        raise Wrong(f"{line!r:.40} {wrong}")
    return line


def _whole_number(value: Any, _: Any) -> int:
    number: int = _expect(value, int, "a whole number")
    return number


def _yes_or_no(value: Any, _: Any) -> bool:
    answer: bool = _expect(value, bool, "true or false")
    return answer


def _day(value: Any, _: Any) -> date:
    day = _expect(value, str, 'a date such as "2025-12-03"')
    try:
        if _DAY.fullmatch(day):
            return date.fromisoformat(day)
    except ValueError:
        pass
    raise Wrong(f'{day!r:.40} should be a date such as "2025-12-03"')


def _is_literal(cls: Any) -> bool:
    return get_origin(cls) is Literal


def _is_tuple(cls: Any) -> bool:
    return get_origin(cls) is tuple


def _is_mapping(cls: Any) -> bool:
    return get_origin(cls) is Mapping


def _one_of(cls: Any, _: Converter) -> Callable[[Any, Any], Any]:
    choices = get_args(cls)

    def hook(value: Any, _: Any) -> Any:
        word = _expect(value, str, f"one of {', '.join(choices)}")
        if word not in choices:
            guess = did_you_mean(near_misses(word, choices))
            message = f"{word!r:.40} is not one of {', '.join(choices)}{guess}"
            raise Wrong(message)
        return word

    return hook


def _list_of(cls: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    member = get_args(cls)[0]
    each = converter.get_structure_hook(member)

    def hook(value: Any, _: Any) -> Any:
        items = _expect(value, list, "a list in square brackets")
        if not converter.detailed_validation:
            return tuple([each(item, member) for item in items])
        return tuple(_collect(each, member, enumerate(items), cls))

    return hook


def _mapping_of(cls: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    member = get_args(cls)[1]
    each = converter.get_structure_hook(member)

    def hook(value: Any, _: Any) -> Any:
        items = _expect(value, dict, "an object in curly brackets")
        found = _collect(each, member, items.items(), cls)
        return MappingProxyType(dict(zip(items, found, strict=True)))

    return hook


def _collect(
    each: Callable[[Any, Any], Any],
    member: Any,
    items: Iterable[tuple[Any, Any]],
    cls: Any,
) -> list[Any]:
    """Structure each item, or raise with all that is wrong, and where."""
    errors: list[Exception] = []
    found = []
    for index, item in items:
        try:
            found.append(each(item, member))
        except (Wrong, BaseValidationError) as error:
            error.__notes__ = [IterableValidationNote("", index, member)]
            errors.append(error)
            if len(errors) > _MOST:
                break
    if errors:
        # pyright does not see the __new__ that takes the class
        raise IterableValidationError("", errors, cls)  # pyright: ignore[reportCallIssue]
    return found


def _fields_of(cls: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    fill = make_dict_structure_fn(
        cls,
        converter,
        _cattrs_forbid_extra_keys=True,
        _cattrs_use_linecache=False,
        _view=override(omit=True),
    )

    def hook(value: Any, _: Any) -> Any:
        fields = _expect(value, dict, "an object in curly brackets")
        return fill(fields, cls)

    return hook


def _places(error: Exception, at: Steps) -> Iterator[tuple[Steps, str]]:
    """Go down to each error, and say where it is and what it is."""
    if isinstance(error, IterableValidationError):
        for inner, note in error.group_exceptions()[0]:
            yield from _places(inner, (*at, note.index))
    elif isinstance(error, ClassValidationError):
        named, others = error.group_exceptions()
        for inner, field in named:
            yield from _places(inner, (*at, field.name))
        for inner in others:
            yield from _places(inner, at)
    elif isinstance(error, ForbiddenExtraKeysError):
        known = [f.name for f in attrs.fields(error.cl) if f.name != "_view"]
        for key in sorted(error.extra_fields, key=str):
            guess = did_you_mean(near_misses(str(key), known))
            yield (*at, str(key)), f"is no field here{guess}"
    elif isinstance(error, KeyError):
        yield at, "is missing: add it"
    else:
        yield at, str(error)


def mend(value: Any, cls: Any, places: Iterable[tuple[Steps, str]]) -> Any:
    """Copy JSON with something harmless wherever it was found wrong.

    So the rest of it can be structured, and looked at as well.
    """
    for steps, _ in places:
        value = _mend(value, steps, cls)
    return value


def _mend(value: Any, steps: Steps, cls: Any) -> Any:
    if not steps:
        return _harmless(cls)
    step, rest = steps[0], steps[1:]
    if type(step) is int:
        inner = get_args(cls)[0]
        mended = list(value)
        mended[step] = _mend(value[step], rest, inner)
        return mended
    choices = [it for it in get_args(cls) if it is not NoneType] or [cls]
    types = {field.name: field.type for field in attrs.fields(choices[0])}
    if step not in types:
        return {key: held for key, held in value.items() if str(key) != step}
    return value | {step: _mend(value.get(step), rest, types[step])}


def _harmless(cls: Any) -> Any:
    if NoneType in get_args(cls):
        return None
    if _is_literal(cls):
        return get_args(cls)[0]
    if _is_tuple(cls):
        return []
    if attrs.has(cls):
        fields = (f for f in attrs.fields(cls) if f.default is attrs.NOTHING)
        return {field.name: _harmless(field.type) for field in fields}
    return {int: 0, bool: False, date: "2000-01-01"}.get(cls, "x")
