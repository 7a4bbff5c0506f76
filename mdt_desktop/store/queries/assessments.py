"""Questions about assessments: which there are, their answers and their signatures."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson

from mdt_desktop.domain.assessment import AssessmentStatus
from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.organisations import Discipline
from mdt_desktop.store.queries.rows import made, moment

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

_COLUMNS = (
    "SELECT assessment.id, case_id, questionnaire, questionnaire_version, assessment.status, started_at,"
    " started_by, completed_at, unsigned_reason,"
    " (SELECT count(*) FROM answer WHERE assessment_id = assessment.id AND value_json <> 'null'),"
    " (SELECT max(answered_at) FROM answer WHERE assessment_id = assessment.id) FROM assessment"
)


@dataclass(frozen=True, slots=True)
class AssessmentSummary:
    """One filling of a questionnaire; `answers` counts what is recorded so far.

    `unsigned_reason` says why it was completed with unsigned parts; `last_answered_at` counts answers taken away too.
    """

    id: str
    case_id: str
    questionnaire: str
    questionnaire_version: str
    status: AssessmentStatus
    started_at: datetime
    started_by: str
    completed_at: datetime | None
    unsigned_reason: str
    answers: int
    last_answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class ChangeSummary:
    """Who last changed the answers of a question, and when; taking an answer away is a change."""

    link_id: str
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class SignatureSummary:
    """The signature of a part."""

    part: str
    signed_by: str
    discipline: Discipline
    signed_at: datetime


def assessments(connection: "Connection", case_id: str) -> list[AssessmentSummary]:
    """The assessments of a case, the latest first."""
    rows = connection.execute(f"{_COLUMNS} WHERE case_id = ? ORDER BY assessment.id DESC", (case_id,))
    return [_summary(row) for row in rows]


def assessment(connection: "Connection", assessment_id: str) -> AssessmentSummary:
    """One assessment; raises `NotFound`."""
    row = connection.execute(f"{_COLUMNS} WHERE assessment.id = ?", (assessment_id,)).fetchone()
    if row is None:
        raise NotFound(kind="assessment")
    return _summary(row)


def answers(connection: "Connection", assessment_id: str) -> dict[tuple[str, str], Any]:
    """Answers by (link id, position); values as they were given: text, number, yes or no, ISO date."""
    rows = connection.execute(
        "SELECT link_id, position, value_json FROM answer WHERE assessment_id = ? AND value_json <> 'null'",
        (assessment_id,),
    )
    return {(row[0], row[1]): orjson.loads(row[2]) for row in rows}


def last_changes(connection: "Connection", assessment_id: str) -> list[ChangeSummary]:
    """Who last changed each question, the oldest change first."""
    rows = connection.execute(
        # SQLite takes the other columns from the row that holds the maximum.
        "SELECT link_id, max(answered_at) AS latest, answered_by FROM answer WHERE assessment_id = ?"
        " GROUP BY link_id ORDER BY latest, link_id",
        (assessment_id,),
    )
    return [made(ChangeSummary, row, changed_at=moment) for row in rows]


def signatures(connection: "Connection", assessment_id: str) -> dict[str, SignatureSummary]:
    """The latest signature of each signed part."""
    rows = connection.execute(
        "SELECT part, signed_by, discipline, signed_at FROM part_signature WHERE assessment_id = ?"
        " ORDER BY signed_at, id",
        (assessment_id,),
    )
    return {row[0]: made(SignatureSummary, row, discipline=Discipline, signed_at=moment) for row in rows}


def _summary(row: tuple[Any, ...]) -> AssessmentSummary:
    return made(
        AssessmentSummary,
        row,
        status=AssessmentStatus,
        started_at=moment,
        completed_at=moment,
        last_answered_at=moment,
    )
