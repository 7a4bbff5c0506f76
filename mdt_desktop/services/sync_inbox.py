"""What the exchange left for people: conflicts in words, duplicates, what waits, what was refused, the last runs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from mdt_desktop.domain.organisations import Role
from mdt_desktop.domain.people import name_on_screen, spaced_nhs_number
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services import record_words, unsettled
from mdt_desktop.services.access import Access
from mdt_desktop.services.sync_views import (
    ConflictView,
    DuplicateView,
    EditorKind,
    FieldEditor,
    Inbox,
    PutByLine,
    Queue,
    RefusedLine,
    RunLine,
    SideView,
    SyncStatus,
    WaitingLine,
)
from mdt_desktop.services.unsettled import Unsettled
from mdt_desktop.store.queries import exchange
from mdt_desktop.sync import conflicts, duplicates, refused, shape
from mdt_desktop.sync.conflicts import OpenConflict
from mdt_desktop.sync.duplicates import Duplicate
from mdt_desktop.sync.ledger import OpState, Pending
from mdt_desktop.sync.merge import AppliedRule
from mdt_desktop.words import label, vocabulary, words

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

_SEEN_BY = {
    **dict.fromkeys(("consent", "sharing_decision"), Permission.SEE_CONSENT),
    **dict.fromkeys(
        ("care_plan", "need", "goal", "action", "contingency_plan", "other_plan"), Permission.SEE_PLAN
    ),
    **dict.fromkeys(("assessment", "answer", "part_signature"), Permission.SEE_ASSESSMENT),
    "risk_score": Permission.SEE_RISK,
    "personal_contact": Permission.SEE_CONTACTS,
}
_ON_PAPER = frozenset(
    {
        "person", "personal_contact", "flag", "consent", "care_plan", "need", "goal", "action", "contingency_plan",
        "other_plan", "lead_allocation", "care_team_member",
    }
)  # fmt: skip
"""Kinds of record that a printed plan shows."""
_SKEW_TOLD = 120
_RUNS = 30


class SyncInbox:
    """The questions of the page of the exchange; every method reads through the reader connection."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def status(self) -> SyncStatus:
        """How the exchange stands."""
        return exchange.status(self._access.database.reader)

    def runs(self) -> list[RunLine]:
        """The last exchanges, the latest first."""
        return exchange.runs(self._access.database.reader, _RUNS)

    def inbox(self) -> Inbox:
        """What is to be decided, as far as the user may see it."""
        reader = self._access.database.reader
        found = conflicts.open_ones(reader)
        shown = [it for it in found if self._may_see(reader, it.type, it.rec_id)]
        views = [self._conflict(reader, it) for it in shown]
        views.sort(key=lambda it: not it.asks_me)
        pairs = [it for it in duplicates.all_of_them(reader) if self._may_see(reader, "person", it.mine_id)]
        return Inbox(tuple(views), tuple(_duplicate(reader, it) for it in pairs), len(found) - len(shown))

    def unsettled(self, person_id: str) -> tuple[Unsettled, ...]:
        """What is not settled about one person, with what counts meanwhile, as far as the user may see it."""
        self._access.require(Permission.SEE_CASE, person_id)
        reader = self._access.database.reader
        seen = {it.id for it in conflicts.open_ones(reader) if self._may_see(reader, it.type, it.rec_id)}
        return tuple(it for it in unsettled.of_person(reader, person_id) if it.conflict_id in seen)

    def queue(self) -> Queue:
        """What waits to be sent by this user, what was refused, what was put by."""
        reader = self._access.database.reader
        me = self._access.actor.practitioner_id
        stuck = refused.groups(reader)
        counted: dict[str, Counter[str]] = {}
        for type_, id_ in exchange.waiting(reader, me):
            person = self._person(reader, type_, id_)
            counted.setdefault(person, Counter())[type_] += 1
        lines = [self._waiting(reader, person, kinds) for person, kinds in counted.items()]
        lines.sort(key=lambda it: (not it.person, it.person))
        return Queue(
            tuple(lines),
            tuple(self._refused(reader, group) for group in stuck),
            tuple(
                PutByLine(bucket, name or words("record.no_longer_available"), count, record_words.moment_words(at))
                for bucket, name, count, at in exchange.put_by(reader)
            ),
            exchange.of_others(reader, me),
        )

    # Parts

    def _person(self, reader: "Connection", type_: str, id_: str) -> str:
        if type_ == shape.CONFLICT:
            row = reader.execute("SELECT type, rec_id FROM conflict WHERE id = ?", (id_,)).fetchone()
            return self._person(reader, *row) if row is not None and row[0] != shape.CONFLICT else ""
        return next(iter(sorted(shape.people_of(reader, type_, [id_]))), "")

    def _may_see(self, reader: "Connection", type_: str, id_: str) -> bool:
        person = self._person(reader, type_, id_) or None
        return self._access.may(_SEEN_BY.get(type_, Permission.SEE_CASE), person, reader)

    def _conflict(self, reader: "Connection", it: OpenConflict) -> ConflictView:
        person = self._person(reader, it.type, it.rec_id)
        me = self._access.actor

        def value(raw: Any) -> str:
            if not it.field and raw is None:
                return words("sync.inbox.deleted")
            return record_words.value_words(reader, it.type, it.field, raw)

        gone = not shape.row_exists(reader, it.type, it.rec_id)
        rule = AppliedRule(it.rule)
        now = (shape.row_of(reader, it.type, it.rec_id) or {}).get(it.field) if it.field else it.in_force
        return ConflictView(
            it.id, it.type, it.rec_id, person, record_words.person_words(reader, person) if person else "",
            record_words.record_words(reader, it.type, it.rec_id),
            record_words.field_words(it.type, it.field) if it.field else words("sync.inbox.whole_record"),
            value(it.base) if it.base is not None or it.field else "",
            _side(reader, value(it.mine), it.mine_by, it.mine_at, it.mine_device, it.mine_skew),
            _side(reader, value(it.theirs), it.theirs_by, it.theirs_at, "", 0),
            words(f"sync.rule.{rule.value}"), value(now), now, _effect(it, rule), _asked(reader, it),
            it.asked_id == me.practitioner_id, it.mine_by == me.name,
            FieldEditor(EditorKind.NONE) if gone else record_words.editor_of(reader, it.type, it.field),
            rule is AppliedRule.JOINED,
        )  # fmt: skip

    def _waiting(self, reader: "Connection", person: str, kinds: Counter[str]) -> WaitingLine:
        may = not person or self._access.may(Permission.SEE_CASE, person, reader)
        name = record_words.person_words(reader, person) if person and may else ""
        told = ", ".join(
            words("sync.queue.kind", count=count, kind=record_words.kind_words(kind))
            for kind, count in kinds.most_common()
        )
        return WaitingLine(person if may else "", name, kinds.total(), told)

    def _refused(self, reader: "Connection", group: Sequence[Pending]) -> RefusedLine:
        first = next((it for it in group if it.status is OpState.REFUSED), group[0])
        person = next((found for it in group if (found := self._person(reader, it.type, it.id))), "")
        may = not person or self._access.may(Permission.SEE_CASE, person, reader)
        what = record_words.record_words(reader, first.type, first.id) if may else record_words.kind_words(first.type)
        return RefusedLine(
            first.group_no, person if may else "", record_words.person_words(reader, person) if person and may else "",
            what, _why(first), len(group), record_words.moment_words(first.made_at),
            first.type == "person" and " nhs_number " in f" {first.why} ",
        )  # fmt: skip


def _side(reader: "Connection", value: str, by: str, at: str, laptop: str, skew: int) -> SideView:
    row = reader.execute("SELECT role FROM practitioner WHERE name = ? LIMIT 1", (by,)).fetchone()
    role = label(Role(row[0])) if row is not None and row[0] else ""
    said = datetime.fromisoformat(at)
    there = said + timedelta(seconds=skew)
    clock = words("sync.inbox.clock", time=record_words.moment(said)) if abs(skew) > _SKEW_TOLD else ""
    return SideView(value, by or words("sync.inbox.somebody_else"), role, laptop, record_words.moment(there), clock)


def _effect(conflict: OpenConflict, rule: AppliedRule) -> str:
    told = []
    if rule is AppliedRule.CAUTION:
        told.append(words("sync.inbox.cautious"))
    if conflict.type in _ON_PAPER:
        told.append(words("sync.inbox.marker"))
    return " ".join(told)


def _asked(reader: "Connection", conflict: OpenConflict) -> str:
    if conflict.asked_id is None:
        return ""
    row = reader.execute("SELECT name FROM practitioner WHERE id = ?", (conflict.asked_id,)).fetchone()
    name = str(row[0]) if row is not None else words("record.no_longer_available")
    return words("sync.inbox.asked", name=name, by=conflict.asked_by)


def _why(operation: Pending) -> str:
    """Why a change was refused, in a sentence."""
    if operation.status is not OpState.REFUSED:
        return words("sync.refusal.stale")
    status, _, rest = operation.why.partition(" ")
    field = rest.partition(" ")[0]
    key = f"sync.refusal.{status}_{field}" if field else f"sync.refusal.{status}"
    if key in vocabulary().labels:
        return words(key)
    if status == "invalid" and field:
        return words("sync.refusal.invalid", field=record_words.field_words(operation.type, field))
    key = f"sync.refusal.{status}"
    return words(key) if key in vocabulary().labels and status != "invalid" else words("sync.refusal.other")


def _duplicate(reader: "Connection", pair: Duplicate) -> DuplicateView:
    mine = shape.row_of(reader, "person", pair.mine_id) or {}
    theirs = shape.plain("person", pair.theirs)
    rows = []
    for column in record_words.columns_of("person"):
        here, there = mine.get(column), theirs.get(column)
        if column in ("id", "deprivation_fifth", "nhs_number") or (here in (None, "") and there in (None, "")):
            continue
        field = record_words.field_words("person", column)
        ours, others = (record_words.value_words(reader, "person", column, it) for it in (here, there))
        rows.append((field[:1].upper() + field[1:], ours, others))
    number = spaced_nhs_number(str(mine.get("nhs_number") or theirs.get("nhs_number") or ""))
    return DuplicateView(pair.mine_id, number, _name(mine), _name(theirs), tuple(rows), bool(pair.theirs))


def _name(person: Mapping[str, Any]) -> str:
    return name_on_screen(*(str(person.get(it) or "") for it in ("family_name", "given_names", "title")))
