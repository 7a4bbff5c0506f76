"""What can be done with a finished paper, whatever it is about: its pages, and a password (SECURITY R24, R29)."""

from typing import TYPE_CHECKING, Any

from mdt_desktop.documents import preview
from mdt_desktop.documents.preview import RasterPage
from mdt_desktop.documents.protection import protected, suggested_password
from mdt_desktop.domain.paper_password import require_paper_password

if TYPE_CHECKING:
    from mdt_desktop.documents.care_plan_paper import PersonBlock


class PaperDesk:
    """Touches no store: everything here belongs in the pool."""

    @staticmethod
    def page_count(pdf: bytes) -> int:
        """How many pages a PDF has."""
        return preview.page_count(pdf)

    @staticmethod
    def page(pdf: bytes, number: int, scale: float) -> RasterPage:
        """A page (from 0) at `scale` pixels a point."""
        return preview.page_image(pdf, number, scale)

    def known_words(self, paper: Any) -> tuple[str, ...]:
        """What is known of who is on the paper, which a password must not be made of."""
        person: PersonBlock = paper.person
        born = [f"{person.born:{form}}" for form in ("%d%m%Y", "%Y%m%d", "%d%m%y")] if person.born else []
        return (*person.name.split(), person.preferred_name, person.nhs_number, *born)

    def require_password(self, paper: Any, password: str) -> None:
        """Raise the `BadInput` that fits where the password cannot protect this paper (`domain.paper_password`)."""
        require_paper_password(password, self.known_words(paper))

    @staticmethod
    def suggested_password() -> str:
        """A password by lot, to be told by telephone."""
        return suggested_password()

    def protected(self, paper: Any, pdf: bytes, password: str) -> bytes:
        """The PDF, readable only with the password, which is kept nowhere. Raises as `require_password`."""
        self.require_password(paper, password)
        return protected(pdf, password)
