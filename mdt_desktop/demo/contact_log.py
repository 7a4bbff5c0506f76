"""The care navigator's log of the invented cases that run: calls, visits and messages over some weeks."""

import json
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from mdt_desktop.demo.clock import Clock
from mdt_desktop.domain.case_notes import NoteKind
from mdt_desktop.paths import resources_dir
from mdt_desktop.services.access import Access
from mdt_desktop.services.notes import Notes


@cache
def contacts() -> tuple[dict[str, Any], ...]:
    """The contacts shipped in `resources/demo/contacts.json`, the earliest first."""
    content = json.loads((resources_dir() / "demo" / "contacts.json").read_text(encoding="utf-8"))
    return tuple(content["contacts"])


def write_log(access: Access, morning: datetime, case_id: str, turn: int) -> None:
    """Log the contacts of one case, counted back from `morning`; `turn` keeps two cases from the same minute.

    Days that fall on a weekend move on to the Monday: their distances keep them apart and before today all the same.
    """
    for it in contacts():
        clock = Clock(morning - timedelta(days=it["days"]))
        clock.forward(minutes=90 + 11 * turn % 300)
        notes = Notes(Access(access.database, access.actor, clock, is_demo=True))
        made = notes.add(case_id, it.get("before", it["words"]), None, NoteKind(it["kind"])).made
        clock.forward(minutes=20)
        if "before" in it:
            notes.add(case_id, it["words"], made, NoteKind(it["kind"]))
        if "added" in it:
            notes.add_to(made, it["added"])
        if "withdrawn" in it:
            notes.withdraw(made, it["withdrawn"])
