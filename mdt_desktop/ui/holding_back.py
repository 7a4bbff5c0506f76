"""Puts the cover of an ended lease in place of the pages, and takes it away again after the next contact."""

from typing import TYPE_CHECKING

from mdt_desktop.ui.lease_cover import LeaseCover

if TYPE_CHECKING:
    from mdt_desktop.ui.start import Start


def cover_for(start: "Start") -> LeaseCover:
    """The cover, with what its buttons do; what was half-typed is kept before it is shown."""
    program = start.program
    if program is None:
        raise ValueError("there is no store to hold back")
    cover = LeaseCover(start.operations, program)
    sync = start.sync
    cover.sync_wanted.connect(sync.run_quietly)
    cover.lock_wanted.connect(start.lock)
    sync.ended.connect(cover.show_outcome)
    return cover
