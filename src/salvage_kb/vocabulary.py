"""List the words that fields may take, and the kinds of things there are."""

from typing import Any, Final, Literal, TypeAlias, get_args

from .errors import did_you_mean, near_misses

Category: TypeAlias = Literal[
    "infection", "cancer", "lung", "kidney", "heart", "other"
]
ModalityKind: TypeAlias = Literal[
    "medicine",
    "radiation",
    "surgery",
    "transplant",
    "cell-therapy",
    "supportive-care",
    "investigational",
]
BodySystem: TypeAlias = Literal[
    "whole-body",
    "nervous",
    "mouth-and-throat",
    "digestive",
    "liver",
    "urinary",
    "skin-and-hair",
    "fat-tissue",
    "lymphatic",
    "sexual",
    "other",
]
Aspect: TypeAlias = Literal[
    "overview",
    "indication",
    "treatment",
    "side-effect",
    "preparation",
    "monitoring",
    "follow-up",
    "prognosis",
    "advice",
]
Timing: TypeAlias = Literal["before", "during", "after"]
Match: TypeAlias = Literal["exact", "close", "broad", "narrow"]
ReadAs: TypeAlias = Literal["whole", "excerpt", "data-file"]
SynonymType: TypeAlias = Literal["clinical", "lay", "abbreviation"]
CautionKind: TypeAlias = Literal["conflicts", "nuance"]
#: How much a change matters to readers, least first.
Significance: TypeAlias = Literal[
    "editorial", "clarification", "clinical", "safety"
]
#: What happened to an id: its words were edited, or it was retired.
Fate: TypeAlias = Literal["edited", "moved", "split", "withdrawn"]
NoticeKind: TypeAlias = Literal["disclaimer", "attribution", "review"]
#: Who brought a record or a statement: the content itself, or an overlay.
Origin: TypeAlias = Literal["base", "local"]
#: How far a translation was checked, least first.
TranslationStatus: TypeAlias = Literal["draft", "translated", "reviewed"]
#: What to do where there is no translation that may be shown.
Fallback: TypeAlias = Literal["allow", "warn", "raise", "omit"]
#: What to do with a translation of words that have changed since.
Stale: TypeAlias = Literal["show", "fallback"]
#: What kind of thing an id belongs to.
Kind: TypeAlias = Literal[
    "condition",
    "modality",
    "side_effect",
    "monitoring_test",
    "topic",
    "source",
    "statement",
    "notice",
    "event",
]
#: The folder of each kind that has files, in reading order.
FOLDERS: Final[dict[Kind, str]] = {
    "source": "sources",
    "condition": "conditions",
    "modality": "modalities",
    "side_effect": "side_effects",
    "monitoring_test": "monitoring_tests",
    "topic": "topics",
    "notice": "notices",
    "event": "history",
}
KINDS: Final[dict[str, Kind]] = {
    folder: kind for kind, folder in FOLDERS.items()
}
#: The code systems with a short name, and their canonical URIs.
CODE_SYSTEMS: Final[dict[str, str]] = {
    "DOID": "http://purl.obolibrary.org/obo/doid.owl",
    "HPO": "http://human-phenotype-ontology.org",
    "ICD-10-CM": "http://hl7.org/fhir/sid/icd-10-cm",
    "LOINC": "http://loinc.org",
    "MAXO": "http://purl.obolibrary.org/obo/maxo.owl",
    "MeSH": "https://id.nlm.nih.gov/mesh",
    "Mondo": "http://purl.obolibrary.org/obo/mondo.owl",
    "NCIt": "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl",
    "RxNorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
}
#: Kind and id: what a thing is, whichever version of it one holds.
Key: TypeAlias = tuple[Kind, str]


def check_choice(
    name: str, value: object, alias: Any, *, optional: bool = False
) -> None:
    """Refuse a value that is none of the words of a field."""
    known = get_args(alias)
    if value in known or (optional and value is None):
        return
    guess = did_you_mean(near_misses(str(value), known))
    message = (
        f"{name} cannot be {value!r:.50}{guess}; "
        f"it is one of {', '.join(known)}"
    )
    raise ValueError(message)
