"""What each column of a file means: recognised headings with sample rows, the others to be mapped."""

from collections.abc import Mapping
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from mdt_desktop.domain.dates import cui_date, read_date
from mdt_desktop.domain.errors import MdtError
from mdt_desktop.domain.risk_columns import SEVERAL, RiskColumn
from mdt_desktop.services.risk_import import RiskFileHead
from mdt_desktop.services.risk_wizard import ChosenFile, FileState
from mdt_desktop.ui import theme
from mdt_desktop.ui.imports.parts import Scrolled, clear, notice, trouble
from mdt_desktop.ui.messages import Tone
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.labels import FieldLabel, words_label
from mdt_desktop.words import label, words

_NOT_USED = ""
_LONGEST_SAMPLE = 34
_CAN_BE_TOLD = (RiskColumn.PRACTICE_CODE, RiskColumn.RUN_DATE)


class MeaningBox(QComboBox):
    """What one column means; the wheel scrolls the page and not the choice."""

    def __init__(self, heading: str) -> None:
        super().__init__()
        self.setAccessibleName(words("imports.columns.means", heading=heading))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(17)
        self.addItem(words("imports.columns.not_used"), _NOT_USED)
        for meaning in RiskColumn:
            self.addItem(label(meaning), meaning.value)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def meaning(self) -> RiskColumn | None:
        """What is chosen."""
        chosen = str(self.currentData())
        return RiskColumn(chosen) if chosen else None

    def choose(self, meaning: RiskColumn | None) -> None:
        """Choose it without telling."""
        self.blockSignals(True)
        self.setCurrentIndex(self.findData(meaning.value if meaning else _NOT_USED))
        self.blockSignals(False)


class ColumnsView(QWidget):
    """One file's columns. `mapped` carries path, columns by meaning, practice code and run date told beside them."""

    mapped = Signal(object, object, object, object)

    def __init__(self, today: date) -> None:
        super().__init__()
        self._today = today
        self._file: ChosenFile | None = None
        self._boxes: list[MeaningBox] = []
        self._practice: QLineEdit | None = None
        self._run_date: QLineEdit | None = None
        self._date_error = words_label("", "error", wraps=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._scroll = Scrolled(words("imports.columns.title"))
        column.addWidget(self._scroll)

    def show_file(self, file: ChosenFile) -> None:
        """Show a file; what is being chosen in the same one stays."""
        before = self._file
        if before is not None and before.path == file.path and file.head is not None:
            if before.head == file.head and before.state is not FileState.REFUSED is not file.state:
                return
            if file.state is FileState.LOOKING:
                return
        self._file = file
        in_use = next((place for place, box in enumerate(self._boxes) if box.hasFocus()), None)
        clear(self._scroll.column)
        self._boxes, self._practice, self._run_date = [], None, None
        if file.state is FileState.REFUSED:
            self._scroll.column.addWidget(notice(trouble(file.error), Tone.ERROR))
        elif file.head is not None:
            self._fill(file, file.head)
        else:
            self._scroll.column.addWidget(words_label(words("imports.columns.looking"), "muted"))
        self._scroll.column.addStretch(1)
        if in_use is not None and in_use < len(self._boxes):
            self._boxes[in_use].setFocus(Qt.FocusReason.OtherFocusReason)

    def first(self) -> QWidget | None:
        """Where there is something to do."""
        for field in (self._practice, self._run_date):
            if field is not None and not field.text():
                return field
        return self._boxes[0] if self._boxes else None

    def boxes(self) -> list[MeaningBox]:
        """The choices, in the file's order."""
        return self._boxes

    def told_fields(self) -> list[QLineEdit]:
        """The fields for practice code and run date, where the file does not say them."""
        return [field for field in (self._practice, self._run_date) if field is not None]

    def _fill(self, file: ChosenFile, head: RiskFileHead) -> None:
        found = head.recognition
        for tone, text in self._problems(head):
            self._scroll.column.addWidget(notice(text, tone))
        about = words(
            "imports.columns.about",
            encoding=head.encoding.upper().replace("-SIG", ""),
            delimiter=words(f"imports.delimiter.{ord(head.delimiter)}"),
            line=head.heading_line,
        )
        if any(RiskColumn.PRACTICE_CODE in group or RiskColumn.RUN_DATE in group for group in found.missing) or (
            file.options.practice_code or file.options.run_date
        ):
            self._scroll.column.addWidget(self._told(file))
        card = Card(words("imports.columns.title"), about)
        card.body.addLayout(self._grid(head))
        self._scroll.column.addWidget(card)

    @staticmethod
    def _problems(head: RiskFileHead) -> list[tuple[Tone, str]]:
        found = head.recognition
        if found.settled:
            left = len(found.unknown)
            key = (
                "imports.columns.settled" if not left else f"imports.columns.settled_left{'.one' if left == 1 else ''}"
            )
            return [(Tone.GOOD, words(key, count=left))]
        problems = [
            words(
                "imports.columns.missing_told" if group[0] in _CAN_BE_TOLD else "imports.columns.missing",
                what=words("imports.columns.or").join(label(it) for it in group),
            )
            for group in found.missing
        ]
        problems += [
            words(
                "imports.columns.twice",
                what=label(it.meaning),
                headings=words("imports.columns.and").join(f"“{found.headings[place]}”" for place in it.columns),
            )
            for it in found.ambiguous
        ]
        return [(Tone.WARNING, text) for text in problems]

    def _told(self, file: ChosenFile) -> QWidget:
        card = Card(words("imports.columns.told"), words("imports.columns.told_detail"))
        row = QHBoxLayout()
        row.setSpacing(theme.size("gap"))
        self._practice, self._run_date = QLineEdit(file.options.practice_code or ""), QLineEdit()
        if file.options.run_date:
            self._run_date.setText(cui_date(file.options.run_date))
        self._run_date.setPlaceholderText(words("imports.columns.date_example"))
        for key, field in (("practice_code", self._practice), ("run_date", self._run_date)):
            box = QVBoxLayout()
            box.setSpacing(theme.size("unit"))
            box.addWidget(FieldLabel(label(f"risk_column.{key}"), field))
            box.addWidget(field)
            field.setMaximumWidth(round(200 * theme.current().scale))
            field.returnPressed.connect(self._tell)
            row.addLayout(box)
        row.addWidget(Button(words("imports.columns.use"), self._tell), 0, Qt.AlignmentFlag.AlignBottom)
        row.addStretch(1)
        card.body.addLayout(row)
        self._date_error = words_label("", "error", wraps=True)
        self._date_error.hide()
        card.body.addWidget(self._date_error)
        return card

    def _grid(self, head: RiskFileHead) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.size("page"))
        grid.setVerticalSpacing(theme.size("unit"))
        grid.setColumnStretch(2, 1)
        for place, key in enumerate(("heading", "meaning", "samples")):
            grid.addWidget(words_label(words(f"imports.columns.{key}"), "muted"), 0, place)
        meanings: Mapping[int, RiskColumn] = {
            place: meaning for meaning, places in head.recognition.map.columns.items() for place in places
        }
        for place, heading in enumerate(head.recognition.headings):
            box = MeaningBox(heading)
            box.choose(meanings.get(place))
            box.activated.connect(lambda _=0, at=place: self._on_chosen(at))
            self._boxes.append(box)
            samples = "  ·  ".join(_short(row[place]) for row in head.sample[:3] if place < len(row) and row[place])
            grid.addWidget(words_label(heading or words("imports.columns.no_heading"), "strong"), place + 1, 0)
            shown = words_label(samples, "muted")
            shown.setMinimumWidth(60)
            grid.addWidget(box, place + 1, 1)
            grid.addWidget(shown, place + 1, 2)
        return grid

    def _on_chosen(self, at: int) -> None:
        """The column chosen now wins: another one of the same meaning is let go, unless there may be several."""
        meaning = self._boxes[at].meaning()
        if meaning is not None and meaning not in SEVERAL:
            for place, box in enumerate(self._boxes):
                if place != at and box.meaning() is meaning:
                    box.choose(None)
        self._tell()

    def _tell(self) -> None:
        if self._file is None:
            return
        # A meaning without a column is told as well: else its heading would be recognised again.
        columns: dict[RiskColumn, tuple[int, ...]] = dict.fromkeys(RiskColumn, ())
        for place, box in enumerate(self._boxes):
            meaning = box.meaning()
            if meaning is not None:
                columns[meaning] = (*columns[meaning], place)
        code = self._practice.text().strip().upper() if self._practice is not None else ""
        self.mapped.emit(self._file.path, columns, code or None, self._date_told())

    def _date_told(self) -> date | None:
        if self._run_date is None or not self._run_date.text().strip():
            return None
        self._date_error.hide()
        try:
            found = read_date(self._run_date.text(), self._today)
        except MdtError as error:
            self._date_error.setText(trouble(error))
            self._date_error.show()
            return None
        return found if isinstance(found, date) else None


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST_SAMPLE else f"{flat[: _LONGEST_SAMPLE - 1]}…"
