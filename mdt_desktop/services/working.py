"""How a verb begins to write: with the permission it needs, then one unit of work."""

from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.access import Access
from mdt_desktop.store.unit_of_work import UnitOfWork


def unit_of_work(access: Access, reason: str = "") -> UnitOfWork:
    """A unit of work of the user, now; `reason` stands in its audit entries."""
    return UnitOfWork(access.database, access.actor, access.clock(), reason)


def permitted(access: Access, permission: Permission, about: str | None = None, reason: str = "") -> UnitOfWork:
    """The same for a verb that needs a permission; `about` is the id of a person or of any record about one.

    Raises as `Access.require`.
    """
    access.require(permission, about)
    return unit_of_work(access, reason)
