"""Why a version can only be read, and the button that leads to a draft."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QHBoxLayout, QWidget

from mdt_desktop.domain.care_plan import PlanStatus
from mdt_desktop.services.plan_desk import PlanVersion
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words


class ClosedLine(QWidget):
    """Stands over an agreed or superseded version; hidden over a draft. The page puts `step` into its header."""

    def __init__(self, on_step: Callable[[], object]) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self.why = words_label("", "muted", wraps=True)
        self.step = Button("", on_step, "plain", "edit", self)
        row.addWidget(self.why, 1)
        self.hide()
        self.step.hide()

    def show_state(self, status: PlanStatus, versions: Sequence[PlanVersion]) -> None:
        """Say why, and offer the draft that is there or a new one."""
        self.setVisible(status is not PlanStatus.DRAFT)
        self.step.setVisible(status is not PlanStatus.DRAFT)
        if status is PlanStatus.DRAFT:
            return
        self.why.setText(words(f"care_plan.closed.{status.value}"))
        has_draft = bool(versions) and versions[0].status is PlanStatus.DRAFT
        self.step.setText(words("care_plan.open_draft" if has_draft else "care_plan.new_version"))
