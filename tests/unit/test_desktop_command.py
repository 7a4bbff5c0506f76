"""`mdt-desktop` says plainly why it cannot open a window, and what to do instead."""

import sys
from pathlib import Path

import pytest

from mdt_desktop import __main__ as desktop


@pytest.fixture
def no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Linux machine without a screen."""
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)


def test_without_a_display_it_names_the_tour_and_the_walk(
    no_display: None, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert desktop.main(["--data-dir", str(tmp_path / "data")]) == 1
    told = capsys.readouterr().err
    assert "--tour DIR" in told
    assert "--walk DIR" in told
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("inside", ["", "data"])
def test_a_file_in_place_of_the_folder_is_refused_and_left_alone(
    inside: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    file = tmp_path / "notes.txt"
    file.write_text("shopping list")
    assert desktop.main(["--data-dir", str(file / inside)]) == 1
    assert "it is a file" in capsys.readouterr().err
    assert file.read_text() == "shopping list"


def test_wrong_usage_ends_with_2() -> None:
    with pytest.raises(SystemExit) as ended:
        desktop.main(["--tuor", "x"])
    assert ended.value.code == 2
