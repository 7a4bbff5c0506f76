"""What the case page says, without a widget: the history in plain words, the next step, and what is missing."""

from datetime import UTC, date, datetime, timedelta

import pytest

from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.consent import ConsentStatus
from mdt_desktop.services.case_file import AuditSummary, StageChangeSummary
from mdt_desktop.ui.case.history_lines import GROUPS, HistoryLine, history_lines
from mdt_desktop.ui.case.next_steps import Mend, gaps, next_move, other_moves
from mdt_desktop.ui.case.view import load
from mdt_desktop.ui.case_sentences import days_words
from mdt_desktop.words import people_count, vocabulary
from tests.helpers.borough import SmallPlace, a_decision, a_person_with_case, people_around
from tests.helpers.clocks import FrozenClock

NOON = datetime(2026, 8, 14, 8, 12, tzinfo=UTC)


def entry(action: str, kind: str, minute: int = 0, **more: str) -> AuditSummary:
    return AuditSummary(
        minute,
        NOON + timedelta(minutes=minute),
        more.get("actor", "Ada Test"),
        action,
        kind,
        more.get("record", "r1"),
        more.get("fields", ""),
        more.get("reason", ""),
    )


def said(*entries: AuditSummary) -> list[str]:
    return [line.what_words for line in history_lines(entries, ())]


SENTENCES = {
    "a look": (entry("view", "person"), "Viewed"),
    "a contact": (entry("create", "personal_contact"), "Contact added"),
    "a contact taken off": (entry("delete", "personal_contact"), "Contact removed"),
    "the need": (entry("update", "person_case", fields="primary_need"), "Case changed: primary need"),
    "need and complexity": (
        entry("update", "person_case", fields="complexity,primary_need"),
        "Case changed: complexity, primary need",
    ),
    "a column without words of its own": (entry("update", "goal", fields="when_words"), "Goal changed: when words"),
    "an agreed lead": (entry("agree_lead", "lead_allocation"), "Lead professional agreed"),
    "a kind that is new": (entry("create", "wheelchair"), "Wheelchair added"),
}


@pytest.mark.parametrize(("act", "sentence"), SENTENCES.values(), ids=SENTENCES)
def test_an_act_is_told_in_plain_words(act: AuditSummary, sentence: str) -> None:
    assert said(act) == [sentence]


def test_the_time_is_written_as_on_a_clinical_screen() -> None:
    line = HistoryLine(NOON, "view", "Viewed", "Ada Test")
    here = NOON.astimezone()
    assert line.when_words == f"14-Aug-2026 {here:%H:%M}"


def test_an_act_of_the_field_is_told_once_and_not_as_its_records_too() -> None:
    assert said(entry("consent", "consent"), entry("create", "consent")) == ["Consent recorded"]


def test_another_record_of_the_same_moment_is_still_told() -> None:
    before = entry("update", "lead_allocation", record="before", fields="ended_at")
    assert said(entry("agree_lead", "lead_allocation"), before) == [
        "Lead professional agreed",
        "Lead professional changed: end",
    ]


def test_the_same_again_on_one_day_is_one_line_that_says_how_often() -> None:
    answers = [entry("create", "answer", minute, record=f"a{minute}") for minute in (5, 3, 1)]
    assert said(*answers) == ["Question answered (3 times)"]


def test_another_day_or_another_person_is_a_line_of_its_own() -> None:
    lines = said(entry("view", "person", 24 * 60), entry("view", "person", 2, actor="Bo Test"), entry("view", "person"))
    assert lines == ["Viewed", "Viewed", "Viewed"]


def test_a_move_is_told_by_its_stages_and_reason_and_not_as_changed_columns() -> None:
    move = StageChangeSummary(Stage.ACTIVE, Stage.STEPPED_DOWN, "Moved away", NOON, "Ada Test")
    lines = history_lines(
        [entry("create", "stage_change"), entry("update", "person_case", fields="stage,stage_since")], [move]
    )
    assert [(it.what, it.why, it.group) for it in lines] == [
        ("Moved from Active to Stepped down", "Moved away", "stage")
    ]


def test_a_move_that_also_changed_the_need_tells_the_need() -> None:
    assert said(entry("update", "person_case", fields="stage,stage_since,primary_need")) == [
        "Case changed: primary need"
    ]


def test_every_group_of_the_history_has_its_word() -> None:
    assert [group for group in GROUPS if f"case.history.group.{group}" not in vocabulary().labels] == []


def test_every_mend_has_its_verb() -> None:
    assert [mend for mend in Mend if f"case.mend.{mend.value}" not in vocabulary().labels] == []


def test_every_stage_has_its_move() -> None:
    assert [stage for stage in Stage if f"case.move.{stage.value}" not in vocabulary().labels] == []


@pytest.mark.parametrize(
    ("days", "text"),
    [(-2, "2 days late"), (-1, "1 day late"), (0, "today"), (1, "in 1 day"), (1200, "in 1,200 days")],
)
def test_days_are_said_as_people_say_them(days: int, text: str) -> None:
    assert days_words(days) == text


def test_people_are_counted_in_words() -> None:
    assert [people_count(count) for count in (0, 1, 2, 1200)] == ["nobody", "1 person", "2 people", "1,200 people"]


def test_somebody_who_has_consented_before_being_invited_goes_straight_on(program: Program, place: SmallPlace) -> None:
    person, _ = a_person_with_case(program, place)
    before = next_move(load(program.services, person))
    program.services.consents.record(person, a_decision())
    after = next_move(load(program.services, person))
    assert before is not None
    assert after is not None
    assert (before.to, after.to) == (Stage.INVITED, Stage.CONSENTED)


def test_the_other_moves_have_leaving_last(program: Program, place: SmallPlace) -> None:
    person, _ = a_person_with_case(program, place)
    assert other_moves(load(program.services, person)) == (Stage.DECLINED, Stage.STEPPED_DOWN)


def test_a_new_case_lacks_everything_in_the_order_of_the_work(program: Program, place: SmallPlace) -> None:
    person, _ = a_person_with_case(program, place)
    assert [gap.key for gap in gaps(load(program.services, person))] == [
        "consent_not_asked",
        "no_lead",
        "no_need",
        "no_assessment",
        "no_plan",
        "no_contact",
    ]


def test_what_the_next_move_names_is_not_named_twice(program: Program, place: SmallPlace) -> None:
    person, _ = a_person_with_case(program, place, Stage.PLANNING)
    view = load(program.services, person)
    move = next_move(view)
    assert move is not None
    assert [gap.key for gap in move.gaps] == ["missing.agreed_plan", "missing.agreed_lead"]
    assert [gap.key for gap in gaps(view)] == ["no_contact"]


def test_a_withdrawn_consent_is_missing_again(program: Program, place: SmallPlace) -> None:
    person, case = a_person_with_case(program, place, Stage.ACTIVE)
    people_around(program, person, case, place)
    program.services.consents.record(person, a_decision(ConsentStatus.WITHDRAWN, None, date(2026, 11, 20)))
    assert [gap.key for gap in gaps(load(program.services, person))] == ["no_basis"]


def test_a_review_that_is_late_is_named_with_its_day(program: Program, place: SmallPlace, clock: FrozenClock) -> None:
    person, case = a_person_with_case(program, place, Stage.ACTIVE)
    people_around(program, person, case, place)
    clock.set(datetime(2027, 2, 9, 9, 0, tzinfo=UTC))
    assert [gap.words for gap in gaps(load(program.services, person))] == ["The review was due on 08-Feb-2027."]


def test_somebody_who_left_lacks_nothing(program: Program, place: SmallPlace) -> None:
    person, case = a_person_with_case(program, place)
    program.services.cases.move(case, Stage.DECLINED, "Her wish")
    view = load(program.services, person)
    move = next_move(view)
    assert gaps(view) == ()
    assert move is not None
    assert (move.to, other_moves(view)) == (Stage.IDENTIFIED, (Stage.INVITED,))
