"""Hold the collection of each kind, with the keywords that it understands."""

from __future__ import annotations

from typing import ClassVar, Self

from .collection import Collection, RecordCollection, explaining
from .model import Event, Notice, Statement
from .records import (
    Condition,
    Modality,
    MonitoringTest,
    SideEffect,
    Source,
    Topic,
)
from .vocabulary import (
    Aspect,
    BodySystem,
    Category,
    Kind,
    ModalityKind,
    Timing,
    check_choice,
)


class Conditions(RecordCollection[Condition]):
    """Hold conditions in editorial order."""

    __slots__ = ()
    kind: ClassVar[Kind] = "condition"

    @explaining
    def where(
        self,
        *,
        modality: str | Modality | None = None,
        side_effect: str | SideEffect | None = None,
        monitoring_test: str | MonitoringTest | None = None,
        timing: Timing | None = None,
        category: Category | None = None,
    ) -> Self:
        """Keep the conditions to which all of the keywords apply.

        A link to a narrower modality counts as one to *modality*. With
        *timing*, the test has to be linked with that timing.

        Raises:
            UnknownId: there is no such record.
        """
        check_choice("category=", category, Category, optional=True)
        return self._only(
            self._joined("modality", modality),
            self._joined("side_effect", side_effect),
            self._joined("monitoring_test", monitoring_test, timing),
            test=lambda it: category in (None, it.category),
        )


class Modalities(RecordCollection[Modality]):
    """Hold ways of treating in editorial order."""

    __slots__ = ()
    kind: ClassVar[Kind] = "modality"

    @explaining
    def where(
        self,
        *,
        condition: str | Condition | None = None,
        kind: ModalityKind | None = None,
        broader: str | Modality | None = None,
    ) -> Self:
        """Keep the modalities to which all of the keywords apply.

        Those within *broader* are its parts, their parts, and so on.

        Raises:
            UnknownId: there is no such record.
        """
        check_choice("kind=", kind, ModalityKind, optional=True)
        within: set[str] | None = None
        if broader is not None:
            within = set(self._targets("modality", broader))
            within.discard(getattr(broader, "id", broader))
        return self._only(
            self._joined("condition", condition),
            within,
            test=lambda it: kind in (None, it.kind),
        )


class SideEffects(RecordCollection[SideEffect]):
    """Hold unwanted effects in editorial order."""

    __slots__ = ()
    kind: ClassVar[Kind] = "side_effect"

    @explaining
    def where(
        self,
        *,
        condition: str | Condition | None = None,
        body_system: BodySystem | None = None,
    ) -> Self:
        """Keep the side effects to which all of the keywords apply.

        Raises:
            UnknownId: there is no such record.
        """
        check_choice("body_system=", body_system, BodySystem, optional=True)
        return self._only(
            self._joined("condition", condition),
            test=lambda it: body_system in (None, it.body_system),
        )


class MonitoringTests(RecordCollection[MonitoringTest]):
    """Hold tests in editorial order."""

    __slots__ = ()
    kind: ClassVar[Kind] = "monitoring_test"

    @explaining
    def where(
        self,
        *,
        condition: str | Condition | None = None,
        timing: Timing | None = None,
    ) -> Self:
        """Keep the tests to which all of the keywords apply.

        With both, the timing is that for this condition.

        Raises:
            UnknownId: there is no such record.
        """
        return self._only(self._joined("condition", condition, timing))


class Topics(RecordCollection[Topic]):
    """Hold general topics in editorial order."""

    __slots__ = ()
    kind: ClassVar[Kind] = "topic"

    @explaining
    def where(self, *, aspect: Aspect | None = None) -> Self:
        """Keep the topics that say something about an aspect."""
        check_choice("aspect=", aspect, Aspect, optional=True)
        return self._only(
            test=lambda it: aspect is None or bool(it.by_aspect(aspect))
        )


class Sources(RecordCollection[Source]):
    """Hold the works that statements and cautions come from."""

    __slots__ = ()
    kind: ClassVar[Kind] = "source"

    @explaining
    def where(self, *, publisher: str | None = None) -> Self:
        """Keep the works of one publisher, named exactly."""
        return self._only(test=lambda it: publisher in (None, it.publisher))


class Statements(Collection[Statement]):
    """Hold the statements of all records, record by record."""

    __slots__ = ()
    kind: ClassVar[Kind] = "statement"


class Notices(Collection[Notice]):
    """Hold what has to be shown wherever the content is shown."""

    __slots__ = ()
    kind: ClassVar[Kind] = "notice"


class Events(Collection[Event]):
    """Hold what happened to ids: edits that an author explains, and ends."""

    __slots__ = ()
    kind: ClassVar[Kind] = "event"
