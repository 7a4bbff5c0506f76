"""Tells a person in plain English who looked at their plan and record, and makes the paper they can be handed."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from mdt_desktop.documents.who_looked_paper import Deed, LookedDay, Visitor, WhoLookedPaper, deed_words
from mdt_desktop.domain.audit import CANCELLED
from mdt_desktop.domain.organisations import Role
from mdt_desktop.domain.permissions import AccessRole, Permission
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.plan_paper import person_block
from mdt_desktop.store import audit_log
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.queries import allocations, audit, cases, rights
from mdt_desktop.store.queries.audit import AuditSummary
from mdt_desktop.store.transactions import writing
from mdt_desktop.words import label, vocabulary, words

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

__all__ = ["Deed", "LookedDay", "Visitor", "WhoLooked", "WhoLookedPaper", "deed_words"]

ALL = -1
_AREA = {
    "person": "details",
    "person_case": "case",
    "stage_change": "case",
    "assessment": "assessment",
    "answer": "assessment",
    "care_plan": "plan",
    "need": "plan",
    "goal": "plan",
    "action": "plan",
    "contingency_plan": "plan",
    "other_plan": "plan",
    "care_team_member": "team",
    "personal_contact": "contacts",
    "flag": "alerts",
    "risk_score": "risk",
    "case_paper": "papers",
}
"""What a changed record is a part of, as one would say it; kinds that are not here are told by an act of their own."""
_BY_ITS_NAME = {
    "view", "preview", "print", "export", "import", "consent", "sharing", "agree_lead", "agree_plan", "sign_part",
    "complete", "restrict", "lift_restriction", "break_glass", "review_access", "refused", "who_looked",
    "take_held_row", "leave_out_held_row", "import_bundle", "take_held_bundle", "add_held_bundle_as_new",
    "leave_out_held_bundle", "remove_paper",
}  # fmt: skip
_WITH_REASON = {"print", "export", "break_glass", "restrict", "lift_restriction"}


class WhoLooked:
    """The list of who looked at one person's plan. Reading runs on the reader, `viewed` on the writer."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def paper(self, person_id: str, now: datetime | None = None, why: str = "") -> WhoLookedPaper:
        """The whole list, the latest day first; raises `NotPermitted`, `NotFound`."""
        access, connection = self._access, self._access.database.reader
        person = cases.person(connection, person_id)
        access.require(Permission.SEE_HISTORY, person_id)
        entries = [*audit.about(connection, person_id, ALL), *audit.imports_of(connection, person_id)]
        actor = access.actor
        return WhoLookedPaper(
            person=person_block(person),
            days=days_of(entries, _people(connection)),
            printed_by=f"{actor.name}, {label(actor.role)}",
            printed_at=(now or access.clock()).astimezone(),
            printed_why=why,
            issuer=actor.organisation,
            ask=_whom_to_ask(connection, person.case_id),
            demo=access.is_demo,
        )

    def viewed(self, person_id: str) -> Changes:
        """Record that the list was looked at; raises `NotFound`."""
        access = self._access
        with writing(access.database) as connection:
            cases.person(connection, person_id)
            act = Act("who_looked", "person", person_id, person_id)
            audit_log.append(connection, access.actor, access.clock(), [act])
        return Changes()


def days_of(entries: Iterable[AuditSummary], people: Mapping[str, tuple[str, str]]) -> tuple[LookedDay, ...]:
    """Entries by day, the latest first; on a day by who did something, in the order they began.

    `people` has role and organisation of each practitioner in words. What was done again and again on one day is told
    once, with how often.
    """
    days: dict[date, dict[tuple[str, str], dict[tuple[str, str], int]]] = {}
    for entry in sorted(entries, key=lambda it: it.seq):
        told = deed_of(entry)
        if told is not None:
            day = days.setdefault(entry.at.astimezone().date(), {})
            deeds = day.setdefault((entry.actor_id, entry.actor), {})
            deeds[told] = deeds.get(told, 0) + 1
    return tuple(
        LookedDay(
            day,
            tuple(
                Visitor(
                    name,
                    *people.get(actor_id, ("", "")),
                    tuple(Deed(what, times, why) for (what, why), times in deeds.items()),
                )
                for (actor_id, name), deeds in visitors.items()
            ),
        )
        for day, visitors in sorted(days.items(), reverse=True)
    )


def deed_of(entry: AuditSummary) -> tuple[str, str] | None:
    """What an entry says to the person whom it is about, with the reason that was given; None for what another
    entry tells already."""
    action, kind = entry.action, entry.kind
    if action in _BY_ITS_NAME:
        if action in ("print", "export"):
            paper = {"care_plan": "plan", "audit_entry": "looked", "case_paper": "paper"}.get(kind, "sheet")
            key = f"deed.{action}_cancelled" if entry.fields == CANCELLED else f"deed.{action}.{paper}"
        elif action == "view" and kind == "case_paper":
            key = "deed.view.papers"
        else:
            key = f"deed.{action}"
        return words(key), entry.reason if action in _WITH_REASON and entry.fields != CANCELLED else ""
    area = _AREA.get(kind)
    if area is None:
        return None
    made = f"deed.{action}.{area}"
    return words(made if made in vocabulary().labels else f"deed.change.{area}"), ""


def _people(connection: "Connection") -> dict[str, tuple[str, str]]:
    """Role and organisation in words of everybody in the directory, also of those who left."""
    rows = connection.execute(
        "SELECT practitioner.id, role, coalesce(organisation.name, practice.name, '') FROM practitioner"
        " LEFT JOIN organisation ON organisation.id = organisation_id"
        " LEFT JOIN practice ON practice.id = practice_id"
    )
    return {id_: (label(Role(role)), works_for) for id_, role, works_for in rows}


def _whom_to_ask(connection: "Connection", case_id: str) -> str:
    """The information-governance lead where there is one, else whoever leads the case."""
    for held in rights.held_roles(connection):
        if held.role is AccessRole.IG_LEAD:
            return words("paper.looked.ig_lead", name=held.name)
    lead = allocations.lead(connection, case_id) if case_id else None
    if lead is None:
        return ""
    return words("paper.looked.lead", name=lead.name, telephone=lead.telephone) if lead.telephone else lead.name

