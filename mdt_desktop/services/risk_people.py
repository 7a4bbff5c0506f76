"""Writes the people of a risk run, their cases and their scores, and notes what of it leaves the laptop."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from mdt_desktop.domain.identifiers import many_ids
from mdt_desktop.domain.people import NhsNumberStatus
from mdt_desktop.domain.risk import AT_RISK, Placement
from mdt_desktop.domain.risk_rows import RiskRow
from mdt_desktop.services.access import Access
from mdt_desktop.services.risk_plan import Matching
from mdt_desktop.services.risk_sharing import Outgoing
from mdt_desktop.store import bulk
from mdt_desktop.store.bulk import EMPTY_AT_FIRST, CaseRow, PersonRow, ScoreRow
from mdt_desktop.store.outbox import Operation
from mdt_desktop.store.queries import register

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection


class PeopleOfRun:
    """Writes inside the caller's transaction; `placement` has tier and rank of each of `rows`."""

    def __init__(
        self,
        access: Access,
        connection: "Connection",
        outgoing: Outgoing,
        run_id: str,
        rows: Sequence[RiskRow],
        placement: Placement,
    ) -> None:
        self._access = access
        self._connection = connection
        self._outgoing = outgoing
        self._run_id = run_id
        self._rows = rows
        self._placement = placement
        self._now = access.clock()

    def write_people(self, matching: Matching, practice_id: str) -> list[PersonRow]:
        """Insert the new people, in the order of `matching.new`, and the changed columns of known ones."""
        rows = self._rows
        with_number, without = NhsNumberStatus.PRESENT_NOT_TRACED.value, NhsNumberStatus.NOT_PRESENT.value
        people = []
        for id_, place in zip(many_ids(self._now, len(matching.new)), matching.new, strict=True):
            row = rows[place]
            people.append(
                PersonRow(
                    id_,
                    row.nhs_number,
                    with_number if row.nhs_number else without,
                    row.family_name,
                    row.given_names,
                    row.title,
                    row.born.isoformat(),
                    row.gender.value,
                    row.address,
                    row.postcode,
                    practice_id,
                    row.deprivation_fifth,
                )
            )
        bulk.insert_people(self._connection, people)
        for update in matching.updates:
            bulk.set_columns(self._connection, "person", update.person.id, update.changed)
            if update.person.case_id:
                operation = Operation("person", update.person.id, "update", update.changed)
                self._outgoing.of_person(update.person.id, operation)
        return people

    def write_cases(self, matching: Matching, people: Sequence[PersonRow]) -> dict[str, str]:
        """Open a case, at "identified", for everybody at risk who has none; case ids by person id.

        With the case the person is shared: whole, and with the scores of earlier runs.
        """
        tiers, today = self._placement.tiers, self._access.today().isoformat()
        new = {person.id: person for person, place in zip(people, matching.new, strict=True) if tiers[place] in AT_RISK}
        known = [it.id for it, place in matching.current if not it.case_id and tiers[place] in AT_RISK]
        wanted = [*new, *known]
        rows = [
            CaseRow(case_id, person_id, "identified", today, today, "not_recorded", "not_recorded")
            for case_id, person_id in zip(many_ids(self._now, len(wanted)), wanted, strict=True)
        ]
        bulk.insert_cases(self._connection, rows)
        whole = {person_id: {**EMPTY_AT_FIRST, **person._asdict()} for person_id, person in new.items()}
        if known:
            whole |= {row["id"]: row for row in bulk.whole_rows(self._connection, "person", "id", known)}
        for row in rows:
            self._outgoing.of_person(row.person_id, Operation("person", row.person_id, "create", whole[row.person_id]))
            self._outgoing.of_person(row.person_id, Operation("person_case", row.id, "create", row._asdict()))
        if known:
            for score in bulk.whole_rows(self._connection, "risk_score", "person_id", known):
                self._outgoing.of_person(score["person_id"], Operation("risk_score", score["id"], "create", score))
        return {row.person_id: row.id for row in rows}

    def _placed(self, matching: Matching, people: Sequence[PersonRow]) -> Iterator[tuple[str, int]]:
        """Everybody of the run who is on file now: person id and place among the rows."""
        for person, place in zip(people, matching.new, strict=True):
            yield person.id, place
        for known, place in matching.known:
            yield known.id, place

    def write_scores(
        self,
        matching: Matching,
        people: Sequence[PersonRow],
        cases: dict[str, str],
        former: Mapping[str, str],
    ) -> None:
        """Insert the scores; in a corrected run a person's score keeps its id. Scores of cases are shared."""
        tiers, ranks = [tier.value for tier in self._placement.tiers], self._placement.ranks
        placed = list(self._placed(matching, people))
        scores = []
        for made, (person_id, place) in zip(many_ids(self._now, len(placed)), placed, strict=True):
            row = self._rows[place]
            scores.append(
                ScoreRow(
                    former.get(person_id, made) if former else made,
                    person_id,
                    self._run_id,
                    row.score,
                    ranks[place],
                    tiers[place],
                    row.emergency_admissions,
                    row.long_term_conditions,
                    row.frailty_index,
                )
            )
        bulk.insert_scores(self._connection, scores)
        self._share_scores(scores, {known.id for known, _ in matching.known if known.case_id} | set(cases), former)

    def _share_scores(self, scores: Iterable[ScoreRow], with_case: set[str], former: Mapping[str, str]) -> None:
        shared = register.shared_among(self._connection, "risk_score", list(former.values())) if former else set()
        gone = {person_id: id_ for person_id, id_ in former.items() if id_ in shared}
        for score in scores:
            if score.person_id in with_case:
                kind = "update" if gone.pop(score.person_id, None) else "create"
                self._outgoing.of_person(score.person_id, Operation("risk_score", score.id, kind, score._asdict()))
        for person_id, id_ in gone.items():
            self._outgoing.of_person(person_id, Operation("risk_score", id_, "delete", {}))
