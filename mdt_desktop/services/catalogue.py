"""All services of one open store by name; each is loaded when it is first asked for, so that starting stays fast."""

import importlib
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mdt_desktop.services.access import Access

if TYPE_CHECKING:
    from mdt_desktop.services.agendas import Agendas
    from mdt_desktop.services.allocations import Allocations
    from mdt_desktop.services.assessment_reading import AssessmentReading
    from mdt_desktop.services.assessments import Assessments
    from mdt_desktop.services.audits import Audits
    from mdt_desktop.services.backups import Backups
    from mdt_desktop.services.bundles import Bundles
    from mdt_desktop.services.care_plans import CarePlans
    from mdt_desktop.services.case_file import CaseFile
    from mdt_desktop.services.case_papers import CasePapers
    from mdt_desktop.services.caseload import Caseload
    from mdt_desktop.services.cases import Cases
    from mdt_desktop.services.chasing import Chasing
    from mdt_desktop.services.consents import Consents
    from mdt_desktop.services.coverage import Coverage
    from mdt_desktop.services.directory import Directory
    from mdt_desktop.services.drafts import Drafts
    from mdt_desktop.services.exports import Exports
    from mdt_desktop.services.fhir_export import FhirExport
    from mdt_desktop.services.fhir_import import FhirImport
    from mdt_desktop.services.handed_over import HandedOver
    from mdt_desktop.services.happenings import Happenings
    from mdt_desktop.services.held_rows import HeldRows
    from mdt_desktop.services.looked_printing import LookedPrinting
    from mdt_desktop.services.meeting_calendar import MeetingCalendar
    from mdt_desktop.services.meeting_closing import MeetingClosing
    from mdt_desktop.services.meeting_exports import MeetingExports
    from mdt_desktop.services.meeting_papers import MeetingPapers
    from mdt_desktop.services.meeting_results import MeetingResults
    from mdt_desktop.services.meeting_room import MeetingRoom
    from mdt_desktop.services.meetings import Meetings
    from mdt_desktop.services.notes import Notes
    from mdt_desktop.services.pen import Pen
    from mdt_desktop.services.printing import Printing
    from mdt_desktop.services.restrictions import Restrictions
    from mdt_desktop.services.rights import RightsReading
    from mdt_desktop.services.risk_import import RiskImport
    from mdt_desktop.services.risk_overview import RiskOverview
    from mdt_desktop.services.roles import Roles
    from mdt_desktop.services.rules import Rules
    from mdt_desktop.services.sharing import Sharing
    from mdt_desktop.services.store_health import StoreHealth
    from mdt_desktop.services.sync_desk import SyncDesk
    from mdt_desktop.services.sync_inbox import SyncInbox
    from mdt_desktop.services.sync_reading import SyncReading
    from mdt_desktop.services.syncing import Syncing
    from mdt_desktop.services.tasks import Tasks
    from mdt_desktop.services.who_looked import WhoLooked
    from mdt_desktop.services.workplaces import Workplaces


_WITHOUT_LEASE = frozenset({"syncing", "sync_reading", "store_health"})
"""What may be used while what is held is locked: none of it shows anybody's record."""


class Services:
    """The verbs of the program; each module is loaded when first asked for, as those that write bring the ORM."""

    def __init__(self, access: Access) -> None:
        self.access = access

    def _load(self, module: str, name: str) -> Any:
        """Raises what `LeaseGuard.require` raises, for all but what brings a laptop back in touch."""
        if module not in _WITHOUT_LEASE:
            self.access.lease.require(self.access.clock())
        service: Callable[[Access], Any] = getattr(
            importlib.import_module(f"mdt_desktop.services.{module}"), name
        )
        return service(self.access)

    @cached_property
    def syncing(self) -> "Syncing":
        service: Syncing = self._load("syncing", "Syncing")
        return service

    @cached_property
    def sync_reading(self) -> "SyncReading":
        service: SyncReading = self._load("sync_reading", "SyncReading")
        return service

    @cached_property
    def sync_inbox(self) -> "SyncInbox":
        service: SyncInbox = self._load("sync_inbox", "SyncInbox")
        return service

    @cached_property
    def sync_desk(self) -> "SyncDesk":
        service: SyncDesk = self._load("sync_desk", "SyncDesk")
        return service

    @cached_property
    def handed_over(self) -> "HandedOver":
        service: HandedOver = self._load("handed_over", "HandedOver")
        return service

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
    def drafts(self) -> "Drafts":
        service: Drafts = self._load("drafts", "Drafts")
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
    def backups(self) -> "Backups":
        service: Backups = self._load("backups", "Backups")
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
    def fhir_export(self) -> "FhirExport":
        service: FhirExport = self._load("fhir_export", "FhirExport")
        return service

    @cached_property
    def fhir_import(self) -> "FhirImport":
        service: FhirImport = self._load("fhir_import", "FhirImport")
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
    def tasks(self) -> "Tasks":
        service: Tasks = self._load("tasks", "Tasks")
        return service

    @cached_property
    def bundles(self) -> "Bundles":
        service: Bundles = self._load("bundles", "Bundles")
        return service

    @cached_property
    def pen(self) -> "Pen":
        service: Pen = self._load("pen", "Pen")
        return service

    @cached_property
    def notes(self) -> "Notes":
        service: Notes = self._load("notes", "Notes")
        return service

    @cached_property
    def case_papers(self) -> "CasePapers":
        service: CasePapers = self._load("case_papers", "CasePapers")
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

    @cached_property
    def chasing(self) -> "Chasing":
        service: Chasing = self._load("chasing", "Chasing")
        return service

    @cached_property
    def meeting_calendar(self) -> "MeetingCalendar":
        service: MeetingCalendar = self._load("meeting_calendar", "MeetingCalendar")
        return service

    @cached_property
    def meeting_exports(self) -> "MeetingExports":
        service: MeetingExports = self._load("meeting_exports", "MeetingExports")
        return service

    @cached_property
    def meeting_papers(self) -> "MeetingPapers":
        service: MeetingPapers = self._load("meeting_papers", "MeetingPapers")
        return service
