"""Errors that carry everything about a canary, and where each is raised in the running program."""

import logging
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest

from mdt_desktop.domain.errors import NotFound
from mdt_desktop.services.case_file import CaseFile
from mdt_desktop.services.caseload import Caseload
from mdt_desktop.services.directory import Directory
from mdt_desktop.services.drafts import Drafts
from mdt_desktop.services.printing import Printing
from mdt_desktop.services.risk_overview import RiskOverview
from tests.helpers.canaries import canaries

UNCAUGHT = ("in a slot", "in a thread", "in a finaliser", "a warning", "a line of a library's log")


class Leaks(Exception):
    """What a careless library would raise: everything about somebody, in its text."""

    def __init__(self) -> None:
        it = canaries()[12]
        super().__init__(f"{it.family_name} {it.nhs_number} {it.address} {it.telephone} {it.words}")


def leak() -> None:
    """Raises Leaks, caused by another error with words in it."""
    about_somebody = canaries()[13].words  # in the frame, as it would be for a debugger
    try:
        raise KeyError(about_somebody)
    except KeyError as cause:
        raise Leaks from cause


def refuse() -> None:
    """Raises an error of the program's own with values that tell who somebody is."""
    raise NotFound(name=canaries()[14].family_name, number=canaries()[14].nhs_number)


@dataclass(frozen=True, slots=True)
class Forced:
    """A method that raises, and the page and the gesture that have it called."""

    name: str
    target: type
    attribute: str
    page: str
    arguments: dict[str, object] = field(default_factory=dict)
    about_somebody: bool = False
    gesture: Callable[[Any], None] | None = None
    raises: Callable[[], None] = leak


def _type_evidence(page: Any) -> None:
    QTest.keyClicks(page.tab("consent").form.evidence, canaries()[15].words)


def _preview(page: Any) -> None:
    page.open_preview("print")


ERRORS = (
    Forced("the case", CaseFile, "overview", "case", about_somebody=True),
    Forced("a case that is refused", CaseFile, "overview", "case", about_somebody=True, raises=refuse),
    Forced("the caseload", Caseload, "start", "caseload"),
    Forced("the directory", Directory, "practitioners", "directory"),
    Forced("risk files", RiskOverview, "practices", "imports"),
    Forced("a draft", Drafts, "keep", "case", {"tab": "consent"}, about_somebody=True, gesture=_type_evidence),
    Forced("a paper", Printing, "pdf", "care_plan", about_somebody=True, gesture=_preview),
)


@contextmanager
def forcing(it: Forced, forced: list[str]) -> Iterator[None]:
    """The method raises; its name is put on the list when it was called."""

    def raising(*_: object, **__: object) -> None:
        forced.append(it.name)
        it.raises()

    before = it.target.__dict__[it.attribute]
    setattr(it.target, it.attribute, raising)
    try:
        yield
    finally:
        setattr(it.target, it.attribute, before)


class _Finalised:
    def __del__(self) -> None:
        leak()


def uncaught(forced: list[str]) -> None:
    """Errors that nobody catches, each where another hook of Python hears it."""
    thread = threading.Thread(target=leak)
    thread.start()
    thread.join()
    finalised = _Finalised()
    del finalised
    warnings.warn(canaries()[16].words, RuntimeWarning, stacklevel=1)
    logging.getLogger("some.library").error("could not read %s", canaries()[17].family_name)
    forced += UNCAUGHT[1:]
    QTimer.singleShot(0, partial(_in_a_slot, forced))


def _in_a_slot(forced: list[str]) -> None:
    forced.append(UNCAUGHT[0])
    leak()
