"""`mdt passphrase` and `mdt rotate-key` as scripts rely on them."""

import getpass
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mdt_desktop import bootstrap
from mdt_desktop.cli import main as cli
from mdt_desktop.documents.preview import page_count
from mdt_desktop.paths import DataFolder
from mdt_desktop.security.errors import WrongPassphrase, WrongRecoveryKey
from mdt_desktop.services import recovery_paper
from mdt_desktop.store import rekey
from tests.helpers.clocks import FrozenClock
from tests.helpers.stores import IDENTITY, PASSPHRASE, fingerprints, make_store

NEW = "copper rowing thistle lantern"
Run = Callable[..., tuple[int, Any, str]]
WHO = ("--name", IDENTITY.name, "--role", "gp", "--organisation", "Invented Council", "--locality", "East")


@pytest.fixture
def recovery_key(data_folder: DataFolder) -> str:
    """Makes a store and closes it; its recovery key."""
    program, key = make_store(data_folder, bootstrap.now)
    program.close()
    return key.text()


def private(path: Path, text: str) -> Path:
    path.write_text(f"{text}\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def mdt(data_folder: DataFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a verb with --json: exit code, document, stderr."""
    file = private(tmp_path / "present.txt", PASSPHRASE)

    def run(*verb: str | Path, as_json: bool = True) -> tuple[int, Any, str]:
        start = ["--data-dir", str(data_folder.root), "--passphrase-file", str(file), *map(str, verb)]
        code = cli.main([*start, *(["--json"] if as_json else [])])
        out, err = capsys.readouterr()
        return code, json.loads(out) if as_json else out, err

    return run


def acts(folder: DataFolder, passphrase: str) -> list[str]:
    """What the audit log says of keys."""
    with bootstrap.open_with_passphrase(folder, passphrase) as program:
        rows = program.access.database.reader.execute("SELECT action FROM audit_entry WHERE record_id = 'store.key'")
        return [row[0] for row in rows]


# Changing the passphrase.


def test_a_new_passphrase_from_a_file_opens_the_store_and_the_old_one_does_not(
    recovery_key: str, mdt: Run, data_folder: DataFolder, tmp_path: Path
) -> None:
    database = data_folder.database.stat().st_ino
    code, told, err = mdt("passphrase", "--new-passphrase-file", private(tmp_path / "new.txt", NEW))
    assert (code, told["changed"]) == (0, True)
    assert NEW not in err + json.dumps(told)
    assert data_folder.database.stat().st_ino == database, "nothing was encrypted anew"
    assert acts(data_folder, NEW) == ["change_passphrase"]
    with pytest.raises(WrongPassphrase):
        bootstrap.open_with_passphrase(data_folder, PASSPHRASE)


def test_a_new_passphrase_is_asked_for_twice(
    recovery_key: str, mdt: Run, data_folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = iter([NEW, NEW])
    monkeypatch.setattr(getpass, "getpass", lambda *_: next(typed))
    assert mdt("passphrase")[0] == 0
    bootstrap.open_with_passphrase(data_folder, NEW).close()


@pytest.mark.parametrize(
    ("second", "new", "error"),
    [
        (f"{NEW}s", NEW, "passphrases_differ"),
        ("password1234", "password1234", "passphrase_too_easy"),
        ("short", "short", "passphrase_too_short"),
        (PASSPHRASE, PASSPHRASE, "passphrase_unchanged"),
        (IDENTITY.name * 2, IDENTITY.name * 2, "passphrase_too_easy"),
    ],
    ids=["typed differently", "easy", "short", "the present one", "one's own name"],
)
def test_a_passphrase_that_will_not_do_changes_nothing(
    second: str,
    new: str,
    error: str,
    recovery_key: str,
    mdt: Run,
    data_folder: DataFolder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = data_folder.key_file.read_bytes()
    typed = iter([new, second])
    monkeypatch.setattr(getpass, "getpass", lambda *_: next(typed))
    code, told, _ = mdt("passphrase")
    assert (code, told["error"]) == (1, error)
    assert data_folder.key_file.read_bytes() == before
    assert acts(data_folder, PASSPHRASE) == []


def test_without_a_terminal_the_option_for_the_new_passphrase_is_named(
    recovery_key: str, mdt: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(*_: object) -> str:
        raise EOFError

    monkeypatch.setattr(getpass, "getpass", nobody)
    code, told, err = mdt("passphrase")
    assert (code, told["error"]) == (1, "no_terminal_for_new")
    assert "--new-passphrase-file" in err


def test_a_wrong_present_passphrase_changes_nothing(
    recovery_key: str, mdt: Run, data_folder: DataFolder, tmp_path: Path
) -> None:
    private(tmp_path / "present.txt", "not the passphrase")
    before = fingerprints(data_folder)
    for verb in (("passphrase", "--new-passphrase-file", private(tmp_path / "new.txt", NEW)), ("rotate-key",)):
        code, told, _ = mdt(*verb)
        assert (code, told["error"]) in ((1, "wrong_passphrase"), (1, "too_many_attempts"))
    assert fingerprints(data_folder, "attempts.json", "mdt.log", "crash.log") == before


@pytest.mark.parametrize("verb", ["passphrase", "rotate-key"])
def test_a_passphrase_is_never_taken_from_the_command_line(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([verb, NEW]) == 2
    assert cli.main([verb, "--new-passphrase", NEW]) == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("verb", ["passphrase", "rotate-key"])
def test_where_there_is_no_store_nothing_is_asked(verb: str, mdt: Run) -> None:
    assert mdt(verb)[1]["error"] == "no_store_here"


# Changing the key.


def test_the_store_gets_a_new_key_and_a_new_recovery_key(
    recovery_key: str, mdt: Run, data_folder: DataFolder, tmp_path: Path
) -> None:
    code, told, err = mdt("rotate-key", "--recovery-sheet", tmp_path / "sheet.pdf")
    assert code == 0
    assert told["recovery_key"] != recovery_key
    assert told["recovery_key"] not in err
    assert told["recovery_sheet"] == str(tmp_path / "sheet.pdf")
    assert page_count((tmp_path / "sheet.pdf").read_bytes()) == 1
    assert (tmp_path / "sheet.pdf").stat().st_mode & 0o077 == 0
    assert acts(data_folder, PASSPHRASE) == ["begin_key_rotation", "rotate_key"]
    bootstrap.open_with_recovery_key(data_folder, told["recovery_key"]).close()
    with pytest.raises(WrongRecoveryKey):
        bootstrap.open_with_recovery_key(data_folder, recovery_key)


def test_people_see_the_recovery_key_on_stderr_before_it_counts(
    recovery_key: str, mdt: Run, data_folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(rekey, "put_in_place", dies)
    code, out, err = mdt("rotate-key", as_json=False)
    assert (code, out) == (1, "")
    assert "Recovery key, shown this once: " in err
    assert recovery_key not in err
    monkeypatch.undo()
    code, _, err = mdt("cases", as_json=False)
    assert code == 0
    assert "has been undone" in err
    assert {path.name for path in data_folder.next_files() if path.exists()} == set()


@pytest.mark.parametrize("place", ["there.pdf", "absent/sheet.pdf"])
def test_a_sheet_that_cannot_be_written_leaves_the_old_key_in_force(
    place: str, recovery_key: str, mdt: Run, data_folder: DataFolder, tmp_path: Path
) -> None:
    (tmp_path / "there.pdf").write_text("an earlier sheet")
    code, told, _ = mdt("rotate-key", "--recovery-sheet", tmp_path / place)
    assert (code, told["error"]) in ((1, "sheet_file_exists"), (1, "paper_not_saved"))
    assert (tmp_path / "there.pdf").read_text() == "an earlier sheet"
    bootstrap.open_with_recovery_key(data_folder, recovery_key).close()


def test_a_new_store_can_leave_its_sheet_in_a_file(mdt: Run, tmp_path: Path) -> None:
    code, told, _ = mdt("init", *WHO, "--recovery-sheet", tmp_path / "sheet.pdf")
    assert (code, told["recovery_sheet"]) == (0, str(tmp_path / "sheet.pdf"))
    assert page_count((tmp_path / "sheet.pdf").read_bytes()) == 1


def test_a_sheet_that_is_refused_after_the_store_was_made_is_told_and_takes_no_key_away(
    mdt: Run, tmp_path: Path, data_folder: DataFolder
) -> None:
    code, told, err = mdt("init", *WHO, "--recovery-sheet", tmp_path / "absent" / "sheet.pdf")
    assert (code, told["recovery_sheet"]) == (0, None)
    assert "could not be saved" in err
    bootstrap.open_with_recovery_key(data_folder, told["recovery_key"]).close()


def test_the_service_draws_what_the_command_saves(clock: FrozenClock) -> None:
    sheet = recovery_paper.pdf("AAAAAA-BBBBBB-CCCCCC-DDDDDD-EEEEEE-FFFFFF", "Robin Example", clock().date())
    drawn = recovery_paper.page(sheet, 1.0)
    assert (drawn.width, drawn.height) == (596, 842)
