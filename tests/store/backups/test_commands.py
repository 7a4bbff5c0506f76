"""`mdt backup`, `mdt restore` and what `mdt check` and `mdt import-risk` do about backups."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mdt_desktop import bootstrap
from mdt_desktop.cli import main as cli
from mdt_desktop.domain.backups import SUSPECT, Occasion
from mdt_desktop.paths import DataFolder
from mdt_desktop.services import backups as service
from mdt_desktop.services import restoring
from mdt_desktop.services.backup_shelf import shelf
from mdt_desktop.services.backups import BackupFailed, Backups
from tests.helpers.stores import PASSPHRASE
from tests.store.backups.desk import OTHER_PASSPHRASE, Desk, another_store, names, people_in

HEADINGS = "NHS number,Surname,Forename,Date of birth,Sex,Postcode,Practice code,Score,Run date"
LINE = "99900000{number},Examplesson,Ida,14/08/1940,Female,E1 4AA,{practice},88.5,2026-11-01"


class Mdt:
    """Runs verbs on a folder, with --json or in words."""

    def __init__(self, folder: DataFolder, passphrase: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._passphrase, self._capsys = folder, passphrase, capsys

    def run(self, *verb: str | Path, code: int = 0) -> tuple[str, str]:
        """What the command says on stdout and stderr, once it has ended with this exit code."""
        start = ("--data-dir", str(self.folder.root), "--passphrase-file", str(self._passphrase))
        ended = cli.main([*start, *map(str, verb)])
        out, err = self._capsys.readouterr()
        assert ended == code, err
        return out, err

    def json(self, *verb: str | Path, code: int = 0) -> Any:
        """The one document."""
        return json.loads(self.run(*verb, "--json", code=code)[0])


@pytest.fixture
def use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Mdt]:
    """Commands on a folder under a passphrase."""

    def made(folder: DataFolder, passphrase: str = PASSPHRASE) -> Mdt:
        file = tmp_path / f"passphrase-{len(passphrase)}.txt"
        file.write_text(passphrase)
        file.chmod(0o600)
        return Mdt(folder, file, capsys)

    return made


@pytest.fixture
def mdt(desk: Desk, use: Callable[..., Mdt]) -> Mdt:
    """Commands on the store, which is closed."""
    desk.close()
    return use(desk.folder)


def test_a_backup_is_made_and_named(mdt: Mdt) -> None:
    made = mdt.json("backup")
    assert Path(made["backup"]).parent == mdt.folder.backups
    assert (made["people"], made["cases"], made["care_plans"], made["copy"]) == (1, 0, 0, None)
    assert made["occasion"] == "by_hand"
    out, err = mdt.run("backup")
    assert "verified" in out
    assert "people 1" in out
    assert "Copying the store" in err


def test_a_copy_goes_where_it_is_wanted_and_never_over_a_file(mdt: Mdt, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    made = mdt.json("backup", "--out", stick / "mine.mdtbackup")
    assert Path(made["copy"]).read_bytes() == Path(made["backup"]).read_bytes()
    assert mdt.json("backup", "--out", stick / "mine.mdtbackup", code=1)["error"] == "backup_copy_exists"
    in_folder = mdt.json("backup", "--out", stick)
    assert Path(in_folder["copy"]).parent == stick
    assert Path(in_folder["copy"]).suffix == ".mdtbackup"
    assert mdt.json("backup", "--out", tmp_path / "no" / "such", code=1)["error"] == "backup_copy_not_saved"
    assert len(names(mdt.folder)) == 2, "what could not be copied was not made either"


def test_a_restore_shows_both_sides_and_keeps_what_it_replaced(mdt: Mdt, desk: Desk) -> None:
    made = mdt.json("backup")
    with bootstrap.open_with_passphrase(mdt.folder, PASSPHRASE) as program:
        desk.program = program
        desk.add_person()
    out, err = mdt.run("restore", made["backup"], "--preview")
    assert "people 1" in err
    assert "people 2" in err
    assert "Nothing was changed" in out
    assert not mdt.folder.replaced.exists()
    told = mdt.json("restore", made["backup"], "--reason", "imported twice")
    assert (told["restored"], told["preview"], told["passphrase_of_backup"]) == (True, False, False)
    assert (told["backup"]["people"], told["present"]["people"]) == (1, 2)
    assert Path(told["replaced"]).parent == mdt.folder.replaced
    assert shelf(mdt.folder)[0].occasion is Occasion.RESTORE
    with bootstrap.open_with_passphrase(mdt.folder, PASSPHRASE) as program:
        assert people_in(program) == 1
        reason = program.access.database.reader.execute(
            "SELECT reason FROM audit_entry WHERE action = 'restore'"
        ).fetchone()
        assert "imported twice" in reason[0]


def test_a_restore_into_an_empty_folder_makes_a_store(
    mdt: Mdt, use: Callable[..., Mdt], tmp_path: Path
) -> None:
    made = mdt.json("backup")
    new = use(DataFolder(tmp_path / "new laptop"))
    out, err = new.run("restore", made["backup"])
    assert "no store in the folder" in err
    assert "passphrase and the recovery key of the backup's day" in out
    assert "kept in" not in out
    assert new.json("check")["sound"] is True


def test_a_wrong_passphrase_restores_nothing(mdt: Mdt, use: Callable[..., Mdt]) -> None:
    made = mdt.json("backup")
    told = use(mdt.folder, "not the passphrase").json("restore", made["backup"], code=1)
    assert told["error"] == "wrong_passphrase"
    assert not mdt.folder.replaced.exists()


def test_a_backup_of_another_store_is_told_to_be_one(
    mdt: Mdt, desk: Desk, use: Callable[..., Mdt], tmp_path: Path
) -> None:
    other = another_store(DataFolder(tmp_path / "other"), desk.clock)
    path = other.services.backups.make().path
    other.close()
    out, err = use(mdt.folder, OTHER_PASSPHRASE).run("restore", path)
    assert "another store" in err
    assert "damaged, or this passphrase does not open it" in err
    assert "What it replaced is kept" in out


@pytest.mark.parametrize(
    ("content", "error"),
    [(b"", "not_a_backup"), (b"%PDF-1.7", "not_a_backup"), (None, "backup_missing")],
    ids=["empty", "a PDF", "not there"],
)
def test_what_is_no_backup_is_refused_before_the_passphrase_is_asked_for(
    content: bytes | None, error: str, mdt: Mdt, tmp_path: Path
) -> None:
    file = tmp_path / "mdt-2026-11-23T0900Z.mdtbackup"
    if content is not None:
        file.write_bytes(content)
    assert mdt.json("restore", file, code=1)["error"] == error
    assert not mdt.folder.attempts.exists()


def test_a_restore_is_refused_while_the_program_has_the_store_open(mdt: Mdt) -> None:
    made = mdt.json("backup")
    with bootstrap.open_with_passphrase(mdt.folder, PASSPHRASE):
        assert mdt.json("restore", made["backup"], code=1)["error"] == "store_in_use"
    assert mdt.json("restore", made["backup"])["restored"] is True


def test_a_store_that_cannot_be_backed_up_first_is_replaced_all_the_same_and_that_is_told(
    mdt: Mdt, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = mdt.json("backup")

    def refuse(*_: object, **__: object) -> None:
        raise BackupFailed(reason="the disk is full")

    monkeypatch.setattr(restoring, "make_backup", refuse)
    _, err = mdt.run("restore", made["backup"])
    assert "the disk is full" in err
    assert next(mdt.folder.replaced.iterdir()).is_dir()


# Checking


def test_a_check_restores_the_newest_backup_for_trial(mdt: Mdt) -> None:
    none = mdt.json("check")["backups"]
    assert none == {"count": 0, "newest": None, "newest_verified": None}
    made = mdt.json("backup")
    told = mdt.json("check")
    assert told["sound"] is True
    assert told["backups"] == {"count": 1, "newest": Path(made["backup"]).name, "newest_verified": True}
    assert "restored for trial" in mdt.run("check")[0]


def test_a_check_ends_with_1_where_the_newest_backup_is_damaged(mdt: Mdt) -> None:
    made = Path(mdt.json("backup")["backup"])
    content = bytearray(made.read_bytes())
    content[-3000] ^= 1
    made.write_bytes(content)
    told = mdt.json("check", code=1)
    assert told["sound"] is True
    assert told["backups"]["newest_verified"] is False
    assert "is damaged" in mdt.run("check", code=1)[0]


def test_a_check_that_finds_damage_stops_backups_until_one_is_clean(mdt: Mdt) -> None:
    good = mdt.folder.database.read_bytes()
    content = bytearray(good)
    content[-1000] ^= 1
    mdt.folder.database.write_bytes(content)
    told = mdt.json("check", code=1)
    assert told.get("error") == "store_damaged" or told["sound"] is False
    assert names(mdt.folder) == [SUSPECT]
    mdt.folder.database.write_bytes(good)
    assert mdt.json("backup", code=1)["error"] == "backup_store_suspect"
    mdt.json("check")
    assert mdt.json("backup")["people"] == 1


# Importing


@pytest.fixture
def risk_files(tmp_path: Path) -> list[Path]:
    """Files of two practices."""
    files = []
    for number, practice in (("26", "Y90001"), ("34", "Y90002")):
        file = tmp_path / f"{practice}.csv"
        file.write_text(f"{HEADINGS}\n{LINE.format(number=number, practice=practice)}\n", encoding="utf-8")
        files.append(file)
    return files


def test_one_backup_is_made_before_all_files_of_an_import(mdt: Mdt, risk_files: list[Path]) -> None:
    mdt.json("import-risk", *risk_files, "--preview")
    assert names(mdt.folder) == [], "looking changes nothing"
    imported = mdt.json("import-risk", *risk_files)
    assert imported["taken"] == 2
    found = shelf(mdt.folder)
    assert [(it.occasion, it.people) for it in found] == [(Occasion.IMPORT, 1)]
    mdt.json("import-risk", *risk_files)
    assert len(shelf(mdt.folder)) == 1, "the same files again change nothing, so there is nothing to go back from"


def test_an_import_goes_on_where_no_backup_can_be_made_and_that_is_told(
    mdt: Mdt, risk_files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "free_space", lambda _: 0)
    _, err = mdt.run("import-risk", *risk_files)
    assert "No backup was made" in err
    with bootstrap.open_with_passphrase(mdt.folder, PASSPHRASE) as program:
        assert people_in(program) == 3
        assert program.services.backups.shelf() == ()
        assert isinstance(program.services.backups, Backups)
