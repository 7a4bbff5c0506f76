"""Decides what the exchange left for people: conflicts, duplicates, refused changes, and what had to leave unsent."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from sqlcipher3 import dbapi2

from mdt_desktop.domain.errors import BadInput
from mdt_desktop.domain.nhs_number import fault_of
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services import record_words
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.signed_asking import WHILE_OTHERS_END, alone, signed
from mdt_desktop.store import audit_log
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.transactions import writing
from mdt_desktop.sync import account, conflicts, duplicates, put_by, refused, shape
from mdt_desktop.sync.conflicts import Decided, Side
from mdt_desktop.sync.context import Context, Done
from mdt_desktop.sync.engine import Write
from mdt_desktop.sync.http_remote import HttpRemote
from mdt_desktop.sync.protocol import HandoverAnswer

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

_CHANGED_BY = {
    "consent": Permission.EDIT_CONSENT,
    "sharing_decision": Permission.EDIT_CONSENT,
    **dict.fromkeys(("care_plan", "need", "goal", "action", "contingency_plan", "other_plan"), Permission.EDIT_PLAN),
    **dict.fromkeys(("assessment", "answer"), Permission.EDIT_ASSESSMENT),
    "personal_contact": Permission.EDIT_CONTACTS,
    "lead_allocation": Permission.AGREE_LEAD,
    "restriction": Permission.RESTRICT,
    **dict.fromkeys(("task", "handover"), Permission.KEEP_TASKS),
    **dict.fromkeys(("meeting", "meeting_series", "series_member", "attendance"), Permission.KEEP_MEETINGS),
    **dict.fromkeys(("agenda_item", "decision"), Permission.DISCUSS),
    **dict.fromkeys(("practitioner", "practice", "organisation", "locality"), Permission.KEEP_DIRECTORY),
    "role_held": Permission.GIVE_ROLES,
}
"""What one must be permitted to choose a value of a kind of record; of every other kind, to change a case."""


def permission_to_change(type_: str) -> Permission:
    """What one must be permitted for a value of a kind of record."""
    return _CHANGED_BY.get(type_, Permission.EDIT_CASE)


class ValueNotPossible(BadInput):
    """The field cannot hold this value. Values: `field`."""

    code = "sync_value_not_possible"


class NumberInUse(BadInput):
    """Somebody else has this NHS number here."""

    code = "sync_number_in_use"


class NumberNotValid(BadInput):
    """This is no valid NHS number."""

    code = "sync_number_not_valid"


class ReasonNeeded(BadInput):
    """Giving up what was written needs a reason."""

    code = "sync_reason_needed"


@dataclass(frozen=True, slots=True)
class ConflictDecided(Changes):
    """The changes of a decision, with what takes it back."""

    decided: Decided | None = None


@dataclass(frozen=True, slots=True)
class GivenOver:
    """How many changes were taken by the other team, and how many came too late or were not taken."""

    taken: int
    too_late: int


class SyncDesk:
    """The verbs; each is one transaction on the writer connection, with its audit entries."""

    def __init__(self, access: Access) -> None:
        self._access = access

    # Conflicts

    def decide(self, conflict_id: str, side: str) -> ConflictDecided:
        """Keep the value of a side, `mine` or `theirs`, of a conflict; it closes on every laptop.

        Raises NotPermitted, NoSuchConflict, ConflictNotToChoose.
        """
        return self._decide(conflict_id, Side(side), None)

    def decide_otherwise(self, conflict_id: str, value: Any) -> ConflictDecided:
        """Put a third value in the place of both; as `decide`. Raises ValueNotPossible as well."""
        return self._decide(conflict_id, Side.THIRD, value)

    def _decide(self, conflict_id: str, side: Side, value: Any) -> ConflictDecided:
        self._access.require(Permission.EDIT_CASE)
        with writing(self._access.database) as connection:
            found = conflicts.needed(connection, conflict_id)
            self._require(connection, found.type, found.rec_id)
            if side is Side.THIRD:
                value = self._checked(connection, found, value)
            context = self._context(connection)
            decided = conflicts.keep(connection, context.actor, context.now, conflict_id, side, value)
            self._finish(context, "decide_conflict", found, side.value)
        return ConflictDecided(*self._changed(context, conflict_id), decided=decided)

    def take_back(self, decided: Decided) -> Changes:
        """Undo a decision: the value before is in force and the conflict open again, on every laptop.

        Raises NotPermitted, NoSuchConflict, ConflictNotToChoose.
        """
        self._access.require(Permission.EDIT_CASE)
        with writing(self._access.database) as connection:
            found = decided.conflict
            self._require(connection, found.type, found.rec_id)
            context = self._context(connection)
            conflicts.reopen(connection, context.actor, context.now, decided)
            self._finish(context, "reopen_conflict", found, "")
        return Changes(*self._changed(context, found.id))

    def ask(self, conflict_id: str, practitioner_id: str | None) -> Changes:
        """Ask a practitioner to decide; they see the conflict as theirs on their laptop. None asks nobody any more.

        Raises NotPermitted, NoSuchConflict.
        """
        self._access.require(Permission.EDIT_CASE)
        with writing(self._access.database) as connection:
            found = conflicts.needed(connection, conflict_id)
            self._access.require(Permission.EDIT_CASE, self._person(connection, found.type, found.rec_id))
            context = self._context(connection)
            conflicts.ask(connection, context.actor, context.now, conflict_id, practitioner_id)
            self._finish(context, "ask_about_conflict", found, "")
        return Changes(*self._changed(context, conflict_id))

    def _checked(self, connection: "Connection", found: conflicts.OpenConflict, value: Any) -> Any:
        row = shape.row_of(connection, found.type, found.rec_id)
        if row is None or not found.field:
            raise conflicts.ConflictNotToChoose(id=found.id)
        field = record_words.field_words(found.type, found.field)
        if found.field == "nhs_number" and value and fault_of(str(value)) is not None:
            raise NumberNotValid
        try:
            return record_words.checked(found.type, row, found.field, value)
        except ValidationError as error:
            raise ValueNotPossible(field=field) from error

    # One NHS number, two records

    def join(self, person_id: str) -> Changes:
        """Say that a person and the one who has their NHS number in the central store are the same.

        `made` is the person under whom everything stands from now on.
        Raises NotPermitted, NoSuchDuplicate, DuplicateNotHereYet; nothing is changed then.
        """
        self._access.require(Permission.EDIT_CASE, person_id)
        with writing(self._access.database) as connection:
            context = self._context(connection)
            joined = duplicates.join(context, person_id)
            self._end(context)
        return Changes(frozenset(context.done.kinds), frozenset(context.done.ids), joined)

    def tell_apart(self, person_id: str, nhs_number: str) -> Changes:
        """Say that they are two people: this one gets another NHS number, or none (empty) until it is known.

        Raises NotPermitted, NoSuchDuplicate, NumberNotValid, NumberInUse; nothing is changed then.
        """
        digits = "".join(nhs_number.split())
        if digits and fault_of(digits) is not None:
            raise NumberNotValid
        self._access.require(Permission.EDIT_CASE, person_id)
        try:
            with writing(self._access.database) as connection:
                context = self._context(connection)
                if digits and digits == duplicates.needed(connection, person_id).theirs.get("nhs_number"):
                    raise NumberInUse
                duplicates.tell_apart(context, person_id, digits or None)
                self._end(context)
        except dbapi2.IntegrityError as error:
            raise NumberInUse from error
        return Changes(frozenset(context.done.kinds), frozenset(context.done.ids))

    # What was refused

    def send_again(self, group_no: int) -> Changes:
        """Let a refused group of changes be tried once more. Raises NotPermitted, NoSuchRefusal."""
        self._access.require(Permission.EDIT_CASE)
        with writing(self._access.database) as connection:
            refused.send_again(connection, group_no)
        return Changes(frozenset({"outbox"}))

    def discard(self, group_no: int, reason: str) -> Changes:
        """Give a refused group of changes up, for a reason that is kept in the audit.

        Raises NotPermitted, ReasonNeeded, NoSuchRefusal, StillHangsOnIt; nothing is changed then.
        """
        self._access.require(Permission.EDIT_CASE)
        if not reason.strip():
            raise ReasonNeeded
        with writing(self._access.database) as connection:
            context = self._context(connection)
            for operation in {it.key for group in refused.groups(connection) for it in group
                              if it.group_no == group_no}:  # fmt: skip
                self._access.require(Permission.EDIT_CASE, self._person(connection, *operation))
            refused.discard(context, group_no, reason.strip())
            self._end(context)
        return Changes(frozenset({"outbox", *context.done.kinds}), frozenset(context.done.ids))

    # What had to leave unsent

    def discard_put_by(self, bucket: str, reason: str) -> Changes:
        """Give up what was put by of a locality, for a reason. Raises NotPermitted, ReasonNeeded, NothingPutBy."""
        self._access.require(Permission.EDIT_CASE)
        if not reason.strip():
            raise ReasonNeeded
        with writing(self._access.database) as connection:
            acts = put_by.discard(connection, bucket, reason.strip())
            audit_log.append(connection, self._access.actor, self._access.clock(), acts)
        return Changes(frozenset({"outbox"}))

    def hand_over(
        self, bucket: str, write: Write, remote: Callable[[str], HttpRemote] = HttpRemote
    ) -> GivenOver:
        """Send what was put by of a locality to the inbox of the team that has it now; to be run in the pool.

        What is taken leaves this laptop for good; what came too late stays. `write` runs each transaction in the thread
        that owns the writer. Raises NotPermitted, NothingPutBy, NotConnected, SyncUnderWay and every `RemoteProblem`.
        """
        write(lambda _: self._access.require(Permission.EDIT_CASE))
        known = write(account.needed)
        given = write(lambda connection: put_by.of_bucket(connection, bucket))
        with alone(WHILE_OTHERS_END), remote(known.url) as opened:
            answers = signed(opened, write, lambda it: opened.handover(it.access, it.device_id, given))

        def settle(connection: "Connection") -> None:
            acts = put_by.settle(connection, given, answers)
            audit_log.append(connection, self._access.actor, self._access.clock(), acts)

        write(settle)
        taken = sum(it in (HandoverAnswer.TAKEN, HandoverAnswer.ERASED) for it in answers.values())
        return GivenOver(taken, len(given) - taken)

    # Parts

    def _person(self, connection: "Connection", type_: str, id_: str) -> str | None:
        return next(iter(sorted(shape.people_of(connection, type_, [id_]))), None)

    def _require(self, connection: "Connection", type_: str, id_: str) -> None:
        person = self._person(connection, type_, id_)
        self._access.require(Permission.EDIT_CASE, person)
        self._access.require(permission_to_change(type_), person)

    def _context(self, connection: "Connection") -> Context:
        access = self._access
        return Context(connection, access.actor, access.actor.device_id, access.clock(), Done())

    def _finish(self, context: Context, action: str, found: conflicts.OpenConflict, reason: str) -> None:
        context.done.touch(found.type, found.rec_id)
        person = self._person(context.connection, found.type, found.rec_id)
        context.done.acts.append(Act(action, found.type, found.rec_id, person, found.field, reason))
        self._end(context)

    def _end(self, context: Context) -> None:
        context.refresh_lists()
        audit_log.append(context.connection, context.actor, context.now, context.done.acts)

    @staticmethod
    def _changed(context: Context, conflict_id: str) -> tuple[frozenset[str], frozenset[str]]:
        done = context.done
        return frozenset({*done.kinds, shape.CONFLICT}), frozenset({*done.ids, *done.people, conflict_id})
