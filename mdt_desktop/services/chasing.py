"""The chase list: by organisation, who is asked for what before a meeting; with initials unless names are wanted."""

from collections.abc import Sequence
from dataclasses import dataclass

from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.people import name_on_screen
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.domain.readiness import ReadinessPart
from mdt_desktop.services.access import Access
from mdt_desktop.services.agendas import Agendas, ItemSummary, Readiness
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.saving import record_leaving
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.queries import meetings
from mdt_desktop.words import label, words

__all__ = ["ChaseGroup", "ChaseList", "ChaseRow", "Chasing", "chase_groups"]


@dataclass(frozen=True, slots=True)
class ChaseRow:
    """One person about whom something is missing, and who is asked for it (empty where nobody leads)."""

    item: ItemSummary
    missing: tuple[ReadinessPart, ...]
    ask: str


@dataclass(frozen=True, slots=True)
class ChaseGroup:
    """What is asked of one organisation; an empty name is of those for whom nobody can be asked yet."""

    organisation: str
    rows: tuple[ChaseRow, ...]


@dataclass(frozen=True, slots=True)
class ChaseList:
    """Everything that is missing before a meeting. `meeting` tells which in words."""

    meeting_id: str
    meeting: str
    groups: tuple[ChaseGroup, ...]

    @property
    def people(self) -> tuple[str, ...]:
        """The ids of who is on it."""
        return tuple(row.item.person_id for group in self.groups for row in group.rows)


class Chasing:
    """The verbs of the chase list."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def chase(self, meeting_id: str) -> ChaseList:
        """What is missing now. Raises `NotFound`."""
        meeting = meetings.meeting(self._access.database.reader, meeting_id)
        name = meeting.series_name or words("meetings.calendar.name", locality=meeting.locality_name)
        told = words("meetings.chase.of", name=name, day=cui_date(meeting.day), time=meeting.starts_at)
        return ChaseList(meeting_id, told, chase_groups(Agendas(self._access).readiness(meeting_id)))

    def record_left(self, chase: ChaseList, how: str, *, names: bool) -> Changes:
        """Record that the list was copied or printed (`how`), in the history of everybody on it."""
        told = words(f"meetings.chase.{how}_{'names' if names else 'initials'}")
        self._access.require(Permission.EXPORT)
        acts = [Act("export", "meeting", chase.meeting_id, None, "", told)]
        acts += [Act("export", "agenda_item", "", person, "", told) for person in chase.people]
        record_leaving(self._access, lambda _: acts)
        return Changes(frozenset({"audit_entry"}), frozenset(chase.people))


def chase_groups(found: Sequence[Readiness]) -> tuple[ChaseGroup, ...]:
    """Those with something missing, by the organisation of who is asked; where nobody can be asked comes last."""
    groups: dict[str, list[ChaseRow]] = {}
    for it in found:
        if it.missing:
            groups.setdefault(it.ask_works_for, []).append(ChaseRow(it.item, it.missing, it.ask_name))
    order = sorted(groups, key=lambda name: (not name, name.casefold()))
    return tuple(ChaseGroup(name, tuple(groups[name])) for name in order)


def who(item: ItemSummary, *, names: bool) -> str:
    """Whom a row is about: initials and the year of birth, or the name and the day of birth."""
    if not names:
        return words("meetings.chase.initials", who=item.initials, year=item.born.year)
    name = name_on_screen(item.family_name, item.given_names, item.title)
    return words("meetings.chase.name", name=name, born=cui_date(item.born))


def missing(row: ChaseRow) -> str:
    """What is missing, in words."""
    return "; ".join(label(part) for part in row.missing)


def as_text(chase: ChaseList, *, names: bool) -> str:
    """The list as plain text, for a message."""
    lines = [words("meetings.chase.title"), chase.meeting]
    for group in chase.groups:
        lines += ["", group.organisation or words("meetings.chase.nobody")]
        for row in group.rows:
            asked = row.ask or words("meetings.chase.no_lead")
            lines.append(words("meetings.chase.line", ask=asked, who=who(row.item, names=names), what=missing(row)))
    return "\n".join(lines) + "\n"
