"""The sharing matrix of a person: read as a table of recipients and parts, and decided cell by cell."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from mdt_desktop.domain.errors import BadInput, NotFound
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.domain.sharing import (
    Recipient,
    RecipientKind,
    SharedPart,
    SharingBasis,
    SharingCell,
    SharingChoice,
    SharingGroup,
    require_fitting,
    whole_group,
)
from mdt_desktop.records import Person, SharingDecisionRecord
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes, changes_of
from mdt_desktop.services.consents import DecidedInFuture
from mdt_desktop.services.working import unit_of_work
from mdt_desktop.store.queries import sharing
from mdt_desktop.store.queries.sharing import DecisionSummary, NamedRecipient
from mdt_desktop.words import label, words

__all__ = ["DecisionSummary", "Key", "NothingDecided", "Sharing", "SharingRow", "SharingTable"]

Key = tuple[RecipientKind, str]
"""A recipient as decisions are kept: its kind and its id."""


class NothingDecided(BadInput):
    """No cell was changed, so there is nothing to record."""

    code = "sharing_nothing_decided"


@dataclass(frozen=True, slots=True)
class SharingRow:
    """One recipient with what holds for each part. `is_group` rows stand for everybody of a group."""

    recipient: Recipient
    name: str
    detail: str
    cells: Mapping[SharedPart, SharingCell]

    @property
    def is_group(self) -> bool:
        """Whether it stands for a whole group."""
        return self.recipient.kind is RecipientKind.GROUP


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision with the recipient's name, for the history."""

    name: str
    decision: DecisionSummary


@dataclass(frozen=True, slots=True)
class SharingTable:
    """The matrix of one person: each group followed by its organisations and people; `history` the latest first."""

    person_id: str
    rows: tuple[SharingRow, ...]
    history: tuple[Decided, ...]


class Sharing:
    """The questions and verbs of the sharing matrix."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def table(self, person_id: str) -> SharingTable:
        """The whole matrix, through the reader connection: the groups, the person's practice, the organisations of
        their care team, those close to them, and everybody about whom something was decided.

        Raises `NotPermitted`.
        """
        self._access.require(Permission.SEE_CONSENT, person_id)
        connection = self._access.database.reader
        matrix = sharing.matrix(connection, person_id)
        named: dict[Key, NamedRecipient] = {
            it.recipient.key: it
            for it in (*sharing.involved(connection, person_id), *sharing.contacts(connection, person_id))
        }
        for key in sorted(matrix.decided_recipients()):
            found = sharing.recipient(connection, person_id, *key)
            if key[0] is not RecipientKind.GROUP and found is not None:
                named.setdefault(key, found)
        rows = []
        for group in SharingGroup:
            everybody = whole_group(group)
            rows.append(SharingRow(everybody, label(group), "", matrix.choices(everybody)))
            rows += [_row(it, matrix.choices(it.recipient)) for it in named.values() if it.recipient.group is group]
        history = [
            Decided(_name_in_history(named, it), it) for it in reversed(sharing.decisions(connection, person_id))
        ]
        return SharingTable(person_id, tuple(rows), tuple(history))

    def row_for(self, person_id: str, key: Key) -> SharingRow:
        """One more recipient as a row, such as an organisation of the directory; raises `NotPermitted`, `NotFound`."""
        self._access.require(Permission.SEE_CONSENT, person_id)
        connection = self._access.database.reader
        found = sharing.recipient(connection, person_id, *key)
        if found is None:
            raise NotFound(kind=key[0].value)
        return _row(found, sharing.matrix(connection, person_id).choices(found.recipient))

    def record(
        self,
        person_id: str,
        cells: Mapping[tuple[Key, SharedPart], SharingChoice],
        bases: Mapping[SharingChoice, SharingBasis],
        decided_on: date,
        note: str = "",
    ) -> Changes:
        """Decide some cells at once, each choice on its ground. The history stays: each is a record of its own.

        Raises `NotPermitted`, `NothingDecided`, `SharingBasisUnfit`, `DecidedInFuture`, `NotFound`.
        """
        access = self._access
        access.require(Permission.EDIT_CONSENT, person_id)
        if not cells:
            raise NothingDecided()
        for choice in set(cells.values()):
            require_fitting(choice, bases[choice])
        if decided_on > access.today():
            raise DecidedInFuture(day=decided_on)
        with unit_of_work(access, note.strip()) as work:
            work.about(work.get(Person, person_id).id)
            for (key, part), choice in cells.items():
                if sharing.recipient(work.connection, person_id, *key) is None:
                    raise NotFound(kind=key[0].value)
                work.add(
                    SharingDecisionRecord(
                        id=work.new_id(),
                        person_id=person_id,
                        recipient_kind=key[0],
                        recipient_id=key[1],
                        part=part,
                        choice=choice,
                        basis=bases[choice],
                        decided_on=decided_on,
                        note=note.strip(),
                        recorded_by=access.actor.name,
                    )
                )
            work.act("sharing", "person", person_id)
        return changes_of(work, person_id)


def _row(found: NamedRecipient, cells: Mapping[SharedPart, SharingCell]) -> SharingRow:
    return SharingRow(found.recipient, found.name, detail_words(found.detail), cells)


def detail_words(detail: str) -> str:
    """What a recipient is: the words of a key, or somebody's own words for a relationship."""
    return label(detail) if detail.startswith(("organisation_kind.", "contact_relation.")) else detail


def _name_in_history(named: Mapping[Key, NamedRecipient], it: DecisionSummary) -> str:
    if it.recipient_kind is RecipientKind.GROUP:
        return label(SharingGroup(it.recipient_id))
    found = named.get((it.recipient_kind, it.recipient_id))
    return found.name if found else words("sharing.no_longer_listed")

