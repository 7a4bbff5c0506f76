"""Twins of the joint care plan: CarePlan, Condition for a need, Goal, and a Task for each action of the plan."""

from typing import Final

from mdt_desktop.domain.care_plan import ActionStatus, GoalStatus, IStatementDomain, PlanStatus
from mdt_desktop.fhir import forms
from mdt_desktop.fhir.elements import ABSENT, At, Finer, coded, concept, extension_url, own_concept, refers
from mdt_desktop.fhir.twin import Twin

_HL7: Final = "http://terminology.hl7.org/CodeSystem"
_PLANS: Final = {
    PlanStatus.DRAFT.value: "draft",
    PlanStatus.AGREED.value: "active",
    PlanStatus.SUPERSEDED.value: "revoked",
}
_GOALS: Final = {
    GoalStatus.PROPOSED.value: "proposed",
    GoalStatus.ACTIVE.value: "active",
    GoalStatus.ACHIEVED.value: "completed",
    GoalStatus.PARTLY_ACHIEVED.value: "completed",
    GoalStatus.NOT_ACHIEVED.value: "completed",
    GoalStatus.STOPPED.value: "cancelled",
}
_GOALS_READ: Final = {
    "planned": GoalStatus.PROPOSED.value,
    "accepted": GoalStatus.ACTIVE.value,
    "on-hold": GoalStatus.ACTIVE.value,
    "rejected": GoalStatus.STOPPED.value,
}
_ACTIONS: Final = {
    ActionStatus.TO_DO.value: "requested",
    ActionStatus.IN_PROGRESS.value: "in-progress",
    ActionStatus.DONE.value: "completed",
    ActionStatus.REFUSED.value: "rejected",
    ActionStatus.STOPPED.value: "cancelled",
}
TASKS_READ: Final = {
    "draft": ActionStatus.TO_DO.value,
    "received": ActionStatus.TO_DO.value,
    "accepted": ActionStatus.TO_DO.value,
    "ready": ActionStatus.TO_DO.value,
    "on-hold": ActionStatus.IN_PROGRESS.value,
    "failed": ActionStatus.STOPPED.value,
}

PLAN: Final = (
    Twin(
        "care_plan",
        "CarePlan",
        (
            At("status", "status", forms.codes(_PLANS, {"on-hold": "draft", "completed": "superseded"})),
            At("started_at", "created", forms.MOMENT),
            At("started_by", "author.display"),
            At("most_important", "description"),
        ),
        carries="case_id version important_people communication wellness please_do support also_worth_knowing"
        " supported_by strengths funding agreed_with agreed_name agreed_role agreed_on agreed_by review_due"
        " reviewer_id",
        fixed={"intent": "plan", "title": "Joint care plan", "category": [own_concept("care-plan", "joint")]},
        subject="subject",
    ),
    Twin(
        "contingency_plan",
        "CarePlan",
        (
            refers("plan_id", "partOf[]", "CarePlan"),
            At("trigger", "title"),
            At("what_should_happen", "description"),
        ),
        carries="origin order_key contact_name contact_role contact_telephone",
        fixed={"status": "active", "intent": "plan", "category": [own_concept("care-plan", "contingency")]},
        subject="subject",
    ),
    Twin(
        "other_plan",
        "CarePlan",
        (
            refers("plan_id", "partOf[]", "CarePlan"),
            At("kind", "title"),
            At("location", "description"),
            At("dated", "created", forms.DAY),
            At("replaced", "status", forms.codes({False: "active", True: "revoked"}, {"completed": True})),
        ),
        carries="origin order_key",
        fixed={"intent": "plan", "category": [own_concept("care-plan", "other")]},
        subject="subject",
    ),
    Twin(
        "need",
        "Condition",
        (At("words", "code.text"),),
        carries="plan_id origin order_key",
        fixed={
            "clinicalStatus": concept(f"{_HL7}/condition-clinical", "active"),
            "category": [concept(f"{_HL7}/condition-category", "problem-list-item")],
        },
        subject="subject",
    ),
    Twin(
        "goal",
        "Goal",
        (
            refers("need_id", "addresses[]", "Condition"),
            At("words", "description.text"),
            Finer(
                "status",
                "lifecycleStatus",
                f"extension[url={extension_url('goal', 'status')}].valueCode",
                _GOALS,
                _GOALS_READ,
            ),
            coded("domain", "category[]", IStatementDomain),
        ),
        carries="origin order_key importance",
        wanted={"description": ABSENT},
        subject="subject",
    ),
    Twin(
        "action",
        "Task",
        (
            refers("goal_id", "basedOn[]", "Goal"),
            At("what", "description"),
            refers("practitioner_id", "owner", "Practitioner"),
            At("who", "owner.display"),
            At("due", "restriction.period.end", forms.DAY),
            At("status", "status", forms.codes(_ACTIONS, TASKS_READ)),
        ),
        carries="origin order_key when_words confidence",
        fixed={"intent": "plan"},
        subject="for",
    ),
)
