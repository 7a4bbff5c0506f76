"""Takes the place of the window in front of a page: keeps what is told and answers what is asked."""

from dataclasses import dataclass, field

from mdt_desktop.ui.messages import Answer, Notice, NoticeAction, Question


@dataclass
class Answering:
    """Keeps the words and actions of notices, and the words of questions.

    A question gets `answer`, or its way out while that is empty.
    """

    notices: list[str] = field(default_factory=list)
    actions: list[NoticeAction | None] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    answer: str = ""

    def show_notice(self, notice: Notice) -> None:
        self.notices.append(notice.words)
        self.actions.append(notice.action)

    def show_question(self, question: Question, answer: Answer) -> None:
        self.asked.append(question.words)
        answer(self.answer or question.way_out)
