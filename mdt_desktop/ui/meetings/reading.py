"""A meeting that is over, to be read: what was decided and agreed about whom, who was there, and what was put right."""

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mdt_desktop.domain.dates import cui_date, cui_time
from mdt_desktop.domain.meeting import AttendanceState, ItemState, MeetingState
from mdt_desktop.domain.people import name_on_screen
from mdt_desktop.services.agendas import ItemSummary
from mdt_desktop.services.meeting_closing import Minutes
from mdt_desktop.ui import theme
from mdt_desktop.ui.forms.form_sheet import chooser
from mdt_desktop.ui.meetings.papers import PapersButton
from mdt_desktop.ui.meetings.view import header_words, meeting_name
from mdt_desktop.ui.widgets.buttons import Button, IconButton
from mdt_desktop.ui.widgets.growing_text_edit import GrowingTextEdit
from mdt_desktop.ui.widgets.labels import FieldLabel, words_label
from mdt_desktop.ui.widgets.lines import Line, Section, Sections
from mdt_desktop.ui.widgets.parts import badge, show_badge
from mdt_desktop.words import label, words


class ReadingPanel(QWidget):
    """Nothing of the sealed record can be changed here; `addendum_requested` carries the words and the item, or ""."""

    back_requested = Signal()
    addendum_requested = Signal(str, str)

    def __init__(self, papers: PapersButton) -> None:
        super().__init__()
        self.papers = papers
        self._meeting_id = ""
        self.back = IconButton("back", words("meetings.back"), self.back_requested.emit)
        self.title = words_label("", "title")
        self.state = badge("")
        self.when = words_label("", "subtitle", wraps=True)
        self.record = Sections(words("meetings.record"), theme.size("card"), theme.size("gap"))
        theme.set_kind(self.record, "record")
        self.people: list[Section] = []
        self.nobody = words_label(words("meetings.record.nobody"), "muted", wraps=True)
        self.record.column.addWidget(self.nobody)
        self.record.column.addStretch(1)
        self.side = Sections(words("meetings.record.side"), theme.size("card"), theme.size("gap"))
        theme.set_kind(self.side, "record")
        self.sealed = words_label("", "good", wraps=True)
        self.present = Section(words("meetings.record.present"))
        self.absent = Section(words("meetings.record.absent"))
        self.others = Section(words("meetings.record.not_about_anybody"))
        self.addenda = Section(words("meetings.record.addenda"), stays=True)
        for widget in (self.sealed, self.present, self.absent, self.others, self.addenda, self._addendum()):
            self.side.column.addWidget(widget)
        self.side.column.addStretch(1)
        self._lay_out()

    def _addendum(self) -> QWidget:
        self.about = chooser(words("meetings.addendum.about"), [("", words("meetings.addendum.meeting"))])
        self.addendum = GrowingTextEdit(lines=2, most_lines=6)
        self.addendum.setPlaceholderText(words("meetings.addendum.hint"))
        self.add = Button(words("meetings.addendum.add"), self._add, "plain")
        self._adding = held = QWidget()
        column = QVBoxLayout(held)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("unit"))
        column.addWidget(FieldLabel(words("meetings.addendum.about"), self.about))
        column.addWidget(self.about)
        column.addWidget(FieldLabel(words("meetings.addendum"), self.addendum))
        column.addWidget(self.addendum)
        row = QHBoxLayout()
        row.addWidget(self.add)
        row.addStretch(1)
        column.addLayout(row)
        return held

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(theme.size("gap"))
        top.addWidget(self.back)
        top.addWidget(self.title)
        top.addWidget(self.state)
        top.addStretch(1)
        top.addWidget(self.papers)
        below = QHBoxLayout()
        below.setSpacing(theme.size("gap"))
        below.addWidget(self.record, 3)
        below.addWidget(self.side, 2)
        column = QVBoxLayout(self)
        edge = theme.size("page")
        column.setContentsMargins(edge, edge - 6, edge, edge - 8)
        column.setSpacing(theme.size("gap"))
        column.addLayout(top)
        column.addWidget(self.when)
        column.addLayout(below, 1)

    def show_minutes(self, minutes: Minutes) -> None:
        """Show the record."""
        meeting = minutes.meeting
        another = meeting.id != self._meeting_id
        self._meeting_id = meeting.id
        self.title.setText(meeting_name(meeting))
        show_badge(self.state, label(meeting.state), "good" if meeting.state is MeetingState.SEALED else "late")
        self.when.setText(header_words(meeting))
        self.papers.show_state(meeting.state)
        self._show_people(minutes)
        self._show_side(minutes)
        if another:
            self.addendum.clear()
            self._show_about(minutes)

    def _show_people(self, minutes: Minutes) -> None:
        shown = [it for it in minutes.items if it.state is not ItemState.REMOVED]
        while len(self.people) < len(shown):
            section = Section("")
            self.record.column.insertWidget(len(self.people), section)
            self.people.append(section)
        for number, section in enumerate(self.people):
            if number < len(shown):
                section.name.setText(_name(shown[number]))
                section.show_lines(_lines(minutes, shown[number]), _outcome(shown[number]))
            section.setVisible(number < len(shown))
        self.nobody.setVisible(not shown)

    def _show_side(self, minutes: Minutes) -> None:
        meeting = minutes.meeting
        self.sealed.setVisible(meeting.sealed_at is not None)
        if meeting.sealed_at is not None:
            here = meeting.sealed_at.astimezone()
            when = f"{cui_date(here.date())} {cui_time(here)}"
            self.sealed.setText(words("meetings.sealed_by", name=meeting.sealed_by, when=when))
        there = [it for it in minutes.attendance if it.state is AttendanceState.PRESENT]
        rest = [it for it in minutes.attendance if it.state is not AttendanceState.PRESENT]
        # One after the other rather than side by side: with large text there is no room for two columns of names.
        self.present.show_lines(
            [Line(words("meetings.record.person", name=it.name, part=it.part or label(it.discipline))) for it in there]
        )
        self.absent.show_lines([Line(it.name, label(it.state)) for it in rest])
        self.others.show_lines([_task_line(it.what, it.owner, it.due) for it in minutes.tasks if it.item_id is None])
        names = {it.id: _name(it) for it in minutes.items}
        lines = []
        for it in minutes.addenda:
            here = it.written_at.astimezone()
            about = names.get(it.item_id or "", words("meetings.addendum.meeting"))
            lines.append(Line(it.words, cui_date(here.date())))
            lines.append(Line(words("meetings.addendum.by", about=about, name=it.written_by), kind="muted"))
        self.addenda.show_lines(lines or [Line(words("meetings.record.no_addenda"), kind="muted")])
        self._adding.setVisible(meeting.state is MeetingState.SEALED)

    def _show_about(self, minutes: Minutes) -> None:
        self.about.clear()
        self.about.addItem(words("meetings.addendum.meeting"), "")
        for it in minutes.items:
            if it.state is not ItemState.REMOVED:
                self.about.addItem(_name(it), it.id)

    def _add(self) -> None:
        self.addendum_requested.emit(self.addendum.toPlainText(), str(self.about.currentData() or ""))


def _name(item: ItemSummary) -> str:
    return name_on_screen(item.family_name, item.given_names, item.title)


def _outcome(item: ItemSummary) -> str:
    return label(item.outcome) if item.outcome is not None else label(item.state)


def _lines(minutes: Minutes, item: ItemSummary) -> list[Line]:
    """What is on record about one person: the question, their words, what was said, decided and agreed."""
    lines: list[Line] = []
    if item.question:
        lines.append(Line(words("meetings.record.question", text=item.question), kind="muted"))
    if item.persons_view:
        lines.append(Line(f"“{item.persons_view}”", kind="quote"))
    elif item.persons_view_why_not:
        lines.append(Line(words("meetings.view_why_not", why=item.persons_view_why_not), kind="muted"))
    if item.carers_view:
        lines.append(Line(words("meetings.record.carer", text=item.carers_view), kind="muted"))
    lines += [Line(it.words, kind="muted") for it in minutes.notes if it.item_id == item.id and not it.replaced]
    for it in minutes.decisions:
        if it.item_id == item.id and not it.changed:
            agreed = "" if it.is_agreed else words("meetings.record.not_agreed")
            lines.append(Line(words("meetings.record.decision", text=it.words), agreed, side_kind="late"))
    lines += [_task_line(it.what, it.owner, it.due) for it in minutes.tasks if it.item_id == item.id]
    if item.quorate is False:
        names = ", ".join(label(part) for part in item.missing_for_quorum)
        lines.append(Line(words("meetings.record.no_quorum", missing=names), kind="muted"))
    return lines


def _task_line(what: str, owner: str, due: date | None) -> Line:
    day = cui_date(due) if due is not None else words("meetings.record.no_day")
    return Line(words("meetings.record.action", what=what, who=owner), day, indent=1)
