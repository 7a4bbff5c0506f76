"""Questions about how meetings do: what became of their decisions, and how the team found them."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from mdt_desktop.domain.dates import age_on
from mdt_desktop.domain.meeting import DecisionKind
from mdt_desktop.domain.pulse import PulsePart
from mdt_desktop.domain.scoreboard import Implemented
from mdt_desktop.domain.tasks import TaskStatus
from mdt_desktop.store.queries.rows import day

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection


@dataclass(frozen=True, slots=True)
class MeetingAnswers:
    """One meeting of a series and every answer to its pulse, without who gave it."""

    meeting_id: str
    meeting_day: date
    answers: tuple[dict[PulsePart, int], ...]


_IMPLEMENTED = """
SELECT task.status, coalesce(organisation.name, practice.name, ''), coalesce(decision.kind, 'other'),
       person.born, person.deprivation_fifth, person.id, meeting.day
  FROM task
  JOIN meeting ON meeting.id = task.meeting_id
  JOIN person_case ON person_case.id = task.case_id
  JOIN person ON person.id = person_case.person_id
  LEFT JOIN decision ON decision.id = task.decision_id
  LEFT JOIN practitioner ON practitioner.id = owner_id
  LEFT JOIN organisation ON organisation.id = practitioner.organisation_id
  LEFT JOIN practice ON practice.id = practitioner.practice_id
 WHERE meeting.day BETWEEN :first AND :last AND (:locality IS NULL OR meeting.locality_id = :locality)
"""
_ANSWERS = f"""
SELECT meeting.id, day, {", ".join(part.value for part in PulsePart)}
  FROM meeting JOIN pulse_answer ON pulse_answer.meeting_id = meeting.id
 WHERE series_id = ? ORDER BY day, meeting.id
"""


def implemented(connection: "Connection", first: date, last: date, locality_id: str | None = None) -> list[Implemented]:
    """Every action about a person that a meeting agreed between two days; ages are those on the meeting's day."""
    values = {"first": first.isoformat(), "last": last.isoformat(), "locality": locality_id}
    return [
        Implemented(
            TaskStatus(status), organisation, DecisionKind(kind),
            age_on(day(born), day(met)), fifth, person_id,
        )
        for status, organisation, kind, born, fifth, person_id, met in connection.execute(_IMPLEMENTED, values)
    ]  # fmt: skip


def answers(connection: "Connection", series_id: str) -> list[MeetingAnswers]:
    """The pulses of a series, the earliest meeting first."""
    by_meeting: dict[tuple[str, str], list[dict[PulsePart, int]]] = {}
    for meeting_id, met, *values in connection.execute(_ANSWERS, (series_id,)):
        by_meeting.setdefault((meeting_id, met), []).append(dict(zip(PulsePart, values, strict=True)))
    return [MeetingAnswers(meeting_id, day(met), tuple(found)) for (meeting_id, met), found in by_meeting.items()]


def answers_of(connection: "Connection", meeting_id: str) -> int:
    """How many answered the pulse of a meeting."""
    row = connection.execute("SELECT count(*) FROM pulse_answer WHERE meeting_id = ?", (meeting_id,)).fetchone()
    return int(row[0])


def meetings_since_improvement(connection: "Connection", series_id: str) -> tuple[int, int | None]:
    """How many meetings of a series were sealed, and how many since its last improvement; None where there was none."""
    sealed, since = connection.execute(
        """
        WITH sealed AS (SELECT id, day FROM meeting WHERE series_id = :series AND state = 'sealed'),
             last AS (SELECT max(meeting.day) AS day FROM task JOIN meeting ON meeting.id = task.meeting_id
                       WHERE is_improvement AND meeting.series_id = :series)
        SELECT (SELECT count(*) FROM sealed),
               CASE WHEN (SELECT day FROM last) IS NULL THEN NULL
                    ELSE (SELECT count(*) FROM sealed WHERE day > (SELECT day FROM last)) END
        """,
        {"series": series_id},
    ).fetchone()
    return int(sealed), None if since is None else int(since)
