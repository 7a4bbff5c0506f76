"""Twins of consent, of what may go to whom, of restriction and broken glass: Consent, Flag, AuditEvent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mdt_desktop.domain.consent import ConsentBasis, ConsentStatus
from mdt_desktop.domain.sharing import RecipientKind, SharedPart, SharingBasis, SharingChoice
from mdt_desktop.fhir import element_path, forms
from mdt_desktop.fhir.elements import (
    ABSENT,
    At,
    Body,
    Derived,
    Finer,
    Only,
    Resource,
    coded,
    concept,
    extension_url,
    ours,
    own_concept,
    refers,
)
from mdt_desktop.fhir.errors import ElementMissing
from mdt_desktop.fhir.twin import Twin

_HL7: Final = "http://terminology.hl7.org/CodeSystem"
_SCOPE: Final = concept(f"{_HL7}/consentscope", "patient-privacy")
_DISCLOSURE: Final = concept("http://terminology.hl7.org/CodeSystem/v3-ActCode", "IDSCL")
# Whoever reads no more than `Consent.status` must never take a refusal for a permission: all that does not allow
# sharing by the person's own word is not `active`, and `provision.type` says deny.
_CONSENTS: Final = {
    ConsentStatus.GIVEN.value: "active",
    ConsentStatus.LACKS_CAPACITY.value: "proposed",
    ConsentStatus.NOT_ASKED.value: "draft",
    ConsentStatus.REFUSED.value: "rejected",
    ConsentStatus.WITHDRAWN.value: "inactive",
}
_SHARING_ONLY: Final = Only(f"scope.coding[system={_HL7}/consentscope].code", ("patient-privacy",))
_STATUS: Final = Finer(
    "status", "status", f"extension[url={extension_url('consent', 'status')}].valueCode", _CONSENTS
)
_PROVISION: Final = "provision.type"
_CHOICES: Final = {
    SharingChoice.SHARE.value: "permit",
    SharingChoice.DO_NOT_SHARE.value: "deny",
    SharingChoice.ASK_FIRST.value: "deny",
}


@dataclass(frozen=True, slots=True)
class ConsentStatusElement:
    """What was decided: `status` with `provision.type`, and our own finer term beside them.

    A consent from outside allows sharing only where it is active and its provision says permit; one that is active and
    denies is a refusal, and one that says neither is not taken.
    """

    @property
    def columns(self) -> tuple[str, ...]:
        return ("status",)

    def place(self, column: str) -> str:
        return "status"

    def write(self, body: Mapping[str, Any], resource: Resource) -> None:
        _STATUS.write(body, resource)
        if "status" in resource:
            element_path.write(resource, _PROVISION, _provision(body.get("status")))

    def read(self, resource: Mapping[str, Any]) -> Body:
        told = _STATUS.read(resource)
        if told.get("status") != ConsentStatus.GIVEN:
            return told
        provision = element_path.read(resource, _PROVISION)
        if provision is None:
            raise ElementMissing(path="Consent.provision.type")
        permits = forms.codes({True: "permit", False: "deny"}).read(provision, "Consent.provision.type")
        return told if permits else {"status": ConsentStatus.REFUSED.value}


def _provision(status: Any) -> str:
    return "permit" if status == ConsentStatus.GIVEN else "deny"


def _in_force(body: Mapping[str, Any]) -> str:
    return "inactive" if body.get("lifted_at") else "active"


SHARING: Final = (
    Twin(
        "consent",
        "Consent",
        (
            refers("person_id", "patient", "Patient"),
            _SHARING_ONLY,
            ConsentStatusElement(),
            coded("basis", "policyRule", ConsentBasis),
            At("decided_on", "dateTime", forms.DAY),
            At("decided_by", "performer[].display"),
        ),
        carries="shared_with shared_what groups scopes knew evidence recorded_by",
        fixed={"scope": _SCOPE, "category": [_DISCLOSURE]},
        wanted={"policyRule": ABSENT},
    ),
    Twin(
        "sharing_decision",
        "Consent",
        (
            _SHARING_ONLY,
            refers("person_id", "patient", "Patient"),
            coded("basis", "policyRule", SharingBasis),
            At("decided_on", "dateTime", forms.DAY),
            Finer(
                "choice",
                "provision.type",
                f"extension[url={extension_url('sharing_decision', 'choice')}].valueCode",
                _CHOICES,
            ),
            coded("part", "provision.code[]", SharedPart),
            At("recipient_id", "provision.actor[].reference.identifier.value"),
            coded("recipient_kind", "provision.actor[].role", RecipientKind),
        ),
        carries="note recorded_by",
        fixed={"status": "active", "scope": _SCOPE, "category": [_DISCLOSURE]},
        wanted={"provision.actor[].reference": ABSENT},
    ),
    Twin(
        "restriction",
        "Flag",
        (
            refers("person_id", "subject", "Patient"),
            At("at", "period.start", forms.MOMENT),
            At("lifted_at", "period.end", forms.MOMENT),
            At("by", "author.display"),
            Derived("status", _in_force),
        ),
        carries="reason lifted_by lifted_reason",
        fixed={"code": own_concept("flag-kind", "restricted_record")},
    ),
    Twin(
        "broken_glass",
        "AuditEvent",
        (
            Only(f"subtype[system={ours('audit')}].code", ("broken_glass",)),
            refers("person_id", "entity[].what", "Patient"),
            refers("practitioner_id", "agent[].who", "Practitioner"),
            At("by", "agent[].name"),
            At("reason", "purposeOfEvent[].text"),
            At("opened_at", "recorded", forms.MOMENT),
            At("ends_at", "period.end", forms.MOMENT),
        ),
        carries="ended_at reviewed_at reviewed_by review",
        fixed={
            "type": {"system": f"{_HL7}/audit-event-type", "code": "rest"},
            "subtype": [{"system": ours("audit"), "code": "broken_glass"}],
            "purposeOfEvent": [concept("http://terminology.hl7.org/CodeSystem/v3-ActReason", "BTG")],
            "agent": [{"requestor": True}],
            "source": {"observer": {"display": "MDT Desktop"}},
        },
    ),
)
