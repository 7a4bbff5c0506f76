"""Carries changes by file where networks do not meet: makes a sealed file, brings one over, takes the answer."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from mdt_desktop.documents.writing import PaperFileExists, require_name, write_new
from mdt_desktop.domain.errors import BadInput
from mdt_desktop.services.access import Access
from mdt_desktop.services.signed_asking import alone, signed
from mdt_desktop.store import audit_log, store_settings
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.transactions import writing
from mdt_desktop.sync import account, carried
from mdt_desktop.sync.carried import Made, Taken
from mdt_desktop.sync.content import not_carried
from mdt_desktop.sync.context import Context, Done
from mdt_desktop.sync.engine import Write
from mdt_desktop.sync.http_remote import HttpRemote
from mdt_desktop.sync.sealed_file import MOST_BYTES, BundleKind, BundleTooLarge, SiteKeys, head_of

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

T = TypeVar("T")


class BundleNotRead(BadInput):
    """The file cannot be read. Values: `file`, `reason`."""

    code = "bundle_not_read"


class AnswerPlaceMissing(BadInput):
    """A file of changes is answered by a file: where to put it has to be said first."""

    code = "bundle_answer_missing"


@dataclass(frozen=True, slots=True)
class MadeBundle:
    """A file that was made: where, its number, how many changes are in it, and how many did not fit in.

    `papers` is how many papers go without their content, which no file carries: it is sent at the next exchange.
    """

    path: str
    number: int
    changes: int
    left: int
    papers: int = 0


@dataclass(frozen=True, slots=True)
class TakenBundle:
    """What became of a file. `kind` is what it was; `answer` where the answer to changes was put.

    `is_new` is false where it had no effect because it came before or is older than what is known; the kinds and ids
    of what changed are for the pages.
    """

    kind: BundleKind
    is_new: bool = True
    answer: str = ""
    taken: int = 0
    evicted: int = 0
    pages_wait: bool = False
    more: bool = False
    kinds: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()


def introduce(opened: HttpRemote, write: Write) -> None:
    """Exchange keys with the central store where that was not done for this connection. Raises a `RemoteProblem`."""
    if write(carried.has_keys):
        return
    present, own = write(account.needed), SiteKeys.make()
    theirs = opened.publish(present.access, present.device_id, own.public())
    theirs.require_usable()
    write(lambda connection: carried.keep(connection, own, theirs))


class Bundles:
    """The verbs. The central store decides what of a file is taken and what an answer tells, as in an exchange."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def export(self, path: Path, write: Write | None = None) -> MadeBundle:
        """Put what the central store has not answered into a new file that only it can read.

        Raises NotConnected, KeysNotExchanged, SyncUnderWay, FileNameRefused, PaperFileExists, PaperNotSaved; nothing
        changes then.
        """
        require_name(path.name)

        def made(connection: "Connection") -> tuple[Made, int]:
            # In one transaction: numbers are given to what is in a file that is there, and to nothing else.
            bundle = carried.make(connection, self._access.actor.practitioner_id)
            self._note(connection, "export_carried", bundle.number)
            write_new(path, bundle.data)
            return bundle, not_carried(connection)

        with alone():
            bundle, papers = (write or self.write)(made)
        return MadeBundle(str(path), bundle.number, bundle.changes, bundle.left, papers)

    def is_changes(self, path: Path) -> bool:
        """Whether a file has somebody's changes, for which an answer comes back, or an answer. Raises as `import_`."""
        return head_of(_read(path)).kind is BundleKind.CHANGES

    def import_(
        self,
        path: Path,
        answer: Path | None = None,
        write: Write | None = None,
        remote: Callable[[str], HttpRemote] = HttpRemote,
    ) -> TakenBundle:
        """Take a file: bring somebody's changes to the central store, or take the answer to one's own.

        A second time has no effect. Raises BundleNotRead, a `BundleRefused`, AnswerPlaceMissing, a `RemoteProblem`,
        NotConnected, KeysNotExchanged, SyncUnderWay, and what writing a new file raises.
        """
        data = _read(path)
        head = head_of(data)
        with alone():
            if head.kind is BundleKind.CHANGES:
                return self._delivered(data, answer, write or self.write, remote)
            return (write or self.write)(lambda connection: self._taken(connection, data))

    def _delivered(
        self, data: bytes, answer: Path | None, write: Write, remote: Callable[[str], HttpRemote]
    ) -> TakenBundle:
        if answer is None:
            raise AnswerPlaceMissing
        require_name(answer.name)
        if answer.exists():
            raise PaperFileExists(name=answer.name)
        present = write(account.needed)
        with remote(present.url) as opened:
            told = signed(opened, write, lambda it: opened.carry(it.access, it.device_id, data))
        write_new(answer, told)
        write(lambda connection: self._note(connection, "deliver_carried", head_of(data).number))
        return TakenBundle(BundleKind.CHANGES, answer=str(answer))

    def _taken(self, connection: "Connection", data: bytes) -> TakenBundle:
        done, head = Done(), head_of(data)
        access, present = self._access, account.needed(connection)
        context = Context(connection, access.actor, present.device_id, access.clock(), done)
        told: Taken = carried.take(context, head, data)
        if not told.is_new:
            return TakenBundle(BundleKind.ANSWER, is_new=False)
        context.refresh_lists()
        audit_log.append(connection, access.actor, context.now, done.acts)
        self._note(connection, "take_carried", head.number)
        return TakenBundle(
            BundleKind.ANSWER, taken=done.pulled, evicted=done.evicted, pages_wait=told.pages_wait, more=told.more,
            kinds=frozenset(done.kinds), ids=frozenset(done.ids),
        )  # fmt: skip

    def _note(self, connection: "Connection", action: str, number: int) -> None:
        act = Act(action, "setting", store_settings.DEVICE, None, f"{number}")
        audit_log.append(connection, self._access.actor, self._access.clock(), [act])

    def write(self, work: "Callable[[Connection], T]") -> T:
        """Work in one transaction, in the thread that calls this: the writer's."""
        with writing(self._access.database) as connection:
            return work(connection)


def _read(path: Path) -> bytes:
    """A file's bytes; no more than the largest bundle is ever read."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise BundleNotRead(file=path.name, reason=error.strerror or type(error).__name__) from error
    if len(data) > MOST_BYTES:
        raise BundleTooLarge
    return data
