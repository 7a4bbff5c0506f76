"""What can be done on the plan page by key, from the palette and from menus."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from mdt_desktop.ui.commands import Command, Shortcut
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.ui.care_plan.page import CarePlanPage


def page_commands(page: "CarePlanPage") -> list[Command]:
    """The commands of a page, for as long as it is on the screen."""
    key = QKeySequence.StandardKey

    def may_edit() -> bool:
        return page.may_edit

    def has_plan() -> bool:
        return page.plan is not None

    def command(
        name: str, run: Callable[[], None], keys: tuple[Shortcut, ...], icon: str, enabled: Callable[[], bool]
    ) -> Command:
        text = words(f"care_plan.command.{name}")
        return Command(f"care_plan.{name}", text, run, keys, icon, enabled, words("care_plan.command.group"))

    return [
        command("next_action", partial(page.add_next, "action"), ("Ctrl+Return", "Ctrl+Enter"), "add", may_edit),
        command("next_goal", partial(page.add_next, "goal"), ("Ctrl+Shift+Return",), "add", may_edit),
        command("next_need", partial(page.add_next, "need"), ("Ctrl+Alt+Return",), "add", may_edit),
        command("missing", page.go_to_missing, ("F8",), "forward", may_edit),
        command("save", page.save_now, (key.Save,), "save", has_plan),
        command("preview", partial(page.open_preview, ""), ("Ctrl+Shift+V",), "view", has_plan),
        command("print", partial(page.open_preview, "print"), (key.Print,), "print", has_plan),
        command("save_pdf", partial(page.open_preview, "save"), (), "pdf", has_plan),
        command("agree", page.open_agree, (), "sign", may_edit),
        command("new_version", page.start_draft, (), "edit", has_plan),
    ]
