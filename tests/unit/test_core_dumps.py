"""A crash leaves no image of memory behind, whichever way the system collects them (SECURITY R20)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits and process attributes of Linux")

ROOT = Path(__file__).parents[2]
DUMPABLE = "import ctypes; print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
LIMIT = "import resource; print(*resource.getrlimit(resource.RLIMIT_CORE))"
COMMAND = """
from mdt_desktop.cli import main as cli
assert cli.main(["--data-dir", {folder!r}, "check"]) == 1
"""
WINDOW = """
from pathlib import Path
from mdt_desktop.paths import DataFolder
from mdt_desktop.ui.start import Start
start = Start(DataFolder(Path({folder!r})))
start.close()
"""
CRASH = """
import ctypes, os, sys
{before}
KEY = bytes.fromhex("c0ffee") * 11
ctypes.string_at(0)
"""


def python(code: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    env = os.environ | {"PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run([sys.executable, "-c", code], cwd=cwd, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("entry", [COMMAND, WINDOW], ids=["mdt", "the window"])
def test_both_ways_into_the_program_forbid_it_before_anything_is_opened(entry: str, tmp_path: Path) -> None:
    told = python(f"{entry.format(folder=str(tmp_path / 'data'))}\n{LIMIT}\n{DUMPABLE}", tmp_path)
    assert told.returncode == 0, told.stderr
    assert told.stdout.split() == ["0", "0", "0"]


def test_the_limit_cannot_be_raised_again(tmp_path: Path) -> None:
    raised = "import resource\ntry:\n resource.setrlimit(resource.RLIMIT_CORE, (1, 1))\nexcept ValueError: print('no')"
    code = "from mdt_desktop.logs.events import forbid_core_dumps\nforbid_core_dumps()\n"
    if os.geteuid() == 0:
        code += "import os\nos.setuid(65534)\n"
    assert python(code + raised, tmp_path).stdout.strip() == "no"


def _crashed(before: str, cwd: Path) -> tuple[int, bool]:
    """The signal that ended a child in a folder of its own, and whether the system made an image of it."""
    child = os.posix_spawn(
        sys.executable,
        [sys.executable, "-c", f"import os; os.chdir({str(cwd)!r})\n" + CRASH.format(before=before)],
        os.environ | {"PYTHONPATH": str(ROOT)},
    )
    _, status = os.waitpid(child, 0)
    return os.WTERMSIG(status), os.WCOREDUMP(status)


def test_a_crash_leaves_no_core_and_the_system_says_so(tmp_path: Path) -> None:
    forbid = "from mdt_desktop.logs.events import forbid_core_dumps; forbid_core_dumps()"
    assert _crashed(forbid, tmp_path) == (11, False)
    assert list(tmp_path.iterdir()) == []


def test_without_it_this_system_would_make_one(tmp_path: Path) -> None:
    """Shows that the test above can fail here."""
    allow = "import resource; hard = resource.getrlimit(resource.RLIMIT_CORE)[1]\n"
    allow += "resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))"
    signal_, dumped = _crashed(allow, tmp_path)
    for image in tmp_path.iterdir():
        image.unlink()
    assert signal_ == 11
    if not dumped:
        pytest.skip("NOT RUN: this system makes no image of memory for anybody")
