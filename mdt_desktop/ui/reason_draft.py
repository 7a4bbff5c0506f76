"""The words of a reason to print, half-typed: kept and put back as every form's are, in the preview of a paper."""

from typing import Any

from PySide6.QtWidgets import QVBoxLayout

from mdt_desktop.ui.drafting import Drafting, DraftPlace, DraftShelf
from mdt_desktop.ui.reason_panel import ReasonPanel


class ReasonDraft:
    """Only a reason with words to it is kept: which one it is must be chosen anew each time, on purpose."""

    def __init__(self, shelf: DraftShelf, panel: ReasonPanel[Any, Any], about: str) -> None:
        """`about` names the paper: the id of the plan, or of the person, or what a meeting's paper is."""
        more, radios = panel.more, panel.radios
        self._more, self._radios = more, radios
        self._place = DraftPlace("printing", f"why:{about}")
        self.drafting = Drafting(shelf, panel, self._read, self._put_back, self._clear)
        column = panel.layout()
        if isinstance(column, QVBoxLayout):
            column.insertWidget(column.indexOf(next(iter(radios.values()))), self.drafting.line)
        more.textChanged.connect(lambda _: self.drafting.typed())
        for radio in radios.values():
            radio.toggled.connect(lambda _: self.drafting.typed())
        self.drafting.begin(self._place)

    def left(self) -> None:
        """A copy has left with these words on it: they are no draft any longer."""
        self.drafting.finish()
        self.drafting.begin(self._place)

    def end(self) -> None:
        """The preview closes."""
        self.drafting.end()

    def _read(self) -> dict[str, object]:
        text = self._more.text()
        chosen = next((it.value for it, radio in self._radios.items() if radio.isChecked()), "")
        return {"more": text, "reason": chosen} if text.strip() else {}

    def _put_back(self, content: dict[str, object]) -> None:
        self._more.setText(str(content.get("more", "")))
        for reason, radio in self._radios.items():
            if reason.value == content.get("reason"):
                radio.setChecked(True)

    def _clear(self) -> None:
        self._more.clear()
        groups = {radio.group() for radio in self._radios.values()}
        for group in groups:
            group.setExclusive(False)
        for radio in self._radios.values():
            radio.setChecked(False)
        for group in groups:
            group.setExclusive(True)
