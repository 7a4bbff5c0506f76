"""What a preview asks of a service that makes papers."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from mdt_desktop.services.changes import Changes

if TYPE_CHECKING:
    from mdt_desktop.services.printing import RasterPage


class PaperContents(Protocol):
    """What every paper says of itself before it leaves; more is the business of its panel."""

    @property
    def pages(self) -> int: ...

    @property
    def file_name(self) -> str: ...


class PaperService(Protocol):
    """What a preview asks of a service that makes papers.

    What a paper is about, the paper itself and why it leaves are the service's own: they only pass through here. What
    reads the store is called in the reader, `record_…` and `save_pdf` in the writer, the rest in the pool.
    """

    def paper_about(self, subject: Any, now: Any = None, purpose: Any = None, /) -> Any: ...

    def may_be_shared(self, subject: Any, /) -> bool: ...

    def pdf(self, paper: Any, /) -> bytes: ...

    def contents(self, paper: Any, pdf: bytes, may_be_shared: bool, /) -> PaperContents: ...

    def page(self, pdf: bytes, number: int, scale: float, /) -> "RasterPage": ...

    def require_password(self, paper: Any, password: str, /) -> None: ...

    def suggested_password(self) -> str: ...

    def protected(self, paper: Any, pdf: bytes, password: str, /) -> bytes: ...

    def record_preview(self, subject: Any, /) -> Changes: ...

    def record_print(self, subject: Any, purpose: Any, /, *, cancelled: bool = False) -> Changes: ...

    def record_export(self, subject: Any, purpose: Any, /, *, cancelled: bool = False) -> Changes: ...

    def save_pdf(
        self, subject: Any, pdf: bytes, path: Path, purpose: Any, /, *, has_password: bool = False
    ) -> Changes: ...
