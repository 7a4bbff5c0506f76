"""An exchange while calls fail: pages are taken, answers kept, records leave; the next one finishes what one began."""

import json
import shutil
from datetime import timedelta

from mdt_desktop.records import Flag, Person, PersonalContact
from mdt_desktop.security import key_envelope
from mdt_desktop.store.audit_log import Act, append
from mdt_desktop.sync.protocol import EntryKind
from tests.helpers.failing_desk import Desk
from tests.sync.fake_central import FakeCentral
from tests.sync.laptops import Laptop, new_contact, new_flag, new_person, new_practice
from tests.sync.test_duplicates import add_plan

ROBIN, SAM = "Robin Example", "Sam Sample"


def with_much_to_exchange(desk: Desk) -> None:
    """Robin's laptop has changes of all kinds to send; in the central store wait those of Sam, one of them in dispute.

    A contact was deleted there and one had to leave, an alert changed on both, and a plan is new on each side.
    """
    central = FakeCentral()
    one = Laptop(desk.folder.root, ROBIN, desk.clock)
    other = Laptop(desk.root / "other", SAM, desk.clock)
    bucket = central.add_bucket(one.locality)
    for laptop in (one, other):
        central.members[laptop.name] = {bucket: "care_navigator"}
        laptop.connect(central)
    practice = new_practice(one)
    person, second = new_person(one, practice), new_person(one, practice, family_name="Leaves")
    gone, leaves, flag = new_contact(one, person), new_contact(one, second), new_flag(one, person)
    for laptop in (one, other, one):
        laptop.sync(central)
    _write(other, person, "020 7946 0002", flag, 2)
    other.remove(PersonalContact, gone, person)
    add_plan(other, second, "Of Sam")
    for number in range(4):
        new_contact(other, second, name=f"Theirs {number}")
    other.sync(central)
    central.take_out(bucket, EntryKind.EVICT, "personal_contact", leaves)
    one.change(PersonalContact, leaves, second, telephone="020 7946 0009")
    _write(one, person, "020 7946 0001", flag, 1)
    add_plan(one, person, "Of Robin")
    for number in range(3):
        new_contact(one, second, name=f"Mine {number}")
    acts = [Act("print", "person", person, person)] * 5
    one.write(lambda connection: append(connection, one.program.access.actor, desk.clock(), acts))
    desk.known |= {"bucket": bucket, "person": person}
    key = one.program.session.key
    desk.recovery_key = key_envelope.replace_recovery_key(desk.folder.key_file, key).text()
    desk.there = central
    one.close()
    other.close()
    shutil.rmtree(desk.root / "other")


def _write(laptop: Laptop, person: str, telephone: str, flag: str, days: int) -> None:
    laptop.change(Person, person, person, telephone=telephone)
    until = laptop.clock().date() + timedelta(days=days)
    laptop.change(Flag, flag, person, until=until)


def _laptop(desk: Desk) -> Laptop:
    assert desk.program is not None
    laptop = Laptop.__new__(Laptop)
    laptop.folder, laptop.program, laptop.name = desk.folder, desk.program, ROBIN
    laptop.clock, laptop.waits = desk.clock, []
    return laptop


def exchange(desk: Desk) -> None:
    """One run, as the program does it."""
    _laptop(desk).sync(desk.there)


def exchanged(desk: Desk) -> object:
    """What there is once the next run has ended: nothing waits, nothing is lost, nothing counted twice."""
    laptop, central, bucket = _laptop(desk), desk.there, desk.known["bucket"]
    for _ in range(2):
        laptop.sync(central)
    rows = {
        "telephone": laptop.ask("SELECT telephone FROM person ORDER BY id"),
        "contacts": laptop.ask("SELECT name FROM personal_contact ORDER BY name"),
        "needs": laptop.ask("SELECT words FROM need ORDER BY words"),
        "conflicts": laptop.ask("SELECT field, mine, theirs, status FROM conflict ORDER BY field"),
        "left": [json.loads(row[0])[0]["set"] for row in laptop.ask("SELECT operations_json FROM quarantine")],
        "unconfirmed": laptop.ask("SELECT kind FROM receipt"),
        "waiting": laptop.ask("SELECT type, status, last_error FROM outbox"),
        "aside": laptop.ask("SELECT type FROM sync_record WHERE state = 'quarantined'"),
        "broken": laptop.ask("PRAGMA foreign_key_check"),
        "unsaid": laptop.one("SELECT max(seq) FROM audit_entry") - max(central.logs[device(laptop)]),
    }
    same = laptop.cursor(bucket).digest == central.digest(bucket)
    return rows, same, central.applied, sorted(key[0] for key in central.live(bucket))


def device(laptop: Laptop) -> str:
    """As what the laptop is known there."""
    return str(laptop.one("SELECT device_id FROM sync_account"))
