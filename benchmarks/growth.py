"""Measure how times and memory grow from a hundred to many records.

Run it with ``python benchmarks/growth.py 100 1000 10000``. Everything is
linear or better where no exponent is over one.
"""

import math
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import load
import made_up
import memory
import questions
from measure import fresh, in_turn

#: Beyond so many records, once has to do.
LARGE: Final = 10_000
PAIR: Final = 2


def at_size(size: int, folder: str) -> dict[str, float]:
    """Load content of a size and ask it everything, in new processes."""
    path = str(Path(folder, f"{size}.json"))
    fresh(made_up.write, size, path)
    cases = {
        "json.loads": partial(fresh, load.plain_json, path),
        "load": partial(fresh, load.ours, path),
    }
    found = in_turn(cases, 3 if size <= LARGE else 1)
    asked = fresh(questions.ask, path)
    found |= {name: times["salvage_kb"] for name, times in asked.items()}
    found["memory, bytes"] = fresh(memory.held, "salvage_kb", path)
    found["JSON, bytes"] = Path(path).stat().st_size
    Path(path).unlink()
    return found


def grow(sizes: Sequence[int]) -> dict[str, dict[str, float]]:
    """Measure at each size, and give a row for each measure."""
    with TemporaryDirectory() as folder:
        found = {size: at_size(size, folder) for size in sizes}
    return {
        name: {str(size): it[name] for size, it in found.items()}
        for name in found[sizes[0]]
    }


def exponent(row: dict[str, float]) -> float:
    """Tell with which power of the size something grows, but the smallest."""
    steps = [*row.items()]
    (small, first), (large, last) = steps[len(steps) > PAIR], steps[-1]
    return math.log(last / first) / math.log(int(large) / int(small))


if __name__ == "__main__":
    for name, row in grow([*map(int, sys.argv[1:])]).items():
        told = " ".join(f"{it:12.3g}" for it in row.values())
        print(f"{name:30} {told} {exponent(row):6.2f}")
