"""The settings page: how this laptop shows things, the rules of the store, and its keys."""

from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from mdt_desktop.domain.allocation import AgeRule
from mdt_desktop.domain.permissions import AccessRole, Permission
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.rights import Rights
from mdt_desktop.settings import Density, LaptopSettings, Theme
from mdt_desktop.ui import theme
from mdt_desktop.ui.forms.choice_fields import QuietCombo
from mdt_desktop.ui.keys.door import Door, Remembering
from mdt_desktop.ui.main_window import MainWindow
from mdt_desktop.ui.messages import Choice
from mdt_desktop.ui.pages import Arguments, Page
from mdt_desktop.ui.permitted import permit
from mdt_desktop.ui.settings.backups import BackupsCard
from mdt_desktop.ui.settings.carry import CarryCard
from mdt_desktop.ui.settings.central import CentralCard
from mdt_desktop.ui.settings.key_sheet import KeyChangeSheet
from mdt_desktop.ui.settings.keys import PassphraseSheet, RecoverySheet
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.labels import FieldLabel, words_label
from mdt_desktop.ui.widgets.toolbar_row import PageHeader
from mdt_desktop.words import label, sentence, words

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Program
    from mdt_desktop.ui.safeguards import Safeguards

_SCALES = (80, 90, 100, 110, 125, 150, 175, 200)
_MINUTES = (1, 2, 3, 5, 10, 15)
_SECONDS = (10, 20, 30, 45, 60)
_WIDEST = 760
_FIELD_WIDTH = 300


class Laptop(Protocol):
    """What the page needs of the running program."""

    settings: LaptopSettings
    door: Door
    demo: bool
    safeguards: "Safeguards | None"

    def apply_settings(self) -> None:
        """Put the settings on the screen and keep them."""

    def lock_for_restore(self) -> None:
        """Lock, and put the restored store that lies ready in its place."""


class SettingsPage(Page):
    """Each choice counts at once and is kept; there is nothing to save."""

    key_change_requested = Signal(str)
    audit_requested = Signal()

    def __init__(self, program: "Program", window: MainWindow, laptop: Laptop) -> None:
        super().__init__()
        self._program, self._window, self._laptop = program, window, laptop
        column = self.column()
        column.addWidget(PageHeader(words("settings.title"), words("settings.summary")))
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        theme.set_kind(inner, "scrolled")
        row = QHBoxLayout(inner)
        row.setContentsMargins(0, 0, 0, theme.size("page"))
        holder = QWidget()
        holder.setMaximumWidth(round(_WIDEST * theme.current().scale))
        self._cards = QVBoxLayout(holder)
        self._cards.setContentsMargins(0, 0, 0, 0)
        self._cards.setSpacing(theme.size("gap"))
        row.addWidget(holder, 20)
        row.addStretch(1)
        scroll.setWidget(inner)
        self._scroll = scroll
        column.addWidget(scroll, 1)
        self._cards.addWidget(self._screen())
        self._cards.addWidget(self._rules())
        self._cards.addWidget(self._safety())
        self.backups = BackupsCard(program, window, laptop.door.folder, self, laptop.lock_for_restore)
        self._cards.addWidget(self.backups)
        self.central = CentralCard(program, window, self)
        self._cards.addWidget(self.central)
        self.carry = CarryCard(program, window)
        self._cards.addWidget(self.carry)
        self._cards.addWidget(self._store())
        self._cards.addStretch(1)
        self.passphrase_sheet: PassphraseSheet | None = None
        self.recovery_sheet: RecoverySheet | None = None
        self.key_change_sheet: KeyChangeSheet | None = None
        window.appearance_changed.connect(self._on_appearance)
        self._load()

    # Layout

    def _combo(self, card: Card, text: str) -> QuietCombo:
        combo = QuietCombo()
        combo.setMinimumWidth(round(_FIELD_WIDTH * theme.current().scale))
        row = QHBoxLayout()
        row.setSpacing(theme.size("gap"))
        row.addWidget(FieldLabel(text, combo), 1)
        row.addWidget(combo)
        card.body.addLayout(row)
        return combo

    def _screen(self) -> Card:
        card = Card(words("settings.screen"))
        settings = self._laptop.settings
        self.theme = self._combo(card, words("settings.theme"))
        for choice in Theme:
            self.theme.addItem(label(choice), choice)
        self.text_scale = self._combo(card, words("settings.text_scale"))
        for scale in sorted({*_SCALES, settings.text_scale}):
            self.text_scale.addItem(words("settings.per_cent", value=scale), scale)
        self.density = self._combo(card, words("settings.density"))
        for density in Density:
            self.density.addItem(label(density), density)
        self._show_screen()
        for combo in (self.theme, self.text_scale, self.density):
            combo.activated.connect(self._on_screen)
        return card

    def _rules(self) -> Card:
        card = Card(words("settings.rules"))
        card.body.addWidget(words_label(words("settings.rules_about"), "muted", wraps=True))
        self.age_rule = self._combo(card, words("settings.age_rule"))
        for rule in AgeRule:
            self.age_rule.addItem(label(rule), rule)
        self.age_meaning = words_label("", "help", wraps=True)
        self.age_why_not = words_label("", "help", wraps=True)
        self.age_why_not.hide()
        card.body.addWidget(self.age_meaning)
        card.body.addWidget(self.age_why_not)
        self.age_rule.activated.connect(self._on_age_rule)
        return card

    def _safety(self) -> Card:
        card = Card(words("settings.safety"))
        self.auto_lock = self._combo(card, words("settings.auto_lock"))
        for minutes in sorted({*_MINUTES, self._laptop.settings.auto_lock_minutes}):
            text = words("settings.one_minute") if minutes == 1 else words("settings.minutes", value=minutes)
            self.auto_lock.addItem(text, minutes)
        self.auto_lock.setCurrentIndex(self.auto_lock.findData(self._laptop.settings.auto_lock_minutes))
        self.auto_lock.activated.connect(self._on_auto_lock)
        card.body.addWidget(words_label(words("lock.desktop_too"), "help", wraps=True))
        self.clipboard = self._combo(card, words("lock.clipboard"))
        for seconds in sorted({*_SECONDS, self._laptop.settings.clipboard_seconds}):
            self.clipboard.addItem(words("lock.seconds", value=seconds), seconds)
        self.clipboard.setCurrentIndex(self.clipboard.findData(self._laptop.settings.clipboard_seconds))
        self.clipboard.activated.connect(self._on_clipboard)
        self._add_sharing(card)
        self.remember = QCheckBox(words("settings.remember"))
        self.remember.setEnabled(False)
        self.remember.clicked.connect(self._on_remember)
        self.remember_about = words_label("", "help", wraps=True)
        card.body.addWidget(self.remember)
        card.body.addWidget(self.remember_about)
        self.change_passphrase = Button(words("settings.change_passphrase"), self._on_passphrase, icon="key")
        self.new_recovery_key = Button(words("settings.new_recovery_key"), self._on_recovery, icon="print")
        self.change_key = Button(words("keys.change"), self._on_key, icon="refresh")
        for text, about, button in (
            ("settings.passphrase", "", self.change_passphrase),
            ("settings.recovery", words("settings.recovery_about"), self.new_recovery_key),
            ("keys.key", words("keys.key_about"), self.change_key),
        ):
            row = QHBoxLayout()
            row.setSpacing(theme.size("gap"))
            said = QVBoxLayout()
            said.setSpacing(theme.size("unit"))
            said.addWidget(words_label(words(text), "field"))
            if about:
                said.addWidget(words_label(about, "help", wraps=True))
            row.addLayout(said, 1)
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
            card.body.addSpacing(theme.size("unit"))
            card.body.addLayout(row)
        return card

    def _add_sharing(self, card: Card) -> None:
        """Whether windows may be seen on shared screens; where a system offers no say, the page says so."""
        self.sharing = QCheckBox(words("lock.sharing"))
        capture = self._laptop.safeguards.capture if self._laptop.safeguards is not None else None
        self.sharing_about = words_label(words("lock.sharing_impossible"), "help", wraps=True)
        card.body.addWidget(self.sharing)
        card.body.addWidget(self.sharing_about)
        self.sharing.setVisible(capture is not None and capture.possible)
        if capture is not None and capture.possible:
            self.sharing_about.setText(words("lock.sharing_about"))
            self.sharing.setChecked(capture.allowed)
            self.sharing.clicked.connect(capture.allow)
            capture.changed.connect(self.sharing.setChecked)

    def _store(self) -> Card:
        card = Card(words("settings.store"))
        actor = self._program.access.actor
        who = words("settings.who", name=actor.name, role=label(actor.role), organisation=actor.organisation)
        card.body.addWidget(words_label(who, wraps=True))
        place, log = self._laptop.door.place, self._laptop.door.folder.log.name
        self.works_as = words_label("", wraps=True)
        card.body.addWidget(self.works_as)
        for text in (words("settings.folder", folder=place), words("settings.log", file=log)):
            card.body.addWidget(words_label(text, "help", wraps=True, selectable=True))
        self.audit = Button(words("settings.audit"), self.audit_requested.emit, icon="history")
        self.audit.setObjectName("open_audit")
        row = QHBoxLayout()
        row.setSpacing(theme.size("gap"))
        self.audit_about = words_label(words("settings.audit_about"), "help", wraps=True)
        row.addWidget(self.audit_about, 1)
        row.addWidget(self.audit, 0, Qt.AlignmentFlag.AlignTop)
        card.body.addLayout(row)
        return card

    # What is shown

    def show_backups(self) -> None:
        """Bring the card of the backups into sight."""
        self._scroll.verticalScrollBar().setValue(self.backups.y())

    def shown(self, arguments: Arguments) -> None:
        """With `section` "age_rule" at that rule, "audit" at the way to the audit, "central" at the central store;
        with `sign_in` the sheet to sign in there is open."""
        places = {"age_rule": self.age_rule, "audit": self.audit, "central": self.central.connect_button}
        first = places.get(str(arguments.get("section", "")), self.theme)
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        self._scroll.ensureWidgetVisible(first)
        if arguments.get("sign_in"):
            self.central.sign_in_again()

    def changed(self, changes: Changes) -> None:
        if changes.concern("setting", "role_held", "practitioner"):
            self._load()
        if changes.concern("setting"):
            self.central.reload()
            self.carry.reload()
        if changes.concern("backup"):
            self.backups.reload()

    def _load(self) -> None:
        operations = self._window.operations
        operations.run_query(self._program.services.rules.age_rule, self._show_age_rule, owner=self)
        operations.run_query(self._program.services.rights.mine, self.show_rights, owner=self)
        if self._laptop.demo:
            self.remember_about.setText(words("settings.remember_demo"))
        else:
            self._ask_remembering()

    def _show_screen(self) -> None:
        settings = self._laptop.settings
        for combo, value in (
            (self.theme, settings.theme),
            (self.text_scale, settings.text_scale),
            (self.density, settings.density),
        ):
            place = combo.findData(value)
            if place < 0 and isinstance(value, int):
                combo.addItem(words("settings.per_cent", value=value), value)
                place = combo.count() - 1
            combo.setCurrentIndex(place)

    def show_rights(self, rights: Rights) -> None:
        """What the user is here, and what they may not do."""
        roles = ", ".join(label(role) for role in AccessRole if role in rights.roles)
        self.works_as.setText(words("settings.works_as", roles=roles))
        permit(self.age_rule, rights, Permission.SET_RULES)
        permit(self.audit, rights, Permission.SEE_AUDIT)
        self.backups.show_rights(rights)
        self.age_why_not.setText(_sentence(rights, Permission.SET_RULES))
        self.age_why_not.setVisible(not rights.may(Permission.SET_RULES))
        self.audit_about.setText(_sentence(rights, Permission.SEE_AUDIT) or words("settings.audit_about"))

    def _show_age_rule(self, rule: AgeRule) -> None:
        self.age_rule.setCurrentIndex(self.age_rule.findData(rule))
        self.age_meaning.setText(words(f"settings.age_rule_{rule.value}"))

    def _show_remembering(self, how: Remembering) -> None:
        self.remember.setEnabled(how.possible)
        self.remember.setChecked(how.remembered)
        self.remember_about.setText(words("settings.remember_about" if how.possible else "settings.no_keyring"))

    # Gestures

    def _on_appearance(self, *_: object) -> None:
        self._show_screen()

    def _on_screen(self, _: int) -> None:
        settings = self._laptop.settings
        settings.theme = self.theme.currentData()
        settings.text_scale = self.text_scale.currentData()
        settings.density = self.density.currentData()
        self._laptop.apply_settings()

    def _on_auto_lock(self, _: int) -> None:
        self._laptop.settings.auto_lock_minutes = self.auto_lock.currentData()
        self._laptop.apply_settings()

    def _on_clipboard(self, _: int) -> None:
        self._laptop.settings.clipboard_seconds = self.clipboard.currentData()
        self._laptop.apply_settings()

    def _on_age_rule(self, _: int) -> None:
        rule: AgeRule = self.age_rule.currentData()
        self._show_age_rule(rule)
        self._window.operations.run_command(
            partial(self._program.services.rules.set_age_rule, rule), self, on_error=self._on_rule_refused
        )

    def _on_rule_refused(self, error: Exception) -> None:
        """The list goes back to the rule that holds."""
        self._window.messages.error(error)
        self._load()

    def _on_remember(self, on: bool) -> None:
        self.remember.setEnabled(False)
        keys = self._program.keys
        self._window.operations.run_command(
            keys.remember if on else keys.forget, self, self._ask_remembering, self._on_not_remembered
        )

    def _on_not_remembered(self, error: Exception) -> None:
        self._window.messages.error(error)
        self._ask_remembering()

    def _ask_remembering(self, _: Changes | None = None) -> None:
        self._window.operations.run_in_pool(self._laptop.door.remembering, self._show_remembering, owner=self)

    def _on_passphrase(self) -> None:
        sheet = PassphraseSheet(self, self._window, self._program)
        self.passphrase_sheet = sheet
        sheet.open_sheet(sheet.old)

    def _on_key(self) -> None:
        sheet = KeyChangeSheet(self, self._window.operations, self._laptop.door)
        sheet.agreed.connect(self.key_change_requested)
        self.key_change_sheet = sheet
        sheet.open_sheet(sheet.passphrase)

    def _on_recovery(self) -> None:
        self._window.messages.ask(
            words("settings.new_recovery_ask"),
            (
                Choice("keep", words("settings.keep_old")),
                Choice("make", words("settings.new_recovery_key"), "primary"),
            ),
            self._on_recovery_answer,
            way_out="keep",
            detail=words("settings.new_recovery_detail"),
        )

    def _on_recovery_answer(self, answer: str) -> None:
        if answer != "make":
            return
        made: list[str] = []

        def make() -> Changes:
            made.append(self._program.keys.replace_recovery_key().text())
            return Changes()

        self._window.operations.run_command(make, self, lambda _: self._show_recovery_key(made.pop()))

    def _show_recovery_key(self, key: str) -> None:
        sheet = RecoverySheet(self, self._window.operations, key, self._program.access)
        self.recovery_sheet = sheet
        sheet.open_sheet(sheet.paper.print)


def _sentence(rights: Rights, permission: Permission) -> str:
    """Why something is not permitted, as the card says it; empty where it is."""
    refusal = rights.why_not(permission)
    return "" if refusal is None else sentence(refusal)
