"""Twins of the case, of who is involved and of its log: EpisodeOfCare, CareTeam, Communication, Provenance."""

from typing import Final

from mdt_desktop.domain.allocation import AllocationStatus
from mdt_desktop.domain.case_notes import NoteKind
from mdt_desktop.domain.cases import Stage
from mdt_desktop.fhir import forms
from mdt_desktop.fhir.elements import At, Finer, coded, ours, own_concept, refers
from mdt_desktop.fhir.twin import Twin

_STAGES: Final = {
    Stage.IDENTIFIED.value: "planned",
    Stage.INVITED.value: "waitlist",
    Stage.ACTIVE.value: "active",
    Stage.CONSENTED.value: "active",
    Stage.ASSESSING.value: "active",
    Stage.PLANNING.value: "active",
    Stage.REVIEW.value: "active",
    Stage.STEPPED_DOWN.value: "finished",
    Stage.DECLINED.value: "cancelled",
}
_ALLOCATIONS: Final = {
    AllocationStatus.PROPOSED.value: "proposed",
    AllocationStatus.AGREED.value: "active",
    AllocationStatus.ENDED.value: "inactive",
}
_MEMBER: Final = "participant[]"

CASE: Final = (
    Twin(
        "person_case",
        "EpisodeOfCare",
        (
            refers("person_id", "patient", "Patient"),
            Finer(
                "stage",
                "status",
                f"type[].coding[system={ours('stage')}].code",
                _STAGES,
                also={"onhold": Stage.REVIEW.value},
            ),
            At("opened_on", "period.start", forms.DAY),
        ),
        carries="stage_since complexity primary_need",
    ),
    Twin(
        "stage_change",
        "Provenance",
        (
            refers("case_id", "target[]", "EpisodeOfCare"),
            At("at", "recorded", forms.MOMENT),
            At("by", "agent[].who.display"),
            coded("to_stage", "activity", Stage),
        ),
        carries="from_stage reason",
        wanted={"agent": [{"who": {"display": "unknown"}}]},
    ),
    Twin(
        "care_team_member",
        "CareTeam",
        (
            refers("practitioner_id", f"{_MEMBER}.member", "Practitioner"),
            At("part", f"{_MEMBER}.role[].text"),
            At("joined", f"{_MEMBER}.period.start", forms.DAY),
            At("left", f"{_MEMBER}.period.end", forms.DAY),
        ),
        carries="case_id",
        fixed={"status": "active", "category": [own_concept("care-team", "member")]},
        subject="subject",
    ),
    Twin(
        "lead_allocation",
        "CareTeam",
        (
            refers("practitioner_id", f"{_MEMBER}.member", "Practitioner"),
            At("status", "status", forms.codes(_ALLOCATIONS, {"suspended": AllocationStatus.ENDED.value})),
            At("agreed_at", "period.start", forms.MOMENT),
            At("ended_at", "period.end", forms.MOMENT),
        ),
        carries="case_id proposed_id rule age_rule override_reason agreed_by",
        fixed={
            "category": [own_concept("care-team", "lead-professional")],
            "participant": [{"role": [own_concept("care-team", "lead-professional")]}],
        },
        subject="subject",
    ),
    Twin(
        "case_note",
        "Communication",
        (
            At("words", "payload[].contentString"),
            refers("replaces_id", "inResponseTo[]", "Communication"),
            At("written_at", "sent", forms.MOMENT),
            At("written_by", "sender.display"),
            coded("kind", "medium[]", NoteKind),
        ),
        carries="case_id written_as adds_to_id withdraws",
        fixed={"status": "completed", "category": [own_concept("communication", "case-note")]},
        subject="subject",
    ),
)
