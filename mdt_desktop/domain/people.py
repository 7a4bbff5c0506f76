"""What is recorded of a person and how their name and number are written on a clinical screen."""

from enum import StrEnum


class Gender(StrEnum):
    """Current gender; the default is "not known" (CUI CGS-0013)."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    NOT_KNOWN = "not_known"


class NhsNumberStatus(StrEnum):
    """How far the NHS number is to be trusted (UK Core NHS number verification status, shortened)."""

    VERIFIED = "verified"
    PRESENT_NOT_TRACED = "present_not_traced"
    NOT_PRESENT = "not_present"
    TRACE_NOT_REQUIRED = "trace_not_required"


class ContactRelation(StrEnum):
    """What somebody is to the person (PRSB personal contacts, relationship type)."""

    CARER = "carer"
    NEXT_OF_KIN = "next_of_kin"
    EMERGENCY_CONTACT = "emergency_contact"
    DEPENDANT = "dependant"
    NEIGHBOUR_OR_FRIEND = "neighbour_or_friend"
    OTHER = "other"


class FlagKind(StrEnum):
    """An alert that stands in the banner: shape and words, never colour alone."""

    ALLERGY = "allergy"
    LIVES_ALONE = "lives_alone"
    KEY_SAFE = "key_safe"
    HEARING = "hearing"
    SIGHT = "sight"
    INTERPRETER = "interpreter"
    SAFEGUARDING = "safeguarding"
    STAFF_SAFETY = "staff_safety"
    DO_NOT_CONTACT = "do_not_contact"
    OTHER = "other"


def name_on_screen(family_name: str, given_names: str, title: str = "") -> str:
    """`SURNAME, Given (Title)`, never shortened (CUI NID-0001 to 0014)."""
    name = family_name.upper()
    if given_names:
        name = f"{name}, {given_names}"
    return f"{name} ({title.strip('. ')})" if title.strip(". ") else name


def name_for_the_person(family_name: str, given_names: str, title: str = "") -> str:
    """The name as one would say it, for paper and letters: `Title Given Surname`."""
    return " ".join(part for part in (title.strip(), given_names.strip(), family_name.strip()) if part)


def spaced_nhs_number(digits: str | None) -> str:
    """Ten digits as 3 3 4 with single spaces (CUI NUM-0001); an empty text where there is no number."""
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}" if digits else ""
