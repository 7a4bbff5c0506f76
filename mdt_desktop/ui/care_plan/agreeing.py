"""Agreeing a plan: read it again, go to what is missing, else ask who agreed it and record that."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from mdt_desktop.domain.care_plan import Agreement, PlanStatus
from mdt_desktop.domain.people import name_for_the_person
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.plan_desk import PlanDesk, PlanSummary, read_desk
from mdt_desktop.ui.care_plan.rail import missing_now
from mdt_desktop.ui.care_plan.sheets import AgreeSheet
from mdt_desktop.ui.drafting import DraftPlace, DraftShelf
from mdt_desktop.ui.messages import Messages, Tone
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.widgets.side_sheet import SideSheet
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Program


class Agreeing(QObject):
    """`read` brings the plan as it is now, `lacks` the first thing that is missing, `agreed` comes when it is done."""

    read = Signal(object)  # PlanDesk
    lacks = Signal(str)
    agreed = Signal()

    def __init__(
        self,
        program: "Program",
        operations: Operations,
        messages: Messages,
        drafts: DraftShelf,
        host: QWidget,
        open_sheet: Callable[[SideSheet, QWidget], None],
    ) -> None:
        super().__init__(host)
        self._program, self._operations, self._messages = program, operations, messages
        self._drafts, self._host, self._open_sheet = drafts, host, open_sheet

    def begin(self, case_id: str, plan_id: str) -> None:
        """Ask who agreed the plan, once nothing else is missing; what is typed must be saved by now."""
        access = self._program.access
        self._operations.run_query(lambda: read_desk(access, case_id, plan_id), self._on_read, owner=self)

    def _on_read(self, desk: PlanDesk) -> None:
        self.read.emit(desk)
        plan, missing = desk.plan, missing_now(desk.missing)
        if plan is None or plan.status is not PlanStatus.DRAFT:
            return
        if missing:
            self._messages.notify(words("care_plan.not_ready", missing=tuple(missing)), Tone.INFO)
            self.lacks.emit(missing[0])
            return
        person = desk.overview.person
        name = name_for_the_person(person.family_name, person.given_names, person.title)
        sheet = AgreeSheet(self._host, name, self._program.access.today(), plan)
        sheet.agreed.connect(partial(self._agree, sheet, plan))
        sheet.keep_drafts(self._drafts, DraftPlace("care_plan", f"agree:{plan.id}", person.id))
        self._open_sheet(sheet, sheet.agreed_with)

    def _agree(self, sheet: AgreeSheet, plan: PlanSummary, agreement: Agreement, day: date) -> None:
        services = self._program.services

        def done(_: Changes) -> None:
            sheet.recorded()
            self._messages.done(words("care_plan.agreed_done", version=plan.version))
            self.agreed.emit()

        def failed(problem: Exception) -> None:
            if shiboken6.isValid(sheet):
                sheet.show_problem(self._messages.words_of(problem))

        self._operations.run_command(lambda: services.care_plans.agree(plan.id, day, agreement), self, done, failed)
