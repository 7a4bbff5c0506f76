"""`make demo-sync`: the story of two laptops is told to its end, and can be told again in the same place."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def told(out: Path) -> str:
    ended = subprocess.run(
        [sys.executable, str(ROOT / "packaging" / "demo_sync.py"), str(out)],
        cwd=ROOT, env={"PYTHONPATH": str(ROOT), "HOME": str(out), "PATH": ""}, capture_output=True, text=True,
        check=False, timeout=300,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_the_story_of_two_laptops_is_told_twice_in_the_same_place(tmp_path: Path) -> None:
    (tmp_path / "demo-sync" / "robin").mkdir(parents=True)
    (tmp_path / "demo-sync" / "robin" / "left over").write_text("from a run that was cut short")
    story = told(tmp_path)
    for sentence in (
        "Merged: Robin's words and Sam's 'part done' are both on both laptops.",
        "A conflict: both changed the day.",
        "the earlier day holds: 2026-12-07",
        "On both laptops: Order a walking frame with a seat, Her daughter, by 2026-12-10, part done.",
    ):
        assert sentence in story, story
    assert not (tmp_path / "demo-sync" / "robin" / "left over").exists()
    assert (tmp_path / "demo-sync" / "central").is_dir()


def test_the_command_of_the_readme_is_there() -> None:
    assert "make demo-sync" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert "demo-sync: setup-central\n\t@$(BIN)/python packaging/demo_sync.py $(OUT)" in (ROOT / "Makefile").read_text(
        encoding="utf-8"
    )
