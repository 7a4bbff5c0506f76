"""The closing of a meeting: everything is read back, what is open is named, and the meeting is sealed."""

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from mdt_desktop.domain.dates import cui_date, read_date
from mdt_desktop.domain.errors import BadInput
from mdt_desktop.domain.meeting import ItemState, MeetingState
from mdt_desktop.services.meeting_closing import ReadBack
from mdt_desktop.services.meeting_room import ItemSummary
from mdt_desktop.ui import theme
from mdt_desktop.ui.cockpit.pulse_card import PulseCard
from mdt_desktop.ui.cockpit.view import ClosingView, clock_time
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import FieldLabel, words_label
from mdt_desktop.ui.widgets.lines import Line, Section, Sections
from mdt_desktop.words import label, sentence, words


class ClosingPanel(QWidget):
    """Read aloud from the left; what needs somebody's word stands at the right."""

    seal_requested = Signal(object)  # the next meeting's day, or None
    papers_requested = Signal()
    addendum_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._today = date.min
        self.read_back = Sections(words("cockpit.read_back"), theme.size("card"), theme.size("gap"))
        self.people = Section(words("cockpit.read_back"), stays=True)
        self.read_back.column.addWidget(self.people)
        self.read_back.column.addStretch(1)
        right = Sections(words("cockpit.closing"), theme.size("card"), theme.size("gap"))
        theme.set_kind(right, "cockpit_record")
        self.open_ones = Section(words("cockpit.closing.under_way"))
        self.rolls_over = Section(words("cockpit.closing.rolls_over"))
        self.refused = Section(words("cockpit.closing.refused"))
        self.without_day = Section(words("cockpit.closing.without_day"))
        self.not_agreed = Section(words("cockpit.closing.not_agreed"))
        self.addenda = Section(words("cockpit.closing.addenda"))
        for section in (
            self.open_ones, self.rolls_over, self.refused, self.without_day, self.not_agreed, self.addenda,
        ):  # fmt: skip
            right.column.addWidget(section)
        self.all_clear = words_label(words("cockpit.closing.all_clear"), "good", wraps=True)
        right.column.addWidget(self.all_clear)
        right.column.addWidget(self._next_day())
        right.column.addWidget(self._addendum())
        self.pulse = PulseCard()
        right.column.addWidget(self.pulse)
        right.column.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.read_back, 5)
        row.addWidget(right, 4)

    def _next_day(self) -> QWidget:
        self.next_day = QLineEdit()
        self.next_day.setFixedWidth(round(120 * theme.current().scale))
        self.next_day_meant = words_label("", "muted")
        self.seal = Button(words("cockpit.seal"), self._seal, "primary", "lock")
        self.papers = Button(words("cockpit.papers"), self.papers_requested.emit, "plain", "documents")
        self._next = holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(FieldLabel(words("cockpit.next_day"), self.next_day))
        row = QHBoxLayout()
        row.addWidget(self.next_day)
        row.addWidget(self.next_day_meant, 1)
        column.addLayout(row)
        # A row of their own: with large text there is no room for them beside the day.
        verbs = QHBoxLayout()
        verbs.addStretch(1)
        verbs.addWidget(self.papers)
        verbs.addWidget(self.seal)
        column.addLayout(verbs)
        self.sealed = words_label("", "good", wraps=True)
        column.addWidget(self.sealed)
        self.next_day.textChanged.connect(self._show_meant)
        return holder

    def _addendum(self) -> QWidget:
        self.addendum = QLineEdit()
        self.addendum.setPlaceholderText(words("cockpit.addendum.placeholder"))
        self.add_addendum = Button(words("cockpit.addendum.add"), self._add, "plain")
        self._addendum_row = holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(FieldLabel(words("cockpit.addendum"), self.addendum))
        row = QHBoxLayout()
        row.addWidget(self.addendum, 1)
        row.addWidget(self.add_addendum)
        column.addLayout(row)
        self.addendum.returnPressed.connect(self._add)
        return holder

    def show_closing(self, view: ClosingView, today: date) -> None:
        """Show what is read aloud, and what the team tapped."""
        self._today = today
        back = view.back
        self.pulse.show_result(view.pulse, view.answered)
        meeting = back.minutes.meeting
        self.people.show_lines(_people(back) or [Line(words("cockpit.closing.nobody"), kind="muted")])
        names = {it.id: it.initials for it in back.minutes.items}
        self.open_ones.show_lines([Line(it.initials) for it in back.under_way])
        self.rolls_over.show_lines([Line(it.initials, _why(it)) for it in back.rolls_over])
        self.refused.show_lines([Line(it.what, it.status_reason, side_kind="late") for it in back.refused])
        self.without_day.show_lines([Line(it.what, it.owner) for it in back.without_day])
        self.not_agreed.show_lines([Line(it.words, names.get(it.item_id, "")) for it in back.not_agreed])
        self.addenda.show_lines([Line(it.words, clock_time(it.written_at)) for it in back.minutes.addenda])
        self.all_clear.setVisible(not (back.under_way or back.rolls_over or back.refused or back.without_day))
        sealed = meeting.state is MeetingState.SEALED
        # Before it has begun there is nothing to seal and nothing to say about it.
        self.seal.setVisible(meeting.state is MeetingState.UNDER_WAY)
        self.pulse.setVisible(meeting.state is not MeetingState.PLANNED)
        self._next.setVisible(meeting.state is not MeetingState.PLANNED)
        self.next_day.setReadOnly(sealed)
        shown = meeting.next_day if sealed else view.next_day
        if shown is not None and not self.next_day.text():
            self.next_day.setText(cui_date(shown))
        self.sealed.setVisible(sealed)
        if sealed and meeting.sealed_at is not None:
            self.sealed.setText(words("cockpit.sealed_by", name=meeting.sealed_by, time=clock_time(meeting.sealed_at)))
        self._addendum_row.setVisible(sealed)
        self.papers.setVisible(sealed)

    def forget(self) -> None:
        """Another meeting comes."""
        self.next_day.clear()
        self.addendum.clear()
        self.pulse.forget()

    def _show_meant(self) -> None:
        try:
            day = self._day()
            self.next_day_meant.setText(f"{day:%A}" if day is not None else "")
        except BadInput as problem:
            self.next_day_meant.setText(sentence(problem))

    def _day(self) -> date | None:
        typed = self.next_day.text().strip()
        found = read_date(typed, self._today) if typed else None
        return found if isinstance(found, date) else None

    def _seal(self) -> None:
        try:
            self.seal_requested.emit(self._day())
        except BadInput:
            self.next_day.setFocus(Qt.FocusReason.OtherFocusReason)

    def _add(self) -> None:
        text = self.addendum.text().strip()
        if text:
            self.addendum.clear()
            self.addendum_requested.emit(text)


def _people(back: ReadBack) -> list[Line]:
    lines: list[Line] = []
    minutes = back.minutes
    for item in minutes.items:
        if item.state in (ItemState.WAITING, ItemState.REMOVED, ItemState.ROLLED_OVER):
            continue
        came_of_it = label(item.outcome) if item.outcome is not None else label(item.state)
        lines.append(Line(item.initials, came_of_it, kind="strong"))
        lines += [
            Line(it.words, indent=1) for it in minutes.decisions if it.item_id == item.id and not it.changed
        ]
        for task in minutes.tasks:
            if task.item_id == item.id:
                due = cui_date(task.due) if task.due is not None else words("cockpit.task.no_day")
                lines.append(Line(words("cockpit.task", what=task.what, who=task.owner), due, indent=1))
    return lines


def _why(item: ItemSummary) -> str:
    return words("cockpit.closing.again", count=item.rolled_over + 1) if item.rolled_over else ""
