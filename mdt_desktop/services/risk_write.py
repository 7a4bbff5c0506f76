"""Writes a risk run in bulk: people, scores, cases, list rows, outgoing operations and audit, in one transaction."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import orjson

from mdt_desktop.domain.identifiers import many_ids
from mdt_desktop.domain.risk import AT_RISK, Placement, TierApproach, count_tiers
from mdt_desktop.domain.risk_rows import HeldRow, RiskRow
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.risk_plan import Matching, RunState, match_rows, run_state
from mdt_desktop.store import audit_log, bulk, outbox
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.bulk import CaseRow, IndexRow, PersonRow, ScoreRow
from mdt_desktop.store.caseload_index import STAGE_ORDER, TIER_ORDER, refresh
from mdt_desktop.store.outbox import Operation
from mdt_desktop.store.queries import register
from mdt_desktop.store.transactions import writing

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

STEPS = 7
"""How often `on_progress` is called."""
_IDENTIFIED = "identified"


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
    held: int = 0
    rejected: int = 0
    left_out: int = 0
    new_cases: int = 0
    changes: Changes = field(default_factory=Changes)


def write(access: Access, job: Job, on_progress: Callable[[int, int], None]) -> ImportResult:
    """Write the run; what `on_progress` raises undoes all of it."""
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
        self._today = access.today().isoformat()
        self._operations: list[Operation] = []

    def run(self) -> ImportResult:
        """All steps in order."""
        job, connection = self._job, self._connection
        practice_id, locality_id = self._practice()
        state = run_state(connection, practice_id, job.run_date, job.sha256)
        if state is RunState.SAME_FILE:
            return ImportResult(job.run_id, job.practice_code, job.run_date, state)
        self._report(1, STEPS)
        matching = match_rows(connection, job.rows, practice_id, state)
        self._report(2, STEPS)
        is_latest = state is not RunState.OLDER and not self._newer_run_exists(practice_id)
        self._write_run(practice_id, state, len(matching.doubts) + len(job.held))
        people = self._write_people(matching, practice_id)
        self._report(3, STEPS)
        cases = self._write_cases(matching, people) if is_latest else {}
        shared = self._shared(matching, cases)
        self._write_scores(matching, people, shared)
        self._report(4, STEPS)
        if is_latest:
            self._write_index(matching, people, cases, practice_id, locality_id)
        self._report(5, STEPS)
        self._share_people(matching, people, cases)
        self._write_held(matching)
        outbox.append(
            connection, self._access.actor, self._now, locality_id, outbox.next_group(connection), self._operations
        )
        self._report(6, STEPS)
        self._audit(matching)
        self._report(STEPS, STEPS)
        return self._result(state, matching, len(cases))

    def _practice(self) -> tuple[str, str]:
        """The practice's id and locality; one that is not known is added to the home locality."""
        job, actor = self._job, self._access.actor
        known = self._connection.execute(
            "SELECT id, locality_id FROM practice WHERE code = ?", (job.practice_code,)
        ).fetchone()
        if known:
            self._connection.execute(
                "UPDATE practice SET list_size = ? WHERE id = ? AND list_size <> ?",
                (job.list_size, known[0], job.list_size),
            )
            return str(known[0]), str(known[1])
        practice: dict[str, Any] = {
            "id": many_ids(self._now, 1)[0],
            "code": job.practice_code,
            "name": job.practice_code,
            "network": "",
            "locality_id": actor.locality_id,
            "list_size": job.list_size,
            "telephone": "",
        }
        self._insert("practice", practice)
        return str(practice["id"]), actor.locality_id

    def _insert(self, table: str, values: dict[str, Any]) -> None:
        """Insert one row and note its operation."""
        names = ", ".join(values)
        marks = ", ".join("?" * len(values))
        self._connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values()))
        self._operations.append(Operation(table, values["id"], "create", values))

    def _newer_run_exists(self, practice_id: str) -> bool:
        latest, _ = register.run_facts(self._connection, practice_id, self._job.run_date)
        return latest is not None and latest > self._job.run_date

    def _write_run(self, practice_id: str, state: RunState, held: int) -> None:
        job, connection = self._job, self._connection
        counted = count_tiers(job.placement.tiers)
        if state is RunState.CORRECTION:
            gone = connection.execute("SELECT id FROM risk_score WHERE run_id = ?", (job.run_id,)).fetchall()
            connection.execute("DELETE FROM risk_score WHERE run_id = ?", (job.run_id,))
            connection.execute("DELETE FROM held_row WHERE run_id = ? AND decision = ''", (job.run_id,))
            connection.execute("DELETE FROM stratification_run WHERE id = ?", (job.run_id,))
            shared = {
                row[0]
                for row in connection.execute(
                    "SELECT DISTINCT id FROM outbox WHERE type = 'risk_score' AND kind = 'create'"
                )
            }
            self._operations += [Operation("risk_score", row[0], "delete", {}) for row in gone if row[0] in shared]
        self._insert(
            "stratification_run",
            {
                "id": job.run_id,
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
            },
        )

    def _write_people(self, matching: Matching, practice_id: str) -> list[PersonRow]:
        """Insert the new people, in the order of `matching.new`, and the changed columns of known ones."""
        job = self._job
        people = []
        for id_, place in zip(many_ids(self._now, len(matching.new)), matching.new, strict=True):
            row = job.rows[place]
            status = "present_not_traced" if row.nhs_number else "not_present"
            people.append(
                PersonRow(
                    id_,
                    row.nhs_number,
                    status,
                    row.family_name,
                    row.given_names,
                    row.title,
                    row.born.isoformat(),
                    row.gender.value,
                    row.address,
                    row.postcode,
                    practice_id,
                )
            )
        bulk.insert_people(self._connection, people)
        for update in matching.updates:
            names = ", ".join(f"{name} = ?" for name in update.changed)
            self._connection.execute(
                f"UPDATE person SET {names} WHERE id = ?", [*update.changed.values(), update.person.id]
            )
        return people

    def _placed(self, matching: Matching, people: Sequence[PersonRow]) -> Iterator[tuple[str, int, str]]:
        """Everybody of the run who is on file now: person id, place among the rows, case id they had before."""
        for person, place in zip(people, matching.new, strict=True):
            yield person.id, place, ""
        for known, place in matching.known:
            yield known.id, place, known.case_id

    def _write_cases(self, matching: Matching, people: Sequence[PersonRow]) -> dict[str, str]:
        """Open a case, at "identified", for everybody at risk who has none; case ids by person id."""
        tiers = self._job.placement.tiers
        wanted = [
            person_id
            for person_id, place, case_id in self._placed(matching, people)
            if not case_id and tiers[place] in AT_RISK
        ]
        rows = [
            CaseRow(case_id, person_id, _IDENTIFIED, self._today, self._today, "not_recorded", "not_recorded")
            for case_id, person_id in zip(many_ids(self._now, len(wanted)), wanted, strict=True)
        ]
        bulk.insert_cases(self._connection, rows)
        self._operations += [Operation("person_case", row.id, "create", row._asdict()) for row in rows]
        return {row.person_id: row.id for row in rows}

    def _shared(self, matching: Matching, cases: dict[str, str]) -> set[str]:
        """People whose records go to the central store: those with a case. Nobody else's leave the laptop."""
        return {known.id for known, _ in matching.known if known.case_id} | set(cases)

    def _write_scores(self, matching: Matching, people: Sequence[PersonRow], shared: set[str]) -> None:
        job = self._job
        placed = list(self._placed(matching, people))
        scores = []
        for id_, (person_id, place, _) in zip(many_ids(self._now, len(placed)), placed, strict=True):
            row = job.rows[place]
            scores.append(
                ScoreRow(
                    id_,
                    person_id,
                    job.run_id,
                    row.score,
                    job.placement.ranks[place],
                    job.placement.tiers[place].value,
                    row.emergency_admissions,
                    row.long_term_conditions,
                    row.frailty_index,
                )
            )
        bulk.insert_scores(self._connection, scores)
        self._operations += [
            Operation("risk_score", score.id, "create", score._asdict())
            for score in scores
            if score.person_id in shared
        ]

    def _write_index(
        self,
        matching: Matching,
        people: Sequence[PersonRow],
        cases: dict[str, str],
        practice_id: str,
        locality_id: str,
    ) -> None:
        job, connection = self._job, self._connection
        tiers, identified = job.placement.tiers, STAGE_ORDER[_IDENTIFIED]
        first = bulk.first_free_number(connection)
        rows = [
            IndexRow(
                number,
                person.id,
                bulk.index_name(person.family_name, person.given_names),
                person.born,
                practice_id,
                locality_id,
                TIER_ORDER[tiers[place].value],
                job.rows[place].score,
                cases.get(person.id),
                identified if person.id in cases else 0,
            )
            for number, (person, place) in enumerate(zip(people, matching.new, strict=True), start=first)
        ]
        bulk.insert_index(connection, rows, people)
        refresh(connection, [update.person.id for update in matching.updates])
        bulk.update_risk(
            connection,
            (
                (
                    TIER_ORDER[tiers[place].value],
                    job.rows[place].score,
                    cases.get(known.id),
                    identified if known.id in cases else None,
                    known.id,
                )
                for known, place in matching.known
            ),
        )
        bulk.forget_risk_of_absent(connection, practice_id, job.run_id)

    def _share_people(self, matching: Matching, people: Sequence[PersonRow], cases: dict[str, str]) -> None:
        """Operations for people: whole for those who get a case now, the changed columns for those who had one."""
        self._operations += [
            Operation("person", person.id, "create", person._asdict()) for person in people if person.id in cases
        ]
        for known, _ in matching.known:
            if known.id in cases:
                self._operations.append(outbox.whole(self._connection, "person", known.id))
        self._operations += [
            Operation("person", update.person.id, "update", update.changed)
            for update in matching.updates
            if update.person.case_id
        ]

    def _write_held(self, matching: Matching) -> None:
        job = self._job
        held = [(None, held.row, f"risk_row.{held.code.value}") for held in job.held]
        held += [
            (doubt.person_id, job.rows[doubt.place], f"match.{doubt.match.value}")  # type: ignore[misc]
            for doubt in matching.doubts
        ]
        ids = many_ids(self._now, len(held))
        self._connection.executemany(
            "INSERT INTO held_row (id, run_id, person_id, line, row_json, reason, decision, decided_by)"
            " VALUES (?,?,?,?,?,?,'','')",
            [
                (id_, job.run_id, person_id, row.line, orjson.dumps(row._asdict(), default=str).decode(), reason)
                for id_, (person_id, row, reason) in zip(ids, held, strict=True)
            ],
        )

    def _audit(self, matching: Matching) -> None:
        """One entry for the run: every record names its run, so that each person's part in it can be found."""
        counts = (
            f"{len(matching.new)} new, {len(matching.updates)} updated, {len(matching.unchanged)} unchanged,"
            f" {len(matching.doubts) + len(self._job.held)} held, {self._job.rejected} rejected"
        )
        act = Act("import", "stratification_run", self._job.run_id, None, "", counts)
        audit_log.append(self._connection, self._access.actor, self._now, [act])

    def _result(self, state: RunState, matching: Matching, new_cases: int) -> ImportResult:
        job = self._job
        kinds = frozenset({"person", "risk_score", "stratification_run", "person_case", "held_row", "practice"})
        return ImportResult(
            run_id=job.run_id,
            practice_code=job.practice_code,
            run_date=job.run_date,
            state=state,
            new_people=len(matching.new),
            updated=len(matching.updates),
            unchanged=len(matching.unchanged),
            held=len(matching.doubts) + len(job.held),
            rejected=job.rejected,
            left_out=len(matching.left_out),
            new_cases=new_cases,
            changes=Changes(kinds, frozenset({job.run_id})),
        )
