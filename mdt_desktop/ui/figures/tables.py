"""The tables beneath the charts: the same figures, for the keyboard and for screen readers."""

from collections.abc import Callable, Mapping
from enum import IntEnum

from PySide6.QtWidgets import QAbstractItemView

from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.pulse import FEWEST_SHOWN, PulsePart
from mdt_desktop.domain.scoreboard import SMALLEST_SHOWN, Dimension, Score
from mdt_desktop.services.meeting_results import PulseOfMeeting
from mdt_desktop.ui import theme
from mdt_desktop.ui.row_models import Column, ListTableModel
from mdt_desktop.ui.widgets.row_table import RowTable
from mdt_desktop.words import label, words

_ROWS_SHOWN = 5
_WIDTHS = {PulsePart.RIGHT_PEOPLE: 58}  # pixels: its heading is the longest


class ScoreColumn(IntEnum):
    """The columns of the scoreboard."""

    GROUP = 0
    SHARE = 1
    DONE = 2
    CHANGED = 3
    PART_DONE = 4
    NOT_DONE = 5
    OPEN = 6
    PEOPLE = 7


def group_words(dimension: Dimension, score: Score) -> str:
    """A group's name as it is read."""
    if dimension is Dimension.KIND:
        return label(f"decision_kind.{score.group}")
    if dimension is Dimension.DEPRIVATION_FIFTH:
        known = score.group.isdigit()
        return words(f"figures.fifth.{score.group}") if known else words("figures.fifth.not_known")
    if dimension is Dimension.AGE_BAND:
        return words("figures.age", band=score.group.replace("-", " to "))
    return score.group or words("figures.no_organisation")


def share_words(score: Score) -> str:
    """`79 %`; nothing where it is not shown or nothing has ended."""
    share = score.share_done
    return "" if share is None else words("figures.share", share=round(share * 100))


def people_words(score: Score) -> str:
    """How many people; of a group that is not shown, that."""
    return words("figures.suppressed", fewest=SMALLEST_SHOWN) if score.people is None else f"{score.people:,}"


def _count(value: Callable[[Score], int | None]) -> Callable[[Score], str]:
    return lambda score: "" if (found := value(score)) is None else f"{found:,}"


class FigureTable(RowTable):
    """A table that is read: one row is chosen, nothing opens; it is as high as some rows of it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._fit_text()
        theme.news().changed.connect(self._fit_text)

    def _fit_text(self) -> None:
        """With another text size columns are as wide as they would have been from the start, also narrower again."""
        self.setFixedHeight(theme.size("row") * (_ROWS_SHOWN + 1))
        model = self.model()
        if isinstance(model, ListTableModel):
            for number, column in enumerate(model.columns):
                self.setColumnWidth(number, round(column.width * theme.current().scale))


class ScoreTable(FigureTable):
    """The scoreboard of one dimension."""

    def __init__(self) -> None:
        super().__init__(words("figures.score.table"))
        self._dimension = Dimension.ORGANISATION
        columns: Mapping[ScoreColumn, Column[Score]] = {
            ScoreColumn.GROUP: Column(
                words("figures.column.group"), lambda it: group_words(self._dimension, it), 120, roomy=True,
                tip=lambda it: group_words(self._dimension, it),
            ),
            ScoreColumn.SHARE: Column(words("figures.column.share"), share_words, 60, figures=True),
            ScoreColumn.DONE: Column(words("figures.column.done"), _count(lambda it: it.done), 50, figures=True),
            ScoreColumn.CHANGED: Column(
                words("figures.column.changed"), _count(lambda it: it.changed), 74, figures=True
            ),
            ScoreColumn.PART_DONE: Column(
                words("figures.column.part_done"), _count(lambda it: it.part_done), 42, figures=True
            ),
            ScoreColumn.NOT_DONE: Column(
                words("figures.column.not_done"), _count(lambda it: it.not_done), 40, figures=True
            ),
            ScoreColumn.OPEN: Column(words("figures.column.open"), _count(lambda it: it.open), 54, figures=True),
            ScoreColumn.PEOPLE: Column(words("figures.column.people"), people_words, 68, figures=True),
        }  # fmt: skip
        self.model_: ListTableModel[Score] = ListTableModel(columns)
        self.show_model(self.model_)

    def show_scores(self, dimension: Dimension, scores: tuple[Score, ...]) -> None:
        """Show a dimension's groups."""
        self._dimension = dimension
        self.model_.show(scores)


class PulseTable(FigureTable):
    """The pulse of each meeting, the latest first."""

    def __init__(self) -> None:
        super().__init__(words("figures.pulse.table"))

        def mean(part: PulsePart) -> Callable[[PulseOfMeeting], str]:
            return lambda it: f"{it.result.means[part]:.1f}" if part in it.result.means else ""

        columns: list[Column[PulseOfMeeting]] = [
            Column(words("figures.column.meeting"), lambda it: cui_date(it.meeting_day), 100, whole=True),
            Column(words("figures.column.answers"), _answers, 66, whole=True),
            *(
                Column(words(f"figures.pulse.short.{part.value}"), mean(part), _WIDTHS.get(part, 52), figures=True,
                       heading_tip=label(f"pulse_part.{part.value}"))
                for part in PulsePart
            ),
        ]  # fmt: skip
        self.model_: ListTableModel[PulseOfMeeting] = ListTableModel(columns)
        self.show_model(self.model_)


def _answers(it: PulseOfMeeting) -> str:
    return str(it.result.answers) if it.result.means else words("figures.pulse.too_few", fewest=FEWEST_SHOWN)
