"""Cancelled, or on a failing disk, an import leaves nothing."""

from datetime import date
from typing import Any

import pytest
import sqlcipher3.dbapi2

from mdt_desktop.services.risk_import import NoUsableRows
from mdt_desktop.store import bulk
from mdt_desktop.store.database import StoreFull, StoreUnreadable
from tests.helpers.risk_files import OCTOBER, a_line, lines
from tests.store.risk_import.desk import PEOPLE, Borough


def test_a_file_of_which_no_line_can_be_used_is_refused_and_takes_nobodys_tier_away(borough: Borough) -> None:
    borough.take(lines(PEOPLE), run_date=OCTOBER)
    before = borough.content()
    file = borough.file([a_line(place, Score="") for place in range(PEOPLE)])
    preview = borough.risk_import.preview(file)
    with pytest.raises(NoUsableRows) as refused:
        borough.risk_import.apply(preview)
    assert refused.value.values == {"lines": PEOPLE}
    assert borough.content() == before


def test_a_file_that_claims_to_be_of_the_year_one_is_refused_in_words(borough: Borough) -> None:
    with pytest.raises(NoUsableRows):
        borough.take(lines(3), run_date=date(1, 9, 1))


class StopHere(Exception):
    """Raised where the person presses Cancel."""


@pytest.mark.parametrize("at", range(1, 8))
def test_a_cancelled_import_leaves_nothing_whatever_it_had_done(borough: Borough, at: int) -> None:
    borough.take(lines(10), run_date=OCTOBER)
    before = borough.content()
    preview = borough.risk_import.preview(borough.file(lines(PEOPLE)))

    def cancel(done: int, of: int) -> None:
        if done == at:
            raise StopHere

    with pytest.raises(StopHere):
        borough.risk_import.apply(preview, cancel)
    assert borough.content() == before
    assert borough.risk_import.apply(preview).new_people == PEOPLE - 10


@pytest.mark.parametrize("broken", ["insert_people", "insert_scores", "insert_cases", "insert_held"])
def test_a_disk_error_leaves_nothing(borough: Borough, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    borough.take(lines(10), run_date=OCTOBER)
    before = borough.content()
    preview = borough.risk_import.preview(borough.file(lines(PEOPLE)))
    whole = getattr(bulk, broken)

    def fails(connection: object, rows: list[Any]) -> None:
        whole(connection, list(rows)[: len(list(rows)) // 2])
        raise sqlcipher3.dbapi2.OperationalError("disk I/O error")

    with monkeypatch.context() as patch:
        patch.setattr(bulk, broken, fails)
        with pytest.raises(StoreUnreadable):
            borough.risk_import.apply(preview)
    assert borough.content() == before


def test_a_full_disk_leaves_nothing(borough: Borough) -> None:
    borough.take(lines(10), run_date=OCTOBER)
    before = borough.content()
    writer = borough.program.access.database.writer
    pages = writer.execute("PRAGMA page_count").fetchone()[0]
    preview = borough.risk_import.preview(borough.file(lines(400)))
    writer.execute(f"PRAGMA max_page_count = {pages + 4}")
    with pytest.raises(StoreFull):
        borough.risk_import.apply(preview)
    writer.execute("PRAGMA max_page_count = 1073741823")
    assert borough.content() == before
    assert borough.risk_import.apply(preview).new_people == 390
