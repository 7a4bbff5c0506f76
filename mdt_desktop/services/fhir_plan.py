"""What of a Bundle becomes which record of a person, planned before anything is written; the rest is told."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import orjson

from mdt_desktop.domain.answering import encode
from mdt_desktop.domain.dates import moment_text
from mdt_desktop.domain.errors import BadInput, MdtError
from mdt_desktop.domain.identifiers import id_from
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.fhir.bundle import BundleEntry
from mdt_desktop.fhir.columns import columns_of
from mdt_desktop.fhir.elements import Body
from mdt_desktop.fhir.errors import ResourceUnusable
from mdt_desktop.fhir.left_over import left_over
from mdt_desktop.fhir.mapping import from_fhir, kind_of
from mdt_desktop.fhir.questionnaire import shipped_questionnaire, shipped_questionnaires
from mdt_desktop.fhir.questionnaire_response import from_response
from mdt_desktop.services.access import Access
from mdt_desktop.services.fhir_reading import FhirFile, PersonInBundle, addresses
from mdt_desktop.store.queries import care_plans, rights
from mdt_desktop.sync import shape
from mdt_desktop.words import sentence, words

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_P = Permission
TAKEN: Final[Mapping[str, Permission]] = {
    "person_case": _P.EDIT_CASE,
    "flag": _P.EDIT_CONTACTS,
    "personal_contact": _P.EDIT_CONTACTS,
    "hospital_episode": _P.EDIT_CONTACTS,
    "care_team_member": _P.EDIT_CASE,
    "care_plan": _P.EDIT_PLAN,
    "need": _P.EDIT_PLAN,
    "goal": _P.EDIT_PLAN,
    "action": _P.EDIT_PLAN,
    "contingency_plan": _P.EDIT_PLAN,
    "other_plan": _P.EDIT_PLAN,
    "assessment": _P.EDIT_ASSESSMENT,
    "answer": _P.EDIT_ASSESSMENT,
    "happening": _P.EDIT_CONTACTS,
    "task": _P.KEEP_TASKS,
    "mdt_referral": _P.KEEP_TASKS,
}
"""What is taken from a Bundle and the permission that it needs, parents before what hangs on them.

Consent is asked for, leads and plans are agreed, parts are signed and minutes are taken by people here; none of that
comes about by a file.
"""
_STAMPS: Final = ("recorded_by", "started_by", "made_by", "answered_by", "referred_by")
_MOMENTS: Final = ("started_at", "made_at", "answered_at")
_DAYS: Final = ("joined", "referred_on")
_NOT_AGREED: Final[Mapping[str, Any]] = {
    "status": "draft", "version": 1, "agreed_with": None, "agreed_name": "", "agreed_role": "", "agreed_on": None,
    "agreed_by": "",
}  # fmt: skip


class QuestionnaireNotHere(BadInput):
    """A form that this program does not have. Value: `name`."""

    code = "fhir_questionnaire_not_here"


@dataclass(frozen=True, slots=True)
class Told:
    """One resource and what is to be said of it in words."""

    resource: str
    reason: str


@dataclass(frozen=True, slots=True)
class LeftOver:
    """The elements of a resource that was taken which its record does not keep."""

    resource: str
    elements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Planned:
    """A record that is to be made."""

    kind: str
    id: str
    body: Body


@dataclass(slots=True)
class Plan:
    """What is to be made of one person's resources, and what is told of the others."""

    records: list[Planned] = field(default_factory=list)
    unchanged: int = 0
    differing: list[Told] = field(default_factory=list)
    no_home: list[Told] = field(default_factory=list)
    left_over: list[LeftOver] = field(default_factory=list)


class Planning:
    """Plans the records of one person; `connection` is the one in whose state they will be written."""

    def __init__(
        self, access: Access, connection: "Connection", file: FhirFile, person_id: str, case_id: str, *, is_new: bool
    ) -> None:
        self._access = access
        self._connection = connection
        self._file = file
        self._person_id = person_id
        self._is_new = is_new
        self._case_id = case_id
        self._has_case = bool(case_id)
        self._ids: dict[tuple[str, str], str] = {}
        self._told_answers: set[str] = set()
        self.plan = Plan()
        now, name = moment_text(access.clock()), access.actor.name
        self._known: Body = {
            **dict.fromkeys(_STAMPS, name), **dict.fromkeys(_MOMENTS, now),
            **dict.fromkeys(_DAYS, access.today().isoformat()), "person_id": person_id, "order_key": "a0",
        }  # fmt: skip

    def make(self, person: PersonInBundle) -> Plan:
        """Everything that came about the person."""
        by_kind: dict[str, list[BundleEntry]] = {}
        for entry in person.others:
            try:
                by_kind.setdefault(kind_of(entry.resource), []).append(entry)
            except ResourceUnusable as error:
                self._no_home(entry, sentence(error))
        self._case(by_kind.get("person_case", []))
        self._known["case_id"] = self._case_id
        self._one_plan(by_kind)
        for kind in TAKEN:
            if kind != "person_case":
                for entry in by_kind.pop(kind, []):
                    self._take(kind, entry)
        for kind, entries in by_kind.items():
            if kind != "person_case":
                for entry in entries:
                    if is_here(self._connection, entry):
                        self.plan.unchanged += 1
                    else:
                        self._no_home(entry, words(f"fhir.no_home.{_why_no_home(kind)}"))
        return self.plan

    def _no_home(self, entry: BundleEntry, reason: str) -> None:
        self.plan.no_home.append(Told(entry.said, reason))

    def _case(self, entries: list[BundleEntry]) -> None:
        """The case that everything belongs to: the one on file, else one that is opened as here, at its beginning."""
        told = entries[0].id if entries else ""
        if not self._has_case:
            free = is_uuid(told) and shape.row_of(self._connection, "person_case", told) is None
            self._case_id = told if free else id_from("fhir", "person_case", self._person_id)
        for entry in entries:
            for _, id_ in addresses(entry):
                self._ids["person_case", id_] = self._case_id

    def need_case(self) -> None:
        """Plan the case where there is none yet."""
        if not self._has_case:
            today = self._access.today().isoformat()
            body = {
                "person_id": self._person_id, "stage": "identified", "stage_since": today, "opened_on": today,
                "complexity": "not_recorded", "primary_need": "not_recorded",
            }  # fmt: skip
            self.plan.records.insert(0, Planned("person_case", self._case_id, body))
            self._has_case = True

    def _one_plan(self, by_kind: dict[str, list[BundleEntry]]) -> None:
        """One plan of a Bundle is taken, the one in force; a case that has a plan keeps it."""
        plans = by_kind.get("care_plan", [])
        there = {it.id for it in care_plans.versions(self._connection, self._case_id)} if self._case_id else set()
        foreign = [entry for entry in plans if entry.id not in there]
        chosen = max(foreign, key=lambda it: it.resource.get("status") == "active", default=None)
        mine = {id_from("fhir", "care_plan", self._person_id)}
        if there - mine:
            chosen = None
        for entry in foreign:
            if entry is not chosen:
                self._no_home(entry, words("fhir.no_home.plan_there" if there - mine else "fhir.no_home.plan_older"))
        by_kind["care_plan"] = [entry for entry in plans if entry.id in there or entry is chosen]

    def _take(self, kind: str, entry: BundleEntry) -> None:
        try:
            known = {**self._known, "kind": "other"} if kind == "flag" else self._known
            _, told_id, body = from_fhir(entry.resource, known=known)
            if kind == "assessment" and body["questionnaire"] not in shipped_questionnaires():
                raise QuestionnaireNotHere(name=body["questionnaire"])
            asked = None if self._is_new else self._person_id
            if not self._access.may(TAKEN[kind], asked, self._connection):
                self._no_home(entry, words("fhir.no_home.role"))
                return
            remaining = left_over(entry.resource, kind, told_id, body)
            self._refer(kind, entry, body)
            self._place(kind, entry, body)
            if kind == "assessment":
                remaining = self._answers(entry, body, remaining)
        except MdtError as error:
            self._no_home(entry, sentence(error))
            return
        except _RefersAstray as error:
            self._no_home(entry, words("fhir.no_home.refers_astray", element=error.args[0]))
            return
        if remaining:
            self.plan.left_over.append(LeftOver(entry.said, tuple(remaining)))

    def _refer(self, kind: str, entry: BundleEntry, body: Body) -> None:
        """Turn what the body refers to into ids of this store."""
        for name, facts in columns_of(kind).items():
            value = body[name]
            if name == "origin":
                body[name] = None  # the version before stays where it was written
            if not facts.refers_to or value is None:
                continue
            found = self._local(facts.refers_to, str(value))
            if found is None and facts.absent is not None:
                raise _RefersAstray(name)
            body[name] = found

    def _local(self, kind: str, told: str) -> str | None:
        if kind == "person":
            return self._person_id
        if kind == "person_case":
            return self._case_id
        if kind == "practitioner":
            return self._practitioner(told)
        known = self._ids.get((kind, told))
        if known is not None:
            return known
        there = shape.row_of(self._connection, kind, told) is not None
        return told if there and rights.person_of(self._connection, told) == self._person_id else None

    def _practitioner(self, told: str) -> str | None:
        """Somebody of the directory: by id, else the only one of that name."""
        if self._connection.execute("SELECT 1 FROM practitioner WHERE id = ?", (told,)).fetchone():
            return told
        for entry in self._file.workplaces:
            if entry.type == "Practitioner" and told in {address[1] for address in addresses(entry)}:
                name = str(from_fhir(entry.resource, known={"role": "gp", "discipline": "gp"})[2]["name"])
                rows = self._connection.execute("SELECT id FROM practitioner WHERE name = ?", (name,)).fetchall()
                return str(rows[0][0]) if len(rows) == 1 else None
        return None

    def _place(self, kind: str, entry: BundleEntry, body: Body) -> None:
        """Plan the record, or find that it is here already; what is here is never overwritten."""
        if "case_id" in body:
            self.need_case()
        id_ = self._id_for(kind, entry)
        for _, told in addresses(entry):
            self._ids[kind, told] = id_
        wanted = _as_here(kind, body)
        there = shape.row_of(self._connection, kind, id_)
        if there is None:
            self.plan.records.append(Planned(kind, id_, wanted))
        elif self._is_same(there, body) or self._is_same(there, wanted):
            self.plan.unchanged += 1
        else:
            self.plan.differing.append(Told(entry.said, words("fhir.differs")))

    def _id_for(self, kind: str, entry: BundleEntry) -> str:
        told = entry.id or next((id_ for _, id_ in addresses(entry)), "")
        if is_uuid(told):
            if shape.row_of(self._connection, kind, told) is None:
                return told
            if rights.person_of(self._connection, told) in (self._person_id, None):
                return told
        if kind == "care_plan":
            return id_from("fhir", kind, self._person_id)
        return id_from("fhir", kind, self._person_id, told or f"{self._file.sha256} {entry.number}")

    def _is_same(self, there: Body, body: Body) -> bool:
        """Whether all that the resource itself says is here; who brought it in and when is not of the resource."""
        return all(
            there.get(name) == value for name, value in body.items() if value != self._known.get(name, _NOTHING)
        )

    def _answers(self, entry: BundleEntry, body: Body, remaining: list[str]) -> list[str]:
        """The answers of a form that come within it, unless they come as resources of their own."""
        form = shipped_questionnaire(body["questionnaire"])
        rest = [path for path in remaining if not path.startswith("QuestionnaireResponse.item")]
        own = {address for _, address in addresses(entry)}
        if "item" not in entry.resource or any(self._is_answer_to(it, own) for it in self._of_file()):
            return rest
        response = from_response(form, {**entry.resource, "questionnaire": form.url})
        assessment_id = next(self._ids["assessment", id_] for id_ in own)
        for (link_id, position), value in response.answers.values.items():
            text = orjson.dumps(encode(value)).decode()
            id_ = id_from("fhir", "answer", assessment_id, link_id, position)
            answer = {
                "assessment_id": assessment_id, "link_id": link_id, "position": position, "value_json": text,
                "answered_at": body["started_at"], "answered_by": body["started_by"],
            }  # fmt: skip
            if shape.row_of(self._connection, "answer", id_) is None:
                self.plan.records.append(Planned("answer", id_, answer))
            else:
                self.plan.unchanged += 1
        return rest

    def _of_file(self) -> list[BundleEntry]:
        return [entry for person in self._file.people for entry in person.others if entry.type == "Observation"]

    def _is_answer_to(self, entry: BundleEntry, own: set[str]) -> bool:
        derived = entry.resource.get("derivedFrom", ())
        return any(str(it.get("reference", "")).rpartition("/")[2].rpartition(":")[2] in own for it in derived)


class _RefersAstray(Exception):
    """A record needs something that neither the Bundle nor this store has."""


_NOTHING: Final = object()


def is_here(connection: "Connection", entry: BundleEntry) -> bool:
    """Whether just this record is here already, word for word: what left this store and comes back."""
    try:
        kind, id_, body = from_fhir(entry.resource)
        there = shape.row_of(connection, kind, id_) if is_uuid(id_) else None
    except ResourceUnusable:
        return False
    return there is not None and there == {**body, "id": id_}


def is_uuid(text: str) -> bool:
    """Whether an id from outside can be one of this program's."""
    return _UUID.fullmatch(text) is not None


def _as_here(kind: str, body: Body) -> Body:
    """The body as it begins here: a plan is agreed here or not at all, and parts are signed here."""
    if kind == "care_plan":
        return {**body, **_NOT_AGREED}
    if kind == "assessment" and body["status"] != "in_progress" and not body["unsigned_reason"]:
        return {**body, "unsigned_reason": words("fhir.signed_elsewhere")}
    return dict(body)


def _why_no_home(kind: str) -> str:
    """The group of kinds of which one sentence says why they are not taken."""
    for reason, kinds in _REASONS.items():
        if kind in kinds:
            return reason
    return "other"


_REASONS: Final[Mapping[str, frozenset[str]]] = {
    "consent": frozenset({"consent", "sharing_decision", "restriction", "broken_glass"}),
    "risk": frozenset({"risk_score", "stratification_run"}),
    "agreed_here": frozenset({"lead_allocation", "part_signature", "handover"}),
    "history": frozenset({"stage_change", "task_step"}),
    "meeting": frozenset(
        {"meeting", "meeting_series", "series_member", "attendance", "agenda_item", "item_presence", "meeting_note",
         "decision", "addendum", "pulse_answer"}
    ),
}  # fmt: skip
