"""Where the pages meet: how each is made, and where its wishes lead. Pages know nothing of each other."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mdt_desktop.security.errors import SessionLocked
from mdt_desktop.ui.lazily import load
from mdt_desktop.ui.pages import Page

if TYPE_CHECKING:
    from mdt_desktop.ui.start import Start

HOME = "caseload"
"""The page that opens first."""


@dataclass(frozen=True, slots=True)
class PagePlace:
    """A page's key, its icon in the rail, and how it is made on the first visit."""

    key: str
    icon: str
    make: "Callable[[Start], Page]"
    in_rail: bool = True


def _services(start: "Start") -> Any:
    """The services of the open store. Raises SessionLocked: no page is made while the program is locked."""
    if start.program is None:
        raise SessionLocked
    return start.program.services


def _case(start: "Start") -> Page:
    window = start.window
    page: Any = load("case.page", "CasePage")(
        _services(start), start.operations, start.messages, window.commands
    )
    page.open_assessment_requested.connect(
        lambda case_id, assessment_id, questionnaire: window.show_page(
            "assessment", case_id=case_id, assessment_id=assessment_id, questionnaire=questionnaire
        )
    )
    page.open_plan_requested.connect(lambda case_id: window.show_page("care_plan", case_id=case_id))
    page.read_plan_requested.connect(lambda plan_id: window.show_page("care_plan", plan_id=plan_id))
    page.print_plan_requested.connect(lambda plan_id: window.show_page("care_plan", plan_id=plan_id, printing=True))
    page.settings_requested.connect(lambda section: window.show_page("settings", section=section))
    made: Page = page
    return made


def _settings(start: "Start") -> Page:
    page: Page = load("settings.page", "SettingsPage")(start.program, start.window, start)
    return page


PAGES = (
    PagePlace("case", "case", _case, in_rail=False),
    PagePlace("settings", "settings", _settings),
)
"""Every page, in the order of the rail."""
