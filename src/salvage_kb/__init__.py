"""Carry content about salvage therapy as typed, sourced, immutable data.

Importing this package reads no data. The collections below read the bundled
content when they are first touched.
"""

from typing import Final

from .collection import CodeMatch
from .errors import (
    ContentError,
    FallbackWarning,
    IntegrityError,
    LocaleError,
    NotLinked,
    Problem,
    RecallWarning,
    RetiredId,
    SalvageKBError,
    UnboundRecord,
    UnknownId,
)
from .kinds import (
    Conditions,
    Events,
    Modalities,
    MonitoringTests,
    Notices,
    SideEffects,
    Sources,
    Statements,
    Topics,
)
from .knowledge_base import BUNDLED, KnowledgeBase
from .locales import Policy
from .model import (
    Caution,
    Citation,
    Code,
    Event,
    Imprint,
    LocaleInfo,
    Manifest,
    MonitoringLink,
    Notice,
    RecordLink,
    Statement,
    Synonym,
)
from .records import (
    Condition,
    Link,
    Modality,
    MonitoringTest,
    Record,
    SideEffect,
    Source,
    Topic,
)
from .retirement import (
    Current,
    Moved,
    RecallInUse,
    Split,
    Unknown,
    Withdrawn,
)
from .review import Review, SourceReview, TextReview
from .search import Hit
from .text import Text

__version__ = "1.1.0"

#: The knowledge base behind the collections below.
kb: Final = BUNDLED
#: Diseases and states in which salvage therapy is used.
conditions: Final = kb.conditions
#: Ways of treating.
modalities: Final = kb.modalities
#: Unwanted effects.
side_effects: Final = kb.side_effects
#: Tests made before, during or after the therapy.
monitoring_tests: Final = kb.monitoring_tests
#: General sections that belong to no one condition.
topics: Final = kb.topics
#: Works that statements and cautions come from.
sources: Final = kb.sources

__all__ = [
    "Caution",
    "Citation",
    "Code",
    "CodeMatch",
    "Condition",
    "Conditions",
    "ContentError",
    "Current",
    "Event",
    "Events",
    "FallbackWarning",
    "Hit",
    "Imprint",
    "IntegrityError",
    "KnowledgeBase",
    "Link",
    "LocaleError",
    "LocaleInfo",
    "Manifest",
    "Modalities",
    "Modality",
    "MonitoringLink",
    "MonitoringTest",
    "MonitoringTests",
    "Moved",
    "NotLinked",
    "Notice",
    "Notices",
    "Policy",
    "Problem",
    "RecallInUse",
    "RecallWarning",
    "Record",
    "RecordLink",
    "RetiredId",
    "Review",
    "SalvageKBError",
    "SideEffect",
    "SideEffects",
    "Source",
    "SourceReview",
    "Sources",
    "Split",
    "Statement",
    "Statements",
    "Synonym",
    "Text",
    "TextReview",
    "Topic",
    "Topics",
    "UnboundRecord",
    "Unknown",
    "UnknownId",
    "Withdrawn",
    "conditions",
    "kb",
    "modalities",
    "monitoring_tests",
    "side_effects",
    "sources",
    "topics",
]
