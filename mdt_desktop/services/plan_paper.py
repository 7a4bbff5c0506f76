"""Turns what the store knows of a plan into what is printed of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mdt_desktop.documents.care_plan_paper import (
    AboutMe,
    ActionLine,
    AgreementLine,
    CarePlanPaper,
    ContingencyBlock,
    CrisisContact,
    GoalBlock,
    LeadBlock,
    NeedBlock,
    OtherPlanLine,
    PersonBlock,
    SupporterLine,
)
from mdt_desktop.domain.actor import Actor
from mdt_desktop.domain.care_plan import AgreedWith
from mdt_desktop.domain.dates import long_date
from mdt_desktop.domain.people import ContactRelation, FlagKind, Gender, name_for_the_person
from mdt_desktop.domain.sharing import SharedPart
from mdt_desktop.services.handing_over import Allowance
from mdt_desktop.services.shared_view import flags_as_shared, plan_as_shared
from mdt_desktop.store.queries.care_plans import ContingencySummary, GoalSummary, NeedSummary, PlanSummary
from mdt_desktop.store.queries.cases import FlagSummary, PersonalContactSummary, PersonSummary, TeamMemberSummary
from mdt_desktop.store.queries.consents import ConsentSummary
from mdt_desktop.store.queries.directory import PractitionerSummary
from mdt_desktop.words import label, words

NOT_ON_PAPER = frozenset({FlagKind.SAFEGUARDING, FlagKind.STAFF_SAFETY, FlagKind.DO_NOT_CONTACT})
"""Alerts for staff only: a plan lies on a kitchen table, where the person it warns of may read it."""

_CRISIS = (ContactRelation.EMERGENCY_CONTACT, ContactRelation.CARER)
_MOST_CRISIS_CONTACTS = 4


@dataclass(frozen=True, slots=True)
class PlanSources:
    """All summaries that one paper is made of."""

    plan: PlanSummary
    person: PersonSummary
    flags: Sequence[FlagSummary]
    consent: ConsentSummary
    lead: PractitionerSummary | None
    reviewer: PractitionerSummary | None
    contacts: Sequence[PersonalContactSummary]
    team: Sequence[TeamMemberSummary]
    not_settled: Sequence[str] = ()
    """Fields that two people recorded differently and nobody has decided."""


def parts_there(sources: PlanSources) -> frozenset[SharedPart]:
    """The parts of the sharing matrix that the whole paper would have something of."""
    plan = sources.plan
    there = {
        SharedPart.ABOUT_ME: any(text.strip() for text in (*plan.about_me.values(), plan.strengths)),
        SharedPart.NEEDS: any(_has_words(need) for need in plan.needs),
        SharedPart.CONTINGENCY: any(it.trigger or it.what_should_happen for it in plan.contingency_plans),
        SharedPart.PEOPLE: any(it.may_be_contacted for it in sources.contacts),
        SharedPart.HEALTH: any(flag.kind not in NOT_ON_PAPER for flag in sources.flags)
        or any(it.kind.strip() for it in plan.other_plans),
    }
    return frozenset(part for part, is_there in there.items() if is_there)


def as_allowed(sources: PlanSources, allowance: Allowance) -> PlanSources:
    """The sources without what the recipient is not given."""
    return replace(
        sources,
        plan=plan_as_shared(sources.plan, allowance.parts),
        flags=flags_as_shared(sources.flags, allowance.parts),
        contacts=sources.contacts if SharedPart.PEOPLE in allowance.parts else (),
    )


def paper_of(
    whole: PlanSources, actor: Actor, printed_at: datetime, why: str, is_demo: bool, allowance: Allowance
) -> CarePlanPaper:
    """The paper; `printed_at` in local time. Parts without words are left out, and so is what may not go."""
    there, sources = parts_there(whole), as_allowed(whole, allowance)
    plan = sources.plan
    reviewer = sources.reviewer
    return CarePlanPaper(
        person=person_block(sources.person),
        version=plan.version,
        status=plan.status,
        printed_by=f"{actor.name}, {label(actor.role)}",
        printed_at=printed_at,
        printed_why=why,
        issuer=actor.organisation,
        alerts=tuple(alert_words(flag) for flag in sources.flags if flag.kind not in NOT_ON_PAPER),
        what_matters=plan.about_me["most_important"],
        lead=lead_block(sources.lead),
        crisis_contacts=crisis_contacts(plan.contingency_plans, sources.contacts),
        about_me=_about_me(plan),
        strengths=tuple(line.strip(" •-") for line in plan.strengths.splitlines() if line.strip(" •-")),
        needs=tuple(_need(need) for need in plan.needs if _has_words(need)),
        contingency=tuple(_contingency(it) for it in plan.contingency_plans if it.trigger or it.what_should_happen),
        supporters=_supporters(sources),
        other_plans=tuple(
            OtherPlanLine(it.kind, it.location, it.dated, it.replaced) for it in plan.other_plans if it.kind.strip()
        ),
        agreed_with=_agreement(plan),
        agreed_on=plan.agreed_on,
        sharing=_sharing(sources.consent),
        review_due=plan.review_due,
        reviewer=f"{reviewer.name}, {label(reviewer.role)}" if reviewer else "",
        demo=is_demo,
        left_out=allowance.left_out(there),
        withheld=allowance.withheld(there),
        not_settled=_not_settled(sources.not_settled, whole=not allowance.left_out(there)),
    )


def _not_settled(fields: Sequence[str], *, whole: bool) -> str:
    """That something is not settled; what it is only in a copy that has every part."""
    if not fields:
        return ""
    return words("paper.not_settled_about", fields=", ".join(fields)) if whole else words("paper.not_settled_some")


def section_words(paper: CarePlanPaper) -> tuple[str, ...]:
    """The sections that this paper has, in words, in their order."""
    about = any(getattr(paper.about_me, name) for name in AboutMe.__dataclass_fields__ if name != "written_on")
    there = (
        ("who", True),
        ("alerts", bool(paper.alerts)),
        ("what_matters", bool(paper.what_matters.strip())),
        ("lead", paper.lead is not None),
        ("crisis", bool(paper.crisis_contacts or paper.contingency)),
        ("about", about),
        ("supporters", bool(paper.supporters)),
        ("strengths", bool(paper.strengths)),
        ("needs", bool(paper.needs)),
        ("plans", bool(paper.other_plans)),
        ("agreed", bool(paper.agreed_with)),
        ("sharing", bool(paper.sharing)),
        ("review", paper.review_due is not None or bool(paper.reviewer)),
    )
    return tuple(words(f"printing.section.{name}") for name, is_there in there if is_there)


def person_block(person: PersonSummary) -> PersonBlock:
    """Who the paper is about."""
    return PersonBlock(
        name=name_for_the_person(person.family_name, person.given_names, person.title),
        nhs_number=person.nhs_number,
        born=person.born,
        preferred_name=person.preferred_name,
        gender="" if person.gender is Gender.NOT_KNOWN else label(person.gender),
        address="\n".join(part for part in (person.address, person.postcode) if part),
        telephone=person.telephone,
        language=person.language,
        practice=person.practice_name,
        practice_telephone=person.practice_telephone,
    )


def _about_me(plan: PlanSummary) -> AboutMe:
    said = plan.about_me
    return AboutMe(
        important_people=said["important_people"],
        communication=said["communication"],
        wellness=said["wellness"],
        please_do=said["please_do"],
        support=said["support"],
        also_worth_knowing=said["also_worth_knowing"],
        written_with=plan.supported_by,
    )


def alert_words(flag: FlagSummary) -> str:
    """An alert in words: its kind, then what was added."""
    if flag.kind is FlagKind.OTHER and flag.words:
        return flag.words
    return f"{label(flag.kind)}: {flag.words}" if flag.words else label(flag.kind)


def lead_block(lead: PractitionerSummary | None) -> LeadBlock | None:
    """The lead and how to reach them; None where none is agreed."""
    if lead is None:
        return None
    return LeadBlock(lead.name, label(lead.role), lead.works_for, lead.telephone, lead.email)


def crisis_contacts(
    plans: Sequence[ContingencySummary], contacts: Sequence[PersonalContactSummary]
) -> tuple[CrisisContact, ...]:
    """Whom the contingency plans name, then emergency contacts and carers; each number once."""
    named = [
        CrisisContact(it.contact_name or it.contact_role, it.contact_telephone, it.trigger)
        for it in plans
        if it.contact_telephone.strip() and (it.contact_name or it.contact_role).strip()
    ]
    close = sorted(
        (it for it in contacts if it.relation in _CRISIS and it.may_be_contacted and it.telephone.strip()),
        key=lambda it: _CRISIS.index(it.relation),
    )
    named += [CrisisContact(it.name, it.telephone, it.relationship or label(it.relation)) for it in close]
    by_number: dict[str, CrisisContact] = {}
    for contact in named:
        by_number.setdefault("".join(contact.telephone.split()), contact)
    return tuple(by_number.values())[:_MOST_CRISIS_CONTACTS]


def _has_words(need: NeedSummary) -> bool:
    return bool(need.words.strip()) or any(goal.words.strip() for goal in need.goals)


def _need(need: NeedSummary) -> NeedBlock:
    title, _, detail = need.words.strip().partition("\n")
    goals = tuple(_goal(goal) for goal in need.goals if goal.words.strip())
    return NeedBlock(title or words("printing.need_without_words"), detail.strip(), goals)


def _goal(goal: GoalSummary) -> GoalBlock:
    actions = tuple(
        ActionLine(it.what, it.owner, it.due, it.when_words, it.status, it.confidence)
        for it in goal.actions
        if it.what.strip()
    )
    return GoalBlock(goal.words, goal.importance, goal.domain, goal.status, actions)


def _contingency(plan: ContingencySummary) -> ContingencyBlock:
    who = ", ".join(
        part.strip() for part in (plan.contact_name, plan.contact_role, plan.contact_telephone) if part.strip()
    )
    return ContingencyBlock(plan.trigger, plan.what_should_happen, who)


def _supporters(sources: PlanSources) -> tuple[SupporterLine, ...]:
    close = [
        SupporterLine(it.name, it.relationship or label(it.relation), it.telephone)
        for it in sources.contacts
        if it.may_be_contacted
    ]
    team = [SupporterLine(it.name, it.part or label(it.role), it.telephone, it.works_for) for it in sources.team]
    return (*close, *team)


def _agreement(plan: PlanSummary) -> tuple[AgreementLine, ...]:
    if not plan.agreed_on or not plan.agreed_name:
        return ()
    role = plan.agreed_role
    if not role and plan.agreed_with is not None:
        role = words("printing.agreed_in_person") if plan.agreed_with is AgreedWith.PERSON else label(plan.agreed_with)
    return (AgreementLine(plan.agreed_name, role, plan.agreed_on),)


def _sharing(consent: ConsentSummary) -> str:
    """One or two sentences on who may see the plan."""
    if not consent.may_share:
        return words("printing.sharing.none")
    basis = label(consent.basis) if consent.basis else ""
    said = words("printing.sharing.basis", basis=basis, date=long_date(consent.decided_on))
    shared = [
        words(f"printing.sharing.{key}", text=text.strip().rstrip("."))
        for key, text in (("with", consent.shared_with), ("what", consent.shared_what))
        if text.strip()
    ]
    return " ".join((said, *shared))
