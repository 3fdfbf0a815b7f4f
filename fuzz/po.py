"""Take any text for the PO file of a translator."""

import polib  # so that it is instrumented
import small

from salvage_kb import ContentError
from salvage_kb.l10n import export_po, import_po, texts
from salvage_kb.packs import pack_of

CONTENT = small.KB.content
PACK = pack_of(CONTENT, "es")
TEXTS = texts(CONTENT)
__all__ = ["check", "polib"]


def check(data: bytes) -> None:
    """Take what is right, and say what is not; nothing becomes reviewed."""
    text = data.decode("utf-8", "surrogateescape")
    try:
        pack = import_po(CONTENT, PACK, text, "a.po")
    except ContentError as error:
        assert error.problems
        return
    assert PACK.entries.keys() <= pack.entries.keys() <= TEXTS.keys()
    for key, entry in pack.entries.items():
        changed = entry != PACK.entries.get(key)
        assert not changed or entry.translation.status != "reviewed"
    again = import_po(CONTENT, pack, export_po(CONTENT, pack), "b.po")
    assert pack == again
