"""The caseload page: measure, search, filters, one table over the whole width, and a preview beside it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from mdt_desktop.bootstrap import Services
from mdt_desktop.domain.exports import ListColumn
from mdt_desktop.domain.people import spaced_nhs_number
from mdt_desktop.services.caseload import CaseloadFilter, CaseloadPreview, CaseloadQuery, CaseloadRow, CaseloadSort
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.coverage import Headline
from mdt_desktop.settings import LaptopSettings, SettingRefused
from mdt_desktop.ui import theme
from mdt_desktop.ui.caseload.columns import SORT_OF_COLUMN, CaseloadColumn, caseload_columns
from mdt_desktop.ui.caseload.filter_bar import FilterBar, Places
from mdt_desktop.ui.caseload.kept_layout import KeptLayout
from mdt_desktop.ui.caseload.list_loader import FIRST_ROWS, ListLoader
from mdt_desktop.ui.caseload.measure_strip import MeasureStrip
from mdt_desktop.ui.caseload.preview import PreviewPanel
from mdt_desktop.ui.caseload.view_menu import ColumnMenu, RowMenu, ViewMenu
from mdt_desktop.ui.caseload.views import is_filtered, kept, opened, query_behind, what_is_shown
from mdt_desktop.ui.commands import Command
from mdt_desktop.ui.lazily import load
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.pages import Arguments, Page
from mdt_desktop.ui.row_models import PagedTableModel
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.cells import TierDelegate
from mdt_desktop.ui.widgets.flow_layout import flowing
from mdt_desktop.ui.widgets.row_table import RowTable
from mdt_desktop.ui.widgets.states import EmptyState, ErrorState
from mdt_desktop.ui.widgets.toolbar_row import PageHeader
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.ui.caseload.export_sheet import ExportSheet

_KINDS = (
    "person", "person_case", "care_plan", "lead_allocation", "risk_score", "stratification_run", "stage_change",
    "practitioner", "practice", "locality",
)  # fmt: skip
_PREVIEW_PAUSE_MS = 60
_WIDE, _TALL = 960, 620  # pixels at 100 % text: room for the measure beside the search box, or in a line of its own


class CaseloadPage(Page):
    """Opens on the people at risk, highest risk first. `shown` takes `figure`: a part of the headline measure,
    or `lead`: a practitioner's id, for all whom they lead."""

    open_person_requested = Signal(str)
    import_requested = Signal()
    painted = Signal(object)  # CaseloadQuery: the first rows of a new list are on the screen

    def __init__(
        self,
        services: Services,
        operations: Operations,
        messages: Messages,
        settings: LaptopSettings,
        save_settings: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.title = words("caseload.title")
        self._services, self._operations, self._messages = services, operations, messages
        self._settings, self._save_settings = settings, save_settings
        self._query = CaseloadQuery()
        self._places = Places()
        self._headline: Headline | None = None
        self._is_loaded = False
        self.model: PagedTableModel[CaseloadRow] = PagedTableModel(caseload_columns(services.access.today))
        self.loader = ListLoader(services.caseload, operations, self.model, self)
        self._make_widgets()
        self._layout_kept = KeptLayout(self.table, self.split, self.model, settings, save_settings)
        self._connect()

    def _make_widgets(self) -> None:
        column = self.column()
        self.header = PageHeader(words("caseload.title"))
        self.views = ViewMenu(lambda: self._settings.caseload_views)
        self.columns = ColumnMenu(
            [column.heading for column in self.model.columns], lambda number: not self.table.isColumnHidden(number)
        )
        self.export = Button(words("exports.button"), self.open_export, "plain", "download")
        self.sheet: ExportSheet | None = None
        for action in (self.views, self.columns, self.export):
            self.header.add_action(action)
        self.measure = MeasureStrip()
        self.filters = FilterBar()
        self.table = RowTable(words("caseload.table"))
        self.table.show_model(self.model)
        self.table.paint_column(CaseloadColumn.TIER, TierDelegate(lambda row: row.tier, lambda row: row.trend))
        self.preview = PreviewPanel()
        self.preview.hide()
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.table)
        self.split.addWidget(self.preview)
        self.split.setStretchFactor(0, 1)
        self._nobody = EmptyState(
            words("caseload.nobody"),
            words("caseload.nobody_detail"),
            icon="search",
            step=words("caseload.filter.clear"),
            on_step=self._on_widen,
        )
        self._empty = EmptyState(
            words("caseload.empty"),
            words("caseload.empty_detail"),
            icon="caseload",
            step=words("caseload.empty_step"),
            on_step=self.import_requested.emit,
        )
        self.stack = QStackedWidget()
        for widget in (self.split, self._nobody, self._empty):
            self.stack.addWidget(widget)
        self.top = QWidget()
        flow = flowing(self.top, theme.size("gap"), theme.size("unit"))
        flow.addWidget(self.filters.search)
        flow.addWidget(self.measure)
        for above in (self.header, self.top, self.filters):
            column.addWidget(above)
        column.addWidget(self.stack, 1)
        self._error: ErrorState | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_PREVIEW_PAUSE_MS)
        self.setTabOrder(self.filters.search, self.filters)
        self.setTabOrder(self.filters, self.table)

    def _connect(self) -> None:
        self.filters.filter_changed.connect(self._on_filter)
        self.filters.search.walked.connect(self._on_walked)
        self.filters.search.chosen.connect(self._on_chosen)
        self.filters.search.left.connect(self._close_preview)
        self.measure.opened.connect(self._on_figure)
        self.model.sort_requested.connect(self._on_sort)
        self.model.rows_arrived.connect(lambda *_: self._soon.start())
        self.loader.shown.connect(self._on_shown)
        self.loader.counted.connect(self._on_counted)
        self.loader.failed.connect(self._on_failed)
        self.table.opened.connect(self._on_opened)
        self.table.previewed.connect(lambda _: self._toggle_preview())
        self.table.typed.connect(self._on_typed)
        self.table.menu_requested.connect(self._on_menu)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._soon.start())
        self.preview.open_requested.connect(self.open_person_requested)
        self.preview.close_requested.connect(self._close_preview)
        self.views.opened.connect(self._on_view)
        self.views.save_requested.connect(self._on_save_view)
        self.views.remove_requested.connect(self._on_remove_view)
        self.columns.toggled_column.connect(lambda number, on: self._layout_kept.show_column(number, shown=on))
        self._soon.timeout.connect(self._load_preview)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(self._focus_search)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """With large text the rows need the height more: the status line says the measure too."""
        super().resizeEvent(event)
        self._fit_measure()
        self.loader.first_rows = max(FIRST_ROWS, self.height() // theme.size("row") + 1)

    def _fit_measure(self) -> None:
        scale = theme.current().scale
        self.measure.setVisible(self.width() > _WIDE * scale or self.height() > _TALL * scale)

    # What the window asks

    def shown(self, arguments: Arguments) -> None:
        figure = arguments.get("figure")
        if isinstance(figure, str):
            self._show_query(query_behind(figure))
        elif isinstance(lead := arguments.get("lead"), str):
            self._show_query(CaseloadQuery(CaseloadFilter(lead=lead)))
        elif not self._is_loaded:
            self._show_query(self._query)
        if not self._is_loaded:
            self._is_loaded = True
            self._load_around()
        if self.focusWidget() is None or not self.isAncestorOf(self.focusWidget()):
            self.filters.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def changed(self, changes: Changes) -> None:
        if changes.concern(*_KINDS):
            self._load_around()
            self.loader.refresh(max(0, self.table.rowAt(0)))

    def offers(self) -> Sequence[Command]:
        text, group = words("exports.command"), words("caseload.title")
        return (Command("caseload.export", text, self.open_export, (), "download", self.export.isVisible, group),)

    @property
    def query(self) -> CaseloadQuery:
        """The list shown."""
        return self._query

    def show_query(self, query: CaseloadQuery) -> None:
        """Show another list."""
        self._show_query(query)

    # Loading

    def _load_around(self) -> None:
        """The numbers above the list and what its filters choose from."""
        services = self._services
        self._operations.run_query(services.coverage.headline, self._on_headline, latest_of="caseload.headline")
        self._operations.run_query(
            lambda: Places(
                services.directory.localities(),
                services.directory.practices(),
                [it for it in services.directory.practitioners() if it.leads],
            ),
            self._on_places,
            latest_of="caseload.places",
        )

    def _on_headline(self, headline: Headline) -> None:
        self._headline = headline
        self.measure.show_headline(headline)
        self._say()
        self._show_state()

    def _on_places(self, places: Places) -> None:
        self._places = places
        self.filters.show_places(places)
        self._say()

    def _show_query(self, query: CaseloadQuery) -> None:
        # The reader begins while this thread brings the chips up to date.
        self.loader.show(query)
        if query.filter != self.filters.filter:
            self.filters.show_filter(query.filter)
        resorted = (query.sort, query.backwards) != (self._query.sort, self._query.backwards) or not self._is_loaded
        self._query = query
        if not resorted:
            return
        for column, sort in SORT_OF_COLUMN.items():
            if sort is query.sort:
                # The heading's arrow tells which way the values run: highest risk first is falling.
                rising = query.backwards if sort is CaseloadSort.RISK else not query.backwards
                self.table.show_order(column, ascending=rising)

    def _on_filter(self, wanted: CaseloadFilter) -> None:
        self._show_query(replace(self._query, filter=wanted))

    def _on_sort(self, key: str, rising: bool) -> None:
        sort = CaseloadSort(key)
        backwards = not rising
        if sort is CaseloadSort.RISK:
            backwards = rising and self._query.sort is CaseloadSort.RISK
        self._show_query(replace(self._query, sort=sort, backwards=backwards))

    def _on_figure(self, key: str) -> None:
        self._show_query(query_behind(key))

    def _on_shown(self, query: CaseloadQuery) -> None:
        if self.model.rowCount() or self.loader.listing is not None:
            self._show_state()
        # The rows at once; what is said about them follows.
        self.table.paint_now()
        self.painted.emit(query)
        self._say()
        self._soon.start()

    def _on_counted(self, query: CaseloadQuery, total: int) -> None:
        self._say()
        self._show_state()
        if query.filter.text:
            self._messages.announce(words("caseload.results", count=total))
        if total == 0 and query.filter.text and query.filter != CaseloadFilter(text=query.filter.text):
            everyone = CaseloadFilter(text=query.filter.text)
            self._operations.run_query(
                lambda: self._services.caseload.count(everyone), self._on_elsewhere, latest_of="caseload.elsewhere"
            )

    def _on_elsewhere(self, count: int) -> None:
        if count == 0 or self.model.rowCount():
            return
        key = "caseload.nobody_one_elsewhere" if count == 1 else "caseload.nobody_but_everyone"
        self._nobody.detail.setText(words(key, count=count))
        self._nobody.step.setText(words("caseload.search_everyone"))
        self._nobody.step.show()

    def _on_failed(self, problem: Exception) -> None:
        if self._error is None:
            self._error = ErrorState(self._messages.words_of(problem), lambda: self._show_query(self._query))
            self.stack.addWidget(self._error)
        self.stack.setCurrentWidget(self._error)

    def _say(self) -> None:
        """What is shown, how it is sorted, and how many of how many."""
        listing, headline = self.loader.listing, self._headline
        if headline is None:
            return
        what = what_is_shown(self._query, self._places.names())
        if listing is None or listing.query != self._query:
            text = words("caseload.summary_counting", what=what, of=headline.registered)
        else:
            text = words("caseload.summary", what=what, shown=listing.total, of=headline.registered)
        self.header.show_summary(text if headline.registered else "")

    def _show_state(self) -> None:
        """The list, or why there is none."""
        first_use = self._headline is not None and self._headline.registered == 0
        for widget in (self.top, self.filters, self.views, self.columns, self.export):
            widget.setVisible(not first_use)
        if first_use:
            self.stack.setCurrentWidget(self._empty)
        elif self.model.rowCount() or self.loader.listing is None:
            self.stack.setCurrentWidget(self.split)
        elif self.stack.currentWidget() is not self._nobody:
            self._nobody.detail.setText(words("caseload.nobody_detail"))
            self._nobody.step.setText(words("caseload.filter.clear"))
            self._nobody.step.setVisible(is_filtered(self._query) or bool(self._query.filter.text))
            self.stack.setCurrentWidget(self._nobody)

    def _on_widen(self) -> None:
        """From "nobody matches": the same words among everyone, or everything cleared."""
        if self._nobody.step.text() == words("caseload.search_everyone"):
            self._show_query(replace(self._query, filter=CaseloadFilter(text=self._query.filter.text)))
        else:
            self._show_query(CaseloadQuery())
        self._focus_search()

    # Keys and pointer

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Type anywhere to search; Escape closes the preview, then clears what was typed."""
        plain = event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() == Qt.Key.Key_Escape:
            if self.preview.isVisible():
                self._close_preview()
            elif self._query.filter.text:
                self.filters.search.clear()
        elif event.text().isalnum() and plain == Qt.KeyboardModifier.NoModifier:
            self._on_typed(event.text())
        else:
            super().keyPressEvent(event)

    def _on_typed(self, text: str) -> None:
        self._focus_search()
        self.filters.search.insert(text)

    def _focus_search(self) -> None:
        self.filters.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _on_walked(self, event: QKeyEvent) -> None:
        """Arrows in the search box walk the list; the first one goes to the first row."""
        if not self.table.currentIndex().isValid():
            self._go_to(0)
        else:
            self.table.keyPressEvent(event)

    def _go_to(self, row: int) -> None:
        if row < self.model.rowCount():
            whole = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.table.selectionModel().setCurrentIndex(self.model.index(row, 0), whole)

    def _on_chosen(self) -> None:
        """Enter in the search box opens the row walked to, else the first."""
        self._on_opened(max(0, self.table.currentIndex().row()))

    def _on_opened(self, row: int) -> None:
        found = self.model.row(row)
        if found is not None:
            self.open_person_requested.emit(found.person_id)

    def _on_menu(self, row: int, place: QPoint) -> None:
        found = self.model.row(row)
        if found is None:
            return
        runs: list[tuple[str, Callable[[], None]]] = [
            (words("caseload.menu.open"), lambda: self._on_opened(row)),
            (words("caseload.menu.preview"), self._toggle_preview),
        ]
        number = spaced_nhs_number(found.nhs_number)
        if number:
            runs.append((words("caseload.menu.copy"), lambda: QGuiApplication.clipboard().setText(number)))
        RowMenu(self, runs).open_at(place)

    # Preview

    def _toggle_preview(self) -> None:
        if self.preview.isVisible():
            self._close_preview()
        else:
            self.preview.show()
            self._layout_kept.fit_split()
            self._load_preview()

    def _close_preview(self) -> None:
        if self.preview.isVisible():
            self.preview.hide()
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _load_preview(self) -> None:
        if not self.preview.isVisible():
            return
        index: QModelIndex = self.table.currentIndex()
        found = self.model.row(index.row()) if index.isValid() else None
        if found is None:
            self.preview.setVisible(index.isValid())
            return
        self._operations.run_query(
            lambda: self._services.caseload.preview(found.person_id), self._on_preview, latest_of="caseload.preview"
        )

    def _on_preview(self, preview: CaseloadPreview | None) -> None:
        if preview is not None:
            self.preview.show_person(preview, self._services.access.today())

    # Leaving the program

    def open_export(self) -> None:
        """The sheet that says what of this list would leave, and asks why."""
        if self.sheet is not None:
            return
        kind: type[ExportSheet] = load("caseload.export_sheet", "ExportSheet")
        shown = what_is_shown(self._query, self._places.names())
        self.sheet = sheet = kind(self, self._query, shown, self._services, self._operations, self._messages)
        sheet.left.connect(self._on_sheet_left)
        sheet.open_sheet(sheet.columns[ListColumn.NAME])

    def _on_sheet_left(self) -> None:
        self.sheet = None

    # Saved views

    def _on_view(self, name: str) -> None:
        found = [view for view in self._settings.caseload_views if view.name == name]
        self._show_query(opened(found[0]) if found else CaseloadQuery())

    def _on_save_view(self, name: str) -> None:
        views = [view for view in self._settings.caseload_views if view.name != name]
        try:
            self._settings.caseload_views = (*views, kept(name, self._query))
        except SettingRefused as refused:
            self._messages.error(refused)
            return
        self._save_settings()
        self._messages.done(words("caseload.view.saved", name=name))

    def _on_remove_view(self, name: str) -> None:
        before = self._settings.caseload_views

        def put_back() -> None:
            self._settings.caseload_views = before
            self._save_settings()

        self._settings.caseload_views = tuple(view for view in before if view.name != name)
        self._save_settings()
        self._messages.done(words("caseload.view.removed", name=name), put_back)
