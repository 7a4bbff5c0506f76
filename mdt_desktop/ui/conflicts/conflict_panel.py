"""One conflict side by side: what each wrote, who and when, what counts meanwhile, and the ways to decide it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout, QWidget

from mdt_desktop.services.sync_views import ConflictView, EditorKind, SideView
from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.columns import Scroller
from mdt_desktop.ui.widgets.flow_layout import flowing
from mdt_desktop.ui.widgets.icon_words import IconWords
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.parts import Facts, beside
from mdt_desktop.ui.widgets.side_by_side import SideBySide
from mdt_desktop.words import words

WAYS = {"1": "mine", "2": "theirs", "3": "third", "4": "read", "a": "ask"}
"""What a letter in the list does with the chosen conflict."""
_ROOM_FOR_ONE = 230


class SideCard(QFrame):
    """What one of the two said, and the button that keeps it."""

    chosen = Signal()

    def __init__(self, key: str) -> None:
        super().__init__()
        theme.set_kind(self, "card")
        pad = theme.size("card")
        column = QVBoxLayout(self)
        column.setContentsMargins(pad, pad - 4, pad, pad - 4)
        column.setSpacing(theme.size("unit") + 2)
        self.who = words_label("", "strong", wraps=True)
        self.when = words_label("", "muted", wraps=True)
        self.clock = words_label("", "late", wraps=True)
        self.value = words_label("", "section", wraps=True, selectable=True)
        self.value.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.MinimumExpanding)
        self.value.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.keep = Button("", self.chosen.emit, "plain")
        self.key = words_label(key, "key")
        for widget in (self.who, self.when, self.clock):
            column.addWidget(widget)
        column.addSpacing(theme.size("unit"))
        column.addWidget(self.value, 1)
        column.addSpacing(theme.size("unit"))
        column.addLayout(beside(self.keep, self.key))

    def show_side(self, side: SideView, verb: str, *, yours: bool) -> None:
        """Show it; `verb` is what the button says."""
        name = words("sync.inbox.you") if yours else side.by
        name = name[:1].upper() + name[1:]
        self.who.setText(words("sync.inbox.by", name=name, role=side.role) if side.role else name)
        on = "sync.inbox.at_on" if side.laptop else "sync.inbox.at"
        self.when.setText(words(on, when=side.when, laptop=side.laptop))
        self.clock.setText(side.clock)
        self.clock.setVisible(bool(side.clock))
        self.value.setText(side.value)
        self.value.setAccessibleName(f"{self.who.text()}: {side.value}")
        self.keep.setText(verb)


class ConflictPanel(QWidget):
    """Shows one conflict; `wanted` carries `mine`, `theirs`, `third`, `read`, `ask` or `open`."""

    wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self.scroller = Scroller(words("sync.title"))
        outer.addWidget(self.scroller)
        column = self.scroller.column
        column.setContentsMargins(theme.size("gap"), 0, 0, 0)
        self.person = words_label("", "section", wraps=True)
        self.what = words_label("", "body", wraps=True)
        self.asked = IconWords("question", "accent")
        self.mine, self.theirs = SideCard("1"), SideCard("2")
        self.mine.chosen.connect(lambda: self.wanted.emit("mine"))
        self.theirs.chosen.connect(lambda: self.wanted.emit("theirs"))
        sides = SideBySide(_ROOM_FOR_ONE, level=True)
        for card in (self.mine, self.theirs):
            box = QVBoxLayout()
            box.addWidget(card)
            sides.add(box)
        self.facts = Facts()
        self.effect = IconWords("alert", "high")
        self.third = Button(words("sync.inbox.third"), lambda: self.wanted.emit("third"), "plain", "edit")
        self.read = Button(words("sync.inbox.read_over"), lambda: self.wanted.emit("read"), "plain", "done")
        self.ask = Button(words("sync.inbox.ask"), lambda: self.wanted.emit("ask"), "plain", "question")
        self.open = Button(words("sync.inbox.show_record"), lambda: self.wanted.emit("open"), "quiet", "case")
        ways = QWidget()
        flow = flowing(ways, theme.size("unit") * 2, theme.size("unit") * 2)
        for button in (self.read, self.third, self.ask, self.open):
            flow.addWidget(button)
        self.keys = words_label(words("sync.inbox.keys"), "help", wraps=True)
        for widget in (
            self.person, self.what, self.asked, sides, self.facts, self.effect, ways, self.keys,
        ):  # fmt: skip
            column.addWidget(widget)
        column.addStretch(1)

    def show_conflict(self, it: ConflictView, *, may_decide: bool) -> None:
        """Show it; without the right to decide it is only read."""
        self.person.setText(it.person)
        self.person.setVisible(bool(it.person))
        same = it.record.casefold() == it.field.casefold()
        self.what.setText(it.record if same else words("sync.inbox.what", record=it.record, field=it.field))
        self.asked.show_words(it.asked)
        mine = words("sync.inbox.keep_yours") if it.is_mine else words("sync.inbox.keep", name=it.mine.by)
        others = words("sync.inbox.keep", name=it.theirs.by)
        self.mine.show_side(it.mine, mine, yours=it.is_mine)
        self.theirs.show_side(it.theirs, others, yours=False)
        self.facts.show_rows(
            [
                (words("sync.inbox.now"), it.in_force),
                (words("sync.inbox.before"), it.before),
                (words("sync.inbox.why"), it.rule),
            ]
        )
        self.effect.show_words(it.effect)
        for button in (self.mine.keep, self.theirs.keep, self.ask):
            button.setEnabled(may_decide)
            button.setToolTip("" if may_decide else words("sync.inbox.may_not"))
        self.third.setEnabled(may_decide)
        self.read.setEnabled(may_decide)
        self.read.setVisible(it.reads_over)
        self.third.setVisible(it.third.kind is not EditorKind.NONE)
        self.open.setVisible(bool(it.person_id))
        self.keys.setText(words("sync.inbox.keys_joined" if it.reads_over else "sync.inbox.keys"))
        self.keys.setVisible(may_decide)
