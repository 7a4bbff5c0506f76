"""SQLModel records: data only, one class for one thing; importing this package registers every table."""

from mdt_desktop.records.access import BrokenGlass, Restriction, RoleHeld, SharingDecisionRecord
from mdt_desktop.records.assessment import Answer, Assessment, PartSignature
from mdt_desktop.records.audit import AuditEntry
from mdt_desktop.records.base import Record
from mdt_desktop.records.care_plan import Action, CarePlan, ContingencyPlan, Goal, Need, OtherPlan
from mdt_desktop.records.cases import CareTeamMember, Case, CaseNote, LeadAllocation, StageChange
from mdt_desktop.records.consent import Consent
from mdt_desktop.records.draft import Draft
from mdt_desktop.records.held_bundle import HeldBundle
from mdt_desktop.records.meeting import (
    Addendum,
    AgendaItem,
    Attendance,
    Decision,
    ItemPresence,
    Meeting,
    MeetingNote,
    MeetingSeries,
    PulseAnswer,
    SeriesMember,
)
from mdt_desktop.records.organisations import Locality, Organisation, Practice, Practitioner
from mdt_desktop.records.papers import Blob, BlobPiece, CasePaper
from mdt_desktop.records.people import Flag, Person, PersonalContact
from mdt_desktop.records.risk import HeldRow, RiskScore, StratificationRun
from mdt_desktop.records.sync_state import (
    CentralHead,
    Conflict,
    Erasure,
    LocalGrant,
    OutboxOperation,
    Quarantined,
    Receipt,
    Setting,
    SiteKeysRow,
    SyncAccount,
    SyncCursor,
    SyncLease,
    SyncRecord,
    SyncRun,
)
from mdt_desktop.records.tasks import Handover, Happening, HospitalEpisode, MdtReferral, Task, TaskStep

__all__ = [
    "Action",
    "Addendum",
    "AgendaItem",
    "Answer",
    "Assessment",
    "Attendance",
    "AuditEntry",
    "Blob",
    "BlobPiece",
    "BrokenGlass",
    "CarePlan",
    "CareTeamMember",
    "Case",
    "CaseNote",
    "CasePaper",
    "CentralHead",
    "Conflict",
    "Consent",
    "ContingencyPlan",
    "Decision",
    "Draft",
    "Erasure",
    "Flag",
    "Goal",
    "Handover",
    "Happening",
    "HeldBundle",
    "HeldRow",
    "HospitalEpisode",
    "ItemPresence",
    "LeadAllocation",
    "LocalGrant",
    "Locality",
    "MdtReferral",
    "Meeting",
    "MeetingNote",
    "MeetingSeries",
    "Need",
    "Organisation",
    "OtherPlan",
    "OutboxOperation",
    "PartSignature",
    "Person",
    "PersonalContact",
    "Practice",
    "Practitioner",
    "PulseAnswer",
    "Quarantined",
    "Receipt",
    "Record",
    "Restriction",
    "RiskScore",
    "RoleHeld",
    "SeriesMember",
    "Setting",
    "SharingDecisionRecord",
    "SiteKeysRow",
    "StageChange",
    "StratificationRun",
    "SyncAccount",
    "SyncCursor",
    "SyncLease",
    "SyncRecord",
    "SyncRun",
    "Task",
    "TaskStep",
]
