"""Paper leaves only with a reason, a basis and an audit entry, and holds what the store holds."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mdt_desktop.documents.writing import PaperFileExists, PaperNotSaved
from mdt_desktop.domain.care_plan import PlanStatus
from mdt_desktop.domain.consent import NoBasisToShare
from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.people import Gender
from mdt_desktop.domain.printing import PaperKind, PrintReason, Purpose, ReasonMissing
from mdt_desktop.paths import DataFolder
from mdt_desktop.records import Person
from mdt_desktop.services.printing import Printing
from mdt_desktop.store import audit_log
from mdt_desktop.store.unit_of_work import UnitOfWork
from tests.helpers.clocks import FrozenClock
from tests.helpers.plans import AGREED_BY, NHS_NUMBER, CaseInStore, a_case, a_ready_draft, a_rich_draft

FOR_HER = Purpose(PrintReason.FOR_THE_PERSON)
FOR_CARERS = Purpose(PrintReason.FOR_HOME_CARE, "Exampleton Home Care")


@pytest.fixture
def case(data_folder: DataFolder, clock: FrozenClock) -> Iterator[CaseInStore]:
    with a_case(data_folder, clock) as made:
        yield made


def printing(case: CaseInStore) -> Printing:
    return case.program.services.printing


def agreed(case: CaseInStore) -> str:
    plan_id = a_ready_draft(case)
    case.program.services.care_plans.agree(plan_id, case.program.access.today(), AGREED_BY)
    return plan_id


def test_the_paper_holds_what_the_store_holds(case: CaseInStore) -> None:
    paper = printing(case).paper(a_rich_draft(case), datetime(2026, 11, 23, 9, 0, tzinfo=UTC), FOR_CARERS)
    assert (paper.person.name, paper.person.nhs_number) == ("Mrs Rahima Sampleton", NHS_NUMBER)
    assert paper.lead is not None
    assert (paper.lead.name, paper.lead.telephone) == ("Nia Placeholder", "020 7946 0123")
    assert paper.printed_why == "For home-care staff: Exampleton Home Care"
    assert len(paper.needs) == 6
    assert sum(len(goal.actions) for need in paper.needs for goal in need.goals) == 30
    assert [it.name for it in paper.crisis_contacts] == ["Urgent response", "Telecare", "Farid Sampleton"]
    assert paper.strengths == ("I know every neighbour in the street.", "My family comes every Sunday.")
    assert paper.reviewer == "Nia Placeholder, District nurse lead"
    assert not paper.demo


def test_alerts_for_staff_only_do_not_reach_the_kitchen_table(case: CaseInStore) -> None:
    paper = printing(case).paper(a_ready_draft(case))
    assert paper.alerts == ("Allergy: penicillin", "Lives alone")


def test_somebody_who_must_not_be_contacted_is_not_printed(case: CaseInStore) -> None:
    paper = printing(case).paper(a_ready_draft(case))
    assert [line.name for line in paper.supporters] == ["Farid Sampleton"]


def test_goals_and_actions_without_words_are_not_printed(case: CaseInStore) -> None:
    plan_id = a_ready_draft(case)
    plans = case.program.services.care_plans
    need = plans.add_part("need", plan_id, {"words": " "}).made
    plans.add_part("goal", need, {})
    assert len(printing(case).paper(plan_id).needs) == 1


def test_a_draft_carries_its_mark_on_every_page_and_an_agreed_plan_does_not(case: CaseInStore) -> None:
    plan_id = a_ready_draft(case)
    draft = printing(case).paper(plan_id, purpose=FOR_HER)
    case.program.services.care_plans.agree(plan_id, case.program.access.today(), AGREED_BY)
    final = printing(case).paper(plan_id, purpose=FOR_HER)
    assert (draft.status, final.status) == (PlanStatus.DRAFT, PlanStatus.AGREED)
    assert printing(case).pdf(draft) != printing(case).pdf(replace(draft, status=PlanStatus.AGREED))
    assert [line.name for line in final.agreed_with] == ["Mrs Rahima Sampleton"]


@pytest.mark.parametrize("reason", [it for it in PrintReason if it is not PrintReason.FOR_THE_PERSON])
def test_without_a_basis_nothing_is_made_or_recorded_for_others(case: CaseInStore, reason: PrintReason) -> None:
    plan_id = agreed(case)
    case.lacks_basis()
    before = case.last_audit()
    purpose = Purpose(reason, "in words")
    with pytest.raises(NoBasisToShare):
        printing(case).render(plan_id, purpose)
    with pytest.raises(NoBasisToShare):
        printing(case).record_print(plan_id, purpose)
    with pytest.raises(NoBasisToShare):
        printing(case).record_export(plan_id, purpose)
    assert case.last_audit() == before


def test_a_person_may_have_their_own_plan_without_a_basis_to_share(case: CaseInStore, tmp_path: Path) -> None:
    plan_id = agreed(case)
    case.lacks_basis()
    saved = printing(case).save(case.person_id, tmp_path / "plan.pdf", FOR_HER)
    assert (saved.plan_id, saved.person_id, saved.status) == (plan_id, case.person_id, PlanStatus.AGREED)
    assert not printing(case).may_be_shared(plan_id)


@pytest.mark.parametrize("verb", ["print", "export"])
@pytest.mark.parametrize("cancelled", [False, True], ids=["done", "cancelled in the system dialog"])
def test_each_print_and_export_is_in_the_audit_with_its_reason(case: CaseInStore, verb: str, cancelled: bool) -> None:
    plan_id = agreed(case)
    record = printing(case).record_print if verb == "print" else printing(case).record_export
    changes = record(plan_id, FOR_CARERS, cancelled=cancelled)
    action, record_id, reason = case.last_audit()
    assert (action, record_id) == (verb, plan_id)
    assert reason.startswith("For home-care staff: Exampleton Home Care")
    assert ("cancelled" in reason) is cancelled
    assert changes.concern("audit_entry", case.person_id)


def test_a_preview_is_in_the_audit_and_the_chain_holds(case: CaseInStore) -> None:
    plan_id = agreed(case)
    printing(case).record_preview(plan_id)
    assert case.last_audit()[:2] == ("preview", plan_id)
    assert audit_log.first_broken(case.program.access.database.reader) is None


@pytest.mark.parametrize("which", ["person_id", "case_id", "nhs_number", "plan_id"])
def test_a_plan_is_found_by_person_case_number_or_its_own_id(case: CaseInStore, tmp_path: Path, which: str) -> None:
    plan_id = agreed(case)
    case.program.services.care_plans.start_draft(case.case_id)
    given = {
        "person_id": case.person_id,
        "case_id": case.case_id,
        "nhs_number": "943 476 5919",
        "plan_id": plan_id,
    }[which]
    saved = printing(case).save(given, tmp_path / "plan.pdf", FOR_CARERS)
    assert saved.plan_id == plan_id, "the agreed plan goes before the draft"
    assert saved.path.read_bytes().startswith(b"%PDF-")
    assert saved.pages == printing(case).page_count(saved.path.read_bytes())


def test_without_an_agreed_plan_the_draft_is_saved(case: CaseInStore, tmp_path: Path) -> None:
    plan_id = a_ready_draft(case)
    assert printing(case).save(case.person_id, tmp_path / "plan.pdf", FOR_HER).plan_id == plan_id


def test_a_file_that_is_there_is_not_overwritten_and_no_export_is_recorded(case: CaseInStore, tmp_path: Path) -> None:
    agreed(case)
    there = tmp_path / "letter.pdf"
    there.write_bytes(b"precious")
    before = case.last_audit()
    with pytest.raises(PaperFileExists):
        printing(case).save(case.person_id, there, FOR_HER)
    assert there.read_bytes() == b"precious"
    assert case.last_audit() == before


def test_a_folder_that_is_not_there_leaves_no_export_in_the_audit(case: CaseInStore, tmp_path: Path) -> None:
    agreed(case)
    before = case.last_audit()
    with pytest.raises(PaperNotSaved):
        printing(case).save(case.person_id, tmp_path / "nowhere" / "plan.pdf", FOR_HER)
    assert case.last_audit() == before


def test_nobody_of_that_number_has_no_paper(case: CaseInStore, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        printing(case).save("9000000009", tmp_path / "plan.pdf", FOR_HER)
    with pytest.raises(NotFound):
        printing(case).paper_about("no such id")


def only_imported(case: CaseInStore) -> str:
    """Somebody of whom only a risk file has told: no case, no consent."""
    access = case.program.access
    with UnitOfWork(access.database, access.actor, access.clock()) as work:
        person = work.add(
            Person(
                id=work.new_id(),
                family_name="Exampler",
                given_names="Evan",
                born=date(1951, 3, 2),
                gender=Gender.MALE,
                practice_id=case.practice_id,
            )
        )
        return person.id


def test_somebody_who_was_only_imported_gets_a_planning_sheet_without_a_basis_to_share(
    case: CaseInStore, tmp_path: Path
) -> None:
    person_id = only_imported(case)
    saved = printing(case).save(person_id, tmp_path / "sheet.pdf", FOR_HER)
    assert (saved.kind, saved.plan_id, saved.person_id, saved.status) == (PaperKind.SHEET, "", person_id, None)
    content = saved.path.read_bytes()
    assert saved.pages == printing(case).page_count(content) == 4
    assert case.last_audit() == ("export", person_id, "For the person themselves")
    assert audit_log.first_broken(case.program.access.database.reader) is None
    sheet = printing(case).sheet(person_id)
    assert (sheet.person.name, sheet.person.practice_telephone) == ("Evan Exampler", "020 7946 0100")
    assert (sheet.lead, sheet.what_matters, sheet.crisis_contacts) == (None, "", ())


@pytest.mark.parametrize("reason", [it for it in PrintReason if it is not PrintReason.FOR_THE_PERSON])
def test_a_planning_sheet_goes_to_nobody_else_without_a_basis(
    case: CaseInStore, tmp_path: Path, reason: PrintReason
) -> None:
    person_id = only_imported(case)
    before = case.last_audit()
    with pytest.raises(NoBasisToShare):
        printing(case).save(person_id, tmp_path / "sheet.pdf", Purpose(reason, "in words"))
    with pytest.raises(NoBasisToShare):
        printing(case).record_print(person_id, Purpose(reason, "in words"))
    assert not (tmp_path / "sheet.pdf").exists()
    assert case.last_audit() == before


def test_the_sheet_of_somebody_with_a_case_has_what_is_known_and_no_alert_for_staff_only(case: CaseInStore) -> None:
    services = case.program.services
    older, newer = (services.assessments.start(case.case_id, "joint-assessment").made for _ in range(2))
    services.assessments.answer(older, "mt-important", "", "To see the sea once more.")
    services.assessments.answer(newer, "mt-worries", "", "The stairs.")
    sheet = printing(case).sheet(case.person_id)
    assert sheet.lead is not None
    assert sheet.lead.name == "Nia Placeholder"
    assert sheet.what_matters == "To see the sea once more."
    assert sheet.alerts == ("Allergy: penicillin", "Lives alone")
    assert [it.name for it in sheet.crisis_contacts] == ["Farid Sampleton"]
    contents = printing(case).contents(sheet, printing(case).pdf(sheet), True)
    assert (contents.kind, contents.status, contents.file_name) == (
        PaperKind.SHEET,
        None,
        "planning-sheet-2026-11-23.pdf",
    )
    assert contents.sections[-1] == "Room to write the plan"


@pytest.mark.parametrize("which", ["person_id", "case_id", "nhs_number"])
def test_a_sheet_gives_way_to_the_draft_and_the_draft_to_the_agreed_plan(
    case: CaseInStore, tmp_path: Path, which: str
) -> None:
    given = {"person_id": case.person_id, "case_id": case.case_id, "nhs_number": NHS_NUMBER}[which]
    kinds = [printing(case).save(given, tmp_path / "1.pdf", FOR_HER).kind]
    plan_id = a_ready_draft(case)
    kinds.append(printing(case).save(given, tmp_path / "2.pdf", FOR_HER).kind)
    case.program.services.care_plans.agree(plan_id, case.program.access.today(), AGREED_BY)
    kinds.append(printing(case).save(given, tmp_path / "3.pdf", FOR_HER).kind)
    assert kinds == [PaperKind.SHEET, PaperKind.DRAFT, PaperKind.PLAN]


def test_words_of_ones_own_are_a_reason_and_none_are_not(case: CaseInStore, tmp_path: Path) -> None:
    agreed(case)
    printing(case).save(case.person_id, tmp_path / "plan.pdf", "For the ward round")
    assert case.last_audit()[2] == "For the ward round"
    with pytest.raises(ReasonMissing):
        printing(case).save(case.person_id, tmp_path / "other.pdf", " ")


def test_what_leaves_is_named_before_it_does(case: CaseInStore) -> None:
    paper = printing(case).paper(a_rich_draft(case))
    contents = printing(case).contents(paper, printing(case).pdf(paper), True)
    assert contents.person == "Mrs Rahima Sampleton"
    assert contents.pages > 2
    assert "Needs, goals and actions" in contents.sections
    assert "Who agreed the plan" not in contents.sections
    assert contents.file_name == "care-plan-v1-2026-11-23.pdf"
