"""Who may see and do what: one table of roles against permissions, and the rules of restricted records over it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from mdt_desktop.domain.errors import NotAllowed
from mdt_desktop.domain.organisations import Role


class AccessRole(StrEnum):
    """What somebody is to the records, whatever their job is called.

    The lead professional is one for their own cases only, the chair for their locality. The keeper is whoever a store
    belongs to for as long as nobody is appointed its administrator: they look after it, and see nobody by that.
    """

    CHAIR = "chair"
    LEAD_PROFESSIONAL = "lead_professional"
    CLINICIAN = "clinician"
    SOCIAL_WORKER = "social_worker"
    CARE_NAVIGATOR = "care_navigator"
    VOLUNTARY_PARTNER = "voluntary_partner"
    IG_LEAD = "ig_lead"
    ADMINISTRATOR = "administrator"
    KEEPER = "keeper"


class Permission(StrEnum):
    """One thing that somebody may see or do."""

    SEE_CASELOAD = "see_caseload"
    SEE_CASE = "see_case"
    SEE_ASSESSMENT = "see_assessment"
    SEE_PLAN = "see_plan"
    SEE_RISK = "see_risk"
    SEE_CONSENT = "see_consent"
    SEE_CONTACTS = "see_contacts"
    SEE_HISTORY = "see_history"
    SEE_PAPERS = "see_papers"
    EDIT_CASE = "edit_case"
    EDIT_ASSESSMENT = "edit_assessment"
    EDIT_PLAN = "edit_plan"
    EDIT_CONSENT = "edit_consent"
    EDIT_CONTACTS = "edit_contacts"
    SIGN_PART = "sign_part"
    AGREE_LEAD = "agree_lead"
    AGREE_PLAN = "agree_plan"
    PRINT = "print"
    EXPORT = "export"
    RESTRICT = "restrict"
    BREAK_GLASS = "break_glass"
    SEE_MEETINGS = "see_meetings"
    SEE_FIGURES = "see_figures"
    KEEP_MEETINGS = "keep_meetings"
    DISCUSS = "discuss"
    KEEP_TASKS = "keep_tasks"
    IMPORT = "import"
    KEEP_DIRECTORY = "keep_directory"
    BACK_UP = "back_up"
    RESTORE = "restore"
    SET_RULES = "set_rules"
    GIVE_ROLES = "give_roles"
    SEE_AUDIT = "see_audit"
    REVIEW_ACCESS = "review_access"


_COLUMNS = (
    AccessRole.CHAIR, AccessRole.LEAD_PROFESSIONAL, AccessRole.CLINICIAN, AccessRole.SOCIAL_WORKER,
    AccessRole.CARE_NAVIGATOR, AccessRole.VOLUNTARY_PARTNER, AccessRole.IG_LEAD, AccessRole.ADMINISTRATOR,
    AccessRole.KEEPER,
)  # fmt: skip
# y: may; s: may, as far as the sharing matrix gives it to their organisation; -: may not.
# Columns: chair, lead professional, clinician, social worker, care navigator, voluntary-sector partner,
# information-governance lead, administrator, keeper of the store.
_GRID = {
    #                           ch le cl so na vo ig ad ke
    Permission.SEE_CASELOAD:    "y  y  y  y  y  s  y  y  -",
    Permission.SEE_CASE:        "y  y  y  y  y  s  y  y  -",
    Permission.SEE_ASSESSMENT:  "y  y  y  y  y  -  y  -  -",
    Permission.SEE_PLAN:        "y  y  y  y  y  s  y  y  -",
    Permission.SEE_RISK:        "y  y  y  y  y  s  y  y  -",
    Permission.SEE_CONSENT:     "y  y  y  y  y  -  y  y  -",
    Permission.SEE_CONTACTS:    "y  y  y  y  y  s  y  y  -",
    Permission.SEE_HISTORY:     "y  y  y  y  y  -  y  y  -",
    # A paper is whole: nothing of it can be left out for somebody with whom a part is shared.
    Permission.SEE_PAPERS:      "y  y  y  y  y  -  y  y  -",
    Permission.EDIT_CASE:       "y  y  y  y  y  -  -  -  -",
    Permission.EDIT_ASSESSMENT: "-  y  y  y  y  -  -  -  -",
    Permission.EDIT_PLAN:       "y  y  y  y  y  -  -  -  -",
    Permission.EDIT_CONSENT:    "-  y  y  y  y  -  y  -  -",
    Permission.EDIT_CONTACTS:   "y  y  y  y  y  -  -  -  -",
    Permission.SIGN_PART:       "-  y  y  y  y  -  -  -  -",
    Permission.AGREE_LEAD:      "y  y  -  -  y  -  -  -  -",
    Permission.AGREE_PLAN:      "y  y  -  -  y  -  -  -  -",
    Permission.PRINT:           "y  y  y  y  y  -  y  y  -",
    Permission.EXPORT:          "y  y  y  y  y  -  y  y  -",
    Permission.RESTRICT:        "y  y  -  -  y  -  y  -  -",
    Permission.BREAK_GLASS:     "y  -  y  y  y  -  -  -  -",
    Permission.SEE_MEETINGS:    "y  y  y  y  y  -  y  -  -",
    Permission.SEE_FIGURES:     "y  y  y  y  y  -  y  y  -",
    Permission.KEEP_MEETINGS:   "y  y  y  y  y  -  -  -  -",
    Permission.DISCUSS:         "y  y  y  y  y  -  -  -  -",
    Permission.KEEP_TASKS:      "y  y  y  y  y  -  -  -  -",
    Permission.IMPORT:          "-  -  -  -  y  -  -  y  y",
    Permission.KEEP_DIRECTORY:  "-  -  -  -  y  -  -  y  y",
    Permission.BACK_UP:         "y  -  y  y  y  y  y  y  y",
    Permission.RESTORE:         "-  -  -  -  y  -  -  y  y",
    Permission.SET_RULES:       "y  -  -  -  -  -  -  y  y",
    Permission.GIVE_ROLES:      "-  -  -  -  -  -  -  y  y",
    Permission.SEE_AUDIT:       "-  -  -  -  -  -  y  y  y",
    Permission.REVIEW_ACCESS:   "-  -  -  -  -  -  y  -  -",
}  # fmt: skip


class Cell(StrEnum):
    """What the table says of one role and one permission."""

    YES = "y"
    AS_SHARED = "s"
    NO = "-"


TABLE: Mapping[Permission, Mapping[AccessRole, Cell]] = {
    permission: dict(zip(_COLUMNS, map(Cell, row.split()), strict=True)) for permission, row in _GRID.items()
}
"""The whole of who may do what; everything else in the program asks it."""

OF_NO_PERSON = frozenset(
    {
        Permission.SEE_CASELOAD,
        Permission.SEE_MEETINGS,
        Permission.SEE_FIGURES,
        Permission.KEEP_MEETINGS,
        Permission.IMPORT,
        Permission.KEEP_DIRECTORY,
        Permission.BACK_UP,
        Permission.RESTORE,
        Permission.SET_RULES,
        Permission.GIVE_ROLES,
        Permission.SEE_AUDIT,
        Permission.REVIEW_ACCESS,
    }
)
"""Permissions that are about no single person."""

GIVEN_ROLES = (AccessRole.CHAIR, AccessRole.IG_LEAD, AccessRole.ADMINISTRATOR)
"""The roles that are given to somebody in addition to what they are by their job."""

_ROLE_OF_JOB = {
    Role.GP: AccessRole.CLINICIAN,
    Role.CASE_MANAGER: AccessRole.CLINICIAN,
    Role.CARE_NAVIGATOR: AccessRole.CARE_NAVIGATOR,
    Role.CARE_COORDINATOR: AccessRole.CARE_NAVIGATOR,
    Role.DISTRICT_NURSE_LEAD: AccessRole.CLINICIAN,
    Role.COMMUNITY_NURSE: AccessRole.CLINICIAN,
    Role.PHYSIOTHERAPIST: AccessRole.CLINICIAN,
    Role.OCCUPATIONAL_THERAPIST: AccessRole.CLINICIAN,
    Role.SPEECH_THERAPIST: AccessRole.CLINICIAN,
    Role.PSYCHOLOGIST: AccessRole.CLINICIAN,
    Role.PSYCHIATRIST: AccessRole.CLINICIAN,
    Role.COMMUNITY_PSYCHIATRIC_NURSE: AccessRole.CLINICIAN,
    Role.SOCIAL_WORKER: AccessRole.SOCIAL_WORKER,
    Role.APPROVED_MENTAL_HEALTH_PROFESSIONAL: AccessRole.SOCIAL_WORKER,
    Role.SECONDARY_CARE_CLINICIAN: AccessRole.CLINICIAN,
    Role.DISCHARGE_COORDINATOR: AccessRole.CLINICIAN,
    Role.TRUSTED_ASSESSOR: AccessRole.SOCIAL_WORKER,
    Role.REABLEMENT_WORKER: AccessRole.SOCIAL_WORKER,
    # Providers and advisers mostly work for others than the NHS and the council: they see what is shared with them.
    Role.HOME_CARE_WORKER: AccessRole.VOLUNTARY_PARTNER,
    Role.ASSISTIVE_TECHNOLOGY_PRESCRIBER: AccessRole.CLINICIAN,
    Role.MENTAL_HEALTH_LIAISON: AccessRole.CLINICIAN,
    Role.DEMENTIA_ADVISER: AccessRole.VOLUNTARY_PARTNER,
    Role.LOCAL_AREA_COORDINATOR: AccessRole.VOLUNTARY_PARTNER,
    Role.WELFARE_ADVISER: AccessRole.VOLUNTARY_PARTNER,
    Role.HOUSING_ADVISER: AccessRole.VOLUNTARY_PARTNER,
    Role.VOLUNTEER: AccessRole.VOLUNTARY_PARTNER,
    Role.MDT_CHAIR: AccessRole.CHAIR,
    Role.MDT_ADMINISTRATOR: AccessRole.ADMINISTRATOR,
}


def role_of_job(job: Role) -> AccessRole:
    """What somebody is to the records by their job alone."""
    return _ROLE_OF_JOB[job]


class NotPermitted(NotAllowed):
    """The roles somebody holds do not allow it. Values: `permission`, `allowed` and `roles` (keys of words)."""

    code = "not_permitted"


class RecordRestricted(NotPermitted):
    """The record is restricted, and neither role nor an open break-glass lets this person see it."""

    code = "record_restricted"


class NotSharedWithYou(NotPermitted):
    """A partner's organisation was given nothing, or not this, by the sharing matrix. Values: `permission`."""

    code = "not_shared_with_you"


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands to the store, and to one person where it is about one.

    `roles` are those of the job and those given in addition; `leads` and `in_team` are of this person's case;
    `as_shared` are the permissions for which the sharing matrix gives a partner something.
    """

    roles: frozenset[AccessRole]
    leads: bool = False
    in_team: bool = False
    restricted: bool = False
    glass_open: bool = False
    as_shared: frozenset[Permission] = frozenset()

    @property
    def all_roles(self) -> frozenset[AccessRole]:
        """The roles with that of lead professional where this is one of their own cases."""
        return self.roles | {AccessRole.LEAD_PROFESSIONAL} if self.leads else self.roles

    @property
    def is_shut_out(self) -> bool:
        """Whether the person's record is restricted and closed to whoever asks."""
        return self.restricted and not (
            self.leads or self.in_team or self.glass_open or AccessRole.IG_LEAD in self.roles
        )


class Refusal(StrEnum):
    """Why something is not permitted."""

    ROLE = "role"
    RESTRICTED = "restricted"
    NOT_SHARED = "not_shared"


def refusal_of(permission: Permission, standing: Standing) -> Refusal | None:
    """Why this is not permitted, or None where it is. Of a closed record only the glass may be broken."""
    cells = {TABLE[permission][role] for role in standing.all_roles}
    if permission not in OF_NO_PERSON and permission is not Permission.BREAK_GLASS and standing.is_shut_out:
        return Refusal.RESTRICTED
    if Cell.YES in cells:
        return None
    if Cell.AS_SHARED in cells:
        return None if permission in standing.as_shared else Refusal.NOT_SHARED
    return Refusal.ROLE


def granted(standing: Standing) -> frozenset[Permission]:
    """Everything that is permitted."""
    return frozenset(it for it in Permission if refusal_of(it, standing) is None)


def roles_that_may(permission: Permission) -> tuple[AccessRole, ...]:
    """The roles to ask for something, in the order of the table; the keeper is nobody to turn to."""
    row = TABLE[permission]
    return tuple(role for role in _COLUMNS if row[role] is not Cell.NO and role is not AccessRole.KEEPER)


def why_not(permission: Permission, refusal: Refusal, roles: Iterable[AccessRole]) -> NotPermitted:
    """The error that says in words why something is not permitted."""
    if refusal is Refusal.RESTRICTED:
        return RecordRestricted(permission=permission)
    if refusal is Refusal.NOT_SHARED:
        return NotSharedWithYou(permission=permission)
    held = tuple(f"access_role.{role.value}" for role in _COLUMNS if role in set(roles))
    allowed = tuple(f"access_role.{role.value}" for role in roles_that_may(permission))
    return NotPermitted(permission=permission, allowed=allowed, roles=held)
