"""The risk files page: the overview of practices, the import, the held rows, and the files of other services."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.held_content import HeldDecision, HeldSummary
from mdt_desktop.services.rights import Rights
from mdt_desktop.services.risk_overview import PracticeStanding
from mdt_desktop.ui.imports.bundles import BundlesView
from mdt_desktop.ui.imports.held import HeldView
from mdt_desktop.ui.imports.overview import OverviewView
from mdt_desktop.ui.imports.wizard import WizardView
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.pages import Arguments, Page
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Services

_CONCERNS = ("stratification_run", "practice", "held_row", "held_bundle", "role_held")


class ImportsPage(Page):
    """Shown with `view` ("held", "wizard" or "bundles") to go there at once."""

    def __init__(
        self,
        services: "Services",
        operations: Operations,
        messages: Messages,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._services, self._operations, self._messages = services, operations, messages
        today: date = services.access.today()
        self.overview, self.held = OverviewView(today), HeldView()
        self.wizard = WizardView(services, operations, messages, today)
        self._stack = QStackedWidget()
        self.bundles = BundlesView(services, operations, messages)
        for view in (self.overview, self.wizard, self.held, self.bundles):
            self._stack.addWidget(view)
        self.column().addWidget(self._stack)
        self._may_import = True
        self.setAcceptDrops(True)
        self.overview.import_requested.connect(self.start_import)
        self.overview.held_requested.connect(self.show_held)
        self.wizard.left.connect(self.show_overview)
        self.wizard.held_requested.connect(self.show_held)
        self.overview.bundles_requested.connect(self.show_bundles)
        self.bundles.back_requested.connect(self.show_overview)
        self.bundles.work.waiting.connect(lambda people: self.overview.show_people_held(len(people)))
        self.held.back_requested.connect(self.show_overview)
        self.held.decided.connect(self._decide)
        self.reload()

    # The page's promise to the window

    def shown(self, arguments: Arguments) -> None:
        """Come to the screen; an import that is under way is still there."""
        wanted = arguments.get("view")
        if wanted == "held":
            self.show_held()
        elif wanted == "wizard":
            self.start_import()
        elif wanted == "bundles":
            self.show_bundles()
        else:
            self._focus()

    def changed(self, changes: Changes) -> None:
        """Runs, practices or held rows changed elsewhere."""
        if changes.concern(*_CONCERNS):
            self.reload()

    # Views

    def show_overview(self) -> None:
        """All practices."""
        self._stack.setCurrentWidget(self.overview)
        self.reload()
        self._focus()

    def start_import(self, paths: Sequence[Path] = ()) -> None:
        """The import, a new one unless one is under way."""
        self._stack.setCurrentWidget(self.wizard)
        self.wizard.begin(paths)
        self._focus()

    def show_held(self) -> None:
        """The rows that wait."""
        self._stack.setCurrentWidget(self.held)
        self.reload()
        self._focus()

    def show_bundles(self) -> None:
        """People from files of other services who wait, and a new file."""
        self._stack.setCurrentWidget(self.bundles)
        self.bundles.show_list()
        self._focus()

    def _focus(self) -> None:
        view = self._stack.currentWidget()
        if isinstance(view, OverviewView | WizardView | HeldView | BundlesView):
            view.focus_first()

    # Reading

    def reload(self) -> None:
        """Read again what is on the screen."""
        services = self._services
        self._operations.run_query(services.rights.mine, self.show_rights, latest_of=f"imports.{id(self)}.rights")
        self._operations.run_query(
            lambda: services.risk_overview.practices(), self._on_practices, latest_of=f"imports.{id(self)}"
        )
        if self._stack.currentWidget() is self.held:
            self._operations.run_query(
                lambda: services.held_rows.waiting(), self._on_held, latest_of=f"imports.{id(self)}.held"
            )

    def show_rights(self, rights: Rights) -> None:
        """Without the right to import, the overview is read and no file is taken."""
        self._may_import = rights.may(Permission.IMPORT)
        self.setAcceptDrops(self._may_import)
        self.overview.permit(rights)
        self.bundles.permit(rights)
        if self._may_import:
            self.bundles.work.read_waiting()

    def _on_practices(self, practices: list[PracticeStanding]) -> None:
        self.overview.show_practices(practices)

    def _on_held(self, rows: list[HeldSummary]) -> None:
        self.held.show_rows(rows)

    # Deciding

    def _decide(self, row_id: str, decision: HeldDecision) -> None:
        services = self._services

        def done(_: Changes) -> None:
            self._messages.done(words(f"imports.held.done.{decision.value}"))
            self.reload()

        def failed(error: Exception) -> None:
            self._messages.error(error)
            self.reload()

        self._operations.run_command(lambda: services.held_rows.decide(row_id, decision), self, done, failed)

    # Files dropped anywhere on the page

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if not paths:
            return
        if self._stack.currentWidget() is self.bundles or all(it.suffix.casefold() == ".json" for it in paths):
            self.show_bundles()
            self.bundles.work.preview(paths[0])
        else:
            self.start_import(paths)
        event.acceptProposedAction()
