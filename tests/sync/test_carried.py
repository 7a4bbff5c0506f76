"""Changes that are carried by file: once in force however often they arrive, and nothing else for anybody else."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from mdt_desktop.central import accounts, carrying, devices, store_facts
from mdt_desktop.central.accounts import ORDINARY
from mdt_desktop.central.tables import AUDIT, RECORD
from mdt_desktop.documents.writing import PaperFileExists
from mdt_desktop.records import Person, PersonalContact
from mdt_desktop.services.bundles import AnswerPlaceMissing, BundleNotRead, Bundles
from mdt_desktop.sync import carried, push
from mdt_desktop.sync.carried import KeysNotExchanged
from mdt_desktop.sync.sealed_file import (
    MOST_BYTES,
    BundleChanged,
    BundleCopied,
    BundleCutShort,
    BundleEarlierMissing,
    BundleKind,
    BundleNotForHere,
    BundleNotUnderstood,
    BundleRefused,
    BundleSenderUnknown,
    BundleTooLarge,
    Head,
    NotABundle,
    SiteKeys,
    seal,
)
from mdt_desktop.words import sentence
from tests.helpers.clocks import FrozenClock
from tests.sync.carrying import Site, a_site
from tests.sync.laptops import Laptop, new_contact, new_person, new_practice

Team = tuple[Site, Laptop, Laptop, str]


@pytest.fixture
def team(tmp_path: Path, clock: FrozenClock) -> Iterator[Team]:
    """Robin, whose laptop has lost the network, and Sam, who reaches the store; both hold a person."""
    site = a_site(tmp_path, clock)
    robin, sam = site.laptop("Robin Example"), site.laptop("Sam Sample")
    person = new_person(robin, new_practice(robin), family_name="Quillfeather", nhs_number="9990000018")
    for laptop in (robin, sam, robin):
        site.sync(laptop)
    yield site, robin, sam, person
    robin.close()
    sam.close()
    site.store.close()


def everything(laptop: Laptop) -> list[Any]:
    """What a refused file may not change: books, rows, outbox, grants and numbers."""
    tables = ("sync_record", "outbox", "cursor", "grant_local", "person", "personal_contact", "site_keys",
              "quarantine", "conflict", "receipt", "audit_entry")  # fmt: skip
    return [laptop.ask(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]


def held(site: Site) -> list[Any]:
    """Every record of the central store."""
    with site.store.database.reading() as connection:
        return [tuple(row) for row in connection.execute(select(RECORD).order_by(RECORD.c.id))]


def refused(site: Site) -> int:
    with site.store.database.reading() as connection:
        return int(
            connection.execute(select(func.count()).select_from(AUDIT).where(AUDIT.c.action == "refused")).scalar_one()
        )


def test_changes_go_out_in_a_file_and_the_answer_brings_what_others_wrote(team: Team) -> None:
    site, robin, sam, person = team
    robin.change(Person, person, person, telephone="1")
    contact = new_contact(sam, person)
    site.sync(sam)
    made = site.export(robin, "out.mdt")
    assert (made.number, made.changes, made.left) == (1, 1, 0)
    assert site.deliver(sam, "out.mdt", "back.mdt").kind is BundleKind.CHANGES
    taken = site.take(robin, "back.mdt")
    assert (taken.is_new, taken.more, taken.pages_wait) == (True, False, False)
    assert {"person", "personal_contact"} <= taken.kinds | {"person"}
    assert robin.row("personal_contact", contact) is not None
    assert robin.ask("SELECT * FROM outbox") == []
    site.sync(sam)
    assert sam.one("SELECT telephone FROM person WHERE id = ?", person) == "1"
    (bucket,) = robin.ask("SELECT bucket FROM grant_local")[0]
    assert robin.cursor(bucket).digest == sam.cursor(bucket).digest


def test_a_file_and_an_answer_that_come_twice_have_no_effect(team: Team) -> None:
    site, robin, sam, person = team
    new_contact(robin, person)
    site.export(robin, "out.mdt")
    site.deliver(sam, "out.mdt", "back.mdt")
    before = held(site)
    site.deliver(sam, "out.mdt", "again.mdt")
    assert held(site) == before
    assert site.take(robin, "back.mdt").is_new
    settled = everything(robin)
    assert not site.take(robin, "back.mdt").is_new
    assert not site.take(robin, "again.mdt").is_new
    assert everything(robin) == settled


def test_what_was_carried_and_is_then_sent_over_the_network_is_in_force_once(team: Team) -> None:
    site, robin, sam, person = team
    contact = new_contact(robin, person)
    site.export(robin, "out.mdt")
    site.deliver(sam, "out.mdt", "back.mdt")
    robin.change(PersonalContact, contact, person, telephone="2")
    site.sync(robin)
    assert robin.ask("SELECT * FROM outbox") == []
    assert robin.one("SELECT count(*) FROM conflict") == 0
    settled = everything(robin)
    assert not site.take(robin, "back.mdt").is_new  # older than the exchange: grants of before hold no more
    assert everything(robin) == settled
    assert site.deliver(sam, "out.mdt", "late.mdt").kind is BundleKind.CHANGES
    site.sync(sam)
    assert sam.one("SELECT telephone FROM personal_contact WHERE id = ?", contact) == "2"


def test_a_second_file_brings_what_the_first_had_and_pages_wait_for_its_answer(team: Team) -> None:
    site, robin, sam, person = team
    contact = new_contact(robin, person)
    site.export(robin, "one.mdt")
    robin.change(PersonalContact, contact, person, telephone="2")
    robin.change(Person, person, person, title="Ms")
    assert site.export(robin, "two.mdt").changes == 3
    site.deliver(sam, "one.mdt", "answer one.mdt")
    first = site.take(robin, "answer one.mdt")
    assert (first.is_new, first.pages_wait) == (True, True)
    assert robin.one("SELECT count(*) FROM outbox") == 2
    site.deliver(sam, "two.mdt", "answer two.mdt")
    second = site.take(robin, "answer two.mdt")
    assert (second.is_new, second.pages_wait) == (True, False)
    assert robin.ask("SELECT * FROM outbox") == []
    site.sync(sam)
    assert sam.ask("SELECT telephone FROM personal_contact") == [("2",)]
    assert robin.one("SELECT count(*) FROM conflict") == 0


def test_an_older_answer_after_a_newer_one_changes_nothing(team: Team) -> None:
    site, robin, sam, person = team
    robin.change(Person, person, person, title="Ms")
    site.export(robin, "one.mdt")
    robin.change(Person, person, person, title="Dr")
    site.export(robin, "two.mdt")
    site.deliver(sam, "one.mdt", "answer one.mdt")
    site.deliver(sam, "two.mdt", "answer two.mdt")
    assert site.take(robin, "answer two.mdt").is_new
    settled = everything(robin)
    assert not site.take(robin, "answer one.mdt").is_new
    assert everything(robin) == settled


def test_the_second_file_alone_has_everything_and_the_first_may_be_lost(team: Team) -> None:
    site, robin, sam, person = team
    contact = new_contact(robin, person)
    site.export(robin, "lost.mdt")
    robin.change(Person, person, person, title="Dr")
    site.export(robin, "two.mdt")
    site.deliver(sam, "two.mdt", "back.mdt")
    site.take(robin, "back.mdt")
    site.sync(sam)
    assert sam.row("personal_contact", contact) is not None
    assert site.deliver(sam, "lost.mdt", "late.mdt").kind is BundleKind.CHANGES
    assert robin.ask("SELECT * FROM outbox") == []


def regions(data: bytes) -> dict[str, int]:
    """A byte in each part of a file: beginning, lengths, head, passing key, cipher's text, its tag, signature."""
    head = data.index(b"{")
    end = data.index(b"}") + 1
    return {
        "beginning": 3, "head length": 22, "length": 30, "head": head + 2, "sender": data.index(b'"from":"') + 9,
        "recipient": data.index(b'"to":"') + 8, "number": data.index(b'"no":') + 5, "passing key": end + 5,
        "contents": end + 40, "tag": len(data) - 65, "signature": len(data) - 10,
    }  # fmt: skip


def test_a_byte_changed_anywhere_is_told_and_nothing_is_taken(team: Team) -> None:
    site, robin, sam, person = team
    new_contact(robin, person)
    site.export(robin, "out.mdt")
    site.deliver(sam, "out.mdt", "back.mdt")
    ways: dict[str, Callable[[str], object]] = {
        "out.mdt": lambda it: carrying.take(site.store, site.bytes_of(it), "Sam Sample"),
        "back.mdt": lambda it: site.take(robin, it),
    }
    for name, way in ways.items():
        whole, untouched = site.bytes_of(name), (held(site), everything(sam), everything(robin))
        for region, at in regions(whole).items():
            wrong = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
            with pytest.raises(BundleRefused) as problem:
                way(site.put("wrong.mdt", wrong))
            assert "Nothing was changed" in sentence(problem.value), region
            assert (held(site), everything(sam), everything(robin)) == untouched, region
    assert refused(site) == len(regions(site.bytes_of("out.mdt")))
    with pytest.raises(BundleRefused):
        site.deliver(sam, "wrong.mdt", "no.mdt")
    assert not (site.folder / "no.mdt").exists()


def test_every_tenth_byte_of_an_answer_is_guarded(team: Team) -> None:
    site, robin, sam, _ = team
    site.export(robin, "out.mdt")
    site.deliver(sam, "out.mdt", "back.mdt")
    whole = site.bytes_of("back.mdt")
    untouched = everything(robin)
    for at in range(0, len(whole), 10):
        with pytest.raises(BundleRefused):
            site.take(robin, site.put("wrong.mdt", whole[:at] + bytes([whole[at] ^ 128]) + whole[at + 1 :]))
    assert everything(robin) == untouched


def test_what_is_no_whole_file_is_told_by_its_own_name(team: Team) -> None:
    site, robin, sam, _ = team
    site.export(robin, "out.mdt")
    site.deliver(sam, "out.mdt", "back.mdt")
    whole, untouched = site.bytes_of("back.mdt"), everything(robin)
    wrong: dict[str, tuple[bytes, type[Exception]]] = {
        "empty": (b"", NotABundle),
        "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(500), NotABundle),
        "the beginning only": (whole[:25], BundleCutShort),
        "half": (whole[: len(whole) // 2], BundleCutShort),
        "without its last byte": (whole[:-1], BundleCutShort),
        "with something behind it": (whole + b"x", BundleChanged),
        "huge": (whole + bytes(MOST_BYTES), BundleTooLarge),
    }
    for name, (data, error) in wrong.items():
        with pytest.raises(error) as problem:
            site.take(robin, site.put("wrong.mdt", data))
        assert sentence(problem.value), name  # type: ignore[arg-type]
    with pytest.raises(BundleNotRead):
        site.take(robin, "not there.mdt")
    assert everything(robin) == untouched


def test_an_answer_for_another_laptop_cannot_be_read(team: Team) -> None:
    site, robin, sam, _ = team
    site.export(robin, "out.mdt")
    site.deliver(sam, "out.mdt", "back.mdt")
    untouched = everything(sam)
    with pytest.raises(BundleNotForHere):
        site.take(sam, "back.mdt")
    assert everything(sam) == untouched
    assert b"Quillfeather" not in site.bytes_of("back.mdt") + site.bytes_of("out.mdt")


def test_a_file_for_another_store_is_refused_by_this_one(team: Team, tmp_path: Path, clock: FrozenClock) -> None:
    site, robin, _, _ = team
    (tmp_path / "elsewhere").mkdir()
    other = a_site(tmp_path / "elsewhere", clock)
    wes = other.laptop("Wes Sample")
    site.export(robin, "out.mdt")
    with pytest.raises(BundleNotForHere):
        Bundles(wes.program.access).import_(site.folder / "out.mdt", tmp_path / "back", remote=other.remote)
    assert refused(other) == 1
    wes.close()
    other.store.close()


def _forged(site: Site, robin: Laptop, keys: SiteKeys, device: str) -> bytes:
    with site.store.database.reading() as connection:
        here, theirs = store_facts.server_id(connection), store_facts.site_keys(connection).public()
    content = {"schema": 5, "ops": [], "cursors": {}}
    return seal(Head(device, here, BundleKind.CHANGES, 1), content, keys, theirs)


def test_an_unknown_sender_and_one_that_signs_for_another_are_refused(team: Team) -> None:
    site, robin, sam, _ = team
    untouched = held(site)
    device = robin.one("SELECT device_id FROM sync_account")
    stranger = SiteKeys.make()
    site.put("stranger.mdt", _forged(site, robin, stranger, "00000000-0000-4000-8000-000000000000"))
    with pytest.raises(BundleSenderUnknown):
        site.deliver(sam, "stranger.mdt", "no.mdt")
    site.put("forged.mdt", _forged(site, robin, stranger, device))
    with pytest.raises(BundleChanged):
        site.deliver(sam, "forged.mdt", "no.mdt")
    books = robin.write(carried.needed)
    forged = seal(Head("another store", device, BundleKind.ANSWER, 1), {}, stranger, books.keys.public())
    with pytest.raises(BundleSenderUnknown):
        site.take(robin, site.put("answer.mdt", forged))
    forged = seal(Head(books.server, device, BundleKind.ANSWER, 1), {}, stranger, books.keys.public())
    with pytest.raises(BundleChanged):
        site.take(robin, site.put("answer.mdt", forged))
    assert held(site) == untouched


def test_a_revoked_laptop_and_a_revoked_user_send_nothing_by_file(team: Team) -> None:
    site, robin, sam, person = team
    robin.change(Person, person, person, telephone="9")
    site.export(robin, "out.mdt")
    untouched = held(site)
    device = robin.one("SELECT device_id FROM sync_account")
    site.store.database.write(lambda connection: devices.revoke(connection, device))
    with pytest.raises(BundleSenderUnknown):
        site.deliver(sam, "out.mdt", "no.mdt")
    assert held(site) == untouched
    assert robin.one("SELECT count(*) FROM outbox") == 1


def test_an_answer_tells_only_of_buckets_that_are_granted_and_takes_the_lost_one_away(
    team: Team, clock: FrozenClock
) -> None:
    site, robin, sam, person = team
    robin.change(Person, person, person, telephone="7")
    site.export(robin, "out.mdt")
    site.store.database.write(
        lambda connection: accounts.change_membership(
            connection, "Robin Example", "North East", ORDINARY, None, "test", clock()
        )
    )
    new_contact(sam, person, name="Secret Sample")
    site.sync(sam)
    site.deliver(sam, "out.mdt", "back.mdt")
    taken = site.take(robin, "back.mdt")
    assert taken.is_new
    assert robin.ask("SELECT * FROM person") == []
    assert robin.ask("SELECT * FROM personal_contact") == []
    assert robin.ask("SELECT * FROM grant_local") == []
    with site.store.database.reading() as connection:
        row = connection.execute(select(RECORD.c.body).where(RECORD.c.id == person)).scalar_one()
    assert row["telephone"] != "7"


def test_a_laptop_that_never_exchanged_keys_is_told_to_and_numbers_are_not_used(
    tmp_path: Path, clock: FrozenClock
) -> None:
    site = a_site(tmp_path, clock)
    robin = site.laptop("Robin Example", exchanged=False)
    new_person(robin, new_practice(robin))
    with pytest.raises(KeysNotExchanged):
        site.export(robin, "out.mdt")
    assert not (tmp_path / "out.mdt").exists()
    assert robin.ask("SELECT DISTINCT status FROM outbox") == [("waiting",)]
    robin.close()
    site.store.close()


def test_a_file_that_cannot_be_written_gives_no_numbers_away(team: Team) -> None:
    site, robin, sam, person = team
    robin.change(Person, person, person, title="Ms")
    site.put("out.mdt", b"somebody's")
    untouched = everything(robin)
    with pytest.raises(PaperFileExists):
        site.export(robin, "out.mdt")
    assert everything(robin) == untouched
    assert site.bytes_of("out.mdt") == b"somebody's"
    site.export(robin, "other.mdt")
    with pytest.raises(AnswerPlaceMissing):
        Bundles(sam.program.access).import_(site.folder / "other.mdt", remote=site.remote)
    with pytest.raises(PaperFileExists):
        site.deliver(sam, "other.mdt", "out.mdt")
    assert robin.one("SELECT count(*) FROM outbox") == 1


def test_a_file_after_one_that_is_missing_and_one_of_a_copy_are_told(team: Team) -> None:
    site, robin, sam, person = team
    robin.change(Person, person, person, title="Ms")
    site.export(robin, "out.mdt")
    with site.store.database.reading() as connection:
        theirs = store_facts.site_keys(connection).public()
    books = robin.write(carried.needed)
    operation = robin.write(lambda it: push.next_batch(it, "", {}, 200, 10**6))[0]

    def sealed(**other: Any) -> bytes:
        content = {"schema": 5, "ops": [operation.document() | other], "cursors": {}}
        return seal(Head(books.device, books.server, BundleKind.CHANGES, 9), content, books.keys, theirs)

    untouched = held(site)
    with pytest.raises(BundleEarlierMissing):
        site.deliver(sam, site.put("ahead.mdt", sealed(op_no=operation.op_no + 5)), "no.mdt")
    with pytest.raises(BundleNotUnderstood):
        site.deliver(sam, site.put("odd.mdt", sealed(kind="sing")), "no.mdt")
    assert held(site) == untouched
    site.deliver(sam, "out.mdt", "back.mdt")
    with pytest.raises(BundleCopied):
        site.deliver(sam, site.put("copy.mdt", sealed(set={"title": "Dr"})), "no.mdt")


def test_a_courier_whose_access_token_has_ended_gets_the_next_one(team: Team, clock: FrozenClock) -> None:
    site, robin, sam, person = team
    robin.change(Person, person, person, title="Ms")
    site.export(robin, "out.mdt")
    clock.advance(timedelta(minutes=30))
    assert site.deliver(sam, "out.mdt", "back.mdt").answer
    site.sync(sam)
    assert sam.one("SELECT title FROM person") == "Ms"


def test_an_answer_holds_as_much_as_it_may_and_says_that_there_is_more(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, robin, sam, person = team
    for number in range(5):
        new_contact(sam, person, name=f"Invented {number}")
    site.sync(sam)
    monkeypatch.setattr(carrying, "PAGE", 2)
    monkeypatch.setattr(carrying, "MOST_PAGES_BYTES", 500)
    more, rounds = True, 0
    while more:
        rounds += 1
        site.export(robin, f"out {rounds}.mdt")
        site.deliver(sam, f"out {rounds}.mdt", f"back {rounds}.mdt")
        more = site.take(robin, f"back {rounds}.mdt").more
    assert rounds > 1
    assert robin.one("SELECT count(*) FROM personal_contact") == 5


def test_an_answer_renews_the_lease_as_an_exchange_does(team: Team, clock: FrozenClock) -> None:
    site, robin, sam, _ = team
    before = robin.ask("SELECT lease_until, heard_at, latest FROM grant_local, sync_lease")[0]
    clock.advance(timedelta(days=5))
    site.export(robin, "out.mdt")
    site.deliver(sam, "out.mdt", "back.mdt")
    site.take(robin, "back.mdt")
    after = robin.ask("SELECT lease_until, heard_at, latest FROM grant_local, sync_lease")[0]
    assert all(new > old for new, old in zip(after, before, strict=True))


def test_more_than_fits_goes_with_the_next_file(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    site, robin, sam, person = team
    for number in range(6):
        new_contact(robin, person, name=f"Invented {number}")
    monkeypatch.setattr(carried, "MOST_CHANGES_BYTES", 2000)
    rounds, left = 0, 1
    while left:
        rounds += 1
        left = site.export(robin, f"out {rounds}.mdt").left
        site.deliver(sam, f"out {rounds}.mdt", f"back {rounds}.mdt")
        site.take(robin, f"back {rounds}.mdt")
    assert rounds > 1
    assert robin.ask("SELECT * FROM outbox") == []
    site.sync(sam)
    assert sam.one("SELECT count(*) FROM personal_contact") == 6


def test_many_changes_in_flight_go_over_the_network_in_whole_groups(team: Team) -> None:
    site, robin, sam, person = team
    for number in range(210):
        new_contact(robin, person, name=f"Invented {number}")
    made = site.export(robin, "out.mdt")
    assert made.changes + made.left == 210
    site.sync(robin)
    assert robin.ask("SELECT * FROM outbox") == []
    site.deliver(sam, "out.mdt", "late.mdt")
    site.sync(sam)
    assert sam.one("SELECT count(*) FROM personal_contact") == 210
