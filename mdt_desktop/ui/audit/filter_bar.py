"""What the audit is narrowed by: a person, who acted, the kind of act, days, and the text of a reason."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QMenu, QWidget

from mdt_desktop.domain.audit import ActKind
from mdt_desktop.domain.dates import UNKNOWN_DATE
from mdt_desktop.domain.questionnaire import Item, ItemType
from mdt_desktop.services.audits import AuditQuery
from mdt_desktop.ui import theme
from mdt_desktop.ui.forms.date_field import DateField
from mdt_desktop.ui.forms.fields import Today
from mdt_desktop.ui.forms.form_sheet import Field, chooser
from mdt_desktop.ui.hits import PersonHit
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.flow_layout import flowing
from mdt_desktop.words import label, words

_PAUSE_MS = 200
_FIELD, _WORDS = 190, 300  # pixels at 100 % text


class AuditFilterBar(QWidget):
    """`changed` comes with a new query; `person_wanted` with what was typed for a person, answered by `show_people`."""

    changed = Signal(object)  # AuditQuery
    person_wanted = Signal(str)

    def __init__(self, today: Today) -> None:
        super().__init__()
        self.query = AuditQuery()
        flow = flowing(self, theme.size("gap"), theme.size("unit") * 2)
        wide = round(_FIELD * theme.current().scale)
        self.person = QLineEdit()
        self.person.setObjectName("audit_person")
        self.person.setPlaceholderText(words("audit.filter.person_help"))
        self.person.setClearButtonEnabled(True)
        self.person.setFixedWidth(wide)
        self.who = chooser(words("audit.filter.who"), [("", words("audit.filter.anybody"))])
        self.act = chooser(
            words("audit.filter.act"),
            [("", words("audit.filter.any_act")), *((it.value, label(it)) for it in ActKind)],
        )
        for box in (self.who, self.act):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setFixedWidth(wide)
            box.setMaxVisibleItems(16)
        self.since = self._day("since", today)
        self.until = self._day("until", today)
        self.text = QLineEdit()
        self.text.setObjectName("audit_text")
        self.text.setClearButtonEnabled(True)
        self.text.setFixedWidth(round(_WORDS * theme.current().scale))
        self.clear = Button(words("audit.filter.clear"), self.clear_all, "quiet")  # stands in the page's header
        kept = self.clear.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.clear.setSizePolicy(kept)
        self.clear.hide()
        for key, widget in (("person", self.person), ("who", self.who), ("act", self.act), ("since", self.since),
                            ("until", self.until), ("text", self.text)):  # fmt: skip
            flow.addWidget(Field(words(f"audit.filter.{key}"), widget))
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._take_text)
        self.person.returnPressed.connect(self._ask_person)
        self.person.textChanged.connect(self._on_person_text)
        self.who.activated.connect(lambda _: self._take(actor_id=str(self.who.currentData())))
        self.act.activated.connect(lambda _: self._take(kinds=self._kinds()))
        self.text.textChanged.connect(lambda _: self._pause.start())
        self._shown_person = ""

    def _day(self, key: str, today: Today) -> DateField:
        field = DateField(Item(key, words(f"audit.filter.{key}"), ItemType.DATE), today, hinted=False)
        field.answered.connect(lambda _row, value: self._take_day(key, value))
        return field

    def show_actors(self, actors: Sequence[tuple[str, str]]) -> None:
        """Everybody who ever did something; the one chosen stays chosen."""
        chosen = self.who.currentData()
        self.who.clear()
        self.who.addItem(words("audit.filter.anybody"), "")
        for id_, name in actors:
            self.who.addItem(name, id_)
        self.who.setCurrentIndex(max(0, self.who.findData(chosen)))

    def show_people(self, found: Sequence[PersonHit]) -> None:
        """The people found for what was typed: one is taken, of several one is chosen from a menu."""
        if len(found) == 1:
            self.choose_person(found[0].id, found[0].name)
            return
        menu = QMenu(self)
        for hit in found:
            menu.addAction(f"{hit.name}  {hit.detail}", partial(self.choose_person, hit.id, hit.name))
        if not found:
            menu.addAction(words("audit.filter.nobody")).setEnabled(False)
        menu.popup(self.person.mapToGlobal(QPoint(0, self.person.height())))

    def choose_person(self, person_id: str, name: str) -> None:
        """Narrow to one person."""
        self._shown_person = name
        self.person.setText(name)
        self._take(person_id=person_id)

    def clear_all(self) -> None:
        """Let everything pass."""
        self._shown_person = ""
        for line in (self.person, self.text):
            line.blockSignals(True)
            line.clear()
            line.blockSignals(False)
        for box in (self.who, self.act):
            box.setCurrentIndex(0)
        for day in (self.since, self.until):
            day.show_values({})
        self._pause.stop()
        self._set(AuditQuery())

    def _kinds(self) -> frozenset[ActKind]:
        chosen = str(self.act.currentData())
        return frozenset({ActKind(chosen)}) if chosen else frozenset()

    def _take_text(self) -> None:
        self._take(text=self.text.text().strip())

    def _take_day(self, key: str, value: object) -> None:
        if isinstance(value, date) and value != UNKNOWN_DATE:
            self._take(**{key: value})
        elif value is None:
            self._take(**{key: None})

    def _ask_person(self) -> None:
        typed = self.person.text().strip()
        if typed and typed != self._shown_person:
            self.person_wanted.emit(typed)

    def _on_person_text(self, text: str) -> None:
        """Emptied, or typed over, the list is about everybody again."""
        if self.query.person_id and text != self._shown_person:
            self._shown_person = ""
            self._take(person_id="")

    def _take(self, **changes: object) -> None:
        self._set(replace(self.query, **changes))  # type: ignore[arg-type]  # fields of the query, by name

    def _set(self, query: AuditQuery) -> None:
        if query != self.query:
            self.query = query
            self.clear.setVisible(query != AuditQuery())
            self.changed.emit(query)
