"""Give a target what libFuzzer makes up, until one fails or time is over.

``python fuzz/driver.py TARGET FOLDER [OPTION ...]``: what is new goes into
the folder, and the options are those of libFuzzer.
"""

import importlib
import sys
from pathlib import Path

import atheris

HERE = Path(__file__).parent
#: No input may take longer, or need more memory, than that.
LIMITS = ["-timeout=10", "-rss_limit_mb=512", "-max_len=4096"]


def main(name: str, folder: str, *options: str) -> None:
    """Instrument what a target imports, and run it."""
    with atheris.instrument_imports():
        target = importlib.import_module(name)
    known = f"-dict={HERE / 'words' / name}.txt"
    corpus = str(HERE / "corpus" / name)
    given = [name, folder, corpus, known, *LIMITS, *options]
    atheris.Setup(given, target.check)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
