"""Opens cases, moves them through their stages, and keeps their team, flags and contacts."""

from collections.abc import Mapping
from datetime import date

from mdt_desktop.domain.allocation import PrimaryNeed
from mdt_desktop.domain.cases import Complexity, Stage, require_move
from mdt_desktop.domain.errors import BadInput
from mdt_desktop.domain.people import ContactRelation, FlagKind
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.records import CareTeamMember, Case, Flag, Person, PersonalContact, StageChange
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes, changes_of
from mdt_desktop.services.unseen import with_unseen
from mdt_desktop.services.working import unit_of_work
from mdt_desktop.store.queries import cases, directory
from mdt_desktop.store.unit_of_work import UnitOfWork


class NameMissing(BadInput):
    """A contact needs a name."""

    code = "contact_name_missing"


class AlreadyInTeam(BadInput):
    """This practitioner is in the care team already."""

    code = "already_in_team"


class Cases:
    """The verbs of a case. Each raises `NotPermitted` where the user may not do it."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def open(self, person_id: str) -> Changes:
        """Open a case for a person who has none, at "identified"; a person who has one keeps it."""
        self._access.require(Permission.EDIT_CASE, person_id)
        with unit_of_work(self._access) as work:
            work.about(work.get(Person, person_id).id)
            known = work.find(Case, person_id=person_id)
            if known:
                return changes_of(work, known[0].id)
            today = self._access.today()
            case = work.add(Case(id=work.new_id(), person_id=person_id, stage_since=today, opened_on=today))
        return changes_of(work, case.id)

    def move(self, case_id: str, to: Stage, reason: str = "") -> Changes:
        """Move a case to a stage; raises the errors of `domain.cases.require_move`."""
        self._access.require(Permission.EDIT_CASE, case_id)
        with unit_of_work(self._access, reason) as work:
            case = work.get(Case, case_id)
            work.about(case.person_id)
            require_move(case.stage, to, reason, cases.facts(work.connection, case_id))
            work.add(
                StageChange(
                    id=work.new_id(),
                    case_id=case_id,
                    from_stage=case.stage,
                    to_stage=to,
                    reason=reason.strip(),
                    at=work.now,
                    by=self._access.actor.name,
                )
            )
            case.stage = to
            case.stage_since = self._access.today()
        return changes_of(work)

    def describe(
        self, case_id: str, primary_need: PrimaryNeed, complexity: Complexity, seen: Mapping[str, object] | None = None
    ) -> Changes:
        """Record the primary health need, on which the lead depends, and the complexity.

        `seen` is what stood in these columns when they were chosen: what came from elsewhere since is a conflict.
        """
        self._access.require(Permission.EDIT_CASE, case_id)
        with unit_of_work(self._access) as work:
            case = work.get(Case, case_id)
            work.about(case.person_id)
            chosen = {"primary_need": primary_need, "complexity": complexity}
            for name, value in with_unseen(work, case, chosen, seen or {}).items():
                setattr(case, name, value)
        return changes_of(work)

    def join_team(self, case_id: str, practitioner_id: str, part: str) -> Changes:
        """Put a practitioner into the care team; raises `AlreadyInTeam` or `NotFound`."""
        self._access.require(Permission.EDIT_CASE, case_id)
        with unit_of_work(self._access) as work:
            work.about(work.get(Case, case_id).person_id)
            directory.practitioner(work.connection, practitioner_id)
            _require_not_in_team(work, case_id, practitioner_id)
            member = work.add(
                CareTeamMember(
                    id=work.new_id(),
                    case_id=case_id,
                    practitioner_id=practitioner_id,
                    part=part.strip(),
                    joined=self._access.today(),
                )
            )
        return changes_of(work, member.id)

    def leave_team(self, member_id: str) -> Changes:
        """End a practitioner's part in the care team; the record stays."""
        self._access.require(Permission.EDIT_CASE, member_id)
        with unit_of_work(self._access) as work:
            member = work.get(CareTeamMember, member_id)
            work.about(work.get(Case, member.case_id).person_id)
            member.left = self._access.today()
        return changes_of(work)

    def rejoin_team(self, member_id: str) -> Changes:
        """Take back that somebody left the care team; raises `AlreadyInTeam` where they have joined anew."""
        self._access.require(Permission.EDIT_CASE, member_id)
        with unit_of_work(self._access) as work:
            member = work.get(CareTeamMember, member_id)
            work.about(work.get(Case, member.case_id).person_id)
            _require_not_in_team(work, member.case_id, member.practitioner_id)
            member.left = None
        return changes_of(work)

    def raise_flag(self, person_id: str, kind: FlagKind, words: str) -> Changes:
        """Put an alert into the banner."""
        self._access.require(Permission.EDIT_CONTACTS, person_id)
        with unit_of_work(self._access) as work:
            work.about(work.get(Person, person_id).id)
            flag = work.add(
                Flag(
                    id=work.new_id(),
                    person_id=person_id,
                    kind=kind,
                    words=words.strip(),
                    since=self._access.today(),
                )
            )
        return changes_of(work, flag.id)

    def end_flag(self, flag_id: str, last_day: date) -> Changes:
        """End an alert with its last day; it stays in the history."""
        self._access.require(Permission.EDIT_CONTACTS, flag_id)
        with unit_of_work(self._access) as work:
            flag = work.get(Flag, flag_id)
            work.about(flag.person_id)
            flag.until = last_day
        return changes_of(work)

    def resume_flag(self, flag_id: str) -> Changes:
        """Let an ended alert hold again."""
        self._access.require(Permission.EDIT_CONTACTS, flag_id)
        with unit_of_work(self._access) as work:
            flag = work.get(Flag, flag_id)
            work.about(flag.person_id)
            flag.until = None
        return changes_of(work)

    def add_contact(
        self,
        person_id: str,
        name: str,
        relation: ContactRelation,
        telephone: str = "",
        relationship: str = "",
        may_be_contacted: bool = True,
        email: str = "",
        comments: str = "",
    ) -> Changes:
        """Record somebody close to the person; raises `NameMissing`."""
        self._access.require(Permission.EDIT_CONTACTS, person_id)
        if not name.strip():
            raise NameMissing()
        with unit_of_work(self._access) as work:
            work.about(work.get(Person, person_id).id)
            contact = work.add(
                PersonalContact(
                    id=work.new_id(),
                    person_id=person_id,
                    name=name.strip(),
                    relationship=relationship.strip(),
                    relation=relation,
                    telephone=telephone.strip(),
                    may_be_contacted=may_be_contacted,
                    email=email.strip(),
                    comments=comments.strip(),
                )
            )
        return changes_of(work, contact.id)

    def remove_contact(self, contact_id: str) -> Changes:
        """Take a contact off the list; the audit keeps that it was there."""
        self._access.require(Permission.EDIT_CONTACTS, contact_id)
        with unit_of_work(self._access) as work:
            contact = work.get(PersonalContact, contact_id)
            work.about(contact.person_id)
            work.remove(contact)
        return changes_of(work)


def _require_not_in_team(work: UnitOfWork, case_id: str, practitioner_id: str) -> None:
    members = work.find(CareTeamMember, case_id=case_id, practitioner_id=practitioner_id)
    if any(member.left is None for member in members):
        raise AlreadyInTeam()
