"""Name what an export is made of: files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import os


class File(NamedTuple):
    """Hold a file that may be written.

    Attributes:
        path: relative, with slashes.
        data: its bytes.
    """

    path: str
    data: bytes

    def write_into(self, folder: str | os.PathLike[str]) -> Path:
        """Write it below a folder, in place of what is there.

        Raises:
            OSError: it cannot be written.
        """
        path = Path(folder, self.path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.data)
        return path


def text_file(path: str, text: str) -> File:
    """Make a file of text."""
    return File(path, text.encode())


def json_file(path: str, value: Any) -> File:
    """Make a file of JSON, which no HTML around it can misread."""
    return text_file(path, json_text(value, indent=2) + "\n")


def json_text(value: Any, indent: int | None = None) -> str:
    """Write JSON, without spaces if not indented, for use inside HTML."""
    separators = (",", ": " if indent else ":")
    text = json.dumps(
        value, ensure_ascii=False, indent=indent, separators=separators
    )
    return text.replace("<", "\\u003c")
