"""Who uses this store: set once at the first start, read at each opening."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from mdt_desktop.domain.actor import Actor
from mdt_desktop.domain.errors import BadInput
from mdt_desktop.domain.identifiers import id_from
from mdt_desktop.domain.organisations import OrganisationKind, Role, discipline_of
from mdt_desktop.records import Locality, Organisation, Practitioner
from mdt_desktop.store import store_settings
from mdt_desktop.store.database import Database
from mdt_desktop.store.unit_of_work import UnitOfWork


class IdentityIncomplete(BadInput):
    """Name, organisation and locality must all be given; `missing` names those that are not."""

    code = "identity_incomplete"


@dataclass(frozen=True, slots=True)
class Identity:
    """What the first of the three steps asks: name, role, organisation and locality."""

    name: str
    role: Role
    organisation: str
    locality: str

    def require_complete(self) -> None:
        """Raise `IdentityIncomplete` where something is left empty."""
        missing = [word for word in ("name", "organisation", "locality") if not getattr(self, word).strip()]
        if missing:
            raise IdentityIncomplete(missing=", ".join(missing))


def found_store(database: Database, identity: Identity, now: datetime, is_demo: bool = False) -> Actor:
    """Write the first records of an empty store: locality, organisation, practitioner, and who uses it.

    The locality's id is made of its name, so that two laptops that start offline mean the same one.
    """
    identity.require_complete()
    locality_id = id_from("locality", identity.locality.strip().casefold())
    actor = Actor(
        practitioner_id=str(uuid.uuid4()),
        name=identity.name.strip(),
        role=identity.role,
        organisation=identity.organisation.strip(),
        locality_id=locality_id,
        device_id=str(uuid.uuid4()),
    )
    with UnitOfWork(database, actor, now) as work:
        work.add(Locality(id=locality_id, name=identity.locality.strip()))
        organisation = work.add(
            Organisation(
                id=work.new_id(), name=actor.organisation, kind=_kind_for(identity.role), locality_id=locality_id
            )
        )
        work.add(
            Practitioner(
                id=actor.practitioner_id,
                name=actor.name,
                role=actor.role,
                discipline=discipline_of(actor.role),
                organisation_id=organisation.id,
                locality_id=locality_id,
            )
        )
        store_settings.write(work.connection, store_settings.PRACTITIONER, actor.practitioner_id)
        store_settings.write(work.connection, store_settings.DEVICE, actor.device_id)
        store_settings.write(work.connection, store_settings.IS_DEMO, "yes" if is_demo else "no")
        work.act("found_store", "setting", store_settings.PRACTITIONER)
    return actor


def _kind_for(role: Role) -> OrganisationKind:
    return OrganisationKind.GP_PRACTICE if role is Role.GP else OrganisationKind.COMMUNITY_TRUST
