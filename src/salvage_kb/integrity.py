"""Tell whether content is what it was, by one kind of digest.

Digests find accidents: a lost file, a half-finished edit. Who changes content
on purpose can change the manifest as well.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def digest(value: Any) -> str:
    """Give the SHA-256 of plain data, as hexadecimal digits.

    It is that of the data as JSON without spaces, keys sorted, in UTF-8 and
    Unicode's NFC form; so the layout of a file does not matter.
    """
    import hashlib  # few ask for a digest
    import unicodedata

    text = json.dumps(
        value,
        default=str,
        ensure_ascii=False,
        separators=(",", ":"),
        sort_keys=True,
    )
    data = unicodedata.normalize("NFC", text).encode(errors="surrogatepass")
    return hashlib.sha256(data).hexdigest()


def differences(
    stored: Mapping[str, str], found: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Go through the files that differ: their path, and what is wrong."""
    for name in sorted({*stored, *found}):
        if name not in found:
            yield name, "is missing, but the manifest lists it: restore it"
        elif name not in stored:
            yield name, "is not in the manifest: remove it, or run fmt"
        elif stored[name] != found[name]:
            yield name, "differs from the manifest: restore it, or run fmt"
