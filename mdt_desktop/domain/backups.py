"""When a backup is made, what it is called, and what of a store it stands for."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

EVERY = timedelta(minutes=30)
"""How long changed work may be without a backup (SECURITY R16)."""

SUFFIX = ".mdtbackup"
SUSPECT = "suspect"
"""Lies beside the backups while the store is known to be damaged: none is made and none removed then."""
_NAME = re.compile(r"mdt-(\d{4}-\d{2}-\d{2}T\d{4}Z)(?:-([2-9]|[1-9]\d+))?\.mdtbackup", re.ASCII)
_FORM = "%Y-%m-%dT%H%MZ"


class Occasion(StrEnum):
    """Why a backup was made."""

    SCHEDULED = "scheduled"
    BY_HAND = "by_hand"
    IMPORT = "import"
    MIGRATION = "migration"
    KEY_ROTATION = "key_rotation"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class StoreState:
    """How much a store holds and how far it has got; nothing of it is about a person.

    `counter` counts its commits, `last_audit_hash` is the head of the audit chain, `last_change` the moment of the
    newest audit entry, `revision` its schema.
    """

    revision: str
    counter: int
    people: int
    cases: int
    care_plans: int
    audit_entries: int
    last_audit_hash: str
    last_change: datetime | None

    def same_moment(self, other: "StoreState") -> bool:
        """Whether nothing was committed between the two, as far as counter and audit chain tell."""
        mine = (self.counter, self.audit_entries, self.last_audit_hash)
        return mine == (other.counter, other.audit_entries, other.last_audit_hash)


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest backup of a store: when it was made and of what."""

    made_at: datetime
    state: StoreState


def is_due(newest: Newest | None, present: StoreState, now: datetime, last_try: datetime | None = None) -> bool:
    """Whether the automatic backup is to be made now.

    It is when something was committed since the newest one and half an hour has gone since it and since the last
    try. A backup or a try of the future means that the clock was set back, and does not hold anything up.
    """
    if newest is None:
        return last_try is None or not timedelta(0) <= now - last_try < EVERY
    if newest.state.same_moment(present):
        return False
    moments = [newest.made_at] if last_try is None else [newest.made_at, last_try]
    return not any(timedelta(0) <= now - moment < EVERY for moment in moments)


def file_name(made_at: datetime, number: int = 1) -> str:
    """`mdt-2026-11-27T2130Z.mdtbackup`; the second of the same minute gets `-2` and so on."""
    return f"mdt-{stamp(made_at)}{'' if number == 1 else f'-{number}'}{SUFFIX}"


def stamp(moment: datetime) -> str:
    """`2026-11-27T2130Z`: a minute in UTC that every file system takes as a name."""
    return moment.astimezone(UTC).strftime(_FORM)


def place_in_row(name: str) -> tuple[datetime, int] | None:
    """The minute and the number in a backup's file name, by which names sort; None for any other name."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    try:
        minute = datetime.strptime(found[1], _FORM).replace(tzinfo=UTC)
    except ValueError:
        return None
    return minute, int(found[2] or 1)
