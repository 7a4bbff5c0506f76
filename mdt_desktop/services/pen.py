"""Holds the pen of a meeting under way: one laptop writes, the others look on; without the store all go on as ever."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.domain.pen import ALONE, PenView, PenWish
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.access import Access
from mdt_desktop.services.signed_asking import SyncUnderWay, alone, signed
from mdt_desktop.store.transactions import writing
from mdt_desktop.sync import account
from mdt_desktop.sync.engine import Write
from mdt_desktop.sync.http_remote import HttpRemote

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

T = TypeVar("T")


class Pen:
    """The one verb; safe to ask every few seconds."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def tell(
        self,
        meeting_id: str,
        wish: PenWish,
        write: Write | None = None,
        remote: Callable[[str], HttpRemote] = HttpRemote,
    ) -> PenView | None:
        """Do what is wished and say how the pen stands; `ALONE` where the store cannot be asked. Raises NotPermitted.

        None while this laptop exchanges with the store: ask again in a moment.
        """
        if wish is not PenWish.LOOK:
            self._access.require(Permission.KEEP_MEETINGS)
        write = write or self.write
        try:
            bucket, present = write(lambda connection: (_bucket(connection, meeting_id), account.needed(connection)))
            if not bucket:
                return ALONE
            with alone(), remote(present.url) as opened:
                found = signed(opened, write, lambda it: opened.pen(it.access, it.device_id, bucket, meeting_id, wish))
        except SyncUnderWay:
            return None
        except MdtError:
            return ALONE
        return PenView(found.holder, found.is_mine, found.asked_by, found.asked_by == present.user_name)

    def write(self, work: "Callable[[Connection], T]") -> T:
        """Work in one transaction, in the thread that calls this: the writer's."""
        with writing(self._access.database) as connection:
            return work(connection)


def _bucket(connection: "Connection", meeting_id: str) -> str:
    """The bucket that a meeting is exchanged in; empty where this user has none of its locality."""
    row = connection.execute(
        "SELECT bucket FROM grant_local JOIN meeting ON meeting.locality_id = grant_local.locality_id"
        " WHERE meeting.id = ? AND tier = 'ordinary' ORDER BY bucket LIMIT 1",
        (meeting_id,),
    ).fetchone()
    return str(row[0]) if row is not None else ""
