"""The one door for messages: what it tells, what it asks, and what can be taken back."""

import pytest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from mdt_desktop.domain.errors import NotFound
from mdt_desktop.ui.messages import UNDO_STEPS, Answer, Choice, Messages, Notice, NoticeAction, Question, Tone
from mdt_desktop.ui.widgets.question_box import QuestionBox
from mdt_desktop.ui.widgets.toast import NoticeBar, Toast
from mdt_desktop.words import sentence
from tests.ui.conftest import Show

CHOICES = (Choice("keep", "Keep consent"), Choice("withdraw", "Withdraw consent", "danger"))


class Answering:
    """A presenter that keeps what it is shown and answers questions as told."""

    def __init__(self, answer: str = "") -> None:
        self.notices: list[Notice] = []
        self.questions: list[Question] = []
        self._answer = answer

    def show_notice(self, notice: Notice) -> None:
        self.notices.append(notice)

    def show_question(self, question: Question, answer: Answer) -> None:
        self.questions.append(question)
        answer(self._answer or question.way_out)


@pytest.fixture
def messages(qapp: object) -> Messages:
    return Messages()


def test_an_error_is_told_by_its_sentence_and_stays(messages: Messages) -> None:
    screen = Answering()
    messages.show_on(screen)
    messages.error(NotFound())
    assert screen.notices == [Notice(sentence(NotFound()), Tone.ERROR)]
    assert screen.notices[0].stays


def test_an_unexpected_error_never_shows_its_own_text(messages: Messages) -> None:
    screen = Answering()
    messages.show_on(screen)
    messages.error(ValueError("EXAMPLE, Amina"))
    assert "EXAMPLE" not in screen.notices[0].words


def test_what_is_told_before_there_is_a_window_is_shown_when_there_is(messages: Messages) -> None:
    messages.notify("The settings file was damaged; the usual settings are used.")
    screen = Answering()
    messages.show_on(screen)
    assert len(screen.notices) == 1


def test_a_question_before_there_is_a_window_is_a_fault(messages: Messages) -> None:
    with pytest.raises(RuntimeError):
        messages.ask("Withdraw?", CHOICES, lambda _: None, way_out="keep")


def test_a_question_needs_a_way_out_among_its_choices(messages: Messages) -> None:
    messages.show_on(Answering())
    with pytest.raises(ValueError, match="way_out"):
        messages.ask("Withdraw?", CHOICES, lambda _: None, way_out="cancel")


def test_a_test_answers_at_the_door(messages: Messages) -> None:
    answers: list[str] = []
    messages.show_on(Answering("withdraw"))
    messages.ask("Withdraw?", CHOICES, answers.append, way_out="keep")
    assert answers == ["withdraw"]


def test_everything_told_is_spoken(messages: Messages) -> None:
    spoken: list[str] = []
    messages.spoken.connect(spoken.append)
    messages.show_on(Answering())
    messages.notify("3 people found")
    messages.ask("Withdraw?", CHOICES, lambda _: None, way_out="keep", detail="Sharing stops.")
    assert spoken == ["3 people found", "Withdraw? Sharing stops."]


def test_steps_are_taken_back_newest_first(messages: Messages) -> None:
    taken: list[str] = []
    messages.show_on(Answering())
    for step in ("first", "second"):
        messages.done(step, lambda step=step: taken.append(step))  # type: ignore[misc]
    messages.undo_last()
    messages.undo_last()
    messages.undo_last()
    assert taken == ["second", "first"]
    assert not messages.can_undo


def test_the_window_is_told_what_undo_would_take_back(messages: Messages) -> None:
    told: list[str] = []
    messages.undo_changed.connect(told.append)
    messages.done("Moved to Planning", lambda: None)
    messages.done("Goal removed", lambda: None)
    messages.undo_last()
    messages.forget_undo()
    assert told == ["Moved to Planning", "Goal removed", "Moved to Planning", ""]


def test_only_the_last_thirty_steps_are_kept(messages: Messages) -> None:
    taken: list[int] = []
    for step in range(UNDO_STEPS + 5):
        messages.done("A step", lambda step=step: taken.append(step))  # type: ignore[misc]
    for _ in range(UNDO_STEPS + 5):
        messages.undo_last()
    assert taken == list(range(UNDO_STEPS + 4, 4, -1))


def test_undo_on_the_notice_takes_back_the_step(messages: Messages) -> None:
    taken: list[bool] = []
    screen = Answering()
    messages.show_on(screen)
    messages.done("Goal removed", lambda: taken.append(True))
    action = screen.notices[0].action
    assert action is not None
    action.run()
    assert taken == [True]


@pytest.mark.parametrize(("press", "answer"), [("withdraw", "withdraw"), ("keep", "keep")])
def test_a_question_answers_once_with_the_button_that_was_pressed(
    qtbot: QtBot, show: Show, press: str, answer: str
) -> None:
    host, answers = show(QWidget()), list[str]()
    box = QuestionBox(Question("Withdraw?", "Sharing stops.", CHOICES, "keep"), answers.append, host)
    box.open()
    box.buttons[press].click()
    assert answers == [answer]


def test_closing_a_question_answers_the_way_out(qtbot: QtBot, show: Show) -> None:
    host, answers = show(QWidget()), list[str]()
    box = QuestionBox(Question("Withdraw?", "", CHOICES, "keep"), answers.append, host)
    box.open()
    box.reject()
    assert answers == ["keep"]


def test_enter_never_presses_the_dangerous_button(qtbot: QtBot, show: Show) -> None:
    box = QuestionBox(Question("Withdraw?", "", CHOICES, "keep"), lambda _: None, show(QWidget()))
    assert box.buttons["keep"].isDefault()
    assert not box.buttons["withdraw"].isDefault()
    box.reject()


def test_a_toast_goes_when_its_action_is_taken(qtbot: QtBot, show: Show) -> None:
    taken: list[bool] = []
    toast = Toast(Notice("Goal removed", Tone.GOOD, NoticeAction("Undo", lambda: taken.append(True))), show(QWidget()))
    toast.appear()
    assert toast.button is not None
    with qtbot.waitSignal(toast.gone):
        toast.button.click()
    assert taken == [True]


def test_a_long_toast_is_wrapped_and_not_cut(qtbot: QtBot, show: Show) -> None:
    host = QWidget()
    host.resize(800, 400)
    show(host)
    toast = Toast(Notice("The plan was agreed and the older one is kept. " * 4), host)
    toast.appear()
    assert toast.label.height() >= toast.label.heightForWidth(toast.label.width())
    assert host.rect().contains(toast.geometry())
    toast.close_toast()


def test_a_notice_bar_closes_before_its_action_runs(qtbot: QtBot, show: Show) -> None:
    order: list[str] = []
    bar = NoticeBar(Notice("It failed", Tone.ERROR, NoticeAction("Try again", lambda: order.append("again"))))
    bar.closed.connect(lambda: order.append("closed"))
    show(bar)
    bar.findChildren(QPushButton)[0].click()
    assert order == ["closed", "again"]
