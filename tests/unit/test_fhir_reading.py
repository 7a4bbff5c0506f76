"""Resources that somebody else wrote: what is understood, and where what is wrong stands."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from mdt_desktop.fhir.bundle import BundleUnusable, collection, entries_of
from mdt_desktop.fhir.columns import record_classes
from mdt_desktop.fhir.element_path import expression, steps_of
from mdt_desktop.fhir.errors import (
    CodeUnknown,
    ElementMissing,
    ElementRefused,
    ElementWrong,
    ReferenceWrong,
    ResourceTypeUnknown,
    ResourceUnusable,
)
from mdt_desktop.fhir.left_over import left_over
from mdt_desktop.fhir.mapping import from_fhir, subject_of, to_fhir, twin_for
from mdt_desktop.fhir.validation import faults_of
from mdt_desktop.words import sentence
from tests.helpers.bodies import bodies

ID = "0192f0c1-2222-7000-8000-000000000001"
PRACTICE = {"practice_id": ID}
PATIENT = {
    "resourceType": "Patient",
    "id": "abc",
    "identifier": [
        {"system": "https://hospital.example/number", "value": "H1"},
        {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "943 476 5919"},
    ],
    "name": [{"family": "Example", "given": ["Wilma", "Jane"], "prefix": ["Mrs"]}],
    "birthDate": "1940-08-14",
    "gender": "unknown",
    "address": [{"text": "1 Invented Street", "postalCode": "ZZ1 1ZZ"}],
}


def test_a_patient_of_another_system_is_read_as_far_as_it_goes() -> None:
    kind, id_, body = from_fhir(PATIENT, known=PRACTICE)
    assert (kind, id_) == ("person", "abc")
    assert (body["nhs_number"], body["nhs_number_status"]) == ("9434765919", "present_not_traced")
    assert (body["family_name"], body["given_names"], body["title"]) == ("Example", "Wilma Jane", "Mrs")
    assert (body["gender"], body["address"], body["postcode"]) == ("not_known", "1 Invented Street", "ZZ1 1ZZ")


WRONG = {
    "a year is no day": ("birthDate", "1940", ElementWrong, "Patient.birthDate"),
    "no birth date": ("birthDate", None, ElementMissing, "Patient.birthDate"),
    "a name that is no list": ("name", {"family": "x"}, ElementWrong, "Patient.name"),
    "a number that is none": (
        "identifier", [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9434765918"}], ElementWrong,
        "Patient.identifier.where(system='https://fhir.nhs.uk/Id/nhs-number').value",
    ),
    "no such gender": ("gender", "robot", CodeUnknown, "Patient.gender"),
    "a practice that is a person": (
        "generalPractitioner", [{"reference": "Practitioner/x"}], ReferenceWrong,
        "Patient.generalPractitioner.reference",
    ),
    "a name far too long": (
        "name", [{"family": "x" * 101}], ElementRefused, "Patient.name.where(use='official').family",
    ),
    "an id that is no text": ("id", 5, ElementWrong, "Patient.id"),
}  # fmt: skip


@pytest.mark.parametrize(("element", "value", "error", "path"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_named_by_its_fhirpath(
    element: str, value: Any, error: type[ResourceUnusable], path: str
) -> None:
    resource = {**PATIENT, element: value}
    if value is None:
        del resource[element]
    with pytest.raises(error) as told:
        from_fhir(resource, known=PRACTICE)
    assert told.value.path == path
    assert path in sentence(told.value)


@pytest.mark.parametrize("resource", [None, [], "text", {}, {"resourceType": 5}, {"resourceType": "Device"}])
def test_what_no_record_stands_for_is_refused(resource: Any) -> None:
    with pytest.raises(ResourceTypeUnknown):
        from_fhir(resource)


def test_a_tag_of_another_kind_is_refused() -> None:
    resource = to_fhir("task", ID, {"what": "x", "made_at": "2026-11-23T09:00:00.000Z"})
    resource["meta"]["tag"][0]["code"] = "person"
    with pytest.raises(ElementWrong, match="fhir_element_wrong"):
        from_fhir(resource)


CONSENT: dict[str, Any] = {
    "resourceType": "Consent", "status": "active", "patient": {"reference": f"Patient/{ID}"}, "dateTime": "2026-11-23",
    "scope": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}]},
    "provision": {"type": "permit"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("status", "provision", "means"),
    [("active", "permit", "given"), ("active", "deny", "refused"), ("rejected", "permit", "refused"),
     ("inactive", "deny", "withdrawn"), ("proposed", "permit", "lacks_capacity"), ("draft", "deny", "not_asked")],
)  # fmt: skip
def test_a_consent_from_outside_never_allows_more_than_it_says(status: str, provision: str, means: str) -> None:
    told = {**CONSENT, "status": status, "provision": {"type": provision}}
    assert from_fhir(told, known={"recorded_by": "x"})[2]["status"] == means


def test_a_consent_that_does_not_say_what_it_allows_is_not_taken() -> None:
    told = {name: value for name, value in CONSENT.items() if name != "provision"}
    with pytest.raises(ElementMissing) as error:
        from_fhir(told, known={"recorded_by": "x"})
    assert error.value.path == "Consent.provision.type"


def test_a_consent_to_something_else_is_not_one_to_share() -> None:
    scope = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "research"}]}
    with pytest.raises(ElementWrong):
        from_fhir({**CONSENT, "scope": scope}, known={"recorded_by": "x"})


def test_a_status_that_another_system_changed_counts_over_our_finer_term() -> None:
    body = {"person_id": ID, "stage": "planning", "stage_since": "2026-11-23", "opened_on": "2026-11-23"}
    resource = to_fhir("person_case", ID, body)
    assert from_fhir(resource)[2]["stage"] == "planning"
    resource["status"] = "finished"
    assert from_fhir(resource)[2]["stage"] == "stepped_down"


def test_an_element_that_another_system_changed_counts_over_the_exact_value_beside_it() -> None:
    body = {"what": "a\u00a0b", "made_at": "2026-11-23T09:00:00.000Z", "made_by": "x"}
    resource = to_fhir("task", ID, body)
    assert from_fhir(resource)[2]["what"] == "a\u00a0b"
    resource["description"] = "changed"
    assert from_fhir(resource)[2]["what"] == "changed"


def test_a_meeting_stands_at_its_moment_in_summer_and_in_winter() -> None:
    body = {"day": "2026-07-01", "starts_at": "14:00", "length_minutes": 90, "locality_id": ID}
    assert to_fhir("meeting", ID, body)["start"] == "2026-07-01T13:00:00.000Z"
    assert to_fhir("meeting", ID, {**body, "day": "2026-12-01"})["end"] == "2026-12-01T15:30:00.000Z"


def test_an_alert_of_allergy_stands_as_an_allergy() -> None:
    body = {"person_id": ID, "kind": "allergy", "words": "penicillin", "since": None, "until": None}
    resource = to_fhir("flag", ID, body)
    assert resource["resourceType"] == twin_for("flag", body).resource_type == "AllergyIntolerance"
    assert from_fhir(resource) == ("flag", ID, body)


@pytest.mark.parametrize(
    ("resource", "whom"),
    [({"resourceType": "Task", "for": {"reference": "Patient/1"}}, "1"),
     ({"resourceType": "Task", "for": {"reference": "https://a.example/fhir/Patient/1/_history/2"}}, "1"),
     ({"resourceType": "Flag", "subject": {"reference": f"urn:uuid:{ID}"}}, ID),
     ({"resourceType": "Flag", "subject": {"reference": "Group/1"}}, None),
     ({"resourceType": "Flag"}, None)],
)  # fmt: skip
def test_whom_a_resource_is_about_is_found(resource: dict[str, Any], whom: str | None) -> None:
    assert subject_of(resource) == whom


def test_what_a_record_does_not_keep_is_listed() -> None:
    kind, id_, body = from_fhir({**PATIENT, "maritalStatus": {"text": "widowed"}}, known=PRACTICE)
    assert left_over({**PATIENT, "maritalStatus": {"text": "widowed"}}, kind, id_, body) == [
        "Patient.identifier.value", "Patient.maritalStatus.text",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", sorted(record_classes()))
@given(data=st.data())
@settings(max_examples=5)
def test_of_what_we_write_nothing_is_left_over(kind: str, data: st.DataObject) -> None:
    body = data.draw(bodies(kind))
    resource = to_fhir(kind, ID, body, subject=ID)
    assert left_over(resource, kind, ID, body) == []


_JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.text(max_size=5), inner, max_size=2)),
    max_leaves=4,
)


def places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield way
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield from places(part, (*way, key))


@pytest.mark.parametrize("kind", sorted(record_classes()))
@given(data=st.data())
@settings(max_examples=30, phases=(Phase.generate,))  # what fails is small enough without shrinking
def test_whatever_stands_in_a_resource_is_read_or_refused_with_its_place(kind: str, data: st.DataObject) -> None:
    resource: Any = copy.deepcopy(to_fhir(kind, ID, data.draw(bodies(kind)), subject=ID))
    *way, last = data.draw(st.sampled_from([place for place in places(resource) if place]))
    holder = resource
    for step in way:
        holder = holder[step]
    holder[last] = data.draw(_JUNK)
    refused = None
    try:
        from_fhir(resource)
        subject_of(resource)
    except ResourceUnusable as error:
        refused = error
    assert refused is None or (refused.path and sentence(refused))


def test_paths_are_said_as_fhirpath() -> None:
    assert expression("Patient", "name[use=official].given[]") == "Patient.name.where(use='official').given"
    with pytest.raises(ValueError, match="not a path"):
        steps_of("not a path")


def test_a_bundle_comes_apart_as_it_was_put_together() -> None:
    resources = [to_fhir("locality", ID, {"name": "North East"})]
    made = collection(resources, bundle_id=ID, made_at="2026-11-23T09:00:00.000Z", invented=True, restricted=True)
    assert faults_of(made) == []
    assert [(it.said, it.resource) for it in entries_of(made)] == [(f"Organization/{ID}", resources[0])]


@pytest.mark.parametrize("entry", [5, {"resource": 5}, {"resource": {}, "fullUrl": "x"},
                                   {"resource": {"resourceType": "Patient"}, "fullUrl": 5}])  # fmt: skip
def test_a_bundle_with_a_bad_entry_is_refused_whole(entry: Any) -> None:
    with pytest.raises(BundleUnusable) as error:
        entries_of({"resourceType": "Bundle", "type": "collection", "entry": [entry]})
    assert "Bundle.entry[0]" in sentence(error.value)


def test_an_entry_without_a_resource_holds_nothing() -> None:
    bundle = {"resourceType": "Bundle", "type": "batch-response", "entry": [{"response": {"status": "200"}}]}
    assert entries_of(bundle) == []
