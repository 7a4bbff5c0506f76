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
from mdt_desktop.documents.protection import protected, suggested_password
from mdt_desktop.documents.writing import take_back, write_new
from mdt_desktop.domain.care_plan import PlanStatus
from mdt_desktop.domain.consent import require_basis_to_share
from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.paper_password import require_paper_password
from mdt_desktop.domain.people import name_for_the_person
from mdt_desktop.domain.printing import PaperKind, PrintReason, Purpose, suggested_file_name, suggested_sheet_name
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.plan_paper import PlanSources, paper_of, section_words
from mdt_desktop.services.sheet_paper import sheet_of, sheet_section_words
from mdt_desktop.store import audit_log
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.queries import allocations, care_plans, cases, consents, directory
from mdt_desktop.store.transactions import writing
from mdt_desktop.words import label, words

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

__all__ = ["CarePlanPaper", "Paper", "PaperContents", "PlanSheetPaper", "Printing", "RasterPage", "SavedPlan"]

Paper: TypeAlias = CarePlanPaper | PlanSheetPaper


@dataclass(frozen=True, slots=True)
class PaperContents:
    """What would leave: whose plan in how many pages with which sections; `may_be_shared` is about other people.

    A planning sheet has no status, and version 0.
    """

    person: str
    kind: PaperKind
    version: int
    status: PlanStatus | None
    pages: int
    sections: tuple[str, ...]
    may_be_shared: bool
    file_name: str


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


class Printing:
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
        _check_basis(connection, person_id, purpose)
        why = in_words(purpose) if purpose else ""
        return sheet_of(connection, person_id, access, (now or access.clock()).astimezone(), why)

    def paper(self, plan_id: str, now: datetime | None = None, purpose: Purpose | None = None) -> CarePlanPaper:
        """What stands on the paper at `now` (the present moment unless given), in local time.

        Without a purpose it is for the screen only. Raises `NotFound`; `NoBasisToShare` for a purpose that shares.
        """
        access = self._access
        sources = self._sources(access.database.reader, plan_id)
        _check_basis(access.database.reader, sources.person.id, purpose)
        why = in_words(purpose) if purpose else ""
        return paper_of(sources, access.actor, (now or access.clock()).astimezone(), why, access.is_demo)

    def render(self, subject_id: str, purpose: Purpose | None = None) -> bytes:
        """The paper as a PDF in memory; all but an agreed plan carry their mark. Raises as `paper` does."""
        return self.pdf(self.paper_about(subject_id, None, purpose))

    @staticmethod
    def pdf(paper: Paper) -> bytes:
        """The paper as a PDF in memory."""
        return plan_sheet.render(paper) if isinstance(paper, PlanSheetPaper) else care_plan.render(paper)

    @staticmethod
    def page_count(pdf: bytes) -> int:
        """How many pages a PDF has."""
        return preview.page_count(pdf)

    @staticmethod
    def page(pdf: bytes, number: int, scale: float) -> RasterPage:
        """A page (from 0) at `scale` pixels a point."""
        return preview.page_image(pdf, number, scale)

    @staticmethod
    def require_password(paper: Paper, password: str) -> None:
        """Raise the `BadInput` that fits where the password cannot protect this paper (`domain.paper_password`)."""
        person = paper.person
        born = [f"{person.born:{form}}" for form in ("%d%m%Y", "%Y%m%d", "%d%m%y")] if person.born else []
        require_paper_password(password, (*person.name.split(), person.preferred_name, person.nhs_number, *born))

    @staticmethod
    def suggested_password() -> str:
        """A password by lot, to be told by telephone."""
        return suggested_password()

    def protected(self, paper: Paper, pdf: bytes, password: str) -> bytes:
        """The PDF, readable only with the password, which is kept nowhere. Raises as `require_password`."""
        self.require_password(paper, password)
        return protected(pdf, password)

    def contents(self, paper: Paper, pdf: bytes, may_be_shared: bool) -> PaperContents:
        """What leaves with this paper, to be shown before it does."""
        name, pages, on = paper.person.name, preview.page_count(pdf), paper.printed_at.date()
        if isinstance(paper, PlanSheetPaper):
            sections, file_name = sheet_section_words(paper), suggested_sheet_name(on)
            return PaperContents(name, PaperKind.SHEET, 0, None, pages, sections, may_be_shared, file_name)
        return PaperContents(
            name,
            _kind(paper.status),
            paper.version,
            paper.status,
            pages,
            section_words(paper),
            may_be_shared,
            suggested_file_name(paper.version, on),
        )

    def may_be_shared(self, subject_id: str) -> bool:
        """Whether a basis to share the plan with others is recorded."""
        connection = self._access.database.reader
        return consents.in_force(connection, _person_of(connection, subject_id)).may_share

    def record_preview(self, subject_id: str) -> Changes:
        """Record that the plan was looked at as paper."""
        return self._record("preview", subject_id, "")

    def record_print(self, subject_id: str, purpose: Purpose, *, cancelled: bool = False) -> Changes:
        """Record a print, before it goes to the printer, or one that was cancelled in the system's own dialog.

        Raises `NoBasisToShare` for a print that would share without a basis.
        """
        return self._record("print", subject_id, _reason(purpose, cancelled), None if cancelled else purpose)

    def record_export(self, subject_id: str, purpose: Purpose, *, cancelled: bool = False) -> Changes:
        """Record that a file was saved elsewhere, or that saving one was cancelled; raises as `record_print`."""
        return self._record("export", subject_id, _reason(purpose, cancelled), None if cancelled else purpose)

    def save_pdf(
        self, subject_id: str, pdf: bytes, path: Path, purpose: Purpose, *, has_password: bool = False
    ) -> Changes:
        """Save a finished PDF as a new file with its audit entry: neither stays without the other.

        Raises `NoBasisToShare`, `FileNameRefused`, `PaperFileExists` (nothing is ever overwritten), `PaperNotSaved`.
        """
        reason = _reason(purpose, False)
        if has_password:
            reason = words("printing.reason_with_password", reason=reason)
        return self._record("export", subject_id, reason, purpose, (pdf, path))

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
        reason: str,
        leaves_for: Purpose | None = None,
        file: tuple[bytes, Path] | None = None,
    ) -> Changes:
        access = self._access
        written: Path | None = None
        try:
            with writing(access.database) as connection:
                person_id = _person_of(connection, subject_id)
                _check_basis(connection, person_id, leaves_for)
                kind = "person" if subject_id == person_id else "care_plan"
                act = Act(action, kind, subject_id, person_id, reason=reason)
                audit_log.append(connection, access.actor, access.clock(), [act])
                if file is not None:
                    write_new(file[1], file[0])
                    written = file[1]
        except BaseException:
            if written is not None:  # ours: it was made by this call, and has no audit entry
                take_back(written)
            raise
        return Changes(frozenset({"audit_entry"}), frozenset({subject_id, person_id}))

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
        )

    def whose(self, subject_id: str) -> str:
        """The name of the person whose paper it is, as one would say it."""
        connection = self._access.database.reader
        person = cases.person(connection, _person_of(connection, subject_id))
        return name_for_the_person(person.family_name, person.given_names, person.title)


def in_words(purpose: Purpose) -> str:
    """Why, as paper and audit say it: the offered reason, with the words that were added."""
    own = purpose.words.strip()
    if purpose.reason is PrintReason.OTHER:
        return own
    return ": ".join(part for part in (label(purpose.reason), own) if part)


def _reason(purpose: Purpose, cancelled: bool) -> str:
    return words("printing.cancelled_reason", reason=in_words(purpose)) if cancelled else in_words(purpose)


def _kind(status: PlanStatus) -> PaperKind:
    return PaperKind.DRAFT if status is PlanStatus.DRAFT else PaperKind.PLAN


def _check_basis(connection: "Connection", person_id: str, purpose: Purpose | None) -> None:
    """Raise `NoBasisToShare` for a purpose that would share what there is no basis to share."""
    if purpose is not None and purpose.is_sharing:
        consent = consents.in_force(connection, person_id)
        require_basis_to_share(consent.status, consent.basis)


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
