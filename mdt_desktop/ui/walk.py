"""`--walk DIR`: does the main job on the demo borough with the real widgets, and leaves its pictures and the PDF."""

import csv
import importlib
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget

from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.consent import ConsentBasis, ConsentStatus
from mdt_desktop.domain.errors import MdtError
from mdt_desktop.domain.printing import PrintReason
from mdt_desktop.paths import DataFolder
from mdt_desktop.settings import LaptopSettings
from mdt_desktop.ui import theme
from mdt_desktop.ui.lazily import load
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.new_file import NewFile
from mdt_desktop.ui.script import Script, Steps, Until, save_picture, settled
from mdt_desktop.ui.start import Start
from mdt_desktop.words import words

SIZE = (1366, 768)
_PEOPLE = 6000
_SEED = 20
_WISH = "I want to get to the mosque on Fridays again."


@dataclass
class Walk:
    """What a step works with: the running program and the folder for what it leaves."""

    start: Start
    out: Path
    risk_files: Path
    taken: int = 0
    number: str = ""
    documents: list[Path] = field(default_factory=list)

    @property
    def page(self) -> Any:
        """The page on the screen."""
        return self.start.window.page

    def settle(self, what: str) -> Until:
        """Wait until everything asked for is on the screen."""
        return settled(self.start.operations, what)

    def picture(self, name: str) -> Steps:
        """Wait, and leave a numbered picture of what is shown."""
        yield self.settle(name)
        self.taken += 1
        save_picture(self.start.window, self.out / f"{self.taken:02}-{name}.png")
        sys.stderr.write(words("start.walk_step", number=self.taken, what=name.replace("-", " ")) + "\n")


def run(folder: DataFolder, out: Path) -> int:
    """Walk the whole job in a store of its own, which is thrown away; returns the exit code."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="mdt-walk-") as spare:
        start = Start(DataFolder(Path(spare) / "data"), demo=True)
        start.settings = LaptopSettings()
        theme.apply(start.app, "light")
        walk = Walk(start, out, Path(spare) / "risk-files")
        script = Script(steps(walk))
        ended: list[str] = []
        script.ended.connect(ended.append)
        script.ended.connect(lambda _: start.window.close())
        start.failed.connect(script.fail)
        start.open_window().resize(*SIZE)
        script.start()
        start.app.exec()
        start.close()
    return _tell(ended[0] if ended else words("start.closed"), script.error, walk)


def _tell(stuck_at: str, error: Exception | None, walk: Walk) -> int:
    if error is not None:
        why = Messages.words_of(error) if isinstance(error, MdtError) else f"{type(error).__name__}: {error}"
        sys.stderr.write(f"{why}\n")
    if stuck_at or error:
        sys.stderr.write(words("start.stuck", what=stuck_at) + "\n")
        return 1
    told = words("start.walk_done", pictures=walk.taken, documents=len(walk.documents), folder=walk.out)
    sys.stderr.write(f"{told}\n")
    return 0


def steps(walk: Walk) -> Steps:
    """The main job: a risk file in, a person found, consent, assessment, lead, plan, paper."""
    start = walk.start
    yield Until("the demo borough is open", lambda: start.program is not None)
    start.stop_idling()
    yield from walk.picture("caseload")
    yield from _import_a_file(walk)
    yield from _find_the_person(walk)
    yield from _record_consent(walk)
    yield from _assess(walk)
    yield from _agree_lead(walk)
    yield from _write_plan(walk)
    yield from _agree_plan(walk)
    yield from _paper(walk)
    start.window.show_page("caseload")
    yield from walk.picture("caseload-afterwards")


def _import_a_file(walk: Walk) -> Steps:
    """This month's file of a practice, as it would come; the invented file is written first."""
    start = walk.start
    risk_files: Any = importlib.import_module("mdt_desktop.demo.risk_files")
    today = start.clock().astimezone().date()
    written: list[Any] = []
    write = partial(risk_files.write_risk_files, _PEOPLE, walk.risk_files, _SEED, run_date=today)
    start.operations.run_in_pool(write, written.append, owner=start)
    yield Until("the risk files are written", lambda: bool(written))
    file: Path = written[0].files[0]
    start.window.show_page("imports")
    yield from walk.picture("risk-files")
    walk.page.overview.start.click()
    wizard = walk.page.wizard
    wizard.add_files([file])
    yield from walk.picture("import-1-file")
    for name in ("import-2-columns", "import-3-preview", "import-4-result"):
        wizard.go_on.click()
        yield Until(name, partial(_can_be_pressed, wizard.go_on))
        yield from walk.picture(name)
    found: list[str] = []
    start.operations.run_query(partial(_somebody_new, start, file), found.append, owner=start)
    yield Until("somebody new at risk", lambda: bool(found))
    walk.number = found[0]


def _find_the_person(walk: Walk) -> Steps:
    walk.start.window.show_page("caseload")
    yield walk.settle("caseload")
    search = walk.page.filters.search
    QTest.keyClicks(search, f"{walk.number[:3]} {walk.number[3:6]} {walk.number[6:]}")
    yield from walk.picture("person-found")
    QTest.keyClick(search, Qt.Key.Key_Return)
    yield Until("the case opens", lambda: walk.start.window.page_key == "case" and walk.page.case.view is not None)
    yield from walk.picture("case")


def _record_consent(walk: Walk) -> Steps:
    case = walk.page
    case.show_tab("consent")
    yield walk.settle("consent")
    form = case.tab("consent").form
    form.radios[ConsentStatus.GIVEN].click()
    form.bases[ConsentBasis.SIGNED].click()
    for chips in (form.shared_with, form.shared_what):
        for button in chips.findChildren(QAbstractButton)[:2]:
            button.click()
    QTest.keyClicks(form.evidence, "Signed form in the practice's folder")
    yield from walk.picture("consent-form")
    form.save.click()
    yield Until("consent is recorded", lambda: case.case.view.overview.consent.may_share)
    yield from walk.picture("consent-recorded")


def _assess(walk: Walk) -> Steps:
    start, case_id = walk.start, walk.page.case.view.case_id
    start.window.show_page("assessment", case_id=case_id)
    yield Until("the forms are offered", lambda: walk.page.shelf is not None)
    yield from walk.picture("assessment-forms")
    walk.page.shelf.cards[0].button.click()
    yield Until("the form opens", lambda: walk.page.filling is not None)
    filling = walk.page.filling
    filling.form.focus_item("mt-important")
    yield walk.settle("the first question")
    _type(start, _WISH)
    yield from walk.picture("assessment-answered")
    filling.bar.sign.click()
    yield Until("the part is signed", lambda: any(state.signed_by for state in walk.page.filling.states()))
    yield from walk.picture("assessment-signed")


def _agree_lead(walk: Walk) -> Steps:
    walk.start.window.show_page("case", person_id=walk.number, tab="overview")
    yield walk.settle("overview")
    case = walk.page
    button = next(it for it in case.findChildren(QAbstractButton, "agree_lead") if it.isVisible())
    yield from walk.picture("lead-proposed")
    button.click()
    yield Until("the lead is agreed", lambda: case.case.view.overview.lead is not None)
    yield from walk.picture("lead-agreed")


def _write_plan(walk: Walk) -> Steps:
    start = walk.start
    start.window.show_page("care_plan", case_id=walk.page.case.view.case_id)
    yield walk.settle("no plan yet")
    plan = walk.page
    plan.empty.step.click()
    yield Until("the draft opens", lambda: plan.may_edit)
    yield walk.settle("the draft")
    document = plan.document
    QTest.keyClicks(document.about.texts["most_important"].edit, _WISH)
    document.add_need.click()
    yield from _fill_in(walk, "need", {"": "Walking further than the corner shop is hard since my fall."})
    need = next(iter(document.needs.by_id.values()))
    need.add.click()
    yield from _fill_in(walk, "goal", {"": "To walk to the mosque and back on Fridays with my stick."})
    next(iter(need.goals.by_id.values())).add.click()
    yield from _fill_in(walk, "action", {"": "Balance exercises twice a week", "who": "Community physiotherapy"})
    document.contingency.add.click()
    yield from _fill_in(
        walk,
        "contingency_plan",
        {"": "If I fall again", "what_should_happen": "Call the falls team first, 111 when they are closed."},
    )
    QTest.keyClicks(document.review.day.edit, "+3m")
    QTest.keyClick(document.review.day.edit, Qt.Key.Key_Tab)
    QTest.keyClick(document.review.reviewer, Qt.Key.Key_Down)
    plan.save_now()
    yield Until("everything is saved", lambda: plan.autosave.idle)
    yield from walk.picture("plan-draft")


def _fill_in(walk: Walk, kind: str, texts: dict[str, str]) -> Steps:
    """Type into the row that has just been added: its first field, then others by name."""
    yield walk.settle(kind)
    row = next(it for it in walk.page.document.rows() if it.kind == kind and it.is_open)
    for name, text in texts.items():
        row.open_row(name)
        yield walk.settle(f"{kind} {name}")
        _type(walk.start, text)


def _agree_plan(walk: Walk) -> Steps:
    plan = walk.page
    plan.rail.ready.agree.click()
    yield Until("who agreed is asked", lambda: plan.sheet is not None)
    yield from walk.picture("plan-agree")
    plan.sheet.agree.click()
    yield Until("the plan is agreed", lambda: not plan.may_edit and plan.sheet is None)
    yield from walk.picture("plan-agreed")


def _paper(walk: Walk) -> Steps:
    """The paper in its preview, then saved for the person; the system's file dialog is answered with our folder."""
    start = walk.start
    program = start.program
    if program is None:
        return

    def into_folder(wanted: NewFile, _: QWidget, answer: Callable[[str], None]) -> None:
        path = walk.out / wanted.name
        path.unlink(missing_ok=True)  # what an earlier walk left; the program itself overwrites nothing
        walk.documents.append(path)
        answer(str(path))

    preview: Any = load("printing", "PlanPreview")(
        lambda: program.services.printing,
        start.operations,
        start.messages,
        walk.page.plan.id,
        start.window,
        ask_path=into_folder,
    )
    saved: list[str] = []
    preview.saved.connect(saved.append)
    preview.open()
    yield Until("the paper is drawn", partial(_can_be_pressed, preview.save_button))
    preview.why.radios[PrintReason.FOR_THE_PERSON].click()
    yield from walk.picture("plan-on-paper")
    preview.save_button.click()
    yield from walk.picture("plan-password")
    preview.sheet.protect.click()  # the file of a walk is looked at by whoever started it
    preview.sheet.save.click()
    yield Until("the PDF is saved", lambda: bool(saved))
    yield from walk.picture("plan-saved")
    preview.close()


def _can_be_pressed(button: QWidget) -> bool:
    return button.isVisible() and button.isEnabled()


def _type(start: Start, text: str) -> None:
    """Type where the focus is, as the keyboard would. Raises LookupError where it is nowhere."""
    field = start.window.focusWidget()
    if field is None:
        raise LookupError("nothing has the focus")
    QTest.keyClicks(field, text)


def _somebody_new(start: Start, file: Path) -> str:
    """The NHS number of the person at highest risk who came with the file and for whom nothing was done yet."""
    caseload: Any = importlib.import_module("mdt_desktop.services.caseload")
    with file.open(encoding="utf-8", newline="") as opened:
        numbers = {row["NHS number"] for row in csv.DictReader(opened)} - {""}
    program = start.program
    rows = program.services.caseload.page(caseload.CaseloadQuery(), 0, 5000).rows if program else ()
    return next(
        row.nhs_number
        for row in rows
        if row.nhs_number in numbers and row.stage is Stage.IDENTIFIED and not row.lead_name
    )
