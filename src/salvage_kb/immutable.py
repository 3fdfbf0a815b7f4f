"""Hold what all things that never change have in common."""

from __future__ import annotations

from typing import Self


class Immutable:
    """Be one's own copy."""

    __slots__ = ()

    def __copy__(self) -> Self:
        """Return the object itself: it never changes."""
        return self

    def __deepcopy__(self, memo: object) -> Self:
        """Return the object itself: it never changes."""
        return self
