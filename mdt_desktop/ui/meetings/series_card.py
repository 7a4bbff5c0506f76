"""A series beside the list of meetings: when it meets, who chairs next, and how many belong to it."""

from PySide6.QtCore import Signal

from mdt_desktop.domain.meeting import ChairedBy
from mdt_desktop.ui.meetings.view import SeriesView, day_words, people_words
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.parts import beside
from mdt_desktop.words import label, words


class SeriesCard(Card):
    """Both signals carry the `SeriesView`."""

    change_requested = Signal(object)
    plan_requested = Signal(object)

    def __init__(self, view: SeriesView) -> None:
        super().__init__()
        series = view.series
        self.setAccessibleName(series.name)
        self.body.addWidget(words_label(series.name, "strong", wraps=True))
        when = words(
            "meetings.series.when",
            weekday=words(f"meetings.weekdays.{series.weekday}"), start=series.starts_at, minutes=series.length_minutes,
        )  # fmt: skip
        lines = [when, " · ".join(part for part in (series.locality_name, series.place) if part)]
        lines.append(words("meetings.series.members", people=people_words(len(view.members))))
        lines.append(words("meetings.series.turn", side=label(view.next_side), name=_chair(view)))
        for text in lines:
            self.body.addWidget(words_label(text, "muted", wraps=True))
        self.change = Button(words("meetings.series.change"), lambda: self.change_requested.emit(view), "quiet", "edit")
        self.change.setAccessibleName(words("meetings.series.change_named", name=series.name))
        self.plan = Button(
            words("meetings.series.plan_next", day=day_words(view.next_day)), lambda: self.plan_requested.emit(view),
            "quiet",
        )  # fmt: skip
        self.plan.setVisible(series.active)
        if not series.active:
            self.body.addWidget(words_label(words("meetings.series.inactive"), "late"))
        self.body.addLayout(beside(self.change, self.plan))


def _chair(view: SeriesView) -> str:
    """Who of that side chairs, in brackets; nothing where nobody was named."""
    series = view.series
    chair_id = series.health_chair_id if view.next_side is ChairedBy.HEALTH else series.council_chair_id
    name = next((it.name for it in view.members if it.practitioner_id == chair_id), "")
    return f" ({name})" if name else ""
