"""What the palette can find: a line, a person, and how people are searched."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of the palette: what it is, what it says, and what Enter does."""

    words: str
    detail: str
    icon: str
    run: Callable[[], object]
    keys: str = ""


@dataclass(frozen=True, slots=True)
class PersonHit:
    """A person found by the search: `name` by the CUI rule, `detail` such as born and NHS number."""

    id: str
    name: str
    detail: str


DeliverPeople = Callable[[Sequence[PersonHit]], None]
SearchPeople = Callable[[str, DeliverPeople], None]


def matches(text: str, words_of_hit: str) -> bool:
    """Does every word of `text` begin some word of the hit? Capitals do not matter."""
    begun = words_of_hit.casefold().replace("-", " ").split()
    return all(any(word.startswith(part) for word in begun) for part in text.casefold().split())
