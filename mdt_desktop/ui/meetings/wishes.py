"""What can be done by key on the page of meetings: in the list, and while an agenda is put together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from mdt_desktop.domain.meeting import Lane
from mdt_desktop.ui.commands import Command
from mdt_desktop.words import words

GROUP = "meetings.group"


@dataclass(frozen=True, slots=True)
class MeetingWishes:
    """What the page can do; `in_list` and `on_person` say when, and no letter counts while somebody types."""

    in_list: Callable[[], bool]
    in_planning: Callable[[], bool]
    on_person: Callable[[], bool]
    may_hold: Callable[[], bool]
    plan: Callable[[], None]
    start_series: Callable[[], None]
    hold: Callable[[], None]
    back: Callable[[], None]
    update: Callable[[], None]
    order: Callable[[], None]
    add: Callable[[], None]
    move: Callable[[int], None]
    lane: Callable[[Lane], None]
    minutes: Callable[[int], None]
    remove: Callable[[], None]
    may_remove: Callable[[], bool]
    tab: Callable[[str], None]


def meeting_commands(do: MeetingWishes) -> Sequence[Command]:
    """In the order of the sheet of keys."""
    group = words(GROUP)

    def command(name: str, run: Callable[[], None], enabled: Callable[[], bool], *keys: str, icon: str = "") -> Command:
        return Command(f"meetings.{name}", words(f"meetings.command.{name}"), run, keys, icon, enabled, group)

    return [
        command("hold", do.hold, do.may_hold, "Ctrl+Return", "Ctrl+Enter", icon="meetings"),
        command("plan", do.plan, do.in_list, "Ctrl+N", icon="add"),
        command("start_series", do.start_series, do.in_list),
        command("add", do.add, do.in_planning, "Insert", icon="add"),
        command("move_up", partial(do.move, -1), do.on_person, "Alt+Up"),
        command("move_down", partial(do.move, 1), do.on_person, "Alt+Down"),
        command("discuss", partial(do.lane, Lane.DISCUSS), do.on_person, "D"),
        command("note", partial(do.lane, Lane.NOTE), do.on_person, "N"),
        command("longer", partial(do.minutes, 1), do.on_person, "+", "="),
        command("shorter", partial(do.minutes, -1), do.on_person, "-"),
        command("remove", do.remove, do.may_remove, "Del"),
        command("update", do.update, do.in_planning, "Ctrl+U", icon="refresh"),
        command("order", do.order, do.in_planning, "Ctrl+Shift+O"),
        command("case", partial(do.tab, "case"), do.in_planning, "Alt+1"),
        command("expected", partial(do.tab, "expected"), do.in_planning, "Alt+2"),
        command("chase", partial(do.tab, "chase"), do.in_planning, "Alt+3"),
        command("back", do.back, do.in_planning, "Ctrl+W"),
    ]  # fmt: skip
