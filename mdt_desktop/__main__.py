"""`mdt-desktop`: the window, the tour of its screens, and the walk through its main job."""

import importlib
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from pathlib import Path

from mdt_desktop.paths import DataFolder
from mdt_desktop.words import words

_DONE, _FAILED = 0, 1


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; returns the exit code: 0 done, 1 it could not, 2 wrong usage."""
    options = _options(argv)
    off_screen = bool(options.tour or options.walk)
    if off_screen:
        # Pictures are drawn in memory, also on a machine that has a display: nobody's screen flickers.
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    elif not _has_display():
        return _refused(words("start.no_display"))
    folder = _folder(options)
    problem = _problem_of(folder.root)
    if problem:
        return _refused(words("start.folder_wrong", folder=folder.root, reason=problem))
    if options.tour:
        return _run("ui.tour", folder, Path(options.tour))
    if options.walk:
        return _run("ui.walk", folder, Path(options.walk))
    run: Callable[[DataFolder, bool], int] = getattr(importlib.import_module("mdt_desktop.ui.start"), "run")  # noqa: B009
    return run(folder, options.demo)


def _options(argv: Sequence[str] | None) -> Namespace:
    parser = ArgumentParser("mdt-desktop", description=words("start.about"), allow_abbrev=False)
    parser.add_argument("--data-dir", metavar="DIR", help=words("start.help.data_dir"))
    parser.add_argument("--demo", action="store_true", help=words("start.help.demo"))
    parser.add_argument("--tour", metavar="DIR", help=words("start.help.tour"))
    parser.add_argument("--walk", metavar="DIR", help=words("start.help.walk"))
    return parser.parse_args(argv)


def _folder(options: Namespace) -> DataFolder:
    """The folder that was named; else the user's own, with the demo in a folder of its own inside it."""
    if options.data_dir is not None:
        return DataFolder(Path(options.data_dir).expanduser().absolute())
    default = DataFolder.default()
    return DataFolder(default.root / "demo") if options.demo or options.tour else default


def _problem_of(root: Path) -> str:
    """Why the folder cannot be used, in words; empty where it can, or can be made."""
    if root.exists() and not root.is_dir():
        return words("start.not_a_folder")
    above = root
    while not above.exists() and above != above.parent:
        above = above.parent
    if not above.is_dir():
        return words("start.not_a_folder")
    return "" if os.access(above, os.R_OK | os.W_OK | os.X_OK) else words("start.not_allowed")


def _has_display() -> bool:
    """Whether Qt will find a screen; elsewhere it would end the process with words nobody understands."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _run(module: str, folder: DataFolder, out: Path) -> int:
    run: Callable[[DataFolder, Path], int] = importlib.import_module(f"mdt_desktop.{module}").run
    return run(folder, out)


def _refused(text: str) -> int:
    # A windowed program on Windows has no stderr.
    if sys.stderr is not None:
        sys.stderr.write(f"{text}\n")
    return _FAILED


if __name__ == "__main__":
    sys.exit(main())
