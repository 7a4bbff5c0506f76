"""The scripts behind `make run` and `make test` are sound as far as a test can tell without a bare machine."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted([*(ROOT / "packaging").glob("*.sh"), ROOT / ".ci" / "run"])
linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Debian's libraries and shell")


@linux_only
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_can_be_started_and_read_by_the_shell(script: Path) -> None:
    assert os.access(script, os.X_OK)
    shell = script.read_text(encoding="utf-8").splitlines()[0].removeprefix("#!").split()
    checked = subprocess.run([*shell, "-n", str(script)], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


@linux_only
def test_a_library_that_is_not_there_is_told_by_its_package() -> None:
    script = runpy.run_path(str(ROOT / "packaging" / "system_libraries.py"))
    wanted = {"libc.so.6": "libc6", "libnobody-has-this.so.9": "libnobody9"}
    assert script["missing_packages"](wanted) == ["libnobody9"]
    assert script["missing_packages"](script["NEEDED"]) == []


@linux_only
def test_a_program_that_only_tests_start_is_told_by_its_package(tmp_path: Path) -> None:
    script = runpy.run_path(str(ROOT / "packaging" / "system_libraries.py"))
    wanted = {"sh": "dash", "nobody-has-this": "nobody9"}
    assert script["missing_programs"](wanted) == ["nobody9"]
    assert {"soffice", "cc"} <= script["FOR_TESTS"].keys()


def run_programs_check(folder: Path, when: str, *, apt_works: bool, ci: bool) -> tuple[str, list[str]]:
    """The function of `setup.sh` that installs test programs, with a false apt: what it says, and apt's calls."""
    whole = (ROOT / "packaging" / "setup.sh").read_text(encoding="utf-8")
    body = whole[whole.index("check_test_programs() {") :]
    body = body[: body.index("\n}\n") + 3]
    calls = folder / "calls"
    script = (
        f'set -eu\npurpose=dev venv="{folder}"\nsay() {{ echo "setup: $*"; }}\n'
        f'apt_install() {{ echo "$*" >> "{calls}"; {"true" if apt_works else "false"}; }}\n'
        f"{body}\ncheck_test_programs {when}\n"
    )
    python = folder / "bin" / "python"
    python.parent.mkdir()
    python.write_text("#!/bin/sh\necho some-office\n", encoding="utf-8")
    python.chmod(0o755)
    environment = {**os.environ, "CI": "true" if ci else ""}
    ended = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True, env=environment)
    return ended.stdout, calls.read_text().splitlines() if calls.exists() else []


@linux_only
@pytest.mark.parametrize(
    ("when", "apt_works", "ci", "tried", "told"),
    [
        pytest.param("first", True, False, True, False, id="installed at the first call"),
        pytest.param("first", False, False, True, True, id="cannot be installed"),
        pytest.param("again", False, False, False, True, id="not tried at each call"),
        pytest.param("again", True, True, True, False, id="always tried by the automatic check"),
    ],
)
def test_what_only_tests_start_is_installed_where_possible_and_otherwise_told(
    when: str, apt_works: bool, ci: bool, tried: bool, told: bool, tmp_path: Path
) -> None:
    said, calls = run_programs_check(tmp_path, when, apt_works=apt_works, ci=ci)
    assert calls == (["some-office"] if tried else [])
    assert ("tests that start it are skipped: some-office" in said) is told


@linux_only
def test_an_unknown_purpose_is_refused_before_anything_is_touched(tmp_path: Path) -> None:
    copy = tmp_path / "packaging" / "setup.sh"
    copy.parent.mkdir()
    copy.write_text((ROOT / "packaging" / "setup.sh").read_text(encoding="utf-8"), encoding="utf-8")
    ended = subprocess.run(["sh", str(copy), "everything"], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (2, "usage: packaging/setup.sh run|central|dev\n")
    assert not (tmp_path / ".venv").exists()


@linux_only
def test_without_the_right_python_it_says_which_is_needed(tmp_path: Path) -> None:
    copy = tmp_path / "packaging" / "setup.sh"
    copy.parent.mkdir()
    text = (ROOT / "packaging" / "setup.sh").read_text(encoding="utf-8")
    # The one thing changed is what counts as right, as a machine with an old Python cannot be had here.
    copy.write_text(text.replace("(3, 11) <= sys.version_info", "(9, 11) <= sys.version_info"), encoding="utf-8")
    ended = subprocess.run(["sh", str(copy), "run"], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "Python 3.11, 3.12 or 3.13 is needed and none was found." in ended.stderr


def test_the_automatic_check_is_make_test() -> None:
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1].startswith("exec make ")


def run_check(folder: Path, exits: dict[str, int]) -> subprocess.CompletedProcess[str]:
    """`packaging/check.sh` with tools that only say their name and end as told."""
    tools = folder / ".venv" / "bin"
    tools.mkdir(parents=True)
    for name, code in {"ruff": 0, "lint-imports": 0, "python": 0, **exits}.items():
        tool = tools / name
        # `python` stands for both mypy and pytest: "-m mypy" ends with the code of "mypy".
        tool.write_text(
            f'#!/bin/sh\ncase "$2" in mypy) exit {exits.get("mypy", 0)} ;; esac\n'
            f'[ "$2" = pytest ] && echo "1 passed"\nexit {code}\n',
            encoding="utf-8",
        )
        tool.chmod(0o755)
    script = folder / "packaging" / "check.sh"
    script.parent.mkdir()
    script.write_text((ROOT / "packaging" / "check.sh").read_text(encoding="utf-8"), encoding="utf-8")
    return subprocess.run(["sh", str(script)], capture_output=True, text=True, check=False)


@linux_only
@pytest.mark.parametrize(
    ("exits", "code"),
    [
        pytest.param({}, 0, id="all pass"),
        pytest.param({"ruff": 1}, 1, id="style fails"),
        pytest.param({"mypy": 1}, 1, id="types fail"),
        pytest.param({"lint-imports": 1}, 1, id="floors fail"),
        pytest.param({"python": 5}, 5, id="no test was run"),
        pytest.param({"ruff": 1, "python": 1}, 1, id="two fail"),
    ],
)
def test_the_exit_code_is_honest_and_pytest_has_the_last_word(exits: dict[str, int], code: int, tmp_path: Path) -> None:
    ended = run_check(tmp_path, exits)
    assert ended.returncode == code
    steps = [line for line in ended.stdout.splitlines() if line.startswith("== ") and "already" not in line]
    assert len(steps) == 4
    assert ended.stdout.splitlines()[-1] == "1 passed"
