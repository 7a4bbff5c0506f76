"""The stops of the tour: one line for each screen and each state of it that a reviewer should see."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mdt_desktop.security.errors import KeyFileDamaged, KeyFileNewer, TooManyAttempts, WrongPassphrase
from mdt_desktop.ui.keys.door import Door
from mdt_desktop.ui.lazily import load
from mdt_desktop.ui.script import Steps
from mdt_desktop.ui.tour_case_papers import CASE_PAPERS
from mdt_desktop.ui.tour_follow_up import FOLLOW_UP
from mdt_desktop.ui.tour_gestures import Stop, case, page
from mdt_desktop.ui.tour_meetings import MEETINGS
from mdt_desktop.ui.tour_other_services import OTHER_SERVICES
from mdt_desktop.ui.tour_papers import PAPERS
from mdt_desktop.ui.tour_states import STATES
from mdt_desktop.ui.tour_sync import SYNC
from mdt_desktop.ui.unlock.unlock_page import UnlockPage
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.ui.tour import Tour

__all__ = ["PLACE", "STOPS", "Stop"]

_WEAK = "password2024"
PLACE = "~/.local/share/mdt-desktop"  # the same in every picture, wherever it is taken
_STRONG = "lantern rowing copper thistle"


def _first_run(tour: "Tour") -> Any:
    start = tour.start
    kind = load("unlock.first_run_page", "FirstRunPage")
    return tour.cover(kind(start.operations, Door(tour.spare, start.clock, PLACE), start.clock))


def _first_who(tour: "Tour") -> Steps:
    _first_run(tour)
    yield tour.settle("first run")


def _first_problem(tour: "Tour") -> Steps:
    _first_run(tour).forward.click()
    yield tour.settle("first run with a problem")


def _first_passphrase(tour: "Tour", passphrase: str, again: str = "") -> Steps:
    shown = _first_run(tour)
    shown.name.setText("Robin Example")
    shown.role.setCurrentIndex(4)
    shown.organisation.setText("Invented Borough Council")
    shown.locality.setText("North East")
    shown.forward.click()
    shown.new_passphrase.first.setText(passphrase)
    shown.new_passphrase.again.setText(again)
    yield tour.until("the strength is shown", lambda: shown.new_passphrase.meter.score >= 0)


def _first_recovery(tour: "Tour") -> Steps:
    """A store is really made, in the spare folder, so that a real key is shown."""
    yield from _first_passphrase(tour, _STRONG, _STRONG)
    shown: Any = tour.covers[-1]
    shown.forward.click()
    yield tour.until("the recovery key is shown", lambda: bool(shown.steps.recovery_key))


def _unlock(tour: "Tour") -> Any:
    return tour.cover(UnlockPage(tour.start.operations, Door(tour.start.folder, tour.start.clock, PLACE)))


def _unlock_asks(tour: "Tour") -> Steps:
    _unlock(tour)
    yield tour.settle("unlock")


def _unlock_trouble(tour: "Tour", trouble: Callable[[], Exception]) -> Steps:
    shown = _unlock(tour)
    yield tour.settle("unlock")
    shown.passphrase.setText("not the passphrase")
    shown.show_trouble(trouble())


def _unlock_missing(tour: "Tour") -> Steps:
    tour.spare.create().database.touch()
    tour.cover(UnlockPage(tour.start.operations, Door(tour.spare, tour.start.clock, PLACE)))
    yield tour.settle("missing key file")


def _unlock_recovery(tour: "Tour") -> Steps:
    shown = _unlock(tour)
    yield tour.settle("unlock")
    shown.switch.click()


def _caseload_search(tour: "Tour", text: str = "mi") -> Steps:
    yield from page(tour, "caseload")
    QTest.keyClicks(tour.page.filters.search, text)
    yield tour.settle("found people")


def _caseload_preview(tour: "Tour") -> Steps:
    yield from page(tour, "caseload")
    table = tour.page.table
    table.setFocus()
    table.selectRow(1)
    QTest.keyClick(table, Qt.Key.Key_Space)
    yield tour.settle("preview")


def _contacts(tour: "Tour", row: int, adds: bool = False) -> Steps:
    """The log of a case, with one chosen; or a new contact, which nobody saves."""
    yield from case(tour, tab="contacts")
    tab = tour.page.tab("contacts")
    tab.table.selectRow(row)
    if adds:
        tab.add()
    yield tour.settle("contacts")


def _assessments(tour: "Tour", stage: str = "assessing") -> Steps:
    yield from page(tour, "assessment", person_id=tour.people[stage])


def _assessment_form(tour: "Tour") -> Steps:
    """The latest joint assessment of somebody who has one; nothing is begun for a picture."""
    yield from _assessments(tour, "active")
    before = tour.page.shelf.shelf.assessments
    latest = next(it.id for it in before if it.questionnaire == "joint-assessment")
    yield from page(tour, "assessment", assessment_id=latest)


def _care_plan(tour: "Tour", stage: str) -> Steps:
    yield from page(tour, "care_plan", person_id=tour.people[stage])


def _care_plan_paper(tour: "Tour") -> Steps:
    yield from _care_plan(tour, "active")
    tour.page.open_preview()
    yield tour.settle("the plan as paper")


def _settings_passphrase(tour: "Tour") -> Steps:
    yield from page(tour, "settings")
    tour.page.change_passphrase.click()
    yield tour.settle("change passphrase")


def _settings_recovery(tour: "Tour") -> Steps:
    yield from page(tour, "settings")
    tour.page.new_recovery_key.click()
    yield tour.settle("new recovery key")


def _settings_key(tour: "Tour") -> Steps:
    yield from page(tour, "settings")
    tour.page.change_key.click()
    yield tour.settle("change the key")


def _key_change(tour: "Tour", begun: bool) -> Steps:
    """A store is really made in the spare folder, and its key made ready, so that a real key is shown."""
    yield from _first_recovery(tour)
    first: Any = tour.covers.pop()
    program, first._program = first._program, None
    door = Door(tour.spare, tour.start.clock, PLACE)
    cover = tour.cover(load("keys.key_change", "KeyChangeCover")(tour.start.operations, door, program))
    if begun:
        cover.begin(_STRONG)
        yield tour.until("the new recovery key is shown", cover.kept.isVisible)
    else:
        cover.progress.moved.emit(420, 1000, words("rotation_step.copy"))
    yield tour.settle("the key is changed")


def _settings_backups(tour: "Tour") -> Steps:
    """A backup of the demo is really made, so that there is something to see; nothing of the demo changes."""
    yield from page(tour, "settings")
    yield tour.settle("backups")
    card = tour.page.backups
    if not card.table.model().rowCount():
        card.back_up.click()
        yield tour.until("a backup was made", lambda: card.table.model().rowCount() > 0)
    tour.page.show_backups()


def _settings_restore(tour: "Tour") -> Steps:
    yield from _settings_backups(tour)
    tour.page.backups.restore.click()
    yield tour.settle("what is in the backup")


def _restore_closed(tour: "Tour", folder: Any) -> Steps:
    ways = load("backups.ways", "WithoutAStore")(folder, tour.start.clock)
    shown = tour.cover(load("unlock.restore_page", "RestorePage")(tour.start.operations, ways))
    yield tour.settle("restore where no store is open")
    if shown.panel.can_restore:
        shown.panel.restore()


def _unlock_restore(tour: "Tour") -> Steps:
    yield from _settings_backups(tour)
    yield from _restore_closed(tour, tour.start.folder)


def _unlock_restore_nothing(tour: "Tour") -> Steps:
    yield from _restore_closed(tour, tour.spare)


def _unlock_restored(tour: "Tour") -> Steps:
    shown = _unlock(tour)
    yield tour.settle("unlock")
    shown.tell_restored()


def _command(tour: "Tour", command: str) -> Steps:
    yield from page(tour, "settings")
    tour.start.window.commands.run(command)
    yield tour.settle(command)


STOPS: tuple[Stop, ...] = (
    Stop("first-run-1-who", _first_who),
    Stop("first-run-1-problem", _first_problem),
    Stop("first-run-2-passphrase-weak", partial(_first_passphrase, passphrase=_WEAK)),
    Stop("first-run-2-passphrase-strong", partial(_first_passphrase, passphrase=_STRONG, again=_STRONG)),
    Stop("first-run-3-recovery-key", _first_recovery),
    Stop("unlock", _unlock_asks),
    Stop("unlock-wrong", partial(_unlock_trouble, trouble=WrongPassphrase)),
    Stop("unlock-wait", partial(_unlock_trouble, trouble=partial(TooManyAttempts, seconds=8))),
    Stop("unlock-damaged", partial(_unlock_trouble, trouble=partial(KeyFileDamaged, reason="checksum"))),
    Stop("unlock-newer", partial(_unlock_trouble, trouble=KeyFileNewer)),
    Stop("unlock-missing", _unlock_missing),
    Stop("unlock-recovery-key", _unlock_recovery),
    Stop("unlock-restore", _unlock_restore),
    Stop("unlock-restore-nothing-here", _unlock_restore_nothing),
    Stop("unlock-restored", _unlock_restored),
    Stop("caseload", partial(page, key="caseload")),
    Stop("caseload-search", _caseload_search),
    Stop("caseload-nobody", partial(_caseload_search, text="nobody of that name")),
    Stop("caseload-preview", _caseload_preview),
    Stop("case", case),
    Stop("case-identified", partial(case, stage="identified")),
    Stop("case-declined", partial(case, stage="declined")),
    Stop("case-risk", partial(case, tab="risk")),
    Stop("case-consent", partial(case, tab="consent")),
    Stop("case-assessment", partial(case, tab="assessment")),
    Stop("case-plan", partial(case, tab="plan")),
    Stop("case-people", partial(case, tab="people")),
    Stop("case-contacts", partial(_contacts, row=1)),
    Stop("case-contacts-add", partial(_contacts, row=0, adds=True)),
    Stop("case-contacts-none", partial(case, stage="identified", tab="contacts")),
    Stop("case-history", partial(case, tab="history")),
    Stop("assessment", _assessments),
    Stop("assessment-form", _assessment_form),
    Stop("care-plan-agreed", partial(_care_plan, stage="active")),
    Stop("care-plan-draft", partial(_care_plan, stage="planning")),
    Stop("care-plan-paper", _care_plan_paper),
    *MEETINGS,
    *CASE_PAPERS,
    *PAPERS,
    *FOLLOW_UP,
    Stop("directory", partial(page, key="directory")),
    Stop("directory-practices", partial(page, key="directory", section="practices")),
    Stop("directory-add", partial(page, key="directory", add="nurse")),
    Stop("risk-files", partial(page, key="imports")),
    Stop("risk-files-import", partial(page, key="imports", view="wizard")),
    Stop("risk-files-held", partial(page, key="imports", view="held")),
    Stop("other-services-none", partial(page, key="imports", view="bundles")),
    *OTHER_SERVICES,
    Stop("settings", partial(page, key="settings")),
    Stop("settings-passphrase", _settings_passphrase),
    Stop("settings-recovery-key", _settings_recovery),
    Stop("settings-change-key", _settings_key),
    Stop("key-change-1-making", partial(_key_change, begun=False)),
    Stop("key-change-2-recovery-key", partial(_key_change, begun=True)),
    Stop("settings-backups", _settings_backups),
    Stop("settings-restore", _settings_restore),
    Stop("command-palette", partial(_command, command="go.palette")),
    Stop("shortcuts", partial(_command, command="view.keys")),
    *STATES,
    *SYNC,
)
"""Every stop, in the order the program is met. A page that is added adds its lines here."""
