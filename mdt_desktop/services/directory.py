"""Reads who works here, the practices, localities and organisations."""

from mdt_desktop.domain.organisations import Discipline
from mdt_desktop.services.access import Access
from mdt_desktop.store.queries import directory
from mdt_desktop.store.queries.directory import (
    LocalitySummary,
    OrganisationSummary,
    PracticeSummary,
    PractitionerSummary,
)

__all__ = ["Directory", "LocalitySummary", "OrganisationSummary", "PracticeSummary", "PractitionerSummary"]


class Directory:
    """The questions about people and places of work."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def practitioners(
        self, discipline: Discipline | None = None, *, with_left: bool = False
    ) -> list[PractitionerSummary]:
        """Everybody who works here now, by name; of one discipline if one is given; with those who left if wanted."""
        everybody = directory.practitioners(self._access.database.reader, with_left=with_left)
        return [it for it in everybody if discipline in (None, it.discipline)]

    def practitioner(self, practitioner_id: str) -> PractitionerSummary:
        """One practitioner; raises `NotFound`."""
        return directory.practitioner(self._access.database.reader, practitioner_id)

    def practices(self) -> list[PracticeSummary]:
        """All practices, by locality and name."""
        return directory.practices(self._access.database.reader)

    def localities(self) -> list[LocalitySummary]:
        """All localities, by name."""
        return directory.localities(self._access.database.reader)

    def organisations(self) -> list[OrganisationSummary]:
        """All organisations that are not practices, by name."""
        return directory.organisations(self._access.database.reader)
