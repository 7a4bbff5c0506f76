"""The patient banner by the NHS CUI rules, with the person's alerts and what matters to them beneath."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from mdt_desktop.domain.dates import age_on, cui_date, long_date
from mdt_desktop.domain.people import Gender, name_on_screen, spaced_nhs_number
from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.flow_layout import FlowLayout, flowing
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import label, words


class AlertTone(StrEnum):
    """Whether an alert warns of harm or tells how to meet the person; it shows as another shape as well."""

    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class BannerAlert:
    """One alert: "Allergy penicillin", "Key safe". `detail` is its tooltip."""

    words: str
    tone: AlertTone = AlertTone.INFO
    detail: str = ""


@dataclass(frozen=True, slots=True)
class BannerContent:
    """What the banner says of one person. `nhs_number` is ten digits or empty, `today` is for the age.

    Give `alerts` and `what_matters` only to those who may see them (CUI PAB-0008).
    """

    family_name: str
    given_names: str
    title: str
    born: date | None
    gender: Gender
    nhs_number: str
    today: date
    preferred_name: str = ""
    died: date | None = None
    alerts: tuple[BannerAlert, ...] = ()
    what_matters: str = ""

    @property
    def name(self) -> str:
        """`SURNAME, Given (Title)`."""
        return name_on_screen(self.family_name, self.given_names, self.title)

    @property
    def born_words(self) -> str:
        """`14-Aug-1940 (86)`; of a person who has died without the age."""
        if self.born is None or self.died is not None or self.today < self.born:
            return cui_date(self.born)
        return f"{cui_date(self.born)} ({age_on(self.born, self.today)})"

    @property
    def born_spoken(self) -> str:
        """The long date and the age, for screen readers (CUI D+Ta-0015)."""
        if self.born is None or self.died is not None or self.today < self.born:
            return long_date(self.born)
        return words("ui.banner.born_spoken", day=long_date(self.born), age=age_on(self.born, self.today))

    @property
    def age_at_death(self) -> str:
        """Whole years as text; empty when either date is missing."""
        if self.born is None or self.died is None or self.died < self.born:
            return ""
        return str(age_on(self.born, self.died))

    @property
    def nhs_number_words(self) -> str:
        """3 3 4 with spaces, or "Not Known"."""
        return spaced_nhs_number(self.nhs_number) or words("ui.banner.not_known")


class _Item(QWidget):
    """A label and its value side by side (no colon, the value stronger); it takes a place in the tab order."""

    def __init__(self, name: str, tip: str, kind: str = "banner_value") -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.size("unit") + 2)
        self.words = name
        self.name = words_label(name, "banner_label")
        self.value = words_label("", kind, selectable=True)
        self.value.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for shown in (self.name, self.value):
            shown.setToolTip(tip)
            row.addWidget(shown, 0, Qt.AlignmentFlag.AlignVCenter)
        self.name.setVisible(bool(name))

    def show_value(self, value: str, spoken: str = "") -> None:
        """The value; `spoken` is what a screen reader says instead."""
        self.value.setText(value)
        self.value.setAccessibleName(f"{self.words} {spoken or value}".strip())
        self.setVisible(bool(value))


def _block(first: QWidget, *below: QWidget) -> QWidget:
    """One place of the banner: an item with what stands under it."""
    block = QWidget()
    column = QVBoxLayout(block)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for widget in (first, *below):
        column.addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    column.addStretch(1)
    return block


class PatientBanner(QFrame):
    """Fixed at the top of a screen about one person, over its full width; never beside a list of people."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_kind(self, "banner")
        self.setAccessibleName(words("ui.banner"))
        self.content: BannerContent | None = None
        page, gap = theme.size("page"), theme.size("gap")
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.name = _Item("", words("ui.banner.name_tip"), "banner_name")
        self.name.value.setWordWrap(False)
        self.preferred = _Item(words("ui.banner.preferred"), words("ui.banner.preferred_tip"), "strong")
        self.born = _Item(words("ui.banner.born"), words("ui.banner.born_tip"))
        self.died = _Item(words("ui.banner.died"), words("ui.banner.died_tip"))
        self.age_at_death = _Item(words("ui.banner.age_at_death"), words("ui.banner.age_at_death_tip"))
        self.gender = _Item(words("ui.banner.gender"), words("ui.banner.gender_tip"))
        self.nhs_number = _Item(words("ui.banner.nhs_number"), words("ui.banner.nhs_number_tip"))
        who = QWidget()
        flow = flowing(who, 36, 4)
        flow.setContentsMargins(page, gap, page, gap - 2)
        flow.top_aligned = True
        flow.addWidget(_block(self.name, self.preferred))
        flow.addWidget(_block(self.born, self.died, self.age_at_death))
        flow.addWidget(_block(self.gender))
        flow.addWidget(_block(self.nhs_number))
        column.addWidget(who)
        self.alerts = QWidget()
        self._alert_flow: FlowLayout = flowing(self.alerts, 18, 4)
        self._alert_flow.setContentsMargins(page, 0, page, gap - 2)
        self.alerts.setAccessibleName(words("ui.banner.alerts"))
        column.addWidget(self.alerts)
        self.what_matters = QFrame()
        theme.set_kind(self.what_matters, "banner_words")
        self._matters_row = QHBoxLayout(self.what_matters)
        self._matters_row.setContentsMargins(page, gap - 2, page, gap - 2)
        self._quote = words_label("", "quote", wraps=True, selectable=True)
        self._quote.setToolTip(words("ui.banner.what_matters_tip"))
        self._quote.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._matters_row.addWidget(self._quote, 1)
        column.addWidget(self.what_matters)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.alerts.hide()
        self.what_matters.hide()
        self._set_tab_order()
        theme.news().changed.connect(self._draw_alert_icons)

    def show_person(self, content: BannerContent) -> None:
        """Show one person. Everything is shown whole: what does not fit in one line begins a second."""
        self.content = content
        self.name.show_value(content.name)
        self.preferred.show_value(content.preferred_name)
        self.born.show_value(content.born_words, content.born_spoken)
        died = content.died
        self.died.show_value(cui_date(died) if died else "", long_date(died) if died else "")
        self.age_at_death.show_value(content.age_at_death)
        self.gender.show_value(label(content.gender))
        self.nhs_number.show_value(content.nhs_number_words)
        self._show_alerts(content.alerts)
        self._quote.setText(f"“{content.what_matters}”" if content.what_matters else "")
        self._quote.setAccessibleName(words("ui.banner.what_matters", text=content.what_matters))
        self.what_matters.setVisible(bool(content.what_matters))
        self._column.activate()
        self._fit_height()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_height()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self.content is not None:
            self._fit_height()

    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and self.content is not None:
            # New alerts get their font only when they are first shown; before that they are measured too tall.
            self._fit_height()
        return handled

    def _fit_height(self) -> None:
        """A page that is too tall squeezes what gives way; the banner must not, or a line of it would be lost."""
        needed = self._column.heightForWidth(self.width())
        if needed > 0 and needed != self.minimumHeight():
            self.setFixedHeight(needed)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A person who has died is told by another ground and by stripes, seen also when projected (PAB-0055)."""
        super().paintEvent(event)
        if self.content is None or self.content.died is None:
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("sunken"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("divider"), 3))
        tall = self.height()
        for left in range(-tall, self.width(), 22):
            painter.drawLine(QPointF(left, tall), QPointF(left + tall, 0))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("sunken"))
        for item in self._items():
            place = item.mapTo(self, item.rect().topLeft())
            painter.drawRoundedRect(item.rect().translated(place).adjusted(-6, -1, 6, 1), 4, 4)
        painter.fillRect(0, tall - 2, self.width(), 2, theme.colour("text"))
        painter.end()

    def _who(self) -> "tuple[_Item, ...]":
        """Who the person is, in the order of the standard (PAB-0016)."""
        return (
            self.name,
            self.preferred,
            self.born,
            self.died,
            self.age_at_death,
            self.gender,
            self.nhs_number,
        )

    def _items(self) -> tuple[QWidget, ...]:
        who = self._who()
        alerts = tuple(self.alerts.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly))
        return tuple(item for item in (*who, *alerts) if item.isVisible())

    def _show_alerts(self, alerts: tuple[BannerAlert, ...]) -> None:
        while self._alert_flow.count():
            item = self._alert_flow.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.setParent(None)
                widget.deleteLater()
        # Warnings first: in a crowded banner they stay in the first line.
        for alert in sorted(alerts, key=lambda it: it.tone is not AlertTone.WARNING):
            self._alert_flow.addWidget(_alert_item(alert))
        self.alerts.setVisible(bool(alerts))
        self._draw_alert_icons()
        self._set_tab_order()

    def _draw_alert_icons(self) -> None:
        edge = theme.size("icon_small")
        for picture in self.alerts.findChildren(QLabel, "alert_icon"):
            warns = picture.property("tone") == AlertTone.WARNING.value
            drawn = theme.icon("alert", "high") if warns else theme.icon("info", "muted")
            picture.setPixmap(drawn.pixmap(QSize(edge, edge)))

    def _set_tab_order(self) -> None:
        """The order in which they stand (PAB-0076)."""
        order: list[QWidget] = [item.value for item in self._who()]
        order += self.alerts.findChildren(QLabel, "alert_words")
        order.append(self._quote)
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)


def _alert_item(alert: BannerAlert) -> QWidget:
    item = QWidget()
    row = QHBoxLayout(item)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(theme.size("unit") + 2)
    picture = QLabel()
    picture.setObjectName("alert_icon")
    picture.setProperty("tone", alert.tone.value)
    shown = words_label(alert.words, "strong" if alert.tone is AlertTone.WARNING else "body")
    shown.setObjectName("alert_words")
    shown.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    kind = "ui.banner.warning_spoken" if alert.tone is AlertTone.WARNING else "ui.banner.info_spoken"
    shown.setAccessibleName(words(kind, text=alert.words))
    shown.setToolTip(alert.detail or alert.words)
    row.addWidget(picture)
    row.addWidget(shown)
    return item
