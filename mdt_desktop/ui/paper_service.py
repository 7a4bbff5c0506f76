"""What the preview of a paper asks of whoever makes it, and what it holds of it meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from mdt_desktop.domain.printing import Purpose
from mdt_desktop.services.changes import Changes

if TYPE_CHECKING:
    from mdt_desktop.services.printing import PaperContents, PaperRecipient, RasterPage, Rights


class PaperService(Protocol):
    """What the preview asks of whoever makes a paper: `services.printing` for plans, another for other papers."""

    def paper_about(self, subject_id: str, now: datetime | None = None, purpose: Purpose | None = None) -> Any:
        """The paper, as far as it may go for a purpose."""

    def pdf(self, paper: Any) -> bytes:
        """The paper as a PDF."""

    def page(self, pdf: bytes, number: int, scale: float) -> "RasterPage":
        """One page, drawn."""

    def contents(self, paper: Any, pdf: bytes, may_be_shared: bool) -> "PaperContents":
        """What leaves."""

    def may_be_shared(self, subject_id: str) -> bool:
        """Whether anything may go to others than the person."""

    def recipients(self, subject_id: str) -> "Sequence[PaperRecipient]":
        """Who could be given it, by name."""

    def rights(self, subject_id: str) -> "Rights":
        """What the user may do with it."""

    def record_preview(self, subject_id: str) -> Changes:
        """That it was looked at."""

    def record_print(self, subject_id: str, purpose: Purpose, *, cancelled: bool = False) -> Changes:
        """That it is printed, or was not after all."""

    def record_export(self, subject_id: str, purpose: Purpose, *, cancelled: bool = False) -> Changes:
        """That it is saved, or was not after all."""

    def save_plan(
        self, subject_id: str, pdf: bytes, path: Path, purpose: Purpose, *, has_password: bool = False
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
    contents: "PaperContents"


@dataclass(frozen=True, slots=True)
class PaperSubject:
    """What is read once about whom the paper is about: the paper, and what may be done with it."""

    paper: Any
    may_be_shared: bool
    recipients: "Sequence[PaperRecipient]"
    rights: "Rights"
