"""All that the directory page shows, read at once, and how its rows are worded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mdt_desktop.services.directory import (
    LocalitySummary,
    OrganisationSummary,
    PracticeSummary,
    PractitionerSummary,
)
from mdt_desktop.services.rights import HeldRole, Rights
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Services


@dataclass(frozen=True, slots=True)
class Entries:
    """Everything in the directory; `user_id` is the practitioner who uses this store.

    `held` are the roles that are held beside the job, `rights` what the user may do here.
    """

    practitioners: Sequence[PractitionerSummary] = ()
    practices: Sequence[PracticeSummary] = ()
    organisations: Sequence[OrganisationSummary] = ()
    localities: Sequence[LocalitySummary] = ()
    user_id: str = ""
    held: Sequence[HeldRole] = ()
    rights: Rights | None = None


def read(services: "Services") -> Entries:
    """Read the directory, those who left as well."""
    directory = services.directory
    return Entries(
        directory.practitioners(with_left=True),
        directory.practices(),
        directory.organisations(),
        directory.localities(),
        services.access.actor.practitioner_id,
        services.rights.held(),
        services.rights.mine(),
    )


def is_named(practice: PracticeSummary) -> bool:
    """Whether a practice has a name of its own: an import knows only its code."""
    return practice.name != practice.code


def practice_name(practice: PracticeSummary) -> str:
    """A practice's name, or that it has none yet."""
    return practice.name if is_named(practice) else words("directory.no_name")


def found(text: str, *in_texts: str) -> bool:
    """Whether every word typed stands somewhere in the texts."""
    whole = " ".join(in_texts).casefold()
    return all(part in whole for part in text.casefold().split())
