"""Make up content of any size: the same in each run.

Run it with ``python benchmarks/made_up.py 1000 bundle.json``. Each record has
about as many words, links and translations whatever the size, so whatever
grows faster than the size does so by itself.
"""

import json
import random
import sys
from collections.abc import Iterable
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

#: How many of a hundred records are of each kind.
SHARES: Final = {
    "sources": 5,
    "conditions": 10,
    "modalities": 15,
    "side_effects": 55,
    "monitoring_tests": 10,
    "topics": 5,
}
#: What a kind has besides what all have.
OWN: Final[dict[str, dict[str, Any]]] = {
    "conditions": {"category": "other"},
    "modalities": {"kind": "medicine"},
    "side_effects": {"body_system": "other"},
}
#: How many links a condition has to each kind.
LINKS: Final = {
    "modality_links": ("modalities", 3),
    "side_effect_links": ("side_effects", 5),
    "monitoring_links": ("monitoring_tests", 2),
}
TEST_FIELDS: Final = ("measures_id", "why_id")
SYLLABLES: Final = [a + b for a in "bdfglmnprstvz" for b in "aeiou"]
LATIN: Final = "abcdefghijklmnopqrstuvwxyz"
#: The letters that stand for these in each language.
ALPHABETS: Final = {
    "ar": "".join(map(chr, range(0x627, 0x641))),
    "de": "äbcdëfghïjklmnöpqrstüvwxyz",
    "es": "ábcdéfghíjklmñópqrstúvwxyz",
    "fr": "àbçdèfghîjklmnôpqrstûvwxyz",
    "hi": "".join(map(chr, range(0x915, 0x92F))),
    "pt": "ãbcdêfghijklmnõpqrstuvwxyz",
    "zh-Hans": "".join(map(chr, range(0x4E00, 0x4E1A))),
}
#: One of so many records has all its texts translated, the others the name.
WHOLE: Final = 10
MANIFEST: Final = {
    "schema_version": 1,
    "content_version": "1.0.0",
    "locale": "en",
    "licence": "CC0-1.0",
}


def number_word(number: int) -> str:
    """Write a number as a word that no other number has."""
    word = ""
    for _ in range(3):
        number, rest = divmod(number, len(SYLLABLES))
        word += SYLLABLES[rest]
    return word


def slug(folder: str, number: int) -> str:
    """Make the id of a record."""
    return f"{folder.replace('_', '-')}-{number}"


class Maker:
    """Make up records, one after the other."""

    def __init__(self, size: int) -> None:
        """Choose the words: a few are common, and many are rare."""
        self.chance = random.Random(size)  # noqa: S311  # no secret
        self.counts = {k: size * it // 100 for k, it in SHARES.items()}
        self.vocabulary = [
            "".join(self.chance.choices(SYLLABLES, k=1 + rank % 4))
            for rank in range(5000)
        ]
        ranks = range(1, 1 + len(self.vocabulary))
        self.common = [*accumulate(1 / rank for rank in ranks)]
        self.made = 0

    def words(self, count: int) -> str:
        """Put words one after the other, common ones more often."""
        chosen = self.chance.choices(
            self.vocabulary, cum_weights=self.common, k=count
        )
        return " ".join(chosen)

    def cited(self) -> list[dict[str, Any]]:
        """Cite one of the sources."""
        number = self.chance.randrange(self.counts["sources"])
        section = f"section-{1 + number % 5}"
        return [{"source_id": f"sources-{number}", "section": section}]

    def statement(self, home: str, number: int) -> dict[str, Any]:
        """Say something; the second statement of each record has a caution."""
        id = f"{home}/statement-{number}"
        made = {
            "id": id,
            "text": f"{self.words(10).capitalize()}.",
            "aspect": ("overview", "advice")[number],
            "citations": self.cited(),
        }
        if number == 1:
            made["cautions"] = [
                {
                    "id": f"{id}/caution",
                    "kind": "nuance",
                    "text": f"{self.words(10).capitalize()}.",
                    "safety": True,
                    "citations": self.cited(),
                }
            ]
        return made

    def record(self, folder: str, number: int) -> dict[str, Any]:
        """Make a record of a kind, with all that it needs."""
        if folder == "sources":
            return self.source(number)
        home = f"{folder}/{slug(folder, number)}"
        made = self.subject(home)
        if folder == "monitoring_tests":
            made |= dict.fromkeys(TEST_FIELDS, made["summary_id"])
        if folder == "conditions":
            made |= {field: self.links(field, home) for field in LINKS}
        if folder == "modalities" and number:
            wider = slug(folder, (number - 1) // 4)
            link = {"id": wider, "statements": [made["summary_id"]]}
            made["broader_link"] = link
        return made | OWN.get(folder, {})

    def subject(self, home: str) -> dict[str, Any]:
        """Make what all kinds have: a name of its own and two statements."""
        self.made += 1
        name = number_word(self.made)
        return {
            "id": home.partition("/")[2],
            "name": f"{name.capitalize()} {self.words(1)}",
            "synonyms": [
                {"text": f"{self.words(1)} of {name}", "type": "clinical"},
                {"text": name[::-1].upper(), "type": "abbreviation"},
            ],
            "statements": [self.statement(home, it) for it in range(2)],
            "summary_id": f"{home}/statement-0",
        }

    def links(self, field: str, home: str) -> list[dict[str, Any]]:
        """Link a condition to records of another kind."""
        folder, count = LINKS[field]
        numbers = self.chance.sample(range(self.counts[folder]), count)
        also = {"timing": "before"} if field == "monitoring_links" else {}
        return [
            {
                "id": slug(folder, number),
                "statements": [f"{home}/statement-1"],
                **also,
            }
            for number in numbers
        ]

    def source(self, number: int) -> dict[str, Any]:
        """Make a work that statements may cite."""
        return {
            "id": f"sources-{number}",
            "name": f"About {self.words(4)}",
            "publisher": f"{self.words(1).capitalize()} hospital",
            "url": f"https://example.org/{number}",
            "published": "2026-05",
            "licence": "CC0-1.0",
            "sections": [f"section-{it}" for it in range(1, 6)],
        }

    def bundle(self, tags: Iterable[str], whole: int) -> dict[str, Any]:
        """Make a whole knowledge base, with its translations."""
        made: dict[str, Any] = {"manifest": MANIFEST}
        for folder, count in self.counts.items():
            made[folder] = [self.record(folder, it) for it in range(count)]
        made["notices"] = [
            {
                "id": "disclaimer",
                "kind": "disclaimer",
                "text": "All of this is made up.",
            }
        ]
        packs = {tag: pack(made, tag, whole) for tag in tags}
        return made | ({"locales": packs} if packs else {})


def texts(folder: str, record: dict[str, Any], *, whole: bool) -> Any:
    """Go through the texts of a record to translate, with their keys."""
    home = f"{folder}/{record['id']}"
    yield f"{home}#name", record["name"]
    for statement in record["statements"] if whole else ():
        for said in (statement, *statement.get("cautions", ())):
            yield said["id"], said["text"]


def pack(bundle: dict[str, Any], tag: str, whole: int) -> dict[str, Any]:
    """Translate: the same letters in the alphabet of another language."""
    table = str.maketrans(LATIN, ALPHABETS[tag])
    direction = {"direction": "rtl"} if tag == "ar" else {}
    facts = {"locale": tag, "name": tag, "translated_by": "machine"}
    files: dict[str, Any] = {"locale.json": facts | direction}
    for folder in [it for it in SHARES if it != "sources"]:
        for number, record in enumerate(bundle[folder]):
            told = {
                key: {
                    "source": text,
                    "text": text.lower().translate(table),
                    "status": "draft",
                }
                for key, text in texts(
                    folder, record, whole=number % whole == 0
                )
            }
            id = record["id"]
            files[f"{folder}/{id}.json"] = {"id": id, "texts": told}
    return files


def write(
    size: int,
    path: str | Path,
    tags: Iterable[str] = tuple(ALPHABETS),
    whole: int = WHOLE,
) -> None:
    """Write the bundle of a size, as ``salvage-kb export bundle`` does."""
    bundle = Maker(size).bundle(tags, whole)
    made = json.dumps(bundle, ensure_ascii=False, indent=2)
    Path(path).write_text(made + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(int(sys.argv[1]), sys.argv[2])
