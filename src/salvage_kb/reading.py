"""Read files as they are: folders, zips and bundles, right or wrong."""

from __future__ import annotations

import re
from collections import deque
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from .codec import Wrong, parse
from .errors import (
    ContentError,
    LocaleError,
    Problem,
    did_you_mean,
    near_misses,
)
from .integrity import digest
from .tags import canonical
from .vocabulary import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from importlib.resources.abc import Traversable
    from pathlib import Path
    from zipfile import ZipFile

    from .graph import Row
    from .vocabulary import Kind

MANIFEST: Final = "manifest.json"
SCHEMAS: Final = "schemas"
LOCALES: Final = "locales"
LOCALE: Final = "locale.json"
_MIB: Final = 2**20
#: How much a file may hold, if it is a bundle, and all files of a zip.
MOST_IN_FILE: Final = 64 * _MIB
MOST_IN_BUNDLE: Final = 1024 * _MIB
MOST_IN_ZIP: Final = 256 * _MIB
#: How many files a zip may have, and how long their names may be.
MOST_FILES: Final = 100_000
LONGEST_NAME: Final = 1000
#: How many records of one kind a bundle may have.
MOST_RECORDS: Final = 250_000
#: How many problems are told.
MOST_PROBLEMS: Final = 10_000
NO_MEMORY: Final = "needs more memory than there is: load less at once"
#: What the entry of a file begins with.
_ENTRY: Final = b"PK\1\2"
#: Bzip2 and LZMA, whose output nothing limits.
_BOMBS: Final = frozenset({12, 14})
#: A name that would lead out of the folder.
_OUTSIDE: Final = re.compile(r"^/|^[A-Za-z]:|\\|(^|/)\.\.(/|$)")
#: How often to look for what was meant.
_GUESSES: Final = 100
#: How much is read at once; what is asked for takes memory at once.
_CHUNK: Final = 2**16


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
        self.records: deque[tuple[Kind, str, Document]] = deque()
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
                whole = self.read(path, MOST_IN_BUNDLE)
                self.read_bundle(whole, path.name)
        except self.unreadable as error:
            self.wrong(path.name, f"cannot be read: {reason(error)}")

    def read_zip(self, path: Path) -> None:
        """Read a zip of a folder, with the folder in it or without."""
        import lzma  # these take as long as all the rest
        import struct
        import zipfile
        import zlib

        self.unreadable = (
            OSError,
            EOFError,
            NotImplementedError,
            RuntimeError,
            ValueError,
            struct.error,
            zipfile.BadZipFile,
            zlib.error,
            lzma.LZMAError,
        )
        if _count(path) > MOST_FILES:
            told = f"has more than {MOST_FILES} files: load a folder instead"
            self.wrong(path.name, told)
            return
        with zipfile.ZipFile(path) as archive:
            if wrong := _wrong_with(archive):
                self.wrong(path.name, wrong)
                return
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

    def read(self, file: Traversable, most: int = MOST_IN_FILE) -> Any:
        """Read the JSON of a file, or say as its value what is wrong."""
        try:
            return parse(bytes_of(file, most))
        except Wrong as error:
            return error
        except self.unreadable as error:
            return Wrong(f"cannot be read: {reason(error)}")
        except MemoryError:
            return Wrong(NO_MEMORY)

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
            if len(self.problems) > MOST_PROBLEMS:
                return
            path = f"$.{key}"
            if key == "manifest":
                self.manifest = Document(value, file, path)
            elif key == LOCALES:
                self.read_bundled_packs(value, file, path)
            elif key not in KINDS:
                known = KINDS if len(self.problems) < _GUESSES else ()
                guess = did_you_mean(near_misses(str(key), known))
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
        if len(rows) > MOST_RECORDS:
            told = f"has more than {MOST_RECORDS} records: load a folder"
            self.wrong(file, told, path)
            return
        for index, row in enumerate(rows):
            id = row.get("id") if isinstance(row, dict) else None
            if not isinstance(id, str):
                id = f"[{index}]"
            document = Document(row, file, f"{path}[{index}]")
            self.records.append((kind, id, document))


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


def bytes_of(file: Traversable, most: int = MOST_IN_FILE) -> bytes:
    """Read a file, as long as it is one and not too large.

    Raises:
        Wrong: it is a folder, a pipe or a device, or too large.
    """
    if not file.is_file():
        raise Wrong("is no file")
    chunks: list[bytes] = []
    size = 0
    with file.open("rb") as opened:
        while size <= most and (chunk := opened.read(_CHUNK)):
            chunks.append(chunk)
            size += len(chunk)
    if size > most:
        told = most // _MIB
        raise Wrong(f"is larger than {told} MiB: split it into a folder")
    return b"".join(chunks)


@contextmanager
def enough_memory(origin: str) -> Iterator[None]:
    """Raise a ContentError where there is not enough memory."""
    try:
        yield
    except MemoryError:
        problem = Problem(origin, "$", NO_MEMORY)
        raise ContentError(origin, (problem,)) from None


def _count(path: Path) -> int:
    """Count the files of a zip, which takes long to list them."""
    count, tail = 0, b""
    with path.open("rb") as file:
        while chunk := file.read(_MIB):
            count += (tail + chunk).count(_ENTRY)
            tail = chunk[1 - len(_ENTRY) :]
    return count


def _wrong_with(archive: ZipFile) -> str | None:
    """Tell why a zip is not even looked into, if so."""
    found = archive.infolist()
    names = {it.filename for it in found}
    if sum(it.file_size for it in found) > MOST_IN_ZIP:
        most = MOST_IN_ZIP // _MIB
        return f"unpacks to more than {most} MiB: load a folder instead"
    if len(names) < len(found):
        return "has a file twice: zip it anew, with one of each"
    if any(it.compress_type in _BOMBS for it in found):
        return "is compressed in a rare way: zip it anew with deflate"
    for name in names:
        if len(name) > LONGEST_NAME or _OUTSIDE.search(name):
            return f"has a file {name!r:.90} outside of it: zip a folder"
    return None


def _begins_with(path: Path, magic: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(magic)) == magic


def _visible(folder: Traversable) -> list[Traversable]:
    """List a folder by name, without the files that systems leave behind."""
    entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    return [e for e in entries if not e.name.startswith((".", "__MACOSX"))]


def _top(root: Traversable) -> Traversable:
    """Go into the content of a wheel, or the only folder of a zip."""
    if root.joinpath(f"salvage_kb/data/{MANIFEST}").is_file():
        return root.joinpath("salvage_kb/data")
    entries = _visible(root)
    alone = len(entries) == 1 and entries[0].is_dir()
    return entries[0] if alone and entries[0].name not in KINDS else root


def reason(error: Exception) -> str:
    """Say in words why something cannot be read."""
    return getattr(error, "strerror", None) or str(error) or repr(error)
