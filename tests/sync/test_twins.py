"""One practice that several laptops made under its code: in any order of exchange the lowest id stands, for all."""

import random
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from mdt_desktop.domain.identifiers import id_from
from mdt_desktop.domain.organisations import Discipline, Role
from mdt_desktop.domain.risk import TierApproach
from mdt_desktop.records import Person, Practice, Practitioner, StratificationRun
from mdt_desktop.sync import conflicts
from mdt_desktop.sync.protocol import EntryKind
from tests.helpers.clocks import FrozenClock
from tests.sync.fake_central import FakeCentral
from tests.sync.invariants import require_invariants
from tests.sync.laptops import Laptop, new_contact, new_person, require_same

CODE = "Y90001"
NAMES = ("Robin Example", "Sam Sample", "Ida Invented")
NUMBER = "9990000107"


def an_id(place: int) -> str:
    """Ids in a known order, as they are made at different times."""
    return f"0193{place:04x}-0000-7000-8000-{uuid.uuid4().hex[:12]}"


@dataclass
class Borough:
    """Laptops of one locality, each with its own record of one practice, nobody of them exchanged yet."""

    central: FakeCentral
    bucket: str
    laptops: list[Laptop]
    practices: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    staff: list[str] = field(default_factory=list)
    edits: list[str] = field(default_factory=list)

    @property
    def stands(self) -> str:
        """The practice that every laptop comes to."""
        return min(self.practices)

    def import_offline(self, laptop: Laptop, practice_id: str, **values: Any) -> str:
        """What a risk file of the practice makes on a laptop: practice, run, somebody with a case, and their GP."""
        given: dict[str, Any] = {"id": practice_id, "code": CODE, "name": CODE, "locality_id": laptop.locality}
        laptop.add(Practice(**(given | values)))
        run_id = id_from("stratification_run", CODE, "2026-11-01")
        laptop.add(StratificationRun(
            id=run_id, practice_id=practice_id, run_date=date(2026, 11, 1), tool="Invented tool", tool_version="1",
            approach=TierApproach.PERCENTILE, approach_words="by percentile", list_size=8120, very_high=1, high=1,
            moderate=1, file_sha256="0" * 64, imported_at=datetime(2026, 11, 2, tzinfo=UTC), imported_by="Somebody",
        ))  # fmt: skip
        gp = Practitioner(
            id=str(uuid.uuid4()), name=f"Dr {laptop.name}", role=Role.GP, discipline=Discipline.GP,
            practice_id=practice_id,
        )  # fmt: skip
        self.staff.append(laptop.add(gp))
        self.practices.append(practice_id)
        self.people.append(new_person(laptop, practice_id, family_name=f"Of {laptop.name}"))
        return self.people[-1]

    def settle(self) -> None:
        require_invariants(self.central, self.bucket, self.laptops, edits=self.edits)
        for laptop in self.laptops:
            require_same(self.central, self.bucket, laptop)

    def require_one_practice(self) -> None:
        """Everybody, their staff and their run, on every laptop and in the central store, of the one that stands."""
        self.settle()
        for laptop in self.laptops:
            assert laptop.ask("SELECT id FROM practice WHERE code = ?", CODE) == [(self.stands,)]
            for table, ids in (("person", self.people), ("practitioner", self.staff)):
                found = dict(laptop.ask(f"SELECT id, practice_id FROM {table} WHERE practice_id IS NOT NULL"))
                assert found == dict.fromkeys(ids, self.stands), (laptop.name, table)
            assert laptop.ask("SELECT practice_id FROM stratification_run") == [(self.stands,)]
            assert laptop.ask("SELECT type FROM sync_record WHERE state = 'quarantined'") == []
        there = [id_ for type_, id_ in self.central.live(self.bucket) if type_ == "practice"]
        assert there == [self.stands]


def a_borough(folder: Path, clock: FrozenClock, count: int, stack: ExitStack) -> Borough:
    central = FakeCentral()
    laptops = [stack.enter_context(closing(Laptop(folder / name, name, clock))) for name in NAMES[:count]]
    bucket = central.add_bucket(laptops[0].locality)
    for laptop in laptops:
        central.members[laptop.name] = {bucket: "care_navigator"}
        laptop.connect(central)
    return Borough(central, bucket, laptops)


@pytest.fixture
def two(tmp_path: Path, clock: FrozenClock) -> Iterator[Borough]:
    with ExitStack() as stack:
        yield a_borough(tmp_path, clock, 2, stack)


@pytest.fixture
def three(tmp_path: Path, clock: FrozenClock) -> Iterator[Borough]:
    with ExitStack() as stack:
        yield a_borough(tmp_path, clock, 3, stack)


def at_once(borough: Borough, first: Laptop, second: Laptop) -> None:
    """The second laptop exchanges while the first one's changes are on their way: both make theirs there."""

    def meanwhile(request: str, moment: str) -> None:
        if (request, moment) == ("push", "before"):
            borough.central.fault = lambda *_: None
            second.sync(borough.central)

    borough.central.fault = meanwhile
    first.sync(borough.central)


@pytest.mark.parametrize("lower", [0, 1], ids=["the first one's id is lower", "the second one's id is lower"])
@pytest.mark.parametrize("together", [False, True], ids=["one after the other", "at once"])
def test_two_laptops_that_imported_one_practice_offline_have_one(two: Borough, lower: int, together: bool) -> None:
    for place, laptop in enumerate(two.laptops):
        two.import_offline(laptop, an_id(place ^ lower))
    if together:
        at_once(two, *two.laptops)
        assert sum(type_ == "practice" for type_, _ in two.central.live(two.bucket)) == 2
    two.require_one_practice()
    assert two.laptops[0].ask("SELECT field FROM conflict") == []


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("count", [2, 3])
def test_in_any_order_of_exchange_and_edits_all_come_to_the_same_one(
    count: int, seed: int, tmp_path: Path, clock: FrozenClock
) -> None:
    dice = random.Random(seed * 10 + count)
    with ExitStack() as stack:
        borough = a_borough(tmp_path, clock, count, stack)
        ids = [an_id(place) for place in range(count)]
        dice.shuffle(ids)
        late = dice.choice([None, *borough.laptops])
        for laptop, id_ in zip(borough.laptops, ids, strict=True):
            if laptop is not late:
                borough.import_offline(laptop, id_)
        for step in range(16):
            laptop = dice.choice(borough.laptops)
            match dice.choice(("import", "name", "person", "contact", "exchange", "exchange", "at once")):
                case "import" if late is not None and _practice(late) is None:
                    borough.import_offline(late, ids[borough.laptops.index(late)])
                case "name" if (practice := _practice(laptop)) is not None:
                    before = laptop.one("SELECT telephone FROM practice WHERE id = ?", practice)
                    borough.edits = [it for it in borough.edits if it != before]  # its author saw what it replaces
                    borough.edits.append(f"phone {step}")
                    laptop.change(Practice, practice, "", telephone=f"phone {step}")
                case "person" if (practice := _practice(laptop)) is not None:
                    borough.people.append(new_person(laptop, practice, family_name=f"Later {step}"))
                    borough.edits.append(f"Later {step}")
                case "contact" if found := laptop.ask("SELECT id FROM person ORDER BY id"):
                    borough.edits.append(f"contact {step}")
                    new_contact(laptop, dice.choice(found)[0], name=f"contact {step}")
                case "at once":
                    at_once(borough, laptop, dice.choice([it for it in borough.laptops if it is not laptop]))
                case _:
                    laptop.sync(borough.central)
            borough.central.fault = lambda *_: None
        borough.require_one_practice()


def test_whoever_has_both_from_the_central_store_reads_them_as_one_without_telling_it(three: Borough) -> None:
    one, other, looks_on = three.laptops
    three.central.members[looks_on.name] = {three.bucket: "clinician"}
    for place, laptop in enumerate((one, other)):
        three.central.members[laptop.name] = {three.bucket: "clinician"}
        three.import_offline(laptop, an_id(place))
    at_once(three, one, other)
    for laptop in (looks_on, one, other):
        laptop.sync(three.central)
    for laptop in three.laptops:
        assert laptop.ask("SELECT id FROM practice") == [(three.stands,)]
        assert {it for (it,) in laptop.ask("SELECT practice_id FROM person")} == {three.stands}
        assert laptop.ask("SELECT type FROM outbox") == laptop.ask("SELECT type FROM conflict") == []
        assert laptop.cursor(three.bucket).digest == three.central.digest(three.bucket)
    later = new_person(looks_on, three.stands)
    for laptop in three.laptops:
        three.central.members[laptop.name] = {three.bucket: "care_navigator"}
    three.people.append(later)
    looks_on.change(Person, three.people[0], three.people[0], telephone="020 7946 0001")
    three.edits.append("020 7946 0001")
    for laptop in three.laptops:
        laptop.change(Practice, three.stands, "", network=f"Network of {laptop.name}")
    three.settle()
    assert three.laptops[2].one("SELECT practice_id FROM person WHERE id = ?", three.people[1]) == three.stands


def test_values_of_both_are_kept_and_what_differs_is_asked_once(three: Borough) -> None:
    one, other, looks_on = three.laptops
    three.import_offline(one, an_id(1), name="Lantern Practice", list_size=8120)
    three.import_offline(other, an_id(2), name="Lantern Surgery", telephone="020 7946 0002")
    at_once(three, one, other)
    three.edits += ["Lantern Practice", "Lantern Surgery", "020 7946 0002"]
    at_once(three, looks_on, one)
    three.require_one_practice()
    for laptop in three.laptops:
        assert laptop.ask("SELECT name, list_size, telephone FROM practice") == [
            ("Lantern Practice", 8120, "020 7946 0002")
        ]
        ((field_, mine, theirs),) = laptop.ask("SELECT field, mine, theirs FROM conflict WHERE status = 'open'")
        assert (field_, {mine, theirs}) == ("name", {'"Lantern Practice"', '"Lantern Surgery"'})


def test_a_name_that_somebody_gave_takes_the_place_of_the_code(two: Borough) -> None:
    one, other = two.laptops
    two.import_offline(one, an_id(1))
    two.import_offline(other, an_id(2), name="Lantern Practice")
    two.require_one_practice()
    assert [it.one("SELECT name FROM practice") for it in two.laptops] == ["Lantern Practice"] * 2
    assert one.ask("SELECT 1 FROM conflict") == []


def test_a_laptop_that_was_away_brings_its_changes_to_the_one_that_stands(three: Borough) -> None:
    one, other, away = three.laptops
    three.import_offline(one, an_id(2))
    for laptop in three.laptops:
        laptop.sync(three.central)
    higher = three.stands
    away.change(Practice, higher, "", telephone="020 7946 0009")
    away.change(Practice, higher, "", name="Away Practice")
    three.people.append(new_person(away, higher))
    three.edits += ["020 7946 0009", "Away Practice"]
    # Meanwhile the other laptop, put back to an older state, makes it anew with a lower id, and all is told.
    other.write(lambda c: c.execute("UPDATE practice SET code = 'Y00000' WHERE id = ?", (higher,)))
    other.add(Practice(id=an_id(1), code=CODE, name="Lantern Practice", locality_id=other.locality))
    three.practices.append(other.one("SELECT id FROM practice WHERE code = ?", CODE))
    other.write(lambda c: c.execute("UPDATE practice SET code = ?1 || 'x' WHERE id = ?2", (CODE, higher)))
    for laptop in (other, one):
        laptop.sync(three.central)
    away.sync(three.central)
    assert away.ask("SELECT id, telephone, name FROM practice") == [
        (three.stands, "020 7946 0009", "Lantern Practice")
    ]
    assert '"Away Practice"' in {it for (it,) in away.ask("SELECT mine FROM conflict")}


def test_a_deletion_that_comes_before_the_one_that_stands_costs_nobody_their_people(two: Borough) -> None:
    """The one that stands may be further on in the feed than the deletion, when somebody has changed it since."""
    one, other = two.laptops
    two.import_offline(one, an_id(2))
    one.sync(two.central)
    other.sync(two.central)
    other.change(Practice, two.practices[0], "", telephone="020 7946 0009")
    lower, higher = an_id(1), two.practices[0]
    records = two.central.buckets[two.bucket].records
    body = dict(records["practice", higher].body)
    feed = two.central.buckets[two.bucket].feed
    held = records["practice", higher]
    held.deleted, held.ver = True, held.ver + 1
    feed.append((EntryKind.DELETE, "practice", higher, held.ver, "Ida Invented", ("", 0)))
    records["practice", lower] = type(held)(1, {**body, "id": lower}, by="Ida Invented")
    feed.append((EntryKind.PUT, "practice", lower, 1, "Ida Invented", ("", 0)))
    two.practices.append(lower)
    two.edits.append("020 7946 0009")
    two.require_one_practice()
    assert other.one("SELECT telephone FROM practice") == "020 7946 0009"
    assert other.ask("SELECT 1 FROM conflict") == []


def test_somebody_still_sent_to_the_one_that_is_gone_is_found_at_the_one_that_stands(two: Borough) -> None:
    one, other = two.laptops
    two.import_offline(one, an_id(1))
    two.import_offline(other, an_id(2))
    at_once(two, one, other)
    two.require_one_practice()
    higher = max(two.practices)
    person = str(uuid.uuid4())
    body = {**two.central.live(two.bucket)["person", two.people[0]].body, "id": person, "practice_id": higher}
    held = two.central.live(two.bucket)["person", two.people[0]]
    two.central.buckets[two.bucket].records["person", person] = type(held)(1, body, by="Ida Invented")
    two.central.buckets[two.bucket].feed.append((EntryKind.PUT, "person", person, 1, "Ida Invented", ("", 0)))
    two.people.append(person)
    two.require_one_practice()


def test_people_made_twice_are_joined_also_where_their_practices_were_made_twice(two: Borough) -> None:
    one, other = two.laptops
    for place, laptop in enumerate(two.laptops):
        person = two.import_offline(laptop, an_id(place))
        laptop.change(Person, person, person, nhs_number=NUMBER, telephone=f"020 7946 000{place}")
    at_once(two, one, other)
    for laptop in (one, other, one):
        laptop.sync(two.central)
    has = next(it for it in two.laptops if it.program.services.sync_inbox.inbox().duplicates)
    (pair,) = has.program.services.sync_inbox.inbox().duplicates
    assert pair.is_here
    assert not [row for row in pair.rows if row[0] == "Practice" and row[1] != row[2]]
    kept = has.program.services.sync_desk.join(pair.mine_id).made
    two.people = [str(kept)]
    two.edits += ["020 7946 0000", "020 7946 0001"]
    two.require_one_practice()
    for laptop in two.laptops:
        assert laptop.ask("SELECT id FROM person") == [(kept,)]
        assert laptop.one("SELECT count(*) FROM person_case") == 1


def test_a_question_about_the_one_that_gave_way_is_decided_for_the_one_that_stands(two: Borough) -> None:
    one, other = two.laptops
    two.import_offline(one, an_id(2))
    one.sync(two.central)
    other.sync(two.central)
    higher = two.stands
    one.change(Practice, higher, "", telephone="020 7946 0001")
    other.change(Practice, higher, "", telephone="020 7946 0002")
    one.sync(two.central)
    other.sync(two.central)
    lower = an_id(1)
    held = two.central.live(two.bucket)["practice", higher]
    body = {**held.body, "id": lower}
    two.central.buckets[two.bucket].records["practice", lower] = type(held)(1, body, by="Ida Invented")
    two.central.buckets[two.bucket].feed.append((EntryKind.PUT, "practice", lower, 1, "Ida Invented", ("", 0)))
    two.practices.append(lower)
    two.require_one_practice()
    (asked,) = one.write(conflicts.open_ones)
    assert asked.rec_id == lower
    one.program.services.sync_desk.decide(asked.id, "mine")
    two.require_one_practice()
    assert other.one("SELECT telephone FROM practice") == "020 7946 0002"


def test_practices_of_two_localities_stay_two(two: Borough) -> None:
    """Their people are in buckets of their own, which not everybody holds: nothing is moved from one to the other."""
    one, other = two.laptops
    elsewhere = two.central.add_bucket("South")
    two.import_offline(one, an_id(1))
    one.sync(two.central)
    held = two.central.live(two.bucket)["practice", two.stands]
    higher = an_id(2)
    body = {**held.body, "id": higher}
    two.central.buckets[elsewhere].records["practice", higher] = type(held)(1, body, by="Ida Invented")
    two.central.buckets[elsewhere].feed.append((EntryKind.PUT, "practice", higher, 1, "Ida Invented", ("", 0)))
    two.central.members[other.name][elsewhere] = "care_navigator"
    for _ in range(2):
        other.sync(two.central)
    assert len(other.ask("SELECT id FROM practice")) == 1
    assert len(other.ask("SELECT id FROM sync_record WHERE state = 'quarantined' AND type = 'practice'")) == 1
    for bucket in (two.bucket, elsewhere):
        assert other.cursor(bucket).digest == two.central.digest(bucket)
        assert sum(type_ == "practice" for type_, _ in two.central.live(bucket)) == 1


def _practice(laptop: Laptop) -> str | None:
    found = laptop.ask("SELECT id FROM practice WHERE code = ?", CODE)
    return str(found[0][0]) if found else None
