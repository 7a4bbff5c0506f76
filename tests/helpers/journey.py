"""The main job of the program step by step through its real widgets: from a practice's risk file to a saved plan."""

import csv
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pypdfium2
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from mdt_desktop.bootstrap import Program
from mdt_desktop.demo.risk_files import write_risk_files
from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.consent import ConsentBasis, ConsentStatus
from mdt_desktop.domain.dates import age_on
from mdt_desktop.domain.organisations import Discipline, Role
from mdt_desktop.domain.printing import PrintReason
from mdt_desktop.domain.risk import Tier
from mdt_desktop.services.risk_wizard import RiskWizard, Step
from mdt_desktop.ui.assessment.page import AssessmentPage
from mdt_desktop.ui.care_plan.page import CarePlanPage
from mdt_desktop.ui.care_plan.sheets import AgreeSheet
from mdt_desktop.ui.case.consent import ConsentTab
from mdt_desktop.ui.case.page import TABS, CasePage
from mdt_desktop.ui.caseload.page import CaseloadPage
from mdt_desktop.ui.directory.page import DirectoryPage
from mdt_desktop.ui.directory.sheets import PractitionerSheet
from mdt_desktop.ui.imports.page import ImportsPage
from mdt_desktop.ui.printing import PlanPreview
from mdt_desktop.ui.start import Start
from mdt_desktop.ui.unlock.first_run_page import FirstRunPage
from mdt_desktop.ui.unlock.first_steps import FirstStep
from mdt_desktop.ui.unlock.unlock_page import UnlockPage
from mdt_desktop.words import label, words
from tests.helpers.clocks import FrozenClock
from tests.helpers.hands import Hands, W
from tests.helpers.stores import IDENTITY, PASSPHRASE

GP = "Dr Ann Placeholder"
MATTERS = "Hearing the blackbird from my own kitchen, and Siân's visits on Sundays."
PLAN_WORDS = {
    "most_important": "I want to stay in my own flat with my cat.",
    "need": "Getting up the stairs is hard since my fall.",
    "goal": "To walk to the market on Thursdays with my stick.",
    "action": "Balance exercises twice a week",
    "who": "Community physiotherapy",
    "trigger": "If I fall again",
    "contingency": "Call the falls team first, and 111 when they are closed.",
}
_SEED = 20
_IN_BOROUGH = 1800


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person of a risk file, as the file says it."""

    nhs_number: str
    family_name: str
    given_names: str
    born: date
    file: Path
    people_in_file: int

    @property
    def practice_code(self) -> str:
        """The practice whose file it is."""
        return self.file.name.split("_")[1]

    @property
    def typed(self) -> str:
        """Their name as somebody types it who has no letters with accents: family name first."""
        whole = unicodedata.normalize("NFD", f"{self.family_name} {self.given_names}".casefold())
        return "".join(letter for letter in whole if not unicodedata.combining(letter))

    @property
    def spaced_number(self) -> str:
        """The NHS number 3-3-4."""
        return f"{self.nhs_number[:3]} {self.nhs_number[3:6]} {self.nhs_number[6:]}"


def a_practice_file(folder: Path, run_date: date) -> Somebody:
    """Write a small borough's risk files and choose somebody at very high risk, over 75, whose name has accents."""
    written = write_risk_files(_IN_BOROUGH, folder, _SEED, run_date=run_date)
    for file in written.files:
        with file.open(encoding="utf-8", newline="") as opened:
            rows = list(csv.DictReader(opened))
        for row in rows:
            day, month, year = map(int, row["Date of birth"].split("/"))
            born, name = date(year, month, day), row["Given names"] + row["Family name"]
            fits = row["NHS number"] and row["Risk tier"] == "Very high" and age_on(born, run_date) > 75
            if fits and not name.isascii():
                found = (row["NHS number"], row["Family name"], row["Given names"])
                return Somebody(*found, born, file, len(rows))
    raise LookupError("nobody in these files is what the journey needs")


def pdf_text(path: Path) -> list[str]:
    """The words of each page of a PDF."""
    document = pypdfium2.PdfDocument(path.read_bytes())
    try:
        return [document[number].get_textpage().get_text_bounded() for number in range(len(document))]
    finally:
        document.close()


class Journey:
    """The steps, each through what a person sees. `clock` moves on between them, as it does for a person."""

    def __init__(self, start: Start, hands: Hands, clock: FrozenClock) -> None:
        self.start, self.hands, self.clock = start, hands, clock

    def leave(self) -> None:
        """Close the window, which saves, closes the store and ends the threads."""
        self.start.window.close()
        self.start.close()

    # Where one is

    @property
    def program(self) -> Program:
        """The open store."""
        assert self.start.program is not None
        return self.start.program

    def page(self, kind: type[W]) -> W:
        """The page on the screen, which is of this kind once it has come."""
        self.hands.wait(lambda: isinstance(self.start.window.page, kind))
        self.hands.settle()
        found = self.start.window.page
        assert isinstance(found, kind)
        return found

    def cover(self, kind: type[W]) -> W:
        """What covers the window, which is of this kind once it has come."""
        self.hands.wait(lambda: isinstance(self.start.cover, kind))
        self.hands.settle()
        found = self.start.cover
        assert isinstance(found, kind)
        return found

    def later(self) -> None:
        """A few minutes pass."""
        self.clock.advance(timedelta(minutes=3))

    def go_to(self, key: str) -> None:
        """Press a place in the rail."""
        self.later()
        self.hands.click(self.hands.saying(self.start.window.rail, words(f"start.page.{key}")))

    def back_to_case(self) -> CasePage:
        """Go back by the keyboard to the case, as read anew."""
        self.later()
        for _ in range(4):
            if isinstance(self.start.window.page, CasePage):
                break
            self.hands.press(Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
        return self.page(CasePage)

    def open_tab(self, case: CasePage, key: str) -> None:
        """Press a tab of the case."""
        self.hands.click_tab(case.tabs, list(TABS).index(key))
        assert case.tab_key == key

    # First run and unlocking

    def first_run(self, recovery_sheet: Path) -> str:
        """Who, passphrase, recovery key saved as a sheet of paper; returns the recovery key."""
        hands = self.hands
        self.start.open_window().activateWindow()
        page = self.cover(FirstRunPage)
        hands.write(page.name, IDENTITY.name)
        hands.press(Qt.Key.Key_Tab)
        hands.choose(page.role, label(IDENTITY.role))
        hands.write(page.organisation, IDENTITY.organisation)
        hands.write(page.locality, IDENTITY.locality)
        hands.press(Qt.Key.Key_Return)
        hands.write(page.new_passphrase.first, PASSPHRASE)
        hands.write(page.new_passphrase.again, PASSPHRASE)
        hands.press(Qt.Key.Key_Return)
        hands.wait(lambda: page.steps.step is FirstStep.RECOVERY)
        key = page.paper.key.text().replace("\n", "")
        hands.click(page.paper.pdf)
        hands.answer_file_dialog(recovery_sheet)
        hands.click(page.paper.kept)
        hands.click(page.forward)
        self.page(CaseloadPage)
        return key

    def unlock(self) -> None:
        """Type the passphrase and press Enter."""
        page = self.cover(UnlockPage)
        self.hands.write(page.passphrase, PASSPHRASE)
        self.hands.press(Qt.Key.Key_Return)
        self.page(CaseloadPage)

    # The risk file

    def import_file(self, file: Path) -> None:
        """From the empty caseload through the wizard to its result."""
        hands = self.hands
        self.later()
        hands.click(hands.saying(self.page(CaseloadPage), words("caseload.empty_step")))
        page = self.page(ImportsPage)
        hands.click(page.overview.start)
        wizard = page.wizard
        hands.click(wizard.files.browse)
        hands.answer_file_dialog(file)
        for step in (Step.COLUMNS, Step.PREVIEW, Step.IMPORT):
            hands.wait(wizard.go_on.isEnabled)
            hands.click(wizard.go_on)
            hands.wait(partial(_is_one_of, wizard.wizard, step, Step.RESULT))
        hands.wait(lambda: wizard.wizard.step is Step.RESULT)
        hands.settle()

    def find(self, typed: str) -> CasePage:
        """Type into the caseload's search and open the first who is found by Enter."""
        self.go_to("caseload")
        page = self.page(CaseloadPage)
        self.hands.write(page.filters.search, typed)
        self.hands.settle()
        assert page.model.rowCount() == 1, f"{page.model.rowCount()} people are found by {typed!r}"
        self.hands.press(Qt.Key.Key_Return)
        case = self.page(CasePage)
        self.hands.wait(lambda: case.case.view is not None)
        self.hands.settle()
        return case

    # The case

    def press_in(self, case: CasePage, name: str) -> None:
        """Press the button of an object name on the case's present tab."""
        self.later()
        self.hands.click(self.hands.button(case, name))

    def record_consent(self, case: CasePage) -> None:
        """Given, signed, with whom and what."""
        self.press_in(case, "gap_consent_not_asked")
        tab = case.tab("consent")
        assert isinstance(tab, ConsentTab)
        form, hands = tab.form, self.hands
        hands.click(form.radios[ConsentStatus.GIVEN])
        hands.click(form.bases[ConsentBasis.SIGNED])
        for chips in (form.shared_with, form.shared_what):
            for button in chips.findChildren(QPushButton)[:2]:
                hands.click(button)
        hands.write(form.evidence, "Signed form in the practice's folder")
        hands.click(form.save)
        hands.wait(lambda: case.case.view is not None and case.case.view.overview.consent.may_share)

    def assess(self, case: CasePage) -> AssessmentPage:
        """Type into the joint assessment, let it save itself, and sign that part."""
        self.open_tab(case, "overview")
        self.press_in(case, "gap_no_assessment")
        page, hands = self.page(AssessmentPage), self.hands
        hands.wait(lambda: page.filling is not None)
        filling = page.filling
        assert filling is not None
        question = filling.form.focus_item("mt-important")
        hands.settle()
        assert question is not False
        hands.key_in(MATTERS)
        assert not page.all_saved
        hands.wait(lambda: page.all_saved and page.saved_count)
        self.later()
        hands.click(filling.bar.sign)
        hands.wait(lambda: any(state.signed_by for state in filling.states()))
        return page

    def add_gp(self, practice_code: str) -> None:
        """Add a GP of the practice to the directory, with the keyboard."""
        hands = self.hands
        self.go_to("directory")
        page = self.page(DirectoryPage)
        hands.click(page.add)
        sheet = page.sheet
        assert isinstance(sheet, PractitionerSheet)
        hands.key_in(GP)
        hands.press(Qt.Key.Key_Tab)
        hands.choose(sheet.role, label(Role.GP))
        hands.press(Qt.Key.Key_Tab)
        assert sheet.discipline.currentText() == label(Discipline.GP), "the discipline follows the role"
        hands.press(Qt.Key.Key_Tab)
        hands.choose(sheet.workplace, practice_code)
        hands.write(sheet.telephone, "020 7946 0123")
        hands.press(Qt.Key.Key_Return)
        hands.wait(lambda: page.sheet is None)
        assert GP in [it.name for it in self.program.services.directory.practitioners(Discipline.GP)]

    def agree_lead(self, case: CasePage) -> None:
        """Agree the lead who is proposed."""
        self.press_in(case, "agree_lead")
        self.hands.wait(lambda: case.case.view is not None and case.case.view.overview.lead)

    def walk_on(self, case: CasePage) -> None:
        """Press the next move of the case until it is active."""
        for _ in Stage:
            view = case.case.view
            if view is not None and view.overview.case is not None and view.overview.case.stage is Stage.ACTIVE:
                return
            self.press_in(case, "next_move")
        raise AssertionError("the case does not become active")

    # The plan

    def write_plan(self, case: CasePage) -> CarePlanPage:
        """About me, a need, its goal and action, a contingency plan, review date and reviewer; saved by itself."""
        hands = self.hands
        self.press_in(case, "open_plan")
        plan = self.page(CarePlanPage)
        hands.click(plan.empty.step)
        hands.wait(lambda: plan.may_edit)
        hands.settle()
        document = plan.document
        about = document.about.texts["most_important"].edit
        assert about is not None
        hands.write(about, PLAN_WORDS["most_important"])
        self._add_part(plan, document.add_need, "need", {"": PLAN_WORDS["need"]})
        need = next(iter(document.needs.by_id.values()))
        self._add_part(plan, need.add, "goal", {"": PLAN_WORDS["goal"]})
        goal = next(iter(need.goals.by_id.values()))
        self._add_part(plan, goal.add, "action", {"": PLAN_WORDS["action"], "who": PLAN_WORDS["who"]})
        trigger = {"": PLAN_WORDS["trigger"], "what_should_happen": PLAN_WORDS["contingency"]}
        self._add_part(plan, document.contingency.add, "contingency_plan", trigger)
        hands.write(document.review.day.edit, "+3m")
        hands.press(Qt.Key.Key_Tab)
        assert hands.focused() is document.review.reviewer
        hands.press(Qt.Key.Key_Down)
        hands.wait(lambda: plan.autosave.idle)
        hands.settle()
        return plan

    def _add_part(self, plan: CarePlanPage, add: QWidget, kind: str, texts: dict[str, str]) -> None:
        hands = self.hands
        hands.click(add)

        def opened() -> bool:
            return any(row.kind == kind and row.is_open for row in plan.document.rows())

        hands.wait(opened)
        hands.settle()
        row = next(it for it in plan.document.rows() if it.kind == kind and it.is_open)
        for name, text in texts.items():
            if name:
                assert row.editor is not None
                field = row.editor.first(name)
                hands.press(Qt.Key.Key_Tab)
                assert field in (hands.focused(), hands.focused().parentWidget()), f"Tab does not lead to {name}"
            hands.key_in(text)

    def agree_plan(self, plan: CarePlanPage) -> None:
        """The person agrees their plan."""
        self.later()
        self.hands.click(plan.rail.ready.agree)
        self.hands.wait(lambda: isinstance(plan.sheet, AgreeSheet))
        self.hands.settle()
        sheet = plan.sheet
        assert isinstance(sheet, AgreeSheet)
        self.hands.click(sheet.agree)
        self.hands.wait(lambda: plan.sheet is None and not plan.may_edit)
        self.hands.settle()

    def save_paper(self, plan: CarePlanPage, file: Path) -> str:
        """Look at the plan as paper, say why, and save it; returns what the preview said leaves."""
        hands = self.hands
        self.later()
        hands.click(plan.rail.paper.preview)
        preview = hands.top(PlanPreview)
        hands.wait(preview.save_button.isEnabled)
        hands.settle()
        hands.click(preview.why.radios[PrintReason.FOR_THE_PERSON])
        told = hands.reads(preview.why)
        saved: list[str] = []
        preview.saved.connect(saved.append)
        hands.click(preview.save_button)
        hands.wait(lambda: preview.sheet is not None)
        sheet = preview.sheet
        assert sheet is not None
        hands.click(sheet.protect)  # the journey reads the file afterwards
        hands.click(sheet.save)
        hands.answer_file_dialog(file)
        hands.wait(lambda: saved)
        hands.settle()
        hands.click(preview.close_button)
        return told


@dataclass(frozen=True, slots=True)
class Documents:
    """Where a journey leaves its paper."""

    folder: Path

    @property
    def recovery_sheet(self) -> Path:
        """The recovery key."""
        return self.folder / "recovery-key.pdf"

    @property
    def plan(self) -> Path:
        """The joint care plan."""
        return self.folder / "plan.pdf"


def do_the_main_job(journey: Journey, person: Somebody, documents: Documents) -> str:
    """All of it, from the first start to the saved plan and an active case; returns the recovery key."""
    hands = journey.hands
    recovery_key = journey.first_run(documents.recovery_sheet)
    journey.import_file(person.file)
    case = journey.find(person.typed)
    assert person.spaced_number in hands.reads(case.banner)
    assert label(Tier.VERY_HIGH) in hands.reads(case.tab("overview"))
    journey.record_consent(case)
    journey.assess(case)
    case = journey.back_to_case()
    assert words("case.lead.nobody") in hands.reads(case), "nobody works here yet who could lead"
    journey.add_gp(person.practice_code)
    case = journey.back_to_case()
    assert GP in hands.reads(case.tab("overview"))
    journey.agree_lead(case)
    plan = journey.write_plan(case)
    journey.agree_plan(plan)
    leaves = journey.save_paper(plan, documents.plan)
    assert person.given_names in leaves
    journey.walk_on(journey.back_to_case())
    return recovery_key


def _is_one_of(wizard: RiskWizard, *steps: Step) -> bool:
    return wizard.step in steps


def audited(program: Program) -> list[tuple[str, str]]:
    """Action and kind of each audit entry, the oldest first."""
    rows = program.access.database.reader.execute("SELECT action, kind FROM audit_entry ORDER BY seq")
    return [(str(action), str(kind)) for action, kind in rows]


def in_this_order(wanted: list[tuple[str, str]], found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What of `wanted` does not come in `found` in this order, other entries between left aside."""
    left = iter(found)
    for place, act in enumerate(wanted):
        if act not in left:
            return wanted[place:]
    return []
