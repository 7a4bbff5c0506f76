"""The offline lease in a real store: what is locked nobody reads, what is overdue or revoked goes, nothing is lost."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from mdt_desktop import bootstrap
from mdt_desktop.cli import main as cli
from mdt_desktop.domain.dates import moment_text
from mdt_desktop.domain.lease import LeaseState
from mdt_desktop.records import Person
from mdt_desktop.services.caseload import CaseloadFilter, CaseloadQuery
from mdt_desktop.services.lease import ClockWentBack, LeaseLocked, LeaseOverdue, LeaseRevoked
from mdt_desktop.store import caseload_index
from mdt_desktop.sync.remote import AccessRevoked, Offline, SignInNeeded
from tests.helpers.clocks import FrozenClock
from tests.helpers.stores import PASSPHRASE, every_value
from tests.sync.conftest import Team
from tests.sync.laptops import Laptop, new_contact, new_person, new_practice, require_same

MARKER = "Quillfeather"
EVERYBODY = CaseloadQuery(CaseloadFilter())


def state(laptop: Laptop) -> LeaseState:
    """How the lease stands for whoever opens the store now."""
    return laptop.program.access.lease.standing(laptop.program.access.clock()).state


def later(team: Team, clock: FrozenClock, **by: float) -> None:
    """Time goes on for the laptop, which is started anew, and for the central store."""
    clock.advance(timedelta(**by))
    team.central.time = moment_text(datetime.fromisoformat(team.central.time) + timedelta(**by))
    team.other.reopen()


def cut(request: str, moment: str) -> None:
    raise Offline


# days offline, state, what a service says
MATRIX: dict[str, tuple[float, str, type[Exception] | None]] = {
    "six days": (6, "in_force", None),
    "seven days": (7, "ending", None),
    "thirteen days": (13, "ending", None),
    "fourteen days": (14, "ended", LeaseLocked),
    "forty-four days": (44, "ended", LeaseLocked),
    "forty-five days": (45, "overdue", LeaseOverdue),
}


@pytest.mark.parametrize("name", MATRIX)
def test_what_is_held_is_shown_for_two_weeks_and_removed_after_45_days(
    name: str, team: Team, clock: FrozenClock
) -> None:
    since, wanted, refusal = MATRIX[name]
    team.other.change(Person, team.person, team.person, family_name=MARKER)
    later(team, clock, days=since)
    assert state(team.other) == wanted
    team.central.fault = cut
    with pytest.raises(Offline):
        team.other.sync(team.central)
    assert state(team.other) == wanted
    if refusal is None:
        assert len(team.other.program.services.caseload.page(EVERYBODY, 0, 10).rows) == 1
    else:
        with pytest.raises(refusal):
            _ = team.other.program.services.caseload
    assert team.other.one("SELECT count(*) FROM person") == (0 if wanted == "overdue" else 1)
    _nothing_lost(team)


def _nothing_lost(team: Team) -> None:
    """I1: what was written offline waits, or is kept apart; after contact everything is here again."""
    waiting = team.other.ask("SELECT set_json FROM outbox")
    apart = team.other.ask("SELECT operations_json FROM quarantine")
    assert MARKER in repr(waiting) + repr(apart)
    team.central.fault = lambda request, moment: None
    team.other.sync(team.central)
    team.other.reopen()
    assert state(team.other) is LeaseState.IN_FORCE
    assert len(team.other.program.services.caseload.page(EVERYBODY, 0, 10).rows) == 1
    require_same(team.central, team.bucket, team.other)
    if waiting:
        assert team.central.live(team.bucket)["person", team.person].body["family_name"] == MARKER
    else:
        assert MARKER in repr(team.other.ask("SELECT operations_json FROM quarantine"))


def test_a_lease_that_ends_while_the_store_is_open_locks_what_was_asked_for_before(
    team: Team, clock: FrozenClock
) -> None:
    services = team.other.program.services
    desk = services.sync_desk
    assert services.caseload.page(EVERYBODY, 0, 10).rows
    assert services.sync_reading.conflicts() == []
    clock.advance(timedelta(days=14))
    for ask in (
        lambda: services.case_file,
        services.sync_reading.conflicts,
        lambda: desk.decide("any", "mine"),
    ):
        with pytest.raises(LeaseLocked):
            ask()
    assert services.sync_reading.status().lease.state is LeaseState.ENDED


CLOCKS: dict[str, tuple[timedelta, str]] = {
    "ten minutes back": (timedelta(minutes=-10), "in_force"),
    "ten minutes on": (timedelta(minutes=10), "in_force"),
    "an hour back, as by hand at the end of summer time": (timedelta(hours=-1), "clock_back"),
    "a day back": (timedelta(days=-1), "clock_back"),
    "a day on": (timedelta(days=1), "in_force"),
    "back in 1970": (datetime(1970, 1, 1, tzinfo=UTC) - datetime(2026, 11, 28, 9, tzinfo=UTC), "clock_back"),
}


@pytest.mark.parametrize("name", CLOCKS)
def test_a_clock_that_jumps_changes_no_merge_and_never_lengthens_the_lease(
    name: str, team: Team, clock: FrozenClock
) -> None:
    jump, wanted = CLOCKS[name]
    later(team, clock, days=5)
    clock.advance(jump)
    team.other.reopen()
    assert state(team.other) == wanted
    if wanted == "clock_back":
        with pytest.raises(ClockWentBack):
            _ = team.other.program.services.caseload
    team.one.change(Person, team.person, team.person, telephone="1")
    team.other.change(Person, team.person, team.person, email="w@example.org")
    for laptop in (team.one, team.other, team.one):
        laptop.sync(team.central)
    require_same(team.central, team.bucket, team.one, team.other)
    assert team.one.ask("SELECT telephone, email FROM person") == [("1", "w@example.org")]
    assert team.one.ask("SELECT * FROM conflict") == []
    assert state(team.other) is LeaseState.IN_FORCE  # it was in touch: from now on this clock counts from there
    clock.advance(timedelta(days=13, hours=23))
    assert state(team.other) is LeaseState.ENDING
    clock.advance(timedelta(hours=2))
    assert state(team.other) is LeaseState.ENDED


def test_a_clock_set_back_after_the_lease_has_ended_opens_nothing_and_neither_does_starting_again(
    team: Team, clock: FrozenClock
) -> None:
    later(team, clock, days=15)
    assert state(team.other) is LeaseState.ENDED
    for back in (timedelta(days=-3), timedelta(days=-3), timedelta(days=-3000)):
        clock.advance(back)
        team.other.reopen()
        assert state(team.other) is LeaseState.ENDED


def test_a_time_that_was_seen_only_at_the_end_is_known_at_the_next_start(team: Team, clock: FrozenClock) -> None:
    clock.advance(timedelta(days=10))
    assert state(team.other) is LeaseState.ENDING
    team.other.program.close()
    clock.advance(timedelta(days=-9))
    team.other.program = bootstrap.open_with_passphrase(team.other.folder, PASSPHRASE, clock=clock)
    assert state(team.other) is LeaseState.CLOCK_BACK


def test_a_store_that_is_not_connected_is_never_locked(tmp_path: Path, clock: FrozenClock) -> None:
    laptop = Laptop(tmp_path, "Robin Example", clock)
    new_person(laptop, new_practice(laptop))
    clock.advance(timedelta(days=400))
    laptop.reopen()
    assert state(laptop) is LeaseState.NONE
    assert laptop.program.services.caseload.page(EVERYBODY, 0, 10).rows
    laptop.close()


# Revoked


def with_unsent_work(team: Team) -> None:
    team.one.change(Person, team.person, team.person, family_name=MARKER, nhs_number="9990000018")
    for laptop in (team.one, team.other):
        laptop.sync(team.central)
    team.other.change(Person, team.person, team.person, telephone="020 7946 0009")
    person = new_person(team.other, team.practice, family_name="Unsentson")
    new_contact(team.other, person)
    team.other.write(_add_somebody_of_a_risk_file)


def _add_somebody_of_a_risk_file(connection: Any) -> None:
    """Somebody whom no change was ever recorded about: never sent, and in no queue."""
    names = [row[1] for row in connection.execute("PRAGMA table_info(person)")]
    given = {"id": "'of-a-risk-file'", "family_name": f"'{MARKER}'", "nhs_number": "'9990000026'"}
    values = ", ".join(given.get(name, f'"{name}"') for name in names)
    connection.execute(f"INSERT INTO person SELECT {values} FROM person LIMIT 1")
    caseload_index.refresh(connection, ["of-a-risk-file"])


def everything_shown(laptop: Laptop) -> str:
    """Every value but what is kept apart for somebody to decide about."""
    values = every_value(laptop.program)
    for (apart,) in laptop.ask("SELECT operations_json FROM quarantine"):
        values = values.replace(repr(apart), "")
    return values


WHEN: dict[str, tuple[str, str]] = {
    "before the first request that says who asks": ("session", "before"),
    "between two pages": ("changes", "after"),
    "before the push": ("push", "before"),
}


@pytest.mark.parametrize("name", WHEN)
@pytest.mark.ends_apart("the bucket or the laptop is gone")
def test_whoever_is_revoked_sends_nothing_more_and_holds_nothing(name: str, team: Team, clock: FrozenClock) -> None:
    with_unsent_work(team)
    new_contact(team.one, team.person, name=MARKER)
    team.one.sync(team.central)

    def revoke(request: str, moment: str) -> None:
        if (request, moment) == WHEN[name]:
            team.central.revoked.add(team.other.name)

    team.central.fault = revoke
    applied = team.central.applied
    with pytest.raises(AccessRevoked):
        team.other.sync(team.central)
    assert team.central.applied == applied
    shown = everything_shown(team.other)
    assert MARKER not in shown
    assert "Unsentson" not in shown
    assert "9990000018" not in shown
    for table in ("person", "person_case", "personal_contact", "caseload_index", "sync_record", "grant_local"):
        assert team.other.one(f"SELECT count(*) FROM {table}") == 0
    apart = team.other.ask("SELECT operations_json FROM quarantine")
    kept = [it["set"] for (row,) in apart for it in orjson.loads(row)]
    assert {"telephone": "020 7946 0009"} in kept
    assert any(it.get("family_name") == "Unsentson" for it in kept)
    assert team.other.ask("SELECT error FROM sync_run ORDER BY rowid DESC LIMIT 1") == [("sync_revoked",)]
    team.other.reopen()
    with pytest.raises(LeaseRevoked):
        _ = team.other.program.services.caseload


@pytest.mark.ends_apart("the bucket or the laptop is gone")
def test_revoked_while_offline_nothing_goes_until_the_lease_ends_and_all_goes_with_the_first_contact(
    team: Team, clock: FrozenClock
) -> None:
    with_unsent_work(team)
    team.central.revoked.add(team.other.name)
    later(team, clock, days=13)
    assert state(team.other) is LeaseState.ENDING
    later(team, clock, days=2)
    assert state(team.other) is LeaseState.ENDED
    assert team.other.one("SELECT count(*) FROM person") == 3
    with pytest.raises(AccessRevoked):
        team.other.sync(team.central)
    assert team.other.one("SELECT count(*) FROM person") == 0


def test_whoever_signs_in_again_after_being_revoked_has_everything_back_and_nothing_is_sent_by_itself(
    team: Team, clock: FrozenClock
) -> None:
    with_unsent_work(team)
    team.central.revoked.add(team.other.name)
    with pytest.raises(AccessRevoked):
        team.other.sync(team.central)
    with pytest.raises(SignInNeeded):
        team.other.connect(team.central)
    team.central.revoked.clear()
    team.other.connect(team.central)
    team.other.sync(team.central)
    require_same(team.central, team.bucket, team.other)
    assert team.central.live(team.bucket)["person", team.person].body["telephone"] == ""
    assert team.other.one("SELECT count(*) FROM quarantine") == 4
    team.other.reopen()
    assert state(team.other) is LeaseState.IN_FORCE


@pytest.mark.ends_apart("nobody is signed in at its end")
def test_a_sign_in_that_only_ended_removes_nothing(team: Team) -> None:
    with_unsent_work(team)
    team.central.tokens.clear()
    team.central.refreshes.clear()
    with pytest.raises(SignInNeeded) as caught:
        team.other.sync(team.central)
    assert not isinstance(caught.value, AccessRevoked)
    assert team.other.one("SELECT count(*) FROM person") == 3


# The command line


def _two_weeks_ago(connection: Any) -> None:
    heard = moment_text(datetime.now(UTC) - timedelta(days=20))
    connection.execute("UPDATE sync_lease SET heard_at = ?, latest = ?, skew_seconds = 0", (heard, heard))


VERBS = (("cases",), ("case", "9990000018"), ("coverage",), ("audit",), ("conflicts",), ("backup",))


def test_no_verb_shows_what_is_locked_and_each_says_so(
    team: Team, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    team.other.change(Person, team.person, team.person, family_name=MARKER, nhs_number="9990000018")
    team.other.write(_two_weeks_ago)
    team.other.program.close()
    passphrase = tmp_path / "passphrase"
    passphrase.write_text(PASSPHRASE)
    passphrase.chmod(0o600)
    for verb in VERBS:
        where = ("--data-dir", str(team.other.folder.root), "--passphrase-file", str(passphrase))
        assert cli.main([*where, *verb, "--json"]) == 1
        out = capsys.readouterr().out
        told = json.loads(out)
        assert told["error"] == "lease_ended"
        assert "exchange with the central store to go on" in told["message"]
        assert MARKER not in out
    team.other.program = bootstrap.open_with_passphrase(team.other.folder, PASSPHRASE)


def test_the_time_is_kept_where_the_store_takes_it_and_closing_goes_on_where_not(
    team: Team, clock: FrozenClock
) -> None:
    clock.advance(timedelta(days=2))
    assert state(team.other) is LeaseState.IN_FORCE
    team.other.program.access.database.writer.execute("PRAGMA query_only = ON")
    team.other.reopen()
    assert team.other.one("SELECT latest FROM sync_lease") == "2026-11-25T10:00:00.000Z"
