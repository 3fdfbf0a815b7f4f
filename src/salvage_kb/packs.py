"""Find the translations on offer, and let views speak through them.

Where several have the same text, this is the order: a translator function, a
folder that was added, an overlay, the content itself, an installed
distribution. Where none has it, the base language stands in.
"""

from __future__ import annotations

import warnings
from contextlib import suppress
from functools import cache, partial
from importlib.metadata import entry_points
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import attrs

from .errors import (
    ContentError,
    FallbackWarning,
    LocaleError,
    Problem,
    RecallWarning,
)
from .graph import Graph, prune
from .loading import load_pack
from .locales import PSEUDO, Omitted, Speaker, localize
from .reading import LOCALE, read_pack
from .retirement import former, home_of, recalled, retired
from .tags import canonical, choose
from .vocabulary import FOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.metadata import EntryPoint

    from .graph import Content
    from .locales import Pack, Policy, Translator
    from .model import View
    from .vocabulary import Kind, TranslationStatus

#: Where distributions say which languages they bring.
GROUP: Final = "salvage_kb.locales"


@cache
def distributed() -> dict[str, EntryPoint]:
    """Find the packs that installed distributions bring, by language.

    A name that is no language tag is passed over with a warning.
    """
    found: dict[str, EntryPoint] = {}
    for point in sorted(entry_points(group=GROUP)):
        try:
            found.setdefault(canonical(point.name), point)
        except LocaleError as error:
            message = f"entry point {point.value} of {GROUP}: {error}"
            warnings.warn(message, FallbackWarning, stacklevel=2)
    return found


def offered(content: Content) -> tuple[str, ...]:
    """List the languages on offer, the base language first."""
    base = content.manifest.locale
    tags = {*content.packs, *(distributed() if content.is_ours else ())}
    return (base, *sorted(tags - {base, *PSEUDO}))


def pack_of(content: Content, tag: str) -> Pack | None:
    """Load the pack of a language on offer, all layers of it.

    A broken pack of a distribution is passed over with a warning where there
    is another one.

    Raises:
        ContentError: with everything that is wrong with the only pack.
    """
    found: Pack | None = None
    loaders = content.packs.get(tag, ())
    if content.is_ours and (point := distributed().get(tag)):
        try:
            found = _load_point(tag, point)
        except ContentError as error:
            if not loaders:
                raise
            warnings.warn(str(error), FallbackWarning, stacklevel=3)
    for load in loaders:
        pack = load()
        found = pack if found is None else found.under(pack)
    if found is not None:
        _warn_of_recalls(content, tag, found)
    return found


def _warn_of_recalls(content: Content, tag: str, pack: Pack) -> None:
    keys = [key.partition("#")[0] for key in pack.entries]
    events = content.tables["event"].values()
    known = retired(events)
    for item in recalled(events):
        refs = {item.ref, *former(known, item.ref)}
        if any(home_of(refs, key) for key in keys):
            message = f"{tag} still translates what was recalled: {item}"
            warnings.warn(message, RecallWarning, stacklevel=4)


def _load_point(tag: str, point: EntryPoint) -> Pack:
    origin = f"distribution {point.dist.name if point.dist else point.value}"
    try:
        folder = files(point.load())
    except Exception as error:  # noqa: BLE001  # whatever their import does
        message = f"{point.value} cannot be imported: {error!r:.90}"
        raise ContentError(origin, (Problem(LOCALE, "$", message),)) from None
    read = partial(read_pack, folder, "")
    return load_pack(tag, read, origin, "distribution")


def speaker_of(
    content: Content,
    tag: str,
    policy: Policy,
    translator: tuple[Translator, TranslationStatus] | None,
) -> Speaker:
    """Find who says everything in a language, as far as it can be said.

    Raises:
        LocaleError: the language is not on offer, and the policy is to raise.
        ContentError: the translation has something wrong in it.
    """
    speaker = Speaker(requested=tag, policy=policy)
    if tag in PSEUDO:
        return attrs.evolve(speaker, pseudo=PSEUDO[tag])
    if translator is not None:
        function, status = translator
        speaker = attrs.evolve(
            speaker, translator=function, translator_status=status
        )
    tags = offered(content)
    served = choose(tag, tags)
    if served is not None and served != content.manifest.locale:
        return attrs.evolve(speaker, pack=_packs_of(content, tag, tags))
    missed = served is None and translator is None
    if missed and policy.fallback == "raise":
        known = ", ".join(tags)
        raise LocaleError(tag, f"is not on offer, only {known}")
    return speaker


def _packs_of(content: Content, tag: str, tags: Iterable[str]) -> Pack | None:
    """Join the packs of one language and script, the nearest one on top.

    A broken one is passed over with a warning where there is another one.
    """
    left = [it for it in tags if it != content.manifest.locale]
    found: list[Pack] = []
    broken: ContentError | None = None
    while (near := choose(tag, left)) is not None:
        left.remove(near)
        try:
            pack = pack_of(content, near)
        except ContentError as error:
            broken = broken or error
        else:
            found += [pack] if pack else []
    if broken and not found:
        raise broken
    if broken:
        warnings.warn(str(broken), FallbackWarning, stacklevel=4)
    whole: Pack | None = None
    for pack in reversed(found):
        whole = pack if whole is None else whole.under(pack)
    return whole


def translate(graph: Graph, view: View, speaker: Speaker) -> Graph:
    """Let a view say everything in its language, once it is asked for."""
    manifest = attrs.evolve(
        graph.content.manifest,
        locale=speaker.requested,
        direction=speaker.direction,
    )
    if speaker.policy.fallback != "omit":
        change = partial(localize, speaker=speaker)
        return graph.seen_by(view, change, manifest)
    tables: dict[Kind, dict[str, Any]] = {kind: {} for kind in FOLDERS}
    for kind, id, item in graph.content.items():
        with suppress(Omitted):
            tables[kind][id] = localize(item, speaker)
    content = graph.content._replace(tables=tables, manifest=manifest)
    return Graph(prune(content, lambda _: True), view)
