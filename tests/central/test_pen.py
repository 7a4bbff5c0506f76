"""The pen of a meeting at the central store: one holds it, others ask, it is handed over, put down or times out."""

import uuid
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from mdt_desktop.central import accounts
from mdt_desktop.central.accounts import ORDINARY
from mdt_desktop.central.central_store import CentralStore
from mdt_desktop.central.pen import HOLDS
from mdt_desktop.central.tables import AUDIT
from mdt_desktop.domain.permissions import AccessRole
from tests.helpers.central import EAST, WEST, Laptop, laptop
from tests.helpers.clocks import FrozenClock

MEETING = str(uuid.uuid4())
NOBODY = {"holder": "", "mine": False, "asked_by": ""}


def pen(who: Laptop, wish: str, meeting: str = MEETING, bucket: str = EAST) -> Any:
    answer = who.post(f"buckets/{bucket}/pen", {"meeting": meeting, "wish": wish})
    assert answer.status_code == 200, answer.text
    return answer.json()


def acts(store: CentralStore) -> list[tuple[str, str]]:
    with store.database.reading() as connection:
        rows = connection.execute(
            select(AUDIT.c.user_name, AUDIT.c.action).where(AUDIT.c.action.like("pen%")).order_by(AUDIT.c.seq)
        )
        return [(row.user_name, row.action) for row in rows]


def test_the_first_takes_it_and_the_others_see_who(nia: Laptop, noor: Laptop) -> None:
    assert pen(noor, "look") == NOBODY
    assert pen(nia, "take") == {"holder": "Nia", "mine": True, "asked_by": ""}
    assert pen(noor, "take") == {"holder": "Nia", "mine": False, "asked_by": ""}
    assert pen(noor, "take", meeting=str(uuid.uuid4()))["mine"] is True


def test_it_is_asked_for_and_handed_over_and_the_audit_has_it(nia: Laptop, noor: Laptop, store: CentralStore) -> None:
    pen(nia, "take")
    assert pen(noor, "ask") == {"holder": "Nia", "mine": False, "asked_by": "Noor"}
    pen(noor, "ask")
    assert pen(nia, "take") == {"holder": "Nia", "mine": True, "asked_by": "Noor"}
    assert pen(nia, "give") == {"holder": "Noor", "mine": False, "asked_by": ""}
    assert pen(noor, "take")["mine"] is True
    assert pen(nia, "give")["holder"] == "Noor"
    assert acts(store) == [("Nia", "pen_taken"), ("Noor", "pen_asked"), ("Nia", "pen_given")]


def test_nobody_takes_gives_or_ends_what_another_holds(nia: Laptop, noor: Laptop) -> None:
    pen(nia, "take")
    for wish in ("take", "give", "end", "look"):
        assert pen(noor, wish)["holder"] == "Nia", wish
    assert pen(nia, "give")["mine"] is True  # nobody has asked


def test_it_ends_when_it_is_put_down_and_when_its_holder_is_not_heard_of(
    nia: Laptop, noor: Laptop, clock: FrozenClock
) -> None:
    pen(nia, "take")
    assert pen(nia, "end") == NOBODY
    assert pen(noor, "ask")["mine"] is True
    clock.advance(HOLDS - timedelta(seconds=1))
    assert pen(nia, "take")["holder"] == "Noor"
    assert pen(noor, "take")["mine"] is True
    clock.advance(HOLDS)
    assert pen(nia, "look") == NOBODY
    assert pen(nia, "take")["mine"] is True
    assert pen(noor, "take")["mine"] is False


def test_a_user_on_two_laptops_is_two_who_hold_it(nia: Laptop, http: httpx.Client) -> None:
    pen(nia, "take")
    assert pen(laptop(http, "Nia"), "take") == {"holder": "Nia", "mine": False, "asked_by": ""}


def test_whoever_may_not_keep_meetings_only_looks(
    nia: Laptop, noor: Laptop, store: CentralStore, clock: FrozenClock
) -> None:
    pen(nia, "take")
    store.database.write(
        lambda connection: accounts.change_membership(
            connection, "Noor", "East", ORDINARY, AccessRole.ADMINISTRATOR, "test", clock()
        )
    )
    assert pen(noor, "look")["holder"] == "Nia"
    for wish in ("take", "ask", "give", "end"):
        assert noor.post(f"buckets/{EAST}/pen", {"meeting": MEETING, "wish": wish}).status_code == 403


@pytest.mark.parametrize("body", [{}, {"meeting": MEETING, "wish": "steal"}, {"meeting": "x", "wish": "take"}])
def test_a_wish_that_is_none_is_refused(body: dict[str, str], nia: Laptop) -> None:
    assert nia.post(f"buckets/{EAST}/pen", body).status_code in (400, 422)


def test_the_pen_of_another_locality_is_nobodys_business(nia: Laptop) -> None:
    assert nia.post(f"buckets/{WEST}/pen", {"meeting": MEETING, "wish": "look"}).status_code == 403
