"""The page Sync over a real store that has exchanged with another laptop through a central store in memory."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from mdt_desktop.ui.conflicts.page import SyncPage
from tests.helpers.clocks import FrozenClock
from tests.helpers.window import Shell, a_shell, until_idle
from tests.sync.conftest import Team
from tests.sync.fake_central import FakeCentral
from tests.sync.laptops import Laptop, new_person, new_practice


class Exchanging(QObject):
    """Nobody exchanges: says what a test says, and counts what was asked for."""

    state_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.running = self.first = False
        self.far: tuple[int, int | None] = (0, None)
        self.far_words = ""
        self.asked = self.stopped = 0

    def run_now(self) -> None:
        self.asked += 1

    def stop(self) -> None:
        self.stopped += 1

    def words(self) -> str:
        return "Synced 09:12"


class Desk:
    """The page in a window, and both laptops."""

    def __init__(self, team: Team, shell: Shell, qtbot: QtBot) -> None:
        self.team, self.shell, self.qtbot = team, shell, qtbot
        self.exchanging = Exchanging()
        made: list[SyncPage] = []

        def make() -> SyncPage:
            made.append(
                SyncPage(team.one.program.services, shell.operations, shell.messages, self.exchanging)
            )
            return made[0]

        shell.register("sync", make)
        shell.window.show_page("sync")
        self.page = made[0]
        self.wait()

    def wait(self) -> None:
        until_idle(self.qtbot, self.shell.operations)

    def sync(self) -> None:
        """Both laptops exchange until both have everything; the page hears of it."""
        for laptop in (self.team.one, self.team.other, self.team.one):
            laptop.sync(self.team.central)
        self.page.reload()
        self.wait()

    def told(self) -> str:
        return " ".join(self.shell.window.shown_notices())


@pytest.fixture
def central() -> FakeCentral:
    return FakeCentral()


@pytest.fixture
def team(tmp_path: Path, clock: FrozenClock, central: FakeCentral) -> Iterator[Team]:
    one, other = Laptop(tmp_path / "one", "Robin Example", clock), Laptop(tmp_path / "other", "Sam Sample", clock)
    bucket = central.add_bucket(one.locality)
    for laptop in (one, other):
        central.members[laptop.name] = {bucket: "care_navigator"}
        laptop.connect(central)
    practice = new_practice(one)
    person = new_person(one, practice)
    for laptop in (one, other, one):
        laptop.sync(central)
    yield Team(central, bucket, one, other, person, practice)
    one.close()
    other.close()


@pytest.fixture
def desk(team: Team, qtbot: QtBot) -> Iterator[Desk]:
    with a_shell(team.one.program) as shell:
        yield Desk(team, shell, qtbot)
