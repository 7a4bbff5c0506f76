"""One assessment on the screen: its parts at the left, the form, what the answers say, and the bar that signs."""

from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mdt_desktop.domain.answering import Problem
from mdt_desktop.domain.assessment import AssessmentStatus, PartState, PartStatus, unsigned_parts
from mdt_desktop.domain.organisations import Role
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.domain.questionnaire import Answers
from mdt_desktop.services.assessment_reading import OpenAssessment
from mdt_desktop.ui import theme
from mdt_desktop.ui.assessment.part_list import PartLine, PartList
from mdt_desktop.ui.assessment.result_panel import ResultPanel
from mdt_desktop.ui.assessment.results import has_results, results_of
from mdt_desktop.ui.assessment.sayings import at, count_line, head_line, part_sentence
from mdt_desktop.ui.assessment.sign_bar import SignBar
from mdt_desktop.ui.forms.fields import Today
from mdt_desktop.ui.forms.questionnaire_form import QuestionnaireForm
from mdt_desktop.ui.messages import Notice, NoticeAction, Tone
from mdt_desktop.ui.permitted import permit
from mdt_desktop.ui.unsettled_mark import OpenByKey
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.toast import NoticeBar
from mdt_desktop.ui.widgets.toolbar_row import PageHeader
from mdt_desktop.words import words

_ROOM_FOR_THREE = 1000  # pixels at 100 % text: below this the result stands under the list of parts
_RESULT_MS = 120
_NO_LIMIT = (1 << 24) - 1  # as Qt's own, which PySide does not export


class FillingView(QWidget):
    """Shows a form and what is known of it; the page saves, signs and completes.

    `answered` carries link id, position and value of each change, `sign_requested` the part's key and the discipline,
    `part_shown` the key of the part a person went to, `prompted` the words of a safety prompt that has just come,
    `decide_requested` the conflict that somebody wants to decide.
    """

    answered = Signal(str, str, object)
    sign_requested = Signal(str, object)
    complete_requested = Signal()
    change_requested = Signal()
    shelf_requested = Signal()
    part_shown = Signal(str)
    prompted = Signal(str)
    decide_requested = Signal(str)

    def __init__(self, view: OpenAssessment, answers: Answers, role: Role, today: Today, editing: bool = False) -> None:
        super().__init__()
        self.view = view
        may_edit = view.who.rights.may(Permission.EDIT_ASSESSMENT)
        self.editing = may_edit and (editing or view.summary.status is not AssessmentStatus.COMPLETED)
        self.form = QuestionnaireForm(view.questionnaire, answers, today=today, read_only=not self.editing)
        # The list of parts stands for the form's own, and the page's commands for its keys.
        self.form.sections.hide()
        for shortcut in self.form.findChildren(QShortcut, options=Qt.FindChildOption.FindDirectChildrenOnly):
            shortcut.setEnabled(False)
        self.parts = PartList()
        self.bar = SignBar(role)
        self.results: ResultPanel | None = ResultPanel() if has_results(view.questionnaire) else None
        self.trouble: NoticeBar | None = None
        self._settle_results = QTimer(self)
        self._settle_results.setSingleShot(True)
        self._settle_results.setInterval(_RESULT_MS)
        self._settle_results.timeout.connect(self.show_results)
        self._lay_out()
        self._connect()
        self.parts.go_to(0)
        self.show_view(view)
        self.show_results()

    def _lay_out(self) -> None:
        page, gap = theme.size("page"), theme.size("gap")
        self.header = PageHeader(self.view.questionnaire.title)
        self.back = Button(words("assessment.all"), self.shelf_requested.emit, "quiet", icon="back")
        self.header.add_action(self.back)
        self._notices = QVBoxLayout()
        self.left = QWidget()
        self._left_column = QVBoxLayout(self.left)
        self._left_column.setContentsMargins(page - theme.size("unit") * 3, gap, 0, 0)
        self._left_column.setSpacing(gap)
        self._left_column.addWidget(self.parts, 1)
        self._body = QHBoxLayout()
        self._body.setContentsMargins(0, 0, 0, 0)
        self._body.setSpacing(0)
        self._body.addWidget(self.left)
        self._body.addWidget(self.form, 1)
        if self.results is not None:
            self._body.addWidget(self.results)
        # Only hidden here, never shown: a widget without a parent would come up as a window.
        if len(self.view.parts) < 2:
            self.parts.hide()
            self.left.hide()
        head = QVBoxLayout()
        head.setContentsMargins(page, gap, page, theme.size("unit"))
        head.setSpacing(theme.size("unit"))
        head.addWidget(self.header)
        head.addLayout(self._notices)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(self._body, 1)
        column.addWidget(self.bar)

    def _connect(self) -> None:
        self.form.answer_changed.connect(self._on_answered)
        self.form.part_changed.connect(self._on_part)
        self.form.decide_requested.connect(self.decide_requested)
        self.parts.part_chosen.connect(self.form.go_to_section)
        self.bar.sign_requested.connect(lambda discipline: self.sign_requested.emit(self.part, discipline))
        self.bar.complete_requested.connect(self.complete_requested)
        self.bar.change_requested.connect(self.change_requested)

    @property
    def part(self) -> str:
        """The key of the part on the screen."""
        return self.form.part

    @property
    def place(self) -> int:
        """The place of that part."""
        return next(place for place, state in enumerate(self.view.parts) if state.part.key == self.part)

    def states(self) -> tuple[PartState, ...]:
        """How the parts stand with what is typed and not saved yet: a part that was empty counts as started."""
        found = []
        for row, state in enumerate(self.view.parts):
            progress = self.form.sections.section_state(row).progress
            begun = state.status is PartStatus.EMPTY and progress.answered
            status = PartStatus.STARTED if begun else state.status
            if state.status is PartStatus.STARTED and not progress.answered:
                status = PartStatus.EMPTY
            found.append(replace(state, status=status, progress=progress))
        return tuple(found)

    def show_view(self, view: OpenAssessment) -> None:
        """Show what the store knows of parts and signatures; the answers on the screen are left alone."""
        self.view = view
        self._show_states()

    def set_answers(self, answers: Answers) -> None:
        """Show other answers; fields that say the same keep their cursor."""
        self.form.set_answers(answers)
        self._show_states()
        self.show_results()

    def show_unsettled(self, found: OpenByKey) -> None:
        """Mark the answers of this assessment that two people gave differently."""
        assessment_id = self.view.summary.id
        self.form.show_unsettled(
            {(key[2], key[3]): it for key, it in found.items() if key[:2] == ("answer", assessment_id)}
        )

    def show_problems(self, found: tuple[Problem, ...]) -> None:
        """Say what is to put right before signing."""
        self.form.show_problems(found)
        self._show_states()

    def step(self, by: int) -> None:
        """To the next part or the one before."""
        place = self.place + by
        if 0 <= place < len(self.view.parts):
            self.form.go_to_section(place)
            self.focus_first()

    def go_to(self, key: str) -> None:
        """To a part by its key."""
        for place, state in enumerate(self.view.parts):
            if state.part.key == key:
                self.form.go_to_section(place)
                self.focus_first()

    def focus_first(self) -> None:
        """Put the focus where answering begins."""
        questions = self.form.page.questions()
        if questions and self.editing:
            questions[0].focus_field()
        else:
            (self.parts if not self.parts.isHidden() else self.back).setFocus(Qt.FocusReason.OtherFocusReason)

    def show_trouble(self, text: str, action: NoticeAction) -> None:
        """Say that saving failed, over the form, until it works."""
        self.clear_trouble()
        self.trouble = NoticeBar(Notice(text, Tone.ERROR, action), closable=False)
        self._notices.addWidget(self.trouble)

    def clear_trouble(self) -> None:
        """What was typed is in the store."""
        if self.trouble is not None:
            self._notices.removeWidget(self.trouble)
            self.trouble.hide()
            self.trouble.deleteLater()
            self.trouble = None

    def show_results(self) -> None:
        """Read the answers by the rules of the form."""
        if self.results is None:
            return
        section = self.form.questionnaire.items[self.place].link_id
        content = results_of(self.form.questionnaire, self.form.answers, self.view.earlier, section)
        if content is not None and self.results.show_content(content):
            self.prompted.emit(content.safety)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_results()

    def _place_results(self) -> None:
        """Three columns where there is room, else the result under the parts, so that the form stays wide."""
        if self.results is None or self.parts.isHidden():
            return
        narrow = self.width() / theme.current().scale < _ROOM_FOR_THREE
        under = self._left_column.indexOf(self.results) >= 0
        if narrow and not under:
            self._body.removeWidget(self.results)
            self._left_column.setStretch(0, 0)
            self._left_column.addWidget(self.results, 1)
            self.results.stand_under(self.parts.width())
        elif under and not narrow:
            self._left_column.removeWidget(self.results)
            self._left_column.setStretch(0, 1)
            self._body.addWidget(self.results)
            self.results.stand_beside()
        self.parts.setMaximumHeight(self._rows_height() if narrow else _NO_LIMIT)

    def _rows_height(self) -> int:
        return sum(self.parts.sizeHintForRow(row) for row in range(self.parts.count())) + 6

    def _on_answered(self, link_id: str, position: str, value: object) -> None:
        self.answered.emit(link_id, position, value)
        self._show_states()
        if self.results is not None:
            self._settle_results.start()

    def _on_part(self, part: str) -> None:
        self._show_states()
        self.show_results()
        self.part_shown.emit(part)

    def _show_states(self) -> None:
        states = self.states()
        lines = [PartLine(state, self.form.sections.section_state(row)) for row, state in enumerate(states)]
        self.parts.show_lines(lines)
        self.parts.go_to(self.place)
        self.header.show_summary(f"{head_line(self.view)}  ·  {count_line(states)}")
        self.bar.show_state(
            states[self.place],
            only_one=len(states) == 1,
            all_signed=not unsigned_parts(states) and any(it.status is not PartStatus.EMPTY for it in states),
            closed=self._closed_words(states[self.place]),
        )
        rights = self.view.who.rights
        permit(self.bar.sign, rights, Permission.SIGN_PART)
        for button in (self.bar.complete, self.bar.change):
            permit(button, rights, Permission.EDIT_ASSESSMENT)

    def _closed_words(self, state: PartState) -> str:
        summary = self.view.summary
        if self.editing:
            return ""
        if summary.completed_at is None:
            return words("assessment.only_read")
        closed = f"{words('assessment.completed', day=at(summary.completed_at))}."
        if state.signed_at is not None:
            closed += " " + part_sentence(state)
        if summary.unsigned_reason:
            closed += " " + words("assessment.unsigned_because", reason=summary.unsigned_reason)
        return closed
