"""Assessments in a real store: batches of answers, signatures and what comes after them, and a killed process."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from mdt_desktop import bootstrap
from mdt_desktop.domain.assessment import (
    AssessmentIsEmpty,
    AssessmentStatus,
    PartHasProblems,
    PartIsEmpty,
    PartsNotSigned,
    PartState,
    PartStatus,
)
from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.organisations import Discipline
from mdt_desktop.domain.questionnaire import NoSuchQuestion, Value
from mdt_desktop.paths import DataFolder
from mdt_desktop.services.assessments import Assessments
from mdt_desktop.store import audit_log
from tests.helpers.clocks import FrozenClock
from tests.helpers.plans import PASSPHRASE, CaseInStore, a_case

pytestmark = pytest.mark.real_argon2  # another process opens the store

MINUTE = timedelta(minutes=1)
NOT_AT_ALL, SEVERAL_DAYS = "not-at-all", "several-days"


class Desk:
    """One case, its assessments and the clock."""

    def __init__(self, case: CaseInStore, clock: FrozenClock) -> None:
        self.case, self.clock = case, clock
        self.services = case.program.services
        self.verbs: Assessments = self.services.assessments

    def start(self, questionnaire: str = "joint-assessment") -> str:
        self.clock.advance(MINUTE)
        return self.verbs.start(self.case.case_id, questionnaire).made

    def part(self, assessment_id: str, key: str = "health") -> PartState:
        states = self.services.assessment_reading.open(assessment_id).parts
        return next(state for state in states if state.part.key == key)

    def sign_health(self) -> str:
        assessment = self.start()
        self.verbs.answers(
            assessment, {("he-summary", ""): "Stable", ("he-allergy", ""): False, ("he-falls-count", ""): "none"}
        )
        self.clock.advance(MINUTE)
        self.verbs.sign_part(assessment, "health", Discipline.NURSE)
        return assessment

    def rows(self, table: str) -> int:
        found = self.case.program.access.database.reader.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(found[0])

    def prompted(self) -> list[str]:
        return [prompt.answer for prompt in self.services.assessment_reading.safety_prompts(self.case.case_id)]


@pytest.fixture
def desk(data_folder: DataFolder, clock: FrozenClock) -> Iterator[Desk]:
    with a_case(data_folder, clock) as case:
        yield Desk(case, clock)


def test_a_batch_of_answers_comes_back_as_it_was_given(desk: Desk) -> None:
    assessment = desk.start()
    given: dict[tuple[str, str], Value | None] = {
        ("mt-important", ""): "Getting to the mosque on Fridays",
        ("mt-date", ""): date(2026, 11, 20),
        ("he-admissions", ""): 3,
        ("he-allergy", ""): True,
        ("he-condition-name", "0"): "Heart failure",
        ("he-condition-name", "2"): "Diabetes",
    }
    desk.verbs.answers(assessment, given)
    assert dict(desk.services.assessment_reading.open(assessment).answers.values) == given


def test_a_half_typed_date_and_number_come_back_as_they_were_typed(desk: Desk) -> None:
    assessment = desk.start()
    desk.verbs.answers(assessment, {("mt-date", ""): "14-Au", ("he-admissions", ""): "thr"})
    answers = desk.services.assessment_reading.open(assessment).answers
    assert (answers.get("mt-date"), answers.get("he-admissions")) == ("14-Au", "thr")


def test_an_answer_to_a_question_that_is_not_there_is_refused_and_not_kept_where_nobody_sees_it(desk: Desk) -> None:
    assessment = desk.start()
    with pytest.raises(NoSuchQuestion):
        desk.verbs.answers(assessment, {("he-summary", ""): "Stable", ("no-such-question", ""): "lost"})
    assert desk.rows("answer") == 0


def test_a_batch_is_kept_whole_or_not_at_all(desk: Desk) -> None:
    assessment = desk.start()
    too_long = "x" * 300
    with pytest.raises(Exception, match="record"):
        desk.verbs.answers(assessment, {("he-summary", ""): "kept?", ("he-summary", too_long): "refused"})
    assert len(desk.services.assessment_reading.open(assessment).answers) == 0


def test_a_batch_is_one_group_for_the_central_store_and_the_audit_log_holds(desk: Desk) -> None:
    assessment = desk.start()
    desk.verbs.answers(assessment, {("he-summary", ""): "a", ("fu-summary", ""): "b"})
    reader = desk.case.program.access.database.reader
    groups = reader.execute("SELECT group_no, count(*) FROM outbox WHERE type = 'answer' GROUP BY group_no").fetchall()
    assert [count for _group, count in groups] == [2]
    assert audit_log.first_broken(reader) is None


def test_the_same_answers_again_write_nothing(desk: Desk) -> None:
    assessment = desk.start()
    desk.verbs.answers(assessment, {("he-summary", ""): "Stable"})
    before = desk.rows("outbox"), desk.rows("audit_entry")
    changes = desk.verbs.answers(assessment, {("he-summary", ""): "Stable", ("ho-summary", ""): None})
    assert not changes
    assert (desk.rows("outbox"), desk.rows("audit_entry")) == before


def test_an_open_assessment_is_taken_up_again_and_a_completed_one_is_not(desk: Desk) -> None:
    assessment = desk.sign_health()
    assert desk.start() == assessment
    desk.verbs.complete(assessment)
    assert desk.start() != assessment


def test_a_started_assessment_has_the_version_of_its_questionnaire(desk: Desk) -> None:
    view = desk.services.assessment_reading.open(desk.start("phq-9"))
    assert view.summary.questionnaire_version == view.questionnaire.version


def test_signing_shows_who_signed_with_which_discipline_and_when(desk: Desk) -> None:
    state = desk.part(desk.sign_health())
    assert (state.status, state.signed_by, state.discipline) == (PartStatus.SIGNED, "Sam Specimen", Discipline.NURSE)
    assert state.signed_at == desk.clock()


def test_a_part_that_is_empty_or_has_problems_is_not_signed_whatever_the_screen_says(desk: Desk) -> None:
    assessment = desk.start()
    with pytest.raises(PartIsEmpty):
        desk.verbs.sign_part(assessment, "health", Discipline.NURSE)
    desk.verbs.answer(assessment, "he-summary", "", "Stable")
    with pytest.raises(PartHasProblems):
        desk.verbs.sign_part(assessment, "health", Discipline.NURSE)
    assert desk.rows("part_signature") == 0


@pytest.mark.parametrize(
    "value",
    [pytest.param("Worse since Monday", id="another answer"), pytest.param(None, id="taken away")],
)
def test_a_change_after_the_signature_shows_who_changed_it_and_when(desk: Desk, value: str | None) -> None:
    assessment = desk.sign_health()
    later = desk.clock.advance(MINUTE)
    desk.verbs.answer(assessment, "he-summary", "", value)
    state = desk.part(assessment)
    assert state.status is PartStatus.CHANGED_SINCE_SIGNED
    assert (state.changed_by, state.changed_at) == ("Sam Specimen", later)


def test_a_change_in_another_part_leaves_the_signature_as_it_is(desk: Desk) -> None:
    assessment = desk.sign_health()
    desk.clock.advance(MINUTE)
    desk.verbs.answer(assessment, "ho-summary", "", "Two steps at the door")
    assert desk.part(assessment).status is PartStatus.SIGNED


def test_signing_again_takes_the_change_in(desk: Desk) -> None:
    assessment = desk.sign_health()
    desk.clock.advance(MINUTE)
    desk.verbs.answer(assessment, "he-summary", "", "Worse")
    desk.clock.advance(MINUTE)
    desk.verbs.sign_part(assessment, "health", Discipline.GP)
    assert (desk.part(assessment).status, desk.part(assessment).discipline) == (PartStatus.SIGNED, Discipline.GP)


def test_a_taken_away_answer_is_no_answer_any_more_and_can_be_given_again(desk: Desk) -> None:
    assessment = desk.start()
    desk.verbs.answer(assessment, "he-summary", "", "Stable")
    desk.verbs.answer(assessment, "he-summary", "", None)
    view = desk.services.assessment_reading.open(assessment)
    assert (len(view.answers), view.summary.answers) == (0, 0)
    desk.verbs.answer(assessment, "he-summary", "", "Stable after all")
    assert desk.services.assessment_reading.open(assessment).answers.get("he-summary") == "Stable after all"


def test_an_assessment_is_completed_when_what_is_answered_is_signed(desk: Desk) -> None:
    assessment = desk.sign_health()
    desk.verbs.complete(assessment, "not needed")
    summary = desk.services.case_file.assessment(assessment)
    assert (summary.status, summary.unsigned_reason) == (AssessmentStatus.COMPLETED, "")


def test_parts_that_are_not_signed_need_a_reason_which_is_kept(desk: Desk) -> None:
    assessment = desk.sign_health()
    desk.verbs.answer(assessment, "ho-summary", "", "Two steps at the door")
    with pytest.raises(PartsNotSigned):
        desk.verbs.complete(assessment)
    desk.verbs.complete(assessment, "  The therapist signs next week ")
    assert desk.services.case_file.assessment(assessment).unsigned_reason == "The therapist signs next week"


def test_an_empty_assessment_is_not_completed(desk: Desk) -> None:
    with pytest.raises(AssessmentIsEmpty):
        desk.verbs.complete(desk.start(), "nothing to say")


def test_an_answer_after_completion_makes_it_amended_and_the_same_answer_does_not(desk: Desk) -> None:
    assessment = desk.sign_health()
    desk.verbs.complete(assessment)
    desk.verbs.answer(assessment, "he-summary", "", "Stable")
    assert desk.services.case_file.assessment(assessment).status is AssessmentStatus.COMPLETED
    desk.verbs.answer(assessment, "he-summary", "", "Worse")
    assert desk.services.case_file.assessment(assessment).status is AssessmentStatus.AMENDED


def test_earlier_fillings_of_the_same_form_are_there_for_comparison_the_latest_first(desk: Desk) -> None:
    made = []
    for answer in (NOT_AT_ALL, SEVERAL_DAYS, NOT_AT_ALL):
        made.append(desk.start("phq-9"))
        desk.verbs.answers(made[-1], {(f"phq9-{number}", ""): answer for number in range(1, 10)})
        desk.clock.advance(MINUTE)
        desk.verbs.sign_part(made[-1], "phq9", Discipline.NURSE)
        desk.verbs.complete(made[-1])
    earlier = desk.services.assessment_reading.open(made[2]).earlier
    assert [it.summary.id for it in earlier] == [made[1], made[0]]
    assert earlier[0].answers.get("phq9-1") == SEVERAL_DAYS


def test_the_safety_prompt_stays_on_the_case_until_item_nine_is_answered_not_at_all(desk: Desk) -> None:
    assert desk.prompted() == []
    first = desk.start("phq-9")
    desk.verbs.answer(first, "phq9-9", "", SEVERAL_DAYS)
    assert desk.prompted() == ["Several days"]
    desk.verbs.complete(first, "Interrupted by the ambulance")
    second = desk.start("phq-9")
    desk.verbs.answer(second, "phq9-1", "", NOT_AT_ALL)
    assert desk.prompted() == ["Several days"]
    desk.verbs.answer(second, "phq9-9", "", NOT_AT_ALL)
    assert desk.prompted() == []


def test_the_shelf_offers_four_forms_and_shows_what_the_case_has(desk: Desk) -> None:
    assessment = desk.sign_health()
    shelf = desk.services.assessment_reading.shelf(desk.case.person_id)
    assert [form.id for form in shelf.offered] == ["joint-assessment", "care-act-evidence", "phq-9", "ons4"]
    assert [it.id for it in shelf.assessments] == [assessment]
    assert shelf.case_id == desk.case.case_id


def test_an_unknown_assessment_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.services.assessment_reading.open("019ab000-0000-7000-8000-000000000000")


def test_a_decimal_keeps_its_digits(desk: Desk) -> None:
    assessment = desk.start()
    desk.verbs.answer(assessment, "he-weight", "", Decimal("61.50"))
    reader = desk.case.program.access.database.reader
    stored = reader.execute("SELECT value_json FROM answer WHERE link_id = 'he-weight'").fetchone()
    assert stored == ('"61.50"',)


_TYPES_AND_IS_KILLED = """
import os, sys, signal, time
from pathlib import Path
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtTest import QTest
from mdt_desktop import bootstrap
from mdt_desktop.paths import DataFolder
from mdt_desktop.ui.app import make_application
from mdt_desktop.ui.assessment.page import AssessmentPage
from mdt_desktop.ui.broadcasts import Broadcasts
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations

def wait(until):
    deadline = time.monotonic() + 60
    while not until() and time.monotonic() < deadline:
        app.processEvents()

folder, passphrase, assessment_id = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
app = make_application(scheme="light")
program = bootstrap.open_with_passphrase(DataFolder(folder), passphrase)
operations = Operations(Broadcasts())
page = AssessmentPage(program.services, operations, Messages())
page.resize(1100, 700)
page.show()
page.shown({"assessment_id": assessment_id})
wait(lambda: page.filling is not None)
field = page.filling.form.page.question("mt-important", "").field.inputs()[0]
field.setFocus()
QTest.keyClicks(field, "Getting to the mosque on Fridays")
wait(lambda: page.saved_count > 0 and page.all_saved)
print("acknowledged", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
def test_what_was_typed_and_acknowledged_survives_a_killed_process(data_folder: DataFolder, clock: FrozenClock) -> None:
    with a_case(data_folder, clock) as case:
        assessment = case.program.services.assessments.start(case.case_id, "joint-assessment").made
    killed = subprocess.run(
        [sys.executable, "-c", _TYPES_AND_IS_KILLED, str(data_folder.root), PASSPHRASE, assessment],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert "acknowledged" in killed.stdout
    with bootstrap.open_with_passphrase(data_folder, PASSPHRASE) as program:
        answers = program.services.assessment_reading.open(assessment).answers
        assert answers.get("mt-important") == "Getting to the mosque on Fridays"
        assert audit_log.first_broken(program.access.database.reader) is None
