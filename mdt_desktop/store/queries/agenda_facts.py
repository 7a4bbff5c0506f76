"""What an agenda asks about the cases of a locality, all at once."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from mdt_desktop.domain.agenda import CaseFacts
from mdt_desktop.domain.cases import Complexity, Stage
from mdt_desktop.domain.risk import Tier
from mdt_desktop.store.queries.rows import day

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

# CROSS JOIN begins with the cases: by itself SQLite reads everybody of the locality first, twenty times as many rows.
_SQL = """
WITH run AS (
    SELECT id, practice_id, row_number() OVER (PARTITION BY practice_id ORDER BY run_date DESC) AS place
      FROM stratification_run),
last_item AS (
    SELECT case_id, agenda_item.state, rolled_over,
           row_number() OVER (PARTITION BY case_id ORDER BY meeting.day DESC, meeting.id DESC) AS place
      FROM agenda_item JOIN meeting ON meeting.id = meeting_id
     WHERE meeting.state = 'sealed' AND agenda_item.state <> 'removed')
SELECT person_case.id, person.id, family_name, given_names, stage, complexity, stage_since, last_score.tier,
       score_before.tier, died IS NOT NULL,
       EXISTS (SELECT 1 FROM lead_allocation WHERE case_id = person_case.id AND status = 'agreed'),
       plan.id IS NOT NULL, plan.review_due,
       (SELECT count(*) FROM task WHERE case_id = person_case.id AND status IN ('open', 'part_done', 'refused')
           AND due < :day)
       + (SELECT count(*) FROM action JOIN goal ON goal.id = goal_id JOIN need ON need.id = need_id
           WHERE need.plan_id = plan.id AND action.status IN ('to_do', 'in_progress') AND due < :day),
       (SELECT max(discharged_on) FROM hospital_episode WHERE person_id = person.id AND discharged_on <= :day),
       (SELECT min(referred_on) FROM mdt_referral WHERE case_id = person_case.id AND item_id IS NULL),
       (SELECT max(happened_on) FROM happening WHERE person_id = person.id AND kind = 'carer_crisis'),
       (SELECT max(happened_on) FROM happening WHERE person_id = person.id AND kind = 'contingency_triggered'),
       (SELECT substr(min(sent_at), 1, 10) FROM handover WHERE case_id = person_case.id AND state <> 'understood'),
       EXISTS (SELECT 1 FROM flag WHERE person_id = person.id AND kind = 'safeguarding'
                  AND (until IS NULL OR until >= :day)),
       (SELECT max(meeting.day) FROM agenda_item JOIN meeting ON meeting.id = meeting_id
         WHERE case_id = person_case.id AND agenda_item.state = 'done' AND meeting.id <> :meeting),
       CASE WHEN last_item.state = 'rolled_over' THEN last_item.rolled_over + 1 ELSE 0 END,
       EXISTS (SELECT 1 FROM agenda_item JOIN meeting ON meeting.id = meeting_id
                WHERE case_id = person_case.id AND meeting.id <> :meeting AND agenda_item.state <> 'removed'
                  AND lane <> 'left_out' AND meeting.state IN ('planned', 'under_way'))
  FROM person_case
  CROSS JOIN person ON person.id = person_case.person_id
  CROSS JOIN practice ON practice.id = person.practice_id
  LEFT JOIN care_plan AS plan ON plan.case_id = person_case.id AND plan.status = 'agreed'
  LEFT JOIN run AS last_run ON last_run.practice_id = person.practice_id AND last_run.place = 1
  LEFT JOIN risk_score AS last_score ON last_score.person_id = person.id AND last_score.run_id = last_run.id
  LEFT JOIN run AS run_before ON run_before.practice_id = person.practice_id AND run_before.place = 2
  LEFT JOIN risk_score AS score_before ON score_before.person_id = person.id AND score_before.run_id = run_before.id
  LEFT JOIN last_item ON last_item.case_id = person_case.id AND last_item.place = 1
 WHERE {which}
"""
_OF_LOCALITY = _SQL.format(which="practice.locality_id = :locality")
_OF_CASE = _SQL.format(which="person_case.id = :case")


@dataclass(frozen=True, slots=True)
class CaseForAgenda:
    """A case with its facts; `since` is the day it came to its stage."""

    case_id: str
    person_id: str
    family_name: str
    given_names: str
    complexity: Complexity
    since: date
    facts: CaseFacts


def of_locality(connection: "Connection", locality_id: str, meeting_id: str, on: date) -> list[CaseForAgenda]:
    """Every case of a locality as it stands for a meeting on a day."""
    values = {"locality": locality_id, "meeting": meeting_id, "day": on.isoformat()}
    return [_case(row) for row in connection.execute(_OF_LOCALITY, values)]


def of_case(connection: "Connection", case_id: str, meeting_id: str, on: date) -> CaseForAgenda | None:
    """One case; None where there is none."""
    row = connection.execute(_OF_CASE, {"case": case_id, "meeting": meeting_id, "day": on.isoformat()}).fetchone()
    return None if row is None else _case(row)


def _case(row: tuple[Any, ...]) -> CaseForAgenda:
    (
        case_id, person_id, family_name, given_names, stage, complexity, since, tier, tier_before, died, has_lead,
        has_plan, review_due, overdue, discharged, referred, crisis, contingency, handover, safeguarding, discussed,
        rolled_over, elsewhere,
    ) = row  # fmt: skip
    facts = CaseFacts(
        stage=Stage(stage),
        tier=Tier(tier) if tier else None,
        tier_before=Tier(tier_before) if tier_before else None,
        died=bool(died),
        has_lead=bool(has_lead),
        has_plan=bool(has_plan),
        review_due=_day(review_due),
        overdue_actions=int(overdue),
        discharged_on=_day(discharged),
        referred_on=_day(referred),
        carer_crisis_on=_day(crisis),
        contingency_on=_day(contingency),
        handover_since=_day(handover),
        open_safeguarding=bool(safeguarding),
        discussed_on=_day(discussed),
        rolled_over=int(rolled_over),
        on_other_agenda=bool(elsewhere),
    )
    return CaseForAgenda(case_id, person_id, family_name, given_names, Complexity(complexity), day(since), facts)


def _day(text: str | None) -> date | None:
    return day(text) if text else None
