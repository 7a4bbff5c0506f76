"""Twins of the person and of those close to them: Patient, RelatedPerson, Flag, AllergyIntolerance."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mdt_desktop.domain.nhs_number import NhsNumber, NotAnNhsNumber
from mdt_desktop.domain.people import ContactRelation, FlagKind, NhsNumberStatus
from mdt_desktop.fhir import element_path, forms
from mdt_desktop.fhir.elements import ABSENT, Always, At, Body, Resource, coded, concept, extension_url, refers
from mdt_desktop.fhir.errors import ElementWrong
from mdt_desktop.fhir.twin import Twin

NHS_NUMBER_SYSTEM: Final = "https://fhir.nhs.uk/Id/nhs-number"
_NUMBER: Final = f"identifier[system={NHS_NUMBER_SYSTEM}]"
_VERIFICATION: Final = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus"
_VERIFICATION_CODES: Final = "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland"
_STATUS_BESIDE_NUMBER: Final = (
    f"{_NUMBER}.extension[url={_VERIFICATION}].valueCodeableConcept.coding[system={_VERIFICATION_CODES}].code"
)
_STATUS_ALONE: Final = f"extension[url={extension_url('person', 'nhs_number_status')}].valueCode"
_STATUSES: Final = forms.codes(
    {
        NhsNumberStatus.VERIFIED.value: "01",
        NhsNumberStatus.PRESENT_NOT_TRACED.value: "02",
        NhsNumberStatus.NOT_PRESENT.value: "03",
        NhsNumberStatus.TRACE_NOT_REQUIRED.value: "07",
    },
    dict.fromkeys(("04", "05", "06", "08"), NhsNumberStatus.PRESENT_NOT_TRACED.value),
)
_OWN_STATUSES: Final = forms.own_codes(tuple(status.value for status in NhsNumberStatus))


@dataclass(frozen=True, slots=True)
class NhsNumberElement:
    """The NHS number with how far it is to be trusted, as UK Core has it; the status alone where there is no number.

    A number from outside without a status is present and not traced.
    """

    @property
    def columns(self) -> tuple[str, ...]:
        return ("nhs_number", "nhs_number_status")

    def place(self, column: str) -> str:
        return f"{_NUMBER}.value"

    def write(self, body: Mapping[str, Any], resource: Resource) -> None:
        number, status = body.get("nhs_number"), body.get("nhs_number_status")
        if number:
            element_path.write(resource, f"{_NUMBER}.value", number)
            element_path.write(resource, _STATUS_BESIDE_NUMBER, _STATUSES.write(status))
        elif status not in (None, NhsNumberStatus.NOT_PRESENT):
            element_path.write(resource, _STATUS_ALONE, status)

    def read(self, resource: Mapping[str, Any]) -> Body:
        said = element_path.expression("Patient", f"{_NUMBER}.value")
        number = element_path.read(resource, f"{_NUMBER}.value")
        if number is None:
            status = element_path.read(resource, _STATUS_ALONE)
            return {} if status is None else {"nhs_number_status": _OWN_STATUSES.read(status, said)}
        try:
            digits = NhsNumber.parse(forms.TEXT.read(number, said)).digits
        except NotAnNhsNumber as fault:
            raise ElementWrong(path=said, wanted="a valid NHS number") from fault
        told = element_path.read(resource, _STATUS_BESIDE_NUMBER)
        where = element_path.expression("Patient", _STATUS_BESIDE_NUMBER)
        status = NhsNumberStatus.PRESENT_NOT_TRACED.value if told is None else _STATUSES.read(told, where)
        return {"nhs_number": digits, "nhs_number_status": status}


def _is_allergy(body: Mapping[str, Any]) -> bool:
    return body.get("kind") == FlagKind.ALLERGY


@dataclass(frozen=True, slots=True)
class FlagStands:
    """No column: an alert from outside that stands no more says so by its end, or it is not taken."""

    @property
    def columns(self) -> tuple[str, ...]:
        return ()

    def place(self, column: str) -> str:
        return "status"

    def write(self, body: Mapping[str, Any], resource: Resource) -> None:
        """One that ends on a day to come still stands, so the period says it and not the status."""
        resource["status"] = "active"

    def read(self, resource: Mapping[str, Any]) -> Body:
        status, end = resource.get("status"), element_path.read(resource, "period.end")
        if status != "active" and not (status == "inactive" and end is not None):
            raise ElementWrong(path="Flag.status", wanted="active, or inactive with an end of its period")
        return {}


_HL7: Final = "http://terminology.hl7.org/CodeSystem"
_OFFICIAL: Final = "name[use=official]"
_GENDERS: Final = {"female": "female", "male": "male", "other": "other", "not_known": "unknown"}

PERSON: Final = (
    Twin(
        "person",
        "Patient",
        (
            NhsNumberElement(),
            At("family_name", f"{_OFFICIAL}.family", also=("name[].family",)),
            At("given_names", f"{_OFFICIAL}.given", forms.WORDS, also=("name[].given",)),
            At("title", f"{_OFFICIAL}.prefix[]", also=("name[].prefix[]",)),
            At("preferred_name", "name[use=usual].text", also=("name[use=nickname].text",)),
            At("born", "birthDate", forms.DAY),
            At("died", "deceasedDateTime", forms.DAY),
            At("gender", "gender", forms.codes(_GENDERS)),
            At("address", "address[use=home].text", also=("address[].text",)),
            At("postcode", "address[use=home].postalCode", also=("address[].postalCode",)),
            At("telephone", "telecom[system=phone].value"),
            At("email", "telecom[system=email].value"),
            At("language", "communication[].language.text"),
            refers("practice_id", "generalPractitioner[]", "Organization"),
        ),
        carries="ethnicity religion deprivation_fifth",
    ),
    Twin(
        "personal_contact",
        "RelatedPerson",
        (
            refers("person_id", "patient", "Patient"),
            At("name", "name[].text"),
            coded("relation", "relationship[]", ContactRelation),
            At("relationship", "relationship[].text"),
            At("telephone", "telecom[system=phone].value"),
            At("email", "telecom[system=email].value"),
        ),
        carries="may_be_contacted comments",
    ),
    Twin(
        "flag",
        "Flag",
        (
            refers("person_id", "subject", "Patient"),
            coded("kind", "code", FlagKind),
            At("words", "code.text", also=("code.coding[].display",)),
            FlagStands(),
            At("since", "period.start", forms.DAY),
            At("until", "period.end", forms.DAY),
        ),
        when=lambda body: not _is_allergy(body),
    ),
    Twin(
        "flag",
        "AllergyIntolerance",
        (
            refers("person_id", "patient", "Patient"),
            Always("kind", FlagKind.ALLERGY.value),
            At("words", "code.text", also=("code.coding[].display",)),
            At("since", "onsetDateTime", forms.DAY),
        ),
        carries="until",
        fixed={"clinicalStatus": concept(f"{_HL7}/allergyintolerance-clinical", "active")},
        wanted={"code": ABSENT},
        when=_is_allergy,
    ),
)
