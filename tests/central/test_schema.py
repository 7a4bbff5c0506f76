"""The schema that the migrations make is the one that queries name, on both databases; every record has its rule."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

import mdt_desktop.records
from mdt_desktop.central import rules, store_facts
from mdt_desktop.central.central_store import CentralStore, open_store
from mdt_desktop.central.database import HEAD, CentralDatabase
from mdt_desktop.central.errors import CentralIsNewer, CentralUnreachable, RoleWithoutBucket
from mdt_desktop.central.tables import METADATA
from mdt_desktop.domain.permissions import AccessRole
from mdt_desktop.paths import migrations_dir
from tests.helpers.central import cheap_passwords


def test_the_migrations_make_what_the_queries_name(store: CentralStore) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, METADATA))

    assert store.database.write(differences) == []


def test_the_program_works_with_the_newest_revision() -> None:
    assert ScriptDirectory(str(migrations_dir() / "central")).get_heads() == [HEAD]


def test_a_store_that_is_opened_again_is_the_same_one(
    store: CentralStore, place: tuple[Path | None, str | None]
) -> None:
    again = open_store(*place, passwords=cheap_passwords())
    with store.database.reading() as one, again.database.reading() as other:
        assert store_facts.server_id(one) == store_facts.server_id(other)
    again.close()


def test_a_store_of_a_newer_version_is_refused_and_left_alone(
    store: CentralStore, place: tuple[Path | None, str | None]
) -> None:
    store.database.write(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    with pytest.raises(CentralIsNewer):
        open_store(*place, passwords=cheap_passwords())
    with store.database.reading() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"


@pytest.mark.parametrize(
    "url", ["", "nonsense", "mysql://a@127.0.0.1/b", "sqlite:///x.db", "postgresql://mdt@127.0.0.1:1/none"]
)
def test_a_database_that_cannot_be_reached_is_told_in_words(url: str) -> None:
    with pytest.raises(CentralUnreachable):
        open_store(url=url, passwords=cheap_passwords())


def test_a_folder_that_cannot_be_made_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CentralUnreachable):
        open_store(tmp_path / "file" / "data", passwords=cheap_passwords())


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "central.db"
    file.write_text("somebody else's words, which are long enough to be no empty database" * 20)
    before = file.read_bytes()
    with pytest.raises(CentralUnreachable):
        open_store(tmp_path, passwords=cheap_passwords())
    assert file.read_bytes() == before


def test_the_file_of_a_single_box_is_its_owners_and_synced(tmp_path: Path) -> None:
    database = CentralDatabase.in_folder(tmp_path / "data")
    database.migrate()
    with database.reading() as connection:
        got = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")]
        keys = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("foreign_keys", "secure_delete")]
    database.close()
    assert (got, keys) == (["wal", 2], [1, 1])
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in (tmp_path / "data").iterdir()}
    assert (modes["central.db"], oct((tmp_path / "data").stat().st_mode & 0o777)) == ("0o600", "0o700")


def test_a_sqlite_transaction_that_reads_lets_others_write(tmp_path: Path) -> None:
    store = open_store(tmp_path / "data", passwords=cheap_passwords())
    other = create_engine(f"sqlite:///{tmp_path / 'data' / 'central.db'}")
    with store.database.reading() as connection:
        store_facts.server_id(connection)
        with other.begin() as writing:
            writing.execute(text("INSERT INTO fact VALUES ('a', 'b')"))
    other.dispose()
    store.close()


def test_every_record_of_the_program_can_be_sent_or_stays_on_the_laptop() -> None:
    tables = set(mdt_desktop.records.Record.metadata.tables)
    assert tables - rules.WRITTEN_BY.keys() - rules.KEPT_ON_LAPTOPS == set()
    assert rules.WRITTEN_BY.keys() - tables <= {"conflict"}


@pytest.mark.parametrize("role", AccessRole)
def test_a_role_writes_what_its_permissions_say_and_nothing_unknown(role: AccessRole) -> None:
    readers = {AccessRole.VOLUNTARY_PARTNER, AccessRole.KEEPER, AccessRole.ADMINISTRATOR, AccessRole.IG_LEAD}
    assert rules.may_write(role.value, "goal", "create") is (role not in readers)
    assert rules.may_write(role.value, "role_held", "create") is (
        role in {AccessRole.ADMINISTRATOR, AccessRole.KEEPER}
    )
    assert rules.may_write(role.value, "consent", "update") is (
        role not in {AccessRole.CHAIR, *readers} or role is AccessRole.IG_LEAD
    )
    assert not rules.may_write(role.value, "something_new", "create")
    assert not rules.may_write("nobody", "goal", "create")


@pytest.mark.parametrize("role", [AccessRole.VOLUNTARY_PARTNER, AccessRole.KEEPER])
def test_whoever_may_not_see_every_case_gets_no_bucket(role: AccessRole) -> None:
    with pytest.raises(RoleWithoutBucket):
        rules.require_bucket_role(role)


@pytest.mark.parametrize(
    ("given", "role"), [("care_navigator", "care_navigator"), ("gp", "clinician"), ("mdt_chair", "chair")]
)
def test_a_role_is_read_by_its_own_name_or_by_a_job(given: str, role: str) -> None:
    assert rules.role_named(given).value == role
