"""The merge rule table of SYNC 5.8 as data: for every column of every record that is shared, what two changes make."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from mdt_desktop.domain.consent import MOST_CAUTIOUS_FIRST


class FieldKind(StrEnum):
    """What a column is to a merge of two changes."""

    FIXED = "fixed"
    """Set when the record was made (its parents): what the central store has stands."""
    TRACE = "trace"
    """Who and when: goes with the value it belongs to, is in dispute only with it."""
    PLACE = "place"
    """The order key of a list: what the central store has stands; ties are broken by id."""
    IDENTITY = "identity"
    """Who somebody is: never chosen by the program; the central store's is shown."""
    PLAIN = "plain"
    """Any single value: a conflict; the central store's is shown."""
    STATUS = "status"
    """How far something is: a conflict; the central store's is shown. Its wording is another column."""
    CAUTION = "caution"
    """Consent, alerts, risk: the most cautious value is in force at once, and a conflict is kept."""
    EARLIER = "earlier"
    """A day something is due: the earlier is shown, and a conflict is kept."""
    SET = "set"
    """Keys with commas between them: what either added is there, what either took away is not."""
    ONCE = "once"
    """A column of a record that is only ever added: what the central store has stands."""
    TEXT = "text"
    """Paragraphs: changes in different ones are joined and to be read over; in the same one they are a conflict."""
    ANSWER = "answer"
    """The answer to a question, as JSON: a text is merged by its paragraphs, anything else is as a single value."""


NEVER = "\x00never"
"""In an order of caution: no day at all, as of an alert that does not end."""
LATER_FIRST, EARLIER_FIRST = "later first", "earlier first"
"""Orders of caution of days: which of two is the more cautious."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for one column; `order` are its values or the order of its days, the most cautious first."""

    kind: FieldKind
    order: tuple[str, ...] = ()


_F, _T, _O, _I, _P, _S = (
    FieldKind.FIXED, FieldKind.TRACE, FieldKind.PLACE, FieldKind.IDENTITY, FieldKind.PLAIN, FieldKind.STATUS,
)  # fmt: skip
_E, _SET, _ONCE, _TEXT = FieldKind.EARLIER, FieldKind.SET, FieldKind.ONCE, FieldKind.TEXT

_KINDS: Mapping[str, Mapping[FieldKind, str]] = {
    # Places and people who work in them
    "locality": {_F: "id", _P: "name"},
    "practice": {_F: "id code", _P: "name network locality_id list_size telephone"},
    "organisation": {_F: "id", _P: "name kind locality_id telephone"},
    "practitioner": {
        _F: "id",
        _P: "name role discipline organisation_id practice_id locality_id telephone email",
    },
    "role_held": {_F: "id practitioner_id role locality_id since", _T: "given_by"},
    # The person and those close to them
    "person": {
        _F: "id",
        _I: "nhs_number nhs_number_status family_name given_names born died",
        _P: "title preferred_name gender address postcode telephone email language ethnicity religion practice_id"
        " deprivation_fifth",
    },
    "personal_contact": {_F: "id person_id", _P: "name relationship relation telephone email", _TEXT: "comments"},
    "flag": {_F: "id person_id", _P: "kind words since"},
    # Risk
    "stratification_run": {
        _F: "id practice_id run_date",
        _P: "tool tool_version approach approach_words list_size very_high high moderate rejected held file_sha256",
        _T: "imported_at imported_by",
    },
    "risk_score": {
        _F: "id person_id run_id",
        _P: "score rank emergency_admissions frailty_index long_term_conditions",
    },
    # Consent, sharing, restriction: decisions are records of their own
    "consent": {_F: "id person_id knew", _P: "basis shared_with shared_what evidence decided_by decided_on",
                _SET: "groups scopes", _T: "recorded_by"},
    "sharing_decision": {  # never changed: a later one counts
        _ONCE: "id person_id recipient_kind recipient_id part choice basis decided_on note recorded_by"
    },
    "restriction": {_F: "id person_id at by", _TEXT: "reason lifted_reason", _T: "lifted_by"},
    "broken_glass": {_F: "id person_id practitioner_id by reason opened_at", _P: "reviewed_at", _T: "reviewed_by",
                     _TEXT: "review"},
    # The case
    "person_case": {_F: "id person_id opened_on", _S: "stage", _P: "primary_need", _T: "stage_since"},
    "stage_change": {_ONCE: "id case_id from_stage to_stage reason at by"},
    "care_team_member": {_F: "id case_id practitioner_id joined", _P: "part left"},
    "lead_allocation": {
        _F: "id case_id practitioner_id proposed_id rule age_rule",
        _S: "status",
        _P: "override_reason",
        _T: "agreed_at agreed_by ended_at",
    },
    "case_note": {
        _ONCE: "id case_id words replaces_id written_at written_by kind written_as adds_to_id withdraws"
    },
    "case_paper": {_ONCE: "id case_id title media size sha256 added_at added_by", _P: "removed_reason",
                   _T: "removed_at removed_by"},
    # Assessment
    "assessment": {
        _F: "id case_id questionnaire questionnaire_version",
        _S: "status",
        _P: "unsigned_reason",
        _T: "started_at started_by completed_at",
    },
    "answer": {
        _F: "id assessment_id link_id position", FieldKind.ANSWER: "value_json", _T: "answered_at answered_by",
    },
    "part_signature": {_ONCE: "id assessment_id part practitioner_id signed_by discipline signed_at"},
    # The care plan
    "care_plan": {
        _F: "id case_id version",
        _S: "status",
        _T: "started_at started_by agreed_by",
        _TEXT: "most_important important_people communication wellness please_do support also_worth_knowing strengths",
        _P: "supported_by funding agreed_with agreed_name agreed_role agreed_on reviewer_id",
        _E: "review_due",
    },
    "need": {_F: "id plan_id origin", _O: "order_key", _TEXT: "words"},
    "goal": {_F: "id need_id origin", _O: "order_key", _TEXT: "words", _P: "importance domain", _S: "status"},
    "action": {
        _F: "id goal_id origin",
        _O: "order_key",
        _TEXT: "what",
        _P: "practitioner_id who when_words confidence",
        _E: "due",
        _S: "status",
    },
    "contingency_plan": {
        _F: "id plan_id origin",
        _O: "order_key",
        _TEXT: "trigger what_should_happen",
        _P: "contact_name contact_role contact_telephone",
    },
    "other_plan": {_F: "id plan_id origin", _O: "order_key", _P: "kind location dated replaced"},
    # Meetings
    "meeting_series": {
        _F: "id locality_id",
        _P: "name weekday starts_at length_minutes place link first_chaired_by health_chair_id council_chair_id"
        " quorum_chair quorum_health quorum_social_care quorum_knows_person unseen_weeks active",
        _TEXT: "purpose",
    },
    "series_member": {_F: "id series_id practitioner_id", _P: "part"},
    "meeting": {
        _F: "id series_id locality_id",
        _P: "day starts_at length_minutes place link chaired_by chair_id next_day",
        _TEXT: "purpose",
        _T: "began_at ended_at current_item_id sealed_at sealed_by",
    },
    "attendance": {_F: "id meeting_id practitioner_id", _P: "part mode", _S: "state", _T: "joined_at left_at"},
    "agenda_item": {
        _F: "id meeting_id case_id from_item_id",
        _O: "order_key",
        _P: "lane minutes persons_view_why_not outcome parked_with_id parked_until removed_because quorate challenge",
        _SET: "reasons",
        _TEXT: "question persons_view carers_view challenge_answer",
        _S: "state",
        _T: "began_at ended_at seconds rolled_over added_by missing_for_quorum",
    },
    "item_presence": {_ONCE: "id item_id practitioner_id"},
    "meeting_note": {_ONCE: "id meeting_id item_id words replaces_id written_at written_by"},
    "decision": {
        _ONCE: "id item_id kind words changes_id change_reason decided_at recorded_by",
        _P: "is_agreed",
    },
    "addendum": {_ONCE: "id meeting_id item_id words written_at written_by"},
    "pulse_answer": {
        _ONCE: "id meeting_id right_people information_ready persons_view_heard everyone_contributed clear_decisions"
        " time_well_used"
    },
    # What is to be done, and what happened
    "task": {
        _F: "id case_id meeting_id item_id decision_id is_improvement",
        _TEXT: "what",
        _P: "owner_id owner_words status_reason",
        _E: "due",
        _S: "status",
        _T: "made_at made_by accepted_at",
    },
    "task_step": {_ONCE: "id task_id status reason at by"},
    "mdt_referral": {_F: "id case_id referred_on", _TEXT: "question", _P: "item_id", _T: "referred_by"},
    "happening": {_F: "id person_id", _P: "kind happened_on contingency_plan_id", _TEXT: "words", _T: "recorded_by"},
    "hospital_episode": {_F: "id person_id", _P: "hospital admitted_on discharged_on was_emergency", _TEXT: "reason"},
    "handover": {
        _F: "id case_id",
        _TEXT: "need next_for_person said_back",
        _P: "to_id to_words",
        _S: "state",
        _T: "sent_at sent_by acknowledged_at understood_at",
    },
}  # fmt: skip

_CAUTION: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    # Least is shared, least is lent, an alert stands, a risk is taken for the higher one.
    "consent": {"status": tuple(status.value for status in MOST_CAUTIOUS_FIRST)},
    "restriction": {"lifted_at": (NEVER, LATER_FIRST)},
    "broken_glass": {"ends_at": (EARLIER_FIRST, NEVER), "ended_at": (EARLIER_FIRST, NEVER)},
    "flag": {"until": (NEVER, LATER_FIRST)},
    "personal_contact": {"may_be_contacted": ("false", "true")},
    "risk_score": {"tier": ("very_high", "high", "moderate", "below")},
    # What belongs to somebody else is out of sight at once.
    "case_paper": {"status": ("removed", "current")},
    "person_case": {"complexity": ("complex", "moderate", "not_recorded")},
    "role_held": {"until": (EARLIER_FIRST, NEVER)},
    "practitioner": {"active": ("false", "true")},
    # A sealed meeting takes addenda only; nothing opens it again.
    "meeting": {"state": ("sealed", "under_way", "cancelled", "planned")},
}


def _rules() -> dict[str, dict[str, Rule]]:
    made: dict[str, dict[str, Rule]] = {}
    for type_, kinds in _KINDS.items():
        made[type_] = {column: Rule(kind) for kind, columns in kinds.items() for column in columns.split()}
    for type_, orders in _CAUTION.items():
        made[type_] |= {column: Rule(FieldKind.CAUTION, order) for column, order in orders.items()}
    return made


RULES: Mapping[str, Mapping[str, Rule]] = _rules()
"""The rule of each column by type of record; a type that is not here never leaves the laptop."""

NOT_SHARED = frozenset({"held_row"})
"""Records of this laptop only: rows of a risk file that wait for somebody to decide."""
