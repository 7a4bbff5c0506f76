"""A laptop without a network tells what was done on it by the files that are carried, once and no less (SYNC 5.15)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from mdt_desktop.central import audit
from mdt_desktop.central.tables import AUDIT, LAPTOP_ENTRY
from mdt_desktop.records import Person
from mdt_desktop.store.audit_log import Act
from mdt_desktop.sync import carried
from tests.helpers.clocks import FrozenClock
from tests.sync.carrying import Site, a_site
from tests.sync.laptops import Laptop, new_person, new_practice
from tests.sync.test_copied import a_copy
from tests.sync.test_own_log import do, log_of

Team = tuple[Site, Laptop, Laptop, str]


@pytest.fixture
def team(tmp_path: Path, clock: FrozenClock) -> Iterator[Team]:
    """Robin, whose laptop has lost the network, and Sam, who reaches the store."""
    site = a_site(tmp_path, clock)
    robin, sam = site.laptop("Robin Example"), site.laptop("Sam Sample")
    person = new_person(robin, new_practice(robin))
    for laptop in (robin, sam, robin):
        site.sync(laptop)
    yield site, robin, sam, person
    robin.close()
    sam.close()
    site.store.close()


def acts(site: Site, action: str) -> list[Any]:
    with site.store.database.reading() as connection:
        assert audit.chain(connection).holds
        found = connection.execute(select(AUDIT).where(AUDIT.c.action == action).order_by(AUDIT.c.seq)).all()
    return [json.loads(it.detail) if it.detail.startswith("{") else it.detail for it in found]


def printed(site: Site) -> list[str]:
    return [it["fields"] for it in acts(site, "laptop_entry") if it["action"] == "print"]


def last_told(site: Site, laptop: Laptop) -> int:
    device = laptop.one("SELECT device_id FROM sync_account")
    with site.store.database.reading() as connection:
        numbers = connection.execute(select(LAPTOP_ENTRY.c.no).where(LAPTOP_ENTRY.c.device_id == device)).scalars()
        return max(map(int, numbers))


def test_what_was_done_goes_with_the_changes_and_counts_once_however_often_it_comes(team: Team) -> None:
    site, robin, sam, person = team
    robin.change(Person, person, person, telephone="1")
    do(robin, Act("print", "person", person, person, "plan", "Zebrafinchson asked"))
    site.export(robin, "out.mdt")
    for number in range(2):
        site.deliver(sam, "out.mdt", f"back{number}.mdt")
    assert printed(site) == ["plan"]
    site.take(robin, "back0.mdt")
    do(robin, Act("print", "person", person, person, "risk"))
    site.export(robin, "out2.mdt")
    site.deliver(sam, "out2.mdt", "back2.mdt")
    site.sync(robin)
    assert printed(site) == ["plan", "risk"]
    assert last_told(site, robin) == log_of(robin)[-1][0]
    with site.store.database.reading() as connection:
        assert "Zebrafinchson" not in "\n".join(audit.lines(connection))


def test_a_file_whose_answer_was_lost_is_followed_by_one_that_tells_it_again(team: Team) -> None:
    site, robin, sam, person = team
    do(robin, Act("print", "person", person, person, "one"))
    site.export(robin, "lost.mdt")
    site.deliver(sam, "lost.mdt", "never taken.mdt")
    do(robin, Act("print", "person", person, person, "two"))
    site.export(robin, "out.mdt")
    site.deliver(sam, "out.mdt", "back.mdt")
    assert printed(site) == ["one", "two"]


def test_more_than_a_file_has_room_for_goes_with_the_next(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    site, robin, sam, person = team
    site.sync(robin)
    before = last_told(site, robin)
    do(robin, *[Act("print", "person", person, person, "plan")] * 40)
    monkeypatch.setattr(carried, "MOST_FILE_BYTES", 6_000)
    for number in range(8):
        site.export(robin, f"out{number}.mdt")
        site.deliver(sam, f"out{number}.mdt", f"back{number}.mdt")
        if not number:
            assert before < last_told(site, robin) < before + 40
        site.take(robin, f"back{number}.mdt")
    assert len(printed(site)) == 40


def test_a_log_that_does_not_go_on_from_what_was_told_stops_no_change_and_is_in_the_audit(
    team: Team, tmp_path: Path
) -> None:
    site, robin, sam, person = team
    copy = a_copy(robin, tmp_path / "copy")
    do(robin, Act("print", "person", person, person, "of robin"))
    site.sync(robin)
    do(copy, Act("print", "person", person, person, "of the copy"))
    site.export(copy, "out.mdt")
    site.deliver(sam, "out.mdt", "back.mdt")
    assert "laptop_log operation_reused" in acts(site, "refused")
    assert printed(site) == ["of robin"]
    site.take(copy, "back.mdt")
    for _ in range(2):
        site.sync(copy)
    assert printed(site) == ["of robin", "of the copy"]
    copy.close()
