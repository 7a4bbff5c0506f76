"""What comes next in a case and what is missing from it: plain functions over the view, without a widget."""

from dataclasses import dataclass
from enum import StrEnum

from mdt_desktop.domain.allocation import PrimaryNeed
from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.consent import ConsentStatus
from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.ui.case.view import CaseView
from mdt_desktop.words import label, words

LEAVING = (Stage.STEPPED_DOWN, Stage.DECLINED)
"""The stages out of the programme."""

WALK = (
    Stage.IDENTIFIED,
    Stage.INVITED,
    Stage.CONSENTED,
    Stage.ASSESSING,
    Stage.PLANNING,
    Stage.ACTIVE,
    Stage.REVIEW,
)
"""The ordinary way of a case, in order."""


class Mend(StrEnum):
    """What a button does about something that is missing; its word is `case.mend.<value>`."""

    RECORD_CONSENT = "record_consent"
    START_ASSESSMENT = "start_assessment"
    OPEN_ASSESSMENT = "open_assessment"
    START_PLAN = "start_plan"
    OPEN_PLAN = "open_plan"
    AGREE_LEAD = "agree_lead"
    CHOOSE_LEAD = "choose_lead"
    SET_NEED = "set_need"
    ADD_CONTACT = "add_contact"


MENDED_BY = {
    Mend.RECORD_CONSENT: Permission.EDIT_CONSENT,
    Mend.START_ASSESSMENT: Permission.EDIT_ASSESSMENT,
    Mend.OPEN_ASSESSMENT: Permission.SEE_ASSESSMENT,
    Mend.START_PLAN: Permission.EDIT_PLAN,
    Mend.OPEN_PLAN: Permission.SEE_PLAN,
    Mend.AGREE_LEAD: Permission.AGREE_LEAD,
    Mend.CHOOSE_LEAD: Permission.AGREE_LEAD,
    Mend.SET_NEED: Permission.EDIT_CASE,
    Mend.ADD_CONTACT: Permission.EDIT_CONTACTS,
}
"""What one must be permitted to mend a gap."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing, as a key and a sentence, with what mends it."""

    key: str
    words: str
    mend: Mend


@dataclass(frozen=True, slots=True)
class NextMove:
    """The ordinary next stage and what is still missing for it."""

    to: Stage
    gaps: tuple[Gap, ...]

    @property
    def ready(self) -> bool:
        """Whether the case may go there now."""
        return not self.gaps


def next_move(view: CaseView) -> NextMove | None:
    """The next step of the ordinary way: of two steps ahead, the further one if it is ready, else the first."""
    case = view.overview.case
    moves = [(stage, missing) for stage, missing in view.overview.moves() if stage not in LEAVING]
    if case is None or not moves:
        return None
    chosen = moves[0]
    for stage, missing in moves[1:]:
        ahead = case.stage in WALK and WALK.index(stage) > WALK.index(case.stage)
        if ahead and not missing:
            chosen = (stage, missing)
    stage, missing = chosen
    return NextMove(stage, tuple(Gap(key, label(key), mend_for(key, view)) for key in missing))


def other_moves(view: CaseView) -> tuple[Stage, ...]:
    """The other stages the case may go to now, leaving last."""
    chosen = next_move(view)
    ready = [
        stage for stage, missing in view.overview.moves() if not missing and (chosen is None or stage is not chosen.to)
    ]
    return tuple(sorted(ready, key=lambda stage: stage in LEAVING))


def mend_for(key: str, view: CaseView) -> Mend:
    """The button for a missing thing, whatever is there of it already."""
    overview = view.overview
    if key == "missing.signed_assessment":
        return Mend.OPEN_ASSESSMENT if overview.assessments else Mend.START_ASSESSMENT
    if key == "missing.agreed_plan":
        return Mend.OPEN_PLAN if overview.plan_versions else Mend.START_PLAN
    if key == "missing.agreed_lead":
        return Mend.AGREE_LEAD if view.proposal else Mend.CHOOSE_LEAD
    return Mend.RECORD_CONSENT


def gaps(view: CaseView) -> tuple[Gap, ...]:
    """What the case lacks, the most needed first; what the next move names already is left out."""
    overview, found = view.overview, list[Gap]()
    case, facts = overview.case, overview.facts
    if case is None or facts is None or case.stage in LEAVING:
        return ()

    def lacks(key: str, mend: Mend, **values: object) -> None:
        found.append(Gap(key, words(f"case.gap.{key}", **values), mend))

    sees = overview.rights.may
    # What is not seen is not missing.
    if sees(Permission.SEE_CONSENT) and overview.consent.status is ConsentStatus.NOT_ASKED:
        lacks("consent_not_asked", Mend.RECORD_CONSENT)
    elif sees(Permission.SEE_CONSENT) and not facts.basis_to_share:
        lacks("no_basis", Mend.RECORD_CONSENT)
    if not facts.lead_agreed:
        lacks("no_lead", mend_for("missing.agreed_lead", view))
    if case.primary_need is PrimaryNeed.NOT_RECORDED:
        lacks("no_need", Mend.SET_NEED)
    if not facts.assessment_started:
        lacks("no_assessment", Mend.START_ASSESSMENT)
    elif not facts.assessment_signed:
        lacks("not_signed", Mend.OPEN_ASSESSMENT)
    if not facts.plan_agreed:
        lacks("no_plan" if not overview.plan_versions else "plan_draft", mend_for("missing.agreed_plan", view))
    elif overview.plan and overview.plan.review_due and overview.plan.review_due < view.today:
        lacks("review_late", Mend.OPEN_PLAN, day=cui_date(overview.plan.review_due))
    if not overview.contacts and sees(Permission.SEE_CONTACTS):
        lacks("no_contact", Mend.ADD_CONTACT)
    move = next_move(view)
    named = {_TWIN[gap.key] for gap in move.gaps} if move else set()
    return tuple(gap for gap in found if not named & {_GAP_OF.get(gap.key, "")})


_TWIN = {
    "missing.consent": "consent",
    "missing.signed_assessment": "assessment",
    "missing.agreed_plan": "plan",
    "missing.agreed_lead": "lead",
}
_GAP_OF = {
    "consent_not_asked": "consent",
    "no_basis": "consent",
    "no_lead": "lead",
    "no_assessment": "assessment",
    "not_signed": "assessment",
    "no_plan": "plan",
    "plan_draft": "plan",
}
