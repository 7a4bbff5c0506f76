"""Protections that are broken on purpose, all at once, each in a place of its own where the canary test looks."""

import logging
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

from mdt_desktop.logs.running import AllowListFormatter, RunningLog
from mdt_desktop.services.caseload import Caseload, CaseloadQuery
from mdt_desktop.services.printing import Printing
from mdt_desktop.ui.clipboard import OwnClipboard
from mdt_desktop.ui.main_window import MainWindow
from tests.helpers.canaries import canaries


def break_everything(root: Path) -> None:
    """A log with messages, a traceback on stderr, a name in the title, a paper in a temporary file, a list of what was
    searched, a clipboard that keeps, and pages that stay when the program locks."""
    _set(AllowListFormatter, "format", logging.Formatter.format)
    _set(RunningLog, "_on_error", lambda _, *error: traceback.print_exception(*error, file=sys.stderr))
    _set(OwnClipboard, "clear", lambda _: None)
    _set(MainWindow, "forget_pages", lambda _: None)
    _name_in_title()
    _paper_in_a_file()
    _recent_searches(root / "home")


def _set(kind: type, name: str, value: object) -> None:
    assert name in kind.__dict__, f"{kind.__name__} has no {name} any more"
    setattr(kind, name, value)


def _name_in_title() -> None:
    show = MainWindow.show_page

    def showing(window: MainWindow, key: str, **arguments: Any) -> bool:
        shown = show(window, key, **arguments)
        window.setWindowTitle(canaries()[1].family_name)
        return shown

    _set(MainWindow, "show_page", showing)


def _paper_in_a_file() -> None:
    pdf = Printing.pdf

    def writing(*papers: Any) -> bytes:
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            content = pdf(papers[-1])
            file.write(content)
        return content

    _set(Printing, "pdf", staticmethod(writing))


def _recent_searches(home: Path) -> None:
    for name in ("start", "page"):
        _remember(name, getattr(Caseload, name), home)


def _remember(name: str, read: Any, home: Path) -> None:
    def reading(caseload: Caseload, query: CaseloadQuery, *more: Any, **named: Any) -> Any:
        if query.filter.text:
            (home / "recent.txt").write_text(query.filter.text, encoding="utf-16-le")
        return read(caseload, query, *more, **named)

    _set(Caseload, name, reading)
