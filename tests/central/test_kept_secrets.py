"""Second factors and signing keys lie in the database under a key that does not; without it the store says so."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from mdt_desktop.central import accounts, backup, kept_secrets, second_factor, signing_keys
from mdt_desktop.central.central_store import CentralStore, open_store
from mdt_desktop.central.errors import (
    CentralNotPrepared,
    SecretsKeyMissing,
    SecretsKeyUnusable,
    SecretsKeyWrong,
)
from mdt_desktop.cli import central_main
from tests.helpers.browsing import one_time_code
from tests.helpers.central import cheap_passwords, furnish, served_apart
from tests.helpers.clocks import FrozenClock

Place = tuple[Path | None, str | None]
Open = Callable[..., CentralStore]


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return tmp_path / "secrets.key"


@pytest.fixture
def opening(place: Place, clock: FrozenClock, key: Path) -> Open:
    """Opens the store with a key file, the same one unless told."""

    def opened(file: Path | None = key, **more: Any) -> CentralStore:
        return open_store(*place, clock, cheap_passwords(), file, **more)

    return opened


def fill(store: CentralStore, clock: FrozenClock) -> None:
    """A second factor and a signing key."""
    furnish(store)
    store.database.write(lambda it: accounts.give_second_factor(it, "Nia", "test", clock()))
    store.database.write(lambda it: signing_keys.signing(it, clock()))


def kept(store: CentralStore) -> list[str]:
    """Both as they lie in the database."""
    with store.database.reading() as connection:
        query = text("SELECT secret FROM second_factor UNION ALL SELECT pem FROM signing_key")
        return list(connection.execute(query).scalars())


def signs(store: CentralStore, clock: FrozenClock) -> str:
    """The id of the key that signs, as it is opened."""
    return store.database.write(lambda it: signing_keys.signing(it, clock())).kid or ""


def test_secrets_lie_sealed_and_are_what_they_were_when_the_store_is_opened_again(
    opening: Open, key: Path, clock: FrozenClock
) -> None:
    store = opening()
    fill(store, clock)
    assert [it.startswith("sealed:") for it in kept(store)] == [True, True]
    assert oct(key.stat().st_mode & 0o777) == "0o600"
    before = signs(store, clock)
    store.close()
    again = opening()
    assert signs(again, clock) == before
    with again.database.reading() as connection:
        assert len(signing_keys.public(connection, clock()).keys) == 1
    again.close()


def test_a_code_is_taken_that_the_sealed_secret_makes(opening: Open, clock: FrozenClock) -> None:
    store = opening()
    furnish(store)
    user = store.database.write(lambda it: accounts.find_user(it, "Nia"))
    secret = store.database.write(lambda it: second_factor.enrol(it, user, clock()))
    code = one_time_code(f"otpauth://totp/x?secret={secret}", clock().timestamp())
    assert not store.database.write(lambda it: second_factor.take(it, user, "000000", clock()))
    assert store.database.write(lambda it: second_factor.take(it, user, code, clock()))
    store.close()


def test_what_lay_there_as_it_is_is_sealed_once_there_is_a_key(
    place: Place, opening: Open, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(kept_secrets, "key_from", lambda *_: None)
        store = open_store(*place, clock, cheap_passwords())
        fill(store, clock)
        known = signs(store, clock)
        assert not any(it.startswith("sealed:") for it in kept(store))
        store.close()
    again = opening()
    assert all(it.startswith("sealed:") for it in kept(again))
    assert signs(again, clock) == known
    again.close()


def test_without_its_key_a_store_is_not_opened_and_nothing_of_it_is_changed(
    opening: Open, key: Path, clock: FrozenClock, tmp_path: Path
) -> None:
    store = opening()
    fill(store, clock)
    known = kept(store)
    store.close()
    aside = key.rename(tmp_path / "aside")
    with pytest.raises(SecretsKeyMissing):
        opening()
    assert not key.exists()  # none is made over what another has sealed
    other = tmp_path / "other.key"
    open_store(tmp_path / "elsewhere", secrets=other, passwords=cheap_passwords()).close()
    with pytest.raises(SecretsKeyWrong):
        opening(other)
    aside.rename(key)
    again = opening()
    assert kept(again) == known
    again.close()


@pytest.mark.parametrize(
    ("content", "mode"), [(b"words", 0o600), (b"", 0o600), (b"AAAA\n", 0o600), (b"A" * 44 + b"\n", 0o644)]
)
def test_a_file_that_is_no_key_or_anybodys_is_refused(content: bytes, mode: int, opening: Open, key: Path) -> None:
    key.write_bytes(content)
    key.chmod(mode)
    with pytest.raises(SecretsKeyUnusable):
        opening()
    assert key.read_bytes() == content


def test_a_place_where_no_key_can_be_made_is_told(opening: Open, tmp_path: Path) -> None:
    with pytest.raises(SecretsKeyUnusable):
        opening(tmp_path / "no" / "folder" / "key")


def test_a_sealed_secret_in_the_place_of_another_is_not_taken(opening: Open, clock: FrozenClock) -> None:
    store = opening()
    fill(store, clock)

    def given_to_noor(connection: Connection) -> str:
        noor = accounts.find_user(connection, "Noor")
        secret = connection.execute(text("SELECT secret FROM second_factor")).scalar_one()
        connection.execute(
            text("INSERT INTO second_factor VALUES (:user, :secret, 0, '')"), {"user": noor, "secret": secret}
        )
        return noor

    noor = store.database.write(given_to_noor)
    with pytest.raises(SecretsKeyWrong):
        store.database.write(lambda it: second_factor.take(it, noor, "123456", clock()))
    store.close()


def test_a_backup_holds_them_sealed_and_comes_back_with_its_own_key_only(
    opening: Open, clock: FrozenClock, tmp_path: Path
) -> None:
    store = opening()
    fill(store, clock)
    known, signed = kept(store), signs(store, clock)
    file = tmp_path / "b.gz"
    backup.back_up(store.database, file, "test", clock)
    backup.restore(store.database, file, "test", clock)
    assert (kept(store), signs(store, clock)) == (known, signed)
    store.close()
    for secrets in (tmp_path / "other.key", None):
        other = open_store(tmp_path / f"elsewhere {secrets is None}", None, clock, cheap_passwords(), secrets)
        fill(other, clock)
        mine = kept(other)
        with pytest.raises(SecretsKeyWrong):
            backup.restore(other.database, file, "test", clock)
        assert kept(other) == mine
        other.close()


def test_a_lost_key_is_given_up_with_what_it_sealed_and_nothing_else(
    opening: Open, key: Path, clock: FrozenClock
) -> None:
    store = opening()
    fill(store, clock)
    before = signs(store, clock)
    store.close()
    key.unlink()
    again = opening(secrets_anew=True)
    assert (again.second_factors_given_up, kept(again)) == (1, [])
    assert signs(again, clock) != before
    assert all(it.startswith("sealed:") for it in kept(again))
    with again.database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM account")).scalar_one() > 3
    again.close()


def test_an_account_that_serves_reads_with_the_key_that_the_owner_took_up(
    postgres_url: str, clock: FrozenClock, key: Path
) -> None:
    owned = open_store(None, postgres_url, clock, cheap_passwords())
    furnish(owned)
    with served_apart(owned, postgres_url) as served:
        address = str(served.database._engine.url.render_as_string(hide_password=False))
        address = address.replace("postgresql+psycopg", "postgresql")
        with pytest.raises(CentralNotPrepared):
            open_store(None, address, clock, cheap_passwords(), key)
        open_store(None, postgres_url, clock, cheap_passwords(), key).close()
        with pytest.raises(SecretsKeyMissing):
            open_store(None, address, clock, cheap_passwords())
        serving = open_store(None, address, clock, cheap_passwords(), key)
        assert signs(serving, clock)
        assert kept(owned)[0].startswith("sealed:")
        serving.close()
    owned.close()


def test_the_commands_keep_the_key_apart_and_say_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, key = tmp_path / "data", tmp_path / "apart.key"

    def run(*verb: str, file: Path | None = key) -> tuple[int, Any]:
        named = () if file is None else ("--secrets-key", str(file))
        code = central_main.main(["admin", "--data", str(data), *named, *verb, "--json"])
        return code, json.loads(capsys.readouterr().out)

    assert run("locality", "add", "East")[0] == 0
    assert (key.exists(), (data / "secrets.key").exists()) == (True, False)
    assert run("backup", str(tmp_path / "b.gz"))[1]["secrets_key"] == str(key)
    assert run("locality", "add", "West", file=None)[1]["error"] == "secrets_key_missing"
    key.unlink()
    assert run("locality", "add", "West")[1]["error"] == "secrets_key_missing"
    assert run("keys", "anew") == (0, {"second_factors": 0})
    assert run("locality", "add", "West")[0] == 0
