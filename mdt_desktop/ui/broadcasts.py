"""One signal that tells every open page what a command has changed."""

from PySide6.QtCore import QObject, Signal

from mdt_desktop.services.changes import Changes


class Broadcasts(QObject):
    """Published in the GUI thread, once a command; the initiator has shown its change already and is named
    so that it need not load itself again."""

    changed = Signal(object, object)  # Changes, the initiating QObject or None

    def publish(self, changes: Changes, initiator: QObject | None = None) -> None:
        """Tell the pages; changes that name no kind (nothing was written) are not told."""
        if changes.kinds:
            self.changed.emit(changes, initiator)


def together(first: Changes | None, second: Changes) -> Changes:
    """What a hidden page missed: both changes as one."""
    if first is None:
        return second
    return Changes(kinds=first.kinds | second.kinds, ids=first.ids | second.ids)


def comes_from(initiator: QObject | None, page: QObject) -> bool:
    """Is `initiator` the page itself or one of the widgets in it?"""
    while initiator is not None:
        if initiator is page:
            return True
        initiator = initiator.parent()
    return False


class Bell(QObject):
    """Rung from any thread when something waits to be written into the audit."""

    rung = Signal()
