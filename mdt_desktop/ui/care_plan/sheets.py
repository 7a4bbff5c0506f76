"""The sheets of the plan page: agreeing the plan, and what changed between two versions."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from mdt_desktop.domain.care_plan import AgreedWith, Agreement
from mdt_desktop.services.plan_comparison import Change
from mdt_desktop.services.plan_desk import Difference, PlanSummary
from mdt_desktop.ui import theme
from mdt_desktop.ui.care_plan.fields import DayEdit, enum_combo, labelled, line_edit
from mdt_desktop.ui.drafting import Drafting, DraftPlace, DraftShelf
from mdt_desktop.ui.forms.form_content import drafted
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import line, words_label
from mdt_desktop.ui.widgets.side_sheet import SideSheet
from mdt_desktop.words import label, words

_GLYPHS = {Change.ADDED: ("add", "good"), Change.CHANGED: ("edit", "accent"), Change.REMOVED: ("remove", "very_high")}


class AgreeSheet(SideSheet):
    """Who agreed the plan, as what and when. `agreed` carries the Agreement and the date."""

    agreed = Signal(object, object)

    def __init__(self, host: QWidget, person: str, today: date, plan: PlanSummary) -> None:
        super().__init__(words("care_plan.agree_title"), host)
        self._person = person
        self.body.addWidget(words_label(words("care_plan.agree_why"), "muted", wraps=True))
        self.error = words_label("", "error", wraps=True)
        self.error.hide()
        self.body.addWidget(self.error)
        self.agreed_with = enum_combo(AgreedWith)
        self.agreed_with.show_member(plan.agreed_with or AgreedWith.PERSON)
        self.agreed_with.chosen.connect(self._on_with)
        self.name = line_edit(plan.agreed_name or person, lambda _: self.show_problem(""))
        self.role = line_edit(plan.agreed_role, lambda _: self.show_problem(""))
        self.day = DayEdit(today, today)
        named = {"agreed_with": self.agreed_with, "agreed_name": self.name, "agreed_role": self.role}
        for field_name, field in (named | {"agreed_on": self.day.edit}).items():
            field.setObjectName(field_name)
        self.body.addLayout(labelled(words("care_plan.agree_with"), self.agreed_with))
        self.body.addLayout(labelled(words("care_plan.agree_name"), self.name))
        # The person is nobody's daughter here: asked only of who decides for them.
        self.for_them = QWidget()
        self.for_them.setLayout(
            labelled(words("care_plan.agree_role"), self.role, words("care_plan.agree_role_help"))
        )
        self.for_them.setVisible(self.agreed_with.member is not AgreedWith.PERSON)
        self.body.addWidget(self.for_them)
        self.body.addLayout(labelled(words("care_plan.agree_date"), self.day, names=self.day.edit))
        self.body.addStretch(1)
        self.agree = Button(words("care_plan.agree"), self._on_agree, "primary", "sign")
        self.foot.addWidget(self.agree)
        self.foot.addWidget(Button(words("care_plan.cancel"), self.close_requested.emit))
        self.foot.addStretch(1)
        for field in (self.name, self.role):
            field.returnPressed.connect(self._on_agree)
        self.drafting: Drafting | None = None

    def keep_drafts(self, shelf: DraftShelf, place: DraftPlace) -> None:
        """Put back what was begun here, and keep what is typed from now on."""
        self.drafting = drafted(self, self.body, shelf)
        self.drafting.begin(place)

    def leave(self) -> None:
        """Close it for good; what was begun stays a draft."""
        if self.drafting is not None:
            self.drafting.end()
        super().leave()

    def recorded(self) -> None:
        """The plan is agreed: what was typed is no draft any longer."""
        if self.drafting is not None:
            self.drafting.finish()

    def show_problem(self, text: str) -> None:
        """Say what is wrong; nothing takes it away. What was typed stays."""
        self.error.setText(text)
        self.error.setVisible(bool(text))
        self.agree.setEnabled(True)

    def _on_with(self, chosen: AgreedWith) -> None:
        """The person's own name belongs to the person alone."""
        self.for_them.setVisible(chosen is not AgreedWith.PERSON)
        if chosen is AgreedWith.PERSON and not self.name.text().strip():
            self.name.setText(self._person)
        elif chosen is not AgreedWith.PERSON and self.name.text() == self._person:
            self.name.clear()
            self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_agree(self) -> None:
        if not self.name.text().strip():
            self.show_problem(words("care_plan.agree_name_missing"))
            self.name.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.day.day is None:
            self.show_problem(words("care_plan.agree_date_missing"))
            self.day.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.show_problem("")
            self.agree.setEnabled(False)
            role = "" if self.agreed_with.member is AgreedWith.PERSON else self.role.text()
            agreement = Agreement(self.agreed_with.member, self.name.text(), role)
            self.agreed.emit(agreement, self.day.day)


class CompareSheet(SideSheet):
    """The differences between two versions, each with its word and sign as well as its colour."""

    def __init__(self, host: QWidget, earlier: int, later: int, found: Sequence[Difference]) -> None:
        super().__init__(words("care_plan.compare_title", earlier=earlier, later=later), host, 520)
        counts = {change.value: sum(it.change is change for it in found) for change in Change}
        text = words("care_plan.compare_counts", **counts) if found else words("care_plan.compare_none")
        self.counts = words_label(text, "strong", wraps=True)
        self.body.addWidget(self.counts)
        self.lines: list[QWidget] = []
        for difference in found:
            self.body.addWidget(line())
            made = _difference_line(difference)
            self.lines.append(made)
            self.body.addWidget(made)
        self.body.addStretch(1)
        self.close_button = Button(words("ui.close"), self.close_requested.emit)
        self.foot.addWidget(self.close_button)
        self.foot.addStretch(1)


def _difference_line(difference: Difference) -> QWidget:
    made = QFrame()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    head = QHBoxLayout()
    head.setSpacing(theme.size("unit") * 2)
    name, colour = _GLYPHS[difference.change]
    picture = QLabel()
    edge = theme.size("icon_small")
    picture.setPixmap(theme.icon(name, colour).pixmap(QSize(edge, edge)))
    head.addWidget(picture)
    tone = {Change.ADDED: "good", Change.REMOVED: "late"}.get(difference.change, "accent")
    badge = words_label(label(difference.change))
    theme.set_kind(badge, "badge", tone=tone)
    head.addWidget(badge)
    head.addWidget(words_label(label(difference.part), "strong"), 1)
    column.addLayout(head)
    if difference.change is Change.CHANGED:
        for key, text, kind in (("was", difference.before, "muted"), ("is", difference.after, "body")):
            column.addWidget(words_label(words(f"care_plan.compare_{key}"), "help"))
            column.addWidget(words_label(text, kind, wraps=True, selectable=True))
    else:
        kind = "body" if difference.after else "muted"
        column.addWidget(words_label(difference.after or difference.before, kind, wraps=True, selectable=True))
    return made
