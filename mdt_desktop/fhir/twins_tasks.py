"""Twins of what is to be done and of what happened: Task, Provenance, ServiceRequest, Observation, Encounter."""

from collections.abc import Mapping
from typing import Any, Final

from mdt_desktop.domain.happenings import HandoverState, HappeningKind
from mdt_desktop.domain.tasks import TaskStatus
from mdt_desktop.fhir import forms
from mdt_desktop.fhir.elements import At, Derived, Only, coded, ours, own_concept, refers
from mdt_desktop.fhir.twin import Twin

_TASKS: Final = {
    TaskStatus.OPEN.value: "requested",
    TaskStatus.DONE.value: "completed",
    TaskStatus.PART_DONE.value: "in-progress",
    TaskStatus.CHANGED.value: "cancelled",
    TaskStatus.NOT_DONE.value: "failed",
    TaskStatus.REFUSED.value: "rejected",
}
_TASKS_READ: Final = {
    "draft": TaskStatus.OPEN.value,
    "received": TaskStatus.OPEN.value,
    "accepted": TaskStatus.OPEN.value,
    "ready": TaskStatus.OPEN.value,
    "on-hold": TaskStatus.PART_DONE.value,
}
_HANDOVERS: Final = {
    HandoverState.SENT.value: "requested",
    HandoverState.ACKNOWLEDGED.value: "accepted",
    HandoverState.UNDERSTOOD.value: "completed",
}
_HANDOVERS_READ: Final = {"draft": "sent", "received": "acknowledged", "in-progress": "acknowledged"}
_ACT: Final = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_PRIORITY: Final = "http://terminology.hl7.org/CodeSystem/v3-ActPriority"


def _stay(body: Mapping[str, Any]) -> str:
    return "finished" if body.get("discharged_on") else "in-progress"


TASKS: Final = (
    Twin(
        "task",
        "Task",
        (
            refers("item_id", "encounter", "Encounter"),
            refers("decision_id", "basedOn[]", "ClinicalImpression"),
            At("what", "description"),
            refers("owner_id", "owner", "Practitioner"),
            At("owner_words", "owner.display"),
            At("due", "restriction.period.end", forms.DAY),
            At("status", "status", forms.codes(_TASKS, _TASKS_READ)),
            At("status_reason", "statusReason.text"),
            At("made_at", "authoredOn", forms.MOMENT),
            At("made_by", "requester.display"),
        ),
        carries="case_id meeting_id is_improvement accepted_at",
        fixed={"intent": "order"},
        subject="for",
    ),
    Twin(
        "task_step",
        "Provenance",
        (
            refers("task_id", "target[]", "Task"),
            At("at", "recorded", forms.MOMENT),
            At("by", "agent[].who.display"),
            coded("status", "activity", TaskStatus),
        ),
        carries="reason",
        wanted={"agent": [{"who": {"display": "unknown"}}]},
    ),
    Twin(
        "handover",
        "Task",
        (
            At("need", "description"),
            refers("to_id", "owner", "Practitioner"),
            At("to_words", "owner.display"),
            At("state", "status", forms.codes(_HANDOVERS, _HANDOVERS_READ)),
            At("sent_at", "authoredOn", forms.MOMENT),
            At("sent_by", "requester.display"),
        ),
        carries="case_id next_for_person said_back acknowledged_at understood_at",
        fixed={"intent": "order", "code": own_concept("task", "handover")},
        subject="for",
    ),
    Twin(
        "mdt_referral",
        "ServiceRequest",
        (
            Only(f"code.coding[system={ours('service-request')}].code", ("meeting-discussion",)),
            At("question", "reasonCode[].text"),
            At("referred_on", "authoredOn", forms.DAY),
            At("referred_by", "requester.display"),
            refers("item_id", "encounter", "Encounter"),
        ),
        carries="case_id",
        fixed={"status": "active", "intent": "order", "code": own_concept("service-request", "meeting-discussion")},
        subject="subject",
    ),
    Twin(
        "happening",
        "Observation",
        (
            refers("person_id", "subject", "Patient"),
            coded("kind", "code", HappeningKind),
            At("happened_on", "effectiveDateTime", forms.DAY),
            At("words", "valueString"),
            refers("contingency_plan_id", "focus[]", "CarePlan"),
            At("recorded_by", "performer[].display"),
        ),
        fixed={"status": "final"},
    ),
    Twin(
        "hospital_episode",
        "Encounter",
        (
            Only("class.code", ("IMP", "ACUTE", "NONAC", "SS", "EMER")),
            refers("person_id", "subject", "Patient"),
            At("hospital", "serviceProvider.display"),
            At("admitted_on", "period.start", forms.DAY),
            At("discharged_on", "period.end", forms.DAY),
            At(
                "was_emergency",
                f"priority.coding[system={_PRIORITY}].code",
                forms.codes({True: "EM", False: "R"}, {"EL": False, "UR": True, "A": True, "S": True}),
            ),
            At("reason", "reasonCode[].text"),
            Derived("status", _stay),
        ),
        fixed={"class": {"system": _ACT, "code": "IMP"}},
    ),
)
