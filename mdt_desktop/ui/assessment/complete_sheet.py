"""Completing with parts that are not signed: which they are, a way to each, and why they stay so."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from mdt_desktop.domain.assessment import PartState
from mdt_desktop.ui.drafting import Drafting, DraftPlace, DraftShelf
from mdt_desktop.ui.forms.form_content import drafted
from mdt_desktop.ui.forms.form_sheet import Field
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.growing_text_edit import GrowingTextEdit
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.side_sheet import SideSheet
from mdt_desktop.words import words


class CompleteSheet(SideSheet):
    """`on_part` is called with the key of a part to go to, `on_complete` with the reason."""

    def __init__(
        self,
        host: QWidget,
        unsigned: Sequence[PartState],
        on_part: Callable[[str], None],
        on_complete: Callable[[str], None],
    ) -> None:
        super().__init__(words("assessment.left.title"), host)
        self._on_part, self._on_complete = on_part, on_complete
        self.body.addWidget(words_label(words("assessment.left.intro"), wraps=True))
        self.links: list[Button] = []
        for state in unsigned:
            how = words(f"assessment.left.{state.status.value}")
            text = words("assessment.left.part", part=state.part.name, state=how)
            link = Button(text.replace("&", "&&"), partial(self._go_to, state.part.key), "link")
            self.links.append(link)
            self.body.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        self.reason = GrowingTextEdit()
        self.reason.setObjectName("unsigned_reason")
        self.drafting: Drafting | None = None
        self._field = Field(words("assessment.left.reason"), self.reason, words("assessment.left.reason_help"))
        self.error = self._field.error
        self.body.addWidget(self._field)
        self.body.addStretch(1)
        self.save = Button(words("assessment.left.save"), self._on_save, "primary")
        self.foot.addWidget(self.save)
        self.foot.addWidget(Button(words("ui.cancel"), self.leave))
        self.foot.addStretch(1)
        self.close_requested.connect(self.leave)

    def keep_drafts(self, shelf: DraftShelf, place: DraftPlace) -> None:
        """Put back what was begun here, and keep what is typed from now on."""
        self.drafting = drafted(self, self.body, shelf)
        self.drafting.begin(place)

    def leave(self) -> None:
        """Close it for good; a reason that was begun stays a draft."""
        if self.drafting is not None:
            self.drafting.end()
        super().leave()

    def recorded(self) -> None:
        """It was completed: the reason is no draft any longer."""
        if self.drafting is not None:
            self.drafting.finish()

    def show_problem(self, text: str) -> None:
        """Say why it was not completed; the reason that was typed stays."""
        self._field.show_error(text)
        self.save.setEnabled(True)

    def _go_to(self, key: str) -> None:
        self.leave()
        self._on_part(key)

    def _on_save(self) -> None:
        reason = self.reason.toPlainText().strip()
        if not reason:
            self.show_problem(words("assessment.left.needed"))
            return
        self.save.setEnabled(False)
        self._on_complete(reason)
