"""Mistakes that an exchange must not make, made on purpose: each must be caught by what the other tests ask."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from mdt_desktop.records import Person
from mdt_desktop.sync import ledger, pull, push, rebase
from mdt_desktop.sync.context import Context, Done
from mdt_desktop.sync.ledger import Known
from mdt_desktop.sync.merge import Merged
from mdt_desktop.sync.protocol import Page
from mdt_desktop.sync.remote import Offline
from tests.sync.conftest import Team
from tests.sync.laptops import new_contact, require_same
from tests.sync.test_faults import failing


class Killed(BaseException):
    """The process ended here."""


def killed_between_rows_and_cursor(team: Team) -> None:
    """The other laptop ends in the middle of a page, and starts again."""
    new_contact(team.one, team.person)
    team.one.change(Person, team.person, team.person, telephone="1")
    team.one.sync(team.central)
    real, calls = Done.touch, [0]

    def once(done: Done, type_: str, id_: str) -> None:
        calls[0] += 1
        if calls[0] == 2:
            raise Killed
        real(done, type_, id_)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Done, "touch", once)
        with pytest.raises(Killed):
            team.other.sync(team.central)
    team.other.sync(team.central)
    assert team.other.one("SELECT count(*) FROM personal_contact") == 1
    assert team.other.one("SELECT telephone FROM person") == "1"


def cut_after_the_push_was_taken(team: Team) -> None:
    """The answer is lost, the same field is edited again: one own change, never a conflict with oneself."""
    team.one.change(Person, team.person, team.person, telephone="1")
    new_contact(team.one, team.person)
    applied = team.central.applied
    team.central.fault = failing(4, "push", "after")
    with pytest.raises(Offline):
        team.one.sync(team.central)
    team.one.change(Person, team.person, team.person, telephone="2")
    team.one.sync(team.central)
    assert team.one.ask("SELECT * FROM conflict") == []
    assert team.central.applied - applied == 3
    team.other.sync(team.central)
    require_same(team.central, team.bucket, team.one, team.other)


def edited_again_after_it_was_sent(team: Team) -> None:
    """The base is what the central store has: one's next change is sent on top of one's last, and nothing is mended."""
    sent: list[int] = []
    asked: list[str] = []
    team.central.fault = lambda request, moment: asked.append(request)
    for number in range(3):
        team.one.change(Person, team.person, team.person, telephone=f"{number}")
        before = len(team.central.results)
        team.one.sync(team.central)
        sent.append(len(team.central.results) - before)
    assert sent == [1, 1, 1]
    assert "manifest" not in asked
    assert team.one.ask("SELECT * FROM conflict") == []
    require_same(team.central, team.bucket, team.one)


def two_edit_the_same_field(team: Team) -> None:
    """Neither edit is lost: one is in force, the other in a conflict."""
    team.one.change(Person, team.person, team.person, telephone="1")
    team.other.change(Person, team.person, team.person, telephone="2")
    for laptop in (team.one, team.other, team.one):
        laptop.sync(team.central)
    found = team.one.ask("SELECT telephone FROM person") + team.one.ask("SELECT json_extract(mine, '$') FROM conflict")
    assert {row[0] for row in found} == {"1", "2"}


def cursor_saved_first(patch: pytest.MonkeyPatch, team: Team) -> None:
    real = pull.apply_page

    def mutant(context: Context, bucket: str, page: Page) -> None:
        ledger.move_cursor(context.connection, bucket, page.epoch, page.next, None)
        context.connection.commit()
        context.connection.execute("BEGIN IMMEDIATE")
        real(context, bucket, Page(page.epoch, page.entries, page.next, page.head))

    at = ledger.cursor

    def anywhere(connection: Any, bucket: str) -> ledger.Cursor:
        found = at(connection, bucket)
        return ledger.Cursor(bucket, found.epoch, found.position, None, found.digest)

    patch.setattr(pull, "apply_page", mutant)
    patch.setattr(ledger, "cursor", anywhere)


def no_replay_here(patch: pytest.MonkeyPatch, team: Team) -> None:
    """The laptop gives what was not answered another number."""
    real = push.next_batch

    def mutant(connection: Any, *given: Any) -> Any:
        ledger.wait_again(connection, [it.op_no for it in ledger.in_flight(connection)])
        return real(connection, *given)

    patch.setattr(push, "next_batch", mutant)


def no_replay_there(patch: pytest.MonkeyPatch, team: Team) -> None:
    """The central store does not know what it has answered."""
    team.central.replays = False


def last_writer_wins(patch: pytest.MonkeyPatch, team: Team) -> None:
    def mutant(type_: str, base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Merged:
        return Merged({**theirs, **mine}, dict(mine))

    patch.setattr(rebase, "merged", mutant)


def base_not_updated(patch: pytest.MonkeyPatch, team: Team) -> None:
    """An own change that was taken leaves the base where it was."""
    real = ledger.note

    def mutant(connection: Any, heard: Known, before: Known | None, seq: int | None = None) -> None:
        if before is not None and before.base and seq is not None and heard.bucket == before.bucket:
            heard = before
        real(connection, heard, before, seq)

    def mutant_of_many(connection: Any, bucket: str, taken: Any) -> None:
        many(connection, bucket, [it for it in taken if it[5] is None])

    many = ledger.note_taken
    patch.setattr(ledger, "note", mutant)
    patch.setattr(ledger, "note_taken", mutant_of_many)


MUTANTS: dict[str, tuple[Callable[[pytest.MonkeyPatch, Team], None], Callable[[Team], None]]] = {
    "cursor saved first": (cursor_saved_first, killed_between_rows_and_cursor),
    "no replay on the laptop": (no_replay_here, cut_after_the_push_was_taken),
    "no replay in the central store": (no_replay_there, cut_after_the_push_was_taken),
    "last writer wins": (last_writer_wins, two_edit_the_same_field),
    "base not updated by one's own change": (base_not_updated, edited_again_after_it_was_sent),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_without_the_mistake_all_is_well(name: str, team: Team) -> None:
    MUTANTS[name][1](team)


@pytest.mark.parametrize("name", MUTANTS)
def test_the_mistake_is_caught(name: str, team: Team) -> None:
    make, ask = MUTANTS[name]
    with pytest.MonkeyPatch.context() as patch:
        make(patch, team)
        with pytest.raises(AssertionError):
            ask(team)
