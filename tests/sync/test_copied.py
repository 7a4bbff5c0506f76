"""A store that was copied or put back goes on as a device of its own: nothing is lost, nothing is there twice (34)."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mdt_desktop import bootstrap
from mdt_desktop.paths import DataFolder
from mdt_desktop.records import Person
from mdt_desktop.sync.remote import AccessRevoked, Offline, SignInNeeded
from tests.helpers.stores import PASSPHRASE
from tests.sync.conftest import Team
from tests.sync.laptops import Laptop, new_contact, require_same
from tests.sync.test_faults import failing


def a_copy(laptop: Laptop, folder: Path) -> Laptop:
    """The files of a laptop's store as they are now, in another folder, opened there."""
    laptop.program.close()
    shutil.copytree(laptop.folder.root, folder)
    laptop.program = bootstrap.open_with_passphrase(laptop.folder, PASSPHRASE, clock=laptop.clock)
    copy = Laptop.__new__(Laptop)
    copy.folder, copy.name, copy.clock, copy.waits = DataFolder(folder), laptop.name, laptop.clock, []
    copy.program = bootstrap.open_with_passphrase(copy.folder, PASSPHRASE, clock=laptop.clock)
    return copy


def device(laptop: Laptop) -> str:
    return str(laptop.one("SELECT device_id FROM sync_account"))


@dataclass
class Copied(Team):
    """`copy` is what laptop `one` was when it had an unsent change and a new contact."""

    copy: Laptop
    contact: str


@pytest.fixture
def copied(team: Team, tmp_path: Path) -> Iterator[Copied]:
    team.one.change(Person, team.person, team.person, telephone="1")
    contact = new_contact(team.one, team.person)
    copy = a_copy(team.one, tmp_path / "copy")
    yield Copied(team.central, team.bucket, team.one, team.other, team.person, team.practice, copy, contact)
    copy.close()


def all_same(copied: Copied) -> None:
    laptops = (copied.one, copied.copy, copied.other)
    for laptop in (*laptops, *laptops):
        laptop.sync(copied.central)
    require_same(copied.central, copied.bucket, *laptops)


def test_two_copies_of_one_store_both_go_on_and_what_both_have_counts_once(copied: Copied) -> None:
    applied, before = copied.central.applied, device(copied.one)
    copied.one.sync(copied.central)
    copied.copy.sync(copied.central)
    assert copied.central.applied - applied == 2
    assert (device(copied.one), device(copied.copy)) == (before, copied.central.enrolled[0])
    assert copied.copy.ask("SELECT * FROM conflict") == []
    copied.one.change(Person, copied.person, copied.person, email="one@example.org")
    copied.copy.change(Person, copied.person, copied.person, preferred_name="Copy")
    all_same(copied)
    assert copied.other.ask("SELECT telephone, email, preferred_name FROM person") == [
        ("1", "one@example.org", "Copy")
    ]
    assert copied.other.one("SELECT count(*) FROM personal_contact") == 1
    assert len(copied.central.enrolled) == 1


def test_what_was_written_after_the_copy_was_made_is_not_overruled_by_what_waited_in_it(copied: Copied) -> None:
    copied.one.sync(copied.central)
    copied.one.change(Person, copied.person, copied.person, telephone="2")
    copied.one.sync(copied.central)
    copied.copy.sync(copied.central)
    all_same(copied)
    assert copied.other.one("SELECT telephone FROM person") == "2"
    assert copied.other.ask("SELECT json_extract(mine, '$'), json_extract(theirs, '$') FROM conflict") == [("1", "2")]


def test_both_copies_write_under_one_number_and_neither_change_is_lost(copied: Copied) -> None:
    for laptop, name in ((copied.one, "one"), (copied.copy, "copy")):
        new_contact(laptop, copied.person, name=name)
        laptop.sync(copied.central)
    all_same(copied)
    names = {row[0] for row in copied.other.ask("SELECT name FROM personal_contact")}
    assert names == {"Ida Invented", "one", "copy"}


def test_a_copy_that_ended_in_the_middle_of_a_push_loses_nothing(team: Team, tmp_path: Path) -> None:
    team.one.change(Person, team.person, team.person, telephone="1")
    team.central.fault = failing(4, "push", "after")
    with pytest.raises(Offline):
        team.one.sync(team.central)
    copy = a_copy(team.one, tmp_path / "copy")
    applied = team.central.applied
    for laptop in (team.one, copy):
        laptop.sync(team.central)
        new_contact(laptop, team.person, name=laptop.folder.root.name)
    for laptop in (team.one, copy, team.other, team.one):
        laptop.sync(team.central)
    require_same(team.central, team.bucket, team.one, copy, team.other)
    assert team.central.applied - applied == 2
    assert team.other.ask("SELECT * FROM conflict") == []
    copy.close()


def test_a_backup_that_was_put_back_goes_on_from_where_the_central_store_is(team: Team, tmp_path: Path) -> None:
    backup = a_copy(team.one, tmp_path / "backup")
    backup.program.close()
    for number in range(3):
        team.one.change(Person, team.person, team.person, telephone=f"{number}")
        new_contact(team.one, team.person, name=f"Contact {number}")
        team.one.sync(team.central)
    team.one.program.close()
    shutil.rmtree(team.one.folder.root)
    shutil.copytree(tmp_path / "backup", team.one.folder.root)
    team.one.program = bootstrap.open_with_passphrase(team.one.folder, PASSPHRASE, clock=team.one.clock)
    team.one.change(Person, team.person, team.person, email="after@example.org")
    for laptop in (team.one, team.other, team.one):
        laptop.sync(team.central)
    require_same(team.central, team.bucket, team.one, team.other)
    assert team.one.ask("SELECT telephone, email FROM person") == [("2", "after@example.org")]
    assert team.one.one("SELECT count(*) FROM personal_contact") == 3
    assert team.one.ask("SELECT * FROM conflict") == []


def test_a_copy_whose_tokens_are_the_others_by_now_asks_to_sign_in_and_goes_on_then(copied: Copied) -> None:
    copied.one.sync(copied.central)
    new_contact(copied.copy, copied.person, name="copy")
    copied.central.tokens.clear()
    copied.central.refreshes.clear()
    with pytest.raises(SignInNeeded):
        copied.copy.sync(copied.central)
    assert copied.copy.one("SELECT count(*) FROM outbox") == 3
    for laptop in (copied.copy, copied.one, copied.other):
        laptop.connect(copied.central)
    all_same(copied)
    assert copied.other.one("SELECT count(*) FROM personal_contact") == 2
    assert copied.central.enrolled == []


@pytest.mark.parametrize("moment", ["before", "after"])
def test_an_answer_that_is_lost_while_enrolling_leaves_all_as_it_was(copied: Copied, moment: str) -> None:
    copied.one.sync(copied.central)
    before = device(copied.copy)
    copied.central.fault = failing(4, "enrol", moment)
    with pytest.raises(Offline):
        copied.copy.sync(copied.central)
    assert device(copied.copy) == before
    assert copied.copy.one("SELECT count(*) FROM outbox WHERE status = 'waiting'") == 2
    all_same(copied)


@pytest.mark.ends_apart("the bucket or the laptop is gone")
def test_a_copy_that_was_revoked_does_not_enrol(copied: Copied) -> None:
    copied.one.sync(copied.central)
    copied.central.fault = lambda request, moment: (
        copied.central.revoked.add(copied.copy.name) if request == "changes" else None
    )
    with pytest.raises(AccessRevoked):
        copied.copy.sync(copied.central)
    assert copied.central.enrolled == []
