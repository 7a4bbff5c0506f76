"""The account that serves: what it may not do to the tables, how it is made, and what is said without one."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from mdt_desktop.central import backup, moving, serving_account
from mdt_desktop.central.central_store import CentralStore, open_store
from mdt_desktop.central.errors import AccountPassesBy, CentralNotPrepared, NoSuchDatabaseAccount, OnlyOnPostgresql
from mdt_desktop.central.row_guard import Standing
from mdt_desktop.central.tables import METADATA
from mdt_desktop.cli import central_main
from tests.helpers import central_server
from tests.helpers.central import EAST, WEST, cheap_passwords, client, furnish, laptop, served_apart
from tests.helpers.clocks import FrozenClock
from tests.helpers.postgres import OWNING, SERVING, as_serving


def schema_of(url: str) -> str:
    return url.rpartition("%3D")[2]


@pytest.fixture
def owner_url(postgres_url: str) -> str:
    """An empty place of an account that is no superuser."""
    schema = schema_of(postgres_url)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"ALTER SCHEMA {schema} OWNER TO {OWNING}".encode())
    return as_serving(postgres_url, OWNING)


@pytest.fixture
def owned(postgres_url: str, clock: FrozenClock) -> Iterator[CentralStore]:
    store = open_store(None, postgres_url, clock, cheap_passwords())
    furnish(store)
    yield store
    store.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE membership SET until_at = NULL",
        "INSERT INTO membership VALUES ('a', 'b', 'chair', '', NULL)",
        "UPDATE account SET role = 'chair'",
        "UPDATE account SET password_hash = ''",
        "DELETE FROM audit",
        "UPDATE audit SET detail = NULL, salt = NULL",
        "SELECT detail FROM audit",
        "SELECT rec_ids FROM audit",
        "DELETE FROM record_version",
        "DELETE FROM record",
        "DELETE FROM change",
        "UPDATE change SET kind = 'put'",
        "DELETE FROM op_result",
        "UPDATE bucket SET epoch = ''",
        "INSERT INTO locality VALUES ('a', 'b', '')",
        "DELETE FROM erasure",
        "UPDATE fact SET value = ''",
        "UPDATE second_factor SET secret = ''",
        "ALTER TABLE record DISABLE ROW LEVEL SECURITY",
        "DROP POLICY own_bucket ON record",
        "DROP TABLE pen",
        "CREATE TABLE mine (a int)",
    ],
)  # fmt: skip
def test_whoever_serves_has_no_right_to(statement: str, owned: CentralStore, postgres_url: str) -> None:
    with served_apart(owned, postgres_url) as served, pytest.raises(ProgrammingError, match="InsufficientPrivilege"):
        served.database.write(lambda connection: connection.execute(text(statement)))


def test_every_table_says_what_serving_needs_of_it() -> None:
    assert {it.name for it in serving_account.GRANTS} == METADATA.tables.keys()


def test_rights_that_were_given_beside_are_taken_away_when_they_are_given_anew(
    owned: CentralStore, postgres_url: str
) -> None:
    owned.database.write(lambda it: serving_account.grant(it, SERVING))
    owned.database.write(lambda it: it.execute(text(f"GRANT ALL ON audit, membership TO {SERVING}")))
    with served_apart(owned, postgres_url) as served, pytest.raises(ProgrammingError, match="InsufficientPrivilege"):
        served.database.write(lambda connection: connection.execute(text("DELETE FROM membership")))


def test_an_account_that_would_pass_by_is_refused(owned: CentralStore, owner_url: str) -> None:
    for account, error in (("mdt", AccountPassesBy), ("nobody_here", NoSuchDatabaseAccount)):
        with pytest.raises(error):
            owned.database.write(lambda it, account=account: serving_account.grant(it, account))  # type: ignore[misc]  # bound by its default
    with owned.database.reading() as connection:
        assert serving_account.granted(connection) == []


def test_the_owner_itself_is_refused(owner_url: str) -> None:
    store = open_store(None, owner_url, passwords=cheap_passwords())
    assert store.database.standing is Standing.OWNER
    with pytest.raises(AccountPassesBy):
        store.database.write(lambda it: serving_account.grant(it, OWNING))
    store.close()


def test_a_folder_has_no_second_account(tmp_path: Path) -> None:
    store = open_store(tmp_path / "data", passwords=cheap_passwords())
    with pytest.raises(OnlyOnPostgresql):
        store.database.write(lambda it: serving_account.grant(it, "anybody"))
    with store.database.reading() as connection:
        assert (serving_account.granted(connection), store.database.standing) == ([], Standing.NO_GUARD)
    store.close()


def test_where_a_fact_is_missing_it_is_the_owners_to_make(owned: CentralStore, postgres_url: str) -> None:
    owned.database.write(lambda it: serving_account.grant(it, SERVING))
    owned.database.write(lambda it: it.execute(text("DELETE FROM fact WHERE key = 'audit_epoch'")))
    with pytest.raises(CentralNotPrepared):
        open_store(None, as_serving(postgres_url), passwords=cheap_passwords())


def test_an_account_that_only_reads_is_not_taken_for_one_that_serves(
    owned: CentralStore, postgres_url: str, tmp_path: Path
) -> None:
    reads = text(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema_of(postgres_url)} TO {SERVING}")
    owned.database.write(lambda it: it.execute(reads))
    with owned.database.reading() as connection:
        assert serving_account.granted(connection) == []
    backup.back_up(owned.database, tmp_path / "b.gz", "test", owned.clock)
    backup.restore(owned.database, tmp_path / "b.gz", "test", owned.clock)
    with owned.database.reading() as connection:
        assert serving_account.granted(connection) == []


def test_an_exchange_goes_on_where_the_owner_is_no_superuser(owner_url: str, clock: FrozenClock) -> None:
    store = open_store(None, owner_url, clock, cheap_passwords())
    furnish(store)
    with served_apart(store, owner_url.replace(f"//{OWNING}@", "//mdt@")), client(store) as http:
        nia = laptop(http, "Nia")
        id_ = nia.add_person()
        store.database.write(lambda it: moving.move_person(it, id_, WEST, "test", "moved", clock()))
        change = {"kind": "update", "set": {"title": "Dr"}, "made_at": "2026-11-23T09:00:00.000Z"}
        item = {"id": str(uuid.uuid4()), "bucket": EAST, "type": "person", "rec_id": id_, "changes": [change]}
        for _ in range(2):  # twice is once
            given = nia.post("handover", {"device": nia.device, "items": [item]}).json()["results"]
            assert [it["status"] for it in given] == ["taken"]
        noor = laptop(http, "Noor")
        assert [it["rec_id"] for it in noor.get(f"buckets/{WEST}/handovers").json()["handovers"]] == [id_]
        noor.pull(WEST)
        assert (WEST, "person", id_) in noor.held
        assert [it["kind"] for it in nia.pull()["entries"]] == ["superseded", "evict"]
    store.close()


@pytest.mark.parametrize("made", [False, True])
def test_an_account_that_serves_makes_no_tables_and_says_who_does(made: bool, postgres_url: str) -> None:
    if made:  # and nothing was granted yet
        open_store(None, postgres_url, passwords=cheap_passwords()).close()
    with pytest.raises(CentralNotPrepared):
        open_store(None, as_serving(postgres_url), passwords=cheap_passwords())


def test_a_restore_leaves_the_account_its_rights(owned: CentralStore, postgres_url: str, tmp_path: Path) -> None:
    file = tmp_path / "b.gz"
    with served_apart(owned, postgres_url), client(owned) as http:
        kept = laptop(http, "Nia").add_person()
        backup.back_up(owned.database, file, "test", owned.clock)
        backup.restore(owned.database, file, "test", owned.clock)
        again = laptop(http, "Nia")
        assert [row[1] for row in again.get(f"buckets/{EAST}/manifest").json()["rows"]] == [kept]
    with owned.database.reading() as connection:
        assert serving_account.granted(connection) == [SERVING]


def test_one_account_makes_and_administers_and_another_serves(
    owner_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def admin(url: str, *verb: str) -> tuple[int, dict[str, object]]:
        code = central_main.main(["admin", "--database", url, *verb, "--json"])
        return code, json.loads(capsys.readouterr().out)

    assert admin(owner_url, "serving", "list") == (1, {"accounts": [], "this_account": "owner"})
    assert admin(owner_url, "serving", "grant", "nobody_here")[1]["error"] == "no_such_database_account"
    assert admin(owner_url, "serving", "grant", SERVING) == (0, {"account": SERVING})
    assert admin(owner_url, "serving", "list") == (0, {"accounts": [SERVING], "this_account": "owner"})
    above = owner_url.replace(f"//{OWNING}@", "//mdt@")
    assert admin(above, "serving", "list")[1] == {"accounts": [SERVING], "this_account": "above"}
    assert admin(as_serving(above), "locality", "add", "East")[1]["error"] == "admin_needs_owner"
    assert admin(owner_url, "locality", "add", "East")[0] == 0


@pytest.mark.parametrize("account", [OWNING, SERVING])
def test_a_server_says_at_its_start_where_the_rows_are_not_guarded(
    account: str, owned: CentralStore, postgres_url: str
) -> None:
    owned.database.write(lambda it: serving_account.grant(it, SERVING))
    if account == OWNING:
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute(f"GRANT mdt TO {OWNING}".encode())
    try:
        with central_server.serving("--database", as_serving(postgres_url, account)) as server:
            server.stop()
    finally:
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute(f"REVOKE mdt FROM {OWNING}".encode())
    told = "Row-level security is not in force for this account, as it owns the tables"
    assert (told in server.said) == (account == OWNING)
