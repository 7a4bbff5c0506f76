"""Records of a practice's monthly risk run and what it says of each person."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field

from mdt_desktop.domain.risk import Tier, TierApproach
from mdt_desktop.records.base import Record, UtcDateTime, choice


class StratificationRun(Record, table=True):
    """One practice's risk run of one date: what was counted, with which tool, by which approach."""

    __tablename__ = "stratification_run"
    __table_args__ = (Index("stratification_run_practice_date", "practice_id", "run_date", unique=True),)

    practice_id: str = Field(foreign_key="practice.id")
    run_date: date
    tool: str = Field(default="", max_length=100)
    tool_version: str = Field(default="", max_length=50)
    approach: TierApproach = Field(sa_type=choice(TierApproach))
    approach_words: str = Field(default="", max_length=2000)
    list_size: int = Field(ge=0)
    very_high: int = Field(default=0, ge=0)
    high: int = Field(default=0, ge=0)
    moderate: int = Field(default=0, ge=0)
    rejected: int = Field(default=0, ge=0)
    held: int = Field(default=0, ge=0)
    file_sha256: str = Field(min_length=64, max_length=64, index=True)
    imported_at: datetime = Field(sa_type=UtcDateTime)
    imported_by: str = Field(max_length=200)


class RiskScore(Record, table=True):
    """One person's place in one run; a corrected run keeps the id that the person's score had."""

    __tablename__ = "risk_score"
    __table_args__ = (Index("risk_score_person_run", "person_id", "run_id", unique=True),)

    person_id: str = Field(foreign_key="person.id")
    run_id: str = Field(foreign_key="stratification_run.id")
    score: float | None = None
    rank: int | None = Field(default=None, ge=1)
    tier: Tier = Field(sa_type=choice(Tier))
    emergency_admissions: int | None = Field(default=None, ge=0)
    long_term_conditions: str = Field(default="", max_length=1000)
    frailty_index: float | None = Field(default=None, ge=0, le=1)


class HeldRow(Record, table=True):
    """A row of a risk file that disagrees with the person on file: kept for somebody to decide, never merged."""

    __tablename__ = "held_row"

    run_id: str = Field(foreign_key="stratification_run.id", index=True)
    person_id: str | None = Field(default=None, foreign_key="person.id")
    line: int = Field(ge=1)
    row_json: str
    reason: str = Field(max_length=100)
    decision: str = Field(default="", max_length=100)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: str = Field(default="", max_length=200)
