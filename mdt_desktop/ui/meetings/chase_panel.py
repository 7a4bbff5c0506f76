"""The chase list beside an agenda: what is still missing, by organisation, to copy into a message or to print."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from mdt_desktop.services.chasing import ChaseGroup, ChaseList, missing, who
from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.lines import Line, Section, Sections
from mdt_desktop.ui.widgets.parts import beside
from mdt_desktop.words import words


class ChasePanel(QWidget):
    """`copy_requested` carries the list and whether names are in it; on paper there are initials only."""

    copy_requested = Signal(object, bool)
    print_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._chase: ChaseList | None = None
        self.names = QCheckBox(words("meetings.chase.with_names"))
        self.names.toggled.connect(lambda _: self._show())
        self.list = Sections(words("meetings.chase.title"), 0, theme.size("gap"))
        self._sections: list[Section] = []
        self.nothing = words_label(words("meetings.chase.nothing"), "good", wraps=True)
        self.list.column.addWidget(self.nothing)
        self.list.column.addStretch(1)
        self.copy = Button(words("meetings.chase.copy"), self._copy, "plain", "copy")
        self.print = Button(words("meetings.chase.print"), self.print_requested.emit, "plain", "print")
        column = QVBoxLayout(self)
        edge = theme.size("card")
        column.setContentsMargins(edge, theme.size("gap"), edge, theme.size("gap"))
        column.setSpacing(theme.size("unit") * 2)
        column.addWidget(words_label(words("meetings.chase.help"), "muted", wraps=True))
        column.addWidget(self.list, 1)
        column.addWidget(self.names)
        column.addLayout(beside(self.copy, self.print))

    def show_list(self, chase: ChaseList) -> None:
        """Show this list."""
        self._chase = chase
        self._show()

    def _show(self) -> None:
        chase = self._chase
        groups: tuple[ChaseGroup, ...] = chase.groups if chase is not None else ()
        while len(self._sections) < len(groups):
            section = Section("")
            self.list.column.insertWidget(len(self._sections), section)
            self._sections.append(section)
        for number, section in enumerate(self._sections):
            group = groups[number] if number < len(groups) else None
            section.name.setText((group.organisation or words("meetings.chase.nobody")) if group is not None else "")
            section.show_lines(self._lines(group) if group is not None else [])
        self.nothing.setVisible(not groups)
        for button in (self.copy, self.print, self.names):
            button.setEnabled(bool(groups))

    def _lines(self, group: ChaseGroup) -> list[Line]:
        lines: list[Line] = []
        for row in group.rows:
            asked = row.ask or words("meetings.chase.no_lead")
            lines.append(Line(words("meetings.chase.row", ask=asked, who=who(row.item, names=self.names.isChecked()))))
            lines.append(Line(missing(row), kind="muted", indent=1))
        return lines

    def _copy(self) -> None:
        if self._chase is not None:
            self.copy_requested.emit(self._chase, self.names.isChecked())
