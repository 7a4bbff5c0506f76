"""Opening cases, moving them, and keeping team, alerts and contacts, in a real store."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.allocation import PrimaryNeed
from mdt_desktop.domain.cases import Complexity, MoveNeedsReason, MoveNotReady, Stage
from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.people import ContactRelation, FlagKind
from mdt_desktop.services.cases import AlreadyInTeam, NameMissing
from mdt_desktop.store import audit_log
from tests.helpers.borough import (
    SmallPlace,
    a_decision,
    a_person,
    a_person_with_case,
    a_place,
    a_store,
    risk_runs,
)
from tests.helpers.clocks import FrozenClock


def index_row(program: Program, person_id: str) -> tuple[object, ...]:
    row = program.access.database.reader.execute(
        "SELECT case_id, stage_order, lead_no IS NOT NULL, has_plan FROM caseload_index WHERE person_id = ?",
        (person_id,),
    ).fetchone()
    return tuple(row)


def test_a_case_is_opened_at_identified_and_a_second_opening_gives_the_same(
    program: Program, place: SmallPlace
) -> None:
    person = a_person(program, place)
    first = program.services.cases.open(person)
    second = program.services.cases.open(person)
    overview = program.services.case_file.overview(person)
    assert overview.case is not None
    assert (first.made, overview.case.stage) == (second.made, Stage.IDENTIFIED)
    assert not second.kinds


def test_a_case_for_nobody_is_refused_and_nothing_is_left_behind(program: Program) -> None:
    with pytest.raises(NotFound):
        program.services.cases.open("nobody")
    assert program.access.database.reader.execute("SELECT count(*) FROM person_case").fetchone()[0] == 0


def test_a_move_is_told_by_who_when_and_why(program: Program, place: SmallPlace, clock: FrozenClock) -> None:
    person, case = a_person_with_case(program, place)
    clock.advance(timedelta(days=3))
    changes = program.services.cases.move(case, Stage.DECLINED, "  She prefers not to.  ")
    told = program.services.case_file.stage_changes(case)[0]
    assert (told.from_stage, told.to_stage, told.reason, told.by) == (
        Stage.IDENTIFIED,
        Stage.DECLINED,
        "She prefers not to.",
        "Pat Sample",
    )
    assert told.at == clock.now
    overview = program.services.case_file.overview(person)
    assert overview.case is not None
    assert overview.case.stage_since == date(2026, 11, 26)
    assert changes.concern(person)
    assert changes.concern("stage_change")


def test_a_refused_move_changes_nothing(program: Program, place: SmallPlace) -> None:
    person, case = a_person_with_case(program, place)
    with pytest.raises(MoveNeedsReason):
        program.services.cases.move(case, Stage.STEPPED_DOWN)
    with pytest.raises(MoveNotReady):
        program.services.cases.move(case, Stage.CONSENTED)
    assert program.services.case_file.stage_changes(case) == []
    assert index_row(program, person)[1] == 1


def test_the_caseload_row_follows_a_move_in_the_same_transaction(program: Program, place: SmallPlace) -> None:
    person, case = a_person_with_case(program, place)
    program.services.consents.record(person, a_decision())
    program.services.cases.move(case, Stage.CONSENTED)
    assert index_row(program, person)[:2] == (case, 3)


def test_a_case_walks_the_whole_way_to_active(program: Program, place: SmallPlace) -> None:
    person, case = a_person_with_case(program, place, Stage.ACTIVE)
    walked = [it.to_stage for it in reversed(program.services.case_file.stage_changes(case))]
    assert walked == [Stage.CONSENTED, Stage.ASSESSING, Stage.PLANNING, Stage.ACTIVE]
    assert index_row(program, person)[2:] == (1, 1)
    assert audit_log.first_broken(program.access.database.reader) is None


def test_need_and_complexity_are_kept(program: Program, place: SmallPlace) -> None:
    person, case = a_person_with_case(program, place)
    program.services.cases.describe(case, PrimaryNeed.SOCIAL, Complexity.MODERATE)
    overview = program.services.case_file.overview(person)
    assert overview.case is not None
    assert (overview.case.primary_need, overview.case.complexity) == (PrimaryNeed.SOCIAL, Complexity.MODERATE)


def test_somebody_joins_the_team_once_leaves_and_may_be_taken_back(program: Program, place: SmallPlace) -> None:
    person, case = a_person_with_case(program, place)
    cases, case_file = program.services.cases, program.services.case_file
    member = cases.join_team(case, place.nurse, " wound care ").made
    with pytest.raises(AlreadyInTeam):
        cases.join_team(case, place.nurse, "")
    cases.leave_team(member)
    assert [(it.part, it.left) for it in case_file.overview(person).team] == [("wound care", date(2026, 11, 23))]
    cases.rejoin_team(member)
    assert [it.left for it in case_file.overview(person).team] == [None]


def test_nobody_is_taken_back_who_has_joined_anew(program: Program, place: SmallPlace) -> None:
    _, case = a_person_with_case(program, place)
    cases = program.services.cases
    member = cases.join_team(case, place.nurse, "").made
    cases.leave_team(member)
    cases.join_team(case, place.nurse, "")
    with pytest.raises(AlreadyInTeam):
        cases.rejoin_team(member)


def test_an_ended_alert_leaves_the_banner_and_can_be_resumed(program: Program, place: SmallPlace) -> None:
    person = a_person(program, place)
    cases, case_file = program.services.cases, program.services.case_file
    flag = cases.raise_flag(person, FlagKind.ALLERGY, "Penicillin").made
    cases.end_flag(flag, date(2026, 11, 22))
    assert case_file.overview(person).flags == ()
    cases.resume_flag(flag)
    assert [it.words for it in case_file.overview(person).flags] == ["Penicillin"]


def test_a_contact_without_a_name_is_refused(program: Program, place: SmallPlace) -> None:
    person = a_person(program, place)
    with pytest.raises(NameMissing):
        program.services.cases.add_contact(person, "   ", ContactRelation.CARER)
    assert program.services.case_file.overview(person).contacts == ()


def test_a_removed_contact_is_gone_but_the_history_says_so(program: Program, place: SmallPlace) -> None:
    person = a_person(program, place)
    cases = program.services.cases
    contact = cases.add_contact(
        person, "Yusuf Example", ContactRelation.CARER, "07700 900123", "Son", False, "y@example.org", "Works nights"
    ).made
    kept = program.services.case_file.overview(person).contacts[0]
    assert (kept.may_be_contacted, kept.email, kept.comments) == (False, "y@example.org", "Works nights")
    cases.remove_contact(contact)
    assert program.services.case_file.overview(person).contacts == ()
    last = program.services.case_file.history(person)[0]
    assert (last.action, last.kind, last.record_id) == ("delete", "personal_contact", contact)


def test_a_view_is_in_the_history_once_for_each_opening(program: Program, place: SmallPlace) -> None:
    person = a_person(program, place)
    for _ in range(2):
        program.services.case_file.viewed(person)
    assert [it.action for it in program.services.case_file.history(person)].count("view") == 2


def test_the_first_thing_recorded_about_a_person_sends_them_whole_with_their_scores(tmp_path: Path) -> None:
    with a_store(tmp_path) as program:
        place = a_place(program)
        person = a_person(program, place)
        risk_runs(program, place, person)
        connection = program.access.database.writer
        connection.execute("DELETE FROM outbox")
        program.services.cases.open(person)
        sent = connection.execute("SELECT type, kind FROM outbox ORDER BY op_no").fetchall()
        program.services.cases.raise_flag(person, FlagKind.LIVES_ALONE, "")
        after = connection.execute("SELECT type, kind FROM outbox ORDER BY op_no").fetchall()[len(sent) :]
    assert sent[0] == ("person", "create")
    assert ("risk_score", "create") in sent
    assert sent[-1] == ("person_case", "create")
    assert after == [("flag", "create")]
