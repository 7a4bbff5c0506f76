"""Shown while the demo borough is opened or made."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar

from mdt_desktop.ui.keys.parts import BrandMark, Cover, TroubleNotice
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Progress
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words


class OpeningCover(Cover):
    """The mark, what is going on, and a bar that moves."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        middle = Qt.AlignmentFlag.AlignHCenter
        self.body.addWidget(BrandMark(), 0, middle)
        self.heading = words_label(words("start.opening_demo"), "title", wraps=True)
        self.about = words_label(words("start.making_demo"), "muted", wraps=True)
        for label in (self.heading, self.about):
            label.setAlignment(middle)
            self.body.addWidget(label)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 0)
        self.bar.setAccessibleName(words("start.opening_demo"))
        self.body.addWidget(self.bar)
        self.notice = TroubleNotice()
        self.body.addWidget(self.notice)
        self.again = Button(words("ui.try_again"), kind="primary")
        self.again.hide()
        self.body.addWidget(self.again, 0, middle)
        progress.moved.connect(self._on_moved)

    def fail(self, error: Exception, on_again: Callable[[], None]) -> None:
        """It did not work: why, and a button to try again."""
        self.bar.hide()
        self.about.hide()
        self.notice.show_trouble(words("unlock.trouble.other"), Messages.words_of(error))
        self.again.clicked.connect(lambda _=False: on_again())
        self.again.show()

    def _on_moved(self, done: int, of: object, _: str) -> None:
        if isinstance(of, int) and of > 0:
            self.bar.setRange(0, 1000)
            self.bar.setValue(min(1000, done * 1000 // of))
