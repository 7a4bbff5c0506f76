"""What the list of who looked at a person's plan is made of, on paper and on the screen: plain frozen values."""

from dataclasses import dataclass
from datetime import date, datetime

from mdt_desktop.documents.care_plan_paper import PersonBlock
from mdt_desktop.words import words


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did on one day, in plain English; `times` how often, `why` the reason they gave."""

    words: str
    times: int = 1
    why: str = ""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who looked or did something on one day: name, what they are, and for whom they work."""

    name: str
    role: str
    organisation: str
    deeds: tuple[Deed, ...]

    @property
    def who(self) -> str:
        """Name, role and organisation in one line."""
        return ", ".join(part for part in (self.name, self.role, self.organisation) if part)


@dataclass(frozen=True, slots=True)
class LookedDay:
    """One day with everybody who did something on it, in the order they began."""

    day: date
    visitors: tuple[Visitor, ...]


@dataclass(frozen=True, slots=True)
class WhoLookedPaper:
    """Who looked at a person's plan and record, the latest day first; nothing on it is an id.

    `printed_at` comes in local time; `ask` is whom to ask about it.
    """

    person: PersonBlock
    days: tuple[LookedDay, ...]
    printed_by: str
    printed_at: datetime
    printed_why: str = ""
    issuer: str = ""
    ask: str = ""
    demo: bool = False


def deed_words(deed: Deed) -> str:
    """What was done, how often, and why: "Opened your record (3 times)"."""
    told = deed.words if deed.times == 1 else words("paper.looked.times", what=deed.words, times=deed.times)
    return words("paper.looked.why", what=told, why=deed.why) if deed.why else told
