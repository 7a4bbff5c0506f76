"""Marks records as restricted, breaks the glass over them for four hours, and has every break looked at."""

from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.domain.restricted import (
    AlreadyRestricted,
    NothingToBreak,
    NotRestricted,
    glass_ends,
    require_sentence,
)
from mdt_desktop.records import BrokenGlass, Person, Restriction
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes, changes_of
from mdt_desktop.services.working import unit_of_work
from mdt_desktop.store.queries import restrictions
from mdt_desktop.store.queries.restrictions import GlassSummary, RestrictionSummary

__all__ = ["GlassSummary", "RestrictionSummary", "Restrictions"]


class Restrictions:
    """The verbs of restricted records."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def of(self, person_id: str) -> list[RestrictionSummary]:
        """Every time a record was restricted, the latest first, through the reader connection."""
        self._access.require(Permission.SEE_CASE, person_id)
        return restrictions.all_of(self._access.database.reader, person_id)

    def restrict(self, person_id: str, reason: str) -> Changes:
        """Restrict a record: from now on only the lead, the care team and the information-governance lead see it.

        Raises `NotPermitted`, `ReasonTooShort`, `AlreadyRestricted`, `NotFound`.
        """
        self._access.require(Permission.RESTRICT, person_id)
        told = require_sentence(reason)
        with unit_of_work(self._access, told) as work:
            work.about(work.get(Person, person_id).id)
            if restrictions.in_force(work.connection, person_id) is not None:
                raise AlreadyRestricted()
            made = work.add(
                Restriction(
                    id=work.new_id(), person_id=person_id, reason=told, at=work.now, by=self._access.actor.name
                )
            )
            work.act("restrict", "person", person_id)
        return changes_of(work, made.id)

    def lift(self, person_id: str, reason: str) -> Changes:
        """Lift the restriction; raises `NotPermitted`, `ReasonTooShort`, `NotRestricted`."""
        self._access.require(Permission.RESTRICT, person_id)
        told = require_sentence(reason)
        with unit_of_work(self._access, told) as work:
            work.about(person_id)
            known = restrictions.in_force(work.connection, person_id)
            if known is None:
                raise NotRestricted()
            record = work.get(Restriction, known.id)
            record.lifted_at = work.now
            record.lifted_by = self._access.actor.name
            record.lifted_reason = told
            work.act("lift_restriction", "person", person_id)
        return changes_of(work, known.id)

    def break_glass(self, person_id: str, reason: str) -> Changes:
        """See one restricted record for four hours; `made` is the id of the record of it.

        Raises `NotPermitted`, `ReasonTooShort`, `NotRestricted`, `NothingToBreak`, `NotFound`.
        """
        access = self._access
        access.require(Permission.BREAK_GLASS, person_id)
        told = require_sentence(reason)
        with unit_of_work(self._access, told) as work:
            work.about(work.get(Person, person_id).id)
            standing = access.standing(person_id, work.connection)
            if not standing.restricted:
                raise NotRestricted()
            if not standing.is_shut_out:
                raise NothingToBreak()
            made = work.add(
                BrokenGlass(
                    id=work.new_id(),
                    person_id=person_id,
                    practitioner_id=access.actor.practitioner_id,
                    by=access.actor.name,
                    reason=told,
                    opened_at=work.now,
                    ends_at=glass_ends(work.now),
                )
            )
            work.act("break_glass", "broken_glass", made.id)
        return changes_of(work, made.id)

    def end_glass(self, glass_id: str) -> Changes:
        """Close one's own broken glass before its time; one that is over stays as it is. Raises `NotFound`."""
        with unit_of_work(self._access) as work:
            record = work.get(BrokenGlass, glass_id)
            if record.practitioner_id != self._access.actor.practitioner_id:
                raise NotFound(kind="broken_glass")
            work.about(record.person_id)
            if record.ended_at is None and work.now < record.ends_at:
                record.ended_at = work.now
                work.act("end_glass", "broken_glass", record.id)
        return changes_of(work, glass_id)

    def broken(self, *, reviewed: bool = False) -> list[GlassSummary]:
        """Every broken glass that nobody has looked at yet, or all of them, through the reader connection.

        Raises `NotPermitted`.
        """
        self._access.require(Permission.SEE_AUDIT)
        return restrictions.broken(self._access.database.reader, reviewed=reviewed)

    def review(self, glass_id: str, said: str) -> Changes:
        """Record that the information-governance lead looked at a broken glass and what came of it.

        Raises `NotPermitted`, `ReasonTooShort`, `NotFound`.
        """
        self._access.require(Permission.REVIEW_ACCESS)
        told = require_sentence(said)
        with unit_of_work(self._access, told) as work:
            record = work.get(BrokenGlass, glass_id)
            work.about(record.person_id)
            record.reviewed_at = work.now
            record.reviewed_by = self._access.actor.name
            record.review = told
            work.act("review_access", "broken_glass", record.id)
        return changes_of(work, glass_id)
