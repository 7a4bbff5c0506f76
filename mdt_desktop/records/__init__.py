"""SQLModel records: data only, one class for one thing; importing this package registers every table."""

from mdt_desktop.records.access import BrokenGlass, Restriction, RoleHeld, SharingDecisionRecord
from mdt_desktop.records.assessment import Answer, Assessment, PartSignature
from mdt_desktop.records.audit import AuditEntry
from mdt_desktop.records.base import Record
from mdt_desktop.records.care_plan import Action, CarePlan, ContingencyPlan, Goal, Need, OtherPlan
from mdt_desktop.records.cases import CareTeamMember, Case, LeadAllocation, StageChange
from mdt_desktop.records.consent import Consent
from mdt_desktop.records.draft import Draft
from mdt_desktop.records.organisations import Locality, Organisation, Practice, Practitioner
from mdt_desktop.records.people import Flag, Person, PersonalContact
from mdt_desktop.records.risk import HeldRow, RiskScore, StratificationRun
from mdt_desktop.records.sync_state import OutboxOperation, Setting, SyncRecord

__all__ = [
    "Action",
    "Answer",
    "Assessment",
    "AuditEntry",
    "BrokenGlass",
    "CarePlan",
    "CareTeamMember",
    "Case",
    "Consent",
    "ContingencyPlan",
    "Draft",
    "Flag",
    "Goal",
    "HeldRow",
    "LeadAllocation",
    "Locality",
    "Need",
    "Organisation",
    "OtherPlan",
    "OutboxOperation",
    "PartSignature",
    "Person",
    "PersonalContact",
    "Practice",
    "Practitioner",
    "Record",
    "Restriction",
    "RiskScore",
    "RoleHeld",
    "Setting",
    "SharingDecisionRecord",
    "StageChange",
    "StratificationRun",
    "SyncRecord",
]
