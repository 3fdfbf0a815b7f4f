"""Hold the errors of this package: one small family, each with its facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .retirement import Retired


#: Keys and positions that lead to a place inside a value.
Steps: TypeAlias = tuple[Any, ...]
#: No id is longer, and comparing much longer words takes for ever.
_LONGEST: Final = 200


class SalvageKBError(Exception):
    """Stand at the root of all errors that this package raises."""

    def __str__(self) -> str:
        """Say the message, also where KeyError would show its repr."""
        return str(self._message())

    def _message(self) -> object:
        return self.args[0] if self.args else ""


class UnknownId(SalvageKBError, KeyError):
    """Say that no record of a kind has this id, and what comes near.

    Attributes:
        kind: the kind that was searched, such as ``"condition"``.
        id: the id that was asked for.
        suggestions: ids of the same kind that look alike, nearest first.
    """

    def __init__(
        self, kind: str, id: str, suggestions: tuple[str, ...] = ()
    ) -> None:
        super().__init__(kind, id, suggestions)
        self.kind = kind
        self.id = id
        self.suggestions = suggestions

    @classmethod
    def among(cls, kind: str, id: str, known: Iterable[str]) -> UnknownId:
        """Build the error with the nearest of the *known* ids."""
        return cls(kind, id, near_misses(id, known))

    def _message(self) -> str:
        return (
            f"no {self.kind.replace('_', ' ')} has the id {self.id!r:.90}"
            f"{did_you_mean(self.suggestions)}"
        )


class RetiredId(UnknownId):
    """Say that an id was published once, and what became of it.

    Attributes:
        resolution: a ``Moved``, ``Split`` or ``Withdrawn``.
    """

    def __init__(self, kind: str, id: str, resolution: Retired) -> None:
        super().__init__(kind, id)
        self.args: tuple[Any, ...] = (kind, id, resolution)
        self.resolution = resolution

    def _message(self) -> str:
        return str(self.resolution)


class RecallWarning(UserWarning):
    """Say that something is still in use that was withdrawn for its harm."""


class NotLinked(SalvageKBError, KeyError):
    """Say that the content does not link two records.

    Attributes:
        first: kind and id of the record that was asked.
        second: kind and id of the other one.
    """

    def __init__(
        self, first: tuple[str, str], second: tuple[str, str]
    ) -> None:
        super().__init__(first, second)
        self.first = first
        self.second = second

    def _message(self) -> str:
        one, other = (
            f"{kind.replace('_', ' ')} {id!r}"
            for kind, id in (self.first, self.second)
        )
        return f"{one} and {other} are not linked: no statement joins them"


class UnboundRecord(SalvageKBError):
    """Say that an object made by hand belongs to no knowledge base."""


class LocaleError(SalvageKBError, ValueError):
    """Say what is wrong with a language tag, or that words are missing.

    Attributes:
        tag: the language that was asked for.
        reason: what is wrong.
    """

    def __init__(self, tag: str, reason: str) -> None:
        super().__init__(tag, reason)
        self.tag = tag
        self.reason = reason

    def _message(self) -> str:
        return f"{self.tag!r:.90}: {self.reason}"


class FallbackWarning(UserWarning):
    """Say that a text is shown in another language than was asked for."""


class IntegrityError(SalvageKBError):
    """Say that content is not the content that it was stored as.

    Attributes:
        stored: content version and digest that were stored.
        found: content version and digest of what is installed.
    """

    def __init__(
        self, stored: tuple[str, str], found: tuple[str, str]
    ) -> None:
        super().__init__(stored, found)
        self.stored = stored
        self.found = found

    def _message(self) -> str:
        stored, found = (
            f"{version} (digest {digest[:12]})"
            for version, digest in (self.stored, self.found)
        )
        return (
            f"this was stored with content {stored}, but {found} is "
            "installed: install the former, or store the ids instead"
        )


def json_path(steps: Steps) -> str:
    """Write steps as a JSON path, such as ``$.statements[0].text``."""
    return "$" + "".join(map(_step, steps))


def _step(step: object) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if str(step).isidentifier() else f"[{str(step)!r}]"


class Problem(NamedTuple):
    """Describe one thing that is wrong with one place in the content."""

    #: The file, relative to what was loaded.
    file: str
    #: Where in the file, as a JSON path: ``$.statements[0].text``.
    path: str
    #: What is wrong there, and what would be right.
    message: str

    def __str__(self) -> str:
        """Show file, path and message on one line."""
        return f"{self.file}: {self.path}: {self.message}"


class ContentError(SalvageKBError):
    """Report everything that is wrong with some content, at once.

    Attributes:
        origin: what was being loaded.
        problems: each `Problem`, ordered by file.
    """

    def __init__(self, origin: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(origin, problems)
        self.origin = origin
        self.problems = problems

    def _message(self) -> str:
        count = len(self.problems)
        noun = "problem" if count == 1 else "problems"
        lines = "".join(f"\n  {problem}" for problem in self.problems)
        return f"{self.origin}: {count} {noun}{lines}"


def near_misses(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """Find at most three of the *known* words that look like this one.

    Those that begin with it come first.
    """
    from difflib import get_close_matches  # only errors pay for it

    if len(word) > _LONGEST:
        return ()
    folded = {other.casefold(): other for other in known}
    asked = word.casefold()
    near = [it for it in folded if it.startswith(asked)] if asked else []
    near += get_close_matches(asked, list(folded), n=3, cutoff=0.6)
    return tuple(folded[other] for other in [*dict.fromkeys(near)][:3])


def did_you_mean(suggestions: Iterable[Any]) -> str:
    """End a message with suggestions, or with nothing."""
    names = " or ".join(repr(str(name)) for name in suggestions)
    return f"; did you mean {names}?" if names else ""
