"""Twins of workplaces and of the people who work in them: Organization, Practitioner, PractitionerRole."""

from typing import Final

from mdt_desktop.domain.organisations import OrganisationKind, Role
from mdt_desktop.domain.permissions import AccessRole
from mdt_desktop.fhir import forms
from mdt_desktop.fhir.elements import At, coded, own_concept, refers
from mdt_desktop.fhir.twin import Twin

ODS_SYSTEM: Final = "https://fhir.nhs.uk/Id/ods-organization-code"
_PHONE: Final = "telecom[system=phone].value"

DIRECTORY: Final = (
    Twin(
        "organisation",
        "Organization",
        (
            At("name", "name"),
            coded("kind", "type[]", OrganisationKind),
            refers("locality_id", "partOf", "Organization"),
            At("telephone", _PHONE),
        ),
        fixed={"active": True},
    ),
    Twin(
        "practice",
        "Organization",
        (
            At("code", f"identifier[system={ODS_SYSTEM}].value"),
            At("name", "name"),
            refers("locality_id", "partOf", "Organization"),
            At("telephone", _PHONE),
        ),
        carries="network list_size",
        fixed={"active": True, "type": [own_concept("organisation-kind", "gp_practice")]},
    ),
    Twin(
        "locality",
        "Organization",
        (At("name", "name"),),
        fixed={"active": True, "type": [own_concept("place", "locality")]},
    ),
    Twin(
        "practitioner",
        "Practitioner",
        (
            At("name", "name[use=official].text", also=("name[].text",)),
            At("telephone", _PHONE),
            At("email", "telecom[system=email].value"),
            At("active", "active", forms.YES_NO),
            coded("role", "qualification[].code", Role),
        ),
        carries="discipline organisation_id practice_id locality_id",
    ),
    Twin(
        "role_held",
        "PractitionerRole",
        (
            refers("practitioner_id", "practitioner", "Practitioner"),
            coded("role", "code[]", AccessRole),
            refers("locality_id", "organization", "Organization"),
            At("since", "period.start", forms.DAY),
            At("until", "period.end", forms.DAY),
        ),
        carries="given_by",
    ),
)
