"""Measure how long a bundle takes to load, beside others that load the same.

Run it with ``python benchmarks/load.py``, or name a bundle. Each time is that
of a new process, without its imports; trust the ratios.
"""

import sys
from collections import deque
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import hpo
from made_up import SHARES
from measure import elapsed, fresh, in_turn


def plain_json(path: str) -> float:
    """Parse the bytes, and no more."""
    import json

    return elapsed(partial(json.loads, Path(path).read_bytes()))


def ours(path: str) -> float:
    """Load, validate and link."""
    from salvage_kb import KnowledgeBase

    return elapsed(partial(KnowledgeBase.load, path))


def ours_used(path: str) -> float:
    """Load, and then touch each record and statement once."""
    from salvage_kb import KnowledgeBase

    def load() -> None:
        kb = KnowledgeBase.load(path)
        for name in (*SHARES, "statements"):
            deque(getattr(kb, name), maxlen=0)

    return elapsed(load)


def ours_searched(path: str) -> float:
    """Load, and build the index of words by a first search."""
    from salvage_kb import KnowledgeBase

    return elapsed(lambda: KnowledgeBase.load(path).search("hair"))


def pydantic(path: str) -> float:
    """Parse and validate each field, but no ids, links or citations."""
    from typed import Bundle

    data = Path(path).read_bytes()
    return elapsed(partial(Bundle.model_validate_json, data))


def pronto(path: str) -> float:
    """Read the ontology that the bundle was made of."""
    import warnings

    from pronto import Ontology

    warnings.simplefilter("ignore")
    return elapsed(partial(Ontology, path))


def pyhpo(path: str) -> float:
    """Read the terms of the same ontology, without genes and diseases."""
    from pyhpo import HPOTerm
    from pyhpo.ontology import OntologyClass
    from pyhpo.parser.obo import terms_from_file

    ontology = OntologyClass()

    def load() -> None:
        ontology(from_obo_file=False)
        for term in terms_from_file(str(Path(path).parent)):
            ontology._append(HPOTerm(**term))  # noqa: SLF001
        ontology._connect_all()  # noqa: SLF001  # as their loader does

    return elapsed(load)


OURS: Final = {
    "json.loads of the same bytes": plain_json,
    "salvage_kb": ours,
    "salvage_kb, each record touched": ours_used,
    "salvage_kb, with the first search": ours_searched,
    "pydantic, each field alone": pydantic,
}
THEIRS: Final = {"pronto, the ontology": pronto, "pyhpo, its terms": pyhpo}


def time_all(
    bundle: str, ontology: str | None, rounds: int
) -> dict[str, float]:
    """Time all in turn, each in a new process."""
    cases = {name: partial(fresh, it, bundle) for name, it in OURS.items()}
    for name, it in THEIRS.items() if ontology else ():
        cases[name] = partial(fresh, it, ontology)
    return in_turn(cases, rounds)


def main() -> None:
    """Load a bundle that is named, or else the ontology."""
    named = sys.argv[1:]
    with TemporaryDirectory() as folder:
        path = Path(folder, "hpo.json")
        if not named:
            hpo.write(path)
        ontology = None if named else str(hpo.obo())
        found = time_all(*(named or [str(path)]), ontology, 5)
    for name, seconds in found.items():
        ratio = seconds / found["json.loads of the same bytes"]
        print(f"{name:34} {1000 * seconds:7.0f} ms {ratio:6.1f}")


if __name__ == "__main__":
    main()
