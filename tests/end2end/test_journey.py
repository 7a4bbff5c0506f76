"""The main job whole, by mouse and keyboard, with a real encrypted store and a real PDF and without a network."""

from collections.abc import Callable
from pathlib import Path

from pytestqt.qtbot import QtBot

from mdt_desktop.domain.care_plan import PlanStatus
from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.consent import ConsentStatus
from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.risk import Tier
from mdt_desktop.paths import DataFolder
from mdt_desktop.store import audit_log
from mdt_desktop.ui.care_plan.page import CarePlanPage
from mdt_desktop.ui.case.page import CasePage
from mdt_desktop.ui.caseload.page import CaseloadPage
from mdt_desktop.ui.start import Start
from mdt_desktop.words import label
from tests.helpers.clocks import FrozenClock
from tests.helpers.hands import Hands
from tests.helpers.journey import (
    GP,
    MATTERS,
    PLAN_WORDS,
    Documents,
    Journey,
    Somebody,
    a_practice_file,
    audited,
    do_the_main_job,
    in_this_order,
    pdf_text,
)

ACTS = [
    ("found_store", "setting"),
    ("import", "stratification_run"),
    ("view", "person"),
    ("consent", "consent"),
    ("create", "assessment"),
    ("create", "answer"),
    ("sign_part", "part_signature"),
    ("create", "practitioner"),
    ("agree_lead", "lead_allocation"),
    ("create", "care_plan"),
    ("create", "need"),
    ("create", "goal"),
    ("create", "action"),
    ("create", "contingency_plan"),
    ("agree_plan", "care_plan"),
    ("preview", "care_plan"),
    ("export", "care_plan"),
    ("create", "stage_change"),
]
"""Each act of the main job, in the order in which it is done."""

SHARED = {
    "person", "person_case", "risk_score", "stratification_run", "practice", "consent", "assessment", "answer",
    "part_signature", "practitioner", "lead_allocation", "care_team_member", "care_plan", "need", "goal", "action",
    "contingency_plan", "stage_change",
}  # fmt: skip
"""Every kind of record that the main job makes waits in the outbox for the other laptops."""

Begin = Callable[[], Journey]


def begin(qtbot: QtBot, folder: DataFolder, clock: FrozenClock) -> Journey:
    """The program, started on a folder; its window is not shown yet."""
    start = Start(folder, clock=clock)
    qtbot.addWidget(start.window)
    return Journey(start, Hands(qtbot, start.operations), clock)


def test_from_a_practices_risk_file_to_a_saved_joint_care_plan(
    qtbot: QtBot, tmp_path: Path, clock: FrozenClock
) -> None:
    folder, documents = DataFolder(tmp_path / "data"), Documents(tmp_path)
    person = a_practice_file(tmp_path / "files", clock().date())
    journey = begin(qtbot, folder, clock)
    try:
        do_the_main_job(journey, person, documents)
        the_paper_is_the_persons(person, documents)
        everything_is_audited_and_waits_to_be_sent(journey)
        the_caseload_and_the_measure_count_it(journey, person)
    finally:
        journey.leave()
    again = begin(qtbot, folder, clock)
    try:
        again.start.open_window().activateWindow()
        again.unlock()
        everything_is_still_there(again, person)
    finally:
        again.leave()


def the_paper_is_the_persons(person: Somebody, documents: Documents) -> None:
    """Name and number on each page, the person's own words, who leads, and why this copy was made."""
    pages = pdf_text(documents.plan)
    for page in pages:
        assert f"{person.given_names} {person.family_name}" in page
        assert person.spaced_number in page
    whole = " ".join(" ".join(pages).split())
    for words in (*PLAN_WORDS.values(), GP, "For the person themselves"):
        assert words in whole
    assert documents.plan.read_bytes().startswith(b"%PDF-")
    assert documents.recovery_sheet.read_bytes().startswith(b"%PDF-")


def everything_is_audited_and_waits_to_be_sent(journey: Journey) -> None:
    """Each act is in the chain of the audit log in its order, and each record in the outbox."""
    reader = journey.program.access.database.reader
    found = audited(journey.program)
    assert in_this_order(ACTS, found) == [], found
    assert audit_log.first_broken(reader) is None
    assert journey.program.access.database.check().problems == ()
    waiting = reader.execute("SELECT type, status FROM outbox").fetchall()
    assert {kind for kind, _ in waiting} >= SHARED
    assert {status for _, status in waiting} == {"waiting"}
    reasons = reader.execute("SELECT reason FROM audit_entry WHERE action = 'export'").fetchall()
    assert reasons == [("For the person themselves",)]


def the_caseload_and_the_measure_count_it(journey: Journey, person: Somebody) -> None:
    """The row shows lead, stage and review; the headline counts plan, lead and both."""
    hands = journey.hands
    journey.go_to("caseload")
    page = journey.page(CaseloadPage)
    hands.click(page.filters.search)
    page.filters.search.selectAll()
    hands.key_in(person.spaced_number)
    hands.settle()
    row = page.model.row(0)
    assert row is not None
    assert page.model.rowCount() == 1
    assert (row.nhs_number, row.lead_name, row.has_plan, row.stage) == (person.nhs_number, GP, True, Stage.ACTIVE)
    texts = [str(page.model.index(0, column).data()) for column in range(page.model.columnCount())]
    assert GP in texts
    assert any(text.startswith("23-Feb-2027") for text in texts), texts
    headline = journey.program.services.coverage.headline()
    assert headline.registered == person.people_in_file
    assert (headline.with_joint_plan, headline.with_agreed_lead, headline.with_both) == (1, 1, 1)
    shown = hands.reads(journey.start.window.status)
    assert f"at risk {headline.at_risk}" in shown
    assert "joint plan 1" in shown
    assert "agreed lead 1" in shown


def everything_is_still_there(journey: Journey, person: Somebody) -> None:
    """After closing and the passphrase: on the screen as before, and in the store."""
    hands = journey.hands
    case = journey.find(person.typed)
    shown = hands.reads(case)
    for words in (label(Tier.VERY_HIGH), GP, PLAN_WORDS["goal"], label(ConsentStatus.GIVEN), cui_date(person.born)):
        assert words in shown
    overview = case.case.view.overview if case.case.view else None
    assert overview is not None
    assert overview.case is not None
    assert overview.case.stage is Stage.ACTIVE
    assert [(plan.version, plan.status) for plan in overview.plan_versions] == [(1, PlanStatus.AGREED)]
    (assessment,) = overview.assessments
    opened = journey.program.services.assessment_reading.open(assessment.id)
    assert MATTERS in str(opened.answers)
    assert isinstance(case, CasePage)
    journey.press_in(case, "open_plan")
    plan = journey.page(CarePlanPage)
    assert PLAN_WORDS["most_important"] in hands.reads(plan.document)
    assert audit_log.first_broken(journey.program.access.database.reader) is None
