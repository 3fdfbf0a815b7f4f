"""Say which types the public face has; type checkers read it, none run it."""

from datetime import date
from typing import Any, Literal, assert_type

from salvage_kb import (
    Caution,
    Citation,
    CodeMatch,
    Condition,
    Conditions,
    Hit,
    KnowledgeBase,
    Link,
    Modalities,
    Modality,
    MonitoringTests,
    Problem,
    Record,
    SideEffect,
    SideEffects,
    Source,
    Statement,
    Text,
    conditions,
    kb,
    modalities,
    monitoring_tests,
    side_effects,
    sources,
)
from salvage_kb.export import File, export
from salvage_kb.export.pages import html
from salvage_kb.history import diff

hiv = conditions["hiv"]
assert_type(hiv, Condition)
assert_type(hiv.name, Text)
assert_type(hiv.summary, Statement)
assert_type(hiv.statements, tuple[Statement, ...])
assert_type(hiv.statements[0].cautions, tuple[Caution, ...])
assert_type(hiv.statements[0].citations[0], Citation)
assert_type(hiv.statements[0].citations[0].source, Source)
assert_type(hiv.modalities, Modalities)
assert_type(hiv.side_effects & conditions["cancer"].side_effects, SideEffects)
assert_type(hiv.monitoring_tests, MonitoringTests)
assert_type(hiv.link(side_effects["fatigue"]), Link)
assert_type(
    hiv.link(side_effects["fatigue"]).timing,
    Literal["before", "during", "after"] | None,
)

assert_type(list(conditions), list[Condition])
assert_type(conditions.get("nope"), Condition | None)
assert_type(conditions.get("nope", 5), Condition | int)
assert_type(conditions.ids, tuple[str, ...])
assert_type(conditions.where(modality="surgery"), Conditions)
assert_type(conditions.where(modality=modalities["surgery"]), Conditions)
assert_type(modalities["surgery"].broader, Modality | None)
assert_type(modalities["surgery"].narrower, Modalities)
assert_type(side_effects["fatigue"].conditions, Conditions)
assert_type(side_effects["fatigue"].clinical_term, Text | None)
assert_type(monitoring_tests["viral-load-test"].why, Statement)
assert_type(list(hiv.side_effects)[0], SideEffect)
assert_type(sources["icliniq-salvage-therapy"].cited_by, tuple[Statement, ...])
assert_type(sources["icliniq-salvage-therapy"].summary, Statement | None)
assert_type(KnowledgeBase.load("x"), KnowledgeBase)
assert_type(kb.statements["conditions/hiv/mainstay"], Statement)

assert_type(conditions.by_code("MeSH", "x"), tuple[CodeMatch[Condition], ...])
assert_type(side_effects.search("x"), tuple[Hit[SideEffect], ...])
assert_type(kb.search("x")[0].record, Record)
assert_type(kb.search("x")[0].cautions, tuple[Caution, ...])
assert_type(kb.localized("es", fallback="omit"), KnowledgeBase)
assert_type(conditions.localized("es"), Conditions)
assert_type(hiv.localized("es"), Condition)
assert_type(kb.negotiate("es"), str)
assert_type(kb.with_translator(lambda *_: None), KnowledgeBase)
assert_type(kb.reviewed(on=date(2026, 1, 1)).conditions, Conditions)
assert_type(kb.overlay("x"), KnowledgeBase)
assert_type(kb.verify(), tuple[Problem, ...])
assert_type(conditions.to_records(), list[dict[str, Any]])
assert_type(list(export(kb, "csv", ["es"])), list[File])
assert_type(html(kb, hiv), str)
assert_type(diff(kb, kb).bump, Literal["patch", "minor", "major"] | None)
assert_type(
    hiv.review.source_state(on=date(2026, 1, 1)),
    Literal["unreviewed", "current", "due-soon", "overdue"],
)

# What is wrong is seen before it runs: each ignore below is needed.
conditions.where(modalty="surgery")  # type: ignore[call-arg]
conditions.where(modality=side_effects["fatigue"])  # type: ignore[arg-type]
kb.localized("es", fallback="never")  # type: ignore[arg-type]
monitoring_tests.where(timing="never")  # type: ignore[arg-type]
conditions & side_effects  # type: ignore[operator]
hiv.nam  # type: ignore[attr-defined]
