"""Say which types the public face has; type checkers read it, none run it."""

from typing import Literal, assert_type

from salvage_kb import (
    Caution,
    Citation,
    Condition,
    Conditions,
    KnowledgeBase,
    Link,
    Modalities,
    Modality,
    MonitoringTests,
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

# What is wrong is seen before it runs: each ignore below is needed.
conditions.where(modalty="surgery")  # type: ignore[call-arg]
conditions.where(modality=side_effects["fatigue"])  # type: ignore[arg-type]
monitoring_tests.where(timing="never")  # type: ignore[arg-type]
conditions & side_effects  # type: ignore[operator]
hiv.nam  # type: ignore[attr-defined]
