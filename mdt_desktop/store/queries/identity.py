"""Who uses this store."""

from typing import TYPE_CHECKING

from mdt_desktop.domain.actor import Actor
from mdt_desktop.domain.errors import StoreProblem
from mdt_desktop.domain.organisations import Role
from mdt_desktop.store import store_settings

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection


class StoreNotFounded(StoreProblem):
    """The store was made but its first start was not finished."""

    code = "store_not_founded"


def actor(connection: "Connection") -> Actor:
    """The practitioner who uses this store; raises `StoreNotFounded`."""
    row = connection.execute(
        "SELECT practitioner.id, practitioner.name, role, coalesce(organisation.name, practice.name, ''),"
        " coalesce(practitioner.locality_id, practice.locality_id, ''), device.value"
        " FROM setting AS user JOIN practitioner ON practitioner.id = user.value"
        " JOIN setting AS device ON device.key = ?"
        " LEFT JOIN organisation ON organisation.id = organisation_id"
        " LEFT JOIN practice ON practice.id = practice_id WHERE user.key = ?",
        (store_settings.DEVICE, store_settings.PRACTITIONER),
    ).fetchone()
    if row is None:
        raise StoreNotFounded()
    return Actor(row[0], row[1], Role(row[2]), *row[3:])


def is_demo(connection: "Connection") -> bool:
    """Whether the store holds the invented borough."""
    return store_settings.read(connection, store_settings.IS_DEMO) == "yes"
