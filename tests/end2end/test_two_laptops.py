"""Two data folders and a started central store: `mdt connect`, `mdt sync` and `mdt conflicts`, first to last."""

import json
import webbrowser
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mdt_desktop import bootstrap
from mdt_desktop.cli import main as cli
from mdt_desktop.domain.organisations import Role
from mdt_desktop.paths import DataFolder
from mdt_desktop.records import Person
from mdt_desktop.security.key_derivation import FLOOR
from mdt_desktop.services.identity import Identity
from mdt_desktop.sync.protocol import Digest
from tests.helpers.browsing import Person as InTheBrowser
from tests.helpers.central_server import Server, run, serving
from tests.helpers.stores import PASSPHRASE, every_value, work_on
from tests.sync.laptops import Laptop, new_contact, new_person, new_practice

PASSWORD = "cobalt harvest window ribbon"
MARKER = "Quillfeather"
Mdt = Callable[..., tuple[int, Any]]


def secret(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o600)
    return path


@dataclass
class Borough:
    """The central store's address and data, two laptops' folders, and how commands are run on them."""

    server: Server
    data: Path
    one: Path
    other: Path
    mdt: Callable[..., tuple[int, Any]]
    password: Path


@pytest.fixture
def borough(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Borough]:
    passphrase, password = secret(tmp_path / "passphrase", PASSPHRASE), secret(tmp_path / "password", PASSWORD)
    data = tmp_path / "central"
    run("admin", "--data", str(data), "locality", "add", "North East")
    for name in ("Robin Example", "Sam Sample"):
        where = ("--locality", "North East", "--role", "care_navigator", "--password-file", str(password))
        run("admin", "--data", str(data), "user", "add", name, *where)
    folders = []
    for name in ("Robin Example", "Sam Sample"):
        folder = DataFolder(tmp_path / name.split()[0])
        who = Identity(name, Role.CARE_NAVIGATOR, "Invented Borough Council", "North East")
        bootstrap.create_store(folder, PASSPHRASE, who, parameters=FLOOR)[0].close()
        folders.append(folder.root)

    def mdt(folder: Path, *verb: str) -> tuple[int, Any]:
        capsys.readouterr()
        code = cli.main(["--data-dir", str(folder), "--passphrase-file", str(passphrase), *verb, "--json"])
        return code, json.loads(capsys.readouterr().out)

    with serving("--data", str(data)) as server:
        yield Borough(server, data, folders[0], folders[1], mdt, password)


def opened(folder: Path) -> Laptop:
    """The store of a folder, for what its user does and for a look into it."""
    laptop = Laptop.__new__(Laptop)
    laptop.folder = DataFolder(folder)
    laptop.program = bootstrap.open_with_passphrase(laptop.folder, PASSPHRASE)
    return laptop


def connected(borough: Borough) -> None:
    for folder, name in ((borough.one, "Robin Example"), (borough.other, "Sam Sample")):
        code, told = borough.mdt(
            folder, "connect", borough.server.address, "--user", name, "--password-file", str(borough.password)
        )
        assert (code, told["user"]) == (0, name)


def synced(borough: Borough, folder: Path) -> dict[str, Any]:
    code, told = borough.mdt(folder, "sync")
    assert code == 0, told
    found: dict[str, Any] = told
    return found


def with_a_person(borough: Borough) -> str:
    laptop = opened(borough.one)
    person = new_person(laptop, new_practice(laptop), family_name=MARKER, nhs_number="9990000018")
    laptop.close()
    for folder in (borough.one, borough.other, borough.one):
        synced(borough, folder)
    return person


def edited(folder: Path, person: str, **values: Any) -> None:
    laptop = opened(folder)
    laptop.change(Person, person, person, **values)
    laptop.close()


def looked(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    laptop = opened(folder)
    found = laptop.ask(sql)
    laptop.close()
    return found


def test_what_two_laptops_wrote_offline_is_on_both_and_a_conflict_is_decided_for_both(borough: Borough) -> None:
    connected(borough)
    person = with_a_person(borough)
    edited(borough.one, person, telephone="1", title="Ms")
    edited(borough.other, person, telephone="2", email="w@example.org")
    told = [synced(borough, folder) for folder in (borough.one, borough.other, borough.one)]
    assert [it["conflicts"] for it in told] == [0, 1, 1]
    keys = {"pushed", "pulled", "conflicts", "evicted", "quarantined", "cursor", "messages"}
    assert all(set(it) == keys and it["messages"] == [] for it in told)
    assert [it["quarantined"] for it in told] == [0, 0, 0]
    rows = "SELECT family_name, telephone, title, email FROM person"
    assert looked(borough.one, rows) == looked(borough.other, rows) == [(MARKER, "1", "Ms", "w@example.org")]
    code, listed = borough.mdt(borough.one, "conflicts")
    (conflict,) = listed["conflicts"]
    assert (code, conflict["field"], conflict["mine"], conflict["theirs"]) == (0, "telephone", "2", "1")
    assert (conflict["mine_by"], conflict["theirs_by"]) == ("Sam Sample", "Robin Example")
    assert borough.mdt(borough.one, "conflicts", "--keep", "mine", conflict["id"])[0] == 0
    for folder in (borough.one, borough.other):
        assert synced(borough, folder)["conflicts"] == 0
    assert looked(borough.one, rows) == looked(borough.other, rows) == [(MARKER, "2", "Ms", "w@example.org")]
    _require_the_same(borough)


def _require_the_same(borough: Borough) -> None:
    """I2 and I4 by the books of both laptops: the same versions, nothing waiting, one digest."""
    books = "SELECT type, id, ver, state FROM sync_record ORDER BY 1, 2"
    assert looked(borough.one, books) == looked(borough.other, books)
    digests = "SELECT digest_count, digest_sum FROM cursor"
    assert looked(borough.one, digests) == looked(borough.other, digests)
    assert looked(borough.one, "SELECT * FROM outbox") == looked(borough.other, "SELECT * FROM outbox") == []
    assert Digest(0, 0) != Digest(*map(int, looked(borough.one, digests)[0]))


def test_an_erased_person_leaves_both_laptops_and_does_not_come_back(borough: Borough) -> None:
    connected(borough)
    person = with_a_person(borough)
    edited(borough.other, person, telephone="020 7946 0009")
    run("admin", "--data", str(borough.data), "erase", person, "--reason", "order of an invented court")
    for folder in (borough.one, borough.other, borough.one):
        synced(borough, folder)
    for folder in (borough.one, borough.other):
        laptop = opened(folder)
        everything = every_value(laptop.program)
        laptop.close()
        assert MARKER not in everything
        assert "020 7946 0009" not in everything


def test_a_revoked_user_sends_nothing_and_what_waits_is_kept_apart(borough: Borough) -> None:
    connected(borough)
    person = with_a_person(borough)
    edited(borough.other, person, telephone="3")
    run("admin", "--data", str(borough.data), "user", "revoke", "Sam Sample")
    code, told = borough.mdt(borough.other, "sync")
    assert (code, told["error"]) == (1, "sync_revoked")
    code, told = borough.mdt(borough.other, "cases")
    assert (code, told["error"]) == (1, "lease_revoked")
    assert looked(borough.other, "SELECT count(*) FROM person") == [(0,)]
    kept = looked(borough.other, "SELECT json_extract(operations_json, '$[0].set.telephone') FROM quarantine")
    assert kept == [("3",)]
    assert looked(borough.other, "SELECT * FROM outbox") == []
    synced(borough, borough.one)
    assert looked(borough.one, "SELECT telephone FROM person") == [("",)]


def test_without_the_central_store_work_goes_on_and_nothing_is_lost(borough: Borough) -> None:
    connected(borough)
    person = with_a_person(borough)
    assert borough.server.stop() == 0
    edited(borough.one, person, telephone="4")
    _, told = borough.mdt(borough.one, "conflicts")
    assert told == {"conflicts": []}
    assert looked(borough.one, "SELECT count(*) FROM outbox WHERE status = 'waiting'") == [(1,)]


def test_a_wrong_password_and_a_wrong_address_are_told_and_connect_nothing(borough: Borough, tmp_path: Path) -> None:
    wrong = secret(tmp_path / "wrong", "nothing of the kind")
    ways = {
        "sync_sign_in_needed": (borough.server.address, wrong),
        "sync_address_refused": ("http://central.example.org", borough.password),
        "password_is_passphrase": (borough.server.address, secret(tmp_path / "same", PASSPHRASE)),
    }
    for code, (address, password) in ways.items():
        ended, told = borough.mdt(
            borough.one, "connect", address, "--user", "Robin Example", "--password-file", str(password)
        )
        assert (ended, told["error"]) == (1, code)
    ended, told = borough.mdt(borough.one, "sync")
    assert (ended, told["error"]) == (1, "sync_not_connected")


def test_without_a_name_the_browser_is_opened_and_where_there_is_none_the_address_told(
    borough: Borough, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    robin = InTheBrowser("Robin Example", borough.password.read_text().splitlines()[0])
    monkeypatch.setattr(webbrowser, "open", robin.open)
    code, told = borough.mdt(borough.one, "connect", borough.server.address)
    assert (code, told) == (0, {"url": borough.server.address, "user": "Robin Example"})
    robin.gone()

    def nowhere(address: str) -> bool:
        return not robin.open(address)

    monkeypatch.setattr(webbrowser, "open", nowhere)
    assert borough.mdt(borough.one, "connect", borough.server.address)[0] == 0
    robin.gone()
    ended, told = borough.mdt(borough.one, "connect", borough.server.address, "--user", "Robin Example")
    assert (ended, told["error"]) == (1, "connect_password_incomplete")


def test_a_record_that_one_unit_of_work_changes_twice_is_taken_whole(borough: Borough) -> None:
    connected(borough)
    laptop = opened(borough.one)
    person = new_person(laptop, new_practice(laptop))
    new_contact(laptop, person)
    with work_on(laptop.program) as work:
        work.about(person)
        work.get(Person, person).telephone = "5"
        work.flush()
        work.get(Person, person).title = "Dr"
    laptop.close()
    synced(borough, borough.one)
    assert looked(borough.one, "SELECT status FROM outbox") == []
    assert [synced(borough, it)["quarantined"] for it in (borough.other, borough.one)] == [0, 0]
    assert looked(borough.other, "SELECT telephone, title FROM person") == [("5", "Dr")]
    _require_the_same(borough)


def test_changes_are_carried_by_file_with_commands_alone(borough: Borough, tmp_path: Path) -> None:
    connected(borough)
    person = with_a_person(borough)
    edited(borough.one, person, telephone="6")
    out, back = str(tmp_path / "out.mdtbundle"), str(tmp_path / "back.mdtbundle")
    code, told = borough.mdt(borough.one, "bundle", "export", out)
    made = {"file": out, "number": 1, "changes": 1, "left": 0, "papers_without_content": 0}
    assert (code, told) == (0, made)
    code, told = borough.mdt(borough.other, "bundle", "import", out, "--answer", back)
    assert (code, told["kind"], told["answer"]) == (0, "changes", back)
    assert borough.server.stop() == 0
    code, told = borough.mdt(borough.one, "bundle", "import", back)
    assert (code, told["kind"], told["new"], told["more"]) == (0, "answer", True, False)
    assert looked(borough.one, "SELECT * FROM outbox") == []
    assert borough.mdt(borough.one, "bundle", "import", back)[1]["new"] is False
    code, told = borough.mdt(borough.other, "bundle", "import", back)
    assert (code, told["error"]) == (1, "bundle_not_for_here")

