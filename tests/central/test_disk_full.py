"""A full disk is told as that, nothing of the group stays, and it is taken once there is room (SYNC 6, 42)."""

import uuid

from sqlalchemy import Connection, func, select

from mdt_desktop.central import audit
from mdt_desktop.central.central_store import CentralStore
from mdt_desktop.central.tables import AUDIT, CHANGE, OP_RESULT, RECORD
from tests.helpers.central import Laptop, person
from tests.helpers.log_watch import LogWatch

# PostgreSQL's own refusal, at the second record of a group; a full partition needs root.
_FULL = """CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF (SELECT count(*) FROM record) > 0 THEN
        RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
    END IF;
    RETURN NEW; END $$"""


def fill(store: CentralStore) -> None:
    def work(connection: Connection) -> None:
        if store.database.is_postgresql:
            connection.exec_driver_sql(_FULL)
            connection.exec_driver_sql(
                "CREATE TRIGGER is_full BEFORE INSERT ON record FOR EACH ROW EXECUTE FUNCTION full_disk()"
            )
        else:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    store.database.write(work)


def make_room(store: CentralStore) -> None:
    room = "DROP TRIGGER is_full ON record" if store.database.is_postgresql else "PRAGMA max_page_count = 1000000"
    store.database.write(lambda connection: connection.exec_driver_sql(room))


def kept(store: CentralStore) -> list[int]:
    with store.database.reading() as connection:
        tables = (RECORD, CHANGE, OP_RESULT, AUDIT)
        return [connection.execute(select(func.count()).select_from(it)).scalar_one() for it in tables]


def test_a_full_disk_keeps_nothing_of_a_group_and_takes_it_when_there_is_room(
    store: CentralStore, nia: Laptop, log_watch: LogWatch
) -> None:
    log_watch.allow("error ignored terminating")  # psycopg, of what it had sent ahead; the refusal itself is raised
    ids = [str(uuid.uuid4()) for _ in range(3)]
    ops = [nia.op("create", "person", it, group=1, values=person(it, address="x" * 4000)) for it in ids]
    before = kept(store)
    fill(store)
    answer = nia.push(*ops)
    assert (answer.status_code, answer.json()["code"]) == (507, "central_full")
    assert kept(store) == before
    make_room(store)
    assert [it["status"] for it in nia.pushed(*ops)] == ["ok", "ok", "ok"]
    assert {it["id"] for it in nia.pull()["entries"]} == set(ids)
    with store.database.reading() as connection:
        assert audit.chain(connection).holds
