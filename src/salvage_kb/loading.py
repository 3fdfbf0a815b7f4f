"""Read content from a folder, a zip of one, a bundle, or plain data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import (
    TYPE_CHECKING,
    Any,
    Final,
    NoReturn,
    TypeVar,
)

from .checks import (
    Place,
    check_locale,
    check_manifest,
    check_pack_file,
    check_records,
)
from .codec import (
    Invalid,
    Language,
    mend,
    structure,
)
from .errors import (
    ContentError,
    Problem,
    json_path,
)
from .graph import Content, take_stock
from .integrity import differences, digest
from .locales import Entry, Name, Pack
from .model import Event, LocaleInfo, Manifest, Notice, PackFile
from .reading import (
    LOCALE,
    LOCALES,
    MANIFEST,
    MOST_PROBLEMS,
    SCHEMAS,
    Document,
    Reader,
    enough_memory,
    read_pack,
    reason,
)
from .records import (
    Condition,
    Modality,
    MonitoringTest,
    Record,
    SideEffect,
    Source,
    Topic,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from importlib.resources.abc import Traversable

    from .graph import PackLoader
    from .text import TextOrigin
    from .vocabulary import Kind

_V = TypeVar("_V")

CLASSES: Final[dict[Kind, type[Record | Notice | Event]]] = {
    "source": Source,
    "condition": Condition,
    "modality": Modality,
    "side_effect": SideEffect,
    "monitoring_test": MonitoringTest,
    "topic": Topic,
    "notice": Notice,
    "event": Event,
}


def load_bundled() -> Content:
    """Read the content that comes with the package."""
    return _load(_read_bundled, "salvage_kb")._replace(is_ours=True)


def load_path(path: Path) -> Content:
    """Read a folder, a zip of one, or a bundle.

    Raises:
        ContentError: with everything that is wrong.
    """
    with enough_memory(path.name):
        return _load(lambda reader: reader.read_path(path), str(path))


def load_bundle(bundle: Mapping[str, Any]) -> Content:
    """Read a bundle from plain data.

    Raises:
        ContentError: with everything that is wrong.
    """
    plain = dict(bundle) if isinstance(bundle, Mapping) else bundle
    return _load(lambda it: it.read_bundle(plain, "bundle"), "bundle")


def bundled(module: Path) -> Traversable:
    """Find the content beside a module, which may be in a zip."""
    folder = module.with_name("data")
    if folder.is_dir():
        return folder
    from importlib.resources import files  # few need it, and it takes a while

    return files("salvage_kb") / "data"


def _read_bundled(reader: Reader) -> None:
    reader.read_folder(bundled(Path(__file__)))


def _load(read: Callable[[Reader], None], origin: str) -> Content:
    reader = Reader()
    read(reader)
    manifest = read_manifest(reader)
    if manifest is None and reader.manifest is None and reader.home:
        home = reader.home
        reader.wrong(home.file, "is missing: content needs one", home.path)
    language, problems = language_of(manifest), reader.problems
    places = []
    while reader.records:  # each is let go once it was structured
        kind, id, it = reader.records.popleft()
        place = Place(kind, id, it.file, it.path)
        places.append(build_place(place, it.value, language, problems))
        check_count(problems, origin)
    problems.extend(islice(check_records(places), MOST_PROBLEMS + 1))
    if manifest is None or problems:
        refuse(problems, origin)
    check = partial(verify, read, manifest)
    return Content(manifest, in_order(places), check, packs_of(reader, origin))


def _printable(words: str) -> str:
    """Write what no terminal takes, such as half characters, as escapes."""
    if words.isprintable():
        return words
    return "".join(
        char if char.isprintable() else repr(char)[1:-1] for char in words
    )


def packs_of(
    reader: Reader, origin: str, kind: TextOrigin = "pack"
) -> dict[str, tuple[PackLoader, ...]]:
    """Give for each language what loads its pack."""
    return {
        tag: (partial(load_pack, tag, read, origin, kind),)
        for tag, read in sorted(reader.packs.items())
    }


def load_pack(
    tag: str,
    read: Callable[[], list[Document]],
    origin: str,
    kind: TextOrigin,
) -> Pack:
    """Read and structure a pack.

    Raises:
        ContentError: with everything that is wrong with it.
    """
    with enough_memory(origin):
        return _load_pack(tag, read, origin, kind)


def _load_pack(
    tag: str,
    read: Callable[[], list[Document]],
    origin: str,
    kind: TextOrigin,
) -> Pack:
    problems: list[Problem] = []
    info: LocaleInfo | None = None
    entries: dict[str, Entry] = {}
    names: dict[str, tuple[Name, ...]] = {}
    home = f"{LOCALES}/{tag}/{LOCALE}"
    for document in _read_documents(read, home, problems):
        folder, _, name = document.file.rpartition("/")
        if name == LOCALE:
            home = document.file
            info = _structured(document, LocaleInfo, problems)
        else:
            item = _structured(document, PackFile, problems)
            folder = folder.rpartition("/")[2]
            if item is not None:
                found = check_pack_file(item, folder, name)
                problems += [Problem(document.file, *it) for it in found]
                entries |= {k: Entry(v, kind) for k, v in item.texts.items()}
                if item.synonyms:
                    own = tuple(Name(it, kind) for it in item.synonyms)
                    names[f"{folder}/{item.id}"] = own
    if info is None and not problems:
        problems.append(Problem(home, "$", "is missing: a pack needs one"))
    elif info is not None:
        statuses = {entry.translation.status for entry in entries.values()}
        statuses |= {it.synonym.status for row in names.values() for it in row}
        found = check_locale(info, tag, statuses)
        problems += [Problem(home, *it) for it in found]
    if info is None or problems:
        refuse(problems, origin)
    return Pack(info, MappingProxyType(entries), MappingProxyType(names))


def _read_documents(
    read: Callable[[], list[Document]], home: str, problems: list[Problem]
) -> list[Document]:
    try:
        return read()
    except OSError as error:
        message = f"cannot be read: {reason(error)}"
        problems.append(Problem(home, "$", message))
        return []


def _structured(
    document: Document, cls: type[_V], problems: list[Problem]
) -> _V | None:
    try:
        return structure(document.value, cls)
    except Invalid as error:
        problems += [
            Problem(document.file, json_path(at), told)
            for at, told in error.places
        ]
        return None


def refuse(problems: list[Problem], origin: str) -> NoReturn:
    """Raise all problems at once, ordered by file."""
    left = len(problems) - MOST_PROBLEMS
    del problems[MOST_PROBLEMS:]
    if left > 0:
        message = f"at least {left} more problems are not told"
        problems.append(problems[-1]._replace(path="$", message=message))
    problems.sort(key=lambda problem: problem.file)
    told = (Problem(*map(_printable, problem)) for problem in problems)
    raise ContentError(_printable(origin), tuple(told))


def check_count(problems: list[Problem], origin: str) -> None:
    """Raise what was found so far, if it is more than anybody reads."""
    if len(problems) > MOST_PROBLEMS:
        refuse(problems, origin)


def in_order(places: list[Place]) -> dict[Kind, dict[str, Any]]:
    """Put records in their tables, in editorial order."""
    tables: dict[Kind, dict[str, Any]] = {kind: {} for kind in CLASSES}
    for place in sorted(places, key=_editorial):
        tables[place.kind][place.id] = place.item
    return tables


def verify(
    read: Callable[[Reader], None], manifest: Manifest
) -> tuple[Problem, ...]:
    """Read the files again, and say how they differ from the manifest."""
    reader = Reader()
    reader.schemas = {}
    read(reader)
    found, counts = take_stock(reader.rows())
    stored = manifest.files
    if reader.home and reader.home.path != "$":  # a bundle has no schemas
        stored = _without_schemas(stored)
    found |= reader.schemas
    for read_documents in reader.packs.values():
        found |= {it.file: digest(it.value) for it in read_documents()}
    return (*reader.problems, *_differences(manifest, stored, found, counts))


def _without_schemas(stored: Mapping[str, str]) -> dict[str, str]:
    prefix = f"{SCHEMAS}/"
    return {k: v for k, v in stored.items() if not k.startswith(prefix)}


def _differences(
    manifest: Manifest,
    stored: Mapping[str, str],
    found: Mapping[str, str],
    counts: Mapping[str, int],
) -> Iterator[Problem]:
    if not manifest.files:
        message = "is missing, so nothing can be compared: run salvage-kb fmt"
        yield Problem(MANIFEST, "$.files", message)
        return
    for name, message in differences(stored, found):
        yield Problem(name, "$", message)
    for name, count in counts.items():
        if manifest.counts.get(name) != count:
            told = manifest.counts.get(name)
            message = f"says {told}, but there are {count}: run salvage-kb fmt"
            yield Problem(MANIFEST, f"$.counts.{name}", message)


def _editorial(place: Place) -> tuple[int, str]:
    return (place.item.position if place.item else 0), place.id


def language_of(manifest: Manifest | None) -> Language:
    """Tell the language that texts are in, English unless it says so."""
    if manifest is None:
        return Language()
    return Language(manifest.locale, manifest.direction)


def read_manifest(reader: Reader) -> Manifest | None:
    """Structure and check the manifest, if there is one and it is right."""
    document = reader.manifest
    if document is None:
        return None
    try:
        manifest = structure(document.value, Manifest)
    except Invalid as error:
        places = [(json_path(at), told) for at, told in error.places]
    else:
        places = list(check_manifest(manifest))
        if not places:
            return manifest
    for path, message in places:
        inside = document.path + path.removeprefix("$")
        reader.wrong(document.file, message, inside)
    return None


def build_place(
    place: Place, value: Any, language: Language, problems: list[Problem]
) -> Place:
    """Structure the record of a place; what is wrong joins the problems."""
    cls = CLASSES[place.kind]
    try:
        return place._replace(item=structure(value, cls, language))
    except Invalid as error:
        found = [(json_path(steps), told) for steps, told in error.places]
        problems.extend(place.problem(*it) for it in found)
        broken = tuple(path for path, _ in found)
        if "$" in broken:
            return place
        item = structure(mend(value, cls, error.places), cls, language)
        return place._replace(item=item, broken=broken)


def load_pack_folder(tag: str, folder: Path) -> Pack:
    """Read the translations in a folder of somebody's own.

    Raises:
        ContentError: with everything that is wrong with them.
    """
    read = partial(read_pack, folder, "")
    return load_pack(tag, read, str(folder), "folder")
