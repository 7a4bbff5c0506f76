"""A held row as the store keeps it: the row, the place it would have in its run, and the values of its reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import orjson

from mdt_desktop.domain.people import Gender
from mdt_desktop.domain.risk import Tier
from mdt_desktop.domain.risk_rows import RiskRow
from mdt_desktop.store.queries.held_rows import PersonOnFile

__all__ = ["HeldContent", "HeldDecision", "HeldSummary", "PersonOnFile"]


@dataclass(frozen=True, slots=True)
class HeldContent:
    """What has to be kept so that a held row can still be taken weeks later."""

    row: RiskRow
    tier: Tier
    rank: int
    values: Mapping[str, object]

    def to_json(self) -> str:
        """As JSON text; dates are ISO texts."""
        kept = {"row": self.row._asdict(), "tier": self.tier, "rank": self.rank, "values": dict(self.values)}
        return orjson.dumps(kept, default=str).decode()

    @classmethod
    def of_json(cls, text: str) -> "HeldContent":
        """Read back what `to_json` wrote."""
        kept = orjson.loads(text)
        row = kept["row"]
        row["born"] = date.fromisoformat(row["born"])
        row["gender"] = Gender(row["gender"])
        row["tier"] = row["tier"] and Tier(row["tier"])
        return cls(RiskRow(**row), Tier(kept["tier"]), kept["rank"], kept["values"])


class HeldDecision(StrEnum):
    """What somebody decided about a held row."""

    TAKEN = "taken"
    ADDED_AS_NEW = "added_as_new"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class HeldSummary:
    """A held row beside the person on file, with the reason in words; `tier` is its place in the run if taken."""

    id: str
    practice_code: str
    practice_name: str
    run_date: date
    line: int
    row: RiskRow
    tier: Tier
    reason: str
    person: PersonOnFile | None
    decision: HeldDecision | None
    decided_at: datetime | None
    decided_by: str

    @property
    def number_is_theirs(self) -> bool:
        """Whether the row carries the NHS number of the person on file, so that somebody else cannot have it."""
        number = self.row.nhs_number
        return number is not None and self.person is not None and self.person.nhs_number == number
