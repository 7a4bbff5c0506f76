"""Where the pages meet: how each is made, and where its wishes lead. Pages know nothing of each other."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from mdt_desktop.security.errors import SessionLocked
from mdt_desktop.ui.lazily import load, load_module
from mdt_desktop.ui.pages import Page

if TYPE_CHECKING:
    from mdt_desktop.ui.start import Start

HOME = "caseload"
"""The page that opens first."""
NEXT = "case"
"""The page that is opened from it."""


@dataclass(frozen=True, slots=True)
class PagePlace:
    """A page's key, its icon in the rail, and how it is made on the first visit."""

    key: str
    icon: str
    make: "Callable[[Start], Page]"
    in_rail: bool = True
    under: str = ""
    """The place of the rail that a page belongs to which is not in it; empty for one about a person."""


def _services(start: "Start") -> Any:
    """The services of the open store. Raises SessionLocked: no page is made while the program is locked."""
    if start.program is None:
        raise SessionLocked
    return start.program.services


def _caseload(start: "Start") -> Page:
    window = start.window
    page: Any = load("caseload.page", "CaseloadPage")(
        _services(start), start.operations, start.messages, start.settings, start.save_settings
    )
    page.open_person_requested.connect(lambda person_id: window.show_page("case", person_id=person_id))
    page.import_requested.connect(lambda: window.show_page("imports"))
    made: Page = page
    return made


def _case(start: "Start") -> Page:
    window = start.window
    page: Any = load("case.page", "CasePage")(_services(start), start.operations, start.messages, drafts=start.drafts)
    page.open_assessment_requested.connect(
        lambda case_id, assessment_id, questionnaire: window.show_page(
            "assessment", case_id=case_id, assessment_id=assessment_id, questionnaire=questionnaire
        )
    )
    page.open_plan_requested.connect(lambda case_id: window.show_page("care_plan", case_id=case_id))
    page.read_plan_requested.connect(lambda plan_id: window.show_page("care_plan", plan_id=plan_id))
    page.print_plan_requested.connect(lambda subject_id: _preview(start, subject_id))
    page.print_looked_requested.connect(lambda person_id: _preview(start, person_id, "looked_printing"))
    page.settings_requested.connect(lambda section: window.show_page("settings", section=section))
    page.worklist_requested.connect(lambda text: window.show_page("worklist", text=text))
    _decides(start, page)
    made: Page = page
    return made


def _decides(start: "Start", page: Any) -> None:
    """What two people wrote differently is decided on the page Sync."""
    window = start.window
    page.decide_requested.connect(lambda conflict_id: window.show_page("sync", conflict_id=conflict_id))


def _preview(start: "Start", subject_id: str, service: str = "printing") -> None:
    """A paper over the page that asked for it: the plan, or the planning sheet of a person, or who looked at it."""
    services = _services(start)
    dialog: Any = load("printing", "PlanPreview")(
        lambda: getattr(services, service), start.operations, start.messages, subject_id, start.window,
        drafts=start.drafts,
    )
    dialog.open()
    dialog.ask_why()


def _directory(start: "Start") -> Page:
    window = start.window
    page: Any = load("directory.page", "DirectoryPage")(
        _services(start), start.operations, start.messages, drafts=start.drafts
    )
    page.led_people_requested.connect(lambda practitioner_id: window.show_page("caseload", lead=practitioner_id))
    made: Page = page
    return made


def _imports(start: "Start") -> Page:
    page: Page = load("imports.page", "ImportsPage")(_services(start), start.operations, start.messages)
    return page


def _assessment(start: "Start") -> Page:
    window = start.window
    page: Any = load("assessment.page", "AssessmentPage")(
        _services(start), start.operations, start.messages, drafts=start.drafts
    )
    page.case_requested.connect(lambda person_id: window.show_page("case", person_id=person_id, tab="assessment"))
    _decides(start, page)
    made: Page = page
    return made


def _care_plan(start: "Start") -> Page:
    window = start.window
    page: Any = load("care_plan.page", "CarePlanPage")(start.program, window, drafts=start.drafts)
    page.consent_requested.connect(lambda person_id: window.show_page("case", person_id=person_id, tab="consent"))
    _decides(start, page)
    made: Page = page
    return made


def _cockpit(start: "Start") -> Page:
    window = start.window
    page: Any = load("cockpit.page", "CockpitPage")(
        _services(start), start.operations, start.messages, start.drafts
    )
    page.left_requested.connect(lambda: window.show_page("meetings"))
    page.papers_requested.connect(lambda meeting_id: window.show_page("meetings", meeting_id=meeting_id, papers=True))
    page.lock_requested.connect(window.lock_requested)
    page.keys_requested.connect(window.show_keys)
    _decides(start, page)
    made: Page = page
    return made


def _meetings(start: "Start") -> Page:
    window = start.window
    page: Any = load("meetings.page", "MeetingsPage")(
        _services(start), start.operations, start.messages, drafts=start.drafts
    )
    page.cockpit_requested.connect(lambda meeting_id: window.show_page("cockpit", meeting_id=meeting_id))
    page.case_requested.connect(lambda person_id: window.show_page("case", person_id=person_id))
    for wish, kind in (
        (page.agenda_paper_requested, "agenda"),
        (page.agenda_initials_requested, "agenda_initials"),
        (page.chase_paper_requested, "chase_list"),
        (page.minutes_requested, "minutes"),
        (page.organisation_minutes_requested, "organisation_minutes"),
        (page.action_sheets_requested, "action_sheets"),
        (page.letters_requested, "letter"),
    ):
        wish.connect(partial(_meeting_paper, start, kind))
    page.lists_requested.connect(partial(_meeting_lists, start, page))
    made: Page = page
    return made


def _worklist(start: "Start") -> Page:
    window = start.window
    page: Any = load("worklist.page", "WorklistScreen")(
        _services(start), start.operations, start.messages, drafts=start.drafts
    )
    page.open_person_requested.connect(lambda person_id: window.show_page("case", person_id=person_id))
    made: Page = page
    return made


def _meeting_paper(start: "Start", kind: str, meeting_id: str) -> None:
    """A paper of a meeting over the page that asked for it."""
    module: Any = load_module("meeting_printing")
    dialog: Any = module.MeetingPaperPreview(
        _services(start), start.operations, start.messages, meeting_id, module.MeetingPaperKind(kind), start.window,
        drafts=start.drafts,
    )  # fmt: skip
    dialog.open()
    dialog.ask_why()


def _meeting_lists(start: "Start", page: Any, meeting_id: str) -> None:
    """The sheet that says what of a meeting would leave as a list, and asks why."""

    def make() -> tuple[Any, Any]:
        sheet: Any = load("meetings.lists_sheet", "MeetingListsSheet")(
            page, meeting_id, _services(start), start.operations, start.messages, drafts=start.drafts
        )
        return sheet, sheet.first()

    page.open_sheet(make)


def _figures(start: "Start") -> Page:
    page: Page = load("figures.page", "FiguresPage")(_services(start), start.operations, start.messages)
    return page


def _settings(start: "Start") -> Page:
    window = start.window
    page: Any = load("settings.page", "SettingsPage")(start.program, start.window, start)
    page.key_change_requested.connect(start.change_key)
    page.audit_requested.connect(lambda: window.show_page("audit"))
    made: Page = page
    return made


def _audit(start: "Start") -> Page:
    services, program = _services(start), start.program
    page: Page = load("audit.page", "AuditPage")(
        services, start.operations, start.messages, lambda text: load("answers", "people")(program, text)
    )
    return page


def _sync(start: "Start") -> Page:
    window = start.window
    page: Any = load("conflicts.page", "SyncPage")(_services(start), start.operations, start.messages, start.sync)
    page.open_person_requested.connect(lambda person_id: window.show_page("case", person_id=person_id))
    page.settings_requested.connect(lambda: window.show_page("settings"))
    made: Page = page
    return made


PAGES = (
    PagePlace("caseload", "caseload", _caseload),
    PagePlace("meetings", "meetings", _meetings),
    PagePlace("worklist", "worklist", _worklist),
    PagePlace("figures", "figures", _figures),
    PagePlace("imports", "imports", _imports),
    PagePlace("directory", "directory", _directory),
    PagePlace("case", "case", _case, in_rail=False),
    PagePlace("assessment", "assessment", _assessment, in_rail=False),
    PagePlace("care_plan", "care_plan", _care_plan, in_rail=False),
    PagePlace("cockpit", "meetings", _cockpit, in_rail=False, under="meetings"),
    PagePlace("settings", "settings", _settings),
    PagePlace("audit", "history", _audit, in_rail=False, under="settings"),
    PagePlace("sync", "refresh", _sync, in_rail=False, under="settings"),
)
"""Every page, in the order of the rail."""
