"""Measure a cold start beside pycountry's, and where its time goes.

Run it with ``python benchmarks/cold_start.py`` in an environment that has
salvage-kb and pycountry. Times are medians of whole processes, each in turn;
trust the ratios.
"""

from functools import partial
from typing import Final

from measure import elapsed, in_turn, run

ROUNDS: Final = 41
STEPS: Final = {
    "nothing, just Python": "pass",
    "import attrs": "import attrs",
    "import salvage_kb": "import salvage_kb",
    "first answer": (
        "from salvage_kb import conditions; conditions['hiv'].name"
    ),
    "first answer in Spanish": (
        "from salvage_kb import kb; kb.localized('es').conditions['hiv'].name"
    ),
    "pycountry, first answer": (
        "import pycountry; pycountry.countries.get(alpha_2='FR').name"
    ),
}


def measure(rounds: int) -> dict[str, float]:
    """Time whole processes in turn, so that all see the same machine."""
    runs = {k: partial(elapsed, partial(run, it)) for k, it in STEPS.items()}
    return in_turn(runs, rounds)


def main() -> None:
    """Print how long each takes."""
    medians = measure(ROUNDS)
    for name, median in medians.items():
        print(f"{name:24} {1000 * median:4.0f} ms")
    ratio = medians["first answer"] / medians["pycountry, first answer"]
    print(f"first answer / pycountry's: {ratio:.2f}")


if __name__ == "__main__":
    main()
