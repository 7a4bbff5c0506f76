"""What of a person's records may go into a FHIR Bundle: how it is found, who may see it, which part it belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mdt_desktop.domain.meeting import DecisionKind
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.domain.sharing import SharedPart
from mdt_desktop.services.plan_paper import NOT_ON_PAPER

_P, _S = Permission, SharedPart


@dataclass(frozen=True, slots=True)
class Part:
    """A kind of record that is found by the column that names its parent.

    `see` is the permission of the role; `parts` are those of the sharing matrix that must all be shared with whoever
    gets it, unless that is the person: None stands for what goes to nobody else.
    """

    kind: str
    column: str
    see: Permission
    parts: frozenset[SharedPart] | None = frozenset()


def _part(kind: str, column: str, see: Permission, *parts: SharedPart) -> Part:
    return Part(kind, column, see, frozenset(parts))


_WHOLE_ASSESSMENT: Final = (_S.HEALTH, _S.SOCIAL_CARE, _S.MENTAL_HEALTH, _S.CARER)

PARTS: Final[tuple[Part, ...]] = (
    _part("person_case", "person_id", _P.SEE_CASE),
    _part("flag", "person_id", _P.SEE_CASE, _S.HEALTH),
    _part("personal_contact", "person_id", _P.SEE_CONTACTS, _S.PEOPLE),
    _part("consent", "person_id", _P.SEE_CONSENT),
    Part("sharing_decision", "person_id", _P.SEE_CONSENT, None),
    _part("risk_score", "person_id", _P.SEE_RISK, _S.RISK),
    _part("hospital_episode", "person_id", _P.SEE_CASE, _S.HEALTH),
    _part("stage_change", "case_id", _P.SEE_CASE),
    _part("care_team_member", "case_id", _P.SEE_CASE, _S.PEOPLE),
    _part("lead_allocation", "case_id", _P.SEE_CASE, _S.PEOPLE),
    _part("assessment", "case_id", _P.SEE_ASSESSMENT, *_WHOLE_ASSESSMENT),
    _part("answer", "assessment_id", _P.SEE_ASSESSMENT, *_WHOLE_ASSESSMENT),
    _part("part_signature", "assessment_id", _P.SEE_ASSESSMENT, *_WHOLE_ASSESSMENT),
    _part("care_plan", "case_id", _P.SEE_PLAN),
    _part("need", "plan_id", _P.SEE_PLAN, _S.NEEDS),
    _part("goal", "need_id", _P.SEE_PLAN, _S.NEEDS),
    _part("action", "goal_id", _P.SEE_PLAN, _S.NEEDS),
    _part("contingency_plan", "plan_id", _P.SEE_PLAN, _S.CONTINGENCY),
    _part("other_plan", "plan_id", _P.SEE_PLAN, _S.HEALTH),
    # What a carer said and when they were at their end is theirs before it is anybody else's.
    _part("happening", "person_id", _P.SEE_CASE, _S.CARER),
    _part("mdt_referral", "case_id", _P.SEE_MEETINGS, _S.HEALTH, _S.SOCIAL_CARE),
    Part("agenda_item", "case_id", _P.SEE_MEETINGS, None),
    Part("item_presence", "item_id", _P.SEE_MEETINGS, None),
    Part("meeting_note", "item_id", _P.SEE_MEETINGS, None),
    Part("decision", "item_id", _P.SEE_MEETINGS, None),
    Part("addendum", "item_id", _P.SEE_MEETINGS, None),
    _part("task", "case_id", _P.SEE_CASE, _S.NEEDS),
    _part("task_step", "task_id", _P.SEE_CASE, _S.NEEDS),
    _part("handover", "case_id", _P.SEE_CASE, _S.NEEDS),
    Part("case_note", "case_id", _P.SEE_CASE, None),
    Part("case_paper", "case_id", _P.SEE_PAPERS, None),
)
"""Every kind of record about a person, parents before what hangs on them."""

STAYS: Final = frozenset({"restriction", "broken_glass"})
"""About the safeguarding of the record itself: never in a Bundle."""

NEVER: Final[Mapping[str, frozenset[str]]] = {
    "flag": frozenset(NOT_ON_PAPER),
    "decision": frozenset({DecisionKind.SAFEGUARDING}),
}
"""Alerts and decisions by `kind` that whoever holds the Bundle must not read in it, as on paper."""

NAMED: Final = ("stratification_run", "meeting", "practitioner", "organisation", "practice", "locality")
"""Kinds that go along where a record names them: they tell of nobody who is cared for."""

PLAN_COLUMNS: Final[Mapping[SharedPart, tuple[str, ...]]] = {
    SharedPart.ABOUT_ME: (
        "most_important", "important_people", "communication", "wellness", "please_do", "support",
        "also_worth_knowing", "supported_by", "strengths",
    ),
    SharedPart.SOCIAL_CARE: ("funding",),
}  # fmt: skip
"""Columns of a plan that are empty for somebody with whom the part is not shared, as on paper."""
