"""`mdt-central` as scripts rely on it: exit codes, one JSON document on stdout, sentences on stderr."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mdt_desktop.central.accounts import locality_id
from mdt_desktop.central.central_store import open_store
from mdt_desktop.cli import central_main, central_verbs
from tests.helpers.central import Laptop, cheap_passwords, client
from tests.helpers.central_server import ROOT

Run = Callable[..., tuple[int, Any, str]]
PASSWORD = "seven purple kettles sing"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands open the store with a password check that costs nothing."""
    monkeypatch.setattr(
        central_verbs, "open_store",
        lambda folder, url, **more: open_store(folder, url, passwords=cheap_passwords(), **more),
    )


@pytest.fixture
def password_file(tmp_path: Path) -> str:
    """A private file with the password in its first line."""
    file = tmp_path / "password.txt"
    file.write_text(f"{PASSWORD}\n")
    file.chmod(0o600)
    return str(file)


@pytest.fixture
def admin(place: tuple[Path | None, str | None], capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs an `admin` verb with --json: exit code, document, stderr."""
    folder, url = place
    where = ["--data", str(folder)] if url is None else ["--database", url]

    def run(*verb: str) -> tuple[int, Any, str]:
        code = central_main.main(["admin", *where, *verb, "--json"])
        out, err = capsys.readouterr()
        return code, json.loads(out), err

    return run


@pytest.fixture
def nia(admin: Run, password_file: str, place: tuple[Path | None, str | None]) -> Any:
    """A laptop of somebody whom the commands let in."""
    assert admin("locality", "add", "North  East") == (
        0, {"locality": locality_id("north east"), "name": "North  East"}, ""
    )  # fmt: skip
    added = admin("user", "add", "Nia", "--role", "care_navigator", "--locality", "North East",
                  "--password-file", password_file)  # fmt: skip
    assert (added[0], added[1]["name"]) == (0, "Nia")
    store = open_store(*place, passwords=cheap_passwords())
    with client(store) as http:
        who = Laptop(http, "Nia")
        assert who.register(PASSWORD).status_code == 200
        who.session()
        yield who
    store.close()


def add_person(who: Laptop, **values: Any) -> str:
    return who.add_person(bucket=locality_id("North East"), **values)


def test_somebody_who_was_added_can_exchange_and_who_was_revoked_cannot(admin: Run, nia: Laptop) -> None:
    add_person(nia)
    assert [it["user"] for it in admin("device", "list")[1]["devices"]] == ["Nia"]
    assert admin("user", "revoke", "NIA")[0] == 0
    assert nia.push(nia.op("delete", "person", "x")).json()["code"] == "device_revoked"
    code, answer, err = admin("user", "revoke", "Nobody")
    assert (code, answer["error"], err) == (1, "no_such_user", "There is no account named Nobody.\n")


def test_a_lost_laptop_is_shut_out_and_the_others_are_not(admin: Run, nia: Laptop) -> None:
    other = Laptop(nia.http, "Nia")
    assert other.register(PASSWORD).status_code == 200
    assert admin("device", "revoke", nia.device)[0] == 0
    bucket = locality_id("North East")
    got = [who.get(f"buckets/{bucket}/changes").status_code for who in (nia, other)]
    assert got == [401, 200]
    states = {it["device"]: it["status"] for it in admin("device", "list")[1]["devices"]}
    assert states == {nia.device: "revoked", other.device: "active"}
    assert admin("device", "revoke", "none")[1]["error"] == "no_such_device"


def test_a_membership_is_given_and_taken(admin: Run, nia: Laptop) -> None:
    admin("locality", "add", "South")
    assert admin("member", "add", "Nia", "--role", "gp", "--locality", "South")[0] == 0
    grants = {grant["bucket"]: grant["role"] for grant in nia.session()["grants"]}
    assert grants[locality_id("South")] == "clinician"
    assert admin("member", "end", "Nia", "--locality", "South")[:2] == (
        0, {"name": "Nia", "locality": "South", "ended": True}
    )  # fmt: skip
    assert nia.session()["must_evict"] == [locality_id("South")]
    assert admin("member", "end", "Nia", "--locality", "South")[0] == 1


def test_somebody_is_moved_and_erased_with_a_reason(admin: Run, nia: Laptop) -> None:
    moved, erased = add_person(nia, nhs_number="9990000018"), add_person(nia)
    admin("locality", "add", "South")
    reason = "Moved house to the other locality"
    assert admin("move", "999 000 0018", "--locality", "South", "--reason", reason)[1] == {"records": 1}
    assert admin("erase", erased, "--reason", "why")[1]["error"] == "reason_too_short"
    code, answer, _ = admin("erase", erased, "--reason", "Order of the county court of today")
    assert (code, answer["records"], answer["unconfirmed_devices"]) == (0, 1, [nia.device])
    assert admin("erase", erased, "--reason", "Order of the county court of today")[1]["error"] == "no_such_person"
    page = nia.get(f"buckets/{locality_id('North East')}/changes").json()
    assert [(it["kind"], it["id"]) for it in page["entries"][2:]] == [("evict", moved), ("erase", erased)]


def test_backup_restore_and_the_proof_of_the_chain(
    admin: Run, nia: Laptop, tmp_path: Path, place: tuple[Path | None, str | None]
) -> None:
    add_person(nia)
    file = str(tmp_path / "central.backup")
    assert admin("backup", file)[0] == 0
    assert admin("backup", file)[1]["error"] == "paper_file_exists"
    code, answer, _ = admin("restore", file)
    assert (code, Path(answer["kept"]).exists()) == (0, True)
    assert admin("audit", "--verify")[:1] == (0,)
    assert admin("restore", str(tmp_path / "none"))[1]["error"] == "central_backup_unreadable"
    store = open_store(*place, passwords=cheap_passwords())
    store.database.write(lambda connection: connection.exec_driver_sql("UPDATE audit_head SET seq = seq + 1"))
    store.close()
    code, answer, _ = admin("audit", "--verify")
    assert (code, answer["verified"], answer["first_broken_entry"]) == (1, False, answer["entries"])


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (("--role", "wizard", "--locality", "North East"), "no_such_role"),
        (("--role", "volunteer", "--locality", "North East"), "role_without_bucket"),
        (("--role", "gp", "--locality", "Nowhere"), "no_such_locality"),
    ],
)
def test_an_account_that_cannot_be_is_refused_whole(
    options: tuple[str, ...], error: str, admin: Run, password_file: str
) -> None:
    admin("locality", "add", "North East")
    code, answer, err = admin("user", "add", "Una", *options, "--password-file", password_file)
    assert (code, answer["error"]) == (1, error)
    assert err.strip().endswith(".")
    assert admin("user", "revoke", "Una")[1]["error"] == "no_such_user"


def test_a_second_factor_is_given_by_a_code_to_scan_and_taken_away_again(admin: Run, nia: Laptop) -> None:
    code, document, _ = admin("user", "totp", "nia")
    assert code == 0
    assert document["otpauth"].startswith("otpauth://totp/MDT%20Desktop:Nia?secret=")
    assert nia.register(PASSWORD).json()["code"] == "second_factor_needed"
    assert admin("user", "totp", "Nia", "--off")[:2] == (0, {"name": "Nia", "removed": True})
    assert nia.register(PASSWORD).status_code == 200
    assert admin("user", "totp", "Nia", "--off")[0] == 1
    assert admin("user", "unlink", "Nia")[:2] == (1, {"name": "Nia", "unlinked": False})
    assert admin("user", "totp", "Nobody")[1]["error"] == "no_such_user"


def test_the_code_to_scan_is_drawn_in_the_terminal(
    nia: Laptop, place: tuple[Path | None, str | None], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, url = place
    where = ["--data", str(folder)] if url is None else ["--database", url]
    assert central_main.main(["admin", *where, "user", "totp", "Nia"]) == 0
    shown = capsys.readouterr().out
    assert "otpauth://totp/" in shown
    assert shown.count("\n") > 15


def test_the_signing_key_is_replaced_and_an_account_without_a_password_signs_in_by_none(
    admin: Run, nia: Laptop
) -> None:
    before = nia.http.get("/oidc/jwks").json()["keys"]
    code, document, _ = admin("keys", "rotate")
    assert code == 0
    after = [key["kid"] for key in nia.http.get("/oidc/jwks").json()["keys"]]
    assert sorted(after) == sorted([document["key"], before[0]["kid"]])
    assert admin("user", "add", "Elsewhere", "--role", "care_navigator", "--locality", "North East")[0] == 0
    for password in ("", "no account has this password"):
        assert Laptop(nia.http, "Elsewhere").register(password or " ").status_code == 401


@pytest.mark.parametrize(
    "given",
    [
        ["--oidc-issuer", "http://sign-in.test", "--oidc-client", "mdt"],
        ["--oidc-issuer", "https://sign-in.test"],
        ["--oidc-client", "mdt"],
        ["--public-url", "http://central.test"],
    ],
)
def test_a_provider_or_address_in_the_clear_is_refused_before_a_store_is_made(
    given: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert central_main.main(["serve", "--data", str(tmp_path / "new"), "--port", "0", *given]) == 1
    assert "https" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_names_are_never_used_again_and_weak_passwords_not_taken(
    admin: Run, nia: Laptop, tmp_path: Path, password_file: str
) -> None:
    admin("user", "revoke", "Nia")
    rest = ("--role", "gp", "--locality", "North East", "--password-file")
    assert admin("user", "add", " nia ", *rest, password_file)[1]["error"] == "user_exists"
    weak = tmp_path / "weak.txt"
    weak.write_text("northeast12345\n")
    weak.chmod(0o600)
    code, answer, _ = admin("user", "add", "Una", *rest, str(weak))
    assert (code, answer["error"]) == (1, "passphrase_too_easy")
    assert admin("locality", "add", "NORTH EAST")[1]["error"] == "locality_exists"


@pytest.mark.parametrize(
    "given",
    [
        [],
        ["serve"],
        ["serve", "--data", "x", "--database", "postgresql://y"],
        ["serve", "--data", "x", "--port", "70000"],
        ["serve", "--data", " "],
        ["admin", "--data", "x", "user"],
        ["admin", "--data", "x", "audit"],
        ["admin", "--data", "x", "erase", "somebody"],
        ["admin", "locality", "add", "East"],
    ],
)
def test_wrong_usage_ends_with_two(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert central_main.main(given) == 2
    assert capsys.readouterr().out == ""


def test_help_needs_no_server(capsys: pytest.CaptureFixture[str]) -> None:
    assert central_main.main(["--help"]) == 0
    assert "administer the store" in capsys.readouterr().out


@pytest.mark.parametrize("missing", ["fastapi", "uvicorn"])
def test_without_the_parts_of_the_central_store_it_says_how_to_get_them(missing: str, tmp_path: Path) -> None:
    program = (
        f"import sys; sys.modules[{missing!r}] = None; from mdt_desktop.cli.central_main import main;"
        f" sys.exit(main(['admin', '--data', {str(tmp_path / 'data')!r}, 'device', 'list', '--json']))"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (ended.returncode, json.loads(ended.stdout)["error"]) == (1, "central_not_installed")
    assert "requirements-central.txt" in ended.stderr


def test_the_audit_is_written_to_a_new_private_file_and_that_is_in_the_audit(
    admin: Run, nia: Laptop, tmp_path: Path
) -> None:
    person = add_person(nia)
    act = {"at": "2026-11-23T09:00:00.000Z", "action": "print", "kind": "person", "person_id": person}
    entry = {"no": 1, "hash": "1" * 64, "act": act}
    assert nia.post("audit", {"device": nia.device, "before": "0" * 64, "entries": [entry]}).json() == {"last": 1}
    file = tmp_path / "audit.jsonl"
    code, told, _ = admin("audit", "--export", str(file))
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert (code, told["entries"], file.stat().st_mode & 0o777) == (0, len(lines) - 1, 0o600)
    (printed,) = [it for it in lines if it.get("action") == "laptop_entry"]
    assert (printed["user_name"], printed["device_id"], printed["rec_ids"]) == ("Nia", nia.device, [person])
    assert admin("audit", "--export", str(file))[1]["error"] == "paper_file_exists"
    assert admin("audit", "--verify")[1]["entries"] == len(lines)
    assert admin("tidy")[:2] == (0, {"results": 0, "tokens": 0, "blobs": 0})
