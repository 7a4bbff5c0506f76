"""Faults of the line and of the central store: nothing is lost, nothing counts twice, nothing is asked in a hurry."""

from collections.abc import Callable

import pytest

from mdt_desktop.records import Person
from mdt_desktop.sync import account, ledger
from mdt_desktop.sync.patience import FIRST_SECONDS, MOST_SECONDS, wait_before
from mdt_desktop.sync.remote import (
    NotTheCentralStore,
    Offline,
    OtherAccount,
    RemoteProblem,
    SignInNeeded,
    StoreElsewhereFailed,
    UpgradeNeeded,
)
from tests.sync.conftest import Team
from tests.sync.fake_central import Fault
from tests.sync.laptops import new_contact, new_person, require_same


def failing(times: int, request: str, moment: str, problem: Callable[[], Exception] = Offline) -> Fault:
    """Fails the first calls of one request at one moment."""
    left = [times]

    def fault(name: str, when: str) -> None:
        if (name, when) == (request, moment) and left[0]:
            left[0] -= 1
            raise problem()

    return fault


FAULTS: dict[str, tuple[str, str, Callable[[], Exception]]] = {
    "cut before the push arrives": ("push", "before", Offline),
    "cut after the push was taken": ("push", "after", Offline),
    "500 after the push was taken": ("push", "after", StoreElsewhereFailed),
    "503 before the push": ("push", "before", StoreElsewhereFailed),
    "cut in the page": ("changes", "after", Offline),
    "cut before the page": ("changes", "before", Offline),
    "no answer to hello": ("hello", "before", Offline),
    "no session": ("session", "before", StoreElsewhereFailed),
}


@pytest.mark.parametrize("times", [1, 3, 20])
@pytest.mark.parametrize("name", FAULTS)
def test_whatever_is_cut_each_change_counts_once_and_is_no_conflict_with_oneself(
    name: str, times: int, team: Team
) -> None:
    request, moment, problem = FAULTS[name]
    before = team.central.applied
    team.one.change(Person, team.person, team.person, telephone="1")
    new_contact(team.one, team.person)
    team.central.fault = failing(times, request, moment, problem)
    runs = 0
    while True:
        runs += 1
        try:
            team.one.sync(team.central)
            break
        except RemoteProblem:
            assert runs < 10
            team.one.change(Person, team.person, team.person, telephone=f"1{runs}")
    team.other.sync(team.central)
    require_same(team.central, team.bucket, team.one, team.other)
    assert team.one.ask("SELECT * FROM conflict") == []
    assert team.central.applied - before <= 1 + runs
    assert len(team.other.ask("SELECT * FROM personal_contact")) == 1


def test_the_waits_between_tries_grow_with_full_jitter_and_end(team: Team) -> None:
    team.central.fault = failing(99, "hello", "before")
    with pytest.raises(Offline):
        team.one.sync(team.central)
    assert team.one.waits == [1.0, 2.0, 4.0]
    assert team.one.ask("SELECT error FROM sync_run ORDER BY rowid DESC LIMIT 1") == [("sync_offline",)]


@pytest.mark.parametrize(("attempt", "most"), [(1, 2.0), (2, 4.0), (5, 32.0), (9, MOST_SECONDS), (500, MOST_SECONDS)])
def test_a_wait_is_anything_up_to_a_limit_that_doubles(attempt: int, most: float) -> None:
    assert wait_before(attempt, chance=lambda: 0.0) == 0.0
    assert wait_before(attempt, chance=lambda: 1.0) == most


def test_retry_after_is_obeyed() -> None:
    assert wait_before(1, 400.0, chance=lambda: 0.0) == 400.0
    assert 400.0 < wait_before(1, 400.0, chance=lambda: 1.0) <= 400.0 + FIRST_SECONDS


def test_a_store_that_says_when_to_come_again_is_not_asked_sooner(team: Team) -> None:
    team.central.fault = failing(1, "push", "before", lambda: StoreElsewhereFailed(90.0))
    team.one.change(Person, team.person, team.person, telephone="1")
    team.one.sync(team.central)
    assert team.one.waits[-1] >= 90.0


def test_a_change_made_while_another_is_on_its_way_is_kept_and_sent_after_it(team: Team) -> None:
    team.one.change(Person, team.person, team.person, telephone="1")
    team.central.fault = failing(4, "push", "after")
    with pytest.raises(Offline):
        team.one.sync(team.central)
    team.one.change(Person, team.person, team.person, telephone="2")
    flying = team.one.write(ledger.in_flight)
    assert [it.values for it in flying] == [{"telephone": "1"}]
    team.one.sync(team.central)
    team.other.sync(team.central)
    require_same(team.central, team.bucket, team.one, team.other)
    assert team.other.one("SELECT telephone FROM person") == "2"
    assert team.one.ask("SELECT * FROM conflict") == []


def test_an_access_token_that_has_ended_is_renewed_and_the_request_repeated(team: Team) -> None:
    team.central.tokens.clear()
    team.one.change(Person, team.person, team.person, telephone="1")
    assert team.one.sync(team.central).pushed == 1
    assert team.one.one("SELECT access_token FROM sync_account") in team.central.tokens


@pytest.mark.ends_apart("nobody is signed in at its end")
def test_a_refresh_token_that_was_refused_asks_for_a_sign_in_and_keeps_what_waits(team: Team) -> None:
    team.central.tokens.clear()
    team.central.refreshes.clear()
    team.one.change(Person, team.person, team.person, telephone="1")
    with pytest.raises(SignInNeeded):
        team.one.sync(team.central)
    assert team.one.one("SELECT count(*) FROM outbox") == 1
    team.one.connect(team.central)
    assert team.one.sync(team.central).pushed == 1
    require_same(team.central, team.bucket, team.one)


@pytest.mark.ends_apart("the other side is not the central store, or too new")
def test_an_answer_of_another_server_is_not_taken(team: Team) -> None:
    team.central.server = "22222222-2222-4222-8222-222222222222"
    team.one.change(Person, team.person, team.person, telephone="1")
    with pytest.raises(NotTheCentralStore):
        team.one.sync(team.central)
    assert team.one.one("SELECT count(*) FROM outbox WHERE status = 'waiting'") == 1


@pytest.mark.ends_apart("the other side is not the central store, or too new")
def test_a_program_that_is_too_old_still_sends_and_says_so(team: Team) -> None:
    team.central.schema = (90, 99)
    team.one.change(Person, team.person, team.person, telephone="1")
    with pytest.raises(UpgradeNeeded):
        team.one.sync(team.central)
    assert team.central.live(team.bucket)["person", team.person].body["telephone"] == "1"


@pytest.mark.ends_apart("what was refused waits for somebody")
def test_a_refused_change_stays_here_and_stops_no_other(team: Team) -> None:
    team.central.refuse = lambda operation: "invalid" if operation.values.get("telephone") == "bad" else ""
    team.one.change(Person, team.person, team.person, telephone="bad")
    contact = new_contact(team.one, team.person)
    outcome = team.one.sync(team.central)
    assert (outcome.pushed, outcome.refused) == (1, 1)
    assert ("personal_contact", contact) in team.central.live(team.bucket)
    assert team.one.ask("SELECT status, last_error FROM outbox") == [("refused", "invalid")]
    assert team.one.one("SELECT telephone FROM person") == "bad"


def test_what_hangs_on_a_refused_record_waits_with_it(team: Team) -> None:
    team.central.refuse = lambda operation: "forbidden" if operation.type == "person" else ""
    person = new_person(team.one, team.practice)
    team.one.sync(team.central)
    assert ("person", person) not in team.central.live(team.bucket)
    new_contact(team.one, person)
    team.one.sync(team.central)
    waiting = team.one.ask("SELECT type, status FROM outbox ORDER BY op_no")
    assert waiting == [("person", "refused"), ("personal_contact", "waiting")]
    team.central.refuse = lambda operation: ""
    team.central.grants_ver += 1
    team.one.sync(team.central)
    require_same(team.central, team.bucket, team.one)


@pytest.mark.ends_apart("what was refused waits for somebody")
def test_a_group_is_taken_whole_or_waits_whole(team: Team) -> None:
    before = team.central.applied
    team.central.refuse = lambda operation: "invalid" if operation.values.get("name") == "bad" else ""
    _two_in_one_group(team)
    team.one.sync(team.central)
    assert team.central.applied == before
    assert sorted(row[0] for row in team.one.ask("SELECT status FROM outbox")) == ["refused", "waiting"]


def _two_in_one_group(team: Team) -> None:
    team.one.change(Person, team.person, team.person, telephone="7")
    new_contact(team.one, team.person, name="bad")
    team.one.write(lambda connection: connection.execute("UPDATE outbox SET group_no = 99"))


def test_a_request_that_is_too_large_is_halved_until_it_fits(team: Team) -> None:
    for number in range(30):
        new_contact(team.one, team.person, name=f"Contact {number}", comments="x" * 1000)
    team.central.most_bytes = 9000
    team.central.told_bytes = 1 << 20
    assert team.one.sync(team.central).pushed == 30
    require_same(team.central, team.bucket, team.one)


@pytest.mark.ends_apart("what was refused waits for somebody")
def test_one_change_that_is_larger_than_any_request_stays_here_and_stops_no_other(team: Team) -> None:
    new_contact(team.one, team.person, comments="x" * 2000)
    new_contact(team.one, team.person, name="small")
    team.central.most_bytes = 1500
    outcome = team.one.sync(team.central)
    assert (outcome.pushed, outcome.refused) == (1, 1)
    assert team.one.ask("SELECT last_error FROM outbox") == [("too_large",)]


@pytest.mark.ends_apart("the store has lost its books on purpose")
def test_numbers_that_the_store_lacks_are_given_anew(team: Team) -> None:
    team.central.last.clear()
    team.central.results.clear()
    team.central.last[_device(team)] = 0
    team.one.change(Person, team.person, team.person, telephone="1")
    assert team.one.sync(team.central).pushed == 1
    require_same(team.central, team.bucket, team.one)


def _device(team: Team) -> str:
    return str(team.one.one("SELECT device_id FROM sync_account"))


def test_a_token_that_ends_in_the_middle_of_a_run_is_renewed_once_and_the_run_goes_on(team: Team) -> None:
    """SYNC 6: 26."""
    asked: list[str] = []

    def ends_before_the_push(name: str, when: str) -> None:
        asked.append(f"{name} {when}")
        if (name, when) == ("push", "before") and asked.count("push before") == 1:
            team.central.tokens.clear()

    for number in range(3):
        new_contact(team.one, team.person, name=f"Contact {number}")
    team.central.fault = ends_before_the_push
    assert team.one.sync(team.central).pushed == 3
    assert asked.count("refresh before") == 1
    require_same(team.central, team.bucket, team.one)


def test_the_next_refresh_token_is_kept_before_either_is_used(team: Team) -> None:
    """SYNC 5.11: what is lost between getting the pair and using it would be a sign-in."""
    kept: list[bool] = []

    def look(name: str, when: str) -> None:
        if (name, when) == ("session", "before"):
            kept.append(team.one.one("SELECT refresh_token FROM sync_account") in team.central.refreshes)

    team.central.tokens.clear()
    team.central.fault = look
    team.one.sync(team.central)
    assert kept == [True, True]


def test_a_refresh_whose_answer_was_lost_asks_for_a_sign_in_and_loses_nothing(team: Team) -> None:
    """SYNC 6: 27: the store has given the next token, and nobody here has it."""
    team.one.change(Person, team.person, team.person, telephone="1")
    team.central.tokens.clear()
    team.central.fault = failing(1, "refresh", "after")
    with pytest.raises(RemoteProblem):
        team.one.sync(team.central)
    with pytest.raises(SignInNeeded):
        team.one.sync(team.central)
    status = team.one.program.services.sync_reading.status()
    assert (status.signed_out, status.waiting) == (True, 1)
    team.one.connect(team.central)
    assert team.one.sync(team.central).pushed == 1
    team.other.sync(team.central)
    require_same(team.central, team.bucket, team.one, team.other)
    assert team.one.ask("SELECT * FROM conflict") == []


@pytest.mark.ends_apart("nobody is signed in at its end")
def test_whoever_signed_out_exchanges_nothing_until_they_sign_in(team: Team) -> None:
    team.one.write(account.forget_tokens)
    team.one.change(Person, team.person, team.person, telephone="1")
    asked: list[str] = []
    team.central.fault = lambda name, when: asked.append(name)
    with pytest.raises(SignInNeeded):
        team.one.sync(team.central)
    assert set(asked) <= {"hello"}
    assert team.one.one("SELECT count(*) FROM outbox") == 1


def test_what_waits_of_one_account_is_not_sent_by_another(team: Team) -> None:
    """SYNC 6: 28; the whole way with a real store is in `test_browser_sign_in`."""
    team.one.change(Person, team.person, team.person, telephone="1")
    here = team.central.server
    with pytest.raises(OtherAccount):
        team.one.write(lambda connection: account.require_same_user(connection, here, "Sam Sample"))
    team.one.write(lambda connection: account.require_same_user(connection, here, "Robin Example"))
    team.one.write(lambda connection: account.require_same_user(connection, "another store", "Sam Sample"))
    assert team.one.one("SELECT count(*) FROM outbox") == 1
