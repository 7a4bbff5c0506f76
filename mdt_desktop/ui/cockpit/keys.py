"""The keys of the cockpit: one for each step, none of them with a modifier but the one that finishes a person."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from mdt_desktop.ui.cockpit.composer import Mode
from mdt_desktop.ui.cockpit.foot import OUTCOMES
from mdt_desktop.ui.commands import Command
from mdt_desktop.words import label, words

GROUP = "cockpit.group"
_MODE_KEYS = (
    (Mode.PERSONS_VIEW, "V"), (Mode.CARERS_VIEW, "C"), (Mode.QUESTION, "Q"), (Mode.NOTE, "N"), (Mode.CHALLENGE, "G"),
    (Mode.DECISION, "D"), (Mode.ACTION, "A"), (Mode.LEAD, "L"), (Mode.PARK, "P"), (Mode.REFUSE, "R"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CockpitWishes:
    """What the cockpit can do; `is_here` is asked for every key, `is_person` for those about somebody."""

    is_here: Callable[[], bool]
    is_person: Callable[[], bool]
    can_type: Callable[[Mode], bool]
    step: Callable[[int], None]
    go_opening: Callable[[], None]
    go_closing: Callable[[], None]
    finish: Callable[[], None]
    number: Callable[[int], None]
    can_add: Callable[[], bool]
    add_person: Callable[[], None]
    type: Callable[[Mode], None]
    hide_names: Callable[[], None]
    timer: Callable[[], None]
    lock: Callable[[], None]
    projector: Callable[[], None]
    project_person: Callable[[], None]
    project_names: Callable[[], None]
    keys: Callable[[], None]
    leave: Callable[[], None]


def cockpit_commands(do: CockpitWishes) -> Sequence[Command]:
    """In the order of the card of keys."""
    group = words(GROUP)

    def command(
        name: str, run: Callable[[], None], *keys: str, enabled: Callable[[], bool] | None = None, text: str = ""
    ) -> Command:
        shown = text or words(f"cockpit.command.{name}")
        return Command(f"cockpit.{name}", shown, run, keys, "meetings", enabled or do.is_here, group)

    return [
        command("finish", do.finish, "Ctrl+Return", "Ctrl+Enter"),
        command("next", partial(do.step, 1), "Right", "PgDown"),
        command("previous", partial(do.step, -1), "Left", "PgUp"),
        *(
            command(
                f"outcome.{outcome.value}", partial(do.number, number), f"{number}",
                text=words("cockpit.command.outcome", outcome=label(outcome)),
            )
            for number, outcome in enumerate(OUTCOMES, start=1)
        ),
        *(
            command(
                f"type.{mode.value}", partial(do.type, mode), key, enabled=partial(do.can_type, mode),
                text=words(f"cockpit.command.type.{mode.value}"),
            )
            for mode, key in _MODE_KEYS
        ),
        command("add_person", do.add_person, "Insert", enabled=do.can_add),
        command("timer", do.timer, "T", enabled=do.is_person),
        command("hide_names", do.hide_names, "H"),
        command("project_person", do.project_person, "S", enabled=do.is_person),
        command("project_names", do.project_names, "Shift+S", enabled=do.is_person),
        command("projector", do.projector, "B"),
        command("opening", do.go_opening, "Home"),
        command("closing", do.go_closing, "End"),
        command("lock", do.lock, "K"),
        command("keys", do.keys, "F1"),
        command("leave", do.leave, "Ctrl+W"),
    ]  # fmt: skip


def hint() -> str:
    """The keys that are not on a button, in one line at the foot."""
    shown = (Mode.DECISION, Mode.ACTION, Mode.NOTE, Mode.LEAD, Mode.PERSONS_VIEW)
    keys = dict(_MODE_KEYS)
    return words("cockpit.hint", keys="   ".join(f"{keys[it]} {words(f'cockpit.mode.{it.value}')}" for it in shown))


