"""What stands in the fields of a form, by their names: read, put back, and told of when it changes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from mdt_desktop.ui.drafting import Drafting, DraftShelf

_KINDS = (QLineEdit, QPlainTextEdit, QComboBox, QAbstractButton)
_QTS_OWN = "qt_"


class OwnField(Protocol):
    """A field that is none of Qt's: a list to choose from. Its value is a text."""

    def draft_value(self) -> str:
        """What is chosen, as a text."""

    def put_draft_value(self, value: str) -> None:
        """Choose it again; what is not there any more is not chosen."""

    def on_draft_change(self, call: Callable[[], object]) -> None:
        """Call this whenever something else is chosen."""


OwnFields = Mapping[str, OwnField]


class FormContent:
    """The named fields of a form. Fields without a name (a search), hidden passphrases and plain buttons are left out.

    `put_back` takes what this or an older version of the program kept: names that are gone and values that do not fit
    are passed over.
    """

    def __init__(self, form: QWidget, own: OwnFields) -> None:
        self._own = own
        self._fields: dict[str, QWidget] = {}
        for field in form.findChildren(QWidget):
            name = field.objectName()
            if name and not name.startswith(_QTS_OWN) and _is_typed_in(field):
                self._fields[name] = field

    @property
    def names(self) -> Sequence[str]:
        """The names of all fields."""
        return (*self._fields, *self._own)

    def read(self) -> dict[str, object]:
        """What stands in every field."""
        found: dict[str, object] = {name: _value(field) for name, field in self._fields.items()}
        return found | {name: field.draft_value() for name, field in self._own.items()}

    def put_back(self, content: "dict[str, object]") -> None:
        """Show it again, as if somebody had typed it."""
        for name, value in content.items():
            if name in self._fields:
                _put(self._fields[name], value)
            elif name in self._own and isinstance(value, str):
                self._own[name].put_draft_value(value)

    def on_change(self, call: Callable[[], object]) -> None:
        """Call this whenever something changes in a field."""
        for field in self._fields.values():
            if isinstance(field, QLineEdit | QPlainTextEdit):
                field.textChanged.connect(lambda *_: call())
            elif isinstance(field, QComboBox):
                field.currentIndexChanged.connect(lambda *_: call())
            elif isinstance(field, QAbstractButton):
                field.toggled.connect(lambda *_: call())
        for own in self._own.values():
            own.on_draft_change(call)


def _is_typed_in(field: QWidget) -> bool:
    if isinstance(field, QLineEdit):
        return field.echoMode() == QLineEdit.EchoMode.Normal
    if isinstance(field, QAbstractButton):
        return field.isCheckable()
    return isinstance(field, _KINDS)


def _value(field: QWidget) -> object:
    if isinstance(field, QLineEdit):
        return field.text()
    if isinstance(field, QPlainTextEdit):
        return field.toPlainText()
    if isinstance(field, QComboBox):
        data = field.currentData()
        return "" if data is None else str(data)
    return isinstance(field, QAbstractButton) and field.isChecked()


def _put(field: QWidget, value: object) -> None:
    if isinstance(field, QLineEdit) and isinstance(value, str):
        field.setText(value)
        field.setModified(True)
        # Fields that read what is typed listen to this one.
        field.textEdited.emit(field.text())
    elif isinstance(field, QPlainTextEdit) and isinstance(value, str):
        field.setPlainText(value)
    elif isinstance(field, QComboBox) and isinstance(value, str):
        places = [place for place in range(field.count()) if str(field.itemData(place) or "") == value]
        if places:
            field.setCurrentIndex(places[0])
    elif isinstance(field, QAbstractButton) and isinstance(value, bool):
        field.setChecked(value)


def drafted(
    form: QWidget,
    top: QVBoxLayout,
    shelf: DraftShelf,
    clear: Callable[[], None] | None = None,
    own: OwnFields | None = None,
) -> Drafting:
    """Keep what is typed into the named fields of a form; its line stands first in `top`. Call `begin` afterwards."""
    content = FormContent(form, own or {})
    drafting = Drafting(shelf, form, content.read, content.put_back, clear)
    top.insertWidget(0, drafting.line)
    content.on_change(drafting.typed)
    return drafting
