"""Put results into tables and a plot."""

import re
from collections.abc import Iterable
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, NamedTuple

from growth import exponent

#: What each question is beside; the first one is ours.
US: Final = "salvage_kb"
PYCOUNTRY: Final = "pycountry, first answer"
JSON: Final = "json.loads of the same bytes"
MOST, LEAST = "at most", "at least"
UNITS: Final = ((1, "s"), (1e-3, "ms"), (1e-6, "µs"), (0, "ns"))
NOT_OURS: Final = ("json.loads", "JSON, bytes")
#: Growth that is a little over linear may be chance.
LINEAR: Final = 1.1
TEN: Final = 10


def duration(seconds: float) -> str:
    """Write a time with three digits and its unit."""
    least, unit = next(it for it in UNITS if seconds >= it[0])
    return f"{seconds / (least or 1e-9):.3g} {unit}"


def ratio(one: float, other: float) -> str:
    """Write a ratio with two digits, or as a whole number."""
    found = one / other
    return f"{found:.0f}" if found > TEN else f"{found:.2g}"


def megabytes(count: float) -> str:
    """Write a number of bytes."""
    found = count / 1e6
    return f"{found:.0f} MB" if found > TEN else f"{found:.2g} MB"


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Write a table in Markdown."""
    names = [*head]
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(f"| {' | '.join(map(str, it))} |" for it in lines)


class Goal(NamedTuple):
    """Say what we want, and what was found."""

    name: str
    sign: str
    limit: float
    found: float

    @property
    def met(self) -> bool:
        """Tell whether it is so."""
        if self.sign == MOST:
            return self.found <= self.limit
        return self.found >= self.limit


def goals(found: dict[str, Any]) -> list[Goal]:
    """Compare what was found with what we want."""
    cold = found["cold"]["first answer"] / found["cold"][PYCOUNTRY]
    lookup = 1e6 * found["questions"]["lookup"][US]
    name, steepest = max(
        (
            (name, exponent(row))
            for name, row in found["growth"].items()
            if name not in NOT_OURS
        ),
        key=itemgetter(1),
    )
    return [
        Goal("cold first answer, of pycountry's", MOST, 1.0, cold),
        *load_goals(found["load"]),
        Goal("lookup, in µs", MOST, 1.0, lookup),
        *search_goals(found),
        *memory_goals(found),
        Goal(f"steepest growth ({name}), power", MOST, LINEAR, steepest),
    ]


def load_goals(load: dict[str, float]) -> list[Goal]:
    """Compare how long HPO takes to load."""
    plain = load[JSON]
    ours, searched = load[US], load["salvage_kb, with the first search"]
    pronto = load["pronto, the ontology"]
    return [
        Goal("HPO loaded, times json.loads", MOST, 4.0, ours / plain),
        Goal("the same, as hoped for", MOST, 3.0, ours / plain),
        Goal("HPO and a first search", MOST, 4.0, searched / plain),
        Goal("HPO loaded, times faster than pronto", LEAST, 12, pronto / ours),
    ]


def search_goals(found: dict[str, Any]) -> list[Goal]:
    """Compare how long nineteen of twenty searches take."""
    p95 = "search, 95th percentile"
    return [
        Goal(f"{p95} in {name}, in ms", MOST, 5, 1e3 * asked[p95][US])
        for name, asked in (
            (f"{found['asked']} made-up records", found["questions"]),
            ("HPO", found["hpo"]),
        )
        if asked
    ]


def memory_goals(found: dict[str, Any]) -> list[Goal]:
    """Compare how much memory is held."""
    memory, locale = found["memory"], found["second locale"]
    size, ours = memory["JSON"], memory[US]["held"]
    indexed = memory["salvage_kb, with index and linker"]["held"]
    one, two = locale["one language"], locale["with a second one"]
    view = locale["its view"]
    return [
        Goal("memory held, times the JSON", MOST, 4.0, ours / size),
        Goal("the same with index and linker", MOST, 4.0, indexed / size),
        Goal("a tenth seen in a second language adds", MOST, 0.3, view / two),
        Goal(
            "the same, and all its translations",
            MOST,
            0.3,
            (two - one + view) / one,
        ),
    ]


def beside(questions: dict[str, dict[str, float]]) -> str:
    """Write a row for each question and each peer."""
    rows = [
        (
            name,
            duration(times[US]),
            peer,
            duration(it),
            ratio(times[US], it),
        )
        for name, times in questions.items()
        for peer, it in times.items()
        if peer != US
    ]
    return table(("question", "ours", "beside", "theirs", "ratio"), rows)


def growing(growth: dict[str, dict[str, float]]) -> str:
    """Write a row for each measure, a column for each size."""
    sizes = next(iter(growth.values()))
    rows = [
        (
            name.removesuffix(", bytes"),
            *map(megabytes if "bytes" in name else duration, row.values()),
            f"{exponent(row):.2f}",
        )
        for name, row in growth.items()
    ]
    return table(("measure", *sizes, "power"), rows)


def aims(found: list[Goal]) -> str:
    """Write a row for each goal."""
    rows = [
        (
            it.name,
            f"{it.sign} {it.limit:.3g}",
            f"{it.found:.3g}",
            "yes" if it.met else "**no**",
        )
        for it in found
    ]
    return table(("goal", "wanted", "found", "met"), rows)


def times(head: str, found: dict[str, float], first: str) -> str:
    """Write a row for each time, with its ratio to one of them."""
    rows = [
        (name, duration(it), f"{it / found[first]:.2f}")
        for name, it in found.items()
    ]
    return table((head, "time", f"of {first}"), rows)


def weights(memory: dict[str, Any]) -> str:
    """Write a row for each that was loaded."""
    rows = [
        (
            name,
            *map(megabytes, it.values()),
            f"{it['held'] / memory['JSON']:.1f}",
        )
        for name, it in memory.items()
        if name != "JSON"
    ]
    return table(("what is loaded", "held", "most", "held, of JSON"), rows)


def languages(found: dict[str, int]) -> str:
    """Write a row for each that is held."""
    rows = [
        (name, megabytes(it), f"{it / found['one language']:.2f}")
        for name, it in found.items()
    ]
    return table(("what is held", "memory", "of one language"), rows)


def tables(found: dict[str, Any]) -> dict[str, str]:
    """Write all tables, by the names that the page marks their places with."""
    versions = ", ".join(f"{k} {v}" for k, v in found["versions"].items())
    machine = f"{found['machine']}; {versions}"
    return {
        "machine": f"Measured on {found['date']}: {machine}.",
        "goals": aims(goals(found)),
        "cold": times("whole process", found["cold"], PYCOUNTRY),
        "load": times("what loads HPO", found["load"], JSON),
        "questions": beside(found["questions"]),
        "hpo": beside(found["hpo"]),
        "memory": weights(found["memory"]),
        "locale": languages(found["second locale"]),
        "growth": growing(found["growth"]),
    }


def fill(page: Path, found: dict[str, str]) -> None:
    """Write the tables between their marks in a page."""
    text = page.read_text(encoding="utf-8")
    for name, written in found.items():
        begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
        pattern = f"{re.escape(begin)}.*?{re.escape(end)}"
        whole = f"{begin}\n{written}\n{end}"
        text, count = re.subn(
            pattern, lambda _, whole=whole: whole, text, flags=re.DOTALL
        )
        if count != 1:
            raise SystemExit(f"{page} should have one place for {name}")
    page.write_text(text, encoding="utf-8")


def plot(growth: dict[str, dict[str, float]], path: Path) -> None:
    """Draw how things grow: what is done once, and what is asked."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams |= {"svg.hashsalt": "salvage_kb", "svg.fonttype": "none"}
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(10, 6), layout="constrained")
    once = ("json.loads", "load", "index", "linker")
    asked = [it for it in growth if it not in once and "bytes" not in it]
    for axis, names in zip(axes, (once, asked), strict=True):
        for name in names:
            sizes = [*map(int, growth[name])]
            axis.loglog(sizes, growth[name].values(), marker="o", label=name)
        axis.set(xlabel="records", ylabel="seconds")
        axis.grid(alpha=0.3)
        axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=2)
    axes[0].set_title("Done once")
    axes[1].set_title("Each answer")
    figure.savefig(path, metadata={"Date": None})
