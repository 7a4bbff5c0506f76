"""The unit of work: what it writes it checks, records and announces, in one transaction or not at all."""

import gc
import weakref
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date, timedelta
from typing import Any

import orjson
import pytest
from sqlcipher3 import dbapi2

from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.people import Gender
from mdt_desktop.paths import DataFolder
from mdt_desktop.records import Locality, Person, Practice, Restriction
from mdt_desktop.store import audit_log
from mdt_desktop.store.database import Database, StoreBusy, StoreFull
from mdt_desktop.store.transactions import writing
from mdt_desktop.store.unit_of_work import RecordNotValid, UnitOfWork
from tests.helpers.clocks import FrozenClock
from tests.helpers.stores import add_person, add_practice, make_store, work_on


@pytest.fixture
def program(data_folder: DataFolder, clock: FrozenClock) -> Iterator[Program]:
    """An open store with its user in it."""
    made, _ = make_store(data_folder, clock)
    with made:
        yield made


def rows(program: Program, sql: str, *values: str | int) -> list[tuple[Any, ...]]:
    """What the reader sees, which is what was committed."""
    return program.access.database.reader.execute(sql, values).fetchall()


def counts(program: Program) -> tuple[int, ...]:
    """Rows in the tables that one change writes together."""
    tables = ("person", "audit_entry", "outbox", "caseload_index", "person_search")
    return tuple(rows(program, f"SELECT count(*) FROM {table}")[0][0] for table in tables)


def test_a_change_writes_record_audit_entry_operation_and_caseload_row_together(program: Program) -> None:
    practice_id = add_practice(program)
    before = counts(program)
    add_person(program, practice_id)
    assert [after - then for after, then in zip(counts(program), before, strict=True)] == [1, 1, 1, 1, 1]


def _stop_half_way(program: Program, practice_id: str) -> None:
    with work_on(program) as work:
        person = Person(id=work.new_id(), practice_id=practice_id, family_name="Examplesson", born=date(1940, 1, 1))
        work.about(person.id)
        work.add(person)
        work.flush()
        raise RuntimeError("stopped half-way")


def _change(program: Program, person_id: str, values: Mapping[str, object]) -> None:
    with work_on(program) as work:
        person = work.get(Person, person_id)
        work.about(person_id)
        for field, value in values.items():
            setattr(person, field, value)


def test_an_exception_leaves_no_trace_of_any_of_them(program: Program) -> None:
    practice_id = add_practice(program)
    before = counts(program)
    with pytest.raises(RuntimeError, match="half-way"):
        _stop_half_way(program, practice_id)
    assert counts(program) == before
    assert audit_log.first_broken(program.access.database.reader) is None


BAD_VALUES: dict[str, tuple[dict[str, object], str]] = {
    "a date that is a word": ({"born": "soon"}, "born"),
    "an empty family name": ({"family_name": ""}, "family_name"),
    "a gender nobody knows": ({"gender": "unknown sort"}, "gender"),
    "an NHS number of nine digits": ({"nhs_number": "999000001"}, "nhs_number"),
    "a postcode as long as a letter": ({"postcode": "E1 4AA, second floor"}, "postcode"),
    "two at once": ({"family_name": "", "born": "soon"}, "born, family_name"),
}


@pytest.mark.parametrize("name", BAD_VALUES)
def test_a_new_record_with_a_bad_value_is_refused_by_the_names_of_its_fields(name: str, program: Program) -> None:
    values, fields = BAD_VALUES[name]
    practice_id = add_practice(program)
    before = counts(program)
    with pytest.raises(RecordNotValid) as raised:
        add_person(program, practice_id, **values)
    assert raised.value.values == {"kind": "person", "fields": fields}
    assert counts(program) == before


@pytest.mark.parametrize("name", BAD_VALUES)
def test_a_bad_value_is_refused_in_a_known_record_too(name: str, program: Program) -> None:
    values, fields = BAD_VALUES[name]
    person_id = add_person(program, add_practice(program))
    before = rows(program, "SELECT * FROM person")
    with pytest.raises(RecordNotValid) as raised:
        _change(program, person_id, values)
    assert raised.value.values["fields"] == fields
    assert rows(program, "SELECT * FROM person") == before


def test_the_message_of_a_refusal_holds_no_value(program: Program) -> None:
    with pytest.raises(RecordNotValid) as raised:
        add_person(program, add_practice(program), born="born in Canary Street")
    assert "Canary" not in str(raised.value)
    assert raised.value.__suppress_context__


def test_the_schema_itself_refuses_what_raw_statements_bring(program: Program) -> None:
    practice_id = add_practice(program)
    for sql in (
        "INSERT INTO practice (id, code, name, locality_id) VALUES ('p', NULL, 'x', 'y')",
        f"UPDATE practice SET locality_id = 'nowhere' WHERE id = '{practice_id}'",
        "INSERT INTO person (id, nhs_number, family_name, born) VALUES ('p', '12', 'x', '1940-01-01')",
    ):
        with pytest.raises(dbapi2.IntegrityError), writing(program.access.database) as connection:
            connection.execute(sql)


def test_an_update_carries_the_changed_fields_only(program: Program) -> None:
    person_id = add_person(program, add_practice(program))
    with work_on(program, "asked by the person") as work:
        person = work.get(Person, person_id)
        work.about(person_id)
        person.gender = Gender.FEMALE
        person.postcode = "E1 4AA"
        person.family_name = person.family_name
    kind, values = rows(program, "SELECT kind, set_json FROM outbox ORDER BY op_no DESC LIMIT 1")[0]
    assert (kind, orjson.loads(values)) == ("update", {"gender": "female", "postcode": "E1 4AA"})
    entry = rows(
        program, "SELECT action, kind, person_id, fields, reason FROM audit_entry ORDER BY seq DESC LIMIT 1"
    )[0]
    assert entry == ("update", "person", person_id, "gender,postcode", "asked by the person")


def test_the_audit_log_holds_names_of_fields_and_never_their_values(program: Program) -> None:
    add_person(program, add_practice(program), family_name="Canaryton", postcode="E1 9ZZ")
    for row in rows(program, "SELECT * FROM audit_entry"):
        assert "Canaryton" not in str(row)
        assert "E1 9ZZ" not in str(row)


def test_a_record_that_was_only_looked_at_writes_nothing(program: Program) -> None:
    person_id = add_person(program, add_practice(program))
    before = counts(program)
    with work_on(program) as work:
        work.get(Person, person_id)
    assert counts(program) == before
    assert work.changed_kinds == frozenset()


def test_removing_a_record_leaves_its_entry_and_operation(program: Program) -> None:
    with work_on(program) as work:
        locality = work.add(Locality(id=work.new_id(), name="Invented West"))
    with work_on(program) as work:
        work.remove(work.get(Locality, locality.id))
    kinds = [row[0] for row in rows(program, "SELECT kind FROM outbox WHERE id = ? ORDER BY op_no", locality.id)]
    acts = [row[0] for row in rows(program, "SELECT action FROM audit_entry WHERE record_id = ?", locality.id)]
    assert kinds == acts == ["create", "delete"]


def test_operations_of_one_unit_share_a_group_and_the_next_unit_has_another(program: Program) -> None:
    practice_id = add_practice(program)
    with work_on(program) as work:
        for name in ("One", "Two"):
            person = Person(id=work.new_id(), practice_id=practice_id, family_name=name, born=date(1950, 1, 1))
            work.about(person.id)
            work.add(person)
            work.flush()
    add_person(program, practice_id)
    groups = [row[0] for row in rows(program, "SELECT group_no FROM outbox ORDER BY op_no")][-3:]
    assert groups[0] == groups[1]
    assert groups[2] == groups[1] + 1


def test_an_operation_holds_moments_as_the_store_keeps_them(program: Program, clock: FrozenClock) -> None:
    person_id = add_person(program, add_practice(program))
    with work_on(program) as work:
        work.about(person_id)
        work.add(Restriction(id=work.new_id(), person_id=person_id, reason="asked for it", at=work.now, by="R E"))
    (kept,) = rows(program, "SELECT at FROM restriction")[0]
    (sent,) = rows(program, "SELECT json_extract(set_json, '$.at') FROM outbox ORDER BY op_no DESC LIMIT 1")[0]
    assert sent == kept == "2026-11-23T09:00:00.000Z"


def test_an_operation_goes_to_the_bucket_of_the_persons_locality(program: Program) -> None:
    with work_on(program) as work:
        locality = work.add(Locality(id=work.new_id(), name="Invented West"))
        practice = work.add(Practice(id=work.new_id(), code="Y90002", name="West Practice", locality_id=locality.id))
    person_id = add_person(program, practice.id)
    with work_on(program) as work:
        work.about(person_id)
        work.get(Person, person_id).telephone = "020 7946 0000"
    bucket = rows(program, "SELECT bucket FROM outbox ORDER BY op_no DESC LIMIT 1")[0][0]
    assert bucket == locality.id != program.access.actor.locality_id


def test_work_about_nobody_goes_to_the_home_locality(program: Program) -> None:
    add_practice(program)
    bucket = rows(program, "SELECT bucket FROM outbox ORDER BY op_no DESC LIMIT 1")[0][0]
    assert bucket == program.access.actor.locality_id


def test_the_caseload_row_follows_whom_the_work_is_about(program: Program) -> None:
    person_id = add_person(program, add_practice(program), family_name="O'Example", given_names="Siân")
    with work_on(program) as work:
        work.about(person_id)
        work.get(Person, person_id).family_name = "Zetaexample"
    found = "SELECT count(*) FROM person_search WHERE person_search MATCH ?"
    assert rows(program, found, "zetaexample")[0][0] == 1
    assert rows(program, found, "oexample")[0][0] == 0
    name = rows(program, "SELECT sort_name FROM caseload_index")[0][0]
    assert name.startswith("zetaexample")


def test_the_announcement_names_kinds_and_ids_of_records_and_people(program: Program) -> None:
    practice_id = add_practice(program)
    with work_on(program) as work:
        person = Person(id=work.new_id(), practice_id=practice_id, family_name="Examplesson", born=date(1940, 1, 1))
        work.about(person.id)
        work.add(person)
    assert work.changed_kinds == {"person"}
    assert work.changed_ids == {person.id}


def test_ids_made_in_one_unit_sort_in_the_order_they_were_made(program: Program) -> None:
    with work_on(program) as work:
        made = [work.new_id() for _ in range(50)]
    assert made == sorted(made)
    assert len(set(made)) == 50


def test_what_is_not_there_cannot_be_got(program: Program) -> None:
    with pytest.raises(NotFound) as raised, work_on(program) as work:
        work.get(Person, "nobody")
    assert raised.value.values == {"kind": "person"}


def test_entries_carry_the_moment_of_the_work_and_who_did_it(program: Program, clock: FrozenClock) -> None:
    clock.advance(timedelta(days=1, milliseconds=7))
    add_practice(program)
    entry = rows(program, "SELECT at, actor FROM audit_entry ORDER BY seq DESC LIMIT 1")[0]
    assert entry == ("2026-11-24T09:00:00.007Z", "Robin Example")


@pytest.mark.parametrize("sql", ["UPDATE audit_entry SET actor = 'somebody else'", "DELETE FROM audit_entry"])
def test_audit_entries_can_be_neither_changed_nor_deleted(sql: str, program: Program) -> None:
    before = rows(program, "SELECT * FROM audit_entry")
    with pytest.raises(dbapi2.IntegrityError, match="never"), writing(program.access.database) as connection:
        connection.execute(sql)
    assert rows(program, "SELECT * FROM audit_entry") == before


TAMPERINGS = {
    "another actor": "UPDATE audit_entry SET actor = 'somebody else' WHERE seq = 3",
    "another reason": "UPDATE audit_entry SET reason = 'none' WHERE seq = 3",
    "another time": "UPDATE audit_entry SET at = '2020-01-01T00:00:00.000Z' WHERE seq = 3",
    "a deleted entry": "DELETE FROM audit_entry WHERE seq = 3",
    "a hash made up": "UPDATE audit_entry SET hash = replace(hash, substr(hash, 1, 1), 'x') WHERE seq = 3",
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_the_chain_names_the_first_entry_that_somebody_changed_behind_the_programs_back(
    name: str, program: Program
) -> None:
    add_person(program, add_practice(program))
    writer = program.access.database.writer
    for trigger in ("audit_entry_is_never_changed", "audit_entry_is_never_deleted"):
        writer.execute(f"DROP TRIGGER {trigger}")
    assert audit_log.first_broken(writer) is None
    writer.execute(TAMPERINGS[name])
    assert audit_log.first_broken(writer) == 3


def test_nothing_reads_as_changed_before_the_block_is_left(program: Program) -> None:
    practice_id = add_practice(program)
    before = counts(program)
    access = program.access
    with UnitOfWork(access.database, access.actor, access.clock()) as work:
        work.add(Person(id=work.new_id(), practice_id=practice_id, family_name="Examplesson", born=date(1940, 1, 1)))
        work.flush()
        assert counts(program) == before
    assert counts(program)[0] == before[0] + 1


def test_a_store_that_another_process_writes_in_is_busy_and_no_fault_of_the_program(
    program: Program,
) -> None:
    practice_id = add_practice(program)
    database = program.access.database
    database.writer.execute("PRAGMA busy_timeout = 0")
    with closing(Database.open(database.path, program.session.key)) as other:
        other.writer.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy):
            add_person(program, practice_id)
        with pytest.raises(StoreBusy), writing(database):
            pass
        other.writer.execute("ROLLBACK")
    add_person(program, practice_id)


def _fill_the_store(program: Program, practice_id: str) -> None:
    with work_on(program) as work:
        for _ in range(50):
            person = Person(
                id=work.new_id(),
                practice_id=practice_id,
                family_name="Examplesson",
                born=date(1940, 1, 1),
                address="x" * 500,
            )
            work.about(person.id)
            work.add(person)


def _fill_it_raw(program: Program) -> None:
    with writing(program.access.database) as connection:
        connection.execute("CREATE TABLE much (text)")
        connection.executemany("INSERT INTO much VALUES (?)", [("x" * 4000,)] * 50)


@pytest.mark.parametrize("raw", [False, True], ids=["unit of work", "raw"])
def test_a_full_disk_is_told_as_one_and_undoes_the_whole_work(raw: bool, program: Program) -> None:
    practice_id = add_practice(program)
    before = counts(program)
    writer = program.access.database.writer
    (pages,) = writer.execute("PRAGMA page_count").fetchone()
    writer.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreFull):
        _fill_it_raw(program) if raw else _fill_the_store(program, practice_id)
    assert counts(program) == before
    writer.execute("PRAGMA max_page_count = 1000000")
    add_person(program, practice_id)


def test_a_closed_store_that_was_written_to_is_let_go_of_with_its_engine(
    data_folder: DataFolder, clock: FrozenClock
) -> None:
    made, _ = make_store(data_folder, clock)
    add_practice(made)
    made.close()
    database = weakref.ref(made.access.database)
    del made
    gc.collect()
    assert database() is None
