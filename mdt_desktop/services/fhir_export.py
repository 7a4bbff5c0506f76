"""A case as a FHIR R4 Bundle, as far as the role and the sharing matrix let it go, with its audit entry."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from mdt_desktop.domain.answering import decode
from mdt_desktop.domain.audit import WHOLE
from mdt_desktop.domain.dates import moment_text
from mdt_desktop.domain.identifiers import id_from
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.domain.printing import PrintReason, Purpose
from mdt_desktop.domain.questionnaire import Answers
from mdt_desktop.fhir.bundle import collection
from mdt_desktop.fhir.columns import columns_of
from mdt_desktop.fhir.elements import Body, Resource
from mdt_desktop.fhir.mapping import to_fhir
from mdt_desktop.fhir.questionnaire import shipped_questionnaire, shipped_questionnaires
from mdt_desktop.fhir.questionnaire_response import to_response
from mdt_desktop.services.access import Access
from mdt_desktop.services.fhir_parts import NAMED, NEVER, PARTS, PLAN_COLUMNS, STAYS, Part
from mdt_desktop.services.handing_over import Allowance, allowance_for
from mdt_desktop.services.printing import reason_in_words
from mdt_desktop.services.rights import Rights, rights_over
from mdt_desktop.services.saving import record_leaving
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.queries import cases, restrictions
from mdt_desktop.sync import shape
from mdt_desktop.words import words

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

_MOST_REFERENCES_DEEP = 4


@dataclass(frozen=True, slots=True)
class Withheld:
    """A kind of record, or a part of the plan, that is there and does not go: how many, and why in words."""

    kind: str
    count: int
    why: str


@dataclass(frozen=True, slots=True)
class CaseBundle:
    """What would leave: the Bundle, how many resources of each type, and what was kept back."""

    person_id: str
    bundle: Resource
    resources: Mapping[str, int]
    withheld: tuple[Withheld, ...]
    purpose: Purpose
    recipient: str = ""

    @property
    def content(self) -> bytes:
        """The Bundle as JSON."""
        return orjson.dumps(self.bundle, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


class FhirExport:
    """The verbs of Bundles that leave. `read` asks the reader, `save` and `record` the writer."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def read(self, id_or_number: str, purpose: Purpose | None = None) -> CaseBundle:
        """Everything about one person as a Bundle, for the person themselves unless a purpose says for whom.

        Raises `NotFound`, `NotPermitted`, and `NoBasisToShare` or `NothingMayGo` for a purpose that shares.
        """
        access, connection = self._access, self._access.database.reader
        person_id = cases.find_person(connection, id_or_number)
        access.require(Permission.EXPORT, person_id, connection)
        access.require(Permission.SEE_CASE, person_id, connection)
        why = purpose or Purpose(PrintReason.FOR_THE_PERSON)
        allowance = allowance_for(connection, person_id, why)
        gathered = _Gathering(connection, rights_over(access, person_id, connection), allowance, why)
        gathered.about(person_id)
        resources = gathered.resources(person_id)
        counts: dict[str, int] = {}
        for resource in resources:
            counts[resource["resourceType"]] = counts.get(resource["resourceType"], 0) + 1
        now = access.clock()
        bundle = collection(
            resources,
            bundle_id=id_from("bundle", person_id, moment_text(now)),
            made_at=moment_text(now),
            invented=access.is_demo,
            restricted=restrictions.in_force(connection, person_id) is not None,
        )
        return CaseBundle(person_id, bundle, counts, tuple(gathered.withheld), why, allowance.name)

    def save(self, leaving: CaseBundle, path: Path) -> None:
        """Write a new file with its audit entry: neither stays without the other.

        Raises `NotPermitted`, `FileNameRefused`, `PaperFileExists` (nothing is ever overwritten), `PaperNotSaved`.
        """
        self._leave(leaving, (leaving.content, path))

    def record(self, leaving: CaseBundle) -> None:
        """Record that the Bundle leaves by another way than a file. Raises `NotPermitted`."""
        self._leave(leaving, None)

    def _leave(self, leaving: CaseBundle, file: tuple[bytes, Path] | None) -> None:
        self._access.require(Permission.EXPORT, leaving.person_id)
        why = reason_in_words(leaving.purpose, leaving.recipient)
        told = words("fhir.audit_export", reason=why, resources=sum(leaving.resources.values()))
        fields = ",".join(f"without {it.kind}" for it in leaving.withheld) or WHOLE
        act = Act("export", "person", leaving.person_id, leaving.person_id, fields, told)
        record_leaving(self._access, lambda _: [act], file)


class _Gathering:
    """Reads the records of one person, and leaves out what may not go."""

    def __init__(self, connection: "Connection", rights: Rights, allowance: Allowance, purpose: Purpose) -> None:
        self._connection = connection
        self._rights = rights
        self._allowance = allowance
        self._is_sharing = purpose.is_sharing
        self._found: dict[str, dict[str, Body]] = {}
        self.withheld: list[Withheld] = []

    def about(self, person_id: str) -> None:
        """Find everything about a person, then what it names."""
        there: dict[str, list[str]] = {"person": [person_id]}
        self._take("person", [self._row("person", person_id)])
        for part in PARTS:
            parent = columns_of(part.kind)[part.column].refers_to
            rows = self._rows(part.kind, part.column, there.get(parent, ()))
            there[part.kind] = [str(row["id"]) for row in rows]
            why = self._why_not(part)
            if rows and why:
                self.withheld.append(Withheld(part.kind, len(rows), why))
            elif rows:
                self._take(part.kind, self._without_protected(part.kind, rows))
        for kind in sorted(STAYS):
            rows = self._rows(kind, "person_id", [person_id])
            if rows:
                self.withheld.append(Withheld(kind, len(rows), words("fhir.withheld.stays")))
        self._blank_plans()
        for _ in range(_MOST_REFERENCES_DEEP):
            self._take_named()

    def _why_not(self, part: Part) -> str:
        """Why a kind does not go, in words; empty where it does."""
        if not self._rights.may(part.see):
            return words("fhir.withheld.role")
        if not self._is_sharing:
            return ""
        if part.parts is None:
            return words("fhir.withheld.team_only")
        gone = self._allowance.left_out(part.parts)
        return self._allowance.withheld(gone) if gone else ""

    def _without_protected(self, kind: str, rows: list[Body]) -> list[Body]:
        """The rows without those that are never in a Bundle, and without what a carer said in confidence."""
        kept = [row for row in rows if row.get("kind") not in NEVER.get(kind, ())]
        if len(kept) < len(rows):
            self.withheld.append(Withheld(kind, len(rows) - len(kept), words("fhir.withheld.protected")))
        told = [row for row in kept if row.get("carers_view")]
        if told:
            self.withheld.append(Withheld(f"{kind}.carers_view", len(told), words("fhir.withheld.carer")))
            for row in told:
                row["carers_view"] = ""
        return kept

    def _blank_plans(self) -> None:
        for part, columns in PLAN_COLUMNS.items():
            plans = self._found.get("care_plan", {}).values()
            touched = [plan for plan in plans if any(plan[column] for column in columns)]
            if touched and self._is_sharing and part not in self._allowance.parts:
                why = self._allowance.withheld([part])
                self.withheld.append(Withheld(f"care_plan.{part.value}", len(touched), why))
                for plan in touched:
                    plan.update(dict.fromkeys(columns, ""))

    def _take_named(self) -> None:
        """Workplaces, staff, runs and meetings that what goes refers to."""
        for kind in NAMED:
            wanted = {
                str(body[facts.name])
                for holder, rows in list(self._found.items())
                for facts in columns_of(holder).values()
                if facts.refers_to == kind
                for body in rows.values()
                if body[facts.name] is not None
            }
            self._take(kind, self._rows(kind, "id", sorted(wanted - self._found.get(kind, {}).keys())))

    def resources(self, person_id: str) -> list[Resource]:
        """The resources, the Patient first."""
        made = []
        for kind, rows in self._found.items():
            for id_, body in rows.items():
                resource = to_fhir(kind, id_, body, subject=person_id)
                if kind == "assessment":
                    self._add_answers(resource, body, id_)
                made.append(resource)
        return made

    def _add_answers(self, resource: Resource, body: Body, assessment_id: str) -> None:
        """The form with its answers, for those who read forms; the answers go as resources of their own as well."""
        if body["questionnaire"] not in shipped_questionnaires():
            return
        form = shipped_questionnaire(body["questionnaire"])
        answers = {
            (row["link_id"], row["position"]): decode(form.item(row["link_id"]), orjson.loads(row["value_json"]))
            for row in self._found.get("answer", {}).values()
            if row["assessment_id"] == assessment_id and row["link_id"] in form and row["value_json"] != "null"
        }
        whole = to_response(
            form, Answers(answers), response_id=assessment_id, status=resource["status"],
            authored=datetime.fromisoformat(body["started_at"]), subject="",
        )  # fmt: skip
        if "item" in whole:
            resource["item"] = whole["item"]

    def _take(self, kind: str, rows: Iterable[Body]) -> None:
        for row in rows:
            self._found.setdefault(kind, {})[str(row.pop("id"))] = row

    def _row(self, kind: str, id_: str) -> Body:
        return self._rows(kind, "id", [id_])[0]

    def _rows(self, kind: str, column: str, ids: Iterable[str]) -> list[dict[str, Any]]:
        cursor = self._connection.execute(
            f'SELECT * FROM "{kind}" WHERE "{column}" IN (SELECT value FROM json_each(?)) ORDER BY id',
            (orjson.dumps(list(ids)).decode(),),
        )
        names = [about[0] for about in cursor.description or ()]
        return [shape.plain(kind, dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
