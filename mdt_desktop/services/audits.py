"""Reads the audit log for whoever may see it, proves its chain, and records what leaves no record of its own."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from mdt_desktop.domain.audit import ACTS, ActKind
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes
from mdt_desktop.store import audit_log
from mdt_desktop.store.audit_log import Act, Head
from mdt_desktop.store.queries import audit
from mdt_desktop.store.queries.audit import AuditFilter, AuditLine
from mdt_desktop.store.search import kinds_of
from mdt_desktop.store.transactions import writing
from mdt_desktop.words import words

__all__ = ["AuditLine", "AuditListing", "AuditQuery", "Audits", "Chain"]


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """What is looked for in the log; what is empty lets every entry pass. Both days are taken whole."""

    person_id: str = ""
    actor_id: str = ""
    kinds: frozenset[ActKind] = frozenset()
    since: date | None = None
    until: date | None = None
    text: str = ""


class AuditListing:
    """Which entries a query finds, the latest first, as numbers; their lines are read when they are shown."""

    def __init__(self, last: int, numbers: "array[int] | None", person_id: str) -> None:
        """`numbers` None stands for all entries up to `last`: they have no gaps, so none need be listed."""
        self.total = last if numbers is None else len(numbers)
        self.person_id = person_id
        self._last, self._numbers = last, numbers

    def numbers(self, first: int, count: int) -> Sequence[int]:
        """The numbers of some entries of the list."""
        if self._numbers is not None:
            return self._numbers[first : first + count]
        newest = self._last - first
        return range(newest, max(0, newest - count), -1)


@dataclass(frozen=True, slots=True)
class Chain:
    """How many entries there are, and the first that does not fit the chain; None where the whole chain holds."""

    entries: int
    first_broken: int | None

    @property
    def holds(self) -> bool:
        """Whether every entry fits."""
        return self.first_broken is None


class Audits:
    """The questions about the audit log, through the reader connection, and the few entries made by themselves."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def listing(self, query: AuditQuery) -> AuditListing:
        """Which entries a query finds; raises `NotPermitted`.

        Whoever may see a person's history finds all that was done about that person.
        """
        self._require(query.person_id)
        reader = self._access.database.reader
        if query == AuditQuery():
            return AuditListing(audit.last_number(reader), None, "")
        wanted = AuditFilter(
            query.person_id,
            query.actor_id,
            tuple(name for kind in ActKind if kind in query.kinds for name in ACTS[kind]),
            _start_of(query.since) if query.since else None,
            _start_of(query.until + timedelta(days=1)) if query.until else None,
            query.text,
        )
        return AuditListing(audit.last_number(reader), audit.found(reader, wanted), query.person_id)

    def lines(self, listing: AuditListing, first: int, count: int) -> list[AuditLine]:
        """Some entries of a list. Names of people are told only to who may see the caseload. Raises `NotPermitted`."""
        self._require(listing.person_id)
        names = self._access.may(Permission.SEE_CASELOAD)
        return audit.lines(self._access.database.reader, listing.numbers(first, count), with_names=names)

    def actors(self) -> list[tuple[str, str]]:
        """Id and name of everybody who ever did something, by name; raises `NotPermitted`."""
        self._access.require(Permission.SEE_AUDIT)
        return audit.actors(self._access.database.reader)

    def chain(self, head: Head | None = None) -> Chain:
        """Prove the chain from its first entry to its last, and against the head kept outside the store."""
        reader = self._access.database.reader
        return Chain(audit.last_number(reader), audit_log.first_broken(reader, head))

    def record_view(self) -> Changes:
        """Record that the log was looked at; a command, to be run on the writer thread."""
        return self._record(Act("see_audit", "audit_entry"))

    def record_search(self, text: str, found: int) -> Changes:
        """Record that people were searched for: by which kinds of words, and how many were found, never the words."""
        kinds = ",".join(sorted(kind.value for kind in kinds_of(text)))
        said = words("audit.found_one") if found == 1 else words("audit.found_many", count=found)
        return self._record(Act("search", "person", "", None, kinds, said))

    def write_notes(self) -> Changes:
        """Write what reading threads noted, such as what was refused; a command, to be run on the writer thread."""
        written = self._access.write_notes()
        return Changes(frozenset({"audit_entry"})) if written else Changes()

    def _require(self, person_id: str) -> None:
        if person_id and self._access.may(Permission.SEE_HISTORY, person_id):
            return
        self._access.require(Permission.SEE_AUDIT)

    def _record(self, act: Act) -> Changes:
        access = self._access
        with writing(access.database) as connection:
            audit_log.append(connection, access.actor, access.clock(), [act])
        return Changes()


def _start_of(day: date) -> datetime:
    """The first moment of a day where the laptop is."""
    return datetime.combine(day, time()).astimezone()
