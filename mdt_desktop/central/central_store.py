"""A central store that is open: its database, its clock, and how passwords are checked."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import ProgrammingError

from mdt_desktop.central import kept_secrets, store_facts
from mdt_desktop.central.database import CentralDatabase
from mdt_desktop.central.errors import CentralNotPrepared
from mdt_desktop.central.other_provider import OtherProvider
from mdt_desktop.central.sign_in import PasswordCheck


def utc_now() -> datetime:
    """The server's own time, the only one that anything is decided by."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class CentralStore:
    """What every request and every command of an administrator works on."""

    database: CentralDatabase
    clock: Callable[[], datetime] = utc_now
    passwords: PasswordCheck = field(default_factory=PasswordCheck)
    provider: OtherProvider | None = None
    """Who accounts sign in with, where it is not this store itself."""
    public_url: str = ""
    """The address that laptops and browsers know this store by, where it stands behind another server."""
    secrets_file: Path | None = None
    """Where the key of the secrets is; without one they lie in the database as they are."""
    second_factors_given_up: int = 0
    """How many were given up when this store was opened, as their key is lost."""

    def acting_for(self, user_id: str) -> "CentralStore":
        """The same store in a request of one user (`row_guard`)."""
        return replace(self, database=self.database.acting_for(user_id, self.clock))

    def close(self) -> None:
        """Give the database back."""
        self.database.close()


def open_store(
    folder: Path | None = None,
    url: str | None = None,
    clock: Callable[[], datetime] = utc_now,
    passwords: PasswordCheck | None = None,
    secrets: Path | None = None,
    *,
    secrets_anew: bool = False,
) -> CentralStore:
    """Open the store in a folder or at a PostgreSQL address, made or brought to this program's schema.

    `secrets` is the file with the key of its secrets, in the folder unless another is named. With `secrets_anew`
    whatever was sealed under a key that is lost is given up first. Raises CentralUnreachable, CentralIsNewer,
    CentralNotPrepared, SecretsKeyMissing, SecretsKeyWrong, SecretsKeyUnusable.
    """
    if secrets is None and url is None:
        secrets = (folder or Path()) / kept_secrets.FILE_NAME
    database = CentralDatabase.at_url(url) if url is not None else CentralDatabase.in_folder(folder or Path())
    try:
        database.migrate()
        _prepare(database, store_facts.make)
        given_up = database.write(kept_secrets.forget) if secrets_anew else 0
        _unlock(database, secrets)
    except BaseException:
        database.close()
        raise
    return CentralStore(
        database, clock, passwords or PasswordCheck(), secrets_file=secrets, second_factors_given_up=given_up
    )


def _unlock(database: CentralDatabase, file: Path | None) -> None:
    with database.reading() as connection:
        key = kept_secrets.key_from(connection, file)
    if key is not None:
        database.keep_secrets(key)
        _prepare(database, kept_secrets.take_up)


def _prepare(database: CentralDatabase, work: Callable[[Connection], object]) -> None:
    """Raises CentralNotPrepared for an account that serves, where there is something for the owner to do first."""
    try:
        database.write(work)
    except ProgrammingError as problem:
        raise CentralNotPrepared from problem
