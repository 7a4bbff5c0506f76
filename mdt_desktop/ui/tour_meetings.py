"""The stops of the tour for meetings: the list, planning, the cockpit at each of its places, the second screen.

Nothing is written for a picture: a meeting that looks held is one that is planned, shown as if it had begun.
"""

import importlib
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from mdt_desktop.domain.meeting import AttendanceState, ItemState, MeetingState
from mdt_desktop.domain.pen import PenView
from mdt_desktop.ui.script import Steps
from mdt_desktop.ui.tour_gestures import Stop, page

if TYPE_CHECKING:
    from mdt_desktop.ui.tour import Tour

_BEGAN = timedelta(minutes=34)
_THIS_PERSON = timedelta(minutes=7)
_DECISION = "A rail at the back door, and somebody to walk with on Fridays"


def _meetings(tour: "Tour", *, over: bool = False) -> Steps:
    """The list, with the next meeting or the last one in `tour.people`; empty where the demo has none."""
    yield from page(tour, "meetings")
    view = tour.page.list_view
    found = (view.past if over else view.upcoming) if view is not None else ()
    wanted = MeetingState.SEALED if over else MeetingState.PLANNED
    tour.people["meeting"] = next((it.id for it in found if it.state is wanted), "")


def _planning(tour: "Tour", tab: str = "case") -> Steps:
    yield from _meetings(tour)
    if tour.people["meeting"]:
        yield from page(tour, "meetings", meeting_id=tour.people["meeting"])
        tour.page.planning.show_tab(tab)
        yield tour.settle(tab)


def _over(tour: "Tour") -> Steps:
    """More minutes than there are."""
    yield from _planning(tour)
    view = tour.page.desk.view
    if view is not None:
        longer = tuple(replace(it, minutes=it.minutes + 4) for it in view.items)
        tour.page.planning.show_view(replace(view, items=longer))


def _add_person(tour: "Tour") -> Steps:
    yield from _planning(tour)
    if tour.people["meeting"]:
        tour.page.add_person()
        tour.page.sheets.sheet.line.setText("mi")
        tour.page.sheets.sheet.search()
        yield tour.settle("found people")


def _sheet(tour: "Tour", open_sheet: str) -> Steps:
    yield from _planning(tour)
    if not tour.people["meeting"]:
        return
    if open_sheet == "remove":
        tour.page.ask_to_remove()
    else:
        tour.page.planning.change.click()
    yield tour.settle(open_sheet)


def _series(tour: "Tour", *, new: bool = False) -> Steps:
    yield from _meetings(tour)
    found = tour.page.list_view.series
    tour.page.sheets.open_series(None if new or not found else found[0])
    yield tour.settle("series")


def _plan_sheet(tour: "Tour") -> Steps:
    yield from _meetings(tour)
    tour.page.sheets.open_plan(tour.page.list_view.series, None)
    yield tour.settle("plan a meeting")


def _record(tour: "Tour") -> Steps:
    yield from _meetings(tour, over=True)
    if tour.people["meeting"]:
        yield from page(tour, "meetings", meeting_id=tour.people["meeting"])


def _cockpit(tour: "Tour", place: str = "opening") -> Steps:
    yield from _meetings(tour)
    if tour.people["meeting"]:
        yield from page(tour, "cockpit", meeting_id=tour.people["meeting"])
        if place != "opening":
            tour.page.chairing.turn_to(place)
            yield tour.settle(place)


def _came(tour: "Tour") -> Steps:
    yield from _cockpit(tour)
    if tour.people["meeting"]:
        tour.page.opening.add.click()
        yield tour.settle("somebody else came")


def _as_held(tour: "Tour") -> Any:
    """The meeting as it would look at its fourth person, everybody there and the first three done."""
    view, now = tour.page.view, tour.start.clock()
    here = view.place
    items = []
    for number, it in enumerate(view.room.items):
        if it.id == here:
            items.append(replace(it, state=ItemState.UNDER_WAY, began_at=now - _THIS_PERSON))
        else:
            done = number < [other.id for other in view.room.items].index(here)
            items.append(replace(it, state=ItemState.DONE, seconds=it.minutes * 55) if done else it)
    meeting = replace(view.room.meeting, state=MeetingState.UNDER_WAY, began_at=now - _BEGAN, current_item_id=here)
    there = tuple(replace(it, state=AttendanceState.PRESENT, joined_at=now - _BEGAN) for it in view.room.attendance)
    room = replace(view.room, meeting=meeting, items=tuple(items), attendance=there)
    current = next(it for it in items if it.id == here)
    discussion = replace(view.person.discussion, item=current, missing_for_quorum=())
    return replace(view, room=room, person=replace(view.person, discussion=discussion))


def _cockpit_person(tour: "Tour", line: str = "") -> Steps:
    """A person who is discussed; with `line` the line is open to type a decision, an action or a lead."""
    yield from _cockpit(tour)
    if not tour.people["meeting"] or len(tour.page.view.room.items) == 0:
        return
    items = tour.page.view.room.items
    tour.page.chairing.turn_to(items[min(3, len(items) - 1)].id)
    yield tour.settle("a person")
    tour.page.show_view(_as_held(tour))
    if line:
        composer: Any = importlib.import_module("mdt_desktop.ui.cockpit.composer")
        tour.page.entries.begin(composer.Mode(line))
        if line == "decision":
            tour.page.foot.composer.text.setPlainText(_DECISION)


def _reading_along(tour: "Tour") -> Steps:
    """A meeting in which another laptop holds the pen; leaving the page forgets it again."""
    yield from _cockpit_person(tour)
    if tour.people["meeting"]:
        tour.page.pen.may_write = True
        tour.page.pen.show(PenView("Sam Sample"))


def _projector(tour: "Tour", *, person: bool, names: bool = False) -> Steps:
    """What the second screen shows, in the place of the first."""
    yield from _cockpit_person(tour)
    if not tour.people["meeting"]:
        return
    view, now = tour.page.view, tour.start.clock()
    kind: Any = importlib.import_module("mdt_desktop.ui.cockpit.projector").ProjectorWindow
    shown = tour.cover(kind(tour.start.window))
    shown.show_view(view, now)
    shown.show_person_on(person, now)
    shown.show_names_on(names, now)


MEETINGS: tuple[Stop, ...] = (
    Stop("meetings", _meetings),
    Stop("meetings-planning", _planning),
    Stop("meetings-planning-over", _over),
    Stop("meetings-who-comes", partial(_planning, tab="expected")),
    Stop("meetings-chase-list", partial(_planning, tab="chase")),
    Stop("meetings-add-person", _add_person),
    Stop("meetings-take-off", partial(_sheet, open_sheet="remove")),
    Stop("meetings-change", partial(_sheet, open_sheet="change")),
    Stop("meetings-series", _series),
    Stop("meetings-series-new", partial(_series, new=True)),
    Stop("meetings-plan", _plan_sheet),
    Stop("meetings-record", _record),
    Stop("cockpit-opening", _cockpit),
    Stop("cockpit-somebody-came", _came),
    Stop("cockpit-person", _cockpit_person),
    Stop("cockpit-decision", partial(_cockpit_person, line="decision")),
    Stop("cockpit-lead", partial(_cockpit_person, line="lead")),
    Stop("cockpit-reading-along", _reading_along),
    Stop("cockpit-closing", partial(_cockpit, place="closing")),
    Stop("projector", partial(_projector, person=False)),
    Stop("projector-person", partial(_projector, person=True)),
    Stop("projector-names", partial(_projector, person=True, names=True)),
)
"""In the order of a meeting."""
