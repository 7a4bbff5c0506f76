"""A date that is typed freely or picked from a calendar; what can be read in two ways is asked, never guessed."""

from collections.abc import Mapping
from datetime import date
from functools import partial

from PySide6.QtCore import QDate, QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import QCalendarWidget, QFrame, QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from mdt_desktop.domain.answering import draft
from mdt_desktop.domain.dates import UNKNOWN_DATE, DateAmbiguous, cui_date, long_date, read_date
from mdt_desktop.domain.errors import BadInput
from mdt_desktop.domain.questionnaire import Item, Value
from mdt_desktop.ui import theme
from mdt_desktop.ui.forms.fields import AnswerField, Today, shown
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words


class _DateLine(QLineEdit):
    """The typed date; Alt+Down opens the calendar, as in every combo box."""

    def __init__(self, field: "DateField") -> None:
        super().__init__(field)
        self._field = field

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._field.open_calendar()
        else:
            super().keyPressEvent(event)


class CalendarPopup(QFrame):
    """A calendar over the page: arrows walk, Page Up and Down change the month, Enter takes, Esc leaves."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        theme.set_kind(self, "palette")
        self.calendar = QCalendarWidget()
        self.calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        self.calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self.calendar.setMinimumSize(theme.size("body") * 24, theme.size("body") * 19)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.calendar)
        self._colour()

    def _colour(self) -> None:
        """Qt draws weekends red and its arrows black, whatever the theme: give them the colours of the theme."""
        for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            shape = self.calendar.weekdayTextFormat(day)
            shape.setForeground(theme.colour("muted"))
            self.calendar.setWeekdayTextFormat(day, shape)
        bar = self.calendar.findChild(QWidget, "qt_calendar_navigationbar")
        if bar:
            bar.setBackgroundRole(QPalette.ColorRole.Base)
        for name, icon in (("qt_calendar_prevmonth", "left"), ("qt_calendar_nextmonth", "right")):
            button = self.calendar.findChild(QToolButton, name)
            if button:
                button.setIcon(theme.icon(icon))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)


class DateField(AnswerField):
    """Free text with a calendar beside it (CUI D+Tc-0002, 0003, 0007, 0008, 0019, 0038 to 0040).

    The text is read when the field is left or Enter is pressed. Until it is a date, the text itself is the answer,
    so nothing typed is lost.
    """

    def __init__(self, item: Item, today: Today, parent: QWidget | None = None, *, hinted: bool = True) -> None:
        """Without room for the hint above the line (`hinted` False) it is the line's tooltip."""
        super().__init__(item, parent)
        self._today = today
        self._popup: CalendarPopup | None = None
        self.edit = _DateLine(self)
        self.edit.setFixedWidth(theme.size("body") * 12)
        self.calendar_button = Button(words("form.date_calendar"), self.open_calendar)
        self.calendar_button.setAccessibleName(words("form.date_calendar_named", question=item.text))
        self.suggestions: list[Button] = []
        line = QHBoxLayout()
        line.addWidget(self.edit)
        line.addWidget(self.calendar_button)
        line.addStretch(1)
        self._ask = QWidget()
        self._ask_line = QHBoxLayout(self._ask)
        self._ask_line.setContentsMargins(0, 0, 0, 0)
        self._ask_line.addWidget(words_label(words("form.date_ask"), "strong"))
        self._ask_line.addStretch(1)
        self._ask.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.size("unit"))
        if hinted:
            layout.addWidget(words_label(words("form.date_hint"), "help", wraps=True))
        else:
            self.edit.setToolTip(words("form.date_hint"))
        layout.addLayout(line)
        layout.addWidget(self._ask)
        self.edit.textEdited.connect(self._on_edited)
        self.edit.editingFinished.connect(self._on_finished)

    def show_values(self, values: Mapping[str, Value]) -> None:
        value = values.get("")
        if value != draft(self.item, self.edit.text(), self._today()):
            self._show(value)

    def inputs(self) -> list[QWidget]:
        return [self.edit]

    def open_calendar(self) -> None:
        """Open the calendar at the date of the field, else at today."""
        if self._popup is None:
            self._popup = CalendarPopup(self)
            self._popup.calendar.activated.connect(self._on_picked)
            self._popup.calendar.clicked.connect(self._on_picked)
            if isinstance(self.item.minimum, date):
                self._popup.calendar.setMinimumDate(_qdate(self.item.minimum))
            if isinstance(self.item.maximum, date):
                self._popup.calendar.setMaximumDate(_qdate(self.item.maximum))
        value = draft(self.item, self.edit.text(), self._today())
        self._popup.calendar.setSelectedDate(_qdate(value if isinstance(value, date) else self._today()))
        self._popup.move(self.edit.mapToGlobal(QPoint(0, self.edit.height() + 2)))
        self._popup.show()
        self._popup.calendar.setFocus(Qt.FocusReason.PopupFocusReason)

    @property
    def popup(self) -> CalendarPopup | None:
        """The calendar, once it was opened."""
        return self._popup

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.edit.setFixedWidth(theme.size("body") * 12)

    def _show(self, value: Value | None) -> None:
        unknown = value == UNKNOWN_DATE
        self.edit.setText(words("form.date_unknown") if unknown else shown(value))
        # Screen readers get the long form (CUI D+Ta-0015).
        self.edit.setAccessibleDescription(long_date(value) if isinstance(value, date) else self.item.text)
        self._stop_asking()

    def _on_edited(self, text: str) -> None:
        self._stop_asking()
        self.answered.emit("", draft(self.item, text, self._today()))

    def _on_finished(self) -> None:
        text = self.edit.text()
        if not text.strip():
            return
        try:
            value = read_date(text, self._today())
        except DateAmbiguous as problem:
            self._ask_for(problem.suggestions)
            return
        except BadInput:
            # Errors are shown when they are asked for, not on leaving a field.
            return
        if self.edit.isModified():
            self._show(value)
            self.answered.emit("", value)

    def _ask_for(self, days: tuple[date, ...]) -> None:
        self._stop_asking()
        for place, day in enumerate(days, start=1):
            button = Button(cui_date(day), partial(self._take, day))
            button.setAccessibleName(long_date(day))
            self.suggestions.append(button)
            self._ask_line.insertWidget(place, button)
        self._ask.show()

    def _stop_asking(self) -> None:
        for button in self.suggestions:
            button.hide()
            button.deleteLater()
        self.suggestions = []
        self._ask.hide()

    def _on_picked(self, day: QDate) -> None:
        if self._popup:
            self._popup.close()
        self._take(date(day.year(), day.month(), day.day()))

    def _take(self, day: date) -> None:
        self._show(day)
        self.answered.emit("", day)
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)


def _qdate(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)
