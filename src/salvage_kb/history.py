"""Tell how one version of the content differs from another."""

from __future__ import annotations

import json
from copy import deepcopy
from functools import partial
from textwrap import fill
from typing import (
    TYPE_CHECKING,
    Any,
    Final,
    NamedTuple,
    Protocol,
    TypeAlias,
    cast,
)

from .model import Event
from .retirement import fate, heirs, home_of, retired
from .significance import (
    Bump,
    How,
    Weight,
    declared_for,
    greatest,
    most,
    smallest,
    unit_of,
    weigh_added,
    weigh_changed,
    weigh_gone,
)
from .vocabulary import FOLDERS, KINDS, Significance

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .retirement import Retired


#: The fields of each thing, by its reference.
_Things: TypeAlias = dict[str, dict[str, Any]]
_WIDTH: Final = 79
#: Derived from the rest, or about one version, so never compared.
_DERIVED: Final = ("counts", "files", "content_version", "released")


class Bundled(Protocol):
    """Be what can be written as a bundle, such as a knowledge base."""

    def to_bundle(self) -> dict[str, Any]: ...  # noqa: D102


class Change(NamedTuple):
    """Describe one difference.

    Attributes:
        ref: what is different; translations are ``locales/<tag>/<key>``.
        how: what happened to it.
        field: which of its fields changed; none if all of it did.
        before: what it was, as plain data; none if it was not there.
        after: what it is, as plain data; none if it is not there any more.
        targets: what took over, if it was moved or split.
        reason: why, if the author says so.
        harm: how readers of what was withdrawn may come to harm.
        weight: how much it matters.
    """

    ref: str
    how: How
    field: str | None
    before: Any
    after: Any
    weight: Weight
    targets: tuple[str, ...] = ()
    reason: str | None = None
    harm: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Give the change as plain data."""
        found = self._asdict()
        del found["weight"]
        return found | {"targets": list(self.targets)} | self.weight._asdict()

    def __str__(self) -> str:
        """Show what changed on one line, without the words."""
        what = f"{self.ref} {self.field}" if self.field else self.ref
        into = f" to {' and '.join(self.targets)}" if self.targets else ""
        told = "" if self.weight.computed else " (not declared)"
        return f"{what}: {self.how}{into}{told}"


class Diff(NamedTuple):
    """Say how one version of the content differs from another."""

    old_version: str
    new_version: str
    changes: tuple[Change, ...]

    @property
    def bump(self) -> Bump | None:
        """Tell the least part of the version that has to grow, if any."""
        return most(tuple(it.weight.bump for it in self.changes))

    @property
    def significance(self) -> Significance:
        """Tell how much the weightiest change matters."""
        return greatest(tuple(it.weight.significance for it in self.changes))

    @property
    def smallest_version(self) -> str:
        """Tell the smallest version that the new content may have."""
        return smallest(self.old_version, self.bump)

    @property
    def undeclared(self) -> tuple[Change, ...]:
        """Give the changes of which an author has to say what they are."""
        return tuple(it for it in self.changes if not it.weight.computed)

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain data."""
        return {
            "old_version": self.old_version,
            "new_version": self.new_version,
            "significance": self.significance,
            "bump": self.bump,
            "smallest_version": self.smallest_version,
            "changes": [change.to_dict() for change in self.changes],
        }

    def to_markdown(self) -> str:
        """Write a section for a changelog, what matters most first."""
        lines: list[str] = []
        for name, changes in self._grouped():
            lines += [f"#### {name.capitalize()}", ""]
            for change in changes:
                lines.append(f"- `{change.ref}` {_said(change)}")
                for word, text in _words(change):
                    lines.append(f"  - {word}: {text}")
            lines.append("")
        lines += [f"- {line}" for line in self._translated()]
        return "\n".join(lines).strip() + "\n"

    def __str__(self) -> str:
        """Show it to people, what matters most first."""
        bump, least = self.bump or "no change", self.smallest_version
        versions = f"{self.old_version} -> {self.new_version}"
        lines = [f"{versions}: {bump}, at least {least}"]
        for name, changes in self._grouped():
            lines += ["", name]
            for change in changes:
                lines.append(_wrapped(str(change), 2))
                lines += (
                    _wrapped(f"{word}: {text}", 4)
                    for word, text in _words(change)
                )
        translated = [_wrapped(it, 2) for it in self._translated()]
        lines += ["", "translations", *translated] if translated else []
        return "\n".join(lines)

    def _grouped(self) -> Iterator[tuple[str, list[Change]]]:
        """Go through what people want to read, by significance."""
        for name in ("safety", "clinical", "clarification", "editorial"):
            found = [
                change
                for change in self.changes
                if change.weight.significance == name
                and not _is_told_elsewhere(change)
            ]
            if found:
                yield name, found

    def _translated(self) -> Iterator[str]:
        """Count what else happened to the translations, by language."""
        counted: dict[tuple[str, str, str | None], set[str]] = {}
        for change in self.changes:
            if change.ref.startswith("locales/") and not _is_grave(change):
                key = change.ref.split("/")[1], change.how, change.reason
                counted.setdefault(key, set()).add(change.ref)
        for (tag, how, reason), refs in sorted(counted.items(), key=str):
            why = f" ({reason})" if reason else ""
            yield f"{tag}: {len(refs)} {how}{why}"


_wrapping = partial(
    fill, width=_WIDTH, break_long_words=False, break_on_hyphens=False
)


def _wrapped(text: str, indent: int) -> str:
    first, rest = " " * indent, " " * (indent + 2)
    return _wrapping(text, initial_indent=first, subsequent_indent=rest)


def _is_grave(change: Change) -> bool:
    """Tell whether a translation has to be shown word by word."""
    grave = change.weight.significance in {"clinical", "safety"}
    return grave and change.reason is None


def _is_told_elsewhere(change: Change) -> bool:
    """Tell whether other changes say the same, or a count is enough."""
    if change.ref.startswith("locales/"):
        return not _is_grave(change)
    if unit_of(change.ref) == "event":
        return change.how == "added"
    if change.field in {"statements", "cautions"}:
        held = (change.before or [], change.after or [])
        return sorted(held[0]) != sorted(held[1])
    return False


def _said(change: Change) -> str:
    return str(change).removeprefix(change.ref).lstrip(": ")


def _words(change: Change) -> Iterator[tuple[str, str]]:
    """Give the words of what changed, as far as there are any."""
    for word, held in (("before", change.before), ("after", change.after)):
        whole = isinstance(held, dict)
        value = held.get("text", held.get("name")) if whole else held
        if isinstance(value, (str, int)):
            yield word, str(value)
    if change.reason:
        yield "reason", change.reason
    if change.harm:
        yield "harm", change.harm


def diff(old: Bundled, new: Bundled) -> Diff:
    """Compare two versions of the content, field by field."""
    return diff_bundles(old.to_bundle(), new.to_bundle())


def diff_bundles(old: Mapping[str, Any], new: Mapping[str, Any]) -> Diff:
    """Compare two bundles, as `to_bundle` gives them."""
    before, after = flatten(old), flatten(new)
    known = retired(_past(after))
    one, other = (it["manifest"]["content_version"] for it in (old, new))
    found: list[Change] = []
    for ref in sorted({*before, *after}):
        if ref not in before:
            weight = weigh_added(ref, after[ref])
            found.append(Change(ref, "added", None, None, after[ref], weight))
        elif ref not in after:
            gone = _gone(ref, before[ref], after, known)
            found.append(gone)
            found += _moved(gone, {*before}, after, (one, other))
        else:
            found += _changed(ref, before[ref], after, (one, other))
    return Diff(one, other, tuple(found))


def _past(things: _Things) -> Iterator[Event]:
    for row in _events(things):
        facts: dict[str, Any] = dict(row)
        facts["targets"] = tuple(row.get("targets", ()))
        yield Event(id="", **facts)


def _moved(
    gone: Change, before: set[str], things: _Things, versions: tuple[str, str]
) -> Iterator[Change]:
    """Go through what changed on the way to a new id."""
    if gone.how != "moved" or gone.targets[0] in before:
        return
    (target,) = gone.targets
    text = json.dumps(gone.before)
    renamed = json.loads(text.replace(f'"{gone.ref}/', f'"{target}/'))
    yield from _changed(target, renamed, things, versions)


def _events(things: _Things) -> Iterator[dict[str, Any]]:
    home = f"{FOLDERS['event']}/"
    return (it for ref, it in things.items() if ref.startswith(home))


def _changed(
    ref: str,
    before: dict[str, Any],
    things: _Things,
    versions: tuple[str, str],
) -> Iterator[Change]:
    after = things[ref]
    declared, reason = declared_for(_events(things), ref, *versions)
    for field in sorted({*before, *after}):
        pair = before.get(field), after.get(field)
        if pair[0] != pair[1]:
            weight = weigh_changed(ref, field, pair, declared)
            told = field == "text" or ref.startswith("locales/")
            why = reason if told else None
            yield Change(ref, "changed", field, *pair, weight, reason=why)


def _gone(
    ref: str,
    before: dict[str, Any],
    things: _Things,
    known: Mapping[str, Retired],
) -> Change:
    found = fate(known, things.__contains__, ref)
    how: How = "removed"
    if found is not None:
        how = cast("How", type(found).__name__.lower())
    targets, home = heirs(found), home_of(known, ref)
    harm = getattr(found, "harm", None)
    weight = weigh_gone(
        ref,
        how,
        harm,
        bare=_home(ref) in things,
        lost=_is_left_behind(ref, targets, home, known),
    )
    reason = getattr(found, "reason", None)
    return Change(ref, how, None, before, None, weight, targets, reason, harm)


def _is_left_behind(
    ref: str,
    targets: tuple[str, ...],
    home: str | None,
    known: Mapping[str, Retired],
) -> bool:
    """Tell whether what something was part of moved on without it."""
    whole = heirs(known.get(home or ""))
    return home != ref and targets == whole != ()


def _home(ref: str) -> str:
    """Name what something is part of, or the translation of."""
    if ref.startswith("locales/"):
        return ref.split("/", 2)[-1].partition("#")[0]
    return ref.rpartition("/")[0]


def flatten(bundle: Mapping[str, Any]) -> _Things:
    """Give the fields of each thing in a bundle, by its reference."""
    facts = bundle["manifest"].items()
    found = {"manifest": {k: v for k, v in facts if k not in _DERIVED}}
    for kind, folder in FOLDERS.items():
        for row in bundle.get(folder, ()):
            ref = f"{folder}/{row['id']}"
            found[ref] = _without(row, "id")
            if kind not in {"source", "notice", "event"}:
                _flatten_statements(found, found[ref])
    for tag, files in bundle.get("locales", {}).items():
        for name, value in files.items():
            home = f"locales/{tag}"
            if name == "locale.json":
                found[home] = dict(value)
                continue
            for key, entry in value["texts"].items():
                found[f"{home}/{key}"] = dict(entry)
            if "synonyms" in value:
                ref = f"{home}/{name.removesuffix('.json')}#names"
                found[ref] = {"synonyms": value["synonyms"]}
    return found


def _without(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def _flatten_statements(found: _Things, record: dict[str, Any]) -> None:
    """Put each statement, and each caution, in a place of its own."""
    statements = record.get("statements", [])
    record["statements"] = [it["id"] for it in statements]
    for statement in statements:
        fields = found[statement["id"]] = _without(statement, "id")
        cautions = fields.get("cautions", [])
        fields["cautions"] = [it["id"] for it in cautions]
        found |= {it["id"]: _without(it, "id") for it in cautions}


def apply(difference: Diff, bundle: Mapping[str, Any]) -> dict[str, Any]:
    """Make the new bundle of the old one and what they differ by.

    The manifest lists no files and counts nothing: that follows.
    """
    things = deepcopy(flatten(bundle))
    for change in difference.changes:
        if change.how == "added":
            things[change.ref] = deepcopy(change.after)
        elif change.field is None:
            del things[change.ref]
    for change in difference.changes:
        if change.field is None:
            continue
        if change.after is None:
            things[change.ref].pop(change.field, None)
        else:
            things[change.ref][change.field] = deepcopy(change.after)
    return _unflatten(things, difference.new_version)


def _unflatten(things: _Things, version: str) -> dict[str, Any]:
    manifest = things["manifest"] | {"content_version": version}
    bundle: dict[str, Any] = {"manifest": manifest}
    for folder in FOLDERS.values():
        bundle[folder] = []
    packs: dict[str, Any] = {}
    for ref, fields in things.items():
        folder, _, rest = ref.partition("/")
        if folder == "locales":
            _put(packs, rest, fields)
        elif folder in KINDS and "/" not in rest:
            bundle[folder].append(_whole(rest, fields, things))
    for rows in (bundle[folder] for folder in FOLDERS.values()):
        rows.sort(key=lambda row: (row.get("position", 0), row["id"]))
    return bundle | ({"locales": packs} if packs else {})


def _whole(id: str, fields: dict[str, Any], things: _Things) -> dict[str, Any]:
    row = {"id": id} | fields
    for name in ("statements", "cautions"):
        if name in row:
            refs = row.pop(name)
            held = [_whole(ref, things[ref], things) for ref in refs]
            row |= {name: held} if held else {}
    return row


def _put(packs: dict[str, Any], rest: str, fields: dict[str, Any]) -> None:
    """Put an entry into the file of its record."""
    tag, _, key = rest.partition("/")
    files = packs.setdefault(tag, {})
    if not key:
        files["locale.json"] = fields
        return
    folder, id = key.partition("#")[0].split("/")[:2]
    file = files.setdefault(f"{folder}/{id}.json", {"id": id, "texts": {}})
    if key.endswith("#names"):
        file |= fields
    else:
        file["texts"][key] = fields
