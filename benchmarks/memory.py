"""Measure how much memory a loaded bundle takes, beside the same elsewhere.

Run it with ``python benchmarks/memory.py bundle.json``. What is held at the
end is counted by Python itself; the most that was used on the way is Linux's
count, less that of the imports. Each is that of a new process.
"""

import gc
import re
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import made_up
from made_up import SHARES
from measure import fresh

SHARE: Final = 10


def plain_json(path: str) -> Callable[[], Any]:
    """Parse the JSON."""
    import json

    return lambda: json.loads(Path(path).read_bytes())


def ours(path: str) -> Callable[[], Any]:
    """Load it."""
    from salvage_kb import KnowledgeBase, loading  # noqa: F401  # first

    return lambda: KnowledgeBase.load(path)


def ours_searched(path: str) -> Callable[[], Any]:
    """Load it, and make the index of words and the linker."""
    load = ours(path)

    def searched() -> Any:
        kb = load()
        kb.search("hair")
        return kb, kb.linker()

    return searched


def pydantic(path: str) -> Callable[[], Any]:
    """Validate it by a model."""
    from typed import Bundle

    return lambda: Bundle.model_validate_json(Path(path).read_bytes())


def pronto(path: str) -> Callable[[], Any]:
    """Read the ontology that the bundle was made of."""
    import warnings

    from pronto import Ontology

    warnings.simplefilter("ignore")
    return lambda: Ontology(path)


OURS: Final = {
    "json.loads": plain_json,
    "salvage_kb": ours,
    "salvage_kb, with index and linker": ours_searched,
    "pydantic": pydantic,
}
THEIRS: Final = {"pronto, the ontology": pronto}


def held(case: str, path: str) -> int:
    """Tell how many bytes are held once all is loaded."""
    load = (OURS | THEIRS)[case](path)
    gc.collect()
    tracemalloc.start()
    kept = load()
    gc.collect()
    found, _ = tracemalloc.get_traced_memory()
    del kept
    return found


def largest() -> int:
    """Tell how many bytes this process had at its largest."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return 1024 * int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0])


def most(case: str, path: str) -> int:
    """Tell by how many bytes the process grew at its largest."""
    load = (OURS | THEIRS)[case](path)
    before = largest()
    load()
    return largest() - before


def weigh(path: str, ontology: str | None = None) -> dict[str, Any]:
    """Weigh each, in new processes."""
    cases = dict.fromkeys(OURS, path)
    if ontology:
        cases |= dict.fromkeys(THEIRS, ontology)
    found: dict[str, Any] = {"JSON": Path(path).stat().st_size}
    for case, it in cases.items():
        found[case] = {"held": fresh(held, case, it)}
        found[case]["most"] = fresh(most, case, it)
    return found


def viewed(path: str) -> int:
    """Tell how many bytes a view adds of which one record in ten was seen."""
    kb = ours(path)()
    _ = [*kb.conditions]  # whatever is made once
    gc.collect()
    tracemalloc.start()
    view = kb.localized("es")
    for name in SHARES:
        records = getattr(view, name)
        for id in records.ids[::SHARE]:
            _ = records[id].name
    gc.collect()
    found, _ = tracemalloc.get_traced_memory()
    return found


def second_locale(size: int, folder: str) -> dict[str, int]:
    """Weigh content in one language, with a second one, and its view."""
    one, two = Path(folder, "one.json"), Path(folder, "two.json")
    made_up.write(size, one, ())
    made_up.write(size, two, ["es"], 1)
    return {
        "one language": fresh(held, "salvage_kb", str(one)),
        "with a second one": fresh(held, "salvage_kb", str(two)),
        "its view": fresh(viewed, str(two)),
    }


if __name__ == "__main__":
    print(weigh(sys.argv[1]))
    with TemporaryDirectory() as place:
        print(second_locale(10_000, place))
