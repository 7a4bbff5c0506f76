"""Joins the parts: the one place that knows every floor, opens the store and hands out the services."""

import importlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mdt_desktop.domain.errors import StoreProblem
from mdt_desktop.paths import DataFolder, migrations_dir
from mdt_desktop.services.access import Access, Clock
from mdt_desktop.store import audit_log, caseload_index
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.database import Database, StoreExists
from mdt_desktop.store.migrations import migrate
from mdt_desktop.store.queries import identity as identity_queries
from mdt_desktop.store.transactions import writing

if TYPE_CHECKING:
    from mdt_desktop.security.key_derivation import KdfParameters
    from mdt_desktop.security.recovery_key import RecoveryKey
    from mdt_desktop.security.session import Session, StoreLock
    from mdt_desktop.services.allocations import Allocations
    from mdt_desktop.services.assessment_reading import AssessmentReading
    from mdt_desktop.services.assessments import Assessments
    from mdt_desktop.services.audits import Audits
    from mdt_desktop.services.care_plans import CarePlans
    from mdt_desktop.services.case_file import CaseFile
    from mdt_desktop.services.caseload import Caseload
    from mdt_desktop.services.cases import Cases
    from mdt_desktop.services.consents import Consents
    from mdt_desktop.services.coverage import Coverage
    from mdt_desktop.services.directory import Directory
    from mdt_desktop.services.held_rows import HeldRows
    from mdt_desktop.services.identity import Identity
    from mdt_desktop.services.looked_printing import LookedPrinting
    from mdt_desktop.services.printing import Printing
    from mdt_desktop.services.restrictions import Restrictions
    from mdt_desktop.services.rights import RightsReading
    from mdt_desktop.services.risk_import import RiskImport
    from mdt_desktop.services.risk_overview import RiskOverview
    from mdt_desktop.services.roles import Roles
    from mdt_desktop.services.rules import Rules
    from mdt_desktop.services.sharing import Sharing
    from mdt_desktop.services.who_looked import WhoLooked
    from mdt_desktop.services.workplaces import Workplaces


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
    def rules(self) -> "Rules":
        service: Rules = self._load("rules", "Rules")
        return service

    @cached_property
    def workplaces(self) -> "Workplaces":
        service: Workplaces = self._load("workplaces", "Workplaces")
        return service

    @cached_property
    def rights(self) -> "RightsReading":
        service: RightsReading = self._load("rights", "RightsReading")
        return service

    @cached_property
    def roles(self) -> "Roles":
        service: Roles = self._load("roles", "Roles")
        return service

    @cached_property
    def sharing(self) -> "Sharing":
        service: Sharing = self._load("sharing", "Sharing")
        return service

    @cached_property
    def restrictions(self) -> "Restrictions":
        service: Restrictions = self._load("restrictions", "Restrictions")
        return service

    @cached_property
    def audits(self) -> "Audits":
        service: Audits = self._load("audits", "Audits")
        return service

    @cached_property
    def who_looked(self) -> "WhoLooked":
        service: WhoLooked = self._load("who_looked", "WhoLooked")
        return service

    @cached_property
    def looked_printing(self) -> "LookedPrinting":
        service: LookedPrinting = self._load("looked_printing", "LookedPrinting")
        return service


@dataclass(frozen=True, slots=True)
class Program:
    """An open program: its services and what they stand on. Leaving the `with` block closes the store."""

    services: Services
    access: Access
    session: "Session"

    def close(self) -> None:
        """Close the store and wipe its key; nothing may be asked of the services afterwards.

        What was noted for the audit and not written yet is written first; a store that no longer takes it is closed
        all the same.
        """
        with suppress(StoreProblem):
            self.access.write_notes()
        self.access.database.close()
        self.session.lock()

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

    Raises what the key envelope, the database and `found_store` raise; then no half-made store is left behind.
    """
    envelope = importlib.import_module("mdt_desktop.security.key_envelope")
    founding = importlib.import_module("mdt_desktop.services.identity")
    identity.require_complete()
    folder.create()
    if folder.database.exists():
        raise StoreExists
    key, recovery_key = envelope.create_envelope(folder.key_file, passphrase, parameters=parameters)
    try:
        database = Database.create(folder.database, key)
        try:
            _prepare(database)
            founding.found_store(database, identity, clock(), is_demo)
        except BaseException:
            database.close()
            for path in (folder.database, *folder.side_files()):
                path.unlink(missing_ok=True)
            raise
    except BaseException:
        folder.key_file.unlink(missing_ok=True)
        raise
    session = importlib.import_module("mdt_desktop.security.session").Session(key)
    return _joined(database, session, clock), recovery_key


def open_with_passphrase(folder: DataFolder, typed: str, *, clock: Clock = now) -> Program:
    """Open the store; raises `WrongPassphrase`, `TooManyAttempts`, `StoreMissing`, `StoreDamaged` and others."""
    return _opened(folder, lambda door: door.open_with_passphrase(typed, clock()), clock)


def open_with_recovery_key(folder: DataFolder, typed: str, *, clock: Clock = now) -> Program:
    """Open the store with the printed recovery key."""
    return _opened(folder, lambda door: door.open_with_recovery_key(typed, clock()), clock)


def open_remembered(folder: DataFolder, *, clock: Clock = now) -> Program:
    """Open the store with the key that the system keyring remembers."""
    return _opened(folder, lambda door: door.open_with_keyring(), clock)


def _opened(folder: DataFolder, unlock: "Callable[[StoreLock], Session]", clock: Clock) -> Program:
    door = importlib.import_module("mdt_desktop.security.session").StoreLock(folder.key_file, folder.attempts)
    session = unlock(door)
    try:
        database = Database.open(folder.database, session.key)
        try:
            _prepare(database)
            program = _joined(database, session, clock)
            _record_unlock(program)
        except BaseException:
            database.close()
            raise
    except BaseException:
        session.lock()
        raise
    return program


def _prepare(database: Database) -> None:
    """Give the connections their functions and bring the schema up to date."""
    caseload_index.prepare(database.writer)
    caseload_index.prepare(database.reader)
    migrate(database, migrations_dir() / "local")


def _joined(database: Database, session: "Session", clock: Clock) -> Program:
    actor = identity_queries.actor(database.reader)
    access = Access(database, actor, clock, identity_queries.is_demo(database.reader))
    return Program(Services(access), access, session)


def _record_unlock(program: Program) -> None:
    access = program.access
    with writing(access.database) as connection:
        audit_log.append(connection, access.actor, access.clock(), [Act("unlock")])
