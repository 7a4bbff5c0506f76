"""Why a plan leaves the program, and what a file of it may be called (SECURITY R23)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mdt_desktop.domain.errors import BadInput
from mdt_desktop.domain.sharing import RecipientKind, SharingGroup


class PaperKind(StrEnum):
    """What leaves: an agreed plan, a draft, the planning sheet of somebody who has neither, or who looked at it."""

    PLAN = "plan"
    DRAFT = "draft"
    SHEET = "sheet"
    WHO_LOOKED = "who_looked"


class PrintReason(StrEnum):
    """The reasons offered before a plan is printed or saved."""

    FOR_THE_PERSON = "for_the_person"
    FOR_THE_CARER = "for_the_carer"
    FOR_HOME_CARE = "for_home_care"
    FOR_THE_MEETING = "for_the_meeting"
    OTHER = "other"


FOR_WHOM = {
    "person": PrintReason.FOR_THE_PERSON,
    "carer": PrintReason.FOR_THE_CARER,
    "home-care": PrintReason.FOR_HOME_CARE,
    "meeting": PrintReason.FOR_THE_MEETING,
}
"""The reasons as one names them at the command line; all but the first share, and need a basis."""


_GROUP_OF = {
    PrintReason.FOR_THE_CARER: SharingGroup.FAMILY,
    PrintReason.FOR_HOME_CARE: SharingGroup.HOME_CARE,
    PrintReason.FOR_THE_MEETING: SharingGroup.MEETING,
}


class ReasonMissing(BadInput):
    """Another reason than those offered must be put in words."""

    code = "print_reason_missing"


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why a paper is made: one of the reasons, with words of one's own where it is another (or to say more).

    `recipient` is who gets it, as the sharing matrix knows them; None stands for everybody whom the reason fits.
    """

    reason: PrintReason
    words: str = ""
    recipient: tuple[RecipientKind, str] | None = None

    def __post_init__(self) -> None:
        """Raise `ReasonMissing` for another reason without words."""
        if self.reason is PrintReason.OTHER and not self.words.strip():
            raise ReasonMissing()

    @property
    def is_sharing(self) -> bool:
        """Whether the plan goes to somebody else, which needs a basis; a person may always have their own plan."""
        return self.reason is not PrintReason.FOR_THE_PERSON

    @property
    def group(self) -> SharingGroup:
        """Whom the reason fits where nobody is named."""
        return _GROUP_OF.get(self.reason, SharingGroup.OTHER)


def suggested_file_name(version: int, on: date) -> str:
    """`care-plan-v3-2026-11-23.pdf`: nothing in the name says whose plan it is."""
    return f"care-plan-v{version}-{on.isoformat()}.pdf"


def suggested_sheet_name(on: date) -> str:
    """`planning-sheet-2026-11-23.pdf`: nothing in the name says whose sheet it is."""
    return f"planning-sheet-{on.isoformat()}.pdf"


def suggested_looked_name(on: date) -> str:
    """`who-looked-2026-11-23.pdf`: nothing in the name says at whose plan."""
    return f"who-looked-{on.isoformat()}.pdf"
