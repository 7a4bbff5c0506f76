"""What a file of another service brings, or brought: people, records, what has no place here; told before and after."""

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mdt_desktop.services.fhir_import import ImportReport, PersonReport
from mdt_desktop.services.fhir_plan import Told
from mdt_desktop.ui import theme
from mdt_desktop.ui.imports.parts import Scrolled, clear
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.figure import Figure
from mdt_desktop.ui.widgets.flow_layout import flowing
from mdt_desktop.ui.widgets.labels import line, words_label
from mdt_desktop.ui.widgets.parts import badge
from mdt_desktop.words import label, vocabulary, words

_FIGURES = ("matched", "new", "held", "refused")
_TONES = {"matched": "good", "new": "accent", "held": "late", "refused": "late"}
_PEOPLE_SHOWN = 200
_NAMES_SHOWN = 6


class BundleReport(QWidget):
    """`wanted` asks to bring in what was previewed, `left` to go back to those who wait."""

    wanted = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("gap"))
        self.title = words_label("", "section", wraps=True)
        self.state = words_label("", "muted", wraps=True)
        column.addWidget(self.title)
        column.addWidget(self.state)
        self.bring_in = Button(words("imports.fhir.bring_in"), self.wanted.emit, "primary", "download")
        self.leave = Button(words("imports.fhir.leave"), self.left.emit, "plain")
        row = QHBoxLayout()
        row.setSpacing(theme.size("unit") * 2)
        row.addWidget(self.bring_in)
        row.addWidget(self.leave)
        row.addStretch(1)
        self.content = Scrolled(words("imports.fhir.title"))
        column.addWidget(self.content, 1)
        column.addLayout(row)

    def show_report(self, report: ImportReport, key: str) -> None:
        """Show what would come in (`preview`), what came in (`done`), or what a decision did (`decided`)."""
        preview = key == "preview"
        self.title.setText(words(f"imports.fhir.{key}_title", file=report.file))
        changes = bool(report.written or report.count("new") or report.count("held"))
        changes = changes or any(it.filled for it in report.people)
        nothing = words("imports.fhir.nothing_new") if not changes and report.unchanged else ""
        said = [words("imports.fhir.nothing_written")] * preview + [nothing] * bool(nothing)
        self.state.setText(" ".join(said))
        self.state.setVisible(bool(said))
        self.bring_in.setVisible(preview)
        self.bring_in.setEnabled(True)
        self.leave.setText(words("imports.fhir.leave" if preview else "imports.fhir.close"))
        column = self.content.column
        clear(column)
        column.addWidget(self._figures(report))
        column.addWidget(self._people(report.people))
        if report.written:
            column.addWidget(_listed("records", _counted(report.written)))
        for name, told in (("no_home", report.no_home), ("differing", report.differing)):
            if told:
                detail = words("imports.fhir.no_home_detail") if name == "no_home" else ""
                column.addWidget(_told(words(f"imports.fhir.{name}"), detail, told))
        if report.left_over:
            elements = [
                words("imports.fhir.elements", resource=it.resource, elements=", ".join(it.elements))
                for it in report.left_over
            ]
            column.addWidget(_listed("left_over", elements))
        column.addStretch(1)

    def focus_first(self) -> None:
        """The one that goes on."""
        # Not yet shown counts as well: the focus is put where the view comes to the screen.
        first = self.leave if self.bring_in.isHidden() else self.bring_in
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    @staticmethod
    def _figures(report: ImportReport) -> QWidget:
        holder = QWidget()
        flow = flowing(holder, theme.size("page"), theme.size("unit"))
        numbers = {it: report.count(it) for it in _FIGURES}
        numbers |= {"records": sum(report.written.values()), "unchanged": report.unchanged}
        for name, number in numbers.items():
            if number or name in ("matched", "records"):
                flow.addWidget(Figure(f"{number:,}", words(f"imports.fhir.figure.{name}")))
        return holder

    @staticmethod
    def _people(people: Sequence[PersonReport]) -> Card:
        card = Card(words("imports.fhir.people"), words("case.count", count=len(people)))
        for number, it in enumerate(people[:_PEOPLE_SHOWN]):
            if number:
                card.body.addWidget(line())
            row = QHBoxLayout()
            row.setSpacing(theme.size("gap"))
            row.addWidget(badge(words(f"fhir_outcome.{it.outcome}"), _TONES.get(it.outcome, "")), 0)
            row.addWidget(words_label(it.name or it.patient, "strong", wraps=True, selectable=True), 1)
            card.body.addLayout(row)
            for text in _about(it):
                card.body.addWidget(words_label(text, "muted", wraps=True, selectable=True))
        if len(people) > _PEOPLE_SHOWN:
            more = words("imports.fhir.told_names", names="…", more=len(people) - _PEOPLE_SHOWN)
            card.body.addWidget(words_label(more, "muted"))
        return card


def _about(person: PersonReport) -> list[str]:
    found = [person.reason] if person.reason else []
    if person.filled:
        found.append(words("imports.fhir.person_filled", fields=_fields(person.filled)))
    if person.differs:
        found.append(words("imports.fhir.person_differs", fields=_fields(person.differs)))
    return found


def _fields(names: Iterable[str]) -> str:
    keys = [f"case.field.{name}" for name in names]
    known = vocabulary().labels
    return ", ".join(label(key) if key in known else key.rpartition(".")[2].replace("_", " ") for key in keys)


def _counted(written: Mapping[str, int]) -> list[str]:
    kinds = {kind: label(f"kind.{kind}") if f"kind.{kind}" in vocabulary().labels else kind for kind in written}
    return [words("imports.fhir.brings_line", count=count, type=kinds[kind]) for kind, count in written.items()]


def _listed(name: str, lines: Sequence[str]) -> Card:
    card = Card(words(f"imports.fhir.{name}"))
    for text in lines:
        card.body.addWidget(words_label(text, wraps=True, selectable=True))
    return card


def _told(title: str, detail: str, told: Iterable[Told]) -> Card:
    """Each reason once, with the first of what it is said of."""
    card = Card(title, detail)
    by_reason: dict[str, list[str]] = {}
    for it in told:
        by_reason.setdefault(it.reason, []).append(it.resource)
    for reason, resources in by_reason.items():
        card.body.addWidget(words_label(reason, wraps=True))
        names, more = ", ".join(resources[:_NAMES_SHOWN]), len(resources) - _NAMES_SHOWN
        text = words("imports.fhir.told_names", names=names, more=more) if more > 0 else names
        card.body.addWidget(words_label(text, "muted", wraps=True, selectable=True))
    return card
