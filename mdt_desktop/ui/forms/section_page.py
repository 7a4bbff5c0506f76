"""One section of a form on a page that scrolls."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from mdt_desktop.domain.answering import Reading
from mdt_desktop.domain.questionnaire import Answers, Item, ItemType
from mdt_desktop.ui import theme
from mdt_desktop.ui.forms.blocks import Block, FormContext, GroupBlock, QuestionBlock, make_block
from mdt_desktop.ui.forms.tab_order import keep_tab_order
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.services.unsettled import Unsettled

_TITLE_LENGTH = 60  # an instrument's introduction is read, not shouted
LINE_LENGTH = 62  # times the body size: about 90 characters, the longest line that reads well
_BOXES_IN_SIGHT = 24
"""Fields and boxes to tick that are made at once: more than a tall window shows."""
_BOXES_IN_A_TURN = 6
"""Those made in one turn of the event loop after that, an outcome of the Care Act: nobody notices while typing."""


class SectionPage(QScrollArea):
    """The title of a section, its blocks, and a button to the next section where there is one.

    What is in sight is made at once, and the rest while the window has nothing else to do, so that a section of 130
    boxes opens like one of ten. Whoever asks for a question gets it: then the rest is made first.
    """

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
        column.setMaximumWidth(theme.size("body") * LINE_LENGTH)
        outer.addWidget(column, 1)
        outer.addStretch(0)
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.size("gap") + theme.size("unit") * 2)
        kind = "title" if len(section.text) <= _TITLE_LENGTH else "section"
        layout.addWidget(words_label(section.text, kind, wraps=True))
        is_group = section.type is ItemType.GROUP and not section.repeats
        self.blocks: list[Block] = []
        self._column, self._messages = column, dict[tuple[str, str], str]()
        self._unsettled: Mapping[tuple[str, str], Unsettled] = {}
        self._to_make = list(section.items if is_group else (section,))
        self._later = QTimer(self)
        self._later.setInterval(0)
        self._later.timeout.connect(partial(self._make_more, _BOXES_IN_A_TURN))
        self.next_button: Button | None = None
        if next_name:
            self.next_button = Button(words("form.next", name=next_name), self.next_requested.emit)
            layout.addWidget(self.next_button, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addStretch(1)
        self._make_more(_BOXES_IN_SIGHT)

    @property
    def whole(self) -> bool:
        """Whether everything on the page is made."""
        return not self._to_make

    def complete(self) -> None:
        """Make at once what is not made yet."""
        while self._to_make:
            self._make_more(_BOXES_IN_A_TURN)

    def _make_more(self, boxes: int) -> None:
        """Make blocks until they have so many boxes; one that was begun is made whole."""
        layout, made = self._column.layout(), list[Block]()
        while self._to_make and boxes > 0:
            item = self._to_make.pop(0)
            boxes -= _boxes_of(item)
            block = make_block(item, "", self._context, self._column)
            if not self.blocks and isinstance(block, GroupBlock):
                block.rule.hide()  # nothing but the title stands above it
            made.append(block)
            if isinstance(layout, QVBoxLayout):
                layout.insertWidget(1 + len(self.blocks), made[-1])
            self.blocks.append(made[-1])
        reading = Reading(self._context.questionnaire, self._context.answers())
        for block in made:
            block.show_what_applies(reading)
        questions = [question for block in made for question in block.questions()]
        if self._messages:
            self._show_messages(questions)
        if self._unsettled:
            self._mark(questions)
        if len(made) < len(self.blocks):
            keep_tab_order(self)
        if not self._to_make:
            self._later.stop()
        elif not self._later.isActive():
            self._later.start()

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
        self.complete()
        return self._made()

    def _made(self) -> list[QuestionBlock]:
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
        before = len(self._made())
        for block in self.blocks:
            block.show_what_applies(reading)
        if len(self._made()) != before:
            keep_tab_order(self)
            if self._unsettled:
                self._mark(self._made())

    def show_unsettled(self, found: "Mapping[tuple[str, str], Unsettled]") -> None:
        """Mark every answer, by link id and position, that two people gave differently; no other."""
        self._unsettled = found
        self._mark(self._made())

    def _mark(self, questions: list[QuestionBlock]) -> None:
        for question in questions:
            places = (
                it for (link_id, position), it in self._unsettled.items()
                if link_id == question.item.link_id and _stands_at(question, position)
            )  # fmt: skip
            question.show_unsettled(next(places, None))

    def show_errors(self, messages: dict[tuple[str, str], str]) -> None:
        """Show the message of every place that has one, at its field; take all others away."""
        self._messages = messages
        self._show_messages(self._made())

    def _show_messages(self, questions: list[QuestionBlock]) -> None:
        for question in questions:
            found = [
                message
                for (link_id, position), message in self._messages.items()
                if link_id == question.item.link_id and _stands_at(question, position)
            ]
            message = "\n".join(dict.fromkeys(found))
            if message != question.error_message:
                question.show_error(message)


def _stands_at(question: QuestionBlock, position: str) -> bool:
    if position == question.position:
        return True
    return question.item.repeats and position.rpartition(".")[0] == question.position


def _boxes_of(item: Item) -> int:
    """About how many boxes an item is drawn with: its choices, or one for a field, and those of what is in it."""
    own = 0 if item.type in (ItemType.GROUP, ItemType.DISPLAY) else max(1, len(item.options))
    return own + sum(_boxes_of(child) for child in item.items)
