"""The demo store: made under a published passphrase, filled with the invented borough, opened without a question."""

from collections.abc import Callable

from mdt_desktop import bootstrap
from mdt_desktop.bootstrap import Program
from mdt_desktop.demo import borough
from mdt_desktop.domain.organisations import Role
from mdt_desktop.paths import DataFolder
from mdt_desktop.security import key_derivation
from mdt_desktop.services.access import Clock
from mdt_desktop.services.identity import Identity

PASSPHRASE = "seven invented otters keep a ledger"  # noqa: S105  # published on purpose: nobody in the demo is real
"""Opens every demo store that this program made by itself."""

IDENTITY = Identity("Robin Example", Role.CARE_NAVIGATOR, "Invented Borough Council", "North East")
"""Who is at the keyboard in the demo."""

Progress = Callable[[int, int | None], None]


def open_demo(
    folder: DataFolder, on_progress: Progress, clock: Clock = bootstrap.now, *, passphrase: str = PASSPHRASE
) -> Program:
    """Open the demo store in `folder`, making and filling it where that has not been done or not been finished.

    A demo that was cut short while it was filled is made anew; any other store is left as it is. Raises what
    `bootstrap.create_store`, `bootstrap.open_with_passphrase` and `borough.load` raise.
    """
    if folder.database.exists() or folder.key_file.exists():
        program = bootstrap.open_with_passphrase(folder, passphrase, clock=clock)
        try:
            return _filled(program, on_progress)
        except borough.StoreNotEmpty:
            if not program.access.is_demo:
                raise
            _remove(folder)
    # A published passphrase gains nothing from a second of key derivation.
    parameters = key_derivation.FLOOR if passphrase == PASSPHRASE else None
    program, _ = bootstrap.create_store(
        folder, passphrase, IDENTITY, is_demo=True, parameters=parameters, clock=clock
    )
    return _filled(program, on_progress)


def _filled(program: Program, on_progress: Progress) -> Program:
    """The program with the borough in it; closed again where that does not work."""
    try:
        borough.load(program, on_progress)
    except BaseException:
        program.close()
        raise
    return program


def _remove(folder: DataFolder) -> None:
    for path in (folder.database, *folder.side_files(), folder.freshness, folder.key_file):
        path.unlink(missing_ok=True)
