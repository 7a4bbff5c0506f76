"""Why a version can only be read, and the button that leads to a draft."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QHBoxLayout, QWidget

from mdt_desktop.domain.care_plan import PlanStatus
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.domain.sharing import SharedPart
from mdt_desktop.services.plan_desk import PlanVersion
from mdt_desktop.services.rights import Rights
from mdt_desktop.ui.permitted import permit
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import label, words


class ClosedLine(QWidget):
    """Stands over an agreed or superseded version, and over a draft that the user may only read; else hidden.

    The page puts `step` into its header.
    """

    def __init__(self, on_step: Callable[[], object]) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self.why = words_label("", "muted", wraps=True)
        self.step = Button("", on_step, "plain", "edit", self)
        row.addWidget(self.why, 1)
        self.hide()
        self.step.hide()

    def show_state(self, status: PlanStatus, versions: Sequence[PlanVersion], *, may_edit: bool = True) -> None:
        """Say why, and offer the draft that is there or a new one."""
        is_open = status is PlanStatus.DRAFT
        self.setVisible(not is_open or not may_edit)
        self.step.setVisible(not is_open)
        if is_open:
            self.why.setText("" if may_edit else words("care_plan.only_read"))
            return
        self.why.setText(words(f"care_plan.closed.{status.value}"))
        has_draft = bool(versions) and versions[0].status is PlanStatus.DRAFT
        self.step.setText(words("care_plan.open_draft" if has_draft else "care_plan.new_version"))

    def show_parts(self, rights: Rights) -> None:
        """That only a part of the plan is shown, where the user's organisation is given no more."""
        permit(self.step, rights, Permission.EDIT_PLAN)
        if rights.is_partner:
            told = words("care_plan.as_shared", parts=", ".join(label(it) for it in SharedPart if it in rights.parts))
            self.why.setText(" ".join(filter(None, (self.why.text(), told))))
            self.show()
