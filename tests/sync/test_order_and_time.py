"""Places in a list against deletions, a central store whose clock goes back, two exchanges at once, somebody else."""

import threading

import pytest

from mdt_desktop.domain.dates import moment_text
from mdt_desktop.records import CarePlan, Need, Person
from mdt_desktop.services.signed_asking import SyncUnderWay, alone
from mdt_desktop.sync import account
from mdt_desktop.sync.remote import OtherAccount
from tests.sync.conftest import Team
from tests.sync.invariants import require_invariants


def test_a_need_that_is_moved_on_one_laptop_and_deleted_on_another_returns_and_no_other_is_lost(team: Team) -> None:
    """18."""
    case = team.one.one("SELECT id FROM person_case")
    plan = CarePlan(id="p" * 36, case_id=case, version=1, started_at=team.one.clock(), started_by="Robin Example")
    team.one.add(plan, team.person)
    needs = [team.one.add(Need(id=f"{it}" * 36, plan_id=plan.id, order_key=it, words=it), team.person) for it in "abc"]
    for laptop in (team.one, team.other):
        laptop.sync(team.central)
    team.one.change(Need, needs[0], team.person, order_key="d")
    team.other.remove(Need, needs[0], team.person)
    team.other.change(Need, needs[1], team.person, words="changed")
    require_invariants(team.central, team.bucket, (team.one, team.other), edits=["changed"])
    wanted = [("changed",), ("c",), ("a",)]
    for laptop in (team.one, team.other):
        assert laptop.ask("SELECT words FROM need ORDER BY order_key, id") == wanted


def test_a_central_store_whose_clock_goes_back_changes_no_place_and_no_merge(team: Team) -> None:
    """30."""
    team.one.change(Person, team.person, team.person, telephone="1")
    team.one.sync(team.central)
    team.central.time = moment_text(team.one.clock().replace(year=1990))
    team.other.change(Person, team.person, team.person, email="w@example.org")
    require_invariants(team.central, team.bucket, (team.one, team.other), edits=["w@example.org"])
    assert team.one.ask("SELECT telephone, email FROM person") == [("1", "w@example.org")]
    assert team.one.ask("SELECT * FROM conflict") == []
    assert not team.one.program.access.lease.standing(team.one.clock()).is_locked


def test_of_two_exchanges_at_once_one_runs_and_the_other_is_told(team: Team) -> None:
    """7."""
    held, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        with alone():
            held.set()
            go_on.wait(20)

    other = threading.Thread(target=hold)
    other.start()
    try:
        assert held.wait(20)
        with pytest.raises(SyncUnderWay):
            team.one.program.services.syncing.run()
    finally:
        go_on.set()
        other.join()
    with alone():
        pass  # the other has let go


def test_what_waits_of_one_account_does_not_go_out_under_another(team: Team) -> None:
    """28."""
    team.one.change(Person, team.person, team.person, telephone="1")
    server = team.central.server
    with pytest.raises(OtherAccount) as told:
        team.one.write(lambda connection: account.require_same_user(connection, server, "Sam Sample"))
    assert told.value.values["waiting"] == 1
    team.one.write(lambda connection: account.require_same_user(connection, server, "Robin Example"))
    assert team.one.one("SELECT count(*) FROM outbox WHERE status = 'waiting'") == 1
    require_invariants(team.central, team.bucket, (team.one, team.other))
