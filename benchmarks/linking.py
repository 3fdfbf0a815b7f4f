"""Measure the linker beside pyahocorasick and flashtext2.

Run it with ``python benchmarks/linking.py`` in an environment that has all
three. The text and the terms are made up, the same in each run. One hundred
of the terms stand in the text, 5 times each, however many terms there are.
Times are medians, in milliseconds; trust the ratios.
"""

import random
import string
import sys
from collections.abc import Callable
from functools import partial

import ahocorasick
from flashtext2 import KeywordProcessor
from measure import elapsed, in_turn

from salvage_kb.linking import Linker

ROUNDS = 31
WORDS = 17_000
SIZES = (100, 1_000, 10_000)


def made_up() -> tuple[list[str], str]:
    """Make terms of one or two words, and a text with a hundred of them."""
    chance = random.Random(1)  # noqa: S311  # no secret

    def word() -> str:
        letters = string.ascii_lowercase
        return "".join(chance.choices(letters, k=chance.randint(3, 9)))

    words = [word() for _ in range(WORDS)]
    spoken = {*words}
    names = [it for it in (word() for _ in range(40_000)) if it not in spoken]
    terms = [
        " ".join(chance.sample(names, chance.choice((1, 2))))
        for _ in range(SIZES[-1])
    ]
    for term in terms[: SIZES[0]]:
        for _ in range(5):
            words[chance.randrange(WORDS)] = term
    return terms, " ".join(words)


def finders(terms: list[str]) -> dict[str, Callable[[str], object]]:
    """Build what finds the terms, in three ways."""
    ours = Linker((term, term, False) for term in terms)
    automaton = ahocorasick.Automaton()
    processor = KeywordProcessor(case_sensitive=False)
    for term in terms:
        automaton.add_word(term, term)
        processor.add_keyword(term, term)
    automaton.make_automaton()
    return {
        "salvage_kb": ours.find,
        "pyahocorasick": lambda text: list(automaton.iter(text.lower())),
        "flashtext2": processor.extract_keywords_with_span,
    }


def main() -> None:
    """Print the table of docs/linking.md."""
    terms, text = made_up()
    print(f"Python {sys.version.split()[0]}, {len(text)} characters\n")
    print("| terms | salvage_kb | pyahocorasick | flashtext2 | ratio |")
    print("| --- | --- | --- | --- | --- |")
    for size in SIZES:
        found = finders(terms[:size])
        calls = {
            k: partial(elapsed, partial(it, text)) for k, it in found.items()
        }
        medians = in_turn(calls, ROUNDS)
        ratio = medians["salvage_kb"] / medians["pyahocorasick"]
        row = " | ".join(f"{1000 * it:.1f}" for it in medians.values())
        print(f"| {size} | {row} | {ratio:.1f} |")


if __name__ == "__main__":
    main()
