"""Twins of an assessment, of each answer and each signature: QuestionnaireResponse, Observation, Provenance.

An answer is a record of its own, so that two people can fill different parts; it stands as an Observation that is
derived from the response. `fhir.questionnaire_response` makes the whole form with all its answers.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from mdt_desktop.domain.assessment import AssessmentStatus
from mdt_desktop.domain.organisations import Discipline
from mdt_desktop.fhir import forms
from mdt_desktop.fhir.elements import BASE, At, Body, Resource, coded, concept, ours, refers
from mdt_desktop.fhir.errors import ElementWrong
from mdt_desktop.fhir.twin import Twin

QUESTIONNAIRES: Final = f"{BASE}/Questionnaire/"
_LINK: Final = ours("question")
_STATUSES: Final = {
    AssessmentStatus.IN_PROGRESS.value: "in-progress",
    AssessmentStatus.COMPLETED.value: "completed",
    AssessmentStatus.AMENDED.value: "amended",
}
_NOT_ANSWERED: Final = concept("http://terminology.hl7.org/CodeSystem/data-absent-reason", "not-asked")
_SIGNATURE: Final = {"system": "urn:iso-astm:E1762-95:2013", "code": "1.2.840.10065.1.12.1.1"}


@dataclass(frozen=True, slots=True)
class QuestionnaireElement:
    """The questionnaire and its version as one canonical address; one of another publisher stays its whole address."""

    @property
    def columns(self) -> tuple[str, ...]:
        return ("questionnaire", "questionnaire_version")

    def place(self, column: str) -> str:
        return "questionnaire"

    def write(self, body: Mapping[str, Any], resource: Resource) -> None:
        name, version = str(body.get("questionnaire", "")), str(body.get("questionnaire_version", ""))
        if name and not any(sign.isspace() or sign in "|\ufeff" for sign in name + version):
            address = name if ":" in name else QUESTIONNAIRES + name
            resource["questionnaire"] = f"{address}|{version}" if version else address

    def read(self, resource: Mapping[str, Any]) -> Body:
        told = resource.get("questionnaire")
        if told is None:
            return {}
        address, _, version = forms.TEXT.read(told, "QuestionnaireResponse.questionnaire").partition("|")
        return {"questionnaire": address.removeprefix(QUESTIONNAIRES), "questionnaire_version": version}


@dataclass(frozen=True, slots=True)
class AnswerValue:
    """An answer's JSON as the value of an Observation; an answer that was taken away says why there is none."""

    @property
    def columns(self) -> tuple[str, ...]:
        return ("value_json",)

    def place(self, column: str) -> str:
        return "value"

    def write(self, body: Mapping[str, Any], resource: Resource) -> None:
        try:
            value = json.loads(body["value_json"])
        except (KeyError, TypeError, ValueError):
            return
        if value is None:
            resource["dataAbsentReason"] = _NOT_ANSWERED
        elif isinstance(value, bool):
            resource["valueBoolean"] = value
        elif isinstance(value, int):
            resource["valueInteger"] = value
        elif isinstance(value, float):
            resource["valueQuantity"] = {"value": value}
        elif isinstance(value, str) and (text := forms.TEXT.write(value)) is not None:
            resource["valueString"] = text

    def read(self, resource: Mapping[str, Any]) -> Body:
        if "dataAbsentReason" in resource:
            return {"value_json": "null"}
        for name in ("valueBoolean", "valueInteger", "valueString"):
            if name in resource:
                return {"value_json": _json(resource[name])}
        quantity = resource.get("valueQuantity")
        if quantity is None:
            return {}
        if not isinstance(quantity, Mapping) or type(quantity.get("value")) not in (int, float):
            raise ElementWrong(path="Observation.valueQuantity.value", wanted="a number")
        return {"value_json": _json(quantity["value"])}


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


ASSESSMENT: Final = (
    Twin(
        "assessment",
        "QuestionnaireResponse",
        (
            QuestionnaireElement(),
            At("status", "status", forms.codes(_STATUSES, {"stopped": "completed"})),
            At("started_at", "authored", forms.MOMENT),
            At("started_by", "author.display"),
        ),
        carries="case_id completed_at unsigned_reason",
        subject="subject",
    ),
    Twin(
        "answer",
        "Observation",
        (
            refers("assessment_id", "derivedFrom[]", "QuestionnaireResponse"),
            At("link_id", "code.text"),
            AnswerValue(),
            At("answered_at", "issued", forms.MOMENT),
            At("answered_by", "performer[].display"),
        ),
        carries="position",
        fixed={"status": "final", "code": {"coding": [{"system": _LINK, "code": "answer"}]}},
        subject="subject",
    ),
    Twin(
        "part_signature",
        "Provenance",
        (
            refers("assessment_id", "target[]", "QuestionnaireResponse"),
            At("signed_at", "recorded", forms.MOMENT),
            refers("practitioner_id", "agent[].who", "Practitioner"),
            At("signed_by", "agent[].who.display"),
            coded("discipline", "agent[].role[]", Discipline),
        ),
        carries="part",
        fixed={"reason": [{"coding": [_SIGNATURE]}]},
    ),
)
