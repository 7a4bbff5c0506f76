"""What of a person's plan and record may go to whom: the sharing matrix, its defaults and what stands over them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mdt_desktop.domain.consent import ConsentBasis, ConsentStatus, may_share
from mdt_desktop.domain.errors import BadInput, NotAllowed
from mdt_desktop.domain.organisations import OrganisationKind
from mdt_desktop.domain.permissions import Permission


class SharedPart(StrEnum):
    """A part of the plan and record that can be shared or kept for itself."""

    ABOUT_ME = "about_me"
    NEEDS = "needs"
    CONTINGENCY = "contingency"
    PEOPLE = "people"
    HEALTH = "health"
    MENTAL_HEALTH = "mental_health"
    SOCIAL_CARE = "social_care"
    RISK = "risk"
    CARER = "carer"


class SharingGroup(StrEnum):
    """Who receives, as the consent form names them; an organisation or a contact belongs to one of them."""

    GP = "gp"
    COMMUNITY = "community"
    SOCIAL_CARE = "social_care"
    HOSPITAL = "hospital"
    MENTAL_HEALTH = "mental_health"
    HOME_CARE = "home_care"
    VOLUNTARY = "voluntary"
    FAMILY = "family"
    MEETING = "meeting"
    OTHER = "other"


class ConsentScope(StrEnum):
    """What the consent form lets a person agree to share."""

    PLAN = "plan"
    ASSESSMENT = "assessment"
    CONTINGENCY = "contingency"
    RISK = "risk"


class SharingChoice(StrEnum):
    """What a cell of the matrix says."""

    SHARE = "share"
    DO_NOT_SHARE = "do_not_share"
    ASK_FIRST = "ask_first"


class SharingBasis(StrEnum):
    """The ground of a choice."""

    SIGNED = "signed"
    SPOKEN = "spoken"
    ATTORNEY_OR_DEPUTY = "attorney_or_deputy"
    BEST_INTERESTS = "best_interests"
    DUTY_TO_SHARE = "duty_to_share"
    OBJECTION = "objection"
    NOT_NEEDED = "not_needed"
    TO_BE_ASKED = "to_be_asked"


class RecipientKind(StrEnum):
    """What a recipient is."""

    GROUP = "group"
    ORGANISATION = "organisation"
    PRACTICE = "practice"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who may receive: a whole group (its value is the id), an organisation, a practice or a contact.

    `group` is the one whose choices hold where nothing was decided about this recipient alone.
    """

    kind: RecipientKind
    id: str
    group: SharingGroup
    reachable: bool = True
    """False for a contact who must not be contacted."""

    @property
    def key(self) -> tuple[RecipientKind, str]:
        """What decisions are kept under."""
        return self.kind, self.id


def whole_group(group: SharingGroup) -> Recipient:
    """The recipient that stands for everybody of a group."""
    return Recipient(RecipientKind.GROUP, group.value, group)


@dataclass(frozen=True, slots=True)
class SharingDecision:
    """One decision about one recipient and one part; a later one takes its place."""

    recipient: tuple[RecipientKind, str]
    part: SharedPart
    choice: SharingChoice
    basis: SharingBasis
    decided_on: date
    recorded_by: str
    order: str = ""
    """The record's id: of two decisions of one day the higher one was recorded later."""


@dataclass(frozen=True, slots=True)
class ConsentTerms:
    """What the consent in force says, as far as the matrix follows from it."""

    status: ConsentStatus = ConsentStatus.NOT_ASKED
    basis: ConsentBasis | None = None
    decided_on: date | None = None
    recorded_by: str = ""
    groups: frozenset[SharingGroup] = frozenset()
    scopes: frozenset[ConsentScope] = frozenset()
    order: str = ""

    @property
    def allows(self) -> bool:
        """Whether the decision allows sharing at all."""
        return may_share(self.status, self.basis)

    @property
    def forbids(self) -> bool:
        """Whether the person said no."""
        return self.status in (ConsentStatus.REFUSED, ConsentStatus.WITHDRAWN)


class Source(StrEnum):
    """Where a cell's choice comes from."""

    DECIDED = "decided"
    GROUP = "group"
    CONSENT = "consent"
    NO_CONSENT = "no_consent"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class SharingCell:
    """What holds for one recipient and one part, with its ground. `basis` is None for what follows from consent."""

    choice: SharingChoice
    source: Source
    basis: SharingBasis | None = None
    decided_on: date | None = None
    recorded_by: str = ""


class SharingBasisUnfit(BadInput):
    """The ground does not fit the choice. Values: `choice`, `basis`."""

    code = "sharing_basis_unfit"


class NothingMayGo(NotAllowed):
    """No part of what was to be handed over may go to this recipient. Values: `recipient`."""

    code = "nothing_may_go"


BASES: Mapping[SharingChoice, tuple[SharingBasis, ...]] = {
    SharingChoice.SHARE: (
        SharingBasis.SPOKEN,
        SharingBasis.SIGNED,
        SharingBasis.ATTORNEY_OR_DEPUTY,
        SharingBasis.BEST_INTERESTS,
        SharingBasis.DUTY_TO_SHARE,
    ),
    SharingChoice.DO_NOT_SHARE: (
        SharingBasis.OBJECTION,
        SharingBasis.NOT_NEEDED,
        SharingBasis.ATTORNEY_OR_DEPUTY,
        SharingBasis.BEST_INTERESTS,
    ),
    SharingChoice.ASK_FIRST: (SharingBasis.TO_BE_ASKED,),
}
"""The grounds on which each choice can stand, the usual one first."""

# A "no" that comes later than these does not take them back: they never rested on the person's yes.
_STANDS_WITHOUT_CONSENT = {SharingBasis.DUTY_TO_SHARE, SharingBasis.BEST_INTERESTS, SharingBasis.ATTORNEY_OR_DEPUTY}

SCOPES: Mapping[ConsentScope, frozenset[SharedPart]] = {
    ConsentScope.PLAN: frozenset(
        {SharedPart.ABOUT_ME, SharedPart.NEEDS, SharedPart.CONTINGENCY, SharedPart.PEOPLE, SharedPart.HEALTH}
    ),
    ConsentScope.ASSESSMENT: frozenset({SharedPart.HEALTH, SharedPart.SOCIAL_CARE}),
    ConsentScope.CONTINGENCY: frozenset({SharedPart.CONTINGENCY}),
    ConsentScope.RISK: frozenset({SharedPart.RISK}),
}
"""The parts that each line of the consent form shares; mental health and what the carer said are always asked for."""

_ONLY_FOR: Mapping[SharedPart, frozenset[SharingGroup]] = {
    SharedPart.SOCIAL_CARE: frozenset({SharingGroup.SOCIAL_CARE, SharingGroup.MEETING}),
}

_GROUP_OF = {
    OrganisationKind.GP_PRACTICE: SharingGroup.GP,
    OrganisationKind.GP_NETWORK: SharingGroup.GP,
    OrganisationKind.GP_FEDERATION: SharingGroup.GP,
    OrganisationKind.ACUTE_TRUST: SharingGroup.HOSPITAL,
    OrganisationKind.AMBULANCE: SharingGroup.HOSPITAL,
    OrganisationKind.COMMUNITY_TRUST: SharingGroup.COMMUNITY,
    OrganisationKind.INTERMEDIATE_CARE: SharingGroup.COMMUNITY,
    OrganisationKind.EQUIPMENT_SERVICE: SharingGroup.COMMUNITY,
    OrganisationKind.LEARNING_DISABILITY_SERVICE: SharingGroup.COMMUNITY,
    OrganisationKind.MENTAL_HEALTH_TRUST: SharingGroup.MENTAL_HEALTH,
    OrganisationKind.ADULT_SOCIAL_CARE: SharingGroup.SOCIAL_CARE,
    OrganisationKind.HOSPITAL_SOCIAL_WORK: SharingGroup.SOCIAL_CARE,
    OrganisationKind.HOME_CARE_PROVIDER: SharingGroup.HOME_CARE,
    OrganisationKind.CARE_HOME: SharingGroup.HOME_CARE,
    OrganisationKind.VOLUNTARY: SharingGroup.VOLUNTARY,
    OrganisationKind.HEALTHWATCH: SharingGroup.VOLUNTARY,
}

PARTS_FOR: Mapping[Permission, frozenset[SharedPart]] = {
    Permission.SEE_CASELOAD: frozenset(SharedPart),
    Permission.SEE_CASE: frozenset(SharedPart),
    Permission.SEE_PLAN: frozenset(
        {
            SharedPart.ABOUT_ME,
            SharedPart.NEEDS,
            SharedPart.CONTINGENCY,
            SharedPart.HEALTH,
            SharedPart.SOCIAL_CARE,
        }
    ),
    Permission.SEE_RISK: frozenset({SharedPart.RISK}),
    Permission.SEE_CONTACTS: frozenset({SharedPart.PEOPLE}),
}
"""For a partner: one of which parts must be shared with their organisation before they see a page of a case."""


def group_of(kind: OrganisationKind) -> SharingGroup:
    """The group of an organisation; housing, benefits, commissioners and the like are asked about one by one."""
    return _GROUP_OF.get(kind, SharingGroup.OTHER)


def require_fitting(choice: SharingChoice, basis: SharingBasis) -> None:
    """Raise `SharingBasisUnfit` where a choice cannot stand on a ground."""
    if basis not in BASES[choice]:
        raise SharingBasisUnfit(choice=choice, basis=basis)


def latest(decisions: Iterable[SharingDecision]) -> dict[tuple[tuple[RecipientKind, str], SharedPart], SharingDecision]:
    """The decisions in force, of all in the order they were recorded: the latest decided, then the latest recorded."""
    found: dict[tuple[tuple[RecipientKind, str], SharedPart], SharingDecision] = {}
    for it in decisions:
        before = found.get((it.recipient, it.part))
        if before is None or before.decided_on <= it.decided_on:
            found[it.recipient, it.part] = it
    return found


class SharingMatrix:
    """What may go to whom of one person: their decisions over the defaults of the consent in force."""

    def __init__(self, terms: ConsentTerms, decisions: Iterable[SharingDecision]) -> None:
        """`decisions` in the order they were recorded."""
        self.terms = terms
        self._decided = latest(decisions)

    def cell(self, recipient: Recipient, part: SharedPart) -> SharingCell:
        """What holds: what was decided about this recipient, else about their group, else what consent says."""
        groups = [(recipient.key, Source.DECIDED)]
        if recipient.kind is not RecipientKind.GROUP:
            groups.append(((RecipientKind.GROUP, recipient.group.value), Source.GROUP))
        for key, source in groups:
            decided = self._decided.get((key, part))
            if decided is not None and not self._taken_back(decided):
                return SharingCell(
                    decided.choice, source, decided.basis, decided.decided_on, decided.recorded_by
                )
        return self._default(recipient, part)

    def choices(self, recipient: Recipient) -> dict[SharedPart, SharingCell]:
        """Every part's cell for one recipient."""
        return {part: self.cell(recipient, part) for part in SharedPart}

    def shared_with(self, recipient: Recipient) -> frozenset[SharedPart]:
        """The parts that may go to a recipient now; what is to be asked first may not."""
        return frozenset(part for part, it in self.choices(recipient).items() if it.choice is SharingChoice.SHARE)

    @property
    def shares_anything(self) -> bool:
        """Whether a decision shares any part with anybody, whatever consent says."""
        return any(
            it.choice is SharingChoice.SHARE and not self._taken_back(it) for it in self._decided.values()
        )

    def decided_recipients(self) -> frozenset[tuple[RecipientKind, str]]:
        """Everybody about whom something was decided."""
        return frozenset(key for key, _ in self._decided)

    def _taken_back(self, decided: SharingDecision) -> bool:
        """A yes of the person ends with their later no; what rests on another ground, and every no, stays."""
        terms = self.terms
        if decided.choice is not SharingChoice.SHARE or not terms.forbids or terms.decided_on is None:
            return False
        came_first = (decided.decided_on, decided.order) < (terms.decided_on, terms.order)
        return decided.basis not in _STANDS_WITHOUT_CONSENT and came_first

    def _default(self, recipient: Recipient, part: SharedPart) -> SharingCell:
        terms = self.terms
        if not recipient.reachable:
            return SharingCell(SharingChoice.DO_NOT_SHARE, Source.CONTACT)
        if terms.forbids:
            return SharingCell(
                SharingChoice.DO_NOT_SHARE, Source.CONSENT, None, terms.decided_on, terms.recorded_by
            )
        group = recipient.group
        named = group is SharingGroup.MEETING or group in terms.groups
        covered = any(part in SCOPES[scope] for scope in terms.scopes)
        fits = group in _ONLY_FOR.get(part, {group})
        if terms.allows and named and covered and fits:
            return SharingCell(SharingChoice.SHARE, Source.CONSENT, None, terms.decided_on, terms.recorded_by)
        return SharingCell(SharingChoice.ASK_FIRST, Source.CONSENT if terms.allows else Source.NO_CONSENT)


def seen_as_shared(parts: frozenset[SharedPart]) -> frozenset[Permission]:
    """What a partner may see who is given these parts."""
    return frozenset(permission for permission, wanted in PARTS_FOR.items() if parts & wanted)
