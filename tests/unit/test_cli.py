"""`mdt` as scripts rely on it: exit codes, one JSON document on stdout, and where a passphrase may come from."""

import getpass
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mdt_desktop.cli import main as cli
from mdt_desktop.cli import store_verbs
from mdt_desktop.cli.terminal import Terminal
from mdt_desktop.domain.allocation import AgeRule, NobodyToPropose, PrimaryNeed, choose, lead_rule
from mdt_desktop.domain.risk import AT_RISK, Tier
from mdt_desktop.paths import DataFolder
from tests.helpers.stores import IDENTITY, PASSPHRASE, fingerprints

pytestmark = pytest.mark.real_argon2  # another process opens the store
Run = Callable[..., tuple[int, str, str]]
WHO = ("--name", IDENTITY.name, "--role", "Care navigator", "--organisation", "Invented Council", "--locality", "East")


@pytest.fixture
def passphrase_file(tmp_path: Path) -> Path:
    """A private file with the passphrase in its first line."""
    file = tmp_path / "passphrase.txt"
    file.write_text(f"{PASSPHRASE}\nsecond line\n", encoding="utf-8")
    file.chmod(0o600)
    return file


@pytest.fixture
def mdt(tmp_path: Path, passphrase_file: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command on the folder `data`: exit code, stdout, stderr."""

    def run(*verb: str, passphrase: Path | None = passphrase_file) -> tuple[int, str, str]:
        start = ["--data-dir", str(tmp_path / "data")]
        if passphrase is not None:
            start += ["--passphrase-file", str(passphrase)]
        code = cli.main([*start, *verb])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def document(out: str) -> Any:
    """The one JSON document of stdout; anything beside it would not parse."""
    return json.loads(out)


WRONG_USAGE = {
    "no verb": [],
    "an unknown verb": ["chek"],
    "init without a name": ["init", "--role", "gp", "--organisation", "O", "--locality", "L"],
    "an unknown role": ["init", "--name", "N", "--role", "wizard", "--organisation", "O", "--locality", "L"],
    "an unknown tier": ["cases", "--tier", "enormous"],
    "a limit that is no number": ["cases", "--limit", "many"],
    "a limit below zero": ["cases", "--limit", "-1"],
    "demo without a part": ["demo"],
    "risk files without a number": ["demo", "risk-files", "--out", "x"],
    "no people at all": ["demo", "risk-files", "--people", "0", "--out", "x"],
    "import-risk without a file": ["import-risk"],
    "plan-pdf without --out": ["plan-pdf", "9990000018"],
    "plan-pdf for nobody known": ["plan-pdf", "9990000018", "--out", "x.pdf", "--for", "everybody"],
    "a global option after the verb": ["check", "--data-dir", "x"],
    "an empty data folder, as an unset variable leaves it": ["--data-dir", "", "check"],
    "an empty passphrase file": ["--passphrase-file", " ", "check"],
    "an empty place for a PDF": ["plan-pdf", "9990000018", "--out", ""],
    "two dashes for a search": ["cases", "--search=--"],
    "two dashes for a place": ["plan-pdf", "9990000018", "--out=--"],
    "an id that is no text": ["case", "x\udcff"],
    "a name that is no text": ["init", "--name", "\udcff", "--role", "gp", "--organisation", "O", "--locality", "L"],
    "a shortened option": ["--data", "x", "check"],
    "a passphrase on the command line": ["--passphrase", "secret", "check"],
}


@pytest.mark.parametrize("name", WRONG_USAGE)
def test_wrong_usage_ends_with_2_and_says_why_on_stderr(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = cli.main(WRONG_USAGE[name])
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert err.startswith("usage: mdt")
    assert "Wrong usage:" in err


def test_wrong_usage_with_json_still_prints_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["cases", "--tier", "enormous", "--json"]) == 2
    assert document(capsys.readouterr().out)["error"] == "wrong_usage"


def test_help_ends_with_0_and_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    out = capsys.readouterr().out
    verbs = ("init", "demo", "import-risk", "cases", "case", "propose-lead", "plan-pdf", "coverage", "check")
    assert all(verb in out for verb in verbs)


def test_init_makes_the_store_and_gives_the_recovery_key_once(mdt: Run, tmp_path: Path) -> None:
    code, out, err = mdt("init", *WHO, "--json")
    made = document(out)
    assert code == 0
    assert (made["name"], made["role"], made["locality"]) == ("Robin Example", "care_navigator", "East")
    assert len(made["recovery_key"].split("-")) == 6
    assert made["recovery_key"] not in err
    assert {"mdt.db", "mdt.key"} <= {path.name for path in (tmp_path / "data").iterdir()}


def test_init_without_json_shows_the_recovery_key_on_stderr_only(mdt: Run) -> None:
    code, out, err = mdt("init", *WHO)
    assert code == 0
    assert "Recovery key, shown this once:" in err
    assert "Recovery key" not in out


def test_a_second_init_is_refused_and_changes_nothing(mdt: Run, tmp_path: Path) -> None:
    mdt("init", *WHO)
    before = fingerprints(DataFolder(tmp_path / "data"))
    code, out, _ = mdt("init", *WHO, "--json")
    assert (code, document(out)["error"]) == (1, "store_exists")
    assert fingerprints(DataFolder(tmp_path / "data")) == before


def test_init_under_an_easy_passphrase_is_refused_and_makes_nothing(
    mdt: Run, passphrase_file: Path, tmp_path: Path
) -> None:
    passphrase_file.write_text("password1234\n")
    code, out, _ = mdt("init", *WHO, "--json")
    assert (code, document(out)["error"]) == (1, "passphrase_too_easy")
    assert not (tmp_path / "data").exists()


def test_a_wrong_passphrase_is_refused_in_words(mdt: Run, passphrase_file: Path) -> None:
    mdt("init", *WHO)
    passphrase_file.write_text("not the passphrase\n")
    code, out, err = mdt("coverage", "--json")
    told = document(out)
    assert (code, told["error"]) == (1, "wrong_passphrase")
    assert told["message"] in err
    assert PASSPHRASE not in out + err


def test_without_json_a_refusal_leaves_stdout_empty(mdt: Run) -> None:
    code, out, err = mdt("coverage")
    assert (code, out) == (1, "")
    assert "There is no store in" in err


def test_a_folder_without_a_store_is_told_before_a_passphrase_is_asked_for(
    mdt: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(getpass, "getpass", lambda *_: pytest.fail("asked for a passphrase"))
    code, out, _ = mdt("check", "--json", passphrase=None)
    assert (code, document(out)["error"]) == (1, "no_store_here")
    assert not (tmp_path / "data").exists()


PASSPHRASE_FILES: dict[str, tuple[bytes | None, str]] = {
    "missing": (None, "passphrase_file_unreadable"),
    "empty": (b"", "passphrase_file_empty"),
    "empty in its first line": (b"\nlantern rowing copper thistle\n", "passphrase_file_empty"),
    "no text": (b"\xff\xfe\x00secret\n", "passphrase_file_unreadable"),
}


@pytest.mark.parametrize("name", PASSPHRASE_FILES)
def test_a_passphrase_file_that_cannot_be_used_is_told(name: str, mdt: Run, tmp_path: Path) -> None:
    content, code_wanted = PASSPHRASE_FILES[name]
    mdt("init", *WHO)
    file = tmp_path / "other.txt"
    if content is not None:
        file.write_bytes(content)
    code, out, _ = mdt("check", "--json", passphrase=file)
    assert (code, document(out)["error"]) == (1, code_wanted)


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\nmore"])
def test_the_first_line_counts_whatever_ends_it(end: str, mdt: Run, passphrase_file: Path) -> None:
    mdt("init", *WHO)
    passphrase_file.write_bytes(f"{PASSPHRASE}{end}".encode())
    assert mdt("check")[0] == 0


@pytest.mark.skipif(os.name != "posix", reason="rights of files are POSIX")
def test_a_passphrase_file_that_others_can_read_is_warned_about(mdt: Run, passphrase_file: Path) -> None:
    mdt("init", *WHO)
    passphrase_file.chmod(0o640)
    code, out, err = mdt("check", "--json")
    assert code == 0
    assert document(out)["sound"] is True
    assert "others on this computer can read" in err


def test_a_passphrase_is_asked_for_on_the_terminal_when_no_file_is_given(
    mdt: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    mdt("init", *WHO)
    monkeypatch.setattr(getpass, "getpass", lambda *_: PASSPHRASE)
    assert mdt("check", passphrase=None)[0] == 0


def test_a_new_passphrase_is_typed_twice(mdt: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    typed = iter([PASSPHRASE, PASSPHRASE + "s"])
    monkeypatch.setattr(getpass, "getpass", lambda *_: next(typed))
    code, out, _ = mdt("init", *WHO, "--json", passphrase=None)
    assert (code, document(out)["error"]) == (1, "passphrases_differ")
    assert not (tmp_path / "data").exists()


def test_an_empty_store_has_nobody_and_is_sound(mdt: Run) -> None:
    mdt("init", *WHO)
    code, out, _ = mdt("coverage", "--json")
    found = document(out)
    assert code == 0
    assert set(found) == {"registered", "tiers", "at_risk", "with_joint_plan", "with_agreed_lead", "with_both"}
    assert found["tiers"] == {tier.value: 0 for tier in AT_RISK}
    assert document(mdt("cases", "--json")[1]) == {"search": "", "tier": None, "total": 0, "shown": 0, "people": []}
    assert document(mdt("check", "--json")[1])["first_broken_audit_entry"] is None


def test_nobody_of_that_number_is_not_found(mdt: Run) -> None:
    mdt("init", *WHO)
    for verb in (["case", "9990000018"], ["propose-lead", "x"], ["plan-pdf", "x", "--out", "x.pdf"]):
        code, out, _ = mdt(*verb, "--json")
        assert (code, document(out)["error"]) == (1, "not_found")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("999 000 0018", "Nobody is on file under “999 000 0018”."),
        ("999 000 0019", "The check digit does not fit"),
        ("somebody", "mdt cases --search NAME"),
    ],
    ids=["a number nobody has", "a mistyped number", "a name"],
)
def test_where_nobody_is_found_what_to_do_is_said(mdt: Run, given: str, told: str) -> None:
    mdt("init", *WHO)
    for verb in (["case", given], ["propose-lead", given], ["plan-pdf", given, "--out", "x.pdf"]):
        code, out, err = mdt(*verb)
        assert (code, out) == (1, "")
        assert told in err


def test_an_unexpected_error_ends_with_1_and_without_a_traceback(mdt: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fall_over(*_: object) -> None:
        raise ZeroDivisionError("Canary, 1 Canary Street")

    monkeypatch.setattr(store_verbs, "check", fall_over)
    code, out, err = mdt("check", "--json")
    assert (code, document(out)["error"]) == (1, "unexpected")
    assert "Canary" not in out + err
    assert "Traceback" not in err


def test_a_data_folder_that_nobody_lets_us_look_into_is_told(mdt: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    mdt("init", *WHO)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "exists", refuse)
        code, out, _ = mdt("check", "--json")
    assert (code, document(out)["error"], document(out)["values"]["reason"]) == (
        1,
        "data_folder_unusable",
        "Permission denied",
    )


def test_a_log_that_cannot_be_opened_is_told_as_the_folders_fault(mdt: Run, tmp_path: Path) -> None:
    mdt("init", *WHO)
    (tmp_path / "data" / "mdt.log").unlink()
    (tmp_path / "data" / "mdt.log").mkdir()
    code, out, _ = mdt("check", "--json")
    assert (code, document(out)["error"]) == (1, "data_folder_unusable")


def test_ctrl_c_ends_with_1_and_says_what_was_kept(mdt: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(store_verbs, "check", stop)
    code, out, err = mdt("check", "--json")
    assert (code, document(out)["error"]) == (1, "interrupted")
    assert "What was not finished was not written." in err


@pytest.mark.skipif(os.name != "posix", reason="Windows ends a process without asking it")
def test_a_request_to_end_is_heard_as_ctrl_c_is_and_leaves_no_handler_behind(
    mdt: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(store_verbs, "check", lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    code, out, _ = mdt("check", "--json")
    assert (code, document(out)["error"]) == (1, "interrupted")
    assert signal.getsignal(signal.SIGTERM) is before


# The real program, as a script runs it


def run_mdt(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`mdt` in a process of its own, without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "mdt_desktop.cli.main", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, **environment},
        check=False,
        timeout=120,
    )


def test_without_a_terminal_and_without_a_file_no_passphrase_is_taken_from_anywhere(tmp_path: Path, mdt: Run) -> None:
    mdt("init", *WHO)
    ran = run_mdt(
        "--data-dir", str(tmp_path / "data"), "check", "--json", MDT_PASSPHRASE=PASSPHRASE, PASSPHRASE=PASSPHRASE
    )
    assert ran.returncode == 1
    assert document(ran.stdout)["error"] == "no_terminal"


def test_the_program_itself_keeps_the_contract(tmp_path: Path, passphrase_file: Path) -> None:
    start = ("--data-dir", str(tmp_path / "data"), "--passphrase-file", str(passphrase_file))
    assert run_mdt(*start, "init", *WHO, "--json").returncode == 0
    checked = run_mdt(*start, "check", "--json")
    assert (checked.returncode, document(checked.stdout)["sound"]) == (0, True)
    assert "Checking" in checked.stderr
    assert run_mdt(*start, "check", "--nonsense").returncode == 2


FALLS_OVER = """
import sys
from mdt_desktop.cli import main, store_verbs
from mdt_desktop.cli.opening import opened

def check(options, terminal):
    with opened(options, terminal):
        raise ZeroDivisionError("Canary, 1 Canary Street")

store_verbs.check = check
sys.exit(main.main(sys.argv[1:]))
"""


def test_an_unexpected_error_goes_into_the_log_by_type_and_never_to_stderr_with_its_message(
    tmp_path: Path, passphrase_file: Path, mdt: Run
) -> None:
    mdt("init", *WHO)
    start = ["--data-dir", str(tmp_path / "data"), "--passphrase-file", str(passphrase_file)]
    ran = subprocess.run(
        [sys.executable, "-c", FALLS_OVER, *start, "check", "--json"], capture_output=True, text=True, check=False
    )
    log = (tmp_path / "data" / "mdt.log").read_text()
    assert (ran.returncode, document(ran.stdout)["error"]) == (1, "unexpected")
    assert "Canary" not in ran.stdout + ran.stderr + log
    assert "Traceback" not in ran.stderr
    assert '"event":"command_failed"' in log
    assert "ZeroDivisionError" in log


def test_no_command_brings_qt_along() -> None:
    script = (
        "import importlib, pkgutil, sys\n"
        "import mdt_desktop.cli\n"
        "for module in pkgutil.iter_modules(mdt_desktop.cli.__path__):\n"
        "    importlib.import_module(f'mdt_desktop.cli.{module.name}')\n"
        "from mdt_desktop.bootstrap import Services\n"
        "for name in vars(Services):\n"
        "    if not name.startswith('_'):\n"
        "        try:\n"
        "            getattr(Services(None), name)\n"
        "        except AttributeError:\n"
        "            pass\n"
        "found = [name for name in sys.modules if name.partition('.')[0] in ('PySide6', 'shiboken6', 'pyqtgraph')]\n"
        "sys.exit(', '.join(found) or 0)\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=120)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_help_loads_neither_the_store_nor_the_orm() -> None:
    script = (
        "import sys\n"
        "from mdt_desktop.cli.main import main\n"
        "main(['--help'])\n"
        "heavy = {'sqlalchemy', 'sqlmodel', 'sqlcipher3', 'reportlab', 'keyring', 'argon2', 'alembic', 'zxcvbn'}\n"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=120)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_refusal_carries_its_values_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    fired = lead_rule(40, Tier.VERY_HIGH, PrimaryNeed.NURSING, AgeRule.OVER_75)
    with pytest.raises(NobodyToPropose) as refused:
        choose(fired, "own", "here", [])
    Terminal(as_json=True).refuse(refused.value)
    told = document(capsys.readouterr().out)
    assert told["error"] == "nobody_to_propose"
    assert told["values"] == {
        "discipline": "gp",
        "rule": "very_high_risk",
        "because": "very_high_risk",
        "looked_in": "practice",
    }
