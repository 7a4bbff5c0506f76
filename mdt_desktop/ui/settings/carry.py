"""The card of the settings page for sites whose networks do not meet: a sealed file out, a sealed file in."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from mdt_desktop.services.changes import Changes
from mdt_desktop.ui.main_window import MainWindow
from mdt_desktop.ui.new_file import AskFile, NewFile, ask_new_file
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.flow_layout import flowing
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Program
    from mdt_desktop.services.bundles import MadeBundle, TakenBundle
    from mdt_desktop.services.sync_reading import SyncStatus

AskPresent = Callable[[QWidget, Callable[[str], None]], None]
"""Asks for a file that is there; the answer is empty when it was cancelled."""


class CarryCard(Card):
    """Hidden while this laptop is not connected: there is nobody to seal for. What happened last stands in a line."""

    def __init__(
        self,
        program: "Program",
        window: MainWindow,
        ask_new: AskFile = ask_new_file,
        ask_present: AskPresent | None = None,
    ) -> None:
        super().__init__(words("carry.card"))
        self._program, self._window = program, window
        self.ask_new, self.ask_present = ask_new, ask_present or _ask_present
        self.body.addWidget(words_label(words("carry.about"), "help", wraps=True))
        buttons = QWidget()
        line = flowing(buttons)
        self.put = Button(words("carry.export"), self._on_export, icon="save")
        self.take = Button(words("carry.import"), self._on_import, icon="download")
        for button in (self.put, self.take):
            line.addWidget(button)
        self.body.addWidget(buttons)
        self.told = words_label("", "body", wraps=True, selectable=True)
        self.told.hide()
        self.body.addWidget(self.told)
        self.hide()
        self.reload()

    def reload(self) -> None:
        """Read whether there is somebody to seal for."""
        self._window.operations.run_query(
            self._program.services.sync_reading.status, self.show_status, owner=self, latest_of=f"carry.{id(self)}"
        )

    def show_status(self, status: "SyncStatus") -> None:
        """Be there for a laptop that is connected."""
        self.setVisible(status.connected)

    # Out

    def _on_export(self) -> None:
        name = f"mdt-{self._program.access.today().isoformat()}.mdtbundle"
        self.ask_new(NewFile(name, words("carry.export"), words("carry.kinds")), self, self.export_to)

    def export_to(self, path: str) -> None:
        """Put what waits into a new file."""
        if path:
            bundles, operations = self._program.services.bundles, self._window.operations
            self._work(
                lambda: bundles.export(Path(path), lambda work: operations.in_writer(lambda: bundles.write(work))),
                self._on_exported,
            )

    def _on_exported(self, made: "MadeBundle") -> None:
        text = words("carry.made", changes=made.changes, file=Path(made.path).name)
        more = [words("carry.left", left=made.left) if made.left else "",
                words("cli.bundle_papers", count=made.papers) if made.papers else ""]  # fmt: skip
        self._say(" ".join(filter(None, [text, *more])))

    # In

    def _on_import(self) -> None:
        self.ask_present(self, self.import_from)

    def import_from(self, path: str) -> None:
        """Take a file; somebody's changes are answered by a file, and where to put that is asked first."""
        if path:
            bundles = self._program.services.bundles
            self._work(lambda: bundles.is_changes(Path(path)), partial(self._on_known, Path(path)))

    def _on_known(self, path: Path, is_changes: bool) -> None:
        if not is_changes:
            self._import(path, None)
            return
        wanted = NewFile(f"{path.stem}-answer.mdtbundle", words("carry.answer"), words("carry.kinds"))
        self.ask_new(wanted, self, lambda answer: self._import(path, Path(answer)) if answer else None)

    def _import(self, path: Path, answer: Path | None) -> None:
        bundles, operations = self._program.services.bundles, self._window.operations
        self._work(
            lambda: bundles.import_(path, answer, lambda work: operations.in_writer(lambda: bundles.write(work))),
            self._on_imported,
        )

    def _on_imported(self, taken: "TakenBundle") -> None:
        if taken.answer:
            self._say(words("carry.delivered", file=Path(taken.answer).name))
        elif not taken.is_new:
            self._say(words("cli.bundle_old"))
        else:
            more = taken.more or taken.pages_wait
            text = words("carry.taken", taken=taken.taken)
            self._say(f"{text} {words('carry.more')}" if more else text)
            changes = Changes(taken.kinds | {"outbox"}, taken.ids)
            self._window.operations.run_command(lambda: changes, None)

    # Working

    def _work(self, work: Callable[[], object], done: Callable[..., None]) -> None:
        self._enable(False)

        def finished(found: object) -> None:
            self._enable(True)
            done(found)

        def failed(error: Exception) -> None:
            self._enable(True)
            self._window.messages.error(error)

        self._window.operations.run_in_pool(work, finished, failed, owner=self)

    def _enable(self, on: bool) -> None:
        for button in (self.put, self.take):
            button.setEnabled(on)

    def _say(self, text: str) -> None:
        self.told.setText(text)
        self.told.show()
        self._window.messages.announce(text)


def _ask_present(parent: QWidget, answer: Callable[[str], None]) -> None:
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    dialog = QFileDialog(parent, words("carry.import"), folder, words("carry.kinds"))
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(answer)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
