"""SMART scopes: what a token may do with which type of resource (SMART App Launch 2.2, both spellings)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from mdt_desktop.central.fhir_api.errors import ScopeTooNarrow

_SCOPE = re.compile(r"(?P<context>user|system)/(?P<type>\*|[A-Z][A-Za-z]{1,63})\.(?P<may>\*|read|write|c?r?u?d?s?)")
_FIRST_SPELLING = {"*": "cruds", "read": "rs", "write": "cud"}


class Act(StrEnum):
    """One letter of a scope of version 2."""

    CREATE = "c"
    READ = "r"
    UPDATE = "u"
    DELETE = "d"
    SEARCH = "s"


@dataclass(frozen=True, slots=True)
class Scope:
    """What may be done with a type of resource; `*` is every type. Whose it is, the localities decide."""

    context: str
    type: str
    acts: frozenset[Act]

    def __str__(self) -> str:
        """In the spelling of version 2."""
        return f"{self.context}/{self.type}.{''.join(act for act in Act if act in self.acts)}"


@dataclass(frozen=True, slots=True)
class Scopes:
    """The scopes of a token. One without any is a laptop's and is for everything."""

    held: tuple[Scope, ...]
    is_everything: bool = False

    def allow(self, act: Act, type_: str) -> bool:
        """Whether this may be done with this type of resource."""
        return self.is_everything or any(act in it.acts and it.type in ("*", type_) for it in self.held)

    def require(self, act: Act, type_: str) -> None:
        """Raise ScopeTooNarrow where `allow` says no; for every type at once, ask for `*`."""
        if not self.allow(act, type_):
            raise ScopeTooNarrow(scope=f"user/{type_}.{act}")


def scopes_of(kept: str) -> Scopes:
    """The scopes as they are kept with tokens."""
    return Scopes(tuple(read_scopes(kept)), is_everything=not kept)


def read_scopes(asked: str) -> Iterable[Scope]:
    """The scopes of a request that are understood, once each; others are passed over, as SMART has it."""
    found: dict[tuple[str, str], frozenset[Act]] = {}
    for word in asked.split():
        match = _SCOPE.fullmatch(word)
        if match is None or not match["may"]:
            continue
        letters = _FIRST_SPELLING.get(match["may"], match["may"])
        key = (match["context"], match["type"])
        found[key] = found.get(key, frozenset()) | {Act(letter) for letter in letters}
    return [Scope(context, type_, acts) for (context, type_), acts in found.items()]


def kept_scopes(asked: str) -> str:
    """What is kept of the scopes asked for, and told as granted; empty where nothing was understood."""
    return " ".join(str(scope) for scope in read_scopes(asked))
