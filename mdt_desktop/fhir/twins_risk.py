"""Twins of a practice's risk run and of each person's place in it: RiskAssessment."""

from typing import Final

from mdt_desktop.domain.risk import Tier, TierApproach
from mdt_desktop.fhir import forms
from mdt_desktop.fhir.elements import BASE, At, coded, own_concept, refers
from mdt_desktop.fhir.twin import Twin

PRACTICE_LIST: Final = f"{BASE}/id/practice-list"
"""Names everybody on a practice's list, whom a run is about, by the practice's id."""

RISK: Final = (
    Twin(
        "risk_score",
        "RiskAssessment",
        (
            refers("person_id", "subject", "Patient"),
            refers("run_id", "parent", "RiskAssessment"),
            coded("tier", "prediction[].qualitativeRisk", Tier),
        ),
        carries="score rank emergency_admissions long_term_conditions frailty_index",
        fixed={"status": "final", "code": own_concept("risk", "person")},
    ),
    Twin(
        "stratification_run",
        "RiskAssessment",
        (
            At("practice_id", "subject.identifier.value"),
            At("run_date", "occurrenceDateTime", forms.DAY),
            At("tool", "method.text"),
            coded("approach", "method", TierApproach),
            At("imported_by", "performer.display"),
        ),
        carries="tool_version approach_words list_size very_high high moderate rejected held file_sha256 imported_at",
        fixed={
            "status": "final",
            "code": own_concept("risk", "practice-run"),
            "subject": {"type": "Group", "identifier": {"system": PRACTICE_LIST}},
        },
    ),
)
