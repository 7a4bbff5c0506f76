"""The question that is put before the plan is left with something in it that could not be saved."""

from collections.abc import Callable

from mdt_desktop.ui.messages import Choice, Messages
from mdt_desktop.words import words


def ask_to_leave(messages: Messages, what: str, leave: Callable[[], None]) -> None:
    """Ask; `what` names what would be lost, `leave` is called where somebody leaves all the same."""

    def answered(key: str) -> None:
        if key == "leave":
            leave()

    messages.ask(
        words("care_plan.leave_unsaved"),
        [Choice("leave", words("care_plan.leave"), "danger"), Choice("stay", words("care_plan.stay"), "primary")],
        answered,
        way_out="stay",
        detail=words("care_plan.leave_unsaved_why", what=what),
    )
