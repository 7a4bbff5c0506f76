"""Records what was decided about sharing; each decision is a new record, the history stays."""

from mdt_desktop.domain.consent import ConsentDecision, require_consistent
from mdt_desktop.domain.errors import BadInput
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.records import Consent, Person
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes, changes_of
from mdt_desktop.services.working import unit_of_work
from mdt_desktop.store.queries import consents

__all__ = ["ConsentDecision", "Consents", "DecidedInFuture"]


class DecidedInFuture(BadInput):
    """A decision cannot have been taken on a day to come."""

    code = "decided_in_future"


class Consents:
    """The verbs of consent."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def record(self, person_id: str, decision: ConsentDecision) -> Changes:
        """Record a decision; raises `NotPermitted`, `ConsentNeedsBasis`, `DecidedInFuture` or `NotFound`."""
        self._access.require(Permission.EDIT_CONSENT, person_id)
        require_consistent(decision.status, decision.basis)
        if decision.decided_on > self._access.today():
            raise DecidedInFuture(day=decision.decided_on)
        with unit_of_work(self._access) as work:
            person = work.get(Person, person_id)
            work.about(person.id)
            known = [it.id for it in consents.decisions(work.connection, person.id)]
            consent = work.add(
                Consent(
                    id=work.new_id(),
                    person_id=person.id,
                    status=decision.status,
                    basis=decision.basis,
                    shared_with=decision.shared_with.strip(),
                    shared_what=decision.shared_what.strip(),
                    groups=",".join(sorted(decision.groups)),
                    scopes=",".join(sorted(decision.scopes)),
                    knew=",".join(known),
                    evidence=decision.evidence.strip(),
                    decided_by=decision.decided_by.strip(),
                    decided_on=decision.decided_on,
                    recorded_by=self._access.actor.name,
                )
            )
            work.act("consent", "consent", consent.id)
        return changes_of(work, consent.id)
