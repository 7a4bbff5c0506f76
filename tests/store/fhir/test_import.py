"""A Bundle of anybody's comes in: people recognised or held, records made, the rest told, and nothing by halves."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.organisations import Role
from mdt_desktop.domain.permissions import NotPermitted
from mdt_desktop.fhir.bundle import BundleUnusable
from mdt_desktop.paths import DataFolder
from mdt_desktop.services.fhir_import import BundleDecided, BundleNotNew, FhirImport, ImportReport
from mdt_desktop.services.fhir_reading import FhirFileNotRead
from mdt_desktop.services.held_content import HeldDecision
from tests.helpers.bundle_files import ALLERGY, CONSENT, SURGERY, TASK, WEIGHT, bundle, patient
from tests.helpers.clocks import FrozenClock
from tests.helpers.colleagues import a_colleague, an_administrator_elsewhere
from tests.helpers.plans import AGREED_BY, CaseInStore, a_case, a_ready_draft


@pytest.fixture
def case(data_folder: DataFolder, clock: FrozenClock) -> Iterator[CaseInStore]:
    with a_case(data_folder, clock) as made:
        yield made


def service(case: CaseInStore) -> FhirImport:
    return case.program.services.fhir_import


def one(case: CaseInStore, sql: str, *values: Any) -> Any:
    return case.program.access.database.reader.execute(sql, values).fetchone()[0]


def counts(case: CaseInStore) -> dict[str, int]:
    tables = ("person", "task", "flag", "held_bundle", "audit_entry", "outbox", "person_case", "care_plan")
    return {table: one(case, f"SELECT count(*) FROM {table}") for table in tables}


def take(case: CaseInStore, tmp_path: Path, *resources: Any) -> ImportReport:
    return service(case).apply(bundle(tmp_path, *resources))


def test_somebody_of_the_same_number_birth_date_and_name_is_recognised(case: CaseInStore, tmp_path: Path) -> None:
    report = take(case, tmp_path, patient(telecom=[{"system": "email", "value": "r@example.invalid"}]), TASK, ALLERGY)
    assert [(it.outcome, it.person_id, it.filled) for it in report.people] == [("matched", case.person_id, ("email",))]
    assert report.written == {"flag": 1, "task": 1}
    assert one(case, "SELECT email FROM person WHERE id = ?", case.person_id) == "r@example.invalid"
    assert one(case, "SELECT owner_words FROM task WHERE what = 'Fit a grab rail'") == "Occupational therapy"
    assert one(case, "SELECT words FROM flag WHERE words LIKE 'Amox%'") == "Amoxicillin allergy"
    assert one(case, "SELECT count(*) FROM outbox WHERE type = 'task' AND kind = 'create'") == 1
    told = "SELECT count(*) FROM audit_entry WHERE action = 'import_bundle' AND person_id = ?"
    assert one(case, told, case.person_id) == 1


def test_what_is_known_is_never_overwritten_and_the_difference_is_told(case: CaseInStore, tmp_path: Path) -> None:
    report = take(case, tmp_path, patient(telecom=[{"system": "phone", "value": "020 7946 0999"}]))
    assert report.people[0].differs == ("telephone",)
    assert one(case, "SELECT telephone FROM person WHERE id = ?", case.person_id) == "020 7946 0011"


def test_the_same_file_again_changes_nothing(case: CaseInStore, tmp_path: Path) -> None:
    take(case, tmp_path, patient(), TASK, ALLERGY)
    before = counts(case)
    case.clock.advance(timedelta(days=1))
    report = take(case, tmp_path, patient(), TASK, ALLERGY)
    assert (report.written, report.unchanged, report.differing) == ({}, 2, [])
    assert {**counts(case), "audit_entry": 0} == {**before, "audit_entry": 0}


def test_somebody_new_of_a_known_practice_is_added_with_a_case(case: CaseInStore, tmp_path: Path) -> None:
    report = take(case, tmp_path, patient("9990000018", "Newcomer"), SURGERY, TASK)
    assert [it.outcome for it in report.people] == ["new"]
    assert report.written == {"person_case": 1, "task": 1}
    made = report.people[0].person_id
    assert one(case, "SELECT practice_id FROM person WHERE id = ?", made) == case.practice_id
    assert one(case, "SELECT stage FROM person_case WHERE person_id = ?", made) == "identified"


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (patient(born="1941-08-14"), "birth"),
        (patient(family="Otherwise", name=[{"family": "Otherwise", "given": ["Ida"]}]), "another name"),
        (patient(None), "lacks"),
        (patient("9990000018"), "another NHS number"),
        (patient(None, "Nobody", "1950-01-01"), "Without an NHS number"),
        (patient("9990000018", "Newcomer", generalPractitioner=[]), "practice is not"),
    ],
    ids=["another birth date", "another name", "no number", "another number", "nobody known", "unknown practice"],
)
def test_in_doubt_somebody_is_held_and_nothing_of_them_is_written(
    case: CaseInStore, tmp_path: Path, told: Any, reason: str
) -> None:
    before = counts(case)
    report = take(case, tmp_path, told, SURGERY, TASK)
    assert [it.outcome for it in report.people] == ["held"]
    assert reason in report.people[0].reason
    after = counts(case)
    assert after["held_bundle"] == 1
    assert {**after, "held_bundle": 0, "audit_entry": 0} == {**before, "held_bundle": 0, "audit_entry": 0}
    service(case).apply(bundle(tmp_path, told, SURGERY, TASK))
    assert counts(case)["held_bundle"] == 1


def test_who_was_held_is_taken_for_the_person_on_file(case: CaseInStore, tmp_path: Path) -> None:
    take(case, tmp_path, patient(born="1941-08-14"), TASK)
    held = service(case).waiting()
    assert [(it.person_id, it.resources) for it in held] == [(case.person_id, 2)]
    report = service(case).decide(held[0].id, HeldDecision.TAKEN)
    assert report.written == {"task": 1}
    assert one(case, "SELECT born FROM person WHERE id = ?", case.person_id) == "1940-08-14"
    assert service(case).waiting() == []
    with pytest.raises(BundleDecided):
        service(case).decide(held[0].id, HeldDecision.LEFT_OUT)


def test_who_was_held_is_added_as_new_only_under_a_number_of_their_own(case: CaseInStore, tmp_path: Path) -> None:
    take(case, tmp_path, patient(born="1941-08-14"), SURGERY)
    with pytest.raises(BundleNotNew):
        service(case).decide(service(case).waiting()[0].id, HeldDecision.ADDED_AS_NEW)
    service(case).decide(service(case).waiting()[0].id, HeldDecision.LEFT_OUT)
    take(case, tmp_path, patient("9990000018"), SURGERY, TASK)
    report = service(case).decide(service(case).waiting()[0].id, HeldDecision.ADDED_AS_NEW)
    assert report.people[0].outcome == "new"
    assert one(case, "SELECT count(*) FROM person") == 2


def test_what_has_no_home_is_told_and_not_dropped(case: CaseInStore, tmp_path: Path) -> None:
    device = {"resourceType": "Device", "id": "d1", "patient": {"reference": "Patient/p1"}}
    stray = {**TASK, "id": "t2", "for": {"reference": "Patient/somebody-else"}}
    report = take(case, tmp_path, patient(), WEIGHT, CONSENT, device, stray, TASK)
    assert {it.resource for it in report.no_home} == {"Observation/w1", "Consent/c1", "Device/d1", "Task/t2"}
    assert all(it.reason for it in report.no_home)
    assert [(it.resource, it.elements) for it in report.left_over] == [("Task/t1", ("Task.priority", "Task.status"))]


def test_consent_is_never_given_by_a_file(case: CaseInStore, tmp_path: Path) -> None:
    case.lacks_basis()
    take(case, tmp_path, patient(), CONSENT)
    assert one(case, "SELECT count(*) FROM consent WHERE status = 'given'") == 1  # the one that was withdrawn since


@pytest.mark.parametrize(
    "content",
    [b"", b"no json", b"[]", b'{"resourceType": "Bundle"}', b'{"resourceType": "Poem"}', b"\xff\xfe{", b"[" * 5000,
     orjson.dumps({"resourceType": "Bundle", "type": "collection",
                   "entry": [{"resource": patient()}, {"resource": {"resourceType": "Task", "status": 5}}]}),
     orjson.dumps({"resourceType": "Bundle", "type": "collection",
                   "entry": [{"resource": patient()}, {"resource": patient()}]})],
    ids=["empty", "text", "list", "no type", "unknown type", "binary", "deep", "one bad resource", "twice"],
)  # fmt: skip
def test_a_bad_file_writes_nothing(case: CaseInStore, tmp_path: Path, content: bytes) -> None:
    before, path = counts(case), tmp_path / "bad.json"
    path.write_bytes(content)
    with pytest.raises(BundleUnusable):
        service(case).apply(path)
    assert counts(case) == before


def test_a_file_that_is_not_there_is_told(case: CaseInStore, tmp_path: Path) -> None:
    with pytest.raises(FhirFileNotRead):
        service(case).apply(tmp_path / "absent.json")


def test_a_preview_writes_nothing_and_tells_the_same(case: CaseInStore, tmp_path: Path) -> None:
    path, before = bundle(tmp_path, patient(), patient("9990000018", "Newcomer", id="p2"), SURGERY, TASK), counts(case)
    told = service(case).preview(path)
    assert counts(case) == before
    done = service(case).apply(path)
    assert (told.people, told.written) == (done.people, done.written)


def test_a_failure_late_in_the_file_undoes_what_came_before(
    case: CaseInStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, before = bundle(tmp_path, patient(), TASK, patient("9990000018", "Newcomer", id="p2"), SURGERY), counts(case)
    case.program.access.database.writer.execute(
        "CREATE TEMP TRIGGER refuse BEFORE INSERT ON person BEGIN SELECT raise(ABORT, 'no more'); END"
    )
    with pytest.raises(Exception, match="no more"):
        service(case).apply(path)
    assert counts(case) == before


def test_who_may_not_import_brings_nothing_in(case: CaseInStore, tmp_path: Path) -> None:
    an_administrator_elsewhere(case.program)
    nurse = a_colleague(case.program, Role.COMMUNITY_NURSE)
    with pytest.raises(NotPermitted):
        nurse.fhir_import.apply(bundle(tmp_path, patient(), TASK))


def test_what_a_role_may_not_record_is_told(case: CaseInStore, tmp_path: Path) -> None:
    administrator = a_colleague(case.program, Role.MDT_ADMINISTRATOR)
    report = administrator.fhir_import.apply(bundle(tmp_path, patient(), TASK))
    assert (report.written, [it.resource for it in report.no_home]) == ({}, ["Task/t1"])


def test_what_left_here_comes_into_another_store_and_changes_nothing_here(
    case: CaseInStore, tmp_path: Path, clock: FrozenClock
) -> None:
    plan_id = a_ready_draft(case)
    case.program.services.care_plans.agree(plan_id, case.program.access.today(), AGREED_BY)
    file = tmp_path / "case.json"
    case.program.services.fhir_export.save(case.program.services.fhir_export.read(case.person_id), file)
    again = service(case).apply(file)
    assert (again.written, again.differing, again.no_home, again.left_over) == ({}, [], [], [])
    with a_case(DataFolder(tmp_path / "other").create(), clock) as other:
        other.program.access.database.writer.execute("DELETE FROM lead_allocation")
        report = other.program.services.fhir_import.apply(file)
        assert [it.outcome for it in report.people] == ["matched"]
        assert {"care_plan", "need", "goal", "action", "contingency_plan"} <= report.written.keys()
        assert one(other, "SELECT status FROM care_plan") == "draft"
        assert other.program.services.fhir_import.apply(file).written == {}


def test_a_restricted_record_that_is_shut_is_held_and_not_named(case: CaseInStore, tmp_path: Path) -> None:
    services = case.program.services
    services.cases.join_team(case.case_id, case.program.access.actor.practitioner_id, "")
    services.restrictions.restrict(case.person_id, "Works here with us.")
    administrator = a_colleague(case.program, Role.MDT_ADMINISTRATOR)
    report = administrator.fhir_import.apply(bundle(tmp_path, patient(), TASK))
    assert [(it.outcome, it.person_id) for it in report.people] == [("held", "")]
    assert administrator.fhir_import.waiting() == []
    with pytest.raises(NotFound):
        administrator.fhir_import.decide(one(case, "SELECT id FROM held_bundle"), HeldDecision.TAKEN)
    assert [it.person_id for it in service(case).waiting()] == [case.person_id]


def test_answers_within_a_form_come_in_with_it(case: CaseInStore, tmp_path: Path) -> None:
    form = {
        "resourceType": "QuestionnaireResponse", "id": "q1", "status": "completed", "authored": "2026-11-20T10:00:00Z",
        "questionnaire": "https://mdt-desktop.example/fhir/Questionnaire/ons4|1.0.0",
        "subject": {"reference": "Patient/p1"},
        "item": [{"linkId": "ons4", "item": [{"linkId": "satisfied", "answer": [{"valueCoding": {"code": "7"}}]}]}],
    }  # fmt: skip
    unknown = {**form, "id": "q2", "questionnaire": "https://other.example/Questionnaire/x"}
    report = take(case, tmp_path, patient(), form, unknown)
    assert report.written == {"assessment": 1, "answer": 1}
    assert one(case, "SELECT value_json FROM answer WHERE link_id = 'satisfied'") == '"7"'
    assert [it.resource for it in report.no_home] == ["QuestionnaireResponse/q2"]
    assert take(case, tmp_path, patient(), form, unknown).written == {}
