"""When the automatic backup is due, and how backups are called."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from mdt_desktop.domain.backups import EVERY, Newest, StoreState, file_name, is_due, place_in_row, stamp

NOW = datetime(2026, 11, 27, 21, 30, tzinfo=UTC)
STATE = StoreState("0003", 7, 12, 3, 1, 40, "a" * 64, NOW)
COMMITTED = replace(STATE, counter=8)


def made(ago: timedelta) -> Newest:
    return Newest(NOW - ago, STATE)


def test_the_first_backup_is_due_at_once() -> None:
    assert is_due(None, STATE, NOW)


def test_without_a_commit_no_backup_is_due_however_long_ago_the_last_was() -> None:
    assert not is_due(made(timedelta(days=9)), STATE, NOW)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(COMMITTED, id="the counter of commits has moved"),
        pytest.param(replace(STATE, audit_entries=41), id="the audit log has grown"),
        pytest.param(replace(STATE, last_audit_hash="b" * 64), id="the audit log ends otherwise"),
    ],
)
def test_after_a_commit_it_is_due_half_an_hour_after_the_one_before(changed: StoreState) -> None:
    assert is_due(made(EVERY), changed, NOW)
    assert not is_due(made(EVERY - timedelta(seconds=1)), changed, NOW)


def test_after_a_try_that_failed_the_next_is_half_an_hour_later() -> None:
    for newest in (made(timedelta(days=1)), None):
        assert not is_due(newest, COMMITTED, NOW, last_try=NOW - timedelta(minutes=29))
        assert is_due(newest, COMMITTED, NOW, last_try=NOW - EVERY)


def test_a_clock_that_was_set_back_does_not_hold_backups_up() -> None:
    assert is_due(made(timedelta(days=-300)), COMMITTED, NOW)
    assert is_due(made(timedelta(days=1)), COMMITTED, NOW, last_try=NOW + timedelta(days=300))


def test_a_backup_is_called_by_its_minute_in_greenwich_time() -> None:
    assert file_name(NOW) == "mdt-2026-11-27T2130Z.mdtbackup"
    assert file_name(NOW.astimezone(timezone(timedelta(hours=5))), 2) == "mdt-2026-11-27T2130Z-2.mdtbackup"
    assert stamp(NOW) == "2026-11-27T2130Z"


@pytest.mark.parametrize("number", [1, 2, 17])
def test_a_name_is_read_back_as_the_minute_and_the_number(number: int) -> None:
    assert place_in_row(file_name(NOW, number)) == (NOW, number)


@pytest.mark.parametrize(
    "name",
    [
        "mdt.db",
        "mdt-2026-11-27T2130Z.mdtbackup.part",
        ".mdt-2026-11-27T2130Z.mdtbackup",
        "mdt-2026-13-27T2130Z.mdtbackup",
        "mdt-2026-11-27T2130Z-1.mdtbackup",
        "mdt-2026-11-27T2130Z-02.mdtbackup",
        "mdt-2026-11-27T2130.mdtbackup",
        "mdt-٢٠٢٦-11-27T2130Z.mdtbackup",
    ],
)
def test_other_names_are_no_backups(name: str) -> None:
    assert place_in_row(name) is None
