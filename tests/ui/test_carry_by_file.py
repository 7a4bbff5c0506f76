"""Carrying by file in the window: a file out, a colleague's file to the store, the answer in, and what is told."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from mdt_desktop.paths import DataFolder
from mdt_desktop.records import Person
from mdt_desktop.services import bundles
from mdt_desktop.services.sync_reading import SyncStatus
from mdt_desktop.services.syncing import Syncing
from mdt_desktop.ui.new_file import NewFile
from mdt_desktop.ui.settings.carry import CarryCard
from mdt_desktop.ui.settings.page import SettingsPage
from mdt_desktop.ui.start import Start
from tests.helpers.answering import Answering
from tests.helpers.clocks import FrozenClock
from tests.helpers.stores import PASSPHRASE, make_store
from tests.helpers.window import until_idle
from tests.sync.carrying import PASSWORD, Site, a_site
from tests.sync.laptops import Laptop, new_person, new_practice


@pytest.fixture
def site(tmp_path: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A central store whose application answers in this process."""
    (tmp_path / "site").mkdir()
    made = a_site(tmp_path / "site", clock)
    take = bundles.Bundles.import_
    monkeypatch.setattr(
        bundles.Bundles,
        "import_",
        lambda self, path, answer=None, write=None, remote=made.remote: take(self, path, answer, write, remote),
    )
    yield made
    made.store.close()


@pytest.fixture
def sam(site: Site) -> Iterator[Laptop]:
    """A colleague's laptop, which reaches the store, with a person on it."""
    made = site.laptop("Sam Sample")
    new_person(made, new_practice(made), family_name="Quillfeather")
    site.sync(made)
    yield made
    made.close()


@pytest.fixture
def card(site: Site, sam: Laptop, start: Start, data_folder: DataFolder, clock: FrozenClock, qtbot: QtBot) -> CarryCard:
    """The card in the window of Robin, who has exchanged once and has no network now."""
    program, _ = make_store(data_folder, clock)
    with program:
        syncing = Syncing(program.access)
        syncing.connect("http://127.0.0.1:1", "Robin Example", PASSWORD, site.remote)
        syncing.run(remote=site.remote)
    start.open_window()
    qtbot.waitUntil(lambda: start.cover is not None, timeout=20_000)
    unlock: Any = start.cover
    unlock.passphrase.setText(PASSPHRASE)
    with qtbot.waitSignal(start.shell_shown, timeout=20_000):
        unlock.unlock.click()
    start.window.show_page("settings", section="central")
    shown = start.window.page
    assert isinstance(shown, SettingsPage)
    until_idle(qtbot, start.operations)

    def new(wanted: NewFile, _: QWidget, answer: Callable[[str], None]) -> None:
        answer(str(site.folder / wanted.name))

    shown.carry.ask_new = new
    return shown.carry


@pytest.fixture
def told(start: Start, card: CarryCard) -> Answering:
    made = Answering()
    start.messages.show_on(made)
    return made


def test_a_file_goes_out_and_its_answer_comes_in(
    card: CarryCard, site: Site, sam: Laptop, start: Start, qtbot: QtBot
) -> None:
    assert card.isVisible()
    person = sam.one("SELECT id FROM person")
    sam.change(Person, person, person, telephone="8")
    site.sync(sam)
    card.put.click()
    until_idle(qtbot, start.operations)
    assert card.told.text().endswith("are in mdt-2026-11-23.mdtbundle.")
    site.deliver(sam, "mdt-2026-11-23.mdtbundle", "answer.mdtbundle")
    card.ask_present = lambda _, answer: answer(str(site.folder / "answer.mdtbundle"))
    card.take.click()
    until_idle(qtbot, start.operations)
    assert card.told.text().startswith("The answer was taken:")
    assert start.program is not None
    reader = start.program.access.database.reader
    assert reader.execute("SELECT telephone FROM person").fetchall() == [("8",)]
    card.take.click()
    until_idle(qtbot, start.operations)
    assert card.told.text().startswith("Nothing was changed: the file was taken before")
    assert card.put.isEnabled()


def test_a_colleagues_file_is_brought_to_the_store_and_the_answer_is_put_beside_it(
    card: CarryCard, site: Site, sam: Laptop, start: Start, qtbot: QtBot
) -> None:
    person = sam.one("SELECT id FROM person")
    sam.change(Person, person, person, telephone="9")
    site.export(sam, "sam.mdtbundle")
    card.import_from(str(site.folder / "sam.mdtbundle"))
    until_idle(qtbot, start.operations)
    assert card.told.text().endswith("Its answer is in sam-answer.mdtbundle: carry it back.")
    assert site.take(sam, "sam-answer.mdtbundle").is_new
    assert sam.ask("SELECT * FROM outbox") == []


def test_a_file_that_is_none_is_told_and_cancelling_does_nothing(
    card: CarryCard, site: Site, start: Start, qtbot: QtBot, told: Answering
) -> None:
    card.import_from("")
    card.export_to("")
    assert not card.told.isVisible()
    card.import_from(str(site.folder / site.put("letter.mdtbundle", b"Dear all")))
    until_idle(qtbot, start.operations)
    assert told.notices == ["This is no file of changes or answers that was made by MDT Desktop. Nothing was changed."]
    assert card.take.isEnabled()


def test_a_laptop_that_is_not_connected_has_no_such_card(card: CarryCard) -> None:
    card.show_status(SyncStatus(False))
    assert not card.isVisible()
    card.show_status(SyncStatus(True))
    assert card.isVisible()
