"""The tour of what meetings leave behind: the worklist, the figures, and what is logged about a person."""

from functools import partial
from typing import TYPE_CHECKING

from mdt_desktop.ui.script import Steps
from mdt_desktop.ui.tour_gestures import Stop, case, page
from mdt_desktop.ui.worklist.task_panel import offered

if TYPE_CHECKING:
    from mdt_desktop.ui.tour import Tour


def _worklist(tour: "Tour", view: str) -> Steps:
    yield from page(tour, "worklist")
    if view not in tour.page.chips.chosen:
        tour.page.chips.chip(view).click()
    yield tour.settle(f"worklist {view}")


def _worklist_sheet(tour: "Tour", key: str, refused: bool = False) -> Steps:
    """What one key asks of the first action that it is offered for; nothing is written."""
    yield from _worklist(tour, "open")
    model = tour.page.model
    rows = ((number, model.row(number)) for number in range(model.rowCount()))
    tour.page.table.selectRow(next((number for number, row in rows if row is not None and key in offered(row)), 0))
    tour.page.do(key)
    yield tour.settle("the sheet")
    if refused:
        tour.page.sheet.save.click()
        yield tour.settle("nothing was given")


def _worklist_nothing(tour: "Tour") -> Steps:
    yield from page(tour, "worklist", text="nothing of this kind")


def _figures(tour: "Tour", dimension: str = "organisation", part: str = "together") -> Steps:
    yield from page(tour, "figures")
    for chips, key in ((tour.page.dimensions, dimension), (tour.page.parts, part)):
        if key not in chips.chosen:
            chips.chip(key).click()
    yield tour.settle("figures")


def _figures_below(tour: "Tour") -> Steps:
    """The tables beneath the charts, where the window is too low for all of it."""
    yield from _figures(tour)
    bar = tour.page.scroller.verticalScrollBar()
    bar.setValue(bar.maximum())


def _happening(tour: "Tour", kind: int = 0, refused: bool = False) -> Steps:
    """The sheet that logs what happened; nothing is written."""
    yield from case(tour, "active")
    tour.page.tab("overview").happened.add()
    yield tour.settle("log what happened")
    sheet = tour.page.case.sheet
    sheet.kind.setCurrentIndex(kind)
    if refused:
        sheet.save.click()
    yield tour.settle("the kind")


FOLLOW_UP: tuple[Stop, ...] = (
    Stop("worklist", partial(page, key="worklist")),
    Stop("worklist-overdue", partial(_worklist, view="overdue")),
    Stop("worklist-waiting", partial(_worklist, view="waiting")),
    Stop("worklist-finished", partial(_worklist, view="done")),
    Stop("worklist-nothing", _worklist_nothing),
    Stop("worklist-reason", partial(_worklist_sheet, key="not_done")),
    Stop("worklist-reason-missing", partial(_worklist_sheet, key="not_done", refused=True)),
    Stop("worklist-give", partial(_worklist_sheet, key="give")),
    Stop("figures", _figures),
    Stop("figures-type", partial(_figures, dimension="kind", part="persons_view_heard")),
    Stop("figures-fifth", partial(_figures, dimension="deprivation_fifth")),
    Stop("figures-below", _figures_below),
    Stop("case-log-stay", _happening),
    Stop("case-log-handover-missing", partial(_happening, kind=4, refused=True)),
)
"""Every stop of this part."""
