"""How far something was reviewed, on a given day."""

from datetime import UTC, date, datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salvage_kb import (
    KnowledgeBase,
    Review,
    SourceReview,
    TextReview,
    conditions,
    kb,
    sources,
    topics,
)

REVIEWED = date(2025, 12, 3)
DIGEST = "a" * 64
SIGNED = TextReview(
    reviewer="A. Doctor",
    credential="MD",
    signed_on=REVIEWED,
    due_on=date(2028, 12, 3),
    digest=DIGEST,
)


def of_source(day=REVIEWED):
    """Make the review of a source."""
    return Review(
        source_review=SourceReview(
            source_id="x", reviewer="R", reviewed_on=day
        ),
        text_review=None,
    )


def of_text(digest=DIGEST, **changes):
    """Make the review of a text."""
    signed = attrs.evolve(SIGNED, **changes)
    return Review(source_review=None, text_review=signed, digest=digest)


STATES = [
    (date(2025, 12, 2), "unreviewed"),
    (date(2025, 12, 3), "current"),
    (date(2026, 11, 23), "current"),
    (date(2028, 9, 4), "current"),
    (date(2028, 9, 5), "due-soon"),
    (date(2028, 12, 3), "due-soon"),
    (date(2028, 12, 4), "overdue"),
    (date.max, "overdue"),
]


@pytest.mark.parametrize(("day", "state"), STATES)
def test_states(day, state):
    """Three years, the last 90 days of them due soon, for both alike."""
    assert state == of_source().source_state(on=day)
    assert state == of_text().state(on=day)
    assert state == conditions["hiv"].review.source_state(on=day)
    assert "unreviewed" == conditions["hiv"].review.state(on=day)


@pytest.mark.parametrize(("day", "state"), STATES)
def test_it_holds_until_it_is_overdue(day, state):
    """A review is valid while it is current, or due soon."""
    valid = state in {"current", "due-soon"}

    assert valid == of_source().holds(on=day, basis="source")
    assert valid == of_text().holds(on=day, basis="text")
    assert not of_source().holds(on=day, basis="text")
    assert not of_text().holds(on=day, basis="source")


def test_there_are_90_days_of_due_soon():
    """Day for day, 90 of them are due soon."""
    days = (date(2028, 6, 1) + timedelta(days=n) for n in range(300))
    found = [of_source().source_state(on=day) for day in days]

    assert 90 == found.count("due-soon")


@pytest.mark.parametrize(
    ("day", "due_on"),
    [
        (date(2025, 12, 3), date(2028, 12, 3)),
        (date(2024, 2, 29), date(2027, 2, 28)),
        (date(2021, 2, 28), date(2024, 2, 28)),
    ],
)
def test_three_calendar_years(day, due_on):
    """It is due on the same day of the calendar, or the last of February."""
    assert due_on == of_source(day).source_review.due_on


@pytest.mark.parametrize(("day", "_"), STATES[1:])
def test_lapsed(day, _):
    """A text that differs from what was signed has lapsed, on any day."""
    review = of_text(digest="b" * 64)

    assert "lapsed" == review.state(on=day)
    assert review.is_lapsed
    assert not of_text().is_lapsed
    assert not of_source().is_lapsed


def test_withdrawn():
    """A signature that was taken back is worth nothing from that day on."""
    review = of_text(digest="b" * 64, withdrawn_on=date(2026, 5, 5))

    assert "lapsed" == review.state(on=date(2026, 5, 4))
    assert "withdrawn" == review.state(on=date(2026, 5, 5))
    assert "unreviewed" == review.state(on=date(2025, 1, 1))


@given(st.dates(), st.dates())
def test_states_only_get_worse(one, other):
    """As days go by, no state gets better, once there is a review."""
    order = ["current", "due-soon", "overdue"]
    early, late = sorted([one, other])
    states = [
        of_source().source_state(on=day)
        for day in (early, late)
        if day >= REVIEWED
    ]

    assert states == sorted(states, key=order.index)


@pytest.mark.parametrize(
    "day", [None, "2026-01-01", 5, datetime(2026, 1, 1, tzinfo=UTC)], ids=str
)
def test_a_day_is_a_date(day):
    """What is no date is refused; a moment is not a day."""
    for method in (of_source().source_state, of_source().state):
        with pytest.raises(TypeError) as caught:
            method(on=day)

        message = f"on= takes a datetime.date, not {day!r:.50}"
        assert message == str(caught.value)


def test_without_reviews():
    """Where nobody reviewed anything, that is what is said."""
    review = sources["mesh-labels"].review

    assert "unreviewed" == review.source_state(on=REVIEWED)
    assert "unreviewed" == review.state(on=REVIEWED)


def test_reviewed_by_source():
    """The view has what the source's review covers on that day."""
    assert kb.conditions == kb.reviewed(on=date(2026, 11, 23)).conditions
    late = kb.reviewed(on=date(2028, 12, 4), basis="source")

    assert [0] * 6 == [
        len(getattr(late, name))
        for name in (
            "conditions",
            "modalities",
            "side_effects",
            "monitoring_tests",
            "topics",
            "statements",
        )
    ]
    assert kb.sources == late.sources
    assert kb.notices == late.notices
    assert 0 == late.manifest.counts["statements"]


def signed(*keys):
    """Give the bundled content with some records signed."""
    bundle = kb.to_bundle()
    for folder, id in keys:
        record = getattr(kb, folder)[id]
        review = attrs.evolve(SIGNED, digest=record.text_digest)
        row = next(row for row in bundle[folder] if row["id"] == id)
        row["text_review"] = review.to_dict()
    return KnowledgeBase.from_bundle(bundle)


def test_reviewed_by_text():
    """Relations, links and counts follow what is in the view."""
    mine = signed(
        ("conditions", "hiv"),
        ("conditions", "cancer"),
        ("side_effects", "fatigue"),
        ("modalities", "bypass-surgery"),
    )
    view = mine.reviewed(on=date(2026, 1, 1), basis="text")
    hiv = view.conditions["hiv"]

    assert ("hiv", "cancer") == view.conditions.ids
    assert ("fatigue",) == hiv.side_effects.ids
    assert ("hiv", "cancer") == view.side_effects["fatigue"].conditions.ids
    assert () == hiv.modalities.ids
    assert None is view.modalities["bypass-surgery"].broader
    assert () == view.topics.ids
    assert "current" == hiv.review.state(on=date(2026, 1, 1))
    link = hiv.link(view.side_effects["fatigue"])
    assert {"hiv", "fatigue"} == {s.record.id for s in link.statements}
    assert 1 == view.manifest.counts["side_effects"]
    assert view.digest == KnowledgeBase.from_bundle(view.to_bundle()).digest
    assert () == KnowledgeBase.from_bundle(view.to_bundle()).verify()


def test_a_signature_of_words_that_stay():
    """Where another language was not to be had, the words are those signed."""
    mine = signed(("conditions", "hiv"))
    found = {
        tag: mine.localized(tag).conditions["hiv"].review.signature is None
        for tag in ("en", "en-GB", "uk", "es")
    }

    assert {"en": False, "en-GB": False, "uk": False, "es": True} == found


def test_history_follows_what_is_kept():
    """Past events stay that lead to something kept, or to nothing."""
    stays = {
        "kept": ("conditions/hiv/mainstay", "edited", ()),
        "moved-here": ("conditions/a", "moved", ("conditions/hiv",)),
        "edited-before-it-moved": ("conditions/a/b", "edited", ()),
        "withdrawn": ("topics/a", "withdrawn", ()),
    }
    goes = {
        "left-out": ("conditions/copd/what-it-is", "edited", ()),
        "moved-away": ("conditions/b", "moved", ("conditions/copd",)),
        "edited-before-it-went": ("conditions/b/c", "edited", ()),
        "split-away": (
            "conditions/c",
            "split",
            ("conditions/hiv", "conditions/copd"),
        ),
    }
    bundle = signed(("conditions", "hiv")).to_bundle()
    bundle["history"] = [
        {
            "id": id,
            "subject": subject,
            "fate": fate,
            "since": "1.0.0",
            "targets": list(targets),
            "reason": "Because.",
        }
        | ({"significance": "editorial"} if fate == "edited" else {})
        for id, (subject, fate, targets) in (stays | goes).items()
    ]
    mine = KnowledgeBase.from_bundle(bundle)
    view = mine.reviewed(on=date(2026, 1, 1), basis="text")

    assert sorted(stays) == sorted(view.history.ids)
    assert view.digest == KnowledgeBase.from_bundle(view.to_bundle()).digest


def test_a_link_goes_with_its_last_statement():
    """Where only one record of a link is kept, its statements remain."""
    mine = signed(("conditions", "hiv"), ("side_effects", "vomiting"))
    bundle = mine.to_bundle()
    hiv = next(row for row in bundle["conditions"] if row["id"] == "hiv")
    for link in hiv["side_effect_links"]:
        if link["id"] == "vomiting":
            link["statements"] = ["side_effects/fatigue/hiv"]
    mine = KnowledgeBase.from_bundle(bundle)
    view = mine.reviewed(on=date(2026, 1, 1), basis="text")

    assert ("vomiting",) == view.side_effects.ids
    assert () == view.conditions["hiv"].side_effects.ids


def test_broader_stays_where_both_stay():
    """A wider modality is still there if it was signed too."""
    mine = signed(("modalities", "surgery"), ("modalities", "bypass-surgery"))
    view = mine.reviewed(on=date(2026, 1, 1), basis="text")

    assert "surgery" == view.modalities["bypass-surgery"].broader.id


def test_a_wrong_basis():
    """A basis that does not exist is refused with those that do."""
    with pytest.raises(ValueError, match="it is one of source, text"):
        kb.reviewed(on=REVIEWED, basis="both")
    with pytest.raises(ValueError, match="basis= cannot be 'Source'"):
        conditions["hiv"].review.holds(on=REVIEWED, basis="Source")


def test_what_a_signature_covers():
    """Words count, with names and cautions; order, codes and links do not."""
    hiv = conditions["hiv"]
    same = attrs.evolve(hiv, position=99, codes=(), side_effect_links=())
    assert hiv.text_digest == same.text_digest
    assert hiv.text_digest == attrs.evolve(hiv, text_review=SIGNED).text_digest
    topic = topics["prognosis"]
    first = topic.statements[0]
    for change in (
        {"name": "Other"},
        {"statements": (attrs.evolve(first, text="Other."),)},
        {"statements": (*topic.statements[:1],)},
        {"summary_id": topic.statements[1].id},
    ):
        changed = attrs.evolve(topic, **change)
        assert topic.text_digest != changed.text_digest
    cautious = topics["after-salvage-therapy"]
    bare = tuple(attrs.evolve(s, cautions=()) for s in cautious.statements)
    changed = attrs.evolve(cautious, statements=bare)
    assert cautious.text_digest != changed.text_digest
