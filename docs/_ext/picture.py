"""Draw how conditions, treatments, tests and effects are linked, as SVG.

The same content gives the same bytes.
"""

from __future__ import annotations

from html import escape
from statistics import fmean
from typing import TYPE_CHECKING, Final, NamedTuple

from salvage_kb.vocabulary import FOLDERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from salvage_kb import Condition, KnowledgeBase, Record
    from salvage_kb.vocabulary import Key, Kind

    Address = Callable[[Record], str | None]

#: The lines of each condition: color on white, color on black, dashes.
LINES: Final = (
    ("#1f5fa8", "#8ab8f0", "none"),
    ("#a3470a", "#f2a871", "9 4"),
    ("#7a3c9e", "#cba6ec", "2 4"),
    ("#23703a", "#86cf97", "12 4 2 4"),
    ("#b0234d", "#f48fab", "5 3"),
    ("#0c6b78", "#6fcfda", "14 3 2 3 2 3"),
)
#: All else: text, dots and the lines from a part to the whole.
INK: Final = ("#1d2025", "#e6e8eb")
#: What stands to the left and to the right of the conditions.
_SIDES: Final[Mapping[int, tuple[tuple[str, Kind], ...]]] = {
    -1: (("Tests", "monitoring_test"), ("Treatments", "modality")),
    1: (("Side effects", "side_effect"),),
}
_WIDTH: Final = 960
_MIDDLE: Final = _WIDTH // 2
_NAMES: Final = 226  # how wide the names on either side may be
_GAP: Final = 13  # from a name to its dot
_ROW: Final = 27
_TOP: Final = 26
_BETWEEN: Final = 0.8  # rows from one group to the next
_BOX: Final = (236, 42)
_FAN: Final = (5, 30)  # from line to line along a box, and at most in all
_APART: Final = 64  # from one condition to the next
_FOOT: Final = 66
#: What stands below the picture.
_MEANING: Final = (
    "A line says that the content links the two, not how often they meet."
)
_MARKS: Final = (
    "Empty dot: no condition is linked. Dotted arc: part of another treatment."
)
_STYLE: Final = """
.kb-picture { display: block; color: var(--ink);
  font-family: system-ui, "Segoe UI", Roboto, Helvetica, Arial, sans-serif }
.kb-picture text { fill: var(--ink); stroke: none; font-size: 15px }
.kb-picture a { color: inherit; text-decoration: none }
.kb-picture .head { font-weight: 700 }
.kb-picture .foot { font-size: 13px }
.kb-picture .box text { font-weight: 600 }
.kb-picture .box rect { fill: none; stroke-width: 2; pointer-events: all }
.kb-picture circle { fill: currentColor }
.kb-picture .alone { fill: none; stroke: currentColor }
.kb-picture path { fill: none; stroke-width: 1.5 }
.kb-picture g:hover > path { stroke-width: 3 }
.kb-picture a:hover, .kb-picture a:focus-visible { text-decoration: underline }
.kb-picture .part { stroke: currentColor; stroke-dasharray: 1 4 }
"""


class _Spot(NamedTuple):
    """Say where a record stands: on which side, and how far down."""

    record: Record
    side: int
    y: float

    @property
    def x(self) -> float:
        """Give where the dot is, at which lines end."""
        return _MIDDLE + self.side * (_MIDDLE - _NAMES - _GAP)


def picture(kb: KnowledgeBase, address: Address = lambda _: None) -> str:
    """Draw the links of some content.

    Args:
        kb: the content.
        address: gives what the name of a record leads to, if anything.
    """
    return "\n".join(_Drawing(kb, address).elements()) + "\n"


class _Drawing:
    """Find a place for everything, then go through the elements."""

    def __init__(self, kb: KnowledgeBase, address: Address) -> None:
        self.kb = kb
        self.address = address
        self.heads: list[tuple[str, int, float]] = []
        self.spots: dict[Key, _Spot] = {}
        groups = {
            side: [(head, self._ordered(kb.table(kind))) for head, kind in it]
            for side, it in _SIDES.items()
        }
        self.rows = max(
            len(kb.conditions) * _APART / _ROW, *map(_size, groups.values())
        )
        for side, some in groups.items():
            self._place(side, some)
        self.height = _TOP + self.rows * _ROW + _FOOT
        self.boxes = {it.id: y for it, y in self._boxes()}

    def _ordered(self, table: Mapping[str, Record]) -> list[Record]:
        """Let records stand near their conditions; those without come last."""
        order = {id: at for at, id in enumerate(self.kb.conditions.ids)}

        def place(record: Record) -> float:
            linked = self.kb.conditions.linked_to(record)
            return fmean([order[it.id] for it in linked] or [len(order)])

        return sorted(table.values(), key=place)

    def _place(
        self, side: int, groups: list[tuple[str, list[Record]]]
    ) -> None:
        step = self.rows * _ROW / _size(groups)
        y = _TOP + 0.0
        for head, records in groups:
            self.heads.append((head, side, y))
            for record in records:
                y += step
                self.spots[record.key] = _Spot(record, side, y)
            y += step * (1 + _BETWEEN)

    def _boxes(self) -> Iterator[tuple[Condition, float]]:
        """Put each condition at the height of its links, and apart."""
        bottom = self.height - _FOOT - _ROW
        kept: list[float] = []
        for at, condition in enumerate(self.kb.conditions):
            linked = [
                spot
                for key in self.kb.neighbors(condition.key)
                if (spot := self.spots.get(key))
            ]
            right = [spot.y for spot in linked if spot.side > 0]
            y = fmean(right or [spot.y for spot in linked] or [0.0])
            kept.append(max(y, kept[-1] + _APART if at else _TOP + _ROW))
        for at in range(len(kept) - 1, -1, -1):
            kept[at] = min(kept[at], bottom)
            bottom = kept[at] - _APART
        return zip(self.kb.conditions, kept, strict=True)

    def elements(self) -> Iterator[str]:
        """Go through all elements, those that lie below first."""
        height = f"{self.height:.0f}"
        yield (
            '<svg xmlns="http://www.w3.org/2000/svg" class="kb-picture" '
            f'viewBox="0 0 {_WIDTH} {height}" role="graphics-document" '
            f'lang="{escape(self.kb.locale)}" '
            'aria-labelledby="kb-picture-title" '
            'aria-describedby="kb-picture-desc">'
        )
        yield from self._about()
        yield f"<style>{_style()}</style>"
        yield from self._parts()
        for at, condition in enumerate(self.kb.conditions):
            yield f'<g class="c{at % len(LINES)}">'
            yield from self._lines(condition)
            yield self._box(condition)
            yield "</g>"
        for spot in self.spots.values():
            yield self._name(spot)
        yield from self._words()
        yield "</svg>"

    def _about(self) -> Iterator[str]:
        title = "How conditions, treatments, tests and side effects connect"
        told = " ".join(
            f"{it.name} is linked to "
            + (", ".join(self._linked(it)) or "nothing")
            + "."
            for it in self.kb.conditions
        )
        notices = " ".join(it.text for it in self.kb.notices)
        yield f'<title id="kb-picture-title">{title}</title>'
        told = escape(f"{told} {notices}")
        yield f'<desc id="kb-picture-desc">{told}</desc>'

    def _linked(self, condition: Condition) -> Iterator[str]:
        near = self.kb.neighbors(condition.key)
        return (
            it.record.name for key, it in self.spots.items() if key in near
        )

    def _parts(self) -> Iterator[str]:
        """Join each part to the whole with an arc beside the dots."""
        for spot in self.spots.values():
            for _, kind, link in spot.record.authored_links():
                whole = self.spots[kind, link.id]
                x, far = spot.x, spot.x - spot.side * 34
                d = f"M{x:g} {spot.y:.1f}C{far:g} {spot.y:.1f} "
                d += f"{far:g} {whole.y:.1f} {x:g} {whole.y:.1f}"
                yield _path("part", spot.record, whole.record, d)

    def _lines(self, condition: Condition) -> Iterator[str]:
        links = condition.authored_links()
        spots = [self.spots[kind, link.id] for _, kind, link in links]
        for side in (-1, 1):
            here = sorted(
                (spot for spot in spots if spot.side == side),
                key=lambda it: it.y,
            )
            x = _MIDDLE + side * _BOX[0] / 2
            for spot, off in zip(here, _fan(len(here)), strict=True):
                y = self.boxes[condition.id] + off
                half = (x + spot.x) / 2
                d = f"M{x:g} {y:.1f}C{half:g} {y:.1f} "
                d += f"{half:g} {spot.y:.1f} {spot.x:g} {spot.y:.1f}"
                yield _path("line", condition, spot.record, d)

    def _box(self, condition: Condition) -> str:
        y, (wide, high) = self.boxes[condition.id], _BOX
        box = (
            f'<rect x="{_MIDDLE - wide / 2:g}" y="{y - high / 2:.1f}" '
            f'width="{wide}" height="{high}" rx="10"/>'
        )
        text = _text(_MIDDLE, y, "middle", condition)
        return f'<g class="box">{self._led(condition, box + text)}</g>'

    def _name(self, spot: _Spot) -> str:
        x = spot.x + spot.side * _GAP
        anchor = "start" if spot.side > 0 else "end"
        alone = "" if self.kb.neighbors(spot.record.key) else ' class="alone"'
        dot = f'<circle{alone} cx="{spot.x:g}" cy="{spot.y:.1f}" r="3.5"/>'
        return dot + self._led(
            spot.record, _text(x, spot.y, anchor, spot.record)
        )

    def _led(self, record: Record, inside: str) -> str:
        href = self.address(record)
        if href is None:
            return inside
        return f'<a href="{escape(href)}">{inside}</a>'

    def _words(self) -> Iterator[str]:
        for head, side, y in [*self.heads, ("Conditions", 0, float(_TOP))]:
            x = _MIDDLE + side * (_MIDDLE - _NAMES)
            anchor = ("end", "middle", "start")[side + 1]
            yield (
                f'<text class="head" x="{x}" y="{y + 5:.1f}" '
                f'text-anchor="{anchor}">{head}</text>'
            )
        version = self.kb.content_version
        told = (_MEANING, f"{_MARKS} Content version {version}.")
        for at, line in enumerate(told):
            y = self.height - _FOOT + 34 + 20 * at
            yield (
                f'<text class="foot" x="{_MIDDLE}" y="{y:.1f}" '
                f'text-anchor="middle">{escape(line)}</text>'
            )


def _size(groups: Iterable[tuple[str, list[Record]]]) -> float:
    """Count the rows that groups take: heads, names and what is between."""
    return sum(len(some) + 1 + _BETWEEN for _, some in groups) - _BETWEEN


def _fan(count: int) -> list[float]:
    """Spread the ends of lines along the side of a box."""
    step = min(_FAN[0], _FAN[1] / count) if count else 0.0
    return [step * (at - (count - 1) / 2) for at in range(count)]


def _text(x: float, y: float, anchor: str, record: Record) -> str:
    name = record.name
    return (
        f'<text x="{x:g}" y="{y + 5:.1f}" text-anchor="{anchor}" '
        f'lang="{escape(name.lang)}">{escape(name)}</text>'
    )


def _path(class_: str, one: Record, other: Record, d: str) -> str:
    refs = " ".join(
        f"{FOLDERS[it.record_kind]}/{it.id}" for it in (one, other)
    )
    title = escape(f"{one.name}: {other.name}")
    return (
        f'<path class="{class_}" data-link="{escape(refs)}" d="{d}">'
        f"<title>{title}</title></path>"
    )


def _style() -> str:
    """Write the style: colors as variables, by the theme of the page."""
    light, dark = (
        f"--ink: {INK[at]}; "
        + "; ".join(f"--c{n}: {line[at]}" for n, line in enumerate(LINES))
        for at in (0, 1)
    )
    dashes = "".join(
        f".kb-picture .c{n} {{ stroke: var(--c{n}) }}\n"
        f".kb-picture .c{n} > path {{ stroke-dasharray: {line[2]} }}\n"
        for n, line in enumerate(LINES)
    )
    return (
        f".kb-picture {{ {light} }}{_STYLE}{dashes}"
        "@media (prefers-color-scheme: dark) {\n"
        'body:not([data-theme="light"]) .kb-picture, .kb-picture:root '
        f"{{ {dark} }} }}\n"
        f'body[data-theme="dark"] .kb-picture {{ {dark} }}\n'
    )
