"""Files of other services: previewed, brought in, and whoever is held decided beside who they may be on file."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from mdt_desktop.domain.errors import StoreProblem
from mdt_desktop.domain.organisations import Role
from mdt_desktop.paths import DataFolder
from mdt_desktop.services.fhir_import import ImportReport
from mdt_desktop.services.held_content import HeldDecision
from tests.helpers.bundle_files import ALLERGY, CONSENT, SURGERY, TASK, WEIGHT, bundle, patient
from tests.helpers.clocks import FrozenClock
from tests.helpers.colleagues import a_colleague, an_administrator_elsewhere
from tests.helpers.plans import CaseInStore, a_case
from tests.ui.conftest import Show
from tests.ui.imports.desk import Screen


@pytest.fixture
def case(data_folder: DataFolder, clock: FrozenClock) -> Iterator[CaseInStore]:
    with a_case(data_folder, clock) as made:
        yield made


@pytest.fixture
def screen(case: CaseInStore, qtbot: QtBot, show: Show, tmp_path: Path) -> Iterator[Screen]:
    found = Screen(qtbot, case.program, tmp_path)
    show(found.page)
    found.page.shown({"view": "bundles"})
    found.settle()
    yield found
    found.operations.close()


def read(within: QWidget) -> str:
    return "\n".join(it.text() for it in within.findChildren(QLabel) if it.isVisible() and it.text())


def preview(screen: Screen, *resources: Any) -> None:
    screen.page.bundles.work.preview(bundle(screen.folder, *resources))
    screen.settle()


def hold(screen: Screen, *resources: Any) -> None:
    """Somebody is held, and the list shows them."""
    screen.program.services.fhir_import.apply(bundle(screen.folder, *resources))
    screen.page.show_bundles()
    screen.settle()


def test_a_file_is_shown_before_anything_is_written_with_what_has_no_place(screen: Screen) -> None:
    preview(screen, patient(), TASK, WEIGHT, CONSENT)
    report = screen.page.bundles.report
    assert report.isVisible()
    assert screen.one("SELECT count(*) FROM task") == 0
    said = read(report)
    assert "This would come in from bundle.json" in said
    assert "Nothing is written yet." in said
    assert "SAMPLETON, Rahima" in said
    assert "recognised" in said
    assert "Consent and sharing are recorded by somebody who asked the person." in said
    assert "Observation/w1" in said
    assert report.bring_in.hasFocus()


def test_bringing_it_in_writes_after_a_backup_and_says_the_same_again(screen: Screen) -> None:
    preview(screen, patient(), TASK, WEIGHT)
    screen.page.bundles.report.bring_in.click()
    screen.settle()
    report = screen.page.bundles.report
    assert "Brought in from bundle.json" in read(report)
    assert not report.bring_in.isVisible()
    assert screen.one("SELECT count(*) FROM task") == 1
    assert len(screen.program.services.backups.shelf()) == 1
    report.leave.click()
    screen.settle()
    assert screen.page.bundles.empty.isVisible()


def test_not_bringing_it_in_leaves_everything_as_it_was(screen: Screen) -> None:
    before = screen.one("SELECT count(*) FROM audit_entry")
    preview(screen, patient(), TASK)
    screen.page.bundles.report.leave.click()
    screen.settle()
    assert (screen.one("SELECT count(*) FROM task"), screen.one("SELECT count(*) FROM audit_entry")) == (0, before)
    assert screen.page.bundles.empty.isVisible()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("no json at all", "it is no JSON"),
        (json.dumps({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": {}}]}), "not a FHIR R4"),
        (None, "cannot be read"),
    ],
    ids=["no JSON", "no Bundle", "no file"],
)
def test_a_file_that_cannot_be_read_is_told_and_the_list_is_there_again(
    screen: Screen, content: str | None, said: str
) -> None:
    path = screen.folder / "bad.json"
    if content is not None:
        path.write_text(content)
    screen.page.bundles.work.preview(path)
    screen.settle()
    assert said in screen.presenter.notices[-1]
    assert screen.page.bundles.empty.isVisible()
    assert screen.page.bundles.choose.isEnabled()


def test_a_store_that_refuses_is_told_and_nothing_is_half_there(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview(screen, patient(), TASK)

    def refuse(_: Path) -> ImportReport:
        raise StoreProblem

    monkeypatch.setattr(screen.program.services.fhir_import, "apply", refuse)
    screen.page.bundles.report.bring_in.click()
    screen.settle()
    assert screen.presenter.notices
    assert screen.one("SELECT count(*) FROM task") == 0
    assert screen.page.bundles.empty.isVisible()


def test_whoever_is_held_stands_beside_who_they_may_be_with_what_differs(screen: Screen) -> None:
    hold(screen, patient(born="1941-08-14"), TASK, ALLERGY)
    view = screen.page.bundles
    assert view.header.summary.text() == "1 person waits for a decision"
    assert view.table.hasFocus()
    screen.wait(lambda: bool(read(view.detail)))
    said = read(view.detail)
    assert "The NHS number is on file with another date of birth." in said
    assert said.index("14-Aug-1941") < said.index("14-Aug-1940")
    assert said.count("differs") == 1
    assert "1 × AllergyIntolerance, 1 × Task" in said
    assert not view.buttons[HeldDecision.ADDED_AS_NEW].isEnabled(), "the number is somebody else's"
    assert "Somebody on file has this NHS number" in view.buttons[HeldDecision.ADDED_AS_NEW].toolTip()


def test_is_this_person_adds_the_records_and_fills_only_what_is_empty(screen: Screen, case: CaseInStore) -> None:
    hold(screen, patient(born="1941-08-14", telecom=[{"system": "email", "value": "r@example.invalid"}]), TASK)
    screen.page.bundles.buttons[HeldDecision.TAKEN].click()
    screen.settle()
    assert screen.presenter.notices[-1] == "Taken for the person on file. Records made: 1"
    assert screen.one("SELECT email FROM person") == "r@example.invalid"
    assert screen.one("SELECT born FROM person") == "1940-08-14"
    assert screen.page.bundles.empty.isVisible()


def test_is_somebody_new_adds_them_with_a_case(screen: Screen) -> None:
    hold(screen, patient("9990000018"), SURGERY, TASK)
    view = screen.page.bundles
    assert view.buttons[HeldDecision.ADDED_AS_NEW].isEnabled()
    view.buttons[HeldDecision.ADDED_AS_NEW].click()
    screen.settle()
    assert screen.presenter.notices[-1].startswith("Added as somebody new")
    assert screen.one("SELECT count(*) FROM person WHERE family_name = 'Sampleton'") == 2


def test_leaving_out_writes_nothing_but_who_decided(screen: Screen) -> None:
    hold(screen, patient(born="1941-08-14"), TASK)
    screen.page.bundles.buttons[HeldDecision.LEFT_OUT].click()
    screen.settle()
    assert screen.presenter.notices[-1] == "Left out"
    assert screen.one("SELECT count(*) FROM task") == 0
    assert screen.one("SELECT decision FROM held_bundle") == "left_out"


def test_where_nobody_is_on_file_only_a_new_person_or_leaving_out_is_offered(screen: Screen) -> None:
    hold(screen, patient(None, "Nobody", "1950-01-01"), SURGERY)
    view = screen.page.bundles
    enabled = [decision for decision, button in view.buttons.items() if button.isEnabled()]
    assert enabled == [HeldDecision.ADDED_AS_NEW, HeldDecision.LEFT_OUT]
    screen.wait(lambda: "Nobody on file is who this could be." in read(view.detail))
    assert "Example Street Surgery" in read(view.detail)


def test_a_decision_that_leaves_something_without_a_place_leads_to_the_report(screen: Screen) -> None:
    hold(screen, patient(born="1941-08-14"), TASK, WEIGHT)
    screen.page.bundles.buttons[HeldDecision.TAKEN].click()
    screen.settle()
    action = screen.presenter.actions[-1]
    assert action is not None
    action.run()
    assert "What was decided, from bundle.json" in read(screen.page.bundles.report)
    assert "Observation/w1" in read(screen.page.bundles.report)


def test_one_decided_elsewhere_meanwhile_is_told_and_leaves_the_list(screen: Screen) -> None:
    hold(screen, patient(born="1941-08-14"))
    current = screen.page.bundles.current()
    assert current is not None
    screen.program.services.fhir_import.decide(current.id, HeldDecision.LEFT_OUT)
    screen.page.bundles.buttons[HeldDecision.TAKEN].click()
    screen.settle()
    assert "has decided about this already" in screen.presenter.notices[-1]
    assert screen.page.bundles.empty.isVisible()


def test_the_overview_says_that_somebody_waits_and_leads_there(screen: Screen) -> None:
    hold(screen, patient(born="1941-08-14"))
    screen.page.show_overview()
    screen.settle()
    assert "1 person from a file of another service is held" in read(screen.page.overview)
    screen.page.overview.bundles_requested.emit()
    screen.settle()
    assert screen.page.bundles.isVisible()


def test_a_dropped_bundle_is_previewed(screen: Screen) -> None:
    screen.page.show_overview()
    path = bundle(screen.folder, patient(), TASK)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    screen.page.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, mime, buttons, keys))
    screen.settle()
    assert "This would come in from bundle.json" in read(screen.page.bundles.report)


def test_whoever_may_not_bring_files_in_is_asked_for_nothing_and_nothing_is_refused_in_the_audit(
    case: CaseInStore, qtbot: QtBot, show: Show, tmp_path: Path
) -> None:
    an_administrator_elsewhere(case.program)
    found = Screen(qtbot, case.program, tmp_path)
    found.settle()
    found.page._services = a_colleague(case.program, Role.VOLUNTEER)
    show(found.page)
    found.page.shown({})
    found.page.reload()
    found.settle()
    assert not found.page.overview.bundles.isEnabled()
    assert found.page.overview.bundles.toolTip()
    refused = "SELECT count(*) FROM audit_entry WHERE action = 'refused'"
    assert found.one(refused) == 0
    found.page.close()
    found.operations.close()


def test_the_model_keeps_its_promises(screen: Screen) -> None:
    tester = QAbstractItemModelTester(screen.page.bundles.model)
    hold(screen, patient(born="1941-08-14"))
    hold(screen, patient(None, "Nobody", "1950-01-01"))
    assert screen.page.bundles.model.rowCount() == 2
    assert tester.model() is screen.page.bundles.model
