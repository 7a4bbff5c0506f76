"""Prints and saves the list of who looked at a plan: it belongs to the person, and leaves with an audit entry."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mdt_desktop.documents import preview, who_looked
from mdt_desktop.documents.who_looked_paper import WhoLookedPaper
from mdt_desktop.domain.audit import CANCELLED, WHOLE
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.domain.printing import PaperKind, Purpose, suggested_looked_name
from mdt_desktop.domain.sharing import NothingMayGo
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.handing_over import PaperRecipient
from mdt_desktop.services.paper_desk import PaperDesk
from mdt_desktop.services.printing import PaperContents, reason_in_words
from mdt_desktop.services.rights import Rights, rights_over
from mdt_desktop.services.saving import record_leaving
from mdt_desktop.services.who_looked import WhoLooked
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.queries import cases
from mdt_desktop.words import words

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection


class LookedPrinting(PaperDesk):
    """The verbs of this paper, named as those of `services.printing` so that one preview shows both.

    A `subject_id` is the id of the person. Those that read the store run on the reader, `record_…` and `save…` on the
    writer; `pdf`, `page` and `page_count` touch no store.
    """

    def __init__(self, access: Access) -> None:
        self._access = access

    def paper_about(
        self, subject_id: str, now: datetime | None = None, purpose: Purpose | None = None
    ) -> WhoLookedPaper:
        """The list of a person; raises `NotPermitted`, `NotFound`, `NothingMayGo` for anybody but them."""
        _require_theirs(purpose)
        return WhoLooked(self._access).paper(subject_id, now, reason_in_words(purpose) if purpose else "")

    @staticmethod
    def pdf(paper: WhoLookedPaper) -> bytes:
        """The paper as a PDF in memory."""
        return who_looked.render(paper)

    def contents(self, paper: WhoLookedPaper, pdf: bytes, may_be_shared: bool) -> PaperContents:
        """What leaves with this paper, to be shown before it does."""
        people = {visitor.name for day in paper.days for visitor in day.visitors}
        section = words("printing.looked_section", days=len(paper.days), people=len(people))
        return PaperContents(
            paper.person.name, PaperKind.WHO_LOOKED, 0, None, preview.page_count(pdf), (section,), may_be_shared,
            suggested_looked_name(paper.printed_at.date()),
        )  # fmt: skip

    def may_be_shared(self, subject_id: str) -> bool:
        """Never: the list is the person's own."""
        return False

    def recipients(self, subject_id: str) -> list[PaperRecipient]:
        """Nobody but the person."""
        return []

    def rights(self, subject_id: str) -> Rights:
        """What the user may do with the paper of this person."""
        return rights_over(self._access, subject_id, self._access.database.reader)

    def record_preview(self, subject_id: str) -> Changes:
        """Record that the list was looked at as paper."""
        return WhoLooked(self._access).viewed(subject_id)

    def record_print(self, subject_id: str, purpose: Purpose, *, cancelled: bool = False) -> Changes:
        """Record a print before it goes to the printer, or one that was called off in the system's own dialog."""
        return self._record("print", Permission.PRINT, subject_id, purpose, cancelled=cancelled)

    def record_export(self, subject_id: str, purpose: Purpose, *, cancelled: bool = False) -> Changes:
        """Record that saving the list as a file was called off."""
        return self._record("export", Permission.EXPORT, subject_id, purpose, cancelled=cancelled)

    def save_pdf(
        self, subject_id: str, pdf: bytes, path: Path, purpose: Purpose, *, has_password: bool = False
    ) -> Changes:
        """Save a finished PDF as a new file with its audit entry: neither stays without the other.

        Raises `NotPermitted`, `NothingMayGo`, `PaperFileExists` and `PaperNotSaved`.
        """
        return self._record(
            "export", Permission.EXPORT, subject_id, purpose, file=(pdf, path), has_password=has_password
        )

    def _record(
        self,
        action: str,
        permission: Permission,
        person_id: str,
        purpose: Purpose,
        *,
        cancelled: bool = False,
        file: tuple[bytes, Path] | None = None,
        has_password: bool = False,
    ) -> Changes:
        access = self._access
        if not cancelled:
            _require_theirs(purpose)
            access.require(permission, person_id)

        def acts(connection: "Connection") -> list[Act]:
            cases.person(connection, person_id)
            reason = reason_in_words(purpose, cancelled=cancelled)
            if has_password:
                reason = words("printing.reason_with_password", reason=reason)
            return [Act(action, "audit_entry", person_id, person_id, CANCELLED if cancelled else WHOLE, reason)]

        record_leaving(access, acts, file)
        return Changes(frozenset({"audit_entry"}), frozenset({person_id}))


def _require_theirs(purpose: Purpose | None) -> None:
    if purpose is not None and purpose.is_sharing:
        raise NothingMayGo(recipient=words("sharing.only_the_person"))
