"""Every refusal of the façade as an OperationOutcome: what is wrong, in words, and where (R4 operationoutcome.html)."""

from collections.abc import Iterable, Mapping
from typing import Any

from mdt_desktop.central.errors import CentralRefusal
from mdt_desktop.central.fhir_api.errors import FhirRefusal
from mdt_desktop.domain.errors import MdtError
from mdt_desktop.fhir.errors import ResourceUnusable
from mdt_desktop.words import sentence

_BY_STATUS: Mapping[int, str] = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    406: "not-supported",
    409: "conflict",
    410: "deleted",
    412: "conflict",
    413: "too-long",
    415: "not-supported",
    422: "processing",
    428: "required",
    429: "throttled",
    503: "transient",
    507: "no-store",
}


def status_of(error: Exception) -> int:
    """The HTTP status of an error."""
    if isinstance(error, CentralRefusal):
        return type(error).status
    return 422 if isinstance(error, ResourceUnusable) else 500


def outcome_of(error: Exception) -> dict[str, Any]:
    """The OperationOutcome of an error; of what nobody foresaw it says nothing but that it happened."""
    if isinstance(error, FhirRefusal):
        return outcome("error", type(error).issue, sentence(error), error.expression, type(error).code)
    if isinstance(error, ResourceUnusable):
        return outcome("error", "value", sentence(error), error.path, type(error).code)
    if isinstance(error, CentralRefusal):
        return outcome("error", _BY_STATUS.get(type(error).status, "processing"), sentence(error), "", error.code)
    return outcome("fatal", "exception", sentence(MdtError()), "", MdtError.code)


def outcome_of_status(status: int) -> dict[str, Any]:
    """The OperationOutcome of a bare HTTP status, such as that of a method that a place does not have."""
    return outcome("error", _BY_STATUS.get(status, "processing"), "", "", f"http_{status}")


def outcome(severity: str, issue: str, words: str, expression: str = "", code: str = "") -> dict[str, Any]:
    """An OperationOutcome of one issue."""
    return outcomes([_issue(severity, issue, words, expression, code)])


def outcomes(issues: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """An OperationOutcome of some issues."""
    return {"resourceType": "OperationOutcome", "issue": list(issues)}


def all_well(words: str) -> dict[str, Any]:
    """What is answered where a client asks to be told by an OperationOutcome that all went well."""
    return outcome("information", "informational", words)


def _issue(severity: str, issue: str, words: str, expression: str, code: str) -> dict[str, Any]:
    told: dict[str, Any] = {"severity": severity, "code": issue}
    details: dict[str, Any] = {}
    if code:
        details["coding"] = [{"system": "https://mdt-desktop.example/fhir/CodeSystem/refusal", "code": code}]
    if words:
        details["text"] = words
        told["diagnostics"] = words
    if details:
        told["details"] = details
    if expression:
        told["expression"] = [expression]
    return told
