"""Who may see and do what: every cell of the table, written down a second time by role, and the rules over it."""

from itertools import product

import pytest

from mdt_desktop.domain.organisations import Role
from mdt_desktop.domain.permissions import (
    GIVEN_ROLES,
    OF_NO_PERSON,
    TABLE,
    AccessRole,
    Cell,
    NotPermitted,
    NotSharedWithYou,
    Permission,
    RecordRestricted,
    Refusal,
    Standing,
    granted,
    refusal_of,
    role_of_job,
    roles_that_may,
    why_not,
)
from mdt_desktop.words import sentence

SEES_EVERYTHING = {
    "see_caseload", "see_case", "see_assessment", "see_plan", "see_risk", "see_consent", "see_contacts", "see_history",
    "see_papers",
}  # fmt: skip
WRITES_IN_A_CASE = {"edit_case", "edit_assessment", "edit_plan", "edit_consent", "edit_contacts", "sign_part"}
PAPER = {"print", "export"}
MEETS = {"see_meetings", "see_figures", "keep_meetings", "discuss", "keep_tasks"}
MAY: dict[AccessRole, set[str]] = {
    AccessRole.CHAIR: SEES_EVERYTHING | PAPER | MEETS | {
        "edit_case", "edit_plan", "edit_contacts", "agree_lead", "agree_plan", "restrict", "break_glass", "back_up",
        "set_rules",
    },
    AccessRole.LEAD_PROFESSIONAL: SEES_EVERYTHING | WRITES_IN_A_CASE | PAPER | MEETS | {
        "agree_lead", "agree_plan", "restrict",
    },
    AccessRole.CLINICIAN: SEES_EVERYTHING | WRITES_IN_A_CASE | PAPER | MEETS | {"break_glass", "back_up"},
    AccessRole.SOCIAL_WORKER: SEES_EVERYTHING | WRITES_IN_A_CASE | PAPER | MEETS | {"break_glass", "back_up"},
    AccessRole.CARE_NAVIGATOR: SEES_EVERYTHING | WRITES_IN_A_CASE | PAPER | MEETS | {
        "agree_lead", "agree_plan", "restrict", "break_glass", "import", "keep_directory", "back_up", "restore",
    },
    AccessRole.VOLUNTARY_PARTNER: {"back_up"},
    AccessRole.IG_LEAD: SEES_EVERYTHING | PAPER | {
        "see_meetings", "see_figures", "edit_consent", "restrict", "back_up", "see_audit", "review_access",
    },
    AccessRole.ADMINISTRATOR: (SEES_EVERYTHING - {"see_assessment"}) | PAPER | {
        "see_figures", "import", "keep_directory", "back_up", "restore", "set_rules", "give_roles", "see_audit",
    },
    AccessRole.KEEPER: {"import", "keep_directory", "back_up", "restore", "set_rules", "give_roles", "see_audit"},
}  # fmt: skip
AS_SHARED = {AccessRole.VOLUNTARY_PARTNER: {"see_caseload", "see_case", "see_plan", "see_risk", "see_contacts"}}
CELLS = [
    pytest.param(role, permission, id=f"{role.value} - {permission.value}".replace("_", " "))
    for role, permission in product(AccessRole, Permission)
]


@pytest.mark.parametrize(("role", "permission"), CELLS)
def test_a_role_may_what_the_table_says_and_no_more(role: AccessRole, permission: Permission) -> None:
    expected = Cell.NO
    if permission.value in MAY[role]:
        expected = Cell.YES
    elif permission.value in AS_SHARED.get(role, set()):
        expected = Cell.AS_SHARED
    assert TABLE[permission][role] is expected
    standing = Standing(frozenset({role})) if role is not AccessRole.LEAD_PROFESSIONAL else Standing(frozenset(), True)
    assert (refusal_of(permission, standing) is None) is (expected is Cell.YES)


def test_whoever_leads_a_case_is_lead_professional_there_and_nowhere_else() -> None:
    adviser = Standing(frozenset({AccessRole.VOLUNTARY_PARTNER}))
    leading = Standing(frozenset({AccessRole.VOLUNTARY_PARTNER}), leads=True)
    assert refusal_of(Permission.AGREE_PLAN, adviser) is Refusal.ROLE
    assert refusal_of(Permission.AGREE_PLAN, leading) is None


def test_a_partner_sees_a_page_of_a_case_only_where_something_of_it_is_shared() -> None:
    roles = frozenset({AccessRole.VOLUNTARY_PARTNER})
    given = Standing(roles, as_shared=frozenset({Permission.SEE_PLAN}))
    assert refusal_of(Permission.SEE_PLAN, given) is None
    assert refusal_of(Permission.SEE_RISK, given) is Refusal.NOT_SHARED
    assert refusal_of(Permission.SEE_ASSESSMENT, given) is Refusal.ROLE


OPEN_TO = {
    "the lead professional": Standing(frozenset({AccessRole.CLINICIAN}), leads=True, restricted=True),
    "the care team": Standing(frozenset({AccessRole.SOCIAL_WORKER}), in_team=True, restricted=True),
    "the information-governance lead": Standing(frozenset({AccessRole.IG_LEAD}), restricted=True),
    "whoever broke the glass": Standing(frozenset({AccessRole.CLINICIAN}), restricted=True, glass_open=True),
}


@pytest.mark.parametrize("standing", list(OPEN_TO.values()), ids=list(OPEN_TO))
def test_a_restricted_record_is_open_to(standing: Standing) -> None:
    assert refusal_of(Permission.SEE_CASE, standing) is None


SHUT_TO = [role for role in AccessRole if role not in (AccessRole.IG_LEAD, AccessRole.LEAD_PROFESSIONAL)]


@pytest.mark.parametrize("role", SHUT_TO, ids=lambda role: role.value)
def test_a_restricted_record_is_shut_to_every_other_role(role: AccessRole) -> None:
    standing = Standing(frozenset({role}), restricted=True)
    about_the_person = set(Permission) - OF_NO_PERSON - {Permission.BREAK_GLASS}
    assert {refusal_of(it, standing) for it in about_the_person} == {Refusal.RESTRICTED}
    assert granted(standing) <= OF_NO_PERSON | {Permission.BREAK_GLASS}


def test_breaking_the_glass_lets_see_what_the_role_lets_see_and_nothing_beyond() -> None:
    partner = Standing(frozenset({AccessRole.VOLUNTARY_PARTNER}), restricted=True)
    assert refusal_of(Permission.BREAK_GLASS, partner) is Refusal.ROLE
    glass = Standing(frozenset({AccessRole.CHAIR}), restricted=True, glass_open=True)
    assert refusal_of(Permission.EDIT_ASSESSMENT, glass) is Refusal.ROLE


def test_every_job_has_a_role_and_none_that_is_given_or_led_by_accident() -> None:
    assert {role_of_job(job) for job in Role} == {
        AccessRole.CHAIR, AccessRole.CLINICIAN, AccessRole.SOCIAL_WORKER, AccessRole.CARE_NAVIGATOR,
        AccessRole.VOLUNTARY_PARTNER, AccessRole.ADMINISTRATOR,
    }  # fmt: skip
    assert set(GIVEN_ROLES) == {AccessRole.CHAIR, AccessRole.IG_LEAD, AccessRole.ADMINISTRATOR}


WHOLE_JOB = {
    AccessRole.CHAIR: ("see_caseload", "see_plan", "see_assessment", "edit_plan", "agree_lead", "agree_plan", "print"),
    AccessRole.CARE_NAVIGATOR: (
        "import", "edit_case", "edit_consent", "edit_assessment", "sign_part", "agree_lead", "edit_plan", "agree_plan",
        "print", "export", "keep_directory", "back_up", "restore",
    ),
    AccessRole.ADMINISTRATOR: ("see_caseload", "see_plan", "see_consent", "print", "export", "keep_directory"),
}  # fmt: skip


@pytest.mark.parametrize("role", list(WHOLE_JOB), ids=["the chair", "the care navigator", "whoever prints"])
def test_each_of_the_three_users_can_do_their_whole_job(role: AccessRole) -> None:
    assert {Permission(it) for it in WHOLE_JOB[role]} <= granted(Standing(frozenset({role})))


def test_a_refusal_says_what_for_whom_and_as_what_one_works_here() -> None:
    error = why_not(Permission.AGREE_LEAD, Refusal.ROLE, {AccessRole.CLINICIAN, AccessRole.KEEPER})
    assert type(error) is NotPermitted
    assert sentence(error) == (
        "You may not do this here: agree the lead professional. It is for: Chair, Lead professional, Care navigator."
        " You work here as: Clinician, Keeper of this store."
    )


def test_a_shut_record_and_what_is_not_shared_have_sentences_of_their_own() -> None:
    assert type(why_not(Permission.SEE_PLAN, Refusal.RESTRICTED, ())) is RecordRestricted
    assert type(why_not(Permission.SEE_PLAN, Refusal.NOT_SHARED, ())) is NotSharedWithYou


def test_nobody_is_sent_to_the_keeper_of_a_store() -> None:
    assert all(AccessRole.KEEPER not in roles_that_may(it) for it in Permission)
    assert all(roles_that_may(it) for it in Permission)
