"""What the answers say, as words beside the form: the interpretation first, the number second, never a decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from mdt_desktop.domain.answering import applicable
from mdt_desktop.domain.assessment_change import ons4_change, phq9_change
from mdt_desktop.domain.eligibility import CARE_ACT_ID, EvidenceResult, Wellbeing, adult_test, carer_test
from mdt_desktop.domain.questionnaire import Answers, Questionnaire
from mdt_desktop.domain.scoring import ONS4_ID, PHQ9_ID, Finding, score_ons4, score_phq9
from mdt_desktop.services.assessment_reading import Earlier
from mdt_desktop.ui.assessment.sayings import day_of
from mdt_desktop.words import label, words


class LineKind(StrEnum):
    """How a line of a result looks."""

    BODY = "body"
    STRONG = "strong"
    MUTED = "muted"
    FIELD = "field"
    POINT = "point"


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One line."""

    words: str
    kind: LineKind = LineKind.BODY


@dataclass(frozen=True, slots=True)
class ResultBlock:
    """A heading, the interpretation, and the lines under it."""

    title: str
    headline: str
    lines: tuple[ResultLine, ...] = ()


@dataclass(frozen=True, slots=True)
class ResultContent:
    """All of the panel. `safety` is a prompt that stands above everything, `note` what the result is not."""

    blocks: tuple[ResultBlock, ...]
    note: str
    licence: str
    safety: str = ""


def has_results(questionnaire: Questionnaire) -> bool:
    """Whether the answers of this form are read by rules."""
    return questionnaire.id in (PHQ9_ID, ONS4_ID, CARE_ACT_ID)


def results_of(
    questionnaire: Questionnaire, answers: Answers, earlier: Sequence[Earlier], section: str
) -> ResultContent | None:
    """What the answers say now; `section` is the link id on the screen, whose test comes first. None without rules."""
    asked = applicable(questionnaire, answers)
    if questionnaire.id == PHQ9_ID:
        return _phq9(questionnaire, asked, earlier)
    if questionnaire.id == ONS4_ID:
        return _ons4(questionnaire, asked, earlier)
    if questionnaire.id == CARE_ACT_ID:
        return _care_act(questionnaire, asked, section)
    return None


def _said(finding: Finding) -> str:
    return words(finding.key, **finding.values)


def _phq9(questionnaire: Questionnaire, answers: Answers, earlier: Sequence[Earlier]) -> ResultContent:
    result = score_phq9(questionnaire, answers)
    findings = [_said(finding) for finding in result.findings]
    safety = findings.pop(0) if result.self_harm_thoughts else ""
    before = [(it, score_phq9(questionnaire, applicable(questionnaire, it.answers))) for it in earlier]
    scored = [(it, found) for it, found in before if found.total is not None]
    lines: list[ResultLine] = []
    if scored:
        change = phq9_change(scored[0][1], result, day_of(scored[0][0].at))
        lines += [ResultLine(_said(change))] if change else []
    elif result.band is not None:
        lines.append(ResultLine(words("assessment.first"), LineKind.MUTED))
    blocks = [ResultBlock(words("assessment.result"), findings[0], tuple(lines))]
    if scored:
        told = [_earlier_line(it, _said(found.findings[-1])) for it, found in scored]
        blocks.append(ResultBlock(words("assessment.earlier"), "", tuple(told)))
    return ResultContent(tuple(blocks), words("assessment.screening"), questionnaire.licence, safety)


def _ons4(questionnaire: Questionnaire, answers: Answers, earlier: Sequence[Earlier]) -> ResultContent:
    result = score_ons4(questionnaire, answers)
    last = earlier[0] if earlier else None
    before = score_ons4(questionnaire, applicable(questionnaire, last.answers)) if last else None
    lines: list[ResultLine] = []
    for place, answer in enumerate(result.answers):
        given = answer.score is not None
        lines.append(ResultLine(_said(answer.finding), LineKind.STRONG if given else LineKind.MUTED))
        change = ons4_change(before.answers[place], answer, day_of(last.at)) if before and last else None
        if change:
            lines.append(ResultLine(_said(change), LineKind.MUTED))
    if last is None and any(answer.score is not None for answer in result.answers):
        lines.append(ResultLine(words("assessment.first"), LineKind.MUTED))
    block = ResultBlock(words("assessment.result"), "", tuple(lines))
    return ResultContent((block,), words("assessment.never_added"), questionnaire.licence)


def _care_act(questionnaire: Questionnaire, answers: Answers, section: str) -> ResultContent:
    tests = {"adult": adult_test(answers), "carer": carer_test(answers)}
    order = sorted(tests, key=lambda who: who != section)
    blocks = tuple(_evidence(questionnaire, who, tests[who]) for who in order if who == section or _begun(answers, who))
    return ResultContent(blocks, words("assessment.council"), questionnaire.licence)


def _evidence(questionnaire: Questionnaire, who: str, result: EvidenceResult) -> ResultBlock:
    lines = [ResultLine(words("assessment.why"), LineKind.FIELD)]
    lines += [ResultLine(_said(finding), LineKind.POINT) for finding in result.findings]
    if result.unable:
        lines.append(ResultLine(words("assessment.unable", count=len(result.unable)), LineKind.FIELD))
        lines += [
            ResultLine(questionnaire.ancestors(f"{who}-{name}")[-1].text, LineKind.POINT) for name in result.unable
        ]
    if result.wellbeing:
        lines.append(ResultLine(words("assessment.wellbeing", count=len(result.wellbeing)), LineKind.FIELD))
        lines += [ResultLine(label(Wellbeing(name)), LineKind.POINT) for name in result.wellbeing]
    return ResultBlock(words(f"assessment.test.{who}"), label(result.indication), tuple(lines))


def _begun(answers: Answers, who: str) -> bool:
    return any(link_id.startswith(f"{who}-") for link_id, _position in answers.values)


def _earlier_line(earlier: Earlier, result: str) -> ResultLine:
    return ResultLine(words("assessment.earlier_line", day=day_of(earlier.at), result=result), LineKind.MUTED)
