"""Makes the paper of a chase list; it touches no store and belongs in the pool."""

from mdt_desktop.documents import chase_list, preview
from mdt_desktop.documents.chase_list import ChasePaper
from mdt_desktop.documents.preview import RasterPage
from mdt_desktop.services.access import Access
from mdt_desktop.services.chasing import ChaseList, missing, who
from mdt_desktop.words import label, words

__all__ = ["ChasePapers"]


class ChasePapers:
    """Draws the list."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def paper(self, chase: ChaseList, *, names: bool) -> bytes:
        """The list as a PDF."""
        actor = self._access.actor
        groups = tuple(
            (
                group.organisation or words("meetings.chase.nobody"),
                tuple(
                    (row.ask or words("meetings.chase.no_lead"), who(row.item, names=names), missing(row))
                    for row in group.rows
                ),
            )
            for group in chase.groups
        )
        return chase_list.render(
            ChasePaper(
                chase.meeting,
                groups,
                f"{actor.name}, {label(actor.role)}",
                self._access.clock().astimezone(),
                actor.organisation,
                self._access.is_demo,
            )
        )

    @staticmethod
    def page_count(pdf: bytes) -> int:
        """How many pages a paper has."""
        return preview.page_count(pdf)

    @staticmethod
    def page(pdf: bytes, number: int, scale: float) -> RasterPage:
        """A page (from 0) as an image, `scale` pixels a point."""
        return preview.page_image(pdf, number, scale)
