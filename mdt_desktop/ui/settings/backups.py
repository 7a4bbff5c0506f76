"""The card of the settings page about backups: how they stand, what lies there, and what can be done."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QWidget

from mdt_desktop.domain.backups import Occasion
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.paths import DataFolder
from mdt_desktop.services.rights import Rights
from mdt_desktop.ui.backups.restore_sheet import RestoreSheet
from mdt_desktop.ui.backups.shelf_table import ShelfTable, when
from mdt_desktop.ui.backups.ways import FromTheProgram
from mdt_desktop.ui.main_window import MainWindow
from mdt_desktop.ui.messages import Notice, Tone
from mdt_desktop.ui.operations import Cancelled, Progress
from mdt_desktop.ui.permitted import permit
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.flow_layout import flowing
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.toast import NoticeBar
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Program
    from mdt_desktop.services.backup_shelf import BackupSummary


class BackupsCard(Card):
    """The list, the newest first; `lock_for_restore` is called when a restored store lies ready."""

    def __init__(
        self,
        program: "Program",
        window: MainWindow,
        folder: DataFolder,
        sheet_host: QWidget,
        lock_for_restore: Callable[[], None],
    ) -> None:
        super().__init__(words("backups.title"))
        self._program, self._window, self._folder = program, window, folder
        self._host, self._lock_for_restore = sheet_host, lock_for_restore
        self._working = False
        self._rights: Rights | None = None
        self.sheet: RestoreSheet | None = None
        self.newest = words_label("", wraps=True)
        self.body.addWidget(self.newest)
        self.held = NoticeBar(Notice(words("backups.held"), Tone.WARNING), closable=False)
        self.check = Button(words("backups.check"), self._on_check)
        row = self.held.layout()
        if row is not None:
            row.addWidget(self.check)
        self.held.hide()
        self.body.addWidget(self.held)
        self.table = ShelfTable()
        self.body.addWidget(self.table)
        buttons = QWidget()
        line = flowing(buttons)
        self.back_up = Button(words("backups.back_up"), self._on_back_up, icon="save")
        self.save_copy = Button(words("backups.save_copy"), self._on_save_copy, icon="download")
        self.restore = Button(words("backups.restore_open"), self._on_restore, icon="history")
        for button in (self.back_up, self.save_copy, self.restore):
            line.addWidget(button)
        self.body.addWidget(buttons)
        self.body.addWidget(words_label(words("backups.kept_rule"), "help", wraps=True))
        self.reload()

    def reload(self) -> None:
        """Read what lies there."""
        backups = self._program.services.backups
        self._window.operations.run_in_pool(
            lambda: (backups.shelf(), backups.is_held()), self._show, owner=self, latest_of=f"backups.{id(self)}"
        )

    def _show(self, found: "tuple[tuple[BackupSummary, ...], bool]") -> None:
        shelf, held = found
        self.table.show_backups(shelf)
        self.table.setVisible(bool(shelf))
        self.held.setVisible(held)
        whole = next((it for it in shelf if it.whole and it.of_this_store), None)
        if whole is None:
            self.newest.setText(words("backups.none_yet"))
        else:
            self.newest.setText(words("backups.newest", moment=when(whole.made_at), people=whole.people))

    # Gestures

    def show_rights(self, rights: Rights) -> None:
        """What of it the user may do."""
        self._rights = rights
        self._work(self._working)

    def _work(self, on: bool) -> None:
        self._working = on
        self.check.setEnabled(not on)
        for button, permission in (
            (self.back_up, Permission.BACK_UP),
            (self.save_copy, Permission.BACK_UP),
            (self.restore, Permission.RESTORE),
        ):
            permit(button, self._rights, permission, also=not on)

    def _run(self, text: str, work: Callable[[Progress], "BackupSummary"], said: str) -> None:
        progress = Progress(words(text), parent=self)
        self._work(True)

        def done(made: "BackupSummary") -> None:
            self._work(False)
            self._window.messages.done(words(said, moment=when(made.made_at), people=made.people))
            self.reload()

        def failed(error: Exception) -> None:
            self._work(False)
            if not isinstance(error, Cancelled):
                self._window.messages.error(error)
            self.reload()

        self._window.operations.run_in_pool(lambda: work(progress), done, failed, owner=self, progress=progress)

    def _on_back_up(self) -> None:
        backups = self._program.services.backups
        self._run(
            "backups.backing_up", lambda progress: backups.make(Occasion.BY_HAND, _told(progress)), "backups.made"
        )

    def _on_save_copy(self) -> None:
        dialog = QFileDialog(self, words("backups.save_copy"), str(Path.home()), words("backups.file_kinds"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.selectFile(self._program.services.backups.name_of_copy())
        dialog.fileSelected.connect(lambda name: self.save_copy_as(Path(name)))
        dialog.open()

    def save_copy_as(self, path: Path) -> None:
        """Save a copy there; a file that is there is not replaced, which is then told."""
        backups = self._program.services.backups
        self._run("backups.backing_up", lambda progress: backups.save_copy(path, _told(progress)), "backups.copied")

    def _on_restore(self) -> None:
        sheet = RestoreSheet(self._host, self._window.operations, FromTheProgram(self._program, self._folder))
        self.sheet = sheet
        sheet.restored.connect(self._lock_for_restore)
        sheet.open_sheet(sheet.panel.first_field())

    def _on_check(self) -> None:
        self._work(True)
        self.check.setText(words("backups.checking"))
        self._window.operations.run_in_pool(
            partial(self._program.services.backups.check_again), self._on_checked, self._on_not_checked, owner=self
        )

    def _on_checked(self, sound: bool) -> None:
        self._work(False)
        self.check.setText(words("backups.check"))
        if sound:
            self._window.messages.done(words("backups.check_sound"))
        else:
            self._window.messages.notify(words("backups.check_damaged"), Tone.ERROR)
        self.reload()

    def _on_not_checked(self, error: Exception) -> None:
        self._work(False)
        self.check.setText(words("backups.check"))
        self._window.messages.error(error)


def _told(progress: Progress) -> Callable[[int, int], None]:
    def report(done: int, of: int) -> None:
        progress.check()
        progress.report(done, of)

    return report
