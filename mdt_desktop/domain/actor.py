"""Who is at the keyboard: the author of every change and of every audit entry."""

from dataclasses import dataclass

from mdt_desktop.domain.organisations import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """The signed-in practitioner on this device; ids are record ids, `locality_id` is the home locality."""

    practitioner_id: str
    name: str
    role: Role
    organisation: str
    locality_id: str
    device_id: str
