"""Quorum, the chair's rota, the person's view, actions, readiness, the scoreboard and the pulse: rules by table."""

import pytest

from mdt_desktop.domain.meeting import (
    ChairedBy,
    ChangeNeedsReason,
    DecisionKind,
    MeetingNotUnderWay,
    MeetingSealed,
    MeetingState,
    NoPersonsView,
    Outcome,
    PersonsView,
    chaired_by,
    challenge_for,
    minutes_for_cases,
    removal_is_suggested,
    require_closable,
    require_reason_for_change,
    require_under_way,
)
from mdt_desktop.domain.organisations import Discipline
from mdt_desktop.domain.pulse import NotOnTheScale, PulsePart, improvement_is_due, require_complete, result
from mdt_desktop.domain.quorum import Present, QuorumPart, QuorumRule, missing_for_quorum
from mdt_desktop.domain.readiness import ReadinessFacts, ReadinessPart, missing_parts
from mdt_desktop.domain.scoreboard import Dimension, Implemented, age_band, scores
from mdt_desktop.domain.tasks import TaskNeedsReason, TaskStatus, require_reason

CHAIR = Present("chair", Discipline.ADMINISTRATION, is_chair=True)
NURSE = Present("nurse", Discipline.NURSE)
SOCIAL_WORKER = Present("sw", Discipline.SOCIAL_WORKER, knows_person=True)


@pytest.mark.parametrize(
    ("present", "missing"),
    [
        pytest.param((CHAIR, NURSE, SOCIAL_WORKER), (), id="quorate"),
        pytest.param((NURSE, SOCIAL_WORKER), ("chair",), id="no chair"),
        pytest.param((CHAIR, SOCIAL_WORKER), ("health",), id="nobody from health"),
        pytest.param((CHAIR, NURSE), ("social_care", "knows_person"), id="no social care, nobody who knows them"),
        pytest.param((), ("chair", "health", "social_care", "knows_person"), id="nobody"),
        pytest.param(
            (Present("gp", Discipline.GP, is_chair=True, knows_person=True), SOCIAL_WORKER), (), id="a GP in the chair"
        ),
    ],
)
def test_what_is_missing_for_a_quorum(present: tuple[Present, ...], missing: tuple[str, ...]) -> None:
    assert missing_for_quorum(QuorumRule(), present) == missing


def test_the_quorum_is_a_setting() -> None:
    rule = QuorumRule(chair=False, health=2, social_care=0, knows_person=False)
    assert missing_for_quorum(rule, (NURSE,)) == (QuorumPart.HEALTH,)
    assert missing_for_quorum(rule, (NURSE, Present("gp", Discipline.GP))) == ()


def test_health_and_council_take_turns_in_the_chair() -> None:
    assert [chaired_by(ChairedBy.COUNCIL, number).value for number in range(3)] == ["council", "health", "council"]


def test_of_ninety_minutes_sixty_are_for_cases() -> None:
    assert [minutes_for_cases(length) for length in (90, 60, 45)] == [60, 40, 30]


@pytest.mark.parametrize("state", [MeetingState.PLANNED, MeetingState.CANCELLED])
def test_what_is_done_in_a_meeting_is_done_while_it_is_held(state: MeetingState) -> None:
    with pytest.raises(MeetingNotUnderWay):
        require_under_way(state)
    with pytest.raises(MeetingSealed):
        require_under_way(MeetingState.SEALED)
    require_under_way(MeetingState.UNDER_WAY)


def test_a_case_is_not_closed_without_the_persons_view_or_a_reason() -> None:
    for view in (PersonsView("  ", " "), PersonsView()):
        with pytest.raises(NoPersonsView):
            require_closable(view)
    require_closable(PersonsView("I want to stay at home."))
    require_closable(PersonsView(why_not="In hospital, could not be asked."))


def test_a_decision_that_changes_an_earlier_one_says_why() -> None:
    with pytest.raises(ChangeNeedsReason):
        require_reason_for_change(True, " ")
    require_reason_for_change(True, "She moved to her daughter's.")
    require_reason_for_change(False, "")


@pytest.mark.parametrize(
    ("outcomes", "suggested"),
    [
        ((Outcome.NO_CHANGE,) * 3, True),
        ((Outcome.NO_CHANGE,) * 2, False),
        ((Outcome.NO_CHANGE, Outcome.ASSESS, Outcome.NO_CHANGE, Outcome.NO_CHANGE), False),
        ((Outcome.NO_CHANGE, Outcome.NO_CHANGE, Outcome.NO_CHANGE, Outcome.ESCALATE), True),
    ],
)
def test_removal_is_suggested_after_three_meetings_without_change(
    outcomes: tuple[Outcome, ...], suggested: bool
) -> None:
    assert removal_is_suggested(outcomes) is suggested


def test_a_complex_case_is_asked_every_neutral_question_before_one_comes_again() -> None:
    asked = [challenge_for("case", number) for number in range(12)]
    assert sorted(asked[:6]) == list(range(6))
    assert asked[6:] == asked[:6]


@pytest.mark.parametrize("status", [TaskStatus.CHANGED, TaskStatus.NOT_DONE, TaskStatus.REFUSED])
def test_what_is_changed_not_done_or_refused_says_why(status: TaskStatus) -> None:
    with pytest.raises(TaskNeedsReason):
        require_reason(status, " ")
    require_reason(status, "Declined by the person.")
    require_reason(TaskStatus.DONE, "")


def test_without_a_carer_no_carers_view_is_missing() -> None:
    facts = ReadinessFacts(True, False, False, True, True, True)
    assert missing_parts(facts) == ()
    assert missing_parts(ReadinessFacts(False, True, False, False, False, False)) == tuple(ReadinessPart)


# The scoreboard


def implemented(organisation: str, people: int, status: TaskStatus = TaskStatus.DONE) -> list[Implemented]:
    return [
        Implemented(status, organisation, DecisionKind.OTHER, 80, 1, f"{organisation}-{number}")
        for number in range(people)
    ]


def test_a_group_of_fewer_than_five_people_is_suppressed_with_the_next_smallest() -> None:
    actions = implemented("Council", 20) + implemented("Trust", 4) + implemented("Practice", 7)
    found = scores(actions, Dimension.ORGANISATION)
    assert {score.group: score.people for score in found} == {"Council": 20, "Practice": None, "Trust": None}


def test_two_small_groups_hide_each_other() -> None:
    actions = implemented("Council", 20) + implemented("Trust", 4) + implemented("Practice", 2)
    found = scores(actions, Dimension.ORGANISATION)
    assert {score.group: score.people for score in found} == {"Council": 20, "Practice": None, "Trust": None}


def test_one_group_alone_that_is_small_is_suppressed() -> None:
    assert scores(implemented("Trust", 4), Dimension.ORGANISATION)[0].done is None


def test_the_share_done_counts_what_was_changed_for_a_reason_and_leaves_out_what_is_open() -> None:
    actions = (
        implemented("Trust", 6)
        + implemented("Trust", 2, TaskStatus.CHANGED)
        + implemented("Trust", 2, TaskStatus.NOT_DONE)
        + implemented("Trust", 5, TaskStatus.OPEN)
    )
    (score,) = scores(actions, Dimension.ORGANISATION)
    assert score.share_done == pytest.approx(0.8)
    assert (score.done, score.changed, score.not_done, score.open) == (6, 2, 2, 5)


@pytest.mark.parametrize(
    ("age", "band"), [(18, "18-64"), (64, "18-64"), (65, "65-74"), (84, "75-84"), (85, "85+")]
)
def test_age_bands(age: int, band: str) -> None:
    assert age_band(age) == band


# The pulse


def test_the_pulse_of_fewer_than_three_people_is_only_counted() -> None:
    answer = dict.fromkeys(PulsePart, 4)
    assert result([answer] * 2).means == {}
    assert result([answer, answer, dict.fromkeys(PulsePart, 1)]).means[PulsePart.RIGHT_PEOPLE] == 3


def test_six_taps_from_one_to_five() -> None:
    require_complete(dict.fromkeys(PulsePart, 5))
    for wrong in (dict.fromkeys(PulsePart, 0), dict.fromkeys(PulsePart, 6), {PulsePart.RIGHT_PEOPLE: 3}):
        with pytest.raises(NotOnTheScale):
            require_complete(wrong)


@pytest.mark.parametrize(
    ("meetings", "since", "due"), [(7, None, False), (8, None, True), (12, 4, False), (16, 8, True)]
)
def test_an_improvement_is_asked_for_every_eight_meetings(meetings: int, since: int | None, due: bool) -> None:
    assert improvement_is_due(meetings, since) is due
