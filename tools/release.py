"""Check, write down and build a release.

    python tools/release.py prepare 1.0.0
    python tools/release.py build

The first command refuses what may not be released, then sets the version,
writes the changelog section and keeps the content in ``releases/``. The second
one builds what is uploaded into ``dist/``, from the files that git knows.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from salvage_kb import KnowledgeBase, l10n
from salvage_kb.authoring import SIGNED, canonical_files
from salvage_kb.cli import cli
from salvage_kb.codec import dump
from salvage_kb.history import diff, diff_bundles, flatten
from salvage_kb.packs import pack_of
from salvage_kb.retirement import Unknown, recall_row
from salvage_kb.significance import most, parts, smallest
from salvage_kb.vocabulary import FOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from salvage_kb.history import Diff
    from salvage_kb.locales import Pack
    from salvage_kb.significance import Bump

ROOT = Path(__file__).parents[1]
DATA = Path("src/salvage_kb/data")
#: What is public: the names that the reference lists, but for some members.
REFERENCE = ROOT / "docs" / "reference"
DIRECTIVE = re.compile(
    r"^\.\. (?:currentmodule:: (?P<module>\S+)|auto\w+:: (?P<name>\S+)"
    r"(?:\n   :(?!exclude).*)*(?:\n   :exclude-members: (?P<hidden>.+))?)",
    re.MULTILINE,
)


# What may be released


def bundles(root: Path) -> list[Path]:
    """Give the content of all releases, oldest first."""
    found = root.joinpath("releases").glob("*.*.*.json")
    return sorted(found, key=lambda path: parts(path.stem))


def faults(root: Path, version: str, today: date) -> Iterator[str]:
    """Say what stands against releasing the content as this version."""
    kb = KnowledgeBase.load(root / DATA)
    yield from map(str, kb.verify())
    yield from _stale_reviews(kb, today)
    yield from _translations(kb)
    for event in kb.table("event").values():
        if parts(event.since) > parts(version):
            yield f"history/{event.id}: since {event.since} is yet to come"
    earlier = bundles(root)
    for path in earlier:
        yield from _forgotten(kb, path)
    if earlier:
        new = kb.to_bundle()
        new["manifest"]["content_version"] = version
        found = diff_bundles(json.loads(earlier[-1].read_bytes()), new)
        broken = _broken(earlier[-1].with_suffix(".names.txt"))
        yield from _wrong_number(found, broken, version)


def _stale_reviews(kb: KnowledgeBase, today: date) -> Iterator[str]:
    for kind in SIGNED:
        for id, record in kb.table(kind).items():
            name = f"{FOLDERS[kind]}/{id}"
            if record.review.source_state(on=today) == "overdue":
                yield f"{name}: the review of its source is overdue"
            if record.review.state(on=today) not in {"unreviewed", "current"}:
                state = record.review.state(on=today)
                yield f"{name}: the review of its text is {state}"


def _translations(kb: KnowledgeBase) -> Iterator[str]:
    """Ask for complete translations, none of them of older words."""
    for tag in kb.locales[1:]:
        pack = cast("Pack", pack_of(kb.content, tag))
        yield from map(str, l10n.check(kb.content, pack))


def _forgotten(kb: KnowledgeBase, path: Path) -> Iterator[str]:
    things = flatten(json.loads(path.read_bytes()))
    refs = [ref for ref in things if ref.partition("/")[0] in FOLDERS.values()]
    for found in kb.check_refs(refs):
        if isinstance(found, Unknown):
            yield f"{found.ref} was in {path.stem}: say what became of it"


def _wrong_number(
    found: Diff, broken: list[str], version: str
) -> Iterator[str]:
    for change in found.undeclared:
        yield f"{change.ref}: say in history/ how much its edit matters"
    bumps: tuple[Bump, ...] = ("major",) if broken else ()
    bumps += (found.bump,) if found.bump else ()
    least = smallest(found.old_version, most((*bumps, "patch")))
    if parts(version) < parts(least):
        for name in broken:
            yield f"{name} was public: this asks for a breaking release"
        yield f"{version} is too small a number: at least {least}"


# What is public


def public_names() -> list[str]:
    """List what a version promises: names, parameters, commands, options.

    Of each function one line has the parameters that have to be given, and
    each other parameter has a line of its own.
    """
    found = set()
    for name, value, hidden in _public():
        found |= {name, *_parameters(name, value)}
        for member in _members(value) - hidden:
            full = f"{name}.{member}"
            held = inspect.getattr_static(value, member, None)
            found |= {full, *_parameters(full, held)}
    return sorted(found | set(_commands("salvage-kb", cli)))


def _public() -> Iterator[tuple[str, Any, set[str]]]:
    """Go through the names that the reference lists."""
    named: dict[str, Any] = {}
    hidden: dict[Any, set[str]] = {}
    for page in sorted(REFERENCE.glob("*.md")):
        module = ""
        for found in DIRECTIVE.finditer(page.read_text(encoding="utf-8")):
            module = found["module"] or module
            if name := found["name"]:
                value = getattr(import_module(module), name)
                full = f"{module}.{name}".removeprefix("salvage_kb.")
                named[full] = value
                if found["hidden"]:
                    hidden[value] = set(found["hidden"].split(", "))
    for full, value in named.items():
        bases = value.__mro__ if isinstance(value, type) else ()
        yield full, value, set().union(*(hidden.get(it, ()) for it in bases))


def _members(value: Any) -> set[str]:
    """Name what a class of ours has, but for what others gave it."""
    bases = value.__mro__ if isinstance(value, type) else ()
    ours = [it for it in bases if it.__module__.startswith("salvage_kb")]
    names = {name for it in ours for name in vars(it)}
    names |= {name for it in ours for name in inspect.get_annotations(it)}
    return {name for name in names if not name.startswith("_")}


def _parameters(name: str, value: Any) -> Iterator[str]:
    value = getattr(value, "__func__", value)
    if not inspect.isfunction(value):
        return
    parameters = inspect.signature(value).parameters.values()
    needed = [
        it.name for it in parameters if it.default is inspect.Parameter.empty
    ]
    yield f"{name}({', '.join(needed)})"
    for parameter in parameters:
        if parameter.name not in needed:
            yield f"{name}({parameter.name}=)"


def _commands(name: str, command: click.Command) -> Iterator[str]:
    yield name
    for parameter in command.params:
        for option in parameter.opts:
            yield f"{name} {option}"
    for word, inner in getattr(command, "commands", {}).items():
        yield from _commands(f"{name} {word}", inner)


def _broken(path: Path) -> list[str]:
    names = set(public_names())
    return [it for it in path.read_text().splitlines() if it not in names]


# What is written down


def prepare(root: Path, version: str, today: date) -> None:
    """Write the version, the changelog and the content of a release."""
    earlier = bundles(root)
    replace(
        root / "src/salvage_kb/__init__.py",
        r'__version__ = ".*"',
        f'__version__ = "{version}"',
    )
    replace(
        root / DATA / "manifest.json",
        r'"content_version": ".*",(\n  "released": ".*",)?',
        f'"content_version": "{version}",\n  "released": "{today}",',
    )
    kb = KnowledgeBase.load(root / DATA)
    bundle = root / f"releases/{version}.json"
    bundle.parent.mkdir(exist_ok=True)
    bundle.write_text(dump(kb.to_bundle()), encoding="utf-8")
    names = "".join(f"{name}\n" for name in public_names())
    bundle.with_suffix(".names.txt").write_text(names, encoding="utf-8")
    recalls = [recall_row(it, kb.retired) for it in kb.recalls]
    root.joinpath("releases/recalls.json").write_text(
        dump({"content_version": version, "recalls": recalls}),
        encoding="utf-8",
    )
    run(sys.executable, "-m", "towncrier", "build", "--yes", "--version", version, "--date",
        today.isoformat(), folder=root)  # fmt: skip
    if earlier:
        found = diff(KnowledgeBase.load(earlier[-1]), kb)
        add_differences(root / "CHANGELOG.md", version, found)


def add_differences(path: Path, version: str, found: Diff) -> None:
    """Put what differs in the content at the end of a changelog section."""
    told = found.to_markdown().strip() or "Nothing differs."
    text = path.read_text(encoding="utf-8")
    start = text.index(f"\n## {version} ")
    end = text.find("\n## ", start + 1)
    end = len(text) if end < 0 else end
    added = f"\n### The content, difference by difference\n\n{told}\n"
    new = f"{text[:end].rstrip()}\n{added}{text[end:]}"
    path.write_text(new, encoding="utf-8")


def replace(path: Path, old: str, new: str) -> None:
    """Replace the one place where a file matches a pattern."""
    text, times = re.subn(old, new, path.read_text(encoding="utf-8"))
    if times != 1:
        raise ValueError(f"{path}: {old} is there {times} times")
    path.write_text(text, encoding="utf-8")


def unpack(bundle: Path, folder: Path) -> None:
    """Write a bundle as the content folder that it was made of."""
    value = json.loads(bundle.read_bytes())
    files = {"manifest.json": value["manifest"]}
    for name in FOLDERS.values():
        for row in value[name]:
            files[f"{name}/{row['id']}.json"] = row
    for tag, held in value.get("locales", {}).items():
        for name, it in held.items():
            files[f"locales/{tag}/{name}"] = it
    folder.joinpath("schemas").mkdir(parents=True)
    for name, it in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dump(it), encoding="utf-8")
    for path, text in list(canonical_files(folder)):
        path.write_text(text, encoding="utf-8")


# What is uploaded


def unlike_the_release(root: Path) -> Iterator[str]:
    """Say how the files differ from the release whose number they have."""
    for line in run("git", "status", "--porcelain", folder=root).splitlines():
        yield f"{line[3:]}: is not committed"
    kb = KnowledgeBase.load(root / DATA)
    yield from map(str, kb.verify())
    path = root / f"releases/{kb.content_version}.json"
    if not path.is_file() or path.read_text("utf-8") != dump(kb.to_bundle()):
        yield f"{path.relative_to(root)}: is not this content: prepare first"


def build(root: Path, target: Path) -> list[Path]:
    """Build wheel and sdist twice, in two places; give the files of one.

    Raises:
        ValueError: the two are not the same, byte by byte.
    """
    with (
        tempfile.TemporaryDirectory() as one,
        tempfile.TemporaryDirectory() as two,
    ):
        built = [build_once(root, Path(it)) for it in (one, two)]
        hashes = [{path.name: digest(path) for path in it} for it in built]
        if hashes[0] != hashes[1]:
            raise ValueError(f"two builds differ: {hashes}")
        target.mkdir(exist_ok=True)
        return [Path(shutil.copy(path, target)) for path in built[0]]


def build_once(root: Path, place: Path) -> list[Path]:
    """Build sdist, and the wheel from it, of the files that git knows."""
    copy = place / "source"
    names = run("git", "ls-files", "-z", folder=root).split("\0")
    for name in filter(None, names):
        path = copy / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / name, path)
    run(sys.executable, "-m", "build", "--no-isolation", "-o", str(place / "dist"),
        folder=copy)  # fmt: skip
    return sorted(place.joinpath("dist").iterdir())


def digest(path: Path) -> str:
    """Give the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def list_parts(wheel: Path, sbom: Path) -> None:
    """Write what a wheel brings along when it is installed, as CycloneDX."""
    with tempfile.TemporaryDirectory() as folder:
        run(sys.executable, "-m", "venv", folder, folder=ROOT)
        python = Path(folder, "bin/python")
        run(str(python), "-m", "pip", "install", "-q", f"{wheel}[arrow,cli,django,jinja,l10n,pydantic]",
            folder=ROOT)  # fmt: skip
        run(str(python), "-m", "pip", "uninstall", "-q", "-y", "pip", "setuptools",
            folder=ROOT)  # fmt: skip
        run("cyclonedx-py", "environment", "--output-reproducible", "--pyproject",
            "pyproject.toml", "-o", str(sbom), str(python), folder=ROOT)  # fmt: skip
    parts = json.loads(sbom.read_text(encoding="utf-8"))
    parts["metadata"]["component"]["version"] = wheel.name.split("-")[1]
    sbom.write_text(json.dumps(parts, indent=2) + "\n", encoding="utf-8")


def run(*command: str, folder: Path) -> str:
    """Run a program that has to succeed; give what it prints.

    Raises:
        CalledProcessError: it did not.
    """
    done = subprocess.run(
        command, cwd=folder, check=False, capture_output=True, text=True
    )
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
    done.check_returncode()
    return done.stdout


# The commands


@click.group()
def main() -> None:
    """Check, write down and build a release."""


def _to_version(ctx: click.Context, param: click.Parameter, value: str) -> str:
    if not re.fullmatch(r"\d+\.\d+\.\d+", value):
        raise click.BadParameter("give a version such as 1.0.0", ctx, param)
    return value


@main.command("prepare")
@click.argument("version", callback=_to_version)
def prepare_command(version: str) -> None:
    """Refuse what may not be released, or write VERSION down everywhere."""
    today = datetime.now(tz=UTC).date()
    found = list(faults(ROOT, version, today))
    for fault in found:
        click.echo(fault, err=True)
    if found:
        raise click.ClickException(f"{len(found)} faults: nothing was changed")
    prepare(ROOT, version, today)
    click.echo(f"{version} is written down: look at it, commit it, then build")


@main.command("build")
def build_command() -> None:
    """Build into dist/, twice, and check what was built."""
    found = list(unlike_the_release(ROOT))
    for fault in found:
        click.echo(fault, err=True)
    if found:
        raise click.ClickException(f"{len(found)} faults: nothing was built")
    dist = ROOT / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    files = build(ROOT, dist)
    wheel = next(path for path in files if path.suffix == ".whl")
    names = [str(path) for path in files]
    run(
        sys.executable, "-m", "twine", "check", "--strict", *names, folder=ROOT
    )
    run(sys.executable, "-m", "check_wheel_contents", str(wheel), folder=ROOT)
    sbom = dist / f"{wheel.name.split('-py3')[0]}.cdx.json"
    list_parts(wheel, sbom)
    for path in (*files, sbom):
        click.echo(f"{digest(path)}  {path.name}")


if __name__ == "__main__":
    main()
