"""Brings a list to the table: its top at once, its length and order a moment later, its rows when they are painted."""

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from mdt_desktop.services.caseload import Caseload, CaseloadQuery, CaseloadRow, CaseloadStart, Listing
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.row_models import PAGE_ROWS, Deliver, PagedTableModel

FIRST_ROWS = 30  # or as many as the table has room for
PAUSE_MS = 90  # between the first rows and their length; shorter than a person takes to read the first name


class ListLoader(QObject):
    """Owns the way from a query to the model; a newer query stops the work for an older one."""

    shown = Signal(object)  # CaseloadQuery: its first rows are in the model
    counted = Signal(object, int)  # CaseloadQuery, how many there are
    failed = Signal(object)

    def __init__(
        self, caseload: Caseload, operations: Operations, model: PagedTableModel[CaseloadRow], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._caseload, self._operations, self._model = caseload, operations, model
        self._asked = 0
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._count)
        self._key = f"caseload.{id(self)}"
        self.listing: Listing | None = None
        self.query: CaseloadQuery | None = None
        self.first_rows = FIRST_ROWS

    def show(self, query: CaseloadQuery) -> None:
        """Start a list."""
        self._asked += 1
        self._pause.stop()
        self.query = query
        self._operations.run_query(
            partial(self._caseload.start, query, self.first_rows),
            partial(self._on_start, query, self._asked),
            self.failed.emit,
            owner=self,
            latest_of=self._key,
        )

    @property
    def waits(self) -> bool:
        """Is the whole list still to come?"""
        return self.query is not None and (self.listing is None or self._pause.isActive())

    def refresh(self, first: int) -> None:
        """Bring the same list up to date; `first` is the first row on the screen, which stays where it is."""
        if self.query is None:
            return
        self._asked += 1
        self._operations.run_query(
            partial(self._again, self.query, first, self._asked),
            partial(self._on_again, first, self._asked),
            self.failed.emit,
            owner=self,
            latest_of=self._key,
        )

    def _still_wanted(self, asked: int) -> bool:
        return asked == self._asked

    def _on_start(self, query: CaseloadQuery, asked: int, start: CaseloadStart) -> None:
        if asked != self._asked:
            return
        self.listing = listing = start.listing
        is_short = listing is not None and listing.total <= len(start.rows)
        self._model.show(self._fetch, len(start.rows) if is_short else None, start.rows)
        self.shown.emit(query)
        if listing is not None:
            self.counted.emit(query, listing.total)
        if not is_short:
            self._pause.start()

    def _count(self) -> None:
        """Who types on does not wait behind the counting, and the first rows are painted before it begins."""
        query, asked = self.query, self._asked
        if self.listing is not None:
            self._model.set_count(self.listing.total)
        elif query is not None:
            self._operations.run_query(
                partial(self._caseload.listing, query, partial(self._still_wanted, asked)),
                partial(self._on_listing, query, asked),
                self.failed.emit,
                owner=self,
                latest_of=f"{self._key}.listing",
            )

    def _on_listing(self, query: CaseloadQuery, asked: int, listing: Listing | None) -> None:
        if listing is None or asked != self._asked:
            return
        self.listing = listing
        self._model.set_count(listing.total)
        self.counted.emit(query, listing.total)

    def _again(self, query: CaseloadQuery, first: int, asked: int) -> tuple[Listing, int, list[CaseloadRow]] | None:
        listing = self._caseload.listing(query, partial(self._still_wanted, asked))
        if listing is None:
            return None
        # The page on the screen comes with the list, so that nothing is blank in between.
        start = first // PAGE_ROWS * PAGE_ROWS
        return listing, start, self._caseload.rows(listing, start, 2 * PAGE_ROWS)

    def _on_again(self, first: int, asked: int, found: tuple[Listing, int, list[CaseloadRow]] | None) -> None:
        if found is None or asked != self._asked or self.query is None:
            return
        self.listing, start, rows = found
        self._model.replace(self._fetch, self.listing.total, start, rows)
        self.shown.emit(self.query)
        self.counted.emit(self.query, self.listing.total)

    def _fetch(self, first: int, count: int, deliver: Deliver[CaseloadRow]) -> None:
        listing = self.listing
        if listing is not None:
            self._operations.run_query(partial(self._caseload.rows, listing, first, count), deliver, owner=self)
