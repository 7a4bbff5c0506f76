"""The agenda that writes itself: of all cases of a locality who fits, who waits, and who is left out, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from mdt_desktop.domain.agenda import AgendaReason, LeftOut, NotJustNoted, lane, left_out, not_just_noted, reasons
from mdt_desktop.domain.meeting import Lane
from mdt_desktop.domain.running_order import Candidate, fitting, proposed_order
from mdt_desktop.store.queries.agenda_facts import CaseForAgenda


@dataclass(frozen=True, slots=True)
class Line:
    """One person who would be on the agenda, waits for another meeting, or is left out, each with the reasons."""

    case_id: str
    person_id: str
    family_name: str
    given_names: str
    lane: Lane
    reasons: tuple[AgendaReason, ...]
    minutes: int = 0
    left_out: LeftOut | None = None
    must_discuss: NotJustNoted | None = None
    rolled_over: int = 0


@dataclass(frozen=True, slots=True)
class AgendaProposal:
    """The agenda that writes itself: in order those who fit, who waits for another meeting, and who is left out."""

    listed: tuple[Line, ...]
    waiting: tuple[Line, ...]
    left_out: tuple[Line, ...]
    minutes: int
    minutes_for_cases: int


def proposal_of(found: Iterable[CaseForAgenda], on: date, weeks: int, room: int) -> AgendaProposal:
    """The agenda of these cases: noting takes its minute each, discussions what is left of the room."""
    cases_by_id, candidates, out = {}, [], []
    for case in found:
        why_not = left_out(case.facts, on)
        if why_not is not None:
            out.append(_line(case, Lane.LEFT_OUT, reasons(case.facts, on), left_out=why_not))
            continue
        cases_by_id[case.case_id] = case
        candidates.append(
            Candidate(
                case.case_id, lane(case.facts, on, weeks), reasons(case.facts, on), case.complexity,
                case.facts.open_safeguarding, case.facts.rolled_over, case.since.isoformat(),
            )
        )  # fmt: skip
    kept, waiting = fitting(proposed_order(candidates), room)

    def line(candidate: Candidate, why: LeftOut | None = None) -> Line:
        case = cases_by_id[candidate.id]
        must = not_just_noted(case.facts, on, weeks)
        return _line(
            case, candidate.lane, candidate.reasons, minutes=candidate.minutes, left_out=why, must_discuss=must
        )

    return AgendaProposal(
        tuple(line(it) for it in kept),
        tuple(line(it, LeftOut.NO_ROOM) for it in waiting),
        tuple(out),
        sum(it.minutes for it in kept if it.lane is Lane.DISCUSS),
        room,
    )


def _line(
    case: CaseForAgenda,
    in_lane: Lane,
    why: tuple[AgendaReason, ...],
    *,
    minutes: int = 0,
    left_out: LeftOut | None = None,
    must_discuss: NotJustNoted | None = None,
) -> Line:
    return Line(
        case.case_id, case.person_id, case.family_name, case.given_names, in_lane, why, minutes, left_out, must_discuss,
        case.facts.rolled_over,
    )  # fmt: skip
