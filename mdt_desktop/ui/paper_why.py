"""The panel beside a paper: what leaves, what does not and why, for what reason and to whom it goes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox

from mdt_desktop.domain.care_plan import PlanStatus
from mdt_desktop.domain.printing import PaperKind, PrintReason, Purpose
from mdt_desktop.domain.sharing import RecipientKind, SharingGroup
from mdt_desktop.ui.forms.form_sheet import chooser
from mdt_desktop.ui.reason_panel import ReasonPanel, pages_words
from mdt_desktop.words import label, words

if TYPE_CHECKING:
    from mdt_desktop.services.printing import PaperContents, PaperRecipient

_MARKS = {PlanStatus.DRAFT: "printing.draft", PlanStatus.SUPERSEDED: "printing.superseded"}
_NARROW = 20  # characters of the list of recipients
_GROUPS = {PrintReason.FOR_THE_CARER: SharingGroup.FAMILY, PrintReason.FOR_HOME_CARE: SharingGroup.HOME_CARE}
"""Of whom the recipients are offered for a reason; for another reason everybody is."""


class WhyPanel(ReasonPanel[PrintReason, Purpose]):
    """What leaves with a paper about somebody, for what reason and to whom it goes.

    `goes_to` comes when it is another reason or recipient, so that another copy is shown.
    """

    goes_to = Signal()

    def __init__(self) -> None:
        super().__init__(PrintReason, PrintReason.OTHER, Purpose, words("printing.why_help"))
        self._recipients: Sequence[PaperRecipient] = ()
        self.to = chooser(words("printing.to"), [])
        self.to.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.to.setMinimumContentsLength(_NARROW)
        self.to.setToolTip(words("printing.to"))
        self.to.hide()
        self.put_before_words(self.to)
        self.to.activated.connect(lambda _: self._on_to())

    @property
    def recipient(self) -> tuple[RecipientKind, str] | None:
        """Who gets it, where somebody is named; None for everybody whom the reason fits."""
        if self.to.isHidden() or not self.to.currentData():
            return None
        kind, _, id_ = str(self.to.currentData()).partition(":")
        return RecipientKind(kind), id_

    def purpose(self) -> Purpose | None:
        """The reason with its words; None while nothing is chosen. Raises `ReasonMissing`."""
        return Purpose(self.reason, self.more.text().strip(), self.recipient) if self.reason else None

    def trial(self) -> Purpose | None:
        """The purpose for a look at the copy, also while the words of another reason are still to come."""
        if self.reason is None:
            return None
        return Purpose(self.reason, self.more.text().strip() or label(self.reason), self.recipient)

    def show_recipients(self, recipients: "Sequence[PaperRecipient]") -> None:
        """Everybody by name to whom the paper may go."""
        self._recipients = recipients

    def show_contents(self, contents: "PaperContents") -> None:
        """Say whose paper it is, how long, what is in it, and what is there and does not go."""
        if contents.kind is PaperKind.WHO_LOOKED:
            about, mark = words("printing.looked"), ""
        elif contents.status is None:
            about, mark = words("printing.sheet"), "printing.sheet_mark"
        else:
            about = words("printing.version", version=contents.version, status=contents.status)
            mark = _MARKS.get(contents.status, "")
        shared = contents.may_be_shared or contents.kind is PaperKind.WHO_LOOKED
        told = (words(mark) if mark else "", "" if shared else words("printing.no_basis"), contents.withheld)
        whose = words("printing.one_person", name=contents.person)
        self.tell(whose, f"{about} · {pages_words(contents.pages)}", [it for it in told if it], contents.sections)
        for reason, radio in self.radios.items():
            theirs = reason is PrintReason.FOR_THE_PERSON
            radio.setEnabled(contents.may_be_shared or theirs)
            radio.setVisible(theirs or contents.kind is not PaperKind.WHO_LOOKED)

    def on_reason(self) -> None:
        self._offer_recipients()
        super().on_reason()
        self.goes_to.emit()

    def _on_to(self) -> None:
        self.chosen.emit()
        self.goes_to.emit()

    def _offer_recipients(self) -> None:
        """Whom the reason fits: all of them first, then each by name; for another reason everybody is listed."""
        reason = self.reason
        wanted = _GROUPS.get(reason) if reason is not None else None
        choices = [("", label(wanted) if wanted else words("printing.to_nobody_named"))]
        if reason is PrintReason.OTHER:
            choices += [
                (f"{RecipientKind.GROUP.value}:{group.value}", label(group))
                for group in SharingGroup
                if group is not SharingGroup.OTHER
            ]
        choices += [
            (f"{it.key[0].value}:{it.key[1]}", it.name)
            for it in self._recipients
            if reason is PrintReason.OTHER or it.group is wanted
        ]
        with QSignalBlocker(self.to):
            self.to.clear()
            for key, text in choices:
                self.to.addItem(text, key)
        self.to.setVisible(reason is PrintReason.OTHER or (wanted is not None and len(choices) > 1))
