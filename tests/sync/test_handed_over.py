"""What another team handed over, on the laptop of the team that has the person now; with the real central store."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from mdt_desktop.central import moving
from mdt_desktop.domain.organisations import Role
from mdt_desktop.domain.permissions import NotPermitted
from mdt_desktop.records import Person
from mdt_desktop.services.handed_over import HandedOver, NotToTakeIn
from mdt_desktop.services.sync_views import HandedOverView
from tests.helpers.central import WEST
from tests.helpers.central_team import CentralTeam, a_central_team
from tests.helpers.clocks import FrozenClock
from tests.helpers.colleagues import a_colleague
from tests.sync.laptops import new_contact


@pytest.fixture
def team(tmp_path: Path, clock: FrozenClock) -> Iterator[CentralTeam]:
    """Nia wrote about somebody who had been moved to West by then, and hands it over; Noor belongs to West too."""
    with a_central_team(tmp_path, clock) as made:
        made.nia.change(Person, made.person, made.person, telephone="020 7946 0077")
        new_contact(made.nia, made.person, name="Ida Invented")
        made.store.database.write(lambda it: moving.move_person(it, made.person, WEST, "test", "moved", clock()))
        made.sync(made.nia)
        syncing = made.nia.program.services.syncing
        bucket = made.nia.one("SELECT bucket FROM quarantine LIMIT 1")
        given = made.nia.program.services.sync_desk.hand_over(bucket, syncing.write, made.remote)
        assert (given.taken, given.too_late) == (2, 0)
        made.sync(made.noor)
        yield made


def handed(team: CentralTeam) -> HandedOver:
    return team.noor.program.services.handed_over


def listed(team: CentralTeam) -> dict[str, HandedOverView]:
    write = team.noor.program.services.syncing.write
    return {it.what: it for it in handed(team).listed(write, team.remote)}


def _empty(connection: Any, table: str) -> None:
    connection.execute(f"DELETE FROM {table}")


def test_it_is_shown_with_who_wrote_it_and_what_stands_here(team: CentralTeam) -> None:
    found = listed(team)
    assert set(found) == {"Person", "Contact"}
    assert found["Person"].lines == (("Telephone", "020 7946 0077", "Nothing"),)
    assert (found["Person"].person, found["Person"].by) == ("EXAMPLESSON, Wilma", "Nia")
    assert ("Name", "Ida Invented", "") in found["Contact"].lines
    assert found["Contact"].can_take


def test_taken_in_it_is_in_the_record_and_in_the_central_store_and_offered_no_more(team: CentralTeam) -> None:
    write = team.noor.program.services.syncing.write
    for it in listed(team).values():
        handed(team).take_in(it.id, write, team.remote)
    assert team.noor.one("SELECT telephone FROM person") == "020 7946 0077"
    assert team.noor.one("SELECT name FROM personal_contact") == "Ida Invented"
    assert listed(team) == {}
    assert team.sync(team.noor).pushed == 2
    assert team.noor.one("SELECT count(*) FROM outbox") == 0
    assert team.noor.one("SELECT count(*) FROM audit_entry WHERE action = 'take_in_handover'") == 2


def test_how_many_wait_is_heard_with_each_exchange_and_nothing_else_of_them(team: CentralTeam) -> None:
    def count(name: str) -> int:
        return int(getattr(team, name).program.services.sync_reading.status().handed_over)

    write = team.noor.program.services.syncing.write
    assert (count("noor"), count("nia")) == (2, 0)
    first, second = listed(team).values()
    handed(team).take_in(first.id, write, team.remote)
    assert count("noor") == 1
    handed(team).leave_out(second.id, write, team.remote)
    assert count("noor") == 0
    team.sync(team.noor)
    assert count("noor") == 0


def test_left_out_it_changes_nothing_and_is_offered_no_more(team: CentralTeam) -> None:
    write = team.noor.program.services.syncing.write
    for it in listed(team).values():
        handed(team).leave_out(it.id, write, team.remote)
    assert listed(team) == {}
    assert team.noor.one("SELECT telephone FROM person") == ""
    assert team.noor.one("SELECT count(*) FROM audit_entry WHERE action = 'leave_out_handover'") == 2


def test_what_hangs_on_nothing_that_is_here_can_only_be_left_out(team: CentralTeam) -> None:
    write = team.noor.program.services.syncing.write
    contact = listed(team)["Contact"]
    for table in ("caseload_index", "person_case", "person"):
        team.noor.write(partial(_empty, table=table))
    with pytest.raises(NotToTakeIn):
        handed(team).take_in(contact.id, write, team.remote)


def test_whoever_may_not_change_a_case_is_not_shown_it(team: CentralTeam) -> None:
    partner = a_colleague(team.noor.program, Role.VOLUNTEER)
    write = team.noor.program.services.syncing.write
    with pytest.raises(NotPermitted):
        partner.handed_over.listed(write, team.remote)
    with pytest.raises(NotPermitted):
        partner.handed_over.take_in("x", write, team.remote)
    with pytest.raises(NotPermitted):
        partner.handed_over.leave_out("x", write, team.remote)


def test_nia_who_handed_it_over_is_not_offered_it(team: CentralTeam) -> None:
    assert team.nia.program.services.handed_over.listed(team.nia.program.services.syncing.write, team.remote) == ()
