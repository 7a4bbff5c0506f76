"""The mark at a field that two people wrote differently, and how a page learns which of its fields have one."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from mdt_desktop.ui import theme
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Services
    from mdt_desktop.services.unsettled import Unsettled

OpenByKey: TypeAlias = "Mapping[tuple[str, ...], Unsettled]"
"""What is not settled, by where it stands on a form (`Unsettled.key`)."""
_LONGEST = 160


class UnsettledMark(Button):
    """Calm and small, hidden while there is nothing to decide. `decide_requested` carries the conflict's id."""

    decide_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(words("unsettled.mark"), self._on_clicked, "mark", parent=parent)
        self.setObjectName("unsettled")
        self.conflict_id = ""
        self.hide()

    def show_open(self, found: "Unsettled | None", field: QWidget | None = None) -> None:
        """Show what is not settled, or nothing any more; `field` is told of it for a screen reader and by its tip."""
        if found is not None:
            self.conflict_id = found.conflict_id
            self.setText(words("unsettled.mark_joined" if found.reads_over else "unsettled.mark"))
            self.setIcon(theme.icon("conflicts", "high"))
            self._fit_icon()
            self.setAccessibleName(words("unsettled.spoken", field=found.field))
            self.setToolTip(tip_of(found))
            self.setAccessibleDescription(self.toolTip())
        self.setVisible(found is not None)
        if field is not None:
            _tell(field, tip_of(found) if found is not None else "")

    def _on_clicked(self) -> None:
        self.decide_requested.emit(self.conflict_id)


def tip_of(found: "Unsettled") -> str:
    """What counts meanwhile, in a sentence."""
    if found.reads_over:
        return words("unsettled.tip_joined")
    value = " ".join(found.in_force.split())
    return words("unsettled.tip", value=value if len(value) <= _LONGEST else f"{value[: _LONGEST - 1]}…")


def _tell(field: QWidget, tip: str) -> None:
    """A field's own tip and description come back when there is nothing to decide any more."""
    if field.property("own_words") is None:
        if not tip:
            return
        field.setProperty("own_words", [field.toolTip(), field.accessibleDescription()])
    own_tip, own_description = field.property("own_words")
    field.setToolTip(tip or own_tip)
    field.setAccessibleDescription(" ".join(filter(None, (own_description, tip))))
    if not tip:
        field.setProperty("own_words", None)


class UnsettledReading(QObject):
    """Asks what is not settled about a person and hands it to `show`; a later question overtakes an earlier one."""

    def __init__(
        self, services: "Services", operations: Operations, show: Callable[[OpenByKey], None], owner: QWidget
    ) -> None:
        super().__init__(owner)
        self._services, self._operations, self._show = services, operations, show
        self.found: OpenByKey = {}

    def read(self, person_id: str) -> None:
        """Read it in the reader thread. Where that fails the marks stay as they are: the page itself says more."""
        services = self._services

        def ask() -> OpenByKey:
            if not services.sync_reading.anything_open():
                return {}
            return {it.key: it for it in services.sync_inbox.unsettled(person_id) if it.key}

        self._operations.run_query(ask, self._on_read, lambda _: None, owner=self, latest_of=f"unsettled.{id(self)}")

    def _on_read(self, found: OpenByKey) -> None:
        if found or self.found:
            self.found = found
            self._show(found)
