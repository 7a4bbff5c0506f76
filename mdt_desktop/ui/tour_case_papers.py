"""The stops of the tour for the papers of a case: two are really added to the invented borough."""

from functools import partial
from typing import TYPE_CHECKING, Any

from mdt_desktop.ui.script import Steps
from mdt_desktop.ui.tour_gestures import Stop, case, press

if TYPE_CHECKING:
    from mdt_desktop.ui.tour import Tour

_SHEET = "planning_sheet.pdf"


def _empty(tour: "Tour") -> Steps:
    yield from case(tour, "assessing", "papers")


def _offer(tour: "Tour", name: str) -> Steps:
    """A planning sheet of the program's own as the file that somebody has scanned."""
    services, person = tour.start.program.services if tour.start.program else None, tour.people["active"]
    made: list[bytes] = []
    if services is not None:
        tour.start.operations.run_query(
            lambda: made.append(services.printing.pdf(services.printing.sheet(person))), lambda _: None
        )
    yield tour.until("the paper is made", lambda: bool(made))
    tour.spare.root.mkdir(parents=True, exist_ok=True)
    (tour.spare.root / name).write_bytes(made[0])
    tour.page.tab("papers").offer(tour.spare.root / name)
    yield tour.until("the file was read", lambda: tour.page.case.sheet is not None)


def _adding(tour: "Tour") -> Steps:
    yield from case(tour, "assessing", "papers")
    yield from _offer(tour, _SHEET)


def _refused(tour: "Tour") -> Steps:
    yield from case(tour, "assessing", "papers")
    tour.spare.root.mkdir(parents=True, exist_ok=True)
    (tour.spare.root / "letter.docx").write_bytes(b"PK\x03\x04")
    tour.page.tab("papers").offer(tour.spare.root / "letter.docx")
    yield tour.settle("a file that cannot be kept")


def _listed(tour: "Tour") -> Steps:
    """Two papers, the older of which was removed."""
    yield from case(tour, "active", "papers")
    tab: Any = tour.page.tab("papers")
    if not tab.model.rowCount():
        for title in ("Letter of the wrong person", "Planning sheet filled in by hand"):
            yield from _offer(tour, f"{title}.pdf")
            sheet: Any = tour.page.case.sheet
            sheet.title_edit.setText(title)
            sheet.save.click()
            yield tour.settle("added")
            if "wrong" in title:
                tab.open_row(0)
                yield tour.settle("opened")
                press(tour, "remove_paper")
                tour.page.case.sheet.reason.setPlainText("It belongs to somebody else")
                tour.page.case.sheet.save.click()
                yield tour.settle("removed")
        tab.viewer.clear()


def _row(tour: "Tour", row: int, deed: str = "") -> Steps:
    yield from _listed(tour)
    tab: Any = tour.page.tab("papers")
    tab.table.selectRow(row)
    tab.open_row(row)
    yield tour.settle("a paper")
    if deed:
        press(tour, deed)
        yield tour.settle(deed)


CASE_PAPERS: tuple[Stop, ...] = (
    Stop("case-papers-none", _empty),
    Stop("case-papers-adding", _adding),
    Stop("case-papers-refused", _refused),
    Stop("case-papers", _listed),
    Stop("case-papers-read", partial(_row, row=0)),
    Stop("case-papers-removed", partial(_row, row=1)),
    Stop("case-papers-save", partial(_row, row=0, deed="save_paper")),
    Stop("case-papers-remove", partial(_row, row=0, deed="remove_paper")),
)
"""In the order in which somebody meets them."""
