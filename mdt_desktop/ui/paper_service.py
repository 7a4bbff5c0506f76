"""What the preview of a paper asks of whoever makes it, and what it holds of it meanwhile."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from mdt_desktop.services.changes import Changes

if TYPE_CHECKING:
    from mdt_desktop.services.printing import RasterPage, Rights


class PaperService(Protocol):
    """What the preview asks of whoever makes a paper: `services.printing` for plans, another for other papers."""

    def paper_about(self, subject: Any, now: datetime | None = None, purpose: Any = None) -> Any:
        """The paper, as far as it may go for a purpose."""

    def pdf(self, paper: Any) -> bytes:
        """The paper as a PDF."""

    def page(self, pdf: bytes, number: int, scale: float) -> "RasterPage":
        """One page, drawn."""

    def contents(self, paper: Any, pdf: bytes, may_be_shared: bool) -> Any:
        """What leaves: its `pages` and `file_name`, and what its panel tells of it."""

    def may_be_shared(self, subject: Any) -> bool:
        """Whether anything may go to others than the person."""

    def rights(self, subject: Any) -> "Rights":
        """What the user may do with it."""

    def record_preview(self, subject: Any) -> Changes:
        """That it was looked at."""

    def record_print(self, subject: Any, purpose: Any, *, cancelled: bool = False) -> Changes:
        """That it is printed, or was not after all."""

    def record_export(self, subject: Any, purpose: Any, *, cancelled: bool = False) -> Changes:
        """That it is saved, or was not after all."""

    def save_pdf(
        self, subject: Any, pdf: bytes, path: Path, purpose: Any, *, has_password: bool = False
    ) -> Changes:
        """Save it as a new file."""

    def require_password(self, paper: Any, password: str) -> None:
        """Raise the `BadInput` that fits where the password cannot protect this paper."""

    def suggested_password(self) -> str:
        """A password by lot."""

    def protected(self, paper: Any, pdf: bytes, password: str) -> bytes:
        """The PDF, readable only with the password."""


@dataclass(frozen=True, slots=True)
class MadePaper:
    """A finished paper."""

    paper: Any
    pdf: bytes
    contents: Any
