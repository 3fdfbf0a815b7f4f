"""Measure how long answers take, beside plain Python and other libraries.

Run it with ``python benchmarks/questions.py bundle.json``. All of it happens
in one process, each question in turn with its peers; trust the ratios.
"""

import json
import random
import re
import sqlite3
import statistics
import sys
import warnings
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from linking import finders
from measure import elapsed, in_turn

from salvage_kb import KnowledgeBase

ROUNDS: Final = 5
#: How many different ids a question is asked of, and how many queries.
ASKED: Final = 20
LOOKED_UP: Final = 1000
QUERIES: Final = 200
#: A text to find terms in has about so many characters.
TWO: Final = 2
TEXT: Final = 20_000
EFFECTS: Final = "side_effect_links"
SCHEMA: Final = """
CREATE VIRTUAL TABLE texts USING fts5(
    record UNINDEXED, text, tokenize = "unicode61 remove_diacritics 2"
)
"""
FIND: Final = """
SELECT record, text FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT 20
"""


def per_call(call: Callable[..., object], asked: Iterable[Any]) -> float:
    """Tell how long one call takes, out of many."""
    asked = [*asked]
    return elapsed(lambda: deque(map(call, asked), maxlen=0)) / len(asked)


def beside(
    asked: Iterable[Any], **calls: Callable[..., object]
) -> dict[str, float]:
    """Ask all the same, in turn."""
    asked = [*asked]
    measures = {k: partial(per_call, it, asked) for k, it in calls.items()}
    return in_turn(measures, ROUNDS)


def some_of(ids: list[str], count: int) -> list[str]:
    """Choose some of many, the same in each run."""
    chance = random.Random(1)  # noqa: S311  # no secret
    return chance.sample(ids, min(count, len(ids)))


class Plain:
    """Hold the same bundle as dicts and lists, and no more."""

    def __init__(self, path: str) -> None:
        """Parse it, and put the records in dicts by id."""
        bundle = json.loads(Path(path).read_bytes())
        bundle.pop("locales", None)
        del bundle["manifest"]
        self.tables = {
            folder: {row["id"]: row for row in rows}
            for folder, rows in bundle.items()
        }
        self.conditions = self.tables.get("conditions", {})
        self.effects = self.tables.get("side_effects", {})

    def effects_of(self, id: str) -> list[Any]:
        """Follow the links of a condition."""
        links = self.conditions[id]["side_effect_links"]
        return [self.effects[link["id"]] for link in links]

    def conditions_with(self, id: str, field: str) -> list[Any]:
        """Look through all conditions for a link."""
        return [
            it
            for it in self.conditions.values()
            if any(link["id"] == id for link in it[field])
        ]

    def subjects(self) -> Iterable[tuple[str, dict[str, Any]]]:
        """Go through all records that are no notices."""
        for folder, table in self.tables.items():
            if folder != "notices":
                for id, row in table.items():
                    yield f"{folder}/{id}", row

    def names(self) -> list[str]:
        """List all names and synonyms."""
        found = []
        for _, row in self.subjects():
            found.append(row["name"])
            found += [it["text"] for it in row.get("synonyms", ())]
        return found

    def sentences(self) -> list[str]:
        """List the texts of all statements."""
        return [
            said["text"]
            for _, row in self.subjects()
            for said in row.get("statements", ())
        ]

    def database(self) -> sqlite3.Connection:
        """Put the texts that we search into SQLite's full-text search."""
        rows = []
        for home, row in self.subjects():
            said = (*row.get("synonyms", ()), *row.get("statements", ()))
            rows.append((home, row["name"]))
            rows += [(home, it["text"]) for it in said]
        found = sqlite3.connect(":memory:")
        found.execute(SCHEMA)
        found.executemany("INSERT INTO texts VALUES (?, ?)", rows)
        return found


def lookups(kb: KnowledgeBase, plain: Plain) -> dict[str, dict[str, float]]:
    """Look records up by their ids."""
    folder = max(plain.tables, key=lambda it: len(plain.tables[it]))
    table, held = plain.tables[folder], getattr(kb, folder)
    ids = some_of([*table], LOOKED_UP)
    view = getattr(kb.localized("es"), folder)
    per_call(view.__getitem__, ids)  # the first time makes them
    return {
        "lookup": beside(
            ids, salvage_kb=held.__getitem__, dict=table.__getitem__
        ),
        "lookup in another language": beside(
            ids, salvage_kb=view.__getitem__, dict=table.__getitem__
        ),
    }


def relations(kb: KnowledgeBase, plain: Plain) -> dict[str, Any]:
    """Follow links, filter, and combine what was found."""
    some = some_of([*plain.conditions], ASKED)
    effects = some_of([*plain.effects], ASKED)
    drugs = some_of([*plain.tables["modalities"]], ASKED)
    one, two = kb.side_effects, kb.side_effects.where(body_system="other")
    keys, conditions = plain.effects.keys(), kb.conditions
    pairs = [*pairwise(some)]

    def joined(pair: tuple[str, str]) -> object:
        first, second = (conditions[id].side_effects for id in pair)
        return first | second, first & second, first - second

    def sets(pair: tuple[str, str]) -> object:
        first, second = (
            {link["id"]: link for link in plain.conditions[id][EFFECTS]}.keys()
            for id in pair
        )
        return first | second, first & second, first - second

    return {
        "relation": beside(
            some,
            salvage_kb=lambda it: conditions[it].side_effects,
            dict=plain.effects_of,
        ),
        "relation, the other way": beside(
            effects,
            salvage_kb=lambda it: kb.side_effects[it].conditions,
            dict=partial(plain.conditions_with, field=EFFECTS),
        ),
        "where": beside(
            drugs,
            salvage_kb=lambda it: conditions.where(modality=it),
            dict=partial(plain.conditions_with, field="modality_links"),
        ),
        "two relations, joined thrice": beside(
            pairs, salvage_kb=joined, dict=sets
        ),
        "all & all": beside(
            [None] * 9,
            salvage_kb=lambda _: one & two,
            dict=lambda _: keys & keys,
        ),
    }


def queries(plain: Plain) -> list[str]:
    """Make up what people type: names, beginnings, words, and mistakes."""
    chance = random.Random(1)  # noqa: S311  # no secret
    rows = [row for home, row in plain.subjects() if "sources" not in home]
    found = []
    for row in chance.choices(rows, k=QUERIES // 4):
        name = row["name"]
        at = chance.randrange(1, len(name))
        words = row["statements"][0]["text"].split()
        some = chance.sample(words, min(2, len(words)))
        found += [name, name[:5], " ".join(some), name[:at] + name[at + 1 :]]
    return found


def for_sqlite(query: str) -> str:
    """Write a query for SQLite: any word, or what begins with it, as ours."""
    words = re.findall(r"\w+", query)
    return " OR ".join(f'"{it}"{"*" * (len(it) > TWO)}' for it in words)


def searches(kb: KnowledgeBase, plain: Plain) -> dict[str, dict[str, float]]:
    """Search, each query in turn, beside SQLite."""
    first = elapsed(partial(kb.search, "hair"))
    database, asked = plain.database(), queries(plain)
    ours, theirs = [], []
    for query in asked:
        ours.append(elapsed(partial(kb.search, query)))
        find = partial(database.execute, FIND, (for_sqlite(query),))
        theirs.append(elapsed(lambda find=find: find().fetchall()))
    return {
        "search, median": {
            "salvage_kb": statistics.median(ours),
            "SQLite FTS5": statistics.median(theirs),
        },
        "search, 95th percentile": {
            "salvage_kb": statistics.quantiles(ours, n=20)[-1],
            "SQLite FTS5": statistics.quantiles(theirs, n=20)[-1],
        },
        "index": {"salvage_kb": first},
    }


def links(kb: KnowledgeBase, plain: Plain) -> dict[str, dict[str, float]]:
    """Find all names in a text that says some of them."""
    said = iter(plain.sentences())
    text = ""
    while len(text) < TEXT and (sentence := next(said, "")):
        text += f" {sentence}"
    built = elapsed(kb.linker)
    calls = finders(plain.names()) | {"salvage_kb": kb.linker().find}
    measures = {k: partial(per_call, it, [text]) for k, it in calls.items()}
    return {
        "find names in a text": in_turn(measures, ROUNDS),
        "linker": {"salvage_kb": built},
    }


def hierarchy(kb: KnowledgeBase, path: str) -> dict[str, dict[str, float]]:
    """Look terms up, and find all narrower ones, beside pronto."""
    from pronto import Ontology

    warnings.simplefilter("ignore")
    ontology, held = Ontology(path), kb.modalities
    codes = {it.id: it.codes[0].code for it in held}
    some = some_of([*held.ids], ASKED)
    return {
        "lookup of a term": beside(
            some,
            salvage_kb=held.__getitem__,
            pronto=lambda it: ontology[codes[it]],
        ),
        "all narrower terms": beside(
            some,
            salvage_kb=lambda it: held.where(broader=it),
            pronto=lambda it: ontology[codes[it]].subclasses().to_set(),
        ),
    }


def ask(path: str, ontology: str | None = None) -> dict[str, dict[str, float]]:
    """Ask everything of the content of a bundle."""
    kb, plain = KnowledgeBase.load(path), Plain(path)
    found = lookups(kb, plain)
    if plain.conditions:
        found |= relations(kb, plain)
    if ontology:
        found |= hierarchy(kb, ontology)
    return found | searches(kb, plain) | links(kb, plain)


if __name__ == "__main__":
    for name, times in ask(sys.argv[1]).items():
        told = ", ".join(f"{k} {1e6 * it:.2f}" for k, it in times.items())
        print(f"{name}, in microseconds: {told}")
