"""Let autodoc show what a reader of the reference needs, and no more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sphinx.domains.python import PyObject

if TYPE_CHECKING:
    from sphinx.application import Sphinx

#: Stands for a colon and a space.
_COLON = "\ue000"
_VIEW = re.compile(r",? *_view: [^,)]*(?=[,)])")


def _sign(*facts: Any) -> tuple[str, str] | None:
    """Leave out of a signature what only the package itself gives."""
    *_, signature, returns = facts
    if signature is None:
        return None
    return _VIEW.sub("", signature).replace("(*)", "()"), returns


def _skip(*facts: Any) -> bool | None:
    """Leave out what the attributes above say, or only the package needs."""
    _, _, name, member, _, _ = facts
    told = getattr(member, "__doc__", None) or ""
    hidden = name == "link_fields" or told.startswith("Alias for field")
    return True if hidden else None


def _rebase(*facts: Any) -> None:
    """Show public bases only: of a private one those that it has itself."""
    *_, bases = facts
    found = [public for base in bases for public in _public(base)]
    bases[:] = dict.fromkeys(found)


def _public(base: Any) -> list[Any]:
    if not getattr(base, "__name__", "").startswith("_"):
        return [base]
    return [it for inner in base.__bases__ for it in _public(inner)]


def _hide(*facts: Any) -> None:
    """Keep napoleon from taking a sentence with a colon for a type."""
    _, what, _, _, _, lines = facts
    if what in {"attribute", "data", "property"}:
        lines[:] = [line.replace(": ", _COLON) for line in lines]


def _show(*facts: Any) -> None:
    """Put the colons back once napoleon is through."""
    lines = facts[-1]
    lines[:] = [line.replace(_COLON, ": ") for line in lines]


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to autodoc."""
    app.connect("autodoc-process-signature", _sign)
    app.connect("autodoc-skip-member", _skip)
    app.connect("autodoc-process-bases", _rebase)
    app.connect("autodoc-process-docstring", _hide, priority=400)
    app.connect("autodoc-process-docstring", _show, priority=600)
    for field in PyObject.doc_field_types:
        if field.name == "variable":
            field.label = "Attributes"
    return {"parallel_read_safe": True, "parallel_write_safe": True}
