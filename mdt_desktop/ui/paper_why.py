"""The panel beside a paper: what leaves, what does not and why, for what reason and to whom it goes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QLineEdit, QRadioButton, QVBoxLayout, QWidget

from mdt_desktop.domain.care_plan import PlanStatus
from mdt_desktop.domain.printing import PaperKind, PrintReason, Purpose
from mdt_desktop.domain.sharing import RecipientKind, SharingGroup
from mdt_desktop.ui import theme
from mdt_desktop.ui.forms.form_sheet import chooser
from mdt_desktop.ui.widgets.labels import line, words_label
from mdt_desktop.words import label, words

if TYPE_CHECKING:
    from mdt_desktop.services.printing import PaperContents, PaperRecipient

_MARKS = {PlanStatus.DRAFT: "printing.draft", PlanStatus.SUPERSEDED: "printing.superseded"}
_NARROW = 20  # characters of the list of recipients
_GROUPS = {PrintReason.FOR_THE_CARER: SharingGroup.FAMILY, PrintReason.FOR_HOME_CARE: SharingGroup.HOME_CARE}
"""Of whom the recipients are offered for a reason; for another reason everybody is."""


class WhyPanel(QWidget):
    """What leaves, and the reason; nothing is chosen beforehand, so that it is chosen each time.

    `chosen` comes with every change; `goes_to` when it is another reason or recipient, so that another copy is shown.
    """

    chosen = Signal()
    goes_to = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._recipients: Sequence[PaperRecipient] = ()
        column = QVBoxLayout(self)
        pad = theme.size("card")
        column.setContentsMargins(pad, pad, pad, pad)
        column.setSpacing(theme.size("unit") * 2)
        column.addWidget(words_label(words("printing.what_leaves"), "section"))
        self.person = words_label("", "strong", wraps=True)
        self.version = words_label("", "muted", wraps=True)
        column.addWidget(self.person)
        column.addWidget(self.version)
        self.withheld = words_label("", "late", wraps=True, selectable=True)
        self.notes = [words_label("", "late", wraps=True) for _ in range(2)]
        for note in (*self.notes, self.withheld):
            note.hide()
            column.addWidget(note)
        self.sections = words_label("", "body", wraps=True)
        column.addWidget(self.sections)
        column.addWidget(line())
        self.heading = words_label(words("printing.why"), "section", wraps=True)
        column.addWidget(self.heading)
        column.addWidget(words_label(words("printing.why_help"), "help", wraps=True))
        self._group = QButtonGroup(self)
        self.radios: dict[PrintReason, QRadioButton] = {}
        for number, reason in enumerate(PrintReason):
            radio = QRadioButton(label(reason))
            radio.setAccessibleDescription(words("printing.why"))
            self._group.addButton(radio, number)
            self.radios[reason] = radio
            column.addWidget(radio)
        self.to = chooser(words("printing.to"), [])
        self.to.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.to.setMinimumContentsLength(_NARROW)
        self.to.setToolTip(words("printing.to"))
        self.to.hide()
        column.addWidget(self.to)
        self.more = QLineEdit()
        self.more.setMaxLength(200)
        self.more.setPlaceholderText(words("printing.why_more"))
        self.more.setAccessibleName(words("printing.why_more"))
        column.addWidget(self.more)
        column.addWidget(words_label(words("printing.waste"), "help", wraps=True))
        column.addStretch(1)
        self._group.idClicked.connect(self._on_clicked)
        self.to.activated.connect(lambda _: self._on_to())
        self.more.textEdited.connect(lambda _: self.chosen.emit())

    @property
    def reason(self) -> PrintReason | None:
        """What is chosen."""
        return next((it for it, radio in self.radios.items() if radio.isChecked()), None)

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

    def first(self) -> QWidget:
        """Where the choice begins."""
        return self.radios[self.reason or PrintReason.FOR_THE_PERSON]

    def show_recipients(self, recipients: "Sequence[PaperRecipient]") -> None:
        """Everybody by name to whom the paper may go."""
        self._recipients = recipients

    def show_contents(self, contents: "PaperContents") -> None:
        """Say whose plan it is, how long, what is in it, and what is there and does not go."""
        self.person.setText(words("printing.one_person", name=contents.person))
        pages = pages_words(contents.pages)
        if contents.kind is PaperKind.WHO_LOOKED:
            about, mark = words("printing.looked"), ""
        elif contents.status is None:
            about, mark = words("printing.sheet"), "printing.sheet_mark"
        else:
            about = words("printing.version", version=contents.version, status=contents.status)
            mark = _MARKS.get(contents.status, "")
        self.version.setText(f"{about} · {pages}")
        shared = contents.may_be_shared or contents.kind is PaperKind.WHO_LOOKED
        told = (words(mark) if mark else "", "" if shared else words("printing.no_basis"))
        for note, text in zip((*self.notes, self.withheld), (*told, contents.withheld), strict=True):
            note.setText(text)
            note.setVisible(bool(text))
        # The dot stays with the words before it, so that no line begins with one.
        self.sections.setText("\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}·  ".join(contents.sections))
        for reason, radio in self.radios.items():
            theirs = reason is PrintReason.FOR_THE_PERSON
            radio.setEnabled(contents.may_be_shared or theirs)
            radio.setVisible(theirs or contents.kind is not PaperKind.WHO_LOOKED)

    def _on_clicked(self) -> None:
        self._offer_recipients()
        if self.reason is PrintReason.OTHER:
            self.more.setFocus(Qt.FocusReason.OtherFocusReason)
        self._on_to()

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


def pages_words(count: int) -> str:
    """ "1 page", "3 pages"."""
    return words("printing.one_page") if count == 1 else words("printing.page_count", pages=count)
