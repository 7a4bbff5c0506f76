"""Care plans in the real store: drafts, parts, order, removal and its undo, agreeing, versions and what changed."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from mdt_desktop.domain.care_plan import (
    ActionStatus,
    AgreedWith,
    Agreement,
    GoalStatus,
    PlanIsClosed,
    PlanNotReady,
    PlanStatus,
    ScaleOutOfRange,
)
from mdt_desktop.domain.errors import NotFound
from mdt_desktop.services.care_plans import AgreedInFuture, CarePlans, NoSuchField, PartRemoved
from mdt_desktop.services.plan_comparison import Change
from mdt_desktop.services.plan_desk import NeedSummary, PlanSummary, compare_versions, read_desk
from mdt_desktop.store import audit_log
from tests.helpers.plans import AGREED_BY, CaseInStore, a_ready_draft, a_rich_draft


def plans(case: CaseInStore) -> CarePlans:
    return case.program.services.care_plans


def read(case: CaseInStore, plan_id: str) -> PlanSummary:
    return case.program.services.case_file.plan(plan_id)


def needs_of(case: CaseInStore, plan_id: str) -> list[str]:
    return [need.words for need in read(case, plan_id).needs]


def three_needs(case: CaseInStore) -> tuple[str, list[str]]:
    plan_id = plans(case).start_draft(case.case_id).made
    return plan_id, [plans(case).add_part("need", plan_id, {"words": word}).made for word in ("one", "two", "three")]


def whole(need: NeedSummary) -> tuple[object, ...]:
    return need.id, need.words, [(goal.id, goal.words, [it.what for it in goal.actions]) for goal in need.goals]


def test_starting_a_draft_twice_gives_the_same_draft(case: CaseInStore) -> None:
    assert plans(case).start_draft(case.case_id).made == plans(case).start_draft(case.case_id).made


def test_needs_hold_goals_and_goals_hold_actions(case: CaseInStore) -> None:
    plan = read(case, a_rich_draft(case))
    assert len(plan.needs) == 6
    assert sum(len(need.goals) for need in plan.needs) == 12
    assert sum(len(goal.actions) for need in plan.needs for goal in need.goals) == 30


@pytest.mark.parametrize(
    ("start", "steps", "order"),
    [
        pytest.param(0, 1, ["two", "one", "three"], id="the first down"),
        pytest.param(2, -1, ["one", "three", "two"], id="the last up"),
        pytest.param(2, -2, ["three", "one", "two"], id="the last to the top"),
        pytest.param(0, -1, ["one", "two", "three"], id="the first stays at the top"),
        pytest.param(2, 9, ["one", "two", "three"], id="the last stays at the end"),
    ],
)
def test_a_part_moves_among_its_siblings(case: CaseInStore, start: int, steps: int, order: list[str]) -> None:
    plan_id, ids = three_needs(case)
    plans(case).move_part("need", ids[start], steps)
    assert needs_of(case, plan_id) == order


def test_moving_up_and_down_fifty_times_keeps_the_order(case: CaseInStore) -> None:
    plan_id, ids = three_needs(case)
    for _ in range(25):
        plans(case).move_part("need", ids[1], -1)
        plans(case).move_part("need", ids[1], 1)
    assert needs_of(case, plan_id) == ["one", "two", "three"]


def test_parts_that_two_laptops_put_at_the_same_place_can_still_be_moved(case: CaseInStore) -> None:
    plan_id, _ids = three_needs(case)
    case.program.access.database.writer.execute("UPDATE need SET order_key = '000000100000'")
    before = read(case, plan_id).needs
    plans(case).move_part("need", before[2].id, -1)
    assert [need.id for need in read(case, plan_id).needs] == [before[0].id, before[2].id, before[1].id]


def test_a_removed_need_comes_back_where_it_was_with_all_its_goals_and_actions(case: CaseInStore) -> None:
    plan_id = a_rich_draft(case)
    before = read(case, plan_id).needs
    removed = plans(case).remove_part("need", before[2].id)
    assert len(read(case, plan_id).needs) == 5
    assert isinstance(removed, PartRemoved)
    assert removed.kept is not None
    plans(case).put_back(removed.kept)
    assert [whole(need) for need in read(case, plan_id).needs] == [whole(need) for need in before]


def test_removals_can_be_undone_in_turn_although_the_second_took_the_first_ones_parent(case: CaseInStore) -> None:
    plan_id = a_ready_draft(case)
    before = whole(read(case, plan_id).needs[0])
    goal = read(case, plan_id).needs[0].goals[0]
    action_gone = plans(case).remove_part("action", goal.actions[0].id)
    goal_gone = plans(case).remove_part("goal", goal.id)
    for gone in (goal_gone, action_gone):
        assert gone.kept is not None
        plans(case).put_back(gone.kept)
    assert whole(read(case, plan_id).needs[0]) == before


def test_putting_a_part_back_twice_changes_nothing_the_second_time(case: CaseInStore) -> None:
    plan_id = a_ready_draft(case)
    gone = plans(case).remove_part("need", read(case, plan_id).needs[0].id)
    assert gone.kept is not None
    made = plans(case).put_back(gone.kept).made
    plans(case).change_part("need", made, {"words": "Changed since"})
    again = plans(case).put_back(gone.kept)
    assert (again.made, again.kinds) == (made, frozenset())
    assert [need.words for need in read(case, plan_id).needs if need.id == made] == ["Changed since"]


def test_a_reviewer_whom_the_directory_does_not_have_is_not_found(case: CaseInStore) -> None:
    plan_id = a_ready_draft(case)
    with pytest.raises(NotFound):
        plans(case).set_fields(plan_id, {"reviewer_id": "nobody"})


def test_a_plan_without_the_name_of_who_agreed_is_not_agreed_and_nothing_is_changed(case: CaseInStore) -> None:
    plan_id = a_ready_draft(case)
    with pytest.raises(PlanNotReady):
        plans(case).agree(plan_id, case.program.access.today(), Agreement(AgreedWith.PERSON, "  "))
    plan = read(case, plan_id)
    assert (plan.status, plan.agreed_with) == (PlanStatus.DRAFT, None)


def test_a_plan_cannot_have_been_agreed_tomorrow(case: CaseInStore) -> None:
    plan_id = a_ready_draft(case)
    with pytest.raises(AgreedInFuture):
        plans(case).agree(plan_id, case.program.access.today() + timedelta(days=1), AGREED_BY)


def test_agreeing_records_who_agreed_and_closes_the_plan(case: CaseInStore) -> None:
    plan_id = a_ready_draft(case)
    plans(case).agree(plan_id, date(2026, 11, 20), Agreement(AgreedWith.ATTORNEY_OR_DEPUTY, " Farid ", "son"))
    plan = read(case, plan_id)
    assert (plan.status, plan.agreed_name, plan.agreed_role, plan.agreed_on, plan.agreed_by) == (
        PlanStatus.AGREED,
        "Farid",
        "son",
        date(2026, 11, 20),
        "Sam Specimen",
    )
    latest = case.program.access.database.reader.execute(
        "SELECT count(*) FROM audit_entry WHERE action = 'agree_plan' AND record_id = ?", (plan_id,)
    ).fetchone()
    assert latest == (1,)
    assert audit_log.first_broken(case.program.access.database.reader) is None


def test_nothing_in_an_agreed_plan_can_be_changed(case: CaseInStore) -> None:
    plan_id = a_ready_draft(case)
    plans(case).agree(plan_id, date(2026, 11, 20), AGREED_BY)
    before = read(case, plan_id)
    need = before.needs[0]
    changes: list[Callable[[], object]] = [
        lambda: plans(case).set_fields(plan_id, {"strengths": "x"}),
        lambda: plans(case).add_part("need", plan_id, {}),
        lambda: plans(case).change_part("need", need.id, {"words": "x"}),
        lambda: plans(case).remove_part("need", need.id),
        lambda: plans(case).move_part("need", need.id, 1),
        lambda: plans(case).agree(plan_id, date(2026, 11, 20), AGREED_BY),
    ]
    for change in changes:
        with pytest.raises(PlanIsClosed):
            change()
    assert read(case, plan_id) == before


def test_the_next_agreed_version_supersedes_the_one_before_which_is_kept_whole(case: CaseInStore) -> None:
    first = a_ready_draft(case)
    plans(case).agree(first, case.program.access.today(), AGREED_BY)
    before = read(case, first)
    second = plans(case).start_draft(case.case_id).made
    plans(case).set_fields(second, {"review_due": date(2027, 11, 1), "most_important": "My roses"})
    plans(case).agree(second, case.program.access.today(), AGREED_BY)
    after = read(case, first)
    assert after.status is PlanStatus.SUPERSEDED
    assert (after.about_me, after.needs, after.agreed_name) == (before.about_me, before.needs, before.agreed_name)


def test_a_new_version_begins_as_a_copy_but_is_not_agreed_and_has_no_review_date(case: CaseInStore) -> None:
    first = a_ready_draft(case)
    plans(case).agree(first, case.program.access.today(), AGREED_BY)
    old, new = read(case, first), read(case, plans(case).start_draft(case.case_id).made)
    assert (new.version, new.status, new.about_me) == (2, PlanStatus.DRAFT, old.about_me)
    assert (new.agreed_name, new.agreed_on, new.review_due) == ("", None, None)
    assert [need.words for need in new.needs] == [need.words for need in old.needs]
    assert new.needs[0].origin == old.needs[0].id


def test_progress_is_tracked_on_the_agreed_plan_and_followed_by_the_draft_begun_from_it(case: CaseInStore) -> None:
    first = a_ready_draft(case)
    plans(case).agree(first, case.program.access.today(), AGREED_BY)
    second = plans(case).start_draft(case.case_id).made
    goal = read(case, first).needs[0].goals[0]
    plans(case).track("action", goal.actions[0].id, ActionStatus.DONE)
    plans(case).track("goal", goal.id, GoalStatus.ACHIEVED)
    for plan_id in (first, second):
        seen = read(case, plan_id).needs[0].goals[0]
        assert (seen.status, seen.actions[0].status) == (GoalStatus.ACHIEVED, ActionStatus.DONE)


def test_progress_of_a_superseded_plan_is_closed(case: CaseInStore) -> None:
    first = a_ready_draft(case)
    plans(case).agree(first, case.program.access.today(), AGREED_BY)
    second = plans(case).start_draft(case.case_id).made
    plans(case).set_fields(second, {"review_due": date(2027, 11, 1)})
    plans(case).agree(second, case.program.access.today(), AGREED_BY)
    with pytest.raises(PlanIsClosed):
        plans(case).track("goal", read(case, first).needs[0].goals[0].id, GoalStatus.STOPPED)


def test_a_goal_has_no_status_of_an_action(case: CaseInStore) -> None:
    goal = read(case, a_ready_draft(case)).needs[0].goals[0]
    with pytest.raises(ValueError, match="to_do"):
        plans(case).track("goal", goal.id, "to_do")


def test_a_wrong_scale_or_field_changes_nothing(case: CaseInStore) -> None:
    plan_id = a_ready_draft(case)
    goal = read(case, plan_id).needs[0].goals[0]
    with pytest.raises(ScaleOutOfRange):
        plans(case).change_part("goal", goal.id, {"importance": 11, "words": "other"})
    with pytest.raises(NoSuchField):
        plans(case).set_fields(plan_id, {"status": "agreed"})
    assert read(case, plan_id).needs[0].goals[0] == goal


def test_the_desk_shows_the_latest_version_and_what_it_lacks(case: CaseInStore) -> None:
    assert read_desk(case.program.access, case.case_id).plan is None
    plan_id = a_ready_draft(case)
    desk = read_desk(case.program.access, case.case_id)
    assert desk.plan is not None
    assert desk.plan.id == plan_id
    assert desk.missing == ("plan_missing.agreed_with",)
    plans(case).agree(plan_id, case.program.access.today(), AGREED_BY)
    assert read_desk(case.program.access, case.case_id).missing == ()


def test_two_versions_are_compared_in_words_through_the_versions_between_them(case: CaseInStore) -> None:
    first = a_ready_draft(case)
    plans(case).agree(first, case.program.access.today(), AGREED_BY)
    for number in (2, 3):
        latest = plans(case).start_draft(case.case_id).made
        plans(case).set_fields(latest, {"review_due": date(2027, 11, number), "strengths": "Neighbours"})
        if number == 2:
            plans(case).agree(latest, case.program.access.today(), AGREED_BY)
    plan = read(case, latest)
    plans(case).change_part("goal", plan.needs[0].goals[0].id, {"words": "I want to walk to the park."})
    plans(case).add_part("need", latest, {"words": "Damp in the bedroom"})
    plans(case).remove_part("contingency_plan", plan.contingency_plans[0].id)
    found = compare_versions(case.program.access, case.case_id, first, latest)
    by_part = {it.part: it for it in found}
    assert by_part["plan_part.strengths"].change is Change.ADDED
    assert by_part["plan_part.goal"].change is Change.CHANGED
    assert "mosque" in by_part["plan_part.goal"].before
    assert "park" in by_part["plan_part.goal"].after
    assert by_part["plan_part.need"].after == "Damp in the bedroom"
    assert by_part["plan_part.contingency_plan"].change is Change.REMOVED
    assert "plan_part.action" not in by_part


def test_a_new_draft_does_not_differ_from_what_it_was_copied_from(case: CaseInStore) -> None:
    first = a_rich_draft(case)
    draft = read(case, first)
    for need in draft.needs:
        for goal in need.goals:
            for action in goal.actions:
                if not action.owner:
                    plans(case).change_part("action", action.id, {"who": "Farid"})
    plans(case).agree(first, case.program.access.today(), AGREED_BY)
    second = plans(case).start_draft(case.case_id).made
    assert compare_versions(case.program.access, case.case_id, first, second) == ()
