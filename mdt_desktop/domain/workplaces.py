"""What an entry of the directory must hold: practitioners, practices, organisations and localities."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from mdt_desktop.domain.errors import BadInput, NotAllowed
from mdt_desktop.domain.organisations import Discipline, OrganisationKind, Role

LONGEST = {"name": 200, "network": 200, "telephone": 50, "email": 200}
"""Characters that fit into each field."""
LONGEST_LOCALITY = 100
_TELEPHONE = re.compile(r"\+?[\d\s()-]*\d[\d\s()-]*((ext|extension|x)\.?\s*\d+)?", re.IGNORECASE)
_EMAIL = re.compile(r"[^\s@]+@[^\s@.]+(\.[^\s@.]+)+")
_FEWEST_DIGITS = 3  # 111 and 999 are numbers, too

Problems = dict[str, BadInput]
"""What is wrong, by the field it is wrong in."""


class EntryNotValid(BadInput):
    """Something in an entry must be put right; `problems` has an error with its own sentence for each field."""

    code = "entry_not_valid"

    def __init__(self, problems: Mapping[str, BadInput]) -> None:
        super().__init__(fields=", ".join(problems))
        self.problems = dict(problems)


class EntryNameMissing(BadInput):
    """An entry needs a name."""

    code = "entry_name_missing"


class EntryTooLong(BadInput):
    """A text is longer than fits. Values: `most`."""

    code = "entry_too_long"


class TelephoneNotValid(BadInput):
    """A telephone number has digits, spaces, + ( ) - and perhaps an extension."""

    code = "entry_telephone_not_valid"


class EmailNotValid(BadInput):
    """An email address is a name, one @ and a place with a dot in it."""

    code = "entry_email_not_valid"


class RoleMissing(BadInput):
    """A practitioner needs a role."""

    code = "entry_role_missing"


class DisciplineMissing(BadInput):
    """A practitioner needs a discipline, by which the lead is proposed."""

    code = "entry_discipline_missing"


class WorkplaceMissing(BadInput):
    """A practitioner works for one practice or one organisation."""

    code = "entry_workplace_missing"


class KindMissing(BadInput):
    """An organisation needs its kind."""

    code = "entry_kind_missing"


class PlaceMissing(BadInput):
    """A practice lies in a locality."""

    code = "entry_locality_missing"


class EntryKnown(BadInput):
    """The same entry is in the directory already. Values: `name`."""

    code = "entry_known"


class OwnLocalityNeeded(BadInput):
    """Whoever uses this store works in a locality: new practices are put there."""

    code = "own_locality_needed"


class OwnEntry(NotAllowed):
    """Whoever uses this store stays in the directory."""

    code = "own_entry"


class StillLeads(NotAllowed):
    """Somebody who leads people cannot leave before they are handed on. Values: `name`, `people` (a count)."""

    code = "still_leads"


@dataclass(frozen=True, slots=True)
class PractitionerDetails:
    """What is asked of a practitioner. `practice_id` or `organisation_id`, not both; without a locality somebody of an
    organisation works for the whole borough, and somebody of a practice works where that is."""

    name: str
    role: Role | None
    discipline: Discipline | None
    practice_id: str | None = None
    organisation_id: str | None = None
    locality_id: str | None = None
    telephone: str = ""
    email: str = ""

    def problems(self) -> Problems:
        """What must be put right before this can be recorded."""
        found = _of_texts(name=self.name, telephone=self.telephone, email=self.email)
        if self.role is None:
            found["role"] = RoleMissing()
        if self.discipline is None:
            found["discipline"] = DisciplineMissing()
        if bool(self.practice_id) == bool(self.organisation_id):
            found["workplace"] = WorkplaceMissing()
        return found


@dataclass(frozen=True, slots=True)
class PracticeDetails:
    """What can be changed of a practice; its code and list size come with its risk files."""

    name: str
    network: str
    locality_id: str
    telephone: str = ""

    def problems(self) -> Problems:
        """What must be put right before this can be recorded."""
        found = _of_texts(name=self.name, network=self.network, telephone=self.telephone)
        if not self.locality_id:
            found["locality"] = PlaceMissing()
        return found


@dataclass(frozen=True, slots=True)
class OrganisationDetails:
    """What is asked of an organisation; without a locality it serves the whole borough."""

    name: str
    kind: OrganisationKind | None
    locality_id: str | None = None
    telephone: str = ""

    def problems(self) -> Problems:
        """What must be put right before this can be recorded."""
        found = _of_texts(name=self.name, telephone=self.telephone)
        if self.kind is None:
            found["kind"] = KindMissing()
        return found


def locality_problems(name: str) -> Problems:
    """What is wrong with a locality's name."""
    if not name.strip():
        return {"name": EntryNameMissing()}
    return {"name": EntryTooLong(most=LONGEST_LOCALITY)} if len(name.strip()) > LONGEST_LOCALITY else {}


def require_valid(problems: Problems) -> None:
    """Raise `EntryNotValid` where there is a problem."""
    if problems:
        raise EntryNotValid(problems)


def same_name(one: str, other: str) -> bool:
    """Whether two names are the same but for case and spaces."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _of_texts(**texts: str) -> Problems:
    """What is wrong with texts, by the name of their field."""
    found: Problems = {}
    for field, text in ((field, text.strip()) for field, text in texts.items()):
        if len(text) > LONGEST[field]:
            found[field] = EntryTooLong(most=LONGEST[field])
        elif field == "name" and not text:
            found[field] = EntryNameMissing()
        elif field == "telephone" and text and not is_telephone(text):
            found[field] = TelephoneNotValid()
        elif field == "email" and text and not _EMAIL.fullmatch(text):
            found[field] = EmailNotValid()
    return found


def is_telephone(text: str) -> bool:
    """Whether this can be dialled: at least three digits, an extension after them at most."""
    return bool(_TELEPHONE.fullmatch(text)) and sum(it.isdigit() for it in text) >= _FEWEST_DIGITS
