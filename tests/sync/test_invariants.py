"""The seven invariants are asked in earnest: each is broken on purpose, and each time it is found."""

from collections.abc import Callable

import pytest

from mdt_desktop.records import Person
from tests.sync.conftest import Team
from tests.sync.invariants import require_invariants
from tests.sync.laptops import new_contact

WORD = "Quillfeather"


def test_where_all_is_well_nothing_is_found(team: Team) -> None:
    team.one.change(Person, team.person, team.person, family_name=WORD)
    require_invariants(team.central, team.bucket, (team.one, team.other), edits=[WORD])


def _lose_the_edit(team: Team) -> None:
    for held in team.central.buckets[team.bucket].records.values():
        held.body = {name: "x" if value == WORD else value for name, value in held.body.items()}
    for laptop in (team.one, team.other):
        laptop.write(lambda connection: connection.execute("UPDATE person SET family_name = 'x'"))
        laptop.write(lambda connection: connection.execute("UPDATE caseload_index SET family_name = 'x'"))


def _change_behind_the_books(team: Team) -> None:
    team.other.write(lambda connection: connection.execute("UPDATE person SET title = 'Mx'"))


def _hold_what_must_go(team: Team) -> None:
    """Left to `gone` in the question."""


def _count_twice(team: Team) -> None:
    team.central.applied = len(team.central.results) + 1


def _never_drain(team: Team) -> None:
    team.central.refuse = lambda operation: "invalid"
    new_contact(team.one, team.person)


def _write_in_clear(team: Team) -> None:
    (team.one.folder.root / "leftover.tmp").write_text(WORD)


def _break_the_chain(team: Team) -> None:
    team.other.write(_forge)


def _forge(connection: object) -> None:
    execute = connection.execute  # type: ignore[attr-defined]
    named = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'"
    for (name,) in execute(named).fetchall():
        execute(f"DROP TRIGGER {name}")
    execute("UPDATE audit_entry SET action = 'view' WHERE seq = 2")


MUTANTS: dict[str, Callable[[Team], None]] = {
    "I1": _lose_the_edit,
    "I2": _change_behind_the_books,
    "I3": _hold_what_must_go,
    "I4": _count_twice,
    "I5": _never_drain,
    "I6": _write_in_clear,
    "I7": _break_the_chain,
}


@pytest.mark.ends_apart("broken on purpose", whole=False)
@pytest.mark.parametrize("name", MUTANTS)
def test_whatever_does_not_hold_is_found(name: str, team: Team) -> None:
    team.one.change(Person, team.person, team.person, family_name=WORD)
    for laptop in (team.one, team.other):
        laptop.sync(team.central)
    MUTANTS[name](team)
    held, gone = ((team.one,), (team.other,)) if name == "I3" else ((team.one, team.other), ())
    with pytest.raises(AssertionError, match=f"^{name}"):
        require_invariants(team.central, team.bucket, held, edits=[WORD], gone=gone, secret=WORD if gone else "")
