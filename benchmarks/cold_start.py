"""Measure a cold start beside pycountry's, and where its time goes.

Run it with ``python benchmarks/cold_start.py`` in an environment that has
salvage-kb and pycountry. Times are medians, in milliseconds; trust the ratios.
"""

import statistics
import subprocess
import sys
import time

ROUNDS = 41
OURS = "from salvage_kb import conditions; conditions['hiv'].name"
THEIRS = "import pycountry; pycountry.countries.get(alpha_2='FR').name"
STEPS = {
    "nothing, just Python": "pass",
    "import attrs": "import attrs",
    "import cattrs": "import cattrs, cattrs.gen",
    "import salvage_kb": "import salvage_kb",
    "first answer": OURS,
}
SPLIT = """
from time import perf_counter as now
import salvage_kb
import cattrs.gen
t = [now()]
import salvage_kb.loading as loading
t.append(now())
from salvage_kb.reading import Reader
reader = Reader()
loading._read_bundled(reader)
t.append(now())
content = loading._load(lambda it: it.__dict__.update(reader.__dict__), "x")
t.append(now())
again = loading._load(lambda it: it.__dict__.update(reader.__dict__), "x")
t.append(now())
salvage_kb.knowledge_base.Graph(content, salvage_kb.kb)
t.append(now())
print(*(1000 * (b - a) for a, b in zip(t, t[1:])))
"""
PARTS = (
    "import of the loader",
    "reading and parsing 146 files",
    "structuring, with making the hooks, and checks",
    "the same again, hooks made",
    "binding and links",
)


def run(code: str) -> str:
    """Run code in a new process and give what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def side_by_side(codes: dict[str, str]) -> dict[str, float]:
    """Time whole processes in turn, so that all see the same machine."""
    times: dict[str, list[float]] = {name: [] for name in codes}
    for _ in range(ROUNDS):
        for name, code in codes.items():
            start = time.perf_counter()
            run(code)
            times[name].append(1000 * (time.perf_counter() - start))
    return {name: statistics.median(found) for name, found in times.items()}


def main() -> None:
    """Print the table of docs/performance.md."""
    medians = side_by_side(STEPS | {"pycountry, first answer": THEIRS})
    print("| whole process | ms |\n| --- | --- |")
    for name, median in medians.items():
        print(f"| {name} | {median:.0f} |")
    ratio = medians["first answer"] / medians["pycountry, first answer"]
    print(f"\nfirst answer / pycountry's: {ratio:.2f} (goal: 1.25)")
    rows = [[float(x) for x in run(SPLIT).split()] for _ in range(ROUNDS)]
    print("\n| part of the first answer | ms |\n| --- | --- |")
    for name, column in zip(PARTS, zip(*rows, strict=True), strict=True):
        print(f"| {name} | {statistics.median(column):.1f} |")


if __name__ == "__main__":
    main()
