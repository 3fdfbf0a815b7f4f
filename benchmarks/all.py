"""Measure everything, beside others, and write docs/performance.md's tables.

Run it with ``python benchmarks/all.py``: that takes ten minutes.
With ``--quick`` it takes a minute, measures little, and writes only what
``--docs`` names.
"""

import argparse
import json
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

import cold_start
import growth
import hpo
import load
import made_up
import memory
import questions
import report
from measure import fresh

DOCS: Final = Path(__file__).parents[1] / "docs"
PEERS: Final = (
    "salvage-kb",
    "pycountry",
    "pydantic",
    "pronto",
    "pyhpo",
    "pyahocorasick",
    "flashtext2",
)


class Plan(NamedTuple):
    """Say how much to measure."""

    cold: int = 41
    load: int = 5
    asked: int = 20_000
    sizes: tuple[int, ...] = (100, 1_000, 10_000, 100_000)
    hpo: bool = True


QUICK: Final = Plan(cold=5, load=1, asked=1_000, sizes=(100, 1_000), hpo=False)


def measure(plan: Plan, folder: str) -> dict[str, Any]:
    """Measure everything."""
    terms, some = f"{folder}/hpo.json", f"{folder}/some.json"
    fresh(hpo.write, terms)
    fresh(made_up.write, plan.asked, some)
    ontology = str(hpo.obo())
    found = {
        "cold": cold_start.measure(plan.cold),
        "load": load.time_all(terms, ontology, plan.load),
        "asked": plan.asked,
        "questions": fresh(questions.ask, some),
        "hpo": fresh(questions.ask, terms, ontology) if plan.hpo else {},
        "memory": memory.weigh(*((terms, ontology) if plan.hpo else (some,))),
        "second locale": memory.second_locale(plan.asked, folder),
        "growth": growth.grow(plan.sizes),
    }
    goals = [it._asdict() | {"met": it.met} for it in report.goals(found)]
    return found | {"goals": goals}


def facts() -> dict[str, Any]:
    """Tell when and where this is."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    where = f"{platform.machine()} {platform.system()}"
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, {where}, {python}",
        "versions": {name: version(name) for name in PEERS},
    }


def main() -> None:
    """Measure, print the tables, and write them and the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--docs", type=Path)
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        found = measure(QUICK if asked.quick else Plan(), folder)
    found = facts() | found
    tables = report.tables(found)
    for name, written in tables.items():
        print(f"\n{name}\n\n{written}")
    docs = asked.docs or (None if asked.quick else DOCS)
    if docs is not None:
        text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
        (docs / "benchmarks.json").write_text(text, encoding="utf-8")
        report.plot(found["growth"], docs / "_static" / "benchmarks.svg")
        report.fill(docs / "performance.md", tables)


if __name__ == "__main__":
    main()
