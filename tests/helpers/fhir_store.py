"""A client of the FHIR façade in a test, and a locality in a central store with one record of every kind."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from mdt_desktop.fhir.columns import ColumnFacts, columns_of, record_classes
from mdt_desktop.fhir.validation import faults_of
from tests.helpers.central import EAST, PASSWORD, Laptop

NHS_SYSTEM = "https://fhir.nhs.uk/Id/nhs-number"
NUMBER = "9434765919"
_FIRST = ("locality", "organisation", "practice", "practitioner", "person", "person_case", "need", "care_plan")
_PLAIN = {
    "text": "A few words",
    "day": "2026-11-23",
    "moment": "2026-11-23T09:00:00.000Z",
    "whole": 3,
    "decimal": 0.5,
    "yes_no": True,
}
_OWN: Mapping[str, Mapping[str, Any]] = {
    "person": {"nhs_number": NUMBER, "postcode": "ZZ99 3CZ", "nhs_number_status": "verified", "died": None},
    "answer": {"value_json": '"words"'},
    "assessment": {"questionnaire": "phq-9", "questionnaire_version": "1.0.0"},
    "flag": {"kind": "alert"},
    "meeting": {"starts_at": "09:30", "length_minutes": 60, "sealed_at": None, "sealed_by": ""},
    "meeting_series": {"starts_at": "09:30", "length_minutes": 60, "weekday": 1},
    "case_paper": {"sha256": "0a" * 32},
    "stratification_run": {"file_sha256": "a" * 64},
}


def number(serial: int) -> str:
    """A valid NHS number that begins with 9, by a serial from 0 on."""
    while True:
        digits = f"94347{serial:04d}"
        check = (11 - sum(int(it) * (10 - place) for place, it in enumerate(digits)) % 11) % 11
        if check != 10:
            return f"{digits}{check}"
        serial += 1_000


def id_of(kind: str, serial: int = 0) -> str:
    """The id that the plain record of a kind has."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{kind} {serial}"))


def plain(kind: str, serial: int = 0, **values: Any) -> dict[str, Any]:
    """A body with a value in every column, which refers to the other plain records."""
    body = {name: _value(kind, facts) for name, facts in columns_of(kind).items()}
    return {**body, **_OWN.get(kind, {}), **values, "id": id_of(kind, serial)}


def _value(kind: str, facts: ColumnFacts) -> Any:
    if facts.refers_to and facts.refers_to == kind:
        return None
    if facts.refers_to:
        return id_of(facts.refers_to)
    if facts.name.endswith("_id") or facts.name == "origin":
        return None if facts.absent is None else id_of("practitioner")
    if facts.codes:
        return facts.codes[0]
    words = _PLAIN[facts.kind.value]
    return words[: facts.longest] if isinstance(words, str) and facts.longest else words


def furnish_kinds(laptop: Laptop, bucket: str = EAST) -> None:
    """Push one record of every kind that has a twin, those that others refer to first."""
    kinds = sorted(record_classes(), key=lambda it: (_FIRST.index(it) if it in _FIRST else len(_FIRST), it))
    ops = [laptop.op("create", kind, id_of(kind), bucket=bucket, values=plain(kind)) for kind in kinds]
    for operation, result in zip(ops, laptop.pushed(*ops), strict=True):
        # Roles and broken glass are not a navigator's to write.
        expected = ("forbidden",) if operation["type"] in ("role_held",) else ("ok",)
        assert result["status"] in expected, (operation["type"], result)


@dataclass
class FhirClient:
    """Asks the façade as an ordinary client does: a bearer token and media types, no device and no protocol."""

    http: httpx.Client
    token: str
    headers: dict[str, str] = field(default_factory=lambda: {"Accept": "application/fhir+json"})

    def ask(self, method: str, place: str, body: Any = None, **headers: str) -> httpx.Response:
        """One request; names of headers are given with underscores."""
        sent = {**self.headers, "Authorization": f"Bearer {self.token}"}
        if body is not None:
            sent["Content-Type"] = "application/fhir+json"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        url = place if place.startswith("http") else f"/fhir/R4/{place}"
        return self.http.request(method, url, json=body, headers=sent)

    def get(self, place: str, **headers: str) -> httpx.Response:
        """Read."""
        return self.ask("GET", place, **headers)

    def read(self, place: str) -> Any:
        """Read what must be there."""
        answer = self.get(place)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def found(self, place: str) -> list[str]:
        """The ids of the matches of a search, all of its pages."""
        ids: list[str] = []
        url: str | None = place
        while url is not None:
            bundle = self.read(url)
            ids += [it["resource"]["id"] for it in bundle.get("entry", []) if it["search"]["mode"] == "match"]
            url = link(bundle, "next")
        return ids


def link(bundle: Any, relation: str) -> str | None:
    """The link of a bundle by its relation."""
    return next((it["url"] for it in bundle["link"] if it["relation"] == relation), None)


def fhir_client(http: httpx.Client, user: str, scope: str = "") -> FhirClient:
    """A client that has signed in, for some scopes or for all."""
    body = {"user": user, "password": PASSWORD, "device": str(uuid.uuid4()), "device_name": "Shared care record"}
    answer = http.post("/sync/v1/register", json={**body, "scope": scope}, headers={"Sync-Protocol": "1"})
    assert answer.status_code == 200, answer.text
    return FhirClient(http, answer.json()["access"])


def a_patient(serial: int = 1, **more: Any) -> dict[str, Any]:
    """Somebody as a shared care record sends them."""
    return {
        "resourceType": "Patient",
        "identifier": [{"system": NHS_SYSTEM, "value": number(serial)}],
        "name": [{"use": "official", "family": "Examplesson", "given": ["Wilma", "Ann"]}],
        "birthDate": "1940-08-14",
        "gender": "female",
        "generalPractitioner": [{"reference": f"Organization/{id_of('practice')}"}],
        **more,
    }


def refused(answer: httpx.Response, status: int, issue: str, expression: str = "") -> None:
    """The answer is a valid OperationOutcome of this status, issue and place."""
    outcome = answer.json()
    assert (answer.status_code, outcome["issue"][0]["code"]) == (status, issue), answer.text
    assert outcome["issue"][0].get("expression", [""]) == [expression]
    assert faults_of(outcome) == []


class Follower:
    """A client that follows `next` and keeps the last link, as R4 lets it; what it holds by type and id."""

    def __init__(self, who: FhirClient, place: str) -> None:
        self.who, self.place = who, place
        self.held: dict[str, int] = {}
        self.told = 0

    def follow(self, keep: str = "monitor") -> None:
        """To the end of what there is now."""
        while True:
            bundle = self.who.read(self.place)
            assert faults_of(bundle) == []
            # The newest stands first in each page.
            for entry in reversed(bundle.get("entry", [])):
                self.told += 1
                self._take(entry)
            following = link(bundle, "next")
            if following is None:
                self.place = link(bundle, keep) or self.place
                return
            self.place = following

    def _take(self, entry: Any) -> None:
        if entry["request"]["method"] == "DELETE":
            self.held.pop(entry["request"]["url"], None)
            return
        resource = entry["resource"]
        name = f"{resource['resourceType']}/{resource['id']}"
        assert self.held.get(name, 0) <= int(resource["meta"]["versionId"])
        self.held[name] = int(resource["meta"]["versionId"])
