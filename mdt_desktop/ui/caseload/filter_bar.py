"""The search box and the filter chips above the caseload."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QMenu, QWidget

from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.risk import AT_RISK, Tier
from mdt_desktop.services.caseload import PEOPLE_AT_RISK, CaseloadFilter
from mdt_desktop.services.directory import LocalitySummary, PracticeSummary, PractitionerSummary
from mdt_desktop.ui import theme
from mdt_desktop.ui.caseload.views import REVIEW_DAYS, review_key
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.flow_layout import flowing
from mdt_desktop.ui.widgets.icon_line import IconLine
from mdt_desktop.words import label, words

_SEARCH_WIDTH = 380
_WALKING = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


@dataclass(frozen=True, slots=True)
class Places:
    """What the filters can choose from."""

    localities: Sequence[LocalitySummary] = ()
    practices: Sequence[PracticeSummary] = ()
    leads: Sequence[PractitionerSummary] = ()

    def names(self) -> dict[str, str]:
        """Every name by its id."""
        return {it.id: it.name for listed in (self.localities, self.practices, self.leads) for it in listed}


class SearchBox(IconLine):
    """Search as you type. Arrows walk the list beneath, Enter opens, Escape clears; the focus stays here."""

    walked = Signal(QKeyEvent)
    chosen = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__("search")
        self.setPlaceholderText(words("caseload.search"))
        self.setAccessibleName(words("caseload.search_name"))
        self._clear = self.add_button("close", words("caseload.search_clear"), self.clear)
        self._clear.hide()
        self.textChanged.connect(lambda text: self._clear.setVisible(bool(text)))
        self._fit()
        theme.news().changed.connect(self._fit)

    def _fit(self) -> None:
        self.setFixedWidth(round(_SEARCH_WIDTH * theme.current().scale))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _WALKING:
            self.walked.emit(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit()
        elif event.key() == Qt.Key.Key_Escape:
            if self.text():
                self.clear()
            else:
                self.left.emit()
        else:
            super().keyPressEvent(event)


class MenuChip(Button):
    """A chip that opens a menu of choices; it is on while one is chosen, and says which."""

    def __init__(self, text: str) -> None:
        super().__init__(text, None, "chip")
        self._text = text
        self.setCheckable(True)
        self.choices = QMenu(self)
        self.setMenu(self.choices)
        self.show_chosen(())

    def show_chosen(self, names: Sequence[str]) -> None:
        """What is chosen now."""
        text = self._text
        if len(names) == 1:
            text = f"{self._text}: {names[0]}"
        elif names:
            text = words("caseload.filter.several", what=self._text, count=len(names))
        self.setText(text)
        self.setChecked(bool(names))
        self.setAccessibleName(text)

    def add(self, text: str, on_click: Callable[[], None], *, on: bool, into: QMenu | None = None) -> QAction:
        """One choice."""
        action = QAction(text.replace("&", "&&"), self)
        action.setCheckable(True)
        action.setChecked(on)
        action.triggered.connect(lambda _=False: on_click())
        (into or self.choices).addAction(action)
        return action


class FilterBar(QWidget):
    """Shows a filter and lets a person change it; `filter_changed` carries the new one, text included."""

    filter_changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(words("caseload.filter"))
        self._filter: CaseloadFilter = PEOPLE_AT_RISK
        self._places = Places()
        self.search = SearchBox()
        flow = flowing(self, theme.size("unit") * 2, theme.size("unit") * 2)
        self.tiers = {tier: self._chip(label(tier), partial(self._on_tier, tier)) for tier in AT_RISK}
        self.everyone = self._chip(words("caseload.filter.everyone"), self._on_everyone)
        self.locality, self.practice = (
            MenuChip(words("caseload.filter.locality")),
            MenuChip(words("caseload.filter.practice")),
        )
        self.stage, self.lead = MenuChip(words("caseload.filter.stage")), MenuChip(words("caseload.filter.lead"))
        self.review = MenuChip(words("caseload.filter.review"))
        self.no_plan = self._chip(words("caseload.filter.no_plan"), lambda: self._on_has("has_plan"))
        self.no_lead = self._chip(words("caseload.filter.no_lead"), lambda: self._on_has("has_lead"))
        self.clear = Button(words("caseload.filter.clear"), lambda: self._choose(PEOPLE_AT_RISK), "quiet", "close")
        # Its place is kept while it is hidden: the first key typed must not move the whole page.
        policy = self.clear.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.clear.setSizePolicy(policy)
        for widget in (
            *self.tiers.values(), self.everyone, self.locality, self.practice, self.stage, self.lead, self.review,
            self.no_plan, self.no_lead, self.clear,
        ):  # fmt: skip
            flow.addWidget(widget)
        for chip, fill in (
            (self.locality, self._fill_localities), (self.practice, self._fill_practices),
            (self.stage, self._fill_stages), (self.lead, self._fill_leads), (self.review, self._fill_reviews),
        ):  # fmt: skip
            chip.choices.aboutToShow.connect(fill)
        self.search.textChanged.connect(self._on_text)
        self.show_filter(PEOPLE_AT_RISK)

    @property
    def filter(self) -> CaseloadFilter:
        """The filter shown."""
        return self._filter

    def show_places(self, places: Places) -> None:
        """What can be chosen from."""
        self._places = places
        self.show_filter(self._filter)

    def show_filter(self, wanted: CaseloadFilter) -> None:
        """Show a filter, without the signal."""
        self._filter = wanted
        if self.search.text() != wanted.text:
            self.search.blockSignals(True)
            self.search.setText(wanted.text)
            self.search.blockSignals(False)
        names = self._places.names()
        for tier, chip in self.tiers.items():
            chip.setChecked(tier in wanted.tiers)
        self.everyone.setChecked(not wanted.tiers)
        self.locality.show_chosen(sorted(names.get(key, "?") for key in wanted.localities))
        self.practice.show_chosen(sorted(names.get(key, "?") for key in wanted.practices))
        self.stage.show_chosen([label(stage) for stage in Stage if stage in wanted.stages])
        self.lead.show_chosen([names.get(wanted.lead, "?")] if wanted.lead else [])
        review = review_key(wanted)
        self.review.show_chosen([words(f"caseload.filter.review.{review}_short")] if review else [])
        for chip, has, name in (
            (self.no_plan, wanted.has_plan, "plan"), (self.no_lead, wanted.has_lead, "lead"),
        ):  # fmt: skip
            chip.setText(words(f"caseload.filter.{'with' if has else 'no'}_{name}"))
            chip.setChecked(has is not None)
        for chip in (*self.tiers.values(), self.everyone, self.no_plan, self.no_lead):
            self._tick(chip)
        self.clear.setVisible(wanted != PEOPLE_AT_RISK)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()

    @staticmethod
    def _tick(chip: Button) -> None:
        """A filter that is on says so by a tick as well as by colour."""
        has = not chip.icon().isNull()
        if chip.isChecked() != has:
            chip.setIcon(theme.icon("done", "accent") if chip.isChecked() else type(chip.icon())())

    def _chip(self, text: str, on_click: Callable[[], None]) -> Button:
        chip = Button(text, on_click, "chip")
        chip.setCheckable(True)
        return chip

    def _choose(self, wanted: CaseloadFilter) -> None:
        self.show_filter(wanted)
        self.filter_changed.emit(wanted)

    def _on_text(self, text: str) -> None:
        self._filter = replace(self._filter, text=text)
        self.clear.setVisible(self._filter != PEOPLE_AT_RISK)
        self.filter_changed.emit(self._filter)

    def _on_tier(self, tier: Tier) -> None:
        self._choose(replace(self._filter, tiers=self._filter.tiers ^ {tier}))

    def _on_everyone(self) -> None:
        tiers = frozenset(AT_RISK) if not self._filter.tiers else frozenset()
        self._choose(replace(self._filter, tiers=tiers))

    def _on_has(self, name: str) -> None:
        changed: dict[str, Any] = {name: False if getattr(self._filter, name) is None else None}
        self._choose(replace(self._filter, **changed))

    def _fill_localities(self) -> None:
        self.locality.choices.clear()
        for it in self._places.localities:
            self.locality.add(it.name, self._flip("localities", it.id), on=it.id in self._filter.localities)

    def _fill_practices(self) -> None:
        self.practice.choices.clear()
        menus: dict[str, QMenu] = {}
        for it in self._places.practices:
            if it.locality_name not in menus:
                menus[it.locality_name] = self.practice.choices.addMenu(it.locality_name)
            menu = menus[it.locality_name]
            self.practice.add(it.name, self._flip("practices", it.id), on=it.id in self._filter.practices, into=menu)

    def _fill_stages(self) -> None:
        self.stage.choices.clear()
        for stage in Stage:
            self.stage.add(label(stage), self._flip("stages", stage), on=stage in self._filter.stages)

    def _fill_leads(self) -> None:
        self.lead.choices.clear()
        menus: dict[str, QMenu] = {}
        for it in self._places.leads:
            if it.works_for not in menus:
                menus[it.works_for] = self.lead.choices.addMenu(it.works_for)
            on = it.id == self._filter.lead
            self.lead.add(it.name, self._set(lead="" if on else it.id), on=on, into=menus[it.works_for])

    def _fill_reviews(self) -> None:
        self.review.choices.clear()
        for key, days in REVIEW_DAYS.items():
            on = self._filter.review_within == days
            text = words(f"caseload.filter.review.{key}")
            self.review.add(text, self._set(review_within=None if on else days), on=on)

    def _flip(self, name: str, value: str) -> Callable[[], None]:
        return lambda: self._choose(replace(self._filter, **{name: getattr(self._filter, name) ^ {value}}))

    def _set(self, **values: Any) -> Callable[[], None]:
        return lambda: self._choose(replace(self._filter, **values))
