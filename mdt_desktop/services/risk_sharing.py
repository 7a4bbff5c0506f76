"""What of a risk run leaves the laptop: the run itself, and people and scores only of those who have a case."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mdt_desktop.services.access import Access
from mdt_desktop.store import outbox
from mdt_desktop.store.outbox import Operation

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

MOST_IN_A_GROUP = 200
"""Operations that the central store takes or refuses as one (SYNC 5.4)."""


class Outgoing:
    """Operations of one import, collected in the order in which the central store can take them.

    The run goes first. What belongs to one person stays in one group, a record before those that point to it.
    """

    def __init__(self) -> None:
        self._of_run: list[Operation] = []
        self._of_people: dict[str, list[Operation]] = {}

    def of_run(self, operation: Operation) -> None:
        """The practice or the run."""
        self._of_run.append(operation)

    def of_person(self, person_id: str, operation: Operation) -> None:
        """A person's record, case or score."""
        self._of_people.setdefault(person_id, []).append(operation)

    def groups(self) -> Iterator[list[Operation]]:
        """Groups that are not larger than they need be."""
        group = self._of_run
        for operations in self._of_people.values():
            if len(group) + len(operations) > MOST_IN_A_GROUP and group:
                yield group
                group = []
            group = group + operations
        if group:
            yield group

    def write(self, connection: "Connection", access: Access, bucket: str) -> None:
        """Put everything into the outbox, inside the caller's transaction."""
        number, now = outbox.next_group(connection), access.clock()
        for place, group in enumerate(self.groups()):
            outbox.append(connection, access.actor, now, bucket, number + place, group)
