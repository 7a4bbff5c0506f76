"""Any questionnaire as a form: sections with progress, fields for every type, problems that lead to their field."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from mdt_desktop.domain.answering import Problem, problems, progress_of_sections
from mdt_desktop.domain.questionnaire import Answers, Part, Questionnaire, Value
from mdt_desktop.ui import theme
from mdt_desktop.ui.forms.blocks import FormContext
from mdt_desktop.ui.forms.fields import Today
from mdt_desktop.ui.forms.problem_summary import ProblemSummary
from mdt_desktop.ui.forms.section_list import SectionList, SectionState
from mdt_desktop.ui.forms.section_page import LINE_LENGTH, SectionPage
from mdt_desktop.words import sentence

if TYPE_CHECKING:
    from mdt_desktop.services.unsettled import Unsettled


class QuestionnaireForm(QWidget):
    """Draws a questionnaire and keeps its answers.

    `answer_changed(link_id, position, value)` is sent with every change a person makes, each letter included (None
    takes the answer away): the page that owns the form saves on a pause and on leaving. `part_changed(part)` carries
    the part (or the link id, where a section is no part) a person went to. Sections are built when first shown.
    """

    answer_changed = Signal(str, str, object)
    part_changed = Signal(str)
    decide_requested = Signal(str)  # conflict id

    def __init__(
        self,
        questionnaire: Questionnaire,
        answers: Answers | None = None,
        *,
        today: Today,
        read_only: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.questionnaire = questionnaire
        self._answers = answers or Answers()
        self._today = today
        self._read_only = read_only
        self._problems: tuple[Problem, ...] = ()
        self._unsettled: Mapping[tuple[str, str], Unsettled] = {}
        self._triggers = {condition.question for item in questionnaire.all_items() for condition in item.conditions}
        self._pages: dict[int, SectionPage] = {}
        self.sections = SectionList([section.text for section in questionnaire.items])
        self.sections.section_chosen.connect(self.go_to_section)
        self.summary = ProblemSummary()
        self.summary.jump_requested.connect(self.focus_item)
        self._stack = QStackedWidget()
        for _section in questionnaire.items:
            self._stack.addWidget(QWidget())
        self._lay_out()
        self._add_keys()
        self._current = 0
        self._show_section(0)
        self._show_progress()

    @property
    def answers(self) -> Answers:
        """The answers as they stand in the form, unfinished ones as the text that was typed."""
        return self._answers

    @property
    def part(self) -> str:
        """The part (or the link id of the section) that is shown."""
        section = self.questionnaire.items[self._current]
        return section.part.value if section.part else section.link_id

    @property
    def page(self) -> SectionPage:
        """The page that is shown."""
        return self._pages[self._current]

    def set_answers(self, answers: Answers) -> None:
        """Show other answers; nothing is sent, and fields that already say the same keep their cursor."""
        self._answers = answers
        for page in self._pages.values():
            page.show_answers(answers)
        self._recheck()
        self._show_progress()

    def set_read_only(self, read_only: bool) -> None:
        """Turn between a form that is filled in and one that is read."""
        if read_only is self._read_only:
            return
        self._read_only = read_only
        for place, page in self._pages.items():
            self._replace(place, page, QWidget())
        self._pages = {}
        self._show_section(self._current)

    def show_problems(self, found: Sequence[Problem]) -> None:
        """Say what is wrong, at the top and at each field, and put the focus on the summary; nothing for none.

        A line goes away when its field has been put right.
        """
        self._set_problems(tuple(found))
        if found:
            self.summary.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_unsettled(self, found: "Mapping[tuple[str, str], Unsettled]") -> None:
        """Mark every answer, by link id and position, that two people gave differently."""
        self._unsettled = found
        for page in self._pages.values():
            page.show_unsettled(found)

    def go_to_part(self, part: Part) -> None:
        """Show the section of a part."""
        places = [place for place, section in enumerate(self.questionnaire.items) if section.part is part]
        if places:
            self.go_to_section(places[0])

    def go_to_section(self, place: int) -> None:
        """Show a section by its place; beyond the first and the last nothing happens."""
        if 0 <= place < len(self.questionnaire.items) and place != self._current:
            self._show_section(place)
            self.part_changed.emit(self.part)

    def focus_item(self, link_id: str, position: str = "") -> bool:
        """Go to a question and put the focus into its field; False when it is not asked now."""
        around = self.questionnaire.ancestors(link_id)
        section = around[0] if around else self.questionnaire.item(link_id)
        self.go_to_section(self.questionnaire.items.index(section))
        question = self.page.question(link_id, position)
        if question is None or not question.isVisibleTo(self):
            return False
        self.page.scroll_to(question)
        question.focus_field()
        return True

    def _lay_out(self) -> None:
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(theme.size("gap"))
        page = theme.size("page")
        above = QHBoxLayout()
        above.setContentsMargins(page, 0, page, 0)
        self.summary.setMaximumWidth(theme.size("body") * LINE_LENGTH)
        above.addWidget(self.summary, 1)
        above.addStretch(0)
        right.addLayout(above)
        right.addWidget(self._stack, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.size("gap"))
        layout.addWidget(self.sections)
        self.sections.setHidden(len(self.questionnaire.items) < 2)
        layout.addLayout(right, 1)

    def _add_keys(self) -> None:
        for keys, step in (("Ctrl+PgDown", 1), ("Ctrl+PgUp", -1)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda step=step: self.go_to_section(self._current + step))

    def _show_section(self, place: int) -> None:
        self._current = place
        if place not in self._pages:
            self._pages[place] = self._make_page(place)
        self._stack.setCurrentIndex(place)
        self.sections.go_to(place)

    def _make_page(self, place: int) -> SectionPage:
        context = FormContext(
            self.questionnaire,
            self._today,
            self._read_only,
            _few_are_required(self.questionnaire),
            lambda: self._answers,
            self._on_answered,
            self.decide_requested.emit,
        )
        sections = self.questionnaire.items
        next_name = sections[place + 1].text if place + 1 < len(sections) else ""
        page = SectionPage(sections[place], context, next_name, self._stack)
        page.next_requested.connect(lambda: self.go_to_section(place + 1))
        page.show_errors(self._messages())
        page.show_unsettled(self._unsettled)
        placeholder = self._stack.widget(place)
        if placeholder:
            self._replace(place, placeholder, page)
        return page

    def _replace(self, place: int, old: QWidget, new: QWidget) -> None:
        self._stack.removeWidget(old)
        old.deleteLater()
        self._stack.insertWidget(place, new)

    def _on_answered(self, link_id: str, position: str, value: Value | None) -> None:
        was_answered = self._answers.get(link_id, position) is not None
        self._answers = self._answers.changed(link_id, position, value)
        if link_id in self._triggers:
            for page in self._pages.values():
                page.show_what_applies()
        if link_id in self._triggers or was_answered is (value is None):
            self._show_progress()
        self._recheck()
        self.answer_changed.emit(link_id, position, value)

    def _recheck(self) -> None:
        """Take problems away that are put right; new ones wait until they are asked for."""
        if not self._problems:
            return
        now = {(problem.link_id, problem.position, problem.code) for problem in problems(*self._filled())}
        left = tuple(problem for problem in self._problems if (problem.link_id, problem.position, problem.code) in now)
        if len(left) != len(self._problems):
            self._set_problems(left)

    def _filled(self) -> tuple[Questionnaire, Answers]:
        return self.questionnaire, self._answers

    def _set_problems(self, found: tuple[Problem, ...]) -> None:
        self._problems = found
        self.summary.show_problems(found)
        messages = self._messages()
        for page in self._pages.values():
            page.show_errors(messages)
        self._show_progress()

    def _messages(self) -> dict[tuple[str, str], str]:
        return {(problem.link_id, problem.position): sentence(problem.error) for problem in self._problems}

    def _show_progress(self) -> None:
        counted = progress_of_sections(self.questionnaire, self._answers)
        wrong = [self._section_of(problem.link_id) for problem in self._problems]
        self.sections.show_states(
            [
                SectionState(counted[section.link_id], wrong.count(section.link_id))
                for section in self.questionnaire.items
            ]
        )

    def _section_of(self, link_id: str) -> str:
        around = self.questionnaire.ancestors(link_id)
        return around[0].link_id if around else link_id


def _few_are_required(questionnaire: Questionnaire) -> bool:
    """Whether marking the required questions says something: where most are, the mark would be noise."""
    questions = [item for item in questionnaire.all_items() if item.is_question]
    return sum(item.required for item in questions) * 2 < len(questions)
