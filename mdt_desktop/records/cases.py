"""Records of the case: where it stands, who is in the care team, who leads."""

from datetime import date, datetime

from sqlmodel import Field

from mdt_desktop.domain.allocation import AgeRule, AllocationRule, AllocationStatus, PrimaryNeed
from mdt_desktop.domain.case_notes import NoteKind
from mdt_desktop.domain.cases import Complexity, Stage
from mdt_desktop.domain.organisations import Role
from mdt_desktop.records.base import Record, UtcDateTime, choice


class Case(Record, table=True):
    """One person's time with the team (FHIR EpisodeOfCare)."""

    __tablename__ = "person_case"

    person_id: str = Field(foreign_key="person.id", unique=True)
    stage: Stage = Field(default=Stage.IDENTIFIED, sa_type=choice(Stage))
    stage_since: date
    opened_on: date
    complexity: Complexity = Field(default=Complexity.NOT_RECORDED, sa_type=choice(Complexity))
    primary_need: PrimaryNeed = Field(default=PrimaryNeed.NOT_RECORDED, sa_type=choice(PrimaryNeed))


class StageChange(Record, table=True):
    """One move of a case from a stage to the next; never changed afterwards."""

    __tablename__ = "stage_change"

    case_id: str = Field(foreign_key="person_case.id", index=True)
    from_stage: Stage = Field(sa_type=choice(Stage))
    to_stage: Stage = Field(sa_type=choice(Stage))
    reason: str = Field(default="", max_length=2000)
    at: datetime = Field(sa_type=UtcDateTime)
    by: str = Field(max_length=200)


class CareTeamMember(Record, table=True):
    """A practitioner who is involved in the person's care (FHIR CareTeam participant)."""

    __tablename__ = "care_team_member"

    case_id: str = Field(foreign_key="person_case.id", index=True)
    practitioner_id: str = Field(foreign_key="practitioner.id")
    part: str = Field(default="", max_length=200)
    joined: date
    left: date | None = None


class LeadAllocation(Record, table=True):
    """A proposed, agreed or ended lead professional (FHIR CareTeam participant with role)."""

    __tablename__ = "lead_allocation"

    case_id: str = Field(foreign_key="person_case.id", index=True)
    practitioner_id: str = Field(foreign_key="practitioner.id", index=True)
    proposed_id: str | None = Field(default=None, foreign_key="practitioner.id")
    status: AllocationStatus = Field(sa_type=choice(AllocationStatus))
    rule: AllocationRule = Field(sa_type=choice(AllocationRule))
    age_rule: AgeRule = Field(sa_type=choice(AgeRule))
    override_reason: str = Field(default="", max_length=2000)
    agreed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    agreed_by: str = Field(default="", max_length=200)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CaseNote(Record, table=True):
    """Words of the care navigator's log about a case (FHIR Communication); never changed: a correction is a new note
    that replaces one (SYNC 5.1). One that `withdraws` says why what it replaces was entered in error."""

    __tablename__ = "case_note"

    case_id: str = Field(foreign_key="person_case.id", index=True)
    words: str = Field(min_length=1, max_length=20_000)
    replaces_id: str | None = Field(default=None, foreign_key="case_note.id")
    written_at: datetime = Field(sa_type=UtcDateTime)
    written_by: str = Field(max_length=200)
    kind: NoteKind = Field(default=NoteKind.OTHER, sa_type=choice(NoteKind))
    written_as: Role | None = Field(default=None, sa_type=choice(Role))
    adds_to_id: str | None = Field(default=None, foreign_key="case_note.id")
    withdraws: bool = False
