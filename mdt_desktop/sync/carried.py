"""Changes that leave in a sealed file instead of over the network, and the sealed answer that comes back.

A file holds what was not answered yet, with the numbers it keeps, and how far each bucket was read. The answer settles
those numbers and brings pages of the feeds. So whatever is carried twice, late or in another order has no effect: a
number is settled once, a page goes on where the last one ended or is passed over.

Every function works inside the caller's transaction on the writer connection.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson

from mdt_desktop.domain.dates import moment_text
from mdt_desktop.domain.errors import NotAllowed
from mdt_desktop.records.base import SCHEMA
from mdt_desktop.sync import account, answers, ledger, own_log, pull, push, removal
from mdt_desktop.sync.answers import Reading
from mdt_desktop.sync.context import Context
from mdt_desktop.sync.protocol import LOG_CARRIED, AnswerNotUnderstood
from mdt_desktop.sync.pull import FeedBroken
from mdt_desktop.sync.sealed_file import (
    BundleKind,
    BundleNotForHere,
    BundleNotUnderstood,
    BundleSenderUnknown,
    Head,
    PublicKeys,
    SiteKeys,
    opened,
    seal,
)

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

MOST_CHANGES_BYTES = 600_000
"""About as much as one file of changes holds: what a central store takes in a request, as base64, with a margin."""
MOST_FILE_BYTES = 700_000
"""The same with what was done here, which takes the room that changes leave."""
_GROUP_PARTS = 200


class KeysNotExchanged(NotAllowed):
    """This laptop and its central store do not know each other's keys yet: an exchange over the network is needed."""

    code = "bundle_keys_missing"


@dataclass(frozen=True, slots=True, repr=False)
class Books:
    """The keys of this laptop and of its central store, and the numbers of files."""

    keys: SiteKeys
    device: str
    server: str
    theirs: PublicKeys
    next_number: int
    taken_number: int
    after_run: int


@dataclass(frozen=True, slots=True)
class Made:
    """A sealed file: its bytes, its number, how many changes are in it, and how many found no room."""

    data: bytes
    number: int
    changes: int
    left: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What of an answer was taken: nothing where it came before or is older than the last exchange.

    `pages_wait` where changes were carried after the ones it answers: their answer brings the pages. `more` where the
    central store has more than the answer held.
    """

    is_new: bool
    pages_wait: bool = False
    more: bool = False


def books(connection: "Connection") -> Books | None:
    """The keys and numbers; None where no exchange has made them."""
    row = connection.execute(
        "SELECT sign_key, seal_key, device_id, server_id, their_sign, their_seal, next_no, taken_no, after_run"
        " FROM site_keys"
    ).fetchone()
    if row is None:
        return None
    return Books(SiteKeys(row[0], row[1]), row[2], row[3], PublicKeys(row[4], row[5]), row[6], row[7], row[8])


def needed(connection: "Connection") -> Books:
    """The keys and numbers for the present connection. Raises NotConnected, KeysNotExchanged."""
    present, found = account.needed(connection), books(connection)
    if found is None or (found.device, found.server) != (present.device_id, present.server_id):
        raise KeysNotExchanged
    return found


def has_keys(connection: "Connection") -> bool:
    """Whether keys were exchanged for the present connection."""
    present, found = account.needed(connection), books(connection)
    return found is not None and (found.device, found.server) == (present.device_id, present.server_id)


def keep(connection: "Connection", own: SiteKeys, theirs: PublicKeys) -> None:
    """Keep keys that were exchanged. A device of another id has new ones: a copy of a store shares none for long."""
    present = account.needed(connection)
    connection.execute("DELETE FROM site_keys")
    connection.execute(
        "INSERT INTO site_keys (one, sign_key, seal_key, device_id, server_id, their_sign, their_seal, next_no,"
        " taken_no, after_run) VALUES (1,?,?,?,?,?,?,1,0,0)",
        (own.sign, own.seal, present.device_id, present.server_id, theirs.sign, theirs.seal),
    )


def make(connection: "Connection", user_id: str) -> Made:
    """Seal what was not answered for the central store. Raises NotConnected, KeysNotExchanged, BundleTooLarge.

    What is in the file is in flight from now on; an exchange over the network sends it as it is.
    """
    present, run = needed(connection), _last_run(connection)
    buckets = {it.locality: it.bucket for it in account.grants(connection) if it.tier == "ordinary"}
    buckets |= {it.bucket: it.bucket for it in account.grants(connection)}
    batch = push.next_batch(
        connection, user_id, buckets, _GROUP_PARTS, MOST_CHANGES_BYTES, beside_flying=True
    )
    content = {
        "schema": SCHEMA,
        "ops": [it.document() for it in batch],
        "cursors": {it: ledger.cursor(connection, it).position for it in sorted(set(buckets.values()))},
    }
    told = _own_log(connection, present.server, MOST_FILE_BYTES - len(orjson.dumps(content)))
    content |= {"log": told} if told is not None else {}
    # Answers to files from before an exchange over the network tell what is known by now.
    taken = present.next_number - 1 if run != present.after_run else present.taken_number
    connection.execute(
        "UPDATE site_keys SET next_no = next_no + 1, taken_no = ?, after_run = ?",
        (max(taken, present.taken_number), run),
    )
    head = Head(present.device, present.server, BundleKind.CHANGES, present.next_number)
    (left,) = connection.execute(
        "SELECT count(*) FROM outbox WHERE status = 'waiting' AND user_id = ?", (user_id,)
    ).fetchone()
    return Made(seal(head, content, present.keys, present.theirs), head.number, len(batch), int(left))


def _own_log(connection: "Connection", server: str, room: int) -> dict[str, Any] | None:
    """What of this laptop's own audit was not told and finds room; the answer says how far it was taken."""
    most = LOG_CARRIED
    while most and (page := own_log.next_page(connection, server, most)) is not None:
        document = page.document()
        if len(orjson.dumps(document)) <= room:
            return document
        most //= 2
    return None


def take(context: Context, head: Head, data: bytes) -> Taken:
    """Take the central store's answer. Raises a `BundleRefused`, NotConnected, KeysNotExchanged; nothing is kept then.

    What the answer grants holds from now on; a bucket that it does not grant leaves.
    """
    connection = context.connection
    present = needed(connection)
    if head.to != present.device or head.kind is not BundleKind.ANSWER:
        raise BundleNotForHere
    if head.sender != present.server:
        raise BundleSenderUnknown
    content = opened(data, present.device, present.keys, present.theirs)
    if head.number >= present.next_number:
        raise BundleNotForHere  # it answers a file that this store, or this state of it, never made
    if head.number <= present.taken_number or _last_run(connection) != present.after_run:
        return Taken(False)
    try:
        told = _settled(context, content)
    except (AnswerNotUnderstood, FeedBroken) as error:
        raise BundleNotUnderstood from error
    connection.execute("UPDATE site_keys SET taken_no = ?", (head.number,))
    return told


def _settled(context: Context, content: Mapping[str, Any]) -> Taken:
    connection, given = context.connection, Reading(content)
    flying = {it.sent_no: ledger.as_sent(it) for it in ledger.in_flight(connection)}
    results = [answers.result(it, flying.get(Reading(it).number("op_no"))) for it in given.list("results")]
    push.settle(context, [it for it in results if it.op_no in flying])
    answer = answers.session(content)
    granted = frozenset(it.bucket for it in answer.grants) - frozenset(answer.must_evict)
    account.keep_grants(connection, answer)
    account.keep_carried_contact(connection, moment_text(_moment(given.text("at"))))
    log_told = given.number_or_none("log")
    if log_told is not None:
        own_log.mark(connection, needed(connection).server, log_told)
    for held in account.grants(connection):
        if held.bucket not in granted:
            removal.evict_bucket(context, held.bucket)
    if ledger.in_flight(connection):
        # What is not answered has to be settled before what came after it can be merged.
        return Taken(True, pages_wait=True, more=given.truth("more"))
    for part in map(Reading, given.list("pages")):
        bucket, page = part.text("bucket"), answers.page(part.raw("page"))
        if bucket in granted and ledger.cursor(connection, bucket).position == part.text("after"):
            pull.apply_page(context, bucket, page)
    return Taken(True, more=given.truth("more"))


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise AnswerNotUnderstood from error


def _last_run(connection: "Connection") -> int:
    """A number that is another after each exchange over the network that ended well."""
    row = connection.execute("SELECT coalesce(max(rowid), 0) FROM sync_run WHERE phase = 'done'").fetchone()
    return int(row[0])
