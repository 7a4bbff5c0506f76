"""A laptop whose store is a copy gets a device of its own by its token, and no more than that token gave (SYNC 6)."""

import uuid
from datetime import timedelta

from sqlalchemy import select

from mdt_desktop.central import accounts
from mdt_desktop.central.central_store import CentralStore
from mdt_desktop.central.tables import AUDIT, FAMILY
from mdt_desktop.domain.dates import moment_text
from tests.helpers.central import EAST, Laptop, laptop
from tests.helpers.clocks import FrozenClock


def enrolled(who: Laptop) -> Laptop:
    """The copy of a laptop, as a device of its own."""
    copy = Laptop(who.http, who.user, access=who.access)
    answer = who.post("enrol", {"device": copy.device, "device_name": "Invented copy"})
    assert answer.status_code == 200, answer.text
    copy.access, copy.refresh = answer.json()["access"], answer.json()["refresh"]
    return copy


def test_the_copy_and_the_other_go_on_side_by_side_with_numbers_of_their_own(nia: Laptop, store: CentralStore) -> None:
    person = nia.add_person()
    reused = nia.op("update", "person", person, 1, values={"telephone": "1"})
    assert nia.push(reused).status_code == 200
    assert nia.push({**reused, "set": {"telephone": "2"}}).json()["code"] == "operation_reused"
    copy = enrolled(nia)
    assert copy.session()["grants"]
    copy.add_person()
    nia.add_person()
    for one in (copy, nia):
        one.pull()
    assert copy.held == nia.held
    with store.database.reading() as connection:
        entry = connection.execute(select(AUDIT).where(AUDIT.c.action == "enrolled_again")).one()
    assert (entry.user_name, entry.device_id, entry.detail) == ("Nia", copy.device, nia.device)


def test_the_new_sign_in_lasts_no_longer_than_the_one_it_came_from(
    nia: Laptop, store: CentralStore, clock: FrozenClock
) -> None:
    with store.database.reading() as connection:
        ends = connection.execute(select(FAMILY.c.ends_at).where(FAMILY.c.device_id == nia.device)).scalar_one()
    clock.advance(timedelta(minutes=5))
    copy = enrolled(nia)
    with store.database.reading() as connection:
        found = connection.execute(select(FAMILY.c.ends_at).where(FAMILY.c.device_id == copy.device)).scalar_one()
    assert found == ends
    assert ends > moment_text(clock())


def test_a_token_that_has_ended_or_was_revoked_enrols_nothing(
    nia: Laptop, store: CentralStore, clock: FrozenClock
) -> None:
    wanted = {"device": str(uuid.uuid4()), "device_name": "Invented copy"}
    store.database.write(lambda connection: accounts.revoke_user(connection, "Nia", "test", clock()))
    assert nia.post("enrol", wanted).json()["code"] == "device_revoked"
    other = laptop(nia.http, "Noor")
    clock.advance(timedelta(hours=1))
    assert other.post("enrol", wanted).json()["code"] == "token_ended"


def test_a_device_of_somebody_else_is_not_taken_over(nia: Laptop) -> None:
    other = laptop(nia.http, "Noor")
    answer = nia.post("enrol", {"device": other.device, "device_name": "Invented copy"})
    assert (answer.status_code, answer.json()["code"]) == (403, "device_of_another")
    assert other.get(f"buckets/{EAST}/manifest", page=0).status_code == 200
