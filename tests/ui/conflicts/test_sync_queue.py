"""The queue on the page Sync: what waits, what was refused and why, what left before it was sent."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QAbstractButton, QLabel
from pytestqt.qtbot import QtBot

from mdt_desktop.central import moving
from mdt_desktop.records import Person
from mdt_desktop.services import handed_over, sync_desk
from mdt_desktop.sync import account
from mdt_desktop.sync.protocol import SentOperation
from mdt_desktop.sync.remote import Offline
from mdt_desktop.ui.conflicts.page import SyncPage
from tests.helpers.central import WEST
from tests.helpers.central_team import CentralTeam, a_central_team
from tests.helpers.clocks import FrozenClock
from tests.helpers.window import Shell, a_shell, until_idle
from tests.sync.laptops import new_contact
from tests.ui.conflicts.conftest import Desk, Exchanging


def texts(page: SyncPage) -> str:
    return "\n".join(it.text() for it in page.queue.findChildren(QLabel) if it.isVisibleTo(page.queue))


def button(page: SyncPage, name: str) -> QAbstractButton:
    return next(it for it in page.queue.findChildren(QAbstractButton, name) if it.isVisibleTo(page.queue))


def show_queue(desk: Desk) -> None:
    desk.page.tabs.setCurrentIndex(1)
    desk.page.reload()
    desk.wait()


def test_with_nothing_waiting_it_says_that_everything_is_in_the_central_store(desk: Desk) -> None:
    show_queue(desk)
    assert "Nothing waits: everything you wrote is in the central store." in texts(desk.page)


def test_what_waits_is_counted_by_person_and_kind_and_nothing_of_it_is_told(desk: Desk) -> None:
    new_contact(desk.team.one, desk.team.person, name="Very Private")
    show_queue(desk)
    assert "EXAMPLESSON, Wilma\n1 × contact" in texts(desk.page)
    assert "Very Private" not in texts(desk.page)


def refuse_contacts(operation: SentOperation) -> str:
    return "forbidden" if operation.type == "personal_contact" else ""


@pytest.fixture
def refused(desk: Desk) -> Desk:
    desk.team.central.refuse = refuse_contacts
    new_contact(desk.team.one, desk.team.person)
    desk.sync()
    show_queue(desk)
    return desk


def test_a_refused_change_says_what_it_is_and_why_and_the_tab_counts_it(refused: Desk) -> None:
    shown = texts(refused.page)
    assert "Contact: Ida Invented" in shown
    assert "Your role in this locality does not allow it." in shown
    assert refused.page.tabs.tabText(1) == "Waiting to be sent (1)"


def test_send_again_sends_it_with_the_next_exchange(refused: Desk) -> None:
    refused.team.central.refuse = lambda operation: ""
    button(refused.page, "again").click()
    refused.wait()
    assert "It is sent with the next sync" in refused.told()
    refused.sync()
    assert refused.team.other.one("SELECT count(*) FROM personal_contact") == 1
    assert refused.page.tabs.tabText(1) == "Waiting to be sent"


def test_giving_up_asks_why_and_then_it_is_gone(refused: Desk) -> None:
    button(refused.page, "discard").click()
    sheet: Any = refused.page.sheet
    sheet.save.click()
    refused.wait()
    assert "Please say why" in sheet.problem.text()
    sheet.reason.setText("Recorded by a colleague")
    sheet.save.click()
    refused.wait()
    assert refused.page.sheet is None
    assert refused.team.one.one("SELECT count(*) FROM personal_contact") == 0
    assert refused.page.tabs.tabText(1) == "Waiting to be sent"


def test_the_record_can_be_opened_and_changed_instead(refused: Desk) -> None:
    opened: list[str] = []
    refused.page.open_person_requested.connect(opened.append)
    button(refused.page, "open").click()
    assert opened == [refused.team.person]


# What left before it was sent: with the real central store


@pytest.fixture
def left(
    tmp_path: Path, clock: FrozenClock, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[CentralTeam, SyncPage, Shell]]:
    """Nia has written about somebody who was moved to West before she exchanged; Noor belongs to West as well."""
    with a_central_team(tmp_path, clock) as team:
        real = sync_desk.SyncDesk.hand_over
        monkeypatch.setattr(
            sync_desk.SyncDesk, "hand_over", lambda it, bucket, write: real(it, bucket, write, team.remote)
        )
        team.nia.change(Person, team.person, team.person, telephone="020 7946 0077")
        team.store.database.write(lambda it: moving.move_person(it, team.person, WEST, "test", "moved", clock()))
        team.sync(team.nia)
        with a_shell(team.nia.program) as shell:
            made: list[SyncPage] = []

            def make() -> SyncPage:
                made.append(SyncPage(team.nia.program.services, shell.operations, shell.messages, Exchanging()))
                return made[0]

            shell.register("sync", make)
            shell.window.show_page("sync", tab="queue")
            until_idle(qtbot, shell.operations)
            yield team, made[0], shell


def test_what_left_is_counted_and_cannot_be_read(left: tuple[CentralTeam, SyncPage, Shell]) -> None:
    shown = texts(left[1])
    assert "1 record of East, since" in shown
    assert "020 7946 0077" not in shown
    assert "EXAMPLESSON" not in shown


def test_handed_over_it_reaches_the_team_that_has_the_person_and_leaves_this_laptop(
    left: tuple[CentralTeam, SyncPage, Shell], qtbot: QtBot, clock: FrozenClock
) -> None:
    team, page, shell = left
    button(page, "hand_over").click()
    until_idle(qtbot, shell.operations)
    assert "Handed over: 1" in " ".join(shell.window.shown_notices())
    assert team.nia.ask("SELECT * FROM quarantine") == []
    assert team.nia.one("SELECT count(*) FROM audit_entry WHERE action = 'hand_over_changes'") == 1
    team.sync(team.noor)
    known = team.noor.write(account.needed)
    with team.remote(known.url) as opened:
        (found,) = opened.handovers(known.access, known.device_id, WEST)
    assert (found.by, found.rec_id) == ("Nia", team.person)
    assert found.changes[0]["set"] == {"telephone": "020 7946 0077"}


def test_what_comes_too_late_stays_and_can_be_given_up_with_a_reason(
    left: tuple[CentralTeam, SyncPage, Shell], qtbot: QtBot, clock: FrozenClock
) -> None:
    team, page, shell = left
    clock.advance(timedelta(days=8))
    team.sync(team.nia)  # in touch, so that nothing here is locked when it is too late
    clock.advance(timedelta(days=7))
    button(page, "hand_over").click()
    until_idle(qtbot, shell.operations)
    assert "1 could not be handed over" in " ".join(shell.window.shown_notices())
    assert team.nia.one("SELECT count(*) FROM quarantine") == 1
    button(page, "discard_put_by").click()
    sheet: Any = page.sheet
    sheet.reason.setText("The other team knows")
    sheet.save.click()
    until_idle(qtbot, shell.operations)
    assert team.nia.ask("SELECT * FROM quarantine") == []
    assert team.nia.ask("SELECT reason FROM audit_entry WHERE action = 'discard_change'") == [("The other team knows",)]


def test_the_team_that_has_the_person_sees_what_was_handed_over_and_takes_it_in(
    left: tuple[CentralTeam, SyncPage, Shell], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    team, page, shell = left
    button(page, "hand_over").click()
    until_idle(qtbot, shell.operations)
    team.sync(team.noor)
    kind = handed_over.HandedOver
    listed, take_in = kind.listed, kind.take_in
    monkeypatch.setattr(kind, "listed", lambda it, write: listed(it, write, team.remote))
    monkeypatch.setattr(kind, "take_in", lambda it, id_, write: take_in(it, id_, write, team.remote))
    with a_shell(team.noor.program) as other:
        made: list[SyncPage] = []

        def make() -> SyncPage:
            made.append(SyncPage(team.noor.program.services, other.operations, other.messages, Exchanging()))
            return made[0]

        other.register("sync", make)
        other.window.show_page("sync", tab="queue")
        until_idle(qtbot, other.operations)
        shown = texts(made[0])
        assert made[0].tabs.tabText(1) == "Waiting to be sent (1)"
        assert "1 record is waiting for your team." in shown
        assert "EXAMPLESSON, Wilma: Person" in shown
        assert "Telephone: 020 7946 0077 (here: Nothing)" in shown
        button(made[0], "take_in").click()
        until_idle(qtbot, other.operations)
        shown = texts(made[0])
        assert "Nothing was handed over to your team." in shown
        assert "waiting for your team" not in shown
        assert made[0].tabs.tabText(1).startswith("Waiting to be sent")
    assert team.noor.one("SELECT telephone FROM person") == "020 7946 0077"


def test_what_cannot_be_asked_for_by_itself_is_counted_and_told_by_nobody_until_somebody_asks(
    left: tuple[CentralTeam, SyncPage, Shell], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    team, page, shell = left
    button(page, "hand_over").click()
    until_idle(qtbot, shell.operations)
    team.sync(team.noor)

    def cut(it: handed_over.HandedOver, write: Any) -> Any:
        raise Offline

    monkeypatch.setattr(handed_over.HandedOver, "listed", cut)
    with a_shell(team.noor.program) as other:
        made: list[SyncPage] = []

        def make() -> SyncPage:
            made.append(SyncPage(team.noor.program.services, other.operations, other.messages, Exchanging()))
            return made[0]

        other.register("sync", make)
        other.window.show_page("sync", tab="queue")
        until_idle(qtbot, other.operations)
        assert "1 record is waiting for your team." in texts(made[0])
        assert not other.window.shown_notices()
        assert made[0].queue.look.isEnabled()
        made[0].queue.look.click()
        until_idle(qtbot, other.operations)
        assert "cannot be reached" in " ".join(other.window.shown_notices())
