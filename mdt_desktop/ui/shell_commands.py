"""The commands of the window itself and their keys; pages add their own."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QKeySequence

from mdt_desktop.ui.commands import Command
from mdt_desktop.words import words

SCALE_STEP = 0.1


@dataclass(frozen=True, slots=True)
class ShellWishes:
    """What the window can do. `travel` takes -1 for back and 1 for forward, `scale_by` None for 100 %."""

    is_open: Callable[[], bool]
    open_palette: Callable[[], None]
    travel: Callable[[int], None]
    can_travel: Callable[[int], bool]
    undo: Callable[[], None]
    can_undo: Callable[[], bool]
    refresh: Callable[[], None]
    lock: Callable[[], None]
    show_keys: Callable[[], None]
    switch_rail: Callable[[], None]
    scale_by: Callable[[float | None], None]
    switch_scheme: Callable[[], None]
    switch_full_screen: Callable[[], None]


def shell_commands(do: ShellWishes) -> tuple[Command, ...]:
    """Going, working and viewing, in the order of the sheet of keys."""
    return (*_going(do), *_working(do), *_viewing(do))


def _going(do: ShellWishes) -> tuple[Command, ...]:
    group, name = words("ui.group.go"), words("ui.command.palette")
    keys = ("Ctrl+K", "Ctrl+Shift+P")
    return (
        Command("go.palette", name, do.open_palette, keys, "search", do.is_open, group, in_palette=False),
        Command(
            "go.back",
            words("ui.command.back"),
            lambda: do.travel(-1),
            ("Alt+Left",),
            "back",
            lambda: do.can_travel(-1),
            group,
        ),
        Command(
            "go.forward",
            words("ui.command.forward"),
            lambda: do.travel(1),
            ("Alt+Right",),
            "forward",
            lambda: do.can_travel(1),
            group,
        ),
    )


def _working(do: ShellWishes) -> tuple[Command, ...]:
    group, standard = words("ui.group.work"), QKeySequence.StandardKey
    return (
        Command("work.undo", words("ui.command.undo"), do.undo, (standard.Undo,), "undo", do.can_undo, group),
        Command(
            "work.refresh",
            words("ui.command.refresh"),
            do.refresh,
            (standard.Refresh,),
            "refresh",
            do.is_open,
            group,
        ),
        Command("work.lock", words("ui.command.lock"), do.lock, ("Ctrl+L",), "lock", do.is_open, group),
    )


def _viewing(do: ShellWishes) -> tuple[Command, ...]:
    group, full = words("ui.group.view"), (QKeySequence.StandardKey.FullScreen,)
    larger, smaller, normal = (words(f"ui.command.{name}") for name in ("larger", "smaller", "normal"))
    return (
        Command("view.keys", words("ui.command.keys"), do.show_keys, ("Ctrl+/",), "keys", group=group),
        Command("view.rail", words("ui.command.rail"), do.switch_rail, ("Ctrl+B",), "rail", do.is_open, group),
        Command("view.larger", larger, lambda: do.scale_by(SCALE_STEP), ("Ctrl++", "Ctrl+="), "text_size", group=group),
        Command("view.smaller", smaller, lambda: do.scale_by(-SCALE_STEP), ("Ctrl+-",), "text_size", group=group),
        Command("view.normal", normal, lambda: do.scale_by(None), ("Ctrl+0",), "text_size", group=group),
        Command("view.dark", words("ui.command.dark"), do.switch_scheme, (), "dark", group=group),
        Command("view.full_screen", words("ui.command.full_screen"), do.switch_full_screen, full, "view", group=group),
    )
