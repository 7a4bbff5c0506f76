"""One thing at a time asks the central store and renews its tokens; who is told to sign in again (SYNC 5.11)."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mdt_desktop.central import moving
from mdt_desktop.central.tokens import ACCESS_TIME
from mdt_desktop.records import Person
from mdt_desktop.services import handed_over, signed_asking, sync_desk, syncing
from mdt_desktop.services.signed_asking import SyncUnderWay, alone
from mdt_desktop.store.queries import exchange
from mdt_desktop.sync import account, remote
from mdt_desktop.sync.http_remote import HttpRemote
from mdt_desktop.sync.protocol import Tokens
from mdt_desktop.sync.remote import RemoteProblem
from tests.helpers.central import PASSWORD, WEST
from tests.helpers.central_team import ADDRESS, CentralTeam, a_central_team
from tests.helpers.clocks import FrozenClock
from tests.sync.conftest import Team


@pytest.fixture
def moved(tmp_path: Path, clock: FrozenClock) -> Iterator[CentralTeam]:
    """Nia has unsent changes of somebody who was moved to West; Noor belongs to West as well."""
    with a_central_team(tmp_path, clock) as made:
        made.nia.change(Person, made.person, made.person, telephone="020 7946 0077")
        made.store.database.write(lambda it: moving.move_person(it, made.person, WEST, "test", "moved", clock()))
        for laptop in (made.nia, made.noor):
            made.sync(laptop)
        yield made


def hand_over(team: CentralTeam, open_: Callable[[str], HttpRemote]) -> Any:
    services = team.nia.program.services
    bucket = team.nia.one("SELECT bucket FROM quarantine LIMIT 1")
    return services.sync_desk.hand_over(bucket, services.syncing.write, open_)


def listed(team: CentralTeam, open_: Callable[[str], HttpRemote]) -> Any:
    services = team.noor.program.services
    return services.handed_over.listed(services.syncing.write, open_)


def settled(team: CentralTeam, open_: Callable[[str], HttpRemote]) -> Any:
    services = team.noor.program.services
    found = services.handed_over.listed(services.syncing.write, team.remote)
    id_ = found[0].id if found else "none"
    return services.handed_over.leave_out(id_, services.syncing.write, open_)


def signed_out(team: CentralTeam, open_: Callable[[str], HttpRemote]) -> Any:
    services = team.noor.program.services
    return services.syncing.sign_out(services.syncing.write, open_)


def connected(team: CentralTeam, open_: Callable[[str], HttpRemote]) -> Any:
    return team.noor.program.services.syncing.connect(ADDRESS, "Noor", PASSWORD, open_)


def exchanged(team: CentralTeam, open_: Callable[[str], HttpRemote]) -> Any:
    return team.noor.program.services.syncing.run(remote=open_)


VERBS = (hand_over, listed, settled, signed_out, connected, exchanged)


@pytest.mark.parametrize("verb", VERBS, ids=lambda it: it.__name__)
def test_while_one_asks_another_waits_its_turn_or_says_so(
    verb: Callable[..., Any], moved: CentralTeam, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (sync_desk, handed_over, syncing):
        monkeypatch.setattr(module, "WHILE_OTHERS_END", 0.0)
    before = moved.noor.ask("SELECT device_id, refresh_token FROM sync_account")
    waiting = moved.nia.ask("SELECT id FROM quarantine")
    with alone(), pytest.raises(SyncUnderWay):
        verb(moved, moved.remote)
    assert moved.noor.ask("SELECT device_id, refresh_token FROM sync_account") == before
    assert moved.nia.ask("SELECT id FROM quarantine") == waiting
    verb(moved, moved.remote)


@pytest.mark.parametrize("verb", [hand_over, listed, settled, exchanged], ids=lambda it: it.__name__)
def test_tokens_are_renewed_once_kept_before_they_are_used_and_by_nobody_else_meanwhile(
    verb: Callable[..., Any], moved: CentralTeam, clock: FrozenClock
) -> None:
    hand_over(moved, moved.remote) if verb is settled else None
    laptop = moved.nia if verb is hand_over else moved.noor
    renewed: list[str] = []

    class Watched(HttpRemote):
        def refresh(self, refresh: str, device: str) -> Tokens:
            assert signed_asking._RUNNING.locked()
            assert laptop.one("SELECT refresh_token FROM sync_account") == refresh
            tokens = super().refresh(refresh, device)
            renewed.append(tokens.refresh)
            return tokens

    def open_(url: str) -> HttpRemote:
        made = Watched(url)
        made._http = moved.remote(url)._http
        return made

    clock.advance(ACCESS_TIME)
    verb(moved, open_)
    assert len(renewed) <= 1
    assert verb is settled or len(renewed) == 1  # what was listed before has renewed them already
    assert not renewed or laptop.one("SELECT refresh_token FROM sync_account") == renewed[0]


def test_what_somebody_asked_for_waits_for_the_exchange_that_is_under_way(moved: CentralTeam) -> None:
    began, go_on = threading.Event(), threading.Event()

    def exchange() -> None:
        with alone():
            began.set()
            go_on.wait(20)

    other = threading.Thread(target=exchange)
    other.start()
    began.wait(20)
    threading.Timer(0.05, go_on.set).start()
    assert hand_over(moved, moved.remote).taken == 1
    other.join(20)


def kinds_of_problem() -> list[type[RemoteProblem]]:
    found = [it for it in vars(remote).values() if isinstance(it, type) and issubclass(it, RemoteProblem)]
    return sorted(found, key=lambda it: it.__name__)


MENDED_BY_SIGNING_IN = {remote.SignInNeeded, remote.SignInEnded, remote.AccessRevoked, remote.DeviceCopied}


@pytest.mark.parametrize("problem", kinds_of_problem(), ids=lambda it: it.__name__)
def test_whoever_can_mend_it_by_signing_in_is_asked_to_and_nobody_else(
    problem: type[RemoteProblem], team: Team, clock: FrozenClock
) -> None:
    def run(connection: Any) -> None:
        account.begin_run(connection, "a run", clock())
        account.end_run(connection, "a run", clock(), (0, 0, 0), problem.code)

    team.one.write(run)
    status = exchange.status(team.one.program.access.database.writer)
    assert (status.error, status.signed_out) == (problem.code, problem in MENDED_BY_SIGNING_IN)


def test_a_laptop_that_was_revoked_asks_no_more_by_itself_until_somebody_signs_in(team: Team) -> None:
    team.central.revoked.add(team.one.name)
    with pytest.raises(remote.AccessRevoked):
        team.one.sync(team.central)
    reader = team.one.program.access.database.writer
    assert exchange.status(reader).signed_out
    team.central.revoked.clear()
    team.one.connect(team.central)
    assert not exchange.status(reader).signed_out


def test_a_copy_that_could_not_be_registered_anew_is_told_to_sign_in_and_that_mends_it(team: Team) -> None:
    def refuse(request: str, moment: str) -> None:
        if (request, moment) == ("changes", "before"):
            raise remote.DeviceCopied
        if (request, moment) == ("enrol", "before"):
            raise remote.SignInNeeded

    team.central.fault = refuse
    with pytest.raises(remote.SignInNeeded):
        team.one.sync(team.central)
    reader, before = team.one.program.access.database.writer, team.one.one("SELECT device_id FROM sync_account")
    assert exchange.status(reader).signed_out
    team.central.fault = lambda *_: None
    team.one.connect(team.central)
    assert not exchange.status(reader).signed_out
    team.one.sync(team.central)
    assert team.one.one("SELECT device_id FROM sync_account") != before
