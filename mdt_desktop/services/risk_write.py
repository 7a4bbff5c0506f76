"""Writes a risk run in bulk: people, scores, cases, list rows, outgoing operations and audit, in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlcipher3 import dbapi2

from mdt_desktop.domain.identifiers import id_from, many_ids
from mdt_desktop.domain.risk import AT_RISK, Placement, Tier, TierApproach, count_tiers
from mdt_desktop.domain.risk_rows import HeldRow, RiskRow
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.held_content import HeldContent
from mdt_desktop.services.risk_people import PeopleOfRun
from mdt_desktop.services.risk_plan import Matching, RunState, match_rows, standing_of
from mdt_desktop.services.risk_sharing import Outgoing
from mdt_desktop.store import audit_log, bulk, caseload_index
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.bulk import HeldRowRow
from mdt_desktop.store.database import translated
from mdt_desktop.store.outbox import Operation
from mdt_desktop.store.queries import register
from mdt_desktop.store.transactions import writing

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

STEPS = 7
"""How often `on_progress` is called."""
_KINDS = frozenset({"person", "risk_score", "stratification_run", "person_case", "held_row", "practice"})


@dataclass(frozen=True, slots=True)
class Job:
    """One run to be written; `placement` has tier and rank of each of `rows`."""

    run_id: str
    practice_code: str
    run_date: date
    tool: str
    tool_version: str
    approach: TierApproach
    approach_words: str
    list_size: int
    sha256: str
    rows: Sequence[RiskRow]
    placement: Placement
    held: Sequence[HeldRow]
    rejected: int
    held_places: Sequence[tuple[Tier, int]] = ()
    """Tier and rank of each of `held`."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did; `changes` is empty where the same file had been imported before."""

    run_id: str
    practice_code: str
    run_date: date
    state: RunState
    new_people: int = 0
    updated: int = 0
    unchanged: int = 0
    moved: int = 0
    held: int = 0
    rejected: int = 0
    left_out: int = 0
    new_cases: int = 0
    practice_added: bool = False
    changes: Changes = field(default_factory=Changes)


def write(access: Access, job: Job, on_progress: Callable[[int, int], None]) -> ImportResult:
    """Write the run; what `on_progress` raises undoes all of it. Raises the `StoreProblem` that stopped it."""
    try:
        return _written(access, job, on_progress)
    except dbapi2.Error as error:
        raise translated(error) from error


def _written(access: Access, job: Job, on_progress: Callable[[int, int], None]) -> ImportResult:
    with access.database.bulk_writes(), writing(access.database) as connection:
        return _Writing(access, job, connection, on_progress).run()


class _Writing:
    """One import inside its transaction."""

    def __init__(
        self, access: Access, job: Job, connection: "Connection", on_progress: Callable[[int, int], None]
    ) -> None:
        self._access = access
        self._job = job
        self._connection = connection
        self._report = on_progress
        self._now = access.clock()
        self._outgoing = Outgoing()

    def run(self) -> ImportResult:
        """All steps in order."""
        job, connection = self._job, self._connection
        found = register.practice(connection, job.practice_code)
        state, latest = standing_of(connection, found[0] if found else "", job.run_date, job.sha256)
        if state is RunState.SAME_FILE:
            return ImportResult(job.run_id, job.practice_code, job.run_date, state)
        practice_id, locality_id = self._practice(found, latest=latest)
        self._report(1, STEPS)
        matching = match_rows(connection, job.rows, practice_id, job.run_date, latest=latest)
        self._report(2, STEPS)
        former = register.scores_of_run(connection, job.run_id) if state is RunState.CORRECTION else {}
        self._write_run(practice_id, state, len(matching.doubts) + len(job.held))
        writer = PeopleOfRun(self._access, connection, self._outgoing, job.run_id, job.rows, job.placement)
        people = writer.write_people(matching, practice_id)
        self._report(3, STEPS)
        cases = writer.write_cases(matching, people)
        writer.write_scores(matching, people, cases, former)
        self._report(4, STEPS)
        if latest:
            with bulk.searching_written_late(connection):
                caseload_index.refresh_practices(connection, [practice_id])
        self._report(5, STEPS)
        self._write_held(matching)
        self._outgoing.write(connection, self._access, locality_id)
        self._report(6, STEPS)
        self._audit(matching)
        self._report(STEPS, STEPS)
        return self._result(state, matching, len(cases), practice_added=found is None)

    def _practice(self, found: tuple[str, str, str, int] | None, *, latest: bool) -> tuple[str, str]:
        """The practice's id and locality; one that is not known is added to the home locality.

        Its id is made of its code, so that two laptops that import its files mean the same one.
        """
        job, connection = self._job, self._connection
        if found:
            practice_id, _, locality_id, list_size = found
            if latest and list_size != job.list_size:
                bulk.set_columns(connection, "practice", practice_id, {"list_size": job.list_size})
                self._outgoing.of_run(Operation("practice", practice_id, "update", {"list_size": job.list_size}))
            return practice_id, locality_id
        practice: dict[str, Any] = {
            "id": id_from("practice", job.practice_code),
            "code": job.practice_code,
            "name": job.practice_code,
            "network": "",
            "locality_id": self._access.actor.locality_id,
            "list_size": job.list_size,
            "telephone": "",
        }
        self._insert("practice", practice)
        return str(practice["id"]), str(practice["locality_id"])

    def _insert(self, table: str, values: dict[str, Any]) -> None:
        """Insert one row and note its operation."""
        marks = ", ".join("?" * len(values))
        self._connection.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", list(values.values()))
        self._outgoing.of_run(Operation(table, values["id"], "create", values))

    def _write_run(self, practice_id: str, state: RunState, held: int) -> None:
        """Insert the run; a corrected file takes the place of what its date had: scores and undecided rows go."""
        job, connection = self._job, self._connection
        counted = count_tiers(job.placement.tiers)
        values = {
            "practice_id": practice_id,
            "run_date": job.run_date.isoformat(),
            "tool": job.tool,
            "tool_version": job.tool_version,
            "approach": job.approach.value,
            "approach_words": job.approach_words,
            "list_size": job.list_size,
            **{tier.value: counted[tier] for tier in AT_RISK},
            "rejected": job.rejected,
            "held": held,
            "file_sha256": job.sha256,
            "imported_at": self._now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{self._now.microsecond // 1000:03d}Z",
            "imported_by": self._access.actor.name,
        }
        if state is not RunState.CORRECTION:
            self._insert("stratification_run", {"id": job.run_id, **values})
            return
        connection.execute("DELETE FROM risk_score WHERE run_id = ?", (job.run_id,))
        connection.execute("DELETE FROM held_row WHERE run_id = ? AND decision = ''", (job.run_id,))
        bulk.set_columns(connection, "stratification_run", job.run_id, values)
        self._outgoing.of_run(Operation("stratification_run", job.run_id, "update", values))

    def _write_held(self, matching: Matching) -> None:
        """Keep each held row with the reason and with the place it will have if somebody takes it."""
        job, placement = self._job, self._job.placement
        held: list[tuple[str | None, HeldContent, str]] = [
            (None, HeldContent(it.row, tier, rank, it.values), f"reject_code.{it.code.value}")
            for it, (tier, rank) in zip(job.held, job.held_places, strict=True)
        ]
        for doubt in matching.doubts:
            place = doubt.place
            content = HeldContent(job.rows[place], placement.tiers[place], placement.ranks[place], {})
            held.append((doubt.person_id, content, f"match.{doubt.match.value}"))
        bulk.insert_held(
            self._connection,
            [
                HeldRowRow(id_, job.run_id, person_id, content.row.line, content.to_json(), reason)
                for id_, (person_id, content, reason) in zip(many_ids(self._now, len(held)), held, strict=True)
            ],
        )

    def _audit(self, matching: Matching) -> None:
        """One entry for the run: every record names its run, so that each person's part in it can be found."""
        counts = (
            f"{len(matching.new)} new, {len(matching.updates)} updated,"
            f" {len(matching.unchanged) + len(matching.trend_only)} unchanged,"
            f" {len(matching.doubts) + len(self._job.held)} held, {self._job.rejected} rejected"
        )
        act = Act("import", "stratification_run", self._job.run_id, None, "", counts)
        audit_log.append(self._connection, self._access.actor, self._now, [act])

    def _result(self, state: RunState, matching: Matching, new_cases: int, *, practice_added: bool) -> ImportResult:
        job = self._job
        return ImportResult(
            run_id=job.run_id,
            practice_code=job.practice_code,
            run_date=job.run_date,
            state=state,
            new_people=len(matching.new),
            updated=len(matching.updates),
            unchanged=len(matching.unchanged) + len(matching.trend_only),
            moved=matching.moved,
            held=len(matching.doubts) + len(job.held),
            rejected=job.rejected,
            left_out=len(matching.left_out),
            new_cases=new_cases,
            practice_added=practice_added,
            changes=Changes(_KINDS, frozenset({job.run_id})),
        )
