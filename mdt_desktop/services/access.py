"""What every service works with: the open store, who is at the keyboard, the clock, and what they may see and do."""

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from mdt_desktop.domain.actor import Actor
from mdt_desktop.domain.errors import StoreProblem
from mdt_desktop.domain.permissions import AccessRole, Permission, Refusal, Standing, refusal_of, why_not
from mdt_desktop.domain.sharing import SharedPart, seen_as_shared
from mdt_desktop.services.lease import LeaseGuard
from mdt_desktop.store import audit_log
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.database import Database
from mdt_desktop.store.queries import rights, sharing
from mdt_desktop.store.transactions import writing

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

Clock = Callable[[], datetime]
"""Gives the present moment, aware."""


class Notes:
    """Acts that came up where nothing can be written, kept in their order until the writer takes them.

    `wake` is called, from any thread, when there is something to take; without it whoever noted writes at once.
    """

    def __init__(self) -> None:
        self._waiting: deque[tuple[datetime, Act]] = deque()
        self.wake: Callable[[], None] | None = None

    def add(self, at: datetime, act: Act) -> None:
        """Keep an act of a moment."""
        self._waiting.append((at, act))

    def write(self, database: Database, actor: Actor) -> int:
        """Append everything that waits to the audit, each with its own time; how many. On the writer's thread only.

        Raises the `StoreProblem` that stopped it; nothing is lost then. While a transaction is open everything
        goes on waiting.
        """
        if not self._waiting or database.writer.in_transaction:
            return 0
        count = len(self._waiting)
        taken = [self._waiting.popleft() for _ in range(count)]
        try:
            with writing(database) as connection:
                for at, act in taken:
                    audit_log.append(connection, actor, at, [act])
        except BaseException:
            self._waiting.extendleft(reversed(taken))
            raise
        return count


@dataclass(frozen=True, slots=True)
class Access:
    """An open store with its user; services are made of it and keep nothing else."""

    database: Database
    actor: Actor
    clock: Clock
    is_demo: bool = False
    notes: Notes = field(default_factory=Notes, compare=False)
    lease: LeaseGuard = field(default_factory=LeaseGuard, compare=False)

    def today(self) -> date:
        """Today's date where the laptop is."""
        return self.clock().astimezone().date()

    def require(self, permission: Permission, about: str | None = None, connection: "Connection | None" = None) -> None:
        """Go on only where this is permitted; `about` is the id of a person or of any record about one.

        What is refused is in the audit. What one sees is asked of the reader, everything else of the writer, unless
        a `connection` is given. Raises `NotPermitted`, `RecordRestricted` or `NotSharedWithYou`, and before all of
        them what `LeaseGuard.require` raises.
        """
        self.lease.require(self.clock())
        asked = connection or self._connection(permission)
        person_id = rights.person_of(asked, about) if about else None
        standing = self.standing(person_id, asked)
        refusal = refusal_of(permission, standing)
        if refusal is not None:
            self._refuse(permission, person_id, refusal)
            raise why_not(permission, refusal, standing.all_roles)

    def may(self, permission: Permission, about: str | None = None, connection: "Connection | None" = None) -> bool:
        """Whether this is permitted; nothing is recorded. Nothing is while what is held is locked."""
        if self.lease.standing(self.clock()).is_locked:
            return False
        asked = connection or self._connection(permission)
        person_id = rights.person_of(asked, about) if about else None
        return refusal_of(permission, self.standing(person_id, asked)) is None

    def standing(self, person_id: str | None, connection: "Connection") -> Standing:
        """How the user stands to the store, and to one person."""
        found = rights.standing(connection, self.actor.practitioner_id, self.actor.role, person_id, self.clock())
        if AccessRole.VOLUNTARY_PARTNER not in found.roles:
            return found
        if person_id is None:
            # To the list itself; who stands in it is asked of each.
            return replace(found, as_shared=frozenset({Permission.SEE_CASELOAD}))
        return replace(found, as_shared=seen_as_shared(self.parts_shared(person_id, connection)))

    def parts_shared(self, person_id: str, connection: "Connection") -> frozenset[SharedPart]:
        """The parts of a person's record that their sharing matrix gives to the user's organisation."""
        recipient = sharing.employer(connection, self.actor.practitioner_id)
        return sharing.matrix(connection, person_id).shared_with(recipient) if recipient else frozenset()

    def write_notes(self) -> int:
        """Write what reading threads noted for the audit; a command, to be run on the writer thread."""
        return self.notes.write(self.database, self.actor)

    def _connection(self, permission: Permission) -> "Connection":
        return self.database.reader if permission.value.startswith("see_") else self.database.writer

    def _refuse(self, permission: Permission, person_id: str | None, refusal: Refusal) -> None:
        kind = "person" if person_id else ""
        act = Act("refused", kind, person_id or "", person_id, permission.value, refusal.value)
        self.notes.add(self.clock(), act)
        if self.notes.wake is not None:
            self.notes.wake()
        else:
            # Written later, at the latest on closing, where the store does not take it now: the refusal stands.
            with suppress(StoreProblem):
                self.write_notes()
