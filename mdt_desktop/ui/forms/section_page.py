"""One section of a form on a page that scrolls."""

from functools import partial

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from mdt_desktop.domain.answering import Reading
from mdt_desktop.domain.questionnaire import Answers, Item, ItemType
from mdt_desktop.ui import theme
from mdt_desktop.ui.forms.blocks import Block, FormContext, QuestionBlock, make_block
from mdt_desktop.ui.forms.tab_order import keep_tab_order
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words

_TITLE_LENGTH = 60  # an instrument's introduction is read, not shouted
_LINE_LENGTH = 62  # times the body size: about 90 characters, the longest line that reads well


class SectionPage(QScrollArea):
    """The title of a section, its blocks, and a button to the next section where there is one."""

    next_requested = Signal()

    def __init__(self, section: Item, context: FormContext, next_name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._context = context
        holder = QWidget(self)
        theme.set_kind(holder, "scrolled")
        self.setWidget(holder)
        outer = QHBoxLayout(holder)
        page = theme.size("page")
        outer.setContentsMargins(page, theme.size("gap"), page, page)
        column = QWidget(holder)
        column.setMaximumWidth(theme.size("body") * _LINE_LENGTH)
        outer.addWidget(column, 1)
        outer.addStretch(0)
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.size("gap") + theme.size("unit") * 2)
        kind = "title" if len(section.text) <= _TITLE_LENGTH else "section"
        layout.addWidget(words_label(section.text, kind, wraps=True))
        is_group = section.type is ItemType.GROUP and not section.repeats
        self.blocks: list[Block] = [
            make_block(item, "", context, column) for item in (section.items if is_group else (section,))
        ]
        for block in self.blocks:
            layout.addWidget(block)
        self.next_button: Button | None = None
        if next_name:
            self.next_button = Button(words("form.next", name=next_name), self.next_requested.emit)
            layout.addWidget(self.next_button, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addStretch(1)
        self.show_what_applies()

    def scroll_to(self, question: QuestionBlock) -> None:
        """Bring a question into sight."""
        holder = self.widget()
        layout = holder.layout() if holder else None
        if layout:
            layout.activate()
        self._scroll_now(question)
        # A page that was just built finds its places only when the window has laid it out.
        QTimer.singleShot(0, question, partial(self._scroll_now, question))

    def _scroll_now(self, question: QuestionBlock) -> None:
        holder = self.widget()
        if holder:
            top = question.mapTo(holder, QPoint(0, 0)).y()
            self.verticalScrollBar().setValue(top - self.viewport().height() // 4)

    def questions(self) -> list[QuestionBlock]:
        """Every question that has a field on this page; one that never applied has none yet."""
        return [question for block in self.blocks for question in block.questions()]

    def question(self, link_id: str, position: str) -> QuestionBlock | None:
        """The question whose answer (or one of whose answers) is at this place."""
        for question in self.questions():
            if question.item.link_id == link_id and _stands_at(question, position):
                return question
        return None

    def show_answers(self, answers: Answers) -> None:
        """Show other answers."""
        for block in self.blocks:
            block.show_answers(answers)
        self.show_what_applies()
        keep_tab_order(self)

    def show_what_applies(self) -> None:
        """Show and hide by the conditions."""
        reading = Reading(self._context.questionnaire, self._context.answers())
        before = len(self.questions())
        for block in self.blocks:
            block.show_what_applies(reading)
        if len(self.questions()) != before:
            keep_tab_order(self)

    def show_errors(self, messages: dict[tuple[str, str], str]) -> None:
        """Show the message of every place that has one, at its field; take all others away."""
        for question in self.questions():
            found = [
                message
                for (link_id, position), message in messages.items()
                if link_id == question.item.link_id and _stands_at(question, position)
            ]
            message = "\n".join(dict.fromkeys(found))
            if message != question.error_message:
                question.show_error(message)


def _stands_at(question: QuestionBlock, position: str) -> bool:
    if position == question.position:
        return True
    return question.item.repeats and position.rpartition(".")[0] == question.position
