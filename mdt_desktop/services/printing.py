"""Makes the paper of a care plan, and lets it leave the program only with a reason, a basis and an audit entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mdt_desktop.documents import care_plan, preview
from mdt_desktop.documents.care_plan_paper import CarePlanPaper
from mdt_desktop.documents.preview import RasterPage
from mdt_desktop.domain.care_plan import PlanStatus
from mdt_desktop.domain.consent import require_basis_to_share
from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.people import name_for_the_person
from mdt_desktop.domain.printing import PrintReason, Purpose, suggested_file_name
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.plan_paper import PlanSources, paper_of, section_words
from mdt_desktop.store import audit_log
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.queries import allocations, care_plans, cases, consents, directory
from mdt_desktop.store.transactions import writing
from mdt_desktop.words import label, words

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

__all__ = ["CarePlanPaper", "NoPlanToPrint", "PaperContents", "Printing", "RasterPage", "SavedPlan"]


class NoPlanToPrint(NotFound):
    """The person has no care plan yet."""

    code = "no_plan_to_print"


@dataclass(frozen=True, slots=True)
class PaperContents:
    """What would leave: whose plan in how many pages with which sections; `may_be_shared` is about other people."""

    person: str
    version: int
    status: PlanStatus
    pages: int
    sections: tuple[str, ...]
    may_be_shared: bool
    file_name: str


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan that was saved as a file."""

    plan_id: str
    person_id: str
    version: int
    status: PlanStatus
    pages: int
    path: Path


class Printing:
    """The verbs of paper. Those that read the store run on the reader, `record_…` and `save…` on the writer;
    `pdf`, `page` and `page_count` touch no store and belong in the pool."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def paper(self, plan_id: str, now: datetime | None = None, purpose: Purpose | None = None) -> CarePlanPaper:
        """What stands on the paper at `now` (the present moment unless given), in local time.

        Without a purpose it is for the screen only. Raises `NotFound`; `NoBasisToShare` for a purpose that shares.
        """
        access = self._access
        sources = self._sources(access.database.reader, plan_id)
        if purpose is not None and purpose.is_sharing:
            require_basis_to_share(sources.consent.status, sources.consent.basis)
        why = in_words(purpose) if purpose else ""
        return paper_of(sources, access.actor, (now or access.clock()).astimezone(), why, access.is_demo)

    def render(self, plan_id: str, purpose: Purpose | None = None) -> bytes:
        """The plan as a PDF in memory; a draft and an old version carry their mark. Raises as `paper` does."""
        return self.pdf(self.paper(plan_id, None, purpose))

    @staticmethod
    def pdf(paper: CarePlanPaper) -> bytes:
        """The paper as a PDF in memory."""
        return care_plan.render(paper)

    @staticmethod
    def page_count(pdf: bytes) -> int:
        """How many pages a PDF has."""
        return preview.page_count(pdf)

    @staticmethod
    def page(pdf: bytes, number: int, scale: float) -> RasterPage:
        """A page (from 0) at `scale` pixels a point."""
        return preview.page_image(pdf, number, scale)

    def contents(self, paper: CarePlanPaper, pdf: bytes, may_be_shared: bool) -> PaperContents:
        """What leaves with this paper, to be shown before it does."""
        return PaperContents(
            paper.person.name,
            paper.version,
            paper.status,
            preview.page_count(pdf),
            section_words(paper),
            may_be_shared,
            suggested_file_name(paper.version, paper.printed_at.date()),
        )

    def may_be_shared(self, plan_id: str) -> bool:
        """Whether a basis to share the plan with others is recorded."""
        connection = self._access.database.reader
        return consents.in_force(connection, _person_of(connection, plan_id)).may_share

    def record_preview(self, plan_id: str) -> Changes:
        """Record that the plan was looked at as paper."""
        return self._record("preview", plan_id, "")

    def record_print(self, plan_id: str, purpose: Purpose, *, cancelled: bool = False) -> Changes:
        """Record a print, before it goes to the printer, or one that was cancelled in the system's own dialog.

        Raises `NoBasisToShare` for a print that would share without a basis.
        """
        return self._record("print", plan_id, _reason(purpose, cancelled), None if cancelled else purpose)

    def record_export(self, plan_id: str, purpose: Purpose, *, cancelled: bool = False) -> Changes:
        """Record that a file was saved elsewhere, or that saving one was cancelled; raises as `record_print`."""
        return self._record("export", plan_id, _reason(purpose, cancelled), None if cancelled else purpose)

    def save_plan(self, plan_id: str, pdf: bytes, path: Path, purpose: Purpose) -> Changes:
        """Save a finished PDF as a new file with its audit entry: neither stays without the other.

        Raises `NoBasisToShare`, `PaperFileExists` (nothing is ever overwritten) and `PaperNotSaved`.
        """
        return self._record("export", plan_id, _reason(purpose, False), purpose, (pdf, path))

    def save(self, id_or_number: str, path: Path, purpose: Purpose | str) -> SavedPlan:
        """Save the agreed plan, else the draft, of a person id, case id or NHS number (or one plan by its id).

        A purpose in plain words counts as another reason, which shares. Raises `NotFound`, `NoPlanToPrint`,
        `ReasonMissing`, `NoBasisToShare`, `PaperFileExists`, `PaperNotSaved`.
        """
        why = purpose if isinstance(purpose, Purpose) else Purpose(PrintReason.OTHER, purpose)
        plan_id = self.plan_for(id_or_number)
        paper = self.paper(plan_id, None, why)
        pdf = care_plan.render(paper)
        self.save_plan(plan_id, pdf, path, why)
        person_id = _person_of(self._access.database.reader, plan_id)
        return SavedPlan(plan_id, person_id, paper.version, paper.status, preview.page_count(pdf), path)

    def plan_for(self, id_or_number: str) -> str:
        """The plan to print for a person id, case id or NHS number; a plan's own id is given back."""
        connection = self._access.database.reader
        given = id_or_number.strip()
        if connection.execute("SELECT 1 FROM care_plan WHERE id = ?", (given,)).fetchone():
            return given
        person = cases.person(connection, cases.find_person(connection, id_or_number))
        versions = care_plans.versions(connection, person.case_id) if person.case_id else []
        if not versions:
            raise NoPlanToPrint()
        return next((it.id for it in versions if it.status is PlanStatus.AGREED), versions[0].id)

    def _record(
        self,
        action: str,
        plan_id: str,
        reason: str,
        leaves_for: Purpose | None = None,
        file: tuple[bytes, Path] | None = None,
    ) -> Changes:
        access = self._access
        written: Path | None = None
        try:
            with writing(access.database) as connection:
                person_id = _person_of(connection, plan_id)
                if leaves_for is not None and leaves_for.is_sharing:
                    consent = consents.in_force(connection, person_id)
                    require_basis_to_share(consent.status, consent.basis)
                act = Act(action, "care_plan", plan_id, person_id, reason=reason)
                audit_log.append(connection, access.actor, access.clock(), [act])
                if file is not None:
                    preview.save_as(*file)
                    written = file[1]
        except BaseException:
            if written is not None:  # ours: it was made by this call, and has no audit entry
                written.unlink(missing_ok=True)
            raise
        return Changes(frozenset({"audit_entry"}), frozenset({plan_id, person_id}))

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

    def whose(self, plan_id: str) -> str:
        """The name of the person whose plan it is, as one would say it."""
        connection = self._access.database.reader
        person = cases.person(connection, _person_of(connection, plan_id))
        return name_for_the_person(person.family_name, person.given_names, person.title)


def in_words(purpose: Purpose) -> str:
    """Why, as paper and audit say it: the offered reason, with the words that were added."""
    own = purpose.words.strip()
    if purpose.reason is PrintReason.OTHER:
        return own
    return ": ".join(part for part in (label(purpose.reason), own) if part)


def _reason(purpose: Purpose, cancelled: bool) -> str:
    return words("printing.cancelled_reason", reason=in_words(purpose)) if cancelled else in_words(purpose)


def _person_of(connection: "Connection", plan_id: str) -> str:
    row: Sequence[str] | None = connection.execute(
        "SELECT person_id FROM care_plan JOIN person_case ON person_case.id = case_id WHERE care_plan.id = ?",
        (plan_id,),
    ).fetchone()
    if row is None:
        raise NotFound(kind="care_plan")
    return row[0]
