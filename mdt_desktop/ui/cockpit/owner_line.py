"""Who does it: typed in a few letters, found among those in the room first; other words name somebody else."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody who can do something: a practitioner with an id, or words for the person or a carer without one."""

    name: str
    detail: str = ""
    id: str = ""

    def matches(self, typed: str) -> bool:
        """Does every typed word begin a word of the name or of what they are?"""
        there = f"{self.name} {self.detail}".casefold().replace(",", " ").split()
        return all(any(word.startswith(part) for word in there) for part in typed.casefold().split())


class _Line(QLineEdit):
    stepped = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is not None:
            self.stepped.emit(step)
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)


_LEAST = 130  # pixels at 100 % text


class OwnerLine(QWidget):
    """A line that shows beside it whom the letters mean; up and down go through all they could mean."""

    changed = Signal()
    submitted = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self._owners: tuple[Owner, ...] = ()
        self._found: list[Owner] = []
        self._at = 0
        self.line = _Line()
        self.line.setAccessibleName(name)
        self.line.setPlaceholderText(words("cockpit.owner.placeholder"))
        self.line.setMinimumWidth(round(_LEAST * theme.current().scale))
        # On two lines where there is no room beside what is typed, which must be read whole.
        self.meant = words_label("", "muted", wraps=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.size("unit") * 2)
        row.addWidget(self.line, 2)
        row.addWidget(self.meant, 3)
        self.setFocusProxy(self.line)
        self.line.textChanged.connect(self._on_text)
        self.line.stepped.connect(self._on_step)
        self.line.returnPressed.connect(self.submitted)

    def show_owners(self, owners: Sequence[Owner]) -> None:
        """Whom the letters may mean, those in the room first."""
        self._owners = tuple(owners)
        self._on_text()

    def choose(self, owner_id: str) -> None:
        """Put somebody in; an unknown id empties the line."""
        found = next((it for it in self._owners if it.id == owner_id and owner_id), None)
        self.line.setText(found.name if found else "")

    @property
    def owner(self) -> Owner | None:
        """Whom the letters mean; with letters that mean nobody here, somebody of these words. None when empty."""
        typed = self.line.text().strip()
        if not typed:
            return None
        return self._found[self._at] if self._found else Owner(typed)

    def _on_text(self) -> None:
        typed = self.line.text().strip()
        self._found = [it for it in self._owners if it.matches(typed)] if typed else []
        self._at = 0
        self._tell()

    def _on_step(self, step: int) -> None:
        if not self.line.text().strip():
            self._found = list(self._owners)
            if self._found:
                self.line.setText(self._found[0].name)
            return
        if self._found:
            self._at = (self._at + step) % len(self._found)
            self._tell()

    def _tell(self) -> None:
        owner = self.owner
        if owner is None:
            text = ""
        elif not self._found:
            text = words("cockpit.owner.somebody_else")
        else:
            text = f"{owner.name}, {owner.detail}" if owner.detail else owner.name
        self.meant.setText(text)
        self.line.setAccessibleDescription(text)
        self.changed.emit()
