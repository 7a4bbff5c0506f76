"""Finds whoever is named on the command line among those who work here."""

from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.errors import BadInput, NotFound


class NobodyOfThatName(NotFound):
    """Nobody who works here has this name or id. Values: `name`."""

    code = "nobody_of_that_name"


class SeveralOfThatName(BadInput):
    """More than one who works here has this name. Values: `name`, `ids`."""

    code = "several_of_that_name"


def practitioner_named(program: Program, named: str) -> str:
    """The id of whoever has this id or, in any case, this name. Raises NobodyOfThatName, SeveralOfThatName."""
    wanted = " ".join(named.casefold().split())
    everybody = program.services.directory.practitioners()
    found = [it.id for it in everybody if it.id == named or " ".join(it.name.casefold().split()) == wanted]
    if not found:
        raise NobodyOfThatName(name=named)
    if len(found) > 1:
        raise SeveralOfThatName(name=named, ids=", ".join(found))
    return found[0]
