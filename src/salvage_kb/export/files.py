"""Name what an export is made of: files."""

from __future__ import annotations

import json
from typing import Any, NamedTuple


class File(NamedTuple):
    """Hold a file that may be written.

    Attributes:
        path: relative, with slashes.
        data: its bytes.
    """

    path: str
    data: bytes


def text_file(path: str, text: str) -> File:
    """Make a file of text."""
    return File(path, text.encode())


def json_file(path: str, value: Any) -> File:
    """Make a file of JSON, which no HTML around it can misread."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    text = text.replace("<", "\\u003c")
    return text_file(path, f"{text}\n")
