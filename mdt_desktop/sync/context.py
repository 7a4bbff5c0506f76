"""What the parts of one run share: who runs it on which device, the time, and what was done so far."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mdt_desktop.domain.actor import Actor
from mdt_desktop.store import caseload_index
from mdt_desktop.store.audit_log import Act
from mdt_desktop.sync import shape

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection


_MOST_NEWS = 50


@dataclass(slots=True)
class Done:
    """What one transaction of a run has done, to be counted, recorded and announced."""

    kinds: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)
    pulled: int = 0
    pushed: int = 0
    conflicts: int = 0
    evicted: int = 0
    quarantined: int = 0
    refused: int = 0
    acts: list[Act] = field(default_factory=list)
    touched: dict[str, set[str]] = field(default_factory=dict)
    people: set[str] = field(default_factory=set)
    practices: set[str] = field(default_factory=set)
    news: dict[str, tuple[str, str]] = field(default_factory=dict)
    must_sweep: bool = False
    somebody_left: bool = False

    def touch(self, type_: str, id_: str) -> None:
        """A record was written."""
        self.touched.setdefault(type_, set()).add(id_)
        self.kinds.add(type_)
        self.ids.add(id_)

    def add(self, other: "Done") -> None:
        """Count another transaction's work as well."""
        self.kinds |= other.kinds
        self.ids |= other.ids
        self.pulled += other.pulled
        self.pushed += other.pushed
        self.conflicts += other.conflicts
        self.evicted += other.evicted
        self.quarantined += other.quarantined
        self.refused += other.refused
        self.news |= other.news


@dataclass(frozen=True, slots=True)
class Context:
    """One transaction of a run."""

    connection: "Connection"
    actor: Actor
    device: str
    now: datetime
    done: Done
    laptop: str = ""
    """What this laptop is called, for whoever reads of a conflict."""
    skew: int = 0
    """Seconds that the central store's clock is ahead of this laptop's, as the run found it."""

    def refresh_lists(self) -> None:
        """Bring the caseload up to date for everybody whose records were written, inside the transaction."""
        done = self.done
        for type_, ids in done.touched.items():
            done.people |= shape.people_of(self.connection, type_, ids)
        done.practices |= self._practices()
        if len(done.news) <= _MOST_NEWS:
            self._tell_of_people()
        if done.practices:
            caseload_index.refresh_practices(self.connection, done.practices)
        if done.people:
            caseload_index.refresh(self.connection, done.people)
        if done.somebody_left:
            caseload_index.forget_words(self.connection)
        done.ids |= done.people

    def _tell_of_people(self) -> None:
        """Who changed something about whom, for whoever is writing about them just now; a first pull is no news."""
        done = self.done
        for type_, ids in done.touched.items():
            for id_ in ids & done.news.keys():
                for person in shape.people_of(self.connection, type_, [id_]):
                    done.news[person] = max(done.news.get(person, ("", "")), done.news[id_], key=lambda it: it[1])

    def _practices(self) -> set[str]:
        """Practices whose people's rows in the caseload follow from what was written."""
        found = set(self.done.touched.get("practice", ()))
        for run in self.done.touched.get("stratification_run", ()):
            row: Any = self.connection.execute(
                "SELECT practice_id FROM stratification_run WHERE id = ?", (run,)
            ).fetchone()
            if row is not None:
                found.add(str(row[0]))
        return found
