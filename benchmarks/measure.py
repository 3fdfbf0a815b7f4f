"""Measure things beside one another, so that all see the same machine."""

import inspect
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def run(code: str) -> str:
    """Run code in a new process and give what it prints.

    It may write bytecode, as pip does for whatever it installs.
    """
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        cwd=HERE,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": ""},
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout


def fresh(function: Callable[..., Any], *arguments: object) -> Any:
    """Call a function of one of these modules in a new process."""
    module = Path(inspect.getfile(function)).stem  # it may be __main__
    name = function.__name__
    call = f"it.{name}(*{arguments!r})"
    code = f"import json, {module} as it; print(json.dumps({call}))"
    return json.loads(run(code))


def elapsed(call: Callable[[], object]) -> float:
    """Tell how many seconds a call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def in_turn(
    measures: Mapping[str, Callable[[], float]], rounds: int
) -> dict[str, float]:
    """Measure each in turn, round after round, and give the medians."""
    found: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            found[name].append(measure())
    return {name: statistics.median(it) for name, it in found.items()}
