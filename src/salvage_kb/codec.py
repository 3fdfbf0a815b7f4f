"""Turn JSON into the model and back, strictly.

For each type there is a `Shape`, made of its annotations. It makes values,
and stops at the first thing that is wrong; then it is asked to explain.
"""

from __future__ import annotations

import json
import math
import re
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache, lru_cache, partial
from inspect import get_annotations
from itertools import islice
from types import MappingProxyType, NoneType
from typing import (
    TYPE_CHECKING,
    Any,
    Final,
    Literal,
    NamedTuple,
    TypeAlias,
    TypeVar,
    get_args,
    get_origin,
)

import attrs

from .errors import Steps, did_you_mean, near_misses
from .text import Direction, Text, flaw, like

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_V = TypeVar("_V")
_Place: TypeAlias = "tuple[Steps, str]"


class Wrong(ValueError):
    """Say what is wrong with one value; the path is added on the way up."""


class Language(NamedTuple):
    """Name the language that texts are in."""

    tag: str = "en"
    direction: Direction = "ltr"


#: Of words that come again and again, so many are kept.
_KEPT: Final = 4096
#: More digits than any field has a use for.
_DIGITS: Final = 18
#: How many mistakes in one record are told.
_MOST: Final = 1000
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_ENGLISH: Final = Language()


class Shape(NamedTuple):
    """Make values of one type from parsed JSON.

    Attributes:
        make: gives the value, or raises whatever is first at hand.
        explain: goes through all that is wrong: where, and what.
    """

    make: Callable[[Any], Any]
    explain: Callable[[Any], Iterator[_Place]]


class Invalid(ValueError):
    """Carry all that is wrong with a value: where, and what."""

    def __init__(self, places: Iterator[_Place]) -> None:
        super().__init__()
        found = list(islice(places, _MOST + 1))
        if len(found) > _MOST:  # nobody reads more, and mending takes time
            found[_MOST] = (), f"has more than {_MOST} mistakes"
        self.places: tuple[_Place, ...] = tuple(found)


def parse(data: bytes) -> Any:
    """Read JSON, and refuse what JSON does not say or says twice.

    What has a path is left in place as a `Wrong` for `structure` to find.

    Raises:
        Wrong: the bytes are not JSON in UTF-8.
    """
    if data.startswith(BOM_UTF8):
        raise Wrong("begins with a byte order mark: save the file without it")
    try:
        return _DECODER.decode(data.decode("utf-8"))
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


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_constant=_not_finite,
    parse_float=_finite,
    parse_int=_whole,
)


def structure(value: Any, cls: type[_V], language: Language = _ENGLISH) -> _V:
    """Make an object of the model from parsed JSON.

    Raises:
        Invalid: with each place and what is wrong there.
    """
    kind: Any = cls
    shape = _shape(kind, language)
    try:
        made: _V = shape.make(value)
    except (Wrong, KeyError, TypeError):
        raise Invalid(shape.explain(value)) from None
    return made


def dump(value: Any) -> str:
    """Write plain data as the files have it."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


@cache
def _shape(cls: Any, language: Language) -> Shape:
    if cls is Text:
        spoken = Text("", lang=language.tag, dir=language.direction)
        return _leaf(lambda value: like(spoken, _line(value)))
    return _LEAVES.get(cls) or _compound(cls, language)


def _compound(cls: Any, language: Language) -> Shape:
    arguments = get_args(cls)
    if get_origin(cls) is Literal:
        return _one_of(arguments)
    if get_origin(cls) is tuple:
        return _list_of(_shape(arguments[0], language))
    if get_origin(cls) is Mapping:
        return _mapping_of(_shape(arguments[1], language))
    if NoneType in arguments:
        return _optional(_shape(_chosen(cls), language))
    types = _types(cls)
    return _fields_of(cls, {k: _shape(types[k], language) for k in types})


@cache
def _types(cls: type[Any]) -> dict[str, Any]:
    """Give the types of the authored fields of a class."""
    known: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        if attrs.has(base):
            known |= get_annotations(base, eval_str=True)
    names = (field.name for field in attrs.fields(cls))
    return {name: known[name] for name in names if name != "_view"}


def _chosen(cls: Any) -> Any:
    """Give the type that a value has if it is not None."""
    choices = [it for it in get_args(cls) if it is not NoneType]
    return choices[0] if NoneType in get_args(cls) else cls


def _expect(value: Any, cls: type, wanted: str) -> Any:
    if isinstance(value, cls) and (cls is not int or value is not bool(value)):
        return value
    if isinstance(value, Wrong):
        raise value
    words = json.dumps if value in (None, True, False) else repr
    raise Wrong(f"should be {wanted}, not {words(value):.40}")


def _explaining(
    explain: Callable[[Any], Iterator[_Place]],
) -> Callable[[Any], Iterator[_Place]]:
    """Let what is wrong with the value itself be explained as well."""

    def explained(value: Any) -> Iterator[_Place]:
        try:
            yield from explain(value)
        except Wrong as error:
            yield (), str(error)

    return explained


def _leaf(make: Callable[[Any], Any]) -> Shape:
    def explain(value: Any) -> Iterator[_Place]:
        make(value)
        return iter(())

    return Shape(make, _explaining(explain))


def _line(value: Any) -> str:
    line: str = _expect(value, str, "text in quotes")
    if wrong := flaw(line):
        raise Wrong(f"{line!r:.40} {wrong}")
    return str(line)


def _day(value: Any) -> date:
    day = _expect(value, str, 'a date such as "2025-12-03"')
    try:
        if _DAY.fullmatch(day):
            return date.fromisoformat(day)
    except ValueError:
        pass
    raise Wrong(f'{day!r:.40} should be a date such as "2025-12-03"')


#: Ids and names of systems come again and again: each is one object.
_LEAVES: Final[dict[Any, Shape]] = {
    str: _leaf(_line)._replace(make=lru_cache(_KEPT)(_line)),
    int: _leaf(partial(_expect, cls=int, wanted="a whole number")),
    bool: _leaf(partial(_expect, cls=bool, wanted="true or false")),
    date: _leaf(_day),
}


def _one_of(choices: tuple[str, ...]) -> Shape:
    known = {word: word for word in choices}
    listed = ", ".join(choices)

    def make(value: Any) -> str:
        word: str = _expect(value, str, f"one of {listed}")
        if word not in known:
            guess = did_you_mean(near_misses(word, choices))
            raise Wrong(f"{word!r:.40} is not one of {listed}{guess}")
        return word

    return _leaf(make)._replace(make=known.__getitem__)


_list: Final = partial(_expect, cls=list, wanted="a list in square brackets")
_mapping: Final = partial(
    _expect, cls=dict, wanted="an object in curly brackets"
)


def _optional(shape: Shape) -> Shape:
    each, why = shape
    return Shape(
        lambda value: None if value is None else each(value),
        lambda value: iter(()) if value is None else why(value),
    )


def _within(
    items: Iterable[tuple[Any, Any]], shape: Shape
) -> Iterator[_Place]:
    for step, item in items:
        for at, told in shape.explain(item):
            yield (step, *at), told


def _list_of(shape: Shape) -> Shape:
    each = shape.make

    def make(value: Any) -> tuple[Any, ...]:
        items = value if isinstance(value, list) else _list(value)
        return tuple([each(item) for item in items])

    def explain(value: Any) -> Iterator[_Place]:
        return _within(enumerate(_list(value)), shape)

    return Shape(make, _explaining(explain))


def _mapping_of(shape: Shape) -> Shape:
    each = shape.make

    def make(value: Any) -> Mapping[str, Any]:
        items = _mapping(value).items()
        return MappingProxyType({key: each(item) for key, item in items})

    def explain(value: Any) -> Iterator[_Place]:
        return _within(_mapping(value).items(), shape)

    return Shape(make, _explaining(explain))


def _fields_of(cls: type[Any], shapes: dict[str, Shape]) -> Shape:
    def explain(value: Any) -> Iterator[_Place]:
        held = _mapping(value)
        for field in attrs.fields(cls):
            name = field.name
            if name in held and name in shapes:
                yield from _within([(name, held[name])], shapes[name])
            elif field.default is attrs.NOTHING:
                yield (name,), "is missing: add it"
        for name in sorted(held.keys() - shapes.keys(), key=str):
            guess = did_you_mean(near_misses(str(name), shapes))
            yield (str(name),), f"is no field here{guess}"

    return Shape(_maker(cls, shapes), _explaining(explain))


def _maker(cls: type[Any], shapes: dict[str, Shape]) -> Callable[[Any], Any]:
    """Give what fills the slots of an object, as its __init__ would.

    That takes twice as long, and has nothing to do besides.
    """
    slots = {
        it.name: getattr(cls, it.name).__set__ for it in attrs.fields(cls)
    }
    puts = {name: (slots[name], it.make) for name, it in shapes.items()}
    defaults = [
        (field.name, slots[field.name], field.default)
        for field in attrs.fields(cls)
        if field.default is not attrs.NOTHING
    ]

    def make(value: Any) -> Any:
        held = value if isinstance(value, dict) else _mapping(value)
        made = object.__new__(cls)
        for name in held:
            put, each = puts[name]
            put(made, each(held[name]))
        left = len(slots) - len(held)
        for name, put, default in defaults:
            if name not in held:
                put(made, default)
                left -= 1
        if left:
            raise KeyError
        return made

    return make


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
        return [
            _mend(item, rest, inner) if index == step else item
            for index, item in enumerate(value)
        ]
    types = _types(_chosen(cls))
    if step not in types:
        return {key: held for key, held in value.items() if str(key) != step}
    return value | {step: _mend(value.get(step), rest, types[step])}


def _harmless(cls: Any) -> Any:
    if NoneType in get_args(cls):
        return None
    if get_origin(cls) is Literal:
        return get_args(cls)[0]
    if get_origin(cls) is tuple:
        return []
    if attrs.has(cls):
        fields = (f for f in attrs.fields(cls) if f.default is attrs.NOTHING)
        return {it.name: _harmless(_types(cls)[it.name]) for it in fields}
    return {int: 0, bool: False, date: "2000-01-01"}.get(cls, "x")
