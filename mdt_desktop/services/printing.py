"""Makes the paper of a plan, or the sheet one begins with; it leaves only with a reason, a basis and an audit entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from mdt_desktop.documents import care_plan, plan_sheet, preview
from mdt_desktop.documents.care_plan_paper import CarePlanPaper
from mdt_desktop.documents.plan_sheet import PlanSheetPaper
from mdt_desktop.documents.preview import RasterPage
from mdt_desktop.domain.audit import CANCELLED
from mdt_desktop.domain.care_plan import PlanStatus
from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.people import name_for_the_person
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.domain.printing import PaperKind, PrintReason, Purpose, suggested_file_name, suggested_sheet_name
from mdt_desktop.services import unsettled
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.handing_over import Allowance, PaperRecipient, allowance_for, allowed_to, recipients
from mdt_desktop.services.paper_desk import PaperDesk
from mdt_desktop.services.plan_paper import PlanSources, paper_of, section_words
from mdt_desktop.services.rights import Rights, rights_over
from mdt_desktop.services.saving import record_leaving
from mdt_desktop.services.sheet_paper import sheet_of, sheet_section_words
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.queries import allocations, care_plans, cases, consents, directory, sharing
from mdt_desktop.words import label, words

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

__all__ = [
    "CarePlanPaper",
    "Paper",
    "PaperContents",
    "PaperRecipient",
    "PlanSheetPaper",
    "Printing",
    "RasterPage",
    "Rights",
    "SavedPlan",
]

Paper: TypeAlias = CarePlanPaper | PlanSheetPaper


@dataclass(frozen=True, slots=True)
class PaperContents:
    """What would leave: whose plan in how many pages with which sections; `may_be_shared` is about other people.

    A planning sheet has no status, and version 0. `withheld` says what is there and does not go, with why.
    """

    person: str
    kind: PaperKind
    version: int
    status: PlanStatus | None
    pages: int
    sections: tuple[str, ...]
    may_be_shared: bool
    file_name: str
    withheld: str = ""


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """What was saved as a file. A planning sheet has no plan id (it is empty) and no status, and version 0."""

    kind: PaperKind
    plan_id: str
    person_id: str
    version: int
    status: PlanStatus | None
    pages: int
    path: Path
    protected: bool = False
    """Whether the file opens with a password only."""


class Printing(PaperDesk):
    """The verbs of paper. A `subject_id` is the id of a plan, or of a person for their planning sheet.

    Those that read the store run on the reader, `record_…` and `save…` on the writer; `pdf`, `page` and `page_count`
    touch no store and belong in the pool.
    """

    def __init__(self, access: Access) -> None:
        self._access = access

    def paper_about(self, subject_id: str, now: datetime | None = None, purpose: Purpose | None = None) -> Paper:
        """The plan's paper, or the person's planning sheet. Raises as `paper` does."""
        if _is_plan(self._access.database.reader, subject_id):
            return self.paper(subject_id, now, purpose)
        return self.sheet(subject_id, now, purpose)

    def sheet(self, person_id: str, now: datetime | None = None, purpose: Purpose | None = None) -> PlanSheetPaper:
        """The planning sheet of anybody on file, with or without a case. Raises as `paper` does."""
        access, connection = self._access, self._access.database.reader
        allowance = self._allowance(connection, person_id, purpose)
        why = in_words(purpose, allowance.name) if purpose else ""
        return sheet_of(connection, person_id, access, (now or access.clock()).astimezone(), why, allowance)

    def paper(self, plan_id: str, now: datetime | None = None, purpose: Purpose | None = None) -> CarePlanPaper:
        """What stands on the paper at `now` (the present moment unless given), in local time.

        Without a purpose it is for the screen only. For one that shares, what the sharing matrix does not give to
        whoever gets it is left out. Raises `NotPermitted`, `NotFound`, `NoBasisToShare`, `NothingMayGo`.
        """
        access = self._access
        sources = self._sources(access.database.reader, plan_id)
        allowance = self._allowance(access.database.reader, sources.person.id, purpose)
        why = in_words(purpose, allowance.name) if purpose else ""
        moment = (now or access.clock()).astimezone()
        return paper_of(sources, access.actor, moment, why, access.is_demo, allowance)

    def render(self, subject_id: str, purpose: Purpose | None = None) -> bytes:
        """The paper as a PDF in memory; all but an agreed plan carry their mark. Raises as `paper` does."""
        return self.pdf(self.paper_about(subject_id, None, purpose))

    @staticmethod
    def pdf(paper: Paper) -> bytes:
        """The paper as a PDF in memory."""
        return plan_sheet.render(paper) if isinstance(paper, PlanSheetPaper) else care_plan.render(paper)

    def contents(self, paper: Paper, pdf: bytes, may_be_shared: bool) -> PaperContents:
        """What leaves with this paper, to be shown before it does."""
        name, pages, on = paper.person.name, preview.page_count(pdf), paper.printed_at.date()
        if isinstance(paper, PlanSheetPaper):
            sections, file_name = sheet_section_words(paper), suggested_sheet_name(on)
            return PaperContents(
                name, PaperKind.SHEET, 0, None, pages, sections, may_be_shared, file_name, paper.withheld
            )
        return PaperContents(
            name,
            _kind(paper.status),
            paper.version,
            paper.status,
            pages,
            section_words(paper),
            may_be_shared,
            suggested_file_name(paper.version, on),
            paper.withheld,
        )

    def may_be_shared(self, subject_id: str) -> bool:
        """Whether anything may go to anybody but the person: by consent, or by a decision of the sharing matrix."""
        connection = self._access.database.reader
        person_id = _person_of(connection, subject_id)
        if consents.in_force(connection, person_id).may_share:
            return True
        return sharing.matrix(connection, person_id).shares_anything

    def recipients(self, subject_id: str) -> list[PaperRecipient]:
        """Everybody by name who could be given this paper."""
        connection = self._access.database.reader
        return recipients(connection, _person_of(connection, subject_id))

    def rights(self, subject_id: str) -> Rights:
        """What the user may do with the paper of this person."""
        connection = self._access.database.reader
        return rights_over(self._access, _person_of(connection, subject_id), connection)

    def record_preview(self, subject_id: str) -> Changes:
        """Record that the plan was looked at as paper."""
        return self._record("preview", subject_id, None)

    def record_print(self, subject_id: str, purpose: Purpose, *, cancelled: bool = False) -> Changes:
        """Record a print, before it goes to the printer, or one that was cancelled in the system's own dialog.

        Raises `NotPermitted`, and `NoBasisToShare` or `NothingMayGo` for a print that would share what may not go.
        """
        return self._record("print", subject_id, purpose, cancelled=cancelled)

    def record_export(self, subject_id: str, purpose: Purpose, *, cancelled: bool = False) -> Changes:
        """Record that a file was saved elsewhere, or that saving one was cancelled; raises as `record_print`."""
        return self._record("export", subject_id, purpose, cancelled=cancelled)

    def save_pdf(
        self, subject_id: str, pdf: bytes, path: Path, purpose: Purpose, *, has_password: bool = False
    ) -> Changes:
        """Save a finished PDF as a new file with its audit entry: neither stays without the other.

        Raises `NotPermitted`, `NoBasisToShare`, `NothingMayGo`, `FileNameRefused`, `PaperFileExists` (nothing is ever
        overwritten) and `PaperNotSaved`.
        """
        return self._record("export", subject_id, purpose, file=(pdf, path), has_password=has_password)

    def save(
        self, id_or_number: str, path: Path, purpose: Purpose | str, password: str | None = None
    ) -> SavedPlan:
        """Save the agreed plan, else the draft, else the planning sheet of a person id, case id or NHS number (or one
        plan by its id).

        A purpose in plain words counts as another reason, which shares. With a password the file opens with it only.
        Raises `NotFound`, `ReasonMissing`, and as `protected` and `save_pdf`.
        """
        why = purpose if isinstance(purpose, Purpose) else Purpose(PrintReason.OTHER, purpose)
        subject_id = self.subject_for(id_or_number)
        paper = self.paper_about(subject_id, None, why)
        pdf = self.pdf(paper)
        pages = preview.page_count(pdf)
        has_password = password is not None
        if password is not None:
            pdf = self.protected(paper, pdf, password)
        self.save_pdf(subject_id, pdf, path, why, has_password=has_password)
        if isinstance(paper, PlanSheetPaper):
            return SavedPlan(PaperKind.SHEET, "", subject_id, 0, None, pages, path, has_password)
        person_id = _person_of(self._access.database.reader, subject_id)
        kind = _kind(paper.status)
        return SavedPlan(kind, subject_id, person_id, paper.version, paper.status, pages, path, has_password)

    def subject_for(self, id_or_number: str) -> str:
        """What to print for a person id, case id or NHS number: the id of their plan, else their own for the sheet.

        A plan's own id is given back. Raises `NotFound`.
        """
        connection = self._access.database.reader
        given = id_or_number.strip()
        if _is_plan(connection, given):
            return given
        person = cases.person(connection, cases.find_person(connection, id_or_number))
        versions = care_plans.versions(connection, person.case_id) if person.case_id else []
        if not versions:
            return person.id
        return next((it.id for it in versions if it.status is PlanStatus.AGREED), versions[0].id)

    def _record(
        self,
        action: str,
        subject_id: str,
        purpose: Purpose | None,
        *,
        cancelled: bool = False,
        file: tuple[bytes, Path] | None = None,
        has_password: bool = False,
    ) -> Changes:
        access, person = self._access, ""
        leaves = purpose is not None and not cancelled
        if leaves:
            access.require(_PERMISSION[action], subject_id)

        def acts(connection: "Connection") -> list[Act]:
            nonlocal person
            person = _person_of(connection, subject_id)
            fields, reason = CANCELLED if cancelled else "", ""
            if purpose is not None:
                allowance = allowance_for(connection, person, purpose) if leaves else Allowance()
                fields = allowance.in_audit() if leaves else fields
                reason = reason_in_words(purpose, allowance.name, cancelled=cancelled)
            if has_password:
                reason = words("printing.reason_with_password", reason=reason)
            return [Act(action, "person" if subject_id == person else "care_plan", subject_id, person, fields, reason)]

        record_leaving(access, acts, file)
        return Changes(frozenset({"audit_entry"}), frozenset({subject_id, person}))

    def _allowance(self, connection: "Connection", person_id: str, purpose: Purpose | None) -> Allowance:
        """What may go for a purpose; on the screen a partner sees what their organisation is given."""
        access = self._access
        if purpose is not None:
            access.require(Permission.PRINT, person_id, connection)
            return allowance_for(connection, person_id, purpose)
        access.require(Permission.SEE_PLAN, person_id, connection)
        employer = sharing.employer(connection, access.actor.practitioner_id)
        if rights_over(access, person_id, connection).is_partner and employer is not None:
            return allowed_to(connection, person_id, employer)
        return Allowance()

    def _sources(self, connection: "Connection", plan_id: str) -> PlanSources:
        plan = care_plans.plan(connection, plan_id)
        person = cases.person(connection, cases.find_person(connection, plan.case_id))
        lead = allocations.lead(connection, plan.case_id)
        return PlanSources(
            plan=plan,
            person=person,
            flags=cases.flags(connection, person.id, self._access.today()),
            consent=consents.in_force(connection, person.id),
            lead=directory.practitioner(connection, lead.practitioner_id) if lead else None,
            reviewer=directory.practitioner(connection, plan.reviewer_id) if plan.reviewer_id else None,
            contacts=cases.personal_contacts(connection, person.id),
            team=[member for member in cases.team(connection, plan.case_id) if member.left is None],
            not_settled=tuple(dict.fromkeys(it.field for it in unsettled.of_person(connection, person.id))),
        )

    def whose(self, subject_id: str) -> str:
        """The name of the person whose paper it is, as one would say it."""
        connection = self._access.database.reader
        person = cases.person(connection, _person_of(connection, subject_id))
        return name_for_the_person(person.family_name, person.given_names, person.title)


_PERMISSION = {"print": Permission.PRINT, "export": Permission.EXPORT}


def in_words(purpose: Purpose, recipient: str = "") -> str:
    """Why and for whom, as paper and audit say it: the offered reason, who gets it, and the words that were added."""
    own = purpose.words.strip()
    if purpose.reason is PrintReason.OTHER:
        return words("printing.for_recipient", reason=own, recipient=recipient) if recipient else own
    return ": ".join(part for part in (label(purpose.reason), ", ".join(filter(None, (recipient, own)))) if part)


def reason_in_words(purpose: Purpose, recipient: str = "", *, cancelled: bool = False) -> str:
    """Why, as the audit says it; of what was called off that nothing left."""
    told = in_words(purpose, recipient)
    return words("printing.cancelled_reason", reason=told) if cancelled else told


def _kind(status: PlanStatus) -> PaperKind:
    return PaperKind.DRAFT if status is PlanStatus.DRAFT else PaperKind.PLAN


def _is_plan(connection: "Connection", subject_id: str) -> bool:
    return connection.execute("SELECT 1 FROM care_plan WHERE id = ?", (subject_id,)).fetchone() is not None


def _person_of(connection: "Connection", subject_id: str) -> str:
    """The person whose plan it is, or who it is; raises `NotFound`."""
    row: Sequence[str] | None = connection.execute(
        "SELECT person_id FROM care_plan JOIN person_case ON person_case.id = case_id WHERE care_plan.id = ?1"
        " UNION ALL SELECT id FROM person WHERE id = ?1",
        (subject_id,),
    ).fetchone()
    if row is None:
        raise NotFound(kind="care_plan")
    return row[0]
