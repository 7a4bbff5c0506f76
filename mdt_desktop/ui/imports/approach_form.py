"""How tiers are made of a file: its own tiers, percentiles of the list, or cut-off scores, and how long the list is."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.domain.risk import AT_RISK, DEFAULT_SHARES, CutOffs, TierApproach, TierShares
from mdt_desktop.services.risk_import import ImportOptions
from mdt_desktop.ui import theme
from mdt_desktop.ui.imports.parts import trouble
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.flow_layout import flowing
from mdt_desktop.ui.widgets.labels import FieldLabel, words_label
from mdt_desktop.words import label, words

_LARGEST_LIST = 1_000_000


class ApproachForm(Card):
    """`asked` carries approach, shares, cut-offs, list size and whether it is for all files."""

    asked = Signal(object, object, object, object, bool)

    def __init__(self) -> None:
        super().__init__(words("imports.approach.title"))
        self.approach = QComboBox()
        for choice in TierApproach:
            self.approach.addItem(label(choice), choice.value)
        self.numbers = {tier: QDoubleSpinBox() for tier in AT_RISK}
        for field in self.numbers.values():
            field.setDecimals(2)
            field.setRange(0, 100_000)
            field.setKeyboardTracking(False)
        self.list_size = QSpinBox()
        self.list_size.setRange(0, _LARGEST_LIST)
        self.list_size.setGroupSeparatorShown(True)
        self.list_size.setSpecialValueText(words("imports.approach.as_file"))
        for box in (*self.numbers.values(), self.list_size):
            # The style sheet does not reach the field inside a spin box, so its distance from the border is set here.
            box.lineEdit().setTextMargins(theme.size("unit") * 2, 0, 0, 0)
        self.for_all = QCheckBox(words("imports.approach.for_all"))
        self.error = words_label("", "error", wraps=True)
        self.error.hide()
        holder = QWidget()
        flow = flowing(holder, theme.size("gap"), theme.size("unit") * 2)
        flow.top_aligned = True
        flow.addWidget(_named(words("imports.approach.how"), self.approach))
        self._labels = {}
        for tier, field in self.numbers.items():
            named = _named(label(tier), field)
            self._labels[tier] = named
            flow.addWidget(named)
        flow.addWidget(_named(words("imports.approach.list_size"), self.list_size))
        self.body.addWidget(holder)
        row = QHBoxLayout()
        self.use = Button(words("imports.approach.use"), self._ask)
        row.addWidget(self.use)
        row.addWidget(self.for_all)
        row.addStretch(1)
        self.body.addWidget(self.error)
        self.body.addLayout(row)
        self.approach.currentIndexChanged.connect(lambda _: self._fit())

    def show_options(self, options: ImportOptions, approach: TierApproach, *, several: bool) -> None:
        """Show what is chosen for a file; what the file itself led to where nothing was chosen."""
        self.approach.blockSignals(True)
        self.approach.setCurrentIndex(self.approach.findData((options.approach or approach).value))
        self.approach.blockSignals(False)
        self._fit(options)
        self.list_size.setValue(options.list_size or 0)
        self.for_all.setVisible(several)
        self.error.hide()

    def _chosen(self) -> TierApproach:
        return TierApproach(str(self.approach.currentData()))

    def _fit(self, options: ImportOptions | None = None) -> None:
        """Shares for percentiles, scores for cut-offs, nothing for the file's own tiers."""
        told = options or ImportOptions()
        approach = self._chosen()
        numbers: TierShares | CutOffs = told.shares
        if approach is TierApproach.CUT_OFF:
            numbers = told.cut_offs or CutOffs(70, 45, 30)
        for tier, field in self.numbers.items():
            field.setSuffix(" %" if approach is TierApproach.PERCENTILE else "")
            field.setPrefix(words("imports.approach.from") + " " if approach is TierApproach.CUT_OFF else "")
            field.setValue(getattr(numbers, tier.value))
            self._labels[tier].setVisible(approach is not TierApproach.FILE_TIER)

    def _ask(self) -> None:
        approach = self._chosen()
        numbers = [field.value() for field in self.numbers.values()]
        shares, cut_offs = DEFAULT_SHARES, None
        try:
            if approach is TierApproach.PERCENTILE:
                shares = TierShares(*numbers)
            elif approach is TierApproach.CUT_OFF:
                cut_offs = CutOffs(*numbers)
        except MdtError as error:
            self.error.setText(trouble(error))
            self.error.show()
            self.numbers[AT_RISK[0]].setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.error.hide()
        every = self.for_all.isVisibleTo(self) and self.for_all.isChecked()
        self.asked.emit(approach, shares, cut_offs, self.list_size.value() or None, every)


def _named(text: str, field: QWidget) -> QWidget:
    """A field under its name."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(theme.size("unit"))
    column.addWidget(FieldLabel(text, field))
    column.addWidget(field)
    return holder
