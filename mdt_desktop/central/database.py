"""Opens the central store's database, SQLite or PostgreSQL, and runs transactions, again where one was undone."""

import copy
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from sqlite3 import SQLITE_FULL
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, OperationalError, ProgrammingError

from mdt_desktop.central import kept_secrets, row_guard, serving_account
from mdt_desktop.central.errors import (
    CentralBusy,
    CentralFull,
    CentralIsNewer,
    CentralNotPrepared,
    CentralUnreachable,
    NotYours,
)
from mdt_desktop.central.kept_secrets import SecretsKey
from mdt_desktop.central.row_guard import Standing
from mdt_desktop.logs.events import record_event
from mdt_desktop.paths import migrations_dir, write_privately

log = logging.getLogger(__name__)

T = TypeVar("T")
FILE_NAME = "central.db"
HEAD = "0001"
"""The revision this program works with; the newest in `db/central/versions`."""
_TRIES = 8
_WAIT_SECONDS = 30
# Kept, and as many again at a rush: four servers fit into the hundred that PostgreSQL allows unless told otherwise.
_CONNECTIONS = 10
# What PostgreSQL asks to have repeated: serialization failure and deadlock (SYNC 6, 50).
_REPEAT_STATES = frozenset({"40001", "40P01"})
_DISK_FULL = "53100"
_NO_RIGHT = "42501"
# A schema that one may not use is none at all.
_NO_SCHEMA = "3F000"
_HOLDING_PEOPLE = ("record", "record_version", "op_result", "person_number", "audit", "blob", "blob_piece")
_SETTINGS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
    f"PRAGMA busy_timeout={_WAIT_SECONDS * 1000}",
)


class CentralDatabase:
    """The database of one central store; several processes may work on one PostgreSQL at once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.is_postgresql = engine.dialect.name == "postgresql"
        self.standing = Standing.NO_GUARD
        """How this account stands to the rows; known once `migrate` is done."""
        self._acts_for: tuple[str, Callable[[], datetime]] | None = None

    @classmethod
    def in_folder(cls, folder: Path) -> "CentralDatabase":
        """The SQLite file in a folder, which is made. Raises CentralUnreachable."""
        file = folder / FILE_NAME
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not file.exists():
                write_privately(file, b"")
        except OSError as problem:
            raise CentralUnreachable(reason=problem.strerror or "the system refused") from problem
        engine = create_engine(
            f"sqlite:///{file}",
            hide_parameters=True,
            pool_size=_CONNECTIONS,
            max_overflow=_CONNECTIONS,
            pool_timeout=_WAIT_SECONDS,
            connect_args={"check_same_thread": False, "timeout": _WAIT_SECONDS},
        )

        @event.listens_for(engine, "connect")
        def _connect(connection: Any, _: object) -> None:
            # SQLAlchemy begins transactions itself, below; Python's own habit would begin them too late.
            connection.isolation_level = None
            try:
                for setting in _SETTINGS:
                    connection.execute(setting)
            except BaseException:
                connection.close()
                raise

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            # A transaction that reads first and writes later could not be finished beside another writer.
            writes = connection.get_execution_options().get("writes", True)
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

        return cls(engine)

    @classmethod
    def at_url(cls, url: str) -> "CentralDatabase":
        """A PostgreSQL by its `postgresql://` address. Raises CentralUnreachable for any other."""
        try:
            parsed = make_url(url)
        except ArgumentError as problem:
            raise CentralUnreachable(reason="the address is not understood") from problem
        if parsed.get_backend_name() != "postgresql":
            raise CentralUnreachable(reason="the address must begin with postgresql://")
        return cls(
            create_engine(
                parsed.set(drivername="postgresql+psycopg"),
                hide_parameters=True,
                pool_size=_CONNECTIONS,
                max_overflow=_CONNECTIONS,
                pool_timeout=_WAIT_SECONDS,
                pool_pre_ping=True,
            )
        )

    def close(self) -> None:
        """Give all connections back."""
        self._engine.dispose()

    def acting_for(self, user_id: str, clock: Callable[[], datetime]) -> "CentralDatabase":
        """The same database for one user: where the rows are guarded, its transactions reach theirs alone."""
        if self.standing is not Standing.GUARDED:
            return self
        bound = copy.copy(self)
        bound._acts_for = user_id, clock
        return bound

    def keep_secrets(self, key: SecretsKey) -> None:
        """Let every connection from now on hold the key of this store's secrets (`kept_secrets`)."""
        self._engine = self._engine.execution_options(**{kept_secrets.OPTION: key})

    def migrate(self) -> None:
        """Bring the database to this program's schema, all or nothing.

        Raises CentralUnreachable, CentralIsNewer, and CentralNotPrepared for an account that may not make tables.
        """
        try:
            with self._engine.connect() as connection, connection.begin():
                if self.is_postgresql:
                    # Two servers that start at once must not both make the tables.
                    connection.execute(text("SELECT pg_advisory_xact_lock(7304115)"))
                self.upgrade(connection)
                self.standing = row_guard.standing(connection)
        except DBAPIError as problem:
            if getattr(problem.orig, "sqlstate", None) in (_NO_RIGHT, _NO_SCHEMA):
                raise CentralNotPrepared from problem
            raise CentralUnreachable(reason=_reason(problem)) from problem

    def upgrade(self, connection: Connection, revision: str = "head") -> None:
        """As `migrate`, inside the caller's transaction and to any revision."""
        if inspect(connection).has_table("alembic_version"):
            current = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            if current is not None and current > HEAD:
                raise CentralIsNewer(revision=current)
            if (current, revision) == (HEAD, "head"):
                return
        serve = serving_account.granted(connection)
        config = Config()
        config.set_main_option("script_location", str(migrations_dir() / "central").replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        serving_account.grant_again(connection, serve)

    def forget_deleted(self) -> None:
        """Take what was deleted out of the database's own files as far as it can be told to.

        SQLite overwrites deleted rows, and its log is emptied here. PostgreSQL frees the space and overwrites it when
        it is used again; its log and its archives are with whoever runs it.
        """
        with self._engine.connect() as connection:
            if self.is_postgresql:
                automatic = connection.execution_options(isolation_level="AUTOCOMMIT")
                automatic.exec_driver_sql(f"VACUUM {', '.join(_HOLDING_PEOPLE)}")
            else:
                raw = connection.connection.dbapi_connection
                if raw is not None:
                    raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one moment of the whole database and changes nothing."""
        options: dict[str, Any] = {"writes": False}
        if self.is_postgresql:
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self._engine.connect() as connection:
            connection = connection.execution_options(**options)
            with connection.begin():
                self._say_for_whom(connection)
                yield connection

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction and commit; repeated from its beginning where the database asks for it.

        It is repeated after a deadlock, and after a row that another transaction added first: the second run sees that
        row and decides anew. So `work` changes nothing outside the database. Raises CentralBusy when nothing helps, and
        CentralFull where the disk is full; nothing of `work` stays then. Raises NotYours where the database kept a row
        back that the service would have written: the second line held, and the first has a hole.
        """
        last: DBAPIError | None = None
        for _ in range(_TRIES):
            try:
                with self._engine.connect() as connection, connection.begin():
                    self._say_for_whom(connection)
                    return work(connection)
            except IntegrityError as problem:
                last = problem
            except ProgrammingError as problem:
                if self._acts_for is None or getattr(problem.orig, "sqlstate", None) != _NO_RIGHT:
                    raise
                record_event(log, "row_kept_back", level=logging.ERROR)
                raise NotYours from problem
            except OperationalError as problem:
                if _is_full(problem):
                    raise CentralFull from problem
                # SQLite has waited for its lock already, and never deadlocks: each writer begins with the lock.
                if getattr(problem.orig, "sqlstate", None) not in _REPEAT_STATES:
                    raise CentralBusy from problem
                last = problem
        raise CentralBusy from last

    def _say_for_whom(self, connection: Connection) -> None:
        if self._acts_for is not None:
            user_id, clock = self._acts_for
            row_guard.act_for(connection, user_id, clock())


def _is_full(problem: DBAPIError) -> bool:
    told = problem.orig
    return getattr(told, "sqlstate", None) == _DISK_FULL or getattr(told, "sqlite_errorcode", None) == SQLITE_FULL


def _reason(problem: DBAPIError) -> str:
    """What the driver says in its first line; it names the host and the database, never a password."""
    return str(problem.orig).strip().partition("\n")[0][:200]
