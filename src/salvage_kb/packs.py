"""Find the translations on offer: in the content, and in what is installed.

Where several have the same text, this is the order: a translator function, a
folder that was added, an overlay, the content itself, an installed
distribution. Where none has it, the base language stands in.
"""

from __future__ import annotations

import warnings
from functools import cache, partial
from importlib.metadata import entry_points
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from .errors import ContentError, FallbackWarning, LocaleError, Problem
from .loading import LOCALE, load_pack, read_pack
from .tags import canonical

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from .graph import Content
    from .locales import Pack

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
    return (base, *sorted(tags - {base}))


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
    return found


def _load_point(tag: str, point: EntryPoint) -> Pack:
    origin = f"distribution {point.dist.name if point.dist else point.value}"
    try:
        folder = files(point.load())
    except Exception as error:  # noqa: BLE001  # whatever their import does
        message = f"{point.value} cannot be imported: {error!r:.90}"
        raise ContentError(origin, (Problem(LOCALE, "$", message),)) from None
    read = partial(read_pack, folder, "")
    return load_pack(tag, read, origin, "distribution")
