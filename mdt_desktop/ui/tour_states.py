"""The stops of the tour for what lies over a page or lasts a moment: sheets, steps of an import, notices.

Nothing is written for a picture: the demo is the same after the tour as before.
"""

import csv
import importlib
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.lease import Contact
from mdt_desktop.domain.printing import PrintReason
from mdt_desktop.security.errors import KeyFileDamaged
from mdt_desktop.services.lease import LeaseGuard
from mdt_desktop.ui.lazily import load
from mdt_desktop.ui.messages import Tone
from mdt_desktop.ui.script import Steps
from mdt_desktop.ui.tour_access import ACCESS
from mdt_desktop.ui.tour_gestures import Stop, case, page, press
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.ui.tour import Tour

_LINES = 14
_TOO_SHORT = "123"  # no NHS number: the line is rejected


def _case_sheet(tour: "Tour", button: str, stage: str = "identified", tab: str = "people") -> Steps:
    yield from case(tour, stage, tab)
    press(tour, button)
    yield tour.settle(button)


def _case_sheet_refused(tour: "Tour", button: str) -> Steps:
    yield from _case_sheet(tour, button)
    tour.page.case.sheet.save.click()
    yield tour.settle(f"{button} refused")


def _move_stage(tour: "Tour") -> Steps:
    yield from case(tour, "active", "overview")
    tour.page.tab("overview").stage.move_to(Stage.DECLINED)
    yield tour.settle("move to declined")


def _sharing(tour: "Tour", changed: bool = False) -> Steps:
    """Who gets what, and the same with cells changed that nobody records."""
    yield from case(tour, "active", "consent")
    press(tour, "open_sharing")
    yield tour.settle("who gets what")
    if changed:
        grid = tour.page.case.sheet.grid
        for row, column, key in ((3, 1, Qt.Key.Key_N), (3, 4, Qt.Key.Key_N), (9, 0, Qt.Key.Key_S)):
            grid.setCurrentIndex(grid.grid.index(row, column))
            QTest.keyClick(grid, key)
        grid.setFocus()
    yield tour.settle("cells changed")


def _sign_too_early(tour: "Tour") -> Steps:
    """A part that lacks what it needs is not signed: the problems are listed over the form. Nothing is signed here."""
    yield from page(tour, "assessment", person_id=tour.people["assessing"])
    before = tour.page.shelf.shelf.assessments
    latest = next(it.id for it in before if it.questionnaire == "joint-assessment")
    yield from page(tour, "assessment", assessment_id=latest)
    filling = tour.page.filling
    assessment: Any = importlib.import_module("mdt_desktop.domain.assessment")
    problems = assessment.part_problems
    unready = next(
        (it for it in filling.states() if problems(filling.view.questionnaire, filling.form.answers, it.part.key)), None
    )
    if unready is not None:
        filling.go_to(unready.part.key)
        filling.show_problems(problems(filling.view.questionnaire, filling.form.answers, unready.part.key))
    yield tour.settle("problems")


def _complete_sheet(tour: "Tour") -> Steps:
    yield from _sign_too_early(tour)
    assessment: Any = importlib.import_module("mdt_desktop.domain.assessment")
    if assessment.unsigned_parts(tour.page.filling.states()):  # else it would be completed at once
        tour.page.complete()
    yield tour.settle("parts unsigned")


def _plan_row(tour: "Tour", kind: str) -> Steps:
    """The fields of one part of a draft."""
    yield from page(tour, "care_plan", person_id=tour.people["planning"])
    row = next(it for it in tour.page.document.rows() if it.kind == kind)
    row.open_row()
    yield tour.settle(f"fields of a {kind}")


def _plan_review(tour: "Tour") -> Steps:
    yield from page(tour, "care_plan", person_id=tour.people["planning"])
    tour.page.document.reveal(tour.page.document.review)


def _plan_agree(tour: "Tour") -> Steps:
    yield from page(tour, "care_plan", person_id=tour.people["planning"])
    sheets: Any = importlib.import_module("mdt_desktop.ui.care_plan.sheets")
    shown = tour.page
    known: Any = importlib.import_module("mdt_desktop.domain.people")
    on_banner = shown.banner.content
    name = known.name_for_the_person(on_banner.family_name, on_banner.given_names, on_banner.title)
    sheet = sheets.AgreeSheet(shown.closed.parentWidget(), name, tour.start.clock().date(), shown.plan)
    sheet.open_sheet(sheet.name)
    yield tour.settle("agree the plan")


def _plan_compare(tour: "Tour") -> Steps:
    yield from page(tour, "care_plan", person_id=tour.people["review"])
    compares = list(tour.page.rail.versions.compares.values())
    if compares:
        compares[0].click()
    yield tour.settle("what changed")


def _risk_file(tour: "Tour") -> Path:
    """Fourteen people of the demo's caseload as a practice would send them; one line is bad, one contradicts."""
    program: Any = tour.start.program
    caseload: Any = importlib.import_module("mdt_desktop.services.caseload")
    rows = program.services.caseload.page(caseload.CaseloadQuery(), 0, _LINES).rows
    run_date = tour.start.clock().date()
    tour.spare.root.mkdir(parents=True, exist_ok=True)
    path = tour.spare.root / "november.csv"
    practice = program.services.risk_overview.practices()[0].code
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("NHS number", "Family name", "Given names", "Date of birth", "Practice code", "Risk score",
                         "Run date"))  # fmt: skip
        for place, row in enumerate(rows):
            born = row.born.replace(year=row.born.year - 1) if place == 1 else row.born
            number = _TOO_SHORT if place == 2 else row.nhs_number
            writer.writerow((number, row.family_name, row.given_names, f"{born:%d/%m/%Y}", practice, 90 - place,
                             f"{run_date:%d/%m/%Y}"))  # fmt: skip
    return path


def _import_columns(tour: "Tour") -> Steps:
    yield from page(tour, "imports", view="wizard")
    made: list[Path] = []
    tour.start.operations.run_query(partial(_risk_file, tour), made.append, owner=tour.start)
    yield tour.until("a risk file", lambda: bool(made))
    wizard = tour.page.wizard
    wizard.add_files(made)
    yield tour.until("the file's form is known", lambda: wizard.go_on.isEnabled())
    wizard.go_on.click()
    yield tour.settle("columns")


def _import_preview(tour: "Tour") -> Steps:
    yield from _import_columns(tour)
    wizard = tour.page.wizard
    wizard.go_on.click()
    yield tour.until("the preview", lambda: not wizard.wizard.busy)
    yield tour.settle("preview")


def _import_progress(tour: "Tour") -> Steps:
    """How the step looks while a file is written; nothing is."""
    yield from _import_preview(tour)
    work = tour.page.wizard.work
    work.wizard.go_on()
    work.changed.emit()
    work.progressed.emit(0, 1, 0.4, work.wizard.files[0].path.name)


def _import_result(tour: "Tour") -> Steps:
    """How the result of this preview looks; nothing is written."""
    yield from _import_preview(tour)
    work = tour.page.wizard.work
    file = work.wizard.files[0]
    found, writing = file.preview, importlib.import_module("mdt_desktop.services.risk_write")
    result = writing.ImportResult(
        "", found.file.practice_code, found.file.run_date, found.state, new_people=found.new_people,
        updated=found.updates, unchanged=found.unchanged, moved=found.moved, held=found.held,
        rejected=len(found.file.rejects), left_out=found.left_out,
    )  # fmt: skip
    work.wizard.imported(file.path, result)
    work.wizard.finish()
    work.changed.emit()
    yield tour.settle("result")


def _held_row(tour: "Tour") -> Steps:
    """The contradicting line of the preview beside the person on file, as it would wait."""
    yield from _import_preview(tour)
    held: Any = importlib.import_module("mdt_desktop.services.held_content")
    case_file: Any = tour.start.program and tour.start.program.services.case_file
    found = tour.page.wizard.wizard.files[0].preview
    doubt = found.doubts[0]
    people: list[Any] = []
    tour.start.operations.run_query(
        lambda: case_file.overview(doubt.person_id).person, people.append, owner=tour.start
    )
    yield tour.until("the person on file", lambda: bool(people))
    known = people[0]
    on_file = held.PersonOnFile(
        known.id, known.nhs_number, known.family_name, known.given_names, known.title, known.born, known.gender,
        known.address, known.postcode, known.practice_name, True,
    )  # fmt: skip
    row = found.file.rows[doubt.place]
    waiting = held.HeldSummary(
        "1", found.file.practice_code, found.practice_name, found.file.run_date, row.line, row,
        held.Tier.VERY_HIGH, words(f"match.{doubt.match.value}"), on_file, None, None, "",
    )  # fmt: skip
    tour.page.show_held()
    yield tour.settle("held rows")
    tour.page.held.show_rows([waiting])
    tour.page.held.focus_first()


def _caseload_export(tour: "Tour", refused: bool = False) -> Steps:
    """What would leave with the list on the screen; nothing does."""
    yield from page(tour, "caseload")
    tour.page.open_export()
    yield tour.settle("save this list")
    if refused:
        tour.page.sheet.save.click()
        yield tour.settle("no reason is chosen")


def _plan_pdf(tour: "Tour", saved: bool = False) -> Steps:
    """The password of a PDF, before and after; no file is written."""
    yield from page(tour, "care_plan", person_id=tour.people["active"])
    tour.page.open_preview()
    yield tour.settle("the plan as paper")
    preview: Any = next(it for it in tour.start.window.findChildren(QDialog) if it.objectName() == "plan_preview")
    preview.why.radios[PrintReason.FOR_THE_CARER].click()
    preview.save_button.click()
    preview.sheet.password.setText("k7mf-q2wd-9rtx-hb4n")  # the same in every picture
    if saved:
        preview.sheet.show_saved("care-plan-v1-2026-11-23.pdf")
    yield tour.settle("the password")


def _empty_caseload(tour: "Tour") -> Steps:
    yield from page(tour, "caseload")
    tour.page.header.show_summary("")
    tour.page.stack.setCurrentIndex(tour.page.stack.count() - 1 if tour.page.stack.count() < 4 else 2)


def _undo_toast(tour: "Tour") -> Steps:
    yield from case(tour, "active", "people")
    tour.start.messages.done(words("case.contact.removed", name="Invented Relative"), lambda: None)
    yield tour.settle("a toast with Undo")


def _notices(tour: "Tour") -> Steps:
    yield from page(tour, "caseload")
    tour.start.messages.error(KeyFileDamaged(reason="checksum"))
    tour.start.messages.notify(words("ui.unexpected"), Tone.WARNING)
    yield tour.settle("notices over the page")


def _lease_ended(tour: "Tour", asks: bool = False) -> Steps:
    """The demo is connected to nothing: a contact of three weeks ago is made up for the picture."""
    start = tour.start
    heard = start.clock() - timedelta(days=21)
    lease = LeaseGuard(Contact(heard, timedelta(), heard))
    cover = tour.cover(load("lease_cover", "LeaseCover")(start.operations, start.program, lease))
    yield tour.settle("the cover of an ended lease")
    if asks:
        cover.switch.click()
        yield tour.settle("the password is asked for")


STATES: tuple[Stop, ...] = (
    Stop("caseload-empty", _empty_caseload),
    Stop("caseload-export", _caseload_export),
    Stop("caseload-export-no-reason", partial(_caseload_export, refused=True)),
    Stop("care-plan-pdf-password", _plan_pdf),
    Stop("care-plan-pdf-saved", partial(_plan_pdf, saved=True)),
    Stop("case-choose-lead", partial(_case_sheet, button="choose_lead")),
    Stop("case-move-stage", _move_stage),
    Stop("case-add-contact", partial(_case_sheet, button="add_contact")),
    Stop("case-add-contact-refused", partial(_case_sheet_refused, button="add_contact")),
    Stop("case-add-alert", partial(_case_sheet, button="add_flag")),
    Stop("case-sharing", _sharing),
    Stop("case-sharing-changed", partial(_sharing, changed=True)),
    Stop("case-restrict", partial(_case_sheet, button="restrict", tab="consent")),
    Stop("assessment-problems", _sign_too_early),
    Stop("assessment-complete", _complete_sheet),
    Stop("care-plan-goal", partial(_plan_row, kind="goal")),
    Stop("care-plan-action", partial(_plan_row, kind="action")),
    Stop("care-plan-review", _plan_review),
    Stop("care-plan-agree", _plan_agree),
    Stop("care-plan-compare", _plan_compare),
    Stop("risk-files-columns", _import_columns),
    Stop("risk-files-preview", _import_preview),
    Stop("risk-files-progress", _import_progress),
    Stop("risk-files-result", _import_result),
    Stop("risk-files-held-row", _held_row),
    Stop("lease-ended", _lease_ended),
    Stop("lease-ended-sign-in", partial(_lease_ended, asks=True)),
    Stop("toast-undo", _undo_toast),
    Stop("notices", _notices),
    *ACCESS,
)
"""Every stop of this kind."""
