"""Hold content that is small enough to be loaded thousands of times."""

from pathlib import Path

from salvage_kb import KnowledgeBase
from salvage_kb.codec import parse

_FILE = Path(__file__).parent / "corpus" / "codec" / "bundle.json"
#: One record of each kind, a caution, and translations into two languages.
BUNDLE = parse(_FILE.read_bytes())
KB = KnowledgeBase.from_bundle(BUNDLE)
