"""A form in a side sheet: fields with their error, lists to choose from, and the sheet that records them."""

from collections.abc import Callable, Sequence
from contextlib import suppress

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from mdt_desktop.ui import theme
from mdt_desktop.ui.drafting import Drafting, DraftPlace, DraftShelf
from mdt_desktop.ui.forms.choice_fields import QuietCombo
from mdt_desktop.ui.forms.form_content import OwnFields, drafted
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import FieldLabel, words_label
from mdt_desktop.ui.widgets.side_sheet import SideSheet
from mdt_desktop.words import words


class Field(QWidget):
    """A field under its name, with help and, after a refused save, its error."""

    def __init__(self, name: str, field: QWidget, help_words: str = "") -> None:
        super().__init__()
        self.field = field
        self._help = help_words
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("unit"))
        column.addWidget(FieldLabel(name, field))
        if help_words:
            column.addWidget(words_label(help_words, "help", wraps=True))
        column.addWidget(field)
        self.error = words_label("", "error", wraps=True)
        self.error.hide()
        column.addWidget(self.error)

    def show_error(self, text: str) -> None:
        """The error in words, at the field and to a screen reader; the empty text takes it away."""
        self.error.setText(words("form.error", message=text) if text else "")
        self.error.setVisible(bool(text))
        self.field.setAccessibleDescription(self.error.text() or self._help)
        theme.set_kind(self.field, self.field.property("kind") or "", invalid=bool(text))
        if text:
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)


def typed(widget: QWidget) -> str:
    """What stands in a line or text field."""
    if isinstance(widget, QLineEdit):
        return widget.text()
    if isinstance(widget, QPlainTextEdit):
        return widget.toPlainText()
    return str(widget.currentData()) if isinstance(widget, QComboBox) else ""


class FormSheet(SideSheet):
    """A side sheet that holds a form: one button that records it, and the error of a refused save above the buttons.

    It stays open, with everything that was typed, until it was recorded or the person leaves it. What is typed into
    its named fields is a draft until then, where `keep_drafts` says of which place; `put_by` carries that place when
    the sheet is left with words in it.
    """

    key = ""
    """Names the form among those of its page, for drafts and for being brought back to it; empty: no drafts."""
    left = Signal()
    put_by = Signal(object)  # DraftPlace

    def __init__(
        self, title: str, verb: str, host: QWidget, on_save: Callable[[], object], width: int | None = None
    ) -> None:
        """`width` in pixels at 100 % text where the form needs more room than usual."""
        super().__init__(title, host, *([] if width is None else [width]))
        self._start: dict[QWidget, str] = {}
        self._grows = False
        self.drafting: Drafting | None = None
        self.problem = words_label("", "error", wraps=True)
        self.problem.hide()
        self.save = Button(verb, on_save, "primary")
        self.save.setObjectName("sheet_save")
        self.foot.addWidget(self.save)
        self.leave_button = Button(words("ui.cancel"), self.close_requested.emit, "plain")
        self.foot.addWidget(self.leave_button)
        self.foot.addStretch(1)
        self.close_requested.connect(self.leave)

    def add(self, widget: QWidget, *, grows: bool = False) -> None:
        """Put a widget at the end of the form; a list that `grows` takes the height that is left over."""
        self.body.addWidget(widget, int(grows))
        self._grows = self._grows or grows

    def finish_form(self) -> None:
        """Call once after the last field: the place of the error, and what counts as typed from here on."""
        self.body.addWidget(self.problem)
        if not self._grows:
            self.body.addStretch(1)
        self._start = {
            field: typed(field) for kind in (QLineEdit, QPlainTextEdit, QComboBox) for field in self.findChildren(kind)
        }

    def keep_drafts(self, shelf: DraftShelf, place: DraftPlace) -> None:
        """Call once after `finish_form`: put back what was begun here, and keep what is typed from now on.

        A field without a name is kept under that of the attribute that holds it.
        """
        for name, field in vars(self).items():
            if isinstance(field, QLineEdit | QPlainTextEdit | QComboBox | QCheckBox) and not field.objectName():
                field.setObjectName(name)
        self.drafting = drafted(self, self.body, shelf, own=self.own_fields())
        self.drafting.begin(place)

    def own_fields(self) -> OwnFields:
        """Fields of the form that are none of Qt's, by name."""
        return {}

    @property
    def dirty(self) -> bool:
        """Is the sheet open with something typed in it?"""
        with suppress(RuntimeError):  # the sheet is being deleted
            return self.isVisible() and any(typed(field) != before for field, before in self._start.items())
        return False

    def show_problem(self, text: str) -> None:
        """The error of a refused save; the button can be pressed again."""
        self.save.setEnabled(True)
        self.problem.setText(words("form.error", message=text) if text else "")
        self.problem.setVisible(bool(text))

    def saving(self) -> None:
        """While it is being recorded the button cannot be pressed twice."""
        self.save.setEnabled(False)
        self.problem.hide()

    def leave(self) -> None:
        """Close it for good; words that were not recorded stay a draft."""
        drafting, self.drafting = self.drafting, None
        if drafting is not None and drafting.place is not None:
            place, has_words = drafting.place, drafting.has_words
            drafting.end()
            if has_words:
                self.put_by.emit(place)
        super().leave()
        self.left.emit()

    def recorded(self) -> None:
        """It was recorded: what was typed is no draft any longer."""
        if self.drafting is not None:
            self.drafting.finish()


def chooser(name: str, choices: Sequence[tuple[str, str]], current: str = "") -> QComboBox:
    """A list to choose from: (key, words) pairs; the wheel does not change it by accident."""
    box = QuietCombo()
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    for key, text in choices:
        box.addItem(text, key)
    box.setCurrentIndex(max(0, box.findData(current)))
    box.setAccessibleName(name)
    return box
