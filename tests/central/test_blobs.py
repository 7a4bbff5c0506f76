"""Content of papers at the central store: in pieces, resumed, proved, given to whoever may hold it, collected."""

import threading
import uuid
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from mdt_desktop.central import accounts, backup, moving, tidying
from mdt_desktop.central.accounts import ORDINARY
from mdt_desktop.central.blobs import MOST_RANGE, ORPHANS_KEPT
from mdt_desktop.central.central_store import CentralStore
from mdt_desktop.central.tables import AUDIT, BLOB, BLOB_PIECE
from mdt_desktop.domain.papers import MOST_BYTES, PIECE_BYTES
from mdt_desktop.domain.permissions import AccessRole
from tests.helpers.central import EAST, WEST, Laptop, laptop
from tests.helpers.central_papers import (
    SMALL,
    add_case,
    add_paper,
    download,
    held,
    large,
    name_of,
    post_piece,
    upload,
)
from tests.helpers.clocks import FrozenClock


def count(store: CentralStore) -> tuple[int, int]:
    """How many contents, and how many pieces."""
    with store.database.reading() as connection:
        blobs, pieces = (
            connection.execute(select(func.count()).select_from(table)).scalar_one() for table in (BLOB, BLOB_PIECE)
        )
    return blobs, pieces


def acts(store: CentralStore) -> list[tuple[str, str, str]]:
    with store.database.reading() as connection:
        rows = connection.execute(
            select(AUDIT.c.user_name, AUDIT.c.action, AUDIT.c.rec_ids)
            .where(AUDIT.c.action.like("blob%"))
            .order_by(AUDIT.c.seq)
        )
        return [(row.user_name, row.action, row.rec_ids) for row in rows]


def test_the_greeting_says_how_large_content_and_its_pieces_may_be(http: httpx.Client) -> None:
    limits = http.get("/sync/v1/hello").json()["limits"]
    assert (limits["blob"], limits["blob_piece"]) == (MOST_BYTES, PIECE_BYTES)


def test_content_goes_up_in_pieces_and_comes_back_in_parts_and_the_audit_has_both(
    nia: Laptop, noor: Laptop, store: CentralStore
) -> None:
    content = large()
    paper = add_paper(nia, add_case(nia)[1], content)
    assert held(nia, content) == {"wanted": True, "size": len(content), "held": 0}
    assert upload(nia, content) == {"wanted": True, "size": len(content), "held": len(content)}
    whole = download(noor, content)
    assert (whole.status_code, whole.content == content) == (206, True)
    assert whole.headers["content-range"] == f"bytes 0-{len(content) - 1}/{len(content)}"
    assert whole.headers["content-type"] == "application/octet-stream"
    assert "content-encoding" not in whole.headers
    for first, last in ((0, 0), (PIECE_BYTES - 2, PIECE_BYTES + 1), (len(content) - 3, len(content) + 500)):
        assert download(noor, content, first, last).content == content[first : last + 1]
    told = acts(store)
    assert told[0][:2] == ("Nia", "blob_taken")
    assert [it[:2] for it in told[1:]] == [("Noor", "blob_read")] * 4
    assert all(paper in it[2] for it in told)


def test_one_request_is_given_a_part_only_however_much_it_asks_for(nia: Laptop) -> None:
    content = large(5, 0)
    add_paper(nia, add_case(nia)[1], content)
    upload(nia, content)
    assert len(download(nia, content).content) == MOST_RANGE


def test_an_upload_that_was_cut_goes_on_where_it_was(nia: Laptop) -> None:
    content = large()
    add_paper(nia, add_case(nia)[1], content)
    assert post_piece(nia, content, 0, content[:PIECE_BYTES]).json()["held"] == PIECE_BYTES
    assert held(nia, content)["held"] == PIECE_BYTES
    again = post_piece(nia, content, 0, content[:PIECE_BYTES])
    assert (again.status_code, again.json()["held"]) == (200, PIECE_BYTES), "the answer was lost: nothing twice"
    ahead = post_piece(nia, content, 2 * PIECE_BYTES, content[2 * PIECE_BYTES :])
    assert ahead.json()["held"] == PIECE_BYTES, "what does not follow is left out"
    assert download(nia, content).status_code == 404, "half of it is given to nobody"
    assert upload(nia, content)["held"] == len(content)
    assert download(nia, content).content == content
    assert post_piece(nia, content, 0, content[:PIECE_BYTES]).json()["held"] == len(content)


def test_content_that_is_not_what_its_digest_names_is_refused_and_removed(nia: Laptop, store: CentralStore) -> None:
    content = large()
    add_paper(nia, add_case(nia)[1], content)
    wrong = b"x" + content[1:]
    for start in range(0, 2 * PIECE_BYTES, PIECE_BYTES):
        assert post_piece(nia, content, start, wrong[start : start + PIECE_BYTES]).status_code == 200
    refused = post_piece(nia, content, 2 * PIECE_BYTES, wrong[2 * PIECE_BYTES :])
    assert (refused.status_code, refused.json()["code"]) == (400, "blob_wrong")
    assert (held(nia, content)["held"], count(store)) == (0, (0, 0))
    assert acts(store) == [("Nia", "blob_wrong", "[]")]
    assert upload(nia, content)["held"] == len(content), "the right one is taken afterwards"


BAD = [
    pytest.param(0, SMALL, len(SMALL) + 1, id="another size than the record's"),
    pytest.param(0, SMALL[:5], len(SMALL), id="half a piece"),
    pytest.param(5, SMALL[5:], len(SMALL), id="from the middle of a piece"),
    pytest.param(0, SMALL + b"more", len(SMALL), id="more than the whole"),
]


@pytest.mark.parametrize(("start", "piece", "total"), BAD)
def test_a_piece_that_cannot_be_one_is_refused(
    start: int, piece: bytes, total: int, nia: Laptop, store: CentralStore
) -> None:
    add_paper(nia, add_case(nia)[1], SMALL)
    assert post_piece(nia, SMALL, start, piece, total=total).status_code == 400
    assert count(store) == (0, 0)


@pytest.mark.parametrize("span", ["", "bytes 0-8/*", "bytes 5-0/27", "chars 0-26/27"])
def test_a_piece_that_does_not_say_what_it_is_is_refused(span: str, nia: Laptop) -> None:
    add_paper(nia, add_case(nia)[1], SMALL)
    place = f"/sync/v1/blobs/{EAST}/{name_of(SMALL)}"
    headers = {"Content-Range": span} if span else {}
    assert nia.http.post(place, content=SMALL, headers={**nia.headers, **headers}).status_code == 400


def test_a_piece_above_the_limit_is_refused_before_it_is_looked_at(nia: Laptop, store: CentralStore) -> None:
    content = large(8, 0)
    add_paper(nia, add_case(nia)[1], content)
    assert post_piece(nia, content, 0, content[: 2 * PIECE_BYTES]).status_code == 400
    assert post_piece(nia, content, 0, content + b"0").status_code == 413
    assert count(store) == (0, 0)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"size": MOST_BYTES + 1}, "size"),
        ({"size": 0}, "size"),
        ({"size": "27"}, "size"),
        ({"sha256": "A" * 64}, "sha256"),
        ({"sha256": None}, "sha256"),
    ],
)
def test_a_paper_too_large_or_without_a_digest_is_not_taken_as_a_record(
    values: dict[str, object], field: str, nia: Laptop
) -> None:
    case = add_case(nia)[1]
    id_ = str(uuid.uuid4())
    body = {"id": id_, "case_id": case, "size": 9, "sha256": "0" * 64, "status": "current", **values}
    (result,) = nia.pushed(nia.op("create", "case_paper", id_, values=body))
    assert (result["status"], result["field"]) == ("invalid", field)


def test_what_no_paper_names_is_neither_taken_nor_told(nia: Laptop, store: CentralStore) -> None:
    assert held(nia, SMALL) == {"wanted": False, "size": 0, "held": 0}
    assert post_piece(nia, SMALL, 0, SMALL).json() == {"wanted": False, "size": 0, "held": 0}
    assert download(nia, SMALL).status_code == 404
    assert count(store) == (0, 0)


def test_whoever_knows_a_digest_does_not_get_the_content_of_another_locality_by_it(
    nia: Laptop, http: httpx.Client, store: CentralStore
) -> None:
    """Content belongs to a bucket: a paper of one's own that names another's digest opens nothing."""
    wes = laptop(http, "Wes")
    add_paper(nia, add_case(nia)[1], SMALL)
    upload(nia, SMALL)
    assert [download(wes, SMALL, bucket=it).status_code for it in (EAST, WEST)] == [403, 404]
    add_paper(wes, add_case(wes, WEST)[1], SMALL, WEST)
    assert held(wes, SMALL, WEST) == {"wanted": True, "size": len(SMALL), "held": 0}, "not even that it is known"
    assert download(wes, SMALL, bucket=WEST).status_code == 404
    assert post_piece(wes, SMALL, 0, SMALL, EAST).status_code == 403


def test_whoever_only_sees_cases_reads_papers_and_adds_none(http: httpx.Client, nia: Laptop) -> None:
    ivy = laptop(http, "Ivy")
    add_paper(nia, add_case(nia)[1], SMALL)
    assert post_piece(ivy, SMALL, 0, SMALL).status_code == 403
    upload(nia, SMALL)
    assert download(ivy, SMALL).content == SMALL


def test_a_part_that_is_not_there_is_told_so(nia: Laptop) -> None:
    add_paper(nia, add_case(nia)[1], SMALL)
    upload(nia, SMALL)
    assert download(nia, SMALL, len(SMALL), len(SMALL) + 9).status_code == 416
    assert download(nia, SMALL, 5, 2).status_code == 416
    place = f"/sync/v1/blobs/{EAST}/{name_of(SMALL)}"
    for wrong in ({}, {"Range": "bytes=-5"}, {"Range": "bytes=0-1,3-4"}):
        assert nia.http.get(place, headers={**nia.headers, **wrong}).status_code == 400


def test_two_laptops_that_send_the_same_at_once_make_it_whole_once(
    nia: Laptop, noor: Laptop, store: CentralStore
) -> None:
    content = large()
    add_paper(nia, add_case(nia)[1], content)
    failed: list[BaseException] = []

    def send(who: Laptop) -> None:
        try:
            assert upload(who, content)["held"] == len(content)
        except BaseException as problem:  # noqa: BLE001  # told below, in the test's own thread
            failed.append(problem)

    threads = [threading.Thread(target=send, args=(who,)) for who in (nia, noor)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert count(store) == (1, 3)
    assert download(nia, content).content == content


def tidy(store: CentralStore) -> int:
    return store.database.write(lambda connection: tidying.tidy(connection, "test", store.clock())).blobs


def test_content_that_no_paper_in_use_names_is_not_given_and_goes_after_a_day(
    nia: Laptop, store: CentralStore, clock: FrozenClock
) -> None:
    case = add_case(nia)[1]
    kept, removed, deleted = SMALL, SMALL + b"2", SMALL + b"3"
    ids = [add_paper(nia, case, it) for it in (kept, removed, deleted)]
    for content in (kept, removed, deleted):
        upload(nia, content)
    nia.pushed(
        nia.op("update", "case_paper", ids[1], 1, values={"status": "removed", "removed_reason": "Not hers"}),
        nia.op("delete", "case_paper", ids[2], 1),
    )
    assert [download(nia, it).status_code for it in (kept, removed, deleted)] == [206, 404, 404]
    assert (tidy(store), count(store)) == (0, (3, 3))
    clock.advance(ORPHANS_KEPT + timedelta(seconds=1))
    assert (tidy(store), count(store)) == (2, (1, 1))
    assert tidy(store) == 0
    assert nia.register().status_code == 200
    assert download(nia, kept).content == kept


def test_half_an_upload_whose_paper_is_in_use_waits_for_its_laptop(
    nia: Laptop, store: CentralStore, clock: FrozenClock
) -> None:
    content = large()
    add_paper(nia, add_case(nia)[1], content)
    post_piece(nia, content, 0, content[:PIECE_BYTES])
    clock.advance(timedelta(days=30))
    assert tidy(store) == 0
    assert nia.register().status_code == 200
    assert held(nia, content)["held"] == PIECE_BYTES


def test_erasing_somebody_takes_their_papers_and_leaves_what_others_name_too(
    nia: Laptop, store: CentralStore, clock: FrozenClock
) -> None:
    person, case = add_case(nia)
    _, other = add_case(nia)
    shared, own = SMALL, SMALL + b"2"
    for content in (shared, own):
        add_paper(nia, case, content)
        upload(nia, content)
    add_paper(nia, other, shared)
    store.database.write(lambda it: moving.erase_person(it, person, "test", "court order", clock()))
    assert [download(nia, it).status_code for it in (shared, own)] == [206, 404]
    assert count(store) == (1, 1)


def test_content_moves_with_its_person_and_stays_where_others_name_it(
    nia: Laptop, noor: Laptop, store: CentralStore, clock: FrozenClock
) -> None:
    person, case = add_case(nia)
    _, other = add_case(nia)
    shared, own = SMALL, large()
    for content in (shared, own):
        add_paper(nia, case, content)
        upload(nia, content)
    add_paper(nia, other, shared)
    store.database.write(lambda it: moving.move_person(it, person, WEST, "test", "moved away", clock()))
    assert [download(nia, it).status_code for it in (shared, own)] == [206, 404]
    assert [download(noor, it, bucket=WEST).content for it in (shared, own)] == [shared, own]
    store.database.write(lambda it: moving.move_person(it, person, EAST, "test", "back", clock()))
    assert [download(nia, it).content for it in (shared, own)] == [shared, own]
    assert download(noor, own, bucket=WEST).status_code == 404


def test_a_backup_holds_content_and_a_restore_brings_it_back(
    nia: Laptop, store: CentralStore, clock: FrozenClock, tmp_path: Path
) -> None:
    content = large(20, 77)
    add_paper(nia, add_case(nia)[1], content)
    upload(nia, content)
    before = count(store)
    backup.back_up(store.database, tmp_path / "b.gz", "test", clock)
    store.database.write(lambda connection: connection.execute(BLOB_PIECE.delete()))
    backup.restore(store.database, tmp_path / "b.gz", "test", clock)
    assert count(store) == before
    assert nia.register().status_code == 200
    parts = [download(nia, content, it, it + MOST_RANGE - 1).content for it in range(0, len(content), MOST_RANGE)]
    assert b"".join(parts) == content


def test_a_role_that_was_taken_away_stops_an_upload_in_the_middle(
    nia: Laptop, store: CentralStore, clock: FrozenClock
) -> None:
    content = large()
    add_paper(nia, add_case(nia)[1], content)
    post_piece(nia, content, 0, content[:PIECE_BYTES])
    store.database.write(
        lambda it: accounts.change_membership(it, "Nia", "East", ORDINARY, AccessRole.ADMINISTRATOR, "test", clock())
    )
    assert post_piece(nia, content, PIECE_BYTES, content[PIECE_BYTES : 2 * PIECE_BYTES]).status_code == 403
