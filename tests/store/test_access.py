"""Permissions hold in the services: each verb refuses whoever may not, changes nothing and leaves an audit entry."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from mdt_desktop.bootstrap import Program, Services
from mdt_desktop.domain.allocation import AgeRule, PrimaryNeed
from mdt_desktop.domain.cases import Complexity, Stage
from mdt_desktop.domain.exports import ListKind, ListPurpose, ListReason
from mdt_desktop.domain.organisations import Discipline, OrganisationKind, Role
from mdt_desktop.domain.papers import PaperMedia, digest_of
from mdt_desktop.domain.people import ContactRelation, FlagKind
from mdt_desktop.domain.permissions import TABLE, AccessRole, Cell, NotPermitted, Permission
from mdt_desktop.domain.printing import PrintReason, Purpose
from mdt_desktop.domain.workplaces import OrganisationDetails, PracticeDetails, PractitionerDetails
from mdt_desktop.services.audits import AuditQuery
from mdt_desktop.services.care_plans import KeptPart
from mdt_desktop.services.case_papers import OfferedPaper
from mdt_desktop.services.exports import LeavingList
from mdt_desktop.services.held_content import HeldDecision
from mdt_desktop.services.plan_desk import compare_versions, read_desk
from mdt_desktop.services.roles import LastOwnRole, NotGiven, TakeItYourselfFirst
from mdt_desktop.store import audit_log
from tests.helpers.borough import SmallPlace, a_decision, a_person_with_case, a_place, a_store
from tests.helpers.clocks import NOW, FrozenClock
from tests.helpers.colleagues import (
    a_colleague,
    an_administrator_elsewhere,
    an_organisation,
    audited,
    give,
    services_of,
)
from tests.helpers.meeting_verbs import MEETING_VERBS
from tests.helpers.sync_verbs import SYNC_VERBS

A_PAPER = OfferedPaper("letter.pdf", "letter", PaperMedia.PDF, b"%PDF-", digest_of(b"%PDF-"), 1)
FOR_HER = Purpose(PrintReason.FOR_THE_PERSON)


@dataclass(frozen=True)
class Scene:
    """A case that has everything, and the ids in it."""

    program: Program
    place: SmallPlace
    person: str
    case: str
    plan: str
    draft: str
    paper: str
    need: str
    goal: str
    flag: str
    contact: str
    member: str
    assessment: str
    folder: Path
    note: str

    def words(self) -> int:
        """How much stands in the tables of people and cases: nothing may come or go by a refused verb."""
        tables = ("person_case", "stage_change", "consent", "care_plan", "need", "goal", "answer", "part_signature",
                  "lead_allocation", "care_team_member", "flag", "personal_contact", "role_held", "sharing_decision",
                  "restriction", "broken_glass", "practitioner", "case_note", "outbox", "case_paper",
                  "blob")  # fmt: skip
        reader = self.program.access.database.reader
        return sum(reader.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("scene")
    with a_store(folder, FrozenClock()) as program:
        place = a_place(program)
        person, case = a_person_with_case(program, place, Stage.ACTIVE)
        services = program.services
        an_administrator_elsewhere(program)
        plan = services.case_file.plan_versions(case)[0].id
        draft = services.care_plans.start_draft(case).made
        whole = services.case_file.plan(draft)
        yield Scene(
            program,
            place,
            person,
            case,
            plan,
            draft,
            services.case_papers.add(case, A_PAPER, "Letter").made,
            whole.needs[0].id,
            whole.needs[0].goals[0].id,
            services.cases.raise_flag(person, FlagKind.HEARING, "left ear").made,
            services.cases.add_contact(person, "Farid Sample", ContactRelation.CARER).made,
            services.case_file.overview(person).team[0].id,
            services.case_file.overview(person).assessments[0].id,
            folder,
            services.notes.add(case, "Rang: her niece will come.").made,
        )


NOTHING: Any = None  # what is refused is not looked at
Verb = Callable[[Services, Scene], object]
VERBS: dict[str, tuple[Permission, Verb]] = {
    "save a list": (
        Permission.EXPORT,
        lambda it, on: it.exports.save(
            LeavingList((), (), (), NOW), b"", on.folder / "list.csv", ListKind.CSV, ListPurpose(ListReason.TO_CHECK)
        ),
    ),
    "open a case": (Permission.EDIT_CASE, lambda it, on: it.cases.open(on.person)),
    "move a case": (Permission.EDIT_CASE, lambda it, on: it.cases.move(on.case, Stage.REVIEW)),
    "describe a case": (
        Permission.EDIT_CASE,
        lambda it, on: it.cases.describe(on.case, PrimaryNeed.SOCIAL, Complexity.COMPLEX),
    ),
    "join the team": (Permission.EDIT_CASE, lambda it, on: it.cases.join_team(on.case, on.place.nurse, "")),
    "end a part in the team": (Permission.EDIT_CASE, lambda it, on: it.cases.leave_team(on.member)),
    "take somebody back": (Permission.EDIT_CASE, lambda it, on: it.cases.rejoin_team(on.member)),
    "raise an alert": (
        Permission.EDIT_CONTACTS, lambda it, on: it.cases.raise_flag(on.person, FlagKind.SIGHT, ""),
    ),
    "end an alert": (Permission.EDIT_CONTACTS, lambda it, on: it.cases.end_flag(on.flag, date(2026, 11, 23))),
    "resume an alert": (Permission.EDIT_CONTACTS, lambda it, on: it.cases.resume_flag(on.flag)),
    "add a contact": (
        Permission.EDIT_CONTACTS,
        lambda it, on: it.cases.add_contact(on.person, "Ida", ContactRelation.OTHER),
    ),
    "remove a contact": (Permission.EDIT_CONTACTS, lambda it, on: it.cases.remove_contact(on.contact)),
    "record consent": (Permission.EDIT_CONSENT, lambda it, on: it.consents.record(on.person, a_decision())),
    "agree a lead": (Permission.AGREE_LEAD, lambda it, on: it.allocations.agree(on.case, on.place.nurse, None)),
    "start an assessment": (Permission.EDIT_ASSESSMENT, lambda it, on: it.assessments.start(on.case, "ons4")),
    "answer": (
        Permission.EDIT_ASSESSMENT,
        lambda it, on: it.assessments.answer(on.assessment, "he-summary", "", "Better"),
    ),
    "answer several questions": (
        Permission.EDIT_ASSESSMENT,
        lambda it, on: it.assessments.answers(on.assessment, {("he-summary", ""): "Better"}),
    ),
    "complete an assessment": (Permission.EDIT_ASSESSMENT, lambda it, on: it.assessments.complete(on.assessment)),
    "sign a part": (
        Permission.SIGN_PART,
        lambda it, on: it.assessments.sign_part(on.assessment, "health", Discipline.NURSE),
    ),
    "start a draft": (Permission.EDIT_PLAN, lambda it, on: it.care_plans.start_draft(on.case)),
    "write in a draft": (Permission.EDIT_PLAN, lambda it, on: it.care_plans.set_fields(on.draft, {"funding": "x"})),
    "add a part": (Permission.EDIT_PLAN, lambda it, on: it.care_plans.add_part("goal", on.need, {"words": "x"})),
    "change a part": (
        Permission.EDIT_PLAN, lambda it, on: it.care_plans.change_part("goal", on.goal, {"words": "x"}),
    ),
    "move a part": (Permission.EDIT_PLAN, lambda it, on: it.care_plans.move_part("need", on.need, 1)),
    "remove a part": (Permission.EDIT_PLAN, lambda it, on: it.care_plans.remove_part("goal", on.goal)),
    "put a part back": (
        Permission.EDIT_PLAN,
        lambda it, on: it.care_plans.put_back(KeptPart("goal", {"id": "x", "need_id": on.need, "words": "x"})),
    ),
    "track a goal": (Permission.EDIT_PLAN, lambda it, on: it.care_plans.track("goal", on.goal, "achieved")),
    "agree a plan": (Permission.AGREE_PLAN, lambda it, on: it.care_plans.agree(on.draft, date(2026, 11, 23))),
    "print": (Permission.PRINT, lambda it, on: it.printing.record_print(on.plan, FOR_HER)),
    "make the paper": (Permission.PRINT, lambda it, on: it.printing.paper(on.plan, None, FOR_HER)),
    "save a file": (
        Permission.EXPORT,
        lambda it, on: it.printing.save_pdf(on.plan, b"%PDF-", on.folder / "x.pdf", FOR_HER),
    ),
    "print who looked": (Permission.PRINT, lambda it, on: it.looked_printing.record_print(on.person, FOR_HER)),
    "save who looked": (
        Permission.EXPORT,
        lambda it, on: it.looked_printing.save_pdf(on.person, b"%PDF-", on.folder / "y.pdf", FOR_HER),
    ),
    "decide a held row": (Permission.IMPORT, lambda it, on: it.held_rows.decide("no row", HeldDecision.LEFT_OUT)),
    "read a Bundle to leave": (Permission.EXPORT, lambda it, on: it.fhir_export.read(on.person)),
    "preview a Bundle": (Permission.IMPORT, lambda it, on: it.fhir_import.preview(on.folder / "none.json")),
    "bring a Bundle in": (Permission.IMPORT, lambda it, on: it.fhir_import.apply(on.folder / "none.json")),
    "decide a held Bundle": (Permission.IMPORT, lambda it, on: it.fhir_import.decide("none", HeldDecision.LEFT_OUT)),
    "compare a held Bundle": (Permission.IMPORT, lambda it, on: it.fhir_import.compare("none")),
    "list held Bundles": (Permission.IMPORT, lambda it, on: it.fhir_import.waiting()),
    "list held rows": (Permission.IMPORT, lambda it, on: it.held_rows.waiting()),
    "compare a risk file": (Permission.IMPORT, lambda it, on: it.risk_import.compare(NOTHING)),
    "import a risk file": (Permission.IMPORT, lambda it, on: it.risk_import.apply(NOTHING)),
    "add a practitioner": (
        Permission.KEEP_DIRECTORY,
        lambda it, on: it.workplaces.add_practitioner(
            PractitionerDetails("Nell New", Role.COMMUNITY_NURSE, Discipline.NURSE)
        ),
    ),
    "end a practitioner": (Permission.KEEP_DIRECTORY, lambda it, on: it.workplaces.end_practitioner(on.place.nurse)),
    "return a practitioner": (
        Permission.KEEP_DIRECTORY, lambda it, on: it.workplaces.return_practitioner(on.place.nurse),
    ),
    "change a practitioner": (
        Permission.KEEP_DIRECTORY,
        lambda it, on: it.workplaces.change_practitioner(
            on.place.nurse, PractitionerDetails("Other Name", Role.COMMUNITY_NURSE, Discipline.NURSE)
        ),
    ),
    "add a locality": (Permission.KEEP_DIRECTORY, lambda it, on: it.workplaces.add_locality("North West")),
    "change a practice": (
        Permission.KEEP_DIRECTORY,
        lambda it, on: it.workplaces.change_practice(
            on.place.practice, PracticeDetails("Other", "Network 9", it.access.actor.locality_id or "")
        ),
    ),
    "change an organisation": (
        Permission.KEEP_DIRECTORY,
        lambda it, on: it.workplaces.change_organisation(
            "none", OrganisationDetails("Other", OrganisationKind.VOLUNTARY, None, "")
        ),
    ),
    "add to the directory": (
        Permission.KEEP_DIRECTORY,
        lambda it, on: it.workplaces.add_organisation(OrganisationDetails("New", OrganisationKind.VOLUNTARY, None, "")),
    ),
    "set a rule": (Permission.SET_RULES, lambda it, on: it.rules.set_age_rule(AgeRule.AGED_75_AND_OVER)),
    "give a role": (Permission.GIVE_ROLES, lambda it, on: it.roles.give(on.place.nurse, AccessRole.CHAIR)),
    "end a role": (Permission.GIVE_ROLES, lambda it, on: it.roles.end("no role")),
    "restrict": (Permission.RESTRICT, lambda it, on: it.restrictions.restrict(on.person, "Works here with us.")),
    "lift a restriction": (Permission.RESTRICT, lambda it, on: it.restrictions.lift(on.person, "Works elsewhere now.")),
    "break the glass": (
        Permission.BREAK_GLASS,
        lambda it, on: it.restrictions.break_glass(on.person, "Ambulance crew asks for medicines."),
    ),
    "review broken glass": (
        Permission.REVIEW_ACCESS, lambda it, on: it.restrictions.review("no glass", "Was all right that day."),
    ),
    "decide sharing": (Permission.EDIT_CONSENT, lambda it, on: it.sharing.record(on.person, {}, {}, date(2026, 1, 1))),
    "see the case": (Permission.SEE_CASE, lambda it, on: it.case_file.overview(on.person)),
    "see the stages": (Permission.SEE_CASE, lambda it, on: it.case_file.stage_changes(on.case)),
    "see the leads": (Permission.SEE_CASE, lambda it, on: it.case_file.leads(on.case)),
    "propose a lead": (Permission.SEE_CASE, lambda it, on: it.allocations.propose(on.case)),
    "see the proposal": (Permission.SEE_CASE, lambda it, on: it.case_file.proposal(on.case)),
    "see restrictions": (Permission.SEE_CASE, lambda it, on: it.restrictions.of(on.person)),
    "see consent": (Permission.SEE_CONSENT, lambda it, on: it.case_file.consents(on.person)),
    "see sharing": (Permission.SEE_CONSENT, lambda it, on: it.sharing.table(on.person)),
    "see a plan": (Permission.SEE_PLAN, lambda it, on: it.case_file.plan(on.plan)),
    "see the versions": (Permission.SEE_PLAN, lambda it, on: it.case_file.plan_versions(on.case)),
    "see a plan as paper": (Permission.SEE_PLAN, lambda it, on: it.printing.paper_about(on.plan)),
    "see the desk": (Permission.SEE_CASE, lambda it, on: read_desk(it.access, on.case)),
    "compare versions": (Permission.SEE_PLAN, lambda it, on: compare_versions(it.access, on.case, on.plan, on.draft)),
    "see an assessment": (Permission.SEE_ASSESSMENT, lambda it, on: it.assessment_reading.open(on.assessment)),
    "see the shelf": (Permission.SEE_ASSESSMENT, lambda it, on: it.assessment_reading.shelf(on.case)),
    "see safety prompts": (Permission.SEE_ASSESSMENT, lambda it, on: it.assessment_reading.safety_prompts(on.case)),
    "see one summary": (Permission.SEE_ASSESSMENT, lambda it, on: it.case_file.assessment(on.assessment)),
    "see signatures": (Permission.SEE_ASSESSMENT, lambda it, on: it.case_file.signatures(on.assessment)),
    "see the history": (Permission.SEE_HISTORY, lambda it, on: it.case_file.history(on.person)),
    "see who looked": (Permission.SEE_HISTORY, lambda it, on: it.who_looked.paper(on.person)),
    "see the audit": (Permission.SEE_AUDIT, lambda it, on: it.audits.listing(AuditQuery())),
    "see who acted": (Permission.SEE_AUDIT, lambda it, on: it.audits.actors()),
    "see broken glass": (Permission.SEE_AUDIT, lambda it, on: it.restrictions.broken()),
    **MEETING_VERBS,
    "write a note of the case": (Permission.EDIT_CASE, lambda it, on: it.notes.add(on.case, "Rang: all is well.")),
    "add a paper": (Permission.EDIT_CASE, lambda it, on: it.case_papers.add(on.case, A_PAPER, "Letter")),
    "remove a paper": (Permission.EDIT_CASE, lambda it, on: it.case_papers.remove(on.paper, "Somebody else's.")),
    "save a copy of a paper": (
        Permission.EXPORT,
        lambda it, on: it.case_papers.save(on.paper, b"%PDF-", on.folder / "z.pdf", ListPurpose(ListReason.TO_CHECK)),
    ),
    "see the papers": (Permission.SEE_PAPERS, lambda it, on: it.case_papers.of_case(on.case)),
    "see a paper": (Permission.SEE_PAPERS, lambda it, on: it.case_papers.open(on.paper)),
    "correct a note of the case": (Permission.EDIT_CASE, lambda it, on: it.notes.add(on.case, "Rang.", on.note)),
    "add to a note of the case": (Permission.EDIT_CASE, lambda it, on: it.notes.add_to(on.note, "Rang again.")),
    "withdraw a note of the case": (Permission.EDIT_CASE, lambda it, on: it.notes.withdraw(on.note, "Another person")),
    "read the notes": (Permission.SEE_HISTORY, lambda it, on: it.notes.of_case(on.case)),
    "read the log": (Permission.SEE_HISTORY, lambda it, on: it.notes.log(on.case)),
    **SYNC_VERBS,
}  # fmt: skip
JOBS = {
    AccessRole.CHAIR: Role.MDT_CHAIR,
    AccessRole.CLINICIAN: Role.COMMUNITY_NURSE,
    AccessRole.SOCIAL_WORKER: Role.SOCIAL_WORKER,
    AccessRole.CARE_NAVIGATOR: Role.CARE_COORDINATOR,
    AccessRole.VOLUNTARY_PARTNER: Role.VOLUNTEER,
    AccessRole.ADMINISTRATOR: Role.MDT_ADMINISTRATOR,
}


@pytest.fixture(scope="module")
def colleagues(scene: Scene) -> dict[AccessRole, Services]:
    """One of each role that follows from a job; the partner works for nobody who is given anything."""
    return {role: a_colleague(scene.program, job) for role, job in JOBS.items()}


REFUSED = [
    pytest.param(role, name, id=f"{role.value} - {name}".replace("_", " "))
    for role in JOBS
    for name, (permission, _) in VERBS.items()
    if TABLE[permission][role] is not Cell.YES
]


@pytest.mark.parametrize(("role", "name"), REFUSED)
def test_a_verb_refuses_whoever_may_not_and_nothing_is_changed(
    scene: Scene, colleagues: dict[AccessRole, Services], role: AccessRole, name: str
) -> None:
    permission, verb = VERBS[name]
    before, refused = scene.words(), len(audited(scene.program, "refused"))
    with pytest.raises(NotPermitted):
        verb(colleagues[role], scene)
    assert scene.words() == before
    entries = audited(scene.program, "refused")[refused:]
    who = colleagues[role].access.actor.name
    assert entries in ([(who, permission.value, "role")], [(who, permission.value, "not_shared")])


def test_every_permission_about_records_is_asked_by_some_verb() -> None:
    asked_elsewhere = {Permission.SEE_CASELOAD, Permission.SEE_RISK, Permission.SEE_CONTACTS, Permission.BACK_UP,
                       Permission.RESTORE}  # fmt: skip
    assert {permission for permission, _ in VERBS.values()} | asked_elsewhere == set(Permission)


def test_every_verb_that_changes_something_is_tried_above(scene: Scene) -> None:
    """A verb that is added has its refusal tested, or is named here with the reason why it needs no permission."""
    acts_only = {
        # only write that something was done
        "viewed", "record_view", "record_viewed", "record_search", "record_preview", "write_notes",
        "record_cancelled", "record_export",  # only what was called off: what leaves is written by `save_pdf`
    }  # fmt: skip
    of_oneself = {
        "keep", "drop", "drop_old",  # their own half-typed words
        "end_glass",
    }  # fmt: skip  # whoever broke it closes it; tests/store/test_restrictions.py tries others
    # They ask the central store: tests/sync/test_handed_over.py tries others, and below stands who may not fetch.
    in_the_pool = {"take_in", "leave_out", "fetch"}
    tried = {name for _, verb in VERBS.values() for name in verb.__code__.co_names}
    services = [it for it in vars(Services).values() if isinstance(it, cached_property)]
    all_of_them = Services(scene.program.access)
    kinds = [type(place.func(all_of_them)) for place in services]
    changing = {
        name
        for kind in kinds
        for name, verb in inspect.getmembers(kind, inspect.isfunction)
        if not name.startswith("_") and "Changes" in str(inspect.signature(verb).return_annotation)
    }
    assert len(changing) > 30
    assert changing - tried - acts_only - of_oneself - in_the_pool == set()


def test_whoever_may_not_see_papers_asks_the_central_store_for_none(
    scene: Scene, colleagues: dict[AccessRole, Services]
) -> None:
    with pytest.raises(NotPermitted):
        colleagues[AccessRole.VOLUNTARY_PARTNER].case_papers.fetch(scene.paper)


def test_a_refusal_inside_the_search_for_rights_is_not_silent_for_an_unknown_record(scene: Scene) -> None:
    """An id that is nobody's is judged by the role alone, and then it is simply not there."""
    nurse = a_colleague(scene.program, Role.COMMUNITY_NURSE, "Una Known")
    with pytest.raises(NotPermitted):
        nurse.care_plans.agree("no such plan", date(2026, 11, 23))


def test_a_lead_professional_may_in_their_own_cases_what_their_job_does_not_allow(scene: Scene) -> None:
    lead_id = scene.program.services.case_file.leads(scene.case)[0].practitioner_id
    lead = services_of(scene.program, lead_id, "Dr Ann Placeholder", Role.GP)
    other = a_colleague(scene.program, Role.GP, "Dr Other")
    assert lead.rights.over(scene.person).may(Permission.AGREE_PLAN)
    assert not lead.rights.mine().may(Permission.AGREE_PLAN)
    assert not other.rights.over(scene.person).may(Permission.AGREE_PLAN)


def test_the_chair_of_one_locality_chairs_nobody_elsewhere(scene: Scene) -> None:
    home = scene.program.access.actor.locality_id
    elsewhere = scene.program.services.workplaces
    here, there = (a_colleague(scene.program, Role.GP, f"Dr Chair {place}") for place in ("Here", "There"))
    other = elsewhere.add_locality("South West").made
    give(scene.program, here, AccessRole.CHAIR, home)
    give(scene.program, there, AccessRole.CHAIR, other)
    assert here.rights.over(scene.person).may(Permission.AGREE_LEAD)
    assert not there.rights.over(scene.person).may(Permission.AGREE_LEAD)


def test_a_role_counts_from_the_directory_at_once_and_not_from_when_one_signed_in(scene: Scene) -> None:
    who = a_colleague(scene.program, Role.CARE_NAVIGATOR, "Nav Igator")
    assert who.rights.mine().may(Permission.IMPORT)
    scene.program.access.database.writer.execute(
        "UPDATE practitioner SET role = 'community_nurse' WHERE id = ?", (who.access.actor.practitioner_id,)
    )
    assert not who.rights.mine().may(Permission.IMPORT)


def details(services: Services, role: Role) -> PractitionerDetails:
    mine = services.directory.practitioner(services.access.actor.practitioner_id)
    return PractitionerDetails(
        mine.name, role, mine.discipline, mine.practice_id, mine.organisation_id, mine.locality_id, "", ""
    )


def test_nobody_gives_themselves_other_rights_by_changing_their_job_in_the_directory(scene: Scene) -> None:
    who = a_colleague(
        scene.program, Role.CARE_NAVIGATOR, "Sly Navigator",
        an_organisation(scene.program, "Sly Council", OrganisationKind.ADULT_SOCIAL_CARE),
    )  # fmt: skip
    me = who.access.actor.practitioner_id
    with pytest.raises(NotPermitted):
        who.workplaces.change_practitioner(me, details(who, Role.MDT_ADMINISTRATOR))
    who.workplaces.change_practitioner(me, details(who, Role.CARE_COORDINATOR))
    assert who.directory.practitioner(me).role is Role.CARE_COORDINATOR


@pytest.fixture
def pilot(tmp_path: Path, clock: FrozenClock) -> Iterator[Program]:
    """A laptop of one person, who is care navigator; nobody was appointed anything."""
    with a_store(tmp_path, clock) as program:
        yield program


def test_a_pilot_laptop_of_one_care_navigator_can_do_everything_that_keeps_it_going(pilot: Program) -> None:
    rights = pilot.services.rights.mine()
    assert rights.roles == {AccessRole.CARE_NAVIGATOR, AccessRole.KEEPER}
    for needed in (Permission.IMPORT, Permission.KEEP_DIRECTORY, Permission.BACK_UP, Permission.RESTORE,
                   Permission.SET_RULES, Permission.GIVE_ROLES, Permission.SEE_AUDIT, Permission.PRINT):  # fmt: skip
        assert rights.may(needed), needed


def test_once_an_administrator_is_appointed_nobody_else_keeps_the_store(pilot: Program) -> None:
    an_administrator_elsewhere(pilot)
    rights = pilot.services.rights.mine()
    assert rights.roles == {AccessRole.CARE_NAVIGATOR}
    assert rights.may(Permission.BACK_UP)
    assert not rights.may(Permission.GIVE_ROLES)


def test_roles_are_given_and_ended_and_both_stay_on_record(pilot: Program) -> None:
    services, me = pilot.services, pilot.access.actor.practitioner_id
    given = services.roles.give(me, AccessRole.IG_LEAD).made
    assert services.roles.give(me, AccessRole.IG_LEAD).made == given, "who holds it keeps it"
    assert services.rights.mine().may(Permission.REVIEW_ACCESS)
    services.roles.end(given)
    assert not services.rights.mine().may(Permission.REVIEW_ACCESS)
    assert services.rights.held() == []
    assert [(who, why) for who, _, why in audited(pilot, "give_role")] == [("Pat Sample", "ig_lead")]
    assert len(audited(pilot, "end_role")) == 1
    assert audit_log.first_broken(pilot.access.database.reader) is None


def test_nobody_locks_themselves_out_of_their_own_store(pilot: Program) -> None:
    services, me = pilot.services, pilot.access.actor.practitioner_id
    other = a_colleague(pilot, Role.GP, "Dr Other").access.actor.practitioner_id
    with pytest.raises(TakeItYourselfFirst):
        services.roles.give(other, AccessRole.ADMINISTRATOR)
    mine = services.roles.give(me, AccessRole.ADMINISTRATOR).made
    services.roles.give(other, AccessRole.ADMINISTRATOR)
    with pytest.raises(LastOwnRole):
        services.roles.end(mine)


def test_a_role_of_a_job_cannot_be_given(pilot: Program) -> None:
    with pytest.raises(NotGiven):
        pilot.services.roles.give(pilot.access.actor.practitioner_id, AccessRole.CLINICIAN)


def test_a_refusal_while_something_is_written_waits_and_is_written_on_closing(pilot: Program) -> None:
    """A refusal that comes up inside a transaction cannot be written there: it would be undone with it."""
    an_administrator_elsewhere(pilot)
    database = pilot.access.database
    database.writer.execute("BEGIN IMMEDIATE")
    with pytest.raises(NotPermitted):
        pilot.access.require(Permission.GIVE_ROLES)
    database.writer.execute("ROLLBACK")
    assert audited(pilot, "refused") == []
    assert pilot.access.write_notes() == 1
    assert [fields for _, fields, _ in audited(pilot, "refused")] == ["give_roles"]


def test_where_a_window_runs_refusals_wake_it_and_wait_for_its_writer(pilot: Program) -> None:
    an_administrator_elsewhere(pilot)
    woken: list[bool] = []
    pilot.access.notes.wake = lambda: woken.append(True)
    with pytest.raises(NotPermitted):
        pilot.services.roles.give("somebody", AccessRole.CHAIR)
    assert woken == [True]
    assert audited(pilot, "refused") == []
    assert pilot.services.audits.write_notes().kinds == {"audit_entry"}
    assert not pilot.services.audits.write_notes()
    assert len(audited(pilot, "refused")) == 1
