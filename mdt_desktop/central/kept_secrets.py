"""Secrets in the database under a key that is not in it: second factors, and the keys that sign-ins are signed with.

The key is a file beside the service, made at the first start. Without one, as on PostgreSQL where none is named, the
secrets lie as they are; once they are sealed, the store is not opened without its key.
"""

import base64
import binascii
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, delete, select, update

from mdt_desktop.central.errors import SecretsKeyMissing, SecretsKeyUnusable, SecretsKeyWrong
from mdt_desktop.central.tables import FACT, SECOND_FACTOR, SIGNING_KEY
from mdt_desktop.documents.writing import PaperFileExists, PaperNotSaved, write_new

FILE_NAME = "secrets.key"
OPTION = "kept_secrets"
"""The execution option of a connection that holds its key."""
_PREFIX, _BYTES, _NONCE = "sealed:", 32, 12
_CHECK, _PROOF = "secrets_check", "this key opens this store"


class SecretsKey:
    """AES-256-GCM with a nonce of its own for each secret, which is bound to where it lies."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, place: str, plain: str) -> str:
        """A secret as it is kept."""
        nonce = os.urandom(_NONCE)
        return _PREFIX + base64.b64encode(nonce + self._cipher.encrypt(nonce, plain.encode(), place.encode())).decode()

    def open(self, place: str, kept: str) -> str:
        """The secret. Raises InvalidTag where the key is another one, or the secret was put in another's place."""
        data = base64.b64decode(kept.removeprefix(_PREFIX))
        return self._cipher.decrypt(data[:_NONCE], data[_NONCE:], place.encode()).decode()


def sealed(connection: Connection, place: str, plain: str) -> str:
    """A secret as it is to be kept in `place`."""
    key = _key_of(connection)
    return plain if key is None else key.seal(place, plain)


def opened(connection: Connection, place: str, kept: str) -> str:
    """A secret that is kept in `place`. Raises SecretsKeyMissing, SecretsKeyWrong."""
    if not kept.startswith(_PREFIX):
        return kept
    key = _key_of(connection)
    if key is None:
        raise SecretsKeyMissing(file="--secrets-key FILE")
    try:
        return key.open(place, kept)
    except InvalidTag as problem:
        raise SecretsKeyWrong from problem


def key_from(connection: Connection, file: Path | None) -> SecretsKey | None:
    """The key of a store: read from its file, or made there where nothing was sealed yet; None without a file.

    Raises SecretsKeyMissing where secrets are sealed and there is no such file, SecretsKeyUnusable.
    """
    is_sealed = _check(connection) is not None
    if file is None:
        if is_sealed:
            raise SecretsKeyMissing(file="--secrets-key FILE")
        return None
    if not file.exists():
        if is_sealed:
            raise SecretsKeyMissing(file=str(file))
        _make(file)
    return _read(file)


def take_up(connection: Connection) -> int:
    """Prove the key of this connection, and seal whatever lies as it is; how many secrets that were.

    Raises SecretsKeyMissing, SecretsKeyWrong.
    """
    check = _check(connection)
    if check is not None:
        opened(connection, _CHECK, check)
    if _key_of(connection) is None:
        return 0
    if check is None:
        connection.execute(FACT.insert().values(key=_CHECK, value=sealed(connection, _CHECK, _PROOF)))
    count = 0
    for row in connection.execute(select(SECOND_FACTOR.c.user_id, SECOND_FACTOR.c.secret)).all():
        if not row.secret.startswith(_PREFIX):
            value = sealed(connection, of_second_factor(row.user_id), row.secret)
            connection.execute(
                update(SECOND_FACTOR).where(SECOND_FACTOR.c.user_id == row.user_id).values(secret=value)
            )
            count += 1
    for row in connection.execute(select(SIGNING_KEY.c.kid, SIGNING_KEY.c.pem)).all():
        if not row.pem.startswith(_PREFIX):
            value = sealed(connection, of_signing_key(row.kid), row.pem)
            connection.execute(update(SIGNING_KEY).where(SIGNING_KEY.c.kid == row.kid).values(pem=value))
            count += 1
    return count


def forget(connection: Connection) -> int:
    """Give up what is sealed under a key that is lost; the number of second factors that have to be given anew."""
    gone = connection.execute(delete(SECOND_FACTOR).where(SECOND_FACTOR.c.secret.startswith(_PREFIX))).rowcount
    connection.execute(delete(SIGNING_KEY).where(SIGNING_KEY.c.pem.startswith(_PREFIX)))
    connection.execute(delete(FACT).where(FACT.c.key == _CHECK))
    return gone


def of_second_factor(user_id: str) -> str:
    """Where the secret of an account's second factor lies."""
    return f"second_factor {user_id}"


def of_signing_key(kid: str) -> str:
    """Where a key lies that sign-ins are signed with."""
    return f"signing_key {kid}"


def _key_of(connection: Connection) -> SecretsKey | None:
    found: SecretsKey | None = connection.get_execution_options().get(OPTION)
    return found


def _check(connection: Connection) -> str | None:
    found = connection.execute(select(FACT.c.value).where(FACT.c.key == _CHECK)).scalar()
    return None if found is None else str(found)


def _make(file: Path) -> None:
    try:
        write_new(file, base64.b64encode(secrets.token_bytes(_BYTES)) + b"\n")
    except PaperFileExists:
        pass  # another server of this store was first
    except PaperNotSaved as problem:
        raise SecretsKeyUnusable(file=str(file), reason=str(problem.values["reason"])) from problem


def _read(file: Path) -> SecretsKey:
    try:
        if os.name == "posix" and file.stat().st_mode & 0o077:
            raise SecretsKeyUnusable(file=str(file), reason="others than its owner can read it")
        key = base64.b64decode(file.read_bytes().strip(), validate=True)
    except OSError as problem:
        raise SecretsKeyUnusable(file=str(file), reason=problem.strerror or "the system refused") from problem
    except binascii.Error as problem:
        raise SecretsKeyUnusable(file=str(file), reason="it holds no key") from problem
    if len(key) != _BYTES:
        raise SecretsKeyUnusable(file=str(file), reason="it holds no key")
    return SecretsKey(key)
