"""Decisions and actions as lists and as a calendar: read again, in the audit, and nothing that was not asked for."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import icalendar
import openpyxl
import pytest

from mdt_desktop.documents.writing import PaperFileExists
from mdt_desktop.domain.exports import ListPurpose, ListReason
from mdt_desktop.domain.meeting_exports import (
    COLUMNS,
    LEAST,
    MeetingColumn,
    MeetingFileKind,
    MeetingList,
    MeetingListColumnsMissing,
    MeetingListEmpty,
)
from mdt_desktop.services.meeting_exports import MeetingExports
from mdt_desktop.services.tasks import NewTask
from mdt_desktop.store import audit_log
from tests.helpers.borough import a_store
from tests.helpers.clocks import FrozenClock
from tests.helpers.held_meeting import PEOPLE, HeldMeeting, a_held_meeting, a_planned_meeting

CHECK = ListPurpose(ListReason.TO_CHECK)
ACTIONS, DECISIONS = frozenset(LEAST[MeetingList.ACTIONS]), frozenset(LEAST[MeetingList.DECISIONS])


@pytest.fixture
def held(tmp_path: Path, clock: FrozenClock) -> Iterator[HeldMeeting]:
    with a_store(tmp_path, clock) as program:
        yield a_held_meeting(program, clock, people=6)


def exports(held: HeldMeeting) -> MeetingExports:
    return held.program.services.meeting_exports


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_actions_are_read_again_as_they_stand(held: HeldMeeting) -> None:
    rows = rows_of(exports(held).content(exports(held).actions(held.meeting, ACTIONS), MeetingFileKind.CSV))
    assert rows[0] == ["Name", "NHS number", "What is to be done", "Who", "By", "How far"]
    kitchen = next(row for row in rows if row[2].startswith("Visit her kitchen"))
    assert kitchen == [
        "SAMPLETON, Amina (Mrs)", "943 476 5919", "Visit her kitchen and order what is missing", "Tom Weir",
        "01-Dec-2026", "Open",
    ]  # fmt: skip
    assert len(rows) == 7


def test_decisions_come_in_the_order_of_the_agenda_with_initials_alone(held: HeldMeeting) -> None:
    content = exports(held).content(exports(held).decisions(held.meeting, DECISIONS), MeetingFileKind.CSV)
    rows = rows_of(content)
    assert rows[0] == ["Meeting", "Initials", "Type", "Decision", "Agreed"]
    assert [row[1] for row in rows[1:]] == ["AS", "AS", "BH", "CP", "DI"]
    assert [row[4] for row in rows[1:]] == ["Yes", "Yes", "No", "Yes", "Yes"]
    assert not [family for _, _, family, _ in PEOPLE if family.encode() in content]


@pytest.mark.parametrize("which", list(MeetingList))
def test_every_column_has_a_cell_in_a_workbook_that_computes_nothing(held: HeldMeeting, which: MeetingList) -> None:
    room = held.program.services.meeting_room
    item = held.items[4]
    room.open(item)
    room.decide(item, '=HYPERLINK("http://192.0.2.1")', task=NewTask("=1+1", owner_words="@SUM(A1)"))
    service = exports(held)
    read = service.actions if which is MeetingList.ACTIONS else service.decisions
    content = service.content(read(held.meeting, frozenset(COLUMNS[which])), MeetingFileKind.XLSX)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows[0]) == len(COLUMNS[which])
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "inlineStr"}
    assert any("=" in str(cell) for row in rows for cell in row)
    assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)


def test_the_calendar_holds_initials_owner_and_day_and_nothing_of_what_is_to_be_done(held: HeldMeeting) -> None:
    leaving = exports(held).calendar(held.meeting)
    content = exports(held).content(leaving, MeetingFileKind.ICS)
    tasks = icalendar.Calendar.from_ical(content).walk("VTODO")
    assert len(tasks) == leaving.count == 6
    assert {str(it["summary"]) for it in tasks} == {f"Action from the meeting: {it}" for it in ("AS", "BH", "CP", "DI")}
    text = content.replace(b"\r\n ", b"")
    for told in (b"kitchen", b"bruises", b"clothes", b"Sampleton", b"9434765919", b"Amina"):
        assert told not in text
    assert b"Tom Weir" in text
    mine = exports(held).calendar(held.meeting, held.team["therapist"])
    assert [it.owner for it in mine.entries] == ["Tom Weir"]


def test_a_refused_action_is_in_the_list_and_not_in_the_calendar(held: HeldMeeting) -> None:
    entry = exports(held).calendar(held.meeting, held.team["therapist"]).entries[0]
    held.program.services.tasks.refuse(entry.id, "On leave")
    with pytest.raises(MeetingListEmpty):
        exports(held).calendar(held.meeting, held.team["therapist"])
    columns = frozenset({MeetingColumn.STATUS, MeetingColumn.STATUS_REASON})
    assert ("Refused", "On leave") in exports(held).actions(held.meeting, columns).rows


def test_what_leaves_is_in_the_audit_for_itself_and_for_everybody_on_it(held: HeldMeeting, tmp_path: Path) -> None:
    leaving = exports(held).actions(held.meeting, ACTIONS)
    exports(held).save_list(leaving, tmp_path / "actions.xlsx", MeetingFileKind.XLSX, CHECK)
    reader = held.program.access.database.reader
    found = reader.execute(
        "SELECT person_id, fields, reason FROM audit_entry WHERE action = 'export' AND kind = 'actions' ORDER BY seq"
    ).fetchall()
    assert [it[0] for it in found] == [None, *leaving.person_ids]
    assert {it[1:] for it in found} == {
        ("name,nhs_number,action,owner,due,status", "To check against another record (6 lines as XLSX)")
    }
    assert audit_log.first_broken(reader) is None


def test_a_file_that_is_there_stays_and_nothing_is_recorded(held: HeldMeeting, tmp_path: Path) -> None:
    there = tmp_path / "actions.csv"
    there.write_bytes(b"precious")
    leaving = exports(held).actions(held.meeting, ACTIONS)
    with pytest.raises(PaperFileExists):
        exports(held).save_list(leaving, there, MeetingFileKind.CSV, CHECK)
    count = "SELECT count(*) FROM audit_entry WHERE action = 'export'"
    reader = held.program.access.database.reader
    assert (there.read_bytes(), reader.execute(count).fetchone()[0]) == (b"precious", 0)
    exports(held).record_cancelled(leaving, CHECK)
    assert reader.execute(count).fetchone()[0] == 1


def test_a_meeting_without_decisions_has_nothing_to_save(tmp_path: Path, clock: FrozenClock) -> None:
    with a_store(tmp_path, clock) as program:
        planned = a_planned_meeting(program, clock, people=1)
        with pytest.raises(MeetingListEmpty):
            exports(planned).decisions(planned.meeting, DECISIONS)
        with pytest.raises(MeetingListEmpty):
            exports(planned).actions(planned.meeting, ACTIONS)
        with pytest.raises(MeetingListEmpty):
            exports(planned).calendar(planned.meeting)
        with pytest.raises(MeetingListColumnsMissing):
            exports(planned).actions(planned.meeting, frozenset())
