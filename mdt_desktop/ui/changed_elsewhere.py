"""Leaves what somebody is writing in alone when the exchange brings changes of it, and says who made them."""

from datetime import datetime
from typing import TYPE_CHECKING

from mdt_desktop.domain.dates import cui_time
from mdt_desktop.services.changes import Changes, ChangesElsewhere
from mdt_desktop.ui.messages import Notice, NoticeAction, Tone
from mdt_desktop.words import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from mdt_desktop.ui.pages import Page


def notice_for(page: "Page", changes: Changes, show: "Callable[[], None]") -> Notice | None:
    """The line over a page that is being written in, where others changed what it is about; None: it may refresh."""
    if not isinstance(changes, ChangesElsewhere) or not page.being_edited():
        return None
    about = page.about()
    if not changes.concern(*about):
        return None
    told = [changes.news[it] for it in about if it in changes.news] or list(changes.news.values())
    if not told:
        return None
    by, at = max(told, key=lambda it: it[1])
    time = cui_time(datetime.fromisoformat(at).astimezone()) if at else words("ui.unknown_time")
    text = words("sync.changed_elsewhere", name=by, time=time)
    return Notice(text, Tone.WARNING, NoticeAction(words("sync.changed_elsewhere_show"), show))
