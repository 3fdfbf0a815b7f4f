"""Read content from a folder, a zip of one, a bundle, or plain data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from importlib.resources import files
from types import MappingProxyType
from typing import (
    TYPE_CHECKING,
    Any,
    Final,
    NamedTuple,
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
    Wrong,
    mend,
    parse,
    structure,
)
from .errors import (
    ContentError,
    LocaleError,
    Problem,
    did_you_mean,
    json_path,
    near_misses,
)
from .graph import Content, take_stock
from .integrity import differences, digest
from .locales import Entry, Pack
from .model import LocaleInfo, Manifest, Notice, PackFile
from .records import (
    Condition,
    Modality,
    MonitoringTest,
    Record,
    SideEffect,
    Source,
    Topic,
)
from .tags import canonical
from .vocabulary import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from .graph import PackLoader, Row
    from .text import TextOrigin
    from .vocabulary import Kind

_V = TypeVar("_V")

MANIFEST: Final = "manifest.json"
SCHEMAS: Final = "schemas"
LOCALES: Final = "locales"
LOCALE: Final = "locale.json"
CLASSES: Final[dict[Kind, type[Record | Notice]]] = {
    "source": Source,
    "condition": Condition,
    "modality": Modality,
    "side_effect": SideEffect,
    "monitoring_test": MonitoringTest,
    "topic": Topic,
    "notice": Notice,
}


class Document(NamedTuple):
    """Hold the JSON of one record, or of the manifest, and its place."""

    value: Any
    file: str
    path: str = "$"


_STRANGER: Final = Wrong(f"does not belong here; only {LOCALE} and records do")


class Reader:
    """Collect documents, and everything that is wrong on the way."""

    def __init__(self) -> None:
        self.manifest: Document | None = None
        #: Where the manifest has to be; none if nothing could be read.
        self.home: Document | None = None
        self.records: list[tuple[Kind, str, Document]] = []
        #: The digests of the schemas, by path, or none if not asked for.
        self.schemas: dict[str, str] | None = None
        #: For each language, what reads the documents of its pack.
        self.packs: dict[str, Callable[[], list[Document]]] = {}
        self.problems: list[Problem] = []
        self.unreadable: tuple[type[Exception], ...] = (OSError,)

    def wrong(self, file: str, message: str, path: str = "$") -> None:
        """Take note of a problem."""
        self.problems.append(Problem(file, path, message))

    def rows(self) -> Iterator[Row]:
        """Go through what was read, whatever it is."""
        for kind, id, document in self.records:
            yield kind, id, document.value

    def read_path(self, path: Path) -> None:
        """Read whatever stands at a path."""
        try:
            if path.is_dir():
                self.read_folder(path)
            elif not path.is_file():
                self.wrong(path.name, "there is no such file or folder")
            elif _begins_with(path, b"PK"):
                self.read_zip(path)
            else:
                self.read_bundle(self.read(path), path.name)
        except self.unreadable as error:
            self.wrong(path.name, f"cannot be read: {_reason(error)}")

    def read_zip(self, path: Path) -> None:
        """Read a zip of a folder, with the folder in it or without."""
        import lzma  # these three take as long as all the rest
        import zipfile
        import zlib

        self.unreadable = (
            OSError,
            EOFError,
            NotImplementedError,
            RuntimeError,
            zipfile.BadZipFile,
            zlib.error,
            lzma.LZMAError,
        )
        with zipfile.ZipFile(path) as archive:
            self.read_folder(_top(zipfile.Path(archive)))
            for tag, read in self.packs.items():  # before it is closed
                self.packs[tag] = partial(list, read())

    def read_folder(self, root: Traversable) -> None:
        """Read the manifest and one file per record."""
        self.home = Document(None, MANIFEST)
        for entry in _visible(root):
            if entry.name == MANIFEST:
                self.manifest = Document(self.read(entry), MANIFEST)
            elif entry.name in KINDS and entry.is_dir():
                self.read_kind(KINDS[entry.name], entry)
            elif entry.name == SCHEMAS and entry.is_dir():
                self.read_schemas(entry)
            elif entry.name == LOCALES and entry.is_dir():
                self.read_locales(entry)
            else:
                known = ", ".join([MANIFEST, *KINDS, LOCALES])
                self.wrong(entry.name, f"does not belong here; only {known}")

    def read_kind(self, kind: Kind, folder: Traversable) -> None:
        """Read the records of one kind, each from its own file."""
        for entry in _visible(folder):
            name = f"{folder.name}/{entry.name}"
            stem, dot, suffix = entry.name.rpartition(".")
            if suffix != "json" or not dot or not entry.is_file():
                self.wrong(name, "does not belong here; only <id>.json does")
                continue
            document = Document(self.read(entry), name)
            self.records.append((kind, stem, document))

    def read_locales(self, folder: Traversable) -> None:
        """Take note of the packs; they are read when they are asked for."""
        for entry in _visible(folder):
            name = f"{folder.name}/{entry.name}"
            if not entry.is_dir():
                message = "does not belong here; only <language>/ does"
                self.wrong(name, message)
            elif self.is_tag(entry.name, name):
                self.packs[entry.name] = partial(
                    read_pack, entry, f"{name}/", self.read
                )

    def is_tag(self, tag: str, file: str, path: str = "$") -> bool:
        """Tell whether a language tag is in its one form; else note it."""
        try:
            known = canonical(tag)
        except LocaleError as error:
            self.wrong(file, str(error), path)
            return False
        if known != tag:
            self.wrong(file, f"{tag!r} should be written {known!r}", path)
        return known == tag

    def read_schemas(self, folder: Traversable) -> None:
        """Digest the schemas if somebody wants to know them."""
        if self.schemas is not None:
            for entry in _visible(folder):
                name = f"{folder.name}/{entry.name}"
                self.schemas[name] = digest(self.read(entry))

    def read(self, file: Traversable) -> Any:
        """Read the JSON of a file, or say as its value what is wrong."""
        try:
            return parse(file.read_bytes())
        except Wrong as error:
            return error
        except self.unreadable as error:
            return Wrong(f"cannot be read: {_reason(error)}")

    def read_bundle(self, bundle: Any, file: str) -> None:
        """Read a manifest and a list of records for each kind."""
        if not isinstance(bundle, dict):
            wrong = bundle if isinstance(bundle, Wrong) else "is no bundle"
            self.wrong(file, str(wrong))
            return
        if "id" in bundle:
            message = "is one record: load the folder that all is in"
            self.wrong(file, message)
            return
        self.home = Document(None, file, "$.manifest")
        for key, value in bundle.items():
            path = f"$.{key}"
            if key == "manifest":
                self.manifest = Document(value, file, path)
            elif key == LOCALES:
                self.read_bundled_packs(value, file, path)
            elif key not in KINDS:
                guess = did_you_mean(near_misses(str(key), KINDS))
                self.wrong(file, f"is no kind of record{guess}", path)
            elif not isinstance(value, list):
                self.wrong(file, "should be a list of records", path)
            else:
                self.read_rows(KINDS[key], value, file, path)

    def read_bundled_packs(self, packs: Any, file: str, path: str) -> None:
        """Take note of the packs in a bundle: files by language and name."""
        if not isinstance(packs, dict):
            self.wrong(file, "should be an object of languages", path)
            return
        for tag, held in packs.items():
            if not self.is_tag(tag, file, f"{path}.{tag}"):
                continue
            if not isinstance(held, dict):
                self.wrong(
                    file, "should be an object of files", f"{path}.{tag}"
                )
                continue
            documents = [
                Document(value, f"{LOCALES}/{tag}/{name}")
                for name, value in held.items()
            ]
            self.packs[tag] = partial(list, documents)

    def read_rows(
        self, kind: Kind, rows: list[Any], file: str, path: str
    ) -> None:
        """Read the records of one kind from a list."""
        for index, row in enumerate(rows):
            id = row.get("id") if isinstance(row, dict) else None
            if not isinstance(id, str):
                id = f"[{index}]"
            document = Document(row, file, f"{path}[{index}]")
            self.records.append((kind, id, document))


def load_bundled() -> Content:
    """Read the content that comes with the package."""
    return _load(_read_bundled, "salvage_kb")._replace(is_ours=True)


def load_path(path: Path) -> Content:
    """Read a folder, a zip of one, or a bundle.

    Raises:
        ContentError: with everything that is wrong.
    """
    return _load(lambda reader: reader.read_path(path), str(path))


def load_bundle(bundle: Mapping[str, Any]) -> Content:
    """Read a bundle from plain data.

    Raises:
        ContentError: with everything that is wrong.
    """
    plain = dict(bundle) if isinstance(bundle, Mapping) else bundle
    return _load(lambda it: it.read_bundle(plain, "bundle"), "bundle")


def _read_bundled(reader: Reader) -> None:
    reader.read_folder(files("salvage_kb") / "data")


def _load(read: Callable[[Reader], None], origin: str) -> Content:
    reader = Reader()
    read(reader)
    manifest = read_manifest(reader)
    if manifest is None and reader.manifest is None and reader.home:
        home = reader.home
        reader.wrong(home.file, "is missing: content needs one", home.path)
    language, problems = language_of(manifest), reader.problems
    places = [
        build_place(
            Place(kind, id, it.file, it.path), it.value, language, problems
        )
        for kind, id, it in reader.records
    ]
    problems.extend(check_records(places))
    if manifest is None or problems:
        refuse(problems, origin)
    check = partial(verify, read, manifest)
    return Content(manifest, in_order(places), check, packs_of(reader, origin))


def _begins_with(path: Path, magic: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(magic)) == magic


def _visible(folder: Traversable) -> list[Traversable]:
    """List a folder by name, without the files that systems leave behind."""
    entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    return [e for e in entries if not e.name.startswith((".", "__MACOSX"))]


def _top(root: Traversable) -> Traversable:
    """Go into the only folder of a zip that was made of a folder."""
    entries = _visible(root)
    alone = len(entries) == 1 and entries[0].is_dir()
    return entries[0] if alone and entries[0].name not in KINDS else root


def _printable(words: str) -> str:
    """Write what no terminal takes, such as half characters, as escapes."""
    return "".join(
        char if char.isprintable() else repr(char)[1:-1] for char in words
    )


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or repr(error)


def packs_of(
    reader: Reader, origin: str, kind: TextOrigin = "pack"
) -> dict[str, tuple[PackLoader, ...]]:
    """Give for each language what loads its pack."""
    return {
        tag: (partial(load_pack, tag, read, origin, kind),)
        for tag, read in sorted(reader.packs.items())
    }


def read_pack(
    folder: Traversable,
    prefix: str,
    read: Callable[[Traversable], Any] | None = None,
) -> list[Document]:
    """Read the files of a pack: its facts, and one for each record."""
    read = read or Reader().read
    found = []
    for entry in _visible(folder):
        name = f"{prefix}{entry.name}"
        if entry.name.startswith("__"):  # the folder may be a Python package
            continue
        if entry.name in KINDS and entry.is_dir():
            found += [
                Document(read(it), f"{name}/{it.name}")
                for it in _visible(entry)
            ]
        else:
            value = read(entry) if entry.name == LOCALE else _STRANGER
            found.append(Document(value, name))
    return found


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
    problems: list[Problem] = []
    info: LocaleInfo | None = None
    entries: dict[str, Entry] = {}
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
    if info is None and not problems:
        problems.append(Problem(home, "$", "is missing: a pack needs one"))
    elif info is not None:
        statuses = {entry.translation.status for entry in entries.values()}
        found = check_locale(info, tag, statuses)
        problems += [Problem(home, *it) for it in found]
    if info is None or problems:
        refuse(problems, origin)
    return Pack(info, MappingProxyType(entries))


def _read_documents(
    read: Callable[[], list[Document]], home: str, problems: list[Problem]
) -> list[Document]:
    try:
        return read()
    except OSError as error:
        message = f"cannot be read: {_reason(error)}"
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
    problems.sort(key=lambda problem: problem.file)
    told = (Problem(*map(_printable, problem)) for problem in problems)
    raise ContentError(_printable(origin), tuple(told))


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
