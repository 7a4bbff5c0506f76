"""The verbs about what the exchange left for people, each with the permission it asks for."""

from collections.abc import Callable, Mapping
from typing import Any

from mdt_desktop.domain.permissions import Permission
from mdt_desktop.sync.conflicts import Decided, OpenConflict

AT = "2026-11-23T09:00:00.000Z"
NOTHING = Decided(OpenConflict("", "person", "", "title", "", "", "", "", "", AT, AT, "plain", "", {}, ""))
SYNC_VERBS: Mapping[str, tuple[Permission, Callable[[Any, Any], object]]] = {
    "decide a conflict": (Permission.EDIT_CASE, lambda it, on: it.sync_desk.decide(on.person, "mine")),
    "decide otherwise": (Permission.EDIT_CASE, lambda it, on: it.sync_desk.decide_otherwise(on.person, "a third")),
    "take a decision back": (Permission.EDIT_CASE, lambda it, on: it.sync_desk.take_back(NOTHING)),
    "ask somebody to decide": (Permission.EDIT_CASE, lambda it, on: it.sync_desk.ask(on.person, None)),
    "join two records": (Permission.EDIT_CASE, lambda it, on: it.sync_desk.join(on.person)),
    "tell two people apart": (Permission.EDIT_CASE, lambda it, on: it.sync_desk.tell_apart(on.person, "")),
    "send a refused change again": (Permission.EDIT_CASE, lambda it, on: it.sync_desk.send_again(1)),
    "give a refused change up": (Permission.EDIT_CASE, lambda it, on: it.sync_desk.discard(1, "why")),
    "give up what was put by": (Permission.EDIT_CASE, lambda it, on: it.sync_desk.discard_put_by("b", "why")),
}
