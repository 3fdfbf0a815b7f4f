"""Say how far something was reviewed, on a given day.

Nothing here reads a clock: the same day gives the same answer for ever.
"""

from __future__ import annotations

from datetime import (
    date,  # the codec reads the annotations
    datetime,
    timedelta,
)
from typing import Final, Literal, TypeAlias

import attrs

from .model import Value
from .vocabulary import check_choice

SourceState: TypeAlias = Literal[
    "unreviewed", "current", "due-soon", "overdue"
]
TextState: TypeAlias = Literal[SourceState, "lapsed", "withdrawn"]
#: Whose review counts: that of the source, or that of our text.
Basis: TypeAlias = Literal["source", "text"]

#: After so many calendar years a review is due again. This is our policy.
YEARS: Final = 3
#: So long before it is due, a review is due soon.
_SOON: Final = timedelta(days=90)


def due_after(day: date) -> date:
    """Give the day on which a review of *day* is due again.

    It is the same day three years later; for 29 February, the 28th.
    """
    try:
        return day.replace(year=day.year + YEARS)
    except ValueError:
        return day.replace(year=day.year + YEARS, day=28)


@attrs.frozen(kw_only=True)
class SourceReview(Value):
    """Record who reviewed a source, and when. It says nothing of our text."""

    source_id: str
    reviewer: str
    reviewed_on: date

    @property
    def due_on(self) -> date:
        """Tell the last day before the review is overdue."""
        return due_after(self.reviewed_on)


@attrs.frozen(kw_only=True)
class TextReview(Value):
    """Record who signed the text of a record, and what it was then.

    Attributes:
        due_on: the last day before the review is overdue.
        digest: the digest of what was signed.
        withdrawn_on: when the signature was taken back, if it was.
    """

    reviewer: str
    credential: str
    signed_on: date
    due_on: date
    digest: str
    withdrawn_on: date | None = None


@attrs.frozen(kw_only=True)
class Review(Value):
    """Keep apart who reviewed the source, and who reviewed our text.

    Attributes:
        source_review: of the cited source that was reviewed longest ago;
            none if any cited source records no review.
        text_review: of the wording here; none if nobody has signed it.
        digest: the digest of the text as it is now; none if nobody has
            signed it.
    """

    source_review: SourceReview | None
    text_review: TextReview | None
    digest: str | None = None

    @property
    def is_lapsed(self) -> bool:
        """Tell whether the text is no longer the one that was signed."""
        signed = self.text_review
        return signed is not None and signed.digest != self.digest

    @property
    def signature(self) -> TextReview | None:
        """Give who signed the words as they are, unless it was taken back."""
        signed = self.text_review
        if signed is None or signed.withdrawn_on is not None:
            return None
        return None if self.is_lapsed else signed

    def source_state(self, *, on: date) -> SourceState:
        """Say how far the source's review holds on a day; not of our text.

        ``due-soon`` are the last 90 days, the day it is due among them. On
        days before the review, the source was ``unreviewed``.
        """
        _check_day(on)
        known = self.source_review
        if known is None or on < known.reviewed_on:
            return "unreviewed"
        return _by_date(known.due_on, on)

    def state(self, *, on: date) -> TextState:
        """Say how far somebody's review of our wording holds on a day.

        ``lapsed`` is a text that differs from what was signed, whatever the
        day.
        """
        _check_day(on)
        signed = self.text_review
        if signed is None or on < signed.signed_on:
            return "unreviewed"
        if signed.withdrawn_on is not None and on >= signed.withdrawn_on:
            return "withdrawn"
        return "lapsed" if self.is_lapsed else _by_date(signed.due_on, on)

    def holds(self, *, on: date, basis: Basis) -> bool:
        """Tell whether the review of the source, or of our text, is valid."""
        check_choice("basis=", basis, Basis)
        if basis == "source":
            state: TextState = self.source_state(on=on)
        else:
            state = self.state(on=on)
        return state in {"current", "due-soon"}


def _by_date(due_on: date, on: date) -> SourceState:
    if on > due_on:
        return "overdue"
    return "due-soon" if due_on - on < _SOON else "current"


def _check_day(on: object) -> None:
    if not isinstance(on, date) or isinstance(on, datetime):
        message = f"on= takes a datetime.date, not {on!r:.50}"
        raise TypeError(message)
