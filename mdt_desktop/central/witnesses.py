"""The audit's head outside this store: on the laptops, and in a file on another disk (SECURITY R35).

A chain proves itself against its head. Whoever can change the chain can change the head beside it, and make both anew;
what laptops and the file remember they cannot.
"""

import json
import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select, update

from mdt_desktop.central import audit, store_facts
from mdt_desktop.central.audit import CentralAct
from mdt_desktop.central.errors import AnchorOfAnother, AnchorUnreadable
from mdt_desktop.central.tables import AUDIT, AUDIT_HEAD, DEVICE
from mdt_desktop.domain.audit_head import AuditHead, ToldHead
from mdt_desktop.domain.dates import moment_text
from mdt_desktop.logs.events import record_event
from mdt_desktop.paths import append_privately

log = logging.getLogger(__name__)


def head(connection: Connection) -> AuditHead:
    """The head as it stands."""
    row = connection.execute(select(AUDIT_HEAD.c.seq, AUDIT_HEAD.c.hash)).one()
    return AuditHead(store_facts.audit_epoch(connection), int(row.seq), str(row.hash))


def hash_at(connection: Connection, seq: int) -> str:
    """The hash of one entry; empty where there is none."""
    if seq == 0:
        return audit.START
    return str(connection.execute(select(AUDIT.c.hash).where(AUDIT.c.seq == seq)).scalar() or "")


def told(connection: Connection, held: AuditHead | None) -> ToldHead:
    """What a laptop is told that remembers `held`."""
    present = head(connection)
    same = held is not None and held.epoch == present.epoch
    return ToldHead(present, hash_at(connection, held.seq) if held is not None and same else None)


def missed(connection: Connection, user: str, device: str, held: AuditHead | None) -> CentralAct | None:
    """The act to note where a laptop remembers a head that is not in this chain: once for each device and head.

    A head of another epoch is of before a restore and proves nothing either way.
    """
    if held is None or held.epoch != store_facts.audit_epoch(connection) or hash_at(connection, held.seq) == held.hash:
        return None
    named = f"{held.epoch} {held.seq} {held.hash}"
    known = connection.execute(select(DEVICE.c.missed_head).where(DEVICE.c.id == device)).scalar()
    if known == named:
        return None
    connection.execute(update(DEVICE).where(DEVICE.c.id == device).values(missed_head=named))
    record_event(log, "audit_head_missed", level=logging.ERROR)
    return CentralAct("audit_head_missed", user, device, detail=f"entry {held.seq} with {held.hash}")


@dataclass(frozen=True, slots=True)
class Anchored:
    """What a file of heads proves.

    `first_wrong` is the number of the first entry that is not what it was, None where every head fits; all up to
    `proved` are. `not_compared` heads are of entries that a restore has replaced.
    """

    heads: int
    proved: int
    first_wrong: int | None
    not_compared: int


def anchor(connection: Connection, file: Path, now: datetime) -> AuditHead:
    """Append the head to the file, which is made for its owner alone; one that it ends with already is not repeated.

    Raises AnchorUnreadable, AnchorOfAnother, OSError.
    """
    present = head(connection)
    server = store_facts.server_id(connection)
    known = _read(file, server) if file.exists() else []
    if not known or known[-1] != present:
        line = {"at": moment_text(now), "server": server, "epoch": present.epoch, "entry": present.seq,
                "hash": present.hash}  # fmt: skip
        append_privately(file, json.dumps(line).encode() + b"\n")
    return present


def against(connection: Connection, file: Path) -> Anchored:
    """Compare the chain with every head in the file. Raises AnchorUnreadable, AnchorOfAnother."""
    known = _read(file, store_facts.server_id(connection))
    present, replaced = head(connection), _replaced_from(connection)
    not_compared, fitting, wrong = 0, [0], list[int]()
    for it in known:
        if it.epoch != present.epoch and it.seq >= replaced.get(it.epoch, 0):
            not_compared += 1
        elif hash_at(connection, it.seq) == it.hash:
            fitting.append(it.seq)
        else:
            # Where the end was cut off, it is the first entry that is missing.
            wrong.append(min(it.seq, present.seq + 1))
    first = min(wrong, default=None)
    proved = max(it for it in fitting if first is None or it < first)
    return Anchored(len(known), proved, first, not_compared)


def _replaced_from(connection: Connection) -> dict[str, int]:
    """For each epoch of this chain that a restore has ended: the number from which other entries stand here."""
    found = connection.execute(select(AUDIT.c.seq, AUDIT.c.detail).where(AUDIT.c.action == audit.RESTORE))
    ended = {}
    for row in found:
        words = str(row.detail).split()
        if len(words) > 2 and words[-2] == "to":
            ended[words[-3]] = int(row.seq)
    return ended


def _read(file: Path, server: str) -> list[AuditHead]:
    found = []
    try:
        lines = file.read_bytes().splitlines()
    except OSError as problem:
        raise AnchorUnreadable(file=str(file), line=0) from problem
    for number, line in enumerate(lines, 1):
        try:
            given = json.loads(line)
            of, it = given["server"], AuditHead(given["epoch"], given["entry"], given["hash"])
        except (ValueError, KeyError, TypeError) as problem:
            raise AnchorUnreadable(file=str(file), line=number) from problem
        if not (isinstance(it.seq, int) and isinstance(it.hash, str) and isinstance(it.epoch, str) and it.seq >= 0):
            raise AnchorUnreadable(file=str(file), line=number)
        if of != server:
            raise AnchorOfAnother(file=str(file))
        found.append(it)
    return found
