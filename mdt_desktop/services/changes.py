"""What a command changed, told to every page so that those concerned refresh."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


class FinishedWork(Protocol):
    """What a finished unit of work tells of itself."""

    @property
    def changed_kinds(self) -> frozenset[str]: ...

    @property
    def changed_ids(self) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True)
class Changes:
    """Kinds of record (table names) and ids of the records and people that changed; `made` is a new record's id."""

    kinds: frozenset[str] = field(default_factory=frozenset)
    ids: frozenset[str] = field(default_factory=frozenset)
    made: str = ""

    def __bool__(self) -> bool:
        return bool(self.kinds)

    def concern(self, *kinds_or_ids: str) -> bool:
        """Whether one of these kinds or ids is among what changed."""
        return any(it in self.kinds or it in self.ids for it in kinds_or_ids)


@dataclass(frozen=True, slots=True)
class ChangesElsewhere(Changes):
    """What an exchange brought. `news` has, by the id of a record or person, who changed it and when it was taken."""

    news: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def changes_of(work: FinishedWork, made: str = "") -> Changes:
    """The changes of a finished unit of work."""
    return Changes(work.changed_kinds, work.changed_ids, made)
