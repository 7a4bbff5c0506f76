"""The tree of errors that domain and services raise; the sentence for each code is in `resources/words`.

MdtError
├── BadInput          what was given cannot be used; nothing was changed
├── NotFound          there is no such record
├── NotAllowed        a rule of the field forbids it
└── StoreProblem      the store cannot be opened, read or written
"""

from typing import ClassVar


class MdtError(Exception):
    """A refusal or failure that a person can read: a stable code and the values its sentence needs."""

    code: ClassVar[str] = "unexpected"

    def __init__(self, **values: object) -> None:
        super().__init__(self.code)
        self.values = values

    def __str__(self) -> str:
        """Code and value names only: values may be personal data and must not reach a log."""
        return f"{self.code}({', '.join(sorted(self.values))})"


class BadInput(MdtError):
    """What was given cannot be used; nothing was changed."""

    code = "bad_input"


class NotFound(MdtError):
    """There is no such record."""

    code = "not_found"


class NotAllowed(MdtError):
    """A rule of the field forbids it; nothing was changed."""

    code = "not_allowed"


class StoreProblem(MdtError):
    """The store cannot be opened, read or written."""

    code = "store_problem"
