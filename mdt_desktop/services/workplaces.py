"""Keeps the directory: who works here, the practices, organisations and localities."""

from collections.abc import Mapping
from typing import Any

from mdt_desktop.domain.identifiers import id_from
from mdt_desktop.domain.permissions import Permission, role_of_job
from mdt_desktop.domain.workplaces import (
    EntryKnown,
    OrganisationDetails,
    OwnEntry,
    OwnLocalityNeeded,
    PracticeDetails,
    PractitionerDetails,
    Problems,
    StillLeads,
    locality_problems,
    require_valid,
    same_name,
)
from mdt_desktop.records import Locality, Organisation, Practice, Practitioner
from mdt_desktop.records.base import Record
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes, changes_of
from mdt_desktop.services.unseen import with_unseen
from mdt_desktop.services.working import permitted
from mdt_desktop.store import caseload_index
from mdt_desktop.store.queries import directory
from mdt_desktop.store.unit_of_work import UnitOfWork

__all__ = ["OrganisationDetails", "PracticeDetails", "PractitionerDetails", "Workplaces"]


class Workplaces:
    """The verbs of the directory. What is wrong with an entry is raised as `EntryNotValid`, field by field.

    Each raises `NotPermitted` where the user may not do it.
    """

    def __init__(self, access: Access) -> None:
        self._access = access

    def _work(self) -> UnitOfWork:
        """Every verb begins here, so that none can forget to ask."""
        return permitted(self._access, Permission.KEEP_DIRECTORY)

    # Practitioners

    def add_practitioner(self, details: PractitionerDetails) -> Changes:
        """Add somebody who works here; raises `EntryNotValid`, `NotFound` for a place that is not there."""
        with self._work() as work:
            self._check_practitioner(work, "", details)
            values = _values_of(work, details)
            made = work.add(Practitioner(id=work.new_id(), **values))
        return changes_of(work, made.id)

    def change_practitioner(
        self, practitioner_id: str, details: PractitionerDetails, seen: PractitionerDetails | None = None
    ) -> Changes:
        """Record what has changed about somebody; raises `EntryNotValid`, `NotFound`.

        `seen` is what the form showed: what came from elsewhere since is merged or kept as a conflict. A job that gives
        them other rights is given only by who may give roles.
        """
        job_now = directory.practitioner(self._access.database.writer, practitioner_id).role
        if details.role is not None and role_of_job(details.role) is not role_of_job(job_now):
            self._access.require(Permission.GIVE_ROLES)
        with self._work() as work:
            record = work.get(Practitioner, practitioner_id)
            self._check_practitioner(work, practitioner_id, details)
            _write(work, record, _values_of(work, details), _columns_of(seen) if seen else {})
        return changes_of(work, practitioner_id)

    def end_practitioner(self, practitioner_id: str) -> Changes:
        """Somebody no longer works here: the record stays, but nobody is handed to them any more.

        Raises `StillLeads` while they lead people, `OwnEntry` for whoever uses this store, `NotFound`.
        """
        with self._work() as work:
            record = work.get(Practitioner, practitioner_id)
            if practitioner_id == self._access.actor.practitioner_id:
                raise OwnEntry
            people = directory.practitioner(work.connection, practitioner_id).leads
            if people:
                raise StillLeads(name=record.name, people=people)
            if record.active:
                record.active = False
                work.act("end_practitioner", "practitioner", practitioner_id)
        return changes_of(work, practitioner_id)

    def return_practitioner(self, practitioner_id: str) -> Changes:
        """Somebody who left works here again; raises `NotFound`."""
        with self._work() as work:
            record = work.get(Practitioner, practitioner_id)
            if not record.active:
                record.active = True
                work.act("return_practitioner", "practitioner", practitioner_id)
        return changes_of(work, practitioner_id)

    def _check_practitioner(self, work: UnitOfWork, practitioner_id: str, details: PractitionerDetails) -> None:
        problems = details.problems()
        if practitioner_id == self._access.actor.practitioner_id and not (details.locality_id or details.practice_id):
            problems.setdefault("locality", OwnLocalityNeeded())
        place = (details.practice_id or None, details.organisation_id or None, details.role)
        if "name" not in problems and any(
            same_name(it.name, details.name)
            and (it.practice_id, it.organisation_id, it.role) == place
            and it.id != practitioner_id
            for it in directory.practitioners(work.connection)
        ):
            problems["name"] = EntryKnown(name=details.name.strip())
        require_valid(problems)

    # Practices and localities

    def change_practice(
        self, practice_id: str, details: PracticeDetails, seen: PracticeDetails | None = None
    ) -> Changes:
        """Record a practice's name, network, telephone and locality; `seen` as in `change_practitioner`.

        Its people live where it lies, so that another locality is theirs as well, in the same transaction. Raises
        `EntryNotValid`, `NotFound`.
        """
        require_valid(details.problems())
        with self._work() as work:
            practice = work.get(Practice, practice_id)
            work.get(Locality, details.locality_id)
            was = practice.locality_id
            _write(work, practice, _of_practice(details), _of_practice(seen) if seen else {})
            if practice.locality_id != was:
                work.flush()
                caseload_index.refresh_practices(work.connection, [practice_id])
                work.act("move_practice", "practice", practice_id)
        return changes_of(work, practice_id)

    def add_locality(self, name: str) -> Changes:
        """Add a locality; raises `EntryNotValid`, also for a name that is there already.

        Its id is made of its name, so that two laptops that add the same one mean the same one.
        """
        problems, tidy = locality_problems(name), _tidy(name)
        with self._work() as work:
            if any(same_name(it.name, tidy) for it in directory.localities(work.connection)):
                problems.setdefault("name", EntryKnown(name=tidy))
            require_valid(problems)
            made = work.add(Locality(id=id_from("locality", tidy.casefold()), name=tidy))
        return changes_of(work, made.id)

    # Organisations

    def add_organisation(self, details: OrganisationDetails) -> Changes:
        """Add an organisation that takes part in care; raises `EntryNotValid`, `NotFound`."""
        with self._work() as work:
            values = self._organisation_values(work, "", details)
            made = work.add(Organisation(id=work.new_id(), **values))
        return changes_of(work, made.id)

    def change_organisation(
        self, organisation_id: str, details: OrganisationDetails, seen: OrganisationDetails | None = None
    ) -> Changes:
        """Record what has changed about an organisation; `seen` as in `change_practitioner`. Raises `EntryNotValid`,
        `NotFound`."""
        with self._work() as work:
            record = work.get(Organisation, organisation_id)
            values = self._organisation_values(work, organisation_id, details)
            _write(work, record, values, _of_organisation(seen) if seen else {})
        return changes_of(work, organisation_id)

    def _organisation_values(
        self, work: UnitOfWork, organisation_id: str, details: OrganisationDetails
    ) -> dict[str, Any]:
        problems: Problems = details.problems()
        others = (it for it in directory.organisations(work.connection) if it.id != organisation_id)
        if "name" not in problems and any(same_name(it.name, details.name) for it in others):
            problems["name"] = EntryKnown(name=_tidy(details.name))
        require_valid(problems)
        if details.locality_id:
            work.get(Locality, details.locality_id)
        return _of_organisation(details)


def _values_of(work: UnitOfWork, details: PractitionerDetails) -> dict[str, Any]:
    """The columns of a practitioner whose details were checked; raises `NotFound` for a place that is not there."""
    if details.practice_id:
        work.get(Practice, details.practice_id)
    if details.organisation_id:
        work.get(Organisation, details.organisation_id)
    columns = _columns_of(details)
    if columns["locality_id"]:
        work.get(Locality, columns["locality_id"])
    return columns


def _columns_of(details: PractitionerDetails) -> dict[str, Any]:
    # Whoever works for a practice works where that is, also when it moves.
    locality_id = None if details.practice_id else details.locality_id or None
    return {
        "name": _tidy(details.name),
        "role": details.role,
        "discipline": details.discipline,
        "practice_id": details.practice_id or None,
        "organisation_id": details.organisation_id or None,
        "locality_id": locality_id,
        "telephone": _tidy(details.telephone),
        "email": details.email.strip(),
    }


def _of_practice(details: PracticeDetails) -> dict[str, Any]:
    return {
        "name": _tidy(details.name),
        "network": _tidy(details.network),
        "telephone": _tidy(details.telephone),
        "locality_id": details.locality_id,
    }


def _of_organisation(details: OrganisationDetails) -> dict[str, Any]:
    return {
        "name": _tidy(details.name),
        "kind": details.kind,
        "locality_id": details.locality_id or None,
        "telephone": _tidy(details.telephone),
    }


def _write(work: UnitOfWork, record: Record, values: Mapping[str, Any], seen: Mapping[str, Any]) -> None:
    for name, value in with_unseen(work, record, values, seen).items():
        setattr(record, name, value)


def _tidy(text: str) -> str:
    """One space between words and none around them."""
    return " ".join(text.split())
