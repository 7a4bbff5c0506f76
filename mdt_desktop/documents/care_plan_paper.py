"""What the printed joint care plan is made from, by the PRSB structure (DOMAIN C1): plain frozen values."""

from dataclasses import dataclass, field
from datetime import date, datetime

from mdt_desktop.domain.care_plan import ActionStatus, GoalStatus, IStatementDomain, PlanStatus
from mdt_desktop.domain.sharing import SharedPart


@dataclass(frozen=True, slots=True)
class PersonBlock:
    """Who the plan belongs to. `name` as one would say it; `nhs_number` ten digits or empty."""

    name: str
    nhs_number: str = ""
    born: date | None = None
    preferred_name: str = ""
    gender: str = ""
    address: str = ""
    telephone: str = ""
    language: str = ""
    practice: str = ""
    practice_telephone: str = ""


@dataclass(frozen=True, slots=True)
class LeadBlock:
    """The lead professional and how to reach them."""

    name: str
    discipline: str = ""
    organisation: str = ""
    telephone: str = ""
    email: str = ""
    when_reachable: str = ""


@dataclass(frozen=True, slots=True)
class CrisisContact:
    """Whom to call in a crisis: `what_for` says when to call them."""

    name: str
    telephone: str = ""
    what_for: str = ""


@dataclass(frozen=True, slots=True)
class AboutMe:
    """The parts of PRSB "About me" beside what matters most; empty parts are not printed."""

    important_people: str = ""
    communication: str = ""
    wellness: str = ""
    please_do: str = ""
    support: str = ""
    also_worth_knowing: str = ""
    written_with: str = ""
    """Who supported the person to write this."""
    written_on: date | None = None


@dataclass(frozen=True, slots=True)
class ActionLine:
    """One action of a goal; `when` in words wins over the date `due`. Confidence is 1 to 10."""

    what: str
    who: str = ""
    due: date | None = None
    when: str = ""
    status: ActionStatus | None = None
    confidence: int | None = None


@dataclass(frozen=True, slots=True)
class GoalBlock:
    """A goal in the person's own words, with its importance to them (1 to 10)."""

    words: str
    importance: int | None = None
    i_statement: IStatementDomain | None = None
    status: GoalStatus | None = None
    actions: tuple[ActionLine, ...] = ()


@dataclass(frozen=True, slots=True)
class NeedBlock:
    """A need, concern or problem, and the goals that answer it."""

    title: str
    detail: str = ""
    goals: tuple[GoalBlock, ...] = ()


@dataclass(frozen=True, slots=True)
class ContingencyBlock:
    """What should happen if something changes, and who is to be contacted."""

    trigger: str
    what_should_happen: str = ""
    who_to_contact: str = ""
    name: str = ""
    early_signs: str = ""


@dataclass(frozen=True, slots=True)
class SupporterLine:
    """Somebody who supports the person: a relative, friend, carer or professional."""

    name: str
    relation: str = ""
    telephone: str = ""
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class OtherPlanLine:
    """A condition-specific plan that this plan replaces or stands beside."""

    name: str
    kept_by: str = ""
    dated: date | None = None
    replaced: bool = True


@dataclass(frozen=True, slots=True)
class AgreementLine:
    """Who agreed the plan, as whom, and when."""

    name: str
    role: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class CarePlanPaper:
    """Everything on the printed joint care plan.

    `printed_at` is printed as given, so it comes in local time. `printed_why` is the reason that the audit
    keeps too. `left_out` are the parts that this copy's recipient is not given: they are empty here, and page one
    and their places say so; `withheld` says in one sentence how many and why. The same value gives the same PDF.
    """

    person: PersonBlock
    version: int
    status: PlanStatus
    printed_by: str
    printed_at: datetime
    printed_why: str = ""
    issuer: str = ""
    """The organisation that the file names as its author."""
    alerts: tuple[str, ...] = ()
    what_matters: str = ""
    lead: LeadBlock | None = None
    crisis_contacts: tuple[CrisisContact, ...] = ()
    about_me: AboutMe = field(default_factory=AboutMe)
    strengths: tuple[str, ...] = ()
    needs: tuple[NeedBlock, ...] = ()
    contingency: tuple[ContingencyBlock, ...] = ()
    supporters: tuple[SupporterLine, ...] = ()
    other_plans: tuple[OtherPlanLine, ...] = ()
    agreed_with: tuple[AgreementLine, ...] = ()
    agreed_on: date | None = None
    sharing: str = ""
    review_due: date | None = None
    reviewer: str = ""
    demo: bool = False
    left_out: frozenset[SharedPart] = frozenset()
    withheld: str = ""
    not_settled: str = ""
    """That two people recorded something different, in one sentence; empty where nothing waits to be decided."""
