"""An entry of the audit as an AuditEvent, and back: for a shared care record that asks who did what."""

from collections.abc import Mapping
from typing import Any, Final

from mdt_desktop.domain.audit import ActKind, kind_of
from mdt_desktop.fhir import forms
from mdt_desktop.fhir.columns import AUDIT
from mdt_desktop.fhir.elements import At, Body, Derived, Resource, ours, refers
from mdt_desktop.fhir.twin import KIND_SYSTEM, Twin, profile_of

_TYPES: Final = "http://terminology.hl7.org/CodeSystem/audit-event-type"
_ACTIONS: Final = {
    ActKind.VIEW: "R",
    ActKind.SEARCH: "E",
    ActKind.CREATE: "C",
    ActKind.CHANGE: "U",
    ActKind.PRINT: "R",
    ActKind.EXPORT: "R",
    ActKind.IMPORT: "C",
    ActKind.CONSENT: "C",
}


def _action(body: Mapping[str, Any]) -> str:
    return _ACTIONS.get(kind_of(str(body.get("action", ""))), "E")


def _outcome(body: Mapping[str, Any]) -> str:
    """4, a minor failure, for what was refused and for a wrong passphrase; 0 for all that was done."""
    kind = kind_of(str(body.get("action", "")))
    return "4" if kind in (ActKind.REFUSED, ActKind.FAILED_UNLOCK) else "0"


_TWIN: Final = Twin(
    AUDIT,
    "AuditEvent",
    (
        Derived("action", _action),
        Derived("outcome", _outcome),
        At("at", "recorded", forms.MOMENT),
        At("actor", "agent[].name"),
        At("actor_id", "agent[].altId"),
        At("action", f"subtype[system={ours('act')}].code", forms.CODE),
        refers("person_id", "entity[].what", "Patient"),
        At("reason", "purposeOfEvent[].text"),
    ),
    carries="seq kind record_id fields prev_hash hash",
    fixed={
        "type": {"system": _TYPES, "code": "rest"},
        "agent": [{"requestor": True}],
        "source": {"observer": {"display": "MDT Desktop"}},
    },
)


def to_audit_event(entry: Mapping[str, Any]) -> Resource:
    """The AuditEvent of an entry, its columns by name as JSON; its id is `audit-` and the entry's number."""
    meta = {"tag": [{"system": KIND_SYSTEM, "code": AUDIT}], "profile": [profile_of("AuditEvent")]}
    return {"resourceType": "AuditEvent", "id": f"audit-{entry['seq']}", "meta": meta, **_TWIN.write(entry)}


def from_audit_event(resource: Mapping[str, Any]) -> Body:
    """The entry of such an AuditEvent. Raises `ResourceUnusable`."""
    return _TWIN.read(resource, {})
