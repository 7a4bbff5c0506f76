"""Every kind of record stands in FHIR R4 and comes back as it was."""

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdt_desktop.fhir.audit_event import from_audit_event, to_audit_event
from mdt_desktop.fhir.columns import AUDIT, columns_of, record_classes
from mdt_desktop.fhir.elements import EXTENSION
from mdt_desktop.fhir.mapping import KINDS_OF, RESOURCE_OF, TWINS, from_fhir, to_fhir
from mdt_desktop.fhir.twin import EXACT, Twin, profile_of
from mdt_desktop.fhir.validation import faults_of
from mdt_desktop.sync.rules import RULES
from tests.helpers.bodies import bodies

ID = "0192f0c1-2222-7000-8000-000000000001"
PERSON = "0192f0c1-2222-7000-8000-000000000002"
KINDS = sorted(record_classes())


def named(twin: Twin) -> str:
    return f"{twin.kind}-{twin.resource_type}"


def test_every_kind_that_is_exchanged_has_a_twin() -> None:
    assert set(RESOURCE_OF) == set(RULES) == set(record_classes())


@pytest.mark.parametrize("twin", TWINS, ids=named)
def test_every_column_has_its_place(twin: Twin) -> None:
    assert twin.mapped() == set(columns_of(twin.kind))


@pytest.mark.parametrize("twin", TWINS, ids=named)
def test_no_column_is_in_two_places(twin: Twin) -> None:
    carried = [column for element in twin.all_elements for column in element.columns]
    assert sorted(carried) == sorted(set(carried))


def test_a_column_without_a_place_is_noticed() -> None:
    lacking = Twin("locality", "Organization", ())
    assert lacking.mapped() != set(columns_of("locality"))


@pytest.mark.parametrize("twin", TWINS, ids=named)
def test_a_reference_points_to_the_type_of_what_it_refers_to(twin: Twin) -> None:
    body = {name: ID for name, facts in columns_of(twin.kind).items() if facts.refers_to}
    written = orjson.dumps(twin.write(body)).decode()
    for facts in columns_of(twin.kind).values():
        if facts.refers_to and facts.name != "practice_id":
            assert f"{RESOURCE_OF[facts.refers_to]}/{ID}" in written


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=25)
def test_a_record_comes_back_as_it_was_and_is_valid_r4(kind: str, data: st.DataObject) -> None:
    body = data.draw(bodies(kind))
    resource = to_fhir(kind, ID, body, version=7, updated_at="2026-11-23T09:00:00.000Z", subject=PERSON)
    sent = orjson.loads(orjson.dumps(resource))
    assert from_fhir(sent) == (kind, ID, body)
    assert faults_of(sent) == []


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=5)
def test_what_a_newer_program_wrote_survives(kind: str, data: st.DataObject) -> None:
    body: dict[str, Any] = {**data.draw(bodies(kind)), "of_tomorrow": {"a": [1, None]}}
    assert from_fhir(to_fhir(kind, ID, body))[2] == body


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_but_nasty_texts_needs_the_exact_value_beside_the_element(kind: str) -> None:
    plain: dict[str, Any] = {}
    for name, facts in columns_of(kind).items():
        plain[name] = {
            "text": "A few words", "code": facts.codes[0] if facts.codes else "", "day": "2026-11-23",
            "moment": "2026-11-23T09:00:00.000Z", "whole": 3, "decimal": 0.5, "yes_no": True,
        }[facts.kind.value]  # fmt: skip
        plain |= {name: ID} if name.endswith("_id") else {}
    plain |= {"starts_at": "09:30"} if "starts_at" in plain else {}
    plain |= {"nhs_number": "9434765919"} if kind == "person" else {}
    plain |= {"sha256": "0a" * 32} if kind == "case_paper" else {}
    plain |= {"value_json": '"words"'} if kind == "answer" else {}
    plain |= {"questionnaire": "phq-9", "questionnaire_version": "1.0.0"} if kind == "assessment" else {}
    assert EXACT.encode() not in orjson.dumps(to_fhir(kind, ID, plain))


@pytest.mark.parametrize("kind", KINDS)
def test_a_resource_says_its_version_its_moment_its_kind_and_its_profile(kind: str) -> None:
    resource = to_fhir(kind, ID, {}, version=3, updated_at="2026-11-23T09:00:00.000Z")
    assert resource["id"] == ID
    assert resource["meta"]["versionId"] == "3"
    assert resource["meta"]["lastUpdated"] == "2026-11-23T09:00:00.000Z"
    assert resource["meta"]["tag"][0]["code"] == kind
    assert resource["meta"].get("profile", [None])[0] == profile_of(resource["resourceType"])


@pytest.mark.parametrize("type_", sorted(KINDS_OF))
def test_kinds_that_share_a_type_are_told_apart(type_: str) -> None:
    assert len(set(KINDS_OF[type_])) == len(KINDS_OF[type_])


def test_everything_of_our_own_is_named_under_one_address() -> None:
    assert EXTENSION.startswith("https://mdt-desktop.example/fhir/")


@given(body=bodies(AUDIT), number=st.integers(1, 10**9))
@settings(max_examples=50)
def test_an_entry_of_the_audit_comes_back_as_it_was(body: dict[str, Any], number: int) -> None:
    entry = {**body, "seq": number}
    event = orjson.loads(orjson.dumps(to_audit_event(entry)))
    assert from_audit_event(event) == entry
    assert faults_of(event) == []


def test_what_was_refused_is_told_as_a_failure() -> None:
    entry = {"seq": 5, "at": "2026-11-23T09:00:00.000Z", "actor": "Kim", "action": "refused"}
    assert (to_audit_event(entry)["outcome"], to_audit_event(entry)["id"]) == ("4", "audit-5")
    assert to_audit_event({**entry, "action": "view"})["action"] == "R"
