"""What two people recorded differently is not sealed before it is decided, and is said on paper (SYNC 5.9)."""

from collections.abc import Iterator
from datetime import date

import pytest

from mdt_desktop.paths import DataFolder
from mdt_desktop.services.unsettled import NotSettled
from mdt_desktop.words import sentence
from tests.helpers.clocks import FrozenClock
from tests.helpers.conflicts import disagree
from tests.helpers.plans import AGREED_BY, CaseInStore, a_case, a_ready_draft


@pytest.fixture
def case(data_folder: DataFolder, clock: FrozenClock) -> Iterator[CaseInStore]:
    with a_case(data_folder, clock) as made:
        yield made


def test_a_plan_cannot_be_agreed_while_something_about_the_person_is_not_settled(case: CaseInStore) -> None:
    plan = a_ready_draft(case)
    conflict = disagree(case.program, "person", case.person_id, "telephone")
    with pytest.raises(NotSettled) as told:
        case.program.services.care_plans.agree(plan, date(2026, 11, 23), AGREED_BY)
    assert "nobody has decided it yet: telephone. Decide it under Sync first" in sentence(told.value)
    case.program.services.sync_desk.decide(conflict, "theirs")
    case.program.services.care_plans.agree(plan, date(2026, 11, 23), AGREED_BY)


def test_the_plan_of_somebody_else_is_agreed_meanwhile(case: CaseInStore) -> None:
    plan = a_ready_draft(case)
    disagree(case.program, "practitioner", case.nurse_id, "telephone")
    case.program.services.care_plans.agree(plan, date(2026, 11, 23), AGREED_BY)


def test_what_counts_meanwhile_is_told_for_whoever_opens_the_case(case: CaseInStore) -> None:
    assert not case.program.services.sync_reading.anything_open()
    disagree(case.program, "person", case.person_id, "telephone")
    assert case.program.services.sync_reading.anything_open()
    (seen,) = case.program.services.sync_inbox.unsettled(case.person_id)
    stored = case.program.access.database.reader.execute("SELECT telephone FROM person").fetchone()[0]
    assert (seen.field, seen.in_force) == ("telephone", stored or "Nothing")


def test_a_printed_plan_says_on_page_one_that_something_is_not_settled(case: CaseInStore) -> None:
    plan = a_ready_draft(case)
    printing = case.program.services.printing
    assert printing.paper(plan).not_settled == ""
    disagree(case.program, "person", case.person_id, "telephone")
    told = "Two of the team recorded something different about: telephone. The team will settle it."
    assert printing.paper(plan).not_settled == told
