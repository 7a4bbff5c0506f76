"""Rows of risk files that contradict the register or each other: shown beside the person on file, and decided."""

from dataclasses import replace
from datetime import date

from mdt_desktop.domain.errors import BadInput
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.domain.risk import Placement
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes, changes_of
from mdt_desktop.services.closed_records import closed_people
from mdt_desktop.services.held_content import HeldContent, HeldDecision, HeldSummary
from mdt_desktop.services.risk_people import PeopleOfRun
from mdt_desktop.services.risk_plan import Matching, Update, added_before, changes_by, is_same
from mdt_desktop.services.risk_sharing import Outgoing
from mdt_desktop.services.working import unit_of_work
from mdt_desktop.store import bulk
from mdt_desktop.store.queries import held_rows, register
from mdt_desktop.store.queries.held_rows import KeptRow
from mdt_desktop.store.queries.register import KnownPerson
from mdt_desktop.store.unit_of_work import UnitOfWork
from mdt_desktop.words import words

__all__ = ["AlreadyDecided", "HeldDecision", "HeldRows", "HeldSummary", "NumberGivenElsewhere", "RowTooOld"]

_TAKEN_KINDS = {"held_row", "person", "risk_score", "person_case"}
_ACTS = {
    HeldDecision.TAKEN: "take_held_row",
    HeldDecision.ADDED_AS_NEW: "add_held_row_as_new",
    HeldDecision.LEFT_OUT: "leave_out_held_row",
}


class AlreadyDecided(BadInput):
    """Somebody has decided about this row before. Value: `by`."""

    code = "held_row_decided"


class NumberGivenElsewhere(BadInput):
    """The row's NHS number is another person's by now; that has to be mended first."""

    code = "held_row_number_elsewhere"


class RowTooOld(BadInput):
    """The row is of somebody new in a run that is not its practice's latest: the list may no longer be true."""

    code = "held_row_too_old"


class HeldRows:
    """The verbs of held rows."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def waiting(self) -> list[HeldSummary]:
        """Rows of all runs that wait for a decision, by practice, run and line."""
        return self._summaries(decided=False)

    def decided(self) -> list[HeldSummary]:
        """Rows decided, the latest first."""
        return self._summaries(decided=True)

    def _summaries(self, *, decided: bool) -> list[HeldSummary]:
        reader = self._access.database.reader
        self._access.require(Permission.IMPORT, connection=reader)
        closed = closed_people(self._access, reader)
        found = []
        for kept in held_rows.kept_rows(reader, decided=decided):
            if kept.person_id in closed:
                continue  # somebody who sees the restricted record decides
            content = HeldContent.of_json(kept.row_json)
            found.append(
                HeldSummary(
                    kept.id,
                    kept.practice_code,
                    kept.practice_name,
                    date.fromisoformat(kept.run_date),
                    kept.line,
                    content.row,
                    content.tier,
                    words(kept.reason, **content.values),
                    held_rows.person_on_file(reader, kept.person_id, content.row.nhs_number),
                    HeldDecision(kept.decision) if kept.decision else None,
                    held_rows.decided_at(kept),
                    kept.decided_by,
                )
            )
        return found

    def decide(self, row_id: str, decision: HeldDecision) -> Changes:
        """Take the row as the person on file (as somebody new where nobody is), as another person, or leave it out.

        A row taken updates the person, adds score and tier, and opens a case for somebody at risk; other rows of
        the same number in the run are then left out. Another person is added as new in the same way, without a
        number that is somebody else's; who was added so before is not added twice. Raises
        `AlreadyDecided`, `NumberGivenElsewhere`, `RowTooOld`, `NotFound`, `NotPermitted`.
        """
        self._access.require(Permission.IMPORT)
        with unit_of_work(self._access) as work:
            kept = held_rows.kept_row(work.connection, row_id)
            if kept.decision:
                raise AlreadyDecided(by=kept.decided_by)
            content = HeldContent.of_json(kept.row_json)
            others: list[str] = []
            if decision is HeldDecision.LEFT_OUT:
                if kept.person_id:
                    work.about(kept.person_id)
            else:
                write = self._take if decision is HeldDecision.TAKEN else self._add
                person_id = write(work, kept, content)
                work.about(person_id)
                work.bulk(_TAKEN_KINDS, {row_id, person_id})
                if decision is HeldDecision.TAKEN and content.row.nhs_number:
                    others = held_rows.rivals(work.connection, kept, content.row.nhs_number)
                bulk.set_columns(work.connection, "held_row", row_id, {"person_id": person_id})
            work.bulk({"held_row"}, {row_id})
            self._note(work, row_id, decision)
            for other in others:
                self._note(work, other, HeldDecision.LEFT_OUT)
        return changes_of(work)

    def _note(self, work: UnitOfWork, row_id: str, decision: HeldDecision) -> None:
        at = work.now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{work.now.microsecond // 1000:03d}Z"
        told = {"decision": decision.value, "decided_at": at, "decided_by": self._access.actor.name}
        # Held rows are this laptop's own: nothing of them goes into the outbox.
        bulk.set_columns(work.connection, "held_row", row_id, told)
        work.act(_ACTS[decision], "held_row", row_id)

    def _take(self, work: UnitOfWork, kept: KeptRow, content: HeldContent) -> str:
        """Write the row for the person on file; their id, or that of somebody new where nobody is."""
        connection, number = work.connection, content.row.nhs_number
        known = register.person(connection, kept.person_id, number)
        owner = register.person(connection, None, number) if number else None
        if known and owner and owner.id != known.id:
            raise NumberGivenElsewhere()
        return self._write(work, kept, content, known)

    def _add(self, work: UnitOfWork, kept: KeptRow, content: HeldContent) -> str:
        """Write the row for somebody who is not the person on file; the id of the one added, now or before."""
        connection, row = work.connection, content.row
        owner = register.person(connection, None, row.nhs_number) if row.nhs_number else None
        if owner is not None and owner.id != kept.person_id and is_same(row, owner):
            return self._write(work, kept, content, owner)  # added before, and known by the number since
        added = added_before(row, register.added_without_number(connection))
        if owner is not None:
            content = replace(content, row=row._replace(nhs_number=None))
        return self._write(work, kept, content, added)

    def _write(self, work: UnitOfWork, kept: KeptRow, content: HeldContent, known: KnownPerson | None) -> str:
        """Write the row as an import would; the id of the person it is now about."""
        connection, row = work.connection, content.row
        run_date = date.fromisoformat(kept.run_date)
        newest, _ = register.run_facts(connection, kept.practice_id, run_date)
        latest = newest is None or newest <= run_date
        matching = Matching()
        if known is None:
            if not latest:
                raise RowTooOld()
            matching.new.append(0)
        elif not latest or known.last_run > kept.run_date:
            matching.trend_only.append((known, 0))
        elif changed := changes_by(row, known, kept.practice_id):
            matching.updates.append(Update(known, 0, changed))
        else:
            matching.unchanged.append((known, 0))
        outgoing = Outgoing()
        placement = Placement((content.tier,), (content.rank,))
        writer = PeopleOfRun(self._access, connection, outgoing, kept.run_id, [row], placement)
        people = writer.write_people(matching, kept.practice_id)
        cases = writer.write_cases(matching, people)
        former = register.score_of(connection, kept.run_id, known.id) if known else {}
        for score_id in former.values():
            connection.execute("DELETE FROM risk_score WHERE id = ?", (score_id,))
        writer.write_scores(matching, people, cases, former)
        outgoing.write(connection, self._access, kept.locality_id)
        return known.id if known else people[0].id
