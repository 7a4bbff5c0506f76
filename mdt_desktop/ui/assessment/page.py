"""The assessment page: the person's banner, and under it the choice of a form or one assessment to fill in."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import cast

import shiboken6
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from mdt_desktop.bootstrap import Services
from mdt_desktop.domain.assessment import PartStatus, part_problems, unsigned_parts
from mdt_desktop.domain.organisations import Discipline
from mdt_desktop.domain.questionnaire import Answers, Value
from mdt_desktop.services.assessment_reading import OpenAssessment, Shelf, WhoItIsAbout
from mdt_desktop.services.changes import Changes
from mdt_desktop.ui import theme
from mdt_desktop.ui.assessment.autosave import Autosave, Batch, Place
from mdt_desktop.ui.assessment.complete_sheet import CompleteSheet
from mdt_desktop.ui.assessment.filling import FillingView
from mdt_desktop.ui.assessment.shelf import ShelfView
from mdt_desktop.ui.banner import PatientBanner
from mdt_desktop.ui.banner_content import banner_content
from mdt_desktop.ui.commands import Command
from mdt_desktop.ui.drafting import DraftPlace, DraftShelf
from mdt_desktop.ui.messages import Choice, Messages, NoticeAction
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.pages import Arguments, Page
from mdt_desktop.ui.seen_values import SeenValues
from mdt_desktop.ui.unsettled_mark import OpenByKey, UnsettledReading
from mdt_desktop.ui.widgets.states import EmptyState, ErrorState
from mdt_desktop.words import words

_OF_ASSESSMENTS = ("assessment", "answer", "part_signature")


class AssessmentPage(Page):
    """Shown with `assessment_id`, or with `case_id` (or `person_id`) and `questionnaire` to start that form or go on
    with it, or with the case alone to choose. Answers are saved by themselves; the page is left when they are."""

    case_requested = Signal(str)  # person id
    decide_requested = Signal(str)  # conflict id

    def __init__(
        self,
        services: Services,
        operations: Operations,
        messages: Messages,
        parent: QWidget | None = None,
        drafts: DraftShelf | None = None,
    ) -> None:
        super().__init__(parent)
        self._services, self._operations, self._messages = services, operations, messages
        self._drafts = drafts if drafts is not None else DraftShelf(services, operations, self)
        self._arguments: dict[str, object] = {}
        self._person_id = self._case_id = ""
        self._saver: Autosave | None = None
        self._given = Answers({})
        self._seen: SeenValues[Place] = SeenValues(self._given_at)
        self._after_saving: list[Callable[[], None]] = []
        self._leaving: Callable[[], None] | None = None
        self._sheet: CompleteSheet | None = None
        self._answers_wanted = False
        self._part_wanted = self._sheet_wanted = ""
        self._built_at = 0.0
        self.saved_count = 0
        self.filling: FillingView | None = None
        self.shelf: ShelfView | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._unsettled = UnsettledReading(services, operations, self._show_unsettled, self)
        self.banner = PatientBanner()
        self.banner.hide()
        self._column.addWidget(self.banner)
        self.host = QWidget()
        self._holder = QVBoxLayout(self.host)
        self._holder.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.host, 1)
        self._shown: QWidget | None = None
        theme.news().changed.connect(self._on_theme)
        cast(QApplication, QApplication.instance()).focusChanged.connect(self._on_focus)

    def offers(self) -> Sequence[Command]:
        group = words("assessment.group")

        def command(name: str, run: Callable[[], None], keys: str, icon: str) -> Command:
            text = words(f"assessment.command.{name}")
            return Command(f"assessment.{name}", text, run, (keys,), icon, self._is_filled_in, group)

        return [
            command("sign", self.sign, "Ctrl+Shift+S", "sign"),
            command("next", partial(self._step, 1), "F8", "down"),
            command("previous", partial(self._step, -1), "Shift+F8", "up"),
            command("complete", self.complete, "Ctrl+Shift+Return", "done"),
        ]

    def _is_filled_in(self) -> bool:
        return shiboken6.isValid(self) and self.isVisible() and self.filling is not None

    # The page's promise to the window

    def shown(self, arguments: Arguments) -> None:
        """Open what is asked for; the assessment that is on the screen already stays as it is."""
        assessment_id = str(arguments.get("assessment_id", "") or "")
        questionnaire = str(arguments.get("questionnaire", "") or "")
        case_id, person_id = (str(arguments.get(name, "") or "") for name in ("case_id", "person_id"))
        if not (assessment_id or case_id or person_id):
            return
        self._arguments = dict(arguments)
        self._part_wanted, self._sheet_wanted = (str(arguments.get(it, "")) for it in ("part", "sheet"))
        if assessment_id:
            self._read(assessment_id)
        elif questionnaire and case_id:
            self._start(case_id, questionnaire)
        else:
            self._read_shelf(case_id or person_id, questionnaire)

    def place(self) -> Arguments:
        """The assessment, the part of it on the screen, and whether it is being completed; else what was asked for."""
        filling = self.filling
        if filling is None:
            return self._arguments
        sheet = "complete" if self.complete_sheet is not None else ""
        return {"assessment_id": filling.view.summary.id, "part": filling.part, "sheet": sheet}

    def keep_typed(self) -> None:
        if self._saver is not None:
            self._saver.send_all()

    def changed(self, changes: Changes) -> None:
        """Read again what another window or another laptop changed; what is typed and not saved stays."""
        if not changes.concern(self._person_id, self._case_id):
            return
        if self.filling is not None:
            self._read(self.filling.view.summary.id)
        elif self.shelf is not None and changes.concern(*_OF_ASSESSMENTS, "person", "flag"):
            self._read_shelf(self._case_id or self._person_id)

    def can_leave(self, go_on: Callable[[], None]) -> bool:
        """Everything typed goes to the store first; if that fails, the person is asked."""
        if self._saver is None or self._saver.clean:
            return True
        self._leaving = go_on
        self._saver.flush()
        return False

    # Reading

    def _read(self, assessment_id: str, *, answers: bool = True) -> None:
        """Read an assessment; without `answers` only how it stands, for what this page has just written itself."""
        reading = self._services.assessment_reading
        generation = self._saver.generation if self._saver is not None else 0
        self._answers_wanted = self._answers_wanted or answers
        self._operations.run_query(
            lambda: reading.open(assessment_id),
            lambda view: self._on_view(view, generation),
            self._on_failed,
            owner=self,
            latest_of=f"assessment.{id(self)}",
        )

    def _read_shelf(self, person_or_case: str, questionnaire: str = "") -> None:
        reading = self._services.assessment_reading
        self._operations.run_query(
            lambda: reading.shelf(person_or_case),
            lambda shelf: self._on_shelf(shelf, questionnaire),
            self._on_failed,
            owner=self,
            latest_of=f"assessment.{id(self)}",
        )

    def _start(self, case_id: str, questionnaire: str) -> None:
        services = self._services
        self._operations.run_command(
            lambda: services.assessments.start(case_id, questionnaire),
            self,
            lambda changes: self._read(changes.made),
            self._on_failed,
        )

    def _on_view(self, view: OpenAssessment, generation: int) -> None:
        self._show_person(view.who)
        self._case_id = view.summary.case_id
        self._unsettled.read(self._person_id)
        filling, saver = self.filling, self._saver
        if filling is None or saver is None or filling.view.summary.id != view.summary.id:
            self._answers_wanted = False
            self._given = view.answers
            self._new_saver(view.summary.id)
            self._build(view, view.answers).focus_first()
            self._go_to_wanted()
            return
        # What was read before the newest letter or save would put older answers back; it is read again afterwards.
        if self._answers_wanted and generation == saver.generation:
            self._answers_wanted = False
            self._given = view.answers
            filling.set_answers(saver.over(view.answers))
            self._seen.shown_anew(saver.unsaved.__contains__)
        filling.show_view(view)

    def _go_to_wanted(self) -> None:
        """The part and the form that somebody was in before the program locked."""
        part, self._part_wanted = self._part_wanted, ""
        sheet, self._sheet_wanted = self._sheet_wanted, ""
        if part and self.filling is not None:
            self.filling.go_to(part)
        if sheet == "complete":
            self.complete()

    def _build(self, view: OpenAssessment, answers: Answers, *, part: str = "", editing: bool = False) -> FillingView:
        access = self._services.access
        filling = FillingView(view, answers, access.actor.role, access.today, editing)
        filling.answered.connect(self._on_answered)
        filling.part_shown.connect(lambda _: self._flush())
        filling.sign_requested.connect(self._on_sign)
        filling.complete_requested.connect(self.complete)
        filling.change_requested.connect(self._on_change)
        filling.shelf_requested.connect(self._on_shelf_requested)
        filling.prompted.connect(self._messages.announce)
        filling.decide_requested.connect(self.decide_requested)
        self._show(filling)
        self.filling = filling
        filling.show_unsettled(self._unsettled.found)
        if part:
            filling.go_to(part)
        return filling

    def _new_saver(self, assessment_id: str) -> None:
        services = self._services
        self._seen = seen = SeenValues(self._given_at)

        def save(batch: Batch) -> Changes:
            return seen.writing(batch, lambda known: services.assessments.answers(assessment_id, batch, known))

        if self._saver is not None:
            self._saver.deleteLater()
        self._saver = saver = Autosave(self._operations, save, self)
        saver.saved.connect(self._on_saved)
        saver.failed.connect(self._on_not_saved)
        saver.settled.connect(self._on_settled)

    def _on_shelf(self, shelf: Shelf, questionnaire: str = "") -> None:
        self._show_person(shelf.who)
        self._case_id = shelf.case_id
        if shelf.case_id and questionnaire:
            self._start(shelf.case_id, questionnaire)
            return
        if not shelf.case_id:
            person_id = shelf.who.person.id
            self._show(
                EmptyState(
                    words("assessment.shelf.no_case"),
                    words("assessment.shelf.no_case_detail"),
                    icon="case",
                    step=words("assessment.shelf.open_case"),
                    on_step=lambda: self.case_requested.emit(person_id),
                )
            )
            return
        view = ShelfView(shelf)
        view.start_requested.connect(lambda questionnaire: self._start(shelf.case_id, questionnaire))
        view.open_requested.connect(self._read)
        self._show(view)
        self.shelf = view
        view.focus_first()

    def _show_unsettled(self, found: OpenByKey) -> None:
        if self.filling is not None:
            self.filling.show_unsettled(found)

    def _on_failed(self, problem: Exception) -> None:
        self._show(ErrorState(self._messages.words_of(problem), lambda: self.shown(self._arguments)))

    def _show(self, widget: QWidget) -> None:
        before, self._shown = self._shown, widget
        self.filling = self.shelf = None
        self._built_at = theme.current().scale
        self._holder.addWidget(widget)
        # A layout shows what it is given only when the window next has time; the focus goes into it at once.
        widget.show()
        if before is not None:
            self._holder.removeWidget(before)
            before.hide()
            before.deleteLater()

    def _show_person(self, who: WhoItIsAbout) -> None:
        self._person_id, self.subjects = who.person.id, frozenset({who.person.id})
        today, restricted = self._services.access.today(), who.rights.standing.restricted
        self.banner.show_person(
            banner_content(who.person, who.flags, today, who.what_matters, restricted=restricted)
        )
        self.banner.show()

    # Saving

    def _on_answered(self, link_id: str, position: str, value: Value | None) -> None:
        if self._saver is not None:
            self._seen.note([(link_id, position)])
            self._saver.note(link_id, position, value)

    def _given_at(self, place: Place) -> Value | None:
        """What the form was given from the store."""
        return self._given.get(*place)

    def _flush(self) -> None:
        if self._saver is not None:
            self._saver.flush()

    def _on_focus(self, old: QWidget | None, _now: QWidget | None) -> None:
        """Leaving a field saves; typing on in the same one waits for a pause."""
        if self.filling is not None and old is not None and self.filling.form.isAncestorOf(old):
            self._flush()

    @property
    def all_saved(self) -> bool:
        """Is everything that was typed in the store?"""
        return self._saver is None or self._saver.clean

    def _on_saved(self, _changes: Changes) -> None:
        self.saved_count += 1
        if self.filling is not None:
            self.filling.clear_trouble()
            self._read(self.filling.view.summary.id, answers=False)

    def _on_settled(self) -> None:
        waiting, self._after_saving = self._after_saving, []
        leaving, self._leaving = self._leaving, None
        for run in waiting:
            run()
        if leaving is not None:
            leaving()

    def _on_not_saved(self, problem: Exception) -> None:
        self._after_saving.clear()
        saver, filling = self._saver, self.filling
        why = self._messages.words_of(problem)
        text = words("assessment.save.failed", problem=why)
        if filling is not None:
            filling.show_trouble(text, NoticeAction(words("ui.try_again"), self._flush))
        self._messages.announce(text)
        leaving, self._leaving = self._leaving, None
        if leaving is None or saver is None:
            return

        def answer(chosen: str) -> None:
            if chosen == "leave":
                saver.forget()
                leaving()
            elif chosen == "again":
                self._leaving = leaving
                saver.flush()

        self._messages.ask(
            words("assessment.save.leave_title"),
            [
                Choice("stay", words("assessment.save.stay"), "primary"),
                Choice("again", words("assessment.save.again")),
                Choice("leave", words("assessment.save.leave"), "danger"),
            ],
            answer,
            way_out="stay",
            detail=words("assessment.save.leave_detail", problem=why, count=len(saver.unsaved)),
        )

    def _when_saved(self, run: Callable[[], None]) -> None:
        if self._saver is None or self._saver.clean:
            run()
        else:
            self._after_saving.append(run)
            self._saver.flush()

    # Parts, signing, completing

    def sign(self) -> None:
        """Sign the part on the screen."""
        if self.filling is not None:
            self.filling.bar.ask_to_sign()

    def _step(self, by: int) -> None:
        if self.filling is not None:
            self.filling.step(by)

    def _on_sign(self, part: str, discipline: Discipline) -> None:
        filling = self.filling
        if filling is None:
            return
        state = filling.states()[filling.place]
        if state.status is PartStatus.EMPTY:
            self._messages.notify(words("assessment.nothing_to_sign", part=state.part.name))
            return
        found = part_problems(filling.view.questionnaire, filling.form.answers, part)
        filling.show_problems(found)
        if found:
            self._flush()
            return
        assessment_id, services = filling.view.summary.id, self._services
        told = words("assessment.signed", part=state.part.name, discipline=discipline)

        def done(_: Changes) -> None:
            filling.bar.sign.setEnabled(True)
            self._messages.done(told)
            self._read(assessment_id, answers=False)

        def failed(problem: Exception) -> None:
            filling.bar.sign.setEnabled(True)
            self._messages.error(problem)

        def sign() -> None:
            filling.bar.sign.setEnabled(False)
            # Asked for in the writer thread: the first time it brings the whole of the writing side.
            self._operations.run_command(
                lambda: services.assessments.sign_part(assessment_id, part, discipline), self, done, failed
            )

        self._when_saved(sign)

    def complete(self) -> None:
        """Complete the assessment, or ask why parts stay unsigned."""
        filling = self.filling
        if filling is None or not filling.editing:
            return
        unsigned = unsigned_parts(filling.states())
        if not unsigned:
            self._when_saved(partial(self._complete_now, ""))
            return
        self._flush()
        self._leave_sheet()
        self._sheet = sheet = CompleteSheet(self.host, unsigned, filling.go_to, self._on_reason)
        place = DraftPlace("assessment", f"complete:{filling.view.summary.id}", self._person_id)
        sheet.keep_drafts(self._drafts, place)
        sheet.open_sheet(sheet.reason)

    def _on_reason(self, reason: str) -> None:
        self._when_saved(partial(self._complete_now, reason))

    def _complete_now(self, reason: str) -> None:
        filling = self.filling
        if filling is None:
            return
        view, services = filling.view, self._services

        def done(_: Changes) -> None:
            sheet = self.complete_sheet
            if sheet is not None:
                sheet.recorded()
            self._leave_sheet()
            self._messages.done(words("assessment.completed_now", title=view.questionnaire.title))
            self._reopen(view.summary.id)

        def failed(problem: Exception) -> None:
            sheet = self.complete_sheet
            if sheet is not None:
                sheet.show_problem(self._messages.words_of(problem))
            else:
                self._messages.error(problem)

        self._operations.run_command(lambda: services.assessments.complete(view.summary.id, reason), self, done, failed)

    @property
    def complete_sheet(self) -> CompleteSheet | None:
        """The open sheet that asks why parts stay unsigned."""
        return self._sheet if self._sheet is not None and shiboken6.isValid(self._sheet) else None

    def _leave_sheet(self) -> None:
        sheet, self._sheet = self.complete_sheet, None
        if sheet is not None:
            sheet.leave()

    def _on_change(self) -> None:
        filling = self.filling
        if filling is not None:
            self._build(filling.view, filling.form.answers, part=filling.part, editing=True).focus_first()
            self._messages.notify(words("assessment.changing"))

    def _reopen(self, assessment_id: str) -> None:
        """Read an assessment whose form is drawn anew, as it is no longer filled in."""
        self._saver = None
        self.filling = None
        self._read(assessment_id)

    def _on_shelf_requested(self) -> None:
        if self._case_id:
            choose = partial(self._read_shelf, self._case_id)
            if self.can_leave(choose):
                choose()

    def _on_theme(self) -> None:
        """Sizes are taken when a form is built, so another text size builds it anew with everything that is typed."""
        filling = self.filling
        if theme.current().scale == self._built_at:
            return
        if filling is not None:
            self._build(filling.view, filling.form.answers, part=filling.part, editing=filling.editing)
        elif self.shelf is not None:
            self._on_shelf(self.shelf.shelf)
