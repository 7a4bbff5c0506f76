"""Run by a test in a process of its own, to be killed: opens the program on a folder and types on without a pause."""

import sys
import time
from collections import deque
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest

from mdt_desktop.demo.store import PASSPHRASE
from mdt_desktop.domain.cases import Stage
from mdt_desktop.paths import DataFolder
from mdt_desktop.services.caseload import CaseloadQuery
from mdt_desktop.ui.script import Script, Steps, Until, settled
from mdt_desktop.ui.start import Start

_LETTERS = "abcdefghijklmnopqrstuvwxyz "
_EVERY_MS = 40
_BEHIND_SECONDS = 2.0


def _steps(start: Start) -> Steps:
    yield Until("the unlock screen", lambda: hasattr(start.cover, "passphrase"))
    yield settled(start.operations)
    cover = start.cover
    cover.passphrase.setText(PASSPHRASE)  # type: ignore[union-attr]  # what the wait has seen
    cover.unlock.click()  # type: ignore[union-attr]
    yield Until("the store is open", lambda: start.program is not None and start.window.page is not None)
    yield settled(start.operations)
    assert start.program is not None
    rows = start.program.services.caseload.page(CaseloadQuery(), 0, 1000).rows
    somebody = next(it.person_id for it in rows if it.stage is Stage.ACTIVE)
    start.window.show_page("case", person_id=somebody, tab="consent")
    yield settled(start.operations)
    _type_on(start)
    yield Until("killed", lambda: False)


def _type_on(start: Start) -> None:
    """One letter after the other; says on stdout what stood there two seconds ago, which a crash must not take."""
    field = start.window.page.tab("consent").form.evidence  # type: ignore[union-attr]
    typed: deque[tuple[float, str]] = deque()
    timer = QTimer(start)

    def letter() -> None:
        text = field.text()
        QTest.keyClicks(field, _LETTERS[len(text) % len(_LETTERS)])
        now = time.monotonic()
        typed.append((now, field.text()))
        while typed and now - typed[0][0] > _BEHIND_SECONDS:
            sys.stdout.write(typed.popleft()[1] + "\n")
            sys.stdout.flush()

    timer.timeout.connect(letter)
    timer.start(_EVERY_MS)


def main() -> None:
    """Open, type, wait to be killed."""
    start = Start(DataFolder(Path(sys.argv[1])))
    script = Script(_steps(start))
    script.ended.connect(lambda _: start.app.quit())
    start.open_window()
    script.start()
    start.app.exec()


if __name__ == "__main__":
    main()
