"""What stands beside the plan: what is missing before it can be agreed, paper, and its versions."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.plan_desk import PlanSummary, PlanVersion
from mdt_desktop.services.rights import Rights
from mdt_desktop.ui import theme
from mdt_desktop.ui.permitted import permit
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.flow_layout import flowing
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.scrolling import keep_edge
from mdt_desktop.words import words

_WIDTH = 20  # times the body size
_SAID_IN_SHEET = "plan_missing.agreed_with"


def missing_now(missing: Sequence[str]) -> list[str]:
    """What is to do on the page: with whom it is agreed is said when it is agreed."""
    return [key for key in missing if key != _SAID_IN_SHEET]


class ReadyCard(Card):
    """What is missing, each line leading to the place where it is put right, and the button to agree."""

    jump_requested = Signal(str)
    agree_requested = Signal()

    def __init__(self) -> None:
        super().__init__(words("care_plan.ready"))
        self.hang(theme.QUIET_PADDING)
        self.state = words_label("", "muted", wraps=True)
        self.state.setContentsMargins(theme.QUIET_PADDING, 0, 0, 0)
        self.body.addWidget(self.state)
        self.links: dict[str, Button] = {}
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self.body.addLayout(self._list)
        self.agree = Button(words("care_plan.agree"), self.agree_requested.emit, "primary", "sign")
        foot = QHBoxLayout()
        foot.setContentsMargins(theme.QUIET_PADDING, 0, 0, 0)
        foot.addWidget(self.agree)
        self.body.addLayout(foot)

    def show_missing(self, missing: Sequence[str]) -> None:
        """Show what a draft lacks."""
        wanted = missing_now(missing)
        if not wanted:
            self.state.setText(words("care_plan.ready_yes"))
        elif len(wanted) == 1:
            self.state.setText(words("care_plan.ready_missing_one"))
        else:
            self.state.setText(words("care_plan.ready_missing", count=len(wanted)))
        theme.set_kind(self.state, "muted" if wanted else "good")
        if list(self.links) == wanted:
            return
        for link in self.links.values():
            self._list.removeWidget(link)
            link.hide()
            link.deleteLater()
        self.links = {}
        for key in wanted:
            text = words(key.replace("plan_missing", "care_plan.missing"))
            link = Button(text, partial(self.jump_requested.emit, key), "quiet", "forward")
            self.links[key] = link
            self._list.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)


class PaperCard(Card):
    """Preview, print and save."""

    preview_requested = Signal()
    print_requested = Signal()
    save_requested = Signal()

    def __init__(self) -> None:
        super().__init__(words("care_plan.paper"))
        holder = QWidget()
        flow = flowing(holder, theme.size("unit") * 2, theme.size("unit") * 2)
        self.preview = Button(words("care_plan.preview"), self.preview_requested.emit, "plain", "view")
        self.print = Button(words("care_plan.print"), self.print_requested.emit, "plain", "print")
        self.save = Button(words("care_plan.save_pdf"), self.save_requested.emit, "plain", "pdf")
        for button in (self.preview, self.print, self.save):
            flow.addWidget(button)
        self.body.addWidget(holder)

    def permit(self, rights: Rights) -> None:
        """Only what may leave can be printed or saved."""
        permit(self.print, rights, Permission.PRINT)
        permit(self.save, rights, Permission.EXPORT)


class VersionsCard(Card):
    """Every version, and what changed from one to the next."""

    version_requested = Signal(str)
    compare_requested = Signal(str, str)  # earlier, later

    def __init__(self) -> None:
        super().__init__(words("care_plan.versions"))
        self.hang(theme.QUIET_PADDING)
        self.lines: dict[str, Button] = {}
        self.compares: dict[str, Button] = {}
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self.body.addLayout(self._list)
        self._told: object = None

    def show_versions(self, versions: Sequence[PlanVersion], shown: PlanSummary) -> None:
        """List the versions; the shown one can be compared with those before it."""
        if self._told == (tuple(versions), shown.id):
            return
        self._told = (tuple(versions), shown.id)
        while self._list.count():
            item = self._list.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.lines, self.compares = {}, {}
        for version in versions:
            self._add(version, shown)

    def _add(self, version: PlanVersion, shown: PlanSummary) -> None:
        day = version.agreed_on or version.started_at.date()
        state = words(f"care_plan.version_line.{version.status.value}", date=cui_date(day))
        inset = theme.QUIET_PADDING
        name = words("care_plan.version", version=version.version)
        if version.id == shown.id:
            here = words_label(name, "strong")
            here.setContentsMargins(inset, theme.size("unit"), 0, 0)
            self._list.addWidget(here)
            state = f"{state}, {words('care_plan.version_shown')}"
        else:
            button = Button(name, None, "quiet")
            button.clicked.connect(lambda _=False: self.version_requested.emit(version.id))
            button.setAccessibleDescription(state)
            self.lines[version.id] = button
            self._list.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        note = words_label(state, "help", wraps=True)
        note.setContentsMargins(inset, 0, 0, 0)
        self._list.addWidget(note)
        if version.version < shown.version:
            compare = Button(words("care_plan.compare"), None, "quiet", "history")
            compare.setAccessibleName(words("care_plan.compare_with", version=version.version))
            compare.clicked.connect(lambda _=False: self.compare_requested.emit(version.id, shown.id))
            self.compares[version.id] = compare
            self._list.addWidget(compare, 0, Qt.AlignmentFlag.AlignLeft)


class PlanRail(QScrollArea):
    """The cards under each other, as wide as they need to be."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(words("care_plan.rail"))
        holder = QWidget()
        theme.set_kind(holder, "scrolled")
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, theme.size("page"), theme.size("gap"))
        column.setSpacing(theme.size("gap"))
        self.ready, self.paper, self.versions = ReadyCard(), PaperCard(), VersionsCard()
        for card in (self.ready, self.paper, self.versions):
            column.addWidget(card)
        column.addStretch(1)
        self.setWidget(holder)
        keep_edge(self, column)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._fit()

    def _fit(self) -> None:
        self.setFixedWidth(theme.size("body") * _WIDTH + theme.size("page"))
