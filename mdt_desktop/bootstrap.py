"""Joins the parts: the one place that knows every floor, opens the store and hands out the services."""

import importlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mdt_desktop.paths import DataFolder, migrations_dir
from mdt_desktop.services.access import Access, Clock
from mdt_desktop.services.store_health import CHECKED_AT_ONCE_BYTES
from mdt_desktop.store import audit_log, caseload_index
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.database import Database, Examination, StoreDamaged, StoreExists
from mdt_desktop.store.freshness import page_digest
from mdt_desktop.store.migrations import migrate
from mdt_desktop.store.one_process import HeldLock, hold
from mdt_desktop.store.place import require_local
from mdt_desktop.store.queries import identity as identity_queries
from mdt_desktop.store.transactions import writing

if TYPE_CHECKING:
    from mdt_desktop.security.key_derivation import KdfParameters
    from mdt_desktop.security.recovery_key import RecoveryKey
    from mdt_desktop.security.session import Session, StoreLock
    from mdt_desktop.services.agendas import Agendas
    from mdt_desktop.services.allocations import Allocations
    from mdt_desktop.services.assessment_reading import AssessmentReading
    from mdt_desktop.services.assessments import Assessments
    from mdt_desktop.services.care_plans import CarePlans
    from mdt_desktop.services.case_file import CaseFile
    from mdt_desktop.services.caseload import Caseload
    from mdt_desktop.services.cases import Cases
    from mdt_desktop.services.consents import Consents
    from mdt_desktop.services.coverage import Coverage
    from mdt_desktop.services.directory import Directory
    from mdt_desktop.services.exports import Exports
    from mdt_desktop.services.happenings import Happenings
    from mdt_desktop.services.held_rows import HeldRows
    from mdt_desktop.services.identity import Identity
    from mdt_desktop.services.meeting_closing import MeetingClosing
    from mdt_desktop.services.meeting_exports import MeetingExports
    from mdt_desktop.services.meeting_papers import MeetingPapers
    from mdt_desktop.services.meeting_results import MeetingResults
    from mdt_desktop.services.meeting_room import MeetingRoom
    from mdt_desktop.services.meetings import Meetings
    from mdt_desktop.services.printing import Printing
    from mdt_desktop.services.risk_import import RiskImport
    from mdt_desktop.services.risk_overview import RiskOverview
    from mdt_desktop.services.rules import Rules
    from mdt_desktop.services.store_health import StoreHealth
    from mdt_desktop.services.tasks import Tasks
    from mdt_desktop.services.workplaces import Workplaces


Told = Callable[[int], None]


def _not_told(_: int) -> None:
    """For who does not wait."""


def now() -> datetime:
    """The present moment, aware; nothing below this floor asks the clock itself."""
    return datetime.now(UTC)


class Services:
    """The verbs of the program; each module is loaded when first asked for, as those that write bring the ORM."""

    def __init__(self, access: Access) -> None:
        self.access = access

    def _load(self, module: str, name: str) -> Any:
        service: Callable[[Access], Any] = getattr(
            importlib.import_module(f"mdt_desktop.services.{module}"), name
        )
        return service(self.access)

    @cached_property
    def caseload(self) -> "Caseload":
        service: Caseload = self._load("caseload", "Caseload")
        return service

    @cached_property
    def case_file(self) -> "CaseFile":
        service: CaseFile = self._load("case_file", "CaseFile")
        return service

    @cached_property
    def coverage(self) -> "Coverage":
        service: Coverage = self._load("coverage", "Coverage")
        return service

    @cached_property
    def directory(self) -> "Directory":
        service: Directory = self._load("directory", "Directory")
        return service

    @cached_property
    def cases(self) -> "Cases":
        service: Cases = self._load("cases", "Cases")
        return service

    @cached_property
    def consents(self) -> "Consents":
        service: Consents = self._load("consents", "Consents")
        return service

    @cached_property
    def allocations(self) -> "Allocations":
        service: Allocations = self._load("allocations", "Allocations")
        return service

    @cached_property
    def assessment_reading(self) -> "AssessmentReading":
        service: AssessmentReading = self._load("assessment_reading", "AssessmentReading")
        return service

    @cached_property
    def assessments(self) -> "Assessments":
        service: Assessments = self._load("assessments", "Assessments")
        return service

    @cached_property
    def care_plans(self) -> "CarePlans":
        service: CarePlans = self._load("care_plans", "CarePlans")
        return service

    @cached_property
    def exports(self) -> "Exports":
        service: Exports = self._load("exports", "Exports")
        return service

    @cached_property
    def printing(self) -> "Printing":
        service: Printing = self._load("printing", "Printing")
        return service

    @cached_property
    def risk_import(self) -> "RiskImport":
        service: RiskImport = self._load("risk_import", "RiskImport")
        return service

    @cached_property
    def risk_overview(self) -> "RiskOverview":
        service: RiskOverview = self._load("risk_overview", "RiskOverview")
        return service

    @cached_property
    def held_rows(self) -> "HeldRows":
        service: HeldRows = self._load("held_rows", "HeldRows")
        return service

    @cached_property
    def meetings(self) -> "Meetings":
        service: Meetings = self._load("meetings", "Meetings")
        return service

    @cached_property
    def agendas(self) -> "Agendas":
        service: Agendas = self._load("agendas", "Agendas")
        return service

    @cached_property
    def meeting_room(self) -> "MeetingRoom":
        service: MeetingRoom = self._load("meeting_room", "MeetingRoom")
        return service

    @cached_property
    def meeting_closing(self) -> "MeetingClosing":
        service: MeetingClosing = self._load("meeting_closing", "MeetingClosing")
        return service

    @cached_property
    def meeting_results(self) -> "MeetingResults":
        service: MeetingResults = self._load("meeting_results", "MeetingResults")
        return service

    @cached_property
    def meeting_papers(self) -> "MeetingPapers":
        service: MeetingPapers = self._load("meeting_papers", "MeetingPapers")
        return service

    @cached_property
    def meeting_exports(self) -> "MeetingExports":
        service: MeetingExports = self._load("meeting_exports", "MeetingExports")
        return service

    @cached_property
    def tasks(self) -> "Tasks":
        service: Tasks = self._load("tasks", "Tasks")
        return service

    @cached_property
    def happenings(self) -> "Happenings":
        service: Happenings = self._load("happenings", "Happenings")
        return service

    @cached_property
    def store_health(self) -> "StoreHealth":
        service: StoreHealth = self._load("store_health", "StoreHealth")
        return service

    @cached_property
    def rules(self) -> "Rules":
        service: Rules = self._load("rules", "Rules")
        return service

    @cached_property
    def workplaces(self) -> "Workplaces":
        service: Workplaces = self._load("workplaces", "Workplaces")
        return service


@dataclass(frozen=True, slots=True)
class Program:
    """An open program: its services and what they stand on. Leaving the `with` block closes the store."""

    services: Services
    access: Access
    session: "Session"
    lock: HeldLock

    def close(self) -> None:
        """Close the store, wipe its key and let another process have it; nothing may be asked of the services then."""
        self.access.database.close()
        self.session.lock()
        self.lock.release()

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def create_store(
    folder: DataFolder,
    passphrase: str,
    identity: "Identity",
    *,
    is_demo: bool = False,
    parameters: "KdfParameters | None" = None,
    clock: Clock = now,
) -> tuple[Program, "RecoveryKey"]:
    """Make the key file and the store, found it, and open it; the recovery key is given this once.

    Raises what the key envelope, the database and `found_store` raise, StoreInUse and StoreOnSharedPlace; then no
    half-made store is left behind.
    """
    envelope = importlib.import_module("mdt_desktop.security.key_envelope")
    founding = importlib.import_module("mdt_desktop.services.identity")
    identity.require_complete()
    require_local(folder.root)
    folder.create()
    with ExitStack() as undo:
        lock = hold(folder.lock, clock())
        undo.callback(lock.release)
        if folder.database.exists():
            raise StoreExists
        key, recovery_key = envelope.create_envelope(folder.key_file, passphrase, parameters=parameters)
        undo.callback(folder.key_file.unlink, missing_ok=True)
        database = Database.create(folder.database, key)
        for path in (folder.freshness, *folder.side_files(), folder.database):
            undo.callback(path.unlink, missing_ok=True)
        undo.callback(database.close)
        _prepare(database, folder)
        founding.found_store(database, identity, clock(), is_demo)
        undo.pop_all()
    session = importlib.import_module("mdt_desktop.security.session").Session(key)
    return _joined(database, session, lock, clock), recovery_key


def open_with_passphrase(
    folder: DataFolder, typed: str, *, clock: Clock = now, told: Told = _not_told, as_it_is: bool = False
) -> Program:
    """Open the store; raises `WrongPassphrase`, `TooManyAttempts`, `StoreMissing`, `StoreDamaged` and others.

    `told` hears the size in bytes of a store that is checked whole first, because it was not closed; `as_it_is` goes on
    with a store that is not the newest this laptop has seen, which is `StoreNotCurrent` otherwise.
    """
    return _opened(folder, lambda door: door.open_with_passphrase(typed, clock()), clock, told, as_it_is)


def open_with_recovery_key(
    folder: DataFolder, typed: str, *, clock: Clock = now, told: Told = _not_told, as_it_is: bool = False
) -> Program:
    """Open the store with the printed recovery key."""
    return _opened(folder, lambda door: door.open_with_recovery_key(typed, clock()), clock, told, as_it_is)


def open_remembered(folder: DataFolder, *, clock: Clock = now, told: Told = _not_told) -> Program:
    """Open the store with the key that the system keyring remembers."""
    return _opened(folder, lambda door: door.open_with_keyring(), clock, told, False)


def examine(folder: DataFolder, typed: str, *, clock: Clock = now) -> Examination:
    """Check everything about the store and write nothing, whatever state it is in. Raises what unlocking raises."""
    require_local(folder.root)
    lock = hold(folder.lock, clock())
    try:
        session = _door(folder).open_with_passphrase(typed, clock())
        try:
            return Database.examine(folder.database, session.key, folder.freshness)
        finally:
            session.lock()
    finally:
        lock.release()


def _door(folder: DataFolder) -> "StoreLock":
    door: StoreLock = importlib.import_module("mdt_desktop.security.session").StoreLock(
        folder.key_file, folder.attempts
    )
    return door


def _opened(
    folder: DataFolder, unlock: "Callable[[StoreLock], Session]", clock: Clock, told: Told, as_it_is: bool
) -> Program:
    require_local(folder.root)
    with ExitStack() as undo:
        lock = hold(folder.lock, clock())
        undo.callback(lock.release)
        session, pages = _unlocked(folder, unlock)
        undo.callback(session.lock)
        database = Database.open(folder.database, session.key, folder.freshness, pages=pages, as_it_is=as_it_is)
        undo.callback(database.close)
        _require_whole(database, told)
        _prepare(database, folder)
        program = _joined(database, session, lock, clock)
        _record_unlock(program)
        undo.pop_all()
    return program


def _unlocked(folder: DataFolder, unlock: "Callable[[StoreLock], Session]") -> tuple["Session", str]:
    """The session, and the digest of the store's pages, which is read while the key is worked out."""

    def digest() -> str:
        try:
            return page_digest(folder.database)
        except OSError:
            return ""  # what is wrong with the file is told when it is opened

    with ThreadPoolExecutor(1, "digest") as beside:
        pages = beside.submit(digest)
        return unlock(_door(folder)), pages.result()


def _require_whole(database: Database, told: Told) -> None:
    """Check every page of a small store, and of any store that was not closed. Raises StoreDamaged.

    A large one that was closed is checked by the window a little later; SQLCipher checks each page when it is read.
    """
    size = database.path.stat().st_size
    if database.left_unclean:
        told(size)
    if (database.left_unclean or size <= CHECKED_AT_ONCE_BYTES) and not database.check_pages().sound:
        raise StoreDamaged


def _prepare(database: Database, folder: DataFolder) -> None:
    """Give the connections their functions and bring the schema up to date."""
    caseload_index.prepare(database.writer)
    caseload_index.prepare(database.reader)
    if migrate(database, migrations_dir() / "local"):
        database.watch_commits(folder.freshness)


def _joined(database: Database, session: "Session", lock: HeldLock, clock: Clock) -> Program:
    actor = identity_queries.actor(database.reader)
    access = Access(database, actor, clock, identity_queries.is_demo(database.reader))
    return Program(Services(access), access, session, lock)


def _record_unlock(program: Program) -> None:
    access = program.access
    verdict = access.database.verdict
    acts = [Act("unlock")]
    if verdict is not None and not verdict.is_current:
        acts.append(Act("go_on_as_it_is", verdict.state.value, reason=str(verdict.missing)))
    with writing(access.database) as connection:
        audit_log.append(connection, access.actor, access.clock(), acts)
