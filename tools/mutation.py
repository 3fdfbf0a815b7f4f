"""Change the core in small ways, and count which changes the tests notice.

mutmut makes the changes; here is which tests it runs for them: those that call
the changed function, the fastest first. They run in a process of their own,
which has imported everything before. Where something is made on import, or
kept, it is imported anew instead, and whole files of tests run: so the change
is there when a module is imported and when the content is loaded.
"""

import contextlib
import sys
import time
from collections import Counter
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pytest
from mutmut.__main__ import cli
from mutmut.configuration import config
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.runners.harness import ListAllTestsResult
from mutmut.state import state
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import walk_mutatable_files
from mutmut.workers import isolation

#: Which files of tests are about a module, the fastest first.
TESTS: Final = {
    "codec": ("records", "loading", "knowledge_base", "overlays"),
    "collection": (
        "collection",
        "codes",
        "records",
        "search",
        "locales",
        "history",
    ),
    "history": ("history",),
    "locales": ("locales", "l10n"),
    "model": ("records", "review", "codes", "loading", "locales", "history"),
    "review": ("records", "review"),
}
FILES: Final = {
    module: [f"tests/test_{name}.py" for name in names]
    for module, names in TESTS.items()
}
_ALL: Final = [*dict.fromkeys(chain.from_iterable(FILES.values()))]
#: What runs on import, or of which something is kept.
_COLD: Final = ("salvage_kb.codec.", "salvage_kb.collection.x_explaining")
_COLUMNS: Final = ("killed", "timeout", "survived")


class Runner:
    """Run tests as mutmut asks for it."""

    def warm_up(self) -> None:
        """Import everything once."""
        set_mutant_under_test("")
        _run("--collect-only", *_ALL)

    def run_stats(self, *, tests: Iterable[str]) -> int:
        """See how long each test takes, and what it calls."""
        for file in tests or _ALL:
            start = time.perf_counter()
            if code := _run(file, plugins=[_Calls()]):
                return code
            state().duration_by_test[file] = time.perf_counter() - start
        for name in state().current_function_hashes:
            files = FILES[name.split(".")[1]]
            calls = state().tests_by_mangled_function_name[name]
            fit = {it for it in calls if it.partition("::")[0] in files}
            found = {*files} if name.startswith(_COLD) else fit
            state().tests_by_mangled_function_name[name] = found
        return 0

    def run_tests(self, *, mutant_name: str | None, tests: list[str]) -> int:
        """Run tests until one fails."""
        if mutant_name is None:  # all of them have just passed
            tests = _ALL[:1]
        if mutant_name is None or mutant_name.startswith(_COLD):
            _forget()
            wanted = sorted(tests, key=_ALL.index)
            return next((code for file in wanted if (code := _run(file))), 0)
        return _run(*sorted(tests, key=state().duration_by_test.__getitem__))

    def run_forced_fail(self) -> int:
        """Run tests that cannot pass."""
        return self.run_tests(mutant_name=None, tests=[])

    def list_all_tests(self) -> ListAllTestsResult:
        """Name the tests."""
        return ListAllTestsResult(ids={*state().duration_by_test})


class _Calls:
    """Write down which test calls what, whatever was kept from others."""

    def pytest_runtest_setup(self) -> None:
        sys.modules["salvage_kb"].kb._views.clear()  # noqa: SLF001  # they hide calls

    def pytest_runtest_makereport(self, item: Any, call: Any) -> None:
        durations = state().duration_by_test
        durations[item.nodeid] = durations.get(item.nodeid, 0) + call.duration

    def pytest_runtest_teardown(self, item: Any) -> None:
        for name in state()._stats:  # noqa: SLF001  # it has no other name
            state().tests_by_mangled_function_name[name].add(item.nodeid)
        state()._stats.clear()  # noqa: SLF001  # as above


def _forget() -> None:
    """Let the package, and the tests, be imported again."""
    copies = str(Path("mutants").resolve())
    for name, module in [*sys.modules.items()]:
        if str(getattr(module, "__file__", "")).startswith(copies):
            del sys.modules[name]


def _run(*arguments: str, plugins: Iterable[Any] = ()) -> int:
    """Run tests; a package that cannot be imported is a failure as well."""
    call = ["--rootdir=.", *config().pytest_add_cli_args, *arguments]
    with contextlib.chdir("mutants"), TemporaryDirectory() as folder:
        code = pytest.main([*call, f"--basetemp={folder}"], [*plugins])
    wrong = code == pytest.ExitCode.USAGE_ERROR
    return int(pytest.ExitCode.TESTS_FAILED if wrong else code)


def table() -> str:
    """Count for each module what became of its mutants."""
    rows = ["| module | mutants | killed | timeout | survived | score |"]
    whole: Counter[str] = Counter()
    for path in sorted(walk_mutatable_files()):
        counts = _counted(path)
        whole += counts
        rows.append(_row(path.name, counts))
    return "\n".join([*rows, _row("all", whole)])


def _counted(path: Path) -> Counter[str]:
    data = SourceFileMutationData(path=path)
    data.load()
    codes = data.exit_code_by_key.values()
    return Counter(status_by_exit_code[code] for code in codes)


def _row(name: str, counts: Counter[str]) -> str:
    found = counts["killed"] + counts["timeout"]
    cells: list[Any] = [name, counts.total(), *(counts[c] for c in _COLUMNS)]
    cells.append(f"{found / counts.total():.1%}")
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    vars(isolation)["PytestRunner"] = Runner
    Path("mutants/mutmut-stats.json").unlink(missing_ok=True)
    cli(["run", *sys.argv[1:]], standalone_mode=False)
    cli(["results"], standalone_mode=False)
    print(table())  # noqa: T201
