"""The step before a paper becomes a file: with a password that opens it, or without one."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.domain.paper_password import LONGEST, SHORTEST
from mdt_desktop.ui.forms.form_sheet import Field, FormSheet
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.ui.paper_service import PaperService


class PdfSheet(FormSheet):
    """Proposes a password by lot. Once the file is saved it is shown a last time, and kept nowhere.

    `on_save` gets the password, or None where the file is to be open to anybody.
    """

    def __init__(
        self, host: QWidget, printing: "PaperService", paper: Any, on_save: Callable[[str | None], None]
    ) -> None:
        super().__init__(words("printing.pdf.title"), words("printing.pdf.save"), host, self._on_save)
        self._printing, self._paper, self._go_on = printing, paper, on_save
        self.setObjectName("pdf_sheet")
        self.protect = QCheckBox(words("printing.pdf.protect"))
        self.protect.setChecked(True)
        self.password = QLineEdit(printing.suggested_password())
        self.password.setMaxLength(LONGEST)
        self.password.returnPressed.connect(self._on_save)
        self.field = Field(
            words("printing.pdf.password"), self.password, words("printing.pdf.rule", shortest=SHORTEST)
        )
        self.another = Button(words("printing.pdf.another"), self._suggest, "quiet", "refresh")
        self.tell = words_label(words("printing.pdf.tell"), "body", wraps=True)
        self.forgotten = words_label(words("printing.pdf.not_kept"), "body", wraps=True)
        self.open_to_all = words_label(words("printing.pdf.open_to_all"), "late", wraps=True)
        self.open_to_all.hide()
        self.add(self.protect)
        self.add(self.field)
        self.body.addWidget(self.another, 0, Qt.AlignmentFlag.AlignLeft)
        for told in (self.tell, self.forgotten, self.open_to_all):
            self.add(told)
        self.finish_form()
        self.protect.toggled.connect(self._on_protect)

    def open_sheet(self, first: QWidget | None = None) -> None:
        super().open_sheet(first or self.password)
        self.password.selectAll()

    def show_saved(self, name: str) -> None:
        """The file is there: show its password once more, to be told to whoever gets it, then forget it."""
        password = self.password.text()
        self.password.clear()
        self.title.setText(words("printing.pdf.saved_title"))
        self.setAccessibleName(words("printing.pdf.saved_title"))
        for widget in (self.protect, self.field, self.another, self.problem, self.save):
            widget.hide()
        self.forgotten.setText(words("printing.pdf.last_time"))
        self.shown = words_label(password, "figure", selectable=True, wraps=True)
        self.shown.setAccessibleName(words("printing.pdf.password"))
        self.body.insertWidget(0, words_label(words("printing.saved", name=name), "good", wraps=True))
        self.body.insertWidget(1, self.shown)
        self.leave_button.setText(words("printing.pdf.done"))
        self.leave_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> None:
        """Nothing of the password stays in the fields."""
        self.password.clear()
        super().leave()

    def refuse(self, text: str) -> None:
        """Why the file was not saved; what was typed stays."""
        self.show_problem(text)
        self.save.setEnabled(True)

    def _suggest(self) -> None:
        self.password.setText(self._printing.suggested_password())
        self.field.show_error("")
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)
        self.password.selectAll()

    def _on_protect(self, wanted: bool) -> None:
        for widget in (self.field, self.another, self.tell, self.forgotten):
            widget.setVisible(wanted)
        self.open_to_all.setVisible(not wanted)

    def _on_save(self) -> None:
        if not self.save.isEnabled():
            return
        password = self.password.text() if self.protect.isChecked() else None
        if password is not None:
            try:
                self._printing.require_password(self._paper, password)
            except MdtError as refused:
                self.field.show_error(Messages.words_of(refused))
                return
        self.field.show_error("")
        self.saving()
        self._go_on(password)
