"""The stops of the tour for what leaves a meeting: its papers in their preview, and its lists; nothing is written."""

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QDialog

from mdt_desktop.domain.meeting import MeetingState
from mdt_desktop.domain.meeting_exports import MeetingFileKind, MeetingList
from mdt_desktop.ui.script import Steps
from mdt_desktop.ui.tour_gestures import Stop, page

if TYPE_CHECKING:
    from mdt_desktop.ui.tour import Tour

PREVIEW = "meeting_paper_preview"


def _meeting(tour: "Tour", *, over: bool) -> Steps:
    """The next meeting, or of those that are over the one that most people were discussed in."""
    yield from page(tour, "meetings")
    view = tour.page.list_view
    if over:
        found = [it for it in view.past if it.state is MeetingState.SEALED]
        meeting = max(found, key=lambda it: (it.to_discuss, it.day), default=None)
    else:
        meeting = next((it for it in view.upcoming if it.state is MeetingState.PLANNED), None)
    tour.people["meeting"] = meeting.id if meeting is not None else ""
    if meeting is not None:
        yield from page(tour, "meetings", meeting_id=meeting.id)


def _choose(tour: "Tour", key: str, *, over: bool) -> Steps:
    """A line of the menu of papers."""
    yield from _meeting(tour, over=over)
    if not tour.people["meeting"]:
        return
    panel = tour.page.reading if over else tour.page.planning
    next(it for it in panel.papers.papers.actions() if it.objectName() == key).trigger()
    yield tour.settle(key)


def _paper(tour: "Tour", key: str, *, over: bool = True, below: bool = False) -> Steps:
    """A paper in its preview; with `below` its second page."""
    yield from _choose(tour, key, over=over)
    shown = [it for it in tour.start.window.findChildren(QDialog, PREVIEW) if it.isVisible()]
    if below and shown:
        preview: Any = shown[0]
        preview.pages.go_to(1)
        yield tour.settle("its second page")


def _lists(tour: "Tour", kind: MeetingFileKind = MeetingFileKind.XLSX, *, refused: bool = False) -> Steps:
    """What would leave of the actions as a kind of file, or of the decisions without a reason."""
    yield from _choose(tour, "lists", over=True)
    sheet: Any = tour.page.sheets.sheet
    if sheet is None:
        return
    if refused:
        sheet.save.click()
        yield tour.settle("no reason is chosen")
    else:
        sheet.lists[MeetingList.ACTIONS].click()
        sheet.kinds[kind].click()
        yield tour.settle("actions")


def _lists_of_decisions(tour: "Tour") -> Steps:
    yield from _choose(tour, "lists", over=True)


def _sealed(tour: "Tour") -> Steps:
    """What was read aloud in a meeting that is sealed."""
    yield from _meeting(tour, over=True)
    if tour.people["meeting"]:
        yield from page(tour, "cockpit", meeting_id=tour.people["meeting"])
        tour.page.chairing.turn_to("closing")
        yield tour.settle("the closing of a sealed meeting")


PAPERS: tuple[Stop, ...] = (
    Stop("meetings-paper-agenda", partial(_paper, key="agenda_paper", over=False)),
    Stop("meetings-paper-initials", partial(_paper, key="agenda_initials", over=False)),
    Stop("cockpit-sealed", _sealed),
    Stop("meetings-paper-minutes", partial(_paper, key="minutes")),
    Stop("meetings-paper-minutes-people", partial(_paper, key="minutes", below=True)),
    Stop("meetings-paper-organisation", partial(_paper, key="organisation_minutes")),
    Stop("meetings-paper-actions", partial(_paper, key="action_sheets")),
    Stop("meetings-paper-letter", partial(_paper, key="letters")),
    Stop("meetings-lists", _lists_of_decisions),
    Stop("meetings-lists-actions", _lists),
    Stop("meetings-lists-calendar", partial(_lists, kind=MeetingFileKind.ICS)),
    Stop("meetings-lists-no-reason", partial(_lists, refused=True)),
)
"""In the order of a meeting."""
