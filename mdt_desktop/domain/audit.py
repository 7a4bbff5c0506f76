"""The vocabulary of the audit: every act that is recorded, and the kinds that the viewer filters by."""

from collections.abc import Mapping
from enum import StrEnum


class ActKind(StrEnum):
    """What kind of act an entry is."""

    VIEW = "view"
    SEARCH = "search"
    CREATE = "create"
    CHANGE = "change"
    PRINT = "print"
    EXPORT = "export"
    IMPORT = "import"
    UNLOCK = "unlock"
    FAILED_UNLOCK = "failed_unlock"
    CONSENT = "consent"
    BREAK_GLASS = "break_glass"
    REFUSED = "refused"


ACTS: Mapping[ActKind, tuple[str, ...]] = {
    ActKind.VIEW: ("view", "preview", "who_looked", "see_audit"),
    ActKind.SEARCH: ("search",),
    ActKind.CREATE: ("create", "found_store"),
    ActKind.CHANGE: (
        "update",
        "delete",
        "agree_lead",
        "agree_plan",
        "sign_part",
        "complete",
        "take_held_row",
        "add_held_row_as_new",
        "leave_out_held_row",
        "take_held_bundle",
        "add_held_bundle_as_new",
        "leave_out_held_bundle",
        "move_practice",
        "end_practitioner",
        "return_practitioner",
        "give_role",
        "end_role",
        "restrict",
        "lift_restriction",
        "review_access",
        "begin",
        "decide",
        "accept",
        "seal",
        "restore",
        "change_passphrase",
        "set_passphrase",
        "replace_recovery_key",
        "remember_on_laptop",
        "forget_on_laptop",
        "begin_key_rotation",
        "rotate_key",
        "abandon_key_rotation",
        "connect",
        "disconnect",
        "receive",
        "evict",
        "erase",
        "decide_conflict",
        "export_carried",
        "deliver_carried",
        "take_carried",
        "reopen_conflict",
        "ask_about_conflict",
        "join_people",
        "tell_apart",
        "discard_change",
        "hand_over_changes",
        "take_in_handover",
        "leave_out_handover",
        "remove_paper",
        "withdraw",
    ),
    ActKind.PRINT: ("print",),
    ActKind.EXPORT: ("export", "save_backup_copy"),
    ActKind.IMPORT: ("import", "import_bundle"),
    ActKind.UNLOCK: ("unlock", "go_on_as_it_is"),
    ActKind.FAILED_UNLOCK: ("failed_unlock",),
    ActKind.CONSENT: ("consent", "sharing"),
    ActKind.BREAK_GLASS: ("break_glass", "end_glass"),
    ActKind.REFUSED: ("refused",),
}
"""The names of acts as the log keeps them, by the kind they are found under. A new act gets its place here."""

_KIND_OF = {name: kind for kind, names in ACTS.items() for name in names}


def kind_of(action: str) -> ActKind:
    """The kind of an act; one of a newer version counts as a change."""
    return _KIND_OF.get(action, ActKind.CHANGE)


TOLD = frozenset(
    {
        *(
            name
            for kind in (
                ActKind.VIEW,
                ActKind.PRINT,
                ActKind.EXPORT,
                ActKind.UNLOCK,
                ActKind.FAILED_UNLOCK,
                ActKind.BREAK_GLASS,
            )
            for name in ACTS[kind]
        ),
        "review_access",
        "discard_change",
        "hand_over_changes",
        "take_in_handover",
        "leave_out_handover",
    }
)
"""Acts of a laptop that the central store is told of (SYNC 5.15): what was looked at, what left, who came in, and what
became of changes that were put by. Of all others it hears the number and the hash only: changes reach it as changes."""


class SearchedFor(StrEnum):
    """What was looked for: the log has this and never the words that were typed."""

    NAME = "name"
    NUMBER = "number"
    DATE = "date"
    POSTCODE = "postcode"


WHOLE = "whole"
"""Stands in the fields of a print or export that left nothing out."""
CANCELLED = "cancelled"
"""Stands in the fields of a print or export that was called off in the system's own dialog."""
