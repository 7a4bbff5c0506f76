"""Brings a FHIR Bundle of anybody's in: people recognised or held, records made, the rest told; all or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from mdt_desktop.domain.dates import moment_text
from mdt_desktop.domain.errors import BadInput, NotFound
from mdt_desktop.domain.identifiers import id_from
from mdt_desktop.domain.matching import Match
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.fhir.bundle import BundleEntry
from mdt_desktop.fhir.columns import record_classes
from mdt_desktop.fhir.elements import Body
from mdt_desktop.fhir.errors import ResourceUnusable
from mdt_desktop.records import Person
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes, changes_of
from mdt_desktop.services.closed_records import closed_people
from mdt_desktop.services.fhir_held import HeldComparison, HeldPerson, comparison_of, name_of, name_said
from mdt_desktop.services.fhir_matching import NO_PRACTICE, Doubt, Recognised, recognise
from mdt_desktop.services.fhir_plan import LeftOver, Plan, Planning, Told, is_here, is_uuid
from mdt_desktop.services.fhir_reading import FhirFile, PersonInBundle, read_file, sort_out
from mdt_desktop.services.held_content import HeldDecision
from mdt_desktop.services.working import unit_of_work
from mdt_desktop.store import bulk
from mdt_desktop.store.queries import register
from mdt_desktop.store.unit_of_work import UnitOfWork
from mdt_desktop.sync import shape
from mdt_desktop.words import sentence, words

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

__all__ = ["BundleDecided", "FhirImport", "HeldComparison", "HeldPerson", "ImportReport", "PersonReport"]

_FILLED = (
    "title", "preferred_name", "address", "postcode", "telephone", "email", "language", "ethnicity", "religion",
)  # fmt: skip
_ACTS = {
    HeldDecision.TAKEN: "take_held_bundle",
    HeldDecision.ADDED_AS_NEW: "add_held_bundle_as_new",
    HeldDecision.LEFT_OUT: "leave_out_held_bundle",
}


class BundleDecided(BadInput):
    """Somebody has decided about this before. Value: `by`."""

    code = "held_bundle_decided"


class BundleOfNobody(BadInput):
    """It cannot be taken for somebody on file, because nobody is who it could be."""

    code = "held_bundle_of_nobody"


class BundleNotNew(BadInput):
    """It cannot be added as somebody new: another person has the NHS number, or the practice is not known."""

    code = "held_bundle_not_new"


@dataclass(frozen=True, slots=True)
class PersonReport:
    """What becomes of one Patient: `outcome` is matched, new, held or refused; `reason` says why, in words.

    `filled` are columns that were empty here; `differs` those that say another thing here, and stay so.
    """

    patient: str
    outcome: str
    person_id: str = ""
    reason: str = ""
    filled: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()
    name: str = ""


@dataclass(slots=True)
class ImportReport:
    """What an import does, or would do; `written` counts new records by kind."""

    file: str
    sha256: str
    people: list[PersonReport] = field(default_factory=list)
    written: dict[str, int] = field(default_factory=dict)
    unchanged: int = 0
    differing: list[Told] = field(default_factory=list)
    no_home: list[Told] = field(default_factory=list)
    left_over: list[LeftOver] = field(default_factory=list)
    changes: Changes = field(default_factory=Changes)

    def count(self, outcome: str) -> int:
        """How many people have an outcome."""
        return sum(it.outcome == outcome for it in self.people)


class FhirImport:
    """The verbs of Bundles that come in. `preview` and `waiting` ask the reader, the others the writer."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def preview(self, path: Path) -> ImportReport:
        """What importing a file would do; nothing is written.

        Raises `NotPermitted`, `FhirFileNotRead`, `BundleUnusable`.
        """
        connection = self._access.database.reader
        self._access.require(Permission.IMPORT, connection=connection)
        return _Import(self._access, connection, read_file(path), None).run()

    def apply(self, path: Path) -> ImportReport:
        """Write a file's people and records in one transaction; what was brought in before changes nothing.

        Raises as `preview`; nothing is written then.
        """
        self._access.require(Permission.IMPORT)
        file = read_file(path)
        with unit_of_work(self._access, words("fhir.audit_import", sha256=file.sha256[:12])) as work:
            work.act("import_bundle", "fhir_bundle", file.sha256)  # before anybody is turned to: it is about nobody
            report = _Import(self._access, work.connection, file, work).run()
        report.changes = changes_of(work)
        return report

    def waiting(self) -> list[HeldPerson]:
        """Everybody who waits for a decision, the oldest first."""
        connection = self._access.database.reader
        self._access.require(Permission.IMPORT, connection=connection)
        closed = closed_people(self._access, connection)
        rows = connection.execute(
            "SELECT id, person_id, reason, resources_json, held_at FROM held_bundle WHERE decision = '' ORDER BY id"
        ).fetchall()
        found = []
        for id_, person_id, reason, content, held_at in rows:
            if person_id not in closed:
                found.append(_held(id_, person_id, reason, content, held_at))
        return found

    def compare(self, held_id: str) -> HeldComparison:
        """Somebody who waits, beside whom on file it may be. Raises `NotPermitted`, `NotFound`, `BundleDecided`."""
        connection = self._access.database.reader
        self._access.require(Permission.IMPORT, connection=connection)
        row = connection.execute(
            "SELECT id, person_id, reason, resources_json, held_at, decision, decided_by FROM held_bundle WHERE id = ?",
            (held_id,),
        ).fetchone()
        if row is None or row[1] in closed_people(self._access, connection):
            raise NotFound(kind="held_bundle")
        if row[5]:
            raise BundleDecided(by=row[6])
        return comparison_of(connection, _held(*row[:5]), _unpacked(row[3], ""))

    def decide(self, held_id: str, decision: HeldDecision) -> ImportReport:
        """Take it for the person on file, add somebody new, or leave it out.

        Raises `NotPermitted`, `NotFound`, `BundleDecided`, `BundleOfNobody`, `BundleNotNew`.
        """
        self._access.require(Permission.IMPORT)
        with unit_of_work(self._access) as work:
            row = work.connection.execute(
                "SELECT file_sha256, person_id, resources_json, decision, decided_by FROM held_bundle WHERE id = ?",
                (held_id,),
            ).fetchone()
            if row is None:
                raise NotFound(kind="held_bundle")
            sha256, person_id, content, decided, by = row
            if decided:
                raise BundleDecided(by=by)
            if person_id in closed_people(self._access, work.connection):
                raise NotFound(kind="held_bundle")
            run = _Import(self._access, work.connection, _unpacked(content, sha256), work)
            report = run.decided(decision, person_id)
            by, at = self._access.actor.name, moment_text(work.now)
            told = {"decision": decision.value, "decided_at": at, "decided_by": by}
            bulk.set_columns(work.connection, "held_bundle", held_id, told)
            work.bulk({"held_bundle"}, {held_id})
            work.act(_ACTS[decision], "held_bundle", held_id)
        report.changes = changes_of(work)
        return report


class _Import:
    """One run over one file; without a unit of work it only tells."""

    def __init__(self, access: Access, connection: "Connection", file: FhirFile, work: UnitOfWork | None) -> None:
        self._access = access
        self._connection = connection
        self._file = file
        self._work = work
        self._report = ImportReport(file.name, file.sha256)
        self._seen: set[str] = set()

    def run(self) -> ImportReport:
        """Everybody of the file in turn."""
        closed = closed_people(self._access, self._connection)
        for person in self._file.people:
            try:
                found = recognise(self._connection, self._file, person)
            except ResourceUnusable as error:
                self._refuse(person, sentence(error))
                continue
            if found.known is not None and found.known.id in closed:
                found = Recognised(found.body, found.known, Doubt.RESTRICTED)
            key = found.known.id if found.known else str(found.body["nhs_number"])
            if found.doubt is None and key in self._seen:
                found = Recognised(found.body, found.known, Doubt.TWICE)
            self._seen.add(key)
            if found.doubt is not None:
                self._hold(person, found, found.doubt)
            else:
                self._take(person, found)
        for entry in self._file.astray:
            if is_here(self._connection, entry):
                self._report.unchanged += 1
                continue
            self._report.no_home.append(Told(entry.said, words("fhir.no_home.of_nobody")))
        return self._report

    def decided(self, decision: HeldDecision, person_id: str | None) -> ImportReport:
        """The one person of a held Bundle, as somebody decided."""
        person = self._file.people[0]
        if decision is HeldDecision.LEFT_OUT:
            self._report.people.append(PersonReport(person.patient.said, "left_out", name=name_of(person)))
            return self._report
        found = recognise(self._connection, self._file, person)
        known = register.person(self._connection, person_id, None) if person_id else None
        if decision is HeldDecision.TAKEN:
            if known is None:
                raise BundleOfNobody
            self._take(person, Recognised(found.body, known))
            return self._report
        number = found.body["nhs_number"]
        if (number and register.person(self._connection, None, number)) or found.doubt is Doubt.PRACTICE_UNKNOWN:
            raise BundleNotNew
        if not self._connection.execute(
            "SELECT 1 FROM practice WHERE id = ?", (found.body["practice_id"],)
        ).fetchone():
            raise BundleNotNew
        self._take(person, Recognised(found.body, None))
        return self._report

    def _refuse(self, person: PersonInBundle, why: str) -> None:
        self._report.people.append(PersonReport(person.patient.said, "refused", reason=why, name=name_of(person)))
        for entry in person.others:
            self._report.no_home.append(Told(entry.said, words("fhir.no_home.of_refused")))

    def _hold(self, person: PersonInBundle, found: Recognised, doubt: Match | Doubt) -> None:
        person_id = found.known.id if found.known else None
        said = words(f"fhir.held.{doubt.value}")
        shown = "" if doubt is Doubt.RESTRICTED else person_id or ""
        name = name_said(found.body)
        self._report.people.append(PersonReport(person.patient.said, "held", shown, said, name=name))
        held_id = id_from("held_bundle", self._file.sha256, str(person.patient.number))
        there = self._connection.execute("SELECT 1 FROM held_bundle WHERE id = ?", (held_id,)).fetchone()
        if self._work is not None and there is None:
            self._connection.execute(
                "INSERT INTO held_bundle VALUES (?, ?, ?, ?, ?, ?, ?, '', NULL, '')",
                (
                    held_id, self._file.sha256, person_id, doubt.value, _packed(self._file, person),
                    moment_text(self._work.now), self._access.actor.name,
                ),
            )  # fmt: skip
            self._work.bulk({"held_bundle"}, {held_id})

    def _take(self, person: PersonInBundle, found: Recognised) -> None:
        known = found.known
        person_id = known.id if known else self._new_id(person, found.body)
        if self._work is not None:
            self._work.turn_to(person_id)
        if known is None:
            self._write("person", person_id, found.body)
            report = PersonReport(person.patient.said, "new", person_id, name=name_said(found.body))
        else:
            report = self._fill(person, person_id, found.body)
        self._report.people.append(report)
        planning = Planning(
            self._access, self._connection, self._file, person_id, known.case_id if known else "",
            is_new=known is None,
        )  # fmt: skip
        plan: Plan = planning.make(person)
        for record in plan.records:
            self._write(record.kind, record.id, record.body)
            self._report.written[record.kind] = self._report.written.get(record.kind, 0) + 1
        self._report.unchanged += plan.unchanged
        self._report.differing += plan.differing
        self._report.no_home += plan.no_home
        self._report.left_over += plan.left_over
        if self._work is not None and (plan.records or report.filled or known is None):
            self._work.act("import_bundle", "person", person_id)

    def _new_id(self, person: PersonInBundle, body: Body) -> str:
        """An own id of the Bundle stays, so that two laptops that take one file mean one person."""
        told = person.patient.id
        if is_uuid(told) and shape.row_of(self._connection, "person", told) is None:
            return told
        return id_from("fhir", "person", str(body["nhs_number"] or f"{self._file.sha256} {person.patient.number}"))

    def _fill(self, person: PersonInBundle, person_id: str, body: Body) -> PersonReport:
        """Fill what is empty on file; what is known is never overwritten by a file."""
        there = shape.row_of(self._connection, "person", person_id) or {}
        filled = tuple(name for name in _FILLED if body[name] and not there[name])
        told = {name: value for name, value in body.items() if value not in ("", None, NO_PRACTICE)}
        told.pop("nhs_number_status", None)
        differs = tuple(sorted(name for name in told if there.get(name) and there[name] != told[name]))
        may = self._access.may(Permission.EDIT_CASE, person_id, self._connection)
        if filled and may and self._work is not None:
            record = self._work.get(Person, person_id)
            for name in filled:
                setattr(record, name, body[name])
        name = name_said(body)
        return PersonReport(person.patient.said, "matched", person_id, "", filled if may else (), differs, name)

    def _write(self, kind: str, id_: str, body: Mapping[str, object]) -> None:
        if self._work is not None:
            self._work.add(record_classes()[kind].model_validate({**body, "id": id_}))


def _held(id_: str, person_id: str | None, reason: str, content: str, held_at: str) -> HeldPerson:
    file = _unpacked(content, "")
    person = file.people[0]
    return HeldPerson(
        id_, person.patient.said, person_id, 1 + len(person.others), words(f"fhir.held.{reason}"),
        datetime.fromisoformat(held_at), name_of(person), file.name,
    )  # fmt: skip


def _packed(file: FhirFile, person: PersonInBundle) -> str:
    """What has to be kept so that it can still be taken weeks later."""
    entries = (person.patient, *person.others, *file.workplaces)
    return orjson.dumps(
        {"name": file.name, "entries": [[it.number, it.full_url, it.resource] for it in entries]}
    ).decode()


def _unpacked(content: str, sha256: str) -> FhirFile:
    kept = orjson.loads(content)
    entries = [BundleEntry(*parts) for parts in kept["entries"]]
    return sort_out(entries, kept["name"], sha256)
