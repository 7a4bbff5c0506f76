"""A case leaves as a FHIR Bundle: whole for the person, as shared for others, never without its audit entry."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from mdt_desktop.documents.writing import PaperFileExists
from mdt_desktop.domain.consent import NoBasisToShare
from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.organisations import Role
from mdt_desktop.domain.permissions import NotPermitted
from mdt_desktop.domain.printing import PrintReason, Purpose
from mdt_desktop.fhir.mapping import from_fhir
from mdt_desktop.fhir.validation import faults_of
from mdt_desktop.paths import DataFolder
from mdt_desktop.services.fhir_export import CaseBundle
from mdt_desktop.services.fhir_parts import PARTS, STAYS
from mdt_desktop.sync.rules import RULES
from mdt_desktop.sync.shape import DIRECTORY, row_of
from tests.helpers.clocks import FrozenClock
from tests.helpers.colleagues import a_colleague
from tests.helpers.plans import AGREED_BY, CaseInStore, a_case, a_ready_draft

HOME_CARE = Purpose(PrintReason.FOR_HOME_CARE)


@pytest.fixture
def case(data_folder: DataFolder, clock: FrozenClock) -> Iterator[CaseInStore]:
    with a_case(data_folder, clock) as made:
        plan_id = a_ready_draft(made)
        made.program.services.care_plans.agree(plan_id, made.program.access.today(), AGREED_BY)
        assessments = made.program.services.assessments
        started = assessments.start(made.case_id, "ons4").made
        form = made.program.services.assessment_reading.open(started).questionnaire
        assessments.answer(started, form.items[0].link_id, "", "7")
        yield made


def read(case: CaseInStore, purpose: Purpose | None = None) -> CaseBundle:
    return case.program.services.fhir_export.read(case.person_id, purpose)


def of_type(leaving: CaseBundle, type_: str) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in leaving.bundle["entry"] if entry["resource"]["resourceType"] == type_]


def test_every_kind_of_record_goes_along_or_stays_on_purpose() -> None:
    of_nobody = {*DIRECTORY, "meeting", "meeting_series", "series_member", "attendance", "pulse_answer"}
    assert {part.kind for part in PARTS} | STAYS | of_nobody | {"person", "stratification_run"} == set(RULES)


def test_the_bundle_is_valid_and_tells_every_record_as_it_is(case: CaseInStore) -> None:
    leaving = read(case)
    assert faults_of(orjson.loads(leaving.content)) == []
    assert of_type(leaving, "Patient")[0]["identifier"][0]["value"] == "9434765919"
    for entry in leaving.bundle["entry"]:
        kind, id_, body = from_fhir(entry["resource"])
        stored = row_of(case.program.access.database.reader, kind, id_)
        assert stored == {**body, "id": id_}


def test_every_reference_of_the_bundle_leads_to_one_of_its_entries(case: CaseInStore) -> None:
    bundle = read(case).bundle
    there = {entry["fullUrl"].split("/fhir/")[1] for entry in bundle["entry"]}

    def references(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            for name, part in value.items():
                yield from [part] if name == "reference" and isinstance(part, str) else references(part)
        elif isinstance(value, list):
            for part in value:
                yield from references(part)

    assert set(references(bundle)) - there == set()


def test_alerts_that_protect_somebody_stay_and_that_is_said(case: CaseInStore) -> None:
    leaving = read(case)
    assert "visit in pairs" not in leaving.content.decode()
    assert ("flag", 1) in {(it.kind, it.count) for it in leaving.withheld}


def test_for_others_it_holds_what_the_sharing_matrix_gives_them(case: CaseInStore) -> None:
    leaving = read(case, HOME_CARE)
    assert {"Condition", "Goal", "Task"} <= set(leaving.resources)
    assert not {"QuestionnaireResponse", "Observation"} & set(leaving.resources)
    kinds = {it.kind for it in leaving.withheld}
    assert {"assessment", "answer"} <= kinds
    assert all(it.why for it in leaving.withheld)


def test_without_a_basis_nothing_goes_to_others_and_the_person_still_gets_theirs(case: CaseInStore) -> None:
    case.lacks_basis()
    with pytest.raises(NoBasisToShare):
        read(case, HOME_CARE)
    assert read(case).resources["Patient"] == 1


def test_who_may_not_export_gets_nothing_and_that_is_recorded(case: CaseInStore) -> None:
    volunteer = a_colleague(case.program, Role.VOLUNTEER)
    with pytest.raises(NotPermitted):
        volunteer.fhir_export.read(case.person_id)
    assert case.last_audit()[0] == "refused"


def test_what_a_role_does_not_see_stays_and_that_is_said(case: CaseInStore) -> None:
    administrator = a_colleague(case.program, Role.MDT_ADMINISTRATOR)
    leaving = administrator.fhir_export.read(case.person_id)
    assert "QuestionnaireResponse" not in leaving.resources
    assert {"assessment", "answer"} <= {it.kind for it in leaving.withheld}


def test_a_file_and_its_audit_entry_come_about_together(case: CaseInStore, tmp_path: Path) -> None:
    export, leaving, file = case.program.services.fhir_export, read(case), tmp_path / "case.json"
    export.save(leaving, file)
    assert orjson.loads(file.read_bytes()) == orjson.loads(leaving.content)
    action, about, reason = case.last_audit()
    assert (action, about) == ("export", case.person_id)
    assert "FHIR" in reason
    entries = case.program.access.database.reader.execute("SELECT count(*) FROM audit_entry").fetchone()
    with pytest.raises(PaperFileExists):
        export.save(leaving, file)
    assert case.program.access.database.reader.execute("SELECT count(*) FROM audit_entry").fetchone() == entries


def test_nobody_of_that_id_is_nobody(case: CaseInStore) -> None:
    with pytest.raises(NotFound):
        case.program.services.fhir_export.read("nobody")
