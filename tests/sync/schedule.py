"""A random schedule of laptops that edit, exchange, are cut off and decide; and what must hold at its end (I1-I5)."""

import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.records import Flag, Person, PersonalContact
from mdt_desktop.sync import conflicts
from mdt_desktop.sync.remote import Offline, RemoteProblem, StoreElsewhereFailed
from tests.helpers.clocks import FrozenClock
from tests.sync.fake_central import FakeCentral
from tests.sync.laptops import Laptop, new_contact, new_person, new_practice, require_same

NAMES = ("Robin Example", "Sam Sample", "Ida Invented", "Jo Specimen")


class Schedule:
    """Every edit writes a mark of its own and notes which mark its author saw: a mark that is in force nowhere, was
    seen by nobody who wrote over it, and stands in no conflict is a lost edit."""

    def __init__(self, folder: Path, clock: FrozenClock, seed: int, laptops: int = 4) -> None:
        self.dice, self.clock, self.seed = random.Random(seed), clock, seed
        self.central = FakeCentral()
        self.laptops = [Laptop(folder / str(place), NAMES[place], clock) for place in range(laptops)]
        self.bucket = self.central.add_bucket(self.laptops[0].locality)
        for laptop in self.laptops:
            self.central.members[laptop.name] = {self.bucket: "care_navigator"}
            laptop.connect(self.central)
        self.saw: dict[str, set[str]] = {}
        self.count = 0
        practice = new_practice(self.laptops[0])
        self.people = [new_person(self.laptops[0], practice) for _ in range(2)]
        for laptop in self.laptops:
            laptop.sync(self.central)
        self.broken = 0
        self.central.fault = self._fault

    def close(self) -> None:
        for laptop in self.laptops:
            laptop.close()

    # Steps

    def run(self, steps: int) -> None:
        """That many steps, then quiet until nothing waits, then the questions."""
        for _ in range(steps):
            laptop = self.dice.choice(self.laptops)
            kinds = (self._phone, self._phone, self._note, self._add, self._alert, self._remove, self._decide)
            step = self.dice.choice((*kinds, self._exchange, self._exchange, self._exchange))
            step(laptop)
        self._settle()
        self._ask()

    def _mark(self, saw: set[str]) -> str:
        mark = f"m{self.count}"
        self.count += 1
        self.saw[mark] = saw
        return mark

    def _any(self, laptop: Laptop, table: str) -> tuple[str, str] | None:
        rows = laptop.ask(f"SELECT id, person_id FROM {table} ORDER BY id")
        return self.dice.choice(rows) if rows else None

    def _phone(self, laptop: Laptop) -> None:
        person = self.dice.choice(self.people)
        column = self.dice.choice(("telephone", "email", "preferred_name"))
        before = laptop.one(f"SELECT {column} FROM person WHERE id = ?", person)
        laptop.change(Person, person, person, **{column: self._mark(marks(before))})

    def _note(self, laptop: Laptop) -> None:
        """Writes into one of three paragraphs of a comment."""
        found = self._any(laptop, "personal_contact")
        if found is None:
            return
        text = laptop.one("SELECT comments FROM personal_contact WHERE id = ?", found[0])
        parts = [*text.split("\n"), "", "", "", "", ""][:5]
        place = self.dice.choice((0, 2, 4))
        parts[place] = self._mark(marks(parts[place]))
        laptop.change(PersonalContact, found[0], found[1], comments="\n".join(parts))

    def _add(self, laptop: Laptop) -> None:
        if laptop.one("SELECT count(*) FROM personal_contact") < 12:
            new_contact(laptop, self.dice.choice(self.people), name=self._mark(set()))

    def _alert(self, laptop: Laptop) -> None:
        found = self._any(laptop, "flag")
        if found is None:
            flag = Flag(id=str(uuid.uuid4()), person_id=self.people[0], kind="other")  # type: ignore[arg-type]
            laptop.add(flag, self.people[0])
            return
        until = self.dice.choice((None, date(2026, 12, self.dice.randint(1, 28))))
        laptop.change(Flag, found[0], found[1], until=until)

    def _remove(self, laptop: Laptop) -> None:
        """Whoever deletes a record has seen what stood in it."""
        found = self._any(laptop, "personal_contact") if self.dice.random() < 0.3 else None
        if found is not None:
            seen = marks(orjson.dumps(laptop.row("personal_contact", found[0])).decode())
            self.saw.setdefault("m-deleted", set()).update(seen)
            laptop.remove(PersonalContact, found[0], found[1])

    def _decide(self, laptop: Laptop) -> None:
        """Whoever decides a conflict has seen both sides."""
        waiting = laptop.write(conflicts.open_ones)
        if not waiting or self.dice.random() < 0.5:
            return
        one = self.dice.choice(waiting)
        side = self.dice.choice(("mine", "theirs"))
        present = laptop.row(one.type, one.rec_id) if one.field else None
        actor, now = laptop.program.access.actor, self.clock()
        try:
            laptop.write(lambda connection: conflicts.keep(connection, actor, now, one.id, side))
        except MdtError:
            return
        both = marks(orjson.dumps([one.mine, one.theirs, (present or {}).get(one.field)]).decode())
        for mark in both:
            self.saw.setdefault("m-decided", set()).add(mark)

    def _exchange(self, laptop: Laptop) -> None:
        self.broken = self.dice.choice((0, 0, 0, 1, 5))
        with suppress(RemoteProblem):
            laptop.sync(self.central)
        self.broken = 0
        if self.dice.random() < 0.03:
            laptop.reopen()

    def _fault(self, request: str, moment: str) -> None:
        if self.broken and self.dice.random() < 0.4:
            self.broken -= 1
            raise self.dice.choice((Offline, StoreElsewhereFailed))

    # The end

    def _settle(self) -> None:
        """I5: once nothing fails, the queues drain in a few rounds."""
        for _ in range(6):
            for laptop in self.laptops:
                laptop.sync(self.central)
            if not any(laptop.one("SELECT count(*) FROM outbox") for laptop in self.laptops):
                break
        for laptop in self.laptops:
            laptop.sync(self.central)

    def _ask(self) -> None:
        require_same(self.central, self.bucket, *self.laptops)  # I2
        bodies = [held.body for held in self.central.buckets[self.bucket].records.values() if not held.deleted]
        reached = marks(orjson.dumps(bodies).decode()) | {"m-decided", "m-deleted"}
        wave = list(reached)
        while wave:
            for seen in self.saw.get(wave.pop(), set()) - reached:
                reached.add(seen)
                wave.append(seen)
        written = {mark for mark in self.saw if not mark.startswith("m-")}
        lost = written - reached
        assert not lost, f"seed {self.seed}: lost {sorted(lost)}"  # I1
        for laptop in self.laptops:
            assert laptop.ask("SELECT type FROM sync_record WHERE state = 'quarantined'") == []
            assert laptop.ask("SELECT * FROM quarantine") == []
        assert self.central.applied <= len(self.central.results)  # I4: an operation counts once at most


def marks(text: Any) -> set[str]:
    """The marks that stand in a text."""
    words = str(text or "").replace("\\n", " ")
    for sign in '"[]{},:\\\n':
        words = words.replace(sign, " ")
    return {word for word in words.split() if word.startswith("m") and word[1:].isdecimal()}


@contextmanager
def scheduled(folder: Path, clock: FrozenClock, seed: int) -> Iterator[Schedule]:
    """A schedule whose laptops are closed at its end."""
    made = Schedule(folder, clock, seed)
    try:
        yield made
    finally:
        made.close()
